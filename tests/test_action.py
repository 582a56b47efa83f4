"""The steps of the GitHub Action, run in a shell as a runner runs them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

from planton import __version__
from tests import checkout
from tests.conftest import ROOT
from tests.fake_github import FakeGitHub, serve_github
from tests.repositories import OTHER_KEY, Repository, manifest

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
GOOD = (ROOT / "hack" / "manifest.yaml").read_text(encoding="utf-8")
BAD = GOOD.replace("PAY_PER_REQUEST", "PAY")
WARNED = GOOD + "  region:\n"
_INPUT = re.compile(r"\$\{\{ inputs\.([a-z-]+) \}\}")


class Runner:
    """A runner's folders: what is checked out, what is temporary, where the action lies."""

    def __init__(self, folder: Path, action: Path) -> None:
        self.workspace = folder / "work space"
        self.temporary = folder / "temporary"
        self.action = action
        self.api = "http://127.0.0.1:1"
        self.workspace.mkdir()
        self.temporary.mkdir()

    def write(self, name: str, text: str) -> None:
        path = self.workspace / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def step(self, number: int, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Runs one step with these inputs, and the defaults of the others."""
        step = ACTION["runs"]["steps"][number]
        defaults = {name: about.get("default", "") for name, about in ACTION["inputs"].items()}
        assert set(inputs) <= set(defaults)
        defaults |= inputs
        environ = {
            **os.environ,
            "PYTHONPATH": "",
            "RUNNER_TEMP": str(self.temporary),
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_STEP_SUMMARY": str(self.temporary / "summary.md"),
            "GITHUB_EVENT_PATH": str(self.temporary / "event.json"),
            "GITHUB_API_URL": self.api,
            "GITHUB_REPOSITORY": "acme/shop",
        }
        for name, value in step.get("env", {}).items():
            environ[name] = _INPUT.sub(lambda match: defaults[match[1]], value)
        script = self.temporary / f"step-{number}.sh"
        script.write_text(step["run"], encoding="utf-8")
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=self.workspace,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def validate(self, **inputs: str) -> tuple[int, str]:
        """How the step that validates ends, and what it says."""
        done = self.step(1, **inputs)
        return done.returncode, done.stdout + done.stderr

    def compare(self, **inputs: str) -> tuple[int, str]:
        """How the step that compares ends, and what it says."""
        done = self.step(2, **{"base": "main", **inputs})
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """A runner after the first step, as it were: `planton` is that of this checkout."""
    runner = Runner(tmp_path, ROOT)
    folder = runner.temporary / "planton-venv" / "bin"
    folder.mkdir(parents=True)
    for name, line in {
        "planton": f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -m planton "$@"',
        "python": f'exec "{sys.executable}" "$@"',
    }.items():
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)
    (runner.temporary / "event.json").write_text("{}")
    return runner


@pytest.fixture
def pull_request(runner: Runner) -> Iterator[FakeGitHub]:
    """The runner's work space is a repository, and its workflow runs for a pull request."""
    runner.workspace.rmdir()
    Repository(runner.workspace, orders=GOOD)
    (runner.temporary / "event.json").write_text('{"pull_request": {"number": 7}}')
    with serve_github() as github:
        runner.api = github.url
        yield github


def test_the_action_has_the_form_that_github_expects() -> None:
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.github-actions",
    ]
    subprocess.run([*command, str(ROOT / "action.yml")], check=True, capture_output=True)


def test_no_script_contains_an_expression() -> None:
    """The runner would put an input's text into the script, and bash would run it."""
    assert [step["name"] for step in ACTION["runs"]["steps"] if "${{" in step["run"]] == []


def test_every_input_reaches_a_step() -> None:
    values = [value for step in ACTION["runs"]["steps"] for value in step.get("env", {}).values()]

    assert {name for value in values for name in _INPUT.findall(value)} == set(ACTION["inputs"])


def test_valid_manifests_pass(runner: Runner) -> None:
    runner.write("tables/orders.yaml", GOOD)
    runner.write("other.yaml", "kind: ConfigMap\n")

    assert runner.validate() == (0, "1 file: 1 valid; 1 of other kinds skipped\n")


def test_invalid_manifests_fail_and_are_annotated(runner: Runner) -> None:
    runner.write("tables/orders.yaml", GOOD)
    runner.write("tables/users.yaml", BAD)

    assert runner.validate() == (
        1,
        "::error file=tables/users.yaml,line=12,col=16,endLine=12,endColumn=19,title=enum::"
        "'PAY' is not one of 'PROVISIONED' or 'PAY_PER_REQUEST' (spec.billingMode)\n"
        "2 files: 1 valid, 1 invalid; 1 error\n",
    )


