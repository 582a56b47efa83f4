"""Requests to a Kratix platform, in the words of who writes them. Their cases: `requests/`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from planton.cli.diff import diff_command
from planton.dialects.request import SPEC, WORDS, Names
from planton.manifest.shape import bare, fields
from planton.manifest.spec import Spec
from tests.corpus import REQUESTS, case_id, cases, code, examine, kept, text

ACCEPT, REJECT = REQUESTS["accept"], REQUESTS["reject"]
refused = pytest.mark.parametrize("case", cases(REJECT), ids=case_id)
accepted = pytest.mark.parametrize("case", cases(ACCEPT), ids=case_id)


@refused
def test_a_refused_request_fires_the_code_of_its_name_alone_as_the_text_says(case: Path) -> None:
    manifest, found = examine(case)

    assert manifest is None
    assert {(diagnostic.code, diagnostic.severity) for diagnostic in found} == {
        (code(case), "error")
    }
    assert text(found) == kept(case)


@accepted
def test_nothing_is_found_in_an_accepted_request(case: Path) -> None:
    manifest, found = examine(case)

    assert manifest is not None
    assert text(found) == kept(case) == ""


@refused
def test_no_message_has_a_manifests_word_for_what_a_request_calls_otherwise(case: Path) -> None:
    shown = [line for line in kept(case).splitlines() if " | " not in line]
    ours = [word for word in WORDS if any(word in line for line in shown)]

    assert ours == (["tableName"] if "manifests-key" in case.stem else [])


BEYOND = {
    "spec": {
        # Older words for what stands below.
        "pointInTimeRecoveryEnabled",
        "contributorInsightsEnabled",
        # The Table of ACK has no field for it.
        "globalTableWitness",
        "importTable",
        "kinesisStreamingDestination",
        "restoreBackupArn",
        "restoreDateTime",
        "restoreSourceName",
        "restoreSourceTableArn",
        "restoreToLatestTime",
        "warmThroughput",
        # A request is about one region, which the platform allows or not; and the controller
        # deletes what replicas a request does not name any longer.
        "replicas",
        # It would have to name the table's ARN, which who asks for a table does not know.
        "resourcePolicy",
    },
    "spec.globalSecondaryIndexes": {"warmThroughput"},
    "spec.localSecondaryIndexes": {"rangeKey"},
    "spec.pointInTimeRecovery": {"recoveryPeriodInDays"},
    "spec.contributorInsights": {"mode", "gsiIndexNames"},
    # ACK has no kind for it.
    "spec.autoscaling": {"scheduledAdjustments"},
    "spec.globalSecondaryIndexes.autoscaling": {"scheduledAdjustments"},
}
"""Fields of a manifest that no request has, and why not."""


def _missing(model: Any, names: Names, path: str) -> dict[str, set[str]]:
    known = fields(model)
    today = {field.today: field for field in names.values()}
    found = {path: set(known) - set(today)}
    for name, field in today.items():
        if name not in known:
            continue
        inner = bare(known[name].annotation)
        inner = bare(get_args(inner)[0]) if get_args(inner) else inner
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            assert field.below is not None
            found |= _missing(inner, field.below, f"{path}.{name}")
    return found


def test_a_request_has_every_field_of_a_manifest_but_for_those_with_a_reason() -> None:
    found = {path: names for path, names in _missing(Spec, SPEC, "spec").items() if names}

    assert found == BEYOND


def test_a_request_has_one_field_that_a_manifest_has_not() -> None:
    assert {field.today for field in SPEC.values()} - set(fields(Spec)) == {"deletionPolicy"}


def test_what_cannot_carry_a_request_out_refuses_it(capsys: pytest.CaptureFixture[str]) -> None:
    request = str(cases(REQUESTS["accept"])[0])
    status = diff_command(request, request, b"", "text")

    out, err = capsys.readouterr()
    assert (status, out) == (1, "")
    assert "DynamoDBRequest" in err
