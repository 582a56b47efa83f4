"""What a change does to related resources: replicas, data sources, policies, schedules."""

from __future__ import annotations

from typing import Any

import pytest

from planton.changes.compare import compare
from planton.changes.kinds import KINDS
from planton.changes.snapshot import snapshot
from tests.planning import table
from tests.test_changes import (
    CASES,
    GSI,
    HOW,
    Edit,
    Manifest,
    allow,
    both,
    changed,
    key_without_sort,
    no_local,
    on_demand,
    provisioned,
    put,
    seen,
    without,
    without_index,
    without_indexes,
)
from tests.test_changes_alarms import ALARMS

KEY = "arn:aws:kms:{}:111122223333:alias/{}"
STREAM = "arn:aws:kinesis:us-east-1:111122223333:stream/{}"
POLICY: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
            "Action": "dynamodb:GetItem",
            "Resource": "${table_arn}",
        }
    ],
}
ONE_LINE = (
    '{"Statement":[{"Action":"dynamodb:GetItem","Effect":"Allow","Principal":{"AWS":'
    '"arn:aws:iam::111122223333:root"},"Resource":"${table_arn}"}],"Version":"2012-10-17"}'
)
CONFIRMED = {"confirmRemoveSelfResourceAccess": True}
OF_STREAM = {
    "Version": "2012-10-17",
    "Statement": [
        {**POLICY["Statement"][0], "Action": "dynamodb:GetRecords", "Resource": "${stream_arn}"}
    ],
}
STREAM_LINE = ONE_LINE.replace("GetItem", "GetRecords").replace("table_arn", "stream_arn")
LOCK_OUT = "spec.resourcePolicy.confirmRemoveSelfResourceAccess"
SCALING = {"read": {"maxCapacity": 50}, "write": {"maxCapacity": 50}}


def nothing(_: Manifest) -> None:
    """The unchanged base manifest."""


def replica(region: str, **more: Any) -> dict[str, Any]:
    return {"regionName": region, **more}


def replicated(*replicas: dict[str, Any]) -> Edit:
    """On-demand, with the stream that replication needs."""
    return both(
        on_demand, put("spec/streamViewType", "NEW_AND_OLD_IMAGES"), replicas_are(*replicas)
    )


SHOP, STOCK = (f"arn:aws:iam::111122223333:role/{name}" for name in ("shop", "stock"))


def granting(**principals: str) -> Edit:
    """One principal for each role."""
    grants = [{"role": role, "principal": arn} for role, arn in principals.items()]
    return put("spec/grants", grants)


def replicas_are(*replicas: dict[str, Any]) -> Edit:
    return put("spec/replicas", list(replicas))


def _many(number: int) -> dict[str, str]:
    """So many tags."""
    return {f"a{n}": "" for n in range(number)}


def strong(*regions: str, witness: str | None = None) -> Edit:
    """Strongly consistent, without what such a table cannot have."""
    replicas = [replica(region, consistencyMode="STRONG") for region in regions]
    third = put("spec/globalTableWitness", {"regionName": witness}) if witness else nothing
    return both(replicas_are(*replicas), without("ttl"), no_local_at, third)


def no_local_at(data: Manifest) -> None:
    data["spec"].pop("localSecondaryIndexes", None)


def encrypted(key: str | None = None) -> Edit:
    block = {"enabled": True, **({"kmsKeyArn": key} if key else {})}
    return put("spec/serverSideEncryption", block)


def with_customer_keys(data: Manifest) -> None:
    """The table and its inline replica have customer managed keys."""
    replicated(replica("eu-west-1", kmsKeyArn=IRISH))(data)
    encrypted(TABLE_KEY)(data)


def with_standalone_replica(data: Manifest) -> None:
    """A provisioned table, whose replica is a standalone resource."""
    provisioned(data)
    data["spec"] |= {
        "streamViewType": "NEW_AND_OLD_IMAGES",
        "autoscaling": SCALING,
        "replicas": [replica("eu-west-1")],
    }


def scheduled(*adjustments: dict[str, Any]) -> Edit:
    """Autoscaling of the table alone, with adjustments."""
    return both(
        put(GSI, []),
        put("spec/attributeDefinitions/3", None),
        put("spec/autoscaling", {**SCALING, "scheduledAdjustments": list(adjustments)}),
    )


def adjust(*adjustments: dict[str, Any], most: int = 50) -> Edit:
    scaling = {"read": {"maxCapacity": most}, "write": {"maxCapacity": 50}}
    return put("spec/autoscaling", {**scaling, "scheduledAdjustments": list(adjustments)})


MORNING = {"name": "m", "dimension": "READ", "schedule": "rate(1 day)", "minCapacity": 20}
EVENING = {
    "name": "e",
    "dimension": "READ",
    "schedule": "cron(0 20 ? * * *)",
    "timezone": "Europe/Berlin",
    "maxCapacity": 30,
    "startTime": "2026-11-26T08:00:00Z",
    "endTime": "2026-12-26T08:00:00Z",
}
OFF = "EVENTUAL, point-in-time recovery off, protection off, tags off"
STRONG_OFF = "STRONG, point-in-time recovery off, protection off, tags off"
TABLE_KEY, OTHER_KEY = KEY.format("us-east-1", "a"), KEY.format("us-east-1", "b")
IRISH, OTHER_IRISH = KEY.format("eu-west-1", "a"), KEY.format("eu-west-1", "b")
OHIO = KEY.format("us-east-2", "a")
HERE = "spec.replicas, eu-west-1"
AT_KEY = "spec.serverSideEncryption"
AT_SOURCE = "the data source"
AT_ANNOTATION = "metadata.annotations[dynamodb.project-planton.org/allow-replacement]"
RESTORED = {"restoreSourceName": "old-orders", "restoreToLatestTime": True}


def restored(name: str = "old-orders") -> Edit:
    return both(put("spec/restoreSourceName", name), put("spec/restoreToLatestTime", True))


STREAM_A = STREAM.format("a")
AT_KINESIS = "spec.kinesisStreamingDestination"


def streaming(precision: str | None = None) -> Edit:
    more = {"approximateCreationDateTimePrecision": precision} if precision else {}
    return put(AT_KINESIS.replace(".", "/"), {"streamArn": STREAM_A, **more})


