"""What of an existing table the manifest differs from, before it is imported."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planton.changes.existing import (
    refusal_by_state,
    refusal_of_import,
    refusal_of_missing,
)
from planton.changes.existing_indexes import (
    dropped_indexes,
    former_indexes,
    moved_indexes,
    refusal_of_indexes,
    returned_indexes,
)
from planton.changes.existing_snapshot import ExistingTable, existing_snapshot, missing
from planton.changes.record import FORMER_INDEXES, MADE_TABLE_NAME
from planton.changes.snapshot import Snapshot, snapshot
from planton.changes.stack_state import (
    GUARD_TYPE,
    INDEX_TYPE,
    KINESIS_TYPE,
    REPLICA_TYPE,
    TABLE_TYPE,
    StackState,
    StateResource,
)
from planton.manifest.enums import ConsistencyMode, TableClass
from planton.plan.table_plan import EncryptionPlan, RecoveryPlan, ReplicaPlan
from tests.planning import index, provisioned, table

ARN = "arn:aws:dynamodb:eu-central-1:111122223333:table/orders"
GUARD = "table-guard"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
HEAD = "table 'orders': this update is refused, nothing was touched\n\n"
ANNOTATION = "metadata.annotations[dynamodb.project-planton.org/import]"
INDEX: dict[str, Any] = {
    "name": "by-sk",
    "hashKey": "sk",
    "rangeKey": "",
    "projectionType": "ALL",
    "nonKeyAttributes": [],
    "readCapacity": 0,
    "writeCapacity": 0,
}


def wanted(**spec: Any) -> Snapshot:
    return snapshot(table(**spec), region="eu-central-1", account_id=None)


def found(**more: Any) -> dict[str, Any]:
    """What getTable returns of a table like the one of `table()`."""
    return {
        "arn": ARN,
        "name": "orders",
        "region": "eu-central-1",
        "billingMode": "PAY_PER_REQUEST",
        "attributes": [{"name": "pk", "type": "S"}, {"name": "sk", "type": "S"}],
        "hashKey": "pk",
        "rangeKey": "sk",
        "readCapacity": 0,
        "writeCapacity": 0,
        "localSecondaryIndexes": [],
        "globalSecondaryIndexes": [],
        "onDemandThroughputs": [],
        "replicas": [],
        "streamEnabled": False,
        "streamViewType": "",
        "ttl": {"enabled": False, "attributeName": ""},
        "pointInTimeRecovery": {"enabled": False, "recoveryPeriodInDays": 0},
        "serverSideEncryption": {"enabled": False, "kmsKeyArn": ""},
        "tableClass": "",
        "deletionProtectionEnabled": False,
        **more,
    }


def existing(*, customer_key: bool | None = None, **more: Any) -> ExistingTable:
    return ExistingTable(found(**more), {}, customer_key)


def differences(has: ExistingTable, new: Snapshot, *may_change: str) -> list[str]:
    """The lines of the refusal that name a difference."""
    lines = refusal_of_import(has, new, may_change).splitlines()
    return [line.strip() for line in lines if line.startswith("  spec.")]


def test_a_table_like_the_manifest_may_be_imported() -> None:
    assert refusal_of_import(existing(), wanted(), ()) == ""
    assert existing_snapshot(existing(), wanted()) == wanted_in_aws()


def wanted_in_aws(**spec: Any) -> Snapshot:
    return snapshot(table(**spec), region="eu-central-1", account_id="111122223333")


FEATURES: dict[str, Any] = {
    "ttl": {"enabled": True, "attributeName": "expires"},
    "streamEnabled": True,
    "streamViewType": "KEYS_ONLY",
    "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7},
    "serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY},
    "deletionProtectionEnabled": True,
    "tableClass": "STANDARD_INFREQUENT_ACCESS",
    "onDemandThroughput": {"maxReadRequestUnits": 40},
    "globalSecondaryIndexes": [
        index(
            "by-sk",
            "sk",
            "pk",
            projection={"type": "INCLUDE", "nonKeyAttributes": ["b", "a"]},
            onDemandThroughput={"maxReadRequestUnits": 10, "maxWriteRequestUnits": 20},
        )
    ],
}
ON: dict[str, Any] = {
    "ttl": {"enabled": True, "attributeName": "expires"},
    "streamEnabled": True,
    "streamViewType": "KEYS_ONLY",
    "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7},
    "serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY},
    "deletionProtectionEnabled": True,
    "tableClass": "STANDARD_INFREQUENT_ACCESS",
    "onDemandThroughputs": [{"maxReadRequestUnits": 40, "maxWriteRequestUnits": -1}],
    "globalSecondaryIndexes": [
        {
            **INDEX,
            "rangeKey": "pk",
            "projectionType": "INCLUDE",
            "nonKeyAttributes": ["b", "a"],
            "onDemandThroughputs": [{"maxReadRequestUnits": 10, "maxWriteRequestUnits": 20}],
        }
    ],
}


def test_every_feature_is_read_as_the_manifest_says_it() -> None:
    has = existing(**ON)
    assert existing_snapshot(has, wanted(**FEATURES)) == wanted_in_aws(**FEATURES)
    assert refusal_of_import(has, wanted(**FEATURES), ()) == ""


def test_what_the_manifest_turns_off_is_refused_with_both_sides() -> None:
    off = wanted(globalSecondaryIndexes=FEATURES["globalSecondaryIndexes"])
    has = existing(**{**ON, "onDemandThroughputs": []})
    assert refusal_of_import(has, off, ("billingMode",)) == (
        f"{HEAD}{ANNOTATION}: the table exists, and the manifest describes another one (in AWS → "
        "in the manifest):\n"
        "  spec.streamViewType: KEYS_ONLY → off\n"
        "  spec.ttl: attribute expires → off\n"
        "  spec.pointInTimeRecoveryEnabled: on → off\n"
        f"  spec.serverSideEncryption: {KEY} → AWS owned key\n"
        "  spec.tableClass: STANDARD_INFREQUENT_ACCESS → STANDARD\n"
        "  spec.deletionProtectionEnabled: on → off\n"
        "  fix: let the manifest describe the table as it is in AWS (`planton adopt` prints such a "
        "manifest). Once the table is imported, change the manifest: that is compared as usual\n"
        "  to change the table together with the import: metadata.annotations: "
        '{dynamodb.project-planton.org/import: "billingMode, deletionProtectionEnabled, '
        'pointInTimeRecovery, serverSideEncryption, streamViewType, tableClass, ttl"}'
    )


@pytest.mark.parametrize(
    ("field", "off", "line"),
    [
        ("ttl", {}, "spec.ttl: attribute expires → off"),
        ("streamViewType", {}, "spec.streamViewType: KEYS_ONLY → off"),
        ("pointInTimeRecovery", {}, "spec.pointInTimeRecoveryEnabled: on → off"),
        ("serverSideEncryption", {}, f"spec.serverSideEncryption: {KEY} → AWS owned key"),
        ("tableClass", {}, "spec.tableClass: STANDARD_INFREQUENT_ACCESS → STANDARD"),
        ("deletionProtectionEnabled", {}, "spec.deletionProtectionEnabled: on → off"),
        (
            "onDemandThroughput",
            {"onDemandThroughput": {"maxReadRequestUnits": 50}},
            "spec.onDemandThroughput: 40 read → 50 read",
        ),
    ],
)
def test_the_annotation_allows_the_change_of_the_fields_that_it_names(
    field: str, off: dict[str, Any], line: str
) -> None:
    spec = {name: value for name, value in FEATURES.items() if name != field}
    if field == "streamViewType":
        del spec["streamEnabled"]
    has, new = existing(**ON), wanted(**spec, **off)
    assert differences(has, new) == [line]
    assert differences(has, new, "billingMode") == [line]
    assert differences(has, new, field) == []


def test_the_capacity_of_a_scaled_dimension_is_not_compared() -> None:
    units: dict[str, Any] = {"billingMode": "PROVISIONED", "readCapacity": 90, "writeCapacity": 7}
    has = existing(**units, globalSecondaryIndexes=[{**INDEX, "readCapacity": 80}])
    scaled = provisioned(index("by-sk", "sk"), autoscaling={"read": {"maxCapacity": 100}})
    new = snapshot(scaled, region="eu-central-1", account_id=None)
    assert differences(has, new) == [
        "spec.provisionedThroughput.writeCapacityUnits: 7 → 6",
        "spec.globalSecondaryIndexes, by-sk.provisionedThroughput.writeCapacityUnits: 0 → 6",
    ]
    assert differences(has, new, "provisionedThroughput") == []


@pytest.mark.parametrize(
    ("wanted_key", "customer_key", "line"),
    [
        (None, True, [f"spec.serverSideEncryption: {KEY} → aws/dynamodb"]),
        (None, False, []),
        (KEY, None, []),
        (f"{KEY[:-1]}3", True, [f"spec.serverSideEncryption: {KEY} → {KEY[:-1]}3"]),
    ],
)
def test_the_key_is_compared_with_who_manages_it(
    wanted_key: str | None, customer_key: bool | None, line: list[str]
) -> None:
    encryption = {"enabled": True, **({"kmsKeyArn": wanted_key} if wanted_key else {})}
    has = existing(
        customer_key=customer_key, serverSideEncryption={"enabled": True, "kmsKeyArn": KEY}
    )
    assert differences(has, wanted(serverSideEncryption=encryption)) == line


def test_replicas_are_read_in_their_regions() -> None:
    has = ExistingTable(
        found(
            replicas=[
                {"regionName": "eu-west-1", "kmsKeyArn": KEY},
                {"regionName": "us-east-1", "kmsKeyArn": ""},
            ]
        ),
        {"eu-west-1": found(pointInTimeRecovery={"enabled": True}, deletionProtectionEnabled=True)},
    )
    eventual = ConsistencyMode.EVENTUAL
    assert has.replica_regions == {"eu-west-1", "us-east-1"}
    assert existing_snapshot(has, wanted()).plan.inline_replicas == (
        ReplicaPlan("eu-west-1", None, True, True, False, eventual),
        ReplicaPlan("us-east-1", None, False, False, False, eventual),
    )
    customer = ExistingTable(has.table, has.replicas, has_customer_key=True)
    assert existing_snapshot(customer, wanted()).plan.inline_replicas[0].kms_key_arn == KEY


def test_the_defaults_of_aws_count_as_such() -> None:
    has = existing(
        pointInTimeRecovery={"enabled": True}, serverSideEncryption=None, tableClass=None
    )
    plan = existing_snapshot(has, wanted()).plan
    assert plan.point_in_time_recovery == RecoveryPlan(True, 35)
    assert plan.encryption == EncryptionPlan(False, None)
    assert plan.table_class is TableClass.STANDARD


def in_state(type_: str, logical_name: str, /, **properties: Any) -> StateResource:
    return StateResource(f"urn:pulumi:dev::tables::{type_}::{logical_name}", type_, properties)


def listing(*names: str, standalone: tuple[str, ...] = (), **more: Any) -> StackState:
    """A stack with the table, whose state lists indexes, and with standalone indexes."""
    indexes = [{"name": name} for name in names]
    return StackState(
        (
            in_state(TABLE_TYPE, "orders", name="orders", globalSecondaryIndexes=indexes, **more),
            *(
                in_state(INDEX_TYPE, f"orders-{name}", tableName="orders", indexName=name)
                for name in standalone
            ),
        )
    )


WARM = {"readUnitsPerSecond": 12_000, "writeUnitsPerSecond": 4_000}
STANDALONE = [index("by-sk", "sk", warmThroughput=WARM)]


def test_an_index_moves_if_the_stack_has_its_table_but_not_the_index() -> None:
    plan = table(globalSecondaryIndexes=STANDALONE)
    assert moved_indexes(plan, StackState()) == set()
    assert moved_indexes(plan, listing("by-sk")) == {"by-sk"}
    assert moved_indexes(plan, listing()) == {"by-sk"}
    assert moved_indexes(plan, listing("by-sk", standalone=("by-sk",))) == set()
    assert moved_indexes(table(), listing("by-sk")) == set()
    allowed = {"annotations": {"dynamodb.project-planton.org/allow-replacement": "keySchema"}}
    replaced = table(globalSecondaryIndexes=STANDALONE, metadata=allowed)
    assert moved_indexes(replaced, listing("by-sk")) == set()


def test_an_index_is_dropped_if_the_state_lists_it_and_the_table_does_not() -> None:
    plan = table(globalSecondaryIndexes=[index("by-sk", "sk")])
    on_demand: Any = {"billingMode": "PAY_PER_REQUEST"}
    assert dropped_indexes(plan, StackState()) == set()
    assert dropped_indexes(plan, listing("by-sk")) == set()
    assert dropped_indexes(plan, listing("by-sk", "old")) == {"old"}
    assert dropped_indexes(table(globalSecondaryIndexes=STANDALONE), listing("old")) == set()
    assert dropped_indexes(table(), listing("old", **on_demand)) == set()
    assert dropped_indexes(provisioned(), listing("old", **on_demand)) == {"old"}


def guarded(state: StackState, **outputs: Any) -> StackState:
    """The state with the outputs of the table's guard."""
    guard = StateResource(f"urn:pulumi:dev::tables::{GUARD_TYPE}::{GUARD}", GUARD_TYPE, outputs)
    return StackState((*state.resources, guard))


