"""The manifest of an existing table says what the table is, and names what it cannot say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import yaml

from planton.adopt.found import FoundTable, LeftOut
from planton.adopt.manifest import WrittenManifest, write_manifest
from planton.dialects.contract import API_VERSIONS, Contract
from planton.manifest.enums import (
    AttributeType,
    BillingMode,
    ConsistencyMode,
    InsightsMode,
    KeyType,
    ProjectionType,
    StreamViewType,
    TableClass,
)
from planton.manifest.manifest import Manifest
from planton.plan.scaling_plan import Dimension, ScalingPlan, SchedulePlan
from planton.plan.table_plan import (
    AttributePlan,
    EncryptionPlan,
    GlobalIndexPlan,
    InsightsPlan,
    KeyAttribute,
    KinesisPlan,
    LocalIndexPlan,
    PolicyPlan,
    RecoveryPlan,
    ReplicaFeaturesPlan,
    ReplicaPlan,
    TagPlan,
    Throughput,
    TtlPlan,
    WarmPlan,
)
from tests.adopt.found_tables import in_aws, manifests, read_back
from tests.corpus import ACCEPT, cases, examples

PK = KeyAttribute("pk", AttributeType.S, KeyType.HASH)
TABLE = FoundTable(
    name="orders",
    billing_mode=BillingMode.PAY_PER_REQUEST,
    attributes=(AttributePlan("pk", AttributeType.S),),
    keys=(PK,),
    region="eu-west-1",
)
PROVISIONED = replace(TABLE, billing_mode=BillingMode.PROVISIONED, throughput=Throughput(5, 6))
INDEX = GlobalIndexPlan(
    name="by-pk",
    keys=(PK,),
    projection_type=ProjectionType.KEYS_ONLY,
    non_key_attributes=(),
    throughput=Throughput(7, 8),
    maximum=None,
    warm=None,
    ignored=(),
)
REPLICA = ReplicaPlan("us-east-1", None, False, False, False, ConsistencyMode.EVENTUAL)
NIGHT = SchedulePlan("night", "cron(0 22 * * ? *)", "Europe/Berlin", 1, 10, None, None)
MORNING = SchedulePlan("morning", "cron(0 6 * * ? *)", None, 20, None, None, None)


def scaling(
    dimension: Dimension = "read",
    index: str | None = None,
    region: str | None = None,
    schedules: tuple[SchedulePlan, ...] = (),
    high: int = 100,
) -> ScalingPlan:
    return ScalingPlan(region, index, dimension, 5, high, 70, None, 60, None, schedules)


def written(found: FoundTable, **options: Any) -> WrittenManifest:
    return write_manifest(found, source_name="orders.yaml", **options)


def document(found: FoundTable, **options: Any) -> Any:
    """What the manifest says, which a check finds nothing wrong with."""
    result = written(found, **options)
    assert result.is_valid, [one.text() for one in result.diagnostics]
    return yaml.safe_load(result.text)


def spec(found: FoundTable) -> Any:
    return document(found)["spec"]


@pytest.mark.parametrize(
    "manifest",
    [pytest.param(m, id=name) for _, name, m in manifests([*examples(), *cases(ACCEPT)])],
)
def test_the_manifest_of_a_table_has_the_plan_that_created_it(manifest: Manifest) -> None:
    found = in_aws(manifest)

    result = written(found, imports=True)

    assert read_back(result.text) == found
    assert result.left_out == ()


@pytest.mark.parametrize("to", [Contract.V1ALPHA1, Contract.V1])
@pytest.mark.parametrize(
    "manifest", [pytest.param(m, id=name) for _, name, m in manifests(examples())]
)
def test_a_manifest_of_another_version_has_the_same_plan(manifest: Manifest, to: Contract) -> None:
    found = in_aws(manifest)

    result = written(found, imports=True, to=to)

    assert API_VERSIONS[yaml.safe_load(result.text)["apiVersion"]] is to
    assert read_back(result.text) == found


def test_a_plain_table_needs_few_lines() -> None:
    assert written(TABLE).text == (
        'apiVersion: "aws.planton.dev/v1alpha1"\n'
        'kind: "AwsDynamodb"\n'
        "metadata:\n"
        '  name: "orders"\n'
        "spec:\n"
        '  region: "eu-west-1"\n'
        '  billingMode: "PAY_PER_REQUEST"\n'
        "  attributeDefinitions:\n"
        '  - name: "pk"\n'
        '    type: "S"\n'
        "  keySchema:\n"
        '  - attributeName: "pk"\n'
        '    keyType: "HASH"\n'
    )


def test_everything_that_differs_from_a_default_is_written() -> None:
    statement = {
        "Sid": "",
        "Effect": "Allow",
        "Principal": {"AWS": "111122223333"},
        "Action": "dynamodb:GetItem",
        "Resource": "${table_arn}",
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    stream = "arn:aws:kinesis:eu-west-1:111122223333:stream/changes"
    key = "arn:aws:kms:eu-west-1:111122223333:key/1"
    found = replace(
        PROVISIONED,
        local_indexes=(LocalIndexPlan("by-sk", "sk", ProjectionType.INCLUDE, ("a", "b")),),
        attributes=(AttributePlan("pk", AttributeType.S), AttributePlan("sk", AttributeType.N)),
        keys=(PK, KeyAttribute("sk", AttributeType.N, KeyType.RANGE)),
        global_indexes=(replace(INDEX, warm=WarmPlan(13_000, 5_000)),),
        warm=WarmPlan(15_000, None),
        ttl=TtlPlan(True, "expiresAt"),
        stream_view_type=StreamViewType.KEYS_ONLY,
        point_in_time_recovery=RecoveryPlan(True, 7),
        encryption=EncryptionPlan(True, key),
        table_class=TableClass.STANDARD_INFREQUENT_ACCESS,
        deletion_protection=True,
        contributor_insights=(
            InsightsPlan(None, InsightsMode.THROTTLED_KEYS),
            InsightsPlan("by-pk", InsightsMode.THROTTLED_KEYS),
        ),
        policy=PolicyPlan(json.dumps(policy), False),
        kinesis=KinesisPlan(stream, None),
        tags=(TagPlan("team", "shop"), TagPlan("empty", "")),
    )

    assert spec(found) == {
        "region": "eu-west-1",
        "billingMode": "PROVISIONED",
        "attributeDefinitions": [{"name": "pk", "type": "S"}, {"name": "sk", "type": "N"}],
        "keySchema": [
            {"attributeName": "pk", "keyType": "HASH"},
            {"attributeName": "sk", "keyType": "RANGE"},
        ],
        "provisionedThroughput": {"readCapacityUnits": 5, "writeCapacityUnits": 6},
        "warmThroughput": {"readUnitsPerSecond": 15_000},
        "globalSecondaryIndexes": [
            {
                "name": "by-pk",
                "keySchema": [{"attributeName": "pk", "keyType": "HASH"}],
                "projection": {"type": "KEYS_ONLY"},
                "provisionedThroughput": {"readCapacityUnits": 7, "writeCapacityUnits": 8},
                "warmThroughput": {"readUnitsPerSecond": 13_000, "writeUnitsPerSecond": 5_000},
            }
        ],
        "localSecondaryIndexes": [
            {
                "name": "by-sk",
                "rangeKey": "sk",
                "projection": {"type": "INCLUDE", "nonKeyAttributes": ["a", "b"]},
            }
        ],
        "ttl": {"enabled": True, "attributeName": "expiresAt"},
        "streamEnabled": True,
        "streamViewType": "KEYS_ONLY",
        "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7},
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": key},
        "tableClass": "STANDARD_INFREQUENT_ACCESS",
        "deletionProtectionEnabled": True,
        "contributorInsights": {
            "enabled": True,
            "mode": "THROTTLED_KEYS",
            "gsiIndexNames": ["by-pk"],
        },
        "resourcePolicy": {"policy": policy},
        "kinesisStreamingDestination": {"streamArn": stream},
        "tags": {"team": "shop", "empty": ""},
    }


# Names and tags


def test_another_name_in_metadata_keeps_the_physical_name() -> None:
    result = document(TABLE, name="shop")

    assert result["metadata"] == {"name": "shop"}
    assert result["spec"]["tableName"] == "orders"


def test_the_annotation_for_the_import_is_written_on_demand() -> None:
    annotations = {"dynamodb.project-planton.org/import": "true"}

    assert document(TABLE, imports=True)["metadata"] == {
        "name": "orders",
        "annotations": annotations,
    }


def test_the_platforms_tags_become_metadata_and_those_of_aws_are_left_out() -> None:
    tags = {
        "AWS:cloudformation:stack-name": "shop",
        "aws:backup:source": "plan",
        "planton.ai/resource": "true",
        "planton.ai/resource-kind": "AwsDynamodb",
        "planton.ai/organization": "acme",
        "planton.ai/environment": "dev",
        "planton.ai/resource-id": "ddb-1",
        "awsome": "yes",
    }
    result = document(replace(TABLE, tags=tuple(TagPlan(*tag) for tag in tags.items())))

    assert result["metadata"] == {"name": "orders", "org": "acme", "env": "dev", "id": "ddb-1"}
    assert result["spec"]["tags"] == {"awsome": "yes"}


@pytest.mark.parametrize(("name", "kept"), [("orders", {}), ("shop", {"Name": "orders"})])
def test_a_name_that_the_program_would_set_itself_is_left_out(
    name: str, kept: dict[str, str]
) -> None:
    found = replace(TABLE, tags=(TagPlan("Name", "orders"),))
    assert document(found, name=name)["spec"].get("tags", {}) == kept


def test_tags_are_sorted() -> None:
    found = replace(TABLE, tags=(TagPlan("b", "1"), TagPlan("a", "2")))

    assert list(spec(found)["tags"]) == ["a", "b"]


def test_a_platform_tag_with_another_value_stays_a_tag() -> None:
    tags = {"planton.ai/resource-kind": "DynamoDBRequest", "planton.ai/environment": ""}
    result = document(replace(TABLE, tags=tuple(TagPlan(*tag) for tag in tags.items())))

    assert result["metadata"] == {"name": "orders"}
    assert result["spec"]["tags"] == tags


# Autoscaling


def test_an_index_that_scales_like_the_table_has_no_block() -> None:
    found = replace(
        PROVISIONED,
        global_indexes=(INDEX,),
        scaling=(
            scaling(schedules=(NIGHT, MORNING)),
            scaling(index="by-pk", schedules=(MORNING, NIGHT)),
        ),
    )

    result = spec(found)

    assert result["autoscaling"] == {
        "read": {
            "minCapacity": 5,
            "maxCapacity": 100,
            "targetUtilizationPercent": 70,
            "scaleOutCooldownSeconds": 60,
        },
        "scheduledAdjustments": [
            {
                "name": "night",
                "dimension": "READ",
                "schedule": "cron(0 22 * * ? *)",
                "timezone": "Europe/Berlin",
                "minCapacity": 1,
                "maxCapacity": 10,
            },
            {
                "name": "morning",
                "dimension": "READ",
                "schedule": "cron(0 6 * * ? *)",
                "minCapacity": 20,
            },
        ],
    }
    assert [set(index) for index in result["globalSecondaryIndexes"]] == [
        {"name", "keySchema", "projection", "provisionedThroughput"}
    ]


def test_an_index_that_does_not_scale_is_disabled_beside_a_table_that_does() -> None:
    found = replace(PROVISIONED, global_indexes=(INDEX,), scaling=(scaling(),))

    assert spec(found)["globalSecondaryIndexes"][0]["autoscaling"] == {"enabled": False}


def test_an_index_that_scales_otherwise_has_its_own_block() -> None:
    found = replace(
        PROVISIONED,
        global_indexes=(INDEX, replace(INDEX, name="by-pk-2")),
        scaling=(scaling("write", index="by-pk", high=50),),
    )

    result = spec(found)

    assert "autoscaling" not in result
    assert [index.get("autoscaling") for index in result["globalSecondaryIndexes"]] == [
        {
            "write": {
                "minCapacity": 5,
                "maxCapacity": 50,
                "targetUtilizationPercent": 70,
                "scaleOutCooldownSeconds": 60,
            }
        },
        None,
    ]


def test_scaled_capacity_is_kept_within_its_bounds() -> None:
    found = replace(
        PROVISIONED,
        throughput=Throughput(2, 900),
        global_indexes=(replace(INDEX, throughput=Throughput(500, 900)),),
        scaling=(scaling("read"), scaling("write"), scaling(index="by-pk")),
    )

    result = spec(found)

    assert result["provisionedThroughput"] == {"readCapacityUnits": 5, "writeCapacityUnits": 100}
    (index,) = result["globalSecondaryIndexes"]
    assert index["provisionedThroughput"] == {"readCapacityUnits": 100, "writeCapacityUnits": 900}


def test_the_bounds_of_a_replica_are_not_those_of_the_table() -> None:
    there = replace(scaling("write", region="us-east-1"), min_capacity=50)

    assert spec(replace(GLOBAL, scaling=(*GLOBAL.scaling, there)))["provisionedThroughput"] == {
        "readCapacityUnits": 5,
        "writeCapacityUnits": 6,
    }


def test_the_default_recovery_period_is_not_written() -> None:
    found = replace(TABLE, point_in_time_recovery=RecoveryPlan(True, 35))

    assert spec(found)["pointInTimeRecovery"] == {"enabled": True}


def test_the_second_of_two_adjustments_with_one_name_is_left_out() -> None:
    found = replace(
        PROVISIONED, scaling=(scaling(schedules=(NIGHT,)), scaling("write", schedules=(NIGHT,)))
    )

    result = written(found)

    assert result.left_out == (
        LeftOut(
            "table/write: scheduled action 'night'",
            "adjustments of reads and of writes need different names in a manifest; it stays in "
            "AWS as it is",
        ),
    )
    adjustments = spec(found)["autoscaling"]["scheduledAdjustments"]
    assert [one["dimension"] for one in adjustments] == ["READ"]


def test_autoscaling_that_is_left_over_on_demand_is_left_out() -> None:
    result = written(replace(TABLE, scaling=(scaling(),)))

    assert result.left_out == (
        LeftOut("autoscaling", "it has no effect with PAY_PER_REQUEST; it stays in AWS"),
    )
    assert "autoscaling" not in result.text


GLOBAL = replace(
    PROVISIONED,
    stream_view_type=StreamViewType.NEW_AND_OLD_IMAGES,
    replicas=(REPLICA,),
    scaling=(scaling("write", schedules=(NIGHT, MORNING)),),
)


def test_replicas_that_scale_like_the_table_need_no_words() -> None:
    there = scaling("write", region="us-east-1", schedules=(MORNING, NIGHT))

    result = written(replace(GLOBAL, scaling=(*GLOBAL.scaling, there)))

    assert result.left_out == ()
    assert yaml.safe_load(result.text)["spec"]["replicas"] == [{"regionName": "us-east-1"}]


def test_a_replica_that_scales_otherwise_is_named() -> None:
    there = scaling("write", region="us-east-1", high=50)

    assert written(replace(GLOBAL, scaling=(*GLOBAL.scaling, there))).left_out == (
        LeftOut(
            "autoscaling in us-east-1",
            "it differs from the table's; in a manifest, replicas scale like the table, and "
            "`pulumi up` changes that",
        ),
    )


def test_a_policy_of_a_replica_with_another_name_is_named_with_its_deletion() -> None:
    """A manifest's names apply in every region."""
    there = scaling("write", region="us-east-1", schedules=(NIGHT, MORNING))
    named = replace(there, policy_name="orders writes")

    assert written(replace(GLOBAL, scaling=(*GLOBAL.scaling, named))).left_out == (
        LeftOut(
            "autoscaling replica/us-east-1/table/write: name of the policy",
            "in a manifest, the policies of replicas have the names of the table's. `pulumi up` "
            "creates 'DynamoDBWriteCapacityUtilization:table/orders', and AWS refuses a second "
            "policy on DynamoDBWriteCapacityUtilization: delete this one just before. The capacity "
            "stays meanwhile: aws application-autoscaling delete-scaling-policy --region us-east-1 "
            "--service-namespace dynamodb --resource-id table/orders --scalable-dimension "
            "dynamodb:table:WriteCapacityUnits --policy-name 'orders writes'",
        ),
    )


