"""Checks each field of a document against its type, and reports pydantic's errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from planton.diagnostics.diagnostic import did_you_mean, quote
from planton.dialects.canonical import Canonical
from planton.dialects.words import Words
from planton.document.nodes import Mapping, Node, Scalar, Sequence, resolve
from planton.manifest.aws_dynamodb import AwsDynamodb
from planton.manifest.checking.places import Places
from planton.manifest.rules.policy.kinds import STREAM, TABLE
from planton.manifest.rules.policy.places import PLACES
from planton.manifest.rules.rule import Finding, Path
from planton.manifest.shape import bare, fields
from planton.manifest.types import StandIn
from planton.manifest.value_problem import kind, not_as_text

MAX_FINDINGS = 200
"""The maximum number of findings about types, and of each rule: more than anyone reads, but few
enough that a hostile file cannot cause an hour of work."""


_POLICIES = [("spec", *place.field.split("."), "policy") for place in PLACES]


def values(root: Mapping) -> tuple[dict[str, Any], list[Scalar]]:
    """A document's plain values for pydantic, and the keys below spec that have no value.

    A key without a value counts as absent. A policy keeps its nulls: it is not part of the
    contract, and its own rules refuse them.
    """
    empty: list[Scalar] = []

    def mapping(node: Mapping, path: tuple[str, ...]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        native = any(path[: len(policy)] == policy for policy in _POLICIES)
        for key, value in node.entries:
            plain = resolve(value) if isinstance(value, Scalar) else below(value, (*path, key.text))
            if plain is not None or native:
                data[key.text] = plain
            elif path[:1] == ("spec",):
                empty.append(key)
        return data

    def below(node: Node, path: tuple[str, ...]) -> Any:
        if isinstance(node, Mapping):
            return mapping(node, path)
        if isinstance(node, Sequence):
            return [below(item, path) for item in node.items]
        return resolve(node)

    return mapping(root, ()), empty


@dataclass
class TypeCheck:
    """The result of a check. `broken` are the paths of invalid fields; `model` is None if too much
    is invalid for the rules to be checked."""

    model: AwsDynamodb | None = None
    findings: list[tuple[str, Finding]] = field(default_factory=list)
    """Each with its code."""
    broken: set[Path] = field(default_factory=set)


def check_types(data: dict[str, Any], places: Places, document: Canonical) -> TypeCheck:
    """The model of a document's values. Invalid ones are reported and replaced by valid ones, so
    that the others can be checked."""
    result = TypeCheck()
    try:
        result.model = AwsDynamodb.model_validate(data)
    except ValidationError as error:
        problems = cast("list[dict[str, Any]]", error.errors(include_url=False))
        # Unknown keys first: one of them may be the misspelled name of a missing field.
        problems.sort(key=lambda p: p["type"] != "extra_forbidden")
        meant = set(document.reshaped.broken) if document.reshaped else set()
        words = document.words
        for problem in problems[:MAX_FINDINGS]:
            path = _path(problem, data)
            result.broken.add(path)
            result.findings += _findings(problem, path, data, places, words, meant)
            _replace(data, path, document.unused)
        result.broken |= meant
        if len(problems) <= MAX_FINDINGS:
            result.model = _model(data)
    return result


def _model(data: dict[str, Any]) -> AwsDynamodb | None:
    try:
        return AwsDynamodb.model_validate(data)
    except ValidationError:  # pragma: no cover  # no known input leads here
        return None


def _path(problem: dict[str, Any], data: dict[str, Any]) -> Path:
    """The path of a problem. Pydantic marks an invalid key by a last part "[key]"."""
    path: Path = problem["loc"]
    return path[:-1] if _is_at_key(path, data) else path


def _is_at_key(path: Path, data: dict[str, Any]) -> bool:
    # A manifest can have a key of that name.
    return path[-1] == "[key]" and not _is_mapping(_find(data, path[:-1])[1])


def _findings(
    problem: dict[str, Any],
    path: Path,
    data: dict[str, Any],
    places: Places,
    words: Words,
    meant: set[Path],
) -> Iterator[tuple[str, Finding]]:
    """What to report of a problem. The fields that unknown keys misspell or stand for are added to
    `meant`, and not reported as missing."""
    at_key = path != problem["loc"]
    name = quote(places.name(path))[1:-1]
    if isinstance(path[-1], int):
        name = f"{quote(places.name(path[:-1]))[1:-1]}[{name}]"
    match problem["type"]:
        case "extra_forbidden":
            # Imported here because a correct manifest has no unknown key.
            from planton.dialects.other_names import instead_of
            from planton.dialects.provider_gaps import gap

            block, annotation = _find(data, path)[0], _find(data, path[:-1])[1]
            known = places.known(path[:-1], annotation)
            parent = next((part for part in reversed(path[:-1]) if isinstance(part, str)), "")
            key = str(path[-1])
            if why := gap(key, parent):
                yield "not-in-provider", Finding(path, why, "remove the key", at_key=True)
                return
            help = f"allowed here: {', '.join(sorted(known))}"
            if instead := instead_of(key, parent, known, words):
                help = instead.help
                if instead.field is None:
                    meant.add(path[:-1])
                elif instead.field and instead.field not in block:
                    meant.add((*path[:-1], instead.field))
            elif misspelled := did_you_mean(key, known):
                meant.add((*path[:-1], known[misspelled]))
                help = f"did you mean '{misspelled}'?"
            message = f"unknown key {quote(places.locate(path, key=True).node.origin[1])}"
            yield "unknown-key", Finding(path, message, help, at_key=True)
        case "missing":
            if at_key:
                yield "missing", Finding(path, "a key must not be empty")
            elif path not in meant:
                yield "missing", Finding(path, f"{name} is required")
        case "model_type" | "dict_type" | "list_type" as expected:
            what = "a list" if expected == "list_type" else "a mapping"
            value = _find(data, path)[0][path[-1]]
            help = not_as_text(value, what)
            if help and path[-1] in (TABLE.field, STREAM.field) and "Statement" in value:
                help = not_as_text(value, what, f"{path[-1]}: {{policy: …}} with the policy")
            yield "type", Finding(path, f"{name} must be {what}, got {kind(value)}", help)
        case code:
            message, help = problem["ctx"]["message"], problem["ctx"]["help"]
            if message.startswith(("must ", "is required")):
                message = f"{name} {message}"
            yield code, Finding(path, message, help, at_key)


def _replace(data: dict[str, Any], path: Path, unused: str) -> None:
    """Removes an invalid value, or replaces it if it is required."""
    parent, annotation, field, optional = _find(data, path)
    if optional:
        parent.pop(path[-1], None)
    else:
        parent[path[-1]] = _valid(annotation, unused, field)


def _find(data: Any, path: Path) -> tuple[Any, Any, FieldInfo | None, bool]:
    """The container of the value at a path, the value's type and field, and whether it may be
    omitted."""
    here, annotation, optional = data, cast("Any", AwsDynamodb), False
    parent, field = here, None
    for part in path:
        parent, field = here, None
        if known := fields(annotation):
            field = known.get(str(part))
            optional = field is None or not field.is_required()
            annotation = bare(field.annotation) if field else None
        else:
            optional = isinstance(parent, dict)
            annotation = bare(get_args(annotation)[-1])
        here = parent[part] if isinstance(part, int) else parent.get(part)
    return parent, annotation, field, optional


def _is_mapping(annotation: Any) -> bool:
    return bool(fields(annotation)) or get_origin(annotation) is dict


def _valid(annotation: Any, unused: str, field: FieldInfo | None = None) -> Any:
    """A valid value of the type. Rules that read it are skipped."""
    for item in field.metadata if field else ():
        if isinstance(item, StandIn):
            return item.value
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        required = {n: f for n, f in fields(annotation).items() if f.is_required()}
        return {name: _valid(bare(f.annotation), unused, f) for name, f in required.items()}
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return next(iter(annotation)).value
    return 50 if annotation is int else unused