def test_indexes_that_are_gone_are_known_until_the_state_forgets_them() -> None:
    bare, back = table(), table(globalSecondaryIndexes=[index("by-sk", "sk")])
    assert former_indexes(bare, listing("old", "by-sk")) == ["by-sk", "old"]
    assert former_indexes(bare, listing()) == []
    assert former_indexes(back, listing("by-sk")) == []
    assert former_indexes(bare, StackState()) == []
    done = {MADE_TABLE_NAME: "orders", FORMER_INDEXES: ["by-sk", "old"]}
    assert returned_indexes(back, guarded(listing("by-sk"), **done), GUARD) == {"by-sk"}
    assert returned_indexes(back, guarded(listing(), **done), GUARD) == set()
    assert returned_indexes(bare, guarded(listing("by-sk"), **done), GUARD) == set()
    known = guarded(listing("by-sk"), **{MADE_TABLE_NAME: "orders"})
    assert returned_indexes(back, known, GUARD) == set()
    assert returned_indexes(back, listing("by-sk"), GUARD) == set()
    assert returned_indexes(back, guarded(listing("by-sk")), GUARD) == {"by-sk"}


def test_an_index_that_is_gone_and_comes_back_asks_for_a_refresh() -> None:
    new = wanted(globalSecondaryIndexes=[index("by-sk", "sk")])
    done = {MADE_TABLE_NAME: "orders", FORMER_INDEXES: ["by-sk"]}
    state = guarded(listing("by-sk"), **done)
    assert refusal_of_indexes(existing(globalSecondaryIndexes=[INDEX]), new, state, GUARD) == ""
    assert refusal_of_indexes(existing(), new, state, GUARD) == (
        f"{HEAD}spec.globalSecondaryIndexes: the stack's state lists indexes of the table that AWS "
        "does not have (by-sk). The AWS provider would not create them\n"
        "  fix: run `pulumi refresh`, then `pulumi up`"
    )


