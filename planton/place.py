"""Where a table goes, as far as what stands around its manifest says it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Region and account that a provider block, the configuration or the command line names.

    The manifest's own region wins over `region`.
    """

    region: str | None = None
    account_id: str | None = None


ANYWHERE = Place()
