"""The engine's side of the program: it creates what is registered in the emulated AWS."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import (  # type: ignore[import-untyped]  # has no types
    empty_pb2,
    json_format,
    struct_pb2,
)
from pulumi import RunError
from pulumi.runtime import mocks
from pulumi.runtime.proto import engine_pb2, resource_pb2

from planton.rehearsal.aws.emulated_aws import EmulatedAws
from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.program.records import Message, Options, Refusal, Resource, State
from planton.rehearsal.program.secrets import Secrets, is_unknown, masked, unwrapped
from planton.rehearsal.provider.property_errors import UnknownResource
from planton.rehearsal.provider.provider import PROVIDER_TYPE, AwsProvider
from planton.rehearsal.provider.resource import Incomplete

_STACK = "pulumi:pulumi:Stack"


@dataclass
class Registrations:
    """What the program registered and exported."""

    resources: list[Resource] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    exports: Json = field(default_factory=dict)
    secrets: Secrets = field(default_factory=Secrets)
    provider: AwsProvider | None = None
    assumed_region: bool = False


class Monitor(mocks.MockMonitor):
    """Registers resources like the engine: those that depend on a refused one are not reached.

    All others are created, as an engine in parallel would, so one run shows every refusal.
    """

    def __init__(
        self, aws: EmulatedAws, project: str, stack: str, config: Mapping[str, str]
    ) -> None:
        super().__init__(None)  # type: ignore[arg-type]  # only overridden methods use the mocks
        self.registrations = Registrations()
        self._aws = aws
        self._prefix = f"urn:pulumi:{stack}::{project}::"
        self._config = config
        self._providers: dict[str, AwsProvider] = {}
        self._failed: set[str] = set()
        self._urns: set[str] = set()

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """A child's URN contains its parents' types, except the stack's."""
        if parent:
            parents = parent.split("::")[2]
            type_ = type_ if parents == _STACK else f"{parents}${type_}"
        return f"{self._prefix}{type_}::{name}"

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  # the protocol's name
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == _STACK:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        if urn in self._urns:
            raise RunError(f"Duplicate resource URN '{urn}'; try giving it a unique name")
        self._urns.add(urn)
        raw = json_format.MessageToDict(request.object)
        self.registrations.secrets.learn(raw)
        if self._is_unreachable(request, raw):
            self._failed.add(urn)
            return self._answer(request, urn, raw, "not reached", None, {})
        try:
            id_, outputs = self._create(request, urn, unwrapped(raw))
        except Refused as refused:
            self._failed.add(urn)
            refusal = Refusal(request.type, request.name, refused.by, refused.code, refused.message)
            self.registrations.refusals.append(refusal)
            if isinstance(refused, Incomplete):
                id_, outputs = refused.resource.id, refused.resource.outputs
            else:
                id_, outputs = None, {}
            return self._answer(request, urn, raw, "refused", id_, outputs)
        return self._answer(request, urn, raw, "created", id_, outputs)

    def ReadResource(self, request: Any) -> Any:  # noqa: N802  # as above
        raise UnknownResource(f"{request.type}: reading a resource is not emulated")

    def Invoke(self, request: Any) -> Any:  # noqa: N802  # as above
        raw = json_format.MessageToDict(request.args)
        self.registrations.secrets.learn(raw)
        arguments = unwrapped(raw)
        provider = self._provider(request.provider)
        try:
            result = provider.invoke(request.tok, arguments)
        except Refused as refused:
            raise RunError(f"invoke of {request.tok} failed: {refused.message}") from refused
        if not provider.has_region and not arguments.get("region"):
            self.registrations.assumed_region = True
        struct = struct_pb2.Struct()
        json_format.ParseDict(result, struct)
        return resource_pb2.ResourceInvokeResponse(**{"return": struct})

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802  # as above
        if request.urn.split("::")[2] == _STACK:
            raw = json_format.MessageToDict(request.outputs)
            self.registrations.secrets.learn(raw)
            known = {key: value for key, value in raw.items() if not is_unknown(value)}
            self.registrations.exports = masked(known)
        return empty_pb2.Empty()

    def _is_unreachable(self, request: Any, raw: Json) -> bool:
        needed = {request.parent, request.deletedWith, *request.dependencies}
        needed.add(request.provider.rpartition("::")[0])
        return not needed.isdisjoint(self._failed) or is_unknown(raw)

    def _create(self, request: Any, urn: str, inputs: Json) -> tuple[str | None, Json]:
        if not request.custom and not request.remote:
            return None, inputs
        if request.type == PROVIDER_TYPE:
            self._providers[urn] = self._configured(inputs)
            return request.name, inputs
        if request.remote or request.type.startswith("pulumi:"):
            raise UnknownResource(f"{request.type}: not emulated")
        provider = self._provider(request.provider)
        if request.importId:
            message = f"resource '{request.importId}' does not exist: the emulated AWS begins empty"
            raise Refused("provider", "ImportNotFound", message)
        resource = provider.create(request.type, inputs)
        if not provider.has_region and not inputs.get("region"):
            self.registrations.assumed_region = True
        return resource.id, resource.outputs

    def _configured(self, inputs: Json) -> AwsProvider:
        self.registrations.provider = AwsProvider(self._aws, inputs)
        return self.registrations.provider

    def _provider(self, reference: str) -> AwsProvider:
        """The registered provider, or the default one of the stack's configuration."""
        urn = reference.rpartition("::")[0]
        if urn not in self._providers:
            names = (name for name in self._config if name.startswith("aws:"))
            inputs = {name.removeprefix("aws:"): self._config[name] for name in names}
            region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
            self._providers[urn] = self._configured({"region": region, **inputs})
        return self._providers[urn]

    def _answer(
        self, request: Any, urn: str, raw: Json, state: State, id_: str | None, outputs: Json
    ) -> Any:
        resource = Resource(
            type=request.type,
            name=request.name,
            urn=urn,
            id=id_,
            state=state,
            inputs=masked(raw),
            options=_options(request),
            outputs=outputs,
        )
        self.registrations.resources.append(resource)
        if state != "created":
            failed = resource_pb2.Result.Value("FAIL")
            return resource_pb2.RegisterResourceResponse(urn=urn, result=failed)
        struct = struct_pb2.Struct()
        json_format.ParseDict(outputs, struct)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_ or "", object=struct)


class Engine:
    """Receives the program's log."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def Log(self, request: Any) -> Any:  # noqa: N802  # as above
        if request.severity != engine_pb2.DEBUG:
            severity = engine_pb2.LogSeverity.Name(request.severity).lower()
            self.messages.append(Message(severity, request.message))
        return empty_pb2.Empty()


def _options(request: Any) -> Options:
    timeouts = request.customTimeouts
    named = {name: getattr(timeouts, name) for name in ("create", "update", "delete")}
    return Options(
        parent=None if f"::{_STACK}::" in request.parent else request.parent or None,
        provider=request.provider.rpartition("::")[0] or None,
        protect=request.protect,
        depends_on=tuple(request.dependencies),
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        delete_before_replace=(
            request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None
        ),
        deleted_with=request.deletedWith or None,
        retain_on_delete=request.retainOnDelete,
        import_id=request.importId or None,
        custom_timeouts={name: value for name, value in named.items() if value},
    )
