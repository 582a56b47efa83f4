"""Answers of an API server that are none, and kubeconfigs that are none: one line, no secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from planton.cluster.api import (
    HEALTH_RECORDS,
    TABLES,
    Cluster,
    ClusterError,
    UnavailableError,
)
from planton.cluster.connection import connect
from planton.cluster.observer import observe_all
from tests.api_server import TOKEN, ApiServer, Data, api_server

NOW = 1796126400
TOKEN_USER = {"token": TOKEN}


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with api_server() as one:
        yield one


def kubeconfig(folder: Path, server: Any, user: Data) -> str:
    """A file of the right form, with whatever address and credentials."""
    file = folder / "kubeconfig"
    one = {
        "current-context": "x",
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": user}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
    }
    file.write_text(json.dumps(one), encoding="utf-8")
    return str(file)


# Answers

NOT_KUBERNETES = "the answer is not that of a Kubernetes API server"
ASK: dict[str, Callable[[Cluster], Any]] = {
    "get tables a b": lambda cluster: cluster.get(TABLES, "a", "b"),
    "list tables": lambda cluster: list(cluster.list(TABLES, "x")),
}


@pytest.mark.parametrize("asked", ASK)
@pytest.mark.parametrize(
    "answer",
    [
        "<html>log in</html>",
        '{"items": [',
        "",
        "null",
        "[]",
        "{}",
        '{"items": null}',
        '{"items": [7]}',
        '{"items": [{"metadata": {"name": "x"}}]}',
        '{"metadata": {"name": 1}}',
    ],
)
def test_an_answer_of_something_else_is_reported(
    server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, answer: str
) -> None:
    monkeypatch.setattr(server, "answer", lambda *_: (200, answer))

    with pytest.raises(ClusterError, match=f"^{asked}: {NOT_KUBERNETES}$"):
        ASK[asked](connect(server.kubeconfig(tmp_path)))


@pytest.mark.parametrize("asked", ASK)
@pytest.mark.parametrize("code", [301, 400, 403, 405, 409, 410, 422, 429, 500, 503])
def test_a_refusal_is_shown_on_one_line_without_control_characters(
    server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, code: int
) -> None:
    said = {"message": "no\n\x1b[31mway", "details": {"kind": "tables"}}
    monkeypatch.setattr(server, "answer", lambda *_: (code, said))

    with pytest.raises(ClusterError) as caught:
        ASK[asked](connect(server.kubeconfig(tmp_path)))
    assert str(caught.value) == f"{asked}: {code} no \\x1b[31mway"


def test_a_list_of_what_is_missing_is_refused(
    server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"message": "namespace not found", "details": {"kind": "namespaces"}}
    monkeypatch.setattr(server, "answer", lambda *_: (404, said))

    with pytest.raises(ClusterError, match=r"^list tables: 404 namespace not found$"):
        ASK["list tables"](connect(server.kubeconfig(tmp_path)))


def test_a_list_without_an_end_is_left(
    server: ApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = {"metadata": {"continue": "again"}, "items": []}
    monkeypatch.setattr(server, "answer", lambda *_: (200, page))

    with pytest.raises(ClusterError, match=r"^list tables: the answer is the same page again and"):
        ASK["list tables"](connect(server.kubeconfig(tmp_path)))


def test_a_server_that_is_busy_is_not_waited_for_longer_than_seconds(
    server: ApiServer, tmp_path: Path
) -> None:
    """By default the client waits for up to six hours, three times."""
    cluster = connect(server.kubeconfig(tmp_path))
    settings = cluster._objects.api_client.configuration

    assert (settings.retries.total, settings.retries.retry_after_max) == (3, 10)


def test_an_answer_that_does_not_come_names_the_last_cause(tmp_path: Path) -> None:
    with api_server() as one:
        port = one.port
        away = connect(kubeconfig(tmp_path, f"https://127.0.0.1:{port}", TOKEN_USER))
        with pytest.raises(UnavailableError, match=r"^get tables a b: no answer: \[SSL") as caught:
            away.get(TABLES, "a", "b")
    assert "Max retries" not in str(caught.value)


@pytest.mark.parametrize("broken", ["address", "credentials"])
def test_a_platform_that_answers_nothing_is_asked_once(
    server: ApiServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    broken: str,
) -> None:
    """Otherwise the job would wait for each of its tables, until it is stopped."""
    for name in ("a", "b"):
        notes = {"promise": "p", "request": name, "request-namespace": "default"}
        metadata = {
            "name": name,
            "labels": {"dynamodb.kratix.io/request": name},
            "annotations": {f"dynamodb.kratix.io/{key}": value for key, value in notes.items()},
        }
        server.put("tables", {"metadata": metadata, "spec": {}})
    with api_server() as platform:
        asked: list[str] = []

        def refuse(_: str, url: str, __: Any) -> tuple[int, Data]:
            asked.append(url)
            return 401, {"message": "Unauthorized"}

        monkeypatch.setattr(platform, "answer", refuse)
        away = platform.kubeconfig(tmp_path, "away")
        environ = {"KUBECONFIG": server.kubeconfig(tmp_path), "PLATFORM_KUBECONFIG": away}
        if broken == "address":
            closed = tmp_path / "closed"
            closed.mkdir()
            environ["PLATFORM_KUBECONFIG"] = kubeconfig(closed, "http://127.0.0.1:1", {})
        assert observe_all(environ, lambda: NOW) == 1

    (line,) = [
        line for line in capsys.readouterr().err.splitlines() if not line.startswith("Retrying")
    ]
    shown = "401 Unauthorized" if broken == "credentials" else "no answer: "
    assert line.startswith(f"get {HEALTH_RECORDS.plural} default p.default.a: {shown}")
    assert len(asked) == (1 if broken == "credentials" else 0)


# Kubeconfigs


@pytest.mark.parametrize(
    "text",
    [
        f"users: [{{token: {TOKEN}\n a: [",
        f"users:\n\t- token: {TOKEN}",
        TOKEN,
        f"[{TOKEN}]",
        f"token: {TOKEN}".encode("utf-16"),
    ],
)
def test_a_file_of_another_form_is_no_kubeconfig(tmp_path: Path, text: str | bytes) -> None:
    file = tmp_path / "kubeconfig"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ClusterError) as caught:
        connect(str(file))
    assert str(caught.value) == f"{file}: it is not a valid kubeconfig"
    assert caught.value.__suppress_context__


def test_a_folder_is_no_kubeconfig(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=f"^{tmp_path}: Is a directory$"):
        connect(str(tmp_path))


def test_an_address_that_is_no_string_is_no_kubeconfig(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=r"kubeconfig: it is not a valid kubeconfig$"):
        connect(kubeconfig(tmp_path, 7, TOKEN_USER))


def test_what_a_kubeconfig_lacks_is_named_without_what_is_beside_it(tmp_path: Path) -> None:
    """A token that stands in the wrong place, and no address."""
    file = tmp_path / "kubeconfig"
    file.write_text(
        "current-context: x\n"
        f"clusters: [{{name: c, cluster: {{server: null, token: {TOKEN}}}}}]\n"
        "users: [{name: u, user: {}}]\n"
        "contexts: [{name: x, context: {cluster: c, user: u}}]\n"
    )
    with pytest.raises(ClusterError) as caught:
        connect(str(file))
    assert str(caught.value) == (
        f"{file}: Invalid kube-config file. Expected key server in {file}/{{…}}/cluster"
    )


@pytest.mark.parametrize("token", [f"{TOKEN}\n", f"{TOKEN}\nX-Other: y", f"{TOKEN}\u20ac"])
def test_a_token_that_http_does_not_allow_is_not_shown(tmp_path: Path, token: str) -> None:
    """The error of Python's HTTP client would show it."""
    file = kubeconfig(tmp_path, "https://127.0.0.1", {"token": token})
    with pytest.raises(ClusterError) as caught:
        connect(file)
    assert str(caught.value) == (
        f"{file}: the token contains a line break or another character that HTTP does not allow"
    )


@pytest.mark.parametrize("command", ["/nowhere/aws", "/bin/sh"])
def test_a_program_for_credentials_that_fails_shows_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, command: str
) -> None:
    """The client writes what it printed to the log, and goes on without credentials."""
    program = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": command,
        "args": ["-c", f"echo {TOKEN}; exit 3"],
    }
    file = kubeconfig(tmp_path, "https://127.0.0.1", {"exec": program})
    with pytest.raises(ClusterError) as caught:
        connect(file)
    assert str(caught.value) == (
        f"{file}: it gives no credentials: it must hold a token or a client certificate, or name a "
        "program that runs here"
    )
    assert caplog.text == ""
    assert logging.root.manager.disable == logging.NOTSET


def test_a_proxy_that_adds_the_credentials_needs_none(tmp_path: Path) -> None:
    """As `kubectl proxy` does, without TLS."""
    assert connect(kubeconfig(tmp_path, "http://127.0.0.1:8001", {}))
