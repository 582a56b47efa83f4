"""HashiCorp's AWS provider behind Pulumi's bridge, which the tests hold the stand-in to.

Pulumi's own plug-in serves where one is installed. Elsewhere a script builds one around a
terraform-provider-aws binary that the machine has; it lies outside of this project, in
`../shared/real-provider` or the folder that `REAL_PROVIDER` names. What `./dev provider` found is
noted in the user's cache folder, so that the tests need not look for it again.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.environment import ROOT, cache_folder, say
from tools.go_tool import numbers

COMMAND = "pulumi-resource-aws"
_NO_BINARY = 3
"""The script's exit status where the machine has no terraform-provider-aws."""


class ProviderError(Exception):
    """The plug-in cannot be built although the machine has what it is built from."""


class Unavailable(Exception):
    """The machine has neither the plug-in nor what it is built from; the text says which."""


@dataclass(frozen=True)
class Plugin:
    """A provider to be started: its path, and the variables that it needs in its environment."""

    path: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_genuine(self) -> bool:
        """Whether it is Pulumi's own, with the provider inside; else it runs version 5.100."""
        return not self.environment


def find() -> Plugin | None:
    """The plug-in that is installed, or else built already."""
    return _installed() or _built()


def build() -> Plugin:
    """The plug-in, built where none is installed or built already.

    Raises:
        Unavailable: there is nothing to build it from.
        ProviderError: the build failed.
    """
    if found := find():
        return found
    script = folder() / "build.sh"
    if not script.is_file():
        raise Unavailable(
            f"no {COMMAND} is installed, and there is no {script}: the variable REAL_PROVIDER names"
            " the folder of the script that builds one"
        )
    with open(cache_folder() / "real-provider.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if found := _built():
            return found
        say("building the AWS provider behind Pulumi's bridge (once, about 3 minutes) …")
        built = subprocess.run(["bash", script], stdout=subprocess.PIPE, text=True, check=False)
        if built.returncode == _NO_BINARY:
            raise Unavailable(
                f"no {COMMAND} is installed, and this machine has no terraform-provider-aws to"
                " build one around"
            )
        if built.returncode:
            raise ProviderError(f"{script} ended with exit status {built.returncode}")
        plugin, binary = built.stdout.split()
        _note().write_text(json.dumps({"plugin": plugin, "binary": binary}))
    return Plugin(Path(plugin), {"REALAWS_TF_PROVIDER": binary})


def is_to_be_had() -> bool:
    """Whether `build` would succeed on this machine; looking for the binary takes seconds."""
    if find():
        return True
    if not (folder() / "build.sh").is_file():
        return False
    if os.environ.get("REALAWS_TF_PROVIDER"):
        return True
    # As the script looks for it: the pattern and the limits are its own.
    command = ["find", "/", "-xdev", "-type", "f", "-name", "terraform-provider-aws_v*", "-print"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return any(os.access(path, os.X_OK) for path in listed.splitlines())


def folder() -> Path:
    """Where the script that builds the plug-in lies."""
    return Path(os.environ.get("REAL_PROVIDER") or ROOT.parent / "shared" / "real-provider")


def _installed() -> Plugin | None:
    """Pulumi's own plug-in: on the PATH, or the newest among those that Pulumi has fetched."""
    if on_path := shutil.which(COMMAND):
        return Plugin(Path(on_path))
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    fetched = [
        path
        for path in (home / "plugins").glob(f"resource-aws-v*/{COMMAND}")
        if os.access(path, os.X_OK) and re.search(r"-v\d", path.parent.name)
    ]
    newest = max(fetched, key=lambda path: numbers(path.parent.name), default=None)
    return Plugin(newest) if newest else None


def _built() -> Plugin | None:
    try:
        noted = json.loads(_note().read_text())
    except FileNotFoundError:
        return None
    plugin, binary = Path(noted["plugin"]), Path(noted["binary"])
    if not (plugin.exists() and binary.exists()):
        return None
    return Plugin(plugin, {"REALAWS_TF_PROVIDER": str(binary)})


def _note() -> Path:
    """What was built; its name stands for the script and the sources beside it."""
    digest = hashlib.sha256()
    for path in sorted(folder().rglob("*")):
        if path.is_file() and (path.name == "build.sh" or "src" in path.parts):
            digest.update(path.read_bytes())
    return cache_folder() / f"real-provider-{digest.hexdigest()[:16]}.json"
