"""The result of a rehearsal: registered resources, requests, refusals, messages and outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from planton.rehearsal.aws.requests import Call, Json

State = Literal["created", "refused", "not reached"]


@dataclass(frozen=True)
class Options:
    """The resource options that the engine receives with a registration."""

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
    """One registered resource, its secrets masked. Without an id it was not created."""

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
    """Who refused which resource, and why; `str()` is one line for the user."""

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
    """One run of the program, its secrets masked.

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
