# ruff: noqa: ARG002, N802 (names and parameters are the protocol's)
"""A stand-in for the AWS provider's plugin, which the engine speaks to over gRPC.

It creates, updates and deletes resources in the emulated AWS of `tests.emulated`; what is here is
what Pulumi's bridge to the provider adds to that. Modelled are:

- Check: a name that is left out is made up; `region` is the provider's unless given.
- Diff: against the last reported state, with what is optional and computed kept, sets without
  order, zero values as none, and the ForceNew set (`facts`, and `replaced_by` of a lifecycle). A
  replacement of a resource with a fixed name deletes before it creates.
- Diff: attributes without a key, and keys without an attribute, are an error (`problems`).
- Diff and Update: what is to be ignored is as in the state (`as_recorded`).
- Create and Update at preview: what only AWS knows is unknown.
- Create and Update that fail half-way: the resource is recorded with its error, and the next
  Update, in which nothing changes, reads what is there.
- Requests that AWS finds too many are sent again (`retries`).
- Read: the inputs as they would be now, in which drift shows, with sets in the provider's order.
- Invoke: the functions that the emulated provider knows.
- Configuration: rejected keys fail the check, a foreign account fails Configure.

Guessed are the order of sets (the real one sorts by a hash of the whole item), that a changed
region replaces the provider. The details of a diff are those of the real one, but for sets, which
are one path here.
Not modelled are waiting, default tags in a resource's own, imports of scaling targets, and upgrades
of a state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

import grpc  # type: ignore[import-untyped]  # has no stubs
from google.protobuf import any_pb2, empty_pb2  # type: ignore[import-untyped]  # likewise
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.provider.property_errors import PropertyError
from planton.rehearsal.provider.resource import Incomplete, ResourceState
from tests.emulated.cloud import Cloud
from tests.emulated.provider.provider import KINDS, Provider
from tests.engine.diffs import changed, details, problems, replaced
from tests.engine.facts import FACTS, TABLE
from tests.engine.ordering import in_provider_order
from tests.engine.retries import RETRIES, Retrying
from tests.engine.wire import UNKNOWN, Json, as_recorded, from_struct, is_known, to_struct

VERSION = "7.51.1"
INVALID_CREDENTIALS = "Invalid credentials configured."
TIMEOUT = "waiting for creation: timeout while waiting for state to become 'ACTIVE'"
_DEFAULTS = "__defaults"

T = TypeVar("T")


@contextmanager
def serve(cloud: Cloud) -> Iterator[StandIn]:
    """A stand-in for this cloud, on its own port."""
    server = grpc.server(ThreadPoolExecutor(16))
    servicer = StandIn(cloud, server.add_insecure_port("127.0.0.1:0"))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    server.start()
    try:
        yield servicer
    finally:
        server.stop(None).wait(10)


class StandIn(provider_pb2_grpc.ResourceProviderServicer):
    """Each provider of a stack is a separate connection, identified by its peer."""

    def __init__(self, cloud: Cloud, port: int) -> None:
        self.port = port
        self.rejected_keys: set[str] = set()
        """Access keys that AWS does not know."""
        self.impatient_for: set[str] = set()
        """Types whose creation AWS ends only when the provider no longer waits."""
        self._cloud = cloud
        self._providers: dict[str, Provider] = {}

    def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=VERSION)

    def Handshake(self, request: Any, context: Any) -> Any:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "the plugin's older way of starting")

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def CheckConfig(self, request: Any, context: Any) -> Any:
        if from_struct(request.news).get("accessKey") in self.rejected_keys:
            failure = provider_pb2.CheckFailure(reason=INVALID_CREDENTIALS)
            return provider_pb2.CheckResponse(failures=[failure])
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        differing = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
        return _difference(differing, [key for key in differing if key == "region"])

    def Configure(self, request: Any, context: Any) -> Any:
        inputs = from_struct(request.args)
        provider = _answered(context, lambda: self._cloud.provider(inputs))
        retries = int(inputs.get("maxRetries", RETRIES))
        retrying = Retrying(self._cloud.send, retries)
        self._providers[context.peer()] = provider.over(retrying)
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Check(self, request: Any, context: Any) -> Any:
        token = _token(request.urn)
        old, new = from_struct(request.olds), from_struct(request.news)
        provider = self._providers[context.peer()]
        new.pop(_DEFAULTS, None)
        if FACTS[token].autonamed and "name" not in new:
            made_up = f"{_name(request.urn)}-{request.randomSeed.hex()[:7]}"
            new["name"] = old["name"] if _is_autonamed(old) else made_up
            new[_DEFAULTS] = ["name"]
        if provider.has_place(token):
            new.setdefault("region", provider.region)
        if is_known(new):
            _answered(context, lambda: provider.check(token, _bare(new)))
        return provider_pb2.CheckResponse(inputs=to_struct(new))

    def Diff(self, request: Any, context: Any) -> Any:
        token = _token(request.urn)
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        state = from_struct(request.olds)
        inputs = _heeded(token, state, new, request.ignoreChanges)
        if token == TABLE:
            self._check_attributes(context, request, state, _bare(new))
        names = replaced(token, state, inputs)
        named = FACTS[token].autonamed and not _is_autonamed(old) and "name" not in names
        found = changed(token, state, inputs)
        response = _difference(found, names, delete_first=named)
        for path, how in details(token, state, inputs).items():
            response.detailedDiff[path].kind = provider_pb2.PropertyDiff.Kind.Value(
                how.upper().replace("-", "_")
            )
        response.hasDetailedDiff = bool(found)
        return response

    def _check_attributes(self, context: Any, request: Any, state: Json, inputs: Json) -> None:
        """As the provider does while it plans, after reading the table in AWS."""
        live = self._providers[context.peer()].read(TABLE, request.id, state)
        if found := problems(state, inputs, live.outputs if live else {}):
            text = "\n".join(found)
            message = f"diffing {request.urn}: 1 error occurred:\n\t* {text}\n\n"
            context.abort(grpc.StatusCode.UNKNOWN, message)

    def Create(self, request: Any, context: Any) -> Any:
        token, inputs = _token(request.urn), _bare(from_struct(request.properties))
        if request.preview:
            return provider_pb2.CreateResponse(properties=to_struct(inputs))
        provider = self._providers[context.peer()]
        resource = _answered(context, lambda: provider.create(token, inputs), token)
        if token in self.impatient_for:
            _tell_of(context, token, ResourceState(resource.id, inputs), TIMEOUT)
            context.abort(grpc.StatusCode.UNKNOWN, TIMEOUT)
        if not resource.outputs.get("tags") and "tags" not in inputs:
            # Of what was created without tags, the provider's state has none, and not an empty map.
            untagged = {key: one for key, one in resource.outputs.items() if key != "tags"}
            resource = replace(resource, outputs=untagged)
        return provider_pb2.CreateResponse(id=resource.id, properties=_outputs(token, resource))

    def Read(self, request: Any, context: Any) -> Any:
        token, provider = _token(request.urn), self._providers[context.peer()]
        state, inputs = from_struct(request.properties), from_struct(request.inputs)
        found = _answered(
            context, lambda: provider.read(token, request.id, state, _bare(inputs) or None)
        )
        if found is None:
            return provider_pb2.ReadResponse()
        kept = {key: value for key, value in inputs.items() if key == _DEFAULTS}
        return provider_pb2.ReadResponse(
            id=found.id,
            properties=to_struct(in_provider_order(token, found.outputs)),
            inputs=to_struct({**in_provider_order(token, found.inputs), **kept}),
        )

    def Update(self, request: Any, context: Any) -> Any:
        token, state = _token(request.urn), from_struct(request.olds)
        inputs = _heeded(token, state, from_struct(request.news), request.ignoreChanges)
        if request.preview:
            planned = {**state, **inputs}
            if token == TABLE and {"streamEnabled", "streamViewType"} & {
                *changed(token, state, inputs)
            }:
                planned |= {"streamArn": UNKNOWN, "streamLabel": UNKNOWN}
            return provider_pb2.UpdateResponse(properties=to_struct(planned))
        provider = self._providers[context.peer()]
        if not changed(token, state, inputs):
            # Asked for all the same where the last operation failed: the provider sends nothing,
            # and reads what is there, in which the next diff finds what is missing.
            found = _answered(context, lambda: provider.read(token, request.id, state))
            # What is planned of sets is known as a whole, and is what the SDK keeps of them.
            sets = {name: state[name] for name in FACTS[token].sets & state.keys()}
            read = {**found.outputs, **sets} if found else state
            return provider_pb2.UpdateResponse(properties=to_struct(in_provider_order(token, read)))
        resource = _answered(
            context, lambda: provider.update(token, request.id, state, inputs), token
        )
        return provider_pb2.UpdateResponse(properties=_outputs(token, resource))

    def Invoke(self, request: Any, context: Any) -> Any:
        provider = self._providers[context.peer()]
        arguments = from_struct(request.args)
        try:
            found = provider.invoke(request.tok, arguments)
        except Refused as refused:
            message = f"invoking {request.tok}: 1 error occurred:\n\t* {refused.message}\n\n"
            context.abort(grpc.StatusCode.UNKNOWN, message)
        except PropertyError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        return provider_pb2.InvokeResponse(**{"return": to_struct(found)})

    def Delete(self, request: Any, context: Any) -> Any:
        token, state = _token(request.urn), from_struct(request.properties)
        provider = self._providers[context.peer()]
        _answered(context, lambda: provider.delete(token, request.id, state))
        return empty_pb2.Empty()


def _answered(context: Any, act: Callable[[], T], token: str = "") -> T:
    """What `act` returns, or an error in the form that the engine expects."""
    try:
        return act()
    except Refused as refused:
        if isinstance(refused, Incomplete):
            _tell_of(context, token, refused.resource, refused.message)
        context.abort(grpc.StatusCode.UNKNOWN, f"{refused.by}: {refused.code}: {refused.message}")
    except PropertyError as error:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
    raise AssertionError  # abort does not return


def _tell_of(context: Any, token: str, resource: ResourceState, reason: str) -> None:
    """The resource exists, although its creation or update failed."""
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=resource.id, properties=_outputs(token, resource), reasons=[reason]
        )
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], details=[detail])
    status.message = reason
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))


def _difference(names: list[str], replaces: list[str], *, delete_first: bool = False) -> Any:
    kind = provider_pb2.DiffResponse.DIFF_SOME if names else provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=kind,
        diffs=names,
        replaces=replaces,
        deleteBeforeReplace=bool(replaces) and delete_first,
    )


def _outputs(token: str, resource: ResourceState) -> Any:
    return to_struct(in_provider_order(token, resource.outputs))


def _token(urn: str) -> str:
    """`urn:pulumi:STACK::PROJECT::PARENTS$TYPE::NAME`."""
    token = urn.split("::")[2].rpartition("$")[2]
    assert token in KINDS, f"{token}: not in the emulated AWS"
    return token


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]


def _bare(inputs: Json) -> Json:
    return {key: value for key, value in inputs.items() if key != _DEFAULTS}


def _heeded(token: str, state: Json, inputs: Json, ignored: Iterable[str]) -> Json:
    return as_recorded(KINDS[token].inputs, state, _bare(inputs), ignored)


def _is_autonamed(inputs: Json) -> bool:
    return "name" in inputs.get(_DEFAULTS, ())
