"""Reads what `pulumi preview --json` prints, and finds what would be lost.

The form is that of PreviewDigest in Pulumi's own source (pkg/display/json.go), which is the same in
all of Pulumi 3 and has no version: what is not in it is another version.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from planton.diagnostics.diagnostic import printable, quote
from planton.document.secret_words import may_hold_secrets
from planton.review.data_types import held_data

MAX_BYTES = 1 << 28
"""A step has some kilobytes, so this is enough for tens of thousands of resources."""

_KEYS = frozenset({"config", "steps", "diagnostics", "duration", "changeSummary", "maybeCorrupt"})
_STEP_KEYS = frozenset(
    {
        "op",
        "urn",
        "provider",
        "oldState",
        "newState",
        "diffReasons",
        "replaceReasons",
        "detailedDiff",
    }
)
_IMPORT = "import-replacement"
_REPLACEMENTS = frozenset({"replace", "create-replacement", "delete-replaced", _IMPORT})
_DELETION = "delete"
_OTHER_OPS = frozenset(
    {
        "same",
        "create",
        "update",
        "read",
        "read-replacement",
        "refresh",
        "discard",
        "discard-replaced",
        "remove-pending-replace",
        "import",
        "diff",
        "extend-parameterize",
    }
)
_OPS = _REPLACEMENTS | _OTHER_OPS | {_DELETION}
_URN_PARTS = 4
_WIDTH = 300


class PreviewError(Exception):
    """The text is not a preview that can be judged. The message says why, and how to fix it."""


class Outcome(str, Enum):
    """What the update would do to a resource that holds data."""

    REPLACED = "replaced"
    DELETED = "deleted"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True)
class Affected:
    """A resource that holds data, and what the update would do to it. `id` is its physical id, or
    an empty string; `because` are the properties whose change replaces it. `retained` says that it
    stays in the cloud, and `imported` that an existing one takes its place."""

    urn: str
    id: str
    holds: str
    outcome: Outcome
    because: tuple[str, ...] = ()
    retained: bool = False
    imported: bool = False

    @property
    def type(self) -> str:
        """Pulumi's token of the type."""
        return _type_of(self.urn)

    @property
    def name(self) -> str:
        """The logical name."""
        return _name_of(self.urn)

    @property
    def fails(self) -> bool:
        """Whether the data would be lost. What is only forgotten stays in the cloud."""
        return self.outcome is not Outcome.FORGOTTEN

    def data(self) -> dict[str, Any]:
        """The resource for machines."""
        return {
            "urn": self.urn,
            "type": self.type,
            "name": self.name,
            "id": self.id,
            "outcome": self.outcome.value,
            "retained": self.retained,
            "imported": self.imported,
            "holds": self.holds,
            "replaceReasons": list(self.because),
            "fails": self.fails,
        }


@dataclass(frozen=True)
class Preview:
    """What a preview says: how many resources it lists, those that hold data and are affected, the
    gravest first, and the errors because of which it is incomplete."""

    resources: int
    affected: tuple[Affected, ...]
    errors: tuple[str, ...]


def read_preview(data: bytes) -> Preview:
    """The preview in these bytes, in any encoding of JSON.

    Raises:
        PreviewError: it is not the output of `pulumi preview --json`, or of another version.
    """
    digest = _parse(data)
    _require_keys(digest, _KEYS, "the preview")
    if "duration" not in digest and "changeSummary" not in digest:
        raise PreviewError(
            "it has neither duration nor changeSummary, so it is no preview, or one that was "
            f"interrupted\n  {_HOW}"
        )
    steps = [_Step.of(step, i) for i, step in enumerate(_list(digest, "steps"))]
    _require_complete(digest, steps)
    by_urn: dict[str, list[_Step]] = {}
    for step in steps:
        by_urn.setdefault(step.urn, []).append(step)
    affected = [resource for group in by_urn.values() if (resource := _affected(group))]
    order = list(Outcome)
    affected.sort(key=lambda one: (order.index(one.outcome), one.urn))
    return Preview(len(by_urn), tuple(affected), tuple(_errors(digest)))


_HOW = "expected the output of `pulumi preview --json`: pulumi preview --json > preview.json"


