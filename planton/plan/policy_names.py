"""The name that the program gives to a scaling policy for which the manifest has none."""

from __future__ import annotations

from planton.manifest.formats import MAX_POLICY_NAME


def default_policy_name(metric: str, resource_id: str) -> str:
    """A name in the console's style, so that people find it; without the resource if that is too
    long: a name must be unique only within the dimension that it scales."""
    name = f"{metric}:{resource_id}"
    return name if len(name) <= MAX_POLICY_NAME else metric
