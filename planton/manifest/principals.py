"""Who is named by the ARN of a grant, and whether the table's account is theirs."""

from __future__ import annotations

from typing import Literal, NamedTuple, cast

_PROTECTED = ("aws-service-role/", "aws-reserved/")
"""The paths of roles that only AWS changes: service-linked roles, and those of IAM Identity Center
(IAM user guide, IAM identifiers)."""


class Principal(NamedTuple):
    """An IAM role or user, or a whole account; `path` ends in a slash or is empty."""

    arn: str
    partition: str
    account: str
    kind: Literal["role", "user", "root"]
    path: str = ""
    name: str = ""

    @property
    def is_protected(self) -> bool:
        """Whether only AWS may attach policies to the role."""
        return self.kind == "role" and self.path.startswith(_PROTECTED)

    @property
    def identity(self) -> tuple[str, str, str]:
        """The same for two ARNs of one principal: names are unique in an account, whatever their
        path."""
        return self.account, self.kind, self.name.lower()

    def is_of_other_account(self, account: str | None) -> bool | None:
        """Whether the table is in another account; None if that is unknown.

        In the table's own account only roles are allowed, so a user or an account whose manifest
        is valid is another one.
        """
        if account is None:
            return None if self.kind == "role" else True
        return self.account != account


def parse_principal(arn: str) -> Principal:
    """The principal of an ARN that the manifest's type accepts."""
    _, partition, _, _, account, resource = arn.split(":", 5)
    kind, _, rest = resource.partition("/")
    path, slash, name = rest.rpartition("/")
    known = cast("Literal['role', 'user', 'root']", kind)
    return Principal(arn, partition, account, known, path + slash, name)
