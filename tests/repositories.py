"""Git repositories with manifests, made for a test."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.conftest import ROOT

MANIFEST = (ROOT / "hack" / "manifest.yaml").read_text(encoding="utf-8")
OTHER_KEY = (
    ("name: orderId #", "name: orderNo #"),
    ("attributeName: orderId", "attributeName: orderNo"),
)
_ENVIRON = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.com",
}


def manifest(name: str = "orders", *changes: tuple[str, str], env: str = "dev") -> str:
    """A manifest with this name, in which texts are replaced by others."""
    text = MANIFEST.replace("name: orders", f"name: {name}", 1).replace("env: dev", f"env: {env}")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


class Repository:
    """A repository whose branch `main` has one commit, and whose branch `work` is checked out."""

    def __init__(self, folder: Path, **files: str) -> None:
        """`files` are the first commit's, by their names without `.yaml`."""
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")
        for name, text in files.items():
            self.write(f"{name}.yaml", text)
        self.commit()
        self.git("checkout", "-q", "-b", "work")

    def git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=_ENVIRON,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def remove(self, name: str) -> None:
        (self.folder / name).unlink()

    def commit(self) -> str:
        """Commits everything, and returns the commit's id."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "a commit")
        return self.git("rev-parse", "HEAD")
