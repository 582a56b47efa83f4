"""Looks at the tables of requests and writes their HealthRecords.

Once for one request, as a pipeline of the Promise (`observe`), or for all tables of a cluster, as a
job on a Destination (`observe_all`). Environment, folders and time are parameters.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any

from planton.cluster.api import (
    HEALTH_RECORDS,
    POLICIES,
    TABLES,
    TARGETS,
    Cluster,
    ClusterError,
    Kind,
    NotServedError,
    UnavailableError,
)
from planton.cluster.connection import connect
from planton.diagnostics.diagnostic import ManifestError, render
from planton.diagnostics.exit_status import OK, PROBLEMS
from planton.document.nodes import plain
from planton.document.writer import dump
from planton.kratix.container import INPUT, PROMISE_NAME
from planton.kratix.identity import Identity, IdentityError, of_request, of_table, scaling_of
from planton.kratix.looks import looks_so_far, next_look
from planton.kratix.names import OBSERVE, PROMISE, REQUEST_LABEL
from planton.kratix.observe import health_record, must_be_written, of_another_request
from planton.kratix.output_folders import write
from planton.kratix.workflow import CONTROL_FILE
from planton.reading.secret_lines import parse_source
from planton.reading.sources import read_file
from planton.render.rendered import Data

PLATFORM_KUBECONFIG = "PLATFORM_KUBECONFIG"
"""Environment variable: a kubeconfig of the cluster that the requests are in, if it is another."""

KUBECONFIG = "KUBECONFIG"
"""Environment variable: a kubeconfig of the cluster with the tables, outside of that cluster."""

_PIPELINE = "KRATIX_PIPELINE_NAME"
_DRY_RUN = "KRATIX_DRY_RUN"


class Written(Enum):
    """What became of a record; the value counts it in a sentence."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WAITING = "waiting"


def observe(root: str, environ: Mapping[str, str], now: int) -> int:
    """Writes the record of the request in `root` and says when to look again; returns the exit
    status.

    The request learns nothing where the cluster has no Tables at all: there its Destination
    observes them.
    """
    if environ.get(_DRY_RUN) == "true":
        print("dry run: the table is not observed")
        return OK
    try:
        source = read_file(os.path.join(root, "input", INPUT))
        parsed = parse_source(source)
        if parsed.diagnostics:
            raise ManifestError(parsed.diagnostics)
        request = plain(parsed.roots[0]) if parsed.roots else None
        identity = of_request(request, environ.get(PROMISE_NAME, PROMISE))
        cluster = connect(environ.get(KUBECONFIG))
        control = _observed(cluster, identity, request, environ.get(_PIPELINE, OBSERVE), now)
        write(os.path.join(root, "metadata"), control, (CONTROL_FILE,))
    except ManifestError as error:
        return _failed(render(error.diagnostics))
    except IdentityError as error:
        return _failed(f"{INPUT} is not a request of a cluster: {error}")
    except ClusterError as error:
        return _failed(str(error))
    except OSError as error:
        return _failed(f"the files cannot be written: {error.strerror}")
    return OK


def _observed(
    cluster: Cluster, identity: Identity, request: Any, pipeline: str, now: int
) -> dict[str, str]:
    """Looks once; returns the files that tell Kratix to look again, if it must."""
    place = f"{identity.namespace}/{identity.name}"
    try:
        table = cluster.get(TABLES, identity.namespace, identity.name)
    except NotServedError:
        print(f"{place}: this cluster has no ACK tables: the observer of their cluster sees them")
        return {}
    scaling = _scaling_objects(cluster, identity) if table and scaling_of(table) else []
    record, written = _recorded(cluster, identity, table, scaling, now)
    looks = looks_so_far(request, pipeline)
    state = record["data"]["state"]
    why = record["data"]["details"].get("message")
    line = f"{place}: {state}, {why}" if why else f"{place}: {state}"
    print(f"{line} (record {written.value})")
    waiting = written is Written.WAITING
    after = next_look(record, exists=table is not None, waiting=waiting, looks=looks)
    return {CONTROL_FILE: dump({"retryAfter": after, "message": line})} if after else {}


