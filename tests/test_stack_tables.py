"""The tables of a stack together, judged by the stack's own state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planton.changes.compare import compare
from planton.changes.record import read_record, record
from planton.changes.removals import refusal_of_removal
from planton.changes.snapshot import Snapshot
from planton.changes.stack_state import StackState, parse_state
from planton.changes.stack_tables import (
    UnknownGuard,
    guard_names,
    provider_names,
    split,
)
from planton.manifest.place import Place
from tests.test_stack_state import GUARD, REGION, REPLICA, TABLE, URN, new, resource, stack, table

TARGET = "aws:appautoscaling/target:Target"
PROVIDER = "pulumi:providers:aws"
HERE = Place("eu-west-1", None)
THERE = Place("us-east-1", None)
ACCOUNT = "111122223333"
HEAD = "the tables of the stack: this update is refused, nothing was touched\n\n"


def wanted(name: str, table_name: str = "") -> Snapshot:
    snapshot = new()
    plan = replace(snapshot.plan, logical_name=name, table_name=table_name or name)
    return replace(snapshot, plan=plan)


def guard(name: str = "table-guard", made: str = "") -> dict[str, Any]:
    return resource(GUARD, name, **({"madeTableName": made} if made else {}))


def made(name: str, in_aws: str = "") -> dict[str, Any]:
    return table(name, name=in_aws or name)


def provider(name: str, region: str = REGION, **more: Any) -> dict[str, Any]:
    return resource(PROVIDER, name, region=region, **more)


ORDERS, USERS = wanted("orders"), wanted("users")


def guards(
    state: StackState, *tables: Snapshot, together: bool = True, guarded: str | None = None
) -> list[str]:
    """The names of the guards, in the order of the tables."""
    found = guard_names(state, tables, together=together, guarded=guarded)
    return [found[one.plan.logical_name] for one in tables]


def test_the_guard_of_a_stacks_only_table_has_no_name_of_a_table() -> None:
    assert guards(stack(), ORDERS, together=False) == ["table-guard"]
    renamed = stack(guard(made="orders"), made("orders"))
    assert guards(renamed, USERS, together=False) == ["table-guard"]


def test_a_new_table_of_several_has_a_guard_with_its_name() -> None:
    assert guards(stack(), ORDERS, USERS) == ["table-guard-orders", "table-guard-users"]


def test_the_table_that_was_the_only_one_keeps_its_guard() -> None:
    state = stack(guard(made="orders"), made("orders"))
    assert guards(state, ORDERS, USERS) == ["table-guard", "table-guard-users"]
    assert guards(state, USERS, ORDERS) == ["table-guard-users", "table-guard"]
    in_aws = stack(guard(made="orders-1812b35"), made("orders", "orders-1812b35"))
    assert guards(in_aws, ORDERS, USERS) == ["table-guard", "table-guard-users"]


def test_a_table_with_its_own_guard_keeps_it_as_the_only_one() -> None:
    state = stack(guard("table-guard-orders", "orders"), guard(made="users"), made("orders"))
    assert guards(state, ORDERS, together=False) == ["table-guard-orders"]
    assert guards(state, ORDERS, USERS) == ["table-guard-orders", "table-guard"]


def test_a_table_that_the_state_has_lost_keeps_its_guard() -> None:
    assert guards(stack(guard(made="orders")), ORDERS, USERS) == [
        "table-guard",
        "table-guard-users",
    ]


def test_after_an_unfinished_update_the_table_in_the_state_has_the_guard() -> None:
    assert guards(stack(guard(), made("orders")), ORDERS, USERS)[0] == "table-guard"
    assert guards(stack(guard()), ORDERS, USERS)[0] == "table-guard-orders"


def test_the_guard_of_a_table_that_is_gone_is_nobodys() -> None:
    state = stack(guard(made="legacy"), made("legacy"))
    assert guards(state, ORDERS, USERS) == ["table-guard-orders", "table-guard-users"]


def test_where_the_state_does_not_tell_the_config_names_the_table() -> None:
    state = stack(guard(), made("orders"), made("users"))
    with pytest.raises(UnknownGuard) as error:
        guards(state, ORDERS, USERS)
    assert str(error.value) == (
        f"{HEAD}The record 'table-guard' belongs to the table that was once the only one of this "
        "stack, and the state does not show which of these that is: orders, users\n"
        "  fix: name it: pulumi config set guardedTable NAME"
    )
    named = guards(state, ORDERS, USERS, guarded="users")
    assert named == ["table-guard-orders", "table-guard"]
    twice = stack(guard(made="orders"), made("orders"), made("users", "orders"))
    with pytest.raises(UnknownGuard):
        guards(twice, ORDERS, USERS, guarded="legacy")


PROVIDERS: dict[str, tuple[StackState, list[Place], list[str]]] = {
    "a new stack": (
        stack(),
        [HERE, THERE, Place("eu-west-1", ACCOUNT)],
        [
            "classic-provider-eu-west-1",
            "classic-provider-us-east-1",
            f"classic-provider-{ACCOUNT}-eu-west-1",
        ],
    ),
    "a stack that had one table": (
        stack(provider("classic-provider")),
        [THERE, HERE],
        ["classic-provider-us-east-1", "classic-provider"],
    ),
    "a stack that had one table in an account": (
        stack(provider("classic-provider", allowedAccountIds=f'["{ACCOUNT}"]')),
        [Place("eu-west-1", "444455556666"), Place("eu-west-1", ACCOUNT), THERE],
        [
            "classic-provider-444455556666-eu-west-1",
            "classic-provider",
            "classic-provider-us-east-1",
        ],
    ),
    "one provider for one place": (
        stack(provider("classic-provider")),
        [HERE, Place("eu-west-1", ACCOUNT)],
        ["classic-provider", f"classic-provider-{ACCOUNT}-eu-west-1"],
    ),
    "an account that is named later": (
        stack(provider("classic-provider-eu-west-1"), provider("classic-provider-us-east-1")),
        [Place("eu-west-1", ACCOUNT), Place("us-east-1", ACCOUNT), THERE],
        [
            "classic-provider-eu-west-1",
            f"classic-provider-{ACCOUNT}-us-east-1",
            "classic-provider-us-east-1",
        ],
    ),
    "an account that differs": (
        stack(provider("classic-provider", allowedAccountIds=["444455556666"])),
        [Place("eu-west-1", ACCOUNT)],
        [f"classic-provider-{ACCOUNT}-eu-west-1"],
    ),
    "an account in the region of a stack's only table": (
        stack(provider("classic-provider")),
        [Place("eu-west-1", ACCOUNT), HERE],
        [f"classic-provider-{ACCOUNT}-eu-west-1", "classic-provider"],
    ),
    "no account beside that of a stack's only table": (
        stack(provider("classic-provider", allowedAccountIds=f'["{ACCOUNT}"]')),
        [HERE, Place("eu-west-1", ACCOUNT)],
        ["classic-provider-eu-west-1", "classic-provider"],
    ),
    "an account for a stack's only table": (
        stack(provider("classic-provider")),
        [Place("eu-west-1", ACCOUNT)],
        ["classic-provider"],
    ),
    "a stack that has both": (
        stack(provider("classic-provider"), provider("classic-provider-eu-west-1")),
        [HERE],
        ["classic-provider-eu-west-1"],
    ),
}


@pytest.mark.parametrize(("state", "places", "expected"), PROVIDERS.values(), ids=PROVIDERS)
def test_each_region_and_account_has_a_provider_that_keeps_its_name(
    state: StackState, places: list[Place], expected: list[str]
) -> None:
    assert provider_names(state, places, together=True) == dict(zip(places, expected, strict=True))


def test_a_stacks_only_table_has_the_provider_that_the_state_has() -> None:
    for state, expected in (
        (stack(), "classic-provider"),
        (stack(provider("classic-provider", "us-east-1")), "classic-provider"),
        (stack(provider("classic-provider-eu-west-1")), "classic-provider-eu-west-1"),
    ):
        assert provider_names(state, [HERE], together=False) == {HERE: expected}


def test_a_table_never_changes_its_provider() -> None:
    before, after = ORDERS, replace(ORDERS, provider=f"classic-provider-{ACCOUNT}-eu-west-1")
    assert read_record(record(after)) == after
    (change,) = compare(before, after)
    assert (change.code, change.refused, change.old, change.new) == (
        "provider", True, "classic-provider", f"classic-provider-{ACCOUNT}-eu-west-1",
    )  # fmt: skip
    moved = replace(after, region="us-east-1")
    assert "provider" not in {one.code for one in compare(before, moved)}


def test_the_state_is_split_by_the_names_of_the_tables() -> None:
    state = stack(
        made("orders"),
        made("orders-archive"),
        made("legacy"),
        guard(made="orders"),
        guard("table-guard-orders-archive"),
        guard("table-guard-legacy"),
        provider("classic-provider"),
        resource(TARGET, "orders-read"),
        resource(TARGET, "orders-archive-read"),
        resource(TARGET, "orders@us-east-1-read"),
        resource(TARGET, "legacy-read"),
        resource(TARGET, "unrelated"),
        resource("aws:s3/bucket:Bucket", "orders"),
        {f"{URN}a:b:C${TABLE}::orders": {"type": TABLE, "outputs": {}}},
    )
    names = {"orders": "table-guard", "orders-archive": "table-guard-orders-archive"}
    found = {
        name: sorted(one.urn.removeprefix(URN) for one in part.resources)
        for name, part in split(state, names, ["legacy"]).items()
    }
    everywhere = [f"{TARGET}::unrelated", f"{PROVIDER}::classic-provider"]
    assert found == {
        "orders": sorted(
            [
                *everywhere,
                f"{TABLE}::orders",
                f"{GUARD}::table-guard",
                # It may be that of an index `archive`.
                *(
                    f"{TARGET}::orders{one}"
                    for one in ("-read", "-archive-read", "@us-east-1-read")
                ),
            ]
        ),
        "orders-archive": sorted(
            [
                *everywhere,
                f"{TABLE}::orders-archive",
                f"{GUARD}::table-guard-orders-archive",
                f"{TARGET}::orders-archive-read",
            ]
        ),
    }
    unreadable = split(StackState(unreadable="no"), {"orders": "table-guard"})
    assert unreadable["orders"].unreadable == "no"


def refusal(state: StackState, *tables: Snapshot, allowed: str = "", together: bool = True) -> str:
    names = [name for name in allowed.split(",") if name]
    return refusal_of_removal(state, tables, names, together=together)


def test_a_stack_with_the_tables_of_its_manifests_is_not_refused() -> None:
    assert refusal(stack(), ORDERS) == ""
    assert refusal(stack(made("orders")), ORDERS, USERS) == ""


def test_a_table_without_a_manifest_is_named_with_every_way_out() -> None:
    state = stack(made("orders"), made("users"), made("it's"))
    its, users = table_arn(state, "it's"), table_arn(state, "users")
    forget = "    pulumi state delete --force --target-dependents"
    assert refusal(state, ORDERS).removeprefix(HEAD).splitlines() == [
        "The stack has tables that no manifest describes. The update would delete them with all "
        "their data:",
        f"  table 'it's' ({its})",
        f"  table 'users' ({users})",
        "  fix: bring the manifest back, with the metadata.name that it had",
        "  to take them out of the stack, and keep them in AWS:",
        f"{forget} '{URN}{TABLE}::it'\"'\"'s'",
        f"{forget} {URN}{TABLE}::users",
        "  to delete them with all their data: pulumi config set allowRemoval 'it'\"'\"'s,users'",
    ]
    assert refusal(state, ORDERS, allowed="users,it's") == ""
    assert "users" not in refusal(state, ORDERS, allowed="users")


def table_arn(state: StackState, name: str) -> str:
    found = state.table(name)
    assert found is not None
    return str(found.properties["arn"])


def test_a_retained_table_must_be_named_too_before_it_leaves_the_stack() -> None:
    retained = resource(GUARD, "table-guard-users", retainedTable=f"{URN}{TABLE}::users")
    state = stack(made("orders"), made("users"), retained)
    assert refusal(state, ORDERS).removeprefix(HEAD).splitlines() == [
        "The stack has tables that no manifest describes. By their deletionPolicy, the update "
        "would take them out of the stack and keep them in AWS:",
        f"  table 'users' ({table_arn(state, 'users')})",
        "  fix: bring the manifest back, with the metadata.name that it had",
        "  to take them out of the stack: pulumi config set allowRemoval users",
    ]
    assert refusal(state, ORDERS, allowed="users") == ""
    both = stack(made("orders"), made("users"), made("legacy"), retained)
    assert refusal(both, ORDERS).count("pulumi config set allowRemoval legacy,users") == 2
    assert refusal(both, ORDERS, together=False) == ""
    urn = f"{URN}a:b:C${TABLE}::users"
    nested = parse_state(
        {urn: {"type": TABLE, "outputs": {}}} | resource(GUARD, "table-guard", retainedTable=urn)
    )
    assert refusal(nested, ORDERS).endswith("with the metadata.name that it had")


def test_only_twenty_tables_are_listed() -> None:
    state = stack(*(made(f"table-{number:02}") for number in range(25)))
    text = refusal(state, ORDERS)
    assert text.count("\n  table '") == 20
    assert "\n  and 5 more\n" in text
    assert text.count("pulumi state delete") == 20
    assert "table-24" in text.splitlines()[-1]


def test_a_name_that_is_not_removed_must_leave_the_config() -> None:
    state = stack(made("orders"), made("users"))
    says = "config allowRemoval names tables that this update does not delete: orders, typo"
    for together in (True, False):
        assert says in refusal(state, ORDERS, allowed="users,orders,typo", together=together)
    nested = parse_state({f"{URN}a:b:C${TABLE}::users": {"type": TABLE, "outputs": {}}})
    assert "does not delete: users" in refusal(nested, ORDERS, allowed="users")


def test_a_table_under_a_new_metadata_name_is_never_deleted() -> None:
    state = stack(made("orders"), made("users"))
    renamed = wanted("members", "users")
    for allowed, together in (("", True), ("users", True), ("users", False)):
        assert refusal(state, ORDERS, renamed, allowed=allowed, together=together) == (
            f"{HEAD}table 'users' ({table_arn(state, 'users')}): a manifest describes it under "
            "another metadata.name, 'members'. To Pulumi that is another resource: it would delete "
            "this one with all its data\n"
            "  fix: change metadata.name back to users\n"
            f"  to rename it in the state instead: pulumi state rename {URN}{TABLE}::users members"
        )
    outputs = {"name": "users", "arn": table_arn(state, "users")}
    nested = parse_state({f"{URN}a:b:C${TABLE}::users": {"type": TABLE, "outputs": outputs}})
    assert refusal(nested, renamed).endswith("fix: change metadata.name back to users")
    elsewhere = replace(renamed, region="us-east-1")
    assert refusal(state, ORDERS, elsewhere, allowed="users") == ""
    account = table_arn(state, "users").split(":")[4]
    same, other = (replace(renamed, account_id=one) for one in (account, "999900001111"))
    assert refusal(state, ORDERS, other, allowed="users") == ""
    assert "'members'" in refusal(state, ORDERS, other, same, allowed="users")


def test_a_table_is_not_deleted_with_a_replica_that_a_manifest_describes() -> None:
    inside = table("orders", name="orders", replicas=[{"regionName": "us-east-1"}])
    arn = inside[f"{URN}{TABLE}::orders"]["outputs"]["arn"]
    standalone = resource(REPLICA, "orders-us-east-1", region="us-east-1", globalTableArn=arn)
    america = replace(wanted("america", "orders"), region="us-east-1")
    for state in (stack(inside), stack(table("orders", name="orders"), standalone)):
        assert refusal(state, america, allowed="orders") == (
            f"{HEAD}table 'orders' ({arn}): a manifest describes its replica in us-east-1 as the "
            "table 'america'. With the table, the update would delete the replica and all data\n"
            "  fix: pulumi config rm allowRemoval, and take the table out of the stack, which "
            "keeps it in AWS:\n"
            f"    pulumi state delete --force --target-dependents {URN}{TABLE}::orders\n"
            "  then remove eu-west-1 from the replicas in the manifest of 'america', which deletes "
            "the table there alone"
        )
        assert refusal(state, USERS, allowed="orders") == ""
    assert refusal(stack(table("orders", name="orders")), america, allowed="orders") == ""


def test_resources_of_another_program_stop_the_first_update() -> None:
    bucket = resource("aws:s3/bucket:Bucket", "invoices")
    text = refusal(stack(bucket), ORDERS)
    assert "The stack contains resources of another program" in text
    assert "aws:s3/bucket:Bucket 'invoices'" in text
    assert refusal(stack(bucket, guard("table-guard-orders")), ORDERS) == ""


def test_a_state_that_cannot_be_read_stops_the_update_of_several_tables() -> None:
    unreadable = StackState(unreadable="failed to load checkpoint")
    assert refusal(unreadable, ORDERS) == (
        f"{HEAD}The stack's state cannot be read, so the program cannot tell which tables this "
        "update would delete:\n  failed to load checkpoint\n"
        "  fix: run `pulumi up` again; if it fails again, check `pulumi stack export`"
    )
    assert refusal(unreadable, ORDERS, together=False) == ""


def test_what_only_one_table_would_be_refused_for_is_left_to_its_guard() -> None:
    assert refusal(stack(made("users")), ORDERS, together=False) == ""
    renamed = wanted("members", "users")
    assert refusal(stack(made("users")), renamed, together=False) == ""
