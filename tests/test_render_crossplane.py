"""The plan as Crossplane's managed resources."""

from __future__ import annotations

from typing import Any

import pytest

from planton.dialects.annotations import ALLOW_REPLACEMENT
from planton.plan.table_plan import TablePlan
from planton.render.crossplane import objects as crossplane
from planton.render.rendered import Data, Rendered, object_name
from tests.planning import index, key, provisioned, table

BOUNDS = {"minCapacity": 5, "maxCapacity": 50}
PLATFORM = {
    "Name": "orders",
    "planton.ai/resource": "true",
    "planton.ai/resource-kind": "AwsDynamodb",
}
EVERYTHING_BUT_LATE_INITIALIZE = ["Observe", "Create", "Update", "Delete"]


def rendered(plan: TablePlan) -> Rendered:
    return crossplane.objects(plan, region="eu-west-1")


def spec(plan: TablePlan) -> Data:
    found: Data = rendered(plan).objects[0]["spec"]
    return found


def warned(plan: TablePlan) -> list[tuple[str, str]]:
    return [(".".join(map(str, w.path)), w.message) for w in rendered(plan).warnings]


def test_the_smallest_table_turns_features_off_explicitly() -> None:
    rendered_spec = crossplane.objects(
        table(tableName="Orders_1"), region="eu-west-1", namespace="data"
    )
    assert rendered_spec.warnings == ()
    assert rendered_spec.objects == (
        {
            "apiVersion": "dynamodb.aws.m.upbound.io/v1beta1",
            "kind": "Table",
            "metadata": {
                "name": "orders",
                "namespace": "data",
                "annotations": {"crossplane.io/external-name": "Orders_1"},
            },
            "spec": {
                "forProvider": {
                    "region": "eu-west-1",
                    "billingMode": "PAY_PER_REQUEST",
                    "tableClass": "STANDARD",
                    "deletionProtectionEnabled": False,
                    "attribute": [{"name": "pk", "type": "S"}, {"name": "sk", "type": "S"}],
                    "hashKey": "pk",
                    "rangeKey": "sk",
                    "ttl": {"enabled": False},
                    "streamEnabled": False,
                    "pointInTimeRecovery": {"enabled": False},
                    "serverSideEncryption": {"enabled": False},
                    "tags": PLATFORM,
                }
            },
        },
    )


def test_every_feature_that_crossplane_supports_is_rendered() -> None:
    by_owner = index("by-owner", "owner")
    by_owner |= {"onDemandThroughput": {"maxWriteRequestUnits": 7}}
    by_time = index("by-time", "pk", "time")
    by_time["projection"] = {"type": "INCLUDE", "nonKeyAttributes": ["b", "a"]}
    arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    plan = table(
        tableClass="STANDARD_INFREQUENT_ACCESS",
        deletionProtectionEnabled=True,
        onDemandThroughput={"maxReadRequestUnits": 100},
        globalSecondaryIndexes=[by_owner],
        localSecondaryIndexes=[by_time],
        ttl={"enabled": True, "attributeName": "expiresAt"},
        streamEnabled=True,
        streamViewType="NEW_IMAGE",
        pointInTimeRecovery={"enabled": True, "recoveryPeriodInDays": 7},
        serverSideEncryption={"enabled": True, "kmsKeyArn": arn},
        tags={"team": "a"},
    )
    assert spec(plan) == {
        "forProvider": {
            "region": "eu-west-1",
            "billingMode": "PAY_PER_REQUEST",
            "tableClass": "STANDARD_INFREQUENT_ACCESS",
            "deletionProtectionEnabled": True,
            "attribute": [{"name": n, "type": "S"} for n in ("owner", "pk", "sk", "time")],
            "hashKey": "pk",
            "rangeKey": "sk",
            "onDemandThroughput": {"maxReadRequestUnits": 100},
            "globalSecondaryIndex": [
                {
                    "name": "by-owner",
                    "keySchema": key("owner"),
                    "projectionType": "ALL",
                    "onDemandThroughput": {"maxWriteRequestUnits": 7},
                }
            ],
            "localSecondaryIndex": [
                {
                    "name": "by-time",
                    "rangeKey": "time",
                    "projectionType": "INCLUDE",
                    "nonKeyAttributes": ["b", "a"],
                }
            ],
            "ttl": {"enabled": True, "attributeName": "expiresAt"},
            "streamEnabled": True,
            "streamViewType": "NEW_IMAGE",
            "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7},
            "serverSideEncryption": {"enabled": True, "kmsKeyArn": arn},
            "tags": {**PLATFORM, "team": "a"},
        }
    }
    assert warned(plan) == []