AROUND: dict[str, tuple[Edit, Edit, list[tuple[str, str, str, str, bool]]]] = {
    "replica-added": (
        replicated(replica("ap-south-1")),
        replicas_are(replica("eu-west-1", pointInTimeRecovery=True), replica("ap-south-1")),
        [
            (
                "replica-added",
                HERE,
                "none",
                "EVENTUAL, point-in-time recovery on, protection off, tags off",
                False,
            )
        ],
    ),
    "first-replica-added": (
        replicated(),
        replicas_are(replica("eu-west-1")),
        [("replica-added", HERE, "none", OFF, False)],
    ),
    "strong-replica-added": (
        both(replicated(), strong()),
        strong("us-east-2", witness="us-west-2"),
        [
            ("strong-replica-added", "spec.replicas, us-east-2", "none", STRONG_OFF, False),
            ("witness", "spec.globalTableWitness", "none", "us-west-2", False),
        ],
    ),
    "replica-removed": (
        replicated(replica("eu-west-1"), replica("ap-south-1")),
        replicas_are(replica("ap-south-1")),
        [("replica-removed", HERE, OFF, "none", False)],
    ),
    "protected-replica-removed": (
        replicated(replica("eu-west-1", deletionProtectionEnabled=True)),
        replicas_are(),
        [
            (
                "protected-replica",
                HERE,
                "EVENTUAL, point-in-time recovery off, protection on, tags off",
                "none",
                True,
            )
        ],
    ),
    "replaced-with-replicas-of-which-one-is-protected": (
        both(
            no_local,
            replicated(replica("ap-south-1"), replica("eu-west-1", deletionProtectionEnabled=True)),
        ),
        both(key_without_sort, allow("keySchema")),
        [
            ("key-schema", "spec.keySchema", "pk HASH, sk RANGE", "pk HASH", False),
            ("protected-copy", HERE, "", "", True),
        ],
    ),
    "replaced-and-a-replica-unprotected": (
        both(no_local, replicated(replica("eu-west-1", deletionProtectionEnabled=True))),
        both(key_without_sort, allow("keySchema"), replicas_are(replica("eu-west-1"))),
        [
            ("key-schema", "spec.keySchema", "pk HASH, sk RANGE", "pk HASH", False),
            ("protected-copy", HERE, "", "", True),
            ("replica", HERE, OFF.replace("protection off", "protection on"), OFF, False),
        ],
    ),
    "replica-tags-kept": (
        replicated(replica("eu-west-1", propagateTags=True, pointInTimeRecovery=True)),
        replicas_are(replica("eu-west-1")),
        [
            ("replica-tags-kept", f"{HERE}.propagateTags", "on", "off", False),
            (
                "replica",
                HERE,
                "EVENTUAL, point-in-time recovery on, protection off, tags on",
                OFF,
                False,
            ),
        ],
    ),
    "replica-removed-with-mode": (
        both(
            put(GSI, []), put("spec/attributeDefinitions/3", None), replicated(replica("eu-west-1"))
        ),
        both(provisioned, replicas_are()),
        [
            ("replica-removed-with-mode", HERE, OFF, "none", True),
            ("billing-mode", "spec.billingMode", "PAY_PER_REQUEST", "PROVISIONED", False),
        ],
    ),
    "stream-of-replicas": (
        replicated(replica("eu-west-1")),
        both(replicas_are(), put("spec/streamEnabled", False), without("streamViewType")),
        [
            ("stream-of-replicas", "spec.streamViewType", "NEW_AND_OLD_IMAGES", "off", True),
            ("replica-removed", HERE, OFF, "none", False),
        ],
    ),
    "stream-view-of-replicas": (
        replicated(replica("eu-west-1")),
        both(replicas_are(), put("spec/streamViewType", "KEYS_ONLY")),
        [
            ("stream-of-replicas", "spec.streamViewType", "NEW_AND_OLD_IMAGES", "KEYS_ONLY", True),
            ("replica-removed", HERE, OFF, "none", False),
        ],
    ),
    "stream-of-strongly-consistent-replicas": (
        both(replicated(), strong("us-east-2", "us-west-2")),
        both(replicas_are(), put("spec/streamViewType", "KEYS_ONLY")),
        [
            ("replica-removed", "spec.replicas, us-east-2", STRONG_OFF, "none", False),
            ("replica-removed", "spec.replicas, us-west-2", STRONG_OFF, "none", False),
            ("stream", "spec.streamViewType", "NEW_AND_OLD_IMAGES", "KEYS_ONLY", False),
        ],
    ),
    "ttl-and-strong-replicas": (
        both(replicated(), strong("us-east-2", "us-west-2")),
        both(replicas_are(), put("spec/ttl", {"enabled": True, "attributeName": "expiresAt"})),
        [
            ("ttl-and-strong-replicas", "spec.ttl", "off", "attribute expiresAt", True),
            ("replica-removed", "spec.replicas, us-east-2", STRONG_OFF, "none", False),
            ("replica-removed", "spec.replicas, us-west-2", STRONG_OFF, "none", False),
        ],
    ),
    "ttl-and-eventual-replicas": (
        both(replicated(replica("eu-west-1")), without("ttl")),
        both(replicas_are(), put("spec/ttl", {"enabled": True, "attributeName": "expiresAt"})),
        [
            ("replica-removed", HERE, OFF, "none", False),
            ("ttl-on", "spec.ttl", "off", "attribute expiresAt", False),
        ],
    ),
    "last-index-with-replica": (
        both(without_index, put("spec/streamViewType", "NEW_AND_OLD_IMAGES")),
        both(
            without_indexes,
            put("spec/autoscaling", {"write": {"maxCapacity": 50}}),
            replicas_are(replica("eu-west-1")),
        ),
        [
            ("last-index-with-replica", f"{HOW}by-who", "", "", True),
            ("replica-added", HERE, "none", OFF, False),
            ("autoscaling-on", "autoscaling of table/write", "off", "5 to 50 at 70 %", False),
        ],
    ),
    "index-removed-with-replica": (
        both(
            without_index,
            put(f"{GSI}/0/autoscaling", {"read": {"maxCapacity": 50}}),
            put("spec/streamViewType", "NEW_AND_OLD_IMAGES"),
        ),
        both(
            without_indexes,
            put("spec/autoscaling", {"write": {"maxCapacity": 50}}),
            replicas_are(replica("eu-west-1")),
        ),
        [
            ("index-removed-with-replica", f"{HOW}by-who", "", "", True),
            ("replica-added", HERE, "none", OFF, False),
            ("autoscaling-on", "autoscaling of table/write", "off", "5 to 50 at 70 %", False),
        ],
    ),
    "scaled-index-removed-with-replica": (
        both(
            without_index,
            put(f"{GSI}/0/autoscaling", {"write": {"maxCapacity": 50}}),
            put("spec/streamViewType", "NEW_AND_OLD_IMAGES"),
        ),
        both(
            without_indexes,
            put("spec/autoscaling", {"write": {"maxCapacity": 50}}),
            replicas_are(replica("eu-west-1")),
        ),
        [
            ("replica-added", HERE, "none", OFF, False),
            ("index-removed", f"{HOW}by-who", "", "", False),
            ("autoscaling-on", "autoscaling of table/write", "off", "5 to 50 at 70 %", False),
        ],
    ),
    "last-index-and-an-inline-replica": (
        both(replicated(), without_index),
        both(without_indexes, replicas_are(replica("eu-west-1"))),
        [
            ("last-index-removed", f"{HOW}by-who", "", "", False),
            ("replica-added", HERE, "none", OFF, False),
        ],
    ),
    "encryption-and-replica": (
        replicated(),
        both(encrypted(TABLE_KEY), replicas_are(replica("eu-west-1", kmsKeyArn=IRISH))),
        [
            (
                "encryption-and-replica",
                "spec.serverSideEncryption",
                "AWS owned key",
                TABLE_KEY,
                True,
            ),
            (
                "replica-added",
                HERE,
                "none",
                f"EVENTUAL, key {IRISH}, point-in-time recovery off, protection off, tags off",
                False,
            ),
        ],
    ),
    "a-customers-key-while-the-replicas-go": (
        replicated(replica("eu-west-1")),
        both(encrypted(TABLE_KEY), replicas_are()),
        [
            (
                "encryption-and-replica",
                "spec.serverSideEncryption",
                "AWS owned key",
                TABLE_KEY,
                True,
            ),
            ("replica-removed", HERE, OFF, "none", False),
        ],
    ),
    "replaced-while-protected": (
        both(no_local, put("spec/deletionProtectionEnabled", True)),
        both(key_without_sort, allow("keySchema")),
        [
            ("key-schema", "spec.keySchema", "pk HASH, sk RANGE", "pk HASH", False),
            ("protected-replacement", "spec.deletionProtectionEnabled", "", "", True),
        ],
    ),
    "index-added-to-standalone-ones": (
        both(without_index, put(f"{GSI}/0/autoscaling", {"enabled": False})),
        both(put(f"{GSI}/0/autoscaling", None), put(f"{GSI}/0/name", "anew")),
        [
            ("index-added", f"{HOW}anew", "", "", False),
            ("index-removed", f"{HOW}by-who", "", "", False),
        ],
    ),
    "another-order-of-replicas": (
        replicated(replica("eu-west-1"), replica("ap-south-1")),
        replicas_are(replica("ap-south-1"), replica("eu-west-1")),
        [],
    ),
    "replica-settings": (
        replicated(replica("eu-west-1")),
        replicas_are(replica("eu-west-1", deletionProtectionEnabled=True, propagateTags=True)),
        [
            (
                "replica",
                HERE,
                OFF,
                "EVENTUAL, point-in-time recovery off, protection on, tags on",
                False,
            )
        ],
    ),
    "replica-in-two-runs": (
        replicated(replica("eu-west-1")),
        replicas_are(
            replica("eu-west-1", deletionProtectionEnabled=True, pointInTimeRecovery=True)
        ),
        [
            (
                "replica-in-two-runs",
                HERE,
                OFF,
                "EVENTUAL, point-in-time recovery on, protection on, tags off",
                False,
            )
        ],
    ),
    "both-settings-of-a-replica-that-is-a-resource": (
        both(
            provisioned,
            put("spec/streamViewType", "NEW_AND_OLD_IMAGES"),
            put("spec/autoscaling", SCALING),
            replicas_are(replica("eu-west-1")),
        ),
        replicas_are(
            replica("eu-west-1", deletionProtectionEnabled=True, pointInTimeRecovery=True)
        ),
        [
            (
                "replica",
                HERE,
                OFF,
                "EVENTUAL, point-in-time recovery on, protection on, tags off",
                False,
            )
        ],
    ),
    "replica-key": (
        both(encrypted(TABLE_KEY), replicated(replica("eu-west-1", kmsKeyArn=IRISH))),
        replicas_are(replica("eu-west-1", kmsKeyArn=OTHER_IRISH)),
        [("replica-key", f"{HERE}.kmsKeyArn", IRISH, OTHER_IRISH, False)],
    ),
    "key-of-a-protected-replica": (
        both(
            encrypted(TABLE_KEY),
            replicated(replica("eu-west-1", kmsKeyArn=IRISH, deletionProtectionEnabled=True)),
        ),
        replicas_are(replica("eu-west-1", kmsKeyArn=OTHER_IRISH, deletionProtectionEnabled=True)),
        [("protected-replica", f"{HERE}.kmsKeyArn", IRISH, OTHER_IRISH, True)],
    ),
    "encryption-with-a-standalone-replica": (
        with_standalone_replica,
        encrypted(),
        [("encryption", AT_KEY, "AWS owned key", "aws/dynamodb", False)],
    ),
    "customer-key-off-with-a-standalone-replica": (
        both(
            encrypted(TABLE_KEY),
            with_standalone_replica,
            replicas_are(replica("eu-west-1", kmsKeyArn=IRISH)),
        ),
        both(
            put("spec/serverSideEncryption", {"enabled": False}), replicas_are(replica("eu-west-1"))
        ),
        [("replica-encryption", AT_KEY, TABLE_KEY, "AWS owned key", True)],
    ),
    "standalone-replica-encryption-with-customer-keys": (
        both(encrypted(), with_standalone_replica),
        both(encrypted(TABLE_KEY), replicas_are(replica("eu-west-1", kmsKeyArn=IRISH))),
        [("replica-encryption", AT_KEY, "aws/dynamodb", TABLE_KEY, True)],
    ),
    "new-customer-key-with-a-standalone-replica": (
        both(
            encrypted(TABLE_KEY),
            with_standalone_replica,
            replicas_are(replica("eu-west-1", kmsKeyArn=IRISH)),
        ),
        encrypted(OTHER_KEY),
        [("replica-encryption", AT_KEY, TABLE_KEY, OTHER_KEY, True)],
    ),
    "new-customer-keys-with-a-standalone-replica": (
        both(
            encrypted(TABLE_KEY),
            with_standalone_replica,
            replicas_are(replica("eu-west-1", kmsKeyArn=IRISH)),
        ),
        both(encrypted(OTHER_KEY), replicas_are(replica("eu-west-1", kmsKeyArn=OTHER_IRISH))),
        [
            ("replica-encryption", AT_KEY, TABLE_KEY, OTHER_KEY, True),
            ("replica-key", f"{HERE}.kmsKeyArn", IRISH, OTHER_IRISH, False),
        ],
    ),
    "new-customer-key-with-an-inline-replica": (
        with_customer_keys,
        encrypted(OTHER_KEY),
        [("encryption", AT_KEY, TABLE_KEY, OTHER_KEY, False)],
    ),
    "new-customer-key-while-the-standalone-replica-is-removed": (
        both(
            encrypted(TABLE_KEY),
            with_standalone_replica,
            replicas_are(replica("eu-west-1", kmsKeyArn=IRISH)),
        ),
        both(encrypted(OTHER_KEY), replicas_are()),
        [
            ("encryption-and-replica", AT_KEY, TABLE_KEY, OTHER_KEY, True),
            ("replica-removed", HERE, f"EVENTUAL, key {IRISH}{OFF[8:]}", "none", False),
        ],
    ),
    "new-customer-key-and-the-first-standalone-replica": (
        both(encrypted(TABLE_KEY), with_standalone_replica, replicas_are()),
        both(encrypted(OTHER_KEY), replicas_are(replica("eu-west-1", kmsKeyArn=IRISH))),
        [
            ("replica-added", HERE, "none", f"EVENTUAL, key {IRISH}{OFF[8:]}", False),
            ("encryption", AT_KEY, TABLE_KEY, OTHER_KEY, False),
        ],
    ),
    "standalone-replica-key": (
        both(
            encrypted(TABLE_KEY),
            with_standalone_replica,
            replicas_are(replica("eu-west-1", kmsKeyArn=IRISH)),
        ),
        replicas_are(replica("eu-west-1", kmsKeyArn=OTHER_IRISH)),
        [("replica-key", f"{HERE}.kmsKeyArn", IRISH, OTHER_IRISH, False)],
    ),
    "managed-key-on-with-replicas": (
        replicated(replica("eu-west-1")),
        encrypted(),
        [("encryption", AT_KEY, "AWS owned key", "aws/dynamodb", False)],
    ),
    "managed-key-off-with-replicas": (
        both(encrypted(), replicated(replica("eu-west-1"))),
        without("serverSideEncryption"),
        [("encryption", AT_KEY, "aws/dynamodb", "AWS owned key", False)],
    ),
    "customer-keys-on-with-replicas": (
        both(encrypted(), replicated(replica("eu-west-1"))),
        both(encrypted(TABLE_KEY), replicas_are(replica("eu-west-1", kmsKeyArn=IRISH))),
        [
            ("replica-key", f"{HERE}.kmsKeyArn", "none", IRISH, False),
            ("encryption", AT_KEY, "aws/dynamodb", TABLE_KEY, False),
        ],
    ),
    "customer-keys-on-with-a-protected-replica": (
        replicated(replica("eu-west-1", deletionProtectionEnabled=True)),
        both(encrypted(TABLE_KEY), replicas_are(replica("eu-west-1", kmsKeyArn=IRISH))),
        [
            ("protected-replica", f"{HERE}.kmsKeyArn", "none", IRISH, True),
            ("encryption", AT_KEY, "AWS owned key", TABLE_KEY, False),
        ],
    ),
    "customer-keys-on-with-strong-replicas": (
        both(replicated(), strong("us-east-2", witness="us-west-2")),
        both(
            encrypted(TABLE_KEY),
            replicas_are(replica("us-east-2", consistencyMode="STRONG", kmsKeyArn=OHIO)),
        ),
        [
            ("strong-replica-key", "spec.replicas, us-east-2.kmsKeyArn", "none", OHIO, True),
            ("encryption", AT_KEY, "AWS owned key", TABLE_KEY, False),
        ],
    ),
    "customer-keys-off-with-replicas": (
        with_customer_keys,
        both(without("serverSideEncryption"), replicas_are(replica("eu-west-1"))),
        [("encryption", AT_KEY, TABLE_KEY, "AWS owned key", False)],
    ),
    "customer-keys-off-with-replicas-of-other-settings": (
        with_customer_keys,
        both(
            without("serverSideEncryption"),
            replicas_are(replica("eu-west-1", pointInTimeRecovery=True)),
        ),
        [
            ("replica-key", f"{HERE}.kmsKeyArn", IRISH, "none", False),
            ("encryption", AT_KEY, TABLE_KEY, "AWS owned key", False),
        ],
    ),
    "customer-keys-to-the-managed-key-with-replicas": (
        with_customer_keys,
        both(encrypted(), replicas_are(replica("eu-west-1"))),
        [("managed-key", AT_KEY, TABLE_KEY, "aws/dynamodb", True)],
    ),
    "encryption-with-the-first-replica": (
        replicated(),
        both(encrypted(), replicas_are(replica("eu-west-1"))),
        [
            ("encryption-and-replica", AT_KEY, "AWS owned key", "aws/dynamodb", True),
            ("replica-added", HERE, "none", OFF, False),
        ],
    ),
    "encryption-of-aws-with-a-replica-removed": (
        both(encrypted(), replicated(replica("eu-west-1"), replica("ap-south-1"))),
        both(without("serverSideEncryption"), replicas_are(replica("eu-west-1"))),
        [
            ("replica-removed", "spec.replicas, ap-south-1", OFF, "none", False),
            ("encryption", AT_KEY, "aws/dynamodb", "AWS owned key", False),
        ],
    ),
    "another-customer-key-of-a-table-with-replicas": (
        both(encrypted(TABLE_KEY), replicated(replica("eu-west-1", kmsKeyArn=IRISH))),
        encrypted(OTHER_KEY),
        [("encryption", "spec.serverSideEncryption", TABLE_KEY, OTHER_KEY, False)],
    ),
    "consistency": (
        both(replicated(replica("us-east-2"), replica("us-west-2")), without("ttl"), no_local_at),
        strong("us-east-2", "us-west-2"),
        [
            (
                "consistency",
                "spec.replicas",
                "EVENTUAL",
                "STRONG in us-east-2, us-west-2",
                True,
            )
        ],
    ),
    "another-witness": (
        both(replicated(), strong("us-east-2", witness="us-west-2")),
        put("spec/globalTableWitness", {"regionName": "us-west-1"}),
        [
            (
                "consistency",
                "spec.replicas",
                "STRONG in us-east-2, witness in us-west-2",
                "STRONG in us-east-2, witness in us-west-1",
                True,
            )
        ],
    ),
    "all-strong-replicas-removed": (
        both(replicated(), strong("us-east-2", witness="us-west-2")),
        both(replicas_are(), without("globalTableWitness")),
        [
            ("witness", "spec.globalTableWitness", "us-west-2", "none", False),
            ("replica-removed", "spec.replicas, us-east-2", STRONG_OFF, "none", False),
        ],
    ),
    "replica-to-standalone": (
        both(
            put(GSI, []), put("spec/attributeDefinitions/3", None), replicated(replica("eu-west-1"))
        ),
        both(provisioned, put("spec/autoscaling", SCALING)),
        [
            ("replica-to-standalone", HERE, "", "", True),
            ("billing-and-scaling", "spec.billingMode", "PAY_PER_REQUEST", "PROVISIONED", False),
            ("autoscaling-on", "autoscaling of table/read", "off", "5 to 50 at 70 %", False),
            ("autoscaling-on", "autoscaling of table/write", "off", "5 to 50 at 70 %", False),
        ],
    ),
    "replica-to-inline": (
        both(
            provisioned,
            put(GSI, []),
            put("spec/attributeDefinitions/3", None),
            put("spec/streamViewType", "NEW_AND_OLD_IMAGES"),
            put("spec/autoscaling", SCALING),
            replicas_are(replica("eu-west-1")),
        ),
        both(on_demand, put("spec/autoscaling", None)),
        [
            ("replica-to-inline", HERE, "", "", True),
            ("billing-mode", "spec.billingMode", "PROVISIONED", "PAY_PER_REQUEST", False),
        ],
    ),
    "source": (
        on_demand,
        restored(),
        [("source", AT_SOURCE, "none", "old-orders", True)],
    ),
    "another-source": (
        both(on_demand, restored()),
        both(
            restored("older-orders"),
            put("spec/restoreToLatestTime", None),
            put("spec/restoreDateTime", "2026-11-26T08:00:00Z"),
        ),
        [("source", AT_SOURCE, "old-orders", "older-orders at 2026-11-26T08:00:00Z", True)],
    ),
    "source-of-a-recreated-table": (
        both(on_demand, no_local),
        both(
            key_without_sort,
            put("spec/importTable", {"s3Bucket": "exports", "inputFormat": "ION"}),
            allow("keySchema"),
        ),
        [("key-schema", "spec.keySchema", "pk HASH, sk RANGE", "pk HASH", False)],
    ),
    "restored-key-schema": (
        both(on_demand, no_local),
        both(key_without_sort, restored(), allow("keySchema")),
        [
            ("source", AT_SOURCE, "none", "old-orders", True),
            ("restored-key-schema", "spec.keySchema", "pk HASH, sk RANGE", "pk HASH", True),
            ("unused-consent", AT_ANNOTATION, "", "keySchema", True),
        ],
    ),
    "restored-local-indexes": (
        both(on_demand, restored()),
        no_local,
        [
            (
                "restored-local-indexes",
                "spec.localSecondaryIndexes",
                "local-at (at; INCLUDE one, two)",
                "none",
                True,
            )
        ],
    ),
    "restored-under-another-name-with-another-key": (
        both(on_demand, no_local, restored()),
        both(key_without_sort, put("spec/tableName", "anew"), allow("tableName, keySchema")),
        [
            ("table-name", "the table's name", "orders", "anew", False),
            ("key-schema", "spec.keySchema", "pk HASH, sk RANGE", "pk HASH", False),
        ],
    ),
    "source-with-an-unused-consent": (
        on_demand,
        both(restored(), allow("keySchema")),
        [
            ("source", AT_SOURCE, "none", "old-orders", True),
            ("unused-consent", AT_ANNOTATION, "", "keySchema", True),
        ],
    ),
    "source-off": (
        both(
            on_demand,
            no_local_at,
            put("spec/importTable", {"s3Bucket": "exports", "inputFormat": "ION"}),
        ),
        put("spec/importTable", None),
        [("source-off", AT_SOURCE, "import of ION from s3://exports/", "none", False)],
    ),
    "the-key-of-a-restored-table-is-named-later": (
        both(
            on_demand,
            restored(),
            no_local_at,
            put("spec/keySchema", []),
            put(GSI, []),
            put("spec/attributeDefinitions", []),
        ),
        both(
            put("spec/keySchema", [{"attributeName": "pk", "keyType": "HASH"}]),
            put("spec/attributeDefinitions", [{"name": "pk", "type": "S"}]),
        ),
        [],
    ),
    "warm-throughput": (
        on_demand,
        both(
            put("spec/warmThroughput", {"readUnitsPerSecond": 20000, "writeUnitsPerSecond": 5000})
        ),
        [
            (
                "warm-throughput",
                "spec.warmThroughput",
                "none",
                "20000 read and 5000 write",
                False,
            )
        ],
    ),
    "warm-throughput-taken-out": (
        both(on_demand, put("spec/warmThroughput", {"readUnitsPerSecond": 20000})),
        put("spec/warmThroughput", None),
        [("warm-throughput-lower", "spec.warmThroughput", "20000 read", "none", False)],
    ),
    "warm-throughput-half-lowered": (
        both(
            on_demand,
            put("spec/warmThroughput", {"readUnitsPerSecond": 20000, "writeUnitsPerSecond": 9000}),
        ),
        put("spec/warmThroughput", {"readUnitsPerSecond": 13000, "writeUnitsPerSecond": 9001}),
        [
            (
                "warm-throughput",
                "spec.warmThroughput",
                "20000 read and 9000 write",
                "13000 read and 9001 write",
                False,
            )
        ],
    ),
    "warm-throughput-of-an-index": (
        both(on_demand, put(f"{GSI}/0/warmThroughput", {"readUnitsPerSecond": 20000})),
        put(f"{GSI}/0/warmThroughput", {"readUnitsPerSecond": 30000}),
        [
            (
                "warm-throughput",
                f"{HOW}by-who.warmThroughput",
                "20000 read and 4000 write",
                "30000 read and 4000 write",
                False,
            )
        ],
    ),
    "schedules": (
        scheduled(MORNING),
        adjust(MORNING, EVENING),
        [
            (
                "schedules",
                "scheduledAdjustments of table/read",
                "m: minimum 20, rate(1 day)",
                "m: minimum 20, rate(1 day); e: maximum 30, cron(0 20 ? * * *) Europe/Berlin "
                "from 2026-11-26T08:00:00Z until 2026-12-26T08:00:00Z",
                False,
            )
        ],
    ),
    "schedules-off": (
        scheduled(MORNING),
        adjust(),
        [
            (
                "schedules-off",
                "scheduledAdjustments of table/read",
                "m: minimum 20, rate(1 day)",
                "none",
                False,
            )
        ],
    ),
    "policy-name": (
        scheduled(MORNING),
        put("spec/autoscaling/read", {"maxCapacity": 50, "policyName": "reads"}),
        [("policy-name", "policyName of table/read", "none", "reads", False)],
    ),
    "policy-name-of-an-index": (
        put(f"{GSI}/0/autoscaling", {"read": {"maxCapacity": 50, "policyName": "a"}}),
        put(f"{GSI}/0/autoscaling/read/policyName", "b"),
        [("policy-name", "policyName of index/by-who/read", "a", "b", False)],
    ),
    "policy-name-kept": (
        both(scheduled(), put("spec/autoscaling/read", {"maxCapacity": 50, "policyName": "reads"})),
        put("spec/autoscaling/read", {"maxCapacity": 60}),
        [
            ("policy-name-kept", "policyName of table/read", "reads", "none", False),
            (
                "autoscaling",
                "autoscaling of table/read",
                "5 to 50 at 70 %",
                "5 to 60 at 70 %",
                False,
            ),
        ],
    ),
    "autoscaling-off-with-its-schedules": (
        scheduled(MORNING, EVENING),
        put("spec/autoscaling", {**SCALING, "enabled": False}),
        [
            (
                "autoscaling-off",
                "autoscaling of table/read",
                "5 to 50 at 70 %, adjusted by m, e",
                "off, 5 units",
                False,
            ),
            (
                "autoscaling-off",
                "autoscaling of table/write",
                "5 to 50 at 70 %",
                "off, 5 units",
                False,
            ),
        ],
    ),
    "autoscaling-on-with-schedules": (
        both(scheduled(), put("spec/autoscaling", None)),
        adjust(MORNING),
        [
            (
                "autoscaling-on",
                "autoscaling of table/read",
                "off",
                "5 to 50 at 70 %, adjusted by m",
                False,
            ),
            ("autoscaling-on", "autoscaling of table/write", "off", "5 to 50 at 70 %", False),
        ],
    ),
    "scheduled-bounds": (
        scheduled(MORNING),
        adjust(MORNING, most=60),
        [
            (
                "scheduled-bounds",
                "autoscaling of table/read",
                "5 to 50 at 70 %",
                "5 to 60 at 70 %",
                False,
            )
        ],
    ),
    "bounds-that-no-schedule-moves": (
        scheduled({**MORNING, "dimension": "WRITE"}),
        adjust({**MORNING, "dimension": "WRITE"}, most=60),
        [("autoscaling", "autoscaling of table/read", "5 to 50 at 70 %", "5 to 60 at 70 %", False)],
    ),
    "resource-policy": (
        nothing,
        put("spec/resourcePolicy", {"policy": POLICY}),
        [
            (
                "resource-policy",
                "spec.resourcePolicy",
                "none",
                ONE_LINE,
                False,
            )
        ],
    ),
    "deletion-protection": (
        put("spec/deletionProtectionEnabled", False),
        put("spec/deletionProtectionEnabled", True),
        [("deletion-protection", "spec.deletionProtectionEnabled", "off", "on", False)],
    ),
    "lock-out-allowed": (
        put("spec/resourcePolicy", {"policy": POLICY}),
        put("spec/resourcePolicy", {"policy": POLICY, **CONFIRMED}),
        [("lock-out-allowed", LOCK_OUT, "off", "on", False)],
    ),
    "lock-out-refused": (
        put("spec/resourcePolicy", {"policy": POLICY, **CONFIRMED}),
        put("spec/resourcePolicy", {"policy": POLICY}),
        [("lock-out-refused", LOCK_OUT, "on", "off", False)],
    ),
    "policy-that-may-lock-out-added": (
        nothing,
        put("spec/resourcePolicy", {"policy": POLICY, **CONFIRMED}),
        [
            ("resource-policy", "spec.resourcePolicy", "none", ONE_LINE, False),
            ("lock-out-allowed", LOCK_OUT, "off", "on", False),
        ],
    ),
    "policy-that-may-lock-out-removed": (
        put("spec/resourcePolicy", {"policy": POLICY, **CONFIRMED}),
        put("spec/resourcePolicy", None),
        [("resource-policy", "spec.resourcePolicy", ONE_LINE, "none", False)],
    ),
    "stream-policy": (
        nothing,
        put("spec/streamResourcePolicy", {"policy": OF_STREAM}),
        [("stream-policy", "spec.streamResourcePolicy", "none", STREAM_LINE, False)],
    ),
    "stream-policy-that-may-lock-out": (
        put("spec/streamResourcePolicy", {"policy": OF_STREAM}),
        put("spec/streamResourcePolicy", {"policy": OF_STREAM, **CONFIRMED}),
        [("lock-out-allowed", LOCK_OUT.replace(".r", ".streamR"), "off", "on", False)],
    ),
    "replica-policy": (
        replicated(replica("eu-west-1", resourcePolicy={"policy": POLICY})),
        replicas_are(replica("eu-west-1")),
        [("replica-policy", f"{HERE}.resourcePolicy", ONE_LINE, "none", False)],
    ),
    "tags-of-a-replica": (
        replicated(replica("eu-west-1", tags={"team": "shop"})),
        replicas_are(replica("eu-west-1", tags={"team": "web"})),
        [("replica-tags", f"{HERE}.tags", "team=shop", "team=web", False)],
    ),
    "tags-of-a-replica-one-by-one": (
        replicated(replica("eu-west-1", tags=_many(49))),
        replicas_are(replica("eu-west-1", tags={"b": ""})),
        [
            (
                "replica-tags",
                f"{HERE}.tags",
                ", ".join(f"{key}=" for key in sorted(_many(49))),
                "b=",
                False,
            )
        ],
    ),
    "tags-of-a-replica-at-once": (
        replicated(replica("eu-west-1", tags=_many(50))),
        replicas_are(replica("eu-west-1", tags={"b": ""})),
        [
            (
                "replica-tags-at-once",
                f"{HERE}.tags",
                ", ".join(f"{key}=" for key in sorted(_many(50))),
                "b=",
                True,
            )
        ],
    ),
    "tags-of-a-replica-replaced": (
        replicated(replica("eu-west-1", tags={"team": "shop"})),
        replicas_are(replica("eu-west-1", propagateTags=True)),
        [
            ("replica", HERE, OFF, OFF.replace("tags off", "tags on"), False),
            ("replica-tags-replaced", f"{HERE}.tags", "team=shop", "none", False),
        ],
    ),
    "policy-of-a-replica-that-goes": (
        replicated(replica("eu-west-1", resourcePolicy={"policy": POLICY})),
        replicas_are(),
        [
            (
                "replica-removed",
                HERE,
                "EVENTUAL, point-in-time recovery off, protection off, tags off",
                "none",
                False,
            )
        ],
    ),
    "kinesis-on": (
        nothing,
        put("spec/kinesisStreamingDestination", {"streamArn": STREAM.format("a")}),
        [
            (
                "kinesis-on",
                "spec.kinesisStreamingDestination",
                "off",
                STREAM.format("a"),
                False,
            )
        ],
    ),
    "kinesis": (
        put("spec/kinesisStreamingDestination", {"streamArn": STREAM.format("a")}),
        put("spec/kinesisStreamingDestination", {"streamArn": STREAM.format("b")}),
        [
            (
                "kinesis",
                "spec.kinesisStreamingDestination",
                STREAM.format("a"),
                STREAM.format("b"),
                False,
            )
        ],
    ),
    "kinesis-precision-set": (
        streaming(),
        streaming("MILLISECOND"),
        [("kinesis", AT_KINESIS, STREAM_A, f"{STREAM_A}, MILLISECOND", False)],
    ),
    "kinesis-precision-changed": (
        streaming("MICROSECOND"),
        streaming("MILLISECOND"),
        [("kinesis", AT_KINESIS, f"{STREAM_A}, MICROSECOND", f"{STREAM_A}, MILLISECOND", False)],
    ),
    "kinesis-precision-kept": (
        streaming("MICROSECOND"),
        streaming(),
        [
            (
                "kinesis-precision-kept",
                f"{AT_KINESIS}.approximateCreationDateTimePrecision",
                "MICROSECOND",
                "not set",
                False,
            )
        ],
    ),
    "kinesis-milliseconds-left-to-aws": (streaming("MILLISECOND"), streaming(), []),
    "kinesis-to-another-stream-without-the-precision": (
        streaming("MICROSECOND"),
        put("spec/kinesisStreamingDestination", {"streamArn": STREAM.format("b")}),
        [("kinesis", AT_KINESIS, f"{STREAM_A}, MICROSECOND", STREAM.format("b"), False)],
    ),
    "access-policy-added": (
        put("spec/accessPolicies", ["reader"]),
        put("spec/accessPolicies", ["admin", "reader"]),
        [("access-policy", "spec.accessPolicies", "none", "admin", False)],
    ),
    "access-policy-removed": (
        put("spec/accessPolicies", ["reader", "admin"]),
        put("spec/accessPolicies", ["reader"]),
        [("access-policy-removed", "spec.accessPolicies", "admin", "none", False)],
    ),
    "access-policies-in-another-order": (
        put("spec/accessPolicies", ["reader", "admin"]),
        put("spec/accessPolicies", ["admin", "reader"]),
        [],
    ),
    "access-policy-that-a-grant-still-needs": (
        both(put("spec/accessPolicies", ["reader"]), granting(reader=SHOP)),
        put("spec/accessPolicies", []),
        [("access-policy-of-grants", "spec.accessPolicies", "reader", "none", False)],
    ),
    "grant-added": (
        granting(reader=SHOP),
        granting(reader=SHOP, writer=STOCK),
        [("grant", f"spec.grants for {STOCK}", "none", "writer", False)],
    ),
    "grant-changed": (
        granting(readerWriter=SHOP),
        granting(reader=SHOP),
        [("grant-changed", f"spec.grants for {SHOP}", "readerWriter", "reader", False)],
    ),
    "grant-extended": (
        granting(reader=SHOP),
        granting(readerWriter=SHOP),
        [("grant-extended", f"spec.grants for {SHOP}", "reader", "readerWriter", False)],
    ),
    "grant-of-two-roles": (
        granting(reader=SHOP),
        granting(reader=SHOP, writer=SHOP),
        [("grant-extended", f"spec.grants for {SHOP}", "reader", "reader, writer", False)],
    ),
    "grant-removed": (
        granting(reader=SHOP, writer=SHOP, admin=STOCK),
        granting(admin=STOCK),
        [("grant-removed", f"spec.grants for {SHOP}", "reader, writer", "none", False)],
    ),
    "grants-in-another-order": (
        granting(reader=SHOP, writer=STOCK),
        granting(writer=STOCK, reader=SHOP),
        [],
    ),
    "kinesis-off": (
        put("spec/kinesisStreamingDestination", {"streamArn": STREAM.format("a")}),
        put("spec/kinesisStreamingDestination", None),
        [
            (
                "kinesis-off",
                "spec.kinesisStreamingDestination",
                STREAM.format("a"),
                "off",
                False,
            )
        ],
    ),
}


