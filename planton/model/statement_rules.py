"""One statement of a resource policy held against IAM's grammar, and DynamoDB's part of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from planton.diagnostics import did_you_mean, quote
from planton.model.rule import Finding, Path
from planton.model.types import kind

TABLE_ARN = "${table_arn}"
"""Stands for the table's ARN, which nobody knows before there is a table."""

_STATEMENT = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_PRINCIPALS = ("AWS", "Service", "Federated", "CanonicalUser")
_AWS_PRINCIPAL = re.compile(
    r"\*|[0-9]{12}|arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:[^*?]+|[A-Z0-9]{16,128}"
)
"""Everybody, an account, its users, roles and sessions, or a unique id; no part is a wildcard."""
_ACTION = re.compile(r"\*|dynamodb:[A-Za-z*?]+", re.IGNORECASE)
_OF_STREAMS = ("describestream", "getrecords", "getsharditerator", "liststreams")
_RESOURCE = re.compile(
    r"\*|(?:\$\{table_arn\}|arn:aws[a-z-]*:dynamodb:[a-z0-9*-]*:[0-9*]*:table/[^/]+)"
    r"(?:/index/.+|[*?].*)?"
)
_SID = re.compile("[A-Za-z0-9 ]*")
_COMPARED = {
    "String": ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike"),
    "Numeric": ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan",
                "GreaterThanEquals"),
    "Date": ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan",
             "GreaterThanEquals"),
    "Arn": ("Equals", "NotEquals", "Like", "NotLike"),
}  # fmt: skip
_OPERATORS = (
    *(kind + how for kind, ways in _COMPARED.items() for how in ways),
    *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "Null"),
)
_OPERATOR = re.compile(
    f"(?:for(?:all|any)values?:)?(?:{'|'.join(_OPERATORS)})(?:ifexists)?", re.IGNORECASE
)
_QUALIFIER = re.compile("(ForAllValues:|ForAnyValue:)?(.*?)(IfExists)?", re.DOTALL)
# Repeated a few times at most: of brackets without end every one would be tried as the first.
_MISSPELT = re.compile(r"(?:\$\{?|\{{1,2}) {0,2}table[ _.-]?arn {0,2}\}{0,2}", re.IGNORECASE)


def unknown_keys(
    given: dict[str, Any], known: tuple[str, ...], path: Path, what: str
) -> Iterator[Finding]:
    """Keys that IAM does not have there: it reads them with their case."""
    for key in given:
        if key not in known:
            meant = did_you_mean(key, known)
            help = f"did you mean '{meant}'?" if meant else f"{what} has {', '.join(known)}"
            yield Finding((*path, key), f"unknown key {quote(key)}", help, at_key=True)


def statement(given: dict[str, Any], path: Path) -> Iterator[Finding]:
    """What is wrong with one statement."""
    yield from unknown_keys(given, _STATEMENT, path, "a statement")
    sid = given.get("Sid", "")
    if not isinstance(sid, str):
        yield Finding(
            (*path, "Sid"), f"Sid must be text, is {kind(sid)}", "put it in double quotes"
        )
    elif not _SID.fullmatch(sid):
        message = f"Sid may hold only letters, digits and blanks, is {quote(sid)}"
        yield Finding((*path, "Sid"), message)
    effect = given.get("Effect")
    if effect is None:
        yield Finding(path, "Effect must be given", "add Effect: Allow, or Effect: Deny")
    elif effect not in ("Allow", "Deny"):
        shown, help = kind(effect), ""
        if isinstance(effect, str):
            shown, help = quote(effect), "write Allow or Deny: case counts"
        yield Finding((*path, "Effect"), f"{shown} is not 'Allow' or 'Deny'", help)
    for field in ("Principal", "Action", "Resource"):
        yield from _either(given, field, path)
    for field in ("Principal", "NotPrincipal"):
        if field in given:
            yield from _principal(given[field], (*path, field))
    for field, form, what, help in (
        (
            "Action",
            _ACTION,
            "an action of DynamoDB",
            "such as dynamodb:GetItem: a table's policy is about DynamoDB only",
        ),
        (
            "Resource",
            _RESOURCE,
            "the ARN of a table",
            f"write {TABLE_ARN}, or {TABLE_ARN}/index/NAME",
        ),
    ):
        for name in (field, f"Not{field}"):
            if name in given:
                yield from _texts(given[name], (*path, name), form, what, help)
    yield from _of_streams(given, path)
    condition = given.get("Condition", {})
    yield from _condition(condition, (*path, "Condition"))
    if effect == "Allow" and condition == {} and _is_everybody(given.get("Principal")):
        yield Finding(
            (*path, "Principal"),
            "Allow for everybody without a Condition: AWS refuses a public table",
            "name the accounts or roles, or add a Condition such as aws:PrincipalOrgID",
        )


