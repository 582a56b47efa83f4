"""What a mutation is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.local.manifests import Draw
from tests.local.transcription import Manifest

Apply = Callable[[Draw, Manifest], None]


@dataclass(frozen=True)
class Mutation:
    """A change to a manifest, and what must come of it now and then."""

    name: str
    apply: Apply
    codes: tuple[str, ...]
    """Our codes, at manifests that DynamoDB Local refuses as well."""
    stated: tuple[str, ...]
    """Deviations of DynamoDB Local and restrictions of the contract."""
    near: bool
    """Whether the manifest also stays valid."""


def mutation(
    *codes: str, stated: tuple[str, ...] = (), near: bool = False
) -> Callable[[Apply], Mutation]:
    """Makes a function a mutation."""
    return lambda apply: Mutation(apply.__name__, apply, codes, stated, near)
