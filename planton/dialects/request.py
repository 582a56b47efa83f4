"""Converts a request to a Kratix platform to today's shape.

Its fields are a manifest's, some under shorter names. A request has no fields that ACK's Table does
not have. Like the platform's API server, this is strict: each key and value has one spelling, and
numbers have no quotes.
"""

from __future__ import annotations

import re

from planton.diagnostics.diagnostic import did_you_mean, quote
from planton.dialects.annotations import IGNORE_WARNINGS, PREFIX
from planton.dialects.contract import Contract
from planton.dialects.key_case import camel
from planton.dialects.request_field import DEFAULT_BILLING_MODE, Field, RequestFields
from planton.dialects.request_fields import SPEC
from planton.dialects.reshape import (
    Entry,
    Fields,
    Path,
    Reshaper,
    entry,
    fields,
    gather,
    new_scalar,
    with_fields,
)
from planton.dialects.words import words_of
from planton.document.nodes import Mapping, Node, OlderShape, Scalar, Sequence, resolve

MAX_NAME = 63
"""The maximum length of a request's name, which Kratix writes into labels."""

DEFAULT_NAMESPACE = "default"

_DNS_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
NAME_PATTERN = rf"{_DNS_LABEL}(\.{_DNS_LABEL})*"

_TEXTS = ("text", "filled", "enum", "tags", "document")
_PROVISIONED = SPEC["provisioned"]
_WORDS = words_of(Contract.REQUEST, frozenset())


def reshape(top: Mapping, tools: Reshaper) -> Mapping:
    """The manifest for a request."""
    entries = fields(top)
    parts: Fields = {name: entries[name] for name in ("metadata", "spec") if name in entries}
    if "metadata" in parts:
        key, value = parts["metadata"]
        parts["metadata"] = key, _metadata(value, tools)
    if "spec" in parts and isinstance(value := parts["spec"][1], Mapping):
        key = parts["spec"][0]
        spec = _spec(key, value, tools)
        parts["spec"] = key, with_fields(value, spec, _shape(SPEC))
    return with_fields(top, parts)


def _metadata(node: Node, tools: Reshaper) -> Node:
    """The request's name, its namespace and name as the id, and its annotations.

    Without a namespace a request goes to `default`, unless kubectl is told otherwise.
    """
    if not isinstance(node, Mapping):
        return node
    entries = fields(node)
    kept: Fields = {name: entries[name] for name in ("name", "annotations") if name in entries}
    name, namespace = (_text(entries, part) for part in ("name", "namespace"))
    if name and len(name) > MAX_NAME:
        message = f"name must have at most {MAX_NAME} characters, got {len(name)}"
        tools.report("length", message, entries["name"][1])
        key = entries["name"][0]
        kept["name"] = key, tools.placeholder(("metadata", "name"), key)
    elif name and not re.fullmatch(NAME_PATTERN, name):
        message = f"{quote(name)} is not a valid name of a Kubernetes object"
        help = (
            "use lower-case letters a-z, digits, '-' and '.', with a letter or digit at "
            "both ends and "
            "beside each '.'"
        )
        tools.report("name", message, entries["name"][1], help)
        key = entries["name"][0]
        kept["name"] = key, tools.placeholder(("metadata", "name"), key)
    if namespace and not re.fullmatch(_DNS_LABEL, namespace):
        message = f"{quote(namespace)} is not a valid name of a Kubernetes namespace"
        tools.report("name", message, entries["namespace"][1])
    elif name:
        at = entries["name"][0]
        place = f"{namespace or DEFAULT_NAMESPACE}/{name}"
        kept["id"] = entry("id", new_scalar(place, at)._replace(style='"'), at)
    if "annotations" in entries and isinstance(notes := entries["annotations"][1], Mapping):
        for key, _ in notes.entries:
            if key.text.startswith(PREFIX) and key.text != IGNORE_WARNINGS:
                message = f"a request cannot have the annotation {quote(key.text)}"
                help = "write the fields under spec"
                tools.report("unknown-annotation", message, key, help)
    return with_fields(node, kept)


