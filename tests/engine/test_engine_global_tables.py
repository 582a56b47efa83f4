"""Replicas of an on-demand table, which are part of the table resource."""

from __future__ import annotations

from typing import Any

from planton.rehearsal.aws.requests import DYNAMODB
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.global_tables import (
    IRELAND,
    MUMBAI,
    STREAM,
    TABLE,
    assert_settled,
    members,
    replica,
    settings,
    up,
)
from tests.engine.harness import Stack
from tests.engine.manifests import NAME, manifest


def test_a_region_is_added_to_and_removed_from_an_existing_table(
    stack: Stack, cloud: Cloud
) -> None:
    up(stack, **STREAM)
    one: dict[str, Any] = {**STREAM, "replicas": [replica(IRELAND, propagateTags=True)]}
    assert up(stack, **one) == {TABLE: "update"}
    assert members(cloud) == {IRELAND: ["us-east-1"], "us-east-1": [IRELAND]}
    assert_settled(stack, **one)

    two: dict[str, Any] = {
        **STREAM,
        "replicas": [*one["replicas"], replica(MUMBAI, pointInTimeRecovery=True)],
    }
    report = stack.up(manifest(**two))
    assert report.ok, report.explained()
    assert report.diffs(TABLE) == ("replicas",)
    arn = "arn:aws:dynamodb:{}:123456789012:table/orders"
    assert report.outputs["replica_arns"] == {r: arn.format(r) for r in (IRELAND, MUMBAI)}
    streams = report.outputs["replica_stream_arns"]
    assert {r: s.startswith(arn.format(r) + "/stream/") for r, s in streams.items()} == {
        IRELAND: True,
        MUMBAI: True,
    }
    assert settings(cloud, MUMBAI) == (True, False)
    assert_settled(stack, **two)

    other = {**STREAM, "replicas": [two["replicas"][1]]}
    gone = stack.up(manifest(**other))
    assert gone.ok, gone.explained()
    assert [w for w in gone.warnings if "the copy in that region is deleted" in w]
    assert members(cloud) == {MUMBAI: ["us-east-1"], "us-east-1": [MUMBAI]}
    assert up(stack, **STREAM) == {TABLE: "update"}
    assert members(cloud) == {"us-east-1": []}
    assert_settled(stack, **STREAM)
    assert "replica_arns" not in stack.up(manifest(**STREAM)).outputs


def test_tags_are_propagated_to_the_replicas_that_ask_for_them(stack: Stack, cloud: Cloud) -> None:
    replicas = [replica(IRELAND, propagateTags=True), replica(MUMBAI)]
    up(stack, **STREAM, replicas=replicas, tags={"team": "a"})
    up(stack, **STREAM, replicas=replicas, tags={"team": "b"})
    assert (looks.own_tags(cloud, IRELAND), looks.own_tags(cloud, MUMBAI)) == ({"team": "b"}, {})


def test_a_second_update_completes_what_the_provider_leaves_undone(
    stack: Stack, cloud: Cloud
) -> None:
    both = {
        **STREAM,
        "replicas": [replica(IRELAND, pointInTimeRecovery=True, deletionProtectionEnabled=True)],
    }
    up(stack, **STREAM, replicas=[replica(IRELAND)])
    first = stack.up(manifest(**both))
    assert first.ok, first.explained()
    assert [w for w in first.warnings if "run `pulumi up` again" in w]
    assert settings(cloud, IRELAND) == (True, False)
    assert up(stack, **both) == {TABLE: "update"}
    assert settings(cloud, IRELAND) == (True, True)
    assert_settled(stack, **both)


def test_a_changed_key_recreates_the_replica_and_keeps_the_table(
    stack: Stack, cloud: Cloud
) -> None:
    alias = "arn:aws:kms:{}:123456789012:alias/{}"
    encrypted = {"enabled": True, "kmsKeyArn": alias.format("us-east-1", "a")}

    def spec(name: str) -> dict[str, Any]:
        replicas = [replica(IRELAND, kmsKeyArn=alias.format(IRELAND, name))]
        return {**STREAM, "serverSideEncryption": encrypted, "replicas": replicas}

    up(stack, **spec("a"))
    assert_settled(stack, **spec("a"))
    assert up(stack, **spec("b")) == {TABLE: "update"}
    assert_settled(stack, **spec("b"))
    described = cloud.call(DYNAMODB, "DescribeTable", {"TableName": NAME}, region=IRELAND)["Table"]
    assert described["SSEDescription"]["KMSMasterKeyArn"] == alias.format(IRELAND, "b")


def test_the_kind_of_key_changes_in_every_region_with_one_update(
    stack: Stack, cloud: Cloud
) -> None:
    """As in the provider's acceptance tests Replica_singleDefaultKeyEncryptedAmazonOwned and
    Replica_doubleAddCMK; the ways back are not among these."""

    def arn(region: str) -> str:
        return f"arn:aws:kms:{region}:123456789012:key/11111111-2222-3333-4444-555555555555"

    def key_in(region: str) -> str | None:
        asked = {"TableName": NAME}
        table = cloud.call(DYNAMODB, "DescribeTable", asked, region=region)["Table"]
        found: str | None = table.get("SSEDescription", {}).get("KMSMasterKeyArn")
        return found

    owned = {**STREAM, "replicas": [replica(IRELAND)]}
    managed = {**owned, "serverSideEncryption": {"enabled": True}}
    customers = {
        **STREAM,
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": arn("us-east-1")},
        "replicas": [replica(IRELAND, kmsKeyArn=arn(IRELAND))],
    }
    up(stack, **owned)
    for spec in (managed, owned, customers, owned, managed, customers):
        report = stack.up(manifest(**spec))
        assert report.ok, report.explained()
        assert report.changes == {TABLE: "update"}
        warned = any("the copy in that region is deleted" in one for one in report.warnings)
        assert warned == (spec is customers)
        assert_settled(stack, **spec)
        for region in ("us-east-1", IRELAND):
            held = key_in(region)
            if spec is customers:
                assert held == arn(region)
            else:
                assert (held is not None and "alias/aws/dynamodb" in held) == (spec is managed)
        assert members(cloud) == {IRELAND: ["us-east-1"], "us-east-1": [IRELAND]}


def test_a_replica_deleted_outside_pulumi_is_recreated_after_a_refresh(
    stack: Stack, cloud: Cloud
) -> None:
    spec = {**STREAM, "replicas": [replica(IRELAND)]}
    up(stack, **spec)
    update = {"Delete": {"RegionName": IRELAND}}
    cloud.call(DYNAMODB, "UpdateTable", {"TableName": NAME, "ReplicaUpdates": [update]})
    assert stack.refresh().counts["update"] == 1
    assert up(stack, **spec) == {TABLE: "update"}
    assert members(cloud) == {IRELAND: ["us-east-1"], "us-east-1": [IRELAND]}


def test_tags_that_are_no_longer_propagated_stay_as_the_warning_says(
    stack: Stack, cloud: Cloud
) -> None:
    up(stack, **STREAM, replicas=[replica(IRELAND, propagateTags=True)], tags={"team": "a"})
    spec = {**STREAM, "replicas": [replica(IRELAND)], "tags": {"team": "b"}}
    report = stack.up(manifest(**spec))
    assert report.ok, report.explained()
    assert any("the replica keeps its current tags" in text for text in report.warnings)
    assert looks.own_tags(cloud, IRELAND) == {"team": "a"}
    assert_settled(stack, **spec)
