"""The KubeVela component: its request to the Promise and its status, by the real `cue`.

KubeVela renders a component as the template's text with `parameter` and `context` after it, in one
file; its status expressions are compiled alone, with the same after them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from planton.diagnostics.diagnostic import Source
from planton.dialects.request_fields import SPEC
from planton.document.writer import dump
from planton.kratix.crd import crd
from planton.kratix.workflow import configure
from tests.conftest import ROOT
from tests.judge import judge
from tests.kratix_cases import requests
from tools import kubevela
from tools.kubernetes import CRDS, CUE
from tools.skips import without_tool

FOLDER = ROOT / "promise" / "kubevela"
CONTEXT = {"name": "shop-orders-table", "namespace": "shop"}

_LACKING = without_tool(CUE)
pytestmark = pytest.mark.skipif(_LACKING is not None, reason=str(_LACKING))


def render(parameter: Any, context: Any = CONTEXT) -> Any:
    """What KubeVela makes of a component's properties."""
    cue_input = f"parameter: {json.dumps(parameter)}\ncontext: {json.dumps(context)}\n"
    done = kubevela.cue("export", "-", "-e", "output", stdin=kubevela.template() + cue_input)
    if done.returncode:
        raise ValueError(done.stderr)
    return json.loads(done.stdout)


def component() -> Any:
    application = yaml.safe_load((FOLDER / "application.yaml").read_text(encoding="utf-8"))
    (one,) = application["spec"]["components"]
    return one


def test_the_definition_is_well_formed() -> None:
    done = kubevela.cue("fmt", "--check", "--diff", str(kubevela.DEFINITION))

    assert (done.returncode, done.stdout) == (0, "")


def test_the_committed_yaml_is_generated_from_the_definition() -> None:
    committed = (FOLDER / "aws-dynamodb-kratix.yaml").read_text(encoding="utf-8")

    assert committed.split("\n", 1)[1] == dump(kubevela.definition()), (
        "python -m tools.kubevela > promise/kubevela/aws-dynamodb-kratix.yaml"
    )


def test_an_api_server_accepts_the_definition_and_the_application(tmp_path: Path) -> None:
    texts = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.yaml")}

    assert judge(texts, tmp_path) == {"application.yaml": [], "aws-dynamodb-kratix.yaml": []}


def test_the_application_becomes_a_request_that_the_workflow_accepts(tmp_path: Path) -> None:
    one = component()
    request = render(one["properties"], {"name": one["name"], "namespace": "default"})
    api = tmp_path / "api"
    api.mkdir()
    (api / "api.yaml").write_text(dump(crd()), encoding="utf-8")

    assert one["type"] == kubevela.NAME
    assert request["metadata"] == {"name": "shop-orders-table", "namespace": "default"}
    assert judge({"request": dump(request)}, tmp_path, crds=(CRDS, api)) == {"request": []}
    assert configure(Source("request", dump(request))).ok


@pytest.mark.parametrize("request_", requests(), ids=lambda path: path.stem)
def test_every_request_can_be_written_as_a_component(request_: Path) -> None:
    asked = yaml.safe_load(request_.read_text(encoding="utf-8"))
    spec = dict(asked["spec"])
    parameter = {"tableName": spec["name"], **{k: v for k, v in spec.items() if k != "name"}}
    for holder in (spec, *spec.get("globalSecondaryIndexes", ())):
        if "provisioned" in holder:
            holder["provisioned"] = {"readCapacity": 5, "writeCapacity": 5} | holder["provisioned"]

    request = render(parameter, asked["metadata"])

    assert request == {**asked, "spec": {"billingMode": "PAY_PER_REQUEST", **spec}}