def test_an_index_that_differs_does_not_become_a_standalone_resource() -> None:
    new = wanted(globalSecondaryIndexes=STANDALONE)
    keys = [{"attributeName": "pk", "keyType": "HASH"}]
    has = existing(globalSecondaryIndexes=[{**INDEX, "keySchemas": keys}])
    same = existing(globalSecondaryIndexes=[INDEX])
    assert refusal_of_indexes(same, new, listing(), GUARD) == ""
    assert refusal_of_indexes(has, new, listing(standalone=("by-sk",)), GUARD) == ""
    assert refusal_of_indexes(existing(), new, listing(), GUARD) == ""
    assert refusal_of_indexes(has, new, listing(), GUARD) == (
        f"{HEAD}An index that is to become a standalone resource differs from the one in AWS (in "
        "AWS → in the manifest):\n"
        "  spec.globalSecondaryIndexes, by-sk: by-sk (pk HASH; ALL) → by-sk (sk HASH; ALL)\n"
        "  fix: let the manifest describe the index as it is in AWS, and run `pulumi up`; then "
        "change it"
    )


def test_a_stack_with_the_table_under_another_name_is_refused() -> None:
    def state(**properties: Any) -> StackState:
        urn = f"urn:pulumi:dev::tables::{TABLE_TYPE}::orders"
        return StackState((StateResource(urn, TABLE_TYPE, properties),))

    def by_state(state: StackState) -> str:
        return refusal_by_state(wanted(), state, is_import=True)

    assert refusal_by_state(wanted(), state(name="orders-1812b35"), is_import=False) == ""
    assert by_state(StackState()) == ""
    assert by_state(state()) == ""
    assert by_state(state(name="orders")) == ""
    assert by_state(state(name="orders-1812b35")) == (
        f"{HEAD}{ANNOTATION}: the stack already has the table 'orders-1812b35' as orders, and the "
        "manifest names 'orders'\n"
        "  fix: remove the annotation if the manifest is for the stack's table; import another "
        "table into a separate stack: pulumi stack init NAME"
    )


