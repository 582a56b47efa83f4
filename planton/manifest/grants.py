"""What the grants of a manifest become: policies of IAM roles, or statements of the table's own
policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from planton.manifest.access_documents import Document, table_statements
from planton.manifest.enums import AccessRole
from planton.manifest.principals import Principal, parse_principal
from planton.manifest.rules.policy.actions import ACROSS_ACCOUNTS
from planton.manifest.rules.policy.statements import TABLE_ARN

Granted = tuple[AccessRole, Principal]


def granted(grants: Iterable[tuple[AccessRole, str]]) -> tuple[Granted, ...]:
    """The grants with their principals parsed."""
    return tuple((role, parse_principal(arn)) for role, arn in grants)


def to_own_account(grants: Iterable[Granted], account: str | None) -> tuple[Granted, ...]:
    """The grants to roles that are certainly in the table's account."""
    return tuple(one for one in grants if one[1].is_of_other_account(account) is False)


def to_other_accounts(grants: Iterable[Granted], account: str | None) -> tuple[Granted, ...]:
    """The grants to principals that are certainly in another account."""
    return tuple(one for one in grants if one[1].is_of_other_account(account))


def with_grants(
    document: Document | None, grants: Iterable[Granted], *, has_indexes: bool
) -> Document:
    """The table's policy with statements for the grants to other accounts after its own.

    A role has the same statements whoever gets it, so that a further principal is one more line.
    """
    merged = dict(document or {"Version": "2012-10-17"})
    own = merged.get("Statement", [])
    own = list(own) if isinstance(own, list) else [own]
    merged["Statement"] = own + list(_statements(own, tuple(grants), has_indexes))
    return merged


def _statements(
    own: list[Any], grants: tuple[Granted, ...], has_indexes: bool
) -> Iterator[Document]:
    taken = {one.get("Sid") for one in own if isinstance(one, dict)}
    for role in AccessRole:
        principals = sorted({principal.arn for granted, principal in grants if granted is role})
        if not principals:
            continue
        for statement in table_statements(role, [TABLE_ARN], has_indexes=has_indexes):
            actions = [one for one in statement["Action"] if _is_accepted(one)]
            if actions:
                sid = _free(
                    f"Grant{role.value[:1].upper()}{role.value[1:]}{statement['Sid']}", taken
                )
                taken.add(sid)
                principal = {"AWS": principals}
                yield {**statement, "Sid": sid, "Action": actions, "Principal": principal}


def _is_accepted(action: str) -> bool:
    """Whether a table's policy can allow the action to another account."""
    return action.partition(":")[2] in ACROSS_ACCOUNTS


def _free(sid: str, taken: Iterable[Any]) -> str:
    """The Sid, with a number if the manifest's own policy uses it."""
    used, number, free = set(taken), 1, sid
    while free in used:
        number += 1
        free = f"{sid}{number}"
    return free
