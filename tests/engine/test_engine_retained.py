"""`deletionPolicy: retain`: what a destroy leaves in AWS, and what an update still deletes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planton.rehearsal.aws.requests import DYNAMODB
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.global_tables import IRELAND, STREAM, members, replica, up
from tests.engine.harness import Stack
from tests.engine.manifests import NAME, PROVISIONED, SCALED, UNITS, allowing, index, key, manifest
from tests.engine.specs import MORNING, policy, streaming

RETAIN = {"deletionPolicy": "retain"}
DELETE = {"deletionPolicy": "delete"}
PROTECTED = {"deletionProtectionEnabled": True}
ON_DEMAND: dict[str, Any] = {
    **STREAM,
    **PROTECTED,
    **policy("dynamodb:GetItem"),
    **streaming("changes"),
    "globalSecondaryIndexes": [index("who")],
    "contributorInsights": {"enabled": True, "gsiIndexNames": ["who"]},
    "replicas": [replica(IRELAND, deletionProtectionEnabled=True)],
}
WHO, WHAT = (index(name, provisionedThroughput=UNITS) for name in ("who", "what"))
SCALING: dict[str, Any] = {
    **PROVISIONED,
    **STREAM,
    "autoscaling": {**SCALED, "scheduledAdjustments": [MORNING]},
    "globalSecondaryIndexes": [WHO, WHAT],
    "replicas": [replica(IRELAND, deletionProtectionEnabled=True)],
}
both = pytest.mark.parametrize("spec", [ON_DEMAND, SCALING], ids=["on demand", "scaling"])


def put_item(cloud: Cloud) -> None:
    item = {"pk": {"S": "a"}, "sk": {"S": "b"}}
    cloud.call(DYNAMODB, "PutItem", {"TableName": NAME, "Item": item})


def items(cloud: Cloud) -> int:
    counted: int = cloud.call(DYNAMODB, "Scan", {"TableName": NAME})["Count"]
    return counted


def around(cloud: Cloud) -> dict[str, Any]:
    """The table and everything around it in AWS."""
    return {
        "table": {**looks.table(cloud), "ItemCount": items(cloud), "TableSizeBytes": 0},
        "members": members(cloud),
        "tags": looks.tags(cloud),
        "policy": looks.policy(cloud),
        "destinations": looks.destinations(cloud),
        "insights": [looks.insights_mode(cloud, of) for of in (None, *looks.indexes(cloud))],
        "scaling": [
            (looks.targets(cloud, of), looks.policies(cloud, of), looks.schedules(cloud, of))
            for of in (None, IRELAND)
        ],
    }


def destroy(stack: Stack) -> None:
    """Runs a destroy that must succeed and empty the state."""
    report = stack.destroy()
    assert report.ok, report.explained()
    assert "resources" not in json.loads(stack.call("stack", "export"))["deployment"]


@both
def test_destroy_leaves_the_table_with_everything_around_it(
    stack: Stack, cloud: Cloud, spec: dict[str, Any]
) -> None:
    """Also what is protected, and stays so."""
    up(stack, **spec, **RETAIN)
    put_item(cloud)
    before, writes = around(cloud), looks.writes(cloud)
    destroy(stack)
    assert looks.writes(cloud) == writes
    assert around(cloud) == before
    assert before["table"]["ItemCount"] == 1


@both
def test_the_policy_takes_effect_with_the_update_before_the_removal(
    stack: Stack, cloud: Cloud, spec: dict[str, Any]
) -> None:
    """A preview of it has no effect, and an update changes nothing in AWS."""
    unprotected = {**spec, "deletionProtectionEnabled": False, "replicas": [replica(IRELAND)]}
    up(stack, **unprotected)
    before = looks.writes(cloud)
    assert stack.preview(manifest(**unprotected, **RETAIN)).changes == {}
    assert up(stack, **unprotected, **RETAIN) == {}
    assert up(stack, **unprotected, **DELETE) == {}
    assert looks.writes(cloud) == before
    destroy(stack)
    assert looks.is_empty(cloud)


def test_a_preview_of_the_policy_does_not_keep_the_table(stack: Stack, cloud: Cloud) -> None:
    up(stack)
    assert stack.preview(manifest(**RETAIN)).ok
    destroy(stack)
    assert looks.is_empty(cloud)


def test_an_index_that_the_manifest_removes_is_deleted_in_aws(stack: Stack, cloud: Cloud) -> None:
    up(stack, **SCALING, **RETAIN)
    changes = up(stack, **{**SCALING, "globalSecondaryIndexes": [WHO]}, **RETAIN)
    assert changes == {
        "GlobalSecondaryIndex orders-what": "delete",
        **{
            f"{kind} orders{place}-what-{dimension}": "delete"
            for kind in ("Target", "Policy")
            for place in ("", f"@{IRELAND}")
            for dimension in ("read", "write")
        },
        **{
            f"ScheduledAction orders{place}-what-read/morning": "delete"
            for place in ("", f"@{IRELAND}")
        },
    }
    assert [*looks.indexes(cloud)] == ["who"]
    for region in (None, IRELAND):
        assert not [place for place in looks.targets(cloud, region) if "what" in place]
        assert not [place for place in looks.policies(cloud, region) if "what" in place]


def test_an_index_with_another_key_is_rebuilt(stack: Stack, cloud: Cloud) -> None:
    up(stack, **SCALING, **RETAIN)
    other = index("what", "who", provisionedThroughput=UNITS)
    up(stack, **{**SCALING, "globalSecondaryIndexes": [WHO, other]}, **RETAIN)
    assert looks.indexes(cloud)["what"]["KeySchema"] == [
        {"AttributeName": "who", "KeyType": "HASH"}
    ]


@both
def test_what_the_manifest_removes_around_the_table_is_deleted_in_aws(
    stack: Stack, cloud: Cloud, spec: dict[str, Any]
) -> None:
    lifted = {**spec, "replicas": [replica(IRELAND)]}
    up(stack, **spec, **RETAIN)
    up(stack, **lifted, **RETAIN)
    bare = {name: spec[name] for name in spec if name in (*STREAM, *PROVISIONED, *PROTECTED)}
    if "autoscaling" in spec:
        off = {"autoscaling": {**SCALED, "enabled": False}, "globalSecondaryIndexes": [WHO, WHAT]}
        bare |= off
    else:
        bare["globalSecondaryIndexes"] = [index("who")]
    up(stack, **bare, **RETAIN)
    left = around(cloud)
    assert left["scaling"] == [({}, set(), {}), ({}, set(), {})]
    assert (left["policy"], left["destinations"], {*left["insights"]}) == (None, [], {None})
    assert left["members"] == {"us-east-1": []}


@pytest.mark.parametrize(
    ("before", "after"),
    [(RETAIN, RETAIN), (RETAIN, DELETE), (DELETE, RETAIN)],
    ids=["retained", "until now", "from now on"],
)
@pytest.mark.parametrize(
    ("consent", "change"),
    [("keySchema", {"keySchema": key("id")}), ("tableName", {"tableName": "orders-2"})],
)
def test_a_replacement_of_a_retained_table_is_refused(
    stack: Stack,
    cloud: Cloud,
    before: dict[str, str],
    after: dict[str, str],
    consent: str,
    change: dict[str, Any],
) -> None:
    up(stack, **before)
    writes = looks.writes(cloud)
    replaced = manifest(**after, **change, annotations=allowing(consent))
    for operation in (stack.preview, stack.up):
        refused = operation(replaced)
        assert not refused.ok
        assert "set deletionPolicy: delete alone and run `pulumi up`" in refused.text
    assert looks.writes(cloud) == writes


def test_another_table_can_follow_a_retained_one(stack: Stack, cloud: Cloud) -> None:
    """As the message of a refused replacement says."""
    up(stack, **RETAIN)
    destroy(stack)
    up(stack, keySchema=key("id"), tableName="orders-2", **RETAIN)
    assert looks.tables(cloud) == ["orders", "orders-2"]


def test_a_targeted_destroy_of_the_table_leaves_it_too(stack: Stack, cloud: Cloud) -> None:
    up(stack, **SCALING, **RETAIN)
    before = around(cloud)
    table = "urn:pulumi:dev::tables::aws:dynamodb/table:Table::orders"
    report = stack.start("destroy", arguments=("--target", table, "--target-dependents")).report()
    assert report.ok, report.explained()
    assert around(cloud) == before
