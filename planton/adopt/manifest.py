"""Writes the manifest of an existing table."""

from __future__ import annotations

from dataclasses import dataclass

from planton.adopt.found import FoundTable, LeftOut
from planton.adopt.spec import found_spec
from planton.convert.converter import convert
from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source
from planton.dialects.annotations import IMPORT
from planton.dialects.contract import API_VERSIONS, KIND, Contract
from planton.document.writer import dump
from planton.manifest import tags as t
from planton.reading.read import read

_FROM_TAGS = {"org": t.ORGANIZATION, "env": t.ENVIRONMENT, "id": t.RESOURCE_ID}
_OF_AWS = "aws:"
_CONFIRM = "confirmRemoveSelfResourceAccess"
_LOCKS_OUT = (
    f"{_CONFIRM} is set: the table's policy prevents everybody, including you, from changing it"
)


@dataclass(frozen=True)
class WrittenManifest:
    """The manifest of an existing table.

    `left_out` is what the source or the manifest cannot say. `diagnostics` are what a check of the
    text reports. `notes` are for the user: what the manifest confirms, and what a conversion to
    another version does not keep.
    """

    text: str
    left_out: tuple[LeftOut, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Whether the check reports no error."""
        return all(found.severity != "error" for found in self.diagnostics)


def write_manifest(
    found: FoundTable,
    *,
    source_name: str,
    name: str | None = None,
    imports: bool = False,
    to: Contract | None = None,
) -> WrittenManifest:
    """The manifest of the table, with its physical name.

    `source_name` is the manifest's name in diagnostics, `name` its metadata.name, by default the
    table's. With `imports`, `pulumi up` imports the table instead of creating one. The manifest is
    v1alpha1, with this program's additional fields under `spec`; with `to`, it has only the fields
    of that version there, and the others in the annotation. A manifest with errors is not
    converted.
    """
    name = name or found.name
    org_env_id, tags = _split_tags({tag.key: tag.value for tag in found.tags}, name)
    table_name = None if name == found.name else found.name
    spec = found_spec(found, table_name=table_name, tags=tags)
    metadata = {"name": name, **org_env_id}
    if imports:
        metadata["annotations"] = {IMPORT: "true"}
    version = next(name for name, of in API_VERSIONS.items() if of is Contract.V1ALPHA1)
    data = {"apiVersion": version, "kind": KIND, "metadata": metadata, "spec": spec.data}
    left_out = (*found.left_out, *spec.left_out)
    source = Source(source_name, dump(data))
    checked = read(source)
    notes: tuple[str, ...] = ()
    if any(one.code == "policy-locks-out" for one in checked.diagnostics):
        spec.data["resourcePolicy"][_CONFIRM] = True
        source, notes = Source(source_name, dump(data)), (_LOCKS_OUT,)
        checked = read(source)
    if to is None or checked.manifest is None:
        return WrittenManifest(source.text, left_out, checked.diagnostics, notes)
    try:
        converted = convert(source, to)
    except ManifestError as error:
        return WrittenManifest(source.text, left_out, error.diagnostics, notes)
    return WrittenManifest(converted.text, left_out, converted.warnings, (*notes, *converted.notes))


def _split_tags(tags: dict[str, str], name: str) -> tuple[dict[str, object], dict[str, str]]:
    """The fields of metadata that the platform's tags contain, and the user's tags. AWS's own tags,
    and those that the program sets on a table of this `name`, are in neither."""
    always_set = {t.RESOURCE: "true", t.RESOURCE_KIND: KIND, t.NAME: name}
    metadata: dict[str, object] = {
        field: tags[key] for field, key in _FROM_TAGS.items() if tags.get(key)
    }
    known = {_FROM_TAGS[field] for field in metadata}
    kept = {
        key: value
        for key, value in sorted(tags.items())
        if not (key in known or always_set.get(key) == value or key.lower().startswith(_OF_AWS))
    }
    return metadata, kept
