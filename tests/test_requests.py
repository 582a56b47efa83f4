"""Requests to a Kratix platform, with the field names of a request. Cases: `requests/`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_origin

import pytest

from planton.cli.diff import diff_command
from planton.diagnostics.diagnostic import Source
from planton.dialects.not_in_request import NOT_IN_REQUEST as REFUSED
from planton.dialects.request_field import RequestFields
from planton.dialects.request_fields import SPEC
from planton.manifest.shape import bare, fields, model
from planton.manifest.spec import Spec
from planton.reading.read import read
from tests.corpus import REQUESTS, case_id, cases, code, examine, expected_text, text
from tools.docs import NOT_IN_REQUEST, REQUEST_FIELDS
from tools.request_fields import module, refused_module

ACCEPT, REJECT = REQUESTS["accept"], REQUESTS["reject"]
refused = pytest.mark.parametrize("case", cases(REJECT), ids=case_id)
accepted = pytest.mark.parametrize("case", cases(ACCEPT), ids=case_id)


@refused
def test_a_refused_request_has_only_the_code_of_its_folder(case: Path) -> None:
    manifest, found = examine(case)

    assert manifest is None
    assert {(diagnostic.code, diagnostic.severity) for diagnostic in found} == {
        (code(case), "error")
    }
    assert text(found) == expected_text(case)


@accepted
def test_an_accepted_request_has_no_findings(case: Path) -> None:
    manifest, found = examine(case)

    assert manifest is not None
    assert text(found) == expected_text(case) == ""


@refused
def test_messages_about_a_request_use_the_names_of_its_fields(case: Path) -> None:
    shown = [line for line in expected_text(case).splitlines() if " | " not in line]
    quoted = case.read_text(encoding="utf-8")
    ours = [word for word in _renamed(SPEC) if any(word in line for line in shown)]

    assert [word for word in ours if word not in quoted] == []


def _renamed(names: RequestFields) -> dict[str, str]:
    """The fields that have another name in a request than in a manifest."""
    found = {field.today: name for name, field in names.items() if field.today != name}
    return found | {k: v for f in names.values() if f.below for k, v in _renamed(f.below).items()}


def test_the_fields_of_a_request_are_those_of_the_models() -> None:
    assert REQUEST_FIELDS.read_text(encoding="utf-8") == module(), "run ./dev docs"
    assert NOT_IN_REQUEST.read_text(encoding="utf-8") == refused_module(), "run ./dev docs"


def _places(names: RequestFields, path: str = "spec") -> set[str]:
    """The fields of a request by today's names."""
    found = {f"{path}.{field.today}" for field in names.values()}
    for field in names.values():
        found |= _places(field.below or {}, f"{path}.{field.today}")
    return found


def _of_a_manifest(of: Any = Spec, path: str = "spec") -> set[str]:
    found = {f"{path}.{name}" for name in fields(of)}
    for name, info in fields(of).items():
        found |= _of_a_manifest(model(info.annotation), f"{path}.{name}")
    return found


def test_every_field_of_a_manifest_is_in_a_request_or_refused_with_a_reason() -> None:
    taken = _places(SPEC)
    refused = {f"{path}.{name}": why for path in REFUSED for name, why in REFUSED[path].items()}
    below = {
        place for place in _of_a_manifest() for block in refused if place.startswith(f"{block}.")
    }

    assert taken & refused.keys() == set()
    assert taken | refused.keys() | below == _of_a_manifest()
    assert all(reason and "{" not in reason for reason, _ in refused.values())


_FRAME = """\
apiVersion: dynamodb.kratix.io/v1alpha1
kind: DynamoDBRequest
metadata: {name: orders}
spec:
  name: orders
  region: eu-west-1
"""
_LISTS = {name for name, info in fields(Spec).items() if get_origin(bare(info.annotation)) is list}


@pytest.mark.parametrize("block", REFUSED)
def test_a_field_that_no_request_has_is_reported_with_the_reason(block: str) -> None:
    names, text, indent = SPEC, _FRAME, "  "
    for part in block.split(".")[1:]:
        names = next(field.below or {} for field in names.values() if field.today == part)
        text += f"{indent}{part}:\n"
        indent += "  "
        if part in _LISTS:
            text += f"{indent}- name: by-owner\n"
            indent += "  "
    text += "".join(f"{indent}{name}: {{}}\n" for name in REFUSED[block])
    found = {d.message: d.help for d in read(Source("x.yaml", text)).diagnostics}
    expected = {
        f"a request has no '{name}': {reason}": help or "remove it"
        for name, (reason, help) in REFUSED[block].items()
        if name != "rangeKey"  # the help for keys of other tools says what to write
    }

    assert expected.items() <= found.items()


