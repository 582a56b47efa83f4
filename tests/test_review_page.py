"""docs/review.md: its commands work, and its workflow is one that GitHub accepts."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from planton.cli.diff_options import DIFF_FORMATS
from planton.cli.parser import main
from planton.cli.review_options import REVIEW_FORMATS
from tests.conftest import ROOT
from tests.repositories import Repository, manifest

TEXT = (ROOT / "docs" / "review.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
(WORKFLOW,) = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.M | re.S)


COMMANDS = [
    command
    for command in re.findall(r"^planton .*", TEXT + README, re.M)
    if command.startswith("planton review ") or "--base" in command
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_succeeds(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = Repository(tmp_path / "repository", orders=manifest())
    repository.write("tables/users.yaml", manifest("users"))
    repository.write("shared/orders.yaml", manifest("shared"))
    repository.git("update-ref", "refs/remotes/origin/main", "main")
    shutil.copy(ROOT / "tests" / "data" / "preview.json", repository.folder)
    monkeypatch.chdir(repository.folder)
    _, name, *arguments = shlex.split(command, comments=True)

    assert main([name, *arguments]) == (3 if name == "review" else 0)


def test_the_page_lists_the_formats() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", TEXT, re.M)) == set(DIFF_FORMATS)
    (listed,) = re.findall(r"The formats are (.*?)\. ", " ".join(TEXT.split()))
    assert set(re.findall(r"`(\w+)`", listed)) == set(REVIEW_FORMATS)


def test_the_workflow_of_the_page_is_valid_and_sets_inputs_of_the_action(tmp_path: Path) -> None:
    (tmp_path / "workflow.yaml").write_text(WORKFLOW, encoding="utf-8")
    check = ["check_jsonschema", "--builtin-schema", "vendor.github-workflows", "workflow.yaml"]
    subprocess.run([sys.executable, "-m", *check], cwd=tmp_path, check=True, capture_output=True)

    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    *_, step = yaml.safe_load(WORKFLOW)["jobs"]["validate"]["steps"]
    assert set(step["with"]) <= set(action["inputs"])
