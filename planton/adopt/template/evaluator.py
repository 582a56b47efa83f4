"""What the functions of a template need to be evaluated."""

from __future__ import annotations

from typing import Protocol

from planton.adopt.template.document import Template
from planton.adopt.values import Open, Value
from planton.diagnostics.diagnostic import printable
from planton.document.nodes import Node

MAX_TEXT = 100_000
"""Characters of a text that functions form: a few lines can form billions."""


class Evaluator(Protocol):
    """The template, and the values of its nodes. A value that nothing says is open."""

    @property
    def template(self) -> Template: ...

    def given(self, key: str) -> str | None:
        """The parameter that the user gives under the key, which then counts as used."""

    def value(self, node: Node | None) -> Value:
        """The value of a node."""

    def condition(self, name: str) -> bool | Open:
        """Whether a condition of the template holds."""

    def reference(self, name: str) -> Value:
        """The value of `Ref`, with a line only if the value is written elsewhere."""


def left_open(reason: str, line: int | None = None) -> Value:
    """A value that is open for the reason."""
    return Value(Open(reason), line)


def at(value: Value, line: int | None) -> Value:
    """The value with the line, unless it has another."""
    return value if value.line else value._replace(line=line)


def give(key: str, value: str = "VALUE") -> str:
    """The option that gives a value."""
    return f"give --parameter {printable(key)}={value}"


def scalar_text(value: Value) -> str | None:
    """A scalar as the text that functions make of it."""
    match value.data:
        case bool():
            return str(value.data).lower()
        case str() | int() | float():
            return str(value.data)
        case _:
            return None


def joined(parts: list[Value], delimiter: str, line: int | None) -> Value:
    """The parts as one text. The first open part makes it open."""
    texts = []
    for part in parts:
        if isinstance(part.data, Open):
            return at(part, line)
        text = scalar_text(part)
        if text is None:
            return left_open("a list or mapping is not part of a string", part.line or line)
        texts.append(text)
    if sum(map(len, texts)) + len(delimiter) * len(texts) > MAX_TEXT:
        return left_open(f"it has more than {MAX_TEXT:,} characters", line)
    return Value(delimiter.join(texts), line)
