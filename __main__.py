"""The Pulumi program: find the input, load it, plan, create, export."""

from planton.resources import host

host.prepare()  # before the imports that take a while

import os
from datetime import datetime, timezone

import pulumi

from planton.diagnostics.diagnostic import ManifestError
from planton.plan.planner import make_plan
from planton.reading import stack_input
from planton.resources import stack
from planton.resources.debugger import DebuggerError, wait_for_debugger
from planton.resources.settings import get_config

with host.user_errors(ManifestError, DebuggerError):
    wait_for_debugger(os.environ)
    given = stack_input.load(get_config, os.environ, now=datetime.now(timezone.utc))
    pulumi.log.info(f"rules of the organization: {given.rules}")
    for warning in given.warnings:
        pulumi.log.warn(warning.text())
    for name, value in stack.create(given, make_plan(given.manifest)).items():
        pulumi.export(name, value)
