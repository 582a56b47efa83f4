"""`planton adopt` against moto's server, and against endpoints that misbehave."""

from __future__ import annotations

import importlib.util
import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from planton.adopt.found import FoundTable, LeftOut
from planton.adopt.manifest import WrittenManifest
from planton.cli import adopt as command
from planton.cli.adopted import remarks
from planton.cli.parser import main
from planton.cli.progress import Progress
from planton.manifest.enums import BillingMode
from tests.adopt import printed
from tests.adopt.endpoint import Answer, client, endpoint, moto_server, refusal
from tests.adopt.printed import NEXT, REMOVE
from tests.conftest import ROOT

pytestmark = pytest.mark.usefixtures("aws_config")

PAGE = ROOT / "docs" / "adopting.md"
REGION = "eu-west-1"
KEY = [{"AttributeName": "pk", "KeyType": "HASH"}]
PLAIN = {
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "KeySchema": KEY,
    "BillingMode": "PAY_PER_REQUEST",
}
MANIFEST = (
    printed.MANIFEST
    + """\
  tags:
    team: "shop"
"""
)


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """A server with the tables `orders`, `orders-archive` and `crowded`, whose tags are too many
    for a manifest."""
    with moto_server() as url:
        dynamodb = client("dynamodb", url, REGION)
        shop = [{"Key": "team", "Value": "shop"}]
        dynamodb.create_table(TableName="orders", Tags=shop, **PLAIN)
        dynamodb.create_table(TableName="orders-archive", **PLAIN)
        many = [{"Key": f"t{i}", "Value": "x"} for i in range(50)]
        dynamodb.create_table(TableName="crowded", Tags=many, **PLAIN)
        yield url


class Run:
    """Runs the command against an endpoint: its status, and what it prints."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str, url: str, region: str = REGION) -> tuple[int, str, str]:
        place = ["--region", region, "--endpoint-url", url]
        status = main(["adopt", *arguments, *place])
        return (status, *self._capsys.readouterr())


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """In an empty folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Run(capsys)


# One table


def test_the_manifest_is_printed_and_the_next_steps_beside_it(run: Run, moto: str) -> None:
    assert run("orders", url=moto) == (0, MANIFEST, NEXT.format("orders.yaml") + REMOVE)


def test_without_the_import_there_is_no_annotation(run: Run, moto: str) -> None:
    status, text, told = run("orders", "--no-import", url=moto)

    lines = MANIFEST.splitlines(keepends=True)
    assert (status, text) == (0, "".join([*lines[:4], *lines[6:]]))
    assert told == NEXT.format("orders.yaml")


@pytest.mark.parametrize(("to", "tags"), [("v1", False), ("v1alpha1", False), (None, True)])
def test_another_version_has_only_its_own_fields(
    to: str | None, tags: bool, run: Run, moto: str
) -> None:
    _, text, _ = run("orders", *(["--to", to] if to else []), url=moto)

    written = yaml.safe_load(text)
    family = "aws.project-planton.org/v1" if to == "v1" else "aws.planton.dev/v1alpha1"
    assert written["apiVersion"] == family
    assert ("tags" in written["spec"]) is tags
    extensions = written["metadata"]["annotations"].get("dynamodb.project-planton.org/extensions")
    assert extensions == (None if tags else 'tags:\n  team: "shop"\n')


