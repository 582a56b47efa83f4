"""The region and account that are named outside the manifest."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """Region and account from a provider block, the configuration or the command line.

    A region in the manifest overrides `region`.
    """

    region: str | None = None
    account_id: str | None = None


ANYWHERE = Place()
