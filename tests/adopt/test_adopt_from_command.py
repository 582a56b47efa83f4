"""`planton adopt --from` writes the manifests of a file, and never shows what is secret in it."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from planton.adopt.sources import MAX_BYTES
from planton.cli.parser import main
from planton.reading.read import read_path
from tests.adopt.printed import MANIFEST, NEXT, REMOVE
from tests.adopt.source_cases import sources
from tests.adopt.states import export, tfstate
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "adopting.md"
SOURCES = ROOT / "tests" / "adopt" / "sources"

TEMPLATE = """\
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      TableName: orders
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
"""
RETAIN = (
    "orders: left out: Resources.Orders.DeletionPolicy (line 4): Retain: write deletionPolicy: "
    "retain into the manifest to keep that\n"
)

Run = Callable[..., "tuple[int, str, str]"]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `planton adopt --from FILE …` in an empty folder: status, output and errors."""
    monkeypatch.chdir(tmp_path)

    def adopt(*arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        try:
            status = main(["adopt", "--from", *arguments])
        except SystemExit as error:
            status = int(str(error.code))
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return adopt


def write(name: str, text: str | bytes) -> str:
    Path(name).write_bytes(text.encode() if isinstance(text, str) else text)
    return name


def state(*names: str, region: str = "eu-west-1") -> bytes:
    return export(
        [
            {
                "urn": f"urn:pulumi:a::b::aws:dynamodb/table:Table::{name}",
                "type": "aws:dynamodb/table:Table",
                "outputs": {
                    "name": name,
                    "region": region,
                    "billingMode": "PAY_PER_REQUEST",
                    "hashKey": "pk",
                    "attributes": [{"name": "pk", "type": "S"}],
                },
            }
            for name in names
        ]
    )


def test_the_manifest_goes_to_standard_output(run: Run) -> None:
    file = write("template.yaml", TEMPLATE)
    assert run(file, "--region", "eu-west-1") == (
        0,
        MANIFEST,
        RETAIN + NEXT.format("orders.yaml") + REMOVE,
    )
    assert run("-", "--parameter", "AWS::Region=eu-west-1", stdin=TEMPLATE.encode()) == (
        0,
        MANIFEST,
        RETAIN + NEXT.format("orders.yaml") + REMOVE,
    )


def test_one_table_goes_to_the_file_that_is_named(run: Run) -> None:
    file = write("template.yaml", TEMPLATE)
    status, text, _ = run(file, "--region", "eu-west-1", "--output", "new/o.yaml")
    assert (status, text) == (0, "")
    assert Path("new/o.yaml").read_text() == MANIFEST
    assert run(file, "--region", "eu-west-1", "--output", "new/o.yaml") == (
        1,
        "",
        "planton: orders: new/o.yaml exists: pass --force to overwrite it\n",
    )
    status, _, _ = run(file, "--region", "eu-west-1", "--output", "new/o.yaml", "--force")
    assert status == 0


def test_a_manifest_can_be_written_without_the_annotation_and_for_v1(run: Run) -> None:
    file = write("template.yaml", TEMPLATE)
    status, text, told = run(file, "--region", "eu-west-1", "--no-import", "--to", "v1")
    assert status == 0
    assert text.startswith('apiVersion: "aws.project-planton.org/v1"\n')
    assert "import" not in text + told


def test_several_tables_go_to_a_folder_and_are_valid(run: Run) -> None:
    file = write("stack.json", state("orders", "customers"))
    assert run(file, "--output", "tables") == (
        0,
        "",
        NEXT.format("tables/NAME.yaml") + REMOVE,
    )
    assert sorted(os.listdir("tables")) == ["customers.yaml", "orders.yaml"]
    assert Path("tables/orders.yaml").read_text() == MANIFEST
    assert read_path("tables/customers.yaml", b"").manifest is not None


def test_several_tables_need_a_folder(run: Run) -> None:
    file = write("stack.json", state("orders", "customers"))
    write("o.yaml", "")
    needs = "planton: stack.json has 2 tables: pass --output with a folder, or name one of them\n"
    assert run(file) == (2, "", needs)
    assert run(file, "--output", "o.yaml", "--force") == (2, "", needs)
    assert Path("o.yaml").read_text() == ""


def test_one_of_several_tables_can_be_named(run: Run) -> None:
    file = write("stack.json", state("orders", "customers"))
    assert run(file, "orders") == (0, MANIFEST, NEXT.format("orders.yaml") + REMOVE)
    assert run(file, "order") == (
        2,
        "",
        "planton: no table 'order' in stack.json: its tables are 'customers', 'orders'\n",
    )


def test_tables_of_one_name_are_written_by_region(run: Run) -> None:
    both = json.loads(state("orders"))
    other = json.loads(state("orders", region="us-east-1"))
    both["deployment"]["resources"] += other["deployment"]["resources"]
    status, _, _ = run(write("stack.json", json.dumps(both)), "--output", "tables")
    assert status == 0
    assert sorted(os.listdir("tables")) == ["orders.eu-west-1.yaml", "orders.us-east-1.yaml"]


def test_a_name_that_aws_cannot_have_is_no_path(run: Run) -> None:
    file = write("stack.json", state("../../escaped", "orders"))
    assert run(file, "--output", "a/b/tables/") == (
        1,
        "",
        "planton: ../../escaped: this is not the name of a table\n"
        + NEXT.format("a/b/tables/NAME.yaml")
        + REMOVE,
    )
    assert not list(Path().rglob("escaped*"))


def test_a_table_without_a_name_does_not_stop_the_others(run: Run) -> None:
    template = TEMPLATE + "  T: {Type: AWS::DynamoDB::Table}\n"
    status, text, told = run(write("t.yaml", template), "--region", "eu-west-1")
    assert (status, text) == (1, MANIFEST)
    assert told == (
        RETAIN
        + NEXT.format("orders.yaml")
        + REMOVE
        + "t.yaml:10:3: error[incomplete-table]: it is required\n"
        "   10 |   T: {Type: AWS::DynamoDB::Table}\n"
        "      |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  Resources.T.Properties.AttributeDefinitions\n"
    )
    status, text, told = run("t.yaml", "orders", "--region", "eu-west-1")
    assert (status, text, told) == (0, MANIFEST, RETAIN + NEXT.format("orders.yaml") + REMOVE)
    status, _, told = run("t.yaml", "T", "--region", "eu-west-1")
    assert (status, told) == (2, "planton: no table 'T' in t.yaml: its tables are 'orders'\n")


def test_a_file_without_a_table_to_write_says_so(run: Run) -> None:
    template = "Resources: {T: {Type: AWS::DynamoDB::Table}}\n"
    status, text, told = run(write("t.yaml", template))
    assert (status, text) == (1, "")
    assert told.startswith("t.yaml:1:1: error[incomplete-table]: it is required\n")
    status, _, told = run("t.yaml", "orders")
    assert (status, told) == (2, "planton: no table 'orders' in t.yaml\n")


def test_a_manifest_without_a_region_is_written_and_not_valid(run: Run) -> None:
    status, text, told = run(write("t.yaml", TEMPLATE))
    assert status == 1
    assert text == MANIFEST.replace('  region: "eu-west-1"\n', "")
    assert (
        "orders: left out: region: the stack's region is not in the template: give --parameter "
        "AWS::Region=REGION\n"
    ) in told
    assert "error[missing]: region is required in v1alpha1" in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere.yaml"], "nowhere.yaml: error[unreadable]: the file cannot be read: No such file"
         " or directory\n  help: relative paths start at the working directory\n"),
        (["."], ".: error[unreadable]: the file cannot be read: Is a directory\n"
         "  help: relative paths start at the working directory\n"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why(run: Run, arguments: list[str], told: str) -> None:
    assert run(*arguments) == (1, "", told)


def test_an_empty_standard_input_says_so(run: Run) -> None:
    status, _, told = run("-")
    assert status == 1
    assert told.startswith("<stdin>: error[unknown-source]: expected a CloudFormation")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--all", "--output", "x"], "argument --all: not with --from, which reads no account"),
        (["--match", "x"], "argument --match: not with --from, which reads no account"),
        (["--profile", "x"], "argument --profile: not with --from, which reads no account"),
        (
            ["--endpoint-url", "x"],
            "argument --endpoint-url: not with --from, which reads no account",
        ),
        (["--parameter", "x"], "argument --parameter: expected KEY=VALUE"),
        (["--parameter", "=x"], "argument --parameter: expected KEY=VALUE"),
        (
            ["--parameter", "a=1", "--parameter", "a=2"],
            "argument --parameter: two values for a",
        ),
        (
            ["--region", "eu-west-1", "--parameter", "AWS::Region=us-east-1"],
            "argument --parameter: two values for AWS::Region",
        ),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    run: Run, arguments: list[str], told: str
) -> None:
    status, _, error = run(write("t.yaml", TEMPLATE), *arguments)
    assert status == 2
    assert error.endswith(f"planton adopt: error: {told}\n")


