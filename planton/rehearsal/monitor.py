"""The engine's side of the program: registrations, carried out on the emulated AWS."""

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

from planton.rehearsal.cloud import Cloud
from planton.rehearsal.errors import Refused, UnknownResource
from planton.rehearsal.provider import PROVIDER_TYPE, Provider
from planton.rehearsal.records import Json, Message, Options, Refusal, Resource, State
from planton.rehearsal.secrets import Secrets, covered, is_unknown, opened

_STACK = "pulumi:pulumi:Stack"


class _NoMocks(mocks.Mocks):
    """The base class wants some; whatever would go through them is answered here."""

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise NotImplementedError

    def new_resource(self, args: mocks.MockResourceArgs) -> Any:
        raise NotImplementedError


@dataclass
class Registrations:
    """What the program did, as far as it came."""

    resources: list[Resource] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    exports: Json = field(default_factory=dict)
    secrets: Secrets = field(default_factory=Secrets)
    provider: Provider | None = None
    assumed_region: bool = False


class Monitor(mocks.MockMonitor):
    """Registers as the engine does: what a refused resource was to feed is not reached.

    Beside that the rest goes on, as it would have been on its way in the engine too, so one run
    shows all that is refused.
    """

    def __init__(self, cloud: Cloud, project: str, stack: str, config: Mapping[str, str]) -> None:
        super().__init__(_NoMocks())
        self.seen = Registrations()
        self._cloud = cloud
        self._prefix = f"urn:pulumi:{stack}::{project}::"
        self._config = config
        self._providers: dict[str, Provider] = {}
        self._unmade: set[str] = set()
        self._urns: set[str] = set()

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """A child carries its parents' types, except that of the stack."""
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
        self.seen.secrets.learn(raw)
        if self._waits_in_vain(request, raw):
            self._unmade.add(urn)
            return self._answer(request, urn, raw, "not reached", None, {})
        try:
            id_, outputs = self._carry_out(request, urn, opened(raw))
        except Refused as refused:
            self._unmade.add(urn)
            refusal = Refusal(request.type, request.name, refused.by, refused.code, refused.message)
            self.seen.refusals.append(refusal)
            made = refused.made
            rest = (made.id, made.outputs) if made is not None else (None, {})
            return self._answer(request, urn, raw, "refused", *rest)
        return self._answer(request, urn, raw, "created", id_, outputs)

    def ReadResource(self, request: Any) -> Any:  # noqa: N802  # as above
        raise UnknownResource(f"{request.type}: looking a resource up is not emulated")

    def Invoke(self, request: Any) -> Any:  # noqa: N802  # as above
        raw = json_format.MessageToDict(request.args)
        self.seen.secrets.learn(raw)
        arguments = opened(raw)
        provider = self._provider(request.provider)
        try:
            found = provider.invoke(request.tok, arguments)
        except Refused as refused:
            raise RunError(f"invoke of {request.tok} failed: {refused.message}") from refused
        if not provider.names_region and not arguments.get("region"):
            self.seen.assumed_region = True
        answer = struct_pb2.Struct()
        json_format.ParseDict(found, answer)
        return resource_pb2.ResourceInvokeResponse(**{"return": answer})

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802  # as above
        if request.urn.split("::")[2] == _STACK:
            raw = json_format.MessageToDict(request.outputs)
            self.seen.secrets.learn(raw)
            known = {key: value for key, value in raw.items() if not is_unknown(value)}
            self.seen.exports = covered(known)
        return empty_pb2.Empty()

    def _waits_in_vain(self, request: Any, raw: Json) -> bool:
        needed = {request.parent, request.deletedWith, *request.dependencies}
        needed.add(request.provider.rpartition("::")[0])
        return not needed.isdisjoint(self._unmade) or is_unknown(raw)

    def _carry_out(self, request: Any, urn: str, inputs: Json) -> tuple[str | None, Json]:
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
        made = provider.create(request.type, inputs)
        if not provider.names_region and not inputs.get("region"):
            self.seen.assumed_region = True
        return made.id, made.outputs

    def _configured(self, inputs: Json) -> Provider:
        self.seen.provider = self._cloud.provider(inputs)
        return self.seen.provider

    def _provider(self, reference: str) -> Provider:
        """The one named, or the one that the engine would make of the stack's configuration."""
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
            inputs=covered(raw),
            options=_options(request),
            outputs=outputs,
        )
        self.seen.resources.append(resource)
        if state != "created":
            failed = resource_pb2.Result.Value("FAIL")
            return resource_pb2.RegisterResourceResponse(urn=urn, result=failed)
        answer = struct_pb2.Struct()
        json_format.ParseDict(outputs, answer)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_ or "", object=answer)


class Engine:
    """Takes the program's log."""

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
