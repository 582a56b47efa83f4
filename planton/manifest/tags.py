"""The tags of every resource that the program creates."""

from __future__ import annotations

from planton.dialects.contract import KIND
from planton.manifest.metadata import Metadata

MAX_TAGS = 50
"""Tags that AWS accepts on one resource."""

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
