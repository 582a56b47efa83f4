"""The model of a whole manifest."""

from __future__ import annotations

from pydantic import Field

from planton.manifest.base import Model
from planton.manifest.metadata import Metadata
from planton.manifest.spec import Spec


class AwsDynamodb(Model):
    """What a manifest says, without the apiVersion and the kind."""

    metadata: Metadata = Field(
        description="Name of the resource, its platform ids and annotations."
    )
    spec: Spec = Field(description="The table and its settings.")
