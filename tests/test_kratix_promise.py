"""The Promise: its content, and what Kratix and an API server accept and refuse."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from planton.cli.kratix_options import OBSERVERS
from planton.diagnostics.diagnostic import Source
from planton.document.writer import dump
from planton.kratix.crd import crd
from planton.kratix.identity import of_request
from planton.kratix.names import IMAGE, OBSERVE, PIPELINES, PROMISE, REGIONS, USER
from planton.kratix.observe import health_record
from planton.kratix.observer_objects import destination_objects
from planton.kratix.promise import OBSERVED_BY, promise, regions_of, text
from planton.kratix.workflow import SettingError, configure
from planton.organization.defaults import ALLOWED
from tests import yaml11
from tests.conftest import ROOT
from tests.corpus import REQUESTS, case_id, cases
from tests.judge import judge
from tests.kratix_cases import CASES, by_hand, expected_files, requests
from tests.kratix_cases import cases as workflow_cases
from tests.kratix_controllers import health_status
from tests.kratix_webhook import problems
from tools.kubernetes import CRDS

KEPT = ROOT / "promise" / "promise.yaml"
DETAILS = ".status.healthStatus.healthRecords[*].details"


# What it says


def test_the_committed_promise_is_what_the_command_prints() -> None:
    status, out, err = by_hand("kratix", "promise")

    assert (status, err) == (0, "")
    assert out == KEPT.read_text(encoding="utf-8"), "planton kratix promise > promise/promise.yaml"


def test_the_promise_has_only_the_necessary_keys() -> None:
    document = promise()
    spec = document["spec"]

    assert document["metadata"] == {
        "name": "aws-dynamodb-kratix",
        "labels": {"kratix.io/promise-version": "v0.1.0"},
    }
    assert spec.keys() == {"destinationSelectors", "api", "workflows"}
    assert spec["destinationSelectors"] == [
        {"matchLabels": {"cloud": "aws", "ack-enabled": "true"}}
    ]
    assert spec["workflows"].keys() == {"resource"}
    assert spec["workflows"]["resource"].keys() == {"configure", "delete"}
    assert spec["api"]["metadata"] == {"name": "dynamodbrequests.dynamodb.kratix.io"}
    assert spec["api"]["spec"]["names"]["kind"] == "DynamoDBRequest"


def containers(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        container
        for pipelines in document["spec"]["workflows"]["resource"].values()
        for pipeline in pipelines
        for container in pipeline["spec"]["containers"]
    ]


def test_the_image_is_set_in_one_place() -> None:
    _, out, _ = by_hand("kratix", "promise", "--image", "registry.example/ddb:7")

    assert out == KEPT.read_text(encoding="utf-8").replace(IMAGE, "registry.example/ddb:7")
    assert {c["image"] for c in containers(promise())} == {
        "kratix/dynamodb-resource-configure:0.1.0"
    }


def test_a_platform_sets_its_own_regions() -> None:
    _, out, _ = by_hand("kratix", "promise", "--regions", "eu-central-1, eu-west-1")

    named, kept = (yaml.safe_load(one) for one in (out, KEPT.read_text(encoding="utf-8")))
    (version,) = named["spec"]["api"]["spec"]["versions"]
    properties = spec_of(version)["properties"]
    replica = properties["replicas"]["items"]["properties"]
    for region in (properties["region"], replica["regionName"]):
        assert region.pop("enum") == ["eu-central-1", "eu-west-1"]
    assert dump(named) == dump(kept).replace(",".join(REGIONS), "eu-central-1,eu-west-1")
    assert len(REGIONS) == 9


def test_the_regions_are_read_from_a_promise() -> None:
    assert regions_of(promise()) == REGIONS
    assert regions_of(promise(regions=("eu-west-1",))) == ("eu-west-1",)
    assert regions_of(promise(regions=())) == ()


@pytest.mark.parametrize("variable", [{"valueFrom": {}}, {"value": []}, {"value": 7}])
def test_regions_that_the_promise_does_not_hold_are_not_guessed(variable: Any) -> None:
    document = yaml.safe_load(dump(promise()))
    pipeline, _ = document["spec"]["workflows"]["resource"]["configure"]
    pipeline["spec"]["containers"][0]["env"] = [{"name": "ALLOWED_REGIONS", **variable}]
    with pytest.raises(SettingError, match="is not a string in it: use --regions"):
        regions_of(document)


@pytest.mark.parametrize("document", [None, [], {"kind": "Promise"}, {**promise(), "metadata": {}}])
def test_only_this_promise_names_the_regions(document: Any) -> None:
    with pytest.raises(SettingError, match="it is not the Promise 'aws-dynamodb-kratix'"):
        regions_of(document)


def test_an_api_server_refuses_a_region_that_the_platform_does_not_offer(tmp_path: Path) -> None:
    api = tmp_path / "api"
    api.mkdir()
    (api / "api.yaml").write_text(dump(crd(("eu-west-1", "us-east-1"))), encoding="utf-8")
    request_ = (ROOT / "promise" / "requests" / "simple-users-table.yaml").read_text()
    region = yaml.safe_load(request_)["spec"]["region"]
    texts = {name: request_.replace(region, name) for name in ("us-east-1", "us-east-2")}
    for name in ("eu-west-1", "eu-west-2"):
        texts[name] = f"{texts['us-east-1']}{REPLICATED}  replicas: [{{regionName: {name}}}]\n"
    found = judge(texts, tmp_path, crds=(CRDS, api))
    assert found["us-east-1"] == found["eu-west-1"] == []
    assert "spec.region" in str(found["us-east-2"])
    assert "spec.replicas[0].regionName" in str(found["eu-west-2"])


def test_a_platform_without_regions_offers_every_region() -> None:
    assert "ALLOWED_REGIONS" not in text(regions=())


def test_every_container_runs_as_a_numeric_user_without_privileges() -> None:
    for container in containers(promise()):
        context = container["securityContext"]
        assert context["runAsUser"] == context["runAsGroup"] == USER == 65532
        assert context["runAsNonRoot"] is context["readOnlyRootFilesystem"] is True
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}


def versions() -> Any:
    (version,) = crd()["spec"]["versions"]
    return version


def spec_of(version: Any) -> Any:
    return version["schema"]["openAPIV3Schema"]["properties"]["spec"]


def test_the_api_sets_no_default_where_an_organization_can() -> None:
    properties = spec_of(versions())["properties"]
    shared = [name for name in ALLOWED if name in properties]

    assert len(shared) == len(ALLOWED) - len(["alarms"])
    assert [name for name in shared if '"default"' in json.dumps(properties[name])] == []


def test_the_api_requires_four_fields_and_has_the_defaults_of_the_dialect() -> None:
    spec = spec_of(versions())
    units = spec["properties"]["provisioned"]["properties"]

    assert spec["required"] == ["name", "region", "attributeDefinitions", "keySchema"]
    assert spec["properties"]["billingMode"]["default"] == "PAY_PER_REQUEST"
    for unit in ("readCapacity", "writeCapacity"):
        schema = {key: value for key, value in units[unit].items() if key != "description"}
        assert schema == {
            "default": 5,
            "type": "integer",
            "minimum": 1,
            "maximum": 40000,
            "format": "int64",
        }


def test_lists_and_mappings_are_bounded_and_fields_described() -> None:
    def look(schema: Any, path: str) -> None:
        assert schema["type"] in {"array", "boolean", "integer", "object", "string"}, path
        if schema["type"] == "array":
            assert "maxItems" in schema, path
            look({"description": "-", **schema["items"]}, f"{path}[]")
        if "additionalProperties" in schema:
            assert "maxProperties" in schema, path
        assert schema.get("description"), path
        assert "proto" not in schema["description"], path
        for name, inner in schema.get("properties", {}).items():
            look(inner, f"{path}.{name}")

    look(spec_of(versions()), "spec")


def test_the_api_has_its_own_columns_and_no_status() -> None:
    version = versions()

    assert {
        column["name"]: (column["type"], column.get("priority", 0), column["jsonPath"])
        for column in version["additionalPrinterColumns"]
    } == {
        "Table": ("string", 0, ".spec.name"),
        "Region": ("string", 0, ".spec.region"),
        "Mode": ("string", 0, ".spec.billingMode"),
        "Ready": ("string", 0, ".status.healthStatus.state"),
        "Status": ("string", 0, f"{DETAILS}.tableStatus"),
        "Age": ("date", 0, ".metadata.creationTimestamp"),
        "As of": ("date", 1, f"{DETAILS}.asOf"),
        "ARN": ("string", 1, f"{DETAILS}.tableArn"),
        "Reason": ("string", 1, f"{DETAILS}.message"),
        "Workflow": ("string", 1, '.status.conditions[?(@.type=="Reconciled")].message'),
        "Message": ("string", 1, ".status.message"),
    }
    assert version["schema"]["openAPIV3Schema"]["properties"].keys() == {"spec"}
    assert "subresources" not in version


# Who observes the table


OBSERVED: dict[str, tuple[list[str], list[str]]] = {
    "pipeline": (["render", "observe"], []),
    "destination": (["render"], ["CronJob"]),
    "both": (["render", "observe"], ["CronJob"]),
    "none": (["render"], []),
}


@pytest.mark.parametrize("observed_by", OBSERVED)
def test_a_platform_chooses_who_observes_the_tables(observed_by: str) -> None:
    pipelines, jobs = OBSERVED[observed_by]
    _, out, _ = by_hand("kratix", "promise", "--observe", observed_by)
    spec = yaml.safe_load(out)["spec"]

    configure = spec["workflows"]["resource"]["configure"]
    assert [one["metadata"]["name"] for one in configure] == pipelines
    dependencies = spec.get("dependencies", [])
    assert [one["kind"] for one in dependencies if one["kind"] == "CronJob"] == jobs
    assert set(OBSERVED_BY) == set(OBSERVED) == set(OBSERVERS)


def test_a_config_map_brings_the_rules_to_the_workflow() -> None:
    _, out, _ = by_hand("kratix", "promise", "--rules", "dynamodb-rules")
    workflows = yaml.safe_load(out)["spec"]["workflows"]["resource"]
    render, observe = workflows["configure"]
    (delete,) = workflows["delete"]

    for pipeline in (render, delete):
        (container,) = pipeline["spec"]["containers"]
        assert pipeline["spec"]["volumes"] == [
            {"name": "rules", "configMap": {"name": "dynamodb-rules"}}
        ]
        assert container["volumeMounts"] == [
            {"name": "rules", "mountPath": "/etc/planton", "readOnly": True}
        ]
        assert {"name": "PLANTON_CONFIG", "value": "/etc/planton/planton.yaml"} in container["env"]
    assert "volumes" not in observe["spec"]
    assert problems(yaml.safe_load(out)) == []
    assert by_hand("kratix", "promise", "--rules", "A B")[::2] == (
        2,
        "planton: --rules: 'A B' is not the name of a ConfigMap\n",
    )


def test_the_pipeline_has_rights_in_the_namespace_of_its_request_only() -> None:
    """Kratix makes a ClusterRole of a permission with `resourceNamespace`, else a Role."""
    _, observe = promise()["spec"]["workflows"]["resource"]["configure"]

    assert observe["spec"]["rbac"] == {
        "permissions": [
            {
                "apiGroups": ["dynamodb.services.k8s.aws"],
                "resources": ["tables"],
                "verbs": ["get"],
            },
            {
                "apiGroups": ["applicationautoscaling.services.k8s.aws"],
                "resources": ["scalabletargets", "scalingpolicies"],
                "verbs": ["list"],
            },
            {
                "apiGroups": ["platform.kratix.io"],
                "resources": ["healthrecords"],
                "verbs": ["get", "create", "update"],
            },
        ]
    }
    assert observe["spec"]["containers"][0]["args"] == ["observe"]


def test_an_api_server_accepts_the_observer(tmp_path: Path) -> None:
    texts = {one["kind"]: dump(one) for one in destination_objects(IMAGE)}

    assert {name: found for name, found in judge(texts, tmp_path).items() if found} == {}
    assert texts.keys() == {
        "Namespace",
        "ServiceAccount",
        "ClusterRole",
        "ClusterRoleBinding",
        "CronJob",
    }


def test_the_observer_runs_without_privileges_and_twice_never() -> None:
    (job,) = [one for one in destination_objects("x") if one["kind"] == "CronJob"]
    template = job["spec"]["jobTemplate"]["spec"]
    (container,) = template["template"]["spec"]["containers"]
    (hardened, *_) = containers(promise())

    assert job["spec"]["concurrencyPolicy"] == "Forbid"
    assert template["activeDeadlineSeconds"] < 300
    assert container["securityContext"] == hardened["securityContext"]
    assert (container["image"], container["args"]) == ("x", ["observe-all"])
    platform, _ = template["template"]["spec"]["volumes"]
    assert platform["secret"] == {"secretName": "platform-healthrecords", "optional": True}
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in template["template"]["spec"]["volumes"]}


# What Kratix asks


@pytest.mark.parametrize("observed_by", OBSERVED)
def test_the_webhook_of_kratix_accepts_the_promise(observed_by: str) -> None:
    assert problems(promise(observed_by=observed_by)) == []


def _first(document: Any, action: str = "configure") -> Any:
    return document["spec"]["workflows"]["resource"][action][0]


REFUSED: dict[str, tuple[Callable[[Any], object], str]] = {
    "a field of the Promise": (
        lambda document: document["spec"].update(dependants=[]),
        "spec has an unknown field dependants",
    ),
    "a workflow": (
        lambda document: document["spec"]["workflows"].update(request={}),
        "workflows has an unknown field request",
    ),
    "an action": (
        lambda document: document["spec"]["workflows"]["resource"].update(update=[]),
        "workflows.resource has an unknown action update",
    ),
    "a field of a pipeline": (
        lambda document: _first(document)["spec"].update(initContainers=[]),
        "aws-dynamodb-kratix-resource-configure-render has an unknown field initContainers",
    ),
    "a field of a container": (
        lambda document: _first(document)["spec"]["containers"][0].update(lifecycle={}),
        "aws-dynamodb-kratix-resource-configure-render, render has an unknown field lifecycle",
    ),
    "a field of the rights": (
        lambda document: _first(document)["spec"].update(rbac={"role": "x"}),
        "aws-dynamodb-kratix-resource-configure-render, rbac has an unknown field role",
    ),
    "a field of a permission": (
        lambda document: _first(document)["spec"].update(rbac={"permissions": [{"verb": "x"}]}),
        "aws-dynamodb-kratix-resource-configure-render, a permission has an unknown field verb",
    ),
    "another kind": (
        lambda document: _first(document).update(kind="Workflow"),
        "aws-dynamodb-kratix-resource-configure-render is no Pipeline of "
        "platform.kratix.io/v1alpha1",
    ),
    "a long name": (
        lambda document: _first(document)["metadata"].update(name="r" * 22),
        f"aws-dynamodb-kratix-resource-configure-{'r' * 22} has 61 characters, more than 60",
    ),
    "a name in capitals": (
        lambda document: _first(document, "delete")["metadata"].update(name="Guard"),
        "aws-dynamodb-kratix-resource-delete-Guard has a name that is no DNS label",
    ),
    "two of one name": (
        lambda document: document["spec"]["workflows"]["resource"]["configure"].append(
            _first(document)
        ),
        "workflows.resource.configure has two pipelines of one name",
    ),
    "a container of Kratix": (
        lambda document: _first(document)["spec"]["containers"][0].update(name="reader"),
        "aws-dynamodb-kratix-resource-configure-render has two containers of one name, or one "
        "that is Kratix' own",
    ),
    "no image": (
        lambda document: _first(document)["spec"]["containers"][0].update(image=""),
        "aws-dynamodb-kratix-resource-configure-render, render has no image",
    ),
    "a label that is a boolean": (
        lambda document: document["spec"]["destinationSelectors"][0]["matchLabels"].update(a=True),
        "destinationSelectors: True is no value of a label",
    ),
    "a key that is no label's": (
        lambda document: document["metadata"]["labels"].update({"a b": "c"}),
        "metadata: 'a b' is not a valid label key",
    ),
    "an API of the whole cluster": (
        lambda document: document["spec"]["api"]["spec"].update(scope="Cluster"),
        "the API must be namespaced",
    ),
    "an API of another name": (
        lambda document: document["spec"]["api"]["metadata"].update(name="requests"),
        "the API must be called PLURAL.GROUP",
    ),
    "an API that nothing is stored of": (
        lambda document: document["spec"]["api"]["spec"]["versions"][0].update(storage=False),
        "the API needs a version that is stored",
    ),
    "a status": (
        lambda document: document["spec"]["api"]["spec"]["versions"][0]["schema"][
            "openAPIV3Schema"
        ]["properties"].update(status={}),
        "v1alpha1 declares a status, which Kratix replaces by its own",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_webhook_of_kratix_refuses_an_invalid_promise(name: str) -> None:
    change, expected = REFUSED[name]
    document = yaml.safe_load(dump(promise()))
    change(document)

    assert expected in problems(document)


def test_the_names_of_the_pipelines_are_short_enough() -> None:
    for action, pipeline in [*PIPELINES.items(), ("configure", OBSERVE)]:
        assert len(f"{PROMISE}-resource-{action}-{pipeline}") <= 60


# What an API server makes of it


def installed() -> dict[str, Any]:
    """The API as Kratix installs it: with its own status."""
    document = crd()
    (version,) = document["spec"]["versions"]
    version["subresources"] = {"status": {}}
    text, number = {"type": "string"}, {"type": "integer", "format": "int64"}
    condition = ("lastTransitionTime", "message", "reason", "status", "type")
    fields = {"type": "object", "properties": dict.fromkeys(condition, text)}
    counts = ("observedGeneration", "workflows", "workflowsSucceeded", "workflowsFailed")
    version["schema"]["openAPIV3Schema"]["properties"]["status"] = {
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": True,
        "properties": {
            "message": text,
            **dict.fromkeys(counts, number),
            "conditions": {"type": "array", "items": fields},
        },
    }
    return document


def judged(texts: dict[str, str], folder: Path) -> dict[str, list[str]]:
    """The verdicts with the API installed."""
    api = folder / "api"
    api.mkdir()
    (api / "dynamodbrequests.yaml").write_text(dump(installed()), encoding="utf-8")
    return judge(texts, folder, crds=(CRDS, api))


def test_an_api_server_accepts_the_promise_its_api_and_rendered_objects(tmp_path: Path) -> None:
    texts = {
        "promise": KEPT.read_text(encoding="utf-8"),
        "promise with an observer": text(observed_by="both"),
        "api": dump(crd()),
        "installed": dump(installed()),
    }
    for case in workflow_cases():
        files = {
            name: text for name, text in expected_files(case).items() if name.startswith("output/")
        }
        texts |= {f"{case}/{name}": text for name, text in files.items()}
    verdicts = judged(texts, tmp_path)

    assert len(verdicts) > 10
    assert {name: found for name, found in verdicts.items() if found} == {}


def test_an_api_server_accepts_every_request_that_the_workflow_accepts(tmp_path: Path) -> None:
    files = [*requests(), *cases(REQUESTS["accept"])]
    files += [CASES / "live-object" / "input" / "object.yaml"]
    texts = {f"{file.parent.name}/{file.stem}": file.read_text(encoding="utf-8") for file in files}
    verdicts = judged(texts, tmp_path)

    assert {name: found for name, found in verdicts.items() if found} == {}


def test_an_api_server_keeps_what_kratix_writes_of_a_health_record(tmp_path: Path) -> None:
    """Kratix's status keeps unknown fields: one that was declared would be lost with it."""
    request = yaml.safe_load(REQUEST)
    record = health_record(of_request(request, PROMISE), None, (), now=1796126400)
    request["status"] = {"message": "x", "healthStatus": health_status([record])}
    found = judged({"request": dump(request), "record": dump(record)}, tmp_path)

    assert found == {"request": [], "record": []}


