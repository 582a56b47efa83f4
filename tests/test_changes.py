"""What a change does to an existing table: the rules that the guard and `planton diff` share."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import yaml

from planton.changes.change import Change
from planton.changes.compare import compare
from planton.changes.snapshot import Snapshot, snapshot
from planton.dialects.annotations import ALLOW_REPLACEMENT
from planton.plan.planner import make_plan
from tests.loading import load

Manifest = dict[str, Any]
Edit = Callable[[Manifest], None]

BASE = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {name: orders, annotations: {}}
spec:
  billingMode: PROVISIONED
  provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
  attributeDefinitions:
    - {name: pk, type: S}
    - {name: sk, type: S}
    - {name: at, type: "N"}
    - {name: who, type: S}
  keySchema: [{attributeName: pk, keyType: HASH}, {attributeName: sk, keyType: RANGE}]
  localSecondaryIndexes:
    - name: local-at
      keySchema: [{attributeName: pk, keyType: HASH}, {attributeName: at, keyType: RANGE}]
      projection: {type: INCLUDE, nonKeyAttributes: [one, two]}
  globalSecondaryIndexes:
    - name: by-who
      keySchema: [{attributeName: who, keyType: HASH}]
      projection: {type: INCLUDE, nonKeyAttributes: [one, two]}
      provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
    - name: by-time
      keySchema: [{attributeName: who, keyType: HASH}, {attributeName: at, keyType: RANGE}]
      provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
  ttl: {enabled: true, attributeName: expiresAt}
  streamEnabled: true
  streamViewType: NEW_IMAGE
  pointInTimeRecoveryEnabled: true
"""
ALL_KEYS = "ACCESSED_AND_THROTTLED_KEYS"
SCALING = {"read": {"maxCapacity": 50}, "write": {"maxCapacity": 50}}


def manifest() -> Manifest:
    data: Manifest = yaml.safe_load(BASE)
    return data


def decided(data: Manifest, region: str = "eu-west-1", account: str | None = None) -> Snapshot:
    loaded = load(yaml.safe_dump(data), filename="manifest.yaml")
    return snapshot(make_plan(loaded.manifest), region=region, account_id=account)


def changed(edit: Edit, before: Edit = lambda _: None) -> list[Change]:
    """The changes when `edit` is made to the base manifest, to which `before` was made."""
    old = manifest()
    before(old)
    new = copy.deepcopy(old)
    edit(new)
    return compare(decided(old), decided(new))


def seen(changes: list[Change]) -> list[tuple[str, str, str, str, bool]]:
    return [(c.code, c.place, c.old, c.new, c.refused) for c in changes]


def put(path: str, value: Any) -> Edit:
    """An edit that sets one value; `None` removes the key."""

    def edit(data: Manifest) -> None:
        here: Any = data
        *parts, last = [int(part) if part.isdigit() else part for part in path.split("/")]
        for part in parts:
            here = here[part]
        if value is None:
            del here[last]
        else:
            here[last] = copy.deepcopy(value)

    return edit


def both(*edits: Edit) -> Edit:
    def edit(data: Manifest) -> None:
        for each in edits:
            each(data)

    return edit


def allow(value: str) -> Edit:
    def edit(data: Manifest) -> None:
        data["metadata"]["annotations"][ALLOW_REPLACEMENT] = value

    return edit


def on_demand(data: Manifest) -> None:
    data["spec"]["billingMode"] = "PAY_PER_REQUEST"
    del data["spec"]["provisionedThroughput"]
    for index in data["spec"]["globalSecondaryIndexes"]:
        del index["provisionedThroughput"]


def provisioned(data: Manifest) -> None:
    units = {"readCapacityUnits": 5, "writeCapacityUnits": 5}
    data["spec"]["billingMode"] = "PROVISIONED"
    data["spec"]["provisionedThroughput"] = units
    for index in data["spec"]["globalSecondaryIndexes"]:
        index["provisionedThroughput"] = units


