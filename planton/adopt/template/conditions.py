"""Decides the conditions of a template."""

from __future__ import annotations

from planton.adopt.template.document import line_of, text_of
from planton.adopt.template.evaluator import Evaluator, scalar_text
from planton.adopt.values import Open
from planton.diagnostics.diagnostic import quote
from planton.document.nodes import Mapping, Node, Sequence


def decide(evaluator: Evaluator, node: Node) -> bool | Open:
    """Whether the condition holds; open if that depends on a value that is open."""
    match node:
        case Mapping(entries=((key, argument),)):
            name = key.text
        case _:
            return Open(f"line {line_of(node)} is not a condition")
    operands = argument.items if isinstance(argument, Sequence) else ()
    if name == "Condition":
        return evaluator.condition(text_of(argument))
    if name == "Fn::Equals" and len(operands) == 2:
        return _equal(evaluator, operands[0], operands[1])
    if name == "Fn::Not" and len(operands) == 1:
        negated = decide(evaluator, operands[0])
        return negated if isinstance(negated, Open) else not negated
    if name in ("Fn::And", "Fn::Or") and operands:
        return _all_or_any(evaluator, operands, decisive=name == "Fn::Or")
    return Open(f"line {line_of(node)} is not a condition: {quote(name)}")


def _equal(evaluator: Evaluator, left: Node, right: Node) -> bool | Open:
    texts = []
    for node in (left, right):
        value = evaluator.value(node)
        if isinstance(value.data, Open):
            return value.data
        text = scalar_text(value)
        if text is None:
            return Open(f"line {line_of(node)} compares what is not a string")
        texts.append(text)
    return texts[0] == texts[1]


def _all_or_any(evaluator: Evaluator, operands: tuple[Node, ...], *, decisive: bool) -> bool | Open:
    """One `decisive` operand decides, even if others are open."""
    result: bool | Open = not decisive
    for operand in operands:
        holds = decide(evaluator, operand)
        if isinstance(holds, Open):
            result = holds
        elif holds is decisive:
            return decisive
    return result
