"""The four calls of an API server that the observer needs, through Kubernetes' official client.

The client rather than kubectl: it renews the token of a service account, tells a missing object
from a missing API, and needs no second image to copy a program from.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kubernetes import client, config
from urllib3.exceptions import HTTPError

from planton.render.rendered import Data

_PAGE = 500
_LIMITS: Data = {"_request_timeout": (10.0, 30.0)}
_MAX_MESSAGE = 300


@dataclass(frozen=True)
class Kind:
    """A kind of objects, and what the API server's paths call it."""

    name: str
    group: str
    plural: str
    version: str = "v1alpha1"

    @property
    def path(self) -> Data:
        return {"group": self.group, "version": self.version, "plural": self.plural}


TABLES = Kind("Table", "dynamodb.services.k8s.aws", "tables")
TARGETS = Kind("ScalableTarget", "applicationautoscaling.services.k8s.aws", "scalabletargets")
POLICIES = Kind("ScalingPolicy", "applicationautoscaling.services.k8s.aws", "scalingpolicies")
HEALTH_RECORDS = Kind("HealthRecord", "platform.kratix.io", "healthrecords")


class ClusterError(Exception):
    """The API server refused, or did not answer; the text says what was asked of it."""


class NotServedError(ClusterError):
    """The cluster does not know the kind: its CRD is not installed."""


class _Absent(Exception):
    """There is no such object."""


class _Conflict(Exception):
    """The object exists already, or has changed since it was read."""


class Cluster:
    """One API server."""

    def __init__(self, api: client.ApiClient) -> None:
        self._objects = client.CustomObjectsApi(api)

    def get(self, kind: Kind, namespace: str, name: str) -> Data | None:
        """The object, or None if there is none.

        Raises:
            ClusterError: the API server refused or did not answer.
        """
        place = {"namespace": namespace, "name": name}
        try:
            return _ask("get", kind, self._objects.get_namespaced_custom_object, **place)
        except _Absent:
            return None

    def list(self, kind: Kind, selector: str, namespace: str | None = None) -> Iterator[Data]:
        """The objects whose labels are selected, of one namespace or of all.

        Raises:
            ClusterError: as for `get`.
        """
        options: Data = {"label_selector": selector, "limit": _PAGE}
        call: Callable[..., Any] = self._objects.list_cluster_custom_object
        if namespace is not None:
            call = self._objects.list_namespaced_custom_object
            options["namespace"] = namespace
        while True:
            page = _ask("list", kind, call, **options)
            # Those of a list do not say of which kind they are.
            yield from ({**one, "kind": kind.name} for one in page["items"])
            options["_continue"] = page.get("metadata", {}).get("continue")
            if not options["_continue"]:
                return

    def create(self, kind: Kind, one: Data) -> bool:
        """Creates an object; returns False if there is one of its name.

        Raises:
            ClusterError: as for `get`.
        """
        place = {"namespace": one["metadata"]["namespace"]}
        try:
            _ask("create", kind, self._objects.create_namespaced_custom_object, body=one, **place)
        except _Conflict:
            return False
        return True

    def replace(self, kind: Kind, one: Data) -> bool:
        """Replaces an object; returns False if it has changed or gone since it was read.

        Raises:
            ClusterError: as for `get`.
        """
        place = {key: one["metadata"][key] for key in ("namespace", "name")}
        try:
            _ask("update", kind, self._objects.replace_namespaced_custom_object, body=one, **place)
        except (_Absent, _Conflict):
            return False
        return True


def connect(kubeconfig: str | None) -> Cluster:
    """The cluster of a kubeconfig, or the one that this runs in.

    Raises:
        ClusterError: the file cannot be used, or this runs in no cluster.
    """
    try:
        if kubeconfig:
            return Cluster(config.new_client_from_config(kubeconfig))
        settings = client.Configuration()
        config.load_incluster_config(settings)
    except config.ConfigException as error:
        where = kubeconfig or "the pod's service account"
        raise ClusterError(f"{where}: {_line(str(error))}") from None
    return Cluster(client.ApiClient(settings))


def _ask(verb: str, kind: Kind, call: Callable[..., Any], **options: Any) -> Data:
    asked = " ".join(
        [verb, kind.plural, *(options[key] for key in ("namespace", "name") if key in options)]
    )
    try:
        answer: Data = call(**kind.path, **options, **_LIMITS)
    except client.ApiException as error:
        said = _status(error)
        if error.status == 404 and not said.get("details", {}).get("kind"):
            # Of a missing object the server names the kind.
            raise NotServedError(
                f"{asked}: the cluster has no {kind.plural}.{kind.group}"
            ) from None
        if error.status == 404 and verb != "create":
            raise _Absent from None
        if error.status == 409:
            raise _Conflict from None
        message = _line(str(said.get("message") or error.reason))
        raise ClusterError(f"{asked}: {error.status} {message}") from None
    except HTTPError as error:
        raise ClusterError(f"{asked}: no answer: {_line(str(error))}") from None
    return answer


def _status(error: client.ApiException) -> Data:
    """The Status that an API server answers with, if it is one."""
    try:
        said = json.loads(error.body or "")
    except ValueError:
        return {}
    return said if isinstance(said, dict) and isinstance(said.get("details", {}), dict) else {}


def _line(text: str) -> str:
    return " ".join(text.split())[:_MAX_MESSAGE]
