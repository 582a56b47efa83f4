"""The HTTP server, which only this machine can reach."""

from __future__ import annotations

import os
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

Answer = Callable[[str, Mapping[str, str], bytes], HttpAnswer]
"""Answers a method, headers by their names in lower case, and a body."""


class Endpoint(ThreadingHTTPServer):
    """Takes a port at once, and connections only in `serve`: whoever waits for it waits until then.

    Raises OSError if the port cannot be taken.
    """

    daemon_threads = True
    request_queue_size = 128
    # On Windows, a server with this option takes a port that another listens on.
    allow_reuse_address = os.name == "posix"

    def __init__(self, port: int) -> None:
        super().__init__((LOOPBACK, port), _Handler, bind_and_activate=False)
        self.answer: Answer | None = None
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
        """From now on, connections are accepted, and wait for `serve_forever`.

        Raises OSError if another program listens on the port in the meantime.
        """
        self.answer = answer
        self.server_activate()


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
        if not self._is_local():
            return
        if "authorization" in self.headers:  # an SDK's request to a service with another protocol
            self._answer(b"")
        elif self.path == "/":
            self._respond(HttpAnswer(200, {"content-type": "text/plain"}, b"healthy: dynamodb\n"))
        else:
            self._respond(error(404, "NotFound", "only / can be read with GET"))

    def do_POST(self) -> None:
        if not self._is_local():
            return
        length = self.headers.get("content-length", "")
        if not length.isascii() or not length.isdigit():
            self._refuse(411, "the request needs a content-length")
            return
        if len(length) > 12 or int(length) > MAX_BODY:
            self._refuse(413, f"the request has more than {MAX_BODY} bytes")
            return
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True  # the client is gone
            return
        self._answer(body)

    def _answer(self, body: bytes) -> None:
        assert self.server.answer is not None  # the server listens
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._respond(self.server.answer(self.command, headers, body))

    def _is_local(self) -> bool:
        """Refuses hosts with other names: a page of the web could have its own name resolved to
        this machine, and would then reach the server through the user's browser."""
        host, _, port = self.headers.get("host", "").rpartition(":")
        if (host if port.isdigit() else self.headers.get("host", "")).lower() in _HOSTS:
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
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing."""
