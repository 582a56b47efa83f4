"""The state of a table, as the HealthRecord of its request: what each report of ACK means."""

from __future__ import annotations

from typing import Any

import boto3  # type: ignore[import-untyped]  # has no types
import pytest

from planton.kratix.ack_report import MAX_MESSAGE
from planton.kratix.identity import (
    Identity,
    IdentityError,
    of_request,
    of_table,
    scaling_of,
    table_annotations,
)
from planton.kratix.looks import looks_so_far, next_look
from planton.kratix.observe import (
    HEARTBEAT,
    health_record,
    must_be_written,
    of_another_request,
)
from tests.kratix_controllers import SYNCED, WAITING, condition

NOW = 1796126400
ORDERS = Identity("aws-dynamodb-kratix", "shop", "orders", "uid-1", 2)
ARN = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
TERMINAL = condition("ACK.Terminal", "True", "ValidationException: the key is not valid")
THROTTLED = condition("ACK.Recoverable", "True", "ThrottlingException: Rate exceeded")
NOT_KNOWN = condition("ACK.ResourceSynced", "Unknown", "Unable to determine", "Rate exceeded")


def table(status: str | None = None, *conditions: Any, scaling: int = 0, **more: Any) -> Any:
    request = {"metadata": {"uid": "uid-1", "generation": 2}}
    notes = table_annotations(request, "aws-dynamodb-kratix", "shop", "orders", scaling)
    report: dict[str, Any] = {"conditions": list(conditions), **more}
    if status:
        report |= {"tableStatus": status, "ackResourceMetadata": {"arn": ARN}}
    return {
        "kind": "Table",
        "metadata": {"name": "orders", "namespace": "shop", "annotations": notes},
        "spec": {"tableName": "orders"},
        "status": report,
    }


def scaled(kind: str, *conditions: Any, **metadata: Any) -> Any:
    status = {"conditions": list(conditions)}
    return {"kind": kind, "metadata": {"name": "orders-read", **metadata}, "status": status}


def record(found: Any, scaling: Any = (), before: Any = None, identity: Identity = ORDERS) -> Any:
    return health_record(identity, found, scaling, now=NOW, before=before)


def state(found: Any, scaling: Any = (), before: Any = None) -> tuple[str, str | None]:
    data = record(found, scaling, before)["data"]
    return data["state"], data["details"].get("message")


def test_a_record_says_all_that_the_request_shows() -> None:
    found = table("ACTIVE", SYNCED, latestStreamARN=f"{ARN}/stream/1")
    found["spec"]["streamSpecification"] = {"streamEnabled": True}

    assert record(found) == {
        "apiVersion": "platform.kratix.io/v1alpha1",
        "kind": "HealthRecord",
        "metadata": {
            "name": "aws-dynamodb-kratix.shop.orders",
            "namespace": "shop",
            "ownerReferences": [
                {
                    "apiVersion": "dynamodb.kratix.io/v1alpha1",
                    "kind": "DynamoDBRequest",
                    "name": "orders",
                    "uid": "uid-1",
                }
            ],
        },
        "data": {
            "promiseRef": {"name": "aws-dynamodb-kratix"},
            "resourceRef": {"name": "orders", "namespace": "shop", "generation": 2},
            "state": "ready",
            "lastRun": NOW,
            "details": {
                "tableName": "orders",
                "tableStatus": "ACTIVE",
                "tableArn": ARN,
                "streamArn": f"{ARN}/stream/1",
                "generation": 2,
                "asOf": "2026-12-01T12:00:00Z",
            },
        },
    }


