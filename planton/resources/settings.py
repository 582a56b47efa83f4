"""Reads the stack's config for the pure layers."""

from __future__ import annotations

import pulumi


def get_config(key: str) -> str | None:
    """The config value as a string; a key without a namespace is in the project's."""
    namespace, _, name = key.rpartition(":")
    return pulumi.Config(namespace or None).get(name)
