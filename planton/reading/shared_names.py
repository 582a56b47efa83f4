"""Errors about names that the tables of one stack must not share, where each is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from planton.diagnostics.diagnostic import Diagnostic, printable, quote
from planton.dialects.contract import Contract
from planton.document.nodes import span
from planton.manifest.checking.check import point
from planton.manifest.manifest import Manifest
from planton.manifest.rules.rule import Finding, Path
from planton.plan.planner import make_plan
from planton.plan.shared_names import Part, PlannedTable, SharedName, shared_names
from planton.reading.read import Reading
from planton.reading.report import Examined

_CODE = "shared-name"
_SHOWN = 3
_HELP = {
    "metadata.name": "give each table of the stack its own metadata.name; where that would change "
    "the table's name in AWS, set spec.tableName",
    "table": "remove one of the manifests, or give its table another name",
    "resource": "use another name for one of the indexes, or another metadata.name: Pulumi's name "
    "joins both by a hyphen",
}


def shared_name_errors(
    tables: Sequence[PlannedTable], readings: Sequence[Reading]
) -> Iterator[Diagnostic]:
    """An error at each place of a name that several tables would have. `readings` are those of the
    tables' manifests, in the same order."""
    for shared in shared_names(tables):
        for part in shared.parts:
            reading = readings[part.table]
            assert reading.manifest is not None  # it was planned
            assert reading.places is not None
            others = [one for one in shared.parts if one != part]
            places = ", ".join(_where(readings[one.table], shared, one) for one in others[:_SHOWN])
            if len(others) > _SHOWN:
                places += f" and {len(others) - _SHOWN} more"
            message = f"{_subject(shared, part)} is also in {places}"
            finding = Finding(_path(reading.manifest, shared, part), message, _HELP[shared.kind])
            yield from point(reading.places, reading.source, _CODE, [finding])


def shared_in_stack(examined: Iterable[Examined]) -> dict[str, tuple[Diagnostic, ...]]:
    """The errors by file, if all valid manifests among what was examined are for one stack."""
    readings = [
        one
        for found in examined
        for one in found.readings
        if one.manifest and one.manifest.contract is not Contract.REQUEST
    ]
    tables = [
        PlannedTable(make_plan(one.require()), one.region, one.provider.account_id)
        for one in readings
    ]
    errors: dict[str, list[Diagnostic]] = {}
    for error in shared_name_errors(tables, readings):
        errors.setdefault(error.source.name, []).append(error)
    return {file: tuple(found) for file, found in errors.items()}


def _subject(shared: SharedName, part: Part) -> str:
    if shared.kind == "metadata.name":
        return f"metadata.name {quote(shared.name)}"
    if shared.kind == "table":
        return f"the table {quote(shared.name)}{f' in {shared.region}' if shared.region else ''}"
    owner = "the table" if part.of_index is None else f"index {quote(part.of_index)}"
    what = owner if part.what == "index" else f"the {part.what} of {owner}"
    return f"the name {quote(shared.name)}, which Pulumi gives to {what},"


def _where(reading: Reading, shared: SharedName, part: Part) -> str:
    """The file and line of what has the name, too."""
    assert reading.manifest is not None
    assert reading.places is not None
    node = reading.places.locate(_path(reading.manifest, shared, part), key=False).node
    return f"{printable(reading.source.name)}:{span(node).line}"


def _path(manifest: Manifest, shared: SharedName, part: Part) -> Path:
    """Where the manifest names it."""
    if part.of_index is not None:
        names = [one.name for one in manifest.spec.global_secondary_indexes]
        return ("spec", "globalSecondaryIndexes", names.index(part.of_index), "name")
    if shared.kind == "table" and manifest.spec.table_name:
        return ("spec", "tableName")
    return ("metadata", "name")