def _parse(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise PreviewError(f"it must have at most {MAX_BYTES >> 20} MiB")
    if not data.strip():
        raise PreviewError(f"it is empty\n  {_HOW}")
    try:
        digest = json.loads(data, object_pairs_hook=_unique)
    except RecursionError:
        raise PreviewError(f"its JSON is nested too deeply\n  {_HOW}") from None
    except json.JSONDecodeError as error:
        if error.msg.startswith("Extra data") and b'"sequence"' in data[:200]:
            raise PreviewError(
                "it is a stream of events: run pulumi without PULUMI_ENABLE_STREAMING_JSON_PREVIEW"
            ) from None
        raise PreviewError(
            f"it is not JSON: {error.msg} on line {error.lineno}, column {error.colno}\n  {_HOW}"
        ) from None
    except UnicodeDecodeError:
        raise PreviewError(f"it is not JSON: it is not even text\n  {_HOW}") from None
    except ValueError as error:
        # A number with thousands of digits, or a key twice.
        raise PreviewError(f"it is not JSON: {quote(error, _WIDTH)}\n  {_HOW}") from None
    if not isinstance(digest, dict):
        raise PreviewError(f"it is JSON, but not an object\n  {_HOW}")
    return digest


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        (twice, _), *_rest = Counter(key for key, _ in pairs).most_common()
        raise ValueError(f"the key {quote(twice)} is used twice in one object")
    return found


def _require_keys(found: Mapping[str, Any], known: frozenset[str], what: str) -> None:
    if "sequence" in found:
        raise PreviewError(
            "it is an event of a stream: run pulumi without PULUMI_ENABLE_STREAMING_JSON_PREVIEW"
        )
    if unknown := sorted(found.keys() - known):
        raise PreviewError(
            f"{what} has the unknown key {quote(unknown[0])}: it is of another version of Pulumi "
            f"than 3, or not a preview\n  {_HOW}; a newer planton may know the key"
        )


def _list(digest: Mapping[str, Any], key: str) -> list[Any]:
    value = digest.get(key, [])
    if not isinstance(value, list):
        raise PreviewError(f"{key} must be a list\n  {_HOW}")
    return value


@dataclass(frozen=True)
class _Step:
    """One step of the preview."""

    op: str
    urn: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    because: tuple[str, ...]

    @classmethod
    def of(cls, step: Any, number: int) -> _Step:
        what = f"steps[{number}]"
        if not isinstance(step, dict):
            raise PreviewError(f"{what} must be an object\n  {_HOW}")
        _require_keys(step, _STEP_KEYS, what)
        op, urn, reasons = step.get("op"), step.get("urn"), step.get("replaceReasons") or []
        old, new = step.get("oldState") or {}, step.get("newState") or {}
        if not isinstance(op, str) or op not in _OPS:
            raise PreviewError(
                f"{what} has the unknown op {quote(op)}: it is of a newer version of Pulumi\n"
                "  use a newer planton, which knows what this does to a resource"
            )
        if not isinstance(urn, str) or urn.count("::") < _URN_PARTS - 1:
            raise PreviewError(f"{what}.urn must be a URN, got {quote(urn)}")
        if not (isinstance(old, dict) and isinstance(new, dict) and isinstance(reasons, list)):
            raise PreviewError(
                f"{what} must have objects as oldState and newState, and a list as replaceReasons"
            )
        return cls(op, urn, old, new, tuple(map(str, reasons)))


def _require_complete(digest: Mapping[str, Any], steps: Iterable[_Step]) -> None:
    """Refuses a preview that counts deletions and replacements that it does not list."""
    summary = digest.get("changeSummary", {})
    if not isinstance(summary, dict):
        raise PreviewError(f"changeSummary must be an object\n  {_HOW}")
    listed = Counter(step.op for step in steps)
    for op in (_DELETION, "replace"):
        number = summary.get(op, 0)
        if not isinstance(number, int) or number > listed[op]:
            raise PreviewError(
                f"changeSummary counts {quote(number)} steps with the op {op}, but {listed[op]} "
                f"are listed, so the preview is incomplete\n  {_HOW}"
            )


def _affected(steps: Sequence[_Step]) -> Affected | None:
    """What the steps of one resource do to its data; None if nothing, or if it has none."""
    urn = steps[0].urn
    holds = held_data(_type_of(urn))
    ops = {step.op for step in steps}
    if holds is None or not ops & {_DELETION, *_REPLACEMENTS}:
        return None
    states = [step.old for step in steps if step.op in (_DELETION, *_REPLACEMENTS)]
    if all(state.get("external") is True for state in states):
        return None  # another stack's resource, which this one only reads
    retained = all(one.get("retainOnDelete") is True for one in states)
    outcome = Outcome.FORGOTTEN if retained else Outcome.DELETED
    if ops & _REPLACEMENTS:
        outcome = Outcome.REPLACED
    id = next((str(state["id"]) for state in states if state.get("id")), "")
    because = dict.fromkeys(reason for step in steps for reason in step.because)
    # Without --show-replacement-steps, only the new state shows that it is an import.
    imported = _IMPORT in ops or any(step.new.get("importID") for step in steps)
    return Affected(urn, id, holds, outcome, tuple(because), retained, imported)


def _type_of(urn: str) -> str:
    """The type in a URN, without those of the parents: urn:pulumi:STACK::PROJECT::TYPES::NAME."""
    return urn.split("::")[2].rpartition("$")[2]


def _name_of(urn: str) -> str:
    return urn.split("::", _URN_PARTS - 1)[3]


def _errors(digest: Mapping[str, Any]) -> Iterator[str]:
    """The errors of the preview. Tracebacks are of severity info#err."""
    for one in _list(digest, "diagnostics"):
        if isinstance(one, dict) and one.get("severity") == "error":
            text = str(one.get("message") or "")
            if may_hold_secrets(text):
                yield "an error that is not shown, because its text may contain a secret"
            else:
                yield _brief(text)


def _brief(text: str) -> str:
    """The first line of an error, and of a traceback the last one, which says what happened."""
    first, *more = text.removeprefix("error: ").strip().split("\n")
    if first.endswith(":") and more:
        first += f" {more[-1].strip()}"
    return printable(first)[:_WIDTH]
