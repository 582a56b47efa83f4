"""Checks resource policies: IAM's grammar, and DynamoDB's restrictions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planton.diagnostics.diagnostic import one_of, quote
from planton.dialects.contract import Contract
from planton.manifest.manifest import Manifest
from planton.manifest.rules.policy.kinds import (
    TABLE,
    TABLE_ARN,
    PolicyKind,
    in_a_request,
    wrong_placeholder,
)
from planton.manifest.rules.policy.places import OF_REPLICAS, OF_STREAM, OF_TABLE, PolicyPlace
from planton.manifest.rules.policy.values import is_unclear, leaves, meant, unclear, unknown_keys
from planton.manifest.rules.rule import Finding, Path, Rule, rule
from planton.manifest.value_problem import kind, not_as_text

_VERSIONS = ("2012-10-17", "2008-10-17")
_TOP = ("Version", "Id", "Statement")


def policy_text(document: dict[str, Any]) -> str:
    """The policy as JSON with sorted keys: their order does not change the policy."""
    import json  # imported here because most manifests have no policy

    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@rule("resource-policy", "resourcePolicy.policy", says=("region", "tableName"))
def table_policy_is_valid(manifest: Manifest) -> Iterator[Finding]:
    """IAM's grammar of a resource-based policy (IAM user guide, Grammar of the JSON policy
    language), with DynamoDB's actions and resources (PutResourcePolicy)."""
    yield from _invalid(manifest, OF_TABLE, _requested(manifest))


@rule("resource-policy", "streamResourcePolicy.policy")
def stream_policy_is_valid(manifest: Manifest) -> Iterator[Finding]:
    """The same grammar, with the actions and resources of a stream (PutResourcePolicy)."""
    yield from _invalid(manifest, OF_STREAM)


@rule("resource-policy", "replicas.resourcePolicy.policy", each=("replicas",))
def replica_policies_are_valid(manifest: Manifest) -> Iterator[Finding]:
    """A replica is a table of its region (Developer Guide, DynamoDB global tables security)."""
    yield from _invalid(manifest, OF_REPLICAS)


def _invalid(
    manifest: Manifest, place: PolicyPlace, of: PolicyKind | None = None
) -> Iterator[Finding]:
    for one in place.policies(manifest):
        yield from _problems(one.block.policy, (*one.path, "policy"), of or place.kind)


def _requested(manifest: Manifest) -> PolicyKind | None:
    """The kind of a request's policy; None for a manifest's."""
    if manifest.contract is not Contract.REQUEST:
        return None
    if manifest.placeholder:  # the region or the name may stand for an invalid one
        return in_a_request(None, "NAME")
    return in_a_request(manifest.region, manifest.table_name)


def _problems(document: dict[str, Any], path: Path, of: PolicyKind) -> Iterator[Finding]:
    yield from unclear(document, path)
    yield from unknown_keys(document, _TOP, path, "a policy")
    version = document.get("Version", _VERSIONS[0])
    if not is_unclear(version) and version not in _VERSIONS:
        shown = quote(version) if isinstance(version, str) else kind(version)
        message = f"{shown} is not one of {one_of(_VERSIONS)}"
        yield Finding((*path, "Version"), message, 'write "2012-10-17"')
    if not isinstance(identifier := document.get("Id", ""), str) and not is_unclear(identifier):
        yield Finding((*path, "Id"), f"Id must be a string, got {kind(document['Id'])}")
    yield from _statements(document, path, of)
    yield from _placeholders(document, path, of)


def _statements(document: dict[str, Any], policy: Path, of: PolicyKind) -> Iterator[Finding]:
    # Imported here because most manifests have no policy.
    from planton.manifest.rules.policy.statements import check_statement

    statements, path = document.get("Statement"), (*policy, "Statement")
    help = "add a list of one or more statements"
    match statements:
        case None:
            if "Statement" not in {*document, *meant(document, _TOP)}:
                yield Finding(policy, "Statement is required", help, at_key=True)
        case []:
            yield Finding(path, "Statement is empty", help, at_key=True)
        case dict():
            yield from check_statement(statements, path, of)
        case list():
            for i, statement in enumerate(statements):
                if isinstance(statement, dict):
                    yield from check_statement(statement, (*path, i), of)
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


def _placeholders(document: dict[str, Any], policy: Path, of: PolicyKind) -> Iterator[Finding]:
    """Checks conditions too: with a misspelled placeholder they would never match."""
    for path, text in leaves(document, policy):
        if isinstance(text, str) and (found := wrong_placeholder(text, of)):
            wrong, right = found
            if not of.placeholders:
                message = f"a request's policy has no placeholders, got {quote(wrong)}"
                if wrong == TABLE_ARN:
                    message = (
                        f"nothing replaces {wrong} in a request: ACK takes the policy as it is"
                    )
                yield Finding(path, message, of.resource_help)
            elif right in of.placeholders:
                what = "table" if right == TABLE.arn else "stream"
                message = f"{quote(wrong)} is not the placeholder for the {what}'s ARN"
                yield Finding(path, message, f"write {right}")
            else:
                message = f"{quote(wrong)} is not a placeholder in a {of.name}'s policy"
                yield Finding(path, message, f"write {of.arn}: a stream has its own policy")


POLICY_RULES: tuple[Rule, ...] = (
    table_policy_is_valid,
    stream_policy_is_valid,
    replica_policies_are_valid,
)
