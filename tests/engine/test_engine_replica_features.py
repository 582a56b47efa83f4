"""What a replica has for itself: contributor insights, a Kinesis destination, tags."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.global_tables import (
    IRELAND,
    MUMBAI,
    REPLICA,
    SCALED_EVERYWHERE,
    STREAM,
    TABLE,
    assert_settled,
    members,
    replica,
    up,
)
from tests.engine.harness import Stack
from tests.engine.manifests import IMPORT, UNITS, importing, index, manifest

INSIGHTS = f"ContributorInsights orders@{IRELAND}-insights"
INDEX_INSIGHTS = f"ContributorInsights orders@{IRELAND}-who-insights"
DESTINATION = f"KinesisStreamingDestination orders@{IRELAND}-kinesis"
CHANGES, OTHER = (f"arn:aws:kinesis:{IRELAND}:123456789012:stream/{s}" for s in ("all", "other"))
KEYS = [
    f"arn:aws:kms:{IRELAND}:123456789012:key/1234abcd-12ab-34cd-56ef-{end:012d}" for end in (1, 2)
]
HOME_KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-000000000003"


def _tag(key: str) -> str:
    return f"Tag orders@{IRELAND}/{key}"


def _settings(mode: str = "THROTTLED_KEYS", stream: str = CHANGES, **tags: str) -> dict[str, Any]:
    return {
        "contributorInsights": {"enabled": True, "mode": mode, "gsiIndexNames": ["who"]},
        "kinesisStreamingDestination": {"streamArn": stream},
        "tags": tags,
    }


ON_DEMAND: dict[str, Any] = {**STREAM, "globalSecondaryIndexes": [index("who")]}
PROVISIONED: dict[str, Any] = {
    **SCALED_EVERYWHERE,
    "globalSecondaryIndexes": [index("who", provisionedThroughput=UNITS)],
}
FORMS = pytest.mark.parametrize(
    "spec", [ON_DEMAND, PROVISIONED], ids=["part of the table", "standalone"]
)


def _has(cloud: Cloud) -> tuple[Any, ...]:
    """The insights of the replica and of its index, its streams, and its tags."""
    return (
        looks.insights_mode(cloud, region=IRELAND),
        looks.insights_mode(cloud, "who", region=IRELAND),
        looks.destinations(cloud, IRELAND),
        looks.tags(cloud, IRELAND),
    )


NOTHING: tuple[Any, ...] = (None, None, [], {})


@FORMS
def test_what_a_replica_has_is_turned_on_changed_and_turned_off_at_once(
    stack: Stack, cloud: Cloud, spec: dict[str, Any]
) -> None:
    inline = spec is ON_DEMAND
    bare = {**spec, "replicas": [replica(IRELAND)]}
    up(stack, **bare)
    on = {**spec, "replicas": [replica(IRELAND, **_settings(team="shop", stage="test"))]}
    created = dict.fromkeys([INSIGHTS, INDEX_INSIGHTS, DESTINATION], "create")
    of_tags = {_tag("stage"): "create", _tag("team"): "create"}
    assert up(stack, **on) == created | (of_tags if inline else {REPLICA: "update"})
    assert _has(cloud) == (
        "THROTTLED_KEYS",
        "THROTTLED_KEYS",
        [CHANGES],
        {"team": "shop", "stage": "test"},
    )
    assert (looks.insights_mode(cloud), looks.destinations(cloud)) == (None, [])
    assert_settled(stack, **on)

    other = _settings("ACCESSED_AND_THROTTLED_KEYS", OTHER, team="web", owner="me")
    changed = {**spec, "replicas": [replica(IRELAND, **other)]}
    of_tags = {_tag("team"): "update", _tag("owner"): "create", _tag("stage"): "delete"}
    assert up(stack, **changed) == {
        INSIGHTS: "update",
        INDEX_INSIGHTS: "update",
        DESTINATION: "replace",
    } | (of_tags if inline else {REPLICA: "update"})
    both = "ACCESSED_AND_THROTTLED_KEYS"
    assert _has(cloud) == (both, both, [OTHER], {"team": "web", "owner": "me"})
    assert_settled(stack, **changed)

    deleted = dict.fromkeys([INSIGHTS, INDEX_INSIGHTS, DESTINATION], "delete")
    of_tags = dict.fromkeys([_tag("team"), _tag("owner")], "delete")
    assert up(stack, **bare) == deleted | (of_tags if inline else {REPLICA: "update"})
    assert _has(cloud) == NOTHING
    assert_settled(stack, **bare)


@FORMS
def test_a_removed_replica_takes_what_it_has_with_it(
    stack: Stack, cloud: Cloud, spec: dict[str, Any]
) -> None:
    other = replica(MUMBAI, tags={"team": "shop"})
    both = {**spec, "replicas": [replica(IRELAND, **_settings(team="shop")), other]}
    up(stack, **both)
    one = {**spec, "replicas": [other]}
    changes = up(stack, **one)
    assert {what: changes[what] for what in (INSIGHTS, INDEX_INSIGHTS, DESTINATION)} == (
        dict.fromkeys((INSIGHTS, INDEX_INSIGHTS, DESTINATION), "delete")
    )
    assert members(cloud) == {MUMBAI: ["us-east-1"], "us-east-1": [MUMBAI]}
    assert looks.tags(cloud, MUMBAI) == {"team": "shop"}
    assert_settled(stack, **one)
    up(stack, **both)
    assert _has(cloud) == ("THROTTLED_KEYS", "THROTTLED_KEYS", [CHANGES], {"team": "shop"})
    assert_settled(stack, **both)


@FORMS
def test_destroy_leaves_nothing_of_a_replica(
    stack: Stack, cloud: Cloud, spec: dict[str, Any]
) -> None:
    up(stack, **spec, replicas=[replica(IRELAND, **_settings(team="shop"))])
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    assert looks.is_empty(cloud)


@FORMS
def test_a_retained_table_keeps_what_its_replica_has(
    stack: Stack, cloud: Cloud, spec: dict[str, Any]
) -> None:
    up(
        stack,
        **spec,
        deletionPolicy="retain",
        replicas=[replica(IRELAND, **_settings(team="shop"))],
    )
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    assert _has(cloud) == ("THROTTLED_KEYS", "THROTTLED_KEYS", [CHANGES], {"team": "shop"})


@FORMS
def test_a_replica_that_is_recreated_for_its_key_gets_everything_again(
    stack: Stack, cloud: Cloud, spec: dict[str, Any]
) -> None:
    encrypted = {**spec, "serverSideEncryption": {"enabled": True, "kmsKeyArn": HOME_KEY}}
    old, new = (
        {
            **encrypted,
            "replicas": [replica(IRELAND, kmsKeyArn=key, **_settings(team="shop"))],
        }
        for key in KEYS
    )
    up(stack, **old)
    changes = up(stack, **new)
    assert changes[INSIGHTS] == changes[DESTINATION] == "replace"
    assert _has(cloud) == ("THROTTLED_KEYS", "THROTTLED_KEYS", [CHANGES], {"team": "shop"})
    assert_settled(stack, **new)


@FORMS
def test_an_index_and_its_insights_on_a_replica_go_together(
    stack: Stack, cloud: Cloud, spec: dict[str, Any]
) -> None:
    up(stack, **spec, replicas=[replica(IRELAND, **_settings())])
    without = _settings()
    without["contributorInsights"]["gsiIndexNames"] = []
    bare = {**spec, "globalSecondaryIndexes": [], "replicas": [replica(IRELAND, **without)]}
    assert up(stack, **bare)[INDEX_INSIGHTS] == "delete"
    assert looks.insights_mode(cloud, region=IRELAND) == "THROTTLED_KEYS"
    assert_settled(stack, **bare)
    again = {**spec, "replicas": [replica(IRELAND, **_settings())]}
    up(stack, **again)
    assert looks.insights_mode(cloud, "who", region=IRELAND) == "THROTTLED_KEYS"
    assert_settled(stack, **again)


@FORMS
def test_tags_of_the_table_take_the_place_of_a_replicas_own_and_back(
    stack: Stack, cloud: Cloud, spec: dict[str, Any]
) -> None:
    tagged = {**spec, "tags": {"team": "table"}}
    own = {**tagged, "replicas": [replica(IRELAND, tags={"team": "own", "stage": "test"})]}
    up(stack, **own)
    assert looks.tags(cloud, IRELAND) == {"team": "own", "stage": "test"}
    copied = {**tagged, "replicas": [replica(IRELAND, propagateTags=True)]}
    up(stack, **copied)
    assert looks.tags(cloud, IRELAND) == looks.tags(cloud)
    assert_settled(stack, **copied)
    up(stack, **own)
    kept = looks.tags(cloud) if spec is ON_DEMAND else {}
    assert looks.tags(cloud, IRELAND) == {**kept, "team": "own", "stage": "test"}
    assert_settled(stack, **own)


@FORMS
def test_a_tag_of_a_replica_that_was_changed_outside_pulumi_comes_back(
    stack: Stack, cloud: Cloud, spec: dict[str, Any]
) -> None:
    own = {**spec, "replicas": [replica(IRELAND, tags={"team": "own", "stage": "test"})]}
    up(stack, **own)
    arn = f"arn:aws:dynamodb:{IRELAND}:123456789012:table/orders"
    cloud.call(
        "dynamodb", "UntagResource", {"ResourceArn": arn, "TagKeys": ["team"]}, region=IRELAND
    )
    stack.refresh()
    up(stack, **own)
    assert looks.tags(cloud, IRELAND) == {"team": "own", "stage": "test"}
    assert_settled(stack, **own)


@FORMS
def test_what_an_existing_replica_has_is_imported_with_the_table(
    stack: Stack, cloud: Cloud, spec: dict[str, Any]
) -> None:
    found = {**spec, "replicas": [replica(IRELAND, **_settings(team="shop"))]}
    up(stack, **found, deletionPolicy="retain")
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    report = stack.up(manifest(**found, annotations=IMPORT))
    assert report.ok, report.explained()
    assert report.changes[DESTINATION] == "import"
    assert report.changes[TABLE] == "import"
    assert _has(cloud) == ("THROTTLED_KEYS", "THROTTLED_KEYS", [CHANGES], {"team": "shop"})
    assert_settled(stack, **found, annotations=IMPORT)


def test_an_import_creates_the_destination_of_a_replica_that_it_adds(
    stack: Stack, cloud: Cloud
) -> None:
    up(stack, **STREAM, deletionPolicy="retain")
    stack.destroy()
    added = replica(IRELAND, kinesisStreamingDestination={"streamArn": CHANGES})
    found = {**STREAM, "replicas": [added], "annotations": IMPORT}
    assert up(stack, **found)[DESTINATION] == "create"
    assert looks.destinations(cloud, IRELAND) == [CHANGES]
    assert_settled(stack, **found)


def test_the_annotation_says_that_an_existing_replica_has_no_destination(
    stack: Stack, cloud: Cloud
) -> None:
    up(stack, **STREAM, deletionPolicy="retain", replicas=[replica(IRELAND)])
    stack.destroy()
    added = replica(IRELAND, kinesisStreamingDestination={"streamArn": CHANGES})
    found = {
        **STREAM,
        "replicas": [added],
        "annotations": importing("kinesisStreamingDestination"),
    }
    assert up(stack, **found)[DESTINATION] == "create"
    assert looks.destinations(cloud, IRELAND) == [CHANGES]
