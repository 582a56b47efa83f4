"""Whether an engine runs the program."""

from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2_grpc


def has_engine() -> bool:
    """Whether an engine runs the program; mocks and the rehearsal have none and call no hooks."""
    return isinstance(settings.get_monitor(), resource_pb2_grpc.ResourceMonitorStub)
