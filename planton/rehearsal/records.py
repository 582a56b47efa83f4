"""What is kept of a request, of a resource, and of a whole rehearsal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Outcome = Literal["done", "refused", "not emulated"]
State = Literal["created", "refused", "not reached"]


@dataclass(frozen=True)
class Request:
    """One API request, before anything was done about it; services by their botocore names."""

    account_id: str
    region: str
    service: str
    operation: str
    parameters: Json

    @property
    def name(self) -> str:
        return f"{self.service} {self.operation}"


@dataclass(frozen=True)
class Call:
    """One API request and what became of it.

    "not emulated" means: AWS would not have refused its form, and nothing more is known.
    """

    account_id: str
    region: str
    service: str
    operation: str
    parameters: Json
    outcome: Outcome
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True)
class Made:
    """A resource after create or update, in the words of the real provider's outputs."""

    id: str
    outputs: Json


@dataclass(frozen=True)
class Found:
    """A resource as it is now; `inputs` are those that would make it so (drift shows in them)."""

    id: str
    inputs: Json
    outputs: Json


@dataclass(frozen=True)
class Options:
    """What the engine is told about a resource beside its inputs."""

    parent: str | None = None
    provider: str | None = None
    protect: bool = False
    depends_on: tuple[str, ...] = ()
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    delete_before_replace: bool | None = None
    deleted_with: str | None = None
    retain_on_delete: bool = False
    import_id: str | None = None
    custom_timeouts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Resource:
    """One registered resource. Without an id it was not made; secrets are already covered."""

    type: str
    name: str
    urn: str
    id: str | None
    state: State
    inputs: Json
    options: Options
    outputs: Json


@dataclass(frozen=True)
class Refusal:
    """Who refused which resource, and why, in one line for a human (`str()`)."""

    type: str
    name: str
    by: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.type} '{self.name}': {self.by}: {self.code}: {self.message}"


@dataclass(frozen=True)
class Message:
    """One line that the program logged through Pulumi: info, warning or error."""

    severity: str
    text: str


@dataclass(frozen=True)
class Rehearsal:
    """One run of the program, secrets covered.

    `error` is what the user would read on failure, else None. `outputs` are the stack's exports,
    complete only without an error. `region` and `account_id` are those of the last provider.
    """

    resources: tuple[Resource, ...]
    calls: tuple[Call, ...]
    refusals: tuple[Refusal, ...]
    outputs: Json
    messages: tuple[Message, ...]
    region: str
    assumed_region: bool
    account_id: str
    error: str | None = None
