"""The manifests that config `manifests` names, and what is wrong with them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from planton.cli.parser import main
from planton.diagnostics.diagnostic import ManifestError
from planton.reading.program_input import ProgramInput, load_program

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
REGION = {"aws:region": "eu-central-1"}
ACCOUNT, OTHER = "111122223333", "444455556666"
REQUEST = """\
apiVersion: dynamodb.kratix.io/v1alpha1
kind: DynamoDBRequest
metadata: {name: request, namespace: default}
spec:
  name: request
  region: eu-west-1
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
"""
KEYS = "provider_config: {access_key_id: AKIAEXAMPLE, secret_access_key: s3cr3t}"


def table(name: str, *spec: str, file: str = "") -> str:
    lines = [
        "apiVersion: aws.project-planton.org/v1",
        "kind: AwsDynamodb",
        f"metadata: {{name: {name}}}",
        "spec:",
        "  billingMode: PAY_PER_REQUEST",
        "  attributeDefinitions: [{name: pk, type: S}]",
        "  keySchema: [{attributeName: pk, keyType: HASH}]",
        *(f"  {line}" for line in spec),
    ]
    return "\n".join(lines) + "\n"


def wrapped(name: str, block: str) -> str:
    """A stack input, as the wrapper writes it."""
    inner = "".join(f"  {line}\n" for line in table(name).splitlines())
    return f"{block}\ntarget:\n{inner}"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")


def put(files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def load(manifests: Any, environ: Mapping[str, str] | None = None, **config: Any) -> ProgramInput:
    values = {"manifests": manifests, **config}
    texts = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in values.items()
    }
    return load_program(lambda name: {**REGION, **texts}.get(name), environ or {}, now=NOW)


def refused(manifests: Any, environ: Mapping[str, str] | None = None, **config: Any) -> str:
    with pytest.raises(ManifestError) as error:
        load(manifests, environ, **config)
    return str(error.value)


def names(program: ProgramInput) -> list[str]:
    return [one.manifest.metadata.name for one in program.tables]


FILES = {
    "tables/users.yaml": table("users"),
    "tables/shop/orders.yaml": table("orders"),
    "tables/shop/invoices.YML": f"{table('invoices')}---\n{table('refunds')}",
    "tables/notes.yaml": "kind: ConfigMap\n",
    "tables/.hidden.yaml": table("hidden"),
    "tables/notes.txt": table("text"),
}
NAMED: dict[str, tuple[Any, list[str]]] = {
    "a folder": ("tables", ["users", "invoices", "refunds", "orders"]),
    "a folder with a slash": ("tables/", ["users", "invoices", "refunds", "orders"]),
    "a file": ("tables/users.yaml", ["users"]),
    "a pattern": ("tables/*.yaml", ["users"]),
    "a pattern for folders": ("tables/s*", ["invoices", "refunds", "orders"]),
    "a recursive pattern": ("tables/**/*.yaml", ["users", "orders"]),
    "a pattern inside": ("t*/**/o*.yaml", ["orders"]),
    "a pattern for the project": ("**/shop/*", ["invoices", "refunds", "orders"]),
    "a list": (["tables/shop/orders.yaml", "tables/users.yaml"], ["orders", "users"]),
    "a list with a file twice": (["tables/shop/orders.yaml", "tables/shop"],
                                 ["orders", "invoices", "refunds"]),
    "a mapping": ({"path": "tables/users.yaml"}, ["users"]),
}  # fmt: skip


@pytest.mark.parametrize(("manifests", "expected"), NAMED.values(), ids=NAMED)
def test_the_config_names_folders_files_and_patterns(manifests: Any, expected: list[str]) -> None:
    put(FILES)
    program = load(manifests)
    assert names(program) == expected
    assert program.together
    assert {one.region for one in program.tables} == {"eu-central-1"}
    assert program.rules == ("no planton.yaml applies",)


def test_a_pattern_of_many_folders_meets_a_deep_one_in_time() -> None:
    """Trying every way to match it would take hours."""
    put({f"tables/{'a/' * 30}orders.yaml": table("orders")})
    assert names(load(f"tables/{'**/a/' * 12}**/*.yaml")) == ["orders"]
    assert "[empty]" in refused(f"tables/{'**/a/' * 12}users.yaml")


def test_without_the_config_the_input_is_one_manifest() -> None:
    program = load("", {"STACK_INPUT_YAML": table("orders")})
    assert (names(program), program.together) == (["orders"], False)


def test_each_manifest_gets_its_region_and_account() -> None:
    put(
        {
            "a/plain.yaml": table("plain"),
            "a/here.yaml": table("here", "region: us-east-1"),
            "a/block.yaml": wrapped("block", f'provider_config: {{account_id: "{OTHER}"}}'),
            "b/there.yaml": table("there"),
        }
    )
    entries = ["a", {"path": "b", "account": int(ACCOUNT)}]
    settings = {ACCOUNT: {"region": "eu-west-1"}}
    program = load(entries, providers=settings)
    found = {
        one.manifest.metadata.name: (one.region, one.account_id, one.named_account)
        for one in program.tables
    }
    assert found == {
        "plain": ("eu-central-1", None, None),
        "here": ("us-east-1", None, None),
        "block": ("eu-central-1", OTHER, OTHER),
        "there": ("eu-west-1", ACCOUNT, ACCOUNT),
    }
    assert program.accounts == settings
    assert "'region'" not in repr(program), "the settings may contain credentials"


def test_grants_take_the_account_of_their_entry() -> None:
    principal = f"arn:aws:iam::{ACCOUNT}:role/shop"
    grants = f'grants: [{{role: reader, principal: "{principal}"}}]'
    put({"tables/orders.yaml": table("orders", grants)})
    assert load({"path": "tables", "account": ACCOUNT}).tables[0].account_id == ACCOUNT
    assert "error[grants-need-account]" in refused("tables")


CONFIG: dict[str, tuple[Any, dict[str, Any], str]] = {
    "an empty list": ([], {}, "manifests is an empty list"),
    "a number": ([3], {}, "manifests[0] must be the path of a folder or a file, or a pattern"),
    "no path": ([{"account": ACCOUNT}], {}, "manifests[0].path must be the path of a folder"),
    "an empty path": ([" "], {}, "manifests[0] must be the path"),
    "a text": ("tables\nmore", {}, "manifests must be the path of a folder or a file"),
    "an unknown key": ([{"path": "tables", "acount": 1}], {}, "did you mean 'account'?"),
    "no account": ([{"path": "tables", "account": ""}], {}, "manifests[0].account must be a 12-"),
    "half a JSON": ('["tables"', {}, "manifests is not valid JSON"),
    "deep JSON": ("[" * 100_000, {}, "manifests is not valid JSON"),
    "providers as a list": ("tables", {"providers": ["s3cr3t"]}, "must map account IDs"),
    "a provider's name": ("tables", {"providers": {"prod": {}}}, "a key of providers must be"),
    "a provider's text": ("tables", {"providers": {ACCOUNT: "s3cr3t"}}, "must be a mapping of"),
    "a provider's region": ("tables", {"providers": {ACCOUNT: {"region": "s3cr3t"}}},
                            f"providers['{ACCOUNT}'].region must be the name of an AWS region"),
    "removals as a mapping": ("tables", {"allowRemoval": {"orders": 1}}, "must be a list of names"),
}  # fmt: skip


@pytest.mark.parametrize(("manifests", "config", "says"), CONFIG.values(), ids=CONFIG)
def test_config_that_cannot_be_used_is_an_error_and_not_shown(
    manifests: Any, config: dict[str, Any], says: str
) -> None:
    put(FILES)
    text = refused(manifests, **config)
    assert "error[invalid-config]: " in text
    assert says in text
    assert "s3cr3t" not in text


@pytest.mark.parametrize(
    ("environ", "config", "other"),
    [
        ({"STACK_INPUT_YAML": "x"}, {}, "STACK_INPUT_YAML"),
        ({"STACK_INPUT_YAML_FILE": "x"}, {}, "STACK_INPUT_YAML_FILE"),
        ({}, {"manifest": "hack/manifest.yaml"}, "manifest"),
        ({}, {"planton-cloud:stack-input": "x"}, "planton-cloud:stack-input"),
    ],
)
def test_another_input_beside_the_folder_is_an_error(
    environ: dict[str, str], config: dict[str, str], other: str
) -> None:
    put(FILES)
    assert refused("tables", environ, **config) == (
        f"config manifests: error[several-inputs]: config manifests is set, and so is {other}\n"
        "  help: remove one of them: manifests names all tables of the stack"
    )


def test_a_removal_is_named_by_a_list_or_by_commas() -> None:
    put(FILES)
    for value in ("orders, users,", ["orders", "users"]):
        assert load("tables", allowRemoval=value).removals == {"orders", "users"}
    assert load("tables").removals == frozenset()


def test_every_problem_of_every_file_is_reported_file_by_file() -> None:
    put(
        {
            "tables/a.yaml": table("orders", "streamViewtype: KEYS_ONLY", "ttl: 3"),
            "tables/b.yaml": "kind: AwsDynamodb\nspec: [",
            "tables/c.yaml": table("users", "tableClas: STANDARD"),
            "tables/d.yaml": wrapped("invoices", KEYS),
            "tables/e.yaml": REQUEST,
        }
    )
    text = refused("tables")
    assert [line.partition(": error")[0] for line in text.splitlines() if ": error[" in line] == [
        "tables/a.yaml:8:3",
        "tables/a.yaml:9:8",
        "tables/b.yaml:3:1",
        "tables/c.yaml:8:3",
        "tables/d.yaml:1:1",
        "tables/e.yaml",
    ]
    assert "access keys are not read from the files of config manifests" in text
    assert "kind must be 'AwsDynamodb' here, got 'DynamoDBRequest'" in text
    assert "s3cr3t" not in text


def test_a_block_beside_one_of_many_manifests_names_only_the_account() -> None:
    block = f'provider_config: {{account_id: "{OTHER}", region: eu-west-1, max_retries: 3}}'
    put({"tables/orders.yaml": wrapped("orders", block)})
    text = refused({"path": "tables", "account": ACCOUNT})
    assert "maxRetries is not read from the files of config manifests" in text
    assert f"names the account {ACCOUNT} for this file, and the block names {OTHER}" in text
    put({"tables/orders.yaml": wrapped("orders", block.replace(", max_retries: 3", ""))})
    (only,) = load("tables").tables
    assert (only.region, only.account_id) == ("eu-west-1", OTHER)


def test_the_endpoint_of_an_emulated_cloud_is_set_for_all_tables() -> None:
    block = 'provider_config: {endpoint: "http://localhost:4566"}'
    put({"tables/orders.yaml": wrapped("orders", block)})
    assert "endpoint is not read from the files of config manifests" in refused("tables")


def test_a_file_does_not_choose_the_credentials_of_an_account() -> None:
    put({"tables/orders.yaml": wrapped("orders", f'provider_config: {{account_id: "{OTHER}"}}')})
    text = refused("tables", providers={OTHER: {"profile": "other"}})
    assert (
        f"config providers has settings for the account {OTHER}, and config manifests does not "
        "name it for this file"
    ) in text
    (only,) = load({"path": "tables", "account": OTHER}, providers={OTHER: {}}).tables
    assert only.named_account == OTHER


MISSING: dict[str, tuple[Any, str]] = {
    "no folder": (
        "table",
        "table: error[unreadable]: config manifests names neither a folder nor a file\n"
        "  help: relative paths start at the project's folder",
    ),
    "a device": (
        "/dev/null",
        "/dev/null: error[unreadable]: config manifests names neither a folder nor a file",
    ),
    "no match": (
        ["tables", "tables/*.json"],
        "tables/*.json: error[empty]: no manifest found, and config manifests[1] names it\n"
        "  help: files of a folder are read if their names end with .yaml or .yml",
    ),
    "no manifest": (
        "tables/notes.yaml",
        "tables/notes.yaml:1:7: error[kind]",
    ),
}


@pytest.mark.parametrize(("manifests", "says"), MISSING.values(), ids=MISSING)
def test_an_entry_without_a_manifest_is_an_error(manifests: Any, says: str) -> None:
    put(FILES)
    assert refused(manifests).startswith(says)


def _to_a_secret() -> None:
    Path("../secret.yaml").write_text("kind: AwsDynamodb\npassword: s3cr3t\n")
    os.symlink("../../secret.yaml", "tables/link.yaml")


def _to_a_folder() -> None:
    Path("../outside").mkdir()
    Path("../outside/orders.yaml").write_text(table("orders"))
    os.symlink("../../outside", "tables/link.yaml")


@pytest.mark.parametrize("manifests", ["tables", "tables/*.yaml", "tables/**"])
def test_a_link_that_leads_outside_the_folder_is_not_followed(manifests: str) -> None:
    put({"tables/users.yaml": table("users")})
    _to_a_secret()
    text = refused(manifests)
    assert text == (
        "tables/link.yaml: error[unreadable]: the link leads outside of tables\n"
        "  help: put the file there, or name its folder in config manifests"
    )


@pytest.mark.parametrize("manifests", ["tables", "tables/*", "tables/**", "tables/*/*.yaml"])
def test_links_to_folders_are_not_followed_wherever_they_lead(manifests: str) -> None:
    put({"tables/shop/users.yaml": table("users")})
    _to_a_folder()
    for name in ("loop", "again"):
        os.symlink(".", f"tables/{name}")
    assert names(load(manifests)) == ["users"]


def test_a_link_inside_the_folder_is_the_file_that_it_leads_to() -> None:
    put({"tables/users.yaml": table("users")})
    os.symlink("users.yaml", "tables/also.yaml")
    assert names(load("tables")) == ["users"]


def test_a_folder_that_cannot_be_listed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    put(FILES)
    scandir = os.scandir

    def refusing(path: str) -> Any:
        if path.endswith("shop"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert refused("tables").startswith(
        "tables/shop: error[unreadable]: the folder cannot be listed: Permission denied"
    )


def test_a_file_of_two_entries_has_one_account() -> None:
    put(FILES)
    entries = ["tables/users.yaml", {"path": "tables", "account": ACCOUNT}]
    assert refused(entries) == (
        "tables/users.yaml: error[invalid-config]: manifests[0] and manifests[1].path name the "
        f"file for different accounts: none and {ACCOUNT}\n"
        "  help: let only one entry of config manifests reach the file"
    )


def test_the_rules_of_the_organization_hold_for_each_file() -> None:
    put(
        {
            **FILES,
            "tables/shop/planton.yaml": "rules:\n- id: team-tag\n"
            "  require: {spec.tags.team: {present: true}}\n",
        }
    )
    text = refused("tables")
    assert text.count("error[team-tag]") == 3
    assert "tables/users.yaml" not in text
    put({"tables/shop/planton.yaml": "rules: 3\n"})
    assert refused("tables").startswith("tables/shop/planton.yaml:1:8: error[type]")


def test_who_writes_manifests_cannot_end_the_search_for_rules(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rule = "rules:\n- id: team-tag\n  require: {spec.tags.team: {present: true}}\n"
    put(
        {
            "planton.yaml": rule.replace("team", "cost"),
            "project/.git": "",
            "project/planton.yaml": rule,
            "project/tables/shop/.git": "",
            "project/tables/shop/orders.yaml": table("orders"),
        }
    )
    monkeypatch.chdir("project")
    text = refused("tables")
    assert "error[team-tag]" in text
    assert "error[cost-tag]" not in text


UNITS = "provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}"
BOUNDS = "{minCapacity: 5, maxCapacity: 9}"
SCALING = f"autoscaling: {{read: {BOUNDS}, write: {BOUNDS}}}"
INDEX = (
    "globalSecondaryIndexes: [{name: archive, keySchema: [{attributeName: pk, keyType: HASH}], "
    f"projection: {{type: ALL}}, {UNITS}}}]"
)


def scaled(name: str, *spec: str) -> str:
    text = table(name, "region: eu-central-1", UNITS, SCALING, *spec)
    return text.replace("PAY_PER_REQUEST", "PROVISIONED").replace(
        "project-planton.org/v1\n", "planton.dev/v1alpha1\n"
    )


SHARED: dict[str, tuple[dict[str, str], list[str]]] = {
    "metadata.name": (
        {"a": table("orders"), "b": table("orders", "tableName: other"), "c": table("users")},
        [
            "tables/a.yaml:3:18: error[shared-name]: metadata.name 'orders' is also in "
            "tables/b.yaml:3",
            "tables/b.yaml:3:18: error[shared-name]: metadata.name 'orders' is also in "
            "tables/a.yaml:3",
        ],
    ),
    "metadata.name in five files": (
        {name: table("orders") for name in "abcde"},
        [
            f"tables/{name}.yaml:3:18: error[shared-name]: metadata.name 'orders' is also in "
            + ", ".join(f"tables/{one}.yaml:3" for one in "abcde".replace(name, "")[:3])
            + " and 1 more"
            for name in "abcde"
        ],
    ),
    "the table's name": (
        {"a": table("orders"), "b": table("copy", "tableName: orders")},
        [
            "tables/a.yaml:3:18: error[shared-name]: the table 'orders' in eu-central-1 is also "
            "in tables/b.yaml:8",
            "tables/b.yaml:8:14: error[shared-name]: the table 'orders' in eu-central-1 is also "
            "in tables/a.yaml:3",
        ],
    ),
    "the table's name, of a replica": (
        {
            "a": table(
                "orders",
                "streamEnabled: true",
                "streamViewType: NEW_AND_OLD_IMAGES",
                "replicas: [{regionName: eu-west-1}]",
            )
            .replace("project-planton.org/v1\n", "planton.dev/v1alpha1\n")
            .replace("billing", "region: eu-central-1\n  billing"),
            "b": table("copy", "tableName: orders", "region: eu-west-1"),
        },
        [
            "tables/a.yaml:3:18: error[shared-name]: the table 'orders' in eu-west-1 is also in "
            "tables/b.yaml:8",
            "tables/b.yaml:8:14: error[shared-name]: the table 'orders' in eu-west-1 is also in "
            "tables/a.yaml:3",
        ],
    ),
    "Pulumi's name, of an index's insights": (
        {
            "a": table(
                "orders",
                INDEX.replace(f", {UNITS}", ""),
                "contributorInsights: {enabled: true, gsiIndexNames: [archive]}",
            ),
            "b": table("orders-archive", "contributorInsights: {enabled: true}"),
        },
        [
            "tables/a.yaml:8:35: error[shared-name]: the name 'orders-archive-insights', which "
            "Pulumi gives to the contributor insights of index 'archive', is also in "
            "tables/b.yaml:3",
            "tables/b.yaml:3:18: error[shared-name]: the name 'orders-archive-insights', which "
            "Pulumi gives to the contributor insights of the table, is also in tables/a.yaml:8",
        ],
    ),
    "Pulumi's name, of an index's autoscaling": (
        {"a": scaled("orders", INDEX), "b": scaled("orders-archive")},
        [
            "tables/a.yaml:11:35: error[shared-name]: the name 'orders-archive-read', which Pulumi "
            "gives to the autoscaling of index 'archive', is also in tables/b.yaml:3",
            "tables/b.yaml:3:18: error[shared-name]: the name 'orders-archive-read', which Pulumi "
            "gives to the autoscaling of the table, is also in tables/a.yaml:11",
        ],
    ),
}


@pytest.mark.parametrize(("files", "says"), SHARED.values(), ids=SHARED)
def test_a_name_that_two_tables_share_is_an_error_at_both_places(
    files: dict[str, str], says: list[str]
) -> None:
    put({f"tables/{name}.yaml": text for name, text in files.items()})
    assert [line for line in refused("tables").splitlines() if "error[" in line] == says


def test_one_table_name_in_two_regions_or_accounts_is_no_shared_name() -> None:
    put(
        {
            "tables/a.yaml": table("orders"),
            "tables/b.yaml": table("copy", "tableName: orders", "region: eu-west-1"),
            "there/c.yaml": table("other", "tableName: orders"),
        }
    )
    assert len(load(["tables", {"path": "there", "account": ACCOUNT}]).tables) == 3


@pytest.mark.parametrize("format", ["text", "json"])
def test_validate_reports_shared_names_only_of_one_stack(
    format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put({"tables/a.yaml": table("orders"), "tables/b.yaml": table("orders", "ttl:")})
    command = ["validate", "tables", "--format", format]
    assert main(command) == 0
    capsys.readouterr()
    for jobs in ("1", "2"):
        assert main([*command, "--one-stack", "--jobs", jobs]) == 1
        out = capsys.readouterr().out
        if format == "json":
            found = json.loads(out)
            codes = [[one["code"] for one in file["diagnostics"]] for file in found["files"]]
            assert codes == [["shared-name"], ["shared-name", "empty-value"]]
            assert (found["summary"]["valid"], found["summary"]["errors"]) == (0, 2)
        else:
            name = "error[shared-name]: metadata.name 'orders' is also in"
            assert f"tables/a.yaml:3:18: {name} tables/b.yaml:3" in out
            assert f"tables/b.yaml:3:18: {name} tables/a.yaml:3" in out
            assert "2 files: 0 valid, 2 invalid; 2 errors; 1 warning" in out


def test_requests_and_invalid_manifests_share_no_names(
    capsys: pytest.CaptureFixture[str],
) -> None:
    invalid = table("orders", "tableClas: STANDARD")
    put({"tables/a.yaml": table("orders"), "tables/b.yaml": invalid})
    assert main(["validate", "tables", "--one-stack"]) == 1
    assert "shared-name" not in capsys.readouterr().out
    requests = {f"tables/{name}.yaml": REQUEST for name in "ab"}
    put(requests)
    assert main(["validate", "tables", "--one-stack"]) == 0
