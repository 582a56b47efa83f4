"""Decides about access to the table: IAM policies, their attachments, and the policies of the table
and of its stream."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from planton.manifest.access_documents import (
    MAX_POLICY_NAME,
    Document,
    Member,
    policy_name,
    replica_arn,
    role_document,
)
from planton.manifest.enums import AccessRole
from planton.manifest.grants import (
    granted,
    to_other_accounts,
    to_own_account,
    with_grants,
    with_stream_grants,
)
from planton.manifest.rules.policy.document import policy_text
from planton.manifest.rules.policy.kinds import TABLE_ARN
from planton.plan.logical_names import access_policy_name, attachment_name
from planton.plan.table_plan import PolicyPlan, TablePlan


@dataclass(frozen=True)
class AccessPolicyPlan:
    """The IAM policy of a role. In its text, what stands for the table's ARN and those of its
    replicas is to be replaced (`with_table_arn`)."""

    role: AccessRole
    logical_name: str
    name: str
    text: str


@dataclass(frozen=True)
class AttachmentPlan:
    """The attachment of a role's policy to an IAM role of the table's account."""

    role: AccessRole
    logical_name: str
    iam_role: str


@dataclass(frozen=True)
class AccessPlan:
    """What a stack creates for access to the table, which depends on its account, its region and
    the stack's name."""

    documents: tuple[tuple[AccessRole, str], ...]
    policies: tuple[AccessPolicyPlan, ...]
    attachments: tuple[AttachmentPlan, ...]
    table_policy: PolicyPlan | None
    stream_policy: PolicyPlan | None


def plan_access(plan: TablePlan, *, account_id: str | None, region: str, stack: str) -> AccessPlan:
    """The access that a plan asks for. A plan with grants needs the account."""
    documents = dict(_documents(plan))
    grants = granted(plan.grants)
    own, others = to_own_account(grants, account_id), to_other_accounts(grants, account_id)
    needed = {*plan.access_policies, *(role for role, _ in own)}
    return AccessPlan(
        documents=tuple(documents.items()),
        policies=tuple(
            AccessPolicyPlan(
                role,
                access_policy_name(plan.logical_name, role.value),
                policy_name(plan.table_name, region, stack, role),
                documents[role],
            )
            for role in AccessRole
            if role in needed
        ),
        attachments=tuple(
            AttachmentPlan(
                role,
                attachment_name(access_policy_name(plan.logical_name, role.value), principal.name),
                principal.name,
            )
            for role, principal in own
        ),
        table_policy=_with_grants(
            plan.policy, lambda own: with_grants(own, others, has_indexes=plan.has_indexes)
        ),
        stream_policy=_with_grants(plan.stream_policy, lambda own: with_stream_grants(own, others)),
    )


def _documents(plan: TablePlan) -> Iterator[tuple[AccessRole, str]]:
    members = [
        Member(TABLE_ARN, plan.encryption.kms_key_arn),
        *(Member(replica_arn(one.region), one.kms_key_arn) for one in plan.replicas),
    ]
    for role in AccessRole:
        if role is not AccessRole.STREAM_CONSUMER or plan.stream_view_type:
            document = role_document(role, members, has_indexes=plan.has_indexes)
            yield role, policy_text(document)


def _with_grants(
    policy: PolicyPlan | None, merge: Callable[[Document | None], Document | None]
) -> PolicyPlan | None:
    """The manifest's policy with what `merge` adds to its document; None if there is nothing."""
    merged = merge(json.loads(policy.text) if policy else None)
    if merged is None:
        return None
    return PolicyPlan(policy_text(merged), bool(policy and policy.confirm_remove_self_access))


def refusal_of_names(access: AccessPlan) -> str:
    """Why IAM would refuse the name of a policy, of which the stack's name is a part; empty if it
    would not. All characters of tables', regions' and stacks' names are allowed in it."""
    for policy in access.policies:
        if (over := len(policy.name) - MAX_POLICY_NAME) > 0:
            return (
                f"the IAM policy of {policy.role.value} would be called '{policy.name}', and IAM "
                f"allows {MAX_POLICY_NAME} characters\n"
                f"  fix: use a name for the stack or the table that is {over} characters shorter"
            )
    return ""
