"""How the real AWS provider is found and built, with a fake script and a fake plug-in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.harness import ROOT
from tools import real_provider
from tools.real_provider import COMMAND, Plugin, ProviderError, Unavailable

BUILD = """#!/usr/bin/env bash
echo built >> "$FAKE_LOG"
[ "${FAKE_STATUS:-0}" = 0 ] || exit "$FAKE_STATUS"
touch "$(dirname "$FAKE_LOG")/plugin" "$(dirname "$FAKE_LOG")/binary"
printf '%s\\n' "$(dirname "$FAKE_LOG")/plugin" "$(dirname "$FAKE_LOG")/binary"
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, a home without plug-ins, a PATH without any, and a folder with a script."""
    script = tmp_path / "provider" / "build.sh"
    script.parent.mkdir()
    script.write_text(BUILD)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("REAL_PROVIDER", str(script.parent))
    monkeypatch.setenv("FAKE_LOG", str(tmp_path / "log"))
    for name in ("PULUMI_HOME", "REALAWS_TF_PROVIDER"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def _install(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def _built(place: Path) -> Plugin:
    return Plugin(place / "plugin", {"REALAWS_TF_PROVIDER": str(place / "binary")})


def _command() -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "tools" / "dev.py", "provider"],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_plugin_is_built_once_by_the_script(place: Path) -> None:
    assert real_provider.find() is None
    assert real_provider.build() == real_provider.build() == real_provider.find() == _built(place)
    assert not _built(place).is_genuine
    assert (place / "log").read_text() == "built\n"


def test_a_changed_script_causes_a_new_build(place: Path) -> None:
    real_provider.build()
    (place / "provider" / "src").mkdir()
    (place / "provider" / "src" / "main.go").write_text("package main\n")
    assert real_provider.find() is None
    real_provider.build()
    assert (place / "log").read_text() == "built\nbuilt\n"


@pytest.mark.parametrize("gone", ["plugin", "binary"])
def test_a_deleted_build_is_not_used(place: Path, gone: str) -> None:
    real_provider.build()
    (place / gone).unlink()
    assert real_provider.find() is None


def test_a_plugin_of_pulumi_is_found_on_the_path(place: Path) -> None:
    real_provider.build()
    path = _install(place / "bin" / COMMAND)
    assert real_provider.find() == Plugin(path)
    assert Plugin(path).is_genuine


def test_the_newest_plugin_that_pulumi_fetched_is_found(place: Path) -> None:
    plugins = place / "home" / ".pulumi" / "plugins"
    for version in ("v7.9.0", "v7.51.1", "v6.83.0"):
        _install(plugins / f"resource-aws-{version}" / COMMAND)
    _install(plugins / "resource-aws-native-v9.0.0" / COMMAND)
    assert real_provider.find() == Plugin(plugins / "resource-aws-v7.51.1" / COMMAND)


def test_a_machine_without_the_provider_gets_a_message_and_succeeds(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_STATUS", "3")
    with pytest.raises(Unavailable, match="this machine has no terraform-provider-aws"):
        real_provider.build()
    ended = _command()
    assert (ended.returncode, ended.stdout) == (0, "")
    assert (
        "the tests with the real AWS provider will be skipped: no pulumi-resource-" in ended.stderr
    )


def test_a_missing_script_is_reported_with_how_to_name_one(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REAL_PROVIDER", str(place / "nowhere"))
    with pytest.raises(Unavailable, match="the variable REAL_PROVIDER names the folder"):
        real_provider.build()
    assert not real_provider.is_to_be_had()


def test_a_failed_build_fails_the_command(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_STATUS", "1")
    with pytest.raises(ProviderError, match="ended with exit status 1"):
        real_provider.build()
    ended = _command()
    assert ended.returncode == 1
    assert "build.sh ended with exit status 1" in ended.stderr


def test_the_command_prints_the_path(place: Path) -> None:
    ended = _command()
    assert (ended.returncode, ended.stdout) == (0, f"{place / 'plugin'}\n")


def test_the_provider_is_available_if_a_binary_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REALAWS_TF_PROVIDER", os.devnull)
    assert real_provider.is_to_be_had()


EXAMPLE = """
def test_with_it(real_provider):
    pass
"""


@pytest.mark.parametrize(
    ("ci", "binary", "outcome"),
    [("", os.devnull, "1 skipped"), ("true", os.devnull, "1 error"), ("true", "", "1 skipped")],
    ids=["by hand", "in CI", "in CI without a binary"],
)
def test_ci_fails_if_the_provider_is_available_and_not_built(
    place: Path, monkeypatch: pytest.MonkeyPatch, ci: str, binary: str, outcome: str
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("REALAWS_TF_PROVIDER", binary)
    if not binary:
        monkeypatch.setenv("REAL_PROVIDER", str(place / "nowhere"))
    folder = place / "suite" / "tests" / "engine"
    folder.mkdir(parents=True)
    (folder / "test_it.py").write_text(EXAMPLE)
    (folder / "conftest.py").write_text("from tests.engine.conftest import real_provider\n")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", folder, folder],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome in ended.stdout, ended.stdout
