"""The Pulumi program: find the input, load it, plan, create, export."""

from planton.resources import host

host.prepare()  # before the imports that take a while

import os
from datetime import datetime, timezone

import pulumi

from planton.diagnostics.diagnostic import ManifestError
from planton.reading.program_input import load_program
from planton.resources import engine, stack
from planton.resources.debugger import DebuggerError, wait_for_debugger
from planton.resources.settings import get_config

with host.user_errors(ManifestError, DebuggerError):
    wait_for_debugger(os.environ)
    engine.drop_debug_messages(os.environ)
    program = load_program(get_config, os.environ, now=datetime.now(timezone.utc))
    for rules in program.rules:
        pulumi.log.info(f"rules of the organization: {rules}")
    for warning in program.warnings:
        pulumi.log.warn(warning.text())
    for name, value in stack.create(program).items():
        pulumi.export(name, value)
