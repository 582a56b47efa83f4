"""Which tests are skipped on this machine because a tool is missing, and how to get the tool.

The tests give the same reasons when they are skipped. Standard library only, like all that `./dev`
runs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tools import dynamodb_local, engine, kubernetes, real_provider, yaml_server
from tools.go_tool import GoTool

PYTHON = sys.version_info[:2]

NO_ENGINE = "no Pulumi engine: `./dev engine` builds it (needs Go)"
NO_PLUGIN = "no real AWS provider: `./dev provider` builds it around terraform-provider-aws"
NO_LOCAL = "no DynamoDB Local: `./dev local` fetches it (needs a JDK and Maven)"
NO_SARIF = "the package with the SARIF schema needs Python 3.11"


class Group(NamedTuple):
    """Tests that need the same tool. `reason` returns why they would be skipped, or None."""

    title: str
    reason: Callable[[], str | None]
    is_slow: bool = False


def skipped(*, fast: bool) -> Iterator[str]:
    """A line for each group that would be skipped; `fast` leaves out the groups of slow tests."""
    for title, reason, is_slow in GROUPS:
        if not (fast and is_slow) and (why := reason()):
            yield f"{title}: {why}"


def without_engine() -> str | None:
    """Why no program can run under the engine."""
    return NO_ENGINE if engine.find() is None else None


def without_plugin() -> str | None:
    """Why the stand-in cannot be compared with the real provider."""
    return without_engine() or (NO_PLUGIN if real_provider.find() is None else None)


def without_local() -> str | None:
    """Why DynamoDB Local cannot run."""
    if dynamodb_local.find() is None:
        return NO_LOCAL
    try:
        dynamodb_local.require_java()
    except dynamodb_local.LocalError as error:
        return str(error)
    return None


def without_tool(tool: GoTool) -> str | None:
    """Why a tool for Kubernetes cannot run."""
    if tool.find() is None:
        return f"no {tool.command}: `./dev kubernetes` builds it (needs Go)"
    return None


def without_crds(tool: GoTool) -> str | None:
    """Why a tool that needs the CRDs cannot run."""
    if not kubernetes.CRDS.is_dir():
        return f"no CRDs in {kubernetes.CRDS}: set the variable CRDS to their folder"
    return without_tool(tool)


def without_server() -> str | None:
    """Why the YAML language server cannot run; it is fetched when the first test needs it."""
    try:
        yaml_server.require_node()
    except yaml_server.ServerError as error:
        return str(error)
    return None


def without_sarif() -> str | None:
    """Why the SARIF schema is not available."""
    return NO_SARIF if PYTHON < (3, 11) else None


GROUPS = (
    Group("the program under the Pulumi engine", without_engine, is_slow=True),
    Group("the stand-in compared with the real AWS provider", without_plugin, is_slow=True),
    Group("our verdicts compared with those of DynamoDB Local", without_local, is_slow=True),
    Group(
        "rendered objects as an API server validates them",
        lambda: without_crds(kubernetes.KUBECTL_VALIDATE),
    ),
    Group("rendered definitions as kro checks them", lambda: without_crds(kubernetes.KRO_CHECK)),
    Group("updates of requests", lambda: without_tool(kubernetes.CRD_CHECK)),
    Group("the KubeVela definition", lambda: without_tool(kubernetes.CUE)),
    Group("the schema in an editor", without_server),
    Group("SARIF logs checked against their schema", without_sarif),
)
