"""The observer, through Kubernetes' client, at an API server: what a request learns, and when.

The server, Kratix's health controller and ACK are imitated (`tests/api_server.py`,
`tests/kratix_controllers.py`); the client, the workflow and the observer are the real ones.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes import client, config

from planton.cluster.api import HEALTH_RECORDS, TABLES, ClusterError
from planton.cluster.connection import connect
from planton.cluster.observer import observe, observe_all
from planton.kratix.container import run
from planton.kratix.crd import crd
from planton.kratix.observer_objects import destination_objects, pipeline_rights, record_rights
from tests.api_server import TOKEN, ApiServer, Data, api_server
from tests.conftest import ROOT
from tests.judge import judge
from tests.kratix_controllers import (
    SYNCED,
    WAITING,
    Ack,
    columns,
    condition,
    health_controller,
)

NOW = 1796126400
RECORD = ("healthrecords", "default", "aws-dynamodb-kratix.default.simple-users-table")
REQUEST = ("dynamodbrequests", "default", "simple-users-table")
SIMPLE = ROOT / "promise" / "requests" / "simple-users-table.yaml"
EVERY = ROOT / "promise" / "requests" / "every-feature.yaml"
TERMINAL = condition("ACK.Terminal", "True", "ValidationException: the key is not valid")


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with api_server() as one:
        yield one


class Platform:
    """One cluster with Kratix, ACK and a GitOps agent, which does its work when it is told to."""

    def __init__(self, server: ApiServer, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.ack = Ack(server)
        self.now = NOW
        self.environ = {"KUBECONFIG": server.kubeconfig(folder)}
        self.rendered: list[Data] = []
        self.again: Data | None = None

    def apply(self, file: Path = SIMPLE, **spec: Any) -> Data:
        """What `kubectl apply` makes of a request: the same one, of the next generation."""
        one: Data = yaml.safe_load(file.read_text(encoding="utf-8"))
        key = ("dynamodbrequests", "default", one["metadata"]["name"])
        before = self.server.objects.get(key)
        one["spec"] |= spec
        one["metadata"] |= {"namespace": "default", "uid": "uid-1", "generation": 1}
        if before:
            one["metadata"] |= {
                key: before["metadata"][key] + bump
                for key, bump in (("uid", ""), ("generation", 1))
            }
            one["status"] = before.get("status", {})
        self._attempts(one, None)
        return self.server.put("dynamodbrequests", one)

    def render(self, request: Data) -> int:
        """The first pipeline. What it leaves behind is in the state store."""
        root = self._root(request)
        status = run(str(root), {})
        if status == 0:
            files = sorted((root / "output").iterdir())
            self.rendered = [one for file in files for one in yaml.safe_load_all(file.read_text())]
        return status

    def gitops(self) -> None:
        """Applies what is in the state store; the status of an object stays."""
        for one in self.rendered:
            plural = {"Table": "tables", "ScalableTarget": "scalabletargets"}
            of = plural.get(one["kind"], "scalingpolicies")
            key = (of, one["metadata"]["namespace"], one["metadata"]["name"])
            status = self.server.objects.get(key, {}).get("status")
            self.server.put(of, {**one, **({"status": status} if status else {})})

    def observe(self, request: Data, **environ: str) -> int:
        """The second pipeline, and what Kratix does after it."""
        root = self._root(request)
        status = observe(str(root), {**self.environ, **environ}, self.now)
        control = root / "metadata" / "workflow-control.yaml"
        self.again = yaml.safe_load(control.read_text()) if control.exists() else None
        self._attempts(request, self.again)
        health_controller(self.server)
        self.now += 30
        return status

    def shown(self) -> Data:
        """What `kubectl get -o wide` shows of the only request."""
        (request,) = self.server.of("dynamodbrequests")
        return columns(crd(), request)

    def ready(self) -> tuple[Any, Any]:
        shown = self.shown()
        return shown["Ready"], shown["Status"]

    def _root(self, request: Data) -> Path:
        root = self.folder / "kratix"
        shutil.rmtree(root, ignore_errors=True)
        (root / "input").mkdir(parents=True)
        (root / "input" / "object.yaml").write_text(json.dumps(request), encoding="utf-8")
        return root

    @staticmethod
    def _attempts(request: Data, control: Data | None) -> None:
        kratix = request.setdefault("status", {}).setdefault("kratix", {"workflows": {}})
        (one,) = kratix["workflows"].setdefault("pipelines", [{"name": "observe"}])
        if control:
            one["attempts"] = one.get("attempts", 0) + 1
        else:
            one.pop("attempts", None)


@pytest.fixture
def platform(server: ApiServer, tmp_path: Path) -> Platform:
    return Platform(server, tmp_path)


# From the request to the table, and back


def test_a_request_follows_its_table_until_it_is_gone(
    platform: Platform, server: ApiServer, tmp_path: Path
) -> None:
    request = platform.apply()
    assert platform.ready() == (None, None)

    # The workflow is faster than the GitOps agent.
    assert platform.render(request) == 0
    assert platform.observe(request) == 0
    assert platform.ready() == ("unknown", None)
    assert platform.again == {
        "retryAfter": "30s",
        "message": "default/simple-users-table: unknown, this cluster has no Table "
        "default/simple-users-table",
    }

    platform.gitops()
    steps: list[tuple[Any, tuple[str, str | None]]] = [
        ((None,), ("unknown", None)),
        (("CREATING", WAITING), ("unknown", "CREATING")),
        (("ACTIVE", WAITING), ("degraded", "ACTIVE")),
        (("ACTIVE", SYNCED), ("ready", "ACTIVE")),
    ]
    for report, shown in steps:
        platform.ack.table(*report)
        platform.observe(request)
        assert platform.ready() == shown
    assert platform.again is None
    assert platform.shown() == {
        "Table": "simple-users",
        "Region": "us-east-1",
        "Mode": None,
        "Ready": "ready",
        "Status": "ACTIVE",
        "ARN": "arn:aws:dynamodb:us-east-1:111122223333:table/simple-users",
        "Reason": None,
        "Workflow": None,
        "Message": None,
    }

    # A change that AWS refuses. Its conditions are those of the first generation until ACK looks.
    request = platform.apply(tableClass="STANDARD_INFREQUENT_ACCESS")
    platform.render(request)
    platform.observe(request)
    assert platform.ready() == ("unknown", "ACTIVE")
    assert "still that of generation 1" in platform.shown()["Reason"]
    platform.gitops()
    platform.observe(request)
    assert platform.ready() == ("unknown", "ACTIVE")
    assert "generation 2 has just arrived" in platform.shown()["Reason"]
    platform.ack.table("ACTIVE", WAITING, TERMINAL)
    platform.observe(request)
    assert platform.ready() == ("unhealthy", "ACTIVE")
    assert platform.shown()["Reason"] == "ValidationException: the key is not valid"
    assert platform.again is None

    texts = {"record": yaml.safe_dump(server.objects[RECORD])}
    assert len(server.of("healthrecords")) == 1

    # The record goes with the request, and not before.
    server.delete(*REQUEST)
    server.collect_garbage()
    health_controller(server)
    assert server.of("healthrecords") == []
    assert judge(texts, tmp_path)["record"] == []


def test_a_request_that_is_refused_leaves_the_state_of_the_last_valid_one(
    platform: Platform,
) -> None:
    request = platform.apply()
    platform.render(request)
    platform.gitops()
    platform.ack.table("ACTIVE", SYNCED)
    platform.observe(request)

    refused = platform.apply(streamViewType="KEYS_ONLY")

    assert platform.render(refused) == 1
    assert observe_all(platform.environ, lambda: NOW + 60) == 0
    assert platform.ready() == ("ready", "ACTIVE")
    records = platform.server.objects[REQUEST]["status"]["healthStatus"]["healthRecords"]
    assert [one["details"]["generation"] for one in records] == [1]


def test_a_table_waits_for_its_autoscaling(platform: Platform) -> None:
    request = platform.apply(EVERY)
    platform.render(request)
    platform.gitops()
    platform.ack.table("ACTIVE", SYNCED)
    stranger = {"metadata": {"name": "other", "labels": {"dynamodb.kratix.io/request": "other"}}}
    platform.server.put("scalabletargets", stranger)
    shown = []
    reasons = []
    for reports in (
        ((), ()),
        ((SYNCED,), (SYNCED, TERMINAL)),
        ((SYNCED,), (SYNCED,)),
    ):
        for plural, report in zip(("scalabletargets", "scalingpolicies"), reports, strict=True):
            platform.ack.report(plural, conditions=list(report))
        platform.observe(request)
        shown.append(platform.ready()[0])
        reasons.append(platform.shown()["Reason"])
    assert shown == ["unknown", "degraded", "ready"]
    assert reasons == [
        "ScalableTarget every-feature-index-by-digest-read-6b46cc64: the controller has not "
        "reported it yet",
        "ScalingPolicy every-feature-index-by-digest-read-6b46cc64: ValidationException: the key "
        "is not valid",
        None,
    ]
    assert platform.shown()["ARN"].endswith("table/every-feature")

    platform.server.served.remove("scalingpolicies")
    platform.observe(request)
    assert platform.shown()["Reason"] == "5 of 10 objects of autoscaling are in the cluster"


def test_a_state_that_does_not_settle_is_looked_at_ever_less_often(platform: Platform) -> None:
    request = platform.apply()
    platform.render(request)
    platform.gitops()
    platform.ack.table("CREATING", WAITING)
    times = []
    for _ in range(60):
        platform.observe(request)
        if not platform.again:
            break
        times.append(platform.again["retryAfter"])

    assert times == ["30s"] * 20 + ["5m"] * 24


def test_a_second_look_at_the_same_writes_nothing(platform: Platform, server: ApiServer) -> None:
    """Each write makes Kratix list all records."""
    request = platform.apply()
    platform.render(request)
    platform.gitops()
    platform.ack.table("ACTIVE", SYNCED)
    platform.observe(request)
    server.asked.clear()

    platform.observe(request)
    assert [verb for verb, _, _ in server.asked] == ["get", "get"]
    platform.now += 3600
    platform.observe(request)
    assert [verb for verb, _, _ in server.asked][2:] == ["get", "get", "update"]
    assert server.objects[RECORD]["data"]["lastRun"] == platform.now - 30
    assert server.objects[RECORD]["metadata"]["finalizers"]


def test_tables_without_autoscaling_cost_one_list(platform: Platform, server: ApiServer) -> None:
    for name in ("one", "two"):
        platform.render({**platform.apply(), "metadata": {"name": name, "namespace": "default"}})
        platform.gitops()

    assert observe_all(platform.environ, lambda: NOW) == 0
    assert sorted(verb for verb, _, _ in server.asked) == ["create", "create", "get", "get", "list"]


def test_a_settled_table_is_not_looked_at_again(platform: Platform) -> None:
    """In a folder that an earlier look has used."""
    request = platform.apply()
    platform.render(request)
    platform.gitops()
    platform.ack.table("ACTIVE", SYNCED)
    root = platform._root(request)
    (root / "metadata").mkdir()
    control = root / "metadata" / "workflow-control.yaml"
    control.write_text("retryAfter: 30s\n")

    assert observe(str(root), platform.environ, NOW) == 0
    assert not control.exists()


def test_a_promise_of_another_name_owns_its_records(platform: Platform) -> None:
    request = platform.apply()
    root = platform._root(request)
    environ = {"KRATIX_PROMISE_NAME": "team-tables"}
    assert run(str(root), environ) == 0
    platform.rendered = [yaml.safe_load((root / "output" / "table.yaml").read_text())]
    platform.gitops()
    assert observe_all(platform.environ, lambda: NOW) == 0
    assert platform.observe(request, **environ) == 0

    (record,) = platform.server.of("healthrecords")
    assert record["data"]["promiseRef"] == {"name": "team-tables"}
    assert record["metadata"]["name"] == "team-tables.default.simple-users-table"


# Traps of Kratix


def test_the_record_of_another_promise_counts_but_its_details_do_not(platform: Platform) -> None:
    """Kratix matches records by the name of the request alone."""
    request = platform.apply()
    platform.render(request)
    platform.gitops()
    platform.ack.table("ACTIVE", SYNCED)
    data = {
        "promiseRef": {"name": "a-bucket"},
        "resourceRef": {"name": "simple-users-table", "namespace": "default"},
        "state": "degraded",
        "lastRun": 1,
        "details": {"bucket": "b"},
    }
    platform.server.put("healthrecords", {"metadata": {"name": "a-bucket"}, "data": data})
    platform.observe(request)

    assert platform.ready() == ("degraded", "ACTIVE")


def test_a_new_request_of_a_name_waits_for_the_record_of_the_old_one(
    platform: Platform, server: ApiServer
) -> None:
    request = platform.apply()
    platform.render(request)
    platform.gitops()
    platform.ack.table("ACTIVE", SYNCED)
    platform.observe(request)
    server.delete(*REQUEST)
    request = platform.apply()
    request["metadata"]["uid"] = "uid-2"
    platform.render(request)
    platform.gitops()

    platform.observe(request)
    assert platform.again == {
        "retryAfter": "30s",
        "message": "default/simple-users-table: ready",
    }
    assert server.objects[RECORD]["metadata"]["ownerReferences"][0]["uid"] == "uid-1"
    server.collect_garbage()
    platform.observe(request)
    assert platform.again is not None
    health_controller(server)
    platform.observe(request)
    assert platform.again is None
    assert server.objects[RECORD]["metadata"]["ownerReferences"][0]["uid"] == "uid-2"


def test_a_record_that_is_being_deleted_is_not_written(
    platform: Platform, server: ApiServer
) -> None:
    request = platform.apply()
    platform.render(request)
    platform.gitops()
    platform.observe(request)
    server.delete(*RECORD)
    platform.ack.table("ACTIVE", SYNCED)

    root = platform._root(request)
    assert observe(str(root), platform.environ, NOW) == 0
    assert server.objects[RECORD]["data"]["state"] == "unknown"
    assert (root / "metadata" / "workflow-control.yaml").exists()


@pytest.mark.parametrize("rival", ["creates", "changes", "removes"])
def test_a_record_that_another_one_writes_is_not_overwritten(
    platform: Platform, server: ApiServer, rival: str
) -> None:
    request = platform.apply()
    platform.render(request)
    platform.gitops()
    if rival != "creates":
        platform.observe(request)
    platform.ack.table("CREATING", WAITING)

    def before_write() -> None:
        server.before_write = lambda: None
        if rival == "removes":
            del server.objects[RECORD]
        else:
            server.put("healthrecords", {"metadata": {"name": RECORD[2]}, "data": {"of": "rival"}})

    server.before_write = before_write
    root = platform._root(request)
    assert observe(str(root), platform.environ, NOW) == 0
    assert server.objects.get(RECORD, {}).get("data") == (
        None if rival == "removes" else {"of": "rival"}
    )


def test_a_new_request_does_not_take_the_state_of_the_old_table(
    platform: Platform, server: ApiServer
) -> None:
    """The GitOps agent has not yet replaced or deleted the Table of before."""
    request = platform.apply()
    platform.render(request)
    platform.gitops()
    platform.ack.table("ACTIVE", SYNCED)
    server.delete(*REQUEST)
    request = platform.apply()
    request["metadata"]["uid"] = "uid-2"

    platform.observe(request)
    assert platform.ready() == ("unknown", None)
    assert platform.again is not None
    platform.render(request)
    platform.gitops()
    platform.observe(request)
    assert platform.ready() == ("ready", "ACTIVE")


def test_a_table_cannot_write_the_record_of_another_namespace(
    platform: Platform, server: ApiServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever may write Tables in a namespace may write any annotations on them."""
    request = platform.apply()
    platform.render(request)
    platform.gitops()
    platform.ack.table("ACTIVE", SYNCED)
    platform.observe(request)
    before = json.dumps(server.objects[RECORD])
    (ours,) = server.of("tables")
    theirs = json.loads(json.dumps(ours))
    theirs["metadata"]["namespace"] = "mallory"
    theirs["status"] = {"tableStatus": "DELETING"}
    server.put("tables", theirs)
    capsys.readouterr()

    assert observe_all(platform.environ, lambda: NOW) == 1
    assert json.dumps(server.objects[RECORD]) == before
    assert len(server.of("healthrecords")) == 1
    assert capsys.readouterr().err == (
        "Table mallory/simple-users-table: its annotations name the request "
        "default/simple-users-table, whose Table has that namespace and name\n"
    )


