"""DynamoDB Local for the tests: fetched with Maven once, started by whoever needs its verdicts.

Which repository Maven asks is its own settings' business. What it fetched lies in the user's cache
folder, under a name that says what was asked for, so it is never stale.
"""

from __future__ import annotations

import fcntl
import hashlib
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.environment import cache_folder, say

FOLDER = Path(__file__).resolve().parent
_LAUNCHER = FOLDER / "LocalOnLoopback.java"
_NEEDED_JAVA = 17
_PATIENCE = 60.0  # seconds until it must have ended by itself


class LocalError(Exception):
    """DynamoDB Local cannot be fetched or started; the text says what to do."""


def find() -> Path | None:
    """The folder with its jars and native libraries, None where they are not fetched."""
    folder = _target()
    return folder if folder.exists() else None


def fetch() -> Path:
    """Fetches the pinned version and all it needs, at most once; Maven is what it takes.

    Raises:
        LocalError: Java or Maven is missing or too old, or Maven failed.
    """
    target = _target()
    if target.exists():
        return target
    require_java()
    if shutil.which("mvn") is None:
        raise LocalError(
            "fetching DynamoDB Local needs Maven on the PATH (https://maven.apache.org)"
        )
    with open(Path(f"{target}.lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for the DynamoDB Local that is already being fetched …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            unfinished = Path(f"{target}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            _copy_dependencies(unfinished)
            unfinished.replace(target)
    return target


def pinned() -> str:
    """The version in pom.xml, such as `2.6.1`."""
    text = (FOLDER / "pom.xml").read_text(encoding="utf-8")
    found = re.search(r"<artifactId>DynamoDBLocal</artifactId>\s*<version>(.+?)</version>", text)
    assert found is not None
    return found[1]


def require_java() -> None:
    """Looks for a Java that can run it.

    Raises:
        LocalError: there is none.
    """
    needs = f"DynamoDB Local needs a JDK of version {_NEEDED_JAVA} or newer on the PATH"
    if shutil.which("java") is None:
        raise LocalError(f"{needs} (https://adoptium.net)")
    command = ["java", "--list-modules"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    # The launcher is a source file, which Java runs itself where it has its compiler.
    found = re.search(r"^jdk\.compiler@(\d+)", listed, re.MULTILINE)
    if found is None:
        raise LocalError(f"{needs}; the one there is too old, or has no compiler")
    if int(found[1]) < _NEEDED_JAVA:
        raise LocalError(f"{needs}; the one there is {found[1]}")


@contextmanager
def running(folder: Path, log: Path) -> Iterator[int]:
    """DynamoDB Local with the jars of `folder`, for as long as the context lasts; gives its port.

    `log` is the file that its complaints go to.

    Raises:
        LocalError: it did not start.
    """
    # It lives for seconds: the second compiler would not pay for itself.
    command = ["java", "-XX:TieredStopAtLevel=1", "-Xmx512m", f"-Djava.library.path={folder}"]
    command += ["-cp", str(folder / "*"), str(_LAUNCHER)]
    pipe = subprocess.PIPE
    with (
        open(log, "wb") as errors,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            port = process.stdout.readline().strip()
            if not port.isdigit():
                raise LocalError(f"DynamoDB Local did not start; see {log}")
            yield int(port)
        finally:
            process.stdin.close()
            try:
                process.wait(_PATIENCE)
            finally:
                process.kill()


def _target() -> Path:
    """Where the jars are; the folder's name stands for everything that they depend on."""
    digest = hashlib.sha256(f"{platform.system()} {platform.machine()}".encode())
    digest.update((FOLDER / "pom.xml").read_bytes())
    return cache_folder() / f"dynamodb-local-{pinned()}-{digest.hexdigest()[:16]}"


def _copy_dependencies(output: Path) -> None:
    command = ["mvn", "--batch-mode", "--quiet", "--file", str(FOLDER / "pom.xml")]
    command += ["dependency:copy-dependencies", "-DincludeScope=runtime"]
    command += [f"-DoutputDirectory={output}"]
    say(f"fetching DynamoDB Local {pinned()} (once, about a minute) …")
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        say(done.stdout.strip())
        raise LocalError(
            f"DynamoDB Local was not fetched: mvn ended with exit status {done.returncode}"
        )