def test_a_table_without_a_sort_key_has_none() -> None:
    plan = table(keySchema=key("pk"), attributeDefinitions=[{"name": "pk", "type": "N"}])
    assert "rangeKey" not in spec(plan)["forProvider"]


def test_capacity_without_autoscaling_is_managed() -> None:
    rendered_spec = spec(provisioned(index("by-owner", "owner")))
    assert rendered_spec.keys() == {"forProvider"}
    held = {"readCapacity": 5, "writeCapacity": 6}
    (by_owner,) = rendered_spec["forProvider"]["globalSecondaryIndex"]
    assert held.items() <= rendered_spec["forProvider"].items()
    assert held.items() <= by_owner.items()


def test_autoscaled_capacity_is_only_set_at_creation() -> None:
    plan = provisioned(autoscaling={"read": BOUNDS})
    rendered_spec = spec(plan)
    assert "readCapacity" not in rendered_spec["forProvider"]
    assert rendered_spec["forProvider"]["writeCapacity"] == 6
    assert rendered_spec["initProvider"] == {"readCapacity": 5}
    assert rendered_spec["managementPolicies"] == EVERYTHING_BUT_LATE_INITIALIZE
    assert warned(plan) == []


def test_scaled_indexes_are_not_managed_and_a_warning_says_so() -> None:
    indexes = index("by-owner", "owner"), index("by-time", "time")
    plan = provisioned(*indexes, autoscaling={"read": BOUNDS, "write": BOUNDS})
    rendered_spec = spec(plan)
    assert rendered_spec["initProvider"].keys() == {
        "readCapacity",
        "writeCapacity",
        "globalSecondaryIndex",
    }
    assert rendered_spec["forProvider"].keys().isdisjoint(rendered_spec["initProvider"])
    assert warned(plan) == [
        (
            "spec.globalSecondaryIndexes",
            "if an index has autoscaling or warmThroughput, Crossplane creates the global indexes "
            "with the table and does not change them afterwards: a later change of one has no "
            "effect",
        )
    ]


def test_autoscaling_is_a_target_and_a_policy_with_the_tags() -> None:
    bounds = {**BOUNDS, "scaleInCooldownSeconds": 10, "scaleOutCooldownSeconds": 60}
    _, target, policy = rendered(provisioned(autoscaling={"write": bounds})).objects
    scaled = {
        "region": "eu-west-1",
        "serviceNamespace": "dynamodb",
        "resourceId": "table/orders",
        "scalableDimension": "dynamodb:table:WriteCapacityUnits",
    }
    frame = {
        "apiVersion": "appautoscaling.aws.m.upbound.io/v1beta1",
        "metadata": {"name": object_name("orders/table/write")},
    }
    assert target == {
        **frame,
        "kind": "Target",
        "spec": {"forProvider": {**scaled, **BOUNDS, "tags": PLATFORM}},
    }
    metric = {"predefinedMetricType": "DynamoDBWriteCapacityUtilization"}
    tracking = {
        "targetValue": 70,
        "predefinedMetricSpecification": metric,
        "scaleInCooldown": 10,
        "scaleOutCooldown": 60,
    }
    parameters = {
        **scaled,
        "policyType": "TargetTrackingScaling",
        "targetTrackingScalingPolicyConfiguration": tracking,
    }
    assert policy == {**frame, "kind": "Policy", "spec": {"forProvider": parameters}}


def test_absent_cooldowns_are_left_to_aws() -> None:
    *_, policy = rendered(provisioned(autoscaling={"read": BOUNDS})).objects
    tracking = policy["spec"]["forProvider"]["targetTrackingScalingPolicyConfiguration"]
    assert tracking.keys() == {"targetValue", "predefinedMetricSpecification"}