# Where the tables are in another cluster


def test_a_platform_without_ack_leaves_the_state_to_the_destination(
    platform: Platform, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request = platform.apply()
    platform.render(request)
    platform.server.served -= {"tables", "scalabletargets", "scalingpolicies"}

    assert platform.observe(request) == 0
    assert platform.again is None
    assert platform.ready() == (None, None)
    assert capsys.readouterr().out.endswith(
        "default/simple-users-table: this cluster has no ACK tables: the observer of their "
        "cluster sees them\n"
    )

    with api_server() as worker:
        worker.served -= {"healthrecords", "dynamodbrequests"}
        there = Platform(worker, tmp_path / "worker")
        worker_config = worker.kubeconfig(tmp_path, "worker-config")
        there.rendered = platform.rendered
        there.gitops()
        there.ack.table("ACTIVE", SYNCED)
        environ = {"KUBECONFIG": worker_config, "PLATFORM_KUBECONFIG": f"{tmp_path}/kubeconfig"}

        # The platform lets it write records, in the namespaces of requests only.
        platform.server.rules = [{**rule, "namespace": "default"} for rule in record_rights()]
        assert observe_all(environ, lambda: NOW) == 0
        health_controller(platform.server)
        assert platform.ready() == ("ready", "ACTIVE")
        assert capsys.readouterr().out == (
            "1 table: records 1 created, 0 changed, 0 unchanged, 0 waiting\n"
        )

        del environ["PLATFORM_KUBECONFIG"]
        assert observe_all(environ, lambda: NOW) == 1
        assert capsys.readouterr().err == (
            "get healthrecords default aws-dynamodb-kratix.default.simple-users-table: the cluster "
            "has no healthrecords.platform.kratix.io: PLATFORM_KUBECONFIG must name a kubeconfig "
            "of the platform\n"
        )


def test_the_secret_of_another_platform_is_optional(platform: Platform) -> None:
    request = platform.apply()
    platform.render(request)
    platform.gitops()
    environ = {**platform.environ, "PLATFORM_KUBECONFIG": "/var/run/platform/kubeconfig"}

    assert observe_all(environ, lambda: NOW) == 0
    assert RECORD in platform.server.objects


def test_one_table_that_cannot_be_recorded_does_not_stop_the_others(
    platform: Platform, server: ApiServer, capsys: pytest.CaptureFixture[str]
) -> None:
    label = {"dynamodb.kratix.io/request": "x"}
    notes = {"dynamodb.kratix.io/promise": "p", "dynamodb.kratix.io/request": "x"}
    for place in ("closed", "missing"):
        named = {**notes, "dynamodb.kratix.io/request-namespace": place}
        metadata = {"name": "x", "namespace": place, "labels": label, "annotations": named}
        server.put("tables", {"metadata": metadata, "spec": {}})
    server.put("tables", {"metadata": {"name": "before", "labels": label}, "spec": {}})
    request = platform.apply(EVERY)
    platform.render(request)
    platform.gitops()
    capsys.readouterr()
    server.page = 1
    server.namespaces = {"default"}
    everything = [{**rule, "verbs": ["get", "list", "create"]} for rule in pipeline_rights()]
    server.rules = [
        *({**rule, "namespace": place} for rule in everything for place in ("default", "missing")),
        {**everything[0], "namespace": None},
        {**everything[1], "namespace": None},
    ]

    assert observe_all(platform.environ, lambda: NOW) == 1
    said = capsys.readouterr()
    assert said.out == (
        "4 tables: records 1 created, 0 changed, 0 unchanged, 0 waiting, 3 failed\n"
    )
    assert said.err.splitlines() == [
        "Table closed/x: get healthrecords closed p.closed.x: 403 "
        "healthrecords.platform.kratix.io is forbidden: User cannot get resource",
        "Table default/before: it has no annotation dynamodb.kratix.io/promise: an older workflow "
        "rendered it",
        "Table missing/x: create healthrecords missing: 404 namespaces \"missing\" not found",
    ]  # fmt: skip
    (record,) = server.of("healthrecords")
    assert record["data"]["details"]["message"] == "the controller has not reported a table yet"


# Rights


def asked(server: ApiServer) -> set[tuple[str, str]]:
    return {(plural, verb) for verb, plural, _ in server.asked}


def granted(rules: list[Data]) -> set[tuple[str, str]]:
    return {(of, verb) for rule in rules for of in rule["resources"] for verb in rule["verbs"]}


def look_at_everything(platform: Platform, look: Any) -> None:
    request = platform.apply(EVERY)
    platform.render(request)
    platform.gitops()
    for report in ((None,), ("ACTIVE", SYNCED)):
        platform.ack.table(*report)
        assert look(request) == 0


def test_the_pipeline_has_the_rights_that_it_uses_and_no_others(
    platform: Platform, server: ApiServer
) -> None:
    server.rules = [{**rule, "namespace": "default"} for rule in pipeline_rights()]
    look_at_everything(platform, platform.observe)

    assert asked(server) == granted(pipeline_rights())


def test_the_observer_has_the_rights_that_it_uses_and_no_others(
    platform: Platform, server: ApiServer
) -> None:
    (role,) = [one for one in destination_objects("x") if one["kind"] == "ClusterRole"]
    server.rules = role["rules"]
    look_at_everything(platform, lambda _: observe_all(platform.environ, lambda: NOW))

    assert asked(server) == granted(role["rules"])


# What goes wrong


def put(folder: Path, text: str) -> str:
    (folder / "input").mkdir()
    (folder / "input" / "object.yaml").write_text(text, encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "object.yaml is not a request of a cluster: the namespace has no name"),
        ("a: [", "error[yaml-syntax]"),
        ("metadata: {name: x}", "the namespace has no name that Kubernetes accepts"),
    ],
)
def test_an_object_that_is_no_request_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    assert observe(put(tmp_path, text), {}, NOW) == 1
    assert message in capsys.readouterr().err


