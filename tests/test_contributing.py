"""CONTRIBUTING's steps for a new field and a new rule, followed in a copy of the project."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

COPIED = (
    "__main__.py",
    "Pulumi.yaml",
    "planton",
    "tools",
    "docs",
    "schema",
    "promise",
    "hack",
    "examples",
    "pyproject.toml",
)
EDIT = re.compile(r"In `([^`]+)`, above `([^`]+)`:\n\n( *)```diff\n(.*?)\n\3```", re.S)
NEW_FILE = re.compile(r"The file `([^`]+)`:\n\n````markdown\n(.*?)````", re.S)
MANIFEST = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata:
  name: orders
  annotations:
    dynamodb.project-planton.org/extensions: |
      deleteBeforeReplace: VALUE
spec:
  region: eu-central-1
  billingMode: PAY_PER_REQUEST
  deletionProtectionEnabled: PROTECTED
  pointInTimeRecoveryEnabled: true
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
"""


class Copy:
    """A copy of the project in which the steps were followed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str, status: int = 0) -> str:
        """What a command of the copy prints."""
        done = subprocess.run(
            [sys.executable, "-m", *arguments], cwd=self.folder, capture_output=True, text=True
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def manifest(self, name: str, value: str, protected: str = "false") -> str:
        """The path of a manifest with a value of the new field."""
        text = MANIFEST.replace("VALUE", value).replace("PROTECTED", protected)
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def read(self, path: str) -> str:
        """The text of a file."""
        return (self.folder / path).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("copy")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
        else:
            shutil.copy(ROOT / name, folder / name)
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for path, anchor, indent, code in EDIT.findall(text):
        _insert(folder / path, anchor, _added(code, indent))
    for path, content in NEW_FILE.findall(text):
        (folder / path).write_text(content, encoding="utf-8")
    result = Copy(folder)
    result.run("tools.code_table")
    result.run("tools.docs")
    return result


def _added(code: str, indent: str) -> str:
    """The added lines, without the indentation of the list around them."""
    return "\n".join(line.removeprefix(indent).removeprefix("+") for line in code.split("\n"))


def _insert(path: Path, anchor: str, code: str) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    (at,) = [i for i, line in enumerate(lines) if line.strip().startswith(anchor)]
    path.write_text("\n".join([*lines[:at], code, *lines[at:]]), encoding="utf-8")


def test_the_field_is_validated(copy: Copy) -> None:
    copy.run("planton", "validate", copy.manifest("good.yaml", "true"))
    out = copy.run("planton", "validate", copy.manifest("bad.yaml", '"yes"'), status=1)

    assert "bad.yaml:7:28: error[type]: deleteBeforeReplace must be true or false, got 'yes'" in out
    assert "  help: write true" in out


def test_the_plan_shows_the_field(copy: Copy) -> None:
    path = copy.manifest("plan.yaml", "true")

    assert re.search(r"^ *deleted before replaced +on$", copy.run("planton", "plan", path), re.M)
    data = json.loads(copy.run("planton", "plan", path, "--format", "json"))
    assert data["deleteBeforeReplace"] is True


def test_the_diff_shows_a_change_of_the_field(copy: Copy) -> None:
    old, new = copy.manifest("old.yaml", "false"), copy.manifest("new.yaml", "true")

    out = copy.run("planton", "diff", old, new)

    assert "spec.deleteBeforeReplace: off → on\n  in place: decides what a replacement" in out


def test_the_table_is_registered_with_the_field(copy: Copy) -> None:
    def options(value: str) -> Any:
        path = copy.manifest("deployed.yaml", value)
        data = json.loads(copy.run("planton", "rehearse", path, "--format", "json"))
        (table,) = [one for one in data["resources"] if one["type"].endswith(":Table")]
        return table["options"]["deleteBeforeReplace"]

    assert (options("true"), options("false")) == (True, False)


def test_other_control_planes_warn_of_the_field(copy: Copy) -> None:
    path = copy.manifest("rendered.yaml", "true")

    assert "an ACK Table is never replaced" in copy.run("planton", "render", "ack", path)
    assert "a Crossplane Table is never" in copy.run("planton", "render", "crossplane", path)


def test_convert_keeps_the_field_in_the_annotation(copy: Copy) -> None:
    path = copy.manifest("converted.yaml", "true")

    assert "      deleteBeforeReplace: true" in copy.run(
        "planton", "convert", path, "--to", "v1alpha1"
    )


def test_the_schema_and_the_pages_have_the_field(copy: Copy) -> None:
    described = "Whether a replacement deletes the old table first."

    assert described in copy.read("schema/aws-dynamodb.schema.json")
    assert described in copy.read("docs/fields.md")
    assert "`deleteBeforeReplace`" in copy.read("docs/control-planes.md")
    assert "deleteBeforeReplace" in copy.read("docs/changes.md")
    assert "deleteBeforeReplace" not in copy.run("planton", "kratix", "promise")


def test_the_rule_is_checked_and_explained(copy: Copy) -> None:
    path = copy.manifest("protected.yaml", "true", protected="true")

    out = copy.run("planton", "validate", path)
    explained = copy.run("planton", "explain", "protected-not-replaced")

    assert "warning[protected-not-replaced]: deleteBeforeReplace is set, but a protected" in out
    assert "Pulumi refuses to replace a protected table" in explained
    assert "protected-not-replaced" in copy.read("docs/rules/features.md")
