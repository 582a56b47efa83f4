"""A stack in this process: the program's registrations, applied in the engine's order.

The real engine takes one to two seconds an update, far too long for thousands of them. What is here
follows its step generator (`pkg/resource/deploy/step_generator.go` in pulumi/pulumi):

- A registered resource is created, updated, replaced or left alone, by the provider's diff.
- A resource that is replaced and deleted first takes with it the dependents which would be replaced
  too, if what they get of it were unknown.
- What is no longer registered is deleted at the end, in the reverse order of the state. What is
  deleted together with another resource (`deleted_with`) needs no request.
- A standalone index that AWS has and the state does not is imported: the program asks for that, and
  refuses one that differs (`planton/resources/existing.py`, which needs an engine).
- The first refusal ends the update; nothing is deleted then.

What depends on nothing runs at the same time there, and here in the order of registration.
`tests/engine/test_engine_pairs.py` compares the requests of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from planton.changes.stack_state import GUARD_TYPE, INDEX_TYPE, StackState, StateResource
from planton.reading.program_input import ProgramInput
from planton.reading.stack_input import StackInput
from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.program.monitor import Engine, Monitor
from planton.rehearsal.program.runner import run_body
from planton.rehearsal.provider.provider import PROVIDER_TYPE, AwsProvider
from planton.resources.guard import LOGICAL_NAME
from planton.resources.stack import create
from tests.emulated.cloud import Cloud
from tests.emulated.provider.provider import KINDS, Provider
from tests.engine.diffs import changed, problems, replaced
from tests.engine.facts import TABLE
from tests.engine.ordering import in_provider_order
from tests.engine.wire import UNKNOWN, as_recorded

PROJECT = "tables"
STACK = "dev"
GUARD = f"urn:pulumi:{STACK}::{PROJECT}::{GUARD_TYPE}::{LOGICAL_NAME}"


@dataclass(frozen=True)
class Resource:
    """A resource in the stack's state."""

    urn: str
    type: str
    id: str
    inputs: Json
    outputs: Json
    property_dependencies: Mapping[str, frozenset[str]]
    deleted_with: str


