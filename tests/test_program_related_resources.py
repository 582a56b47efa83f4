"""The whole program: the related resources that it registers, compared as values."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from planton.plan import outputs
from planton.rehearsal.program.records import Options, Rehearsal, Resource
from planton.rehearsal.program.runner import rehearse
from tests.planning import INDEX_LIST, KEPT
from tests.test_program import (
    INDEX,
    INSIGHTS,
    POLICY,
    PROVIDER,
    TABLE,
    TAGS,
    TARGET,
    of_type,
    run,
    urn,
)

ROOT = Path(__file__).resolve().parent.parent
REPLICA = "aws:dynamodb/tableReplica:TableReplica"
ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
RESOURCE_POLICY = "aws:dynamodb/resourcePolicy:ResourcePolicy"
ACCESS_POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
KINESIS = "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def owned(name: str) -> dict[str, str]:
    """The tags of an example's resources."""
    owner = {"planton.ai/organization": "acme", "planton.ai/environment": "production"}
    return {**TAGS, **owner, "Name": name}


def example(name: str) -> Rehearsal:
    rehearsal = rehearse({"STACK_INPUT_YAML_FILE": str(ROOT / "examples" / f"{name}.yaml")})
    assert rehearsal.error is None
    return rehearsal


def named(rehearsal: Rehearsal, type_: str) -> dict[str, Resource]:
    return {resource.name: resource for resource in of_type(rehearsal, type_)}


def test_on_demand_replicas_are_registered_with_the_table() -> None:
    rehearsal = example("global-table")
    (resource,) = of_type(rehearsal, TABLE)
    assert resource.inputs == {
        "name": "sessions",
        "billingMode": "PAY_PER_REQUEST",
        "attributes": [{"name": "sessionId", "type": "S"}, {"name": "userId", "type": "S"}],
        "hashKey": "userId",
        "rangeKey": "sessionId",
        "ttl": {"enabled": True, "attributeName": "expiresAt"},
        "streamEnabled": True,
        "streamViewType": "NEW_AND_OLD_IMAGES",
        "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 35},
        "serverSideEncryption": {"enabled": False},
        "tableClass": "STANDARD",
        "deletionProtectionEnabled": True,
        "replicas": [
            {
                "regionName": "eu-west-1",
                "pointInTimeRecovery": True,
                "deletionProtectionEnabled": True,
                "propagateTags": True,
                "consistencyMode": "EVENTUAL",
            },
            {
                "regionName": "us-east-1",
                "pointInTimeRecovery": False,
                "deletionProtectionEnabled": False,
                "propagateTags": True,
                "consistencyMode": "EVENTUAL",
            },
        ],
        "tags": owned("sessions"),
    }
    assert resource.options == Options(
        provider=PROVIDER, protect=True, ignore_changes=KEPT, custom_timeouts={"update": "6h"}
    )
    assert of_type(rehearsal, REPLICA) == []
    arn = "arn:aws:dynamodb:{}:123456789012:table/sessions"
    regions = ("eu-west-1", "us-east-1")
    assert rehearsal.outputs["replica_arns"] == {r: arn.format(r) for r in regions}
    streams = rehearsal.outputs["replica_stream_arns"]
    assert {r: streams[r].rpartition("/stream/")[0] for r in regions} == {
        r: arn.format(r) for r in regions
    }


def test_a_strongly_consistent_table_is_registered_with_its_witness() -> None:
    (resource,) = of_type(example("strong-consistency"), TABLE)
    assert resource.inputs["replicas"] == [
        {
            "regionName": "us-east-2",
            "pointInTimeRecovery": True,
            "deletionProtectionEnabled": False,
            "propagateTags": True,
            "consistencyMode": "STRONG",
        }
    ]
    assert resource.inputs["globalTableWitness"] == {"regionName": "us-west-2"}


