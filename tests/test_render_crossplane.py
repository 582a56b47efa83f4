"""The plan as Crossplane's managed resources."""

from __future__ import annotations

from planton.annotations import ALLOW_REPLACEMENT
from planton.plan import TablePlan
from planton.render import crossplane
from planton.render.rendered import Data, Rendered, object_name
from tests.planning import index, key, provisioned, table

BOUNDS = {"minCapacity": 5, "maxCapacity": 50}
PLATFORM = {"planton.ai/resource": "true", "planton.ai/resource-kind": "AwsDynamodb"}
EVERYTHING_BUT_LATE_INITIALIZE = ["Observe", "Create", "Update", "Delete"]


def rendered(plan: TablePlan) -> Rendered:
    return crossplane.objects(plan, region="eu-west-1")


def spec(plan: TablePlan) -> Data:
    found: Data = rendered(plan).objects[0]["spec"]
    return found


def warned(plan: TablePlan) -> list[tuple[str, str]]:
    return [(".".join(map(str, w.path)), w.message) for w in rendered(plan).warnings]


def test_the_smallest_table_says_what_is_off() -> None:
    made = crossplane.objects(table(tableName="Orders_1"), region="eu-west-1", namespace="data")
    assert made.warnings == ()
    assert made.objects == (
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


def test_every_feature_that_crossplane_knows_is_carried() -> None:
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


def test_capacity_that_nobody_scales_is_held() -> None:
    made = spec(provisioned(index("by-owner", "owner")))
    assert made.keys() == {"forProvider"}
    held = {"readCapacity": 5, "writeCapacity": 6}
    (by_owner,) = made["forProvider"]["globalSecondaryIndex"]
    assert held.items() <= made["forProvider"].items()
    assert held.items() <= by_owner.items()


def test_capacity_that_is_scaled_is_given_at_the_beginning_only() -> None:
    plan = provisioned(autoscaling={"read": BOUNDS})
    made = spec(plan)
    assert "readCapacity" not in made["forProvider"]
    assert made["forProvider"]["writeCapacity"] == 6
    assert made["initProvider"] == {"readCapacity": 5}
    assert made["managementPolicies"] == EVERYTHING_BUT_LATE_INITIALIZE
    assert warned(plan) == []


def test_scaled_indexes_are_left_alone_as_a_whole_and_that_is_said() -> None:
    indexes = index("by-owner", "owner"), index("by-time", "time")
    plan = provisioned(*indexes, autoscaling={"read": BOUNDS, "write": BOUNDS})
    made = spec(plan)
    assert made["initProvider"].keys() == {"readCapacity", "writeCapacity", "globalSecondaryIndex"}
    assert made["forProvider"].keys().isdisjoint(made["initProvider"])
    assert warned(plan) == [
        (
            "spec.globalSecondaryIndexes",
            "where an index is scaled, Crossplane makes the global indexes with the table and "
            "leaves them alone from then on: a later change of one is not carried out",
        )
    ]


def test_autoscaling_is_a_target_and_a_policy_that_carry_the_tags() -> None:
    bounds = {**BOUNDS, "scaleInCooldownSeconds": 0, "scaleOutCooldownSeconds": 60}
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
        "scaleInCooldown": 0,
        "scaleOutCooldown": 60,
    }
    parameters = {
        **scaled,
        "policyType": "TargetTrackingScaling",
        "targetTrackingScalingPolicyConfiguration": tracking,
    }
    assert policy == {**frame, "kind": "Policy", "spec": {"forProvider": parameters}}


def test_cooldowns_that_are_not_given_are_left_to_aws() -> None:
    *_, policy = rendered(provisioned(autoscaling={"read": BOUNDS})).objects
    tracking = policy["spec"]["forProvider"]["targetTrackingScalingPolicyConfiguration"]
    assert tracking.keys() == {"targetValue", "predefinedMetricSpecification"}


def test_what_crossplane_does_not_carry_is_said_by_field() -> None:
    plan = table(
        metadata={"annotations": {ALLOW_REPLACEMENT: "keySchema"}},
        contributorInsightsEnabled=True,
    )
    assert warned(plan) == [
        ("spec.contributorInsights", "a Crossplane Table has no contributor insights"),
        (
            f"metadata.annotations.{ALLOW_REPLACEMENT}",
            "a Crossplane Table is never replaced: a change that would need it is refused",
        ),
    ]
