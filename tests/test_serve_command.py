"""`planton rehearse --serve`: the table of a manifest for the tests of an application."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]  # has no types
import pytest
from boto3.dynamodb.conditions import Key  # type: ignore[import-untyped]  # same
from botocore.config import Config  # type: ignore[import-untyped]  # same

from planton.cli.parser import main
from planton.cli.rehearse import print_result
from planton.cli.serve import _signals_that_call
from planton.reading.read import read_path
from planton.rehearsal.program.records import Rehearsal
from planton.rehearsal.program.runner import rehearse
from planton.rehearsal.server.endpoint import Endpoint
from tests.conftest import ROOT

DEMO = ROOT / "hack" / "manifest.yaml"
TABLE = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {name: %s}
spec:
  billingMode: PAY_PER_REQUEST
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
"""


@contextmanager
def started(*arguments: str, cwd: Path = ROOT) -> Iterator[subprocess.Popen[str]]:
    """The command in a separate process, ended by force if the test fails."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "AWS_PROFILE": "of-the-user"}
    with subprocess.Popen(
        [sys.executable, "-m", "planton", "rehearse", *arguments],
        cwd=cwd,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until_ready(process: subprocess.Popen[str]) -> list[str]:
    """The lines up to "ready", or all if the command ends without it."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if lines[-1] == "ready":
            break
    return lines


def exported(lines: list[str]) -> dict[str, str]:
    """The variables for an SDK."""
    pairs = [line.removeprefix("export ") for line in lines if line.startswith("export ")]
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}


