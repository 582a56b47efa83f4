"""Reads the JSON that `pulumi preview --json` prints.

Its form is that of PreviewDigest in Pulumi's own source (pkg/display/json.go), which is the same in
all of Pulumi 3 and has no version: what is not in it is another version.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planton.diagnostics.diagnostic import printable, quote
from planton.document.secret_words import may_hold_secrets

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
IMPORT = "import-replacement"
DELETE_REPLACED = "delete-replaced"
REPLACEMENT = "replace"
REPLACEMENTS = frozenset({REPLACEMENT, "create-replacement", DELETE_REPLACED, IMPORT})
DELETION = "delete"
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
_OPS = REPLACEMENTS | _OTHER_OPS | {DELETION}
URN_PARTS = 4
_WIDTH = 300


_HOW = (
    "expected the output of `pulumi preview --json`: "
    "pulumi preview --json --show-replacement-steps > preview.json"
)


class PreviewError(Exception):
    """The text is not a preview that can be judged. The message says why, and how to fix it."""


@dataclass(frozen=True)
class Step:
    """One step of the preview."""

    op: str
    urn: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    because: tuple[str, ...]

    @classmethod
    def of(cls, step: Any, number: int) -> Step:
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
        if not isinstance(urn, str) or urn.count("::") < URN_PARTS - 1:
            raise PreviewError(f"{what}.urn must be a URN, got {quote(urn)}")
        if not (isinstance(old, dict) and isinstance(new, dict) and isinstance(reasons, list)):
            raise PreviewError(
                f"{what} must have objects as oldState and newState, and a list as replaceReasons"
            )
        return cls(op, urn, old, new, tuple(map(str, reasons)))


@dataclass(frozen=True)
class Digest:
    """The steps of a preview, and the errors because of which it is incomplete."""

    steps: tuple[Step, ...]
    errors: tuple[str, ...]


def read_digest(data: bytes) -> Digest:
    """The digest in these bytes, in any encoding of JSON.

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
    steps = [Step.of(step, i) for i, step in enumerate(_list(digest, "steps"))]
    _require_complete(digest, steps)
    return Digest(tuple(steps), tuple(_errors(digest)))


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


def _require_complete(digest: Mapping[str, Any], steps: Iterable[Step]) -> None:
    """Refuses a preview that counts deletions and replacements that it does not list."""
    summary = digest.get("changeSummary", {})
    if not isinstance(summary, dict):
        raise PreviewError(f"changeSummary must be an object\n  {_HOW}")
    listed = Counter(step.op for step in steps)
    for op in (DELETION, REPLACEMENT):
        number = summary.get(op, 0)
        if not isinstance(number, int) or number > listed[op]:
            raise PreviewError(
                f"changeSummary counts {quote(number)} steps with the op {op}, but {listed[op]} "
                f"are listed, so the preview is incomplete\n  {_HOW}"
            )


def _errors(digest: Mapping[str, Any]) -> Iterator[str]:
    """The errors of the preview. Tracebacks are of severity info#err."""
    for i, one in enumerate(_list(digest, "diagnostics")):
        if not isinstance(one, dict):
            raise PreviewError(f"diagnostics[{i}] must be an object\n  {_HOW}")
        if one.get("severity") == "error":
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