def _text(entries: Fields, name: str) -> str:
    value = entries[name][1] if name in entries else None
    return str(resolve(value) or "") if isinstance(value, Scalar) else ""


def _spec(key: Scalar, node: Mapping, tools: Reshaper) -> Fields:
    entries = _named(node, SPEC, ("spec",), tools)
    if _is_absent(entries.get("tableName")):
        if ("spec",) not in tools.broken:
            tools.report("missing", "name is required", key, missing=("name",))
        name = tools.placeholder(("spec", "tableName"), key)
        entries["tableName"] = entry("tableName", name, key)
    mode = entries.get("billingMode")
    if mode is None or _is_absent(mode):
        mode = entry("billingMode", new_scalar(DEFAULT_BILLING_MODE, key), key)
        entries["billingMode"] = mode
    provisioned = isinstance(mode[1], Scalar) and mode[1].text == "PROVISIONED"
    _complete(entries, key, key, provisioned, tools)
    if "globalSecondaryIndexes" in entries:
        at, indexes = entries["globalSecondaryIndexes"]
        if isinstance(indexes, Sequence):
            items: list[Node] = []
            for index in indexes.items:
                if isinstance(index, Mapping) and index.entries:
                    inner = fields(index)
                    _complete(inner, next(iter(inner.values()))[0], index, provisioned, tools)
                    index = with_fields(index, inner)
                items.append(index)
            entries["globalSecondaryIndexes"] = at, indexes._replace(items=tuple(items))
    return entries


def _shape(names: RequestFields) -> OlderShape:
    return OlderShape({field.today: name for name, field in names.items()})


def _is_absent(entries: Entry | None) -> bool:
    return entries is None or (isinstance(entries[1], Scalar) and resolve(entries[1]) is None)


def _complete(
    entries: Fields, at: Scalar, parent: Node, provisioned: bool, tools: Reshaper
) -> None:
    """Adds missing units, or the whole block, with the API server's defaults."""
    below = _PROVISIONED.below or {}
    name = _PROVISIONED.today
    if name in entries:
        key, block = entries[name]
        if isinstance(block, Mapping):
            inner = fields(block)
            for field in below.values():
                inner.setdefault(field.today, _default(field, key))
            entries[name] = key, with_fields(block, inner)
    elif provisioned:
        units = {field.today: _default(field, at) for field in below.values()}
        entries[name] = gather(name, units, at, parent, {})


def _default(field: Field, at: Scalar) -> Entry:
    return entry(field.today, new_scalar(str(field.default), at), at)


def _named(node: Mapping, names: RequestFields, path: Path, tools: Reshaper) -> Fields:
    """The fields under today's names. A misspelled one is read as the field it resembles.

    `path` is the block's, in today's names."""
    entries = {key.text for key, _ in node.entries}
    today = {name: field.today for name, field in names.items()}
    found: Fields = {}
    for key, value in node.entries:
        name = key.text
        if name not in names:
            # Imported here because a correct request has no unknown key.
            from planton.dialects.other_names import instead_of

            block = next(part for part in reversed(path) if isinstance(part, str))
            meant = did_you_mean(name, names)
            help = f"did you mean '{meant}'?" if meant else f"allowed here: {', '.join(names)}"
            message = f"unknown key {quote(name)}"
            if own := next((own for own in names if today[own] == name), ""):
                help, meant = f"use '{own}', its name in a request", own
            elif instead := instead_of(name, block, today, _WORDS):
                help, meant = instead.help, None
                if instead.field is None:
                    tools.broken.add(path)
                elif instead.field and all(today.get(name) != instead.field for name in entries):
                    tools.broken.add((*path, instead.field))
            elif why := _not_in_request(name, path):
                message, help, meant = f"a request has no {quote(name)}: {why[0]}", why[1], None
            tools.report("unknown-key", message, key, help or "remove it")
            if meant is None or meant in entries or names[meant].today in found:
                continue
            name = meant
        field = names[name]
        read = _read(value, name, field, (*path, field.today), tools)
        if key.text != field.today:
            key = key._replace(text=field.today)
        found[field.today] = key, read
    return found


