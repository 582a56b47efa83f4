"""Our verdict on a case beside AWS's, and what was counted on the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import yaml

from planton.diagnostics.diagnostic import ManifestError
from tests.loading import load
from tests.local.contract import RESTRICTIONS
from tests.local.lenience import LENIENT
from tests.local.local import Local, Verdict
from tests.local.near_valid import Case
from tests.local.strictness import adapted
from tests.local.transcription import Request, create_table, update_time_to_live


class Disagreement(AssertionError):
    """We accept what AWS refuses, or the other way round."""


@dataclass
class Tally:
    """How often what happened."""

    accepted: int = 0
    refused: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    """Our codes, where DynamoDB Local refused as well."""
    stated: Counter[str] = field(default_factory=Counter)
    """Deviations and restrictions that settled the verdict."""


def compare(case: Case, local: Local, tally: Tally) -> None:
    """Judges one case twice.

    Raises:
        Disagreement: the verdicts differ.
    """
    codes, ours = _ours(case)
    reasons = _stated(case)
    ttl = update_time_to_live(case.manifest)
    theirs = (
        Verdict(False, f"it must be refused: {', '.join(reasons)}")
        if reasons
        else local.judge(adapted(create_table(case.manifest)), ttl)
    )
    tally.accepted += theirs.accepted
    tally.refused += not theirs.accepted
    tally.stated.update(reasons)
    if not reasons:
        tally.codes.update(codes)
    if ours.accepted != theirs.accepted:
        raise Disagreement(_disagreement(case, ours, theirs))


def _ours(case: Case) -> tuple[set[str], Verdict]:
    try:
        load(case.text, filename="manifest.yaml")
    except ManifestError as error:
        errors = [d for d in error.diagnostics if d.severity == "error"]
        message = "\n".join(f"[{d.code}] {d.path}: {d.message}" for d in errors)
        return {d.code for d in errors}, Verdict(False, message)
    return set(), Verdict(True)


def _stated(case: Case) -> list[str]:
    """What refuses the case beside DynamoDB Local."""
    return [
        *stated(create_table(case.manifest)),
        *(name for name, r in RESTRICTIONS.items() if r.refuses(case.manifest)),
    ]


def stated(request: Request) -> list[str]:
    """What AWS refuses in a request beside DynamoDB Local."""
    return [name for name, lenience in LENIENT.items() if lenience.refuses(request)]


def _disagreement(case: Case, ours: Verdict, theirs: Verdict) -> str:
    shown = [
        f"{who} {'accept' if verdict.accepted else 'refuse'}{verb}\n{verdict.message}"
        for who, verb, verdict in (("we", "", ours), ("AWS", "s", theirs))
    ]
    written = yaml.safe_dump(case.written, sort_keys=False, allow_unicode=True)
    return "\n".join(["", *shown, f"changed by {', '.join(case.mutations) or 'nothing'}:", written])
