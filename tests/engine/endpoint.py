"""The emulated AWS of a test as an HTTP endpoint, for a provider in a separate process.

It listens on the loopback interface alone, speaks what the provider speaks to the services that the
emulation knows, and sends every request through the cloud's one door.
"""

from __future__ import annotations

import json
import re
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from planton.rehearsal.aws.emulator import DEFAULT_ACCOUNT_ID
from planton.rehearsal.aws.errors import NetworkRefused, Refused
from planton.rehearsal.aws.requests import AUTOSCALING, DYNAMODB, Json, Request
from tests.emulated.aws.keys import KMS
from tests.emulated.cloud import Cloud
from tests.engine import query_protocol
from tests.engine.retries import PASSING

_SERVICES = {
    "DynamoDB_20120810": DYNAMODB,
    "AnyScaleFrontendService": AUTOSCALING,
    "TrentService": KMS,
}
Answer = tuple[int, str, str]
"""Status, content type and text."""

_JSON, _XML = "application/x-amz-json-1.0", "text/xml"
_SCOPE = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/")
_IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
    "<GetCallerIdentityResult><Arn>arn:aws:iam::{account}:user/tests</Arn><UserId>tests</UserId>"
    "<Account>{account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)


class Endpoint(ThreadingHTTPServer):
    """One HTTP server for the clouds of many tests, of which it serves one at a time."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.cloud: Cloud | None = None
        self.unanswered: list[str] = []
        """What was asked that the emulation has no answer to."""
        self._answered: dict[str, Answer] = {}
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, *_: Any) -> None:
        """A fault of ours, or of the emulation's, which would pass for a broken connection."""
        self.unanswered.append(traceback.format_exc())

    @contextmanager
    def serving(self, cloud: Cloud) -> Iterator[None]:
        """Requests go to this cloud. Afterwards, fails where one had no answer."""
        self.cloud, self.unanswered, self._answered = cloud, [], {}
        try:
            yield
        finally:
            self.cloud = None
        assert not self.unanswered, f"the emulated AWS has no answer to {self.unanswered}"

    def answer(self, headers: Any, body: str) -> Answer:
        """The response, which is the same where one was lost on its way and is asked for again.

        The SDK sends a request again under the same id. After an answer that it would not try to
        better it does so only where the connection broke, as happens on a busy machine.
        """
        id_ = headers.get("amz-sdk-invocation-id", "")
        if id_ in self._answered:
            return self._answered[id_]
        answer, is_last = self._answer(headers, body)
        if id_ and is_last:
            self._answered[id_] = answer
        return answer

    def _answer(self, headers: Any, body: str) -> tuple[Answer, bool]:
        """The response, and whether nothing is gained by asking again."""
        prefix, _, operation = headers.get("x-amz-target", "").rpartition(".")
        scope = _SCOPE.search(headers.get("authorization", ""))
        account = (self.cloud and self.cloud.account_id) or DEFAULT_ACCOUNT_ID
        if "Action=GetCallerIdentity" in body:
            return (200, _XML, _IDENTITY.format(account=account)), True
        if self.cloud and scope and (service := query_protocol.service(body)):
            return self._answer_form(self.cloud, account, scope["region"], service, body)
        if self.cloud is None or prefix not in _SERVICES or scope is None:
            return self._no_answer(f"{prefix}.{operation}" if prefix else body[:80])
        asked = Request(account, scope["region"], _SERVICES[prefix], operation, json.loads(body))
        try:
            return (200, _JSON, _encoded(self.cloud.send(_decoded(asked)))), True
        except Refused as refused:
            error = {"__type": refused.code, "message": refused.message}
            return (400, _JSON, json.dumps(error)), refused.code not in PASSING
        except NetworkRefused as refused:
            return self._no_answer(str(refused))

    def _answer_form(
        self, cloud: Cloud, account: str, region: str, service: str, body: str
    ) -> tuple[Answer, bool]:
        """The same in the query protocol."""
        name = query_protocol.operation(body)
        model = _model(service).operation_model(name)
        parameters = query_protocol.parameters(model.input_shape, body)
        try:
            found = cloud.send(Request(account, region, service, name, parameters))
            return (200, _XML, query_protocol.response(model.output_shape, name, found)), True
        except Refused as refused:
            text = query_protocol.error(refused.code, refused.message)
            return (400, _XML, text), refused.code not in PASSING
        except NetworkRefused as refused:
            return self._no_answer(str(refused))

    def _no_answer(self, asked: str) -> tuple[Answer, bool]:
        """Status 501, after which the provider does not try again."""
        self.unanswered.append(asked)
        return (501, _JSON, json.dumps({"__type": "NotEmulated", "message": asked})), True


class _Handler(BaseHTTPRequestHandler):
    """A connection for each request: HTTP/1.0, as the base class has it."""

    server: Endpoint

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        self._respond(*self.server.answer(self.headers, self.rfile.read(length).decode()))

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing: the cloud records the requests."""

    def _respond(self, status: int, content_type: str, text: str) -> None:
        data = text.encode()
        try:
            self.send_response(status)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except ConnectionError:
            self.close_connection = True  # whoever asked was ended in the meantime


def _decoded(request: Request) -> Request:
    """With points in time as the service model has them: on the wire they are seconds."""
    shape = _model(request.service).operation_model(request.operation).input_shape
    return replace(request, parameters=_timed(shape, request.parameters))


@cache
def _model(service: str) -> Any:
    from botocore.session import Session  # type: ignore[import-untyped]  # has no types

    return Session().get_service_model(service)


def _timed(shape: Any, value: Any) -> Any:
    match shape.type_name, value:
        case "timestamp", int() | float():
            return datetime.fromtimestamp(value, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        case "structure", dict():
            return {
                name: _timed(shape.members[name], item) if name in shape.members else item
                for name, item in value.items()
            }
        case "list", list():
            return [_timed(shape.member, item) for item in value]
        case "map", dict():
            return {name: _timed(shape.value, item) for name, item in value.items()}
        case _:
            return value


def _encoded(response: Json) -> str:
    return json.dumps(response, default=lambda moment: moment.timestamp())
