"""How DynamoDB Local is fetched and started, with a fake `java` and a fake `mvn`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tools import dynamodb_local
from tools.dynamodb_local import LocalError

JAVA = """#!/usr/bin/env bash
case "$1" in
  --list-modules) echo "jdk.compiler@${FAKE_JAVA:-17.0.15}" ;;
  *)
    echo "$@" >> "$FAKE_LOG"
    echo "${FAKE_PORT:-4711}"
    cat > /dev/null
    echo ended >> "$FAKE_LOG" ;;
esac
"""
MAVEN = """#!/usr/bin/env bash
echo "$@" >> "$FAKE_LOG"
sleep "${FAKE_SECONDS:-0}"
for argument in "$@"; do
  folder=${argument#-DoutputDirectory=}
  if [ "$folder" != "$argument" ]; then mkdir "$folder"; touch "$folder/a.jar"; fi
done
echo "what Maven says"
exit "${FAKE_STATUS:-0}"
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that is empty, and a PATH with a `java` and an `mvn` of ours."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("FAKE_LOG", str(tmp_path / "log"))
    monkeypatch.setenv("PATH", f"{folder}:/bin")
    for name, text in {"java": JAVA, "mvn": MAVEN}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return tmp_path


def _log(place: Path) -> list[str]:
    log = place / "log"
    return log.read_text().splitlines() if log.exists() else []


def test_dynamodb_local_is_fetched_once_with_the_users_maven_settings(place: Path) -> None:
    assert dynamodb_local.find() is None
    fetched = dynamodb_local.fetch()
    assert dynamodb_local.find() == dynamodb_local.fetch() == fetched
    assert fetched.is_relative_to(place / "cache")
    assert [file.name for file in fetched.iterdir()] == ["a.jar"]
    (command,) = _log(place)
    assert command == (
        f"--batch-mode --quiet --file {ROOT / 'tools' / 'pom.xml'} dependency:copy-dependencies"
        f" -DincludeScope=runtime -DoutputDirectory={fetched}.unfinished"
    )


def test_another_version_is_fetched_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = dynamodb_local.fetch()
    text = (dynamodb_local.FOLDER / "pom.xml").read_text()
    (place / "pom.xml").write_text(text.replace(dynamodb_local.pinned(), "9.9.9"))
    monkeypatch.setattr(dynamodb_local, "FOLDER", place)
    assert dynamodb_local.find() is None
    assert dynamodb_local.fetch() != first


def test_the_remains_of_a_failed_fetch_are_not_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FAKE_STATUS", "1")
    with pytest.raises(LocalError, match="mvn ended with exit status 1"):
        dynamodb_local.fetch()
    assert "what Maven says" in capsys.readouterr().err
    assert dynamodb_local.find() is None
    monkeypatch.delenv("FAKE_STATUS")
    assert dynamodb_local.fetch() == dynamodb_local.find()


def test_two_concurrent_processes_fetch_once(place: Path) -> None:
    program = "from tools import dynamodb_local; print(dynamodb_local.fetch())"
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "FAKE_SECONDS": "1"}
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
    printed = [process.communicate(timeout=30) for process in processes]
    assert {out.strip() for out, _ in printed} == {str(dynamodb_local.find())}
    assert sorted("waiting" in err for _, err in printed) == [False, True]
    assert len(_log(place)) == 1


@pytest.mark.parametrize(
    ("version", "complaint"),
    [("11.0.2", "the one there is 11"), ("", "too old, or has no compiler")],
)
def test_a_java_that_cannot_run_it_is_named(
    version: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_JAVA", version or "none")
    with pytest.raises(LocalError, match=f"needs a JDK of version 17 or newer.*{complaint}"):
        dynamodb_local.fetch()


@pytest.mark.parametrize(("name", "needed"), [("java", "a JDK"), ("mvn", "Maven")])
def test_a_missing_tool_is_named(
    name: str, needed: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "bin" / name).unlink()
    (place / "bin" / "bash").symlink_to("/bin/bash")
    monkeypatch.setenv("PATH", str(place / "bin"))
    with pytest.raises(LocalError, match=f"needs {needed}"):
        dynamodb_local.fetch()


def test_the_process_ends_with_its_context(place: Path) -> None:
    with dynamodb_local.running(place, place / "errors") as port:
        assert port == 4711
        assert len(_log(place)) == 1
    assert _log(place)[1:] == ["ended"]


def test_a_failed_start_is_an_error_that_names_the_log(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_PORT", "Exception in thread main")
    with (
        pytest.raises(LocalError, match=f"see {place / 'errors'}"),
        dynamodb_local.running(place, place / "errors"),
    ):
        pass