def test_a_policy_has_its_name_as_external_name_unless_it_has_a_slash() -> None:
    slash = "orders/writes"
    own = {"read": BOUNDS, "write": {**BOUNDS, "policyName": "by/owner"}}
    plan = provisioned(
        index("like-the-table", "sk"),
        index("by-owner", "owner", autoscaling=own),
        autoscaling={
            "read": {**BOUNDS, "policyName": "orders-reads"},
            "write": {**BOUNDS, "policyName": slash},
        },
    )
    found = rendered(plan)
    names = {
        one["metadata"]["name"]: one["metadata"].get("annotations")
        for one in found.objects[1:]
        if one["kind"] == "Policy"
    }
    reads = {"crossplane.io/external-name": "orders-reads"}
    assert names == {
        object_name(f"orders/{key}"): annotations
        for key, annotations in {
            "table/read": reads,
            "table/write": None,
            "index/like-the-table/read": reads,
            "index/like-the-table/write": None,
            "index/by-owner/read": None,
            "index/by-owner/write": None,
        }.items()
    }
    assert not any(one["metadata"].get("annotations") for one in found.objects[1::2])
    said = (
        "the provider cannot parse the name of a policy with a slash: the Policy has the name of "
        "its object, and AWS refuses it beside an existing policy of another name"
    )
    assert [one for one in warned(plan) if one[1] == said] == [
        ("spec.autoscaling.write.policyName", said),
        ("spec.globalSecondaryIndexes.1.autoscaling.write.policyName", said),
    ]


def test_fields_that_crossplane_does_not_support_are_named() -> None:
    plan = table(
        metadata={"annotations": {ALLOW_REPLACEMENT: "keySchema"}},
    )
    assert warned(plan) == [
        (
            f"metadata.annotations.{ALLOW_REPLACEMENT}",
            "a Crossplane Table is never replaced: a change that would need it is refused",
        ),
    ]


REPLICATED: dict[str, Any] = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}


def test_a_replica_is_rendered_in_full() -> None:
    west = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    east = west.replace("eu-west-1", "us-east-1")
    plan = table(
        **REPLICATED,
        serverSideEncryption={"enabled": True, "kmsKeyArn": west},
        replicas=[
            {
                "regionName": "us-east-1",
                "kmsKeyArn": east,
                "pointInTimeRecovery": True,
                "deletionProtectionEnabled": True,
                "propagateTags": True,
            },
        ],
    )
    rendered_spec = spec(plan)
    assert rendered_spec["forProvider"]["replica"] == [
        {
            "regionName": "us-east-1",
            "kmsKeyArn": east,
            "pointInTimeRecovery": True,
            "deletionProtectionEnabled": True,
            "propagateTags": True,
            "consistencyMode": "EVENTUAL",
        }
    ]
    assert warned(plan) == []


def test_strong_consistency_is_rendered_with_its_witness() -> None:
    plan = table(
        **REPLICATED,
        replicas=[{"regionName": "us-east-2", "consistencyMode": "STRONG"}],
        globalTableWitness={"regionName": "us-west-2"},
    )
    rendered_spec = spec(plan)["forProvider"]
    assert rendered_spec["replica"] == [
        {
            "regionName": "us-east-2",
            "pointInTimeRecovery": False,
            "deletionProtectionEnabled": False,
            "propagateTags": False,
            "consistencyMode": "STRONG",
        }
    ]
    assert rendered_spec["globalTableWitness"] == {"regionName": "us-west-2"}
    assert warned(plan) == []


def test_a_warning_says_that_a_protected_table_has_unprotected_replicas() -> None:
    replicas = [
        {"regionName": "us-east-1"},
        {"regionName": "eu-central-1", "deletionProtectionEnabled": True},
    ]
    plan = table(**REPLICATED, deletionProtectionEnabled=True, replicas=replicas)
    assert warned(plan) == [
        (
            "spec.deletionProtectionEnabled",
            "the provider deletes the replicas of a deleted object before AWS refuses to delete "
            "the table; not protected themselves: us-east-1",
        )
    ]


