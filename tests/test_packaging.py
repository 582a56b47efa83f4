"""What is installed with the package: little for checking, everything for deploying."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from planton import __version__
from planton.cli import parser as cli
from tests.conftest import ROOT


def ranges(path: str) -> dict[str, str]:
    """Each distribution that a requirements file or pyproject.toml lists, and its range."""
    text = (ROOT / path).read_text(encoding="utf-8")
    if path == "pyproject.toml":
        (text,) = re.findall(r"^dependencies = \[(.*?)^\]", text, re.M | re.S)
    found = re.findall(r'^\s*"?([A-Za-z0-9-]+)([<>=,.\d]+)"?,?$', text, re.M)
    return {name.lower(): range for name, range in found}


def test_the_package_needs_only_what_checking_needs() -> None:
    assert set(ranges("pyproject.toml")) == {"pydantic", "pyyaml"}


def test_all_lists_of_requirements_agree_on_the_ranges() -> None:
    deploying = ranges("requirements.txt")

    assert set(deploying) == {"pulumi", "pulumi-aws", "pydantic", "pyyaml"}
    rehearsing = ranges("tools/rehearse.txt")
    assert set(rehearsing) == {"boto3", "moto"}
    assert ranges("tools/adopt.txt") == {"boto3": rehearsing["boto3"]}
    assert {name: deploying[name] for name in ranges("pyproject.toml")} == ranges("pyproject.toml")


def test_the_package_takes_its_version_from_the_program() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    assert re.findall(r"^version = ", text, re.M) == []
    assert '[tool.setuptools.dynamic.version]\nattr = "planton.__version__"\n' in text


@pytest.mark.parametrize(
    "page", ["docs/checking.md", "promise/Dockerfile", "promise/README.md", "promise/promise.yaml"]
)
def test_a_page_shows_the_version_of_the_program(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    shown = re.findall(r"(?:\bv|@v|-configure:)(\d+\.\d+\.\d+)\b", text)

    assert set(shown) == {__version__}


def test_the_changelogs_unreleased_section_ends_at_the_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    unreleased, newest, *_ = re.findall(r"^## (.*)", text, re.M)

    assert unreleased == "Unreleased"
    assert re.fullmatch(rf"{re.escape(__version__)} - \d{{4}}-\d\d-\d\d", newest)


def test_an_extra_contains_what_its_files_list() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (table,) = re.findall(r"^\[tool\.setuptools\.dynamic\.optional-dependencies\]\n(.*?)\n\n", text,
                          re.M | re.S)  # fmt: skip

    files = {
        name: re.findall(r'"([^"]+)"', listed)
        for name, listed in re.findall(r"^(\w+) = \{ file = \[(.*?)\] \}", table, re.M)
    }
    assert files == {
        "adopt": ["tools/adopt.txt"],
        "deploy": ["requirements.txt"],
        "expressions": ["tools/expressions.txt"],
        "rehearse": ["requirements.txt", "tools/rehearse.txt"],
    }


def test_a_rehearsal_without_its_packages_names_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for missing in ("pulumi", "moto"):
        found = "planton.cli.rehearse_options.find_spec"
        monkeypatch.setattr(found, lambda name, m=missing: None if name == m else object)

        assert cli.main(["rehearse", "a.yaml"]) == 2
        assert capsys.readouterr().err == (
            f"planton: the rehearsal needs {missing}: pip install '.[rehearse]'\n"
        )


ONLY_THESE = """
import sys
from importlib.abc import MetaPathFinder

class Refuse(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {refused!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Refuse())
from planton.cli.parser import main
sys.exit(main({arguments!r}))
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate", "hack"],
        ["validate", "hack", "--format", "sarif"],
        ["plan", "hack/manifest.yaml"],
        ["diff", "hack/manifest.yaml", "hack/manifest.yaml"],
        ["explain"],
    ],
    ids=" ".join,
)
def test_a_command_that_checks_runs_without_pulumi(arguments: list[str]) -> None:
    refused = ("pulumi", "pulumi_aws", "grpc", "boto3", "botocore", "moto", "requests")
    code = ONLY_THESE.format(refused=refused, arguments=arguments)

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(ROOT), capture_output=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, b"")
