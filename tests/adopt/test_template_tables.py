"""What a manifest cannot have of a template, or needs and does not find, is said with its line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planton.adopt.found import FoundTable, LeftOut
from planton.adopt.sources import SourceTables, read_source
from planton.manifest.enums import AttributeType, BillingMode, KeyType
from planton.plan.table_plan import AttributePlan, KeyAttribute, MaximumPlan, WarmPlan

HEAD = """\
Resources:
  T:
    Type: AWS::DynamoDB::{type}
    DeletionPolicy: Retain
    Properties:
      TableName: orders
      AttributeDefinitions: [{{AttributeName: pk, AttributeType: S}}]
      KeySchema: [{{AttributeName: pk, KeyType: HASH}}]
"""
ON_DEMAND = "      BillingMode: PAY_PER_REQUEST\n"
TABLE = HEAD.format(type="Table") + ON_DEMAND
WHERE = {"AWS::Region": "eu-central-1", "AWS::AccountId": "123456789012"}


def found(template: str, **parameters: str) -> SourceTables:
    return read_source("t.yaml", template.encode(), {"AWS::Region": "eu-central-1"} | parameters)


def missing(template: str, **parameters: str) -> list[tuple[str, str, int | None]]:
    """The place, message and line of each error."""
    tables = found(template, **parameters)
    return [
        (one.path, one.message, one.span.line if one.span else None) for one in tables.diagnostics
    ]


def notes(template: str, **parameters: str) -> list[LeftOut]:
    """What is left out of the one table, without what all tables of these tests have."""
    (table,) = found(template, **parameters).tables
    return [one for one in table.left_out if not one.place.endswith("DeletionPolicy")]


P = "Resources.T.Properties"
SMALLEST = FoundTable(
    name="orders",
    billing_mode=BillingMode.PAY_PER_REQUEST,
    attributes=(AttributePlan("pk", AttributeType.S),),
    keys=(KeyAttribute("pk", AttributeType.S, KeyType.HASH),),
    region="eu-central-1",
)


def test_what_a_template_does_not_mention_is_off() -> None:
    simple = "Resources: {T: {Type: AWS::Serverless::SimpleTable, Properties: {TableName: orders, "
    key = "PrimaryKey: {Name: pk, Type: String}}}}\n"
    one = "      StreamSpecification: {}\n      Replicas: [{Region: eu-central-1}]\n"
    for template in (TABLE, simple + key, HEAD.format(type="GlobalTable") + ON_DEMAND + one):
        (table,) = found(template).tables
        assert replace(table, left_out=()) == SMALLEST


@pytest.mark.parametrize(
    ("template", "place", "message", "line"),
    [
        (
            TABLE.replace("KeySchema: [{AttributeName: pk", "KeySchema: [{AttributeName: id"),
            f"{P}.KeySchema[0].AttributeName",
            "it is not in AttributeDefinitions",
            8,
        ),
        (
            TABLE.replace("PAY_PER_REQUEST", "FREE"),
            f"{P}.BillingMode",
            "must be 'PROVISIONED' or 'PAY_PER_REQUEST', got 'FREE'",
            9,
        ),
        (
            TABLE.replace(ON_DEMAND, ""),
            f"{P}.ProvisionedThroughput",
            "it is required with PROVISIONED",
            6,
        ),
        (
            TABLE.replace("TableName: orders", "TableName: [orders]"),
            f"{P}.TableName",
            "must be a string, and not empty",
            6,
        ),
        (
            TABLE.replace("TableName: orders", "TableName: ''"),
            f"{P}.TableName",
            "must be a string, and not empty",
            6,
        ),
        (
            f"{TABLE}      LocalSecondaryIndexes: [{{IndexName: x, KeySchema: "
            "[{AttributeName: pk, KeyType: HASH}], Projection: {ProjectionType: ALL}}]\n",
            f"{P}.LocalSecondaryIndexes[0].KeySchema",
            "a local index has a sort key",
            10,
        ),
        (
            f"{TABLE}      GlobalSecondaryIndexes:\n        - IndexName: x\n"
            "          KeySchema: [{AttributeName: pk, KeyType: HASH}]\n",
            f"{P}.GlobalSecondaryIndexes[0].Projection",
            "it is required",
            11,
        ),
    ],
)
def test_a_table_without_what_a_manifest_needs_is_an_error(
    template: str, place: str, message: str, line: int
) -> None:
    assert missing(template) == [(place, message, line)]


@pytest.mark.parametrize(
    ("setting", "place", "reason"),
    [
        (
            "SSESpecification: {SSEEnabled: true, KMSMasterKeyId: alias/orders}",
            "SSESpecification.KMSMasterKeyId",
            "a manifest needs the key's ARN, not an alias",
        ),
        (
            "SSESpecification: {SSEEnabled: true, KMSMasterKeyId: 1234abcd}",
            "SSESpecification.KMSMasterKeyId",
            "a manifest needs the key's ARN: give --parameter AWS::Region=REGION --parameter "
            "AWS::AccountId=ACCOUNT",
        ),
        (
            "ResourcePolicy: {PolicyDocument: [1]}",
            "ResourcePolicy.PolicyDocument",
            "it is not a JSON object",
        ),
        (
            "StreamSpecification: {StreamViewType: NEW_IMAGE, ResourcePolicy: {a: b}}",
            "StreamSpecification.ResourcePolicy",
            "a manifest has no such setting",
        ),
        (
            "LocalSecondaryIndexes: [{IndexName: x, KeySchema: [{AttributeName: pk, KeyType: HASH},"
            " {AttributeName: pk, KeyType: RANGE}], Projection: {ProjectionType: ALL}, Other: 1}]",
            "LocalSecondaryIndexes[0].Other",
            "a manifest has no such setting",
        ),
    ],
)
def test_what_a_manifest_cannot_have_is_left_out(setting: str, place: str, reason: str) -> None:
    assert notes(f"{TABLE}      {setting}\n") == [LeftOut(f"{P}.{place}", reason, 10)]


@pytest.mark.parametrize("key", ["alias/aws/dynamodb", "aws/dynamodb"])
def test_a_key_of_aws_is_not_named(key: str) -> None:
    setting = f"SSESpecification: {{SSEEnabled: true, KMSMasterKeyId: {key}}}"
    template = f"{TABLE}      {setting}\n"
    (table,) = found(template).tables
    assert (table.encryption.enabled, table.encryption.kms_key_arn) == (True, None)
    assert notes(template) == []


def test_an_index_of_a_table_on_demand_needs_no_units() -> None:
    index = (
        "      GlobalSecondaryIndexes:\n        - IndexName: x\n"
        "          KeySchema: [{AttributeName: pk, KeyType: HASH}]\n"
        "          Projection: {ProjectionType: ALL}\n"
        "          OnDemandThroughput: {MaxReadRequestUnits: 7}\n"
        "          WarmThroughput: {ReadUnitsPerSecond: 13000, WriteUnitsPerSecond: 5000}\n"
        "          ContributorInsightsSpecification: {Enabled: true}\n"
        "          Other: 1\n"
    )
    (table,) = found(TABLE + index).tables
    (plan,) = table.global_indexes
    assert (plan.throughput, plan.maximum, plan.warm) == (
        None,
        MaximumPlan(7, None),
        WarmPlan(13000, 5000),
    )
    assert [one.index for one in table.contributor_insights] == ["x"]
    what = "a manifest has no such setting"
    assert notes(TABLE + index) == [LeftOut(f"{P}.GlobalSecondaryIndexes[0].Other", what, 17)]


def test_a_table_has_its_limits_and_warm_throughput() -> None:
    settings = (
        "      OnDemandThroughput: {MaxReadRequestUnits: -1, MaxWriteRequestUnits: 9}\n"
        "      WarmThroughput: {ReadUnitsPerSecond: 13000}\n"
    )
    (table,) = found(TABLE + settings).tables
    assert table.maximum is not None
    assert table.maximum.units == {"maxWriteRequestUnits": 9}
    assert table.warm is not None
    assert table.warm.units == {"readUnitsPerSecond": 13000}
    (table,) = found(f"{TABLE}      OnDemandThroughput: {{MaxReadRequestUnits: -1}}\n").tables
    assert table.maximum is None
    (table,) = found(f"{TABLE}      WarmThroughput: {{}}\n").tables
    assert table.warm is None


@pytest.mark.parametrize(
    ("policies", "left_out"),
    [
        (
            "DeletionPolicy: Delete",
            [
                LeftOut(
                    "Resources.T.DeletionPolicy",
                    "CloudFormation deletes the table together with its resource: deploy "
                    "DeletionPolicy: Retain before you remove it from the stack",
                    4,
                )
            ],
        ),
        (
            "DeletionPolicy: RetainExceptOnCreate\n    UpdateReplacePolicy: Delete",
            [
                LeftOut(
                    "Resources.T.DeletionPolicy",
                    "RetainExceptOnCreate: write deletionPolicy: retain into the manifest to keep "
                    "that",
                    4,
                )
            ],
        ),
        (
            "DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain",
            [
                LeftOut(
                    "Resources.T.DeletionPolicy",
                    "Retain: write deletionPolicy: retain into the manifest to keep that",
                    4,
                ),
                LeftOut(
                    "Resources.T.UpdateReplacePolicy",
                    "Retain: `pulumi up` replaces a table only if an annotation allows that",
                    5,
                ),
            ],
        ),
    ],
)
def test_what_cloudformation_does_with_the_table_is_noted(
    policies: str, left_out: list[LeftOut]
) -> None:
    (table,) = found(TABLE.replace("DeletionPolicy: Retain", policies)).tables
    assert list(table.left_out) == left_out


CONDITION = "Conditions: {{No: !Equals [a, b]}}\n{}".format


def test_what_a_condition_switches_off_is_not_there() -> None:
    template = CONDITION(TABLE) + (
        "  U: {Type: AWS::DynamoDB::Table, Condition: No}\n"
        "  R: {Type: AWS::ApplicationAutoScaling::ScalableTarget, Condition: No}\n"
        "  P: {Type: AWS::ApplicationAutoScaling::ScalingPolicy, Condition: No}\n"
    )
    tables = found(template)
    assert [table.name for table in tables.tables] == ["orders"]
    reason = "it is not created with these parameters (No is false)"
    assert tables.left_out == (
        LeftOut("Resources.R", reason, 12),
        LeftOut("Resources.P", reason, 13),
        LeftOut("Resources.U", reason, 11),
    )


TARGET = """\
  R:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties:
      ServiceNamespace: dynamodb
      ResourceId: table/orders
      ScalableDimension: dynamodb:table:ReadCapacityUnits
      MinCapacity: 5
      MaxCapacity: 50
