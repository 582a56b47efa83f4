"""Stacks whose tables config `manifests` names."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

import pytest

from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.faults import FaultyCloud
from tests.engine.harness import ROOT, Stack
from tests.engine.hosted import Project
from tests.engine.manifests import NAME, PROVISIONED, SCALED, allowing, key, manifest
from tests.engine.refusals import NEWEST, put_into_state, run_command
from tests.engine.report import Report
from tests.test_docs import fenced

SCALING = {**PROVISIONED, "autoscaling": SCALED}


def named(name: str, *, annotations: Any = None, **spec: Any) -> str:
    whole = json.loads(manifest(annotations=annotations, **spec))
    whole["metadata"]["name"] = name
    return json.dumps(whole, indent=1)


ORDERS, INVOICES, USERS = manifest(), named("invoices", **SCALING), named("users")


def done(report: Report) -> dict[str, str]:
    """What the update changed, apart from guards and providers."""
    assert report.ok, report.explained()
    return dict(report.changes)


def resources(stack: Stack) -> dict[str, Any]:
    """What the state holds, by URN without the stack's part."""
    state = json.loads(stack.state_file.read_text())
    found = state["checkpoint"]["latest"]["resources"]
    return {one["urn"].split("::", 2)[2]: one for one in found}


def refused(stack: Stack, cloud: Cloud, *says: str) -> str:
    """The text of a preview and of an update that are refused, and touch nothing."""
    before, sent = looks.tables(cloud), looks.writes(cloud)
    for report in (stack.preview(), stack.up()):
        assert not report.ok, report.explained()
        for one in says:
            assert one in report.text, report.explained()
    assert (looks.tables(cloud), looks.writes(cloud)) == (before, sent)
    return report.text


def test_files_are_added_moved_and_removed_one_by_one(stack: Stack, cloud: Cloud) -> None:
    """Each update touches the tables of the files that differ, and no other."""
    stack.put({"orders.yaml": ORDERS})
    assert done(stack.up()) == {"Table orders": "create"}
    stack.put({"a/invoices.yaml": INVOICES, "orders.yaml": ORDERS})
    scaling = [f"{kind} invoices-{part}" for kind in ("Policy", "Target") for part in SCALED]
    assert sorted(done(stack.up())) == sorted(["Table invoices", *scaling])
    stack.put({"z.yaml": f"{ORDERS}\n---\n{INVOICES}"})
    assert stack.up().is_unchanged
    stack.put({"invoices.yaml": INVOICES, "users.yaml": USERS})
    text = refused(stack, cloud, "The stack has tables that no manifest describes", "'orders' (arn")
    assert "pulumi config set allowRemoval orders" in text
    stack.put({"invoices.yaml": INVOICES, "users.yaml": USERS}, allowRemoval="orders")
    assert done(stack.up()) == {"Table users": "create", "Table orders": "delete"}
    assert sorted(looks.tables(cloud)) == ["invoices", "users"]
    refused(
        stack, cloud, "config allowRemoval names tables that this update does not delete: orders"
    )
    stack.put({"invoices.yaml": INVOICES, "users.yaml": USERS})
    assert stack.up().is_unchanged
    assert stack.destroy().ok
    assert looks.tables(cloud) == []


def test_a_stack_of_one_manifest_becomes_one_of_a_folder_and_back(
    stack: Stack, cloud: Cloud
) -> None:
    assert done(stack.up(ORDERS)) == {"Table orders": "create"}
    stack.put({"orders.yaml": ORDERS})
    assert stack.up().is_unchanged
    stack.put({"orders.yaml": ORDERS, "users.yaml": USERS})
    assert done(stack.up()) == {"Table users": "create"}
    names = [urn for urn in resources(stack) if "Guard" in urn or "providers:aws" in urn]
    assert sorted(names) == [
        "planton:dynamodb:TableGuard::table-guard",
        "planton:dynamodb:TableGuard::table-guard-users",
        "pulumi:providers:aws::classic-provider",
    ]
    stack.put({"users.yaml": USERS}, allowRemoval=[NAME])
    assert done(stack.up()) == {"Table orders": "delete"}
    stack.configure()
    assert stack.up(USERS).is_unchanged
    other_key = named("users", keySchema=key("pk"))
    assert "spec.keySchema: pk HASH, sk RANGE → pk HASH" in stack.up(other_key).text
    assert stack.destroy().ok
    assert looks.tables(cloud) == []


