"""What AWS refuses in a resource policy; the meaning of its names is not checked."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.emulated.rules.updates import INVALID

_MOST_BYTES = 20480
_NEEDED = ("Effect", "Principal", "Action", "Resource")


def problems(policy: str) -> Iterator[str]:
    """Why AWS would refuse a policy; the meaning of its names is not checked."""
    if len(policy.encode()) > _MOST_BYTES:
        yield f"{INVALID}Maximum policy size of {_MOST_BYTES} bytes exceeded"
    try:
        document = json.loads(policy)
        statements = document["Statement"]
    except (ValueError, LookupError, TypeError):
        yield f"{INVALID}Invalid policy document: This policy contains invalid Json"
        return
    for statement in [statements] if isinstance(statements, dict) else statements:
        for name in _NEEDED:
            if not {name, f"Not{name}"} & statement.keys():
                yield f"{INVALID}Invalid policy document: Missing required field {name}"