def test_a_parameter_without_a_template_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["adopt", "orders", "--parameter", "a=b"])
    told = capsys.readouterr().err
    assert told.endswith("planton adopt: error: argument --parameter: only with --from\n")


@pytest.mark.parametrize("source", sources(), ids=lambda path: path.name)
def test_no_secret_of_a_file_is_printed_or_written(run: Run, source: Path) -> None:
    _, text, told = run(str(source), "--output", "tables")
    written = [path.read_text() for path in Path().rglob("*.yaml")]
    assert "hunter2" not in "".join([text, told, *written])


def test_a_state_that_is_cut_off_shows_nothing_of_it(run: Run) -> None:
    whole = (SOURCES / "modules.tfstate").read_bytes()
    for end in range(1, len(whole), 997):
        status, text, told = run("-", stdin=whole[:end])
        assert (status, text) == (1, "")
        assert "hunter2" not in told


def test_a_name_with_control_characters_is_escaped(run: Run) -> None:
    _, text, told = run("-", stdin=state("\x1b[31morders"))
    assert "\x1b" not in text + told


def test_boto3_and_pulumi_are_not_imported() -> None:
    code = (
        "import sys; from planton.cli.parser import main; "
        "main(['adopt', '--from', *sys.argv[1:]]); "
        "print(sorted({'boto3', 'botocore', 'pulumi', 'moto'} & set(sys.modules)))"
    )
    file = SOURCES / "modules.tfstate"
    done = subprocess.run(
        [sys.executable, "-c", code, file, "shard-0"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert done.stdout.endswith('    keyType: "HASH"\n[]\n')


@pytest.mark.parametrize("line", re.findall(r"^planton adopt --from.*", PAGE.read_text(), re.M))
def test_every_command_of_the_page_works(run: Run, line: str) -> None:
    write("template.yaml", f"Parameters: {{Stage: {{Type: String}}}}\n{TEMPLATE}")
    write("stack.json", state("orders", "customers"))
    shutil.copy(SOURCES / "modules.tfstate", "terraform.tfstate")
    status, _, told = run(*shlex.split(line)[3:])
    assert status == 0
    assert "next:\n" in told


def test_the_largest_file_is_read_from_standard_input_too(run: Run) -> None:
    status, _, told = run("-", stdin=b" " * (MAX_BYTES + 2))
    assert status == 1
    assert told.startswith("<stdin>: error[too-large]: the file must have at most 104,857,600")


def test_a_large_state_is_read_from_a_file(run: Run) -> None:
    filler = [{"mode": "managed", "type": "x", "name": "y" * 1000, "instances": []}] * 2000
    table = json.loads((SOURCES / "modules.tfstate").read_text())["resources"]
    file = write("large.tfstate", tfstate([*filler, *table]))
    assert Path(file).stat().st_size > 2 << 20
    status, _, _ = run(file, "shard-0")
    assert status == 0
