"""The table's resource policy held against IAM's grammar, and against what DynamoDB takes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from planton.diagnostics import did_you_mean, one_of, quote
from planton.model.rule import Finding, Path, rule
from planton.model.spec import AwsDynamodb
from planton.model.types import kind

MAX_POLICY_BYTES = 20 * 1024
"""Size of a policy in bytes (DynamoDB quotas, resource-based policies)."""

TABLE_ARN = "${table_arn}"
"""Stands for the table's ARN, which nobody knows before there is a table."""

_POLICY: Path = ("spec", "resourcePolicy", "policy")
_VERSIONS = ("2012-10-17", "2008-10-17")
_TOP = ("Version", "Id", "Statement")
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
_ACTION = re.compile(r"\*|dynamodb:[A-Za-z*?]+")
_OF_STREAMS = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
_RESOURCE = re.compile(
    r"\*|(?:\$\{table_arn\}|arn:aws[a-z-]*:dynamodb:[a-z0-9*-]*:[0-9*]*:table/[^/]+)"
    r"(?:/index/.+|[*?].*)?"
)
_SID = re.compile("[A-Za-z0-9 ]*")


def policy_text(document: dict[str, Any]) -> str:
    """The policy as JSON, its keys sorted: written in another order it is the same policy."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@rule("resource-policy", "resourcePolicy.policy")
def policy_is_one(manifest: AwsDynamodb) -> Iterator[Finding]:
    """IAM's grammar of a resource-based policy (IAM user guide, Grammar of the JSON policy
    language), with DynamoDB's actions and resources (PutResourcePolicy)."""
    if manifest.spec.resource_policy is None:
        return
    document = manifest.spec.resource_policy.policy
    yield from _unknown(document, _TOP, _POLICY, "a policy")
    version = document.get("Version")
    if version is None:
        yield Finding(_POLICY, "Version must be given", 'add Version: "2012-10-17"', at_key=True)
    elif version not in _VERSIONS:
        shown = quote(version) if isinstance(version, str) else kind(version)
        message = f"{shown} is not one of {one_of(_VERSIONS)}"
        yield Finding((*_POLICY, "Version"), message, 'write "2012-10-17"')
    if not isinstance(document.get("Id", ""), str):
        yield Finding((*_POLICY, "Id"), f"Id must be text, is {kind(document['Id'])}")
    statements, path = document.get("Statement"), (*_POLICY, "Statement")
    if statements is None or statements == []:
        at, help = (path if statements == [] else _POLICY), "add a list with one statement or more"
        yield Finding(at, "Statement must be given", help, at_key=True)
    elif isinstance(statements, dict):
        yield from _statement(statements, path)
    elif not isinstance(statements, list):
        yield Finding(path, f"Statement must be a list, is {kind(statements)}")
    else:
        for i, statement in enumerate(statements):
            if isinstance(statement, dict):
                yield from _statement(statement, (*path, i))
            else:
                message = f"a statement must be a mapping, is {kind(statement)}"
                yield Finding((*path, i), message)
        yield from _repeated_sids(statements, path)


def _unknown(
    given: dict[str, Any], known: tuple[str, ...], path: Path, what: str
) -> Iterator[Finding]:
    by_case = {name.lower(): name for name in known}
    for key in given:
        if key not in known:
            meant = by_case.get(key.lower()) or did_you_mean(key, known)
            help = f"did you mean '{meant}'?" if meant else f"{what} has {', '.join(known)}"
            yield Finding((*path, key), f"unknown key {quote(key)}", help, at_key=True)


def _statement(given: dict[str, Any], path: Path) -> Iterator[Finding]:
    yield from _unknown(given, _STATEMENT, path, "a statement")
    sid = given.get("Sid", "")
    if not isinstance(sid, str) or not _SID.fullmatch(sid):
        shown = quote(sid) if isinstance(sid, str) else kind(sid)
        message = f"Sid may hold only letters and digits, is {shown}"
        yield Finding((*path, "Sid"), message)
    effect = given.get("Effect")
    if effect not in ("Allow", "Deny"):
        shown = quote(effect) if isinstance(effect, str) else kind(effect)
        message = "Effect must be given" if effect is None else f"{shown} is not Allow or Deny"
        yield Finding(_at(given, path, "Effect"), message, "Effect: Allow or Effect: Deny")
    for field, required in (("Principal", True), ("Action", True), ("Resource", True)):
        yield from _either(given, field, path, required=required)
    for field in ("Principal", "NotPrincipal"):
        if field in given:
            yield from _principal(given[field], (*path, field))
    for field, form, help in (
        ("Action", _ACTION, "such as dynamodb:GetItem: a table's policy is about DynamoDB only"),
        ("Resource", _RESOURCE, f"write {TABLE_ARN}, or {TABLE_ARN}/index/NAME"),
    ):
        for name in (field, f"Not{field}"):
            if name in given:
                yield from _texts(given[name], (*path, name), form, name, help)
    yield from _of_streams(given, path)
    condition = given.get("Condition", {})
    if effect == "Allow" and not condition and given.get("Principal") in ("*", {"AWS": "*"}):
        yield Finding(
            (*path, "Principal"),
            "Allow for everybody without a Condition: AWS refuses a public table",
            "name the accounts or roles, or add a Condition such as aws:PrincipalOrgID",
        )
    if not isinstance(condition, dict) or not all(isinstance(c, dict) for c in condition.values()):
        yield Finding(
            (*path, "Condition"),
            "Condition must be a mapping of mappings",
            "such as Condition: {StringEquals: {'aws:PrincipalOrgID': o-abc123}}",
        )


