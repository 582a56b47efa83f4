"""Defaults: fields that an organization sets where a manifest says nothing.

They never decide what a table is or how it is billed, only how it is kept: a default is easily
forgotten, and a new one reaches tables that have been there for years.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from planton.diagnostics.diagnostic import did_you_mean, one_of, quote
from planton.document.nodes import Mapping, Node, Origin, Scalar, Sequence, plain, resolve
from planton.manifest.enums import PREFIXES
from planton.manifest.shape import bare, fields
from planton.manifest.spec import BLOCKS, Spec
from planton.manifest.tags import (
    ENVIRONMENT,
    NAME,
    ORGANIZATION,
    RESOURCE,
    RESOURCE_ID,
    RESOURCE_KIND,
)
from planton.organization.applied import Applied
from planton.organization.conditions import Condition, same
from planton.organization.fields import Subject

TAGS = "tags"
ALLOWED = (
    "alarms",
    "contributorInsights",
    "deletionPolicy",
    "deletionProtectionEnabled",
    "pointInTimeRecovery",
    TAGS,
)
"""The fields of spec that can have a default."""

_OWN_TAGS = (NAME, RESOURCE, ORGANIZATION, ENVIRONMENT, RESOURCE_KIND, RESOURCE_ID)
_FLAGS = {block: flag for flag, block in BLOCKS.items()}


@dataclass(frozen=True, slots=True)
class Default:
    """The value of one field of spec. `where` is its file and line."""

    field: str
    value: Node
    where: str
    when: tuple[Condition, ...] = ()

    @property
    def data(self) -> Any:
        """The value as JSON data."""
        return plain(self.value)

    @property
    def text(self) -> str:
        """The value in one line, as YAML."""
        return _text(self.value)

    def fits(self, subject: Subject) -> bool:
        """Whether it is meant for a manifest."""
        return all(condition.is_met(subject) for condition in self.when)

    def error(self) -> tuple[ValidationError, type[Any]] | None:
        """What is wrong with the value, and the model that says so."""
        try:
            Spec.model_validate({self.field: plain(self.value)})
        except ValidationError as error:
            return error, Spec
        return None

    def owned(self) -> str:
        """A tag among them that the program sets, or nothing."""
        keys = _keys(self.value) if self.field == TAGS else ()
        return next((key for key in sorted(keys) if key in _OWN_TAGS), "")

    def contradicts(self, former: Default) -> bool:
        """Whether a former one is used for every manifest that this is for."""
        if self.field != former.field or not (not former.when or same(self.when, former.when)):
            return False
        if self.field != TAGS:
            return True
        return bool(_keys(self.value) & _keys(former.value))


def _keys(node: Node) -> set[str]:
    return {key.text for key, _ in node.entries} if isinstance(node, Mapping) else set()


def why_not(name: str) -> tuple[str, str]:
    """The message and help about a field that can have no default."""
    known = fields(Spec)
    allowed = f"a default can only be for {one_of(ALLOWED)}"
    if name in BLOCKS:
        return f"{quote(name)} is only one form of this setting", f"write {BLOCKS[name]}"
    if name not in known:
        meant = did_you_mean(name, ALLOWED)
        help = f"did you mean {quote(meant)}?" if meant else allowed
        return f"spec has no field {quote(name)}", help
    return f"{quote(name)} is for each manifest to say", f"{allowed}; a rule can require a value"


def fill(
    document: Mapping, defaults: Iterable[Default], subject: Subject
) -> tuple[Mapping, tuple[Applied, ...]]:
    """The canonical document with the defaults that are meant for it, where it says nothing. The
    first of several defaults wins."""
    entry = next((one for one in document.entries if one[0].text == "spec"), None)
    if entry is None or not isinstance(entry[1], Mapping):
        return document, ()
    at, spec = entry
    assert isinstance(spec, Mapping)
    entries = {
        key.text: (key, value) for key, value in spec.entries if not _is_absent(key.text, value)
    }
    applied: list[Applied] = []
    for default in defaults:
        name = default.field
        if not default.fits(subject) or _FLAGS.get(name) in entries:
            continue
        if name == TAGS and TAGS in entries:
            key, tags = entries[TAGS]
            if isinstance(tags, Mapping) and isinstance(default.value, Mapping):
                entries[TAGS] = key, _with_tags(tags, default, at, applied)
        elif name not in entries:
            value = _placed(default.value, at, (spec.origin, name))
            entries[name] = at._replace(text=name, origin=(spec.origin, name)), value
            applied += _applied(default)
    if not applied:
        return document, ()
    filled = spec._replace(entries=tuple(entries.values()))
    others = tuple(one if one is not entry else (at, filled) for one in document.entries)
    return document._replace(entries=others), tuple(applied)


def _with_tags(tags: Mapping, default: Default, at: Scalar, applied: list[Applied]) -> Mapping:
    # A tag may have an empty value.
    own = {key.text for key, value in tags.entries if not _is_null(value)}
    kept = tuple(entry for entry in tags.entries if entry[0].text in own)
    assert isinstance(default.value, Mapping)
    added = tuple(one for one in default.value.entries if one[0].text not in own)
    applied += (_tag(key, value, default) for key, value in added)
    placed = _placed(default.value._replace(entries=added), at, tags.origin)
    assert isinstance(placed, Mapping)
    return tags._replace(entries=(*kept, *placed.entries))


def _is_null(value: Node) -> bool:
    return isinstance(value, Scalar) and resolve(value) is None


def _is_absent(name: str, value: Node) -> bool:
    """Whether a field of spec has a value that the contract reads as absent."""
    if not isinstance(value, Scalar):
        return False
    info = fields(Spec).get(name)
    prefix = PREFIXES.get(bare(info.annotation), "") if info else ""
    return resolve(value) in (None, "", f"{prefix}UNSPECIFIED" if prefix else "")


def _applied(default: Default) -> list[Applied]:
    if default.field == TAGS and isinstance(default.value, Mapping):
        return [_tag(key, value, default) for key, value in default.value.entries]
    return [Applied(f"spec.{default.field}", default.text, default.where)]


def _tag(key: Scalar, value: Node, default: Default) -> Applied:
    return Applied(f"spec.{TAGS}.{key.text}", _text(value), default.where)


def _quoted(node: Scalar) -> str:
    return json.dumps(node.text) if node.style else node.text


def _text(node: Node) -> str:
    """A value in one line, as YAML."""
    match node:
        case Scalar():
            # Quoted where it would not be a string without quotes.
            return node.text if resolve(node._replace(style="")) == node.text else _quoted(node)
        case Sequence():
            return f"[{', '.join(map(_text, node.items))}]"
        case _:
            return f"{{{', '.join(f'{key.text}: {_text(value)}' for key, value in node.entries)}}}"


def _placed(node: Node, at: Scalar, origin: Origin) -> Node:
    """A node of the file as if it stood at a key of the manifest."""
    match node:
        case Mapping():
            entries = tuple(
                (
                    key._replace(start=at.start, end=at.end, origin=(origin, key.text)),
                    _placed(value, at, (origin, key.text)),
                )
                for key, value in node.entries
            )
            return node._replace(entries=entries, start=at.start, end=at.end, origin=origin)
        case Sequence():
            items = (_placed(item, at, (origin, i)) for i, item in enumerate(node.items))
            return node._replace(items=tuple(items), start=at.start, end=at.end, origin=origin)
        case _:
            return node._replace(start=at.start, end=at.end, origin=origin)