def without_indexes(data: Manifest) -> None:
    data["spec"]["globalSecondaryIndexes"] = []
    data["spec"]["attributeDefinitions"] = data["spec"]["attributeDefinitions"][:3]


def without(field: str) -> Edit:
    return lambda data: data["spec"].pop(field, None)


def limited(read: int, write: int = 0) -> Edit:
    return put(
        "spec/onDemandThroughput", {"maxReadRequestUnits": read, "maxWriteRequestUnits": write}
    )


def recoverable(**more: int) -> Edit:
    """Recovery in v1alpha1's spelling."""
    return both(
        without("pointInTimeRecoveryEnabled"),
        put("spec/pointInTimeRecovery", {"enabled": True, **more}),
    )


FROM = "5 to 50 at 70 %"


def with_scaled_index(data: Manifest) -> None:
    """One standalone index, which alone is scaled."""
    key = [{"attributeName": "sk", "keyType": "HASH"}]
    scaled = {"name": "by-sk", "keySchema": key, "autoscaling": SCALING}
    data["spec"]["globalSecondaryIndexes"] = [scaled]


def watching(*indexes: str) -> Edit:
    """Contributor insights of the table and of these indexes."""
    return put("spec/contributorInsights", {"enabled": True, "gsiIndexNames": list(indexes)})


def without_index(data: Manifest) -> None:
    del data["spec"]["globalSecondaryIndexes"][1]


def key_without_sort(data: Manifest) -> None:
    """The table's key changes; there is no local index, which would need a sort key."""
    del data["spec"]["keySchema"][1]
    del data["spec"]["attributeDefinitions"][1]


def no_local(data: Manifest) -> None:
    del data["spec"]["localSecondaryIndexes"]


CUSTOMER_KEY = "arn:aws:kms:us-east-1:111122223333:alias/orders"
GSI = "spec/globalSecondaryIndexes"
TABLE_SCALED = put("spec/autoscaling", SCALING)
HOW = "spec.globalSecondaryIndexes, "

