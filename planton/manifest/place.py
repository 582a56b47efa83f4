"""The region and account that are named outside the manifest."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Region and account from a provider block, the configuration or the command line.

    A region in the manifest overrides `region`.
    """

    region: str | None = None
    account_id: str | None = None


ANYWHERE = Place()