SAID: dict[str, tuple[Any, str, str | None]] = {
    "no Table": (None, "unknown", "this cluster has no Table shop/orders"),
    "no status": (table(), "unknown", "the controller has not reported a table yet"),
    "an error before the first status": (
        table(None, THROTTLED, NOT_KNOWN),
        "unknown",
        "ThrottlingException: Rate exceeded",
    ),
    "creating": (table("CREATING", WAITING), "unknown", "the table is CREATING"),
    "updating": (table("UPDATING", WAITING), "unknown", "the table is UPDATING"),
    "updating, throttled": (
        table("UPDATING", THROTTLED),
        "unknown",
        "ThrottlingException: Rate exceeded",
    ),
    "active, not compared": (
        table("ACTIVE"),
        "unknown",
        "the controller has not compared the table with the request",
    ),
    "ready": (table("ACTIVE", SYNCED), "ready", None),
    "ready, an error that is over": (
        table("ACTIVE", SYNCED, condition("ACK.Recoverable", "False")),
        "ready",
        None,
    ),
    "ready for a newer controller": (table("ACTIVE", condition("Ready", "True")), "ready", None),
    "not in sync": (
        table("ACTIVE", WAITING),
        "degraded",
        "table is currently being created",
    ),
    "not in sync, without a word": (
        table("ACTIVE", condition("ACK.ResourceSynced", "False", "  ")),
        "degraded",
        "the table is not yet what the request asks for",
    ),
    "in sync and throttled": (
        table("ACTIVE", SYNCED, THROTTLED),
        "degraded",
        "ThrottlingException: Rate exceeded",
    ),
    "sync not known": (table("ACTIVE", NOT_KNOWN), "degraded", "Rate exceeded"),
    "in sync but not ready": (
        table("ACTIVE", SYNCED, condition("Ready", "False", "AccessDenied")),
        "degraded",
        "AccessDenied",
    ),
    "ready but not in sync": (
        table("ACTIVE", condition("Ready", "True"), WAITING),
        "degraded",
        "table is currently being created",
    ),
    "not in sync for a newer controller": (
        table("ACTIVE", condition("Ready", "False", "AccessDenied", "ACK.Recoverable")),
        "degraded",
        "AccessDenied",
    ),
    "a general message beside the error": (
        table("ACTIVE", condition("ACK.ResourceSynced", "Unknown", "Unable to determine", "x")),
        "degraded",
        "x",
    ),
    "terminal": (
        table(None, WAITING, TERMINAL),
        "unhealthy",
        "ValidationException: the key is not valid",
    ),
    "terminal, in sync": (
        table("ARCHIVING", SYNCED, condition("ACK.Terminal", "True")),
        "unhealthy",
        "the controller gave up",
    ),
    "a terminal error that is over": (
        table("ACTIVE", SYNCED, condition("ACK.Terminal", "False")),
        "ready",
        None,
    ),
    "no key": (
        table("INACCESSIBLE_ENCRYPTION_CREDENTIALS", SYNCED),
        "unhealthy",
        "the table is INACCESSIBLE_ENCRYPTION_CREDENTIALS",
    ),
    "archived": (table("ARCHIVED", SYNCED), "unhealthy", "the table is ARCHIVED"),
    "deleted in AWS": (table("DELETING", SYNCED), "unhealthy", "the table is DELETING"),
    "a status of a later AWS": (table("THAWING", SYNCED), "unknown", "the table is THAWING"),
    "an index that is created": (
        table(
            "ACTIVE",
            SYNCED,
            globalSecondaryIndexesDescriptions=[
                {"indexName": "a", "indexStatus": "ACTIVE"},
                {"indexName": "b", "indexStatus": "CREATING"},
            ],
        ),
        "unknown",
        "the index b is CREATING",
    ),
    "a replica that failed": (
        table(
            "ACTIVE",
            SYNCED,
            replicas=[{"regionName": "us-east-1", "replicaStatus": "CREATION_FAILED"}],
        ),
        "degraded",
        "the replica us-east-1 is CREATION_FAILED",
    ),
    "parts without a status": (
        table("ACTIVE", SYNCED, replicas=[{"regionName": "us-east-1"}, "?"]),
        "ready",
        None,
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_each_report_has_one_state(name: str) -> None:
    found, expected, message = SAID[name]

    assert state(found) == (expected, message)


def test_each_status_of_aws_has_a_state_that_was_decided() -> None:
    """A status that is missing in the map is unknown, so a new one is never ready."""
    client = boto3.client("dynamodb", region_name="us-east-1")
    known = client.meta.service_model.shape_for("TableStatus").enum

    assert {status: state(table(status, SYNCED))[0] for status in known} == {
        "CREATING": "unknown",
        "UPDATING": "unknown",
        "DELETING": "unhealthy",
        "ACTIVE": "ready",
        "INACCESSIBLE_ENCRYPTION_CREDENTIALS": "unhealthy",
        "ARCHIVING": "unhealthy",
        "ARCHIVED": "unhealthy",
        "REPLICATION_NOT_AUTHORIZED": "unknown",
    }


@pytest.mark.parametrize("odd", ["x", 7, [], {"conditions": "x"}, {"conditions": [{"type": 1}]}])
def test_a_report_of_another_form_is_no_report(odd: Any) -> None:
    found = {**table("ACTIVE", SYNCED), "status": odd}

    assert state(found)[0] == "unknown"


def test_a_table_that_is_being_deleted_is_unhealthy() -> None:
    found = table("ACTIVE", SYNCED)
    found["metadata"]["deletionTimestamp"] = "2026-12-01T12:00:00Z"

    assert state(found) == ("unhealthy", "the Table shop/orders is being deleted")


def test_a_stream_that_is_off_has_no_arn() -> None:
    """AWS goes on naming the latest one."""
    found = table("ACTIVE", SYNCED, latestStreamARN=f"{ARN}/stream/1")

    assert "streamArn" not in record(found)["data"]["details"]


@pytest.mark.parametrize(
    "changed", [None, {"promise": "other"}, {"request": "other"}, {"request-uid": "uid-0"}]
)
def test_a_table_of_something_else_tells_a_request_nothing(changed: Any) -> None:
    """By hand, of another Promise, or of an earlier request of the name."""
    found = table("ACTIVE", SYNCED)
    notes = found["metadata"]["annotations"]
    notes["dynamodb.kratix.io/request-generation"] = "7"
    if changed is None:
        notes.clear()
    for key, value in (changed or {}).items():
        notes[f"dynamodb.kratix.io/{key}"] = value

    assert record(found)["data"] == {
        "promiseRef": {"name": "aws-dynamodb-kratix"},
        "resourceRef": {"name": "orders", "namespace": "shop", "generation": 2},
        "state": "unknown",
        "lastRun": NOW,
        "details": {
            "message": "the Table shop/orders was rendered for an earlier request of this name, or "
            "not by this Promise",
            "generation": 2,
            "asOf": "2026-12-01T12:00:00Z",
        },
    }


# Generations


def test_a_table_of_an_earlier_generation_is_unknown_as_of_that_one() -> None:
    later = Identity("aws-dynamodb-kratix", "shop", "orders", "uid-1", 3)
    data = record(table("ACTIVE", SYNCED), identity=later)["data"]

    assert (data["state"], data["resourceRef"]["generation"]) == ("unknown", 2)
    assert data["details"]["message"] == "the Table is still that of generation 2 of the request"
    assert data["details"]["tableArn"] == ARN


@pytest.mark.parametrize("now", [table("ACTIVE", SYNCED), table(None, TERMINAL)])
def test_the_first_look_after_a_change_decides_nothing(now: Any) -> None:
    """ACK's conditions do not say of which generation they are."""
    before = record(table("ACTIVE", SYNCED))
    before["data"]["resourceRef"]["generation"] = 1
    first = record(now, before=before)
    second = record(now, before=first)

    assert first["data"]["state"] == "unknown"
    assert first["data"]["details"]["message"] == (
        "generation 2 has just arrived: what became of it is not seen yet"
    )
    assert second["data"]["state"] == state(now)[0]


def test_the_first_look_after_a_change_shows_what_ack_is_doing() -> None:
    before = record(table("ACTIVE", SYNCED))
    before["data"]["resourceRef"]["generation"] = 1

    assert state(table("UPDATING", WAITING), before=before) == ("unknown", "the table is UPDATING")


def test_a_table_without_a_generation_is_judged_all_the_same() -> None:
    """The workflow renders files without, on a developer's machine."""
    found = table("ACTIVE", SYNCED)
    for key in ("request-generation", "request-uid"):
        del found["metadata"]["annotations"][f"dynamodb.kratix.io/{key}"]
    one = health_record(of_table(found), found, (), now=NOW)

    assert one["data"]["state"] == "ready"
    assert one["data"]["resourceRef"] == {"name": "orders", "namespace": "shop"}
    assert "ownerReferences" not in one["metadata"]
    assert "generation" not in one["data"]["details"]


# Autoscaling

SCALED: dict[str, tuple[list[Any], str, str | None]] = {
    "in sync": ([scaled("ScalableTarget", SYNCED), scaled("ScalingPolicy", SYNCED)], "ready", None),
    "one is missing": (
        [scaled("ScalableTarget", SYNCED)],
        "unknown",
        "1 of 2 objects of autoscaling are in the cluster",
    ),
    "one is being deleted": (
        [
            scaled("ScalableTarget", SYNCED),
            scaled("ScalingPolicy", SYNCED, deletionTimestamp="2026-12-01T12:00:00Z"),
        ],
        "unknown",
        "1 of 2 objects of autoscaling are in the cluster",
    ),
    "one is not reported": (
        [scaled("ScalableTarget", SYNCED), scaled("ScalingPolicy")],
        "unknown",
        "ScalingPolicy orders-read: the controller has not reported it yet",
    ),
    "one failed": (
        [scaled("ScalableTarget", SYNCED), scaled("ScalingPolicy", SYNCED, TERMINAL)],
        "degraded",
        "ScalingPolicy orders-read: ValidationException: the key is not valid",
    ),
    "one failed without a word": (
        [scaled("ScalableTarget", condition("ACK.Terminal", "True")), scaled("ScalingPolicy")],
        "degraded",
        "ScalableTarget orders-read: the controller gave up",
    ),
    "one is throttled": (
        [scaled("ScalableTarget", NOT_KNOWN, THROTTLED), scaled("ScalingPolicy", SYNCED)],
        "degraded",
        "ScalableTarget orders-read: ThrottlingException: Rate exceeded",
    ),
    "one is not in sync": (
        [scaled("ScalableTarget", condition("Ready", "False")), scaled("ScalingPolicy", SYNCED)],
        "degraded",
        "ScalableTarget orders-read: not in sync",
    ),
}


@pytest.mark.parametrize("name", SCALED)
def test_a_table_without_its_autoscaling_is_not_ready(name: str) -> None:
    scaling, expected, message = SCALED[name]

    assert state(table("ACTIVE", SYNCED, scaling=2), scaling) == (expected, message)


def test_autoscaling_does_not_hide_what_is_worse() -> None:
    failed = [scaled("ScalableTarget", TERMINAL), scaled("ScalingPolicy", TERMINAL)]

    assert state(table(None, TERMINAL, scaling=2), failed)[0] == "unhealthy"
    assert state(table("ACTIVE", SYNCED), failed)[0] == "ready"


# What a record shows


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("two\nlines\x1b[31m", "two lines [31m"),
        ("x" * 400, "x" * (MAX_MESSAGE - 1) + "…"),
        ("key AKIAIOSFODNN7EXAMPLE is invalid", "key … is invalid"),
        ("ASIAIOSFODNN7EXAMPLE", "…"),
        (
            "GET /?X-Amz-Credential=abc/2026&X-Amz-Signature=0123 failed",
            "GET /?X-Amz-Credential=…&X-Amz-Signature=… failed",
        ),
    ],
)
def test_a_message_is_one_line_without_credentials(said: str, shown: str) -> None:
    assert state(table(None, condition("ACK.Terminal", "True", said)))[1] == shown


