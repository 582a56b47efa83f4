"""Checks the conditions of a resource policy, and whether one of them restricts who is allowed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from planton.diagnostics.diagnostic import did_you_mean, quote
from planton.manifest.rules.policy.values import is_unclear, items
from planton.manifest.rules.rule import Finding, Path
from planton.manifest.value_problem import IN_QUOTES, kind, not_as_text

_COMPARED = {
    "String": ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike"),
    "Numeric": ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan",
                "GreaterThanEquals"),
    "Date": ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan",
             "GreaterThanEquals"),
    "Arn": ("Equals", "NotEquals", "Like", "NotLike"),
}  # fmt: skip
_WITH_IF_EXISTS = (
    *(kind + how for kind, ways in _COMPARED.items() for how in ways),
    *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress"),
)
_OPERATORS = (*_WITH_IF_EXISTS, "Null")
_QUALIFIERS = ("ForAllValues", "ForAnyValue")
_OPERATOR = re.compile(
    f"(?:(?:{'|'.join(_QUALIFIERS)}):)?(?:(?:{'|'.join(_WITH_IF_EXISTS)})(?:IfExists)?|Null)",
    re.IGNORECASE,
)
"""Every operator but Null may end in IfExists (IAM user guide, Condition operators)."""
_PARTS = re.compile("(?:([^:]*):)?(.*?)(IfExists)?", re.DOTALL)

_RESTRICTING_OPERATOR = re.compile(
    "(?:ForAnyValue:)?(?:String(?:Equals|EqualsIgnoreCase|Like)|Arn(?:Equals|Like)|IpAddress|Bool)",
    re.IGNORECASE,
)
"""Operators that are false if the request does not have the key, and that are not negated."""
_RESTRICTING_KEY = re.compile(
    "aws:(?:Principal(?:Account|Arn|OrgID|OrgPaths|IsAWSService|ServiceName|ServiceNamesList)"
    "|Source(?:Account|Arn|OrgID|OrgPaths|Vpc|VpcArn|Vpce|Ip|Owner)"
    "|VpcSourceIp|Vpce(?:Account|OrgID|OrgPaths)|Ec2InstanceSourceVpc"
    "|userid|username|CalledVia(?:First|Last)?|PrincipalTag/.+)",
    re.IGNORECASE,
)
"""The keys that Block Public Access reads (Developer Guide, "Blocking public access with
resource-based policies"), and others that restrict who is allowed or from where: it is better to
list one too many than to refuse a valid policy."""
_ANYTHING = re.compile(r"[*?]*|0\.0\.0\.0/0|::/0|arn:[^:]*:[^:]*:[^:]*:[*?]+:.*|false")


def check_condition(condition: Any, path: Path) -> Iterator[Finding]:
    """Reports errors in a Condition. An empty one restricts nothing, so it is refused."""
    help = "write a condition such as Condition: {StringEquals: {'aws:PrincipalOrgID': o-abc123}}"
    nothing = "add what to compare, or remove it: an empty condition restricts nothing"
    if not isinstance(condition, dict):
        help = not_as_text(condition, "a mapping") or help
        yield Finding(path, f"Condition must be a mapping, got {kind(condition)}", help)
        return
    if not condition:
        yield Finding(path, "Condition is empty", nothing, at_key=True)
    for operator, keys in condition.items():
        here = (*path, operator)
        if not _OPERATOR.fullmatch(operator):
            message = f"{quote(operator)} is not a condition operator"
            yield Finding(here, message, _meant(operator) or help, at_key=True)
        if is_unclear(keys):
            continue
        if not isinstance(keys, dict):
            message = f"{quote(operator)} must be a mapping, got {kind(keys)}"
            yield Finding(here, message, not_as_text(keys, "a mapping") or help)
            continue
        if not keys:
            yield Finding(here, f"{quote(operator)} is empty", nothing, at_key=True)
        for key, value in keys.items():
            if value == []:
                yield Finding((*here, key), f"{quote(key)} is empty", nothing, at_key=True)
            for at, item in items(value, (*here, key)):
                if not isinstance(item, (str, bool, int, float)):
                    message = f"a condition value must be a string, got {kind(item)}"
                    yield Finding(at, message, help)
                elif isinstance(item, float) and not math.isfinite(item):
                    message = f"{kind(item)} cannot be written in JSON"
                    yield Finding(at, message, f"{IN_QUOTES} if it is a string")


def _meant(operator: str) -> str | None:
    parts = _PARTS.fullmatch(operator)
    assert parts
    before, name, after = (part or "" for part in parts.groups())
    meant = did_you_mean(name, _OPERATORS)
    if meant == "Null":
        after = ""
    if before:
        before = f"{did_you_mean(before, _QUALIFIERS) or _QUALIFIERS[1]}:"
    return f"did you mean '{before}{meant}{after}'?" if meant else None


def restricts(condition: Any) -> bool:
    """Whether the Condition restricts who is allowed."""
    return any(
        _RESTRICTING_OPERATOR.fullmatch(operator)
        and _RESTRICTING_KEY.fullmatch(key)
        and not any(_ANYTHING.fullmatch(str(item).lower()) for _, item in items(value, ()))
        for operator, keys in condition.items()
        for key, value in keys.items()
    )