def resource(variables: dict[str, str]) -> Any:
    return boto3.Session().resource(
        "dynamodb",
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        region_name=variables["AWS_REGION"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        config=Config(proxies={}, retries={"total_max_attempts": 1}),
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_an_application_gets_the_table_of_its_manifest(number: signal.Signals) -> None:
    with started(str(DEMO), "--serve", "--port", "0") as process:
        lines = read_until_ready(process)
        variables = exported(lines)
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", variables["AWS_ENDPOINT_URL"])
        assert variables == {
            "AWS_ENDPOINT_URL": variables["AWS_ENDPOINT_URL"],
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
        assert lines[-1] == "ready"
        dynamodb = resource(variables)
        orders = dynamodb.Table("orders")
        item = {"customerId": "c", "orderId": "o", "warehouseId": "w", "shipBy": 7, "expiresAt": 9}
        orders.put_item(Item=item)
        assert orders.get_item(Key={"customerId": "c", "orderId": "o"})["Item"] == item
        found = orders.query(
            IndexName="to-ship", KeyConditionExpression=Key("warehouseId").eq("w")
        )["Items"]
        assert [one["orderId"] for one in found] == ["o"]
        assert "expiresAt" not in found[0]  # the index projects neither
        ttl = dynamodb.meta.client.describe_time_to_live(TableName="orders")
        assert ttl["TimeToLiveDescription"] == {
            "TimeToLiveStatus": "ENABLED",
            "AttributeName": "expiresAt",
        }
        process.send_signal(number)
        assert process.wait(10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_ctrl_c_while_a_client_connects_breaks_no_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accept = Endpoint.process_request

    def interrupted(endpoint: Endpoint, *connection: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        accept(endpoint, *connection)

    monkeypatch.setattr(Endpoint, "process_request", interrupted)
    port = free_port()
    seen: list[int] = []

    def connect() -> None:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for _ in range(300):
            try:
                with opener.open(f"http://127.0.0.1:{port}", timeout=5) as response:
                    seen.append(response.status)
                return
            except OSError:
                threading.Event().wait(0.05)

    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    assert main(["rehearse", str(DEMO), "--serve", "--port", str(port)]) == 0
    thread.join(30)
    assert seen == [200]


class Visit:
    """Visits the server of a command that runs in this thread, and ends it."""

    def __init__(self, port: int, see: Callable[[Any], None]) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._see = see
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Visit:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(10)
        if self.failure:
            raise self.failure

    def _run(self) -> None:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for _ in range(600):
            try:
                opener.open(self._url, timeout=5).close()
                break
            except OSError:
                threading.Event().wait(0.05)
        else:
            self.failure = AssertionError("the server did not start")
            return
        try:
            variables = {
                "AWS_ENDPOINT_URL": self._url,
                "AWS_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
            }
            self._see(resource(variables))
        except BaseException as failure:  # raised in the test's thread
            self.failure = failure
        os.kill(os.getpid(), signal.SIGTERM)


def free_port() -> int:
    with Endpoint(0) as endpoint:
        return int(endpoint.server_port)


def names(dynamodb: Any) -> list[str]:
    return [table.name for table in dynamodb.tables.all()]


def test_a_folder_and_files_are_served_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    for name in ("orders", "users"):
        (folder / f"{name}.yaml").write_text(TABLE % name)
    (folder / "other.yaml").write_text("kind: ConfigMap\n")
    alone = tmp_path / "alone.yaml"
    alone.write_text(TABLE % "alone" + "  region: eu-west-1\n")
    port = free_port()
    seen: list[str] = []
    arguments = [str(folder), str(alone), str(alone), "--serve", "--port", str(port)]
    before = signal.getsignal(signal.SIGTERM)
    with Visit(port, lambda dynamodb: seen.extend(names(dynamodb))):
        assert main(["rehearse", *arguments]) == 0
    assert seen == ["orders", "users"]
    assert signal.getsignal(signal.SIGTERM) is before
    out = capsys.readouterr().out
    assert out.endswith(
        f"serving on http://127.0.0.1:{port} until Ctrl-C, for this machine alone\n"
        "  table orders in us-east-1\n"
        "  table users in us-east-1\n"
        "  table alone in eu-west-1\n"
        "\n"
        f"export AWS_ENDPOINT_URL=http://127.0.0.1:{port}\n"
        "export AWS_REGION=us-east-1\n"
        "export AWS_DEFAULT_REGION=us-east-1\n"
        "export AWS_ACCESS_KEY_ID=test\n"
        "export AWS_SECRET_ACCESS_KEY=test\n"
        "ready\n"
    )
    assert out.count("\nresources in account 123456789012, ") == 3
    assert out.count("\nrequests: ") == out.count(", refused: none") == 3


def test_one_refused_manifest_among_others_is_enough_to_serve_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.yaml").write_text(TABLE % "orders")
    (tmp_path / "bad.yaml").write_text((TABLE % "users").replace("billingMode", "bilingMode"))
    assert main(["rehearse", str(tmp_path), "--serve", "--port", "0"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "error[unknown-key]: unknown key 'bilingMode'" in captured.err


def test_a_rehearsal_that_fails_is_not_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in ("first.yaml", "second.yaml"):
        (tmp_path / file).write_text(TABLE % "orders")
    assert main(["rehearse", str(tmp_path), "--serve", "--port", "0"]) == 1
    captured = capsys.readouterr()
    assert "serving on" not in captured.out
    assert f"{tmp_path / 'second.yaml'}: nothing is served: " in captured.err
    assert captured.err.endswith(
        "dynamodb CreateTable: ResourceInUseException: Table already exists: orders\n"
        f"  help: {tmp_path / 'first.yaml'} describes this table, too: name only one of the two "
        "files\n"
    )


def test_a_rehearsal_that_fails_for_another_reason_names_no_other_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failed(*_: Any, **__: Any) -> Rehearsal:
        return replace(rehearse({"STACK_INPUT_YAML_FILE": str(DEMO)}), error="AWS said no")

    monkeypatch.setattr("planton.cli.serve.rehearsed", failed)
    assert main(["rehearse", str(DEMO), "--serve", "--port", "0"]) == 1
    assert capsys.readouterr().err == f"{DEMO}: nothing is served: AWS said no\n"


def test_a_server_in_the_background_goes_on_ignoring_ctrl_c() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with _signals_that_call(lambda: None):
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
            assert callable(signal.getsignal(signal.SIGTERM))
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_refusal_that_repeats_the_manifest_cannot_pass_for_ready(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A script evaluates the lines that begin with "export"."""
    loaded = read_path(str(DEMO), b"")
    result = rehearse({"STACK_INPUT_YAML_FILE": str(DEMO)})
    call = replace(result.calls[0], outcome="refused", code="C", message="a\nready\nexport A=1")
    print_result(replace(result, calls=(call,)), loaded, str(DEMO))
    lines = capsys.readouterr().out.splitlines()
    assert f"  refused      {call.service} {call.operation}: C: a\\nready\\nexport A=1" in lines
    assert not [line for line in lines if line.startswith(("ready", "export"))]


def test_tables_of_several_accounts_are_not_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, account in (("orders", "111122223333"), ("users", "444455556666")):
        block = f"provider_config: {{account_id: '{account}', region: eu-west-1}}\ntarget:\n"
        lines = "".join(f"  {line}\n" for line in (TABLE % name).splitlines())
        (tmp_path / f"{name}.yaml").write_text(block + lines)
    assert main(["rehearse", str(tmp_path), "--serve", "--port", "0"]) == 1
    assert capsys.readouterr().err == (
        "nothing is served: the tables are in the accounts 111122223333 and 444455556666\n"
    )


def test_a_folder_without_a_manifest_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rehearse", str(tmp_path), "--serve", "--port", "0"]) == 1
    assert capsys.readouterr().err == f"{tmp_path}: error[empty]: no manifest found\n"


def test_a_port_in_use_is_reported_before_the_rehearsal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["rehearse", str(DEMO), "--serve", "--port", str(port)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        f"planton: port {port} cannot be used: Address already in use; choose another with --port, "
        "or --port 0 for one that is free\n"
    )


def test_the_second_of_two_servers_that_start_at_once_names_the_port(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def too_late(*_: object) -> None:
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(Endpoint, "listen", too_late)
    assert main(["rehearse", str(DEMO), "--serve", "--port", "0"]) == 2
    captured = capsys.readouterr()
    assert "ready" not in captured.out
    assert re.match(r"planton: port \d+ cannot be used: Address already in use; ", captured.err)


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("| head -1", ""),
        ("> /dev/full", "planton: the output cannot be written: No space left on device\n"),
    ],
    ids=["closed", "full"],
)
def test_an_output_that_cannot_be_written_is_not_blamed_on_the_port(
    output: str, message: str
) -> None:
    script = f'set -o pipefail; "$0" -m planton rehearse "$1" --serve --port 0 {output}'
    done = subprocess.run(
        ["bash", "-c", script, sys.executable, str(DEMO)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, message)


def test_another_error_of_the_system_is_not_taken_for_one_of_the_port(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No such file or directory", "__main__.py")

    monkeypatch.setattr("planton.cli.serve.rehearsed", missing)
    with pytest.raises(FileNotFoundError):
        main(["rehearse", str(DEMO), "--serve", "--port", "0"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "1"], "--port is only allowed with --serve"),
        (["--serve", "--format", "json"], "--serve is only allowed with --format text"),
        ([str(DEMO)], "several manifests are only allowed with --serve"),
        (["--serve", "--port", "65536"], "argument --port: must be an integer from 0 to 65535"),
        (["--serve", "--port=-1"], "argument --port: must be an integer from 0 to 65535"),
        (["--serve", "--port", "９"], "argument --port: must be an integer from 0 to 65535"),
    ],
)
def test_options_that_do_not_fit_are_wrong_usage(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["rehearse", str(DEMO), *arguments])
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(f"planton rehearse: error: {message}\n")