def test_a_record_is_written_when_something_changed_or_after_an_hour() -> None:
    before = record(table("ACTIVE", SYNCED))
    later = health_record(ORDERS, table("ACTIVE", SYNCED), (), now=NOW + HEARTBEAT - 1)
    hour = health_record(ORDERS, table("ACTIVE", SYNCED), (), now=NOW + HEARTBEAT)

    assert HEARTBEAT == 3600
    assert must_be_written(before, None)
    assert not must_be_written(later, before)
    assert must_be_written(hour, before)
    assert must_be_written(record(table("UPDATING", WAITING)), before)
    ahead = health_record(ORDERS, table("ACTIVE", SYNCED), (), now=NOW + 100 * HEARTBEAT)
    assert must_be_written(before, ahead)
    assert must_be_written(later, {**before, "data": {**before["data"], "lastRun": "x"}})
    assert must_be_written(later, {**before, "data": {**before["data"], "details": None}})


def test_the_same_error_of_two_tries_is_no_change() -> None:
    """The controller quotes AWS's whole answer when it could not update a table."""
    first, second = (
        record(
            table(
                "ACTIVE",
                WAITING,
                condition(
                    "ACK.Recoverable",
                    "True",
                    "cannot update table operation error DynamoDB: UpdateTable, https response "
                    f"error StatusCode: 400, RequestID: {one}, api error ValidationException: no",
                ),
            )
        )
        for one in ("N3K9OM", "7QH1AB")
    )

    assert not must_be_written(second, first)
    assert first["data"]["details"]["message"] == (
        "cannot update table operation error DynamoDB: UpdateTable, https response error "
        "StatusCode: 400, RequestID: …, api error ValidationException: no"
    )