CASES: dict[str, tuple[Edit, Edit, list[tuple[str, str, str, str, bool]]]] = {
    "metadata-name": (
        lambda _: None,
        put("metadata/name", "invoices"),
        [("metadata-name", "metadata.name", "orders", "invoices", True)],
    ),
    "metadata-name-only": (
        put("spec/tableName", "orders-live"),
        put("metadata/name", "invoices"),
        [("metadata-name-only", "metadata.name", "orders", "invoices", True)],
    ),
    "table-name": (
        lambda _: None,
        put("spec/tableName", "orders-live"),
        [("table-name", "the table's name", "orders", "orders-live", True)],
    ),
    "key-schema": (
        no_local,
        key_without_sort,
        [("key-schema", "spec.keySchema", "pk HASH, sk RANGE", "pk HASH", True)],
    ),
    "local-indexes": (
        lambda _: None,
        put("spec/localSecondaryIndexes/0/name", "by-at"),
        [
            (
                "local-indexes",
                "spec.localSecondaryIndexes",
                "local-at (at; INCLUDE one, two)",
                "by-at (at; INCLUDE one, two)",
                True,
            )
        ],
    ),
    "local-indexes, in another order": (
        lambda _: None,
        put("spec/localSecondaryIndexes/0/projection/nonKeyAttributes", ["two", "one"]),
        [],
    ),
    "local-index-changed": (
        lambda _: None,
        put("spec/localSecondaryIndexes/0/projection", {"type": "KEYS_ONLY"}),
        [
            (
                "local-index-changed",
                "spec.localSecondaryIndexes",
                "local-at (at; INCLUDE one, two)",
                "local-at (at; KEYS_ONLY)",
                True,
            )
        ],
    ),
    "local-index-changed, although allowed": (
        lambda _: None,
        both(
            put("spec/localSecondaryIndexes/0/projection", {"type": "KEYS_ONLY"}),
            allow("localSecondaryIndexes"),
        ),
        [
            (
                "local-index-changed",
                "spec.localSecondaryIndexes",
                "local-at (at; INCLUDE one, two)",
                "local-at (at; KEYS_ONLY)",
                True,
            ),
            (
                "unused-consent",
                "metadata.annotations[dynamodb.project-planton.org/allow-replacement]",
                "",
                "localSecondaryIndexes",
                True,
            ),
        ],
    ),
    "local-index-changed, in a table that is replaced for something else": (
        lambda _: None,
        both(
            put("spec/localSecondaryIndexes/0/projection", {"type": "KEYS_ONLY"}),
            put("spec/tableName", "orders-2"),
            allow("tableName"),
        ),
        [
            ("table-name", "the table's name", "orders", "orders-2", False),
            (
                "local-indexes",
                "spec.localSecondaryIndexes",
                "local-at (at; INCLUDE one, two)",
                "local-at (at; KEYS_ONLY)",
                True,
            ),
        ],
    ),
    "local-index-changed, in a table that is replaced": (
        lambda _: None,
        both(
            put("spec/localSecondaryIndexes/0/projection", {"type": "KEYS_ONLY"}),
            put("spec/tableName", "orders-2"),
            allow("localSecondaryIndexes,tableName"),
        ),
        [
            ("table-name", "the table's name", "orders", "orders-2", False),
            (
                "local-indexes",
                "spec.localSecondaryIndexes",
                "local-at (at; INCLUDE one, two)",
                "local-at (at; KEYS_ONLY)",
                False,
            ),
        ],
    ),
    "attribute-type": (
        lambda _: None,
        put("spec/attributeDefinitions/3/type", "B"),
        [("attribute-type", "spec.attributeDefinitions, who", "S", "B", True)],
    ),
    "index-attribute-type": (
        both(without_index, put(f"{GSI}/0/autoscaling", {"enabled": False})),
        put("spec/attributeDefinitions/3/type", "N"),
        [("index-attribute-type", "spec.attributeDefinitions, who", "S", "N", False)],
    ),
    "attribute-type, of a removed index and a kept one": (
        lambda _: None,
        both(without_index, put("spec/attributeDefinitions/3/type", "N")),
        [
            ("attribute-type", "spec.attributeDefinitions, who", "S", "N", True),
            ("index-removed", f"{HOW}by-time", "", "", False),
        ],
    ),
    "index-attribute-type, of two indexes": (
        put(f"{GSI}/0/autoscaling", {"enabled": False}),
        put("spec/attributeDefinitions/3/type", "N"),
        [("attribute-type", "spec.attributeDefinitions, who", "S", "N", True)],
    ),
    "index-attribute-type, of the table's key too": (
        both(
            without_index,
            put(f"{GSI}/0/autoscaling", {"enabled": False}),
            put(f"{GSI}/0/keySchema/0/attributeName", "sk"),
            put("spec/attributeDefinitions/3", None),
        ),
        put("spec/attributeDefinitions/1/type", "N"),
        [("attribute-type", "spec.attributeDefinitions, sk", "S", "N", True)],
    ),
    "attribute-type, with a replacement that is only for keySchema": (
        lambda _: None,
        both(put("spec/attributeDefinitions/0/type", "B"), allow("keySchema")),
        [
            ("attribute-type", "spec.attributeDefinitions, pk", "S", "B", True),
            (
                "unused-consent",
                "metadata.annotations[dynamodb.project-planton.org/allow-replacement]",
                "",
                "keySchema",
                True,
            ),
        ],
    ),
    "attribute-type, in a table that is replaced": (
        lambda _: None,
        both(
            put("spec/attributeDefinitions/0/type", "B"),
            put("spec/tableName", "orders-2"),
            allow("tableName"),
        ),
        [
            ("table-name", "the table's name", "orders", "orders-2", False),
            ("attribute-type-of-new-table", "spec.attributeDefinitions, pk", "S", "B", False),
        ],
    ),
    "attribute-type, in a table whose replacement is not allowed": (
        lambda _: None,
        both(put("spec/attributeDefinitions/0/type", "B"), put("spec/tableName", "orders-2")),
        [
            ("table-name", "the table's name", "orders", "orders-2", True),
            ("attribute-type", "spec.attributeDefinitions, pk", "S", "B", True),
        ],
    ),
    "protected-replacement": (
        both(no_local, put("spec/deletionProtectionEnabled", True)),
        both(
            key_without_sort,
            put("spec/deletionProtectionEnabled", False),
            allow("keySchema"),
        ),
        [
            ("key-schema", "spec.keySchema", "pk HASH, sk RANGE", "pk HASH", False),
            ("protected-replacement", "spec.deletionProtectionEnabled", "on", "off", True),
            ("deletion-protection-off", "spec.deletionProtectionEnabled", "on", "off", False),
        ],
    ),
    "retained-replacement": (
        both(no_local, put("spec/deletionPolicy", "retain")),
        both(key_without_sort, put("spec/deletionPolicy", "delete"), allow("keySchema")),
        [
            ("key-schema", "spec.keySchema", "pk HASH, sk RANGE", "pk HASH", False),
            ("retained-replacement", "spec.deletionPolicy", "retain", "delete", True),
            ("deletion-policy-delete", "spec.deletionPolicy", "retain", "delete", False),
        ],
    ),
    "retained-replacement, of a table that is retained before and after": (
        put("spec/deletionPolicy", "retain"),
        both(put("spec/tableName", "orders-2"), allow("tableName")),
        [
            ("table-name", "the table's name", "orders", "orders-2", False),
            ("retained-replacement", "spec.deletionPolicy", "", "", True),
        ],
    ),
    "retained-replacement, of a table that is not retained yet": (
        lambda _: None,
        both(
            put("spec/tableName", "orders-2"),
            put("spec/deletionPolicy", "retain"),
            allow("tableName"),
        ),
        [
            ("table-name", "the table's name", "orders", "orders-2", False),
            ("retained-replacement", "spec.deletionPolicy", "delete", "retain", True),
            ("deletion-policy-retain", "spec.deletionPolicy", "delete", "retain", False),
        ],
    ),
    "deletion-policy, written out": (lambda _: None, put("spec/deletionPolicy", "delete"), []),
    "ttl-attribute": (
        lambda _: None,
        put("spec/ttl/attributeName", "goneAt"),
        [("ttl-attribute", "spec.ttl", "attribute expiresAt", "attribute goneAt", True)],
    ),
    "index-to-standalone": (
        without_index,
        put(f"{GSI}/0/autoscaling", {"enabled": False}),
        [
            (
                "index-to-standalone",
                f"{HOW}by-who",
                "part of the table resource",
                "a standalone resource",
                False,
            )
        ],
    ),
    "index-removed-with-move": (
        without_index,
        both(
            put(f"{GSI}/0/autoscaling", {"enabled": False}),
            put(f"{GSI}/0/name", "anew"),
        ),
        [
            ("index-removed-with-move", f"{HOW}by-who", "", "", True),
            ("index-added", f"{HOW}anew", "", "", False),
        ],
    ),
    "index-changed-with-move": (
        without_index,
        both(
            put(f"{GSI}/0/autoscaling", {"enabled": False}),
            put(f"{GSI}/0/projection", {"type": "KEYS_ONLY"}),
        ),
        [
            (
                "index-changed-with-move",
                f"{HOW}by-who",
                "by-who (who HASH; INCLUDE one, two)",
                "by-who (who HASH; KEYS_ONLY)",
                True,
            )
        ],
    ),
    "index-kept-standalone": (
        both(without_index, put(f"{GSI}/0/autoscaling", {"enabled": False})),
        put(f"{GSI}/0/autoscaling", None),
        [("index-kept-standalone", f"{HOW}by-who", "", "", False)],
    ),
    "billing-and-scaling": (
        both(without_indexes, on_demand),
        both(provisioned, TABLE_SCALED),
        [
            ("billing-and-scaling", "spec.billingMode", "PAY_PER_REQUEST", "PROVISIONED", False),
            ("autoscaling-on", "autoscaling of table/read", "off", "5 to 50 at 70 %", False),
            ("autoscaling-on", "autoscaling of table/write", "off", "5 to 50 at 70 %", False),
        ],
    ),
    "billing-and-index-scaling": (
        both(without_index, on_demand),
        both(provisioned, put(f"{GSI}/0/autoscaling", {"read": {"maxCapacity": 50}})),
        [
            (
                "billing-and-index-scaling",
                "spec.billingMode",
                "PAY_PER_REQUEST",
                "PROVISIONED",
                False,
            ),
            ("autoscaling-on", "autoscaling of index/by-who/read", "off", FROM, False),
        ],
    ),
    "billing-mode": (
        lambda _: None,
        on_demand,
        [("billing-mode", "spec.billingMode", "PROVISIONED", "PAY_PER_REQUEST", False)],
    ),
    "billing-mode-back": (
        on_demand,
        provisioned,
        [("billing-mode", "spec.billingMode", "PAY_PER_REQUEST", "PROVISIONED", False)],
    ),
    "capacity": (
        lambda _: None,
        put(f"{GSI}/1/provisionedThroughput/readCapacityUnits", 9),
        [
            (
                "capacity",
                f"{HOW}by-time.provisionedThroughput.readCapacityUnits",
                "5",
                "9",
                False,
            )
        ],
    ),
    "scaled-capacity": (
        both(without_indexes, TABLE_SCALED, put("spec/autoscaling/read/minCapacity", 2)),
        put("spec/provisionedThroughput/readCapacityUnits", 9),
        [
            (
                "scaled-capacity",
                "spec.provisionedThroughput.readCapacityUnits",
                "5",
                "9",
                False,
            )
        ],
    ),
    "autoscaling-off": (
        both(without_indexes, TABLE_SCALED),
        put("spec/autoscaling/enabled", False),
        [
            ("autoscaling-off", "autoscaling of table/read", FROM, "off, 5 units", False),
            ("autoscaling-off", "autoscaling of table/write", FROM, "off, 5 units", False),
        ],
    ),
    "autoscaling": (
        both(without_indexes, TABLE_SCALED),
        put("spec/autoscaling/read", {"maxCapacity": 60, "scaleInCooldownSeconds": 9}),
        [
            (
                "autoscaling",
                "autoscaling of table/read",
                "5 to 50 at 70 %",
                "5 to 60 at 70 %, scale-in cooldown 9 s",
                False,
            )
        ],
    ),
    "index-added": (
        without_index,
        lambda data: data["spec"]["globalSecondaryIndexes"].append(
            manifest()["spec"]["globalSecondaryIndexes"][1]
        ),
        [("index-added", f"{HOW}by-time", "", "", False)],
    ),
    "index-removed": (
        lambda _: None,
        without_index,
        [("index-removed", f"{HOW}by-time", "", "", False)],
    ),
    "last-index-removed": (
        without_index,
        without_indexes,
        [("last-index-removed", f"{HOW}by-who", "", "", False)],
    ),
    "last-index-with-billing": (
        both(on_demand, without_index),
        both(provisioned, without_indexes),
        [
            ("last-index-with-billing", f"{HOW}by-who", "", "", True),
            ("billing-mode", "spec.billingMode", "PAY_PER_REQUEST", "PROVISIONED", False),
        ],
    ),
    "last-index-and-on-demand": (
        without_index,
        both(on_demand, without_indexes),
        [
            ("last-index-removed", f"{HOW}by-who", "", "", False),
            ("billing-mode", "spec.billingMode", "PROVISIONED", "PAY_PER_REQUEST", False),
        ],
    ),
    "index-changed": (
        lambda _: None,
        put(f"{GSI}/0/projection", {"type": "KEYS_ONLY"}),
        [
            (
                "index-changed",
                f"{HOW}by-who",
                "by-who (who HASH; INCLUDE one, two)",
                "by-who (who HASH; KEYS_ONLY)",
                False,
            )
        ],
    ),
    "insights-of-rebuilt-index": (
        watching("by-who"),
        put(f"{GSI}/0/projection", {"type": "KEYS_ONLY"}),
        [
            ("insights-of-rebuilt-index", "contributor insights of by-who", "", "", False),
            (
                "index-changed",
                f"{HOW}by-who",
                "by-who (who HASH; INCLUDE one, two)",
                "by-who (who HASH; KEYS_ONLY)",
                False,
            ),
        ],
    ),
    "insights-of-another-index-than-the-rebuilt-one": (
        watching("by-time"),
        put(f"{GSI}/0/projection", {"type": "KEYS_ONLY"}),
        [
            (
                "index-changed",
                f"{HOW}by-who",
                "by-who (who HASH; INCLUDE one, two)",
                "by-who (who HASH; KEYS_ONLY)",
                False,
            )
        ],
    ),
    "insights-of-a-rebuilt-standalone-index": (
        both(without_index, put(f"{GSI}/0/autoscaling", {"enabled": False}), watching("by-who")),
        put(f"{GSI}/0/projection", {"type": "KEYS_ONLY"}),
        [
            (
                "index-changed",
                f"{HOW}by-who",
                "by-who (who HASH; INCLUDE one, two)",
                "by-who (who HASH; KEYS_ONLY)",
                False,
            )
        ],
    ),
    "stream": (
        lambda _: None,
        both(put("spec/streamEnabled", False), put("spec/streamViewType", None)),
        [("stream", "spec.streamViewType", "NEW_IMAGE", "off", False)],
    ),
    "ttl": (
        lambda _: None,
        put("spec/ttl", None),
        [("ttl-off", "spec.ttl", "attribute expiresAt", "off", False)],
    ),
    "ttl-on": (
        put("spec/ttl", None),
        put("spec/ttl", {"enabled": True, "attributeName": "expiresAt"}),
        [("ttl-on", "spec.ttl", "off", "attribute expiresAt", False)],
    ),
    "billing-and-standalone-indexes": (
        both(without_index, put(f"{GSI}/0/autoscaling", {"enabled": False}), on_demand),
        provisioned,
        [
            (
                "billing-and-standalone-indexes",
                "spec.billingMode",
                "PAY_PER_REQUEST",
                "PROVISIONED",
                True,
            )
        ],
    ),
    "billing-and-standalone-indexes-removed": (
        both(without_index, put(f"{GSI}/0/autoscaling", {"enabled": False}), on_demand),
        both(without_indexes, provisioned),
        [
            (
                "billing-and-standalone-indexes",
                "spec.billingMode",
                "PAY_PER_REQUEST",
                "PROVISIONED",
                True,
            ),
            ("index-removed", f"{HOW}by-who", "", "", False),
        ],
    ),
    "billing-mode-with-a-new-standalone-index": (
        both(on_demand, without_indexes),
        both(with_scaled_index, provisioned),
        [
            ("index-added", f"{HOW}by-sk", "", "", False),
            ("billing-mode", "spec.billingMode", "PAY_PER_REQUEST", "PROVISIONED", False),
        ],
    ),
    "an-autoscaled-table-goes-on-demand": (
        both(without_indexes, TABLE_SCALED),
        both(on_demand, put("spec/autoscaling", None)),
        [("billing-mode", "spec.billingMode", "PROVISIONED", "PAY_PER_REQUEST", False)],
    ),
    "capacity-beside-a-scaled-dimension": (
        both(without_indexes, put("spec/autoscaling", {"read": {"maxCapacity": 50}})),
        put("spec/provisionedThroughput/writeCapacityUnits", 9),
        [
            (
                "capacity",
                "spec.provisionedThroughput.writeCapacityUnits",
                "5",
                "9",
                False,
            )
        ],
    ),
    "a-name-that-looks-like-two": (
        put(f"{GSI}/0/projection/nonKeyAttributes", ["one, two"]),
        put(f"{GSI}/0/projection/nonKeyAttributes", ["one", "two"]),
        [
            (
                "index-changed",
                f"{HOW}by-who",
                "by-who (who HASH; INCLUDE one, two)",
                "by-who (who HASH; INCLUDE one, two)",
                False,
            )
        ],
    ),
    "unused-consent-for-a-name": (
        lambda _: None,
        allow("tableName"),
        [
            (
                "unused-consent",
                f"metadata.annotations[{ALLOW_REPLACEMENT}]",
                "",
                "tableName",
                True,
            )
        ],
    ),
    "recovery-off": (
        lambda _: None,
        put("spec/pointInTimeRecoveryEnabled", None),
        [("recovery-off", "spec.pointInTimeRecoveryEnabled", "on", "off", False)],
    ),
    "recovery-on": (
        put("spec/pointInTimeRecoveryEnabled", None),
        put("spec/pointInTimeRecoveryEnabled", True),
        [("recovery-on", "spec.pointInTimeRecoveryEnabled", "off", "on", False)],
    ),
    "encryption": (
        lambda _: None,
        put("spec/serverSideEncryption", {"enabled": True}),
        [
            (
                "encryption",
                "spec.serverSideEncryption",
                "AWS owned key",
                "aws/dynamodb",
                False,
            )
        ],
    ),
    "managed-key": (
        put("spec/serverSideEncryption", {"enabled": True, "kmsKeyArn": CUSTOMER_KEY}),
        put("spec/serverSideEncryption/kmsKeyArn", None),
        [("managed-key", "spec.serverSideEncryption", CUSTOMER_KEY, "aws/dynamodb", True)],
    ),
    "table-class": (
        lambda _: None,
        put("spec/tableClass", "STANDARD_INFREQUENT_ACCESS"),
        [("table-class", "spec.tableClass", "STANDARD", "STANDARD_INFREQUENT_ACCESS", False)],
    ),
    "insights": (
        lambda _: None,
        put("spec/contributorInsightsEnabled", True),
        [("insights", "contributor insights", "off", f"the table, {ALL_KEYS}", False)],
    ),
    "insights-of-an-index": (
        put("spec/contributorInsightsEnabled", True),
        both(
            without("contributorInsightsEnabled"),
            put(
                "spec/contributorInsights",
                {"enabled": True, "mode": "THROTTLED_KEYS", "gsiIndexNames": ["by-time"]},
            ),
        ),
        [
            (
                "insights",
                "contributor insights",
                f"the table, {ALL_KEYS}",
                "the table, index by-time, THROTTLED_KEYS",
                False,
            )
        ],
    ),
    "recovery-shorter": (
        recoverable(),
        recoverable(recoveryPeriodInDays=7),
        [("recovery-shorter", "the recovery period", "35 days", "7 days", False)],
    ),
    "recovery-longer": (
        recoverable(recoveryPeriodInDays=7),
        recoverable(recoveryPeriodInDays=8),
        [("recovery-longer", "the recovery period", "7 days", "8 days", False)],
    ),
    "maximum": (
        both(on_demand, limited(100)),
        limited(200, 50),
        [("maximum", "spec.onDemandThroughput", "100 read", "200 read and 50 write", False)],
    ),
    "maximum-removed": (
        both(on_demand, limited(100)),
        without("onDemandThroughput"),
        [("maximum-removed", "spec.onDemandThroughput", "100 read", "none", True)],
    ),
    "maximum-of-writes-removed": (
        both(on_demand, limited(100, 50)),
        limited(100),
        [("maximum-removed", "spec.onDemandThroughput", "100 read and 50 write", "100 read", True)],
    ),
    "maximum-taken-away": (
        both(on_demand, limited(100)),
        limited(-1, -1),
        [("maximum", "spec.onDemandThroughput", "100 read", "none", False)],
    ),
    "maximum-that-is-gone": (
        both(on_demand, limited(-1, -1)),
        without("onDemandThroughput"),
        [],
    ),
    "maximum-with-the-billing-mode": (
        both(on_demand, limited(100)),
        both(provisioned, without("onDemandThroughput")),
        [("billing-mode", "spec.billingMode", "PAY_PER_REQUEST", "PROVISIONED", False)],
    ),
    "recovery-in-the-other-spelling": (
        lambda _: None,
        recoverable(recoveryPeriodInDays=35),
        [],
    ),
    "tags": (
        lambda _: None,
        put("spec/tags", {"team": "checkout"}),
        [
            (
                "tags",
                "tags",
                "Name=orders, planton.ai/resource=true, planton.ai/resource-kind=AwsDynamodb",
                "Name=orders, planton.ai/resource=true, planton.ai/resource-kind=AwsDynamodb, "
                "team=checkout",
                False,
            )
        ],
    ),
    "unused-consent": (
        lambda _: None,
        allow("region"),
        [("unused-consent", f"metadata.annotations[{ALLOW_REPLACEMENT}]", "", "region", True)],
    ),
    "one-replacement-allowed": (
        no_local,
        both(key_without_sort, allow("tableName"), put("spec/tableName", "other")),
        [
            ("table-name", "the table's name", "orders", "other", False),
            ("key-schema", "spec.keySchema", "pk HASH, sk RANGE", "pk HASH", True),
        ],
    ),
    "the-order-of-a-set": (
        lambda _: None,
        put(f"{GSI}/0/projection/nonKeyAttributes", ["two", "one"]),
        [],
    ),
    "autoscaling-that-goes-with-its-index": (
        both(
            put(f"{GSI}/0/autoscaling", {"enabled": False}),
            put(f"{GSI}/1/autoscaling", SCALING),
        ),
        without_index,
        [("index-removed", f"{HOW}by-time", "", "", False)],
    ),
}