"""
POLICY = """\
  P:
    Type: AWS::ApplicationAutoScaling::ScalingPolicy
    Properties:
      ScalingTargetId: !Ref R
      TargetTrackingScalingPolicyConfiguration:
        TargetValue: 70
        PredefinedMetricSpecification: {PredefinedMetricType: DynamoDBReadCapacityUtilization}
"""
PROVISIONED = HEAD.format(type="Table") + (
    "      ProvisionedThroughput: {ReadCapacityUnits: 5, WriteCapacityUnits: 5}\n"
)
SCALED = PROVISIONED + TARGET + POLICY


def test_the_shape_that_the_next_tests_change_scales() -> None:
    (table,) = found(SCALED).tables
    assert [one.key for one in table.scaling] == ["table/read"]
    assert notes(SCALED) == []


NO_POLICY = "autoscaling needs a target tracking policy in a manifest; this has none"


@pytest.mark.parametrize(
    ("before", "after", "place", "reason", "line"),
    [
        (
            "MinCapacity: 5",
            "MinCapacity: few",
            "R.Properties.MinCapacity",
            "must be an integer, got 'few'",
            16,
        ),
        (
            "TargetValue: 70",
            "TargetValue: much",
            "P.Properties.TargetTrackingScalingPolicyConfiguration.TargetValue",
            "must be a number, got 'much'",
            23,
        ),
        (
            "table:ReadCapacityUnits",
            "table:ReadUnits",
            "R.Properties.ScalableDimension",
            "it is not a dimension of DynamoDB",
            15,
        ),
        (
            "DynamoDBReadCapacityUtilization",
            "DynamoDBWriteCapacityUtilization",
            "P.Properties",
            "a manifest has one target tracking policy, on DynamoDBReadCapacityUtilization",
            21,
        ),
    ],
)
def test_scaling_that_a_manifest_cannot_have_is_left_out(
    before: str, after: str, place: str, reason: str, line: int
) -> None:
    template = SCALED.replace(before, after)
    (table,) = found(template).tables
    assert table.scaling == ()
    assert notes(template)[0] == LeftOut(f"Resources.{place}", reason, line)


def test_one_of_two_policies_counts() -> None:
    template = SCALED + POLICY.replace("  P:", "  Q:")
    (table,) = found(template).tables
    assert len(table.scaling) == 1
    what = "a manifest has one target tracking policy, on DynamoDBReadCapacityUtilization"
    assert notes(template) == [LeftOut("Resources.Q.Properties", what, 28)]


@pytest.mark.parametrize(
    ("actions", "place", "reason"),
    [
        (
            "[{ScheduledActionName: a}]",
            "R.Properties.ScheduledActions[0]",
            "a scheduled action needs a name, a schedule and a bound",
        ),
        ("all", "R.Properties.ScheduledActions", "must be a list, got 'all'"),
    ],
)
def test_a_scheduled_action_that_is_not_whole_is_left_out(
    actions: str, place: str, reason: str
) -> None:
    template = SCALED.replace(
        "MinCapacity: 5\n", f"MinCapacity: 5\n      ScheduledActions: {actions}\n"
    )
    tables = found(template)
    (table,) = tables.tables
    assert len(table.scaling) == 1
    expected = LeftOut(f"Resources.{place}", reason, 17)
    assert [*notes(template), *tables.left_out] == [expected]


@pytest.mark.parametrize(
    ("before", "after", "left_out"),
    [
        (
            "ResourceId: table/orders",
            "ResourceId: table/orders/shard/1",
            [
                LeftOut(
                    "Resources.R.Properties",
                    "it scales 'table/orders/shard/1', which is not in this file",
                    13,
                )
            ],
        ),
        (
            "ScalingTargetId: !Ref R",
            "ScalingTargetId: table/orders|dynamodb:table:WriteCapacityUnits|dynamodb",
            [
                LeftOut(
                    "Resources.P.Properties", "'table/orders' has no scalable target in this file",
                    21,
                )
            ],
        ),
        ("ScalingTargetId: !Ref R", "ScalingTargetId: service/a|b|ecs", []),
        (
            "ScalingTargetId: !Ref R",
            "ScalingTargetId: !Ref Nowhere",
            [
                LeftOut(
                    "Resources.P.Properties.ScalingTargetId",
                    "the template has no parameter or resource 'Nowhere'",
                    21,
                )
            ],
        ),
        ("ScalingTargetId: !Ref R", "ServiceNamespace: dynamodb", []),
    ],
)  # fmt: skip
def test_scaling_of_something_else_is_not_the_tables(
    before: str, after: str, left_out: list[LeftOut]
) -> None:
    tables = found(SCALED.replace(before, after))
    (table,) = tables.tables
    assert table.scaling == ()
    assert list(tables.left_out) == left_out


GLOBAL = HEAD.format(type="GlobalTable") + (
    "      GlobalSecondaryIndexes:\n"
    "        - IndexName: by-pk\n"
    "          KeySchema: [{AttributeName: pk, KeyType: HASH}]\n"
    "          Projection: {ProjectionType: ALL}\n"
    "          WriteProvisionedThroughputSettings: {WriteCapacityAutoScalingSettings: "
    "{MinCapacity: 1, MaxCapacity: 9, TargetTrackingScalingPolicyConfiguration: "
    "{TargetValue: 70}}}\n"
    "      WriteProvisionedThroughputSettings: {WriteCapacityAutoScalingSettings: "
    "{MinCapacity: 1, MaxCapacity: 9}}\n"
    "      Replicas:\n"
    "        - Region: eu-central-1\n"
    "          ReadProvisionedThroughputSettings: {ReadCapacityUnits: 5}\n"
    "          GlobalSecondaryIndexes: [{IndexName: by-pk, "
    "ReadProvisionedThroughputSettings: {ReadCapacityUnits: 5}}]\n"
    "        - Region: eu-west-1\n"
)


def test_a_global_table_scales_without_settings_for_an_index_elsewhere() -> None:
    (table,) = found(GLOBAL).tables
    assert [one.key for one in table.scaling] == [
        "index/by-pk/write",
        "replica/eu-west-1/index/by-pk/write",
    ]
    settings = f"{P}.WriteProvisionedThroughputSettings.WriteCapacityAutoScalingSettings"
    assert notes(GLOBAL) == [LeftOut(settings, NO_POLICY, 14)]
    assert table.global_indexes[0].ignored == ("write",)


def test_without_the_stacks_region_the_first_replica_is_the_table() -> None:
    tables = read_source("t.yaml", GLOBAL.encode(), {})
    (table,) = tables.tables
    assert (table.region, [one.region for one in table.replicas]) == (
        "eu-central-1",
        ["eu-west-1"],
    )
    assert table.left_out[0] == LeftOut(
        f"{P}.Replicas",
        "the stack's region is taken to be eu-central-1, the first one: give --parameter "
        "AWS::Region=REGION",
        16,
    )
    alone = GLOBAL.replace("        - Region: eu-west-1\n", "")
    (table,) = read_source("t.yaml", alone.encode(), {}).tables
    assert [one.place for one in table.left_out if "Replicas" in one.place] == []


@pytest.mark.parametrize(
    ("before", "after", "place", "message", "line"),
    [
        ("eu-central-1", "us-east-1", "Replicas", "none is in the stack's region eu-central-1", 16),
        (
            "          ReadProvisionedThroughputSettings: {ReadCapacityUnits: 5}\n",
            "",
            "Replicas[0].ReadProvisionedThroughputSettings",
            "it is required with PROVISIONED",
            16,
        ),
        (
            "{IndexName: by-pk, ReadProvisionedThroughputSettings: {ReadCapacityUnits: 5}}",
            "",
            "Replicas[0].ReadProvisionedThroughputSettings",
            "it is required with PROVISIONED for the index 'by-pk'",
            17,
        ),
        (
            "\n      WriteProvisionedThroughputSettings:",
            "\n      Other:",
            "WriteProvisionedThroughputSettings",
            "it is required with PROVISIONED",
            6,
        ),
    ],
)
def test_a_global_table_needs_its_regions_and_capacity(
    before: str, after: str, place: str, message: str, line: int
) -> None:
    assert missing(GLOBAL.replace(before, after)) == [(f"{P}.{place}", message, line)]


def test_a_global_table_on_demand_has_no_autoscaling() -> None:
    (table,) = found(GLOBAL.replace("      Replicas", f"{ON_DEMAND}      Replicas")).tables
    assert (table.scaling, table.throughput, table.global_indexes[0].throughput) == (
        (),
        None,
        None,
    )


def test_an_index_on_demand_needs_no_settings_in_a_replica() -> None:
    template = GLOBAL.replace("      Replicas", f"{ON_DEMAND}      Replicas").replace(
        "{IndexName: by-pk, ReadProvisionedThroughputSettings: {ReadCapacityUnits: 5}}", ""
    )
    (table,) = found(template).tables
    assert [(one.name, one.maximum) for one in table.global_indexes] == [("by-pk", None)]


def test_lists_of_the_globals_come_before_those_of_a_simple_table() -> None:
    template = (
        "Globals: {SimpleTable: {Tags: [{Key: a, Value: b}], TableName: shared}}\n"
        "Resources: {T: {Type: AWS::Serverless::SimpleTable, Properties: "
        "{Tags: [{Key: c, Value: d}], TableName: own}}}\n"
    )
    (table,) = found(template).tables
    assert (table.name, dict(table.tags)) == ("own", {"a": "b", "c": "d"})


def test_many_types_are_counted_without_naming_all() -> None:
    others = "".join(f"  R{n}: {{Type: A::B::C{n:02}}}\n" for n in range(12))
    (note,) = found(TABLE + others).left_out
    named = ", ".join(f"A::B::C{n:02} (1)" for n in range(10))
    assert note.reason == f"resources of these types are not read: {named}, 2 more types"
    ten = "".join(others.splitlines(keepends=True)[:10])
    (note,) = found(TABLE + ten).left_out
    assert note.reason == f"resources of these types are not read: {named}"
