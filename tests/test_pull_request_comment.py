"""The comment that the Action keeps on a pull request."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.fake_github import FakeGitHub, serve_github
from tools.pull_request_comment import CommentError, keep, marker

SCRIPT = ROOT / "tools" / "pull_request_comment.py"


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with serve_github() as github:
        yield github


@pytest.fixture
def environ(github: FakeGitHub, tmp_path: Path) -> dict[str, str]:
    """The environment of a workflow for pull request 7."""
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7}}))
    return {
        "GITHUB_API_URL": github.url,
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_JOB": "validate",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_WORKFLOW": "manifests",
        "PLANTON_TOKEN": "secret",
    }


def test_a_first_comment_is_written(github: FakeGitHub, environ: dict[str, str]) -> None:
    done = keep("text\n", is_empty=False, environ=environ)

    assert done == "comment written"
    assert [one["body"] for one in github.comments] == [f"{marker(environ)}text\n"]


def test_the_comment_is_found_behind_a_hundred_others(
    github: FakeGitHub, environ: dict[str, str]
) -> None:
    for _ in range(250):
        github.add("hello")
    github.add(f"{marker(environ)}old\r\n")

    assert keep("new\n", is_empty=False, environ=environ) == "comment updated"
    assert github.comments[250]["body"] == f"{marker(environ)}new\n"
    assert len(github.comments) == 251


def test_an_equal_comment_is_left_alone(github: FakeGitHub, environ: dict[str, str]) -> None:
    github.add(f"{marker(environ)}text".replace("\n", "\r\n"))

    assert keep("text\n", is_empty=False, environ=environ) == "the comment is up to date"
    assert {request.method for request in github.requests} == {"GET"}


def test_a_comment_of_a_person_is_never_rewritten(
    github: FakeGitHub, environ: dict[str, str]
) -> None:
    github.add(f"{marker(environ)}mine", author="User")

    assert keep("text\n", is_empty=False, environ=environ) == "comment written"
    assert github.comments[0]["body"] == f"{marker(environ)}mine"


def test_with_the_token_of_a_person_only_their_comment_is_rewritten(
    github: FakeGitHub, environ: dict[str, str]
) -> None:
    github.user = 5
    github.add(f"{marker(environ)}by another", author="User", user=6)

    assert keep("text\n", is_empty=False, environ=environ) == "comment written"
    assert keep("new\n", is_empty=False, environ=environ) == "comment updated"
    assert [one["body"] for one in github.comments] == [
        f"{marker(environ)}by another",
        f"{marker(environ)}new\n",
    ]


def test_each_job_has_its_comment(github: FakeGitHub, environ: dict[str, str]) -> None:
    keep("text\n", is_empty=False, environ=environ)

    keep("text\n", is_empty=False, environ={**environ, "GITHUB_JOB": "other --> <img>"})

    assert len(github.comments) == 2
    assert all(one["body"].count("-->") == 1 for one in github.comments)


def test_an_empty_comment_replaces_another_and_is_not_the_first(
    github: FakeGitHub, environ: dict[str, str]
) -> None:
    assert keep("no change\n", is_empty=True, environ=environ) == "nothing to comment on"
    keep("lost\n", is_empty=False, environ=environ)
    assert keep("no change\n", is_empty=True, environ=environ) == "comment updated"

    assert [one["body"] for one in github.comments] == [f"{marker(environ)}no change\n"]


def test_without_a_pull_request_no_request_is_sent(
    github: FakeGitHub, environ: dict[str, str]
) -> None:
    Path(environ["GITHUB_EVENT_PATH"]).write_text('{"pull_request": null}')

    assert keep("text\n", is_empty=False, environ=environ) == "no pull request, so no comment"
    assert github.requests == []


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (403, "GitHub answers 403: give the job the permission pull-requests: write"),
        (404, "GitHub answers 404: give the job the permission pull-requests: write"),
        (500, "GitHub answers 500"),
    ],
)
def test_a_refusal_says_what_to_do(
    status: int, message: str, github: FakeGitHub, environ: dict[str, str]
) -> None:
    github.refusal = status

    with pytest.raises(CommentError) as error:
        keep("text\n", is_empty=False, environ=environ)

    assert str(error.value).startswith(message)


def test_the_token_is_not_sent_to_where_an_answer_leads(
    github: FakeGitHub, environ: dict[str, str]
) -> None:
    with serve_github() as other:
        github.refusal, github.location = 302, f"{other.url}/repos/acme/shop/issues"
        with pytest.raises(CommentError, match="GitHub answers 302"):
            keep("text\n", is_empty=False, environ=environ)

    assert other.requests == []


def test_a_server_that_does_not_answer_is_an_error(environ: dict[str, str]) -> None:
    with pytest.raises(CommentError, match="GitHub cannot be reached: URLError"):
        keep("x", is_empty=False, environ={**environ, "GITHUB_API_URL": "http://127.0.0.1:1"})


def test_the_script_needs_nothing_that_is_not_installed_with_python() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert imported - sys.stdlib_module_names == set()
