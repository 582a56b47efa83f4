"""The change guard under the real engine: what it refuses is refused before anything is touched."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planton.changes.kinds import KINDS
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.by_hand import recreate_table
from tests.engine.harness import Stack
from tests.engine.manifests import NAME, PROVISIONED, SCALED, UNITS, allowing, index, key, manifest

BASE = manifest()
LOCAL = {"name": "local-at", "keySchema": key("pk", "at"), "projection": {"type": "ALL"}}
BY_WHO = index("by-who", "who")
BY_AMOUNT = index("by-amount", "amount")
EXPIRING = {"ttl": {"enabled": True, "attributeName": "expiresAt"}}
SCALED_INDEX = index("by-who", "who", provisionedThroughput=UNITS, autoscaling=SCALED)
INLINE_INDEX = index("by-who", "who", provisionedThroughput=UNITS)
OTHER_INDEX = {**INLINE_INDEX, "name": "by-who-too"}
REFUSED = {
    "another key": (BASE, manifest(keySchema=key("pk")), "spec.keySchema: pk HASH, sk RANGE → "),
    "a local index": (
        BASE,
        manifest(localSecondaryIndexes=[LOCAL]),
        "spec.localSecondaryIndexes: none → local-at (at; ALL)",
    ),
    "another name in AWS": (
        BASE,
        manifest(tableName="orders-2"),
        "the table's name: orders → orders-2",
    ),
    "another region": (BASE, manifest(region="eu-west-1"), "the region: us-east-1 → eu-west-1"),
    "another metadata.name": (
        BASE,
        BASE.replace('"name": "orders"', '"name": "invoices"'),
        "metadata.name: orders → invoices",
    ),
    "another type of an attribute": (
        manifest(globalSecondaryIndexes=[BY_AMOUNT]),
        manifest(globalSecondaryIndexes=[BY_AMOUNT]).replace('"type": "N"', '"type": "S"'),
        "spec.attributeDefinitions, amount: N → S",
    ),
    "another attribute of an enabled TTL": (
        manifest(**EXPIRING),
        manifest(ttl={"enabled": True, "attributeName": "goneAt"}),
        "spec.ttl: attribute expiresAt → attribute goneAt",
    ),
    "an index that would move and another that would go": (
        manifest(**PROVISIONED, globalSecondaryIndexes=[INLINE_INDEX, OTHER_INDEX]),
        manifest(**PROVISIONED, globalSecondaryIndexes=[SCALED_INDEX]),
        "spec.globalSecondaryIndexes, by-who-too\n",
    ),
}


@pytest.mark.parametrize(("before", "after", "says"), REFUSED.values(), ids=REFUSED)
def test_a_dangerous_update_is_refused_before_any_change(
    before: str, after: str, says: str, stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(before).ok
    calls = len(cloud.calls)
    for operation in (stack.preview, stack.up):
        refused = operation(after)
        assert not refused.ok
        assert "this update is refused, nothing was touched" in refused.text, refused.explained()
        assert says in refused.text
        assert "Traceback" not in refused.text
        assert cloud.calls[calls:] == []
    assert stack.up(before).is_unchanged


def test_an_update_into_another_account_is_refused(stack: Stack, cloud: Cloud) -> None:
    def of(account: str) -> str:
        block = f'provider_config: {{account_id: "{account}"}}\ntarget:\n'
        return block + "".join(f"  {line}\n" for line in BASE.splitlines())

    assert stack.up(of("123456789012")).ok
    calls = len(cloud.calls)
    refused = stack.preview(of("111122223333"))
    assert not refused.ok
    assert "the provider's account: 123456789012 → 111122223333" in refused.text
    assert cloud.calls[calls:] == []


KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
OTHER_KEY = KEY.replace("1111", "2222")
IMAGES = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}
EUROPE = {"regionName": "eu-west-1"}
INDEXED: dict[str, Any] = {
    **PROVISIONED,
    **EXPIRING,
    "localSecondaryIndexes": [LOCAL],
    "globalSecondaryIndexes": [INLINE_INDEX, OTHER_INDEX],
    "serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY},
    "deletionProtectionEnabled": True,
}
REPLICATED_IN = [{**EUROPE, "deletionProtectionEnabled": True}, {"regionName": "us-west-2"}]
REPLICATED: dict[str, Any] = {
    **IMAGES,
    "onDemandThroughput": {"maxReadRequestUnits": 50, "maxWriteRequestUnits": 50},
    "replicas": REPLICATED_IN,
}
SOURCE = {"s3Bucket": "exports", "inputFormat": "ION"}
KEYS_ONLY = {"projection": {"type": "KEYS_ONLY"}}
STANDALONE = {**INLINE_INDEX, "autoscaling": {"enabled": False}}
PROVISIONED_TOO = {"onDemandThroughput": None, **PROVISIONED}
KINDS_OF_REFUSAL: dict[str, tuple[dict[str, Any], dict[str, dict[str, Any]]]] = {
    "indexed": (
        INDEXED,
        {
            "metadata-name": {"metadata": "invoices"},
            "table-name": {"tableName": "orders-2"},
            "region": {"region": "eu-west-1", "serverSideEncryption": None},
            "key-schema": {"keySchema": key("pk", "when")},
            "protected-replacement": {
                "keySchema": key("pk", "when"),
                "deletionProtectionEnabled": False,
                "annotations": allowing("keySchema"),
            },
            "local-indexes": {"localSecondaryIndexes": [{**LOCAL, "name": "by-at"}]},
            "local-index-changed": {"localSecondaryIndexes": [{**LOCAL, **KEYS_ONLY}]},
            "attribute-type": {"as_text": ("at",)},
            "source": {"importTable": SOURCE, "localSecondaryIndexes": []},
            "unused-consent": {"annotations": allowing("region")},
            "ttl-attribute": {"ttl": {"enabled": True, "attributeName": "goneAt"}},
            "managed-key": {"serverSideEncryption": {"enabled": True}},
            "index-removed-with-move": {"globalSecondaryIndexes": [STANDALONE]},
            "index-changed-with-move": {
                "globalSecondaryIndexes": [{**STANDALONE, **KEYS_ONLY}, OTHER_INDEX]
            },
        },
    ),
    "replicated": (
        REPLICATED,
        {
            "metadata-name": {"metadata": "invoices"},
            "protected-replica": {"replicas": []},
            "stream-of-replicas": {"replicas": [], "streamEnabled": False, "streamViewType": None},
            "consistency": {
                "replicas": [
                    {"regionName": "us-east-2", "consistencyMode": "STRONG"},
                    {"regionName": "us-west-2", "consistencyMode": "STRONG"},
                ]
            },
            "encryption-and-replica": {
                "serverSideEncryption": {"enabled": True},
                "replicas": [*REPLICATED_IN, {"regionName": "ap-south-1"}],
            },
            "maximum-removed": {"onDemandThroughput": None},
            "replica-to-standalone": {**PROVISIONED_TOO, "autoscaling": SCALED},
        },
    ),
    "replicated-and-scaled": (
        {
            **IMAGES,
            **PROVISIONED,
            "autoscaling": SCALED,
            "serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY},
            "replicas": [{**EUROPE, "kmsKeyArn": KEY.replace("us-east-1", "eu-west-1")}],
        },
        {"replica-encryption": {"serverSideEncryption": {"enabled": True, "kmsKeyArn": OTHER_KEY}}},
    ),
}


def _changed(base: dict[str, Any], changes: dict[str, Any]) -> str:
    """The manifest with other fields, another metadata.name, or attributes that are text now."""
    spec = {**base, **changes}
    annotations, name = spec.pop("annotations", None), spec.pop("metadata", NAME)
    as_text = spec.pop("as_text", ())
    whole = {field: value for field, value in spec.items() if value is not None}
    data = json.loads(manifest(annotations=annotations, **whole))
    data["metadata"]["name"] = name
    for attribute in data["spec"]["attributeDefinitions"]:
        if attribute["name"] in as_text:
            attribute["type"] = "S"
    return json.dumps(data)


@pytest.mark.parametrize(("base", "kinds"), KINDS_OF_REFUSAL.values(), ids=KINDS_OF_REFUSAL)
def test_no_way_of_running_refused_updates_reaches_the_table(
    base: dict[str, Any], kinds: dict[str, dict[str, Any]], stack: Stack, cloud: Cloud
) -> None:
    """Twenty-two in all."""
    first = stack.up(manifest(**base))
    assert first.ok, first.explained()
    calls = len(cloud.calls)
    for code, changes in kinds.items():
        refused = stack.up(_changed(base, changes))
        assert not refused.ok
        assert "this update is refused, nothing was touched" in refused.text, refused.explained()
        assert KINDS[code].consequence in refused.text, (code, refused.explained())
    assert cloud.calls[calls:] == []
    assert stack.up(manifest(**base)).is_unchanged


def test_a_standalone_index_is_added_together_with_provisioned_billing(
    stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(BASE).ok
    spec = {**PROVISIONED, "globalSecondaryIndexes": [SCALED_INDEX]}
    added = stack.up(manifest(**spec))
    assert added.ok, added.explained()
    assert looks.table(cloud)["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
    assert stack.up(manifest(**spec)).is_unchanged


def test_local_indexes_missing_in_aws_can_be_removed(stack: Stack, cloud: Cloud) -> None:
    local = {"localSecondaryIndexes": [LOCAL]}
    assert stack.up(manifest(**local)).ok
    recreate_table(cloud, "pk", "sk")
    assert stack.refresh().ok
    warned = stack.up(manifest(**local))
    assert any("in AWS: none" in text for text in warned.warnings)
    mended = stack.up(manifest())
    assert mended.ok, mended.explained()
    assert mended.changes == {}


def test_the_order_of_projected_attributes_does_not_change_a_local_index(stack: Stack) -> None:
    held = {"type": "INCLUDE", "nonKeyAttributes": ["two", "one"]}
    text = manifest(localSecondaryIndexes=[{**LOCAL, "projection": held}])
    for report in (stack.up(text), stack.refresh(), stack.up(text)):
        assert report.ok, report.explained()
        assert report.warnings == []


def test_turning_autoscaling_off_warns_about_the_capacity(stack: Stack) -> None:
    assert stack.up(manifest(**PROVISIONED, autoscaling=SCALED)).ok
    off = stack.preview(manifest(**PROVISIONED, autoscaling={**SCALED, "enabled": False}))
    assert off.ok, off.explained()
    assert any("The capacity returns to the manifest's units" in text for text in off.warnings)


def test_a_last_index_that_the_provider_does_not_delete_is_reported(
    stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(manifest(globalSecondaryIndexes=[BY_WHO])).ok
    removed = stack.up(BASE)
    assert removed.ok, removed.explained()
    assert any("the index stays in AWS" in text for text in removed.warnings)
    assert list(looks.indexes(cloud)) == ["by-who"]
    assert "global_secondary_index_arns" not in removed.outputs


def test_the_guard_does_not_affect_destroy(stack: Stack, cloud: Cloud) -> None:
    assert stack.up(BASE).ok
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    assert looks.is_empty(cloud)
