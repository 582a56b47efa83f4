"""What the tests need and this machine lacks: which tests are skipped, why, and what changes that.

The tests skip with the same sentences. Standard library only, as everything behind `./dev`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tools import dynamodb_local, engine, kubernetes, real_provider, yaml_server
from tools.go_tool import GoTool

PYTHON = sys.version_info[:2]

NO_ENGINE = "no Pulumi engine: `./dev engine` builds it (Go is all it needs)"
NO_PLUGIN = "no real AWS provider: `./dev provider` builds it, where it is to be had"
NO_LOCAL = "no DynamoDB Local: `./dev local` fetches it (a JDK and Maven are all it needs)"
NO_SARIF = "the package that carries the schema of SARIF needs Python 3.11"


class Group(NamedTuple):
    """Tests that need the same, and the reason why they would be skipped, if there is one."""

    title: str
    reason: Callable[[], str | None]
    is_slow: bool = False


def skipped(*, fast: bool) -> Iterator[str]:
    """A line for each group that would be skipped; `fast` leaves out the groups of slow tests."""
    for title, reason, is_slow in GROUPS:
        if not (fast and is_slow) and (why := reason()):
            yield f"{title}: {why}"


def without_engine() -> str | None:
    """Why no program can be run under the engine."""
    return NO_ENGINE if engine.find() is None else None


def without_plugin() -> str | None:
    """Why the stand-in cannot be compared with the real provider."""
    return without_engine() or (NO_PLUGIN if real_provider.find() is None else None)


def without_local() -> str | None:
    """Why DynamoDB Local cannot be asked."""
    if dynamodb_local.find() is None:
        return NO_LOCAL
    try:
        dynamodb_local.require_java()
    except dynamodb_local.LocalError as error:
        return str(error)
    return None


def without_tool(tool: GoTool) -> str | None:
    """Why a tool for Kubernetes cannot be run."""
    if tool.find() is None:
        return f"no {tool.command}: `./dev kubernetes` builds it (Go is all it needs)"
    return None


def without_crds(tool: GoTool) -> str | None:
    """Why a tool that judges by the CRDs cannot be run."""
    if not kubernetes.CRDS.is_dir():
        return f"no CRDs in {kubernetes.CRDS}: the variable CRDS names their folder"
    return without_tool(tool)


def without_server() -> str | None:
    """Why the YAML language server cannot be run; it is fetched when the first test needs it."""
    try:
        yaml_server.require_node()
    except yaml_server.ServerError as error:
        return str(error)
    return None


def without_sarif() -> str | None:
    """Why there is no schema of SARIF."""
    return NO_SARIF if PYTHON < (3, 11) else None


GROUPS = (
    Group("the program under the Pulumi engine", without_engine, is_slow=True),
    Group("the stand-in beside the real AWS provider", without_plugin, is_slow=True),
    Group("our verdicts beside those of DynamoDB Local", without_local, is_slow=True),
    Group(
        "objects as an API server judges them",
        lambda: without_crds(kubernetes.KUBECTL_VALIDATE),
    ),
    Group("definitions as kro judges them", lambda: without_crds(kubernetes.KRO_CHECK)),
    Group("the KubeVela definition", lambda: without_tool(kubernetes.CUE)),
    Group("the schema in an editor", without_server),
    Group("SARIF logs beside their schema", without_sarif),
)
