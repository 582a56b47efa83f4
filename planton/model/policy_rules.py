"""The table's resource policy held against IAM's grammar, and against what DynamoDB takes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from planton.diagnostics import one_of, quote
from planton.model.policy_values import is_unclear, leaves, meant, unclear, unknown_keys
from planton.model.rule import Finding, Path, rule
from planton.model.spec import AwsDynamodb
from planton.model.statement_rules import TABLE_ARN as TABLE_ARN
from planton.model.statement_rules import misspelt, statement
from planton.model.types import kind

MAX_POLICY_BYTES = 20 * 1024
"""Size of a policy in bytes (DynamoDB quotas, resource-based policies)."""

POLICY: Path = ("spec", "resourcePolicy", "policy")
_VERSIONS = ("2012-10-17", "2008-10-17")
_TOP = ("Version", "Id", "Statement")
_USUAL_REGION = "eu-central-1"
"""Where the manifest names none, the size is that in a region with a name of this length."""


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
    yield from unclear(document, POLICY)
    yield from unknown_keys(document, _TOP, POLICY, "a policy")
    version = document.get("Version", _VERSIONS[0])
    if not is_unclear(version) and version not in _VERSIONS:
        shown = quote(version) if isinstance(version, str) else kind(version)
        message = f"{shown} is not one of {one_of(_VERSIONS)}"
        yield Finding((*POLICY, "Version"), message, 'write "2012-10-17"')
    if not isinstance(identifier := document.get("Id", ""), str) and not is_unclear(identifier):
        yield Finding((*POLICY, "Id"), f"Id must be text, is {kind(document['Id'])}")
    yield from _statements(document)
    yield from _placeholders(document)


def _statements(document: dict[str, Any]) -> Iterator[Finding]:
    statements, path = document.get("Statement"), (*POLICY, "Statement")
    help = "add a list with one statement or more"
    match statements:
        case None:
            if "Statement" not in {*document, *meant(document, _TOP)}:
                yield Finding(POLICY, "Statement must be given", help, at_key=True)
        case []:
            yield Finding(path, "Statement is empty", help, at_key=True)
        case dict():
            yield from statement(statements, path)
        case list():
            for i, given in enumerate(statements):
                if isinstance(given, dict):
                    yield from statement(given, (*path, i))
                elif not is_unclear(given):
                    message = f"a statement must be a mapping, is {kind(given)}"
                    yield Finding((*path, i), message)
            yield from _repeated_sids(statements, path)
        case _:
            yield Finding(path, f"Statement must be a list, is {kind(statements)}")


def _repeated_sids(statements: list[Any], path: Path) -> Iterator[Finding]:
    seen: set[str] = set()
    for i, given in enumerate(statements):
        sid = given.get("Sid") if isinstance(given, dict) else None
        if not sid or not isinstance(sid, str):
            continue
        if sid in seen:
            message = f"the Sid {quote(sid)} stands twice"
            yield Finding((*path, i, "Sid"), message, "a Sid names one statement of the policy")
        seen.add(sid)


def _placeholders(document: dict[str, Any]) -> Iterator[Finding]:
    """In conditions too: what is not replaced there would never be fulfilled."""
    for path, text in leaves(document, POLICY):
        if isinstance(text, str) and (wrong := misspelt(text)):
            message = f"{quote(wrong)} does not stand for the table's ARN"
            yield Finding(path, message, f"write {TABLE_ARN}")


@rule("resource-policy", "resourcePolicy.policy", "region", "tableName", "metadata.name")
def policy_is_not_too_long(manifest: AwsDynamodb) -> Iterator[Finding]:
    """20 KB at most (DynamoDB quotas), the table's ARN in its places."""
    if manifest.spec.resource_policy is None:
        return
    text = policy_text(manifest.spec.resource_policy.policy)
    arn = f"arn:aws:dynamodb:{manifest.region or _USUAL_REGION}:123456789012:table/"
    size = len(text.encode(errors="surrogatepass"))
    size += text.count(TABLE_ARN) * (len(arn + manifest.table_name) - len(TABLE_ARN))
    if size > MAX_POLICY_BYTES:
        yield Finding(
            POLICY,
            f"the policy has {size:,} bytes as JSON, at most {MAX_POLICY_BYTES:,} are allowed",
            "join statements, or give the rights to a role in IAM",
            at_key=True,
        )


POLICY_RULES = (policy_is_one, policy_is_not_too_long)
