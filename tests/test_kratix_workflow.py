"""The Promise's workflow: the files that it writes for a request, and no others."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from planton.diagnostics.diagnostic import Source
from planton.kratix import workflow
from planton.kratix.container import run
from planton.kratix.output_folders import foreign_files, write
from planton.kratix.promise import text as promise_text
from planton.kratix.workflow import METADATA_FILES, OUTPUT_FILES, SettingError, read_regions
from planton.plan.planner import make_plan
from planton.reading.rules_files import RulesFinder
from tests.conftest import ROOT
from tests.kratix_cases import (
    CASES,
    by_hand,
    cases,
    expected_files,
    input_object,
    requests,
    run_case,
)
from tests.loading import load

every = pytest.mark.parametrize("case", cases())

REQUEST = """\
apiVersion: dynamodb.kratix.io/v1alpha1
kind: DynamoDBRequest
metadata: {name: orders, namespace: shop}
spec:
  name: orders
  region: us-east-1
  attributeDefinitions: [{name: id, type: S}]
  keySchema: [{attributeName: id, keyType: HASH}]
"""


def put(root: Path, text: str = REQUEST) -> Path:
    (root / "input").mkdir(exist_ok=True)
    (root / "input" / "object.yaml").write_text(text, encoding="utf-8")
    return root


def left(root: Path) -> dict[str, str]:
    return {
        str(file.relative_to(root)): file.read_text(encoding="utf-8")
        for folder in ("output", "metadata")
        for file in (root / folder).rglob("*")
    }


# The cases


@every
def test_a_request_leaves_exactly_the_expected_files(case: str, tmp_path: Path) -> None:
    assert run_case(case, tmp_path) == expected_files(case)


@every
def test_a_second_run_on_the_same_folders_leaves_the_same_files(case: str, tmp_path: Path) -> None:
    first = run_case(case, tmp_path)

    assert run_case(case, tmp_path) == first


def test_every_folder_of_expectations_belongs_to_a_case() -> None:
    assert sorted(folder.name for folder in CASES.iterdir()) == cases()


@every
def test_every_expected_file_has_a_name_that_is_cleared(case: str) -> None:
    known = {f"output/{name}" for name in OUTPUT_FILES}
    known |= {f"metadata/{name}" for name in METADATA_FILES}

    assert expected_files(case).keys() - {"log.txt"} <= known


@every
def test_an_output_uses_the_requests_namespace_and_creates_none(case: str) -> None:
    namespace = yaml.safe_load(
        input_object(case).read_text(encoding="utf-8").replace("[\n", "[]\n")
    )
    expected = (namespace.get("metadata") or {}).get("namespace", "default")
    objects = [
        one
        for name, text in expected_files(case).items()
        if name.startswith("output/")
        for one in yaml.safe_load_all(text)
    ]

    assert {one["metadata"]["namespace"] for one in objects} <= {str(expected)}
    assert {one["kind"] for one in objects} <= {"Table", "ScalableTarget", "ScalingPolicy"}


def test_the_defaults_of_the_api_server_change_nothing(tmp_path: Path) -> None:
    """A file gives the same output manually as the same request does in the cluster."""
    bare = REQUEST + "  billingMode: PROVISIONED\n"
    filled = bare + "  provisioned: {readCapacity: 5, writeCapacity: 5}\n  deletionPolicy: delete\n"

    outcomes = [workflow.configure(Source("x.yaml", text)) for text in (bare, filled)]

    assert outcomes[0] == outcomes[1]
    assert outcomes[0].ok


# What stays and what goes


def test_a_request_that_became_invalid_leaves_no_manifest(tmp_path: Path) -> None:
    run(str(put(tmp_path)), {})
    assert (tmp_path / "output" / "table.yaml").exists()

    status = run(str(put(tmp_path, REQUEST.replace("keySchema", "keyschema"))), {})

    assert status == 1
    assert left(tmp_path).keys() == {"metadata/status.yaml"}


def test_removed_autoscaling_removes_its_file(tmp_path: Path) -> None:
    scaled = REQUEST + "  billingMode: PROVISIONED\n  autoscaling: {read: {maxCapacity: 9}}\n"
    run(str(put(tmp_path, scaled)), {})
    assert (tmp_path / "output" / "autoscaling.yaml").exists()

    run(str(put(tmp_path)), {})

    assert sorted(os.listdir(tmp_path / "output")) == ["table.yaml"]


def test_files_of_other_containers_are_not_changed(tmp_path: Path) -> None:
    put(tmp_path)
    for name in ("output/other.yaml", "metadata/notes.txt"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("mine")

    run(str(tmp_path), {})

    found = left(tmp_path)
    assert (found["output/other.yaml"], found["metadata/notes.txt"]) == ("mine", "mine")


def test_a_symlink_in_place_of_a_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    (put(tmp_path) / "output").mkdir()
    (tmp_path / "output" / "table.yaml").symlink_to(victim)

    assert run(str(tmp_path), {}) == 0

    assert victim.read_text() == "untouched"
    assert not (tmp_path / "output" / "table.yaml").is_symlink()


def test_a_folder_that_is_not_writable_is_reported_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (put(tmp_path) / "output" / "table.yaml").mkdir(parents=True)

    assert run(str(tmp_path), {}) == 1
    assert "the files cannot be written: Is a directory" in capsys.readouterr().err


def test_an_error_without_a_file_name_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fchmod", full)

    assert run(str(put(tmp_path)), {}) == 1
    assert capsys.readouterr().err == "the files cannot be written: No space left on device\n"


def test_a_missing_object_is_reported_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(tmp_path), {}) == 1
    assert "the file cannot be read: No such file or directory" in capsys.readouterr().err


def test_an_unreadable_object_leaves_no_manifest(tmp_path: Path) -> None:
    run(str(put(tmp_path)), {})
    (tmp_path / "input" / "object.yaml").write_bytes(b"\xff\xfe")

    assert run(str(tmp_path), {}) == 1
    assert left(tmp_path).keys() == {"metadata/status.yaml"}


def test_a_workflow_of_the_promise_names_where_it_belongs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(put(tmp_path)), {"KRATIX_WORKFLOW_TYPE": "promise"}) == 2
    assert left(tmp_path) == {}
    assert "belongs under spec.workflows.resource" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "spec: {deletionProtectionEnabled: true, x: [}\n"])
def test_the_deletion_of_an_unreadable_request_is_suspended(text: str, tmp_path: Path) -> None:
    assert run(str(put(tmp_path, text)), {"KRATIX_WORKFLOW_ACTION": "delete"}) == 1


def test_a_protection_that_is_not_a_boolean_suspends_the_deletion() -> None:
    odd = REQUEST.replace("spec:", "spec:\n  deletionProtectionEnabled: 'yes'")
    outcome = workflow.delete(Source("x.yaml", odd))

    assert yaml.safe_load(outcome.metadata["workflow-control.yaml"])["suspend"] is True


@pytest.mark.parametrize("name", ["table.yaml", "status.yaml"])
def test_a_manual_run_does_not_overwrite_a_file_of_the_user(name: str, tmp_path: Path) -> None:
    own = tmp_path / name
    own.write_text(REQUEST, encoding="utf-8")
    folder = str(tmp_path)
    status, _, err = by_hand("kratix", "render", str(own), "--output", folder, "--metadata", folder)

    assert status == 2
    assert "not created by an earlier run" in err
    assert own.read_text(encoding="utf-8") == REQUEST


def test_a_second_manual_run_overwrites_the_first(tmp_path: Path) -> None:
    request = tmp_path / "request.yaml"
    request.write_text(REQUEST, encoding="utf-8")
    folders = ("--output", str(tmp_path / "out"), "--metadata", str(tmp_path / "meta"))
    first = by_hand("kratix", "render", str(request), *folders)

    assert first[0] == 0
    assert by_hand("kratix", "render", str(request), *folders) == first


def test_a_folder_in_place_of_a_file_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / "table.yaml").mkdir()

    assert foreign_files(str(tmp_path), OUTPUT_FILES) == [str(tmp_path / "table.yaml")]


# The container


@pytest.mark.parametrize("umask", [0o077, 0o000])
def test_other_users_can_read_the_output_whatever_the_umask_is(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        write(str(tmp_path / "a" / "output"), {"table.yaml": "x"}, OUTPUT_FILES)
    finally:
        os.umask(before)

    folder = tmp_path / "a" / "output"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert stat.S_IMODE((folder / "table.yaml").stat().st_mode) == 0o644


def test_neither_pulumi_nor_an_aws_client_is_imported() -> None:
    heavy = ("pulumi", "pulumi_aws", "boto3", "botocore", "moto", "kubernetes", "requests")
    code = (
        "import sys; from planton.kratix import container, promise; import planton.cli.kratix; "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


# Status and messages


def status_of(text: str) -> Any:
    return yaml.safe_load(workflow.configure(Source("x.yaml", text)).metadata["status.yaml"])


def test_a_status_never_claims_that_a_table_exists() -> None:
    assert status_of(REQUEST) == {
        "message": "manifests of table orders in us-east-1 are rendered; ACK applies them",
        "table": {
            "name": "orders",
            "region": "us-east-1",
            "billingMode": "PAY_PER_REQUEST",
            "deletionPolicy": "delete",
            "deletionProtectionEnabled": False,
            "objects": ["Table orders"],
        },
        "findings": [],
    }


def test_a_refusal_keeps_the_tables_fields_in_the_status() -> None:
    """Kratix merges top-level keys, and the table of an earlier run is still there."""
    assert status_of(REQUEST.replace("type: S", "type: X")).keys() == {"message", "findings"}


def test_a_long_message_is_cut_and_counts_what_it_leaves_out() -> None:
    text = REQUEST.replace("id", "i" * 250) + "  nmae: x\n"
    text = text.replace("attributeName: " + "i" * 250, "attributeName: missing")

    message = status_of(text)["message"]

    assert len(message) <= workflow.MAX_MESSAGE
    assert message.endswith("(and 2 more)")


def test_one_error_is_not_followed_by_a_count() -> None:
    long = "x" * 300
    message = status_of(REQUEST.replace("region: us-east-1", f'"{long}": 1\n  region: us-east-1'))

    assert message["message"].startswith("refused: spec.xxx")
    assert message["message"].endswith("…")
    assert len(message["message"]) == workflow.MAX_MESSAGE


def test_a_hostile_request_gets_a_status_that_the_cluster_accepts() -> None:
    many = "".join(f"  k{i}: 1\n" for i in range(5000))

    assert len(status_of(REQUEST + many)["findings"]) == 100


def test_a_warning_that_the_request_ignores_is_not_shown() -> None:
    text = REQUEST + "  deletionProtectionEnabled: true\n"
    note = "metadata: {annotations: {dynamodb.project-planton.org/ignore-warnings: recovery-off},"

    assert [finding["code"] for finding in status_of(text)["findings"]] == ["recovery-off"]
    assert status_of(text.replace("metadata: {", note))["findings"] == []


def test_a_warning_about_unsupported_fields_can_be_ignored() -> None:
    text = REQUEST + "  billingMode: PROVISIONED\n  autoscaling: {read: {maxCapacity: 9}}\n"
    note = "metadata: {annotations: {dynamodb.project-planton.org/ignore-warnings: not-carried},"

    assert {finding["code"] for finding in status_of(text)["findings"]} == {"not-carried"}
    assert status_of(text.replace("metadata: {", note))["findings"] == []


# Regions


def test_regions_are_separated_by_commas_or_spaces() -> None:
    assert read_regions(" us-east-1,eu-west-1\n us-east-1 us-gov-west-1 ,") == (
        "us-east-1",
        "eu-west-1",
        "us-gov-west-1",
    )


def test_an_empty_list_of_regions_allows_every_region() -> None:
    assert read_regions(" , ") == ()
    assert workflow.configure(Source("x", REQUEST)).ok


def test_an_error_in_the_list_of_regions_is_reported_and_not_skipped() -> None:
    with pytest.raises(SettingError, match="'us_east_1' is not the name of an AWS region"):
        read_regions("us-east-1,us_east_1")


# The same table


@pytest.mark.parametrize("request_", requests(), ids=lambda path: path.stem)
def test_an_equivalent_manifest_has_the_same_plan(request_: Path) -> None:
    """Whichever control plane applies it; only the requester differs."""
    text = request_.read_text(encoding="utf-8")
    asked = load(text, filename="request").manifest
    data = yaml.safe_load(text)
    spec = data["spec"]
    spec["tableName"] = spec.pop("name")
    spec.setdefault("billingMode", "PAY_PER_REQUEST")
    for holder in (spec, *spec.get("globalSecondaryIndexes", ())):
        units = holder.pop("provisioned", {})
        if spec["billingMode"] == "PROVISIONED":
            holder["provisionedThroughput"] = {
                "readCapacityUnits": units.get("readCapacity", 5),
                "writeCapacityUnits": units.get("writeCapacity", 5),
            }
    data |= {"apiVersion": "aws.project-planton.org/v1", "kind": "AwsDynamodb"}
    written = load(yaml.safe_dump(data), filename="manifest").manifest

    assert replace(make_plan(asked), tags=()) == replace(make_plan(written), tags=())
    assert make_plan(asked).tags == tuple(
        sorted(
            {
                "Name": request_.stem,
                **spec.get("tags", {}),
                "planton.ai/resource": "true",
                "planton.ai/resource-id": f"default/{request_.stem}",
                "planton.ai/resource-kind": "DynamoDBRequest",
            }.items()
        )
    )


# By hand


def test_the_workflow_runs_manually_on_a_file_and_two_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(input_object("every-feature"), tmp_path / "r.yaml")

    status, _, err = by_hand("kratix", "render", "r.yaml", "--output", "o/p", "--metadata", "m")

    expected = expected_files("every-feature")
    assert status == 0
    assert {
        f"{name}/{file.name}": file.read_text(encoding="utf-8")
        for name, folder in (("output", "o/p"), ("metadata", "m"))
        for file in (tmp_path / folder).iterdir()
    } == {name: text for name, text in expected.items() if name != "log.txt"}
    assert "r.yaml:40:3: warning[not-carried]" in err


def test_a_request_can_be_read_from_standard_input(tmp_path: Path) -> None:
    folders = ("--output", f"{tmp_path}/o", "--metadata", f"{tmp_path}/m")
    expected_text = "manifests of table orders in us-east-1 are rendered; ACK applies them\n"

    assert by_hand("kratix", "render", "-", *folders, stdin=REQUEST.encode()) == (
        0,
        expected_text,
        "",
    )


def test_the_deletion_can_be_run_manually(tmp_path: Path) -> None:
    text = REQUEST + "  deletionProtectionEnabled: true\n"
    folders = ("--output", f"{tmp_path}/o", "--metadata", f"{tmp_path}/m")
    arguments = ("kratix", "render", "-", *folders, "--action", "delete")

    assert by_hand(*arguments, stdin=text.encode())[0] == 0
    assert os.listdir(tmp_path / "m") == ["workflow-control.yaml"]


@pytest.mark.parametrize(
    ("arguments", "status", "expected_text"),
    [
        (("render", "gone.yaml"), 1, "gone.yaml: error[unreadable]"),
        (("render", "-", "--regions", "x"), 2, "--regions: 'x' is not the name of an AWS region"),
        (("check", "-", "--regions", "x"), 2, "--regions: 'x' is not the name of an AWS region"),
        (("promise", "--regions", "x"), 2, "--regions: 'x' is not the name of an AWS region"),
        (("check", "."), 2, "no DynamoDBRequest in ."),
        (("check", "-", "--promise", "gone.yaml"), 2, "gone.yaml: error[unreadable]"),
        (("check", "-", "--promise", "empty.yaml"), 2, "--promise empty.yaml: it must hold one "),
        (("check", "-", "--promise", "bad.yaml"), 2, "bad.yaml:2:1: error[yaml-syntax]"),
    ],
)
def test_a_usage_error_is_reported_on_standard_error(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    status: int,
    expected_text: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.yaml").touch()
    (tmp_path / "bad.yaml").write_text("{")
    folders = ("--output", "o", "--metadata", "m") if arguments[0] == "render" else ()

    answered, out, err = by_hand("kratix", *arguments, *folders)

    assert (answered, out) == (status, "")
    assert expected_text in err


def test_a_folder_that_cannot_be_listed_is_invalid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", refuse)
    status, out, _ = by_hand("kratix", "check", str(tmp_path))

    assert status == 1
    assert "the folder cannot be listed: Permission denied" in out
    assert out.splitlines()[-1] == "1 request: 0 valid, 1 invalid"


def test_check_reads_folders_and_skips_other_kinds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".hidden").mkdir()
    for name, text in (
        ("a.yaml", REQUEST),
        ("b.yml", REQUEST.replace("us-east-1", "eu-west-1") + "---\nkind: Service\n"),
        ("c.yaml", "kind: Service\n"),
        (".hidden/d.yaml", "kind: DynamoDBRequest\n"),
        ("e.txt", "kind: DynamoDBRequest\n"),
    ):
        (tmp_path / name).write_text(text)

    status, out, err = by_hand("kratix", "check", ".", "--regions", "us-east-1")

    assert (status, err) == (1, "")
    assert out == (
        "b.yml:6:11: error[region]: 'eu-west-1' is not a region that this platform offers\n"
        "    6 |   region: eu-west-1\n"
        "      |           ^^^^^^^^^\n"
        "  spec.region\n"
        "  help: use 'us-east-1'\n"
        "\n"
        "2 requests: 1 valid, 1 invalid; 2 of other kinds skipped\n"
    )


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ((), 1),
        (("--regions", ""), 0),
        (("--regions", "eu-south-1"), 0),
        (("--promise", "own.yaml"), 0),
        (("--promise", "default.yaml"), 1),
    ],
)
def test_check_knows_the_regions_of_the_promise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], status: int
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, regions in (("own", ("eu-south-1",)), ("default", None)):
        (tmp_path / f"{name}.yaml").write_text(promise_text(regions=regions))
    request_ = REQUEST.replace("us-east-1", "eu-south-1").encode()

    answered, out, _ = by_hand("kratix", "check", "-", *options, stdin=request_)

    assert (answered, "not a region that this platform offers" in out) == (status, status == 1)


def test_check_reports_a_problem_of_the_rules_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(REQUEST)
    (tmp_path / "own.txt").write_text("rules: [{id: a}]\n")

    status, out, err = by_hand("kratix", "check", ".", "--config", "own.txt")

    assert (status, err) == (1, "")
    assert out == (
        "own.txt:1:9: error[unusable-rule]: a rule has either require or expression, and it has "
        "neither\n"
        "    1 | rules: [{id: a}]\n"
        "      |         ^^^^^^^\n"
        "  rules[0]\n"
        "  help: say what must be true of a manifest\n\n"
        "2 requests: 0 valid, 2 invalid\n"
    )


def test_check_reports_the_errors_of_a_named_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "service.yaml").write_text("kind: Service\n")
    (tmp_path / "text.yaml").write_bytes(b"\xff")

    arguments = ("check", "service.yaml", "text.yaml", "-")
    status, out, err = by_hand("kratix", *arguments, stdin=REQUEST.encode())

    assert (status, err) == (1, "")
    assert out == (
        "service.yaml: error[empty]: no request found\n\n"
        "text.yaml: error[not-utf-8]: the file is not UTF-8: line 1 contains the byte 0xff\n"
        "  help: save the file as UTF-8\n\n"
        "3 requests: 1 valid, 2 invalid; 1 of other kinds skipped\n"
    )


def test_the_sample_requests_are_valid() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "planton", "kratix", "check"], cwd=ROOT, capture_output=True
    )

    assert done.returncode == 0
    assert done.stdout.decode().endswith("\n7 requests: 7 valid\n")


# The organization's rules

RULES = """\
severity: {not-carried: error}
defaults:
  - when: {metadata.namespace: shop}
    spec:
      deletionProtectionEnabled: true
      pointInTimeRecovery: {enabled: true}
      tags: {team: shop}