def test_a_provisioned_replica_waits_for_every_scaling_resource() -> None:
    rehearsal = example("global-table-provisioned")
    (resource,) = of_type(rehearsal, TABLE)
    assert "replicas" not in resource.inputs
    assert resource.options.ignore_changes == (
        *KEPT,
        "readCapacity",
        "writeCapacity",
        "ttl.attributeName",
        "replicas",
        *INDEX_LIST,
    )
    (replica,) = of_type(rehearsal, REPLICA)
    assert (replica.name, replica.inputs) == (
        "catalogue-eu-west-1",
        {
            "region": "eu-west-1",
            "globalTableArn": "arn:aws:dynamodb:eu-central-1:123456789012:table/catalogue",
            "pointInTimeRecovery": True,
            "deletionProtectionEnabled": False,
            "tags": owned("catalogue"),
        },
    )
    names = [
        f"catalogue{held}-{dimension}"
        for held in ("", "-by-supplier")
        for dimension in ("read", "write")
    ]
    after = {urn(TABLE, "catalogue"), urn(INDEX, "catalogue-by-supplier")}
    after |= {urn(POLICY, name) for name in names}
    assert replica.options == Options(
        provider=PROVIDER,
        depends_on=replica.options.depends_on,
        ignore_changes=("tableClassOverride",),
        delete_before_replace=True,
    )
    assert set(replica.options.depends_on) == after
    assert set(named(rehearsal, TARGET)) == {
        *names,
        *(name.replace("catalogue", "catalogue@eu-west-1", 1) for name in names),
    }


def test_a_replica_scales_in_its_own_region() -> None:
    rehearsal = example("global-table-provisioned")
    name = "catalogue@eu-west-1-by-supplier-read"
    target, policy = named(rehearsal, TARGET)[name], named(rehearsal, POLICY)[name]
    dimension = {
        "serviceNamespace": "dynamodb",
        "resourceId": "table/catalogue/index/by-supplier",
        "scalableDimension": "dynamodb:index:ReadCapacityUnits",
        "region": "eu-west-1",
    }
    assert target.inputs == {
        **dimension,
        "minCapacity": 20,
        "maxCapacity": 500,
        "tags": owned("catalogue"),
    }
    assert set(target.options.depends_on) == {
        urn(REPLICA, "catalogue-eu-west-1"),
        urn(INDEX, "catalogue-by-supplier"),
        urn(TABLE, "catalogue"),
    }
    assert policy.inputs == {
        **dimension,
        "name": "DynamoDBReadCapacityUtilization:table/catalogue/index/by-supplier",
        "policyType": "TargetTrackingScaling",
        "targetTrackingScalingPolicyConfiguration": {
            "targetValue": 70,
            "predefinedMetricSpecification": {
                "predefinedMetricType": "DynamoDBReadCapacityUtilization"
            },
        },
    }
    arns = rehearsal.outputs["autoscaling_policy_arns"]
    key = "replica/eu-west-1/index/by-supplier/read"
    assert arns[key].startswith("arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:")


def test_schedules_change_the_bounds_of_their_target_one_after_another() -> None:
    rehearsal = example("global-table-provisioned")
    actions = named(rehearsal, ACTION)
    assert len(actions) == 8
    first, second = (actions[f"catalogue-read/shops-{word}"] for word in ("open", "close"))
    assert first.inputs == {
        "name": "shops-open",
        "serviceNamespace": "dynamodb",
        "resourceId": "table/catalogue",
        "scalableDimension": "dynamodb:table:ReadCapacityUnits",
        "schedule": "cron(30 7 ? * MON-SAT *)",
        "timezone": "Europe/Berlin",
        "scalableTargetAction": {"minCapacity": 200, "maxCapacity": 1000},
    }
    assert urn(POLICY, "catalogue-read") in first.options.depends_on
    assert urn(ACTION, "catalogue-read/shops-open") in second.options.depends_on
    assert actions["catalogue@eu-west-1-read/shops-open"].inputs == {
        **first.inputs,
        "region": "eu-west-1",
    }
    targets = named(rehearsal, TARGET)
    moved = ("minCapacity", "maxCapacity")
    assert targets["catalogue-read"].options.ignore_changes == moved
    assert targets["catalogue-write"].options.ignore_changes == ()


def test_the_times_of_a_schedule_are_passed() -> None:
    rehearsal = run("""\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {name: orders}
spec:
  billingMode: PROVISIONED
  provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 6}
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
  autoscaling:
    write: {maxCapacity: 60}
    scheduledAdjustments:
      - name: sale
        dimension: WRITE
        schedule: rate(1 day)
        maxCapacity: 90
        startTime: "2026-11-27T00:00:00Z"
        endTime: "2026-11-30T00:00:00Z"
""")
    assert rehearsal.error is None
    (action,) = of_type(rehearsal, ACTION)
    assert action.inputs == {
        "name": "sale",
        "serviceNamespace": "dynamodb",
        "resourceId": "table/orders",
        "scalableDimension": "dynamodb:table:WriteCapacityUnits",
        "schedule": "rate(1 day)",
        "startTime": "2026-11-27T00:00:00Z",
        "endTime": "2026-11-30T00:00:00Z",
        "scalableTargetAction": {"maxCapacity": 90},
    }


