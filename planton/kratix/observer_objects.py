"""The observer as objects of Kubernetes: rights of the pipeline, and a job on each Destination.

Each right has one use in `planton.cluster`; a test takes them away one by one.
"""

from __future__ import annotations

from planton.kratix.names import USER
from planton.render.rendered import Data

NAME = "table-observer"
NAMESPACE = "dynamodb-observer"

SECRET = "platform-healthrecords"  # noqa: S105  # its name, not what it holds
"""The Secret with a kubeconfig of the platform, where the requests are in another cluster."""

_MOUNT = "/var/run/platform"
_TABLES = ("dynamodb.services.k8s.aws", ["tables"])
_SCALING = ("applicationautoscaling.services.k8s.aws", ["scalabletargets", "scalingpolicies"])
_RECORDS = ("platform.kratix.io", ["healthrecords"])

HARDENED: Data = {
    "runAsNonRoot": True,
    "runAsUser": USER,
    "runAsGroup": USER,
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
"""The security context of every container."""


def _rule(of: tuple[str, list[str]], *verbs: str) -> Data:
    group, resources = of
    return {"apiGroups": [group], "resources": [*resources], "verbs": [*verbs]}


def pipeline_rights() -> list[Data]:
    """What the pipeline may do, in the request's namespace only: Kratix makes a Role of it."""
    return [
        _rule(_TABLES, "get"),
        _rule(_SCALING, "list"),
        _rule(_RECORDS, "get", "create", "update"),
    ]


def record_rights() -> list[Data]:
    """What the observer may do on the platform, in each namespace with requests."""
    return [_rule(_RECORDS, "get", "create", "update")]


def destination_objects(image: str) -> list[Data]:
    """A job that looks at all tables of a Destination every five minutes."""
    account = {"name": NAME, "namespace": NAMESPACE}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {**account}},
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": NAME},
            "rules": [_rule(_TABLES, "list"), _rule(_SCALING, "list"), *record_rights()],
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": NAME},
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io",
                "kind": "ClusterRole",
                "name": NAME,
            },
            "subjects": [{"kind": "ServiceAccount", **account}],
        },
        {
            "apiVersion": "batch/v1",
            "kind": "CronJob",
            "metadata": {**account},
            "spec": {
                "schedule": "*/5 * * * *",
                "concurrencyPolicy": "Forbid",
                "successfulJobsHistoryLimit": 1,
                "failedJobsHistoryLimit": 3,
                "jobTemplate": {"spec": _job(image)},
            },
        },
    ]


def _job(image: str) -> Data:
    container = {
        "name": "observe",
        "image": image,
        "args": ["observe-all"],
        "env": [{"name": "PLATFORM_KUBECONFIG", "value": f"{_MOUNT}/kubeconfig"}],
        "resources": {
            "requests": {"cpu": "100m", "memory": "128Mi"},
            "limits": {"memory": "256Mi"},
        },
        "securityContext": {**HARDENED},
        "volumeMounts": [
            {"name": "platform", "mountPath": _MOUNT, "readOnly": True},
            # The client writes the certificates of a kubeconfig to files.
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108  # in the container
        ],
    }
    pod = {
        "serviceAccountName": NAME,
        "restartPolicy": "Never",
        "containers": [container],
        # Without the Secret the requests are in this cluster.
        "volumes": [
            {"name": "platform", "secret": {"secretName": SECRET, "optional": True}},
            {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
        ],
    }
    return {"backoffLimit": 0, "activeDeadlineSeconds": 240, "template": {"spec": pod}}