def test_an_index_whose_policy_has_another_name_has_its_own_block() -> None:
    """An index that uses the table's block uses its names as well."""
    read, write = replace(scaling(), policy_name="reads"), scaling("write")
    like = tuple(replace(one, index="by-pk") for one in (read, write))
    found = replace(PROVISIONED, global_indexes=(INDEX,), scaling=(read, write, *like))
    block = {"minCapacity": 5, "maxCapacity": 100, "targetUtilizationPercent": 70}
    block["scaleOutCooldownSeconds"] = 60
    table = {"read": {**block, "policyName": "reads"}, "write": block}
    assert spec(found)["autoscaling"] == table
    assert "autoscaling" not in spec(found)["globalSecondaryIndexes"][0]

    for name in ("other", None):
        other = replace(like[0], policy_name=name)
        whole = spec(replace(found, scaling=(read, write, other, like[1])))
        assert whole["autoscaling"] == table
        named = {"policyName": name} if name else {}
        own = {"read": {**block, **named}, "write": block}
        assert whole["globalSecondaryIndexes"][0]["autoscaling"] == own


# What a manifest cannot say


@pytest.mark.parametrize(
    ("monitored", "expected", "reason"),
    [
        (
            (InsightsPlan("by-pk", InsightsMode.THROTTLED_KEYS),),
            None,
            "a manifest monitors an index only together with the table",
        ),
        (
            (
                InsightsPlan("by-pk", InsightsMode.THROTTLED_KEYS),
                InsightsPlan(None, InsightsMode.ACCESSED_AND_THROTTLED_KEYS),
            ),
            {"enabled": True},
            "its mode is THROTTLED_KEYS, that of the table is not",
        ),
    ],
)
def test_insights_of_an_index_unlike_those_of_the_table_are_left_out(
    monitored: tuple[InsightsPlan, ...], expected: Any, reason: str
) -> None:
    found = replace(PROVISIONED, global_indexes=(INDEX,), contributor_insights=monitored)

    assert spec(found).get("contributorInsights") == expected
    assert written(found).left_out == (
        LeftOut("contributor insights of the index 'by-pk'", reason),
    )


