"""HTTP endpoints that answer like AWS: one that says what a test wants, and moto's server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]  # has no types
from botocore.exceptions import EndpointConnectionError  # type: ignore[import-untyped]  # same

Answer = tuple[int, Any]
"""Status and body; a string is sent as it is."""


def refusal(code: str, message: str = "no") -> Answer:
    """The answer to a request that AWS refuses."""
    return 400, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message}


@contextmanager
def endpoint(answer: Callable[[str, Any], Answer]) -> Iterator[str]:
    """The URL of an endpoint that answers an operation and its parameters by a function."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # http.server's own name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            status, answered = answer(operation, json.loads(body))
            text = answered if isinstance(answered, str) else json.dumps(answered)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


_SERVER = """
import json
import sys
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.dynamodb.responses import DynamoHandler
from moto.server import main

# moto lacks these two; a request without an answer would be repeated for seconds.
DynamoHandler.describe_contributor_insights = lambda self: json.dumps(
    {"TableName": self.body["TableName"], "ContributorInsightsStatus": "DISABLED"}
)
DynamoHandler.describe_kinesis_streaming_destination = lambda self: json.dumps(
    {"TableName": self.body["TableName"], "KinesisDataStreamDestinations": []}
)
# moto asks for its second page of targets for ever.
of_a_page = ApplicationAutoScalingResponse.describe_scalable_targets


def of_the_right_page(self):
    answer, marker = json.loads(of_a_page(self)), self._get_param("NextToken")
    if answer["NextToken"]:
        start = int(marker) + 1 if marker else 0
        answer["NextToken"] = str(start + len(answer["ScalableTargets"]) - 1)
    return json.dumps(answer)


ApplicationAutoScalingResponse.describe_scalable_targets = of_the_right_page
main(["-H", "127.0.0.1", "-p", sys.argv[1]])
"""


@contextmanager
def moto_server(log: Path | None = None) -> Iterator[str]:
    """The URL of a moto server in its own process; it writes a line for each request to the log."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-c", _SERVER, str(port)]
    with (
        open(log or os.devnull, "w", encoding="utf-8") as lines,
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=lines) as server,
    ):
        try:
            _wait_for(url)
            yield url
        finally:
            server.terminate()


def client(service: str, url: str, region: str) -> Any:
    """A client of an endpoint, with invented credentials."""
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=url,
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )


def _wait_for(url: str) -> None:
    for _ in range(240):
        try:
            client("dynamodb", url, "us-east-1").list_tables()
        except EndpointConnectionError:
            time.sleep(0.25)
        else:
            return
    raise AssertionError("moto's server does not answer")