@pytest.mark.parametrize(
    ("output", "file"),
    [("table.yaml", "table.yaml"), ("new/", "new/orders.yaml"), (".", "./orders.yaml")],
)
def test_the_output_is_a_file_or_a_folder_and_valid(
    output: str, file: str, run: Run, moto: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("orders", "--output", output, url=moto) == (0, "", NEXT.format(file) + REMOVE)

    assert Path(file).read_text(encoding="utf-8") == MANIFEST
    assert main(["validate", file]) == 0
    capsys.readouterr()


def test_an_existing_file_is_kept_without_force(run: Run, moto: str) -> None:
    Path("mine.yaml").write_text("mine")

    assert run("orders", "--output", "mine.yaml", url=moto) == (
        1,
        "",
        "planton: orders: mine.yaml exists: pass --force to overwrite it\n",
    )
    assert Path("mine.yaml").read_text() == "mine"

    assert run("orders", "--output", "mine.yaml", "--force", url=moto)[0] == 0
    assert Path("mine.yaml").read_text(encoding="utf-8") == MANIFEST


def test_a_file_that_cannot_be_written_is_named(run: Run, moto: str) -> None:
    Path("file").write_text("")

    status, _, told = run("orders", "--output", "file/x.yaml", url=moto)

    assert status == 1
    assert told.startswith("planton: orders: file/x.yaml cannot be written: ")


def test_a_table_that_no_valid_manifest_has_is_written_all_the_same(run: Run, moto: str) -> None:
    status, text, told = run("crowded", url=moto)

    assert status == 1
    assert len(yaml.safe_load(text)["spec"]["tags"]) == 50
    assert told.startswith(
        "crowded: the manifest is written, but not valid:\n"
        "crowded.yaml:17:5: error[too-many-tags]: at most 50 tags are allowed, got 52"
    )


def test_a_missing_table_is_named(run: Run, moto: str) -> None:
    assert run("nope", url=moto) == (1, "", f"planton: nope: there is no such table in {REGION}\n")


def test_a_refused_request_is_named(run: Run) -> None:
    with endpoint(lambda *_: refusal("AccessDeniedException")) as url:
        status, text, told = run("orders", url=url)

    assert (status, text) == (1, "")
    assert told == (
        "planton: orders: it could not be read: the permission dynamodb:DescribeTable is missing\n"
    )


def test_expired_credentials_are_named(run: Run) -> None:
    with endpoint(lambda *_: refusal("ExpiredTokenException", "secret")) as url:
        status, _, told = run("orders", url=url)

    assert status == 1
    assert told == (
        "planton: AWS does not accept the credentials (ExpiredTokenException): renew them\n"
    )


@pytest.mark.parametrize("line", re.findall(r"^planton adopt (?!--from).*", PAGE.read_text(), re.M))
def test_every_command_of_the_page_works(line: str, run: Run, moto: str, aws_config: Path) -> None:
    keys = "aws_access_key_id = x\naws_secret_access_key = x\n"
    aws_config.write_text(f"[profile prod]\n{keys}")

    status, _, told = run(*shlex.split(line)[2:], url=moto)

    assert told.endswith(REMOVE)
    # One of all tables has too many tags.
    assert status == ("--all" in line and "--match" not in line)


# All tables


def test_all_tables_are_written_and_an_invalid_one_shows_in_the_status(run: Run, moto: str) -> None:
    status, text, told = run("--all", "--output", "out", url=moto)

    assert (status, text) == (1, "")
    assert sorted(path.name for path in Path("out").iterdir()) == [
        "crowded.yaml",
        "orders-archive.yaml",
        "orders.yaml",
    ]
    assert Path("out/orders.yaml").read_text(encoding="utf-8") == MANIFEST
    assert told.startswith("crowded: the manifest is written, but not valid:\n")
    assert told.endswith("3 manifests written to out\n" + NEXT.format("out/NAME.yaml") + REMOVE)


def test_a_failure_is_named_and_the_others_are_written(run: Run, moto: str) -> None:
    Path("out").mkdir()
    Path("out/orders.yaml").write_text("mine")

    status, text, told = run("--all", "--match", "orders*", "--output", "out", url=moto)

    assert (status, text) == (1, "")
    assert told == (
        "1 manifest written to out\n"
        "1 failed:\n"
        "  orders: out/orders.yaml exists: pass --force to overwrite it\n"
        + NEXT.format("out/NAME.yaml")
        + REMOVE
    )
    assert Path("out/orders.yaml").read_text() == "mine"
    assert Path("out/orders-archive.yaml").exists()


def test_without_a_success_there_are_no_next_steps(run: Run, moto: str) -> None:
    Path("out").write_text("a file")

    status, _, told = run("--all", "--match", "orders", "--output", "out", url=moto)

    assert status == 1
    assert told.startswith(
        "0 manifests written to out\n1 failed:\n  orders: out/orders.yaml cannot"
    )
    assert "next" not in told


@pytest.mark.parametrize(
    ("region", "match", "message"),
    [
        (REGION, "nothing-*", f"no table matches 'nothing-*' in {REGION}"),
        ("eu-north-1", "*", "there are no tables in eu-north-1"),
    ],
)
def test_no_table_to_write_is_wrong_usage(
    region: str, match: str, message: str, run: Run, moto: str
) -> None:
    result = run("--all", "--match", match, "--output", "out", url=moto, region=region)

    assert result == (2, "", f"planton: {message}\n")
    assert not Path("out").exists()


def test_listing_that_is_not_allowed_is_named(run: Run) -> None:
    with endpoint(lambda *_: refusal("AccessDeniedException")) as url:
        status, _, told = run("--all", "--output", "out", url=url)

    assert status == 1
    assert told == (
        "planton: it could not be read: the permission dynamodb:ListTables is missing\n"
    )


def test_names_that_are_no_names_of_tables_stay_out_of_paths(run: Run) -> None:
    def answer(operation: str, _: Any) -> Answer:
        if operation == "ListTables":
            return 200, {"TableNames": ["../../x", "\x1b[2Jx", "orders"]}
        return refusal("ResourceNotFoundException")

    with endpoint(answer) as url:
        status, _, told = run("--all", "--output", "out", url=url)

    assert status == 1
    assert told == (
        "0 manifests written to out\n"
        "3 failed:\n"
        "  \\x1b[2Jx: this is not the name of a table\n"
        "  ../../x: this is not the name of a table\n"
        f"  orders: there is no such table in {REGION}\n"
    )
    assert not Path("out").exists()


def test_expired_credentials_end_all_tables(run: Run) -> None:
    asked = []

    def answer(operation: str, _: Any) -> Answer:
        asked.append(operation)
        if operation == "ListTables":
            return 200, {"TableNames": [f"orders-{i}" for i in range(1000)]}
        return refusal("ExpiredTokenException")

    with endpoint(answer) as url:
        status, _, told = run("--all", "--output", "out", url=url)

    assert status == 1
    assert told == (
        "planton: AWS does not accept the credentials (ExpiredTokenException): renew them\n"
    )
    assert len(asked) < 200  # the tables that are waiting are not read


@pytest.mark.parametrize(("matching", "targets"), [(1, 1), (6, 1), (2, 2)])
def test_few_tables_of_many_are_asked_for_their_scaling_one_by_one(
    matching: int, targets: int, run: Run
) -> None:
    """Of 12 tables, fewer than a fifth, or one: then either way takes one request."""
    asked: list[Any] = []

    def answer(operation: str, parameters: Any) -> Answer:
        if operation == "ListTables":
            return 200, {"TableNames": [f"t-{i:02}" for i in range(12)]}
        if operation == "DescribeScalableTargets":
            asked.append(parameters)
            return 200, {"ScalableTargets": []}
        if operation.startswith(("DescribeScal", "DescribeSched")):
            return 200, {}
        if operation == "DescribeTable":
            name = parameters["TableName"]
            described = {"TableName": name, "TableStatus": "ACTIVE", "TableArn": f"table/{name}"}
            return 200, {"Table": {**PLAIN, **described, "BillingModeSummary": PLAIN}}
        return refusal("AccessDeniedException")

    pattern = f"t-0[0-{matching - 1}]"
    with endpoint(answer) as url:
        status, _, _ = run("--all", "--match", pattern, "--output", "out", url=url)

    assert status == 0
    assert len(list(Path("out").iterdir())) == matching
    assert len(asked) == targets


# Wrong usage


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name a table, or pass --all"),
        (["orders", "--all", "--output", "x"], "name a table, or pass --all"),
        (["orders", "--match", "x"], "argument --match: only with --all"),
        (["--all"], "argument --output: required with --all"),
        (["orders", "--output", ""], "argument --output: the path is empty"),
        (["--from", "x.yaml", "--output", ""], "argument --output: the path is empty"),
    ],
)
def test_wrong_usage_is_named(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["adopt", *arguments])

    assert ended.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", "ab", "a/b", "arn:aws:dynamodb:x", "x" * 256, "a\nb"])