@pytest.mark.parametrize(("before", "edit", "expected"), AROUND.values(), ids=AROUND)
def test_a_change_of_a_related_resource_has_its_effect(
    before: Edit, edit: Edit, expected: list[Any]
) -> None:
    assert seen(changed(edit, before)) == expected


def test_every_kind_of_change_has_a_case() -> None:
    found = {
        code
        for cases in (CASES, AROUND, ALARMS)
        for *_, expected in cases.values()
        for code, *_ in expected
    }
    elsewhere = {"account", "region", "region-named", "another-table", "unfinished-replacement"}
    elsewhere |= {"provider"}  # test_stack_tables
    assert found | elsewhere == set(KINDS)


def policy(*statements: Any, **more: Any) -> dict[str, Any]:
    return {"policy": {"Version": "2012-10-17", "Statement": list(statements), **more}}


def allowing(action: str, sid: str) -> dict[str, Any]:
    return {**POLICY["Statement"][0], "Action": action, "Sid": sid}


def test_only_the_changed_statements_of_a_policy_are_shown() -> None:
    statements = [allowing("dynamodb:GetItem", f"Reader{n}") for n in range(10)]
    before = put("spec/resourcePolicy", policy(*statements))
    statements[6] = allowing("dynamodb:Query", "Reader6")
    (change,) = changed(put("spec/resourcePolicy", policy(*statements, Id="x")), before)
    assert change.text().splitlines() == [
        "spec.resourcePolicy: another policy",
        "      {",
        '    +   "Id": "x",',
        '        "Version": "2012-10-17"',
        "      }",
        "      {",
        '    -   "Action": "dynamodb:GetItem",',
        '    +   "Action": "dynamodb:Query",',
        '        "Effect": "Allow",',
        '        "Principal": {',
        '          "AWS": "arn:aws:iam::111122223333:root"',
        "        },",
        '        "Resource": "${table_arn}",',
        '        "Sid": "Reader6"',
        "      }",
        "  in place: access to the table changes within seconds",
    ]


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ([POLICY["Statement"][0]], None, [f"{ONE_LINE} → none"]),
        (None, [POLICY["Statement"][0]], [f"none → {ONE_LINE}"]),
        (
            None,
            ["a", "b"],
            ['none → 2 statements, {"Version":"2012-10-17"}', "    + {}a{}", "    + {}b{}"],
        ),
        (
            ["a", "b"],
            None,
            ['2 statements, {"Version":"2012-10-17"} → none', "    - {}a{}", "    - {}b{}"],
        ),
    ],
    ids=["one-removed", "one-added", "two-added", "two-removed"],
)
def test_an_added_or_removed_policy_is_shown_one_statement_per_line(
    before: list[Any] | None, after: list[Any] | None, lines: list[str]
) -> None:
    def policy_with(statements: list[Any] | None) -> Edit:
        written = [allowing("*", s) if isinstance(s, str) else s for s in statements or []]
        return put("spec/resourcePolicy", policy(*written) if statements else None)

    head = (
        '{"Action":"*","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},'
        '"Resource":"${table_arn}","Sid":"'
    )
    (change,) = changed(policy_with(after), policy_with(before) if before else nothing)
    first, *rest = lines
    assert change.text().splitlines()[:-1] == [
        f"spec.resourcePolicy: {first}",
        *(line.replace("{}", head, 1).replace("{}", '"}') for line in rest),
    ]


