"""Keeps one comment on a pull request up to date: the last step of the GitHub Action.

    python pull_request_comment.py COMMENT.md CHANGES.json

COMMENT.md is the comment, CHANGES.json what `planton diff --format json` prints. Everything else is
in the environment of a workflow. A comment that cannot be written is a warning: the job's log and
summary have the same content, and the token of a pull request from a fork may not write.

It needs no package, and nothing of this project: the Action runs it with `python -I`.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

MAX_PAGES = 30
_PAGE = 100
_SECONDS = 30
_REPORTED = ("manifests", "diagnostics", "rules")
"""Keys of the changes of which one must have something, for a comment to be written."""
_FORBIDDEN = (401, 403, 404)
_ADVICE = (
    "give the job the permission pull-requests: write; the token of a pull request from a fork "
    "does not have it"
)


class CommentError(Exception):
    """The comment cannot be written."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Would send the token to another host."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Conversation:
    """The comments on a pull request."""

    def __init__(self, environ: Mapping[str, str], number: int) -> None:
        self._api = environ["GITHUB_API_URL"]
        self._url = f"{self._api}/repos/{environ['GITHUB_REPOSITORY']}/issues"
        self._number = number
        self._token = environ["PLANTON_TOKEN"]
        self._opener = urllib.request.build_opener(_NoRedirects)
        self._user: dict[str, Any] | None = None

    def find(self, marker: str) -> tuple[int, str] | None:
        """The id and text of the comment that begins with the marker. Only one by a bot counts, or
        by the token's user: anyone can write the marker."""
        for comment in self._comments():
            text = str(comment.get("body") or "").replace("\r\n", "\n")
            author = comment.get("user") or {}
            if text.startswith(marker) and (author.get("type") == "Bot" or self._is_user(author)):
                return int(comment["id"]), text
        return None

    def _is_user(self, author: Mapping[str, Any]) -> bool:
        """Whether the token is that of this person. The one of a workflow or an app is no one's."""
        if self._user is None:
            try:
                self._user = self._call("GET", f"{self._api}/user")
            except CommentError:
                self._user = {}
        return bool(author.get("id")) and self._user.get("id") == author["id"]

    def write(self, text: str) -> None:
        """A new comment."""
        self._call("POST", f"{self._url}/{self._number}/comments", {"body": text})

    def rewrite(self, id: int, text: str) -> None:
        """The comment with this id, with another text."""
        self._call("PATCH", f"{self._url}/comments/{id}", {"body": text})

    def _comments(self) -> Iterator[dict[str, Any]]:
        for page in range(1, MAX_PAGES + 1):
            query = f"per_page={_PAGE}&page={page}"
            found = self._call("GET", f"{self._url}/{self._number}/comments?{query}")
            yield from found
            if len(found) < _PAGE:
                return

    def _call(self, method: str, url: str, data: dict[str, str] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310  # the runner's own setting
            url,
            method=method,
            data=None if data is None else json.dumps(data).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "User-Agent": "planton",
            },
        )
        try:
            with self._opener.open(request, timeout=_SECONDS) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            error.close()
            advice = f": {_ADVICE}" if error.code in _FORBIDDEN else ""
            raise CommentError(f"GitHub answers {error.code}{advice}") from None
        except (OSError, ValueError) as error:
            raise CommentError(f"GitHub cannot be reached: {type(error).__name__}") from None


def marker(environ: Mapping[str, str]) -> str:
    """The invisible first line of the comment of one job."""
    job = f"{environ.get('GITHUB_WORKFLOW', '')}/{environ.get('GITHUB_JOB', '')}"
    return f"<!-- planton diff {hashlib.sha256(job.encode()).hexdigest()[:12]} -->\n"


def number_of(environ: Mapping[str, str]) -> int | None:
    """The number of the pull request that the workflow runs for, or None."""
    event = json.loads(Path(environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    number = (event.get("pull_request") or {}).get("number")
    return number if isinstance(number, int) else None


def keep(text: str, *, is_empty: bool, environ: Mapping[str, str]) -> str:
    """Writes the comment, or rewrites the one that is there, and returns what was done. An empty
    one says that nothing has changed: it is only written over one that said otherwise.

    Raises:
        CommentError: GitHub refuses it.
    """
    number = number_of(environ)
    if number is None:
        return "no pull request, so no comment"
    conversation = Conversation(environ, number)
    mark = marker(environ)
    found = conversation.find(mark)
    if found is None and is_empty:
        return "nothing to comment on"
    if found is None:
        conversation.write(mark + text)
        return "comment written"
    id, before = found
    if before.strip() == (mark + text).strip():
        return "the comment is up to date"
    conversation.rewrite(id, mark + text)
    return "comment updated"


def main(comment: str, changes: str) -> None:
    """Prints what was done."""
    text = Path(comment).read_text(encoding="utf-8")
    found = json.loads(Path(changes).read_text(encoding="utf-8"))
    is_empty = not any(found[key] for key in _REPORTED)
    try:
        print(keep(text, is_empty=is_empty, environ=os.environ))
    except CommentError as error:
        print(f"::warning title=planton::the comment cannot be written: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
