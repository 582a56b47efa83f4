"""`planton rehearse` in this process: what it prints and how it ends."""

from __future__ import annotations

import contextlib
import io
import json
import signal
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest
import yaml

from planton.cli.parser import main
from planton.rehearsal.program.records import Message, Rehearsal
from planton.rehearsal.program.runner import rehearse

ROOT = Path(__file__).resolve().parent.parent
DEMO = str(ROOT / "hack" / "manifest.yaml")
ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/orders"


def test_the_text_shows_plan_resources_and_outputs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", DEMO]) == 0
    out = capsys.readouterr().out
    assert out.startswith("table orders in the region of the AWS provider\n")
    assert "\nno region is set: using us-east-1\n" in out
    assert "\n  created     aws:dynamodb/table:Table  orders\n" in out
    assert f"\n    to-ship: {ARN}/index/to-ship\n" in out
    assert f"\n  table_arn: {ARN}\n" in out


def test_the_json_shows_whether_the_rehearsal_succeeded(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", DEMO, "--format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["valid"], data["error"], data["assumedRegion"]) == (True, None, True)
    assert data["outputs"]["table_arn"] == ARN


def test_the_yaml_is_the_manifest_with_its_outputs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", DEMO, "--format", "yaml"]) == 0
    out = capsys.readouterr().out
    data = yaml.safe_load(out)
    outputs = data.pop("status")["stackOutputs"]
    assert data == yaml.safe_load(Path(DEMO).read_text(encoding="utf-8"))
    assert outputs["table_name"] == "orders"
    assert 'type: "N"' in out


def test_ctrl_c_is_not_caught(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    assert main(["rehearse", DEMO]) == 0
    assert signal.getsignal(signal.SIGINT) is before


def test_any_kind_of_stream_is_accepted() -> None:
    with contextlib.redirect_stdout(io.StringIO()) as written:
        assert main(["plan", DEMO]) == 0
    assert written.getvalue().startswith("table orders in ")


def test_features_that_are_not_emulated_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", str(ROOT / "examples" / "production.yaml")]) == 0
    out = capsys.readouterr().out
    assert "not emulated dynamodb UpdateContributorInsights (its parameters are valid)" in out


def test_an_error_of_aws_is_shown_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "nowhere.yaml"
    text = (
        Path(DEMO).read_text(encoding="utf-8").replace("spec:\n", "spec:\n  region: xx-nowhere-1\n")
    )
    file.write_text(text, encoding="utf-8")
    assert main(["rehearse", str(file)]) == 1
    captured = capsys.readouterr()
    assert "xx-nowhere-1" in captured.err
    assert "Traceback" not in captured.err


def test_refused_requests_and_messages_of_the_program_are_listed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refusing(environ: Mapping[str, str], **more: Any) -> Rehearsal:
        result = rehearse(environ, **more)
        first, *others = result.calls
        refused = replace(
            first, outcome="refused", code="LimitExceededException", message="2,500 tables"
        )
        messages = (*result.messages, Message("warning", "the table is large"))
        return replace(result, calls=(refused, *others), messages=messages)

    monkeypatch.setattr("planton.cli.rehearse.rehearse", refusing)
    assert main(["rehearse", DEMO]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("requests: ") and line.endswith(", refused: 1") for line in lines)
    assert "  refused      dynamodb CreateTable: LimitExceededException: 2,500 tables" in lines
    assert "warning: the table is large" in lines


@pytest.mark.parametrize("format", ["text", "json", "yaml"])
@pytest.mark.parametrize("by_path", [True, False])
def test_each_warning_is_shown_once(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    format: str,
    by_path: bool,
) -> None:
    text = Path(DEMO).read_text(encoding="utf-8").replace("spec:\n", "spec:\n  tableClass:\n")
    file = tmp_path / "warned.yaml"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main(["rehearse", str(file) if by_path else "-", "--format", format]) == 0
    captured = capsys.readouterr()
    message = "warning[empty-value]: 'tableClass' has no value"
    assert (captured.out + captured.err).count(message) == 1


def test_an_invalid_manifest_is_not_rehearsed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", str(ROOT / "missing.yaml")]) == 1
    assert "error[unreadable]" in capsys.readouterr().err


def test_a_missing_emulator_is_reported_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("planton.cli.rehearse_options.find_spec", lambda _: None)
    assert main(["rehearse", DEMO]) == 2
    assert "pip install '.[rehearse]'" in capsys.readouterr().err


GRANTS = f"""{Path(DEMO).read_text(encoding="utf-8")}
  grants:
    - {{role: reader, principal: "arn:aws:iam::444455556666:root"}}
"""
WHOLE = '    - {role: writer, principal: "arn:aws:iam::123456789012:root"}\n'
OWN = '    - {role: writer, principal: "arn:aws:iam::111122223333:role/shop"}\n'


@pytest.mark.parametrize(
    ("text", "account"),
    [
        (GRANTS + OWN, "111122223333"),
        (GRANTS, "123456789012"),
        (GRANTS + OWN.replace("111122223333", "444455556666") + OWN, "111122223333"),
        (GRANTS + WHOLE, "000000000000"),
    ],
    ids=["of the first role", "the usual one", "not of another account", "none of these"],
)
def test_the_account_of_grants_is_assumed_and_shown(
    text: str, account: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = tmp_path / "orders.yaml"
    manifest.write_text(text, encoding="utf-8")
    assert main(["rehearse", str(manifest)]) == 0
    out = capsys.readouterr().out
    assert f"\ngrants need the table's account, and none is set: using {account}\n" in out
    assert f"\nresources in account {account}, us-east-1\n" in out
    assert "reader to arn:aws:iam::444455556666:root, by the table's policy\n" in out
    assert ("writer to arn:aws:iam::111122223333:role/shop, by an IAM policy\n" in out) == (
        OWN in text
    )
    roles = "admin, reader, readerWriter, streamConsumer, writer"
    assert f"\n  iam_policy_documents: JSON of {roles} (--format json prints it)\n" in out
    assert ("\n  policy_arns\n" in out) == (OWN in text)


def test_an_account_that_is_set_is_not_assumed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = tmp_path / "orders.yaml"
    target = indent(GRANTS + OWN, "  ")
    block = 'provider_config: {account_id: "777788889999"}\n'
    manifest.write_text(f"{block}target:\n{target}", encoding="utf-8")
    assert main(["rehearse", str(manifest)]) == 0
    out = capsys.readouterr().out
    assert "none is set: using 777788889999" not in out
    assert "\nresources in account 777788889999, us-east-1\n" in out
    assert "role/shop, by the table's policy\n" in out