_POLICY = "a policy has no schema"
LEFT_TO_THE_WORKFLOW = {
    "length/own-name": "Kratix bounds names when it installs the API",
    "unknown-annotation/it": "annotations have no schema",
    "policy-locks-out/it": _POLICY,
    "resource-policy/of-a-stream": _POLICY,
    "resource-policy/placeholder": _POLICY,
    "type/bare-words-in-a-policy": _POLICY,
}


def test_an_api_server_refuses_every_request_that_the_workflow_refuses(tmp_path: Path) -> None:
    """As far as a schema reaches. What is refused on `kubectl apply` needs no look into a log."""
    files = cases(REQUESTS["reject"])
    readable = [file for file in files if "kind: DynamoDBRequest" in file.read_text()]
    texts = {case_id(file): file.read_text(encoding="utf-8") for file in readable}
    texts = {name: text for name, text in texts.items() if "io/v1alpha1\n" in text}
    verdicts = judged(texts, tmp_path)

    assert {name for name, found in verdicts.items() if not found} == set(LEFT_TO_THE_WORKFLOW)


REQUEST = (CASES / "region-on-the-list" / "input" / "object.yaml").read_text(encoding="utf-8")
INDEX = """\
  globalSecondaryIndexes:
    - name: by-owner
      keySchema: [{attributeName: id, keyType: HASH}]
"""

