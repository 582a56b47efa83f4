"""A resource of the provider, and what all types of resources have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.properties import Block
from planton.rehearsal.provider.session import Session


@dataclass(frozen=True)
class ResourceState:
    """A resource as the provider reports it: its id, and its outputs as the real provider's."""

    id: str
    outputs: Json


class Incomplete(Refused):
    """A later request was refused, but the resource exists: a table whose TTL was refused."""

    def __init__(self, refused: Refused, resource: ResourceState) -> None:
        super().__init__(refused.by, refused.code, refused.message)
        self.resource = resource


class ResourceType(Protocol):
    """One type of resource, created with the real provider's requests. `create` raises Refused."""

    @property
    def type(self) -> str: ...

    @property
    def inputs(self) -> Block: ...

    def create(self, session: Session, inputs: Json, /) -> ResourceState: ...
