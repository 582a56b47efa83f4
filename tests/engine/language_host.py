# ruff: noqa: ARG002, N802 (names and parameters are the protocol's)
"""A language host: what an installed Pulumi CLI brings along, and one built from its module lacks.

The engine starts it as it starts `pulumi-language-python`: it prints its port, and what it and the
program write goes through the engine to the user. As there, the program is the script
`pulumi-language-python-exec` of the SDK, in a separate process, which is interrupted when the
engine asks for it or is gone, and killed where it has not ended five seconds later. Its exit status
says what the engine is told. Not modelled: installing anything, looking for plugins, debuggers.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Timer
from typing import Any

import grpc  # type: ignore[import-untyped]  # has no stubs
from google.protobuf import empty_pb2  # type: ignore[import-untyped]  # likewise
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

PLUGIN = "pulumi-language-python"
PATIENCE = 5.0
"""Seconds that a program has to end after it was interrupted."""
USER_WAS_TOLD = 32
_ROOT = Path(__file__).resolve().parent.parent.parent


def install(folder: Path, script: Path) -> None:
    """Puts the host into the folder, under the name that the engine looks for on the PATH."""
    plugin = folder / PLUGIN
    start = (
        f"import sys; sys.path.insert(0, {str(_ROOT)!r}); "
        "from tests.engine.language_host import main; main(sys.argv[1:])"
    )
    plugin.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{start}" "{script}" "$@"\n')
    plugin.chmod(0o755)


def main(arguments: Sequence[str]) -> None:
    """Serves until it is interrupted. The engine's address comes last."""
    script, *_, engine = arguments
    host = LanguageHost(Path(script), engine)
    signal.signal(signal.SIGINT, lambda *_: host.over.set())
    server = grpc.server(ThreadPoolExecutor(8))
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    host.over.wait()
    host.interrupt()
    server.stop(PATIENCE).wait()


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs programs, one after the other."""

    def __init__(self, script: Path, engine: str) -> None:
        self.over = Event()
        """The host has to end."""
        self._script = script
        self._engine = engine
        self._programs: list[subprocess.Popen[bytes]] = []

    def interrupt(self) -> None:
        """Signals to a program that has ended go nowhere."""
        for program in self._programs:
            program.send_signal(signal.SIGINT)
            patience = Timer(PATIENCE, program.kill)
            patience.daemon = True
            patience.start()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo()

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:
        return language_pb2.GetRequiredPackagesResponse()

    def Cancel(self, request: Any, context: Any) -> Any:
        self.interrupt()
        return empty_pb2.Empty()

    def Run(self, request: Any, context: Any) -> Any:
        command = [sys.executable, str(self._script), *self._arguments(request)]
        environment = {
            **os.environ,
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        with subprocess.Popen(command, env=environment) as program:
            self._programs.append(program)
            context.add_callback(self.interrupt)  # also when the engine is gone
            status = program.wait()
        if not context.is_active():
            self.over.set()
        if status == USER_WAS_TOLD:
            return language_pb2.RunResponse(bail=True)
        error = f"program exited with non-zero exit code: {status}" if status else ""
        return language_pb2.RunResponse(error=error)

    def _arguments(self, request: Any) -> Iterator[str]:
        named = {
            "monitor": request.monitor_address,
            "engine": self._engine,
            "project": request.project,
            "root_directory": request.info.root_directory,
            "stack": request.stack,
            "pwd": request.pwd,
            "dry_run": "true" if request.dryRun else "false",
            "parallel": str(request.parallel),
            "organization": request.organization,
        }
        for name, value in named.items():
            if value:
                yield from (f"--{name}", value)
        yield request.info.entry_point
        yield from request.args
