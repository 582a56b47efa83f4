"""The region that a command writes into what it prints, where the user may name one as well."""

from __future__ import annotations

from collections.abc import Mapping

from planton.diagnostics import quote
from planton.model.spec import AwsDynamodb


class OtherRegion(Exception):
    """The user names a region, and the input another one: one of the two is a mistake."""


def choose_region(
    manifest: AwsDynamodb, provider: Mapping[str, str], named: str | None
) -> str | None:
    """The region that the input names, the manifest before the provider block; else `named`.

    Raises:
        OtherRegion: the input names another region than `named`. To follow either silently would
            make a table where somebody does not look for it.
    """
    own, where = manifest.spec.region, "manifest"
    if own is None:
        own, where = provider.get("region"), "provider block"
    if own and named and own != named:
        raise OtherRegion(f"--region is {quote(named)}, but the {where} names {quote(own)}")
    return own or named