def test_insights_of_an_index_of_a_replica_are_left_out_likewise() -> None:
    only_index = (InsightsPlan("by-pk", InsightsMode.THROTTLED_KEYS),)
    features = ReplicaFeaturesPlan("us-east-1", only_index, None, ())
    both = StreamViewType.NEW_AND_OLD_IMAGES
    found = replace(TABLE, stream_view_type=both, replicas=(REPLICA,), replica_features=(features,))

    assert spec(found)["replicas"] == [{"regionName": "us-east-1"}]
    assert written(found).left_out == (
        LeftOut(
            "the replica in us-east-1: contributor insights of the index 'by-pk'",
            "a manifest monitors an index only together with the table",
        ),
    )


def test_a_policy_that_locks_out_its_author_is_confirmed() -> None:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "dynamodb:*",
        "Resource": "${table_arn}",
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    found = replace(TABLE, policy=PolicyPlan(json.dumps(policy), False))

    assert spec(found)["resourcePolicy"] == {
        "policy": policy,
        "confirmRemoveSelfResourceAccess": True,
    }
    for to in (None, Contract.V1):
        (note,) = written(found, to=to).notes
        assert note.startswith("confirmRemoveSelfResourceAccess is set: the table's policy prevent")


def test_what_the_source_left_out_comes_first() -> None:
    from_source = LeftOut("tags", "no permission")
    found = replace(TABLE, scaling=(scaling(),), left_out=(from_source,))

    assert written(found).left_out[0] == from_source
    assert len(written(found).left_out) == 2


