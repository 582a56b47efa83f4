"""The sections of a CloudFormation template.

Written here: cfn-lint and the SAM translator are large, refuse what they do not know or need AWS's
managed policies, and do not say which line a value comes from.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from types import MappingProxyType

from planton.adopt.values import Value
from planton.document.nodes import Mapping, Node, Scalar, resolve

_FUNCTIONS = (
    "And",
    "Base64",
    "Cidr",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
    "Transform",
)
SHORT_FORMS: MappingType[str, str] = MappingProxyType(
    {"!Ref": "Ref", "!Condition": "Condition"} | {f"!{one}": f"Fn::{one}" for one in _FUNCTIONS}
)
"""The tags of YAML that stand for a function, and the key of each in JSON."""


@dataclass(frozen=True)
class Resource:
    """A resource of the template."""

    id: str
    type: str
    node: Mapping

    @property
    def properties(self) -> Node | None:
        """Its properties, unevaluated."""
        return self.node.get("Properties")

    @property
    def line(self) -> int:
        """The line of its first key."""
        return line_of(self.node)


@dataclass(frozen=True)
class Template:
    """The sections of a template, unevaluated."""

    parameters: MappingType[str, Mapping]
    mappings: Node | None
    conditions: MappingType[str, Node]
    resources: MappingType[str, Resource]
    loops: MappingType[str, int]
    """The line of each `Fn::ForEach` among the resources."""
    simple_table_globals: Mapping | None


def is_template(root: Node) -> bool:
    """Whether the document has resources as a template has them."""
    return isinstance(root, Mapping) and isinstance(root.get("Resources"), Mapping)


def sections(root: Mapping) -> Template:
    """The sections of a document for which `is_template` holds."""
    resources = _entries(root.get("Resources"))
    shared = root.get("Globals")
    of_tables = shared.get("SimpleTable") if isinstance(shared, Mapping) else None
    return Template(
        parameters={
            name: node
            for name, node in _entries(root.get("Parameters")).items()
            if isinstance(node, Mapping)
        },
        mappings=root.get("Mappings"),
        conditions=_entries(root.get("Conditions")),
        resources={
            name: Resource(name, kind, node)
            for name, node in resources.items()
            if isinstance(node, Mapping) and (kind := text_of(node.get("Type")))
        },
        loops={
            name: line_of(node)
            for name, node in resources.items()
            if name.startswith("Fn::ForEach")
        },
        simple_table_globals=of_tables if isinstance(of_tables, Mapping) else None,
    )


def line_of(node: Node) -> int:
    """The line on which the node begins."""
    return node.start.line + 1


def text_of(node: Node | None) -> str:
    """The text of a literal; empty for anything else."""
    return node.text if isinstance(node, Scalar) and resolve(node) is not None else ""


def literal(node: Node | None) -> Value:
    """A value that has no functions in it, such as a parameter's default."""
    match node:
        case None:
            return Value(None)
        case Scalar():
            return Value(resolve(node), line_of(node))
        case Mapping():
            return Value({key.text: literal(item) for key, item in node.entries}, line_of(node))
        case _:
            return Value([literal(item) for item in node.items], line_of(node))


def _entries(node: Node | None) -> dict[str, Node]:
    return {key.text: value for key, value in node.entries} if isinstance(node, Mapping) else {}