def test_a_warning_about_an_alias_says_what_the_ack_controller_does() -> None:
    text = (ACCEPT / "replica-key" / "it.yaml").read_text(encoding="utf-8")
    found = read(Source("x.yaml", text.replace("key/1a2b", "alias/orders"))).diagnostics
    message = (
        "AWS answers with the ARN of the key instead of the alias: the ACK controller would set "
        "the key again and again"
    )

    assert {(d.path, d.code, d.message) for d in found} == {
        ("spec.serverSideEncryption.kmsKeyArn", "kms-key-alias", message),
        ("spec.replicas[0].kmsKeyArn", "kms-key-alias", message),
    }


_OWN = "arn:aws:dynamodb:eu-central-1:111122223333:table/orders"


@pytest.mark.parametrize(
    ("resource", "applies_to"),
    [
        (_OWN, ""),
        (f"{_OWN}/index/by-owner", ""),
        ("arn:aws:dynamodb:*:*:table/ord?rs/*", ""),
        ("*", ""),
        (_OWN.replace("eu-central-1", "eu-west-1"), "region 'eu-central-1'"),
        (_OWN.replace("orders", "order"), "table 'orders'"),
        (_OWN.replace("orders", "[orders]*"), "table 'orders'"),
        (
            "arn:aws:dynamodb:eu-west-*:*:table/orders-test/*",
            "region 'eu-central-1' and table 'orders'",
        ),
    ],
)
def test_an_arn_of_another_table_in_a_policy_is_a_warning(resource: str, applies_to: str) -> None:
    text = (ACCEPT / "resource-policy" / "it.yaml").read_text(encoding="utf-8")
    listed = f"[{_OWN}, {_OWN}/index/by-owner]"
    assert listed in text
    reading = read(Source("x.yaml", text.replace(listed, f"['{resource}']")))
    found = [(d.code, d.message, d.path) for d in reading.diagnostics]
    message = f"the policy applies to {applies_to}, not to '{resource}'"
    place = "spec.resourcePolicy.policy.Statement[0].Resource[0]"

    assert reading.manifest is not None
    assert found == ([("policy-other-table", message, place)] if applies_to else [])


@pytest.mark.parametrize("wrong", ["Statement: none", "Statement: [none]", "Statement: [{Sid: a}]"])
def test_an_invalid_statement_has_no_arn_to_warn_about(wrong: str) -> None:
    text = (ACCEPT / "resource-policy" / "it.yaml").read_text(encoding="utf-8")
    reading = read(Source("x.yaml", f"{text.partition('Statement:')[0]}{wrong}\n"))

    assert {d.code for d in reading.diagnostics} == {"resource-policy"}


def test_an_example_arn_names_nothing_that_is_invalid() -> None:
    policy = (REJECT / "resource-policy" / "placeholder.yaml").read_text(encoding="utf-8")
    invalid = policy.replace("name: orders\n  region", "name: o/\n  region")
    (help,) = {d.help for d in read(Source("x.yaml", invalid)).diagnostics if "arn:" in d.help}

    assert help.startswith("write arn:aws:dynamodb:REGION:ACCOUNT:table/NAME, with the ID of ")


@pytest.mark.parametrize(
    ("region", "arn"),
    [
        ("cn-north-1", "arn:aws-cn:dynamodb:cn-north-1:ACCOUNT:table/orders"),
        ("", "arn:aws:dynamodb:REGION:ACCOUNT:table/orders"),
    ],
)
def test_an_example_arn_has_the_partition_of_the_region(region: str, arn: str) -> None:
    policy = (REJECT / "resource-policy" / "placeholder.yaml").read_text(encoding="utf-8")
    text = policy.replace("eu-central-1", region)
    (help,) = {d.help for d in read(Source("x.yaml", text)).diagnostics if "arn:" in d.help}

    assert help.startswith(f"write {arn}, with the ID of ")


def test_a_manifest_has_every_field_of_a_request() -> None:
    assert {field.today for field in SPEC.values()} - set(fields(Spec)) == set()


def test_commands_that_cannot_deploy_a_request_refuse_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    request = str(cases(REQUESTS["accept"])[0])
    status = diff_command(request, request, b"", "text")

    out, err = capsys.readouterr()
    assert (status, out) == (1, "")
    assert "DynamoDBRequest" in err