def test_an_invalid_name_of_a_table_is_refused(name: str, run: Run) -> None:
    if not name:
        with pytest.raises(SystemExit):
            main(["adopt", name])
        return
    status, text, told = run(name, url="http://127.0.0.1:1")

    assert (status, text) == (2, "")
    assert told.endswith("is not the name of a table\n")


def test_a_region_is_required(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["adopt", "orders"]) == 2
    assert capsys.readouterr().err == (
        "planton: no region is set: pass --region, or set AWS_REGION\n"
    )


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_region_may_be_that_of_the_environment(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, "Frankfurt")

    assert main(["adopt", "orders"]) == 2
    assert capsys.readouterr().err == (
        "planton: 'Frankfurt' is not the name of an AWS region such as 'eu-central-1'\n"
    )


def test_without_boto3_the_command_to_install_it_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("planton.cli.adopt_options.find_spec", lambda _: None)

    assert main(["adopt", "orders"]) == 2
    assert capsys.readouterr().err == "planton: this needs boto3: pip install '.[adopt]'\n"
    assert importlib.util.find_spec("boto3")


def test_an_interruption_ends_it_without_a_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "AwsClient", interrupt)

    assert run("orders", url="http://127.0.0.1:1") == (
        130,
        "",
        "planton: interrupted; the manifests that are written are complete\n",
    )


