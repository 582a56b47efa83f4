"""How the engine for the tests is found and built, with a fake `go` and a fake `pulumi`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.harness import ROOT
from tools import engine
from tools.kubernetes import KRO_CHECK

GO = """#!/usr/bin/env bash
case "$1 $2" in
  "env GOVERSION") echo "${FAKE_GO_VERSION:-go1.26.8}" ;;
  "env GOTOOLCHAIN") echo "${FAKE_GO_TOOLCHAIN:-auto}" ;;
  "build "*)
    echo "$PWD CGO_ENABLED=$CGO_ENABLED GOWORK=$GOWORK $*" >> "$FAKE_GO_LOG"
    sleep "${FAKE_GO_SECONDS:-0}"
    while [ "$1" != -o ]; do shift; done
    echo built > "$2"
    exit "${FAKE_GO_STATUS:-0}" ;;
esac
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that is empty, and a PATH with a `go` of ours and no `pulumi`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("FAKE_GO_LOG", str(tmp_path / "go.log"))
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    _command(folder / "go", GO)
    return tmp_path


def _command(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def _builds(place: Path) -> list[str]:
    log = place / "go.log"
    return log.read_text().splitlines() if log.exists() else []


def test_the_hosts_script_comes_from_go_and_is_fetched_if_it_is_missing(place: Path) -> None:
    (place / "bin" / "go").write_text(
        "#!/usr/bin/env bash\n"
        'echo "$PWD $GOPROXY $*" >> "$FAKE_GO_LOG"\n'
        f'[ "$1" = list ] && echo "{place / "sdk"}"\n'
    )
    assert engine.host_script() is None
    engine.fetch_host_script()
    asked = f"list -mod=readonly -m -f {{{{.Dir}}}} {engine.SDK_MODULE}"
    folder = ROOT / "tools"
    assert _builds(place) == [
        *[f"{folder} off {asked}"] * 2,
        f"{folder}  mod download {engine.SDK_MODULE}",
    ]
    script = place / "sdk" / "python" / "cmd" / "pulumi-language-python-exec"
    script.parent.mkdir(parents=True)
    script.touch()
    assert engine.host_script() == script
    (place / "bin" / "go").unlink()
    assert engine.host_script() is None


def test_the_engine_is_built_once_from_the_pinned_module(place: Path) -> None:
    assert engine.find() is None
    built = engine.build()
    assert engine.find() == engine.build() == built
    assert built.is_relative_to(place / "cache")
    (command,) = _builds(place)
    assert command.startswith(f"{ROOT / 'tools'} CGO_ENABLED=0 GOWORK=off build -mod=readonly ")
    assert f"/go/common/version.Version={engine.pinned()} " in command
    assert command.endswith(" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi")


def test_a_changed_pin_causes_a_new_build(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = engine.build()
    pins = place / "pins"
    pins.mkdir()
    for name in ("go.mod", "go.sum"):
        text = (engine.FOLDER / name).read_text().replace("v3.250.0", "v3.251.0")
        (pins / name).write_text(text)
    monkeypatch.setattr(engine, "FOLDER", pins)
    assert engine.find() is None
    assert engine.build() != first


def test_a_changed_source_of_our_tool_causes_a_new_build(place: Path) -> None:
    folder = place / "tool"
    shutil.copytree(KRO_CHECK.folder, folder)
    tool = replace(KRO_CHECK, folder=folder)
    first = tool.build()
    assert tool.find() == KRO_CHECK.find() == first
    (folder / "main.go").write_text("package main\n")
    assert tool.find() is None
    assert tool.build() != first


def test_a_failed_build_is_not_used_as_an_engine(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_GO_STATUS", "1")
    with pytest.raises(engine.EngineError, match="go ended with exit status 1"):
        engine.build()
    assert engine.find() is None
    monkeypatch.delenv("FAKE_GO_STATUS")
    assert engine.build() == engine.find()


def test_two_concurrent_processes_build_once(place: Path) -> None:
    program = "from tools import engine; print(engine.build())"
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "FAKE_GO_SECONDS": "1"}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert answers[0][0] == answers[1][0]
    assert len(_builds(place)) == 1
    assert any("waiting for the build" in messages for _, messages in answers)


@pytest.mark.parametrize(
    ("version", "toolchain", "refused"),
    [
        ("go1.26.8", "local", False),
        ("go1.24.1", "auto", False),
        ("go1.24.1", "local", True),
        ("go1.20.14", "auto", True),
    ],
)
def test_a_go_that_is_too_old_and_cannot_update_itself_is_refused(
    monkeypatch: pytest.MonkeyPatch, version: str, toolchain: str, refused: bool
) -> None:
    monkeypatch.setenv("FAKE_GO_VERSION", version)
    monkeypatch.setenv("FAKE_GO_TOOLCHAIN", toolchain)
    if not refused:
        assert engine.build().exists()
        return
    with pytest.raises(engine.EngineError, match=rf"needs Go .* is {version.lstrip('go')} "):
        engine.build()


def test_a_missing_go_is_reported_with_what_to_do(place: Path) -> None:
    (place / "bin" / "go").unlink()
    with pytest.raises(engine.EngineError, match=r"needs Go 1\.\d+.* or else put a `pulumi`"):
        engine.build()


@pytest.mark.parametrize(
    ("says", "taken"),
    [
        ("echo v99.0.0", True),
        (f"echo {engine.pinned()}", True),
        ("echo v3.100.0", False),
        ("echo what?", False),
        ("exit 1", False),
    ],
)
def test_a_pulumi_on_the_path_is_used_if_it_is_new_enough(
    place: Path, says: str, taken: bool
) -> None:
    pulumi = place / "bin" / "pulumi"
    _command(pulumi, f"#!/bin/sh\n{says}\n")
    assert engine.find() == (pulumi if taken else None)
