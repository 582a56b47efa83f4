"""What a replica has for itself: its plan, its changes, its resources, and who lacks it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from planton.changes.compare import compare
from planton.changes.existing import refusal_by_state
from planton.changes.kept_values import regions_with_tags
from planton.changes.record import read_record, record
from planton.changes.snapshot import Snapshot, snapshot
from planton.changes.stack_state import (
    KINESIS_TYPE,
    REPLICA_TAGS_TYPE,
    TABLE_TYPE,
    StackState,
    StateResource,
)
from planton.manifest.enums import InsightsMode, Precision
from planton.plan.table_plan import (
    InsightsPlan,
    KinesisPlan,
    ReplicaFeaturesPlan,
    TablePlan,
    TagPlan,
)
from planton.plan.text import describe
from planton.rehearsal.program.records import Options
from planton.render.fields import unsupported_fields
from tests.planning import index, manifest, provisioned, table
from tests.test_program import INDEX, INSIGHTS, PROVIDER, TABLE, of_type, run, urn

HOME, AWAY, FAR = "us-east-1", "eu-west-1", "ap-south-1"
KINESIS = "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination"
REPLICA = "aws:dynamodb/tableReplica:TableReplica"
TAG = "aws:dynamodb/tag:Tag"
STREAM: dict[str, Any] = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}
CHANGES, OTHER = (f"arn:aws:kinesis:{AWAY}:111122223333:stream/{name}" for name in ("all", "other"))
FULL: dict[str, Any] = {
    "regionName": AWAY,
    "contributorInsights": {
        "enabled": True,
        "mode": "THROTTLED_KEYS",
        "gsiIndexNames": ["by-who"],
    },
    "kinesisStreamingDestination": {
        "streamArn": CHANGES,
        "approximateCreationDateTimePrecision": "MICROSECOND",
    },
    "tags": {"team": "shop", "stage": "test"},
}
SCALED = {"read": {"maxCapacity": 50}, "write": {"maxCapacity": 50}}
WHO = index("by-who", "sk")


def plan(*replicas: dict[str, Any], **spec: Any) -> TablePlan:
    return table(**STREAM, region=HOME, globalSecondaryIndexes=[WHO], replicas=replicas, **spec)


def of(*replicas: dict[str, Any], **spec: Any) -> Snapshot:
    return snapshot(plan(*replicas, **spec), region=HOME, account_id=None)


def test_a_replica_with_something_for_itself_is_planned_by_region() -> None:
    off = {"regionName": FAR, "contributorInsights": {"enabled": False}, "tags": {}}
    tagged = {"regionName": "ca-central-1", "tags": {"team": "shop"}}
    assert plan(FULL, off, tagged).replica_features == (
        ReplicaFeaturesPlan("ca-central-1", (), None, (TagPlan("team", "shop"),)),
        ReplicaFeaturesPlan(
            AWAY,
            (
                InsightsPlan(None, InsightsMode.THROTTLED_KEYS),
                InsightsPlan("by-who", InsightsMode.THROTTLED_KEYS),
            ),
            KinesisPlan(CHANGES, Precision.MICROSECOND),
            (TagPlan("stage", "test"), TagPlan("team", "shop")),
        ),
    )


def test_keys_of_a_replicas_tags_stay_as_they_are_written() -> None:
    tags = {"my_team": "a", "myTeam": "b", "My-Team": "c"}
    (features,) = plan({"regionName": AWAY, "tags": tags}).replica_features
    assert dict(features.tags) == tags


def test_the_text_of_a_plan_shows_it_below_the_replica() -> None:
    shown = describe(plan({"regionName": FAR}, FULL), HOME).splitlines()
    start = next(i for i, line in enumerate(shown) if line.startswith("  replica"))
    assert [" ".join(line.split()) for line in shown[start : start + 7]] == [
        f"replica {FAR}: EVENTUAL",
        f"replica {AWAY}: EVENTUAL",
        f"contributor insights {AWAY}: of the table, THROTTLED_KEYS",
        f"contributor insights {AWAY}: of the index by-who, THROTTLED_KEYS",
        f"Kinesis destination {AWAY}: {CHANGES}, MICROSECOND",
        f"tag {AWAY}: stage=test",
        f"tag {AWAY}: team=shop",
    ]


def test_the_text_of_a_plan_shows_only_what_a_replica_has() -> None:
    *_, replica = describe(plan({"regionName": AWAY, "tags": {"team": "shop"}}), HOME).split(AWAY)
    assert replica.splitlines()[0] == ": team=shop"


def test_alarms_about_kinesis_are_in_the_regions_with_a_destination() -> None:
    topics = [f"arn:aws:sns:{region}:111122223333:oncall" for region in (HOME, AWAY, FAR)]
    found = plan(FULL, {"regionName": FAR}, alarms={"topics": topics}).alarms
    assert [one.key for one in found if one.kind.startswith("kinesis")] == [
        f"replica/{AWAY}/table/kinesisAge",
        f"replica/{AWAY}/table/kinesisLost",
    ]


def test_it_survives_the_record_and_an_older_record_is_without_it() -> None:
    assert read_record(record(of(FULL))) == of(FULL)
    before = record(of({"regionName": AWAY}))
    assert "replicaFeatures" not in before
    assert compare(read_record(before), of({"regionName": AWAY})) == []


PLACE = f"spec.replicas, {AWAY}"
BARE = {"regionName": AWAY}
WATCHED = "the table, index by-who, THROTTLED_KEYS"
TAGS = "stage=test, team=shop"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (FULL, FULL, []),
        (
            BARE,
            FULL,
            [
                ("replica-tags", f"{PLACE}.tags", "none", TAGS),
                (
                    "kinesis-on",
                    f"{PLACE}.kinesisStreamingDestination",
                    "off",
                    f"{CHANGES}, MICROSECOND",
                ),
                ("insights", f"{PLACE}.contributorInsights", "off", WATCHED),
            ],
        ),
        (
            FULL,
            BARE,
            [
                ("replica-tags", f"{PLACE}.tags", TAGS, "none"),
                (
                    "kinesis-off",
                    f"{PLACE}.kinesisStreamingDestination",
                    f"{CHANGES}, MICROSECOND",
                    "off",
                ),
                ("insights", f"{PLACE}.contributorInsights", WATCHED, "off"),
            ],
        ),
        (
            FULL,
            {**FULL, "kinesisStreamingDestination": {"streamArn": OTHER}},
            [
                (
                    "kinesis",
                    f"{PLACE}.kinesisStreamingDestination",
                    f"{CHANGES}, MICROSECOND",
                    OTHER,
                )
            ],
        ),
        (
            FULL,
            {**FULL, "kinesisStreamingDestination": {"streamArn": CHANGES}},
            [
                (
                    "kinesis-precision-kept",
                    f"{PLACE}.kinesisStreamingDestination.approximateCreationDateTimePrecision",
                    "MICROSECOND",
                    "not set",
                )
            ],
        ),
        (
            FULL,
            {**FULL, "tags": {"team": "web"}},
            [("replica-tags", f"{PLACE}.tags", TAGS, "team=web")],
        ),
    ],
    ids=["nothing", "on", "off", "another stream", "precision left out", "another tag"],
)
def test_each_change_is_named_with_its_region(
    before: dict[str, Any], after: dict[str, Any], expected: list[tuple[str, ...]]
) -> None:
    found = [(c.code, c.place, c.old, c.new) for c in compare(of(before), of(after))]
    assert sorted(found) == sorted(expected)


def test_it_is_created_and_deleted_with_its_replica() -> None:
    assert [change.code for change in compare(of(), of(FULL))] == ["replica-added"]
    assert [change.code for change in compare(of(FULL), of())] == ["replica-removed"]


def state(*resources: tuple[str, str, dict[str, Any]]) -> StackState:
    return StackState(
        tuple(
            StateResource(f"urn:pulumi:dev::tables::{type_}::{name}", type_, properties)
            for type_, name, properties in resources
        )
    )


def test_what_stands_for_the_tags_of_a_replica_outlives_the_last_of_them() -> None:
    known = state((REPLICA_TAGS_TYPE, f"orders@{AWAY}-tags", {}))
    copied = {"regionName": AWAY, "propagateTags": True}
    assert regions_with_tags(plan(BARE), StackState()) == []
    assert regions_with_tags(plan(FULL), StackState()) == [AWAY]
    assert regions_with_tags(plan(BARE), known) == [AWAY]
    assert regions_with_tags(plan({"regionName": FAR}), known) == []
    assert regions_with_tags(plan(copied), known) == []
    standalone = provisioned(**STREAM, autoscaling=SCALED, replicas=[{**BARE, "tags": {"a": "b"}}])
    assert regions_with_tags(standalone, known) == []


def test_the_destination_of_a_replica_is_known_by_its_name() -> None:
    found = state(
        (TABLE_TYPE, "orders", {"name": "orders"}),
        (KINESIS_TYPE, f"orders@{AWAY}-kinesis", {"tableName": "orders"}),
    )
    assert refusal_by_state(of(FULL), found, is_import=False) == ""
    other = state((KINESIS_TYPE, f"other@{AWAY}-kinesis", {"tableName": "orders"}))
    assert f"'other@{AWAY}-kinesis'" in refusal_by_state(of(FULL), other, is_import=False)


def test_ack_has_nothing_of_it_and_crossplane_other_objects() -> None:
    replicas = [FULL, {"regionName": FAR}]
    spec = manifest(**STREAM, globalSecondaryIndexes=[WHO], replicas=replicas).spec
    names = ("contributorInsights", "kinesisStreamingDestination", "tags")
    paths = [("spec", "replicas", 0, name) for name in names]
    ack, crossplane = ([*unsupported_fields(spec, by)] for by in ("ack", "crossplane"))
    assert [one.path for one in ack] == paths
    assert [one.path for one in crossplane] == paths
    assert ack[2].message == (
        "an ACK Table sets only the region, key and indexes of a replica, not its tags"
    )
    assert [one.help.split(" object")[0] for one in crossplane] == [
        "add a ContributorInsights",
        "add a KinesisStreamingDestination",
        "add a Tag",
    ]


def program(**spec: Any) -> Any:
    written = {
        "apiVersion": "aws.project-planton.org/v1",
        "kind": "AwsDynamodb",
        "metadata": {"name": "orders"},
        "spec": {
            "region": HOME,
            "billingMode": "PAY_PER_REQUEST",
            "attributeDefinitions": [{"name": n, "type": "S"} for n in ("pk", "sk")],
            "keySchema": [{"attributeName": "pk", "keyType": "HASH"}],
            **STREAM,
            **spec,
        },
    }
    rehearsal = run(json.dumps(written))
    assert rehearsal.error is None, rehearsal.error
    assert rehearsal.refusals == ()
    return rehearsal


def test_a_replica_that_is_part_of_the_table_has_a_resource_for_each() -> None:
    encrypted = {"enabled": True, "kmsKeyArn": f"arn:aws:kms:{HOME}:123456789012:key/a"}
    key = f"arn:aws:kms:{AWAY}:123456789012:key/b"
    found = program(
        globalSecondaryIndexes=[WHO],
        serverSideEncryption=encrypted,
        replicas=[{**FULL, "kmsKeyArn": key}],
    )
    parent = urn(TABLE, "orders")
    insights = {one.name: one for one in of_type(found, INSIGHTS)}
    assert {name: one.inputs for name, one in insights.items()} == {
        f"orders@{AWAY}-insights": {
            "tableName": "orders",
            "mode": "THROTTLED_KEYS",
            "region": AWAY,
        },
        f"orders@{AWAY}-by-who-insights": {
            "tableName": "orders",
            "indexName": "by-who",
            "mode": "THROTTLED_KEYS",
            "region": AWAY,
        },
    }
    ours = Options(
        provider=PROVIDER,
        depends_on=(parent,),
        delete_before_replace=True,
        deleted_with=parent,
    )
    assert [one.options for one in insights.values()] == [ours, ours]
    (destination,) = of_type(found, KINESIS)
    assert (destination.name, destination.inputs) == (
        f"orders@{AWAY}-kinesis",
        {
            "tableName": "orders",
            "streamArn": CHANGES,
            "approximateCreationDateTimePrecision": "MICROSECOND",
            "region": AWAY,
        },
    )
    assert destination.options == Options(
        provider=PROVIDER, depends_on=(parent,), delete_before_replace=True
    )
    (together,) = of_type(found, REPLICA_TAGS_TYPE)
    arn = f"arn:aws:dynamodb:{AWAY}:123456789012:table/orders"
    tags = {one.name: one for one in of_type(found, TAG)}
    assert {name: one.inputs for name, one in tags.items()} == {
        f"orders@{AWAY}/{key}": {"resourceArn": arn, "key": key, "value": value, "region": AWAY}
        for key, value in FULL["tags"].items()
    }
    ours = replace(ours, deleted_with=together.urn)
    assert [one.options for one in tags.values()] == [ours, ours]


def test_a_standalone_replica_has_its_tags_itself() -> None:
    units = {"readCapacityUnits": 5, "writeCapacityUnits": 5}
    found = program(
        billingMode="PROVISIONED",
        provisionedThroughput=units,
        autoscaling=SCALED,
        globalSecondaryIndexes=[{**WHO, "provisionedThroughput": units}],
        replicas=[FULL, {"regionName": FAR}, {"regionName": "ca-central-1", "propagateTags": True}],
        tags={"team": "table"},
    )
    replicas = {one.name: one for one in of_type(found, REPLICA)}
    assert replicas[f"orders-{AWAY}"].inputs["tags"] == FULL["tags"]
    assert replicas[f"orders-{FAR}"].inputs.get("tags", {}) == {}
    assert replicas["orders-ca-central-1"].inputs["tags"]["team"] == "table"
    assert of_type(found, TAG) == of_type(found, REPLICA_TAGS_TYPE) == []
    owner, of_index = replicas[f"orders-{AWAY}"].urn, urn(INDEX, "orders-by-who")
    insights = {one.name: one.options for one in of_type(found, INSIGHTS)}
    assert insights[f"orders@{AWAY}-insights"].deleted_with == owner
    assert insights[f"orders@{AWAY}-by-who-insights"].deleted_with == of_index
    assert {owner, of_index} <= {*insights[f"orders@{AWAY}-by-who-insights"].depends_on}
    (destination,) = of_type(found, KINESIS)
    assert owner in destination.options.depends_on


def test_with_a_retained_table_the_destination_stays() -> None:
    found = program(globalSecondaryIndexes=[WHO], replicas=[FULL], deletionPolicy="retain")
    (destination,) = of_type(found, KINESIS)
    assert destination.options.deleted_with == urn(TABLE, "orders")
