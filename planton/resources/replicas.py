"""Replicas as standalone resources, and the outputs about all replicas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pulumi
from pulumi_aws import dynamodb

from planton.changes.existing_snapshot import ExistingTable
from planton.changes.stack_state import REPLICA_TYPE
from planton.plan.logical_names import replica_name
from planton.plan.table_plan import TablePlan
from planton.resources.aws import Aws, kept_with
from planton.resources.live_table import known_arn
from planton.resources.lookups import LookupFailed, get_table


def create_replicas(
    plan: TablePlan,
    table: dynamodb.Table,
    after: Sequence[pulumi.Resource],
    aws: Aws,
) -> dict[str, dynamodb.TableReplica]:
    """Returns the replicas by region. Each waits for the one before: AWS changes one region at a
    time.

    Unless the table is retained they have no `deleted_with`: if only the table were deleted, its
    replicas would remain as tables in their regions.
    """
    replicas: dict[str, dynamodb.TableReplica] = {}
    previous = list(after)
    for replica in plan.standalone_replicas:
        logical_name = replica_name(plan.logical_name, replica.region)
        replicas[replica.region] = dynamodb.TableReplica(
            logical_name,
            region=replica.region,
            global_table_arn=known_arn(table),
            kms_key_arn=replica.kms_key_arn,
            point_in_time_recovery=replica.point_in_time_recovery,
            deletion_protection_enabled=replica.deletion_protection,
            tags=plan.tags_of(replica),
            opts=aws.options(
                depends_on=previous,
                protect=replica.deletion_protection and not plan.is_retained,
                delete_before_replace=True,
                deleted_with=kept_with(plan, table),
                transforms=aws.existing.if_found(
                    REPLICA_TYPE, logical_name, partial(_import_id, replica.region)
                ),
                # AWS describes a class that the replica has from the table, and the provider would
                # recreate the replica because its arguments do not name it (table_replica.go).
                ignore_changes=["tableClassOverride"],
            ),
        )
        previous = [replicas[replica.region]]
    return replicas


def _import_id(region: str, existing: ExistingTable) -> str | None:
    """The id that the provider imports a replica by: the table, its region, and after the `@` the
    region of the resource itself."""
    if region not in existing.replica_regions:
        return None
    return f"{existing.table['name']}:{existing.table['region']}@{region}"


def replica_arns(
    plan: TablePlan, table: dynamodb.Table, replicas: Mapping[str, dynamodb.TableReplica]
) -> Any:
    """Maps each region to the ARN of its replica."""
    if replicas:
        return {region: replica.arn for region, replica in replicas.items()}
    return table.replicas.apply(lambda inline: {r.region_name: r.arn for r in inline or []})


def replica_stream_arns(
    plan: TablePlan,
    table: dynamodb.Table,
    replicas: Mapping[str, dynamodb.TableReplica],
    aws: Aws,
) -> Any:
    """Maps each region to the ARN of its replica's stream. A standalone replica's resource does not
    have it, so the table of its region is looked up once the replica exists."""
    if not replicas:
        return table.replicas.apply(
            lambda inline: {r.region_name: r.stream_arn or "" for r in inline or []}
        )
    options = pulumi.InvokeOptions(provider=aws.provider)

    def stream_arn(region: str, replica: dynamodb.TableReplica) -> pulumi.Output[str]:
        known = pulumi.Output.all(table.name, replica.arn)
        return known.apply(lambda known: _stream_arn(known[0], region, options))

    return {region: stream_arn(region, replica) for region, replica in replicas.items()}


async def _stream_arn(name: str, region: str, options: pulumi.InvokeOptions) -> str:
    """Empty, with a warning, if there is no such table: a replica that was deleted by hand must not
    make the next preview fail."""
    try:
        found = await get_table(name, region, options)
    except LookupFailed as error:
        reason = str(error).rpartition("* ")[2]
        pulumi.log.warn(
            f"the stream of the replica in {region} is unknown ({reason}): if the replica was "
            "deleted by hand, run `pulumi refresh` and `pulumi up` to recreate it"
        )
        return ""
    return found["streamArn"] or ""
