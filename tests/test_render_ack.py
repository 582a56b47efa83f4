"""The plan as ACK's objects, and the warnings about unsupported fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planton.dialects.annotations import ALLOW_REPLACEMENT
from planton.render.ack import objects as ack
from planton.render.rendered import Data, object_name
from tests.planning import UNITS, index, key, provisioned, table

BOUNDS = {"minCapacity": 5, "maxCapacity": 50}
PLATFORM = [
    {"key": "Name", "value": "orders"},
    {"key": "planton.ai/resource", "value": "true"},
    {"key": "planton.ai/resource-kind", "value": "AwsDynamodb"},
]


def spec(**fields: Any) -> Data:
    return ack.table_spec(table(**fields))


def warned(rendered: Any) -> dict[str, str]:
    return {
        ".".join(str(part) for part in warning.path): warning.message
        for warning in rendered.warnings
    }


def test_the_smallest_table_is_rendered_in_full() -> None:
    (rendered_spec,) = ack.objects(table()).objects
    assert rendered_spec == {
        "apiVersion": "dynamodb.services.k8s.aws/v1alpha1",
        "kind": "Table",
        "metadata": {"name": "orders"},
        "spec": {
            "tableName": "orders",
            "billingMode": "PAY_PER_REQUEST",
            "tableClass": "STANDARD",
            "deletionProtectionEnabled": False,
            "attributeDefinitions": [
                {"attributeName": "pk", "attributeType": "S"},
                {"attributeName": "sk", "attributeType": "S"},
            ],
            "keySchema": [
                {"attributeName": "pk", "keyType": "HASH"},
                {"attributeName": "sk", "keyType": "RANGE"},
            ],
            "sseSpecification": {"enabled": False},
            "contributorInsights": "DISABLE",
            "tags": PLATFORM,
        },
    }


def test_every_feature_that_ack_supports_is_rendered() -> None:
    by_owner = index("by-owner", "owner", "sk")
    by_time = index("by-time", "pk", "time")
    by_time["projection"] = {"type": "INCLUDE", "nonKeyAttributes": ["b", "a"]}
    arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    rendered_spec = spec(
        metadata={"org": "acme"},
        tableName="Orders_1",
        tableClass="STANDARD_INFREQUENT_ACCESS",
        deletionProtectionEnabled=True,
        onDemandThroughput={"maxReadRequestUnits": 100},
        globalSecondaryIndexes=[{**by_owner, "onDemandThroughput": {"maxWriteRequestUnits": 7}}],
        localSecondaryIndexes=[by_time],
        ttl={"enabled": True, "attributeName": "expiresAt"},
        streamEnabled=True,
        streamViewType="NEW_IMAGE",
        pointInTimeRecoveryEnabled=True,
        serverSideEncryption={"enabled": True, "kmsKeyArn": arn},
        contributorInsightsEnabled=True,
        tags={"team": "a"},
    )
    assert rendered_spec == {
        "tableName": "Orders_1",
        "billingMode": "PAY_PER_REQUEST",
        "tableClass": "STANDARD_INFREQUENT_ACCESS",
        "deletionProtectionEnabled": True,
        "attributeDefinitions": [
            {"attributeName": name, "attributeType": "S"} for name in ("owner", "pk", "sk", "time")
        ],
        "keySchema": key("pk", "sk"),
        "onDemandThroughput": {"maxReadRequestUnits": 100},
        "globalSecondaryIndexes": [
            {
                "indexName": "by-owner",
                "keySchema": key("owner", "sk"),
                "projection": {"projectionType": "ALL"},
                "onDemandThroughput": {"maxWriteRequestUnits": 7},
            }
        ],
        "localSecondaryIndexes": [
            {
                "indexName": "by-time",
                "keySchema": key("pk", "time"),
                "projection": {"projectionType": "INCLUDE", "nonKeyAttributes": ["b", "a"]},
            }
        ],
        "timeToLive": {"attributeName": "expiresAt", "enabled": True},
        "streamSpecification": {"streamEnabled": True, "streamViewType": "NEW_IMAGE"},
        "continuousBackups": {"pointInTimeRecoveryEnabled": True},
        "sseSpecification": {"enabled": True, "sseType": "KMS", "kmsMasterKeyID": arn},
        "contributorInsights": "ENABLE",
        "tags": [
            PLATFORM[0],
            {"key": "planton.ai/organization", "value": "acme"},
            *PLATFORM[1:],
            {"key": "team", "value": "a"},
        ],
    }


def test_encryption_with_the_aws_owned_key_still_names_its_type() -> None:
    rendered_spec = spec(serverSideEncryption={"enabled": True})
    assert rendered_spec["sseSpecification"] == {"enabled": True, "sseType": "KMS"}


def test_disabled_features_have_no_block_that_the_controller_would_rewrite() -> None:
    rendered_spec = spec(ttl={"enabled": False})
    assert {
        "timeToLive",
        "streamSpecification",
        "continuousBackups",
    } & rendered_spec.keys() == set()


def test_an_autoscaled_index_keeps_its_attribute_definitions() -> None:
    plan = provisioned(index("by-owner", "owner"), autoscaling={"write": BOUNDS})
    first, *scaling = ack.objects(plan, name="o", namespace="data", region="eu-west-1").objects
    place = {"namespace": "data", "annotations": {"services.k8s.aws/region": "eu-west-1"}}
    assert first["metadata"] == {"name": "o", **place}
    assert [a["attributeName"] for a in first["spec"]["attributeDefinitions"]] == [
        "owner",
        "pk",
        "sk",
    ]
    assert first["spec"]["provisionedThroughput"] == UNITS
    assert first["spec"]["globalSecondaryIndexes"][0]["provisionedThroughput"] == UNITS
    expected = []
    for name, resource, dimension in (
        (object_name("o/table/write"), "table/orders", "dynamodb:table:WriteCapacityUnits"),
        (
            object_name("o/index/by-owner/write"),
            "table/orders/index/by-owner",
            "dynamodb:index:WriteCapacityUnits",
        ),
    ):
        scaled = {
            "serviceNamespace": "dynamodb",
            "resourceID": resource,
            "scalableDimension": dimension,
        }
        metric = "DynamoDBWriteCapacityUtilization"
        frame = {
            "apiVersion": "applicationautoscaling.services.k8s.aws/v1alpha1",
            "metadata": {"name": name, **place},
        }
        policy = {
            **scaled,
            "policyName": f"{metric}:{resource}",
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": {
                "targetValue": 70,
                "predefinedMetricSpecification": {"predefinedMetricType": metric},
            },
        }
        expected += [
            {**frame, "kind": "ScalableTarget", "spec": {**scaled, **BOUNDS}},
            {**frame, "kind": "ScalingPolicy", "spec": policy},
        ]
    assert scaling == expected


def test_cooldowns_are_rendered_if_they_are_set() -> None:
    bounds = {**BOUNDS, "scaleInCooldownSeconds": 10, "scaleOutCooldownSeconds": 60}
    *_, policy = ack.objects(provisioned(autoscaling={"read": bounds})).objects
    metric = {"predefinedMetricType": "DynamoDBReadCapacityUtilization"}
    assert policy["spec"]["targetTrackingScalingPolicyConfiguration"] == {
        "targetValue": 70,
        "predefinedMetricSpecification": metric,
        "scaleInCooldown": 10,
        "scaleOutCooldown": 60,
    }


def test_a_policy_has_the_name_that_the_manifest_gives_it() -> None:
    named = {**BOUNDS, "policyName": "orders-reads"}
    *_, policy = ack.objects(provisioned(autoscaling={"read": named})).objects
    assert policy["spec"]["policyName"] == "orders-reads"


def test_labels_annotations_and_the_deletion_policy_are_on_every_object() -> None:
    rendered = ack.objects(
        provisioned(autoscaling={"read": BOUNDS}, deletionPolicy="retain"),
        labels={"team": "a"},
        annotations={"example.org/note": "n"},
    )
    notes = {"example.org/note": "n", "services.k8s.aws/deletion-policy": "retain"}
    assert [rendered_spec["metadata"] for rendered_spec in rendered.objects] == [
        {"name": name, "labels": {"team": "a"}, "annotations": notes}
        for name in ("orders", *[object_name("orders/table/read")] * 2)
    ]


def test_supported_fields_cause_no_warning() -> None:
    assert ack.objects(table(pointInTimeRecoveryEnabled=True)).warnings == ()


@pytest.mark.parametrize(("number", "has_name"), [(43, True), (44, False)])
def test_the_name_makes_room_for_the_controllers_tags(number: int, has_name: bool) -> None:
    plan = table(tags={f"tag-{n}": "" for n in range(number)})
    rendered = ack.objects(plan)
    assert rendered.warnings == ()
    found = rendered.objects[0]["spec"]["tags"]
    assert ({"key": "Name", "value": "orders"} in found, len(found)) == (has_name, 46)


def test_fields_that_ack_does_not_support_are_named() -> None:
    plan = table(
        metadata={"annotations": {ALLOW_REPLACEMENT: "keySchema"}},
        tags={f"tag-{n}": "" for n in range(45)},
    )
    assert warned(ack.objects(plan)) == {
        "spec.tags": "the ACK controller adds up to 4 tags to these 47, and AWS accepts 50",
        f"metadata.annotations.{ALLOW_REPLACEMENT}": "an ACK Table is never replaced: a changed "
        "key or local index is refused",
    }


FIGHT = (
    "the ACK controller resets capacity to the provisioned units, so what the autoscaler "
    "changes does not last"
)
UNTAGGED = "an ACK ScalableTarget has no tags: only the table is tagged"


def test_a_warning_explains_that_the_controller_reverts_autoscaling() -> None:
    plan = provisioned(autoscaling={"read": BOUNDS})
    assert warned(ack.objects(plan)) == {"spec.autoscaling": FIGHT, "spec.tags": UNTAGGED}


def test_the_index_whose_own_block_enables_autoscaling_is_named() -> None:
    own = index("by-owner", "owner", autoscaling={"read": BOUNDS})
    plan = provisioned(index("by-time", "time"), own)
    assert warned(ack.objects(plan)) == {
        "spec.globalSecondaryIndexes.1.autoscaling": FIGHT,
        "spec.tags": UNTAGGED,
    }


REPLICATED: dict[str, Any] = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}
WEST = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
EAST = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
DELETES = "; when it adopts a table, the controller deletes the replicas"


def test_a_replica_has_its_region_its_key_and_every_index() -> None:
    plan = table(
        **REPLICATED,
        globalSecondaryIndexes=[index("by-owner", "owner"), index("by-time", "time")],
        serverSideEncryption={"enabled": True, "kmsKeyArn": WEST},
        replicas=[
            {"regionName": "us-east-1", "kmsKeyArn": EAST},
            {"regionName": "eu-west-1", "kmsKeyArn": WEST},
        ],
    )
    indexes = [{"indexName": "by-owner"}, {"indexName": "by-time"}]
    assert ack.table_spec(plan)["tableReplicas"] == [
        {"regionName": "eu-west-1", "kmsMasterKeyID": WEST, "globalSecondaryIndexes": indexes},
        {"regionName": "us-east-1", "kmsMasterKeyID": EAST, "globalSecondaryIndexes": indexes},
    ]
    assert ack.objects(plan).warnings == ()


def test_a_replica_without_a_key_or_indexes_names_none() -> None:
    rendered_spec = spec(**REPLICATED, replicas=[{"regionName": "eu-west-1"}])
    assert rendered_spec["tableReplicas"] == [{"regionName": "eu-west-1"}]


def test_unsupported_fields_of_a_replica_are_named_with_its_region() -> None:
    replica = {
        "regionName": "eu-west-1",
        "pointInTimeRecovery": True,
        "deletionProtectionEnabled": True,
        "propagateTags": True,
    }
    plan = table(**REPLICATED, deletionProtectionEnabled=True, replicas=[replica])
    rest = "an ACK Table sets only the region, key and indexes of a replica: the one in eu-west-1 "
    assert warned(ack.objects(plan)) == {
        "spec.replicas.eu-west-1.pointInTimeRecovery": f"{rest}cannot be restored",
        "spec.replicas.eu-west-1.deletionProtectionEnabled": f"{rest}can be deleted",
        "spec.replicas.eu-west-1.propagateTags": f"{rest}has no tags",
        "spec.deletionProtectionEnabled": "the ACK controller deletes the replicas of a deleted "
        "object before AWS refuses to delete the table",
    }


def test_what_aws_shows_of_a_replica_and_no_ack_table_does_is_a_warning() -> None:
    shown: dict[str, Any] = {
        "serverSideEncryption": {"enabled": True},
        "tableClass": "STANDARD_INFREQUENT_ACCESS",
    }
    replicas = {**REPLICATED, "replicas": [{"regionName": "eu-west-1"}]}
    rest = (
        " of each replica, and an ACK Table does not: the controller compares the two, never "
        "settles, and deletes no replica while another one stays"
    )

    assert warned(ack.objects(table(**replicas, **shown))) == {
        "spec.serverSideEncryption.enabled": f"AWS shows the key aws/dynamodb{rest}",
        "spec.tableClass": f"AWS shows tableClass STANDARD_INFREQUENT_ACCESS{rest}",
    }
    assert warned(ack.objects(table(**shown))) == {}


def test_no_warning_is_about_the_deletion_of_a_retained_table() -> None:
    retained = table(
        **REPLICATED,
        deletionProtectionEnabled=True,
        deletionPolicy="retain",
        replicas=[{"regionName": "eu-west-1"}],
    )
    assert warned(ack.objects(retained)) == {}


def test_strongly_consistent_replicas_are_left_out_and_not_weakened() -> None:
    plan = table(
        **REPLICATED,
        deletionProtectionEnabled=True,
        replicas=[{"regionName": "us-east-2", "consistencyMode": "STRONG", "propagateTags": True}],
        globalTableWitness={"regionName": "us-west-2"},
    )
    rendered = ack.objects(plan)
    assert "tableReplicas" not in rendered.objects[0]["spec"]
    assert warned(rendered) == {
        "spec.replicas": "an ACK Table has no strongly consistent replicas: none is created, and "
        f"the table is in one region only{DELETES}",
    }


def test_replicas_that_must_scale_are_left_out_with_their_scaling() -> None:
    plan = provisioned(
        **REPLICATED, autoscaling={"write": BOUNDS}, replicas=[{"regionName": "eu-central-1"}]
    )
    rendered = ack.objects(plan, region="eu-west-1")
    first, *scaling = rendered.objects
    assert "tableReplicas" not in first["spec"]
    assert [(one["kind"], one["metadata"]) for one in scaling] == [
        (
            kind,
            {
                "name": object_name("orders/table/write"),
                "annotations": {"services.k8s.aws/region": "eu-west-1"},
            },
        )
        for kind in ("ScalableTarget", "ScalingPolicy")
    ]
    assert warned(rendered) == {
        "spec.replicas": "AWS creates replicas only once writes have autoscaling, and the ACK "
        f"controller does not wait for that: none is created{DELETES}",
        "spec.autoscaling": FIGHT,
        "spec.tags": UNTAGGED,
    }


def policy(resource: str, **more: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "dynamodb:Get*",
        "Resource": resource,
    }
    return {"policy": {"Version": "2012-10-17", "Statement": [statement]}, **more}


def test_a_policy_that_names_the_table_itself_is_rendered_as_a_string() -> None:
    arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
    plan = table(resourcePolicy=policy(arn))
    assert json.loads(ack.table_spec(plan)["resourcePolicy"]) == policy(arn)["policy"]
    assert ack.objects(plan).warnings == ()


def test_a_policy_that_needs_the_tables_arn_is_left_out() -> None:
    rendered = ack.objects(table(resourcePolicy=policy("${table_arn}")))
    assert "resourcePolicy" not in rendered.objects[0]["spec"]
    assert warned(rendered) == {
        "spec.resourcePolicy": "ACK does not replace ${table_arn} with the table's ARN: the ACK "
        "Table is rendered without the policy, and the controller removes an existing one"
    }


@pytest.mark.parametrize(
    ("field", "source", "verb"),
    [
        (
            "importTable",
            {"importTable": {"s3Bucket": "acme-exports", "inputFormat": "ION"}},
            "filled from S3",
        ),
        (
            "restoreSourceName",
            {"restoreSourceName": "old", "restoreToLatestTime": True},
            "restored",
        ),
        (
            "restoreSourceTableArn",
            {
                "restoreSourceTableArn": "arn:aws:dynamodb:eu-west-1:111122223333:table/old",
                "restoreToLatestTime": True,
            },
            "restored",
        ),
        (
            "restoreBackupArn",
            {
                "restoreBackupArn": "arn:aws:dynamodb:eu-west-1:111122223333:table/old/backup/"
                "01489602797149-73d8d5bc"
            },
            "restored",
        ),
    ],
)
def test_a_warning_explains_that_the_table_would_be_empty(
    field: str, source: dict[str, Any], verb: str
) -> None:
    rendered = ack.objects(table(**source))
    assert rendered.objects == ack.objects(table()).objects
    assert warned(rendered) == {
        f"spec.{field}": f"an ACK Table cannot be {verb}: the table is created empty"
    }


@pytest.mark.parametrize("name", ["orders", "orders-1", "a.b-c.d", "1", "a" * 253])
def test_a_valid_kubernetes_name_is_kept(name: str) -> None:
    assert object_name(name) == name


@pytest.mark.parametrize(
    ("name", "rendered_spec"),
    [
        ("Orders_1", "orders-1-361b087a"),
        ("orders_1", "orders-1-"),
        ("a..b", "a-b-"),
        ("...", "table-"),
        ("a" * 254, "a" * 244 + "-"),
    ],
)
def test_another_name_is_its_valid_characters_and_a_digest(name: str, rendered_spec: str) -> None:
    found = object_name(name)
    assert found.startswith(rendered_spec)
    assert len(found) <= 253
    assert object_name(found) == found


def test_owners_whose_joined_names_are_equal_share_no_object() -> None:
    assert object_name("a/index/b-table/read") != object_name("a-index-b/table/read")
