"""As much of kro as the rendered definitions use: defaults, references and texts that stand still.

It follows kro's own reading: what stands between `${` and its `}`, braces inside of quotes not
counted, is an expression; alone in a field it keeps its type, within other text it must be a
string.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from planton.render.rendered import Data

_MARKER = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|\S+)')
_TYPES = {"string": str, "integer": int, "boolean": bool}


def fields(definition: Data) -> dict[str, tuple[str, dict[str, Any]]]:
    """The type and the markers of each field of the instance's spec."""
    found = {}
    for name, text in definition["spec"]["schema"]["spec"].items():
        kind, _, markers = text.partition(" | ")
        found[name] = (kind, {key: json.loads(value) for key, value in _MARKER.findall(markers)})
    return found


def instantiate(definition: Data, name: str, /, **chosen: Any) -> list[Data]:
    """What kro makes of an instance: the resources in the order of the definition."""
    spec: Data = {}
    for field, (kind, markers) in fields(definition).items():
        value = chosen.pop(field) if field in chosen else markers["default"]
        assert type(value) is _TYPES[kind], field
        assert value >= markers.get("minimum", value)
        assert re.search(markers.get("pattern", ""), str(value))
        spec[field] = value
    assert not chosen, "the schema has no such fields"
    known: Data = {"schema": {"metadata": {"name": name}, "spec": spec}}
    for resource in definition["spec"]["resources"]:
        assert re.fullmatch("[a-z][A-Za-z0-9]*", resource["id"])
        # What is referred to stands before: the order of the graph is the order of the list.
        known[resource["id"]] = _evaluated(resource["template"], known)
    del known["schema"]
    return list(known.values())


def _evaluated(data: Any, known: Data) -> Any:
    match data:
        case dict():
            return {key: _evaluated(value, known) for key, value in data.items()}
        case list():
            return [_evaluated(item, known) for item in data]
        case str():
            parts = list(_parts(data))
            if [kind for kind, _ in parts] == ["expression"]:
                return _value(parts[0][1], known)
            texts = [_value(t, known) if kind == "expression" else t for kind, t in parts]
            assert all(isinstance(text, str) for text in texts)
            return "".join(texts)
        case _:
            return data


def _parts(text: str) -> Iterator[tuple[str, str]]:
    while (start := text.find("${")) >= 0:
        if start:
            yield "text", text[:start]
        end = _end(text, start + 2)
        yield "expression", text[start + 2 : end]
        text = text[end + 1 :]
    if text:
        yield "text", text


def _end(text: str, at: int) -> int:
    depth, quoted = 1, False
    while True:
        match text[at]:
            case "\\" if quoted:
                at += 1
            case '"':
                quoted = not quoted
            case "{" if not quoted:
                depth += 1
            case "}" if not quoted:
                depth -= 1
                if not depth:
                    return at
        at += 1


def _value(expression: str, known: Data) -> Any:
    if expression.startswith('"'):
        return json.loads(expression)
    value: Any = known
    for part in expression.split("."):
        value = value[part]
    return value