REPLICATED = "  streamEnabled: true\n  streamViewType: NEW_AND_OLD_IMAGES\n"

# A change of a request that is right, and what a user sees.
SEEN: dict[str, tuple[str, str, str]] = {
    "a bare N": (
        "type: S", "type: N",
        'spec.attributeDefinitions[0].type: Invalid value: "boolean": spec.attributeDefinitions[0]'
        '.type in body must be of type string: "boolean"',
    ),
    "another type": (
        "type: S", "type: X",
        'spec.attributeDefinitions[0].type: Unsupported value: "X": supported values: "S", "N", '
        '"B"',
    ),
    "no partition key": (
        "keyType: HASH", "keyType: RANGE",
        "spec.keySchema: Invalid value: \"array\": a key must be one HASH, then at most one RANGE, "
        "with different attributes",
    ),
    "an undefined attribute": (
        "attributeName: id", "attributeName: other",
        "every key attribute must be in attributeDefinitions",
    ),
    "an unused attribute": (
        "[{name: id, type: S}]", "[{name: id, type: S}, {name: email, type: S}]",
        "every attribute in attributeDefinitions must be used by a key: remove the others",
    ),
    "an attribute twice": (
        "[{name: id, type: S}]", "[{name: id, type: S}, {name: id, type: S}]",
        "spec.attributeDefinitions[1]: Duplicate value",
    ),
    "no region's name": (
        "us-east-1", "useast1",
        'spec.region: Invalid value: "useast1": spec.region in body should match',
    ),
    "a misspelled field": (
        "  region:", "  regoin: x\n  region:",
        "spec.regoin: Invalid value: value provided for unknown field",
    ),
    "capacity with PAY_PER_REQUEST": (
        "$", "  provisioned: {readCapacity: 5}\n",
        "provisioned is allowed only with billingMode PROVISIONED: remove it",
    ),
    "capacity of an index with PAY_PER_REQUEST": (
        "$", f"{INDEX}      provisioned: {{}}\n",
        "provisioned of an index is allowed only with billingMode PROVISIONED: remove it",
    ),
    "a maximum with PROVISIONED": (
        "$", "  billingMode: PROVISIONED\n  onDemandThroughput: {maxReadRequestUnits: 9}\n",
        "onDemandThroughput is allowed only with billingMode PAY_PER_REQUEST: remove it",
    ),
    "a maximum of an index with PROVISIONED": (
        "$",
        f"  billingMode: PROVISIONED\n{INDEX}"
        "      onDemandThroughput: {maxReadRequestUnits: 9}\n",
        "onDemandThroughput of an index is allowed only with billingMode PAY_PER_REQUEST: remove "
        "it",
    ),
    "capacity above the quota": (
        "$", "  billingMode: PROVISIONED\n  provisioned: {readCapacity: 40001}\n",
        "spec.provisioned.readCapacity: Invalid value: 40001: spec.provisioned.readCapacity in "
        "body should be less than or equal to 40000",
    ),
    "scaling with PAY_PER_REQUEST": (
        "$", "  autoscaling: {read: {maxCapacity: 9}}\n",
        "autoscaling is allowed only with billingMode PROVISIONED: remove it",
    ),
    "scaling of an index with PAY_PER_REQUEST": (
        "$", f"{INDEX}      autoscaling: {{read: {{maxCapacity: 9}}}}\n",
        "autoscaling of an index is allowed only with billingMode PROVISIONED: remove it",
    ),
    "scaling of nothing": (
        "$", "  billingMode: PROVISIONED\n  autoscaling: {enabled: true}\n",
        "autoscaling needs read or write",
    ),
    "bounds the wrong way round": (
        "$",
        "  billingMode: PROVISIONED\n"
        "  autoscaling: {read: {minCapacity: 9, maxCapacity: 8}}\n",
        "minCapacity must not exceed maxCapacity",
    ),
    "replicas with PROVISIONED": (
        "$", f"  billingMode: PROVISIONED\n{REPLICATED}  replicas: [{{regionName: eu-west-1}}]\n",
        "a table with replicas needs billingMode PAY_PER_REQUEST",
    ),
    "replicas without a stream": (
        "$", "  replicas: [{regionName: eu-west-1}]\n",
        "a table with replicas needs streamEnabled: true and streamViewType: NEW_AND_OLD_IMAGES",
    ),
    "replicas of one image": (
        "$",
        "  streamEnabled: true\n  streamViewType: NEW_IMAGE\n"
        "  replicas: [{regionName: eu-west-1}]\n",
        "a table with replicas needs streamEnabled: true and streamViewType: NEW_AND_OLD_IMAGES",
    ),
    "a replica in the table's region": (
        "$", f"{REPLICATED}  replicas: [{{regionName: us-east-1}}]\n",
        "a replica must be in another region than the table",
    ),
    "two replicas in one region": (
        "$", f"{REPLICATED}  replicas: [{{regionName: eu-west-1}}, {{regionName: eu-west-1}}]\n",
        "spec.replicas[1]: Duplicate value",
    ),
    "a replica without a region": (
        "$", f"{REPLICATED}  replicas: [{{}}]\n",
        "spec.replicas[0].regionName: Required value",
    ),
    "a key of a replica alone": (
        "$",
        f"{REPLICATED}  replicas: [{{regionName: eu-west-1, kmsKeyArn: "
        "'arn:aws:kms:eu-west-1:123456789012:key/1'}]\n",
        "if the table has a kmsKeyArn, every replica needs one in its region, otherwise none may "
        "have one",
    ),
    "a replica without its key": (
        "$",
        f"{REPLICATED}  replicas: [{{regionName: eu-west-1}}]\n"
        "  serverSideEncryption: {enabled: true, kmsKeyArn: "
        "'arn:aws:kms:us-east-1:123456789012:key/1'}\n",
        "if the table has a kmsKeyArn, every replica needs one in its region, otherwise none may "
        "have one",
    ),
    "a replica with a key of AWS": (
        "$",
        f"{REPLICATED}  replicas: [{{regionName: eu-west-1}}]\n"
        "  serverSideEncryption: {enabled: true}\n",
        "a table with replicas needs a kmsKeyArn if it is encrypted in KMS",
    ),
    "a replica for infrequent access": (
        "$",
        f"{REPLICATED}  replicas: [{{regionName: eu-west-1}}]\n"
        "  tableClass: STANDARD_INFREQUENT_ACCESS\n",
        "a table with replicas needs tableClass STANDARD",
    ),
    "a field of a replica that ACK does not have": (
        "$", f"{REPLICATED}  replicas: [{{regionName: eu-west-1, propagateTags: true}}]\n",
        "spec.replicas[0].propagateTags: Invalid value: value provided for unknown field",
    ),
    "a policy as text": (
        "$", "  resourcePolicy: {policy: '{}'}\n",
        'spec.resourcePolicy.policy in body must be of type object: "string"',
    ),
    "no policy": (
        "$", "  resourcePolicy: {}\n",
        "spec.resourcePolicy.policy: Required value",
    ),
    "a view without a stream": (
        "$", "  streamViewType: KEYS_ONLY\n",
        "streamViewType must be set if, and only if, streamEnabled is true",
    ),
    "a stream without a view": (
        "$", "  streamEnabled: true\n",
        "streamViewType must be set if, and only if, streamEnabled is true",
    ),
    "TTL without an attribute": (
        "$", "  ttl: {enabled: true}\n",
        "attributeName must be set if ttl is enabled",
    ),
    "a key that encrypts nothing": (
        "$",
        "  serverSideEncryption: {kmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/1'}\n",
        "kmsKeyArn is allowed only with enabled: true",
    ),
    "a tag of AWS": (
        "$", "  tags: {'AWS:x': z}\n",
        "a tag key must have 1 to 128 characters and must not begin with 'aws:'",
    ),
    "a projection of nothing more": (
        "$", f"{INDEX}      projection: {{type: INCLUDE}}\n",
        "nonKeyAttributes must be set if, and only if, type is INCLUDE",
    ),
    "a projection of all and more": (
        "$", f"{INDEX}      projection: {{type: ALL, nonKeyAttributes: [a]}}\n",
        "nonKeyAttributes must be set if, and only if, type is INCLUDE",
    ),
    "an index without keys": (
        "$", "  globalSecondaryIndexes: [{name: by-owner}]\n",
        "spec.globalSecondaryIndexes[0].keySchema: Required value",
    ),
    "an index sorted before it is partitioned": (
        "$",
        "  globalSecondaryIndexes: [{name: by-owner, keySchema: [{attributeName: id, "
        "keyType: HASH}, {attributeName: a, keyType: RANGE}, "
        "{attributeName: b, keyType: HASH}]}]\n",
        "the key of a global index must be up to 4 HASH, then up to 4 RANGE, no attribute twice",
    ),
    "a local index of a table without a sort key": (
        "$",
        "  localSecondaryIndexes: [{name: by-age, keySchema: [{attributeName: id, "
        "keyType: HASH}, {attributeName: age, keyType: RANGE}]}]\n",
        "local indexes need a table with a sort key",
    ),
}  # fmt: skip