# Global tables and progress


def test_a_global_table_is_adopted_in_one_region_only(run: Run) -> None:
    def answer(operation: str, parameters: Any) -> Answer:
        if operation != "DescribeTable":
            return refusal("AccessDeniedException")
        described = {"TableName": "orders", "TableStatus": "ACTIVE", "TableArn": "arn"}
        stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        replicas = [{"RegionName": "us-east-1", "ReplicaStatus": "ACTIVE"}]
        more = {"StreamSpecification": stream, "Replicas": replicas, "BillingModeSummary": PLAIN}
        return 200, {"Table": {**PLAIN, **described, **more}}

    with endpoint(answer) as url:
        status, text, told = run("orders", url=url)

    assert status == 0
    assert yaml.safe_load(text)["spec"]["replicas"] == [{"regionName": "us-east-1"}]
    assert (
        "orders: a global table with replicas in us-east-1: adopt it in one region only, its "
        "manifest covers all of them\n"
    ) in told


def test_what_is_left_out_is_shown_without_control_characters() -> None:
    found = FoundTable("orders", BillingMode.PAY_PER_REQUEST, (), ())
    left_out = (LeftOut("tags", "open \x1b[2J"), LeftOut("ttl", "open", line=7))

    assert list(remarks(found, WrittenManifest("", left_out, notes=("a note",)))) == [
        "orders: left out: tags: open \\x1b[2J",
        "orders: left out: ttl (line 7): open",
        "orders: a note",
    ]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal() -> None:
    terminal, file = Terminal(), io.StringIO()

    for stream in (terminal, file):
        progress = Progress(stream, 1_000, "tables")
        progress.show(500)
        progress.show(1_000)
        progress.clear()

    assert terminal.getvalue().split("\r\x1b[K") == [
        "",
        f"[{'#' * 15}{'.' * 15}] 500 of 1,000 tables",
        f"[{'#' * 30}] 1,000 of 1,000 tables",
        "",
    ]
    assert file.getvalue() == ""