def test_a_replica_scales_in_its_own_region_and_a_warning_says_how() -> None:
    plan = provisioned(
        **REPLICATED, autoscaling={"write": BOUNDS}, replicas=[{"regionName": "eu-central-1"}]
    )
    _, *scaling = rendered(plan).objects
    rendered_spec = [
        (one["kind"], one["metadata"]["name"], one["spec"]["forProvider"]["region"])
        for one in scaling
    ]
    assert rendered_spec == [
        (kind, object_name(f"orders/{place}table/write"), region)
        for place, region in (("", "eu-west-1"), ("replica/eu-central-1/", "eu-central-1"))
        for kind in ("Target", "Policy")
    ]
    own, elsewhere = scaling[0]["spec"]["forProvider"], scaling[2]["spec"]["forProvider"]
    assert elsewhere == {**own, "region": "eu-central-1"}
    assert spec(plan)["forProvider"]["replica"][0]["regionName"] == "eu-central-1"
    assert warned(plan) == [
        (
            "spec.replicas",
            "this takes more than one step: AWS refuses the replicas until writes have "
            "autoscaling, and "
            "until then the Table shows that refusal",
        )
    ]


def test_bounds_that_a_schedule_changes_are_only_set_at_creation() -> None:
    night = {"name": "night", "dimension": "WRITE", "schedule": "rate(1 day)", "minCapacity": 5}
    plan = provisioned(
        autoscaling={"read": BOUNDS, "write": BOUNDS, "scheduledAdjustments": [night]}
    )
    _, read, _, write, _ = rendered(plan).objects
    assert read["spec"]["forProvider"].items() >= BOUNDS.items()
    assert read["spec"].keys() == {"forProvider"}
    assert write["spec"]["initProvider"] == BOUNDS
    assert write["spec"]["managementPolicies"] == EVERYTHING_BUT_LATE_INITIALIZE
    assert write["spec"]["forProvider"] == {
        "region": "eu-west-1",
        "serviceNamespace": "dynamodb",
        "resourceId": "table/orders",
        "scalableDimension": "dynamodb:table:WriteCapacityUnits",
        "tags": PLATFORM,
    }


def test_a_warm_throughput_that_aws_can_raise_is_only_set_at_creation() -> None:
    plan = table(warmThroughput={"readUnitsPerSecond": 15_000})
    rendered_spec = spec(plan)
    assert "warmThroughput" not in rendered_spec["forProvider"]
    assert rendered_spec["initProvider"] == {"warmThroughput": {"readUnitsPerSecond": 15_000}}
    assert rendered_spec["managementPolicies"] == EVERYTHING_BUT_LATE_INITIALIZE
    assert warned(plan) == []


def test_an_index_with_a_warm_throughput_makes_all_indexes_unmanaged() -> None:
    by_owner = index("by-owner", "owner", warmThroughput={"readUnitsPerSecond": 20_000})
    plan = table(globalSecondaryIndexes=[by_owner, index("by-time", "time")])
    rendered_spec = spec(plan)
    assert "globalSecondaryIndex" not in rendered_spec["forProvider"]
    first, second = rendered_spec["initProvider"]["globalSecondaryIndex"]
    assert first["warmThroughput"] == {"readUnitsPerSecond": 20_000, "writeUnitsPerSecond": 4_000}
    assert "warmThroughput" not in second
    assert [path for path, _ in warned(plan)] == ["spec.globalSecondaryIndexes"]


def test_an_import_only_applies_to_a_new_table() -> None:
    plan = table(
        importTable={
            "s3Bucket": "acme-exports",
            "s3BucketOwner": "111122223333",
            "s3KeyPrefix": "orders/",
            "inputFormat": "CSV",
            "inputCompressionType": "GZIP",
            "csv": {"delimiter": ";", "headerList": ["pk"]},
        }
    )
    rendered_spec = spec(plan)
    assert "importTable" not in rendered_spec["forProvider"]
    assert rendered_spec["initProvider"] == {
        "importTable": {
            "inputFormat": "CSV",
            "inputCompressionType": "GZIP",
            "inputFormatOptions": {"csv": {"delimiter": ";", "headerList": ["pk"]}},
            "s3BucketSource": {
                "bucket": "acme-exports",
                "bucketOwner": "111122223333",
                "keyPrefix": "orders/",
            },
        }
    }
    assert rendered_spec["managementPolicies"] == EVERYTHING_BUT_LATE_INITIALIZE
    assert warned(plan) == []


