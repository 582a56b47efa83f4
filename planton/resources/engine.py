"""The engine that runs the program, if there is one."""

from collections.abc import Mapping

import pulumi
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2_grpc


def has_engine() -> bool:
    """Whether an engine runs the program; mocks and the rehearsal have none and call no hooks."""
    return isinstance(settings.get_monitor(), resource_pb2_grpc.ResourceMonitorStub)


SDK_DEBUG = "PLANTON_SDK_DEBUG"
"""The environment variable with which the SDK's debug messages are kept."""


def drop_debug_messages(environ: Mapping[str, str]) -> None:
    """Makes Pulumi's SDK send the engine no debug messages.

    It sends about 20 for each table, and the program waits for the answer to each, although the
    engine shows them only with `--debug`.
    """
    if not environ.get(SDK_DEBUG):
        pulumi.log.debug = lambda *_, **__: None
