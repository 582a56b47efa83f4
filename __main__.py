"""The Pulumi program: find the input, load it, plan, create, export."""

from planton.resources import host

host.leave_on_interrupt()  # before the imports that take a while

import os

import pulumi

from planton import stack_input
from planton.debug import DebuggerError, wait_for_debugger
from planton.diagnostics import ManifestError
from planton.planner import make_plan
from planton.resources import stack
from planton.resources.settings import get_config

with host.user_errors(ManifestError, DebuggerError):
    wait_for_debugger(os.environ)
    given = stack_input.load(get_config, os.environ)
    for warning in given.warnings:
        pulumi.log.warn(warning.text())
    for name, value in stack.create(given, make_plan(given.manifest)).items():
        pulumi.export(name, value)
