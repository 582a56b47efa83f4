"""The change guard under the real engine: what it refuses is refused before anything is touched."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planton.changes.kinds import KINDS
from planton.rehearsal.aws.requests import DYNAMODB
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.faults import FaultyCloud
from tests.engine.harness import Stack
from tests.engine.manifests import NAME, PROVISIONED, SCALED, UNITS, allowing, index, key, manifest

BASE = manifest()
LOCAL = {"name": "local-at", "keySchema": key("pk", "at"), "projection": {"type": "ALL"}}
BY_WHO = index("by-who", "who")
BY_AMOUNT = index("by-amount", "amount")
EXPIRING = {"ttl": {"enabled": True, "attributeName": "expiresAt"}}
SCALED_INDEX = index("by-who", "who", provisionedThroughput=UNITS, autoscaling=SCALED)
INLINE_INDEX = index("by-who", "who", provisionedThroughput=UNITS)

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
    "an index that would leave the table": (
        manifest(**PROVISIONED, globalSecondaryIndexes=[INLINE_INDEX]),
        manifest(**PROVISIONED, globalSecondaryIndexes=[SCALED_INDEX]),
        "by-who: part of the table resource → a standalone resource",
    ),
    "an index that would join the table": (
        manifest(**PROVISIONED, globalSecondaryIndexes=[SCALED_INDEX]),
        manifest(**PROVISIONED, globalSecondaryIndexes=[INLINE_INDEX]),
        "by-who: a standalone resource → part of the table resource",
    ),
    "capacity and scaling in one go": (
        BASE,
        manifest(**PROVISIONED, autoscaling=SCALED),
        "spec.billingMode: PAY_PER_REQUEST → PROVISIONED",
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
    "globalSecondaryIndexes": [INLINE_INDEX, {**INLINE_INDEX, "name": "by-who-too"}],
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
            "index-to-standalone": {"globalSecondaryIndexes": [STANDALONE]},
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
            "billing-and-scaling": {**PROVISIONED_TOO, "replicas": [], "autoscaling": SCALED},
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


def test_a_key_change_is_allowed_once_and_the_annotation_is_then_reported(
    stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(BASE).ok
    after = manifest(keySchema=key("pk"), annotations=allowing("keySchema"))
    replaced = stack.up(after)
    assert replaced.ok, replaced.explained()
    assert replaced.changes == {"Table orders": "replace"}
    assert looks.table(cloud)["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]
    assert [text for text in replaced.warnings if "is set" in text] == [
        "warning: metadata.annotations[dynamodb.project-planton.org/allow-replacement] is set: if "
        "keySchema differs, the table is deleted with all its data and recreated empty. Remove "
        "the annotation after this update\n"
    ]
    for later in ({}, {"tags": {"a": "b"}}):
        spec = {"keySchema": key("pk"), **later}
        for operation in (stack.preview, stack.up):
            refused = operation(manifest(annotations=allowing("keySchema"), **spec))
            assert not refused.ok
            assert "remove it from the annotation" in refused.text
        assert stack.up(manifest(**spec)).ok


def test_a_remaining_annotation_replaces_no_table_created_outside_pulumi(
    stack: Stack, cloud: Cloud
) -> None:
    """The manifest has not changed since the replacement was allowed, but the table has."""
    assert stack.up(BASE).ok
    after = manifest(keySchema=key("pk"), annotations=allowing("keySchema"))
    assert stack.up(after).ok
    _by_hand(cloud, "pk", "sk")
    assert stack.refresh().ok
    for operation in (stack.preview, stack.up):
        refused = operation(after)
        assert not refused.ok
        assert "remove it from the annotation" in refused.text
    assert len(looks.table(cloud)["KeySchema"]) == 2


def _retyped(text: str, *names: str, table: str = NAME) -> str:
    """The manifest under a metadata.name, with attributes of type N."""
    data = json.loads(text)
    data["metadata"]["name"] = table
    for attribute in data["spec"]["attributeDefinitions"]:
        if attribute["name"] in names:
            attribute["type"] = "N"
    return json.dumps(data)


@pytest.mark.parametrize(
    ("table", "changes", "allowed"),
    [
        (NAME, {"tableName": "orders-2"}, "tableName"),
        ("orders-2", {}, "tableName"),
        (NAME, {"keySchema": key("pk")}, "keySchema"),
    ],
    ids=["another name", "another metadata.name", "another key"],
)
def test_a_table_that_is_replaced_has_the_new_types_of_its_attributes(
    table: str, changes: dict[str, Any], allowed: str, stack: Stack, cloud: Cloud
) -> None:
    """Those of the table's own key and of a standalone index."""
    spec: dict[str, Any] = {**PROVISIONED, "globalSecondaryIndexes": [SCALED_INDEX]}
    made = stack.up(manifest(**spec))
    assert made.ok, made.explained()
    text = manifest(**{**spec, **changes}, annotations=allowing(allowed))
    replaced = stack.up(_retyped(text, "pk", "who", table=table))
    assert replaced.ok, replaced.explained()
    (name,) = looks.tables(cloud)
    described = cloud.call(DYNAMODB, "DescribeTable", {"TableName": name})["Table"]
    types = {a["AttributeName"]: a["AttributeType"] for a in described["AttributeDefinitions"]}
    assert types == {"pk": "N", "who": "N"} | ({} if "keySchema" in changes else {"sk": "S"})
    after = manifest(**{**spec, **changes})
    settled = stack.up(_retyped(after, "pk", "who", table=table))
    assert settled.ok, settled.explained()
    again = stack.up(_retyped(after, "pk", "who", table=table))
    assert again.is_unchanged, again.explained()


