"""The page on many tables, and the objects for the Pulumi operator, Argo CD and Flux."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from planton.reading.sources import CONFIG_MANIFEST, CONFIG_MANIFESTS
from planton.resources.guard import MINIMUM_CLI
from tests.conftest import ROOT
from tests.judge import judge
from tests.loading import load

PAGE = ROOT / "docs" / "scale.md"
OPERATOR = sorted((ROOT / "operator").iterdir())
GITOPS = sorted((ROOT / "promise" / "gitops").iterdir())
PROJECT: str = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["name"]
CONFIGS = {f"{PROJECT}:{CONFIG_MANIFEST}", f"{PROJECT}:{CONFIG_MANIFESTS}"}


def objects(files: list[Path]) -> list[dict[str, Any]]:
    return [one for file in files for one in yaml.safe_load_all(file.read_text(encoding="utf-8"))]


def stacks() -> Iterator[tuple[str, dict[str, str], dict[str, Any]]]:
    """The name, the config and the pod of each stack, of a Stack or in a Workspace."""
    for one in objects(OPERATOR):
        spec = one.get("spec", {})
        if one["kind"] == "Stack":
            yield spec["stack"], spec["config"], spec["workspaceTemplate"]["spec"]
        for stack in spec.get("stacks", []):
            yield stack["name"], {c["key"]: c["value"] for c in stack["config"]}, spec


def test_the_operators_crds_accept_every_object(tmp_path: Path) -> None:
    texts = {file.name: file.read_text(encoding="utf-8") for file in OPERATOR}
    assert judge(texts, tmp_path) == {name: [] for name in texts}


def test_a_stack_with_a_longer_name_would_be_refused(tmp_path: Path) -> None:
    text = (ROOT / "operator" / "table.yaml").read_text(encoding="utf-8")
    name = "orders-eu-west-1"
    longer = text.replace(f"name: {name} #", f"name: {name}{'x' * (43 - len(name))} #")
    longest = text.replace(f"name: {name} #", f"name: {name}{'x' * (42 - len(name))} #")
    verdicts = judge({"42": longest, "43": longer}, tmp_path)
    assert verdicts["42"] == []
    assert "42 characters" in verdicts["43"][0]


def test_there_is_a_table_and_a_folder_in_each_form() -> None:
    kinds = [one["kind"] for one in objects(OPERATOR)]
    assert sorted(kinds) == [
        "ClusterRoleBinding",
        "ServiceAccount",
        "Stack",
        "Stack",
        "Workspace",
        "Workspace",
    ]
    used = [key for _, config, _ in stacks() for key in config]
    assert sorted(used) == sorted([*CONFIGS] * 2)


def test_each_stack_is_of_this_project_and_uses_one_image() -> None:
    found = list(stacks())
    assert len(found) == 4
    for name, _, pod in found:
        assert name.split("/")[:2] == ["organization", PROJECT]
        assert pod["podTemplate"]["spec"]["terminationGracePeriodSeconds"] == 3600
    (image,) = {pod["image"] for _, _, pod in found}
    version = re.fullmatch(r"pulumi/pulumi:(\d+)\.(\d+)\.(\d+)-nonroot", image)
    assert version is not None
    assert [*map(int, version.groups())] >= [*map(int, MINIMUM_CLI.split("."))]


def test_the_manifest_in_a_stack_is_valid() -> None:
    texts = [config.get(f"{PROJECT}:{CONFIG_MANIFEST}", "") for _, config, _ in stacks()]
    (text,) = (text for text in texts if "\n" in text)
    loaded = load(text, filename="operator/table.yaml")
    assert loaded.warnings == ()
    assert loaded.manifest.spec.deletion_protection_enabled


def test_every_object_uses_the_service_account_of_the_namespace() -> None:
    account, binding, *others = objects(OPERATOR)
    name, namespace = account["metadata"]["name"], account["metadata"]["namespace"]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": name, "namespace": namespace}]
    assert [one["spec"]["serviceAccountName"] for one in others] == [name] * 4
    assert {one["metadata"]["namespace"] for one in others} == {namespace}


def test_no_deleted_object_or_file_deletes_a_table() -> None:
    specs = [one["spec"] for one in objects(OPERATOR) if one["kind"] == "Stack"]
    assert [spec["destroyOnFinalize"] for spec in specs] == [False, False]
    argo, _, flux = objects(GITOPS)
    assert argo["spec"]["syncPolicy"]["automated"]["prune"] is False
    assert "finalizers" not in argo["metadata"]
    assert (flux["spec"]["prune"], flux["spec"]["deletionPolicy"]) == (False, "Orphan")


def test_the_agents_apply_requests_where_their_repository_has_them() -> None:
    argo, source, flux = objects(GITOPS)
    assert argo["spec"]["source"]["repoURL"] == source["spec"]["url"]
    assert flux["spec"]["path"] == f"./{argo['spec']['source']['path']}"
    assert flux["spec"]["sourceRef"] == {
        "kind": source["kind"],
        "name": source["metadata"]["name"],
    }
    (check,) = flux["spec"]["healthCheckExprs"]
    (request, *_) = objects([ROOT / "promise" / "requests" / "simple-users-table.yaml"])
    assert (check["apiVersion"], check["kind"]) == (request["apiVersion"], request["kind"])


def test_the_health_of_a_request_is_that_of_its_workflow() -> None:
    cel = pytest.importorskip(
        "cel_expr_python.cel", reason="CEL has no wheel for this Python or platform"
    )
    _, _, flux = objects(GITOPS)
    expression = flux["spec"]["healthCheckExprs"][0]["current"]
    environment = cel.NewEnv(variables={"status": cel.Type.DYN})
    program = environment.compile(expression)

    def is_current(status: dict[str, Any]) -> Any:
        return program.eval(data={"status": status}).value()

    conditions = [{"type": "Ready", "status": "True"}, {"type": "Reconciled", "status": "True"}]
    assert is_current({"conditions": conditions}) is True
    assert is_current({"conditions": conditions[:1]}) is False
    suspended = {"type": "Reconciled", "status": "Unknown", "reason": "WorkflowSuspended"}
    assert is_current({"conditions": [suspended]}) is False
    assert is_current({}) is False


@pytest.mark.parametrize("file", [*OPERATOR, *GITOPS], ids=lambda file: file.name)
def test_every_address_and_account_is_an_example(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    addresses = re.findall(r"https?://([^/\s]+)", text)
    assert set(addresses) <= {"git.example.com", "kubernetes.default.svc"}
    assert set(re.findall(r"\b\d{12}\b", text)) <= {"111122223333"}
    assert set(re.findall(r"s3://([^?\s]+)", text)) <= {"example-pulumi-state"}


def workflow() -> str:
    (text,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    return str(text)


def test_the_workflow_of_the_page_is_valid(tmp_path: Path) -> None:
    (tmp_path / "tables.yaml").write_text(workflow(), encoding="utf-8")
    schema = ["--builtin-schema", "vendor.github-workflows", "tables.yaml"]
    subprocess.run([sys.executable, "-m", "check_jsonschema", *schema], cwd=tmp_path, check=True)
    jobs = yaml.safe_load(workflow())["jobs"]
    (inputs,) = (s["with"] for s in jobs["validate"]["steps"] if "OWNER" in s["uses"])
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert inputs.keys() <= action["inputs"].keys()
    assert {*jobs["update"]["needs"]} == jobs.keys() - {"update"}


def script(job: str) -> str:
    steps = yaml.safe_load(workflow())["jobs"][job]["steps"]
    (text,) = (step["run"] for step in steps if "run" in step)
    return str(text)


def test_the_first_job_lists_the_folders(tmp_path: Path) -> None:
    for folder in ("payments", "orders; rm -rf x"):
        (tmp_path / "tables" / folder).mkdir(parents=True)
    (tmp_path / "tables" / "README.md").touch()
    output = tmp_path / "output"
    subprocess.run(
        ["bash", "-e", "-c", script("folders")],
        cwd=tmp_path,
        env={**os.environ, "GITHUB_OUTPUT": str(output)},
        check=True,
    )
    name, _, folders = output.read_text(encoding="utf-8").partition("=")
    assert (name, json.loads(folders)) == ("folders", ["orders; rm -rf x", "payments"])


def test_the_last_job_updates_the_stack_of_its_folder(tmp_path: Path) -> None:
    """With a `pulumi` that only writes down how it is called."""
    fake = tmp_path / "bin" / "pulumi"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\nfor one in "$@"; do printf "[%s]" "$one"; done\necho\n')
    fake.chmod(0o755)
    environ = {"FOLDER": "a b", "STATE": "s3://state"}
    done = subprocess.run(
        ["bash", "-e", "-c", script("update")],
        env={**os.environ, **environ, "PATH": f"{fake.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "[login][s3://state]",
        f"[up][--yes][--refresh][--stack][organization/{PROJECT}/a b-eu-west-1]",
    ]


def test_the_page_names_every_file_of_the_operator_and_the_agents() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for file in (*OPERATOR, *GITOPS):
        assert f"](../{file.relative_to(ROOT).as_posix()})" in text
    assert f"{MINIMUM_CLI.removesuffix('.0')} is the oldest" in text
