"""What the grants of a manifest become: policies of IAM roles, or statements of the policies of the
table and of its stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from planton.manifest.access_documents import Document, table_statements
from planton.manifest.enums import AccessRole
from planton.manifest.principals import Principal, parse_principal
from planton.manifest.rules.policy.actions import ACROSS_ACCOUNTS, STREAM_ACROSS_ACCOUNTS
from planton.manifest.rules.policy.kinds import STREAM_ARN, TABLE_ARN

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


def reads_stream(grant: Granted) -> bool:
    """Whether the grant is about the table's stream, which has its own policy, and not about the
    table."""
    return grant[0] is AccessRole.STREAM_CONSUMER


def with_grants(
    document: Document | None, grants: Iterable[Granted], *, has_indexes: bool
) -> Document | None:
    """The table's policy with statements for the grants to other accounts after its own; None if
    there are neither.

    A role has the same statements whoever gets it, so that a further principal is one more line.
    """
    grants = tuple(one for one in grants if not reads_stream(one))

    def statements(role: AccessRole) -> Iterator[Document]:
        return table_statements(role, [TABLE_ARN], has_indexes=has_indexes)

    return _merged(document, grants, statements, ACROSS_ACCOUNTS)


def with_stream_grants(document: Document | None, grants: Iterable[Granted]) -> Document | None:
    """The policy of the table's stream with a statement for the grants to read it; None if there
    are neither."""
    grants = tuple(one for one in grants if reads_stream(one))
    return _merged(document, grants, _of_stream, STREAM_ACROSS_ACCOUNTS)


def _of_stream(role: AccessRole) -> Iterator[Document]:
    """The role's statements, about this stream alone: a later one has its own policy."""
    for statement in table_statements(role, [TABLE_ARN], has_indexes=False):
        yield {**statement, "Resource": [STREAM_ARN]}


def _merged(
    document: Document | None,
    grants: tuple[Granted, ...],
    statements: Callable[[AccessRole], Iterator[Document]],
    accepted: tuple[str, ...],
) -> Document | None:
    if not grants:
        return document
    merged = dict(document or {"Version": "2012-10-17"})
    own = merged.get("Statement", [])
    own = list(own) if isinstance(own, list) else [own]
    merged["Statement"] = own + list(_added(own, grants, statements, accepted))
    return merged


def _added(
    own: list[Any],
    grants: tuple[Granted, ...],
    statements: Callable[[AccessRole], Iterator[Document]],
    accepted: tuple[str, ...],
) -> Iterator[Document]:
    """Without the actions that a policy cannot allow another account."""
    # A Sid that is no string is reported by the rule about the grammar.
    taken = {sid for one in own if isinstance(one, dict) and isinstance(sid := one.get("Sid"), str)}
    for role in AccessRole:
        principals = sorted({principal.arn for granted, principal in grants if granted is role})
        if not principals:
            continue
        for statement in statements(role):
            actions = [one for one in statement["Action"] if one.partition(":")[2] in accepted]
            if actions:
                sid = _free(
                    f"Grant{role.value[:1].upper()}{role.value[1:]}{statement['Sid']}", taken
                )
                taken.add(sid)
                principal = {"AWS": principals}
                yield {**statement, "Sid": sid, "Action": actions, "Principal": principal}


def _free(sid: str, taken: Iterable[Any]) -> str:
    """The Sid, with a number if the manifest's own policy uses it."""
    used, number, free = set(taken), 1, sid
    while free in used:
        number += 1
        free = f"{sid}{number}"
    return free
