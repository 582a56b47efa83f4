"""The tables of a template, with their autoscaling."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType

from planton.adopt.application_autoscaling import NAMESPACE, Scaled, ScalingSettings, with_scaling
from planton.adopt.found import FoundTable, LeftOut
from planton.adopt.found_tables import FoundTables, counted
from planton.adopt.template.document import Resource, Template, line_of, text_of
from planton.adopt.template.evaluation import Evaluation
from planton.adopt.template.evaluator import Evaluator
from planton.adopt.template.global_table import read_global_table
from planton.adopt.template.parts import pascal
from planton.adopt.template.references import GLOBAL_TABLE, SIMPLE_TABLE, TABLE, TARGET
from planton.adopt.template.table import read_simple_table, read_table
from planton.adopt.values import Block, IncompleteTable, Open, Value
from planton.document.nodes import Mapping as MappingNode

POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"

_Read = Callable[[Block, Resource, Evaluator], FoundTable]
_READ: Mapping[str, _Read] = MappingProxyType(
    {TABLE: read_table, GLOBAL_TABLE: read_global_table, SIMPLE_TABLE: read_simple_table}
)
_KEEPS = ("Retain", "RetainExceptOnCreate")


def tables_of(template: Template, evaluation: Evaluation) -> FoundTables:
    """The tables that the template creates with the given parameters."""
    reading = _Reading(evaluation)
    others: Counter[str] = Counter()
    tables = []
    for resource in template.resources.values():
        if resource.type in _READ:
            tables.append(resource)
        elif resource.type == TARGET:
            reading.add_target(resource)
        elif resource.type == POLICY:
            reading.add_policy(resource)
        else:
            others[resource.type] += 1
    for resource in tables:
        reading.add_table(resource, template.simple_table_globals)
    loops = (
        LeftOut(f"Resources.{name}", "its resources are not read: the loop is not expanded", line)
        for name, line in template.loops.items()
    )
    # The targets of a table without a name lack it for the same reason.
    said = {one.reason for one in reading.incomplete}
    left_out = (
        *counted(others, "the template"),
        *loops,
        *(one for one in reading.left_out if one.reason not in said),
        *reading.scaling.unjoined(reading.tables),
    )
    return FoundTables(tuple(reading.tables), tuple(reading.incomplete), left_out)


class _Reading:
    """What was read of the resources of a template."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self.tables: list[FoundTable] = []
        self.incomplete: list[LeftOut] = []
        self.left_out: list[LeftOut] = []
        self.scaling = ScalingSettings()

    def add_target(self, resource: Resource) -> None:
        """Adds a scalable target of DynamoDB with its scheduled actions."""
        block = self._block(resource, self.left_out)
        if block is None or (scaled := self._scaled(block)) is None:
            return
        self.scaling.add_target(scaled, block)
        try:
            for action in block.blocks("ScheduledActions"):
                self.scaling.add_action(scaled, action)
        except IncompleteTable as error:
            self.left_out.append(error.missing)

    def add_policy(self, resource: Resource) -> None:
        """Adds a scaling policy, which names its target in one of two ways."""
        block = self._block(resource, self.left_out)
        if block is None:
            return
        if block.has("ScalingTargetId"):
            parts = (block.text("ScalingTargetId") or "").split("|")
            scaled = Scaled(None, parts[0], parts[1]) if parts[2:] == [NAMESPACE] else None
        else:
            scaled = self._scaled(block)
        if scaled:
            self.scaling.add_policy(scaled, block)

    def add_table(self, resource: Resource, shared: MappingNode | None) -> None:
        """Adds a table, or why no manifest of it can be written."""
        left_out: list[LeftOut] = []
        block = self._block(resource, left_out, shared if resource.type == SIMPLE_TABLE else None)
        if block is None:
            self.left_out += left_out
            return
        try:
            table = _READ[resource.type](block, resource, self._evaluation)
        except IncompleteTable as error:
            self.incomplete.append(error.missing)
            return
        if table.region is None:
            reason = (
                "the stack's region is not in the template: give --parameter AWS::Region=REGION"
            )
            left_out.append(LeftOut("region", reason))
        _note_deletion(resource, left_out)
        self.tables.append(with_scaling(table, self.scaling, left_out))

    def _scaled(self, block: Block) -> Scaled | None:
        namespace = block.text("ServiceNamespace")
        resource_id, dimension = block.text("ResourceId"), block.text("ScalableDimension")
        if namespace != NAMESPACE or not resource_id or not dimension:
            return None
        return Scaled(None, resource_id, dimension)

    def _block(
        self, resource: Resource, left_out: list[LeftOut], shared: MappingNode | None = None
    ) -> Block | None:
        """The properties; None if the condition of the resource does not hold."""
        place = f"Resources.{resource.id}"
        if condition := text_of(resource.node.get("Condition")):
            holds = self._evaluation.condition(condition)
            if isinstance(holds, Open):
                reason = f"whether it is created is open: {holds.reason}"
                left_out.append(LeftOut(f"{place}.Condition", reason, resource.line))
            elif not holds:
                reason = f"it is not created with these parameters ({condition} is false)"
                left_out.append(LeftOut(place, reason, resource.line))
                return None
        properties = self._evaluation.value(resource.properties)
        if shared:
            properties = _merged(self._evaluation.value(shared), properties)
        if shared or properties.line is None:
            properties = properties._replace(line=line_of(resource.properties or resource.node))
        return Block(properties, f"{place}.Properties", left_out, pascal)


def _merged(shared: Value, own: Value) -> Value:
    """Properties with those of Globals below them (SAM: mappings are merged, lists added)."""
    match shared.data, own.data:
        case dict() as below, dict() as above:
            both = {key: _merged(below[key], above[key]) for key in below.keys() & above.keys()}
            return Value({**below, **above, **both}, own.line)
        case list() as below, list() as above:
            return Value([*below, *above], own.line)
        case _, None:
            return shared
        case _:
            return own


def _note_deletion(resource: Resource, left_out: list[LeftOut]) -> None:
    """Says what CloudFormation does with the table when it gives it up."""
    policy = text_of(resource.node.get("DeletionPolicy"))
    reason = (
        "CloudFormation deletes the table together with its resource: deploy DeletionPolicy: "
        "Retain before you remove it from the stack"
    )
    if policy in _KEEPS:
        reason = f"{policy}: write deletionPolicy: retain into the manifest to keep that"
    _note(resource, "DeletionPolicy", reason, left_out)
    replaced = text_of(resource.node.get("UpdateReplacePolicy"))
    if replaced in _KEEPS:
        reason = f"{replaced}: `pulumi up` replaces a table only if an annotation allows that"
        _note(resource, "UpdateReplacePolicy", reason, left_out)


def _note(resource: Resource, key: str, reason: str, left_out: list[LeftOut]) -> None:
    line = line_of(resource.node.get(key) or resource.node)
    left_out.append(LeftOut(f"Resources.{resource.id}.{key}", reason, line))
