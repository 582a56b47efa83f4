"""Every decision about the table: what is planned for which manifest, and always the same."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planton.dialects.annotations import IMPORT
from planton.manifest.enums import (
    AttributeType,
    BillingMode,
    ConsistencyMode,
    DeletionPolicy,
    InputCompression,
    InputFormat,
    InsightsMode,
    KeyType,
    Precision,
    ProjectionType,
    StreamViewType,
    TableClass,
)
from planton.manifest.tags import (
    ENVIRONMENT,
    MAX_TAGS,
    NAME,
    ORGANIZATION,
    RESOURCE,
    RESOURCE_ID,
    RESOURCE_KIND,
)
from planton.plan import table_plan as planned
from planton.plan.planner import make_plan
from planton.plan.scaling_plan import ScalingPlan, SchedulePlan
from planton.plan.table_plan import (
    AttributePlan,
    GlobalIndexPlan,
    InsightsPlan,
    KeyAttribute,
    RecoveryPlan,
    TablePlan,
    TagPlan,
    Throughput,
)
from planton.plan.text import describe
from tests.corpus import ACCEPT, FORMATS, ROOT, case_id, examples, kept_plan, plan
from tests.loading import load
from tests.planning import INDEX_LIST, KEPT, index, key, provisioned, table

READ = {"read": {"maxCapacity": 50}}
BOTH = {"read": {"maxCapacity": 50}, "write": {"maxCapacity": 60}}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("example", examples(), ids=case_id)
def test_the_plan_of_an_example_is_the_golden_file(example: Path, format: str) -> None:
    assert plan(example, format) == kept_plan(example, format).read_text(encoding="utf-8")


def test_every_golden_plan_belongs_to_an_example() -> None:
    assert set((ROOT / "plans").iterdir()) == {
        kept_plan(example, format) for example in examples() for format in FORMATS
    }


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_manifest_gives_the_same_plan_byte_for_byte(format: str) -> None:
    """Whatever order this process gives to its sets."""
    code = f"from tests.corpus import *; print(*(plan(e, {format!r}) for e in examples()), sep='')"
    printed = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT.parent,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    ]

    assert printed[0] == printed[1]
    assert len(printed[0]) > 1000


def test_every_field_of_the_manifest_is_in_the_plan() -> None:
    found = table(
        metadata={"id": "x-1", "org": "acme", "env": "dev"},
        tableName="orders-eu",
        globalSecondaryIndexes=[
            index(
                "by-sk", "sk", "pk", projection={"type": "INCLUDE", "nonKeyAttributes": ["b", "a"]}
            )
        ],
        localSecondaryIndexes=[
            index(
                "local", "pk", "at", projection={"type": "INCLUDE", "nonKeyAttributes": ["b", "a"]}
            )
        ],
        ttl={"enabled": True, "attributeName": "expiresAt"},
        streamEnabled=True,
        streamViewType="NEW_IMAGE",
        pointInTimeRecoveryEnabled=True,
        serverSideEncryption={"enabled": True},
        tableClass="STANDARD_INFREQUENT_ACCESS",
        deletionProtectionEnabled=True,
        contributorInsightsEnabled=True,
        tags={"team": "shop"},
    )
    text = AttributeType.S

    assert found == TablePlan(
        logical_name="orders",
        table_name="orders-eu",
        billing_mode=BillingMode.PAY_PER_REQUEST,
        attributes=tuple(AttributePlan(name, text) for name in ("at", "pk", "sk")),
        keys=(KeyAttribute("pk", text, KeyType.HASH), KeyAttribute("sk", text, KeyType.RANGE)),
        throughput=None,
        maximum=None,
        warm=None,
        inline_indexes=(
            GlobalIndexPlan(
                name="by-sk",
                keys=(
                    KeyAttribute("sk", text, KeyType.HASH),
                    KeyAttribute("pk", text, KeyType.RANGE),
                ),
                projection_type=ProjectionType.INCLUDE,
                non_key_attributes=("a", "b"),
                throughput=None,
                maximum=None,
                warm=None,
                ignored=(),
            ),
        ),
        standalone_indexes=(),
        local_indexes=(planned.LocalIndexPlan("local", "at", ProjectionType.INCLUDE, ("b", "a")),),
        ttl=planned.TtlPlan(True, "expiresAt"),
        stream_view_type=StreamViewType.NEW_IMAGE,
        point_in_time_recovery=RecoveryPlan(True, 35),
        encryption=planned.EncryptionPlan(True, None),
        table_class=TableClass.STANDARD_INFREQUENT_ACCESS,
        deletion_protection=True,
        deletion_policy=None,
        contributor_insights=(InsightsPlan(None, InsightsMode.ACCESSED_AND_THROTTLED_KEYS),),
        policy=None,
        stream_policy=None,
        replica_policies=(),
        access_policies=(),
        grants=(),
        kinesis=None,
        inline_replicas=(),
        standalone_replicas=(),
        replica_features=(),
        witness_region=None,
        source=None,
        scaling=(),
        alarms=(),
        tags=(
            TagPlan(NAME, "orders"),
            TagPlan(ENVIRONMENT, "dev"),
            TagPlan(ORGANIZATION, "acme"),
            TagPlan(RESOURCE, "true"),
            TagPlan(RESOURCE_ID, "x-1"),
            TagPlan(RESOURCE_KIND, "AwsDynamodb"),
            TagPlan("team", "shop"),
        ),
        imported=None,
        allow_replacement=(),
        ignore_changes=KEPT,
    )
    assert (found.hash_key, found.range_key) == ("pk", "sk")


def test_fields_that_the_manifest_leaves_out_are_planned_as_off() -> None:
    found = table(keySchema=key("pk"), attributeDefinitions=[{"name": "pk", "type": "B"}])

    assert found == TablePlan(
        logical_name="orders",
        table_name="orders",
        billing_mode=BillingMode.PAY_PER_REQUEST,
        attributes=(AttributePlan("pk", AttributeType.B),),
        keys=(KeyAttribute("pk", AttributeType.B, KeyType.HASH),),
        throughput=None,
        maximum=None,
        warm=None,
        inline_indexes=(),
        standalone_indexes=(),
        local_indexes=(),
        ttl=planned.TtlPlan(False, None),
        stream_view_type=None,
        point_in_time_recovery=RecoveryPlan(False, None),
        encryption=planned.EncryptionPlan(False, None),
        table_class=TableClass.STANDARD,
        deletion_protection=False,
        deletion_policy=None,
        contributor_insights=(),
        policy=None,
        stream_policy=None,
        replica_policies=(),
        access_policies=(),
        grants=(),
        kinesis=None,
        inline_replicas=(),
        standalone_replicas=(),
        replica_features=(),
        witness_region=None,
        source=None,
        scaling=(),
        alarms=(),
        tags=(
            TagPlan(NAME, "orders"),
            TagPlan(RESOURCE, "true"),
            TagPlan(RESOURCE_KIND, "AwsDynamodb"),
        ),
        imported=None,
        allow_replacement=(),
        ignore_changes=(*KEPT, "ttl.attributeName"),
    )
    assert (found.hash_key, found.range_key) == ("pk", None)


def test_absent_capacity_units_are_planned_as_zero() -> None:
    assert table(provisionedThroughput={"readCapacityUnits": 0}).throughput is None
    assert provisioned().throughput == Throughput(5, 6)


def test_the_users_tags_override_the_platforms() -> None:
    found = table(metadata={"org": "acme"}, tags={ORGANIZATION: "mine", "a": ""})

    assert dict(found.tags)[ORGANIZATION] == "mine"
    assert dict(found.tags)["a"] == ""


@pytest.mark.parametrize(
    ("number", "name"), [(47, "orders"), (48, None)], ids=["the-50th-tag", "the-51st-tag"]
)
def test_a_resource_is_tagged_with_the_name_if_there_is_room(number: int, name: str | None) -> None:
    found = dict(table(tags={f"t{i}": "x" for i in range(number)}).tags)
    assert found.get(NAME) == name
    assert len(found) == MAX_TAGS


def test_the_users_tag_called_name_wins() -> None:
    assert dict(table(tags={NAME: ""}).tags)[NAME] == ""


def test_the_names_of_the_platforms_tags_are_a_contract() -> None:
    assert (NAME, RESOURCE, ORGANIZATION, ENVIRONMENT, RESOURCE_KIND, RESOURCE_ID, MAX_TAGS) == (
        "Name",
        "planton.ai/resource",
        "planton.ai/organization",
        "planton.ai/environment",
        "planton.ai/resource-kind",
        "planton.ai/resource-id",
        50,
    )


@pytest.mark.parametrize(
    ("of_table", "of_first", "of_second", "standalone"),
    [
        (None, None, None, False),
        (READ, None, None, True),
        ({"enabled": False}, None, None, True),
        (None, READ, None, True),
        (None, None, READ, True),
        (None, {"enabled": False}, None, True),
        (READ, {"enabled": False}, {"enabled": False}, True),
    ],
)
def test_all_indexes_are_standalone_if_a_block_applies_to_one_even_if_off(
    of_table: Any, of_first: Any, of_second: Any, standalone: bool
) -> None:
    def policy_spec(name: str, block: Any) -> dict[str, Any]:
        return index(name, "sk", **({"autoscaling": block} if block else {}))

    found = provisioned(
        policy_spec("b", of_first) | {"name": "second"},
        policy_spec("a", of_second) | {"name": "first"},
        **({"autoscaling": of_table} if of_table else {}),
    )

    names = ("second", "first")
    assert tuple(one.name for one in found.standalone_indexes) == (names if standalone else ())
    assert tuple(one.name for one in found.inline_indexes) == (() if standalone else names)
    assert tuple(one.name for one in found.global_indexes) == names


def test_the_table_defines_no_attribute_that_only_a_standalone_index_uses() -> None:
    """The index defines them; those of the table and its local indexes stay."""
    indexes = index("by-a", "a", "sk")
    local = [index("local", "pk", "l")]

    assert [name for name, _ in provisioned(indexes, localSecondaryIndexes=local).attributes] == [
        "a", "l", "pk", "sk",
    ]  # fmt: skip
    scaled = provisioned(indexes, localSecondaryIndexes=local, autoscaling=READ)
    assert [name for name, _ in scaled.attributes] == ["l", "pk", "sk"]


@pytest.mark.parametrize(
    ("of_table", "of_index", "expected"),
    [
        (None, None, {}),
        (READ, None, {"table/read": (5, 50), "index/by-sk/read": (5, 50)}),
        (
            BOTH,
            None,
            {
                "table/read": (5, 50),
                "table/write": (6, 60),
                "index/by-sk/read": (5, 50),
                "index/by-sk/write": (6, 60),
            },
        ),
        (None, READ, {"index/by-sk/read": (5, 50)}),
        (BOTH, READ, {"table/read": (5, 50), "table/write": (6, 60), "index/by-sk/read": (5, 50)}),
        (READ, {"enabled": False}, {"table/read": (5, 50)}),
        (READ, {**READ, "enabled": False}, {"table/read": (5, 50)}),
        ({**READ, "enabled": False}, None, {}),
        ({**READ, "enabled": False}, BOTH,
         {"index/by-sk/read": (5, 50), "index/by-sk/write": (6, 60)}),
        ({"write": {"minCapacity": 2, "maxCapacity": 60}}, READ,
         {"table/write": (2, 60), "index/by-sk/read": (5, 50)}),
    ],
)  # fmt: skip
def test_an_index_scales_by_its_own_block_or_by_the_tables(
    of_table: Any, of_index: Any, expected: dict[str, tuple[int, int]]
) -> None:
    found = provisioned(
        index("by-sk", "sk", **({"autoscaling": of_index} if of_index else {})),
        **({"autoscaling": of_table} if of_table else {}),
    )

    assert {s.key: (s.min_capacity, s.max_capacity) for s in found.scaling} == expected
    assert list(expected) == [s.key for s in found.scaling]


def test_capacity_that_an_autoscaler_changes_is_ignored() -> None:
    found = provisioned(
        index("a-b", "sk", autoscaling={"write": {"maxCapacity": 60}}),
        index("c-d", "sk", autoscaling={"enabled": False}),
        index("e-f", "sk"),
        autoscaling=READ,
    )

    assert found.ignore_changes == (
        *KEPT,
        "readCapacity",
        "ttl.attributeName",
        "replicas",
        *INDEX_LIST,
    )
    assert [one.ignored for one in found.standalone_indexes] == [("write",), (), ("read",)]


def test_a_disabled_block_leaves_capacity_to_the_manifest() -> None:
    found = provisioned(index("by-sk", "sk"), autoscaling={**BOTH, "enabled": False})

    assert found.ignore_changes == (*KEPT, "ttl.attributeName", "replicas", *INDEX_LIST)
    assert [one.ignored for one in found.standalone_indexes] == [()]


def test_zeros_and_fractions_of_seconds_plan_the_same_table() -> None:
    case = ACCEPT / "range" / "zeroes-of-autoscaling.yaml"
    text = case.read_text(encoding="utf-8")
    without = text
    for said in (
        ', recoveryPeriodInDays: "0"',
        ', scaleInCooldownSeconds: 0, scaleOutCooldownSeconds: "0"',
        "        maxCapacity: 0\n",
        "minCapacity: 0, ",
        ".25",
        ".000",
    ):
        assert said in without
        without = without.replace(said, "")

    plans = [make_plan(load(one, filename="t.yaml").manifest) for one in (text, without)]
    assert plans[0] == plans[1]
    assert plans[0].scaling[0].schedules[0].start_time == "2030-01-01T00:00:00Z"


def test_scaling_defaults_to_70_percent_and_the_cooldowns_of_aws() -> None:
    own = {"maxCapacity": 60, "minCapacity": 1, "targetUtilizationPercent": 50,
           "scaleInCooldownSeconds": 10, "scaleOutCooldownSeconds": 30}  # fmt: skip
    found = provisioned(autoscaling={"read": {"maxCapacity": 50}, "write": own})

    assert found.scaling == (
        ScalingPlan(None, None, "read", 5, 50, 70, None, None, None, ()),
        ScalingPlan(None, None, "write", 1, 60, 50, 10, 30, None, ()),
    )


@pytest.mark.parametrize(
    ("spec", "ignored"),
    [
        ({}, (*KEPT, "ttl.attributeName")),
        ({"ttl": {"enabled": False}}, (*KEPT, "ttl.attributeName")),
        ({"ttl": {"enabled": True, "attributeName": "at"}}, KEPT),
    ],
)
def test_ttl_is_turned_off_on_the_attribute_that_is_in_use(
    spec: dict[str, Any], ignored: tuple[str, ...]
) -> None:
    assert table(**spec).ignore_changes == ignored


def allowing(*changes: str, **spec: Any) -> TablePlan:
    """A table that may be replaced for these changes."""
    allow = {"dynamodb.project-planton.org/allow-replacement": ", ".join(changes)}
    return table(metadata={"annotations": allow}, **spec)


@pytest.mark.parametrize(
    ("changes", "applied"),
    [
        (("tableName",), {"name"}),
        (("keySchema",), {"hashKey", "rangeKey"}),
        (("localSecondaryIndexes",), {"localSecondaryIndexes"}),
        (("region",), set()),
        (("tableName", "keySchema"), {"name", "hashKey", "rangeKey"}),
    ],
)
def test_an_allowed_replacement_permits_only_that_change(
    changes: tuple[str, ...], applied: set[str]
) -> None:
    found = allowing(*changes)

    kept = tuple(path for path in KEPT if path not in applied)
    assert found.allow_replacement == tuple(sorted(changes))
    assert found.ignore_changes == (*kept, "ttl.attributeName")


@pytest.mark.parametrize(
    ("value", "may_change"),
    [("true", ()), ("ttl, billingMode", ("billingMode", "ttl")), ("true, ttl", ("ttl",))],
)
def test_the_annotation_imports_the_table(value: str, may_change: tuple[str, ...]) -> None:
    imported = {"dynamodb.project-planton.org/import": value}
    found = table(metadata={"annotations": imported})
    assert found.imported == planned.ImportedPlan(may_change)
    assert replace(found, imported=None) == table()


WARM = {"readUnitsPerSecond": 12_000, "writeUnitsPerSecond": 4_000}


@pytest.mark.parametrize("change", ["tableName", "keySchema", "region"])
def test_a_table_that_may_be_replaced_does_not_keep_a_list_of_indexes(change: str) -> None:
    """It is created without the list, and its standalone indexes after it."""
    found = allowing(
        change, globalSecondaryIndexes=[{**index("by-sk", "sk"), "warmThroughput": WARM}]
    )
    assert found.standalone_indexes
    assert {*INDEX_LIST} & {*found.ignore_changes} == set()


def test_a_restored_table_can_only_be_replaced_for_its_name() -> None:
    """Its key and indexes are those of its source: the engine would restore it in every run."""
    restored: dict[str, Any] = {"restoreSourceName": "old", "restoreToLatestTime": True}

    kept = allowing("keySchema", "localSecondaryIndexes", "tableName", **restored).ignore_changes
    assert kept == (*(path for path in KEPT if path != "name"), "ttl.attributeName")


@pytest.mark.parametrize("projection", [{}, {"projection": {}}, {"projection": {"type": "ALL"}}])
def test_an_index_projects_everything_by_default(projection: dict[str, Any]) -> None:
    found = table(
        globalSecondaryIndexes=[index("global", "sk", **projection)],
        localSecondaryIndexes=[index("local", "pk", "sk", **projection)],
    )

    assert [one.projection_type for one in found.global_indexes] == [ProjectionType.ALL]
    assert [one.projection_type for one in found.local_indexes] == [ProjectionType.ALL]


def test_the_description_contains_no_control_characters() -> None:
    found = table(globalSecondaryIndexes=[index("by-x", "\x1b[31m")])

    assert all(line.isprintable() for line in describe(found, None).splitlines())


def test_on_demand_replicas_are_part_of_the_table_and_sorted_by_region() -> None:
    streams: dict[str, Any] = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}
    here = "arn:aws:kms:{}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    found = table(
        **streams,
        serverSideEncryption={"enabled": True, "kmsKeyArn": here.format("us-east-1")},
        replicas=[
            {"regionName": "eu-west-1", "kmsKeyArn": here.format("eu-west-1")},
            {
                "regionName": "ap-south-1",
                "kmsKeyArn": {"value": here.format("ap-south-1")},
                "pointInTimeRecovery": True,
                "deletionProtectionEnabled": True,
                "propagateTags": True,
                "consistencyMode": "EVENTUAL",
            },
        ],
    )
    eventual = ConsistencyMode.EVENTUAL

    assert found.inline_replicas == (
        planned.ReplicaPlan("ap-south-1", here.format("ap-south-1"), True, True, True, eventual),
        planned.ReplicaPlan("eu-west-1", here.format("eu-west-1"), False, False, False, eventual),
    )
    assert found.standalone_replicas == ()
    assert found.replicas == found.inline_replicas
    assert found.witness_region is None
    assert "replicas" not in found.ignore_changes


def test_provisioned_replicas_are_standalone_and_scale_as_the_table_does() -> None:
    found = provisioned(
        index("by-sk", "sk"),
        streamEnabled=True,
        streamViewType="NEW_AND_OLD_IMAGES",
        autoscaling={"write": {"maxCapacity": 60}},
        replicas=[{"regionName": "eu-west-1"}, {"regionName": "ap-south-1"}],
    )

    assert found.inline_replicas == ()
    assert [one.region for one in found.standalone_replicas] == ["ap-south-1", "eu-west-1"]
    assert found.ignore_changes == (
        *(*KEPT, "writeCapacity", "ttl.attributeName", "replicas"),
        *INDEX_LIST,
    )
    assert [one.key for one in found.scaling] == [
        "table/write",
        "index/by-sk/write",
        "replica/ap-south-1/table/write",
        "replica/ap-south-1/index/by-sk/write",
        "replica/eu-west-1/table/write",
        "replica/eu-west-1/index/by-sk/write",
    ]
    assert [one.key for one in found.scaling_here] == ["table/write", "index/by-sk/write"]


def test_a_strongly_consistent_table_has_a_witness_or_a_second_replica() -> None:
    found = table(
        streamEnabled=True,
        streamViewType="NEW_AND_OLD_IMAGES",
        replicas=[{"regionName": "us-east-2", "consistencyMode": "STRONG"}],
        globalTableWitness={"regionName": "us-west-2"},
    )

    assert [one.consistency_mode for one in found.inline_replicas] == [ConsistencyMode.STRONG]
    assert found.witness_region == "us-west-2"


def test_a_policy_is_ordered_json_with_a_placeholder_for_the_arn() -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "dynamodb:GetItem",
        "Resource": "${table_arn}",
        "Condition": {"Bool": {"aws:SecureTransport": True}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    policy_spec = {"policy": document, "confirmRemoveSelfResourceAccess": True}

    assert table(resourcePolicy=policy_spec).policy == planned.PolicyPlan(
        '{"Statement":[{"Action":"dynamodb:GetItem","Condition":{"Bool":'
        '{"aws:SecureTransport":true}},"Effect":"Allow","Principal":{"AWS":'
        '"arn:aws:iam::111122223333:root"},"Resource":"${table_arn}"}],"Version":"2012-10-17"}',
        True,
    )
    backwards = {"Statement": [dict(reversed(statement.items()))], "Version": "2012-10-17"}
    assert table(resourcePolicy={**policy_spec, "policy": backwards}) == table(
        resourcePolicy=policy_spec
    )
    assert (
        table(resourcePolicy={"policy": document}).policy
        != table(resourcePolicy=policy_spec).policy
    )


def test_stream_and_replicas_have_policies_of_their_manifest_and_no_others() -> None:
    document = {"Version": "2012-10-17", "Statement": [statement("a")]}
    text = f'{{"Statement":[{line_of("a")}],"Version":"2012-10-17"}}'
    of_stream = json.loads(json.dumps(document).replace("table_arn", "stream_arn"))
    found = table(
        streamEnabled=True,
        streamViewType="NEW_AND_OLD_IMAGES",
        streamResourcePolicy={"policy": of_stream},
        replicas=[
            {
                "regionName": "eu-west-2",
                "resourcePolicy": {"policy": document, "confirmRemoveSelfResourceAccess": True},
            },
            {"regionName": "eu-west-3"},
            {"regionName": "eu-west-1", "resourcePolicy": {"policy": document}},
        ],
    )
    assert found.policy is None
    assert found.stream_policy == planned.PolicyPlan(
        text.replace("${table_arn}", "${stream_arn}"), False
    )
    assert found.replica_policies == (
        planned.ReplicaPolicyPlan("eu-west-1", planned.PolicyPlan(text, False)),
        planned.ReplicaPolicyPlan("eu-west-2", planned.PolicyPlan(text, True)),
    )
    assert described("resource policy", found) == []
    assert described("stream policy", found) == [text.replace("table_arn", "stream_arn")]
    assert described("policy in eu-west-1", found) == [text]
    assert described("policy in eu-west-2", found) == [text]
    assert described("policy in eu-west-3", found) == []
    assert len(described("policy lock-out", found)) == 1


@pytest.mark.parametrize(
    ("more", "precision"),
    [
        ({}, None),
        ({"approximateCreationDateTimePrecision": "MILLISECOND"}, Precision.MILLISECOND),
        ({"approximateCreationDateTimePrecision": "MICROSECOND"}, Precision.MICROSECOND),
    ],
)
def test_a_kinesis_destination_has_the_precision_of_the_manifest_or_none(
    more: dict[str, str], precision: Precision | None
) -> None:
    stream = "arn:aws:kinesis:us-east-1:111122223333:stream/orders"
    found = table(kinesisStreamingDestination={"streamArn": stream, **more})

    assert found.kinesis == planned.KinesisPlan(stream, precision)
    shown = f"{stream}, {precision.value}" if precision else stream
    (line,) = [one for one in describe(found, None).splitlines() if "Kinesis" in one]
    assert line.split(maxsplit=2)[2] == shown


def test_an_import_is_planned_with_all_its_fields() -> None:
    smallest = {"s3Bucket": "exports", "inputFormat": "DYNAMODB_JSON"}
    whole = {
        "s3Bucket": {"value": "exports"},
        "s3BucketOwner": "111122223333",
        "s3KeyPrefix": "2026/",
        "inputFormat": "CSV",
        "inputCompressionType": "ZSTD",
        "csv": {"delimiter": "|", "headerList": ["pk"]},
    }

    assert table(importTable=smallest).source == planned.ImportPlan(
        "exports", None, None, InputFormat.DYNAMODB_JSON, InputCompression.NONE, None, ()
    )
    assert table(importTable=whole).source == planned.ImportPlan(
        "exports", "111122223333", "2026/", InputFormat.CSV, InputCompression.ZSTD, "|", ("pk",)
    )


BACKUP = "arn:aws:dynamodb:eu-west-1:111122223333:table/older-orders/backup/01489602797149-73d8d5bc"
OTHER = "arn:aws:dynamodb:eu-west-1:111122223333:table/older-orders"


@pytest.mark.parametrize(
    ("spec", "source"),
    [
        (
            {"restoreSourceName": "old", "restoreDateTime": "2026-11-26T08:00:00Z"},
            ("old", None, None, "2026-11-26T08:00:00Z", False),
        ),
        (
            {"restoreSourceTableArn": OTHER, "restoreToLatestTime": True},
            (None, OTHER, None, None, True),
        ),
        ({"restoreBackupArn": BACKUP}, (None, None, BACKUP, None, False)),
    ],
)
def test_a_restored_table_can_keep_the_key_of_its_source(
    spec: dict[str, Any], source: tuple[Any, ...]
) -> None:
    found = table(keySchema=[], attributeDefinitions=[], **spec)

    assert found.source == planned.RestorePlan(*source)
    assert (found.keys, found.hash_key, found.range_key, found.attributes) == ((), None, None, ())


def test_schedules_belong_to_the_dimension_that_they_scale() -> None:
    moved = {"name": "m", "dimension": "READ", "schedule": "rate(1 day)", "maxCapacity": 90}
    whole = {
        "name": "w",
        "dimension": "WRITE",
        "schedule": "cron(0 8 ? * MON *)",
        "timezone": "Europe/Berlin",
        "minCapacity": 7,
        "maxCapacity": 70,
        "startTime": "2026-11-26T08:00:00Z",
        "endTime": "2026-12-26T08:00:00Z",
    }
    own = {"read": {"maxCapacity": 9}}
    found = provisioned(
        index("by-sk", "sk"),
        index("by-at", "sk", "pk", autoscaling=own),
        autoscaling={**BOTH, "scheduledAdjustments": [moved, whole]},
    )
    reads = SchedulePlan("m", "rate(1 day)", None, None, 90, None, None)
    writes = SchedulePlan(
        "w",
        "cron(0 8 ? * MON *)",
        "Europe/Berlin",
        7,
        70,
        "2026-11-26T08:00:00Z",
        "2026-12-26T08:00:00Z",
    )

    assert {one.key: one.schedules for one in found.scaling} == {
        "table/read": (reads,),
        "table/write": (writes,),
        "index/by-sk/read": (reads,),
        "index/by-sk/write": (writes,),
        "index/by-at/read": (),
    }


def test_an_index_with_warm_throughput_is_standalone_and_has_both_numbers() -> None:
    warm = {"warmThroughput": {"readUnitsPerSecond": 20000}}
    on_demand = table(globalSecondaryIndexes=[index("by-sk", "sk", **warm)])
    many = {"provisionedThroughput": {"readCapacityUnits": 5, "writeCapacityUnits": 30000}}
    provisioned_table = provisioned(index("by-sk", "sk", **warm, **many))
    zeros = {"readUnitsPerSecond": 0, "writeUnitsPerSecond": "0"}

    assert [one.warm for one in on_demand.standalone_indexes] == [planned.WarmPlan(20000, 4000)]
    assert [one.warm for one in provisioned_table.standalone_indexes] == [
        planned.WarmPlan(20000, 30000)
    ]
    absent = table(globalSecondaryIndexes=[index("by-sk", "sk", warmThroughput=zeros)])
    assert [one.warm for one in absent.inline_indexes] == [None]


def test_only_the_named_warm_throughput_of_a_table_is_planned() -> None:
    assert table(warmThroughput={"writeUnitsPerSecond": 5000}).warm == planned.WarmPlan(None, 5000)
    assert table(warmThroughput={}).warm is None


def test_the_description_shows_the_whole_plan() -> None:
    found = provisioned(
        index("by-sk", "sk", warmThroughput={"readUnitsPerSecond": 12000}),
        warmThroughput={"readUnitsPerSecond": 13000, "writeUnitsPerSecond": 5000},
        autoscaling={
            **BOTH,
            "scheduledAdjustments": [
                {
                    "name": "m",
                    "dimension": "READ",
                    "schedule": "rate(1 day)",
                    "minCapacity": 6,
                    "startTime": "2026-11-26T08:00:00Z",
                    "endTime": "2026-12-26T08:00:00Z",
                }
            ],
        },
        importTable={
            "s3Bucket": "exports",
            "s3BucketOwner": "111122223333",
            "inputFormat": "ION",
            "inputCompressionType": "GZIP",
        },
    )
    lines = describe(found, None).splitlines()

    assert [line.strip() for line in lines if "m, minimum" in line] == [
        f"scheduled              {owner}: m, minimum 6 read units, rate(1 day) "
        "from 2026-11-26T08:00:00Z until 2026-12-26T08:00:00Z"
        for owner in ("table", "index by-sk")
    ]
    assert "  data source            s3://exports/ in account 111122223333 (ION, GZIP)" in lines
    assert "  warm throughput        13000 reads a second and 5000 writes a second" in lines


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        ({"restoreBackupArn": BACKUP}, f"backup {BACKUP}"),
        (
            {"restoreSourceTableArn": OTHER, "restoreToLatestTime": True},
            f"table {OTHER} at the latest restorable time",
        ),
    ],
)
def test_the_description_shows_the_data_source(spec: dict[str, Any], line: str) -> None:
    assert f"  data source            {line}" in describe(table(**spec), None).splitlines()


def test_the_description_shows_the_key_and_the_protection_of_a_replica() -> None:
    key_ = "arn:aws:kms:{}:111122223333:alias/orders"
    found = table(
        streamEnabled=True,
        streamViewType="NEW_AND_OLD_IMAGES",
        serverSideEncryption={"enabled": True, "kmsKeyArn": key_.format("us-east-1")},
        replicas=[
            {
                "regionName": "eu-west-1",
                "kmsKeyArn": key_.format("eu-west-1"),
                "deletionProtectionEnabled": True,
            }
        ],
    )

    assert (
        f"  replica                eu-west-1: EVENTUAL; key {key_.format('eu-west-1')}; "
        "deletion protection"
    ) in describe(found, None).splitlines()


def described(label: str, found: TablePlan) -> list[str]:
    """What the description says under one label, in its order."""
    lines = describe(found, None).splitlines()
    return [line[25:] for line in lines if line.startswith(f"  {label:<22} ")]


def statement(sid: str) -> dict[str, str]:
    table_ = "${table_arn}"
    return {
        "Action": "dynamodb:Get*",
        "Effect": "Deny",
        "Principal": "*",
        "Resource": table_,
        "Sid": sid,
    }


def line_of(sid: str) -> str:
    return (
        '{"Action":"dynamodb:Get*","Effect":"Deny","Principal":"*","Resource":"${table_arn}",'
        f'"Sid":"{sid}"}}'
    )


def test_the_description_shows_one_policy_statement_per_line() -> None:
    document = {"Version": "2012-10-17", "Statement": [statement("a"), statement("b")]}
    found = table(resourcePolicy={"policy": document})

    assert described("resource policy", found) == ['2 statements, {"Version":"2012-10-17"}']
    assert described("policy statement", found) == [line_of("a"), line_of("b")]
    assert described("policy lock-out", found) == []


def test_the_description_counts_the_statements_of_a_policy() -> None:
    found = table(resourcePolicy={"policy": {"Statement": [statement("a"), statement("b")]}})

    assert described("resource policy", found) == ["2 statements"]


def test_the_description_names_a_policy_that_can_lock_out() -> None:
    document = {"Version": "2012-10-17", "Statement": [statement("a")]}
    found = table(resourcePolicy={"policy": document, "confirmRemoveSelfResourceAccess": True})

    assert described("resource policy", found) == [
        f'{{"Statement":[{line_of("a")}],"Version":"2012-10-17"}}'
    ]
    assert described("policy statement", found) == []
    assert described("policy lock-out", found) == [
        "allowed: its author may be unable to change it again"
    ]


@pytest.mark.parametrize(
    ("adjustments", "description"),
    [
        ([], "autoscaling as above"),
        (
            [{"name": "m", "dimension": "READ", "schedule": "rate(1 day)", "minCapacity": 6}],
            "autoscaling and adjustments as above",
        ),
    ],
    ids=["scaled", "adjusted"],
)
def test_the_description_shows_what_scales_in_a_replica(
    adjustments: list[dict[str, Any]], description: str
) -> None:
    found = provisioned(
        streamEnabled=True,
        streamViewType="NEW_AND_OLD_IMAGES",
        autoscaling={**BOTH, "scheduledAdjustments": adjustments},
        replicas=[{"regionName": "eu-west-1"}],
    )

    assert described("replica", found) == [
        f"eu-west-1: EVENTUAL; standalone resource; {description}"
    ]


def test_the_description_shows_the_names_of_policies() -> None:
    named = {"maxCapacity": 9, "policyName": "orders reads"}
    found = provisioned(autoscaling={"read": named, "write": {"maxCapacity": 9}})
    assert [one for one in describe(found, None).splitlines() if "autoscaling" in one] == [
        "  autoscaling            table: 5 to 9 read units at 70 %, policy orders reads",
        "  autoscaling            table: 6 to 9 write units at 70 %",
    ]
    assert [one.policy_name for one in found.scaling] == ["orders reads", None]


def test_the_description_shows_the_cooldowns_of_scaling() -> None:
    read = {"maxCapacity": 50, "scaleInCooldownSeconds": 10, "scaleOutCooldownSeconds": 60}

    assert described("autoscaling", provisioned(autoscaling={"read": read})) == [
        "table: 5 to 50 read units at 70 %, scale-in cooldown 10 s, scale-out cooldown 60 s"
    ]


@pytest.mark.parametrize(
    ("csv", "description"),
    [
        (None, "delimiter ','; headers in the files"),
        ({"delimiter": "\t"}, "delimiter a tab; headers in the files"),
        ({"delimiter": " ", "headerList": ["pk\t"]}, 'delimiter a space; columns "pk\\t"'),
        ({"delimiter": "|"}, "delimiter '|'; headers in the files"),
    ],
)
def test_the_description_shows_how_csv_is_read(
    csv: dict[str, Any] | None, description: str
) -> None:
    found = table(
        importTable={
            "s3Bucket": "exports",
            "inputFormat": "CSV",
            "inputCompressionType": "ZSTD",
            **({"csv": csv} if csv else {}),
        }
    )

    assert described("data source", found) == [f"s3://exports/ (CSV, ZSTD; {description})"]


def test_the_description_shows_which_replacements_are_allowed() -> None:
    name = "dynamodb.project-planton.org/allow-replacement"
    found = table(metadata={"annotations": {name: "tableName, keySchema"}})

    assert described("replacement", found) == ["allowed if keySchema or tableName differs"]


def test_nothing_is_protected_where_the_table_is_retained() -> None:
    """Pulumi need not refuse what deletes nothing; AWS keeps its own protection."""
    found = table(deletionProtectionEnabled=True, deletionPolicy="retain")

    assert (found.deletion_policy, found.is_retained) == (DeletionPolicy.RETAIN, True)
    assert (found.deletion_protection, found.is_protected) == (True, False)
    assert "deletion policy        retain: stays in AWS when the stack is destroyed" in describe(
        found, None
    )


def test_delete_is_the_deletion_policy_of_a_manifest_without_one() -> None:
    found = table(deletionProtectionEnabled=True, deletionPolicy="delete")

    assert found == table(deletionProtectionEnabled=True)
    assert (found.deletion_policy, found.is_retained, found.is_protected) == (None, False, True)
    assert "deletion policy" not in describe(found, None)


@pytest.mark.parametrize(
    ("annotation", "line"),
    [
        ("true", "imported by `pulumi up`, which may change nothing that it has"),
        ("tableClass, ttl", "imported by `pulumi up`, which may change tableClass and ttl"),
    ],
)
def test_a_table_that_is_imported_says_what_may_change(annotation: str, line: str) -> None:
    found = table(metadata={"annotations": {IMPORT: annotation}})
    assert described("existing table", found) == [line]
