"""Whether a policy document allows a request, as IAM decides it: the part of it that ours need.

IAM user guide, Policy evaluation logic: a request is allowed if a statement allows it and none
denies it. moto compares no ARNs of DynamoDB, so it cannot decide this.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

Context = Mapping[str, str | list[str]]


def allows(document: str, action: str, resource: str, context: Context | None = None) -> bool:
    """Whether the JSON document allows the action on the ARN. `context` holds condition keys."""
    statements = _listed(json.loads(document)["Statement"])
    effects = {
        one["Effect"] for one in statements if _applies(one, action, resource, context or {})
    }
    return effects == {"Allow"}


def _applies(statement: Any, action: str, resource: str, context: Context) -> bool:
    unknown = statement.keys() - {"Sid", "Effect", "Action", "Resource", "Condition", "Principal"}
    assert not unknown, f"the evaluator does not know {unknown}"
    return (
        any(_is_like(one.lower(), action.lower()) for one in _listed(statement["Action"]))
        and any(_is_like(one, resource) for one in _listed(statement["Resource"]))
        and all(
            _holds(operator, key, _listed(wanted), context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _holds(operator: str, key: str, wanted: list[str], context: Context) -> bool:
    assert operator in ("StringEquals", "ForAnyValue:StringEquals"), operator
    return not {*_listed(context.get(key, []))}.isdisjoint(wanted)


def _is_like(pattern: str, text: str) -> bool:
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in pattern)
    return re.fullmatch("".join(parts), text) is not None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