def _scaling_objects(cluster: Cluster, identity: Identity) -> list[Data]:
    selector = f"{REQUEST_LABEL}={identity.name}"
    return [
        one for kind in (TARGETS, POLICIES) for one in _served(cluster, kind, selector, identity)
    ]


def _served(
    cluster: Cluster, kind: Kind, selector: str, identity: Identity | None = None
) -> list[Data]:
    """The objects, none if their controller is not installed."""
    try:
        return list(cluster.list(kind, selector, identity.namespace if identity else None))
    except NotServedError:
        return []


def _recorded(
    platform: Cluster, identity: Identity, table: Data | None, scaling: Sequence[Data], now: int
) -> tuple[Data, Written]:
    """Writes the record if it must be written."""
    before = platform.get(HEALTH_RECORDS, identity.namespace, identity.record_name)
    record = health_record(identity, table, scaling, now=now, before=before)
    if before is None:
        created = platform.create(HEALTH_RECORDS, record)
        return record, Written.CREATED if created else Written.WAITING
    if before["metadata"].get("deletionTimestamp") or of_another_request(record, before):
        return record, Written.WAITING
    if not must_be_written(record, before):
        return record, Written.UNCHANGED
    # The version that was read says whether another one has written since.
    changed = platform.replace(HEALTH_RECORDS, {**before, "data": record["data"]})
    return record, Written.CHANGED if changed else Written.WAITING


def observe_all(environ: Mapping[str, str], clock: Callable[[], float]) -> int:
    """Writes the record of every request whose Table is in this cluster; returns the exit status.

    One that cannot be written does not stop the others, unless no other can be written either.
    """
    kubeconfig = environ.get(PLATFORM_KUBECONFIG)
    if kubeconfig and not os.path.exists(kubeconfig):
        kubeconfig = None
    try:
        here = connect(environ.get(KUBECONFIG))
        platform = connect(kubeconfig) if kubeconfig else here
        tables = list(here.list(TABLES, REQUEST_LABEL))
        scaling = _by_request(here) if any(scaling_of(one) for one in tables) else {}
    except ClusterError as error:
        return _failed(str(error))
    counts = dict.fromkeys(Written, 0)
    problems = 0
    for table in tables:
        place = (table["metadata"]["namespace"], table["metadata"]["name"])
        try:
            identity = of_table(table)
            found = scaling.get((identity.namespace, identity.name), [])
            _, written = _recorded(platform, identity, table, found, int(clock()))
        except NotServedError as error:
            return _failed(f"{error}: {PLATFORM_KUBECONFIG} must name a kubeconfig of the platform")
        except UnavailableError as error:
            return _failed(str(error))
        except (IdentityError, ClusterError) as error:
            problems += 1
            print(f"Table {'/'.join(place)}: {error}", file=sys.stderr)
        else:
            counts[written] += 1
    said = ", ".join(f"{number} {one.value}" for one, number in counts.items())
    failed = f", {problems} failed" if problems else ""
    print(f"{len(tables)} table{'' if len(tables) == 1 else 's'}: records {said}{failed}")
    return PROBLEMS if problems else OK


def _by_request(cluster: Cluster) -> dict[tuple[str, str], list[Data]]:
    """The objects of autoscaling, by namespace and request."""
    found: dict[tuple[str, str], list[Data]] = defaultdict(list)
    for kind in (TARGETS, POLICIES):
        for one in _served(cluster, kind, REQUEST_LABEL):
            metadata = one["metadata"]
            found[metadata["namespace"], metadata["labels"][REQUEST_LABEL]].append(one)
    return found


def _failed(message: str) -> int:
    print(message, file=sys.stderr)
    return PROBLEMS
