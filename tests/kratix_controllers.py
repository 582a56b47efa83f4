"""What Kratix and ACK do around the observer, in one cluster of `tests.api_server`.

`health_controller` follows Kratix's `healthrecord_controller.go`, with what surprises in it: the
records of all Promises with a request of that name count, a deletion rebuilds the status from all
records of the cluster, and no record at all means ready. `Ack` reports on a Table step by step.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from typing import Any

from tests.api_server import ApiServer, Data

FINALIZER = "kratix.io/health-record-cleanup"
_PRIORITY = ("unhealthy", "degraded", "unknown", "healthy", "ready")
PROMISES = ("aws-dynamodb-kratix", "other")


def health_controller(server: ApiServer) -> None:
    """Reconciles every HealthRecord until nothing changes."""
    for _ in range(10):
        before = copy.deepcopy(server.objects)
        for record in server.of("healthrecords"):
            _reconcile(server, record)
        if before == server.objects:
            return
    raise AssertionError("the controller does not settle")


def _reconcile(server: ApiServer, record: Data) -> None:
    metadata, reference = record["metadata"], record["data"]["resourceRef"]
    going = "deletionTimestamp" in metadata
    request = server.objects.get(("dynamodbrequests", reference["namespace"], reference["name"]))
    if request is None:
        if going:
            _let_go(server, record)
        return
    status = request.setdefault("status", {})
    if going:
        shown = status.get("healthStatus", {}).get("healthRecords") or []
        if metadata["name"] not in [one["source"]["name"] for one in shown]:
            _let_go(server, record)
            return
        others = [
            r for r in server.of("healthrecords") if r["metadata"]["name"] != metadata["name"]
        ]
        status["healthStatus"] = health_status(others)
        return
    if FINALIZER not in metadata.get("finalizers", []):
        metadata.setdefault("finalizers", []).append(FINALIZER)
        server.put("healthrecords", record)
    mine = [
        one
        for one in server.of("healthrecords")
        if all(one["data"]["resourceRef"][key] == reference[key] for key in ("name", "namespace"))
    ]
    status["healthStatus"] = health_status(mine)


def health_status(records: Iterable[Data]) -> Data:
    """The worst state, and every record."""
    state, shown = "ready", []
    for record in records:
        metadata, data = record["metadata"], record["data"]
        source = {"name": metadata["name"], "namespace": metadata["namespace"]}
        one = {"state": data["state"], "lastRun": data["lastRun"], "source": source}
        shown.append({**one, "details": data["details"]})
        state = min(state, data["state"], key=_PRIORITY.index)
    return {"state": state, "healthRecords": shown}


def _let_go(server: ApiServer, record: Data) -> None:
    metadata = record["metadata"]
    metadata["finalizers"].remove(FINALIZER)
    server.delete("healthrecords", metadata["namespace"], metadata["name"])


class Ack:
    """The controllers of DynamoDB and of Application Auto Scaling."""

    def __init__(self, server: ApiServer) -> None:
        self.server = server

    def report(self, plural: str = "tables", **status: Any) -> None:
        """Writes the same status on every object of a kind."""
        for one in self.server.of(plural):
            one["status"] = copy.deepcopy(status)
            self.server.put(plural, one)

    def table(self, table_status: str | None = None, *conditions: Data, **more: Any) -> None:
        """Reports a table of AWS."""
        for one in self.server.of("tables"):
            spec = one["spec"]
            region = one["metadata"]["annotations"]["services.k8s.aws/region"]
            arn = f"arn:aws:dynamodb:{region}:111122223333:table/{spec['tableName']}"
            status: Data = {"conditions": list(conditions), **more}
            if table_status:
                status["tableStatus"] = table_status
                status["ackResourceMetadata"] = {"arn": arn, "ownerAccountID": "111122223333"}
                if "streamSpecification" in spec:
                    status["latestStreamARN"] = f"{arn}/stream/2026-12-01T12:00:00.000"
            one["status"] = status
            self.server.put("tables", one)


def condition(
    kind: str, status: str, message: str | None = None, reason: str | None = None
) -> Data:
    """A condition as ACK writes one; its time is that of the last reconciliation."""
    said = {"message": message, "reason": reason}
    shown = {key: value for key, value in said.items() if value is not None}
    return {"type": kind, "status": status, "lastTransitionTime": "2026-12-01T12:00:00Z", **shown}


SYNCED = condition("ACK.ResourceSynced", "True", "Resource synced successfully", "")
WAITING = condition("ACK.ResourceSynced", "False", "table is currently being created")


# Printer columns

_STEP = re.compile(r'\.(\w+)|\[(\d+|\*)\]|\[\?\(@\.(\w+)=="(\w+)"\)\]')


def column(one: Data, path: str) -> Any:
    """What a printer column shows: the first value that the JSONPath finds, None for nothing."""
    found: list[Any] = [one]
    end = 0
    for step in _STEP.finditer(path):
        assert step.start() == end, path
        end = step.end()
        key, index, name, value = step.groups()
        if key:
            found = [item[key] for item in found if isinstance(item, dict) and key in item]
            continue
        items = [item for several in found for item in several or []]
        if name:
            found = [item for item in items if item.get(name) == value]
        else:
            found = items if index == "*" else items[int(index) : int(index) + 1]
    assert end == len(path), path
    return found[0] if found else None


def columns(crd: Data, one: Data) -> Data:
    """What `kubectl get -o wide` shows of an object, but for the columns of times."""
    (version,) = crd["spec"]["versions"]
    return {
        each["name"]: column(one, each["jsonPath"])
        for each in version["additionalPrinterColumns"]
        if each["type"] != "date"
    }