def test_a_policy_and_a_destination_depend_on_the_table() -> None:
    rehearsal = example("shared-with-other-accounts")
    (policy,) = of_type(rehearsal, RESOURCE_POLICY)
    arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/prices"
    assert (policy.name, policy.inputs) == (
        "prices-policy",
        {
            "resourceArn": arn,
            "policy": '{"Statement":[{"Action":["dynamodb:GetItem","dynamodb:BatchGetItem",'
            '"dynamodb:Query"],"Effect":"Allow","Principal":{"AWS":'
            f'"arn:aws:iam::444455556666:role/shop"}},"Resource":["{arn}","{arn}/index/*"],'
            '"Sid":"ReadFromTheShop"}],"Version":"2012-10-17"}',
            "confirmRemoveSelfResourceAccess": False,
        },
    )
    (kinesis,) = of_type(rehearsal, KINESIS)
    assert (kinesis.name, kinesis.inputs) == (
        "prices-kinesis",
        {
            "tableName": "prices",
            "streamArn": "arn:aws:kinesis:eu-central-1:111122223333:stream/price-changes",
            "approximateCreationDateTimePrecision": "MICROSECOND",
        },
    )
    assert (policy.options.deleted_with, kinesis.options.deleted_with) == (
        urn(TABLE, "prices"),
        None,
    )
    assert kinesis.options.delete_before_replace


def test_an_import_is_registered_with_all_its_fields() -> None:
    rehearsal = example("import-from-s3")
    (resource,) = of_type(rehearsal, TABLE)
    assert resource.inputs["importTable"] == {
        "inputFormat": "CSV",
        "inputCompressionType": "GZIP",
        "inputFormatOptions": {"csv": {"delimiter": ";"}},
        "s3BucketSource": {
            "bucket": "acme-exports",
            "bucketOwner": "111122223333",
            "keyPrefix": "customers/2026-11-01/",
        },
    }
    (index,) = of_type(rehearsal, INDEX)
    assert index.inputs["warmThroughput"] == {
        "readUnitsPerSecond": 20000,
        "writeUnitsPerSecond": 4000,
    }
    assert index.options.ignore_changes == ("provisionedThroughput", "warmThroughput")


BACKUP = "arn:aws:dynamodb:eu-west-1:123456789012:table/old/backup/01489602797149-73d8d5bc"


@pytest.mark.parametrize(
    ("spec", "registered"),
    [
        (
            "restoreSourceName: old\n  restoreDateTime: '2026-11-23T06:00:00Z'",
            {"restoreSourceName": "old", "restoreDateTime": "2026-11-23T06:00:00Z"},
        ),
        (
            "restoreSourceTableArn: arn:aws:dynamodb:eu-west-1:123456789012:table/old\n"
            "  restoreToLatestTime: true",
            {
                "restoreSourceTableArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/old",
                "restoreToLatestTime": True,
            },
        ),
        (f"restoreBackupArn: {BACKUP}", {"restoreBackupArn": BACKUP}),
    ],
)
def test_a_restore_is_registered_without_a_key_unless_one_is_named(
    spec: str, registered: dict[str, Any]
) -> None:
    rehearsal = run(f"""\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {{name: orders}}
spec:
  billingMode: PAY_PER_REQUEST
  warmThroughput: {{writeUnitsPerSecond: 5000}}
  {spec}
""")
    assert rehearsal.error is None
    (resource,) = of_type(rehearsal, TABLE)
    assert resource.inputs == {
        "name": "orders",
        "billingMode": "PAY_PER_REQUEST",
        "warmThroughput": {"writeUnitsPerSecond": 5000},
        "ttl": {"enabled": False},
        "streamEnabled": False,
        "pointInTimeRecovery": {"enabled": False},
        "serverSideEncryption": {"enabled": False},
        "tableClass": "STANDARD",
        "deletionProtectionEnabled": False,
        "tags": TAGS,
        **registered,
    }


