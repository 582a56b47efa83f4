"""The real AWS provider in a separate process, over an emulated AWS that the test inspects."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engine.endpoint import Endpoint
from tests.engine.harness import REGION
from tools.real_provider import Plugin


class RealProvider:
    """One process for many stacks, which take their turns: what it knows is in their states.

    It holds a process of the provider for each configuration that a stack gave it.
    """

    def __init__(self, plugin: Plugin, folder: Path) -> None:
        self.plugin = plugin
        self.endpoint = Endpoint()
        self.log = folder / "provider.log"
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [plugin.path],
                env=self._environment(folder),
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # so that it can be ended with all that it started
                text=True,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.strip().isdigit(), f"{plugin.path} did not start: {self.log.read_text()}"
        self.port = int(line)
        self.endpoint.start()

    def _environment(self, folder: Path) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        return {
            **kept,
            "HOME": str(folder),
            "AWS_ENDPOINT_URL": self.endpoint.url,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "tests",
            "AWS_EC2_METADATA_DISABLED": "true",
            **self.plugin.environment,
        }

    def stop(self) -> None:
        """Ends the process with those of its group, which are the provider's own."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self.endpoint.stop()


@contextmanager
def started(plugin: Plugin, folder: Path) -> Iterator[RealProvider]:
    provider = RealProvider(plugin, folder)
    try:
        yield provider
    finally:
        provider.stop()
