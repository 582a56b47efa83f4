"""Rules about a resource policy that denies too much: to its author, or to DynamoDB itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from planton.manifest.manifest import Manifest
from planton.manifest.rules.policy.statements import TABLE_ARN, is_everybody
from planton.manifest.rules.policy.values import items, leaves
from planton.manifest.rules.rule import Finding, Path, rule

REPLICATION_ROLE = "AWSServiceRoleForDynamoDBReplication"
_OF_REPLICATION = (
    *("DeleteItem", "DescribeTable", "GetItem", "PutItem", "Scan", "UpdateItem", "UpdateTable"),
    *("ReadDataForReplication", "WriteDataForReplication", "ReplicateSettings"),
)
"""Actions that the role needs (AWS managed policies, DynamoDBReplicationServiceRolePolicy, and the
Developer Guide, "DynamoDB global tables security")."""
_OF_POLICY = ("PutResourcePolicy",)
_TABLE = re.compile(rf"\*|(?:{re.escape(TABLE_ARN)}|arn:[^/]*:table/[^/]+)\*?")
"""Resources that include the table itself, not only its indexes."""
_NETWORK = re.compile(
    r"(?:String(?:Not(?:Equals|Like|EqualsIgnoreCase))|NotIpAddress|ArnNot(?:Equals|Like))"
    r"(?:IfExists)?",
    re.IGNORECASE,
)
_NETWORK_KEY = re.compile("aws:(?:Source(?:Ip|Vpc|VpcArn|Vpce)|VpcSourceIp)", re.IGNORECASE)
"""Negated operators and the keys of where a request comes from: DynamoDB's own requests come from
none of the networks that a policy names."""


def _denied(manifest: Manifest) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The statements that deny access to the table. Invalid ones are left out."""
    block = manifest.spec.resource_policy
    statements = block.policy.get("Statement") if block else None
    for at, statement in items(statements, ("spec", "resourcePolicy", "policy", "Statement")):
        if isinstance(statement, dict) and statement.get("Effect") == "Deny":
            resources = [item for _, item in items(statement.get("Resource"), ())]
            if any(_TABLE.fullmatch(str(resource)) for resource in resources):
                yield at, statement


def _denies(statement: dict[str, Any], actions: tuple[str, ...]) -> bool:
    """Whether one of the actions is denied."""
    listed = [str(item).lower() for _, item in items(statement.get("Action"), ())]
    spared = [str(item).lower() for _, item in items(statement.get("NotAction"), ())]
    names = [f"dynamodb:{action}".lower() for action in actions]
    if spared:
        return any(not any(fnmatchcase(name, item) for item in spared) for name in names)
    return any(fnmatchcase(name, item) for name in names for item in listed)


@rule("policy-locks-out", "resourcePolicy.policy", "resourcePolicy.confirmRemoveSelfResourceAccess")
def policy_keeps_its_author(manifest: Manifest) -> Iterator[Finding]:
    """AWS refuses a policy under which its author could not change it again, unless the request
    confirms it (PutResourcePolicy, ConfirmRemoveSelfResourceAccess)."""
    block = manifest.spec.resource_policy
    if block is None or block.confirm_remove_self_resource_access:
        return
    for path, statement in _denied(manifest):
        everybody = is_everybody(statement.get("Principal"))
        if everybody and "Condition" not in statement and _denies(statement, _OF_POLICY):
            yield Finding(
                path,
                "the statement prevents everybody, including you, from changing the policy again: "
                "AWS refuses such a policy",
                "add a Condition that spares your role (ArnNotEquals, aws:PrincipalArn), or set "
                "confirmRemoveSelfResourceAccess: true",
            )


@rule("policy-stops-replication", "resourcePolicy.policy", "replicas")
def policy_spares_replication(manifest: Manifest) -> Iterator[Finding]:
    """A denial that applies to DynamoDB's replication role stops replication, and after 20 hours
    the replica is a separate table (Developer Guide, global tables security).

    Only a denial of everybody is reported, with no condition or with conditions about the network:
    another one may spare the role.
    """
    if not manifest.spec.replicas:
        return
    for path, statement in _denied(manifest):
        if not _denies(statement, _OF_REPLICATION) or not _applies_to_role(statement):
            continue
        yield Finding(
            path,
            f"the statement also denies {REPLICATION_ROLE}, DynamoDB's own role: replication "
            "stops, and after 20 hours the replicas become separate tables",
            "add to its Condition: ArnNotLike: {aws:PrincipalArn: "
            f"'arn:aws:iam::*:role/aws-service-role/replication.dynamodb.amazonaws.com/"
            f"{REPLICATION_ROLE}'}}",
        )


def _applies_to_role(statement: dict[str, Any]) -> bool:
    """Whether the statement certainly applies to DynamoDB's role."""
    if "NotPrincipal" in statement:
        spared = (str(named) for _, named in leaves(statement["NotPrincipal"], ()))
        if any(REPLICATION_ROLE in named for named in spared):
            return False
    elif not is_everybody(statement.get("Principal")):
        return False
    condition = statement.get("Condition", {})
    return isinstance(condition, dict) and all(
        _NETWORK.fullmatch(operator)
        and isinstance(keys, dict)
        and all(_NETWORK_KEY.fullmatch(key) for key in keys)
        for operator, keys in condition.items()
    )


DENIAL_RULES = (policy_keeps_its_author, policy_spares_replication)