@pytest.mark.parametrize(("before", "edit", "expected"), CASES.values(), ids=CASES)
def test_a_change_has_its_effect_severity_and_reason(
    before: Edit, edit: Edit, expected: list[Any]
) -> None:
    assert seen(changed(edit, before)) == expected


def test_region_and_account_are_compared_if_both_sides_name_them() -> None:
    old, new = (
        decided(manifest(), account="111122223333"),
        decided(manifest(), "us-east-1", "9" * 12),
    )
    assert seen(compare(old, new)) == [
        ("account", "the provider's account", "111122223333", "999999999999", True),
        ("region", "the region", "eu-west-1", "us-east-1", True),
    ]
    assert compare(decided(manifest()), decided(manifest(), account="111122223333")) == []


def test_a_region_that_only_one_side_names_can_be_another() -> None:
    here = decided(manifest())
    changes = compare(replace(here, region=None), here)
    assert seen(changes) == [("region-named", "the region", "not named", "eu-west-1", True)]


def test_changes_have_a_fixed_order() -> None:
    new = manifest()
    for attribute in new["spec"]["attributeDefinitions"]:
        attribute["type"] = "B"
    changes = compare(decided(manifest()), decided(new))
    assert [change.place for change in changes] == [
        f"spec.attributeDefinitions, {name}" for name in ("at", "pk", "sk", "who")
    ]


def test_a_refusal_names_what_is_lost_and_how_to_proceed() -> None:
    (change,) = changed(key_without_sort, no_local)
    assert change.text() == (
        "spec.keySchema: pk HASH, sk RANGE → pk HASH\n"
        "  replacement, all data is lost: a table's key cannot change: the table would be deleted "
        "with all its data and recreated empty\n"
        "  fix: to keep the data, create a second table under another metadata.name, copy the "
        "items, then remove this one\n"
        "  to allow it and lose all data: metadata.annotations: "
        '{dynamodb.project-planton.org/allow-replacement: "keySchema"}'
    )


def test_an_annotation_that_is_used_is_mentioned() -> None:
    (change,) = changed(both(key_without_sort, allow("keySchema")), no_local)
    assert change.text().splitlines()[1].startswith("  replacement, all data is lost, allowed")
    assert "to allow it" not in change.text()


def test_a_change_without_values_is_named_by_its_path() -> None:
    (change,) = changed(without_index)
    assert change.text() == (
        "spec.globalSecondaryIndexes, by-time\n"
        "  in place: queries that use it fail at once; the table keeps its items"
    )