rules:
  - {id: regions, require: {spec.region: [us-east-1]}}
"""


def governed(root: Path, text: str, rules: str, **environ: str) -> int:
    (root / "planton.yaml").write_text(rules, encoding="utf-8")
    return run(str(put(root, text)), {"PLANTON_CONFIG": str(root / "planton.yaml"), **environ})


def table(root: Path) -> Any:
    return yaml.safe_load((root / "output" / "table.yaml").read_text(encoding="utf-8"))


def test_the_workflow_fills_in_the_defaults_of_the_organization(tmp_path: Path) -> None:
    assert governed(tmp_path, REQUEST, RULES) == 0

    spec = table(tmp_path)["spec"]
    assert spec["deletionProtectionEnabled"] is True
    assert {"key": "team", "value": "shop"} in spec["tags"]
    other = REQUEST.replace("namespace: shop", "namespace: other")
    assert governed(tmp_path, other, RULES) == 0
    assert table(tmp_path)["spec"]["deletionProtectionEnabled"] is False


def test_the_workflow_refuses_what_the_rules_refuse(tmp_path: Path) -> None:
    away = REQUEST.replace("us-east-1", "eu-west-1")

    assert governed(tmp_path, away, RULES) == 1
    status = yaml.safe_load(left(tmp_path)["metadata/status.yaml"])
    assert left(tmp_path).keys() == {"metadata/status.yaml"}
    assert status["message"] == (
        "refused: spec.region: region must be 'us-east-1', got 'eu-west-1'"
    )
    assert [one["code"] for one in status["findings"]] == ["regions"]


@pytest.mark.parametrize("rules", ["rules: [{id: a}]", "rules: ["])
def test_rules_that_cannot_be_used_refuse_every_request(tmp_path: Path, rules: str) -> None:
    assert governed(tmp_path, REQUEST, rules) == 1
    assert "output/table.yaml" not in left(tmp_path)
    assert run(str(put(tmp_path)), {"PLANTON_CONFIG": str(tmp_path / "nowhere.yaml")}) == 1
    assert "output/table.yaml" not in left(tmp_path)


def test_a_default_that_ack_lacks_is_reported(tmp_path: Path) -> None:
    alarms = "defaults: [{spec: {alarms: {}}}]\n"
    assert governed(tmp_path, REQUEST, alarms) == 0
    status = yaml.safe_load(left(tmp_path)["metadata/status.yaml"])
    assert [(one["code"], one["path"]) for one in status["findings"]] == [
        ("not-carried", "spec.alarms")
    ]

    assert governed(tmp_path, REQUEST, alarms + "severity: {not-carried: error}\n") == 1
    assert "output/table.yaml" not in left(tmp_path)


@pytest.mark.parametrize(
    ("default", "ok", "message"),
    [
        ("deletionProtectionEnabled: true", False, "deletion protection is on for table orders"),
        ("deletionPolicy: retain", True, "the table stays in AWS: deletionPolicy is retain"),
        ("tags: {a: b}", True, "the table is not protected from deletion"),
    ],
)
def test_a_deletion_sees_the_defaults(default: str, ok: bool, message: str, tmp_path: Path) -> None:
    rules = f"defaults: [{{spec: {{{default}}}}}]"
    status = governed(tmp_path, REQUEST, rules, KRATIX_WORKFLOW_ACTION="delete")

    assert status == 0
    assert ("metadata/workflow-control.yaml" in left(tmp_path)) is not ok
    (tmp_path / "rules.yaml").write_text(rules, encoding="utf-8")
    organization = RulesFinder([("x", str(tmp_path / "rules.yaml"))]).of_settings()
    outcome = workflow.delete(Source("x.yaml", REQUEST), organization)
    assert outcome.message.startswith(message)
    off = REQUEST + "  deletionProtectionEnabled: false\n  deletionPolicy: delete\n"
    assert workflow.delete(Source("x.yaml", off), organization).metadata == {}


@pytest.mark.parametrize(
    ("own", "status"),
    [("", 1), ("  deletionProtectionEnabled: false\n", 0), ("  deletionPolicy: retain\n", 0)],
)
@pytest.mark.parametrize("rules", ["rules: [", "rules: [{id: A}]\n"])
def test_a_deletion_waits_for_rules_that_can_be_used(
    rules: str, own: str, status: int, tmp_path: Path
) -> None:
    """A default among them may protect a table whose request says nothing."""
    assert governed(tmp_path, REQUEST + own, rules, KRATIX_WORKFLOW_ACTION="delete") == status
    assert list(left(tmp_path)) == ["metadata/status.yaml"] * status


@pytest.mark.parametrize("text", ["kind: DynamoDBRequest\n", "kind: X\nspec: {a: b}\n", "[1]\n"])
def test_a_deletion_of_something_else_is_not_completed(text: str, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(
        "defaults: [{spec: {deletionProtectionEnabled: true}}]", encoding="utf-8"
    )
    organization = RulesFinder([("x", str(tmp_path / "rules.yaml"))]).of_settings()

    assert workflow.delete(Source("x.yaml", text), organization) == workflow.delete(
        Source("x.yaml", text)
    )