def test_a_changed_statement_is_not_matched_with_an_unrelated_one() -> None:
    get, query, scan = "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"
    before = policy(allowing(get, "One"), allowing(get, "Two"), allowing(get, "Three"))
    after = policy(allowing(query, "One"), allowing(get, "Four"), *POLICY["Statement"])
    after["policy"]["Statement"].append(allowing(scan, "Three"))
    after["policy"]["Statement"].append(allowing(scan, "Five"))
    (change,) = changed(put("spec/resourcePolicy", after), put("spec/resourcePolicy", before))
    lines = [line[4:] for line in change.text().splitlines()]
    assert [line for line in lines if '"Action"' in line or '"Sid"' in line] == [
        '-   "Action": "dynamodb:GetItem",',
        '+   "Action": "dynamodb:Query",',
        '    "Sid": "One"',
        '-   "Action": "dynamodb:GetItem",',
        '-   "Sid": "Two"',
        '+   "Action": "dynamodb:GetItem",',
        '+   "Sid": "Four"',
        '+   "Action": "dynamodb:GetItem",',
        '-   "Action": "dynamodb:GetItem",',
        '+   "Action": "dynamodb:Scan",',
        '    "Sid": "Three"',
        '+   "Action": "dynamodb:Scan",',
        '+   "Sid": "Five"',
    ]