def test_a_dry_run_asks_no_cluster(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert observe(str(tmp_path), {"KRATIX_DRY_RUN": "true"}, NOW) == 0
    assert capsys.readouterr().out == "dry run: the table is not observed\n"


def test_a_right_that_is_missing_fails_the_pipeline(
    platform: Platform, server: ApiServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.rules = []
    request = platform.apply()

    assert platform.observe(request) == 1
    assert capsys.readouterr().err == (
        "get tables default simple-users-table: 403 tables.dynamodb.services.k8s.aws is forbidden: "
        "User cannot get resource\n"
    )
    assert observe_all(platform.environ, lambda: NOW) == 1
    assert "list tables: 403" in capsys.readouterr().err


def test_a_metadata_folder_that_is_not_writable_is_reported(
    platform: Platform, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fchmod", full)

    assert platform.observe(platform.apply()) == 1
    assert capsys.readouterr().err == "the files cannot be written: No space left on device\n"


def test_no_message_shows_the_token(
    server: ApiServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"KUBECONFIG": server.kubeconfig(tmp_path)}
    server.port = 9
    away = {"KUBECONFIG": server.kubeconfig(tmp_path, "away")}
    (tmp_path / "broken").write_text(f"clusters: []\nusers: [{{token: {TOKEN}}}]\n")

    assert observe_all({**environ, "PLATFORM_KUBECONFIG": away["KUBECONFIG"]}, lambda: NOW) == 0
    assert observe_all(away, lambda: NOW) == 1
    assert observe_all({"KUBECONFIG": str(tmp_path / "broken")}, lambda: NOW) == 1
    assert observe_all({}, lambda: NOW) == 1
    said = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in said] == [
        "list tables",
        f"{tmp_path}/broken",
        "the pod's service account",
    ]
    assert "no answer" in said[0]
    assert TOKEN not in str(said)


def test_an_answer_that_is_no_status_is_shown_by_its_code(
    server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "answer", lambda *_: (502, "<html>"))
    cluster = connect(server.kubeconfig(tmp_path))
    with pytest.raises(ClusterError, match=r"^get tables a b: 502 Bad Gateway$"):
        cluster.get(TABLES, "a", "b")
    monkeypatch.setattr(server, "answer", lambda *_: (500, '{"details": 1, "message": "m"}'))
    with pytest.raises(ClusterError, match=r"^list healthrecords: 500 Internal Server Error$"):
        list(cluster.list(HEALTH_RECORDS, "x"))


def test_in_a_cluster_the_service_account_of_the_pod_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in (("token", TOKEN), ("ca.crt", "-----BEGIN CERTIFICATE-----\n")):
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(config.incluster_config, "SERVICE_TOKEN_FILENAME", tmp_path / "token")
    monkeypatch.setattr(config.incluster_config, "SERVICE_CERT_FILENAME", tmp_path / "ca.crt")
    monkeypatch.setitem(config.incluster_config.os.environ, "KUBERNETES_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setitem(config.incluster_config.os.environ, "KUBERNETES_SERVICE_PORT", "443")
    made: list[Any] = []
    monkeypatch.setattr(client, "ApiClient", made.append)

    connect(None)

    assert made[0].host == "https://10.0.0.1:443"
    assert made[0].api_key == {"authorization": f"bearer {TOKEN}"}
