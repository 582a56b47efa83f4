"""Evaluates a template, as far as the template and the given parameters say."""

from __future__ import annotations

import re
from collections.abc import Mapping

from planton.adopt.template.conditions import decide
from planton.adopt.template.document import Template, line_of
from planton.adopt.template.evaluator import left_open
from planton.adopt.template.functions import FUNCTIONS
from planton.adopt.template.references import refer
from planton.adopt.values import ABSENT, Open, Value
from planton.diagnostics.diagnostic import printable, quote
from planton.document import nodes
from planton.document.nodes import Node, Scalar, resolve

MAX_FORMED = 2_000_000
"""Characters of all texts that functions form: a small template can form gigabytes."""

_DYNAMIC = re.compile(r"\{\{resolve:[^{}]*\}\}")


class Evaluation:
    """The values of a template.

    A key of `parameters` is the name of a parameter or pseudo parameter; `RESOURCE` or
    `RESOURCE.ATTRIBUTE`, for what AWS chose; the name of another stack's export; or a dynamic
    reference.
    """

    def __init__(self, template: Template, parameters: Mapping[str, str]) -> None:
        self.template = template
        self._parameters = parameters
        self._used = set(template.parameters)
        self._conditions: dict[str, bool | Open] = {}
        self._references: dict[str, Value] = {}
        self._formed = 0

    def unused(self) -> list[str]:
        """The given keys for which the template has no use."""
        unused = self._parameters.keys() - self._used
        return sorted(key for key in unused if not key.startswith("AWS::"))

    def given(self, key: str) -> str | None:
        """The parameter that the user gives under the key, which then counts as used."""
        self._used.add(key)
        return self._parameters.get(key)

    def value(self, node: Node | None) -> Value:
        """The value of a node. What is null, or AWS::NoValue, is left out of lists and mappings."""
        match node:
            case None:
                return ABSENT
            case Scalar():
                return self._scalar(node)
            case nodes.Sequence():
                items = [self.value(item) for item in node.items]
                return Value([item for item in items if item.data is not None], line_of(node))
            case nodes.Mapping(entries=((key, argument),)) if key.text in FUNCTIONS:
                found = self._resolved(FUNCTIONS[key.text](self, argument, line_of(node)))
                self._formed += len(found.data) if isinstance(found.data, str) else 0
                if self._formed > MAX_FORMED:
                    what = f"the functions form more than {MAX_FORMED:,} characters"
                    return left_open(what, line_of(node))
                return found
            case nodes.Mapping(entries=((key, _),)) if key.text.startswith("Fn::"):
                return left_open(f"{quote(key.text)} is not evaluated", line_of(node))
            case _:
                fields = {key.text: self.value(item) for key, item in node.entries}
                kept = {key: item for key, item in fields.items() if item.data is not None}
                return Value(kept, line_of(node))

    def condition(self, name: str) -> bool | Open:
        """Whether a condition of the template holds."""
        if name not in self._conditions:
            self._conditions[name] = Open(f"the condition {quote(name)} refers to itself")
            if node := self.template.conditions.get(name):
                self._conditions[name] = decide(self, node)
            else:
                self._conditions[name] = Open(f"the template has no condition {quote(name)}")
        return self._conditions[name]

    def reference(self, name: str) -> Value:
        """The value of `Ref`, with a line only if the value is written elsewhere."""
        if name not in self._references:
            self._references[name] = left_open(f"{quote(name)} refers to itself")
            self._references[name] = refer(self, name)
        return self._references[name]

    def _scalar(self, node: Scalar) -> Value:
        return self._resolved(Value(resolve(node), line_of(node)))

    def _resolved(self, value: Value) -> Value:
        """The value with dynamic references, which AWS resolves, replaced by what is given."""
        text = value.data
        if not isinstance(text, str):
            return value
        for found in _DYNAMIC.findall(text):
            known = self.given(found)
            if known is None:
                shown = printable(found)
                return left_open(f"AWS looks it up: give --parameter '{shown}=VALUE'", value.line)
            text = text.replace(found, known)
        return Value(text, value.line)