def test_a_missing_table_and_an_unreadable_state_are_refused_with_the_way_on() -> None:
    assert refusal_of_missing(wanted()) == (
        f"{HEAD}{ANNOTATION}: AWS has no table 'orders' in eu-central-1 that could be imported\n"
        "  fix: check the name, the region and the account of the credentials; or remove the "
        "annotation, and `pulumi up` creates the table"
    )
    nowhere = snapshot(table(), region=None, account_id=None)
    assert "AWS has no table 'orders' that could be imported" in refusal_of_missing(nowhere)
    unreadable = StackState(unreadable="failed to load checkpoint: EOF")
    assert refusal_by_state(wanted(), unreadable, is_import=True) == (
        f"{HEAD}{ANNOTATION}: the stack's state cannot be read, so the program cannot tell whether "
        "the stack has the table already:\n  failed to load checkpoint: EOF\n"
        "  fix: run `pulumi up` again; if it fails again, check `pulumi stack export`"
    )


def test_indexes_that_aws_no_longer_has_ask_for_a_refresh() -> None:
    has = existing(globalSecondaryIndexes=[INDEX, {**INDEX, "name": "old"}])
    new = wanted(globalSecondaryIndexes=[index("by-sk", "sk")])
    assert refusal_of_indexes(has, new, listing("by-sk", "old"), GUARD) == ""
    assert refusal_of_indexes(has, new, listing("by-sk", "old", "b", "a"), GUARD) == (
        f"{HEAD}spec.globalSecondaryIndexes: the stack's state lists indexes of the table that AWS "
        "does not have (a, b). The AWS provider would fail to delete them\n"
        "  fix: run `pulumi refresh`, then `pulumi up`"
    )