def test_a_standalone_index_is_added_together_with_provisioned_billing(
    stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(BASE).ok
    spec = {**PROVISIONED, "globalSecondaryIndexes": [SCALED_INDEX]}
    added = stack.up(manifest(**spec))
    assert added.ok, added.explained()
    assert looks.table(cloud)["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
    assert stack.up(manifest(**spec)).is_unchanged


def test_a_failed_update_does_not_allow_another_replacement(
    stack: Stack, cloud: FaultyCloud
) -> None:
    assert stack.up(manifest(keySchema=key("pk"))).ok
    _by_hand(cloud, "pk", "sk")
    assert stack.refresh().ok
    cloud.refuse("TagResource", "AccessDeniedException", "not authorized to TagResource")
    tagged = {"keySchema": key("pk"), "tags": {"a": "b"}}
    assert not stack.up(manifest(**tagged)).ok
    refused = stack.up(manifest(**tagged, annotations=allowing("keySchema")))
    assert not refused.ok
    assert "remove it from the annotation" in refused.text
    assert len(looks.table(cloud)["KeySchema"]) == 2


def test_a_failed_replacement_can_be_retried(stack: Stack, cloud: FaultyCloud) -> None:
    assert stack.up(BASE).ok
    after = manifest(keySchema=key("pk"), annotations=allowing("keySchema"))
    cloud.refuse("DeleteTable", "AccessDeniedException", "not authorized to DeleteTable")
    failed = stack.up(after)
    assert not failed.ok
    # What was not deleted is in the state as it was, so this asks for no refresh.
    assert "the state may now hold" not in failed.text
    again = stack.up(after)
    assert again.ok, again.explained()
    assert looks.table(cloud)["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]


def test_local_indexes_missing_in_aws_can_be_removed(stack: Stack, cloud: Cloud) -> None:
    local = {"localSecondaryIndexes": [LOCAL]}
    assert stack.up(manifest(**local)).ok
    _by_hand(cloud, "pk", "sk")
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


def _by_hand(cloud: Cloud, *keys: str) -> None:
    """Deletes the table and creates it again, outside Pulumi."""
    cloud.call(DYNAMODB, "DeleteTable", {"TableName": NAME})
    kinds = zip(keys, ("HASH", "RANGE"), strict=False)
    cloud.call(
        DYNAMODB,
        "CreateTable",
        {
            "TableName": NAME,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n in keys],
            "KeySchema": [{"AttributeName": n, "KeyType": kind} for n, kind in kinds],
        },
    )


def test_the_first_update_accepts_no_annotation(stack: Stack, cloud: Cloud) -> None:
    for operation in (stack.preview, stack.up):
        refused = operation(manifest(annotations=allowing("keySchema")))
        assert not refused.ok
        assert "no earlier update is on record" in refused.text
    assert looks.tables(cloud) == []
    assert stack.up(BASE).ok


def test_allowing_one_replacement_does_not_allow_another(stack: Stack) -> None:
    assert stack.up(BASE).ok
    refused = stack.preview(
        manifest(keySchema=key("pk"), tableName="orders-2", annotations=allowing("tableName"))
    )
    assert not refused.ok
    assert "spec.keySchema" in refused.text


def test_an_allowed_name_change_renames_the_table(stack: Stack, cloud: Cloud) -> None:
    assert stack.up(BASE).ok
    replaced = stack.up(manifest(tableName="orders-2", annotations=allowing("tableName")))
    assert replaced.ok, replaced.explained()
    assert looks.tables(cloud) == ["orders-2"]
    assert replaced.outputs["table_name"] == "orders-2"
    # Without the annotation the name is ignored again, and nothing moves.
    assert stack.up(manifest(tableName="orders-2")).changes == {}
    assert looks.tables(cloud) == ["orders-2"]


def test_protection_turned_off_together_with_a_new_key_still_protects(
    stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(manifest(deletionProtectionEnabled=True)).ok
    calls = len(cloud.calls)
    for allowed_change in ({}, allowing("keySchema")):
        refused = stack.up(manifest(keySchema=key("pk"), annotations=allowed_change))
        assert not refused.ok
        assert "deletion" in refused.text
        assert "set deletionProtectionEnabled: false on" in refused.text
        assert cloud.calls[calls:] == []


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