def _not_in_request(name: str, path: Path) -> tuple[str, str] | None:
    """Why no request has the field of a manifest in a block, and what to do instead."""
    from planton.dialects.not_in_request import NOT_IN_REQUEST

    block = ".".join(part for part in path if isinstance(part, str))
    return NOT_IN_REQUEST.get(block, {}).get(camel(name))


def _read(value: Node, name: str, field: Field, path: Path, tools: Reshaper) -> Node:
    """The value of the field at a path.

    Reports and replaces values that only a request refuses.
    """
    match value:
        case Sequence():
            items = (
                _read(item, name, field, (*path, i), tools) for i, item in enumerate(value.items)
            )
            return value._replace(items=tuple(items))
        case Mapping():
            if field.below is not None:
                inner = _named(value, field.below, path, tools)
                return with_fields(value, inner, _shape(field.below))
            if field.kind == "filled":
                tools.report("type", f"{name} must be a string, got a mapping", value)
            if field.kind in ("tags", "document"):
                for key, inside in value.entries:
                    _read(inside, name, field, (*path, key.text), tools)
            return value
        case _:
            return _read_scalar(value, name, field, path, tools)


_PREFIXED = re.compile("(KEYS_ONLY_PROJECTION|[A-Z]+(_[A-Z]+)*_UNSPECIFIED|)")
_PREFIXES = (
    "ATTRIBUTE_TYPE_",
    "BILLING_MODE_",
    "DELETION_POLICY_",
    "KEY_TYPE_",
    "PROJECTION_TYPE_",
    "STREAM_VIEW_TYPE_",
    "TABLE_CLASS_",
)
_WHOLE = re.compile("-?[0-9]{1,15}")


# Bare words that are strings in YAML 1.2, and something else in the YAML 1.1 of kubectl.
_BOOLEANS = re.compile("y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF")
_NUMBERS = re.compile("[-+]?(0[0-7_]+|0b[01_]+|0o[0-7_]+|0x[0-9A-Fa-f_]+|[1-9][0-9]*_[0-9_]*)")


def _mistaken(value: Scalar) -> str:
    """The value that kubectl would read instead of a string; empty if it reads the string."""
    if value.style or not isinstance(resolve(value), str):
        return ""
    if _BOOLEANS.fullmatch(value.text):
        return "true" if value.text[0] in "yY" or value.text.lower() == "on" else "false"
    return "a number" if _NUMBERS.fullmatch(value.text) else ""


def _read_scalar(value: Scalar, name: str, field: Field, path: Path, tools: Reshaper) -> Scalar:
    plain = resolve(value)
    if field.kind in _TEXTS and (mistaken := _mistaken(value)):
        message = f"kubectl reads the bare word {value.text} as {mistaken}"
        tools.report("type", message, value, f'quote it: "{value.text}"')
        return value
    match field.kind:
        case "number" if isinstance(plain, str) and _WHOLE.fullmatch(plain):
            message = f"{name} must be an integer, got {quote(plain)}"
            tools.report("type", message, value, "remove the quotes")
            tools.broken.add(path)
            return new_scalar(str(field.default or 50), value)
        case "number" if isinstance(plain, int) and field.bounds:
            low, high = field.bounds
            if not low <= plain <= high and not isinstance(plain, bool):
                shown = quote(f"{plain:,}")[1:-1]
                message = f"{name} must be between {low:,} and {high:,}, got {shown}"
                tools.report("range", message, value)
                tools.broken.add(path)
                return new_scalar(str(field.default), value)
        case "enum" if isinstance(plain, str):
            prefix = next((p for p in _PREFIXES if plain.startswith(p)), "")
            if prefix or _PREFIXED.fullmatch(plain):
                bare = plain.removeprefix(prefix).removesuffix("_PROJECTION")
                help = "remove the field" if bare in ("", "UNSPECIFIED") else f"write {bare}"
                message = f"{quote(plain)} is only allowed in a manifest, not in a request"
                tools.report("enum", message, value, help)
        case "filled" if plain == "":
            tools.report("missing", f"{name} must not be empty", value, "set it or remove it")
            tools.broken.add(path)
        case _:
            pass
    return value
