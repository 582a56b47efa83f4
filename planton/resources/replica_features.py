"""What a replica has for itself: contributor insights, a Kinesis destination, tags.

Where the replica is recreated for another key, AWS deletes all of it with the old replica. The
engine sees no change in it then, so the key is its replacement trigger.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pulumi
from pulumi_aws import dynamodb

from planton.changes.existing_snapshot import ExistingTable
from planton.changes.kept_values import regions_with_tags
from planton.changes.stack_state import KINESIS_TYPE, REPLICA_TAGS_TYPE
from planton.plan.logical_names import kinesis_name, replica_tags_name, tag_name
from planton.plan.table_plan import TablePlan
from planton.resources.aws import Aws
from planton.resources.features import create_destination, create_insights, destination_id
from planton.resources.live_table import known_arn


def create_replica_features(
    plan: TablePlan,
    table: dynamodb.Table,
    indexes: Mapping[str, dynamodb.GlobalSecondaryIndex],
    replicas: Mapping[str, dynamodb.TableReplica],
    aws: Aws,
) -> None:
    """Creates everything once the replica exists, which is a part of the table if it is not among
    the standalone `replicas`."""
    for features in plan.replica_features:
        region, owner = features.region, replicas.get(features.region, table)
        for watched in features.contributor_insights:
            index = indexes.get(watched.index or "")
            create_insights(
                plan,
                watched,
                index,
                table,
                aws,
                region=region,
                owner=owner,
                depends_on=[owner, *([index] if index else [])],
                replacement_trigger=_key(plan, region),
            )
        if kinesis := features.kinesis:
            logical_name = kinesis_name(plan.logical_name, region)
            import_id = destination_id(plan, kinesis, logical_name, aws, region)
            create_destination(
                plan,
                kinesis,
                logical_name,
                table,
                aws,
                region=region,
                depends_on=[owner],
                replacement_trigger=_key(plan, region),
                transforms=aws.existing.if_found(
                    KINESIS_TYPE, logical_name, partial(_in_region, region, import_id)
                ),
            )
    for region in regions_with_tags(plan, aws.state):
        _create_tags(plan, region, table, aws)


def _key(plan: TablePlan, region: str) -> str | None:
    """The replica's KMS key."""
    return next(one.kms_key_arn for one in plan.replicas if one.region == region)


def _in_region(region: str, import_id: str | None, existing: ExistingTable) -> str | None:
    """Nothing is there where the table has no replica yet."""
    return import_id if region in existing.replica_regions else None


class ReplicaTags(pulumi.ComponentResource):
    """Stands for the tags of a replica that is part of the table, which each are a resource.

    The provider fails to delete a tag of a replica that is gone. So the tags are deleted with this
    component, that is, not in AWS, and it goes when the replica goes.
    """

    def __init__(self, logical_name: str) -> None:
        super().__init__(REPLICA_TAGS_TYPE, logical_name)
        self.register_outputs({})


def _create_tags(plan: TablePlan, region: str, table: dynamodb.Table, aws: Aws) -> None:
    together = ReplicaTags(replica_tags_name(plan.logical_name, region))
    tags = (tag for one in plan.replica_features if one.region == region for tag in one.tags)
    arn = known_arn(table).apply(partial(_arn_in, region))
    for key, value in tags:
        dynamodb.Tag(
            tag_name(plan.logical_name, region, key),
            resource_arn=arn,
            key=key,
            value=value,
            region=region,
            opts=aws.options(
                depends_on=[table],
                delete_before_replace=True,
                replacement_trigger=_key(plan, region),
                deleted_with=together,
            ),
        )


def _arn_in(region: str, table_arn: str) -> str:
    """The ARN of the replica in the region."""
    parts = table_arn.split(":")
    return ":".join([*parts[:3], region, *parts[4:]])
