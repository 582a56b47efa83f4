"""The tags of every resource that the program creates."""

from __future__ import annotations

from collections.abc import Mapping

from planton.dialects.contract import KIND
from planton.manifest.metadata import Metadata

MAX_TAGS = 50
"""Tags that AWS accepts on one resource."""

NAME = "Name"
"""The tag that AWS's consoles show as the name of a resource."""
RESOURCE = "planton.ai/resource"
ORGANIZATION = "planton.ai/organization"
ENVIRONMENT = "planton.ai/environment"
RESOURCE_KIND = "planton.ai/resource-kind"
RESOURCE_ID = "planton.ai/resource-id"


def platform_tags(metadata: Metadata, kind: str = KIND) -> dict[str, str]:
    """Tags that name the resource's owner; empty values are left out."""
    tags = {
        RESOURCE: "true",
        ORGANIZATION: metadata.org,
        ENVIRONMENT: metadata.env,
        RESOURCE_KIND: kind,
        RESOURCE_ID: metadata.id,
    }
    return {key: value for key, value in tags.items() if value}


def resource_tags(metadata: Metadata, kind: str, own: Mapping[str, str]) -> dict[str, str]:
    """All tags of a resource: the platform's, the user's `own`, which win, and Name
    with `metadata.name`. A resource that already has as many tags as AWS accepts gets no Name."""
    tags = {**platform_tags(metadata, kind), **own}
    if len(tags) < MAX_TAGS:
        tags.setdefault(NAME, metadata.name)
    return tags
