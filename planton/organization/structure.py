"""Checks the structure of planton.yaml: which keys it has, and the types of their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pydantic import ValidationError

from planton.diagnostics.diagnostic import (
    Diagnostic,
    Source,
    did_you_mean,
    one_of,
    printable,
    quote,
)
from planton.document.nodes import Mapping as MappingNode
from planton.document.nodes import Node, Sequence, path_of, span
from planton.manifest.rules.rule import Path
from planton.manifest.shape import fields, model
from planton.manifest.value_problem import kind

_KEY = "[key]"
"""The last part of a path to a key, as pydantic writes it."""
MAX_SHOWN = 100
"""Problems of one file that are reported."""


class Problems:
    """The problems of one file, each where it is written."""

    def __init__(self, root: Node, source: Source) -> None:
        self._root = root
        self.source = source
        self.found: list[Diagnostic] = []

    @property
    def name(self) -> str:
        """The file as texts name it: a folder's name can hold anything but a slash."""
        return printable(self.source.name)

    def copy(self) -> Problems:
        """The same problems, to which others can be added."""
        copied = Problems(self._root, self.source)
        copied.found += self.found
        return copied

    def report(
        self, code: str, path: Path, message: str, help: str = "", *, at_key: bool = False
    ) -> None:
        """Reports a problem of the value at a path, or of its key."""
        node = self.node(path, at_key=at_key)
        self.found.append(
            Diagnostic(
                code=code,
                message=message,
                source=self.source,
                span=span(node),
                path=path_of(node.origin),
                help=help,
            )
        )

    def node(self, path: Path, *, at_key: bool = False) -> Node:
        """The value at a path or its key, or the nearest one around it that is there."""
        here: Node = self._root
        key: Node = self._root
        for part in path:
            match here:
                case MappingNode():
                    entry = next((e for e in here.entries if e[0].text == part), None)
                    if entry is None:
                        return key
                    key, here = entry
                case Sequence() if isinstance(part, int) and part < len(here.items):
                    key = here = here.items[part]
                case _:
                    return here
        return key if at_key else here

    def where(self, path: Path) -> str:
        """The file and line of what is at a path, as help texts name it."""
        if not self.source.positions:
            return self.name
        return f"{self.name}, line {self.node(path, at_key=True).start.line + 1}"

    def structure(self, error: ValidationError, top: type[Any], below: Path = ()) -> None:
        """Reports what pydantic found in the value at `below`, which should have been a `top`."""
        errors = cast("list[Mapping[str, Any]]", error.errors(include_url=False))
        for one in errors[:MAX_SHOWN]:
            path: Path = (*below, *one["loc"])
            at_key = one["type"] == "extra_forbidden"
            if path[-1:] == (_KEY,):
                path, at_key = path[:-1], True
            name = quote(_name(path) if path else self.source.name)[1:-1] or "a key"
            self.report(*_problem(one, path, name, _known(top, one["loc"])), at_key=at_key)


def _name(path: Path) -> str:
    """What messages call the value at a path."""
    parts = [f"[{part}]" if isinstance(part, int) else part for part in path[-2:]]
    return "".join(parts) if path and isinstance(path[-1], int) else "".join(parts[-1:])


def _problem(
    error: Mapping[str, Any], path: Path, name: str, known: list[str]
) -> tuple[str, Path, str, str]:
    match error["type"]:
        case "extra_forbidden":
            meant = did_you_mean(str(path[-1]), known)
            help = f"did you mean '{meant}'?" if meant else f"allowed here: {', '.join(known)}"
            return "unknown-key", path, f"unknown key {quote(path[-1])}", help
        case "missing":
            return "missing", path, f"{name} is required", ""
        case "literal_error":
            values = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
            seen = kind(error["input"])
            return "enum", path, f"{name} must be {one_of(values)}, got {seen}", ""
        case "string_too_short":
            return "missing", path, f"{name} is required", ""
        case "string_too_long":
            limit = error["ctx"]["max_length"]
            message = f"{name} has at most {limit} characters, got {len(error['input'])}"
            return "length", path, message, ""
        case "too_long":
            limit = error["ctx"]["max_length"]
            message = f"the file has more than {limit} {name}"
            return "too-large", path, message, "write several conditions in one rule"
        case code if "ctx" in error and "message" in error["ctx"]:
            message = error["ctx"]["message"]
            message = f"{name} {message}" if message.startswith(("must ", "is ")) else message
            return code, path, message, error["ctx"]["help"]
        case code:
            what = _EXPECTED.get(code, "another type")
            return "type", path, f"{name} must be {what}, got {kind(error['input'])}", ""


_EXPECTED = {
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "list_type": "a list",
    "model_type": "a mapping",
    "string_type": "a string",
}


def _known(top: type[Any], path: Path) -> list[str]:
    """The keys that are allowed beside the last part of a path."""
    here: Any = top
    for part in (one for one in path[:-1] if isinstance(one, str)):
        field = fields(here).get(part)
        here = model(field.annotation) if field else None
    return list(fields(here))
