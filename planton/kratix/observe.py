"""The state of a request's table as a HealthRecord, from what the ACK controllers report.

Kratix copies the record into the request's `status.healthStatus`; nothing else carries the state,
because Kratix replaces whatever else stands there. A state says only what was seen: `ready` needs
a table that is ACTIVE, and a controller that has compared it with the request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from planton.kratix.ack_report import (
    below,
    bounded,
    condition_of,
    mappings,
    reason_of,
    synced_condition,
)
from planton.kratix.identity import Identity, generation_of, is_table_of, scaling_of
from planton.kratix.names import API_VERSION, GROUP, KIND
from planton.render.rendered import Data

RECORD_API = "platform.kratix.io/v1alpha1"
RECORD_KIND = "HealthRecord"

READY, DEGRADED, UNKNOWN, UNHEALTHY = "ready", "degraded", "unknown", "unhealthy"

HEARTBEAT = 3600
"""Seconds after which a record is written although nothing has changed. Each write makes Kratix
list all records of the cluster."""

_OF_STATUS = {
    "CREATING": UNKNOWN,
    "UPDATING": UNKNOWN,
    "DELETING": UNHEALTHY,
    "INACCESSIBLE_ENCRYPTION_CREDENTIALS": UNHEALTHY,
    "ARCHIVING": UNHEALTHY,
    "ARCHIVED": UNHEALTHY,
}
_ACTIVE = "ACTIVE"
_CHANGING = ("CREATING", "UPDATING")

_WORST = (UNHEALTHY, DEGRADED, UNKNOWN, READY)


@dataclass(frozen=True)
class Seen:
    """The state of a table, the reason for it, and the details that the request shows."""

    state: str
    message: str | None = None
    details: Data | None = None


def health_record(
    identity: Identity,
    table: Data | None,
    scaling: Sequence[Data],
    *,
    now: int,
    before: Data | None = None,
) -> Data:
    """The HealthRecord of a request.

    Args:
        identity: of the request, or of the generation that the Table shows where the request
            cannot be read.
        table: ACK's Table; None if the cluster has none for the request.
        scaling: ACK's objects of its autoscaling.
        now: Unix time.
        before: the record that is there.
    """
    foreign = table is not None and not is_table_of(table, identity)
    if foreign:
        seen = Seen(UNKNOWN, f"the Table {_place(identity)} {_FOREIGN}")
    else:
        seen = _seen(identity, table, scaling, before)
    shown = generation_of(table) if table and not foreign else None
    generation = shown or identity.generation
    details = {**(seen.details or {})}
    if seen.message:
        details["message"] = bounded(seen.message)
    if generation is not None:
        details["generation"] = generation
    details["asOf"] = datetime.fromtimestamp(now, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    metadata: Data = {"name": identity.record_name, "namespace": identity.namespace}
    if identity.uid:
        # The record is deleted with its request, and only with it.
        owner = {"apiVersion": f"{GROUP}/{API_VERSION}", "kind": KIND, "name": identity.name}
        metadata["ownerReferences"] = [{**owner, "uid": identity.uid}]
    reference: Data = {"name": identity.name, "namespace": identity.namespace}
    if generation is not None:
        reference["generation"] = generation
    return {
        "apiVersion": RECORD_API,
        "kind": RECORD_KIND,
        "metadata": metadata,
        "data": {
            "promiseRef": {"name": identity.promise},
            "resourceRef": reference,
            "state": seen.state,
            "lastRun": now,
            "details": details,
        },
    }


def must_be_written(record: Data, before: Data | None) -> bool:
    """Whether the record says something new, or the one before is so old that it looks dead."""
    if before is None:
        return True
    if _comparable(record) != _comparable(before):
        return True
    last = below(before, "data", "lastRun")
    # A clock that was ahead has left a time in the future: that must not stay until it has come.
    return not isinstance(last, int) or abs(record["data"]["lastRun"] - last) >= HEARTBEAT


def of_another_request(record: Data, before: Data) -> bool:
    """Whether the record that is there belongs to another request of the same name.

    Either that request was deleted and its record goes with it, or the Table is one of before: the
    record of a new request must not get an owner that is gone.
    """
    ours, theirs = _owners(record), _owners(before)
    return bool(ours and theirs) and ours.isdisjoint(theirs)


def _owners(record: Data) -> set[str]:
    owners = mappings(below(record, "metadata", "ownerReferences"))
    return {str(owner.get("uid")) for owner in owners}


def _comparable(record: Data) -> Data:
    data = below(record, "data")
    data = {**data} if isinstance(data, dict) else {}
    data.pop("lastRun", None)
    details = data.get("details")
    if isinstance(details, dict):
        data["details"] = {key: value for key, value in details.items() if key != "asOf"}
    return data


# The state

_FOREIGN = "was rendered for an earlier request of this name, or not by this Promise"


def _place(identity: Identity) -> str:
    return f"{identity.namespace}/{identity.name}"


def _seen(identity: Identity, table: Data | None, scaling: Sequence[Data], before: Any) -> Seen:
    place = _place(identity)
    if table is None:
        return Seen(UNKNOWN, f"this cluster has no Table {place}")
    details = _details(table)
    shown = generation_of(table)
    if None not in (shown, identity.generation) and shown != identity.generation:
        late = f"the Table is still that of generation {shown} of the request"
        return Seen(UNKNOWN, late, details)
    if table["metadata"].get("deletionTimestamp"):
        return Seen(UNHEALTHY, f"the Table {place} is being deleted", details)
    found = _worst(_of_table(table), *_of_scaling(table, scaling))
    recorded = below(before, "data", "resourceRef", "generation")
    if found.state != UNKNOWN and None not in (recorded, shown) and recorded != shown:
        # ACK does not say of which generation a condition is. Of the first look after a change
        # only the change is certain.
        changed = f"generation {shown} has just arrived: what became of it is not seen yet"
        return Seen(UNKNOWN, changed, details)
    return Seen(found.state, found.message, details)


def _details(table: Data) -> Data:
    status = below(table, "status")
    details: Data = {
        "tableName": below(table, "spec", "tableName"),
        "tableStatus": below(status, "tableStatus"),
        "tableArn": below(status, "ackResourceMetadata", "arn"),
    }
    if below(table, "spec", "streamSpecification", "streamEnabled") is True:
        # AWS goes on naming the latest stream when it is off.
        details["streamArn"] = below(status, "latestStreamARN")
    return {key: bounded(value) for key, value in details.items() if isinstance(value, str)}


def _of_table(table: Data) -> Seen:
    status = below(table, "status", "tableStatus")
    if (terminal := condition_of(table, "ACK.Terminal")) and terminal["status"] == "True":
        return Seen(UNHEALTHY, reason_of(terminal) or "the controller gave up")
    synced = synced_condition(table)
    error = condition_of(table, "ACK.Recoverable")
    failing = error is not None and error["status"] == "True"
    why = reason_of(error) if error and failing else None
    if status is None:
        return Seen(UNKNOWN, why or "the controller has not reported a table yet")
    if status != _ACTIVE:
        message = why or f"the table is {status}"
        return Seen(_OF_STATUS.get(str(status), UNKNOWN), message)
    if synced is None:
        return Seen(UNKNOWN, why or "the controller has not compared the table with the request")
    if failing or synced["status"] != "True":
        waits = "the table is not yet what the request asks for"
        return Seen(DEGRADED, why or reason_of(synced) or waits)
    return _worst(Seen(READY), *_of_parts(table))


def _of_parts(table: Data) -> Iterator[Seen]:
    """Indexes and replicas that are not ACTIVE, although the table is."""
    for kind, several, name, state in (
        ("index", "globalSecondaryIndexesDescriptions", "indexName", "indexStatus"),
        ("replica", "replicas", "regionName", "replicaStatus"),
    ):
        for part in mappings(below(table, "status", several)):
            if (status := part.get(state)) in (None, _ACTIVE):
                continue
            bad = UNKNOWN if status in _CHANGING else DEGRADED
            yield Seen(bad, f"the {kind} {part.get(name)} is {status}")


def _of_scaling(table: Data, scaling: Iterable[Data]) -> Iterator[Seen]:
    """A table whose autoscaling failed can be used, with the capacity that it has."""
    there = [one for one in scaling if not one["metadata"].get("deletionTimestamp")]
    if (wanted := scaling_of(table)) > len(there):
        yield Seen(UNKNOWN, f"{len(there)} of {wanted} objects of autoscaling are in the cluster")
    for one in there if wanted else ():
        what = f"{one.get('kind', 'object')} {one['metadata']['name']}"
        terminal = condition_of(one, "ACK.Terminal")
        synced = synced_condition(one)
        if terminal and terminal["status"] == "True":
            yield Seen(DEGRADED, f"{what}: {reason_of(terminal) or 'the controller gave up'}")
        elif synced is None:
            yield Seen(UNKNOWN, f"{what}: the controller has not reported it yet")
        elif synced["status"] != "True":
            error = condition_of(one, "ACK.Recoverable") or synced
            yield Seen(DEGRADED, f"{what}: {reason_of(error) or 'not in sync'}")


def _worst(*found: Seen) -> Seen:
    """The first of the worst."""
    return min(found, key=lambda one: _WORST.index(one.state))
