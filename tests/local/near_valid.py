"""Manifests that are valid, or just not: a valid one, changed at most twice, in some spelling."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from planton.dialects.key_case import snake
from tests.local.manifests import Draw, valid
from tests.local.mutations import keys, names, projections, settings
from tests.local.mutations.mutation import Mutation
from tests.local.transcription import Manifest

MUTATIONS = tuple(
    value
    for module in (names, keys, projections, settings)
    for value in vars(module).values()
    if isinstance(value, Mutation)
)


@dataclass(frozen=True)
class Case:
    """A manifest as data in camelCase, how it is written, and by what it was changed."""

    manifest: Manifest = field(repr=False)
    written: Manifest = field(repr=False)
    mutations: tuple[str, ...]

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Hypothesis shows no more of it than anybody: the disagreement says the rest."""
        del cycle
        printer.text(repr(self))

    @property
    def text(self) -> str:
        """The manifest as the program reads it; JSON is YAML, and fast to write."""
        return json.dumps(self.written, ensure_ascii=False)


@st.composite
def near_valid(draw: Draw, mutation: Mutation | None) -> Case:
    """A case of which little is wrong, or nothing: changed by `mutation`, and perhaps by another.

    Without a mutation it is valid.
    """
    manifest = draw(valid())
    mutations = [mutation] if mutation else []
    if mutation and draw(st.sampled_from([False, False, True])):
        mutations.append(draw(st.sampled_from(MUTATIONS)))
    for mutation in mutations:
        mutation.apply(draw, manifest)
    spec = manifest["spec"]
    for field_name in ("globalSecondaryIndexes", "localSecondaryIndexes"):
        if field_name in spec and not spec[field_name]:
            del spec[field_name]
    # Mutations share parts of what they insert.
    manifest = json.loads(json.dumps(manifest))
    return Case(manifest, draw(_spelled(manifest)), tuple(m.name for m in mutations))


_PREFIXES = {
    "billingMode": "BILLING_MODE_",
    "keyType": "KEY_TYPE_",
    "streamViewType": "STREAM_VIEW_TYPE_",
    "tableClass": "TABLE_CLASS_",
}
_WORDS = {
    "PAY_PER_REQUEST", "PROVISIONED", "HASH", "RANGE", "KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE",
    "NEW_AND_OLD_IMAGES", "STANDARD", "STANDARD_INFREQUENT_ACCESS",
}  # fmt: skip


@st.composite
def _spelled(draw: Draw, manifest: Manifest) -> Manifest:
    """The manifest in one of the ways in which the contract lets it be written."""
    spelling = draw(st.sampled_from(["plain", "plain", "snake", "prefixed", "quoted"]))
    if spelling == "plain":
        return manifest
    written: Manifest = {**manifest, "spec": _SPELLINGS[spelling](manifest["spec"])}
    return written


def _walk(data: Any, key: Callable[[str], str], value: Callable[[str, Any], Any]) -> Any:
    """The data with other spellings of keys and scalars; tags stay."""
    match data:
        case dict():
            return {
                key(k): v
                if k == "tags"
                else _walk(v, key, value)
                if isinstance(v, (dict, list))
                else value(k, v)
                for k, v in data.items()
            }
        case list():
            return [_walk(item, key, value) for item in data]
        case _:
            return data


def _prefixed(key: str, value: Any) -> Any:
    prefix = _PREFIXES.get(key, "")
    if value == "":
        return f"{prefix}UNSPECIFIED" if prefix else value
    return f"{prefix}{value}" if value in _WORDS else value


def _quoted(_: str, value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


_SPELLINGS: dict[str, Callable[[Manifest], Manifest]] = {
    "snake": lambda spec: _walk(spec, snake, lambda _, value: value),
    "prefixed": lambda spec: _walk(spec, lambda key: key, _prefixed),
    "quoted": lambda spec: _walk(spec, lambda key: key, _quoted),
}
