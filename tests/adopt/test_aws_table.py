"""What DynamoDB describes of a table, and what of it no manifest has."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from planton.adopt.aws_replicas import replicas_of, with_replicas
from planton.adopt.aws_table import Answers, described_table, key_arn, require_existing
from planton.adopt.aws_values import UnreadableTable
from planton.adopt.found import FoundTable, LeftOut
from planton.manifest.enums import (
    AttributeType,
    BillingMode,
    ConsistencyMode,
    InsightsMode,
    KeyType,
    Precision,
    ProjectionType,
    StreamViewType,
    TableClass,
)
from planton.plan.scaling_plan import ScalingPlan
from planton.plan.table_plan import (
    AttributePlan,
    EncryptionPlan,
    GlobalIndexPlan,
    InsightsPlan,
    KeyAttribute,
    KinesisPlan,
    LocalIndexPlan,
    MaximumPlan,
    PolicyPlan,
    RecoveryPlan,
    ReplicaFeaturesPlan,
    ReplicaPlan,
    TagPlan,
    Throughput,
    TtlPlan,
    WarmPlan,
)

ARN = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"
STREAM = "arn:aws:kinesis:eu-west-1:111122223333:stream"
PK = KeyAttribute("pk", AttributeType.S, KeyType.HASH)
SK = KeyAttribute("sk", AttributeType.N, KeyType.RANGE)
SCALED = ScalingPlan(None, "by-sk", "read", 1, 9, 70, None, None, None, ())


def described(**more: Any) -> dict[str, Any]:
    return {
        "TableName": "orders",
        "TableArn": ARN,
        "TableStatus": "ACTIVE",
        "AttributeDefinitions": [
            {"AttributeName": "sk", "AttributeType": "N"},
            {"AttributeName": "pk", "AttributeType": "S"},
        ],
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6},
        **more,
    }


def index(**more: Any) -> dict[str, Any]:
    return {
        "IndexName": "by-sk",
        "KeySchema": [{"AttributeName": "sk", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["b", "a"]},
        "ProvisionedThroughput": {"ReadCapacityUnits": 7, "WriteCapacityUnits": 8},
        **more,
    }


TABLE = FoundTable(
    name="orders",
    region="eu-west-1",
    billing_mode=BillingMode.PROVISIONED,
    attributes=(AttributePlan("pk", AttributeType.S), AttributePlan("sk", AttributeType.N)),
    keys=(PK, SK),
    throughput=Throughput(5, 6),
)


def read(answers: Answers | None = None, **table: Any) -> FoundTable:
    answers = answers or Answers({})
    return described_table("eu-west-1", replace(answers, table=described(**table)))


def test_a_table_of_which_nothing_else_is_described_has_the_defaults() -> None:
    assert read() == TABLE


def test_everything_that_aws_describes_is_read() -> None:
    insights = {"ContributorInsightsStatus": "ENABLED"}
    answers = Answers(
        {},
        ttl={"TimeToLiveStatus": "ENABLING", "AttributeName": "exp"},
        backups={
            "PointInTimeRecoveryDescription": {
                "PointInTimeRecoveryStatus": "ENABLED",
                "RecoveryPeriodInDays": 7,
            }
        },
        insights={
            None: {**insights, "ContributorInsightsMode": "THROTTLED_KEYS"},
            "by-sk": insights,
            "other": {"ContributorInsightsStatus": "DISABLED"},
        },
        kinesis={
            "KinesisDataStreamDestinations": [
                {"StreamArn": f"{STREAM}/old", "DestinationStatus": "DISABLED"},
                {
                    "StreamArn": f"{STREAM}/new",
                    "DestinationStatus": "ACTIVE",
                    "ApproximateCreationDateTimePrecision": "MICROSECOND",
                },
            ]
        },
        policy={"Policy": json.dumps({"b": [ARN, f"{ARN}/index/*", f"{ARN}-2"], "a": 1})},
        tags=(TagPlan("team", "shop"),),
        scaling=(replace(SCALED, index=None, dimension="write"), SCALED),
    )

    found = read(
        answers,
        WarmThroughput={"ReadUnitsPerSecond": 12_000, "WriteUnitsPerSecond": 5_000},
        GlobalSecondaryIndexes=[
            index(WarmThroughput={"ReadUnitsPerSecond": 13_000, "WriteUnitsPerSecond": 4_000})
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": "local",
                "KeySchema": described()["KeySchema"],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["b", "a"]},
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        SSEDescription={"Status": "ENABLED", "KMSMasterKeyArn": KEY},
        TableClassSummary={"TableClass": "STANDARD_INFREQUENT_ACCESS"},
        DeletionProtectionEnabled=True,
    )

    assert found == replace(
        TABLE,
        warm=WarmPlan(None, 5_000),
        global_indexes=(
            GlobalIndexPlan(
                "by-sk",
                (KeyAttribute("sk", AttributeType.N, KeyType.HASH),),
                ProjectionType.INCLUDE,
                ("a", "b"),
                Throughput(7, 8),
                None,
                WarmPlan(13_000, 4_000),
                ("read",),
            ),
        ),
        local_indexes=(LocalIndexPlan("local", "sk", ProjectionType.INCLUDE, ("b", "a")),),
        ttl=TtlPlan(True, "exp"),
        stream_view_type=StreamViewType.KEYS_ONLY,
        point_in_time_recovery=RecoveryPlan(True, 7),
        encryption=EncryptionPlan(True, KEY),
        table_class=TableClass.STANDARD_INFREQUENT_ACCESS,
        deletion_protection=True,
        contributor_insights=(
            InsightsPlan(None, InsightsMode.THROTTLED_KEYS),
            InsightsPlan("by-sk", InsightsMode.ACCESSED_AND_THROTTLED_KEYS),
        ),
        policy=PolicyPlan(
            f'{{"a":1,"b":["${{table_arn}}","${{table_arn}}/index/*","{ARN}-2"]}}', False
        ),
        kinesis=KinesisPlan(f"{STREAM}/new", Precision.MICROSECOND),
        scaling=(replace(SCALED, index=None, dimension="write"), SCALED),
        tags=(TagPlan("team", "shop"),),
    )


def test_on_demand_has_maxima_but_no_units() -> None:
    found = read(
        BillingModeSummary={"BillingMode": "PAY_PER_REQUEST"},
        ProvisionedThroughput={"ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
        OnDemandThroughput={"MaxReadRequestUnits": 100, "MaxWriteRequestUnits": -1},
        GlobalSecondaryIndexes=[index(OnDemandThroughput={"MaxReadRequestUnits": -1})],
    )

    assert (found.billing_mode, found.throughput) == (BillingMode.PAY_PER_REQUEST, None)
    assert found.maximum == MaximumPlan(100, None)
    assert [(one.throughput, one.maximum) for one in found.global_indexes] == [(None, None)]


@pytest.mark.parametrize("units", [(12_000, 4_000), (20_000, 0)])
def test_warm_throughput_that_aws_serves_anyhow_is_no_setting(units: tuple[int, int]) -> None:
    warm = {"ReadUnitsPerSecond": units[0], "WriteUnitsPerSecond": units[1]}
    provisioned = {"ReadCapacityUnits": 20_000, "WriteCapacityUnits": 5}

    assert read(WarmThroughput=warm, ProvisionedThroughput=provisioned).warm is None


def test_what_is_off_is_off() -> None:
    off = Answers(
        {},
        ttl={"TimeToLiveStatus": "DISABLING", "AttributeName": "exp"},
        backups={"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"}},
    )

    assert read(off, StreamSpecification={"StreamEnabled": False}) == TABLE


def test_the_default_recovery_period_is_35_days() -> None:
    on = {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED"}}

    assert read(Answers({}, backups=on)).point_in_time_recovery == RecoveryPlan(True, 35)


@pytest.mark.parametrize(
    ("status", "is_default", "expected"),
    [
        ("ENABLED", True, EncryptionPlan(True, None)),
        ("UPDATING", False, EncryptionPlan(True, KEY)),
        ("DISABLED", False, EncryptionPlan(False, None)),
    ],
)
def test_the_accounts_default_key_is_not_written(
    status: str, is_default: bool, expected: EncryptionPlan
) -> None:
    encryption = {"Status": status, "KMSMasterKeyArn": KEY}

    found = read(Answers({}, is_default_key=is_default), SSEDescription=encryption)

    assert found.encryption == expected
    assert (key_arn(described(SSEDescription=encryption)) is None) is not expected.enabled


def test_milliseconds_are_the_default_of_a_kinesis_destination() -> None:
    one = {
        "StreamArn": STREAM,
        "DestinationStatus": "ENABLING",
        "ApproximateCreationDateTimePrecision": "MILLISECOND",
    }

    found = read(Answers({}, kinesis={"KinesisDataStreamDestinations": [one]}))

    assert found.kinesis == KinesisPlan(STREAM, None)


# What no manifest has


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("CREATING", "it is being created: try again when it is active"),
        ("DELETING", "it is being deleted"),
        ("ARCHIVING", "it is being archived, because its KMS key cannot be used"),
        ("ARCHIVED", "it is archived, because its KMS key could not be used"),
    ],
)
def test_a_table_that_does_not_exist_yet_or_no_longer_is_refused(status: str, reason: str) -> None:
    with pytest.raises(UnreadableTable) as refused:
        require_existing({"TableStatus": status})

    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"BillingModeSummary": {"BillingMode": "FREE"}},
            "its billing mode is 'FREE' in AWS, and this program knows only PROVISIONED, "
            "PAY_PER_REQUEST",
        ),
        (
            {"AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "V"}]},
            "the type of the attribute 'pk' is 'V' in AWS, and this program knows only S, N, B",
        ),
        (
            {"KeySchema": [{"AttributeName": "pk", "KeyType": "VECTOR"}]},
            "a key type of the table is 'VECTOR' in AWS, and this program knows only HASH, RANGE",
        ),
        (
            {"GlobalSecondaryIndexes": [index(Projection={"ProjectionType": "SOME"})]},
            "the projection of the index 'by-sk' is 'SOME' in AWS, and this program knows only "
            "ALL, KEYS_ONLY, INCLUDE",
        ),
    ],
)
def test_an_unknown_value_without_which_there_is_no_table_is_named(
    more: dict[str, Any], message: str
) -> None:
    with pytest.raises(UnreadableTable) as refused:
        read(**more)

    assert str(refused.value) == message


def test_other_unknown_values_are_left_out() -> None:
    answers = Answers(
        {},
        insights={
            None: {
                "ContributorInsightsStatus": "ENABLED",
                "ContributorInsightsMode": "SOME_KEYS",
            }
        },
        kinesis={
            "KinesisDataStreamDestinations": [
                {
                    "StreamArn": STREAM,
                    "DestinationStatus": "ACTIVE",
                    "ApproximateCreationDateTimePrecision": "NANOSECOND",
                }
            ]
        },
        left_out=(LeftOut("tags", "no"),),
    )

    found = read(
        answers,
        TableClassSummary={"TableClass": "FROZEN"},
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "DIFF"},
        VectorIndexes=[{}],
        DisassociationProtectionEnabled=True,
    )

    assert found == replace(
        TABLE,
        contributor_insights=(InsightsPlan(None, InsightsMode.ACCESSED_AND_THROTTLED_KEYS),),
        kinesis=KinesisPlan(STREAM, None),
        left_out=(
            LeftOut("tags", "no"),
            LeftOut("vector indexes", "a manifest has no field for it"),
            LeftOut("disassociation protection", "a manifest has no field for it"),
            LeftOut("streamViewType", "'DIFF' is unknown to this program"),
            LeftOut("tableClass", "'FROZEN' is unknown to this program"),
            LeftOut("contributorInsights.mode", "'SOME_KEYS' is unknown to this program"),
            LeftOut(
                "kinesisStreamingDestination.approximateCreationDateTimePrecision",
                "'NANOSECOND' is unknown to this program",
            ),
        ),
    )


def test_an_index_that_is_being_deleted_is_left_out() -> None:
    found = read(GlobalSecondaryIndexes=[index(IndexStatus="DELETING")])

    assert found == replace(TABLE, left_out=(LeftOut("the index 'by-sk'", "it is being deleted"),))


def test_a_second_kinesis_destination_is_left_out() -> None:
    active = [
        {"StreamArn": f"{STREAM}/{name}", "DestinationStatus": "ACTIVE"} for name in ("a", "b")
    ]

    found = read(Answers({}, kinesis={"KinesisDataStreamDestinations": active}))

    assert found.kinesis == KinesisPlan(f"{STREAM}/a", None)
    assert found.left_out == (
        LeftOut(
            "kinesisStreamingDestination",
            f"a manifest has one destination; '{STREAM}/b' stays in AWS",
        ),
    )


def test_a_policy_that_is_not_json_is_left_out() -> None:
    found = read(Answers({}, policy={"Policy": "{"}))

    assert found == replace(
        TABLE, left_out=(LeftOut("resourcePolicy", "AWS's answer is not a JSON object"),)
    )


# Replicas


def test_replicas_are_sorted_and_those_that_go_are_left_out() -> None:
    regions = ("us-east-1", "eu-west-1", "eu-central-1", "us-west-1", "us-west-2")
    statuses = ("ACTIVE", "ACTIVE", "UPDATING", "DELETING", "CREATION_FAILED")
    replicas = [
        {"RegionName": region, "ReplicaStatus": status}
        for region, status in zip(regions, statuses, strict=True)
    ]

    kept, left_out = replicas_of({"Replicas": replicas}, "eu-west-1")

    assert [one["RegionName"] for one in kept] == ["eu-central-1", "us-east-1"]
    assert left_out == [
        LeftOut("the replica in us-west-1", "it is being deleted"),
        LeftOut("the replica in us-west-2", "its creation failed"),
    ]


THERE = replace(
    TABLE,
    region="us-east-1",
    encryption=EncryptionPlan(True, KEY),
    point_in_time_recovery=RecoveryPlan(True, 35),
    deletion_protection=True,
    tags=(TagPlan("team", "shop"), TagPlan("aws:x", "there")),
    scaling=(replace(SCALED, region="us-east-1", max_capacity=5),),
)
HERE = replace(TABLE, tags=(TagPlan("aws:x", "here"), TagPlan("team", "shop")), scaling=(SCALED,))
US = {"RegionName": "us-east-1"}


def test_a_replica_has_the_settings_of_its_region() -> None:
    strong = {"MultiRegionConsistency": "STRONG", "GlobalTableWitnesses": [US]}

    found = with_replicas(HERE, strong, [US], {"us-east-1": THERE})

    assert found == replace(
        HERE,
        replicas=(ReplicaPlan("us-east-1", KEY, True, True, True, ConsistencyMode.STRONG),),
        witness_region="us-east-1",
        scaling=(SCALED, *THERE.scaling),
    )


@pytest.mark.parametrize("tags", [(), (TagPlan("team", "other"),)])
def test_a_replica_with_other_tags_does_not_get_the_tables(tags: tuple[TagPlan, ...]) -> None:
    found = with_replicas(HERE, {}, [US], {"us-east-1": replace(THERE, tags=tags)})

    assert [one.propagate_tags for one in found.replicas] == [False]


def test_without_tags_none_are_propagated() -> None:
    found = with_replicas(TABLE, {}, [US], {"us-east-1": replace(THERE, tags=())})

    assert [one.propagate_tags for one in found.replicas] == [False]


def test_a_replica_that_cannot_be_read_is_assumed_to_scale_like_the_table() -> None:
    found = with_replicas(HERE, {}, [US], {})

    assert found == replace(
        HERE,
        replicas=(ReplicaPlan("us-east-1", None, False, False, False, ConsistencyMode.EVENTUAL),),
        scaling=(SCALED, replace(SCALED, region="us-east-1")),
    )


def test_what_a_replica_has_for_itself_is_written() -> None:
    own, amazons = TagPlan("team", "another"), TagPlan("aws:cloudformation:stack-name", "x")
    insights = (InsightsPlan(None, InsightsMode.THROTTLED_KEYS),)
    there = replace(
        THERE, kinesis=KinesisPlan(STREAM, None), contributor_insights=insights, tags=(own, amazons)
    )

    found = with_replicas(HERE, {}, [US], {"us-east-1": there})

    assert found.replica_features == (
        ReplicaFeaturesPlan("us-east-1", insights, KinesisPlan(STREAM, None), (own,)),
    )
    assert found.left_out == HERE.left_out


def test_a_replica_with_the_tags_of_the_table_has_none_for_itself() -> None:
    tags = (TagPlan("team", "shop"),)

    found = with_replicas(
        replace(HERE, tags=tags), {}, [US], {"us-east-1": replace(THERE, tags=tags)}
    )

    assert [one.propagate_tags for one in found.replicas] == [True]
    assert found.replica_features == ()


def test_what_no_manifest_sets_on_a_replica_is_left_out() -> None:
    there = replace(
        THERE,
        table_class=TableClass.STANDARD_INFREQUENT_ACCESS,
        policy=PolicyPlan("{}", False),
        point_in_time_recovery=RecoveryPlan(True, 7),
        left_out=(LeftOut("tags", "no"),),
    )
    replica = {
        **US,
        "ProvisionedThroughputOverride": {"ReadCapacityUnits": 1},
        "OnDemandThroughputOverride": {"MaxReadRequestUnits": 1},
        "GlobalSecondaryIndexes": [{"IndexName": "x", "ProvisionedThroughputOverride": {}}],
    }

    found = with_replicas(HERE, {}, [replica], {"us-east-1": there})

    no_field = "a manifest cannot set it on a replica; it stays in AWS as it is"
    assert found.left_out == (
        *(
            LeftOut(f"the replica in us-east-1: {what}", no_field)
            for what in (
                "its own provisioned throughput",
                "its own on-demand maximum",
                "its own throughput of indexes",
                "its table class",
                "its resource policy",
                "its recovery period",
            )
        ),
        LeftOut("the replica in us-east-1: tags", "no"),
    )


def test_the_second_witness_is_left_out() -> None:
    regions = (("us-west-1", "DELETING"), ("us-west-2", "ACTIVE"), ("us-east-2", "ACTIVE"))
    witnesses = [{"RegionName": name, "WitnessStatus": status} for name, status in regions]

    found = with_replicas(TABLE, {"GlobalTableWitnesses": witnesses}, [], {})

    assert found.witness_region == "us-west-2"
    assert found.left_out == (LeftOut("the witness in us-east-2", "a manifest has one witness"),)


def test_an_unknown_consistency_is_named() -> None:
    with pytest.raises(UnreadableTable, match="the consistency of its replicas is 'SOME' in AWS"):
        with_replicas(TABLE, {"MultiRegionConsistency": "SOME"}, [], {})