def test_a_record_of_an_earlier_request_of_the_name_is_recognised() -> None:
    ours = record(table())
    theirs = record(table(), identity=Identity("aws-dynamodb-kratix", "shop", "orders", "uid-0"))
    by_file = record(table(), identity=Identity("aws-dynamodb-kratix", "shop", "orders"))

    assert of_another_request(ours, theirs)
    assert not of_another_request(ours, ours)
    assert not of_another_request(ours, by_file)
    assert not of_another_request(by_file, theirs)
    shared = {"metadata": {"ownerReferences": [{"uid": "a tool"}, {"uid": "uid-1"}]}}
    assert not of_another_request(ours, shared)


@pytest.mark.parametrize("odd", [{}, {"data": None}, {"data": "x", "metadata": None}])
def test_a_record_of_another_form_is_replaced(odd: Any) -> None:
    assert must_be_written(record(table()), odd)
    assert not of_another_request(record(table()), odd)


# Names


def test_the_names_of_records_are_unique() -> None:
    """Two Promises, namespaces and requests never share one, whatever their hyphens and dots."""
    parts = [
        ("a", "b", "c"),
        ("a", "b", "c.d"),
        ("a", "b-c", "d"),
        ("a", "b", "c-d"),
        ("a-b", "c", "d"),
        ("a.b", "c", "d"),
        ("a", "b", "c.d"),
        ("p" * 230, "n" * 20, "x" * 60),
        ("p" * 230, "n" * 20, "x" * 59 + "y"),
    ]
    names = {part: Identity(*part).record_name for part in parts}

    assert len(set(names.values())) == len(names)
    assert names["a", "b", "c"] == "a.b.c"
    for name in names.values():
        assert len(name) <= 253
        assert of_request({"metadata": {"namespace": "x", "name": name}}, "a").name == name