def test_a_repository_without_manifests_fails(runner: Runner) -> None:
    assert runner.validate() == (2, "planton: no AwsDynamodb manifest in .\n")


@pytest.mark.parametrize(
    ("inputs", "status"),
    [
        ({}, 0),
        ({"strict": "true"}, 1),
        ({"strict": "false"}, 0),
        ({"strict": ""}, 0),
        ({"strict": "yes"}, 2),
        ({"strict": "true", "ignore": "empty-value"}, 0),
        ({"strict": "true", "ignore": "ttl-type, empty-value"}, 0),
        ({"strict": "true", "ignore": "ttl-type\nempty-value\n"}, 0),
        ({"ignore": "enum"}, 2),
        ({"format": "text"}, 0),
        ({"format": "html"}, 2),
        ({"paths": ""}, 2),
        ({"paths": "missing"}, 1),
    ],
    ids=str,
)
def test_the_inputs_are_the_options_of_validate(
    inputs: dict[str, str], status: int, runner: Runner
) -> None:
    runner.write("a.yaml", WARNED)

    assert runner.validate(**inputs)[0] == status


def test_paths_are_one_per_line_and_can_contain_spaces(runner: Runner) -> None:
    runner.write("our tables/a.yaml", BAD)
    runner.write("b.yaml", BAD)
    runner.write("c.yaml", BAD)

    status, output = runner.validate(paths="\n  our tables\r\n\tb.yaml  \n\n", format="text")

    assert (status, re.findall(r"^(.*):12:16: error", output, re.M)) == (
        1,
        ["our tables/a.yaml", "b.yaml"],
    )


HOSTILE = "$(touch pwned) `touch pwned` \"; touch pwned; ' && touch pwned #"


@pytest.mark.parametrize("name", sorted(ACTION["inputs"]))
@pytest.mark.usefixtures("pull_request")
def test_an_input_is_never_executed(name: str, runner: Runner) -> None:
    runner.write("a.yaml", GOOD)

    steps = [
        number
        for number, step in enumerate(ACTION["runs"]["steps"])
        if name in _INPUT.findall(" ".join(step.get("env", {}).values()))
    ]
    assert steps

    for number in steps:
        for value in (HOSTILE, f"--help {HOSTILE}"):
            runner.step(number, **{"base": "main", name: value})

    assert not list(runner.workspace.glob("*pwned"))
    assert not (runner.workspace / "pwned").exists()


def test_a_path_that_looks_like_an_option_is_a_path(runner: Runner) -> None:
    runner.write("--help/a.yaml", BAD)

    status, output = runner.validate(paths="--help")

    assert (status, output.startswith("::error file=--help/a.yaml,")) == (1, True)


def test_a_sarif_log_is_written_beside_the_annotations(runner: Runner) -> None:
    runner.write("a.yaml", BAD)

    status, output = runner.validate(**{"sarif-file": "the log.sarif"})

    log: Any = json.loads((runner.workspace / "the log.sarif").read_text())
    assert (status, output.startswith("::error file=a.yaml,")) == (1, True)
    assert [result["ruleId"] for result in log["runs"][0]["results"]] == ["enum"]


def test_the_manifests_are_only_compared_if_a_base_is_set() -> None:
    steps = ACTION["runs"]["steps"]

    assert [step.get("if") for step in steps] == [
        None,
        None,
        "${{ !cancelled() && inputs.base != '' }}",
    ]


def test_what_would_be_lost_is_annotated_and_commented(
    runner: Runner, pull_request: FakeGitHub
) -> None:
    runner.write("orders.yaml", manifest("orders", *OTHER_KEY))

    status, output = runner.compare(token="secret")

    assert status == 3
    assert output.startswith("::error file=orders.yaml,line=")
    assert output.endswith("\ncomment written\n")
    (comment,) = pull_request.comments
    assert "\n## DynamoDB tables: data would be lost\n" in comment["body"]
    assert (runner.temporary / "summary.md").read_text() == comment["body"].partition("\n")[2]
    assert {request.token for request in pull_request.requests} == {"Bearer secret"}


def test_the_comment_is_kept_up_to_date(runner: Runner, pull_request: FakeGitHub) -> None:
    runner.write("orders.yaml", manifest("orders", *OTHER_KEY))
    runner.compare(token="secret")
    runner.write("orders.yaml", manifest())

    status, output = runner.compare(token="secret")

    assert (status, output.splitlines()[-1]) == (0, "comment updated")
    (comment,) = pull_request.comments
    assert "no manifest has changed" in comment["body"]


