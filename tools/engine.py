"""The Pulumi engine that the tests run the program under: found, or built from its Go module."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from tools.go_tool import BuildError, GoTool, numbers

FOLDER = Path(__file__).resolve().parent
MODULE = "github.com/pulumi/pulumi/pkg/v3"
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"

EngineError = BuildError


def find() -> Path | None:
    """A `pulumi` on the PATH that is no older than the pinned one, else the build, else None."""
    if on_path := shutil.which("pulumi"):
        pulumi = Path(on_path)
        if numbers(version_of(pulumi)) >= numbers(pinned()):
            return pulumi
    return _tool().find()


def is_built() -> bool:
    """Whether the pinned engine was built here."""
    return _tool().find() is not None


def build() -> Path:
    """The engine built from the pinned module, at most once; this needs only Go.

    Raises:
        EngineError: Go is missing or too old, or the build failed.
    """
    return _tool().build()


def pinned() -> str:
    """The version in go.mod, such as `v3.250.0`."""
    return _tool().pinned()


def host_script() -> Path | None:
    """The script with which Pulumi's language host starts a Python program.

    It lies in the module of Pulumi's SDK that the engine is built from; None where Go does not have
    that, or is missing.
    """
    folder = _go("list", "-mod=readonly", "-m", "-f", "{{.Dir}}", SDK_MODULE, GOPROXY="off")
    script = Path(folder, "python", "cmd", "pulumi-language-python-exec")
    return script if folder and script.is_file() else None


def fetch_host_script() -> None:
    """Has Go fetch the script where it is missing: a build from an earlier day may have outlived
    the modules that it was made from."""
    if host_script() is None:
        _go("mod", "download", SDK_MODULE)


def _go(*arguments: str, **environ: str) -> str:
    """What Go prints of the modules that the engine is built from; "" where it fails."""
    environment = {**os.environ, "GOWORK": "off", **environ}
    try:
        answer = subprocess.run(
            ["go", *arguments],
            cwd=FOLDER,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def version_of(pulumi: Path) -> str:
    """What it says, such as `v3.250.0`; "" where it says nothing."""
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "1"}
    command = [str(pulumi), "version"]
    try:
        answer = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def _tool() -> GoTool:
    tool = GoTool(
        title="the Pulumi engine",
        # `bin/pulumi` is where the Automation API looks for it.
        command="pulumi",
        folder=FOLDER,
        module=MODULE,
        package=f"{MODULE}/cmd/pulumi",
        takes="3 to 10 minutes",
        # Without its version the engine is refused by the SDK.
        version_variable="github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
    )
    otherwise = f", or else put a `pulumi` of version {tool.pinned()} or newer there"
    return replace(tool, otherwise=otherwise)
