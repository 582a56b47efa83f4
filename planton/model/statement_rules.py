"""One statement of a resource policy held against IAM's grammar, and DynamoDB's part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from planton.diagnostics import did_you_mean, quote
from planton.model.policy_actions import ACTIONS, OF_NO_TABLE, OF_STREAMS, RIGHTS_FOR
from planton.model.policy_conditions import condition, narrows
from planton.model.policy_values import is_unclear, items, leaves, meant, unknown_keys
from planton.model.rule import Finding, Path
from planton.model.types import IN_QUOTES, kind

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
_OTHER_PRINCIPALS = {
    "Service": (
        re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+){2,}"),
        "a service ('lambda.amazonaws.com')",
    ),
    "Federated": (
        re.compile(
            r"arn:aws[a-z-]*:iam::[0-9]{12}:(?:saml|oidc)-provider/[^*?]+"
            r"|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:/[^*?]*)?"
        ),
        "an identity provider ('cognito-identity.amazonaws.com', or the ARN of one in IAM)",
    ),
    "CanonicalUser": (re.compile("[0-9a-f]{64}"), "a canonical user: 64 hexadecimal digits"),
}
_ACTION = re.compile(r"\*|dynamodb:[A-Za-z*?]+", re.IGNORECASE)
_KNOWN = frozenset(action.lower() for action in ACTIONS)
_OF_STREAMS = frozenset(action.lower() for action in OF_STREAMS)
_OF_NO_TABLE = frozenset(action.lower() for action in OF_NO_TABLE)
_RIGHTS_FOR = {operation.lower(): rights for operation, rights in RIGHTS_FOR.items()}
_RESOURCE = re.compile(
    r"\*|(?:\$\{table_arn\}|arn:aws[a-z-]*:dynamodb:[a-z0-9*-]*:[0-9*]*:table/[^/]+)"
    r"(?:/(?:index|export)/.+|/\*|[*?].*)?"
)
_SID = re.compile("[A-Za-z0-9 ]*")
# Repeated a few times at most: of brackets without end every one would be tried as the first.
_MISSPELT = re.compile(r"(?:\$\{?|\{{1,2}) {0,2}table[ _.-]?arn {0,2}\}{0,2}", re.IGNORECASE)


def statement(given: dict[str, Any], path: Path) -> Iterator[Finding]:
    """What is wrong with one statement, but for values that are unclear."""
    yield from unknown_keys(given, _STATEMENT, path, "a statement")
    # What is misspelt or has no value is not missing besides.
    there = {*meant(given, _STATEMENT), *given}
    given = {key: value for key, value in given.items() if not is_unclear(value)}
    sid = given.get("Sid", "")
    if not isinstance(sid, str):
        yield Finding((*path, "Sid"), f"Sid must be text, is {kind(sid)}", IN_QUOTES)
    elif not _SID.fullmatch(sid):
        message = f"Sid may hold only letters, digits and blanks, is {quote(sid)}"
        yield Finding((*path, "Sid"), message)
    effect = given.get("Effect")
    if "Effect" not in there:
        yield Finding(path, "Effect must be given", "add Effect: Allow, or Effect: Deny")
    elif "Effect" in given and effect not in ("Allow", "Deny"):
        shown, help = kind(effect), ""
        if isinstance(effect, str):
            shown, help = quote(effect), "write Allow or Deny: case counts"
        yield Finding((*path, "Effect"), f"{shown} is not 'Allow' or 'Deny'", help)
    for field in ("Principal", "Action", "Resource"):
        yield from _either(given, there, field, path)
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
    for name in ("Action", "NotAction"):
        yield from _actions(given.get(name, []), (*path, name))
    yield from _whom(given, there, path)


def _whom(given: dict[str, Any], there: set[str | None], path: Path) -> Iterator[Finding]:
    """DynamoDB takes no policy that allows the public anything (Block Public Access, always on)."""
    wrong: list[Finding] = []
    if "Condition" in given:
        wrong = list(condition(given["Condition"], (*path, "Condition")))
        yield from wrong
    if given.get("Effect") != "Allow":
        return
    if "NotPrincipal" in given:
        yield Finding(
            (*path, "NotPrincipal"),
            "NotPrincipal goes with Effect: Deny only: it would allow everybody else",
            "name in Principal who is allowed",
            at_key=True,
        )
    if wrong or not _is_everybody(given.get("Principal")):
        return
    at = (*path, "Principal")
    help = "name the accounts or roles, or add a Condition such as aws:PrincipalOrgID"
    if "Condition" not in there:
        message = "Allow for everybody without a Condition: DynamoDB blocks public access"
        yield Finding(at, message, help)
    elif "Condition" in given and not _has_unclear(given) and not narrows(given["Condition"]):
        message = "Allow for everybody, and Condition does not say who: DynamoDB blocks that"
        yield Finding(at, message, help)


def _has_unclear(given: dict[str, Any]) -> bool:
    return any(is_unclear(value) for _, value in leaves(given["Condition"], ()))


def _either(
    given: dict[str, Any], there: set[str | None], field: str, path: Path
) -> Iterator[Finding]:
    other = f"Not{field}"
    if field in given and other in given:
        message = f"{other} is given, and so is {field}"
        yield Finding((*path, other), message, "keep one of the two", at_key=True)
    elif field not in there and other not in there:
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
        for at, item in items(named, (*path, key)):
            if isinstance(item, (bool, int, float)):
                # An account's id without quotes is a number.
                yield Finding(at, f"a principal must be text, is {kind(item)}", IN_QUOTES)
            elif not isinstance(item, str):
                yield Finding(at, f"a principal must be text, is {kind(item)}", help)
            elif key == "AWS":
                yield from _account(item, at)
            elif not _OTHER_PRINCIPALS[key][0].fullmatch(item):
                form = _OTHER_PRINCIPALS[key][1]
                yield Finding(at, f"{quote(item)} is not a principal", f"write {form}")


def _account(item: str, at: Path) -> Iterator[Finding]:
    if not _AWS_PRINCIPAL.fullmatch(item):
        yield Finding(
            at,
            f"{quote(item)} is not a principal",
            "a wildcard may not be part of a principal: name the account, and let a "
            "Condition say the rest (ArnLike, aws:PrincipalArn)"
            if "*" in item or "?" in item
            else "an account ('123456789012'), or the ARN of one, of a user or of a role "
            "('arn:aws:iam::123456789012:role/reader')",
        )


def _texts(
    value: Any, path: Path, form: re.Pattern[str], what: str, help: str
) -> Iterator[Finding]:
    if value == []:
        yield Finding(path, f"{path[-1]} is empty", help, at_key=True)
    for at, item in items(value, path):
        if not isinstance(item, str):
            yield Finding(at, f"{path[-1]} must be text, is {kind(item)}", help)
        elif not form.fullmatch(item) and not misspelt(item):
            yield Finding(at, f"{quote(item)} is not {what}", help)


def _actions(value: Any, path: Path) -> Iterator[Finding]:
    """Actions that there are not, and those that a table's policy does not take."""
    for at, item in items(value, path):
        service, _, name = str(item).partition(":")
        if service.lower() != "dynamodb" or not name.isalpha():
            continue
        shown = quote(item)
        if name.lower() not in _KNOWN:
            rights = _RIGHTS_FOR.get(name.lower())
            help = "" if rights else "DynamoDB has dynamodb:GetItem and others, which IAM lists"
            if rights:
                help = f"allow what it does: {rights}"
            elif close := did_you_mean(name, ACTIONS):
                help = f"did you mean 'dynamodb:{close}'?"
            yield Finding(at, f"{shown} is not an action of DynamoDB", help)
        elif name.lower() in _OF_STREAMS:
            # A stream has a policy of its own, at its own ARN.
            message = f"{shown} is an action of streams, which a table's policy does not take"
            yield Finding(at, message, "give it to the reader's role in IAM")
        elif name.lower() in _OF_NO_TABLE:
            message = f"{shown} is no action on a table, so a table's policy does not take it"
            yield Finding(at, message, "give it to a role in IAM")


def misspelt(text: str) -> str | None:
    """What in a text should be TABLE_ARN, and is not."""
    found = (match[0] for match in _MISSPELT.finditer(text))
    return next((part for part in found if part != TABLE_ARN), None)
