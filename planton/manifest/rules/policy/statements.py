"""Checks one statement of a resource policy: IAM's grammar, and DynamoDB's restrictions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from planton.diagnostics.diagnostic import did_you_mean, quote
from planton.manifest.rules.policy.actions import ACTIONS, ACTIONS_FOR, OF_STREAMS
from planton.manifest.rules.policy.conditions import check_condition, restricts
from planton.manifest.rules.policy.kinds import STREAM, TABLE, PolicyKind, wrong_placeholder
from planton.manifest.rules.policy.values import (
    is_everybody,
    is_unclear,
    items,
    leaves,
    meant,
    unknown_keys,
)
from planton.manifest.rules.rule import Finding, Path
from planton.manifest.value_problem import IN_QUOTES, kind, not_as_text

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
"""Everybody, an account, its users, roles and sessions, or a unique id; without wildcards."""
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
_ACTIONS_FOR = {operation.lower(): actions for operation, actions in ACTIONS_FOR.items()}
_SID = re.compile("[A-Za-z0-9 ]*")


def check_statement(written: dict[str, Any], path: Path, of: PolicyKind) -> Iterator[Finding]:
    """Reports errors in one statement, except ambiguous values."""
    yield from unknown_keys(written, _STATEMENT, path, "a statement")
    # A misspelled key, or one without a value, is not reported as missing.
    present = {*meant(written, _STATEMENT), *written}
    statement = {key: value for key, value in written.items() if not is_unclear(value)}
    sid = statement.get("Sid", "")
    if not isinstance(sid, str):
        yield Finding((*path, "Sid"), f"Sid must be a string, got {kind(sid)}", IN_QUOTES)
    elif not _SID.fullmatch(sid):
        message = f"Sid may contain only letters, digits and spaces, got {quote(sid)}"
        yield Finding((*path, "Sid"), message)
    effect = statement.get("Effect")
    if "Effect" not in present:
        yield Finding(path, "Effect is required", "add Effect: Allow, or Effect: Deny")
    elif "Effect" in statement and effect not in ("Allow", "Deny"):
        shown, help = kind(effect), ""
        if isinstance(effect, str):
            shown, help = quote(effect), "write Allow or Deny: the value is case-sensitive"
        yield Finding((*path, "Effect"), f"{shown} is not 'Allow' or 'Deny'", help)
    for field in ("Principal", "Action", "Resource"):
        yield from _either(statement, present, field, path)
    for field in ("Principal", "NotPrincipal"):
        if field in statement:
            yield from _principal(statement[field], (*path, field))
    for field, form, what, help in (
        (
            "Action",
            _ACTION,
            "a DynamoDB action",
            f"use a DynamoDB action such as {of.example}: a {of.name}'s policy accepts no others",
        ),
        (
            "Resource",
            of.resource,
            f"the ARN of a {of.name}",
            of.resource_help,
        ),
    ):
        for name in (field, f"Not{field}"):
            if name in statement:
                yield from _strings(statement[name], (*path, name), form, what, help, of)
    for name in ("Action", "NotAction"):
        yield from _actions(statement.get(name, []), (*path, name), of)
    yield from _public_access(statement, present, path)


def _public_access(
    statement: dict[str, Any], present: set[str | None], path: Path
) -> Iterator[Finding]:
    """DynamoDB refuses a policy that allows public access (Block Public Access, always enabled)."""
    wrong: list[Finding] = []
    if "Condition" in statement:
        wrong = list(check_condition(statement["Condition"], (*path, "Condition")))
        yield from wrong
    if statement.get("Effect") != "Allow":
        return
    if "NotPrincipal" in statement:
        yield Finding(
            (*path, "NotPrincipal"),
            "NotPrincipal is only allowed with Effect: Deny: it would allow everybody else",
            "use Principal to name who is allowed",
            at_key=True,
        )
    if wrong or not is_everybody(statement.get("Principal")):
        return
    at = (*path, "Principal")
    help = "name the accounts or roles, or add a Condition such as aws:PrincipalOrgID"
    if "Condition" not in present:
        message = (
            "the statement allows everybody and has no Condition: DynamoDB blocks public access"
        )
        yield Finding(at, message, help)
    elif (
        "Condition" in statement
        and not _has_unclear(statement)
        and not restricts(statement["Condition"])
    ):
        message = "the statement allows everybody, and its Condition does not restrict who: "
        message += "DynamoDB blocks public access"
        yield Finding(at, message, help)


def _has_unclear(statement: dict[str, Any]) -> bool:
    return any(is_unclear(value) for _, value in leaves(statement["Condition"], ()))


def _either(
    statement: dict[str, Any], present: set[str | None], field: str, path: Path
) -> Iterator[Finding]:
    other = f"Not{field}"
    if field in statement and other in statement:
        message = f"both {field} and {other} are set"
        yield Finding((*path, other), message, "keep one of the two", at_key=True)
    elif field not in present and other not in present:
        yield Finding(path, f"{field} is required", f"add {field}, or {other}")


def _principal(value: Any, path: Path) -> Iterator[Finding]:
    help = "write a principal such as {AWS: 'arn:aws:iam::123456789012:role/reader'}"
    if value == "*":
        return
    if not isinstance(value, dict):
        message = f"{path[-1]} must be a mapping or '*', got {kind(value)}"
        yield Finding(path, message, not_as_text(value, "a mapping") or help)
        return
    if not value:
        yield Finding(path, f"{path[-1]} is empty", help, at_key=True)
    yield from unknown_keys(value, _PRINCIPALS, path, "a principal")
    for key, named in value.items():
        if key not in _PRINCIPALS:
            continue
        if named == []:
            yield Finding((*path, key), f"{key} is empty", help, at_key=True)
        for at, item in items(named, (*path, key)):
            if isinstance(item, (bool, int, float)):
                # An account ID without quotes is a number.
                yield Finding(at, f"a principal must be a string, got {kind(item)}", IN_QUOTES)
            elif not isinstance(item, str):
                yield Finding(at, f"a principal must be a string, got {kind(item)}", help)
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
            "name the account, and restrict it in a Condition (ArnLike, aws:PrincipalArn): a "
            "principal may not contain wildcards"
            if "*" in item or "?" in item
            else "write an account ID ('123456789012'), or the ARN of an account, user or role "
            "('arn:aws:iam::123456789012:role/reader')",
        )


def _strings(
    value: Any, path: Path, form: re.Pattern[str], what: str, help: str, of: PolicyKind
) -> Iterator[Finding]:
    if value == []:
        yield Finding(path, f"{path[-1]} is empty", help, at_key=True)
    for at, item in items(value, path):
        if not isinstance(item, str):
            yield Finding(at, f"{path[-1]} must be a string, got {kind(item)}", help)
        elif not form.fullmatch(item) and not wrong_placeholder(item, of):
            yield Finding(at, f"{quote(item)} is not {what}", help)


def _actions(value: Any, path: Path, of: PolicyKind) -> Iterator[Finding]:
    """Reports actions that do not exist, and those that the policy does not accept."""
    for at, item in items(value, path):
        service, _, name = str(item).partition(":")
        if service.lower() != "dynamodb" or not name.isalpha() or name.lower() in of.actions:
            continue
        shown = quote(item)
        if name.lower() not in _KNOWN:
            actions = _ACTIONS_FOR.get(name.lower())
            help = f"use an action such as {of.example} (see the Service Authorization Reference)"
            if actions:
                help = f"use {actions} instead"
            elif close := did_you_mean(name, ACTIONS):
                help = f"did you mean 'dynamodb:{close}'?"
            yield Finding(at, f"{shown} is not a DynamoDB action", help)
        elif name.lower() in _OF_STREAMS and of is not STREAM:
            # A stream has its own policy, at its own ARN.
            message = (
                f"{shown} is a DynamoDB Streams action, which a table's policy does not accept"
            )
            # The policy of a replica's stream has no field, and no stream's has one in a request.
            has_field = of is TABLE and name.lower() in STREAM.actions and at[1] == TABLE.field
            other = f"move it to {STREAM.field}, or " if has_field else ""
            yield Finding(at, message, f"{other}grant it to the reader's IAM role")
        else:
            other = "grant it to an IAM role"
            if of is STREAM and name.lower() in TABLE.actions:
                other = f"move it to {TABLE.field}, or {other}"
            message = (
                f"{shown} is not an action on a {of.name}, so a {of.name}'s policy does not "
                "accept it"
            )
            yield Finding(at, message, other)
