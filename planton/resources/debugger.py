"""Waiting for a debugger, when the environment asks for it.

Neither `Pulumi.yaml` nor the project-planton wrapper can pass a debugger's flag to a Python
program, but both hand their environment on: `debug.sh` sets the variable, and the program honours
it here.
"""

import sys
from collections.abc import Mapping

PORT_VARIABLE = "PLANTON_DEBUG_PORT"

_HOST = "127.0.0.1"  # whoever reaches the port can run code as the user


class DebuggerError(Exception):
    """A debugger was asked for and cannot be waited for."""


def wait_for_debugger(environ: Mapping[str, str]) -> None:
    """Blocks until a debugger is attached to the port in `environ`; returns if it names none.

    debugpy, which comes with the Pulumi SDK, is imported only when it is wanted.

    Raises:
        DebuggerError: the value is not a port number, or the port is not available.
    """
    value = environ.get(PORT_VARIABLE, "")
    if not value:
        return
    port = _port(value)

    import debugpy

    try:
        debugpy.listen((_HOST, port))
    except RuntimeError as error:  # how debugpy reports whatever the socket said
        raise DebuggerError(f"{PORT_VARIABLE}: cannot listen on port {port}: {error}") from error
    sys.stderr.write(f"Waiting for debugger to attach (on port {port})\n")
    sys.stderr.flush()
    debugpy.wait_for_client()


def _port(value: str) -> int:
    if value.isascii() and value.isdigit() and 1 <= int(value) <= 65535:
        return int(value)
    raise DebuggerError(f"{PORT_VARIABLE} must be a port number from 1 to 65535, not {value!r}")