def test_a_standalone_replica_is_protected_and_tagged_only_if_it_asks() -> None:
    rehearsal = run("""\
apiVersion: aws.planton.dev/v1alpha1
kind: AwsDynamodb
metadata: {name: orders}
spec:
  region: us-east-1
  billingMode: PROVISIONED
  provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 6}
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
  streamEnabled: true
  streamViewType: NEW_AND_OLD_IMAGES
  autoscaling:
    write: {minCapacity: 6, maxCapacity: 60, targetUtilizationPercent: 70}
  serverSideEncryption:
    enabled: true
    kmsKeyArn: {value: "arn:aws:kms:us-east-1:123456789012:alias/a"}
  replicas:
    - regionName: eu-west-1
      deletionProtectionEnabled: true
      kmsKeyArn: {value: "arn:aws:kms:eu-west-1:123456789012:alias/a"}
  resourcePolicy:
    confirmRemoveSelfResourceAccess: true
    policy:
      Version: "2012-10-17"
      Statement:
        Effect: Deny
        Principal: "*"
        Action: dynamodb:DeleteTable
        Resource: ${table_arn}
""")
    assert rehearsal.error is None
    (replica,) = of_type(rehearsal, REPLICA)
    assert replica.inputs == {
        "region": "eu-west-1",
        "globalTableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/orders",
        "kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:alias/a",
        "pointInTimeRecovery": False,
        "deletionProtectionEnabled": True,
        "tags": {},
    }
    assert replica.options.protect
    (policy,) = of_type(rehearsal, RESOURCE_POLICY)
    assert policy.inputs["confirmRemoveSelfResourceAccess"]


STREAM_AND_REPLICA = """\
apiVersion: aws.planton.dev/v1alpha1
kind: AwsDynamodb
metadata: {name: orders}
spec:
  region: us-east-1
  billingMode: PAY_PER_REQUEST
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
  streamEnabled: true
  streamViewType: NEW_AND_OLD_IMAGES
  streamResourcePolicy:
    policy:
      Version: "2012-10-17"
      Statement:
        Effect: Allow
        Principal: {AWS: "444455556666"}
        Action: dynamodb:GetRecords
        Resource: ["${stream_arn}", "${table_arn}/stream/*"]
  replicas:
    - regionName: eu-west-1
      resourcePolicy:
        confirmRemoveSelfResourceAccess: true
        policy:
          Version: "2012-10-17"
          Statement:
            Effect: Deny
            Principal: "*"
            Action: dynamodb:DeleteTable
            Resource: ${table_arn}
"""
SCALING_WRITES = """\
  billingMode: PROVISIONED
  provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
  autoscaling:
    write: {minCapacity: 6, maxCapacity: 60, targetUtilizationPercent: 70}
"""


@pytest.mark.parametrize("standalone", [False, True])
def test_stream_and_replica_have_policies_at_their_own_arns(standalone: bool) -> None:
    text = STREAM_AND_REPLICA
    if standalone:
        text = text.replace("  billingMode: PAY_PER_REQUEST\n", SCALING_WRITES)
    rehearsal = run(text)
    assert rehearsal.error is None
    policies = {one.name: one for one in of_type(rehearsal, RESOURCE_POLICY)}
    assert len(policies) == 2
    of_stream, of_replica = policies["orders/stream-policy"], policies["orders@eu-west-1-policy"]
    arn = rehearsal.outputs["stream_arn"]
    assert of_stream.inputs == {
        "resourceArn": arn,
        "policy": '{"Statement":{"Action":"dynamodb:GetRecords","Effect":"Allow","Principal":'
        f'{{"AWS":"444455556666"}},"Resource":["{arn}","{arn.partition("/stream")[0]}/stream/*"]}},'
        '"Version":"2012-10-17"}',
        "confirmRemoveSelfResourceAccess": False,
    }
    there = rehearsal.outputs["replica_arns"]["eu-west-1"]
    assert there == "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
    assert of_replica.inputs == {
        "region": "eu-west-1",
        "resourceArn": there,
        "policy": '{"Statement":{"Action":"dynamodb:DeleteTable","Effect":"Deny","Principal":'
        f'"*","Resource":"{there}"}},"Version":"2012-10-17"}}',
        "confirmRemoveSelfResourceAccess": True,
    }
    owner = urn(REPLICA, "orders-eu-west-1") if standalone else urn(TABLE, "orders")
    assert (of_stream.options.deleted_with, of_replica.options.deleted_with) == (
        urn(TABLE, "orders"),
        owner,
    )
    assert bool(of_replica.options.delete_before_replace) != standalone
    assert owner in of_replica.options.depends_on


