"""Warns about ARNs in a request's policy that are not the table's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from planton.diagnostics.diagnostic import quote
from planton.dialects.contract import Contract
from planton.manifest.manifest import Manifest
from planton.manifest.rules.policy.kinds import in_a_request
from planton.manifest.rules.policy.places import OF_TABLE
from planton.manifest.rules.policy.values import items
from planton.manifest.rules.rule import Finding, Rule, rule

_ARN = re.compile("arn:[^:]*:dynamodb:(?P<region>[^:]*):[^:]*:table/(?P<table>[^/]*)(?:/.*)?")


@rule("policy-other-table", "resourcePolicy.policy", "region", "tableName")
def requested_policy_names_its_table(manifest: Manifest) -> Iterator[Finding]:
    """A statement applies only to ARNs that match the table's (Developer Guide, resource-based
    policy examples). Only a request has to write them out."""
    if manifest.contract is not Contract.REQUEST:
        return
    own = {"region": manifest.region, "table": manifest.table_name}
    help = in_a_request(manifest.region, manifest.table_name).resource_help
    for one in OF_TABLE.policies(manifest):
        statements = one.block.policy.get("Statement")
        for at, statement in items(statements, (*one.path, "policy", "Statement")):
            resources = statement.get("Resource") if isinstance(statement, dict) else None
            for path, resource in items(resources, (*at, "Resource")):
                found = _ARN.fullmatch(str(resource))
                named = found.groupdict() if found else {}
                if wrong := [part for part in named if not _matches(own[part], named[part])]:
                    shown = " and ".join(f"{part} {quote(own[part])}" for part in wrong)
                    message = f"the policy applies to {shown}, not to {quote(resource)}"
                    yield Finding(path, message, help)


def _matches(value: str | None, pattern: str) -> bool:
    """Whether a part of the table's ARN, if it is known, matches a part of another."""
    return value is None or fnmatchcase(value, pattern.replace("[", "[[]"))


REQUESTED_RULES: tuple[Rule, ...] = (requested_policy_names_its_table,)
