"""Facts about a field that other rooms need. They stand at the field, in its annotation:

    tags: Annotated[dict[str, str], Facts(since=None)] = Field(…)

Pydantic ignores them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from pydantic.fields import FieldInfo

from planton.dialects.contract import Contract
from planton.manifest.enums import BillingMode

ControlPlane = Literal["ack", "crossplane"]
"""A control plane; kro uses the objects of ACK."""


class Unsupported(NamedTuple):
    """The message and help of the warning about a field that a control plane does not have. `{}`
    in the message stands for the field's value."""

    message: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts about one field."""

    since: Contract | None = Contract.V1
    """The first version of the contract with the field; None if only this program has it."""
    block: str = ""
    """The block that replaces this boolean since v1alpha1, as its field `enabled`."""
    only_with: str | BillingMode = ""
    """The boolean beside the field, or the billing mode of the table, without which it is not
    allowed. A rule checks that; the schema and the API of requests follow from this."""
    fixed: bool = False
    """Whether the field cannot change after the table is created."""
    absent_means: object = None
    """The value that AWS uses if the field is absent."""
    example: object = None
    """A value for the documentation."""
    request: str = ""
    """Its name in a request, if that differs."""
    not_in_request: str | Unsupported = ""
    """Why no request has the field, and what to do instead. A request never has what ACK does not
    have, for the reason that the warning states."""
    label: str = ""
    """What `planton plan` calls the field. `{}` stands for its value."""
    on: str = "on"
    """What `planton plan` says of a boolean that is true."""
    ack: Unsupported | None = None
    crossplane: Unsupported | None = None

    def is_of(self, contract: Contract) -> bool:
        """Whether a version of the contract has the field."""
        return self.since is Contract.V1 or self.since is contract

    def unsupported(self, by: ControlPlane) -> Unsupported | None:
        """The warning about the field, if the control plane does not have it."""
        return self.ack if by == "ack" else self.crossplane


_NONE = Facts()


def facts(field: FieldInfo) -> Facts:
    """The facts about a field of a model."""
    return next((fact for fact in field.metadata if isinstance(fact, Facts)), _NONE)