def test_the_component_has_a_parameter_for_every_field_of_a_request() -> None:
    used = {
        field
        for request_ in requests()
        for field in yaml.safe_load(request_.read_text(encoding="utf-8"))["spec"]
    }
    text = kubevela.template().split("\n#Table: {\n")[1]
    parameters = {
        line.strip().partition(":")[0].rstrip("?")
        for line in text.splitlines()
        if line.startswith("    ") and not line.startswith("     ") and ":" in line
    }
    parameters = {name for name in parameters if name.isidentifier()}

    assert used == set(SPEC)
    assert {"name" if name == "tableName" else name for name in parameters} == set(SPEC)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"billingMode": "FREE"}, "billingMode"),
        ({"attributeDefinitions": [{"name": "id", "type": "X"}]}, "type"),
        ({"keySchema": [{"attributeName": "id", "keyType": "SORT"}]}, "keyType"),
        ({"deletionPolicy": "orphan"}, "deletionPolicy"),
        ({"tableName": 7}, "tableName"),
        ({"timeToLive": {"enabled": True}}, "timeToLive: field not allowed"),
        ({"ttl": {"enabled": True, "attribute": "t"}}, "attribute: field not allowed"),
        ({"keySchema": [{"attributeName": "id", "keyType": "HASH", "type": "S"}]}, "type: field"),
        ({"replicas": [{"regionName": "eu-west-1", "tags": {}}]}, "tags: field not allowed"),
        ({"replicas": [{}]}, "regionName"),
        ({"resourcePolicy": {"policy": "{}"}}, "policy"),
        ({"resourcePolicy": {"Version": "2012-10-17"}}, "Version: field not allowed"),
    ],
)
def test_an_invalid_property_is_refused_by_its_name(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        render(component()["properties"] | change)


def test_a_missing_property_is_refused() -> None:
    properties = component()["properties"]
    del properties["region"]

    with pytest.raises(ValueError, match="region"):
        render(properties)


# What KubeVela shows of it


def evaluated(kind: str, status: Any, result: str) -> Any:
    text = kubevela.definition()["spec"]["status"][kind]
    output = {"kind": "DynamoDBRequest"} | ({} if status is None else {"status": status})
    context = {**CONTEXT, "output": output}
    cue_input = (
        f"\ncontext: {json.dumps(context)}\nparameter: {json.dumps(component()['properties'])}"
    )
    done = kubevela.cue("export", "-", "-e", result, stdin=text + cue_input)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


WORKS = {"type": "WorksSucceeded", "status": "True"}


def reconciled(status: str) -> dict[str, str]:
    return {"type": "Reconciled", "status": status}


@pytest.mark.parametrize(
    ("status", "healthy"),
    [
        (None, False),
        ({}, False),
        ({"message": "Pending"}, False),
        ({"conditions": []}, False),
        ({"conditions": [WORKS]}, False),
        (
            {"conditions": [{"type": "WorksSucceeded", "status": "True"}, reconciled("False")]},
            False,
        ),
        ({"conditions": [WORKS, reconciled("True")]}, True),
        ({"conditions": [reconciled("True")], "healthStatus": {}}, True),
        ({"conditions": [reconciled("True")], "healthStatus": {"state": "ready"}}, True),
        ({"conditions": [reconciled("True")], "healthStatus": {"state": "healthy"}}, True),
        ({"conditions": [reconciled("True")], "healthStatus": {"state": "degraded"}}, False),
        ({"conditions": [reconciled("True")], "healthStatus": {"state": "unhealthy"}}, False),
        ({"conditions": [reconciled("False")], "healthStatus": {"state": "ready"}}, False),
    ],
)
def test_a_component_is_healthy_when_its_request_and_table_are(status: Any, healthy: bool) -> None:
    assert evaluated("healthPolicy", status, "isHealth") is healthy


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (None, "waiting for the platform"),
        ({}, "waiting for the platform"),
        ({"message": "manifests are rendered"}, "manifests are rendered"),
        ({"message": "x", "healthStatus": {"state": "degraded"}}, "the table is degraded"),
        ({"healthStatus": {"state": "ready"}}, "the table is ready"),
    ],
)
def test_a_component_shows_the_message_of_its_request(status: Any, message: str) -> None:
    assert evaluated("customStatus", status, "message") == message