def _at(given: dict[str, Any], path: Path, field: str) -> Path:
    return (*path, field) if field in given else path


def _either(given: dict[str, Any], field: str, path: Path, *, required: bool) -> Iterator[Finding]:
    other = f"Not{field}"
    if field in given and other in given:
        message = f"{other} is given, and so is {field}"
        yield Finding((*path, other), message, "keep one of the two", at_key=True)
    elif required and field not in given and other not in given:
        yield Finding(path, f"{field} must be given", f"add {field}, or {other}")


def _principal(value: Any, path: Path) -> Iterator[Finding]:
    help = "such as Principal: {AWS: 'arn:aws:iam::123456789012:role/reader'}"
    if value == "*":
        return
    if not isinstance(value, dict) or not value:
        shown = quote(value) if isinstance(value, str) else kind(value)
        yield Finding(path, f"{path[-1]} must be a mapping or '*', is {shown}", help)
        return
    yield from _unknown(value, _PRINCIPALS, path, "a principal")
    for key, named in value.items():
        if key in _PRINCIPALS:
            for at, item in _items(named, (*path, key)):
                if not isinstance(item, str) or not item:
                    message = f"a principal must be text, is {kind(item)}"
                    # An account's id without quotes is a number, and loses a zero in front.
                    yield Finding(at, message, "put it in double quotes")


def _items(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, list):
        yield from (((*path, i), item) for i, item in enumerate(value))
    else:
        yield path, value


def _texts(
    value: Any, path: Path, form: re.Pattern[str], name: str, help: str
) -> Iterator[Finding]:
    if value == []:
        yield Finding(path, f"{name} is empty", help, at_key=True)
    for at, item in _items(value, path):
        if not isinstance(item, str):
            yield Finding(at, f"{name} must be text, is {kind(item)}", help)
        elif not form.fullmatch(item):
            what = "an action of DynamoDB" if form is _ACTION else "the ARN of a table"
            yield Finding(at, f"{quote(item)} is not {what}", help)


def _of_streams(given: dict[str, Any], path: Path) -> Iterator[Finding]:
    """A stream has a policy of its own, at its own ARN."""
    for at, item in _items(given.get("Action", []), (*path, "Action")):
        if isinstance(item, str) and item.removeprefix("dynamodb:") in _OF_STREAMS:
            yield Finding(
                at,
                f"{quote(item)} is an action of streams, which a table's policy does not take",
                "give it to the reader's role in IAM",
            )


def _repeated_sids(statements: list[Any], path: Path) -> Iterator[Finding]:
    seen: set[str] = set()
    for i, statement in enumerate(statements):
        sid = statement.get("Sid") if isinstance(statement, dict) else None
        if isinstance(sid, str) and sid in seen:
            message = f"the Sid {quote(sid)} stands twice"
            yield Finding((*path, i, "Sid"), message, "a Sid names one statement of the policy")
        seen.add(str(sid))


@rule("resource-policy", "resourcePolicy.policy", "region", "tableName", "metadata.name")
def policy_is_not_too_long(manifest: AwsDynamodb) -> Iterator[Finding]:
    """20 KB at most (DynamoDB quotas), the table's ARN in its places."""
    if manifest.spec.resource_policy is None:
        return
    text = policy_text(manifest.spec.resource_policy.policy)
    arn = f"arn:aws:dynamodb:{manifest.spec.region or 'eu-central-1'}:123456789012:table/"
    size = len(text.replace(TABLE_ARN, arn + manifest.table_name).encode(errors="surrogatepass"))
    if size > MAX_POLICY_BYTES:
        yield Finding(
            _POLICY,
            f"the policy has {size:,} bytes as JSON, at most {MAX_POLICY_BYTES:,} are allowed",
            "join statements, or give the rights to a role in IAM",
            at_key=True,
        )


POLICY_RULES = (policy_is_one, policy_is_not_too_long)
