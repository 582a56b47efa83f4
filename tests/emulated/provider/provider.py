"""The AWS provider over the whole life of its resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from typing import Any

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json, Request
from planton.rehearsal.provider.provider import AwsProvider
from planton.rehearsal.provider.resource import Incomplete, ResourceState
from tests.emulated.provider.access import AccessPolicyLifecycle, AttachmentLifecycle
from tests.emulated.provider.alarms import AlarmLifecycle
from tests.emulated.provider.drift import inputs_now, inputs_of
from tests.emulated.provider.indexes import IndexLifecycle
from tests.emulated.provider.insights import InsightsLifecycle
from tests.emulated.provider.kinesis import KinesisLifecycle
from tests.emulated.provider.lifecycle import Lifecycle, ReadState
from tests.emulated.provider.resource_policy import PolicyLifecycle
from tests.emulated.provider.scaling import ScalingPolicyLifecycle, TargetLifecycle
from tests.emulated.provider.scheduled import ScheduledActionLifecycle
from tests.emulated.provider.table_replicas import ReplicaLifecycle
from tests.emulated.provider.tables import TableLifecycle
from tests.emulated.provider.tags import TagLifecycle

KINDS: dict[str, Lifecycle] = {
    kind.type: kind
    for kind in (
        TableLifecycle(),
        ReplicaLifecycle(),
        IndexLifecycle(),
        InsightsLifecycle(),
        KinesisLifecycle(),
        PolicyLifecycle(),
        TargetLifecycle(),
        ScalingPolicyLifecycle(),
        ScheduledActionLifecycle(),
        AlarmLifecycle(),
        AccessPolicyLifecycle(),
        AttachmentLifecycle(),
        TagLifecycle(),
    )
}


class Provider(AwsProvider):
    """`state` are the outputs that create, read or update last reported."""

    def over(self, send: Callable[[Request], Json]) -> Provider:
        """The same provider, whose requests go this way to the same cloud."""
        provider = copy(self)
        provider.session = replace(self.session, send=send)
        return provider

    def resource_type(self, type_: str) -> Lifecycle:
        super().resource_type(type_)  # raises UnknownResource
        return KINDS[type_]

    def read(
        self,
        type_: str,
        id_: str,
        state: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> ReadState | None:
        """The resource as it is now, or None if it does not exist.

        `inputs` are the last ones: `ReadState.inputs` are what they would be now. The id of an
        import may name the resource's region.
        """
        kind, before = self.resource_type(type_), dict(state or {})
        if not before and "@" in id_:
            id_, _, before["region"] = id_.partition("@")
        session = self.session_in(before or dict(inputs or {}))
        now = kind.read(session, id_, before)
        if now is None:
            return None
        outputs = self.placed(type_, ResourceState(id_, now), session).outputs
        present = inputs_of(kind.inputs, outputs)
        if inputs is not None:
            present = inputs_now(kind.inputs, self.check(type_, inputs), outputs)
        return ReadState(id_, present, outputs)

    def update(
        self, type_: str, id_: str, state: Mapping[str, Any], inputs: Mapping[str, Any]
    ) -> ResourceState:
        """Raises Refused; Incomplete with what the resource has become.

        Raises ValueError for a change that replaces the resource.
        """
        kind, checked, before = self.resource_type(type_), self.check(type_, inputs), dict(state)
        lasting = {name: checked[name] for name in sorted(kind.replaced_by & checked.keys())}
        for name, value in inputs_now(kind.inputs, lasting, before).items():
            if _seen(kind, name, value) != _seen(kind, name, lasting[name]):
                raise ValueError(f"{type_}: a change of {name} is a replacement")
        region = {"region": before.get("region", self.region)} if self.has_place(type_) else {}
        session = self.session_in(region)
        try:
            return self.placed(type_, kind.update(session, id_, before, checked), session)
        except Refused as refused:
            if type_ in _OF_THE_FRAMEWORK:
                raise
            outputs = {**_left(kind, before), **region, **checked}
            raise Incomplete(refused, ResourceState(id_, outputs)) from refused

    def delete(self, type_: str, id_: str, state: Mapping[str, Any]) -> None:
        """Succeeds if the resource does not exist. Raises Refused."""
        self.resource_type(type_).delete(self.session_in(state), id_, dict(state))


_OF_THE_FRAMEWORK = {IndexLifecycle.type, PolicyLifecycle.type}
"""Resources whose state stays as it was when an update fails. That of all others becomes what was
planned, whatever was done (terraform-plugin-sdk, issue 476)."""


def _seen(kind: Lifecycle, name: str, value: Any) -> Any:
    """What the provider sees of a property: of some sets, which items there are."""
    if name in getattr(kind, "by_name", ()):
        return sorted(item["name"] for item in value)
    return value


def _left(kind: Lifecycle, state: Json) -> Json:
    """The part of the state that no input decides any more, or that stays without an input."""
    kept = getattr(kind, "kept", kind.inputs.properties)
    return {
        key: value
        for key, value in state.items()
        if key in kept or key not in kind.inputs.properties
    }