def test_a_stack_that_began_as_a_folder_goes_on_with_one_manifest(
    stack: Stack, cloud: Cloud
) -> None:
    stack.put({"orders.yaml": ORDERS, "users.yaml": USERS})
    assert stack.up().ok
    stack.configure()
    report = stack.up(USERS)
    assert not report.ok
    assert "table 'orders' (arn:aws:dynamodb:us-east-1" in report.text
    stack.configure(allowRemoval=NAME)
    assert done(stack.up(USERS)) == {"Table orders": "delete"}
    stack.configure()
    assert stack.up(USERS).is_unchanged
    assert looks.writes(cloud).count("CreateTable") == 2


def test_a_changed_metadata_name_is_refused_and_renamed_in_the_state(
    stack: Stack, cloud: Cloud
) -> None:
    stack.put({"orders.yaml": ORDERS, "users.yaml": USERS})
    assert stack.up().ok
    renamed = named("members", tableName="users")
    for more in ({}, {"allowRemoval": "users"}):
        stack.put({"orders.yaml": ORDERS, "users.yaml": renamed}, **more)
        text = refused(stack, cloud, "describes it under another metadata.name, 'members'")
    stack.put({"orders.yaml": ORDERS, "users.yaml": renamed})
    run_command(stack, text, "pulumi state rename")
    assert done(stack.up()) == {"Table members": "update"}  # its tag Name
    assert stack.up().is_unchanged


def test_each_table_of_a_folder_has_a_guard(stack: Stack, cloud: Cloud) -> None:
    stack.put({"orders.yaml": ORDERS, "users.yaml": USERS, "invoices.yaml": INVOICES})
    assert stack.up().ok
    other_key, elsewhere = manifest(keySchema=key("pk")), named("users", region="eu-west-1")
    stack.put(
        {"a.yaml": other_key, "b.yaml": elsewhere, "c.yaml": INVOICES, "d.yaml": named("new")}
    )
    text = refused(stack, cloud, "this update is refused, nothing was touched")
    assert "the region: us-east-1 → eu-west-1" in text
    assert "spec.keySchema: pk HASH, sk RANGE → pk HASH" in text
    assert sorted(looks.tables(cloud)) == ["invoices", NAME, "users"]


def test_a_table_may_move_to_another_region_if_its_replacement_is_allowed(
    stack: Stack, cloud: Cloud
) -> None:
    stack.put({"orders.yaml": ORDERS, "users.yaml": USERS})
    assert stack.up().ok
    moved = named("users", region="eu-west-1", annotations=allowing("region"))
    stack.put({"orders.yaml": ORDERS, "users.yaml": moved})
    assert done(stack.up()) == {"Table users": "replace"}
    stack.put({"orders.yaml": ORDERS, "users.yaml": named("users", region="eu-west-1")})
    assert done(stack.up()) == {}
    assert stack.up().is_unchanged


def test_one_invalid_file_stops_the_update_of_all(stack: Stack, cloud: Cloud) -> None:
    stack.put({"orders.yaml": ORDERS})
    assert stack.up().ok
    broken = USERS.replace("PAY_PER_REQUEST", "PAY_PER_REQEST")
    stack.put({"orders.yaml": INVOICES, "users.yaml": broken, "twice.yaml": INVOICES})
    text = refused(stack, cloud, "tables/users.yaml:9:18: error[enum]")
    for file, other in (("orders", "twice"), ("twice", "orders")):
        name = "error[shared-name]: metadata.name 'invoices' is also in"
        assert f"tables/{file}.yaml:5:11: {name} tables/{other}.yaml:5" in text


