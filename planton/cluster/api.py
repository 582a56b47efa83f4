"""The four calls of an API server that the observer needs, through Kubernetes' official client.

The client rather than kubectl: it renews the token of a service account, tells a missing object
from a missing API, and needs no second image to copy a program from.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kubernetes import client
from urllib3.exceptions import HTTPError, MaxRetryError

from planton.diagnostics.diagnostic import printable
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


class UnavailableError(ClusterError):
    """The API server cannot be reached or refuses the credentials: it will answer nothing else."""


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
            one = _ask("get", kind, self._objects.get_namespaced_custom_object, **place)
        except _Absent:
            return None
        return _object(one, f"get {kind.plural} {namespace} {name}")

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
            asked = f"list {kind.plural}"
            # Those of a list do not say of which kind they are.
            yield from ({**_object(one, asked), "kind": kind.name} for one in _items(page, asked))
            last, options["_continue"] = options.get("_continue"), _next_page(page)
            if not options["_continue"]:
                return
            if options["_continue"] == last:
                raise ClusterError(f"{asked}: the answer is the same page again and again")

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


def _object(one: Any, asked: str) -> Data:
    match one:
        case {"metadata": {"name": str(), "namespace": str()}}:
            found: Data = one
            return found
    raise ClusterError(f"{asked}: {_NO_OBJECT}")


def _items(page: Data, asked: str) -> list[Any]:
    items = page.get("items")
    if not isinstance(items, list):
        raise ClusterError(f"{asked}: {_NO_OBJECT}")
    return items


def _next_page(page: Data) -> Any:
    metadata = page.get("metadata")
    return metadata.get("continue") if isinstance(metadata, dict) else None


_NO_OBJECT = "the answer is not that of a Kubernetes API server"


def _ask(verb: str, kind: Kind, call: Callable[..., Any], **options: Any) -> Data:
    asked = " ".join(
        [verb, kind.plural, *(options[key] for key in ("namespace", "name") if key in options)]
    )
    try:
        answer = call(**kind.path, **options, **_LIMITS)
    except client.ApiException as error:
        said = _status(error)
        if error.status == 404 and not said.get("details", {}).get("kind"):
            # Of a missing object the server names the kind.
            raise NotServedError(
                f"{asked}: the cluster has no {kind.plural}.{kind.group}"
            ) from None
        if error.status == 404 and verb in ("get", "update"):
            raise _Absent from None
        if error.status == 409 and verb in ("create", "update"):
            raise _Conflict from None
        message = one_line(str(said.get("message") or error.reason))
        failed = UnavailableError if error.status == 401 else ClusterError
        raise failed(f"{asked}: {error.status} {message}") from None
    except HTTPError as error:
        # That of the last try says what is wrong, before the length of a message ends it.
        cause = (error.reason if isinstance(error, MaxRetryError) else None) or error
        raise UnavailableError(f"{asked}: no answer: {one_line(str(cause))}") from None
    if not isinstance(answer, dict):
        raise ClusterError(f"{asked}: {_NO_OBJECT}")
    return answer


def _status(error: client.ApiException) -> Data:
    """The Status that an API server answers with, if it is one."""
    try:
        said = json.loads(error.body or "")
    except ValueError:
        return {}
    return said if isinstance(said, dict) and isinstance(said.get("details", {}), dict) else {}


def one_line(text: str) -> str:
    """The text as a message shows it: bounded, without control characters."""
    return printable(" ".join(text.split())[:_MAX_MESSAGE])
