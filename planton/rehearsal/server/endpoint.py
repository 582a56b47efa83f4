"""The HTTP server, which only this machine can reach."""

from __future__ import annotations

import os
import re
import socketserver
import sys
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from planton.rehearsal.aws.requests import HttpAnswer
from planton.rehearsal.server.answers import error

LOOPBACK = "127.0.0.1"
_HOSTS = (LOOPBACK, "localhost")
MAX_BODY = 32 << 20
"""Bytes of a request. DynamoDB takes 16 MB, which are more as JSON."""
_IDLE_SECONDS = 300
_POLL_SECONDS = 0.1
"""After which the server sees that it is to stop."""

Answer = Callable[[str, Mapping[str, str], bytes], HttpAnswer]
"""Answers a method, headers by their names in lower case, and a body."""


class Endpoint(ThreadingHTTPServer):
    """Takes a port at once, and connections only after `listen`: clients can wait for that.

    Raises OSError if the port cannot be taken.
    """

    daemon_threads = True
    timeout = _POLL_SECONDS
    request_queue_size = 128
    # On Windows, a server with this option takes a port that another listens on.
    allow_reuse_address = os.name == "posix"

    def __init__(self, port: int) -> None:
        super().__init__((LOOPBACK, port), _Handler, bind_and_activate=False)
        self.answer: Answer | None = None
        self._is_stopped = False
        try:
            self.server_bind()
        except OSError:
            self.server_close()
            raise

    def server_bind(self) -> None:
        """Without a look-up of the host's name, which may wait for a DNS server."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is not an error."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def listen(self, answer: Answer) -> None:
        """From now on, connections are accepted, and wait for `serve`.

        Raises OSError if another program listens on the port in the meantime.
        """
        self.answer = answer
        self.server_activate()

    def serve(self) -> None:
        """Answers requests until `stop`."""
        while not self._is_stopped:
            self.handle_request()

    def stop(self) -> None:
        """Ends `serve` soon. May be called by a signal's handler."""
        self._is_stopped = True


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint
    protocol_version = "HTTP/1.1"
    server_version = "planton"
    sys_version = ""
    timeout = _IDLE_SECONDS
    wbufsize = -1
    disable_nagle_algorithm = True
    """With the line above: an answer in two packets makes the client wait 40 ms for the second."""

    def handle_expect_100(self) -> bool:
        """Sends at once what the client waits for before it sends the body."""
        goes_on = super().handle_expect_100()
        self.wfile.flush()
        return goes_on

    def do_GET(self) -> None:
        """Whether the server is ready, as DynamoDB answers it."""
        body = self._read()
        if body is None:
            return
        if "authorization" in self.headers:  # an SDK's request to a service with another protocol
            self._answer(body)
        elif self.path == "/":
            self._respond(HttpAnswer(200, {"content-type": "text/plain"}, b"healthy: dynamodb\n"))
        else:
            self._respond(error(404, "NotFound", "only / can be read with GET"))

    def do_HEAD(self) -> None:
        """The same without the text."""
        self.do_GET()

    def do_POST(self) -> None:
        body = self._read()
        if body is not None:
            self._answer(body)

    # Methods of services that the answer names as not served. OPTIONS is not among them: a browser
    # asks with it whether a page may send a signed request, and none may.
    do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815  # the names are the base class's

    def _read(self) -> bytes | None:
        """The body, or None after a refusal. What is not read would pass for the next request."""
        if not self._is_local():
            return None
        length, *more = self.headers.get_all("content-length", ["0"])
        if more or "transfer-encoding" in self.headers or not re.fullmatch("[0-9]+", length):
            self._refuse(411, "the request needs a content-length")
            return None
        if len(length) > 12 or int(length) > MAX_BODY:
            self._refuse(413, f"the request has more than {MAX_BODY} bytes")
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True  # the client is gone
            return None
        return body

    def _answer(self, body: bytes) -> None:
        assert self.server.answer is not None  # the server listens
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._respond(self.server.answer(self.command, headers, body))

    def _is_local(self) -> bool:
        """Refuses hosts with other names: a page of the web could have its own name resolved to
        this machine, and would then reach the server through the user's browser."""
        whole, *more = self.headers.get_all("host", [""])
        host, _, port = whole.rpartition(":")
        if not more and (host if port.isdigit() else whole).lower() in _HOSTS:
            return True
        self._refuse(403, f"the host must be {' or '.join(_HOSTS)}")
        return False

    def _refuse(self, status: int, message: str) -> None:
        """Refuses what is not read to its end, so the connection cannot be used again."""
        self.close_connection = True
        self._respond(error(status, "InvalidRequest", message), close=True)

    def _respond(self, answer: HttpAnswer, *, close: bool = False) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in ("content-length", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(answer.body)))
        if close:
            self.send_header("connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing."""
