"""The content of a file tells its kind, and what cannot be read is said with its place."""

from __future__ import annotations

import json

import pytest

from planton.adopt.sources import MAX_BYTES, read_source
from planton.diagnostics.diagnostic import ManifestError, render

KINDS = (
    "a CloudFormation or SAM template, terraform.tfstate, `terraform show -json`, or "
    "`pulumi stack export`"
)
TABLE = """\
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: orders
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
"""


def refused(content: str | bytes, **parameters: str) -> str:
    data = content.encode() if isinstance(content, str) else content
    with pytest.raises(ManifestError) as raised:
        read_source("file", data, parameters)
    return render(raised.value.diagnostics)


def unknown(help: str) -> str:
    return f"file: error[unknown-source]: expected {KINDS}\n  help: {help}"


ONE_DOCUMENT = "a template has its resources under Resources, in one document"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("", unknown("the file is empty"), id="empty"),
        pytest.param("# nothing\n", unknown("the file is empty"), id="comments"),
        pytest.param("kind: Table\n", unknown(ONE_DOCUMENT), id="YAML of another kind"),
        pytest.param("Resources: [1]\n", unknown(ONE_DOCUMENT), id="a list of resources"),
        pytest.param("- Resources\n", unknown(ONE_DOCUMENT), id="a list"),
        pytest.param("[1, 2]", unknown(ONE_DOCUMENT), id="a list in JSON"),
        pytest.param("{}", unknown(ONE_DOCUMENT), id="an empty object"),
        pytest.param('{"version": 4}', unknown(ONE_DOCUMENT), id="a version of something else"),
        pytest.param(f"{TABLE}---\n{TABLE}", unknown(ONE_DOCUMENT), id="two documents"),
        pytest.param(
            '{"TemplateBody": {}}',
            unknown(
                "write the template alone: aws cloudformation get-template … --query TemplateBody"
                " --output text"
            ),
            id="the output of get-template",
        ),
        pytest.param(
            '{"Table": {}}',
            unknown("planton adopt TABLE --region REGION reads an existing table itself"),
            id="the output of describe-table",
        ),
        pytest.param(
            'resource "aws_dynamodb_table" "orders" {\n}\n',
            "file: error[unknown-source]: a configuration of Terraform does not have the values of"
            " its tables\n  help: run `terraform show -json > state.json` and read that file",
            id="a configuration of Terraform",
        ),
        pytest.param(
            '{"version": 3, "terraform_version": "0.11.0", "modules": []}',
            "file: error[unknown-source]: the state has version '3', which is not 4\n  help: run "
            "`terraform show -json > state.json` with a current Terraform and read that file",
            id="a state of Terraform 0.11",
        ),
        pytest.param(
            '{"encrypted_data": "hunter2", "encryption_version": "v0"}',
            "file: error[unknown-source]: the state is encrypted\n"
            "  help: run `tofu show -json > state.json` and read that file",
            id="an encrypted state",
        ),
        pytest.param(
            '{"format_version": "1.2", "planned_values": {}}',
            "file: error[unknown-source]: this is a plan, whose tables may not exist yet\n  help: "
            "run `terraform show -json > state.json` without a plan file and read that file",
            id="a plan of Terraform",
        ),
        pytest.param(
            '{"version": 3, "checkpoint": {"latest": {}}}',
            "file: error[unknown-source]: this is the file in which Pulumi's backend keeps the "
            "stack\n  help: run `pulumi stack export > stack.json` and read that file",
            id="a file of Pulumi's backend",
        ),
        pytest.param(
            '{"version": 2, "deployment": {}}',
            "file: error[unknown-source]: the stack has version '2', which is not 3 or 4\n  help: "
            "run `pulumi stack export > stack.json` with Pulumi 3 and read that file",
            id="a stack of Pulumi 2",
        ),
        pytest.param(
            '{"version": 4,\n "secret": "hunter2',
            "file:2:12: error[json-syntax]: the file begins like JSON, but is not: Unterminated "
            "string starting at\n  help: write the file again with the command that it came from",
            id="JSON that is cut off",
        ),
        pytest.param(
            '{"version": ' + "9" * 5000 + "}",
            "file: error[json-syntax]: a number has too many digits",
            id="a number without end",
        ),
        pytest.param(
            '{"a":' * 100_000,
            "file: error[too-deep]: the file is nested too deep\n"
            "  help: check that this is the right file",
            id="JSON that is nested too deep",
        ),
        pytest.param(
            "Resources: " + "[" * 200,
            "file:1:111: error[too-deep]: the document is nested more than 100 levels deep\n"
            f"    1 | …{'[' * 100}…\n"
            "      |                                                    ^",
            id="YAML that is nested too deep",
        ),
        pytest.param(
            'Warning: hunter2\n{"version": 4}\n',
            "file:2:1: error[yaml-syntax]: a line that is neither 'key: value' nor part of the "
            "value before it\n  help: put ': ' after the key, or indent the line if it continues a "
            "value",
            id="a state below a warning",
        ),
        pytest.param(
            "Resources:\n  A: !Secret x\n",
            "file:2:6: error[yaml-tag]: a YAML tag ('!…') is not supported\n"
            "    2 |   A: !Secret x\n      |      ^^^^^^^^^\n  help: remove the tag",
            id="an unknown tag",
        ),
        pytest.param(
            "Resources:\n  Vpc: {Type: AWS::EC2::VPC}\n",
            "file: error[no-table]: the file has no DynamoDB table\n  help: the template: "
            "resources of these types are not read: AWS::EC2::VPC (1)",
            id="a template without a table",
        ),
        pytest.param(
            "Resources: {}\n#" + "x" * 1_000_000,
            "file: error[too-large]: a template must have at most 1,000,000 characters, got "
            f"1,000,015\n  help: expected {KINDS}",
            id="a template that is too large",
        ),
        pytest.param(
            '{"format_version": "1.0"}',
            "file: error[no-table]: the file has no DynamoDB table",
            id="a state without resources",
        ),
        pytest.param(
            '{"version": 3, "deployment": {}}',
            "file: error[no-table]: the file has no DynamoDB table",
            id="a stack without resources",
        ),
        pytest.param(
            "Resources: {}\n".encode("utf-16"),
            "file: error[not-utf-8]: the file is not UTF-8 (it looks like UTF-16): line 1 contains "
            "the byte 0xff\n  help: save the file as UTF-8",
            id="UTF-16",
        ),
        pytest.param(
            b"\x7fELF\x00\x01",
            "file:1:1: error[yaml-syntax]: the character U+007F is not allowed in YAML\n"
            "  help: remove it, or write it as an escape inside double quotes",
            id="binary",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: str | bytes, message: str) -> None:
    assert refused(content) == message