class Stack:
    """A stack with one table. `state` is by URN, in the order of registration."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.state: dict[str, Resource] = {}

    def update(self, stack_input: StackInput) -> str:
        """Applies the manifest, without the change guard. What AWS or the provider refused of it,
        or an empty text."""
        monitor = _Update(self._cloud, self.state)
        known = self.known
        error = run_body(
            lambda: _program(stack_input, known),
            monitor,
            Engine(),
            project=PROJECT,
            stack=STACK,
            config={},
        )
        refusals = [str(refusal) for refusal in monitor.registrations.refusals]
        if not refusals and error:
            refusals = [error]
        if not refusals:
            try:
                monitor.delete_the_rest()
            except Refused as refused:
                refusals = [str(refused)]
        self.state = monitor.state
        return "\n".join(refusals)

    @property
    def known(self) -> StackState:
        """The state as the program reads it, with a record."""
        found = self.state.values()
        resources = [StateResource(one.urn, one.type, one.outputs) for one in found]
        return StackState((*resources, StateResource(GUARD, GUARD_TYPE, {})) if resources else ())

    def refresh(self) -> None:
        """Reads every resource, and drops those that do not exist."""
        for urn, resource in list(self.state.items()):
            if resource.type not in KINDS:
                continue
            provider = self._cloud.provider({"region": resource.outputs["region"]})
            found = provider.read(resource.type, resource.id, resource.outputs, resource.inputs)
            if found is None:
                del self.state[urn]
                continue
            outputs = in_provider_order(resource.type, found.outputs)
            self.state[urn] = replace(resource, inputs=found.inputs, outputs=outputs)


def _program(stack_input: StackInput, state: StackState) -> None:
    create(ProgramInput((stack_input,)), state=state)


class _Update(Monitor):
    """One update. `state` becomes the state after it."""

    def __init__(self, cloud: Cloud, before: Mapping[str, Resource]) -> None:
        super().__init__(cloud, PROJECT, STACK, {})
        self.state = dict(before)
        self._cloud = cloud
        self._before = before
        self._registered: set[str] = set()
        self._deleted: set[str] = set()
        self._replaced: list[Resource] = []

    def delete_the_rest(self) -> None:
        """Raises Refused."""
        gone = {urn for urn in self._before if urn not in self._registered} | self._deleted
        for resource in reversed([*self._before.values()]):
            if resource.urn in self._deleted:
                continue
            if resource in self._replaced:
                self._provider_of(resource).delete(resource.type, resource.id, resource.outputs)
            elif resource.urn not in self._registered:
                if resource.type in KINDS and resource.deleted_with not in gone:
                    self._provider_of(resource).delete(resource.type, resource.id, resource.outputs)
                del self.state[resource.urn]

    def _is_unreachable(self, request: Any, raw: Json) -> bool:
        return bool(self.registrations.refusals) or super()._is_unreachable(request, raw)

    def _configured(self, inputs: Json) -> AwsProvider:
        self.registrations.provider = provider = self._cloud.provider(inputs)
        return provider

    def _provider_of(self, resource: Resource) -> Provider:
        return self._cloud.provider({"region": resource.outputs["region"]})

    def _create(self, request: Any, urn: str, inputs: Json) -> tuple[str | None, Json]:
        self._registered.add(urn)
        if not request.custom or request.type == PROVIDER_TYPE:
            return super()._create(request, urn, inputs)
        provider = self._provider(request.provider)
        assert isinstance(provider, Provider)
        inputs = {"region": provider.region, **inputs}
        before = self.state.get(urn)
        id_, outputs, inputs = self._settled(request, urn, provider, before, inputs)
        self.state.pop(urn, None)
        self.state[urn] = Resource(
            urn=urn,
            type=request.type,
            id=id_,
            inputs=inputs,
            outputs=outputs,
            property_dependencies={
                name: frozenset(found.urns) for name, found in request.propertyDependencies.items()
            },
            deleted_with=request.deletedWith,
        )
        return id_, outputs

    def _settled(
        self, request: Any, urn: str, provider: Provider, before: Resource | None, inputs: Json
    ) -> tuple[str, Json, Json]:
        token = request.type
        if before is None and token == INDEX_TYPE:
            before = _existing_index(urn, provider, inputs)
            if before and replaced(token, before.outputs, inputs):
                raise Refused("program", "IndexDiffers", f"{urn} differs from the one in AWS")
        if before is None or urn in self._deleted:
            return self._new(provider, token, inputs)
        registered = inputs
        inputs = as_recorded(KINDS[token].inputs, before.outputs, inputs, request.ignoreChanges)
        checked = provider.check(token, inputs)
        if token == TABLE:
            live = provider.read(TABLE, before.id, before.outputs)
            if found := problems(before.outputs, checked, live.outputs if live else {}):
                raise Refused("provider", "InvalidAttributes", "; ".join(found))
        if not changed(token, before.outputs, checked):
            return before.id, before.outputs, inputs
        if replaced(token, before.outputs, checked):
            if not request.deleteBeforeReplace:
                self._replaced.append(before)
                return self._new(provider, token, registered)
            for dependent in reversed(list(self._replaced_with(before))):
                self._delete(dependent)
            self._delete(before)
            return self._new(provider, token, registered)
        resource = provider.update(token, before.id, before.outputs, inputs)
        return resource.id, in_provider_order(token, resource.outputs), inputs

    def _new(self, provider: Provider, token: str, inputs: Json) -> tuple[str, Json, Json]:
        resource = provider.create(token, inputs)
        return resource.id, in_provider_order(token, resource.outputs), inputs

    def _delete(self, resource: Resource) -> None:
        if resource.deleted_with not in self._deleted:
            self._provider_of(resource).delete(resource.type, resource.id, resource.outputs)
        self._deleted.add(resource.urn)

    def _replaced_with(self, root: Resource) -> Iterator[Resource]:
        """The dependents that are deleted before the root is, in the order of the state."""
        condemned = {root.urn}
        for resource in self._before.values():
            if resource.urn in self._deleted or resource.type not in KINDS:
                continue
            unknown = {
                name: UNKNOWN
                for name, urns in resource.property_dependencies.items()
                if urns & condemned
            }
            inputs = {**resource.inputs, **unknown}
            if unknown and replaced(resource.type, resource.outputs, inputs):
                condemned.add(resource.urn)
                yield resource


def _existing_index(urn: str, provider: Provider, inputs: Json) -> Resource | None:
    """The index of this name in AWS, as an import reads it."""
    id_ = f"{inputs['tableName']},{inputs['indexName']}"
    found = provider.read(INDEX_TYPE, id_)
    if found is None:
        return None
    return Resource(urn, INDEX_TYPE, id_, found.inputs, found.outputs, {}, "")
