"""What Kratix' admission webhook requires of a Promise, beyond its CRD.

A Promise's workflows are `x-kubernetes-preserve-unknown-fields` in its CRD, and so is the API: the
webhook decodes each pipeline strictly and creates the API on trial. The limits are those of
`promise_webhook.go` and `pipeline_types.go` in Kratix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

MAX_NAME = 60
"""Characters of promise, workflow, action and pipeline, joined: it names a Job's objects."""

_SPEC = {"api", "dependencies", "destinationSelectors", "requiredPromises", "workflows"}
_WORKFLOWS = {"config", "promise", "resource"}
_PIPELINE = {"apiVersion", "kind", "metadata", "spec"}
_OF_PIPELINE = {
    "containers",
    "imagePullSecrets",
    "jobOptions",
    "nodeSelector",
    "rbac",
    "restartPolicy",
    "tolerations",
    "volumes",
}
_CONTAINER = {
    "args",
    "command",
    "env",
    "envFrom",
    "image",
    "imagePullPolicy",
    "name",
    "resources",
    "securityContext",
    "volumeMounts",
}
_RBAC = {"permissions", "serviceAccount"}
_PERMISSION = {
    "apiGroups",
    "nonResourceURLs",
    "resourceNames",
    "resourceNamespace",
    "resources",
    "verbs",
}
_LABEL_KEY = re.compile(r"([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?")
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?")
_DNS_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_DESTINATION = {"matchLabels"}
OWN_CONTAINERS = {"reader", "work-writer", "status-writer"}
"""Names that Kratix gives its own containers of the same pod."""


def problems(promise: dict[str, Any]) -> list[str]:
    """Everything that the webhook would refuse."""
    return list(_promise(promise))


def _unknown(where: str, data: dict[str, Any], known: set[str]) -> Iterator[str]:
    for key in sorted(data.keys() - known):
        yield f"{where} has an unknown field {key}"


def _promise(promise: dict[str, Any]) -> Iterator[str]:
    spec = promise["spec"]
    yield from _unknown("spec", spec, _SPEC)
    yield from _labels("metadata", promise["metadata"].get("labels", {}))
    for selector in spec.get("destinationSelectors", []):
        yield from _unknown("destinationSelectors", selector, _DESTINATION)
        yield from _labels("destinationSelectors", selector["matchLabels"])
    if "api" in spec:
        yield from _api(spec["api"])
    workflows = spec.get("workflows", {})
    yield from _unknown("workflows", workflows, _WORKFLOWS)
    for workflow in ("promise", "resource"):
        for action, pipelines in workflows.get(workflow, {}).items():
            if action not in ("configure", "delete"):
                yield f"workflows.{workflow} has an unknown action {action}"
            names = [pipeline["metadata"]["name"] for pipeline in pipelines]
            if len(names) != len(set(names)):
                yield f"workflows.{workflow}.{action} has two pipelines of one name"
            for pipeline in pipelines:
                whole = "-".join(
                    (promise["metadata"]["name"], workflow, action, pipeline["metadata"]["name"])
                )
                if len(whole) > MAX_NAME:
                    yield f"{whole} has {len(whole)} characters, more than {MAX_NAME}"
                yield from _pipeline(whole, pipeline)


def _labels(where: str, labels: dict[str, Any]) -> Iterator[str]:
    for key, value in labels.items():
        if not _LABEL_KEY.fullmatch(key):
            yield f"{where}: {key!r} is not a valid label key"
        if not isinstance(value, str) or not _LABEL_VALUE.fullmatch(value):
            yield f"{where}: {value!r} is no value of a label"


def _api(api: dict[str, Any]) -> Iterator[str]:
    spec = api["spec"]
    if spec["scope"] != "Namespaced":
        yield "the API must be namespaced"
    if api["metadata"]["name"] != f"{spec['names']['plural']}.{spec['group']}":
        yield "the API must be called PLURAL.GROUP"
    if [version["name"] for version in spec["versions"] if version["storage"]] == []:
        yield "the API needs a version that is stored"
    for version in spec["versions"]:
        if "status" in version["schema"]["openAPIV3Schema"]["properties"]:
            yield f"{version['name']} declares a status, which Kratix replaces by its own"


def _pipeline(where: str, pipeline: dict[str, Any]) -> Iterator[str]:
    yield from _unknown(where, pipeline, _PIPELINE)
    if (pipeline["apiVersion"], pipeline["kind"]) != ("platform.kratix.io/v1alpha1", "Pipeline"):
        yield f"{where} is no Pipeline of platform.kratix.io/v1alpha1"
    if not _DNS_LABEL.fullmatch(pipeline["metadata"]["name"]):
        yield f"{where} has a name that is no DNS label"
    yield from _unknown(where, pipeline["spec"], _OF_PIPELINE)
    rbac = pipeline["spec"].get("rbac", {})
    yield from _unknown(f"{where}, rbac", rbac, _RBAC)
    for permission in rbac.get("permissions", []):
        yield from _unknown(f"{where}, a permission", permission, _PERMISSION)
    names = [container["name"] for container in pipeline["spec"]["containers"]]
    if len(names) != len(set(names)) or OWN_CONTAINERS & set(names):
        yield f"{where} has two containers of one name, or one that is Kratix' own"
    for container in pipeline["spec"]["containers"]:
        yield from _unknown(f"{where}, {container['name']}", container, _CONTAINER)
        if not container.get("image"):
            yield f"{where}, {container['name']} has no image"