def test_a_file_larger_than_any_state_is_refused_unread() -> None:
    assert refused(b" " * (MAX_BYTES + 1)) == (
        "file: error[too-large]: the file must have at most 104,857,600 bytes (100 MiB), got "
        f"104,857,601\n  help: check that this is the right file: it should be {KINDS}"
    )


def test_a_byte_order_mark_and_space_before_the_json_are_skipped() -> None:
    table = json.dumps({"Resources": {"A": {"Type": "AWS::DynamoDB::Table"}}})
    found = read_source("file", f"\ufeff\n {table}".encode(), {})
    assert [one.path for one in found.diagnostics] == [
        "Resources.A.Properties.AttributeDefinitions"
    ]


@pytest.mark.parametrize(
    ("content", "help"),
    [
        (f"Parameters: {{TableName: {{Type: String}}}}\n{TABLE}", "did you mean 'TableName'?"),
        (f"Parameters: {{B: {{}}, A: {{}}}}\n{TABLE}", "its parameters are A, B"),
        (TABLE, "it has no parameters"),
    ],
)
def test_a_parameter_that_nothing_uses_is_refused(content: str, help: str) -> None:
    assert refused(content, TabelName="x") == (
        "file: error[unknown-parameter]: nothing that is read of the template uses the parameter "
        f"'TabelName'\n  help: {help}"
    )


def test_a_state_has_no_parameters() -> None:
    assert refused('{"format_version": "1.0"}', Stage="dev") == (
        "file: error[unknown-parameter]: a state has no parameters, got 'Stage'\n"
        "  help: remove --parameter and --region"
    )


def test_a_chain_of_references_without_end_is_refused() -> None:
    chain = "".join(
        f"  T{n}: {{Type: AWS::DynamoDB::Table, Properties: {{TableName: !Ref T{n + 1}}}}}\n"
        for n in range(3000)
    )
    assert refused(f"Resources:\n{chain}") == (
        "file: error[too-deep]: the file is nested too deep\n"
        "  help: check that this is the right file"
    )