def test_what_get_table_does_not_tell_is_named() -> None:
    assert missing(found()) == []
    has = found(ttl=None)
    del has["globalSecondaryIndexes"]
    assert missing(has) == ["globalSecondaryIndexes", "ttl"]


def test_a_change_to_provisioned_that_aws_did_not_make_asks_for_a_refresh() -> None:
    on_demand = existing()
    changed = existing(billingMode="PROVISIONED")
    scaled = provisioned(index("by-sk", "sk"), autoscaling={"read": {"maxCapacity": 50}})
    new = snapshot(scaled, region=None, account_id=None)
    known = listing(billingMode="PROVISIONED")
    before = listing(billingMode="PAY_PER_REQUEST")
    for has, plan, state in (
        (on_demand, new, StackState()),
        (on_demand, new, before),
        (on_demand, new, listing(billingMode="PROVISIONED", standalone=("by-sk",))),
        (on_demand, wanted(globalSecondaryIndexes=STANDALONE), known),
        (changed, new, known),
    ):
        assert refusal_of_indexes(has, plan, state, GUARD) == ""
    assert refusal_of_indexes(on_demand, new, known, GUARD) == (
        f"{HEAD}spec.billingMode: the table is PAY_PER_REQUEST in AWS and PROVISIONED in the "
        "stack's state: an update failed, or the table was changed outside Pulumi\n"
        "  fix: run `pulumi refresh`, then `pulumi up`"
    )


def test_parts_of_the_table_under_other_names_are_refused() -> None:
    own = in_state(TABLE_TYPE, "orders", name="orders")
    other = in_state(TABLE_TYPE, "invoices", name="orders")
    index_of_own = in_state(INDEX_TYPE, "orders-who", tableName="orders")
    index_of_other = in_state(INDEX_TYPE, "invoices-who", tableName="orders")
    index_of_third = in_state(INDEX_TYPE, "third-who", tableName="third")
    replica = in_state(REPLICA_TYPE, "old-us-west-2", globalTableArn=ARN)
    kinesis = in_state(KINESIS_TYPE, "old-kinesis", tableName="orders")
    child = replace(kinesis, urn=kinesis.urn.replace("::aws:", "::a$aws:").replace("old", "orders"))
    mine = (own, index_of_own, index_of_third)

    def by_state(state: StackState) -> str:
        return refusal_by_state(wanted(), state, is_import=False)

    assert by_state(StackState(mine)) == ""
    assert by_state(StackState((*mine, other, index_of_other))) == ""
    assert by_state(StackState((index_of_other,))) != ""
    nameless = in_state(TABLE_TYPE, "orders")
    assert by_state(StackState((nameless, index_of_other))) != ""
    state = StackState((*mine, index_of_other, replica, kinesis, child))
    assert by_state(state) == (
        f"{HEAD}The stack's state has parts of the table under other names than the program's. The "
        "update would import them under its names, and then delete them in AWS:\n"
        f"  {INDEX_TYPE} 'invoices-who'\n"
        f"  {REPLICA_TYPE} 'old-us-west-2'\n"
        f"  {KINESIS_TYPE} 'old-kinesis'\n"
        f"  {KINESIS_TYPE} 'orders-kinesis'\n"
        "  fix: rename them in the state (`pulumi state rename URN NAME`), each with 'orders' in "
        "front instead of the old name of the table"
    )