def test_a_killed_update_is_finished_by_the_next(stack: Stack, cloud: FaultyCloud) -> None:
    stack.put({"orders.yaml": ORDERS})
    assert stack.up().ok
    files = {"orders.yaml": ORDERS, "users.yaml": USERS, "invoices.yaml": INVOICES}
    stack.put(files)
    reached = cloud.hang_after("RegisterScalableTarget")
    running = stack.start("up")
    assert reached.wait(60)
    running.kill()
    cloud.release()
    stack.cancel()
    report = stack.start("up", arguments=("--refresh",)).report()
    assert report.ok, report.explained()
    assert stack.up().is_unchanged
    assert sorted(looks.tables(cloud)) == ["invoices", NAME, "users"]


def test_two_manifests_do_not_import_one_table(stack: Stack, cloud: Cloud) -> None:
    assert stack.up(manifest(deletionPolicy="retain")).ok
    assert stack.destroy().ok
    imported = {"dynamodb.project-planton.org/import": "true"}
    one = manifest(annotations=imported)
    other = named("copy", annotations=imported, tableName=NAME)
    stack.put({"one.yaml": one})
    assert stack.up().ok
    stack.put({"one.yaml": one, "other.yaml": other})
    refused(stack, cloud, "error[shared-name]: the table 'orders' in us-east-1 is also in")
    stack.put({"other.yaml": other}, allowRemoval=NAME)
    refused(stack, cloud, "describes it under another metadata.name, 'copy'")
    assert looks.tables(cloud) == [NAME]


def test_a_retained_table_may_leave_the_folder(stack: Stack, cloud: Cloud) -> None:
    stack.put({"orders.yaml": manifest(deletionPolicy="retain", **SCALING), "users.yaml": USERS})
    assert stack.up().ok
    sent = looks.writes(cloud)
    stack.put({"users.yaml": USERS})
    refused(stack, cloud, "would take them out of the stack and keep them in AWS")
    stack.put({"users.yaml": USERS}, allowRemoval=NAME)
    assert done(stack.up())["Table orders"] == "delete"
    assert looks.writes(cloud) == sent
    assert sorted(looks.tables(cloud)) == [NAME, "users"]
    stack.put({"users.yaml": USERS})
    assert stack.up().is_unchanged


def test_a_table_counts_as_retained_only_after_an_update_that_included_it(
    stack: Stack, cloud: Cloud
) -> None:
    stack.put({"orders.yaml": ORDERS, "users.yaml": USERS})
    assert stack.up().ok
    retained = {"orders.yaml": manifest(deletionPolicy="retain"), "users.yaml": USERS}
    stack.put(retained)
    only_users = ("--target", "urn:pulumi:dev::tables::aws:dynamodb/table:Table::users")
    assert stack.start("up", arguments=only_users).report().ok
    stack.put({"users.yaml": USERS})
    refused(stack, cloud, "'orders' (arn", "to delete them with all their data: pulumi config set")
    stack.put(retained)
    assert stack.up().ok
    stack.put({"users.yaml": USERS}, allowRemoval=NAME)
    assert stack.up().ok
    assert sorted(looks.tables(cloud)) == [NAME, "users"]


def test_the_record_of_a_table_that_was_never_created_goes_alone(
    stack: Stack, cloud: FaultyCloud
) -> None:
    stack.put({"orders.yaml": ORDERS})
    assert stack.up().ok
    stack.put({"orders.yaml": ORDERS, "users.yaml": USERS})
    cloud.refuse("CreateTable", "AccessDeniedException", "no")
    assert not stack.up().ok
    cloud.release()
    corrected = {"orders.yaml": ORDERS, "users.yaml": named("users", keySchema=key("pk"))}
    stack.put(corrected)
    text = refused(stack, cloud, "run `pulumi up` without its manifest, which removes the record")
    assert "pulumi state delete" not in text
    stack.put({"orders.yaml": ORDERS})
    assert done(stack.up()) == {}
    stack.put(corrected)
    assert done(stack.up()) == {"Table users": "create"}


