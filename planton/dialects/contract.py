"""The versions of the manifest's contract, and their different requirements."""

from __future__ import annotations

from enum import Enum

KIND = "AwsDynamodb"
REQUEST_KIND = "DynamoDBRequest"
LIST_KIND = "List"
"""The kind that kubectl uses for a list of objects."""


class Contract(str, Enum):
    """A version of the contract. Each accepts the fields of all versions; a few rules differ."""

    V1 = "v1"
    V1ALPHA1 = "v1alpha1"
    FLAT = "flat"
    """The flat shape of 2024: ungrouped fields, and hashKey and rangeKey instead of keySchema."""
    REQUEST = "request"
    """A request of an application team to a Kratix platform, with its own kind."""

    @property
    def demands_billing_mode(self) -> bool:
        """v1 has no default; in the others absent means PROVISIONED, as for CreateTable."""
        return self is Contract.V1

    @property
    def demands_projection(self) -> bool:
        """In v1 and requests a missing projection means ALL; the others, like CreateTable, have no
        default."""
        return self not in (Contract.V1, Contract.REQUEST)

    @property
    def names_sort_keys(self) -> bool:
        """Whether a local index has only a rangeKey; in the others it has a keySchema."""
        return self in (Contract.V1ALPHA1, Contract.FLAT)

    @property
    def demands_region(self) -> bool:
        """v1alpha1 and requests have no default; the others use the provider's region."""
        return self in (Contract.V1ALPHA1, Contract.REQUEST)


API_VERSIONS = {
    "aws.project-planton.org/v1": Contract.V1,
    "aws.openmcf.org/v1": Contract.V1,
    "aws.planton.dev/v1": Contract.V1,
    "aws.planton.dev/v1alpha1": Contract.V1ALPHA1,
    "code2cloud.planton.cloud/v1": Contract.FLAT,
}
"""Every supported apiVersion of a manifest, the preferred one first."""

REQUEST_API_VERSIONS = {"dynamodb.kratix.io/v1alpha1": Contract.REQUEST}
"""Every supported apiVersion of a request."""
