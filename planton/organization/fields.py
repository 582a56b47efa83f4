"""The fields that a rule can name, such as `spec.replicas[*].kmsKeyArn`, and their values.

A field has one name whatever the manifest's version and spelling, and what the manifest leaves out
has the value that the program gives it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from enum import Enum
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo

from planton.diagnostics.diagnostic import did_you_mean, one_of, quote
from planton.dialects.key_case import snake
from planton.document.nodes import Mapping, Node, Scalar, resolve
from planton.manifest.enums import TableClass
from planton.manifest.facts import facts
from planton.manifest.manifest import Manifest
from planton.manifest.reference import Reference
from planton.manifest.rules.rule import Path
from planton.manifest.shape import bare, fields
from planton.manifest.spec import BLOCKS, Spec

_FEW = 15
"""Names that a help text lists."""

ITEMS = "[*]"
"""Stands for each item of a list."""
LABELS = "labels"
NAMESPACE = "namespace"
METADATA = ("name", "id", "org", "env", NAMESPACE, LABELS)
"""The parts of metadata that a rule can name."""

_PART = re.compile(r"""\.?(?:([A-Za-z_][A-Za-z0-9_-]*)|(\[\*\])|\["([^"]+)"\])""")
_MAXIMA = ("maxReadRequestUnits", "maxWriteRequestUnits")
FLAGS = {block: flag for flag, block in BLOCKS.items()}
"""The booleans of v1 by the blocks that replace them."""


class FieldError(Exception):
    """A field that a rule cannot name; the text says why, and `help` what to write instead."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


class State(Enum):
    """Of a field without a value."""

    ABSENT = "absent"
    UNKNOWN = "unknown"
    """Set outside the manifest, or a reference: only known when the program runs."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What rules read: the metadata, and the manifest once it is checked."""

    metadata: MappingType[str, str]
    labels: MappingType[str, str]
    manifest: Manifest | None = None


def subject_of(canonical: Mapping, root: Node) -> Subject:
    """The metadata of a canonical document; namespace and labels are only in the user's `root`."""
    ours, theirs = _block(canonical, "metadata"), _block(root, "metadata")
    metadata = _texts(ours, METADATA) | _texts(theirs, (NAMESPACE,))
    labels = _block(theirs, LABELS)
    return Subject(
        # An empty string counts as absent; a label may have it as its value.
        {key: text for key, text in metadata.items() if text},
        _texts(labels, [key.text for key, _ in labels.entries]),
    )


def _block(node: Node, key: str) -> Mapping:
    value = node.get(key) if isinstance(node, Mapping) else None
    return value if isinstance(value, Mapping) else Mapping((), node.start, node.end)