def changed(old: str, new: str) -> str:
    return REQUEST + new if old == "$" else REQUEST.replace(old, new)


def test_a_user_sees_our_messages(tmp_path: Path) -> None:
    texts = {name: changed(old, new) for name, (old, new, _) in SEEN.items()}
    verdicts = judged({"right": REQUEST, **texts}, tmp_path)
    unsaid = {
        name: verdicts[name]
        for name, (*_, expected) in SEEN.items()
        if expected not in "; ".join(verdicts[name])
    }

    assert verdicts["right"] == []
    assert unsaid == {}


def test_the_workflow_refuses_what_the_api_server_refuses() -> None:
    """Neither refuses what the other would accept."""
    taken = [
        name
        for name, (old, new, _) in SEEN.items()
        if configure(Source("x.yaml", changed(old, new))).ok
    ]

    assert taken == []


def test_a_rule_about_the_old_value_refuses_immutable_changes() -> None:
    """They are here all that have one; test_kratix_updates runs them."""
    spec = spec_of(versions())
    rules = {
        name: [rule["rule"] for rule in schema.get("x-kubernetes-validations", [])]
        for name, schema in spec["properties"].items()
    }

    assert {name for name, found in rules.items() if "self == oldSelf" in found} == {
        "name",
        "region",
        "keySchema",
    }
    of_spec = [rule for rule in spec["x-kubernetes-validations"] if "oldSelf" in rule["rule"]]
    assert [rule["fieldPath"] for rule in of_spec] == [
        ".streamViewType",
        ".billingMode",
        ".serverSideEncryption",
        ".localSecondaryIndexes",
    ]


# YAML 1.1


@pytest.mark.parametrize("case", workflow_cases())
def test_written_yaml_is_read_back_unchanged(case: str) -> None:
    """By the reader that kubectl, Kratix and the GitOps agents have."""
    for name, written in expected_files(case).items():
        if name != "log.txt":
            assert yaml11.read_all(written) == list(yaml.load_all(written, _Quoted))


class _Quoted(yaml.SafeLoader):
    """Takes only what is in quotes for text, and refuses every bare word that is neither a number
    nor true nor false: of those readers differ."""


def _bare(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    if node.style is not None:
        return node.value
    if node.value in ("true", "false"):
        return node.value == "true"
    assert re.fullmatch("-?(0|[1-9][0-9]*)", node.value), node.value
    return int(node.value)


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[str, Any]:
    return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}


for _tag in ("str", "bool", "int", "float", "null", "timestamp", "merge", "value"):
    _Quoted.add_constructor(f"tag:yaml.org,2002:{_tag}", _bare)
_Quoted.add_constructor("tag:yaml.org,2002:map", _mapping)


def test_the_promise_is_read_back_unchanged() -> None:
    assert yaml11.read_all(text()) == [promise()]
