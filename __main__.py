"""The Pulumi program: find the input, load it, plan, create, export."""

import os

import pulumi

from planton import stack_input
from planton.debug import DebuggerError, wait_for_debugger
from planton.diagnostics import ManifestError
from planton.planner import make_plan
from planton.resources import stack
from planton.resources.own_state import read_own_state
from planton.resources.settings import get_config

try:
    wait_for_debugger(os.environ)
    given = stack_input.load(get_config, os.environ)
except (ManifestError, DebuggerError) as error:
    # RunError is the one exception of which the engine shows the text alone.
    raise pulumi.RunError(str(error)) from None
for warning in given.warnings:
    pulumi.log.warn(warning.text())
state = read_own_state()
for name, value in stack.create(given, make_plan(given.manifest), state=state).items():
    pulumi.export(name, value)