def _either(given: dict[str, Any], field: str, path: Path) -> Iterator[Finding]:
    other = f"Not{field}"
    if field in given and other in given:
        message = f"{other} is given, and so is {field}"
        yield Finding((*path, other), message, "keep one of the two", at_key=True)
    elif field not in given and other not in given:
        yield Finding(path, f"{field} must be given", f"add {field}, or {other}")


def _is_everybody(principal: Any) -> bool:
    named = principal.get("AWS") if isinstance(principal, dict) else principal
    return named == "*" or (isinstance(named, list) and "*" in named)


def _principal(value: Any, path: Path) -> Iterator[Finding]:
    help = "such as {AWS: 'arn:aws:iam::123456789012:role/reader'}"
    if value == "*":
        return
    if not isinstance(value, dict):
        message = f"{path[-1]} must be a mapping or '*', is {kind(value)}"
        yield Finding(path, message, help)
        return
    if not value:
        yield Finding(path, f"{path[-1]} names nobody", help, at_key=True)
    yield from unknown_keys(value, _PRINCIPALS, path, "a principal")
    for key, named in value.items():
        if key not in _PRINCIPALS:
            continue
        if named == []:
            yield Finding((*path, key), f"{key} names nobody", help, at_key=True)
        for at, item in _items(named, (*path, key)):
            if isinstance(item, (bool, int, float)):
                # An account's id without quotes is a number.
                message = f"a principal must be text, is {kind(item)}"
                yield Finding(at, message, "put it in double quotes")
            elif not isinstance(item, str):
                yield Finding(at, f"a principal must be text, is {kind(item)}", help)
            elif key == "AWS" and not _AWS_PRINCIPAL.fullmatch(item):
                wild = "*" in item or "?" in item
                yield Finding(
                    at,
                    f"{quote(item)} is not a principal",
                    "a wildcard may not be part of a principal: name the account, and let a "
                    "Condition say the rest (ArnLike, aws:PrincipalArn)"
                    if wild
                    else "an account ('123456789012'), or the ARN of one, of a user or of a role "
                    "('arn:aws:iam::123456789012:role/reader')",
                )


def _items(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, list):
        yield from (((*path, i), item) for i, item in enumerate(value))
    else:
        yield path, value


def _texts(
    value: Any, path: Path, form: re.Pattern[str], what: str, help: str
) -> Iterator[Finding]:
    if value == []:
        yield Finding(path, f"{path[-1]} is empty", help, at_key=True)
    for at, item in _items(value, path):
        if not isinstance(item, str):
            yield Finding(at, f"{path[-1]} must be text, is {kind(item)}", help)
        elif not form.fullmatch(item) and not misspelt(item):
            yield Finding(at, f"{quote(item)} is not {what}", help)


def _of_streams(given: dict[str, Any], path: Path) -> Iterator[Finding]:
    """A stream has a policy of its own, at its own ARN."""
    for at, item in _items(given.get("Action", []), (*path, "Action")):
        if isinstance(item, str) and item.lower().removeprefix("dynamodb:") in _OF_STREAMS:
            yield Finding(
                at,
                f"{quote(item)} is an action of streams, which a table's policy does not take",
                "give it to the reader's role in IAM",
            )


def _condition(condition: Any, path: Path) -> Iterator[Finding]:
    help = "such as Condition: {StringEquals: {'aws:PrincipalOrgID': o-abc123}}"
    if not isinstance(condition, dict):
        yield Finding(path, f"Condition must be a mapping, is {kind(condition)}", help)
        return
    for operator, keys in condition.items():
        here = (*path, operator)
        if not _OPERATOR.fullmatch(operator):
            qualifier = _QUALIFIER.fullmatch(operator)
            assert qualifier
            before, name, after = (part or "" for part in qualifier.groups())
            meant = did_you_mean(name, _OPERATORS)
            yield Finding(
                here,
                f"{quote(operator)} is not an operator of conditions",
                f"did you mean '{before}{meant}{after}'?" if meant else help,
                at_key=True,
            )
        if not isinstance(keys, dict):
            yield Finding(here, f"{operator} must be a mapping, is {kind(keys)}", help)
            continue
        for key, value in keys.items():
            for at, item in _items(value, (*here, key)):
                if not isinstance(item, (str, bool, int, float)):
                    message = f"a value of a condition must be text, is {kind(item)}"
                    yield Finding(at, message, help)
                elif isinstance(item, float) and not math.isfinite(item):
                    message = f"{kind(item)} cannot be said in JSON"
                    yield Finding(at, message, "put it in double quotes if it is a text")


def misspelt(text: str) -> str | None:
    """What in a text should be TABLE_ARN, and is not."""
    found = (match[0] for match in _MISSPELT.finditer(text))
    return next((part for part in found if part != TABLE_ARN), None)
