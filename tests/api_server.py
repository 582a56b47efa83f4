"""An API server as far as the observer needs one: over HTTP, with the answers of the real one.

get, list with labels and pages, create, and update; 403 by rules of RBAC, 404 for what is not
there (with the kind in the Status) and for what is not served (without), 409 for what is there
already or has changed. Tests look into `objects`, and change them as another client would.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Data = dict[str, Any]
Key = tuple[str, str, str]

SERVED = {
    "tables": ("dynamodb.services.k8s.aws", "Table"),
    "scalabletargets": ("applicationautoscaling.services.k8s.aws", "ScalableTarget"),
    "scalingpolicies": ("applicationautoscaling.services.k8s.aws", "ScalingPolicy"),
    "healthrecords": ("platform.kratix.io", "HealthRecord"),
    "dynamodbrequests": ("dynamodb.kratix.io", "DynamoDBRequest"),
}
TOKEN = "a-token-that-no-message-shows"


class ApiServer:
    """The objects of a cluster, and what it serves and allows."""

    def __init__(self) -> None:
        self.objects: dict[Key, Data] = {}
        self.served = set(SERVED)
        self.namespaces: set[str] | None = None
        self.rules: list[Data] | None = None
        self.asked: list[tuple[str, str, str | None]] = []
        self.before_write: Callable[[], object] = lambda: None
        self.page = 500
        self._versions = 0
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kubeconfig(self, folder: Path, name: str = "kubeconfig") -> str:
        """A file with which a client reaches this server."""
        folder.mkdir(exist_ok=True)
        file = folder / name
        cluster = {"name": "c", "cluster": {"server": self.url}}
        user = {"name": "u", "user": {"token": TOKEN}}
        context = {"name": "x", "context": {"cluster": "c", "user": "u"}}
        config = {"apiVersion": "v1", "kind": "Config", "current-context": "x"}
        lists = {"clusters": [cluster], "users": [user], "contexts": [context]}
        file.write_text(json.dumps({**config, **lists}), encoding="utf-8")
        return str(file)

    def put(self, plural: str, one: Data) -> Data:
        """Stores an object, as a client that may do everything."""
        self._versions += 1
        metadata = one["metadata"]
        metadata["resourceVersion"] = str(self._versions)
        metadata.setdefault("namespace", "default")
        self.objects[plural, metadata["namespace"], metadata["name"]] = one
        return one

    def of(self, plural: str) -> list[Data]:
        return [one for (of, _, _), one in sorted(self.objects.items()) if of == plural]

    def delete(self, plural: str, namespace: str, name: str) -> None:
        """Removes an object; with finalizers it only begins to go."""
        one = self.objects[plural, namespace, name]
        if one["metadata"].get("finalizers"):
            one["metadata"]["deletionTimestamp"] = "2026-12-01T12:00:00Z"
            self.put(plural, one)
        else:
            del self.objects[plural, namespace, name]

    def collect_garbage(self) -> None:
        """Removes what belongs to an owner that is gone."""
        uids = {one["metadata"].get("uid") for one in self.objects.values()}
        for plural, namespace, name in [*self.objects]:
            one = self.objects[plural, namespace, name]
            owners = one["metadata"].get("ownerReferences", [])
            if owners and not any(owner["uid"] in uids for owner in owners):
                self.delete(plural, namespace, name)

    def may(self, verb: str, group: str, plural: str, namespace: str | None) -> bool:
        return self.rules is None or any(
            group in rule["apiGroups"]
            and plural in rule["resources"]
            and verb in rule["verbs"]
            and (rule.get("namespace") in (None, namespace))
            for rule in self.rules
        )

    def answer(self, method: str, url: str, body: Any) -> tuple[int, Any]:
        """The status and the body of an answer."""
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
        match parts.path.strip("/").split("/"):
            case ["apis", group, version, "namespaces", namespace, plural, *rest]:
                place: str | None = namespace
            case ["apis", group, version, plural]:
                place, rest = None, []
            case _:
                return 404, "404 page not found\n"
        group_of, kind_of = SERVED.get(plural, ("", ""))
        if plural not in self.served or (group, version) != (group_of, "v1alpha1"):
            return 404, "404 page not found\n"
        verb = {"GET": "get" if rest else "list", "POST": "create", "PUT": "update"}[method]
        self.asked.append((verb, plural, place))
        if not self.may(verb, group, plural, place):
            message = f"{plural}.{group} is forbidden: User cannot {verb} resource"
            return _status(403, "Forbidden", message, plural, *rest)
        key = (plural, place or "", rest[0] if rest else "")
        if verb == "list":
            return 200, self._list(plural, place, query, f"{kind_of}List")
        if verb == "create":
            if self.namespaces is not None and place not in self.namespaces:
                message = f'namespaces "{place}" not found'
                return _status(404, "NotFound", message, "namespaces", str(place))
            return self._create(plural, place, body)
        if key not in self.objects:
            message = f'{plural}.{group} "{rest[0]}" not found'
            return _status(404, "NotFound", message, plural, rest[0])
        if verb == "get":
            return 200, self.objects[key]
        self.before_write()
        return self._update(key, body)

    def _list(self, plural: str, namespace: str | None, query: dict[str, str], kind: str) -> Data:
        name, _, value = query.get("labelSelector", "").partition("=")
        found = []
        for one in self.of(plural):
            labels = one["metadata"].get("labels", {})
            there = not name or (labels.get(name) == value if value else name in labels)
            if there and namespace in (None, one["metadata"]["namespace"]):
                found.append({k: v for k, v in one.items() if k not in ("apiVersion", "kind")})
        begin = int(query.get("continue", "0"))
        end = begin + min(self.page, int(query.get("limit", "500")))
        more = {"continue": str(end)} if end < len(found) else {}
        return {"kind": kind, "metadata": more, "items": found[begin:end]}

    def _create(self, plural: str, namespace: str | None, one: Data) -> tuple[int, Any]:
        self.before_write()
        name = one["metadata"]["name"]
        if (plural, str(namespace), name) in self.objects:
            return _status(409, "AlreadyExists", f'"{name}" already exists', plural, name)
        return 201, self.put(plural, one)

    def _update(self, key: Key, one: Data) -> tuple[int, Any]:
        if key not in self.objects:
            return _status(404, "NotFound", f'"{key[2]}" not found', key[0], key[2])
        before = self.objects[key]["metadata"]["resourceVersion"]
        if one["metadata"]["resourceVersion"] != before:
            return _status(409, "Conflict", "the object has been modified", key[0], key[2])
        return 200, self.put(key[0], one)


def _status(code: int, reason: str, message: str, kind: str, *name: str) -> tuple[int, Data]:
    details = {"kind": kind, **({"name": name[0]} if name else {})}
    status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    return code, {**status, "message": message, "reason": reason, "details": details, "code": code}


@contextmanager
def api_server() -> Iterator[ApiServer]:
    """A server that listens on a port of this machine."""
    server = ApiServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            assert self.headers["Authorization"] == f"Bearer {TOKEN}"
            code, answer = server.answer(self.command, self.path, body)
            text = answer if isinstance(answer, str) else json.dumps(answer)
            kind = "text/plain" if isinstance(answer, str) else "application/json"
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PUT = _answer  # noqa: N815  # names of the library

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server.port = http.server_address[1]
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