def _texts(node: Mapping, keys: Iterable[str]) -> dict[str, str]:
    values = {key: node.get(key) for key in keys}
    return {
        key: str(value.text)
        for key, value in values.items()
        if isinstance(value, Scalar) and resolve(value) is not None
    }


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a rule names. `parts` leads to it, and `kind` is the type of its values: bool,
    int, str, an enum, list or dict, or None for what a policy holds."""

    text: str
    parts: tuple[str, ...]
    kind: type | None
    absent_means: object = None

    @property
    def name(self) -> str:
        """The field as messages call it."""
        return self.text.removeprefix("spec.")

    def values(self, subject: Subject) -> Iterator[tuple[Path, Any]]:
        """Each value with its path: one, or one for each item of the lists on the way."""
        if self.parts[0] == "metadata":
            held = subject.labels if self.parts[1] == LABELS else subject.metadata
            yield self.parts, held.get(self.parts[-1], State.ABSENT)
            return
        manifest = subject.manifest
        assert manifest is not None  # only the conditions of defaults are judged without it
        for path, value in _walk(manifest.spec, self.parts[1:], ("spec",)):
            if value in (None, [], {}) or self._is_no_maximum(value):
                value = self._implied(manifest)
            yield path, _plain(value)

    def _is_no_maximum(self, value: object) -> bool:
        """Whether a maximum is said not to be there: 0 leaves it unset, and -1 removes it."""
        return self.parts[-1] in _MAXIMA and value in (0, -1)

    def _implied(self, manifest: Manifest) -> object:
        """What counts where the manifest says nothing."""
        match self.parts:
            case ("spec", "region"):
                return manifest.region or State.UNKNOWN
            case ("spec", "tableName"):
                return manifest.table_name
            case ("spec", "billingMode"):
                return manifest.billing_mode or State.ABSENT
            case ("spec", "tableClass"):
                return TableClass.STANDARD
            case (*_, "enabled"):
                return self._flag(manifest)
            case _:
                return State.ABSENT if self.absent_means is None else self.absent_means

    def _flag(self, manifest: Manifest) -> bool:
        """Whether what the manifest has no block of is enabled: v1 has booleans of some."""
        flag = FLAGS.get(self.parts[1]) if len(self.parts) == len(["spec", "x", "y"]) else None
        return bool(flag and getattr(manifest.spec, snake(flag)))


def _plain(value: Any) -> Any:
    """The value as a rule compares it."""
    if isinstance(value, Reference):
        return State.UNKNOWN
    return value.value if isinstance(value, Enum) and not isinstance(value, State) else value


def _walk(here: Any, parts: tuple[str, ...], path: Path) -> Iterator[tuple[Path, Any]]:
    """The values below a value; None for what is not there."""
    for number, part in enumerate(parts):
        if part == ITEMS:
            for index, item in enumerate(here or ()):
                yield from _walk(item, parts[number + 1 :], (*path, index))
            return
        path = (*path, part)
        if isinstance(here, MappingType):
            here = here.get(part)
        elif here is not None and not isinstance(here, (str, int)):
            here = getattr(here, snake(part), None)
        else:
            here = None
    yield path, here


def parse_field(text: str) -> Field:
    """The field that a text names.

    Raises:
        FieldError: no manifest has it.
    """
    parts = _split(text)
    if parts[0] not in ("metadata", "spec") or len(parts) == 1:
        raise FieldError(f"{quote(text)} is not a field", "a field begins with metadata. or spec.")
    if parts[0] == "metadata":
        return _field_of_metadata(text, parts)
    annotation: Any = Spec
    info: FieldInfo | None = None
    seen = "spec"
    for number, part in enumerate(parts[1:], start=1):
        kind, known = bare(annotation), fields(annotation)
        if get_origin(kind) is list:
            if part != ITEMS:
                raise FieldError(
                    f"{seen} is a list, so {quote(text)} names none of its fields",
                    f"write {seen}{ITEMS}.{part} for each of its items",
                )
            annotation, info = bare(get_args(kind)[0]), None
        elif part == ITEMS:
            raise FieldError(f"{seen} is not a list, so it has no items", f"remove {ITEMS}")
        elif known:
            if part not in known:
                raise _unknown(part, seen, known)
            if number == 1 and part in BLOCKS:
                help = f"use spec.{BLOCKS[part]}.enabled, which covers both forms"
                raise FieldError(f"{quote(part)} is only one form of this setting", help)
            info = known[part]
            annotation = bare(info.annotation)
        elif get_origin(kind) is dict:
            annotation, info = bare(get_args(kind)[1]), None
        elif kind is not Any:
            raise FieldError(f"{seen} has no fields, so {quote(part)} is not one of them")
        seen = f"{seen}{part}" if part == ITEMS else f"{seen}.{part}"
    return Field(text, parts, _kind(annotation), _absent_means(info))


def _split(text: str) -> tuple[str, ...]:
    parts: list[str] = []
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        if not found or found.end() == at or (not parts and text[0] in ".["):
            break
        parts.append(found[1] or found[2] or found[3])
        at = found.end()
    # Messages show the name, and no field, tag or label has a control character in its name.
    if at < len(text) or not parts or not text.isprintable():
        help = 'write it as in spec.replicas[*].regionName or spec.tags["cost-centre"]'
        raise FieldError(f"{quote(text)} is not the name of a field", help)
    return tuple(parts)


def _field_of_metadata(text: str, parts: tuple[str, ...]) -> Field:
    name = parts[1]
    if name not in METADATA:
        raise _unknown(name, "metadata", METADATA)
    if (name == LABELS) != (len(parts) == len(["metadata", "labels", "key"])):
        raise FieldError(
            f"{quote(text)} is not a value",
            f"name one label: metadata.{LABELS}.team" if name == LABELS else f"use metadata.{name}",
        )
    return Field(text, parts, str)


def _unknown(part: str, seen: str, known: Collection[str]) -> FieldError:
    meant = did_you_mean(part, known)
    help = f"did you mean {quote(meant)}?" if meant else f"use {one_of(known)}"
    if not meant and len(known) > _FEW:
        help = f"docs/fields.md lists the fields of {seen}"
    return FieldError(f"{seen} has no field {quote(part)}", help)


def _kind(annotation: Any) -> type | None:
    kind = bare(annotation)
    if fields(kind):
        return dict
    origin = get_origin(kind) or kind
    return origin if origin is not Any and isinstance(origin, type) else None


def _absent_means(info: FieldInfo | None) -> object:
    if info is None:
        return None
    implied = facts(info).absent_means
    if implied is None and isinstance(info.default, bool):
        implied = info.default
    return implied
