"""Every decision about the table: what is planned for which manifest, and always the same."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from planton import plan as planned
from planton.model.enums import (
    AttributeType,
    BillingMode,
    InsightsMode,
    KeyType,
    ProjectionType,
    StreamViewType,
    TableClass,
)
from planton.plan import (
    GlobalIndexPlan,
    InsightsPlan,
    KeyAttribute,
    RecoveryPlan,
    TablePlan,
    Throughput,
)
from planton.render.text import describe
from planton.tags import (
    ENVIRONMENT,
    MAX_TAGS,
    ORGANIZATION,
    RESOURCE,
    RESOURCE_ID,
    RESOURCE_KIND,
)
from tests.corpus import FORMATS, ROOT, examples, kept_plan, plan
from tests.planning import index, key, provisioned, table

READ = {"read": {"maxCapacity": 50}}
BOTH = {"read": {"maxCapacity": 50}, "write": {"maxCapacity": 60}}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("example", examples(), ids=lambda path: path.stem)
def test_an_example_is_planned_as_it_is_kept(example: Path, format: str) -> None:
    assert plan(example, format) == kept_plan(example, format).read_text(encoding="utf-8")


def test_every_kept_plan_belongs_to_an_example() -> None:
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


def test_a_plan_is_made_of_everything_that_the_manifest_says() -> None:
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
        attributes=(("at", text), ("pk", text), ("sk", text)),
        keys=(KeyAttribute("pk", text, KeyType.HASH), KeyAttribute("sk", text, KeyType.RANGE)),
        throughput=None,
        maximum=None,
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
        contributor_insights=(InsightsPlan(None, InsightsMode.ACCESSED_AND_THROTTLED_KEYS),),
        scaling=(),
        tags=(
            (ENVIRONMENT, "dev"),
            (ORGANIZATION, "acme"),
            (RESOURCE, "true"),
            (RESOURCE_ID, "x-1"),
            (RESOURCE_KIND, "AwsDynamodb"),
            ("team", "shop"),
        ),
        allow_replacement=(),
        ignore_changes=("name",),
    )
    assert (found.hash_key, found.range_key) == ("pk", "sk")


def test_what_the_manifest_leaves_out_is_planned_as_off() -> None:
    found = table(keySchema=key("pk"), attributeDefinitions=[{"name": "pk", "type": "B"}])

    assert found == TablePlan(
        logical_name="orders",
        table_name="orders",
        billing_mode=BillingMode.PAY_PER_REQUEST,
        attributes=(("pk", AttributeType.B),),
        keys=(KeyAttribute("pk", AttributeType.B, KeyType.HASH),),
        throughput=None,
        maximum=None,
        inline_indexes=(),
        standalone_indexes=(),
        local_indexes=(),
        ttl=planned.TtlPlan(False, None),
        stream_view_type=None,
        point_in_time_recovery=RecoveryPlan(False, None),
        encryption=planned.EncryptionPlan(False, None),
        table_class=TableClass.STANDARD,
        deletion_protection=False,
        contributor_insights=(),
        scaling=(),
        tags=((RESOURCE, "true"), (RESOURCE_KIND, "AwsDynamodb")),
        allow_replacement=(),
        ignore_changes=("name", "ttl.attributeName"),
    )
    assert (found.hash_key, found.range_key) == ("pk", None)


def test_no_units_are_units_of_zero() -> None:
    assert table(provisionedThroughput={"readCapacityUnits": 0}).throughput is None
    assert provisioned().throughput == Throughput(5, 6)


def test_the_users_tags_win_over_the_platforms() -> None:
    found = table(metadata={"org": "acme"}, tags={ORGANIZATION: "mine", "a": ""})

    assert dict(found.tags)[ORGANIZATION] == "mine"
    assert dict(found.tags)["a"] == ""


def test_the_names_of_the_platforms_tags_are_a_contract() -> None:
    assert (RESOURCE, ORGANIZATION, ENVIRONMENT, RESOURCE_KIND, RESOURCE_ID, MAX_TAGS) == (
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
def test_all_indexes_are_standalone_as_soon_as_a_block_reaches_one_even_if_it_is_off(
    of_table: Any, of_first: Any, of_second: Any, standalone: bool
) -> None:
    def given(name: str, block: Any) -> dict[str, Any]:
        return index(name, "sk", **({"autoscaling": block} if block else {}))

    found = provisioned(
        given("b", of_first) | {"name": "second"},
        given("a", of_second) | {"name": "first"},
        **({"autoscaling": of_table} if of_table else {}),
    )

    names = ("second", "first")
    assert tuple(one.name for one in found.standalone_indexes) == (names if standalone else ())
    assert tuple(one.name for one in found.inline_indexes) == (() if standalone else names)
    assert tuple(one.name for one in found.global_indexes) == names


def test_the_table_defines_no_attribute_of_a_standalone_index_alone() -> None:
    """The index brings them; the table's own and its local indexes' stay."""
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
def test_an_index_scales_by_its_own_block_or_else_by_the_tables(
    of_table: Any, of_index: Any, expected: dict[str, tuple[int, int]]
) -> None:
    found = provisioned(
        index("by-sk", "sk", **({"autoscaling": of_index} if of_index else {})),
        **({"autoscaling": of_table} if of_table else {}),
    )

    assert {s.key: (s.min_capacity, s.max_capacity) for s in found.scaling} == expected
    assert list(expected) == [s.key for s in found.scaling]


def test_what_an_autoscaler_moves_is_ignored_where_it_is() -> None:
    found = provisioned(
        index("a-b", "sk", autoscaling={"write": {"maxCapacity": 60}}),
        index("c-d", "sk", autoscaling={"enabled": False}),
        index("e-f", "sk"),
        autoscaling=READ,
    )

    assert found.ignore_changes == ("name", "readCapacity", "ttl.attributeName")
    assert [one.ignored for one in found.standalone_indexes] == [("write",), (), ("read",)]


def test_a_block_that_is_off_leaves_capacity_to_the_manifest() -> None:
    found = provisioned(index("by-sk", "sk"), autoscaling={**BOTH, "enabled": False})

    assert found.ignore_changes == ("name", "ttl.attributeName")
    assert [one.ignored for one in found.standalone_indexes] == [()]


def test_scaling_has_a_target_of_70_percent_and_the_cooldowns_of_aws_unless_given() -> None:
    own = {"maxCapacity": 60, "minCapacity": 1, "targetUtilizationPercent": 50,
           "scaleInCooldownSeconds": 0, "scaleOutCooldownSeconds": 30}  # fmt: skip
    found = provisioned(autoscaling={"read": {"maxCapacity": 50}, "write": own})

    assert found.scaling == (
        planned.ScalingPlan(None, "read", 5, 50, 70, None, None),
        planned.ScalingPlan(None, "write", 1, 60, 50, 0, 30),
    )


@pytest.mark.parametrize(
    ("spec", "ignored"),
    [
        ({}, ("name", "ttl.attributeName")),
        ({"ttl": {"enabled": False}}, ("name", "ttl.attributeName")),
        ({"ttl": {"enabled": True, "attributeName": "at"}}, ("name",)),
    ],
)
def test_expiry_is_switched_off_under_the_attribute_that_is_in_use(
    spec: dict[str, Any], ignored: tuple[str, ...]
) -> None:
    assert table(**spec).ignore_changes == ignored


def test_consent_to_another_name_lets_the_name_change() -> None:
    allow = {"dynamodb.project-planton.org/allow-replacement": "tableName, keySchema"}
    found = table(metadata={"annotations": allow})

    assert found.allow_replacement == ("keySchema", "tableName")
    assert found.ignore_changes == ("ttl.attributeName",)


@pytest.mark.parametrize("projection", [{}, {"projection": {}}, {"projection": {"type": "ALL"}}])
def test_an_index_holds_everything_unless_it_says_less(projection: dict[str, Any]) -> None:
    found = table(
        globalSecondaryIndexes=[index("global", "sk", **projection)],
        localSecondaryIndexes=[index("local", "pk", "sk", **projection)],
    )

    assert [one.projection_type for one in found.global_indexes] == [ProjectionType.ALL]
    assert [one.projection_type for one in found.local_indexes] == [ProjectionType.ALL]


def test_nothing_that_a_terminal_acts_on_is_in_the_description() -> None:
    found = table(globalSecondaryIndexes=[index("by-x", "\x1b[31m")])

    assert all(line.isprintable() for line in describe(found, None).splitlines())