@pytest.mark.parametrize("to", [None, Contract.V1])
def test_a_manifest_with_errors_is_still_written(to: Contract | None) -> None:
    result = written(replace(TABLE, region=None), to=to)

    assert not result.is_valid
    assert [one.code for one in result.diagnostics] == ["missing"]
    assert result.text.startswith('apiVersion: "aws.planton.dev/v1alpha1"')


def test_a_manifest_that_another_version_refuses_stays_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No table is known for which this happens: the fields go into the annotation."""
    from planton.adopt import manifest as module
    from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source

    refusal = Diagnostic(code="missing", message="no", source=Source("x", ""))

    def refuse(*_: object) -> None:
        raise ManifestError([refusal])

    monkeypatch.setattr(module, "convert", refuse)

    result = written(TABLE, to=Contract.V1)

    assert result == WrittenManifest(written(TABLE).text, (), (refusal,))


def test_the_notes_of_a_conversion_are_kept() -> None:
    found = replace(PROVISIONED, global_indexes=(INDEX,), scaling=(scaling(),))

    result = written(found, to=Contract.V1)

    assert yaml.safe_load(result.text)["apiVersion"] == "aws.project-planton.org/v1"
    assert result.notes == (
        "the global indexes are in the annotation, which this program reads; the wrapper's own "
        "check may not find them",
    )
