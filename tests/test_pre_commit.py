"""The hook, run by pre-commit in a separate repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import checkout
from tests.conftest import ROOT

pytest.importorskip("pre_commit")
if shutil.which("git") is None:
    pytest.skip("git is not installed", allow_module_level=True)

HOOKS = ROOT / ".pre-commit-hooks.yaml"
GOOD = (ROOT / "hack" / "manifest.yaml").read_text(encoding="utf-8")
BAD = GOOD.replace("PAY_PER_REQUEST", "PAY")
WARNED = GOOD + "  region:\n"
FOREIGN = {
    "map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: dynamodb}\n",
    "chart/table.yaml": "metadata: {name: {{ .Values.dynamodb }}}\n",
    "stack.yml": "Resources: {T: {Type: AWS::DynamoDB::Table, Properties: !Ref P}}\n",
}


class Repository:
    """A repository of which pre-commit passes every file to the hook."""

    def __init__(self, folder: Path, configuration: dict[str, Any]) -> None:
        self.folder = folder
        folder.mkdir()
        self._git("init", "--quiet")
        self.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [configuration]}))

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(self) -> tuple[int, str]:
        """How pre-commit ends, and what it says."""
        self._git("add", ".")
        done = self._process(sys.executable, "-m", "pre_commit", "run", "--all-files", "--verbose")
        return done.returncode, done.stdout + done.stderr

    def _git(self, *arguments: str) -> None:
        self._process("git", *arguments).check_returncode()

    def _process(self, *command: str) -> subprocess.CompletedProcess[str]:
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            "PRE_COMMIT_HOME": str(self.folder.parent / "home"),
            "PRE_COMMIT_COLOR": "never",
            "PYTHONPATH": str(ROOT),
        }
        return subprocess.run(
            command, cwd=self.folder, env=environ, capture_output=True, text=True, check=False
        )


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """The unchanged hook, but run from this checkout: nothing is installed."""
    (hook,) = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    assert hook["entry"].startswith("planton ")
    hook["entry"] = f"{sys.executable} -m {hook['entry']}"
    hook["language"] = "unsupported"  # "system", before pre-commit 4.4
    return Repository(tmp_path / "work", {"repo": "local", "hooks": [hook]})


def test_the_file_is_one_that_pre_commit_accepts() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(HOOKS)]
    subprocess.run(command, check=True)


def test_only_manifests_are_checked_among_the_yaml_of_a_repository(repository: Repository) -> None:
    for name, text in FOREIGN.items():
        repository.write(name, text)
    repository.write("tables/orders.yaml", GOOD)
    repository.write("a manifest.md", BAD)

    status, output = repository.run()
    assert status == 0
    # The fourth is pre-commit's own configuration.
    assert "1 file: 1 valid; 4 of other kinds skipped" in output

    repository.write("tables/or ders.yml", BAD)
    status, output = repository.run()
    assert status == 1
    assert "tables/or ders.yml:12:16: error[enum]: 'PAY' is not one of" in output
    assert "2 files: 1 valid, 1 invalid; 1 error; 4 of other kinds skipped" in output


def test_a_repository_without_manifests_passes(repository: Repository) -> None:
    repository.write("map.yaml", FOREIGN["map.yaml"])

    status, output = repository.run()

    assert (status, "no manifest; 2 of other kinds skipped" in output) == (0, True)


def test_a_file_can_be_named_like_an_option(repository: Repository) -> None:
    repository.write("--strict.yaml", WARNED)

    status, output = repository.run()

    assert (status, "1 file: 1 valid; 1 warning" in output) == (0, True)


@pytest.mark.parametrize(
    ("options", "status"),
    [([], 0), (["--strict", "--"], 1), (["--strict", "--ignore=empty-value"], 0)],
)
def test_options_are_added_in_the_configuration(
    options: list[str], status: int, tmp_path: Path, repository: Repository
) -> None:
    file = repository.folder / ".pre-commit-config.yaml"
    configuration = yaml.safe_load(file.read_text(encoding="utf-8"))
    configuration["repos"][0]["hooks"][0]["args"] = options
    repository.write(".pre-commit-config.yaml", yaml.safe_dump(configuration))
    repository.write("a.yaml", WARNED)

    assert repository.run()[0] == status


def test_pre_commit_installs_the_hook_and_runs_it(tmp_path: Path) -> None:
    source = checkout.copy(tmp_path / "source")
    named = ["-c", "user.name=n", "-c", "user.email=e"]
    for command in (["init", "-q"], ["add", "."], [*named, "commit", "-qm", "m"], ["tag", "v1"]):
        subprocess.run(["git", *command], cwd=source, check=True)
    hook: dict[str, Any] = {"repo": str(source), "rev": "v1", "hooks": [{"id": "planton-validate"}]}
    repository = Repository(tmp_path / "work", hook)
    repository.write("a.yaml", BAD)
    repository.write("b.yaml", FOREIGN["map.yaml"])

    status, output = repository.run()

    checkout.skip_without_packages(output)
    assert (status, "1 file: 0 valid, 1 invalid; 1 error; 2 of other kinds" in output) == (1, True)
