"""The functions of a template, apart from those in conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from planton.adopt.template.document import literal, text_of
from planton.adopt.template.evaluator import Evaluator, at, give, joined, left_open, scalar_text
from planton.adopt.template.references import attribute
from planton.adopt.values import Open, Value
from planton.document import nodes
from planton.document.nodes import Node, Scalar

_PLACEHOLDER = re.compile(r"\$\{(!?)([^{}]*)\}")


def _ref(evaluator: Evaluator, argument: Node, line: int) -> Value:
    found = evaluator.reference(text_of(argument))
    return at(found, line)


def _get_att(evaluator: Evaluator, argument: Node, line: int) -> Value:
    match literal(argument).data:
        case str() as text if "." in text:
            name, _, of = text.partition(".")
        case [Value(data=str() as name), Value(data=str() as of)]:
            pass
        case _:
            return left_open("Fn::GetAtt needs a resource and an attribute", line)
    return attribute(evaluator, name, of, line)


def _sub(evaluator: Evaluator, argument: Node, line: int) -> Value:
    values: dict[str, Node] = {}
    match argument:
        case nodes.Sequence(items=(text, nodes.Mapping() as mapping)):
            values = {key.text: value for key, value in mapping.entries}
        case text:
            pass
    if not isinstance(text, Scalar):
        return left_open("Fn::Sub needs a string", line)
    parts: list[Value] = []
    end = 0
    for found in _PLACEHOLDER.finditer(text.text):
        parts.append(Value(text.text[end : found.start()]))
        parts.append(_placeholder(evaluator, found[2].strip(), values, line))
        if found[1]:
            parts[-1] = Value(f"${{{found[2]}}}")
        end = found.end()
    return joined([*parts, Value(text.text[end:])], "", line)


def _placeholder(evaluator: Evaluator, name: str, values: Mapping[str, Node], line: int) -> Value:
    if name in values:
        return evaluator.value(values[name])
    resource, dot, of = name.partition(".")
    return attribute(evaluator, resource, of, line) if dot else evaluator.reference(name)


def _join(evaluator: Evaluator, argument: Node, line: int) -> Value:
    match evaluator.value(argument).data:
        case [Value(data=str() as delimiter), Value(data=list() as parts)]:
            return joined(parts, delimiter, line)
        case data:
            return _unfit(data, "Fn::Join needs a delimiter and a list", line)


def _split(evaluator: Evaluator, argument: Node, line: int) -> Value:
    match evaluator.value(argument).data:
        case [Value(data=str() as delimiter), Value(data=str() as text)] if delimiter:
            return Value([Value(part, line) for part in text.split(delimiter)], line)
        case data:
            return _unfit(data, "Fn::Split needs a delimiter and a string", line)


def _select(evaluator: Evaluator, argument: Node, line: int) -> Value:
    match evaluator.value(argument).data:
        case [index, Value(data=list() as items)]:
            known = {str(number): item for number, item in enumerate(items)}
            if found := known.get(scalar_text(index) or ""):
                return at(found, line)
            return _unfit([index], "Fn::Select needs the index of an item", line)
        case data:
            return _unfit(data, "Fn::Select needs an index and a list", line)


def _if(evaluator: Evaluator, argument: Node, line: int) -> Value:
    match argument:
        case nodes.Sequence(items=(name, then, otherwise)):
            holds = evaluator.condition(text_of(name))
        case _:
            return left_open("Fn::If needs a condition and two values", line)
    if isinstance(holds, Open):
        return Value(holds, line)
    return evaluator.value(then if holds else otherwise)


def _find_in_map(evaluator: Evaluator, argument: Node, line: int) -> Value:
    match evaluator.value(argument).data:
        case [mapping, first, second, *default]:
            path = [scalar_text(key) for key in (mapping, first, second)]
        case data:
            return _unfit(data, "Fn::FindInMap needs a map and two keys", line)
    found = evaluator.template.mappings
    for key in path:
        found = found.get(key or "") if isinstance(found, nodes.Mapping) else None
    if found is not None:
        return literal(found)._replace(line=line)
    match default:
        case [Value(data={"DefaultValue": Value() as value})] if None not in path:
            return value
    shown = f"Fn::FindInMap finds nothing under {'.'.join(key or '?' for key in path)}"
    return _unfit([mapping, first, second], shown, line)


def _import_value(evaluator: Evaluator, argument: Node, line: int) -> Value:
    export = evaluator.value(argument)
    name = scalar_text(export)
    if name is None:
        return _unfit([export], "Fn::ImportValue needs the name of an export", line)
    given = evaluator.given(name)
    if given is None:
        return left_open(f"it is an export of another stack: {give(name)}", line)
    return Value(given, line)


def _unfit(arguments: object, reason: str, line: int) -> Value:
    """Open because of an open argument, or else for the reason."""
    items = arguments if isinstance(arguments, list) else [Value(arguments)]
    found = next((item for item in items if isinstance(item.data, Open)), None)
    if found is None:
        return left_open(reason, line)
    return at(found, line)


FUNCTIONS: Mapping[str, Callable[[Evaluator, Node, int], Value]] = MappingProxyType(
    {
        "Ref": _ref,
        "Fn::FindInMap": _find_in_map,
        "Fn::GetAtt": _get_att,
        "Fn::If": _if,
        "Fn::ImportValue": _import_value,
        "Fn::Join": _join,
        "Fn::Select": _select,
        "Fn::Split": _split,
        "Fn::Sub": _sub,
    }
)
"""Each function by its key: of its argument and its line, the value."""