def test_an_import_contains_only_the_necessary_fields() -> None:
    rendered_spec = spec(table(importTable={"s3Bucket": "acme-exports", "inputFormat": "ION"}))
    assert rendered_spec["initProvider"]["importTable"] == {
        "inputFormat": "ION",
        "inputCompressionType": "NONE",
        "s3BucketSource": {"bucket": "acme-exports"},
    }


LOCAL = (
    "local indexes come with the data: if the source has some that the manifest does not name, the "
    "provider would recreate the table, which Crossplane always refuses"
)


def test_a_restored_table_has_the_key_of_its_source() -> None:
    plan = table(
        keySchema=[],
        attributeDefinitions=[],
        restoreSourceName="old",
        restoreDateTime="2026-11-23T06:00:00Z",
    )
    rendered_spec = spec(plan)
    assert {"attribute", "hashKey", "rangeKey"}.isdisjoint(rendered_spec["forProvider"])
    assert rendered_spec["initProvider"] == {
        "restoreSourceName": "old",
        "restoreDateTime": "2026-11-23T06:00:00Z",
    }
    assert rendered_spec["managementPolicies"] == EVERYTHING_BUT_LATE_INITIALIZE
    assert warned(plan) == [("spec.restoreSourceName", LOCAL)]


@pytest.mark.parametrize(
    ("source", "field"),
    [
        ({"importTable": {"s3Bucket": "exports", "inputFormat": "ION"}}, "importTable"),
        (
            {
                "restoreSourceName": "old",
                "restoreToLatestTime": True,
                "localSecondaryIndexes": [index("by-time", "pk", "time")],
            },
            "restoreSourceName",
        ),
    ],
)
def test_a_warm_throughput_is_not_combined_with_a_data_source(
    source: dict[str, Any], field: str
) -> None:
    plan = table(**source, warmThroughput={"readUnitsPerSecond": 20000})
    assert [(w.path, w.message, w.help) for w in rendered(plan).warnings] == [
        (
            ("spec", "warmThroughput"),
            f"the provider does not send it with {field}, nor later",
            "raise it in AWS: aws dynamodb update-table",
        )
    ]


def test_each_source_of_a_restored_table_is_rendered() -> None:
    arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/old"
    local: dict[str, Any] = {"localSecondaryIndexes": [index("by-time", "pk", "time")]}
    latest = table(restoreSourceTableArn=arn, restoreToLatestTime=True, **local)
    of_the_source = {
        "hashKey": "pk",
        "rangeKey": "sk",
        "localSecondaryIndex": [{"name": "by-time", "rangeKey": "time", "projectionType": "ALL"}],
    }
    assert spec(latest)["initProvider"] == {
        **of_the_source,
        "restoreSourceTableArn": arn,
        "restoreToLatestTime": True,
    }
    assert spec(latest)["forProvider"].keys().isdisjoint(of_the_source)
    assert warned(latest) == []
    backup = table(restoreBackupArn=f"{arn}/backup/01489602797149-73d8d5bc", **local)
    assert spec(backup)["initProvider"] == {
        **of_the_source,
        "restoreBackupArn": f"{arn}/backup/01489602797149-73d8d5bc",
    }
    assert warned(backup) == []


def test_a_retained_table_and_its_autoscaling_are_not_deleted() -> None:
    plan = provisioned(autoscaling={"read": BOUNDS}, deletionPolicy="retain")
    kept = ["Observe", "Create", "Update", "LateInitialize"]
    assert [one["spec"]["managementPolicies"] for one in rendered(plan).objects] == [
        ["Observe", "Create", "Update"],  # the autoscaler's capacity is set at creation only
        kept,
        kept,
    ]
    assert spec(table(deletionPolicy="retain"))["managementPolicies"] == kept


def test_no_warning_is_about_the_deletion_of_a_retained_table() -> None:
    protected = table(
        **REPLICATED,
        deletionProtectionEnabled=True,
        deletionPolicy="retain",
        replicas=[{"regionName": "eu-central-1"}],
    )
    assert warned(protected) == []
