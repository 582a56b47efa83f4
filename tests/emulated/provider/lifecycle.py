"""A type of resource over its whole life."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.resource import ResourceState, ResourceType
from planton.rehearsal.provider.session import Session


@dataclass(frozen=True)
class ReadState:
    """A resource as it is now; `inputs` would make it so, so drift shows in them."""

    id: str
    inputs: Json
    outputs: Json


class Lifecycle(ResourceType, Protocol):
    """Updated and deleted with the real provider's requests too.

    `state` are the outputs that create, read or update last reported. All but `read` raise Refused.
    """

    @property
    def replaced_by(self) -> frozenset[str]:
        """The inputs whose change replaces the resource."""

    def read(self, session: Session, id_: str, state: Json, /) -> Json | None:
        """The present outputs, or None if the resource does not exist."""

    def update(self, session: Session, id_: str, state: Json, inputs: Json, /) -> ResourceState: ...

    def delete(self, session: Session, id_: str, state: Json, /) -> None: ...


@contextmanager
def ignoring(*codes: str) -> Iterator[None]:
    """Ignores refusals with these codes."""
    try:
        yield
    except Refused as refused:
        if refused.code not in codes:
            raise
