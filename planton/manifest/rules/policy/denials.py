"""Rules about resource policies that deny too much: to their author, or to DynamoDB itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from planton.dialects.contract import Contract
from planton.manifest.manifest import Manifest
from planton.manifest.rules.policy.places import (
    OF_REPLICAS,
    OF_STREAM,
    OF_TABLE,
    PlacedPolicy,
    PolicyPlace,
)
from planton.manifest.rules.policy.values import is_everybody, items, leaves
from planton.manifest.rules.rule import Finding, Path, Rule, rule

REPLICATION_ROLE = "AWSServiceRoleForDynamoDBReplication"
_OF_POLICY = ("PutResourcePolicy",)
_NETWORK = re.compile(
    r"(?:String(?:Not(?:Equals|Like|EqualsIgnoreCase))|NotIpAddress|ArnNot(?:Equals|Like))"
    r"(?:IfExists)?",
    re.IGNORECASE,
)
_NETWORK_KEY = re.compile("aws:(?:Source(?:Ip|Vpc|VpcArn|Vpce)|VpcSourceIp)", re.IGNORECASE)
"""Negated operators and the keys of where a request comes from: DynamoDB's own requests come from
none of the networks that a policy names."""


def _denied(policy: PlacedPolicy, place: PolicyPlace) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The statements that deny access to the table or stream itself. Invalid ones are left out."""
    statements = policy.block.policy.get("Statement")
    for at, statement in items(statements, (*policy.path, "policy", "Statement")):
        if isinstance(statement, dict) and statement.get("Effect") == "Deny":
            resources = [item for _, item in items(statement.get("Resource"), ())]
            if any(place.kind.itself.fullmatch(str(resource)) for resource in resources):
                yield at, statement


def _denies(statement: dict[str, Any], actions: tuple[str, ...]) -> bool:
    """Whether one of the actions is denied."""
    listed = [str(item).lower() for _, item in items(statement.get("Action"), ())]
    spared = [str(item).lower() for _, item in items(statement.get("NotAction"), ())]
    names = [f"dynamodb:{action}".lower() for action in actions]
    if spared:
        return any(not any(fnmatchcase(name, item) for item in spared) for name in names)
    return any(fnmatchcase(name, item) for name in names for item in listed)


_CONFIRMED = "confirmRemoveSelfResourceAccess"


@rule("policy-locks-out", "resourcePolicy.policy", f"resourcePolicy.{_CONFIRMED}")
def table_policy_keeps_its_author(manifest: Manifest) -> Iterator[Finding]:
    """AWS refuses a policy under which its author could not change it again, unless the request
    confirms it (PutResourcePolicy, ConfirmRemoveSelfResourceAccess)."""
    yield from _lock_outs(manifest, OF_TABLE)


@rule("policy-locks-out", "streamResourcePolicy.policy", f"streamResourcePolicy.{_CONFIRMED}")
def stream_policy_keeps_its_author(manifest: Manifest) -> Iterator[Finding]:
    """The same of a stream (PutResourcePolicy, ConfirmRemoveSelfResourceAccess)."""
    yield from _lock_outs(manifest, OF_STREAM)


@rule(
    "policy-locks-out",
    "replicas.resourcePolicy.policy",
    f"replicas.resourcePolicy.{_CONFIRMED}",
    each=("replicas",),
)
def replica_policies_keep_their_author(manifest: Manifest) -> Iterator[Finding]:
    """The same of a replica (PutResourcePolicy, ConfirmRemoveSelfResourceAccess)."""
    yield from _lock_outs(manifest, OF_REPLICAS)


_SPARE = "add a Condition that spares {} role (ArnNotEquals, aws:PrincipalArn)"


def _lock_outs(manifest: Manifest, place: PolicyPlace) -> Iterator[Finding]:
    # A request cannot confirm it, and its policy is written by the controller.
    requested = manifest.contract is Contract.REQUEST
    author = "the ACK controller" if requested else "you"
    spare = _SPARE.format("the controller's" if requested else "your")
    for policy in place.policies(manifest):
        if policy.block.confirm_remove_self_resource_access:
            continue
        for path, statement in _denied(policy, place):
            everybody = is_everybody(statement.get("Principal"))
            if everybody and "Condition" not in statement and _denies(statement, _OF_POLICY):
                yield Finding(
                    path,
                    f"the statement prevents everybody, including {author}, from changing the "
                    "policy again: AWS refuses such a policy",
                    spare if requested else f"{spare}, or set {_CONFIRMED}: true",
                )


@rule("policy-stops-replication", "resourcePolicy.policy", "replicas")
def table_policy_spares_replication(manifest: Manifest) -> Iterator[Finding]:
    """A denial that applies to DynamoDB's replication role stops replication, and after 20 hours
    the replica is a separate table (Developer Guide, global tables security)."""
    yield from _stopped_replication(manifest, OF_TABLE)


@rule("policy-stops-replication", "streamResourcePolicy.policy", "replicas")
def stream_policy_spares_replication(manifest: Manifest) -> Iterator[Finding]:
    """The role reads the stream, too (AWS managed policies,
    DynamoDBReplicationServiceRolePolicy)."""
    yield from _stopped_replication(manifest, OF_STREAM)


@rule("policy-stops-replication", "replicas.resourcePolicy.policy", each=("replicas",))
def replica_policies_spare_replication(manifest: Manifest) -> Iterator[Finding]:
    """The role writes to every replica (Developer Guide, global tables security)."""
    yield from _stopped_replication(manifest, OF_REPLICAS)


def _stopped_replication(manifest: Manifest, place: PolicyPlace) -> Iterator[Finding]:
    """Only a denial of everybody is reported, with no condition or with conditions about the
    network: another one may spare the role."""
    if not manifest.spec.replicas:
        return
    for policy in place.policies(manifest):
        for path, statement in _denied(policy, place):
            if _denies(statement, place.kind.replication) and _applies_to_role(statement):
                yield Finding(
                    path,
                    f"the statement also denies {REPLICATION_ROLE}, DynamoDB's own role: "
                    "replication stops, and after 20 hours the replicas become separate tables",
                    "add to its Condition: ArnNotLike: {aws:PrincipalArn: "
                    "'arn:aws:iam::*:role/aws-service-role/replication.dynamodb.amazonaws.com/"
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


DENIAL_RULES: tuple[Rule, ...] = (
    table_policy_keeps_its_author,
    stream_policy_keeps_its_author,
    replica_policies_keep_their_author,
    table_policy_spares_replication,
    stream_policy_spares_replication,
    replica_policies_spare_replication,
)
