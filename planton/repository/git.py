"""Runs git, so that neither the repository nor its settings can have it run anything else."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from planton.diagnostics.diagnostic import quote

_SETTINGS = (
    "core.fsmonitor=false",  # otherwise a program that git starts when it lists files
    f"core.hooksPath={os.devnull}",
)
_ELSEWHERE = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_GLOB_PATHSPECS",
        "GIT_GRAFT_FILE",
        "GIT_ICASE_PATHSPECS",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_NOGLOB_PATHSPECS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
"""Variables that make git work on another repository, as in a hook, or read paths as patterns."""
_WIDTH = 300


class RepositoryError(Exception):
    """The repository cannot be compared. The message says why, and how to fix it."""


class Git:
    """git in one folder."""

    def __init__(self, folder: str) -> None:
        """Raises RepositoryError if there is no git."""
        git = shutil.which("git")
        if git is None:
            raise RepositoryError("--base needs git, which is not on the PATH: install it")
        self._command = [git]
        for setting in _SETTINGS:
            self._command += ["-c", setting]
        self._folder = folder
        self._environ = _environ()

    def lines(self, *arguments: str) -> list[str]:
        """What a command prints, as the parts that NUL ends (`-z`).

        Raises RepositoryError if git fails, with what git says.
        """
        return [os.fsdecode(part) for part in self._output(arguments).split(b"\0") if part]

    def line(self, *arguments: str) -> str:
        """What a command prints, without the end of the line. Raises as `lines` does."""
        return os.fsdecode(self._output(arguments)).removesuffix("\n")

    def line_or_none(self, *arguments: str) -> str | None:
        """The same, or None if git fails."""
        done = self._run(arguments)
        return None if done.returncode else os.fsdecode(done.stdout).removesuffix("\n")

    @contextmanager
    def objects(self) -> Iterator[ObjectReader]:
        """Reads objects as long as the context lasts."""
        reader = ObjectReader(self._start)
        try:
            yield reader
        finally:
            reader.close()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603  # no shell, and the arguments are constants
            [*self._command, "cat-file", "--batch"],
            cwd=self._folder,
            env=self._environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def _output(self, arguments: Sequence[str]) -> bytes:
        done = self._run(arguments)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
            reason = said.removeprefix("fatal: ").removeprefix("error: ")
            message = f"git {arguments[0]} failed: {quote(reason, _WIDTH)}"
            if "dubious ownership" in reason:
                message += "\n  if you trust it: git config --global --add safe.directory FOLDER"
            raise RepositoryError(message)
        return done.stdout

    def _run(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(  # noqa: S603  # no shell, and no argument is read as an option
            [*self._command, *arguments],
            cwd=self._folder,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )


class ObjectReader:
    """Reads objects one after the other from `git cat-file --batch`."""

    def __init__(self, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        """`start` starts the process."""
        self._start = start
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, id: str, max_bytes: int) -> bytes | None:
        """The bytes of an object, at most one more than `max_bytes`; None if the clone lacks it."""
        if self._process is None:
            self._process = self._start()
        requests, replies = self._process.stdin, self._process.stdout
        assert requests is not None
        assert replies is not None
        requests.write(f"{id}\n".encode())
        requests.flush()
        header = replies.readline().split()
        if not header:
            # In a partial clone, git can end when it may not fetch an object.
            self.close()
        if len(header) != 3:
            return None
        size = int(header[2])
        data = replies.read(min(size, max_bytes + 1))
        left = size + 1 - len(data)  # a line break follows
        while left > 0 and (skipped := replies.read(min(left, 1 << 16))):
            left -= len(skipped)
        return data

    def close(self) -> None:
        """Ends the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _environ() -> dict[str, str]:
    """The environment for git: in English, for the repository around the folder, offline."""
    return {
        **{name: value for name, value in os.environ.items() if name not in _ELSEWHERE},
        "GIT_LITERAL_PATHSPECS": "1",
        # A partial clone would fetch what it lacks. Old versions know only the first of these.
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
