"""The part of GitHub's API that has the comments on a pull request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple


class Request(NamedTuple):
    """What was asked."""

    method: str
    path: str
    token: str | None


class FakeGitHub:
    """The comments, and the requests for them. With a `refusal`, every request gets that status.
    `user` is the id of the person whose token is used; the one of a workflow has none."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.requests: list[Request] = []
        self.refusal = 0
        self.user = 0
        self.location = ""
        self.url = ""

    def add(self, body: str, author: str = "Bot", user: int = 1) -> None:
        """A comment by an author of this type and with this id."""
        id = len(self.comments) + 1
        self.comments.append({"id": id, "body": body, "user": {"type": author, "id": user}})

    def answer(self, request: Request, body: Any) -> tuple[int, Any]:
        """The status and the JSON of the answer."""
        self.requests.append(request)
        if self.refusal:
            return self.refusal, {"message": "refused"}
        if request.path == "/user":
            return (200, {"id": self.user}) if self.user else (403, {"message": "Forbidden"})
        path = r"/repos/acme/shop/issues"
        if match := re.fullmatch(rf"{path}/7/comments\?per_page=100&page=(\d+)", request.path):
            start = (int(match[1]) - 1) * 100
            return 200, self.comments[start : start + 100]
        if request.method == "POST" and re.fullmatch(rf"{path}/7/comments", request.path):
            self.add(body["body"], "User" if self.user else "Bot", self.user or 1)
            return 201, self.comments[-1]
        if request.method == "PATCH" and (
            match := re.fullmatch(rf"{path}/comments/(\d+)", request.path)
        ):
            self.comments[int(match[1]) - 1]["body"] = body["body"]
            return 200, self.comments[int(match[1]) - 1]
        return 404, {"message": "Not Found"}


@contextmanager
def serve_github() -> Iterator[FakeGitHub]:
    """Serves it on a port of this machine."""
    github = FakeGitHub()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size)) if size else None
            request = Request(self.command, self.path, self.headers.get("Authorization"))
            status, answer = github.answer(request, body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            if github.location:
                self.send_header("Location", github.location)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = _answer  # noqa: N815  # the server's names

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        github.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield github
        server.shutdown()
        thread.join()