def test_a_single_statement_equals_a_list_of_one() -> None:
    (one,) = POLICY["Statement"]
    before = put("spec/resourcePolicy", {"policy": {**POLICY, "Statement": one}})
    after = put("spec/resourcePolicy", policy(one, allowing("*", "b")))
    (change,) = changed(after, before)
    assert change.text().splitlines() == [
        "spec.resourcePolicy: another policy",
        "    + {",
        '    +   "Action": "*",',
        '    +   "Effect": "Allow",',
        '    +   "Principal": {',
        '    +     "AWS": "arn:aws:iam::111122223333:root"',
        "    +   },",
        '    +   "Resource": "${table_arn}",',
        '    +   "Sid": "b"',
        "    + }",
        "  in place: access to the table changes within seconds",
    ]


def test_a_change_contains_no_control_characters() -> None:
    policy_with = policy(allowing("*", "a"), allowing("*", "b"), Id="\u009b31m")
    (change,) = changed(put("spec/resourcePolicy", policy_with))
    assert change.text().splitlines()[0] == (
        'spec.resourcePolicy: none → 2 statements, {"Id":"\\x9b31m","Version":"2012-10-17"}'
    )


@pytest.mark.parametrize(
    ("account", "codes"), [("111122223333", []), (None, ["grant", "grant-removed"])]
)
def test_the_path_of_a_role_of_the_tables_account_does_not_matter(
    account: str | None, codes: list[str]
) -> None:
    """Its policy is attached by the name of the role."""
    old, new = (
        snapshot(
            table(
                grants=[{"role": "reader", "principal": f"arn:aws:iam::111122223333:role/{one}"}]
            ),
            region=None,
            account_id=account,
        )
        for one in ("x/app", "app")
    )
    assert [change.code for change in compare(old, new)] == codes
