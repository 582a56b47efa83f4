"""What a stack's own state rules out, whatever the change guard's record says."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from planton.changes.snapshot import Snapshot
from planton.changes.stack_state import StackState, import_command, parse_state
from planton.changes.state_changes import state_changes
from planton.changes.takeover import refusal_without_record
from tests.test_changes import (
    Edit,
    Manifest,
    allow,
    decided,
    manifest,
    no_local,
    on_demand,
    put,
)

URN = "urn:pulumi:dev::tables::"
TABLE = "aws:dynamodb/table:Table"
INDEX = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"
REPLICA = "aws:dynamodb/tableReplica:TableReplica"
GUARD = "planton:dynamodb:TableGuard"
REGION = "eu-west-1"
LOCAL = {
    "name": "local-at",
    "rangeKey": "at",
    "projectionType": "INCLUDE",
    "nonKeyAttributes": ["two", "one"],
}


def table(logical_name: str = "orders", **more: Any) -> dict[str, Any]:
    """The table of the manifest of tests/test_changes.py, as the provider reports it."""
    outputs = {
        "name": "orders",
        "arn": f"arn:aws:dynamodb:{REGION}:111122223333:table/orders",
        "hashKey": "pk",
        "rangeKey": "sk",
        "billingMode": "PROVISIONED",
        "attributes": [
            {"name": name, "type": kind}
            for name, kind in {"at": "N", "pk": "S", "sk": "S", "who": "S"}.items()
        ],
        "localSecondaryIndexes": [LOCAL],
        "globalSecondaryIndexes": [{"name": "by-time"}, {"name": "by-who"}],
        "ttl": {"enabled": True, "attributeName": "expiresAt"},
        "streamEnabled": True,
        "streamViewType": "NEW_IMAGE",
        "onDemandThroughput": {"maxReadRequestUnits": -1, "maxWriteRequestUnits": 0},
        "replicas": [],
        "globalTableWitness": None,
        **more,
    }
    return {f"{URN}{TABLE}::{logical_name}": {"type": TABLE, "outputs": outputs}}


def resource(kind: str, name: str, **outputs: Any) -> dict[str, Any]:
    return {f"{URN}{kind}::{name}": {"type": kind, "outputs": outputs}}


def stack(*resources: dict[str, Any]) -> StackState:
    """A state with these and what every stack has."""
    whole: dict[str, Any] = {}
    for one in (*resources, resource("pulumi:pulumi:Stack", "tables-dev", secret="s3cr3t")):
        whole |= one
    return parse_state(whole)


def new(*edits: Edit, region: str = REGION, account: str | None = None) -> Snapshot:
    data: Manifest = manifest()
    for edit in edits:
        edit(data)
    return decided(data, region, account)


def refusal(state: StackState, wanted: Snapshot) -> str:
    return refusal_without_record(state, wanted, guard_name="table-guard")


def differences(state: StackState, wanted: Snapshot) -> list[str]:
    """The lines that say what is another."""
    lines = refusal(state, wanted).splitlines()
    return [line.strip() for line in lines if " → " in line and "(in the stack" not in line]


def test_only_the_properties_of_tables_are_kept() -> None:
    state = stack(table(), resource("aws:rds/instance:Instance", "db", password="s3cr3t"))
    assert "s3cr3t" not in repr(state)
    assert "expiresAt" in repr(state)


def test_an_empty_state_and_one_with_the_same_table_are_no_reason_to_refuse() -> None:
    assert refusal(StackState(), new()) == ""
    assert refusal(stack(), new()) == ""
    assert refusal(stack(table()), new()) == ""
    assert refusal(stack(table()), new(account="111122223333")) == ""


OTHERWISE: dict[str, tuple[dict[str, Any], Snapshot, list[str]]] = {
    "the region": ({}, new(region="us-east-1"), ["the region: eu-west-1 → us-east-1"]),
    "the account": (
        {},
        new(account="444455556666"),
        ["the provider's account: 111122223333 → 444455556666"],
    ),
    "the key": (
        {"rangeKey": None},
        new(),
        ["spec.keySchema: pk HASH → pk HASH, sk RANGE"],
    ),
    "a local index": (
        {},
        new(no_local),
        ["spec.localSecondaryIndexes: local-at (at; INCLUDE one, two) → none"],
    ),
    "the projection of a local index": (
        {"localSecondaryIndexes": [{**LOCAL, "projectionType": "ALL", "nonKeyAttributes": None}]},
        new(),
        ["spec.localSecondaryIndexes: local-at (at; ALL) → local-at (at; INCLUDE one, two)"],
    ),
    "the type of an attribute": (
        {"attributes": [{"name": "who", "type": "B"}]},
        new(),
        ["spec.attributeDefinitions, who: B → S"],
    ),
    "the attribute of a TTL": (
        {},
        new(put("spec/ttl/attributeName", "goneAt")),
        ["spec.ttl: attribute expiresAt → attribute goneAt"],
    ),
    "a maximum that would stay": (
        {
            "billingMode": "PAY_PER_REQUEST",
            "onDemandThroughput": {"maxReadRequestUnits": 50.0, "maxWriteRequestUnits": -1},
        },
        new(on_demand),
        ["spec.onDemandThroughput: 50 read → none"],
    ),
    "a replica that is protected": (
        {
            "billingMode": "PAY_PER_REQUEST",
            "replicas": [{"regionName": "us-east-1", "deletionProtectionEnabled": True}],
        },
        new(on_demand),
        [
            "spec.replicas, us-east-1: EVENTUAL, point-in-time recovery off, protection on, "
            "tags off → none",
        ],
    ),
}


@pytest.mark.parametrize(("known", "wanted", "lines"), OTHERWISE.values(), ids=OTHERWISE)
def test_a_table_without_a_record_must_match_the_manifest(
    known: dict[str, Any], wanted: Snapshot, lines: list[str]
) -> None:
    assert differences(stack(table(**known)), wanted) == lines


def test_a_harmless_difference_is_no_reason_to_refuse() -> None:
    """It is an update like any other, and the preview shows it."""
    known: dict[str, Any] = {
        "ttl": {"enabled": False, "attributeName": "old"},
        "streamEnabled": False,
        "streamViewType": "KEYS_ONLY",
        "globalSecondaryIndexes": [{"name": "by-who"}, {"name": "old"}],
        "billingMode": "PAY_PER_REQUEST",
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": "arn:aws:kms:x"},
    }
    assert refusal(stack(table(**known)), new()) == ""


def test_a_partly_created_table_is_compared_by_its_known_properties() -> None:
    state = stack(table(arn=None, attributes=None, localSecondaryIndexes=None, hashKey="id"))
    assert differences(state, new(no_local)) == [
        "spec.keySchema: id HASH, sk RANGE → pk HASH, sk RANGE"
    ]
    assert "table 'orders' (orders)" in refusal(state, new(no_local))


def test_a_restored_table_need_not_name_the_local_indexes_of_its_source() -> None:
    restored = put("spec/restoreSourceName", "old"), put("spec/restoreToLatestTime", True)
    assert refusal(stack(table()), new(no_local, *restored)) == ""
    named = refusal(stack(table(localSecondaryIndexes=[])), new(*restored))
    assert "spec.localSecondaryIndexes: none → local-at" in named


def test_the_state_shows_whether_an_index_is_standalone() -> None:
    of_table = {"tableName": "orders"}
    standalone = (
        resource(INDEX, "orders-by-who", indexName="by-who", **of_table),
        resource(INDEX, "orders-by-time", indexName="by-time", **of_table),
        resource(INDEX, "other", indexName="by-who", tableName="invoices"),
    )
    state = stack(table(), *standalone)
    assert state.standalone_indexes(state.tables[0]) == {"by-who", "by-time"}
    blocks = put("spec/globalSecondaryIndexes/0/autoscaling", {"enabled": False})
    assert refusal(state, new(blocks)) == ""
    assert refusal(stack(table()), new(blocks)) == ""
    fewer = put("spec/globalSecondaryIndexes/1", None)
    assert "an index removed while the others become" in refusal(stack(table()), new(blocks, fewer))


def test_the_state_shows_whether_a_replica_is_standalone() -> None:
    arn = f"arn:aws:dynamodb:{REGION}:111122223333:table/"
    replica = resource(REPLICA, "r", region="us-east-1", globalTableArn=f"{arn}orders")
    other = resource(REPLICA, "other", region="us-west-2", globalTableArn=f"{arn}invoices")
    images = put("spec/streamViewType", "NEW_AND_OLD_IMAGES")
    replicated = images, put("spec/replicas", [{"regionName": "us-east-1"}])
    on_its_own = table(billingMode="PAY_PER_REQUEST")
    text = refusal(stack(on_its_own, replica, other), new(on_demand, *replicated))
    assert "  spec.replicas, us-east-1: a replica becomes part of the table resource\n" in text


def test_a_table_under_another_logical_name_can_be_renamed_in_the_state() -> None:
    text = refusal(stack(table("table")), new())
    assert text == (
        "table 'orders': this update is refused, nothing was touched\n\n"
        "The stack contains table 'table' (arn:aws:dynamodb:eu-west-1:111122223333:table/orders), "
        "of which this program has no record yet. The manifest describes a different table (in the "
        "stack → in the manifest):\n"
        "  metadata.name: table → orders\n"
        "  fix: let the manifest describe the table as it is and run `pulumi up`. That records it, "
        "and later changes are compared with the record\n"
        "  to rename it in the state instead: "
        f"pulumi state rename {URN}{TABLE}::table orders\n"
        "  if the manifest is for another table, use a separate stack: pulumi stack init NAME"
    )


def test_a_table_with_a_parent_cannot_be_renamed_in_the_state() -> None:
    kind = f"my:app:Service${TABLE}"
    (inside,) = table().values()
    text = refusal(parse_state({f"{URN}{kind}::orders": inside}), new())
    assert "metadata.name: orders → orders" in text
    assert "pulumi state rename" not in text


def test_resources_that_would_be_deleted_are_named_with_a_way_to_keep_them() -> None:
    buckets = [resource("aws:s3/bucket:Bucket", f"bucket-{number}") for number in range(5)]
    state = stack(table(), table("legacy", arn=None, name="old\x1b[31m"), *buckets)
    text = refusal(state, new())
    assert "table 'legacy' (old\\x1b[31m)" in text
    assert "  and 1 more\n" in text
    assert f"pulumi state delete --force --target-dependents {URN}{TABLE}::legacy" in text
    assert text.count("pulumi state delete") == 5
    assert "more\n" not in refusal(stack(table(), *buckets), new())


def test_an_existing_record_decides() -> None:
    recorded = stack(table(rangeKey=None), resource(GUARD, "table-guard"))
    assert refusal(recorded, new()) == ""
    of_another = stack(table(rangeKey=None), resource(GUARD, "guard-2"))
    assert refusal(of_another, new()) != ""


def changes(state: StackState, wanted: Snapshot) -> list[tuple[str, bool]]:
    return [(change.code, change.refused) for change in state_changes(state, wanted)]


def test_a_record_that_differs_from_the_table_is_detected() -> None:
    consented = allow("region,tableName")
    assert changes(stack(table()), new()) == []
    assert changes(stack(), new(region="us-east-1")) == []
    assert changes(stack(table()), new(consented)) == []
    assert changes(stack(table()), new(region="us-east-1")) == [("region", True)]
    assert changes(stack(table()), new(consented, region="us-east-1")) == [("region", False)]
    assert changes(stack(table()), new(account="444455556666")) == [("account", True)]


def test_another_table_in_the_stack_is_detected() -> None:
    legacy = table("legacy", name="legacy")
    assert changes(stack(legacy), new()) == [("metadata-name", True)]
    assert changes(stack(legacy), new(allow("tableName"))) == [("metadata-name", False)]
    assert changes(stack(table("legacy")), new()) == [("metadata-name-only", True)]
    assert changes(stack(table(), legacy), new()) == [("another-table", True)]
    assert changes(stack(legacy, table("old")), new()) == [("another-table", True)] * 2
    (change,) = state_changes(stack(table(), legacy), new())
    assert change.text().splitlines()[-1].strip() == change.command
    assert change.command == f"pulumi state delete --force --target-dependents {URN}{TABLE}::legacy"


def test_the_command_that_imports_a_table_names_its_provider_if_any() -> None:
    start = "pulumi import --generate-code=false --protect=false "
    end = "aws:dynamodb/table:Table orders orders-1a2b"
    assert import_command(stack(), "orders", "orders-1a2b", REGION) == (
        f"pulumi config set aws:region {REGION} && {start}{end}"
    )
    provider = resource("pulumi:providers:aws", "classic-provider", secretKey="s3cr3t")
    provider |= resource("pulumi:providers:aws", "aws-eu")
    urn = f"{URN}pulumi:providers:aws::classic-provider"
    assert import_command(stack(provider), "orders", "orders-1a2b", REGION) == (
        f"{start}--provider aws={urn} {end}"
    )
    several = resource("pulumi:providers:aws", "aws-eu", region="eu-central-1")
    several |= resource("pulumi:providers:aws", "aws-here", region=REGION)
    for named, chosen in (("aws-eu", "aws-eu"), ("gone", "aws-here")):
        command = import_command(stack(several), "orders", "orders-1a2b", REGION, named)
        assert f"--provider aws={URN}pulumi:providers:aws::{chosen} " in command


def test_the_region_is_what_the_provider_reported_if_there_is_no_arn() -> None:
    partly_created = stack(table(arn=None, region="us-east-1"))
    assert differences(partly_created, new()) == ["the region: us-east-1 → eu-west-1"]
    assert changes(partly_created, new()) == [("region", True)]


def test_a_region_is_not_read_from_an_arn_of_dynamodb_local() -> None:
    arn = "arn:aws:dynamodb:ddblocal:000000000000:table/orders"
    assert differences(stack(table(arn=arn, region=REGION)), new()) == []
    assert differences(stack(table(arn=arn, region="us-east-1")), new()) == [
        "the region: us-east-1 → eu-west-1"
    ]


def test_only_the_recorded_table_can_have_been_renamed() -> None:
    legacy = stack(table("legacy", name="legacy"))
    for recorded, code in ((None, "metadata-name"), ("legacy", "metadata-name")):
        (change,) = state_changes(legacy, new(), recorded=recorded)
        assert change.code == code
    (change,) = state_changes(legacy, new(), recorded="orders")
    assert change.code == "another-table"


def test_names_in_commands_are_quoted_for_the_shell() -> None:
    hostile = stack(table(), table("it's $(touch X)"))
    assert shlex.quote(f"{URN}{TABLE}::it's $(touch X)") in refusal(hostile, new())
    command = import_command(stack(), "a b", "c;d", REGION)
    assert command.endswith("aws:dynamodb/table:Table 'a b' 'c;d'")


def test_the_name_in_aws_is_that_of_the_last_completed_update() -> None:
    finished = stack(table(), resource(GUARD, "table-guard", madeTableName="orders-1a2b"))
    assert finished.recorded_name("table-guard") == "orders-1a2b"
    assert finished.recorded_name("guard-2") == ""
    assert stack(resource(GUARD, "table-guard")).recorded_name("table-guard") == ""


def test_a_retained_table_is_not_among_those_that_would_be_deleted() -> None:
    guard = resource(GUARD, "table-guard-1", retainedTable=f"{URN}{TABLE}::legacy")
    both = stack(table(), table("legacy"), resource(GUARD, "table-guard"), guard)
    assert both.others(["orders"]) == ()
    assert [one.logical_name for one in both.others(["legacy"])] == ["orders"]
    assert state_changes(both, new()) == ()
    assert (both.is_retained("legacy"), both.is_retained("orders")) == (True, False)
    assert not stack(guard).is_retained("legacy")
