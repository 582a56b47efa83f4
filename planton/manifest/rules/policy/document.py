"""Checks the table's resource policy: IAM's grammar, and DynamoDB's restrictions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from planton.diagnostics.diagnostic import one_of, quote
from planton.manifest.grants import granted, to_other_accounts, with_grants
from planton.manifest.manifest import Manifest
from planton.manifest.rules.policy.statements import TABLE_ARN as TABLE_ARN
from planton.manifest.rules.policy.statements import check_statement, misspelt
from planton.manifest.rules.policy.values import is_unclear, leaves, meant, unclear, unknown_keys
from planton.manifest.rules.rule import Finding, Path, Rule, rule
from planton.manifest.value_problem import kind, not_as_text

MAX_POLICY_BYTES = 20 * 1024
"""Size of a policy in bytes (DynamoDB quotas, resource-based policies)."""

POLICY: Path = ("spec", "resourcePolicy", "policy")
_VERSIONS = ("2012-10-17", "2008-10-17")
_TOP = ("Version", "Id", "Statement")
USUAL_REGION = "eu-central-1"
"""Its length counts in sizes if the manifest names no region."""


def policy_text(document: dict[str, Any]) -> str:
    """The policy as JSON with sorted keys: their order does not change the policy."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@rule("resource-policy", "resourcePolicy.policy")
def policy_is_valid(manifest: Manifest) -> Iterator[Finding]:
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
        yield Finding((*POLICY, "Id"), f"Id must be a string, got {kind(document['Id'])}")
    yield from _statements(document)
    yield from _placeholders(document)


def _statements(document: dict[str, Any]) -> Iterator[Finding]:
    statements, path = document.get("Statement"), (*POLICY, "Statement")
    help = "add a list of one or more statements"
    match statements:
        case None:
            if "Statement" not in {*document, *meant(document, _TOP)}:
                yield Finding(POLICY, "Statement is required", help, at_key=True)
        case []:
            yield Finding(path, "Statement is empty", help, at_key=True)
        case dict():
            yield from check_statement(statements, path)
        case list():
            for i, statement in enumerate(statements):
                if isinstance(statement, dict):
                    yield from check_statement(statement, (*path, i))
                elif not is_unclear(statement):
                    message = f"a statement must be a mapping, got {kind(statement)}"
                    yield Finding((*path, i), message, not_as_text(statement, "a mapping"))
            yield from _repeated_sids(statements, path)
        case _:
            help = not_as_text(statements, "a list") or not_as_text(statements, "a mapping")
            yield Finding(path, f"Statement must be a list, got {kind(statements)}", help)


def _repeated_sids(statements: list[Any], path: Path) -> Iterator[Finding]:
    seen: set[str] = set()
    for i, statement in enumerate(statements):
        sid = statement.get("Sid") if isinstance(statement, dict) else None
        if not sid or not isinstance(sid, str):
            continue
        if sid in seen:
            message = f"the Sid {quote(sid)} is used twice"
            yield Finding((*path, i, "Sid"), message, "use each Sid for one statement only")
        seen.add(sid)


def _placeholders(document: dict[str, Any]) -> Iterator[Finding]:
    """Checks conditions too: with a misspelled placeholder they would never match."""
    for path, text in leaves(document, POLICY):
        if isinstance(text, str) and (wrong := misspelt(text)):
            message = f"{quote(wrong)} is not the placeholder for the table's ARN"
            yield Finding(path, message, f"write {TABLE_ARN}")


@rule(
    "resource-policy",
    "resourcePolicy.policy",
    "grants.role",
    "grants.principal",
    "globalSecondaryIndexes",
    "localSecondaryIndexes",
    "region",
    "tableName",
    "metadata.name",
)
def policy_size(manifest: Manifest) -> Iterator[Finding]:
    """A policy has at most 20 KB (DynamoDB quotas), after the table's ARN is inserted and the
    grants to other accounts are added."""
    spec = manifest.spec
    own = spec.resource_policy.policy if spec.resource_policy else None
    pairs = granted((grant.role, grant.principal) for grant in spec.grants)
    grants = to_other_accounts(pairs, manifest.place.account_id)
    if own is None and not grants:
        return
    size = _size(own or {}, manifest)
    whole = (
        _size(with_grants(own, grants, has_indexes=spec.has_indexes), manifest) if grants else size
    )
    if whole > MAX_POLICY_BYTES:
        got = f"{whole:,}"
        if own and grants:
            got += f", {whole - size:,} of them for the grants to other accounts"
        yield Finding(
            POLICY if own else ("spec", "grants"),
            f"the policy must have at most {MAX_POLICY_BYTES:,} bytes as JSON, got {got}",
            "merge statements, or grant the permissions to an IAM role",
            at_key=True,
        )


def _size(document: dict[str, Any], manifest: Manifest) -> int:
    text = policy_text(document)
    arn = f"arn:aws:dynamodb:{manifest.region or USUAL_REGION}:123456789012:table/"
    size = len(text.encode(errors="surrogatepass"))
    return size + text.count(TABLE_ARN) * (len(arn + manifest.table_name) - len(TABLE_ARN))


POLICY_RULES: tuple[Rule, ...] = (policy_is_valid, policy_size)