def test_secrets_of_an_account_are_not_in_the_state(stack: Stack) -> None:
    stack.put({"orders.yaml": ORDERS})
    account = 'providers["123456789012"].assumeRoles[0]'
    stack.call("config", "rm", "manifests")
    stack.call("config", "set", "--path", "manifests[0].path", "tables")
    stack.call("config", "set", "--path", "manifests[0].account", "123456789012")
    role = "arn:aws:iam::123456789012:role/tables"
    stack.call("config", "set", "--path", f"{account}.roleArn", role)
    stack.call("config", "set", "--path", "--secret", f"{account}.externalId", "only-we-know")
    report = stack.up()
    assert report.ok, report.explained()
    assert "classic-provider-123456789012-us-east-1" in stack.state_file.read_text()
    assert "only-we-know" not in stack.state_file.read_text() + report.text


def test_a_folder_takes_the_stack_of_the_go_module_over(stack: Stack, cloud: Cloud) -> None:
    program, stack.program = stack.program, NEWEST
    assert stack.up(manifest(**SCALING)).ok
    stack.program = program
    stack.put({"orders.yaml": manifest(**SCALING), "users.yaml": USERS})
    changes = done(stack.up())
    assert changes["Table users"] == "create"
    assert {kind for name, kind in changes.items() if "orders" in name} == {"update"}
    assert stack.up().is_unchanged
    assert "DeregisterScalableTarget" not in looks.writes(cloud)


EMPTY: dict[str, dict[str, str]] = {"empty": {}, "foreign": {"notes.yaml": "kind: ConfigMap\n"}}


@pytest.mark.parametrize("content", EMPTY.values(), ids=EMPTY)
def test_an_empty_folder_deletes_nothing(
    stack: Stack, cloud: Cloud, content: Mapping[str, str]
) -> None:
    stack.put({"orders.yaml": ORDERS})
    assert stack.up().ok
    stack.put(content)
    (stack.work / "tables").mkdir(exist_ok=True)
    refused(stack, cloud, "error[empty]: no manifest found, and config manifests names it")


def test_the_program_asks_whose_guard_it_is_where_the_state_does_not_show_it(
    stack: Stack, cloud: FaultyCloud
) -> None:
    """After an unfinished update of a stack with one table, to which another was added by hand."""
    cloud.refuse("UpdateContinuousBackups", "AccessDeniedException", "no")
    recovery = {"pointInTimeRecovery": {"enabled": True}}
    assert not stack.up(manifest(**recovery)).ok
    cloud.release()
    urn = "urn:pulumi:dev::tables::aws:dynamodb/table:Table::users"
    put_into_state(
        stack, urn, "aws:dynamodb/table:Table", "users", name="users", hashKey="pk", rangeKey="sk"
    )
    files = {"orders.yaml": manifest(**recovery), "users.yaml": USERS}
    stack.put(files)
    refused(stack, cloud, "pulumi config set guardedTable NAME", "is: orders, users")
    stack.put(files, guardedTable=NAME)
    report = stack.preview()
    guards = {step.resource: step.op for step in report.steps if "Guard" in step.type}
    assert guards == {"TableGuard table-guard": "same", "TableGuard table-guard-users": "create"}


def test_the_cli_takes_the_config_that_the_page_shows(project: Project) -> None:
    """The accounts and regions of docs/many-tables.md, and the diagnostics under the real host."""
    (commands,) = (
        block for block in fenced(ROOT / "docs" / "many-tables.md", "") if "assumeRoles" in block
    )
    for line in commands.replace("111122223333", "123456789012").splitlines():
        assert project.start(*shlex.split(line)[1:], manifest="").ended().status == 0
    for path, text in {"shop/orders": ORDERS, "payments/users": USERS}.items():
        file = project.work / "tables" / f"{path}.yaml"
        file.parent.mkdir(parents=True)
        file.write_text(text)
    ended = project.preview("")
    assert ended.status == 0, ended.explained()
    assert "pulumi:providers:aws classic-provider-us-east-1" in ended.output
    assert "pulumi:providers:aws classic-provider-123456789012-eu-central-1" in ended.output
    (project.work / "tables" / "shop" / "orders.yaml").write_text(USERS)
    ended = project.preview("")
    assert ended.status != 0
    for one, other in (("shop/orders", "payments/users"), ("payments/users", "shop/orders")):
        name = "error[shared-name]: metadata.name 'users' is also in"
        assert f"tables/{one}.yaml:5:11: {name} tables/{other}.yaml:5" in ended.diagnostics
    assert "Traceback" not in ended.output
