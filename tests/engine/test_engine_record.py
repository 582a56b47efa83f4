"""The guard's record and the table: every way in which they could differ is refused or fixed.

Each refusal names the command that ends it, and these tests run that command.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from planton.rehearsal.aws.requests import DYNAMODB
from tests.emulated.cloud import Cloud
from tests.engine import language_host, looks
from tests.engine.faults import FaultyCloud
from tests.engine.harness import PROGRAM, SECONDS, Stack
from tests.engine.manifests import NAME, PROVISIONED, UNITS, allowing, index, key, manifest
from tests.engine.operation import Name
from tests.engine.report import Report

PROGRAMS = Path(__file__).resolve().parent / "programs"
CLASSIC = PROGRAMS / "classic.py"
NEWEST = PROGRAMS / "newest.py"
GUARD = "TableGuard table-guard"
TABLE = "Table orders"
URN = "urn:pulumi:dev::tables::"
GUARD_URN = f"{URN}planton:dynamodb:TableGuard::table-guard"
TABLE_URN = f"{URN}aws:dynamodb/table:Table::orders"
CONFIGURE = "pulumi config set"
NOTHING_TOUCHED = "this update is refused, nothing was touched"

BASE = manifest()
PROTECTED = manifest(deletionProtectionEnabled=True)
OTHER_REGION = manifest(region="eu-west-1")
OTHER_KEY = manifest(keySchema=key("pk"))
OTHER_NAME = BASE.replace('"name": "orders"', '"name": "invoices"')
DANGEROUS = {
    "another region": (OTHER_REGION, "the region: us-east-1 → eu-west-1"),
    "another key": (OTHER_KEY, "spec.keySchema: pk HASH, sk RANGE → pk HASH"),
    "another metadata.name": (OTHER_NAME, "metadata.name: orders → invoices"),
}


def _refused(stack: Stack, cloud: Cloud, text: str, *arguments: str) -> str:
    """What both preview and up say; neither sends a request that changes anything."""
    refusal = ""
    names: tuple[Name, ...] = ("preview", "up")
    for name in names:
        before = looks.writes(cloud)
        report = stack.start(name, text, arguments=arguments).report()
        assert not report.ok, report.explained()
        assert NOTHING_TOUCHED in report.text, report.explained()
        assert "Traceback" not in report.text
        assert looks.writes(cloud) == before
        refusal = report.text
    return refusal


def _run(stack: Stack, refusal: str, beginning: str) -> None:
    """Runs the command that the message names, as a user would paste it.

    `pulumi import` wants a language host to be there, although it runs no program.
    """
    line = next(line for line in refusal.splitlines() if beginning in line)
    before, _, after = line.partition(beginning)
    if CONFIGURE in before:
        stack.call(*shlex.split(before[before.index(CONFIGURE) :].rstrip("& "))[1:])
    host = stack.folder / "host"
    host.mkdir(exist_ok=True)
    language_host.install(host, PROGRAM)
    path = os.pathsep.join([str(host), os.environ["PATH"]])
    stack.call(*shlex.split(beginning + after)[1:], "--yes", PATH=path)


def _ends(stack: Stack, text: str) -> Report:
    """The update goes on, and the next one has nothing to do."""
    report = stack.up(text)
    assert report.ok, report.explained()
    again = stack.up(text)
    assert again.is_unchanged, again.explained()
    return again


@pytest.mark.parametrize(
    "arguments",
    [(), ("--continue-on-error",), ("--exclude-protected",), ("--target", TABLE_URN)],
    ids=["plain", "--continue-on-error", "--exclude-protected", "--target"],
)
def test_a_refused_destroy_keeps_the_record_of_a_protected_table(
    arguments: tuple[str, ...], stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(PROTECTED).ok
    for _ in range(3):
        destroyed = stack.start("destroy", arguments=arguments).report()
        assert {TABLE, GUARD} <= destroyed.resources.keys(), destroyed.explained()
    assert looks.tables(cloud) == [NAME]
    for text, says in DANGEROUS.values():
        assert says in _refused(stack, cloud, text)
    assert stack.up(PROTECTED).ok


def test_the_record_is_protected_with_its_table_which_depends_on_it(stack: Stack) -> None:
    """Each of the two alone was seen to lose it, in one way of destroying or another."""
    for text, protected in ((BASE, None), (PROTECTED, True), (BASE, None)):
        resources = stack.up(text).resources
        assert resources[GUARD].get("protect") == resources[TABLE].get("protect") == protected
        assert resources["aws classic-provider"]["dependencies"] == [GUARD_URN]


@pytest.mark.parametrize("arguments", [(), ("--continue-on-error",)])
def test_a_deletion_that_aws_refuses_keeps_the_record(
    arguments: tuple[str, ...], stack: Stack, cloud: FaultyCloud
) -> None:
    """The table was protected outside Pulumi."""
    assert stack.up(BASE).ok
    for _ in range(3):
        cloud.refuse("DeleteTable", "ValidationException", "Resource cannot be deleted")
        destroyed = stack.start("destroy", arguments=arguments).report()
        assert not destroyed.ok
        assert {TABLE, GUARD} <= destroyed.resources.keys()
    assert "the region" in _refused(stack, cloud, OTHER_REGION)
    assert stack.up(BASE).ok


def test_destroy_without_protection_leaves_an_empty_stack(stack: Stack, cloud: Cloud) -> None:
    assert stack.up(PROTECTED).ok
    lifted = stack.up(BASE)
    assert lifted.ok, lifted.explained()
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    assert destroyed.resources == {}
    assert looks.is_empty(cloud)


def test_the_record_cannot_be_removed_from_the_state_before_the_table(stack: Stack) -> None:
    assert stack.up(BASE).ok
    with pytest.raises(subprocess.CalledProcessError) as refused:
        stack.call("state", "delete", GUARD_URN, "--yes")
    assert "depend" in refused.value.stderr


@pytest.mark.parametrize(("text", "says"), DANGEROUS.values(), ids=DANGEROUS)
def test_without_a_record_the_update_is_compared_with_the_state(
    text: str, says: str, stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(BASE).ok
    _without(stack, GUARD)
    refusal = _refused(stack, cloud, text)
    assert says in refusal
    assert "of which this program has no record yet" in refusal
    _ends(stack, BASE)
    assert says in _refused(stack, cloud, text)


def test_a_table_missing_from_the_state_is_not_forgotten(stack: Stack, cloud: Cloud) -> None:
    """Neither by another manifest nor by allowing a replacement, which would leave it in AWS."""
    assert stack.up(BASE).ok
    stack.call("state", "delete", TABLE_URN, "--yes")
    allowed_move = manifest(region="eu-west-1", annotations=allowing("region"))
    for text in (OTHER_REGION, OTHER_KEY, OTHER_NAME, allowed_move):
        refusal = _refused(stack, cloud, text)
        assert "has a record of the table, but not the table itself" in refusal
    assert looks.tables(cloud) == [NAME]
    failed = stack.up(BASE)
    assert "Table already exists: orders" in failed.text
    cloud.call(DYNAMODB, "DeleteTable", {"TableName": NAME})
    _run(stack, refusal, "pulumi state delete")
    _ends(stack, OTHER_REGION)


@pytest.mark.parametrize("text", [BASE, PROTECTED], ids=["unprotected", "protected"])
def test_a_table_missing_from_the_state_can_be_imported_again(
    text: str, stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(text).ok
    stack.call("state", "delete", "--force", TABLE_URN, "--yes")
    _run(stack, _refused(stack, cloud, OTHER_REGION), "pulumi import")
    back = stack.up(text)
    assert back.ok, back.explained()
    assert back.changes == {}
    assert looks.writes(cloud) == ["CreateTable"]
    assert "the region" in _refused(stack, cloud, OTHER_REGION)
    assert stack.up(text).is_unchanged


def test_a_table_that_a_refresh_did_not_find_is_not_forgotten(stack: Stack, cloud: Cloud) -> None:
    assert stack.up(BASE).ok
    cloud.call(DYNAMODB, "DeleteTable", {"TableName": NAME})
    assert TABLE not in stack.refresh().resources
    refusal = _refused(stack, cloud, OTHER_KEY)
    assert "has a record of the table, but not the table itself" in refusal
    _run(stack, refusal, "pulumi state delete")
    _ends(stack, OTHER_KEY)


def test_a_table_deleted_outside_pulumi_is_recreated_by_the_same_manifest(
    stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(BASE).ok
    cloud.call(DYNAMODB, "DeleteTable", {"TableName": NAME})
    assert stack.refresh().ok
    _ends(stack, BASE)
    assert looks.tables(cloud) == [NAME]


def test_a_targeted_destroy_leaves_a_record_that_is_reported_and_removable(
    stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(BASE).ok
    assert stack.start("destroy", arguments=("--target", TABLE_URN)).report().ok
    assert looks.tables(cloud) == []
    refusal = _refused(stack, cloud, OTHER_REGION)
    _run(stack, refusal, "pulumi state delete")
    _ends(stack, OTHER_REGION)


def test_an_engine_killed_before_it_saved_the_table_is_noticed(
    stack: Stack, cloud: FaultyCloud
) -> None:
    done = cloud.hang_after("CreateTable")
    running = stack.start("up", BASE)
    assert done.wait(SECONDS)
    running.kill()
    stack.cancel()
    allowed = manifest(region="eu-west-1", annotations=allowing("region"))
    assert "has a record of the table, but not the table itself" in _refused(stack, cloud, allowed)
    for text, says in DANGEROUS.values():
        refusal = _refused(stack, cloud, text)
        assert says in refusal
        assert "has a record of the table, but not the table itself" in refusal
    assert looks.tables(cloud) == [NAME]
    cloud.call(DYNAMODB, "DeleteTable", {"TableName": NAME})
    stack.call("refresh", "--clear-pending-creates", "--yes")
    _run(stack, refusal, "pulumi state delete")
    _ends(stack, OTHER_NAME)


@pytest.mark.parametrize(
    "arguments", [("--target", TABLE_URN), ("--exclude", GUARD_URN)], ids=["target", "exclude"]
)
def test_an_update_without_the_guard_is_compared_with_the_state(
    arguments: tuple[str, ...], stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(BASE).ok
    refusal = _refused(stack, cloud, OTHER_REGION, *arguments)
    assert "the region: us-east-1 → eu-west-1" in refusal
    refusal = _refused(stack, cloud, OTHER_NAME, *arguments)
    assert "metadata.name: orders → invoices" in refusal
    allowed_move = manifest(keySchema=key("pk"), annotations=allowing("keySchema"))
    refusal = _refused(stack, cloud, allowed_move, *arguments)
    assert "run `pulumi up` without them" in refusal
    # Another key is not sent, and the provider refuses attributes that are not the key's.
    writes = looks.writes(cloud)
    kept = stack.start("up", OTHER_KEY, arguments=arguments).report()
    assert "all indexes must match a defined attribute" in kept.text, kept.explained()
    assert looks.writes(cloud) == writes
    assert "spec.keySchema" in _refused(stack, cloud, OTHER_KEY)
    assert stack.up(allowed_move).ok
    assert looks.table(cloud)["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]


@pytest.mark.parametrize(
    "arguments", [("--target", GUARD_URN), ("--exclude", TABLE_URN)], ids=["target", "exclude"]
)
@pytest.mark.parametrize(
    ("changed", "allowed_change"),
    [(OTHER_REGION, "region"), (OTHER_NAME, "tableName")],
    ids=["region", "metadata.name"],
)
def test_a_record_updated_without_its_table_permits_nothing_later(
    changed: str, allowed_change: str, arguments: tuple[str, ...], stack: Stack, cloud: Cloud
) -> None:
    assert stack.up(BASE).ok
    allowed = json.loads(changed)
    allowed["metadata"]["annotations"] = allowing(allowed_change)
    stack.start("up", json.dumps(allowed), arguments=arguments).report()
    assert NAME in looks.tables(cloud)
    _refused(stack, cloud, changed)
    assert NAME in looks.tables(cloud)


def test_a_table_imported_into_the_stack_is_not_deleted(stack: Stack, cloud: Cloud) -> None:
    assert stack.up(BASE).ok
    legacy = {
        "TableName": "legacy",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    }
    cloud.call(DYNAMODB, "CreateTable", legacy)
    arn = looks.table(cloud, "legacy")["TableArn"]
    urn = f"{URN}aws:dynamodb/table:Table::legacy"
    _with(stack, urn, "aws:dynamodb/table:Table", "legacy", arn=arn, name="legacy", hashKey="id")
    refusal = _refused(stack, cloud, BASE)
    assert f"table 'legacy' ({arn})" in refusal
    _run(stack, refusal, f"pulumi state delete --force --target-dependents {urn}")
    _ends(stack, BASE)
    assert set(looks.tables(cloud)) == {"legacy", NAME}


def test_a_table_whose_deletion_failed_is_not_deleted_later_unannounced(
    stack: Stack, cloud: FaultyCloud
) -> None:
    """The new table is in the state beside the old one, which the next update would delete."""
    assert stack.up(BASE).ok
    renamed = json.loads(OTHER_NAME)
    renamed["metadata"]["annotations"] = allowing("tableName")
    cloud.refuse("DeleteTable", "AccessDeniedException", "not authorized to DeleteTable")
    assert not stack.up(json.dumps(renamed)).ok
    assert set(looks.tables(cloud)) == {NAME, "invoices"}
    for text in (json.dumps(renamed), OTHER_NAME):
        refusal = _refused(stack, cloud, text)
        assert f"table '{NAME}'" in refusal
    _run(stack, refusal, "pulumi state delete --force --target-dependents urn")
    _ends(stack, OTHER_NAME)
    assert set(looks.tables(cloud)) == {NAME, "invoices"}


def test_a_table_with_another_name_in_aws_is_not_forgotten(stack: Stack, cloud: Cloud) -> None:
    """An unchanged manifest would create a second table: AWS refuses none under that name."""
    stack.program = CLASSIC
    assert stack.up(BASE).ok
    stack.program = PROGRAM
    assert stack.up(BASE).ok
    (name,) = looks.tables(cloud)
    stack.call("state", "delete", "--force", TABLE_URN, "--yes")
    refusal = _refused(stack, cloud, BASE)
    assert f"the table's name: {name} → orders" in refusal
    _run(stack, refusal, "pulumi import")
    assert stack.up(BASE).changes == {}
    assert looks.tables(cloud) == [name]


def test_a_replacement_allowed_for_one_table_deletes_no_other(stack: Stack, cloud: Cloud) -> None:
    assert stack.up(BASE).ok
    urn = f"{URN}aws:dynamodb/table:Table::legacy"
    _with(stack, urn, "aws:dynamodb/table:Table", "legacy", arn="arn:l", name="legacy")
    stack.call("state", "delete", "--force", TABLE_URN, "--yes")
    renamed = json.loads(OTHER_NAME)
    renamed["metadata"]["annotations"] = allowing("tableName")
    refusal = _refused(stack, cloud, json.dumps(renamed))
    assert "table 'legacy'" in refusal
    assert "has a record of the table, but not the table itself" in refusal


def test_a_failed_replacement_can_only_be_retried(stack: Stack, cloud: FaultyCloud) -> None:
    """Whatever else the update changes, the engine would create the table and delete it again."""
    assert stack.up(BASE).ok
    replaced = manifest(keySchema=key("pk"), annotations=allowing("keySchema"))
    cloud.refuse("CreateTable", "AccessDeniedException", "not authorized to CreateTable")
    assert not stack.up(replaced).ok
    assert looks.tables(cloud) == []
    for text in (
        BASE,
        manifest(annotations=allowing("keySchema")),
        manifest(keySchema=key("pk")),
        manifest(keySchema=key("sk", "pk")),
        manifest(keySchema=key("pk"), tags={"a": "b"}, annotations=allowing("keySchema")),
    ):
        refusal = _refused(stack, cloud, text)
        assert "the engine would create it and delete it again" in refusal
    again = stack.up(replaced)
    assert again.ok, again.explained()
    assert looks.tables(cloud) == [NAME]
    assert stack.up(manifest(keySchema=key("pk"))).ok
    assert looks.tables(cloud) == [NAME]


def test_a_failed_replacement_can_be_abandoned(stack: Stack, cloud: FaultyCloud) -> None:
    assert stack.up(BASE).ok
    replaced = manifest(keySchema=key("pk"), annotations=allowing("keySchema"))
    cloud.refuse("DeleteTable", "AccessDeniedException", "not authorized to DeleteTable")
    assert not stack.up(replaced).ok
    refusal = _refused(stack, cloud, BASE)
    _run(stack, refusal, "pulumi state delete")
    _run(stack, refusal, "pulumi import")
    back = stack.up(BASE)
    assert back.ok, back.explained()
    assert looks.writes(cloud) == ["CreateTable"]
    assert "spec.keySchema" in _refused(stack, cloud, OTHER_KEY)


def test_a_guard_that_is_excluded_before_it_has_a_record_refuses(
    stack: Stack, cloud: Cloud
) -> None:
    """Otherwise the state would contain a provider with a missing dependency, and be broken."""
    refusal = _refused(stack, cloud, BASE, "--exclude", GUARD_URN)
    assert "the stack has no usable record of the table" in refusal
    assert stack.up(BASE).ok


def test_an_old_table_that_is_still_to_be_deleted_is_announced(
    stack: Stack, cloud: FaultyCloud
) -> None:
    assert stack.up(BASE).ok
    cloud.refuse("DeleteTable", "AccessDeniedException", "not authorized to DeleteTable")
    assert not stack.up(manifest(tableName="orders-2", annotations=allowing("tableName"))).ok
    assert set(looks.tables(cloud)) == {NAME, "orders-2"}
    previewed = stack.preview(manifest(tableName="orders-2"))
    assert any("this update deletes it" in text for text in previewed.warnings)


FOREIGN: dict[str, tuple[Path, str, tuple[str, ...]]] = {
    "v1's module, another region": (
        CLASSIC,
        OTHER_REGION,
        ("the region: us-east-1 → eu-west-1",),
    ),
    "v1's module, another key": (
        CLASSIC,
        OTHER_KEY,
        ("spec.keySchema: pk HASH, sk RANGE → pk HASH",),
    ),
    "v1's module, another metadata.name": (
        CLASSIC,
        OTHER_NAME,
        ("metadata.name: orders → invoices",),
    ),
    "the newest module": (NEWEST, BASE, ("metadata.name: table → orders",)),
    "the newest module, another tableName": (
        NEWEST,
        manifest(tableName="orders-2"),
        ("metadata.name: table → orders",),
    ),
    "the newest module, another region and key": (
        NEWEST,
        manifest(region="eu-west-1", keySchema=key("pk")),
        ("metadata.name: table → orders", "the region: us-east-1", "spec.keySchema: pk HASH, sk"),
    ),
}


@pytest.mark.parametrize(("program", "text", "says"), FOREIGN.values(), ids=FOREIGN)
def test_a_first_update_deletes_no_table_of_another_program(
    program: Path, text: str, says: tuple[str, ...], stack: Stack, cloud: Cloud
) -> None:
    stack.program = program
    assert stack.up(BASE).ok
    tables = looks.tables(cloud)
    stack.program = PROGRAM
    refusal = _refused(stack, cloud, text)
    for one in says:
        assert one in refusal
    assert "TableGuard" not in refusal, "refused before anything is registered"
    assert looks.tables(cloud) == tables


def test_a_table_under_another_logical_name_is_renamed_in_the_state(
    stack: Stack, cloud: Cloud
) -> None:
    stack.program = NEWEST
    assert stack.up(BASE).ok
    stack.program = PROGRAM
    _run(stack, _refused(stack, cloud, BASE), "pulumi state rename")
    taken = stack.up(BASE)
    assert taken.ok, taken.explained()
    assert taken.changes == {TABLE: "update"}
    assert stack.up(BASE).is_unchanged
    assert looks.writes(cloud).count("CreateTable") == 1


def test_a_table_under_another_logical_name_can_keep_that_name(stack: Stack, cloud: Cloud) -> None:
    stack.program = NEWEST
    assert stack.up(BASE).ok
    stack.program = PROGRAM
    text = BASE.replace('"name": "orders"', '"name": "table"')
    _ends(stack, text)
    assert looks.tables(cloud) == [NAME]


def test_resources_of_another_program_are_not_deleted(stack: Stack, cloud: Cloud) -> None:
    stack.program = CLASSIC
    assert stack.up(BASE).ok
    stack.program = PROGRAM
    bucket = f"{URN}aws:s3/bucket:Bucket::invoices"
    _with(stack, bucket, "aws:s3/bucket:Bucket", "invoices", arn="arn:aws:s3:::invoices")
    refusal = _refused(stack, cloud, BASE)
    assert "aws:s3/bucket:Bucket 'invoices'" in refusal
    _run(stack, refusal, "pulumi state delete")
    _ends(stack, BASE)


def test_the_first_update_does_not_convert_an_inline_index(stack: Stack, cloud: Cloud) -> None:
    """AWS would refuse to create it again, in the middle of the update."""
    inline = index("who", provisionedThroughput=UNITS)
    stack.program = CLASSIC
    assert stack.up(manifest(**PROVISIONED, globalSecondaryIndexes=[inline])).ok
    stack.program = PROGRAM
    standalone = {**inline, "autoscaling": {"enabled": False}}
    refusal = _refused(stack, cloud, manifest(**PROVISIONED, globalSecondaryIndexes=[standalone]))
    assert "spec.globalSecondaryIndexes, who: part of the table resource → " in refusal
    _ends(stack, manifest(**PROVISIONED, globalSecondaryIndexes=[inline]))


@pytest.fixture
def unseeing(stack: Stack) -> Path:
    """The program under an engine that does not let it see its state."""
    program = stack.work / "unseeing.py"
    program.write_text(
        "import runpy\n"
        "from planton.resources import own_state\n"
        "own_state._READ = 'pulumi:pulumi:noSuchFunction'\n"
        "own_state._WAITS = ()\n"
        f"runpy.run_path({str(PROGRAM)!r}, run_name='__main__')\n"
    )
    return program


def test_a_first_update_without_a_readable_state_is_refused(
    unseeing: Path, stack: Stack, cloud: Cloud
) -> None:
    stack.program = unseeing
    refusal = _refused(stack, cloud, BASE)
    assert "The stack's state cannot be read" in refusal
    assert "noSuchFunction" in refusal
    stack.program = PROGRAM
    assert stack.up(BASE).ok
    # With a record the update can be judged without the state.
    stack.program = unseeing
    assert stack.up(BASE).ok
    assert "the region: us-east-1 → eu-west-1" in _refused(stack, cloud, OTHER_REGION)


def _without(stack: Stack, name: str) -> None:
    """Takes one resource out of the state and leaves everything that depended on it."""
    exported = json.loads(stack.call("stack", "export"))
    resources = exported["deployment"]["resources"]
    kind, _, logical = name.partition(" ")
    gone = [r["urn"] for r in resources if r["urn"].endswith(f":{kind}::{logical}")]
    assert len(gone) == 1
    exported["deployment"]["resources"] = [r for r in resources if r["urn"] not in gone]
    for resource in exported["deployment"]["resources"]:
        resource["dependencies"] = [d for d in resource.get("dependencies", []) if d not in gone]
        resource["propertyDependencies"] = {
            k: [d for d in v if d not in gone]
            for k, v in resource.get("propertyDependencies", {}).items()
        }
    stack.call("stack", "import", stdin=json.dumps(exported))


def _with(stack: Stack, urn: str, kind: str, id_: str, **outputs: Any) -> None:
    """Puts one resource more into the state, as `pulumi import` does."""
    exported = json.loads(stack.call("stack", "export"))
    resources = exported["deployment"]["resources"]
    (provider,) = (r for r in resources if r["type"] == "pulumi:providers:aws")
    resources.append(
        {
            "urn": urn,
            "custom": True,
            "id": id_,
            "type": kind,
            "outputs": {"id": id_, **outputs} if outputs else {},
            "provider": f"{provider['urn']}::{provider['id']}",
        }
    )
    stack.call("stack", "import", stdin=json.dumps(exported))