def test_an_identity_survives_the_annotations_of_its_table() -> None:
    assert of_table(table()) == ORDERS
    assert scaling_of(table(scaling=4)) == 4


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("promise", None, "the Promise has no name that Kubernetes accepts"),
        ("request", None, "the request has no name that Kubernetes accepts"),
        ("promise", "A", "the Promise has no name that Kubernetes accepts"),
        ("request", "../orders", "the request has no name that Kubernetes accepts"),
        ("request-namespace", "a.b", "the namespace has no name that Kubernetes accepts"),
        ("request-uid", "a/b", "the uid is not one of Kubernetes"),
        ("request-generation", "-1", "dynamodb.kratix.io/request-generation is not a number"),
    ],
)
def test_annotations_that_name_no_request_are_refused(key: str, value: Any, message: str) -> None:
    found = table()
    found["metadata"]["annotations"][f"dynamodb.kratix.io/{key}"] = value
    with pytest.raises(IdentityError, match=message):
        of_table(found)


@pytest.mark.parametrize(("key", "value"), [("name", "b-orders"), ("namespace", "shop-b")])
def test_a_table_cannot_speak_for_the_request_of_another_one(key: str, value: str) -> None:
    found = table()
    found["metadata"][key] = value
    with pytest.raises(IdentityError, match="name the request shop/orders, whose Table has that"):
        of_table(found)


@pytest.mark.parametrize("odd", [None, [], {}, {"metadata": []}, {"metadata": {"annotations": 1}}])
def test_what_has_no_annotations_belongs_to_no_request(odd: Any) -> None:
    with pytest.raises(IdentityError, match="promise: an older workflow rendered it"):
        of_table(odd)
    with pytest.raises(IdentityError):
        of_request(odd, "aws-dynamodb-kratix")
    assert scaling_of(odd) == 0


# When to look again


def looked(found: Any, looks: int) -> str | None:
    return next_look(record(found), exists=found is not None, looks=looks)


def test_the_workflow_looks_until_the_state_is_settled() -> None:
    assert looked(table("ACTIVE", SYNCED), 0) is None
    assert looked(table(None, TERMINAL), 0) is None
    for unsettled in (table("CREATING"), table("ACTIVE", WAITING)):
        found = [looked(unsettled, looks) for looks in (0, 19, 20, 43, 44)]
        assert found == ["30s", "30s", "5m", "5m", None]
    assert [looked(None, looks) for looks in (0, 19, 20)] == ["30s", "30s", None]


def test_the_workflow_does_not_wait_for_ever_to_write_a_record() -> None:
    settled = record(table("ACTIVE", SYNCED))
    found = [next_look(settled, exists=True, waiting=True, looks=looks) for looks in (0, 20, 44)]
    assert found == ["30s", "5m", None]


def test_kratix_counts_the_looks_of_each_pipeline() -> None:
    def request(*pipelines: Any) -> Any:
        return {"status": {"kratix": {"workflows": {"pipelines": list(pipelines)}}}}

    render = {"name": "render", "attempts": 9}
    assert looks_so_far(request(render, {"name": "observe", "attempts": 3}), "observe") == 3
    assert looks_so_far(request(render, {"name": "observe"}, "?"), "observe") == 0
    assert looks_so_far({"status": {}}, "observe") == 0