def test_a_pull_request_that_changes_no_manifest_gets_no_comment(
    runner: Runner, pull_request: FakeGitHub
) -> None:
    status, output = runner.compare(token="secret")

    assert (status, output.splitlines()[-1]) == (0, "nothing to comment on")
    assert pull_request.comments == []


def test_a_pull_request_that_changes_only_rules_gets_a_comment(
    runner: Runner, pull_request: FakeGitHub
) -> None:
    runner.write("planton.yaml", "rules: []\n")

    status, output = runner.compare(token="secret")

    assert (status, output.splitlines()[-1]) == (0, "comment written")
    assert "Note: the rules of the organization have changed" in pull_request.comments[0]["body"]


@pytest.mark.parametrize(
    ("inputs", "status"),
    [
        ({}, 3),
        ({"fail-on": "loss"}, 3),
        ({"fail-on": "never"}, 0),
        ({"fail-on": "change"}, 2),
        ({"comment": "false"}, 3),
        ({"comment": "yes"}, 2),
        ({"base": "nowhere"}, 2),
        ({"base": "--help"}, 2),
        ({"paths": "orders.yaml"}, 3),
        ({"paths": "elsewhere"}, 2),
    ],
    ids=str,
)
def test_the_inputs_decide_whether_the_comparison_fails(
    inputs: dict[str, str], status: int, runner: Runner, pull_request: FakeGitHub
) -> None:
    runner.write("orders.yaml", manifest("orders", *OTHER_KEY))

    assert runner.compare(token="secret", **inputs)[0] == status
    expected = status != 2 and inputs.get("comment") != "false"
    assert bool(pull_request.comments) == expected


def test_an_invalid_manifest_fails_even_if_no_loss_does(
    runner: Runner, pull_request: FakeGitHub
) -> None:
    runner.write("orders.yaml", BAD)

    assert runner.compare(token="secret", **{"fail-on": "never"})[0] == 1
    assert "a manifest is invalid" in pull_request.comments[0]["body"]


def test_a_comment_that_github_refuses_is_a_warning(
    runner: Runner, pull_request: FakeGitHub
) -> None:
    """As in a pull request from a fork."""
    pull_request.refusal = 403
    runner.write("orders.yaml", manifest("orders", *OTHER_KEY))

    status, output = runner.compare(token="secret")

    assert (status, output.splitlines()[-1]) == (
        3,
        "::warning title=planton::the comment cannot be written: GitHub answers 403: give the job "
        "the permission pull-requests: write; the token of a pull request from a fork does not "
        "have it",
    )
    assert "secret" not in output


def test_a_log_that_cannot_be_written_fails(runner: Runner) -> None:
    runner.write("a.yaml", GOOD)

    assert runner.validate(**{"sarif-file": "missing/a.sarif"})[0] == 1


def test_a_python_that_is_too_old_is_reported_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = Runner(tmp_path, ROOT)
    (tmp_path / "bin").mkdir()
    for name in ("python3", "python"):
        (tmp_path / "bin" / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")

    done = runner.step(0)

    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "::error title=planton::Python 3.10 or newer is needed: use actions/setup-python\n",
        "",
    )


def test_the_action_installs_and_validates(tmp_path: Path) -> None:
    runner = Runner(tmp_path, checkout.copy(tmp_path / "the action"))
    # What a pull request could bring to be run in the place of Python's own.
    for module in ("venv", "pip", "planton", "sitecustomize"):
        runner.write(f"{module}.py", "open('pwned', 'w')\nraise SystemExit(0)\n")
    runner.write("a.yaml", BAD)

    installed = runner.step(0)
    checkout.skip_without_packages(installed.stdout + installed.stderr)
    assert (installed.returncode, installed.stderr) == (0, "")
    status, output = runner.validate()
    assert (status, output.splitlines()[-1]) == (1, "1 file: 0 valid, 1 invalid; 1 error")
    (run,) = json.loads(runner.validate(format="sarif")[1])["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["help"]["text"], "the explanations are installed too"
    assert not (runner.workspace / "pwned").exists()
    installed_there = distributions(runner.temporary / "planton-venv")
    assert INSTALLED - {*installed_there} == set()
    assert TOO_MUCH & {*installed_there} == set()
    assert installed_there["aws-dynamodb-module"] == __version__


INSTALLED = {"aws-dynamodb-module", "pydantic", "pyyaml"}
TOO_MUCH = {"pulumi", "pulumi-aws", "boto3", "moto"}


def distributions(environment: Path) -> dict[str, str]:
    """What is installed in a virtual environment, with its version."""
    paths = [str(path) for path in environment.glob("lib/python3*/site-packages")]
    return {
        d.metadata["Name"].lower().replace("_", "-"): d.version
        for d in metadata.distributions(path=paths)
    }
