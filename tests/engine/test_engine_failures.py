"""Failed operations: their cause is shown, and a refresh and an `up` complete them."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from tests.engine import language_host, looks
from tests.engine.facts import INDEX, TABLE
from tests.engine.faults import FaultyCloud
from tests.engine.harness import PROGRAM, SECONDS, Stack
from tests.engine.manifests import NAME, PROVISIONED, SCALED, UNITS, index, key, manifest
from tests.engine.standin import INVALID_CREDENTIALS, StandIn

LIMIT = "Subscriber limit exceeded: there is a limit of 2500 tables per account"
AUTOSCALED = {
    **PROVISIONED,
    "autoscaling": SCALED,
    "globalSecondaryIndexes": [index("who", provisionedThroughput=UNITS)],
}


def _finishes(stack: Stack, text: str) -> None:
    refreshed = stack.refresh()
    assert refreshed.ok, refreshed.explained()
    finished = stack.up(text)
    assert finished.ok, finished.explained()
    again = stack.up(text)
    assert again.is_unchanged, again.explained()


def _with_credentials(text: str, **provider: str) -> str:
    config = {"access_key_id": "AKIAEXAMPLE", "secret_access_key": "secret", **provider}
    return json.dumps({"provider_config": config, "target": json.loads(text)})


def test_a_table_that_aws_refuses_can_be_created_by_the_next_update(
    stack: Stack, cloud: FaultyCloud
) -> None:
    cloud.refuse("CreateTable", "AccessDeniedException", "not authorized to CreateTable")
    failed = stack.up(manifest(**AUTOSCALED))
    assert not failed.ok
    assert "not authorized to CreateTable" in failed.text
    assert looks.tables(cloud) == []
    _finishes(stack, manifest(**AUTOSCALED))


def test_a_throttled_request_is_retried_until_it_succeeds(stack: Stack, cloud: FaultyCloud) -> None:
    cloud.refuse("CreateTable", "LimitExceededException", LIMIT, times=2)
    report = stack.up(manifest())
    assert report.ok, report.explained()
    assert LIMIT not in report.text
    assert looks.tables(cloud) == [NAME]


def test_a_request_that_stays_throttled_fails_after_the_last_retry(
    stack: Stack, cloud: FaultyCloud
) -> None:
    """Without the setting the provider retries silently for many minutes."""
    stack.call("config", "set", "aws:maxRetries", "2")
    cloud.refuse("CreateTable", "LimitExceededException", LIMIT, times=3)
    failed = stack.up(manifest())
    assert not failed.ok
    assert LIMIT in failed.text
    assert looks.tables(cloud) == []
    _finishes(stack, manifest())


def test_a_table_whose_last_step_failed_stays_in_the_state(
    stack: Stack, cloud: FaultyCloud
) -> None:
    wanted = manifest(ttl={"enabled": True, "attributeName": "expires"})
    cloud.refuse("UpdateTimeToLive", "AccessDeniedException", "not authorized to UpdateTimeToLive")
    failed = stack.up(wanted)
    assert not failed.ok
    assert "not authorized to UpdateTimeToLive" in failed.text
    assert "Table orders" in failed.resources
    assert failed.warnings == [
        "warning: the creation of Table 'orders' failed\n"
        "  fix: resolve the cause, then run `pulumi up --refresh`, which creates the resource or "
        "finishes it\n"
    ]
    (guard,) = (step.urn for step in failed.steps if "TableGuard" in step.urn)
    elsewhere = stack.start("up", wanted, arguments=("--target", guard)).report()
    assert not elsewhere.ok
    assert "the state has neither its ARN nor what is missing" in elsewhere.text
    assert "Traceback" not in elsewhere.text
    assert looks.time_to_live(cloud).get("AttributeName") is None
    _finishes(stack, wanted)
    assert looks.time_to_live(cloud)["AttributeName"] == "expires"


def test_a_table_whose_last_step_failed_is_completed_by_the_second_update(
    stack: Stack, cloud: FaultyCloud
) -> None:
    """The first reads what AWS has, ARN included, and sends nothing."""
    wanted = manifest(ttl={"enabled": True, "attributeName": "expires"})
    cloud.refuse("UpdateTimeToLive", "AccessDeniedException", "not authorized to UpdateTimeToLive")
    assert not stack.up(wanted).ok
    before = looks.writes(cloud)
    first = stack.up(wanted)
    assert first.ok, first.explained()
    assert first.outputs["table_arn"] == looks.table(cloud)["TableArn"]
    assert looks.writes(cloud) == before
    second = stack.up(wanted)
    assert second.diffs("Table orders") == ("ttl",)
    assert looks.time_to_live(cloud)["AttributeName"] == "expires"
    assert stack.up(wanted).is_unchanged


def test_an_update_whose_last_step_failed_is_reported(stack: Stack, cloud: FaultyCloud) -> None:
    """The provider records it as successful: hence the refresh that the warning asks for.

    Without one the next update only reads what AWS has, and the one after it does what is left.
    """
    wanted = manifest(ttl={"enabled": True, "attributeName": "expires"})
    assert stack.up(manifest()).ok
    cloud.refuse("UpdateTimeToLive", "AccessDeniedException", "not authorized to UpdateTimeToLive")
    failed = stack.up(wanted)
    assert not failed.ok
    (advice,) = (text for text in failed.warnings if "fix: resolve the cause" in text)
    assert advice.startswith("warning: the update of Table 'orders' failed")
    before = looks.writes(cloud)
    assert stack.up(wanted).ok
    assert looks.writes(cloud) == before
    assert stack.up(wanted).diffs("Table orders") == ("ttl",)
    assert looks.time_to_live(cloud)["AttributeName"] == "expires"
    assert stack.up(wanted).is_unchanged


def test_an_update_with_a_refresh_completes_a_failed_one_at_once(
    stack: Stack, cloud: FaultyCloud
) -> None:
    wanted = manifest(ttl={"enabled": True, "attributeName": "expires"})
    assert stack.up(manifest()).ok
    cloud.refuse("UpdateTimeToLive", "AccessDeniedException", "not authorized to UpdateTimeToLive")
    assert not stack.up(wanted).ok
    finished = stack.start("up", wanted, arguments=("--refresh",)).report()
    assert finished.ok, finished.explained()
    assert looks.time_to_live(cloud)["AttributeName"] == "expires"
    assert stack.up(wanted).is_unchanged


def test_a_failed_deletion_needs_no_refresh(stack: Stack, cloud: FaultyCloud) -> None:
    assert stack.up(manifest()).ok
    cloud.refuse("DeleteTable", "AccessDeniedException", "not authorized to DeleteTable")
    failed = stack.destroy()
    assert not failed.ok
    assert failed.warnings == []
    assert stack.destroy().ok
    assert looks.is_empty(cloud)


@pytest.mark.parametrize("token", [TABLE, INDEX])
def test_a_creation_that_times_out_is_reported(
    stack: Stack, cloud: FaultyCloud, stand_in: StandIn, token: str
) -> None:
    stand_in.impatient_for.add(token)
    failed = stack.up(manifest(**AUTOSCALED))
    assert not failed.ok
    assert "timeout while waiting for state to become 'ACTIVE'" in failed.text
    stand_in.impatient_for.clear()
    _finishes(stack, manifest(**AUTOSCALED))
    assert looks.writes(cloud).count("CreateTable") == 1
    assert list(looks.indexes(cloud)) == ["who"]


def test_a_refused_standalone_index_can_be_created_later(stack: Stack, cloud: FaultyCloud) -> None:
    cloud.refuse("UpdateTable", "AccessDeniedException", "not authorized to UpdateTable")
    failed = stack.up(manifest(**AUTOSCALED))
    assert not failed.ok
    assert "not authorized to UpdateTable" in failed.text
    assert looks.indexes(cloud) == {}
    _finishes(stack, manifest(**AUTOSCALED))
    assert list(looks.indexes(cloud)) == ["who"]


def test_a_refused_inline_index_can_be_created_later(stack: Stack, cloud: FaultyCloud) -> None:
    stack.up(manifest())
    cloud.refuse("UpdateTable", "AccessDeniedException", "not authorized to UpdateTable")
    wanted = manifest(globalSecondaryIndexes=[index("who")], tags={"team": "a"})
    failed = stack.up(wanted)
    assert not failed.ok
    assert "not authorized to UpdateTable" in failed.text
    assert looks.indexes(cloud) == {}
    _finishes(stack, wanted)
    assert list(looks.indexes(cloud)) == ["who"]


def test_a_refused_inline_index_is_noticed_by_the_next_update(
    stack: Stack, cloud: FaultyCloud
) -> None:
    """Of sets the provider goes on recording what was planned, whatever it reads: the next update
    was green, and the index was missing until a refresh."""
    assert stack.up(manifest()).ok
    cloud.refuse("UpdateTable", "AccessDeniedException", "not authorized to UpdateTable")
    wanted = manifest(globalSecondaryIndexes=[index("who")])
    assert not stack.up(wanted).ok
    for _ in range(2):
        refused = stack.up(wanted)
        assert not refused.ok
        assert "AWS does not have (who). The AWS provider would not create them" in refused.text
    assert looks.indexes(cloud) == {}
    _finishes(stack, wanted)
    assert list(looks.indexes(cloud)) == ["who"]


def test_wrong_credentials_are_reported(
    stack: Stack, cloud: FaultyCloud, stand_in: StandIn
) -> None:
    stand_in.rejected_keys.add("AKIAWRONG")
    wrong = _with_credentials(manifest(), access_key_id="AKIAWRONG")
    for report in (stack.preview(wrong), stack.up(wrong)):
        assert not report.ok
        assert INVALID_CREDENTIALS in report.text
    assert looks.writes(cloud) == []
    _finishes(stack, _with_credentials(manifest()))


def test_a_different_account_is_refused(stack: Stack, cloud: FaultyCloud) -> None:
    """The guard has the account on record, so the user has to start over: nothing was created."""
    foreign = _with_credentials(manifest(), account_id="999999999999")
    report = stack.up(foreign)
    assert not report.ok
    assert "AWS account ID not allowed: 123456789012" in report.text
    assert looks.writes(cloud) == []
    assert stack.destroy().ok
    _finishes(stack, _with_credentials(manifest(), account_id="123456789012"))
    assert looks.tables(cloud) == [NAME]


def test_an_engine_killed_before_aws_got_the_request_leaves_no_table(
    stack: Stack, cloud: FaultyCloud
) -> None:
    sent = cloud.hang_before("CreateTable")
    running = stack.start("up", manifest())
    assert sent.wait(SECONDS)
    running.kill()

    locked = stack.up(manifest())
    assert not locked.ok
    assert "the stack is currently locked" in locked.text
    stack.cancel()
    finished = stack.up(manifest())
    assert finished.ok, finished.explained()
    assert looks.tables(cloud) == [NAME]


def test_an_engine_killed_before_the_response_leaves_a_pending_operation(
    stack: Stack, cloud: FaultyCloud
) -> None:
    """The one case that needs a manual step: the table exists, but the state lacks it."""
    done = cloud.hang_after("CreateTable")
    running = stack.start("up", manifest())
    assert done.wait(SECONDS)
    running.kill()
    stack.cancel()

    failed = stack.up(manifest())
    assert not failed.ok
    assert "Table already exists: orders" in failed.text
    assert looks.tables(cloud) == [NAME]

    stack.call("refresh", "--clear-pending-creates", "--yes")
    language_host.install(stack.folder, PROGRAM)
    stack.call(
        *("import", "--generate-code=false", "--protect=false", "--yes"),
        *("--provider", "aws=urn:pulumi:dev::tables::pulumi:providers:aws::classic-provider"),
        *("aws:dynamodb/table:Table", NAME, NAME),
        PATH=os.pathsep.join([str(stack.folder), os.environ["PATH"]]),
    )
    recovered = stack.up(manifest())
    assert recovered.ok, recovered.explained()
    assert recovered.changes == {}
    assert recovered.outputs["table_name"] == NAME
    assert looks.writes(cloud) == ["CreateTable", "CreateTable"]  # the second was refused


STREAM = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}
REPLICATED = {"replicas": [{"regionName": region} for region in ("ap-south-1", "eu-west-1")]}


@pytest.mark.parametrize(
    "spec", [{**AUTOSCALED, **STREAM}, STREAM], ids=["provisioned", "on demand"]
)
def test_a_refused_replica_can_be_created_later(
    stack: Stack, cloud: FaultyCloud, spec: dict[str, Any]
) -> None:
    """The first UpdateTable of an on-demand table; of the other one, after its index."""
    stack.up(manifest(**spec))
    cloud.refuse("UpdateTable", "AccessDeniedException", "not authorized to CreateTableReplica")
    wanted = manifest(**spec, **REPLICATED)
    failed = stack.up(wanted)
    assert not failed.ok
    assert "not authorized to CreateTableReplica" in failed.text
    assert looks.tables(cloud, "ap-south-1") == []
    _finishes(stack, wanted)
    assert looks.tables(cloud, "ap-south-1") == looks.tables(cloud, "eu-west-1") == [NAME]


@pytest.mark.parametrize(
    ("operation", "spec"),
    [
        ("ImportTable", {"importTable": {"s3Bucket": "exports", "inputFormat": "ION"}}),
        (
            "RestoreTableToPointInTime",
            {
                "restoreSourceName": "old-orders",
                "restoreToLatestTime": True,
                "keySchema": key("id"),  # which the emulated AWS assumes of a table elsewhere
            },
        ),
    ],
)
def test_a_source_that_aws_refuses_is_reported(
    stack: Stack, cloud: FaultyCloud, operation: str, spec: dict[str, Any]
) -> None:
    cloud.refuse(operation, "ValidationException", "the source is not available")
    failed = stack.up(manifest(**spec))
    assert not failed.ok
    assert "the source is not available" in failed.text
    assert looks.tables(cloud) == []
    mended = stack.up(manifest(**spec))
    assert mended.ok, mended.explained()
    _finishes(stack, manifest(**spec))


def test_a_refused_schedule_can_be_created_later(stack: Stack, cloud: FaultyCloud) -> None:
    adjustment = {"name": "m", "dimension": "READ", "schedule": "rate(1 day)", "maxCapacity": 200}
    scaling = {**SCALED, "scheduledAdjustments": [adjustment]}
    cloud.refuse("PutScheduledAction", "ConcurrentUpdateException", "another update is going on")
    failed = stack.up(manifest(**PROVISIONED, autoscaling=scaling))
    assert not failed.ok
    assert "another update is going on" in failed.text
    _finishes(stack, manifest(**PROVISIONED, autoscaling=scaling))