def test_every_feature_at_once_is_created_in_one_run() -> None:
    whole = ROOT / "tests" / "everything.yaml"
    config = {"aws:allowedAccountIds": '["123456789012"]'}
    rehearsal = rehearse({"STACK_INPUT_YAML_FILE": str(whole)}, config=config)
    assert rehearsal.error is None
    counts = Counter(resource.type for resource in rehearsal.resources)
    scaled = 3 * 3 * 2  # three regions, a table and two indexes, reads and writes
    assert counts == {
        "planton:dynamodb:TableGuard": 1,
        "pulumi:providers:aws": 1,
        TABLE: 1,
        INDEX: 2,
        REPLICA: 2,
        TARGET: scaled,
        POLICY: scaled,
        ACTION: scaled,
        INSIGHTS: 5,
        RESOURCE_POLICY: 3,
        KINESIS: 2,
        ALARM: 51,
        ACCESS_POLICY: 3,
        ATTACHMENT: 2,
    }
    assert [call for call in rehearsal.calls if call.outcome == "refused"] == []
    assert sorted(rehearsal.outputs) == sorted(
        value for name, value in vars(outputs).items() if name.isupper() and value != outputs.TABLES
    )


RETAINED = """\
apiVersion: aws.planton.dev/v1alpha1
kind: AwsDynamodb
metadata: {name: orders}
spec:
  region: us-east-1
  billingMode: PROVISIONED
  provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
  attributeDefinitions: [{name: pk, type: S}, {name: who, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
  streamEnabled: true
  streamViewType: NEW_AND_OLD_IMAGES
  deletionProtectionEnabled: true
  deletionPolicy: retain
  autoscaling:
    read: {minCapacity: 5, maxCapacity: 60, targetUtilizationPercent: 70}
    write: {minCapacity: 5, maxCapacity: 60, targetUtilizationPercent: 70}
    scheduledAdjustments: [{name: n, dimension: READ, schedule: rate(1 day), minCapacity: 9}]
  globalSecondaryIndexes:
    - name: by-who
      keySchema: [{attributeName: who, keyType: HASH}]
      projection: {type: ALL}
      provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
  contributorInsights: {enabled: true, gsiIndexNames: [by-who]}
  kinesisStreamingDestination: {streamArn: "arn:aws:kinesis:us-east-1:123456789012:stream/s"}
  accessPolicies: [reader]
  replicas: [{regionName: eu-west-1, deletionProtectionEnabled: true}]
  resourcePolicy:
    policy:
      Version: "2012-10-17"
      Statement:
        {Effect: Deny, Principal: "*", Action: "dynamodb:DeleteTable", Resource: "${table_arn}"}
"""


def test_everything_around_a_retained_table_is_deleted_only_without_it() -> None:
    rehearsal = run(RETAINED)
    kept = {one.urn: one.options for one in rehearsal.resources if one.type.startswith("aws:")}
    table = kept.pop(urn(TABLE, "orders"))
    assert (table.retain_on_delete, table.deleted_with, table.protect) == (True, None, False)
    index = urn(INDEX, "orders-by-who")
    others = {urn(INSIGHTS, "orders-by-who-insights"): index}
    assert len(kept) == 27
    for of, options in kept.items():
        found = (options.retain_on_delete, options.deleted_with, options.protect)
        assert found == (False, others.get(of, urn(TABLE, "orders")), False), of


def test_what_is_deleted_with_another_table_does_not_change() -> None:
    rehearsal = run(RETAINED.replace("deletionPolicy: retain", "deletionPolicy: delete"))
    kept = {one.urn: one.options for one in rehearsal.resources if one.type.startswith("aws:")}
    assert not any(one.retain_on_delete for one in kept.values())
    table, index = urn(TABLE, "orders"), urn(INDEX, "orders-by-who")
    assert {of: one.deleted_with for of, one in kept.items() if one.deleted_with} == {
        index: table,
        urn(INSIGHTS, "orders-insights"): table,
        urn(INSIGHTS, "orders-by-who-insights"): index,
        urn(RESOURCE_POLICY, "orders-policy"): table,
    }
    protected = [of for of, one in kept.items() if one.protect]
    assert protected == [table, urn(REPLICA, "orders-eu-west-1")]
