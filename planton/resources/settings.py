"""The stack's config as the pure layers ask for it."""

from __future__ import annotations

import pulumi


def get_config(key: str) -> str | None:
    """A config value's text; the key has its namespace unless that is the project's."""
    namespace, _, name = key.rpartition(":")
    return pulumi.Config(namespace or None).get(name)
