"""The whole program with the manifests of several tables: what it registers, as values."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pytest

from planton.rehearsal.program.records import Options, Rehearsal
from planton.rehearsal.program.runner import rehearse
from planton.resources import engine
from tests.test_program import PROVIDER, SMALLEST, TABLE, of_type, run

PROJECT = "aws-dynamodb-module"
ACCOUNT = "111122223333"
AWS = "pulumi:providers:aws"
GUARD = "planton:dynamodb:TableGuard"
DEFAULTS = {"skipCredentialsValidation": "false", "skipRegionValidation": "true"}
"""What the SDK sets."""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def put(name: str, *spec: str, folder: str = "tables") -> None:
    Path(folder).mkdir(exist_ok=True)
    text = SMALLEST.replace("name: orders", f"name: {name}")
    Path(folder, f"{name}.yaml").write_text(text + "".join(f"  {line}\n" for line in spec))


def deploy(manifests: Any = "tables", **config: Any) -> Rehearsal:
    texts = {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in {f"{PROJECT}:manifests": manifests, **config}.items()
    }
    return rehearse({"AWS_REGION": "us-east-1"}, config=texts)


def test_tables_share_the_provider_of_their_region_behind_all_guards() -> None:
    put("orders")
    put("users", "region: eu-west-1")
    put("refunds")
    found = deploy()
    assert found.error is None
    assert [(one.type, one.name) for one in found.resources] == [
        *((GUARD, f"table-guard-{name}") for name in ("orders", "refunds", "users")),
        (AWS, "classic-provider-us-east-1"),
        (AWS, "classic-provider-eu-west-1"),
        *((TABLE, name) for name in ("orders", "refunds", "users")),
    ]
    for table, region in zip(
        of_type(found, TABLE), ("us-east-1", "us-east-1", "eu-west-1"), strict=True
    ):
        assert table.options.provider == f"{PROVIDER}-{region}"
    guards = {one.urn for one in of_type(found, GUARD)}
    for provider in of_type(found, AWS):
        assert {*provider.options.depends_on} == guards
        assert replace(provider.options, depends_on=()) == Options()


def test_each_table_has_the_outputs_of_a_stack_with_it_alone() -> None:
    spec = ("accessPolicies: [reader]", "streamEnabled: true", "streamViewType: KEYS_ONLY")
    put("orders", *spec)
    put("users")
    (tables,) = deploy().outputs.values()
    assert list(tables) == ["orders", "users"]
    alone = run(SMALLEST + "".join(f"  {line}\n" for line in spec)).outputs
    varying = ("stream_arn", "stream_label")  # the time of their creation
    for name, value in tables["orders"].items():
        assert (name in varying and value != "") or value == alone[name]
    assert tables["orders"].keys() == alone.keys() - {"iam_policy_documents"}
    assert tables["users"]["table_arn"].endswith(":table/users")


def test_the_record_names_the_provider_unless_it_is_the_classic_one() -> None:
    put("orders")
    (guard,) = of_type(deploy(), GUARD)
    assert guard.inputs["provider"] == "classic-provider-us-east-1"
    (guard,) = of_type(run(SMALLEST), GUARD)
    assert "provider" not in guard.inputs


def test_the_tables_of_an_account_get_its_settings() -> None:
    put("orders")
    put("users", folder="there")
    role = {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/dynamodb"}
    found = deploy(
        ["tables", {"path": "there", "account": ACCOUNT}],
        **{
            "aws:profile": "shared",
            "aws:maxRetries": "3",
            f"{PROJECT}:providers": {ACCOUNT: {"assumeRoles": [role], "region": "eu-west-1"}},
        },
    )
    assert found.error is None
    here, there = of_type(found, AWS)
    assert here.inputs == {
        **DEFAULTS,
        "profile": "shared",
        "maxRetries": "3",
        "region": "us-east-1",
    }
    assert (there.name, there.inputs) == (
        f"classic-provider-{ACCOUNT}-eu-west-1",
        {
            **DEFAULTS,
            "profile": "shared",
            "maxRetries": "3",
            "region": "eu-west-1",
            "assumeRoles": json.dumps([role]),
            "allowedAccountIds": json.dumps([ACCOUNT]),
        },
    )


def test_keys_of_an_account_replace_the_stacks_credentials_and_are_secret() -> None:
    put("users")
    keys = {"accessKey": "AKIAEXAMPLE", "secretKey": "s3cr3t"}
    found = deploy(
        {"path": "tables", "account": ACCOUNT},
        **{
            "aws:profile": "shared",
            "aws:assumeRoles": [{"roleArn": f"arn:aws:iam::{ACCOUNT}:role/other"}],
            "aws:defaultTags": {"tags": {"team": "data"}},
            f"{PROJECT}:providers": {ACCOUNT: keys},
        },
    )
    (provider,) = of_type(found, AWS)
    assert provider.inputs.keys() - DEFAULTS == {
        "accessKey", "allowedAccountIds", "defaultTags", "region", "secretKey",
    }  # fmt: skip
    assert "s3cr3t" not in repr(found)


def test_an_unknown_setting_of_a_provider_is_an_error() -> None:
    put("users")
    error = deploy(
        {"path": "tables", "account": ACCOUNT}, **{f"{PROJECT}:providers": {ACCOUNT: {"profil": 1}}}
    ).error
    assert error == (
        f"config providers, account {ACCOUNT}: 'profil' is no setting of the AWS provider; did you "
        "mean 'profile'?"
    )


def test_debug_messages_of_the_sdk_are_dropped_unless_they_are_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(pulumi.log, "debug", sent.append)
    engine.drop_debug_messages({"PLANTON_SDK_DEBUG": "1"})
    pulumi.log.debug("wanted")
    engine.drop_debug_messages({})
    pulumi.log.debug("dropped")
    assert sent == ["wanted"]


def test_a_warning_of_each_manifest_is_logged_with_its_file() -> None:
    put("orders", "ttl:")
    put("users", "ttl:")
    texts = [one.text for one in deploy().messages if one.severity == "warning"]
    assert [text.partition(": warning")[0] for text in texts] == [
        "tables/orders.yaml:8:3",
        "tables/users.yaml:8:3",
    ]


def test_nothing_is_registered_if_one_manifest_is_invalid() -> None:
    put("orders")
    put("users", "tableClas: STANDARD")
    found = deploy()
    assert found.resources == ()
    assert found.error is not None
    assert found.error.startswith("tables/users.yaml:8:3: error[unknown-key]")
