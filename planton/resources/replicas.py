"""Replicas as resources of their own, and what the outputs say of all replicas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_aws import dynamodb

from planton.plan import TablePlan
from planton.resources.as_made import known_arn
from planton.resources.aws import Aws


def create_replicas(
    plan: TablePlan,
    table: dynamodb.Table,
    after: Sequence[pulumi.Resource],
    aws: Aws,
) -> dict[str, dynamodb.TableReplica]:
    """Each replica by its region. They form a chain: AWS changes one region at a time.

    They are not deleted with the table: without it a replica would live on as a table of its own.
    """
    made: dict[str, dynamodb.TableReplica] = {}
    previous = list(after)
    for replica in plan.standalone_replicas:
        made[replica.region] = dynamodb.TableReplica(
            f"{plan.logical_name}-{replica.region}",
            region=replica.region,
            global_table_arn=known_arn(table),
            kms_key_arn=replica.kms_key_arn,
            point_in_time_recovery=replica.point_in_time_recovery,
            deletion_protection_enabled=replica.deletion_protection,
            tags=dict(plan.tags) if replica.propagate_tags else {},
            opts=aws.options(
                depends_on=previous,
                protect=replica.deletion_protection,
                delete_before_replace=True,
            ),
        )
        previous = [made[replica.region]]
    return made


def replica_arns(
    plan: TablePlan, table: dynamodb.Table, replicas: Mapping[str, dynamodb.TableReplica]
) -> Any:
    """Region → ARN of the table there."""
    if replicas:
        return {region: replica.arn for region, replica in replicas.items()}
    return table.replicas.apply(lambda made: {r.region_name: r.arn for r in made or []})


def replica_stream_arns(
    plan: TablePlan,
    table: dynamodb.Table,
    replicas: Mapping[str, dynamodb.TableReplica],
    aws: Aws,
) -> Any:
    """Region → ARN of the stream there. A replica's own resource does not know it, so the table of
    its region is looked up, once the replica is there."""
    if not replicas:
        return table.replicas.apply(
            lambda made: {r.region_name: r.stream_arn or "" for r in made or []}
        )
    options = pulumi.InvokeOptions(provider=aws.provider)

    def stream_arn(region: str, replica: dynamodb.TableReplica) -> pulumi.Output[str]:
        known = pulumi.Output.all(table.name, replica.arn)
        return known.apply(lambda known: _stream_arn(known[0], region, options))

    return {region: stream_arn(region, replica) for region, replica in replicas.items()}


async def _stream_arn(name: str, region: str, options: pulumi.InvokeOptions) -> str:
    """Empty, with a warning, where there is no such table: a replica that was deleted by hand must
    not keep the next preview from running."""
    asked = {"name": name, "region": region}
    try:
        found = await pulumi.runtime.invoke_async(_GET_TABLE, asked, options)
    except Exception as error:  # the SDK raises no other where a provider refuses
        reason = " ".join(str(error).split()).rpartition("* ")[2]
        pulumi.log.warn(
            f"the stream of the replica in {region} is not known ({reason}): if the replica was "
            "deleted by hand, `pulumi refresh` and `pulumi up` make it anew"
        )
        return ""
    return found["streamArn"] or ""


_GET_TABLE = "aws:dynamodb/getTable:getTable"
