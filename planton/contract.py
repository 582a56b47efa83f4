"""The versions of the manifest's contract, and where they differ in what they demand."""

from __future__ import annotations

from enum import Enum

KIND = "AwsDynamodb"
REQUEST_KIND = "DynamoDBRequest"
LIST_KIND = "List"
"""What kubectl writes around several objects."""


class Contract(str, Enum):
    """A version of the contract. Fields of all versions are read in each; a few rules differ."""

    V1 = "v1"
    V1ALPHA1 = "v1alpha1"
    FLAT = "flat"
    """The shape of 2024: one level, keys named by themselves, no list of key elements."""
    REQUEST = "request"
    """What application teams ask a Kratix platform for: a kind of its own."""

    @property
    def demands_billing_mode(self) -> bool:
        """v1 has no default; elsewhere absent means PROVISIONED, as for CreateTable."""
        return self is Contract.V1

    @property
    def demands_projection(self) -> bool:
        """v1 and requests read a missing projection as ALL; CreateTable, and so the others, has no
        default."""
        return self not in (Contract.V1, Contract.REQUEST)

    @property
    def names_sort_keys(self) -> bool:
        """Whether a local index names its sort key alone, as rangeKey; elsewhere it has a list."""
        return self in (Contract.V1ALPHA1, Contract.FLAT)

    @property
    def demands_region(self) -> bool:
        """v1alpha1 and requests have no default; elsewhere the region is the provider's."""
        return self in (Contract.V1ALPHA1, Contract.REQUEST)


API_VERSIONS = {
    "aws.project-planton.org/v1": Contract.V1,
    "aws.openmcf.org/v1": Contract.V1,
    "aws.planton.dev/v1": Contract.V1,
    "aws.planton.dev/v1alpha1": Contract.V1ALPHA1,
    "code2cloud.planton.cloud/v1": Contract.FLAT,
}
"""Every apiVersion of a manifest that is read, today's first choice first."""

REQUEST_API_VERSIONS = {"dynamodb.kratix.io/v1alpha1": Contract.REQUEST}
"""The same of a request."""
