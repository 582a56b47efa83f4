"""Models of keys and indexes."""

from typing import Annotated

from pydantic import Field

from planton.dialects.contract import Contract
from planton.manifest import types as t
from planton.manifest.base import Model
from planton.manifest.capacity import (
    Autoscaling,
    OptionalOnDemandThroughput,
    OptionalProvisionedThroughput,
    OptionalWarmThroughput,
)
from planton.manifest.enums import BillingMode, ProjectionType
from planton.manifest.facts import Facts


class AttributeDefinition(Model):
    """An attribute in the key of the table or of an index."""

    name: t.AttributeName = Field(description="Name of the attribute, 1 to 255 characters.")
    type: t.AnAttributeType = Field(description="S (String), N (Number) or B (Binary).")


class KeySchemaElement(Model):
    """One attribute of a key."""

    attribute_name: t.AttributeName = Field(description="An attribute of attributeDefinitions.")
    key_type: t.AKeyType = Field(description="HASH is the partition key, RANGE the sort key.")


class Projection(Model):
    """The attributes that an index holds besides the keys."""

    type: t.OptionalProjectionType = Field(
        None, description="ALL, KEYS_ONLY or INCLUDE; absent means ALL."
    )
    non_key_attributes: list[t.AttributeName] = Field(
        default=[], description="With INCLUDE: 1 to 20 further attributes."
    )

    @property
    def effective_type(self) -> ProjectionType:
        """The type, ALL if the manifest names none."""
        return self.type or ProjectionType.ALL


class GlobalSecondaryIndex(Model):
    """An index with its own key, over all partitions."""

    name: t.DynamoDBName = Field(description="Name of the index, 3 to 255 characters.")
    key_schema: list[KeySchemaElement] = Field(
        default=[],
        description="v1: one HASH, then at most one RANGE; v1alpha1: up to 4 HASH, then up to "
        "4 RANGE.",
    )
    projection: Projection | None = Field(
        None, description="Attributes that the index holds besides the keys; absent means all."
    )
    provisioned_throughput: OptionalProvisionedThroughput = Field(
        None, description="Capacity of the index; required with PROVISIONED, otherwise not allowed."
    )
    on_demand_throughput: OptionalOnDemandThroughput = Field(
        None, description="The maximum throughput of the index."
    )
    warm_throughput: OptionalWarmThroughput = Field(
        None, description="Throughput that the index can serve immediately."
    )
    autoscaling: Annotated[
        Autoscaling | None, Facts(since=None, only_with=BillingMode.PROVISIONED)
    ] = Field(None, description="Scaling of this index; absent means the table's.")


class LocalSecondaryIndex(Model):
    """An index with the table's partition key and another sort key. Cannot be changed later."""

    name: t.DynamoDBName = Field(description="Name of the index, 3 to 255 characters.")
    key_schema: list[KeySchemaElement] = Field(
        default=[], description="The table's HASH, then one RANGE; or set rangeKey."
    )
    range_key: Annotated[
        t.OptionalAttributeName,
        Facts(since=Contract.V1ALPHA1, not_in_request="its keySchema contains it"),
    ] = Field(None, description="The sort key, instead of keySchema.")
    projection: Projection | None = Field(
        None, description="Attributes that the index holds besides the keys; absent means all."
    )
