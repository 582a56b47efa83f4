"""This process as the program expects it: its environment, path and arguments."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_HIDDEN = ("AWS_", "PULUMI_", "MOTO_", "STACK_INPUT_YAML", "TEST_SERVER_MODE", "TEST_PROXY_MODE")
"""Prefixes of environment variables that the program, Pulumi or moto would read."""


@contextmanager
def environment_of(variables: Mapping[str, str]) -> Iterator[None]:
    """The environment of this process without what the program, Pulumi or moto would read, and with
    the variables."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(_HIDDEN):
            del os.environ[name]
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def started_as_program(program: Path) -> Iterator[None]:
    """As Pulumi's language host: the program's folder first on the path, no arguments."""
    path, arguments = list(sys.path), list(sys.argv)
    sys.path.insert(0, str(program.parent))
    sys.argv = [str(program)]
    try:
        yield
    finally:
        sys.path[:] = path
        sys.argv = arguments
