"""Runs the workflow in a container; folders and environment are parameters."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace

from planton.diagnostics.diagnostic import ManifestError, render
from planton.diagnostics.exit_status import OK, PROBLEMS, USAGE
from planton.dialects.contract import REQUEST_KIND
from planton.kratix import workflow
from planton.kratix.names import CONFIGURE, DELETE, PROMISE, REGIONS_VARIABLE
from planton.kratix.output_folders import write
from planton.kratix.workflow import METADATA_FILES, OUTPUT_FILES, Outcome, SettingError
from planton.reading.rules_files import RulesFinder
from planton.reading.sources import ENV_RULES, read_file

ACTION = "KRATIX_WORKFLOW_ACTION"
TYPE = "KRATIX_WORKFLOW_TYPE"
PROMISE_NAME = "KRATIX_PROMISE_NAME"
_OF_PROMISE = "promise"
INPUT = "object.yaml"


def run(root: str, environ: Mapping[str, str]) -> int:
    """Runs one pipeline on the folders below `root`; returns the exit status.

    Problems go to standard error, which is the container's log: if a pipeline fails, Kratix writes
    no status.
    """
    if environ.get(TYPE) == _OF_PROMISE:
        print(
            f"{TYPE} is {_OF_PROMISE}: this workflow renders the table of a {REQUEST_KIND}, so it "
            "belongs under spec.workflows.resource of the Promise",
            file=sys.stderr,
        )
        return USAGE
    action = environ.get(ACTION, CONFIGURE)
    if action not in (CONFIGURE, DELETE):
        print(f"{ACTION} must be {CONFIGURE} or {DELETE}, got {action!r}", file=sys.stderr)
        return USAGE
    try:
        regions = workflow.read_regions(environ.get(REGIONS_VARIABLE, ""))
    except SettingError as error:
        print(f"{REGIONS_VARIABLE}: {error}", file=sys.stderr)
        return USAGE
    try:
        # Kratix rewrites the object: its lines are not the user's.
        source = replace(read_file(os.path.join(root, "input", INPUT)), positions=False)
    except ManifestError as error:
        outcome = workflow.refused(list(error.diagnostics))
    else:
        promise = environ.get(PROMISE_NAME, PROMISE)
        path = environ.get(ENV_RULES)
        rules = RulesFinder([(ENV_RULES, path)] if path else ()).of_settings()
        if action == DELETE:
            outcome = workflow.delete(source, rules)
        else:
            outcome = workflow.configure(source, regions, promise, rules)
    folders = (os.path.join(root, "output"), os.path.join(root, "metadata"))
    return leave(outcome, *folders)


def leave(outcome: Outcome, output: str, metadata: str) -> int:
    """Writes the files of a run and prints its diagnostics; returns the exit status."""
    if outcome.diagnostics:
        print(render(outcome.diagnostics), end="\n\n", file=sys.stderr)
    try:
        write(output, outcome.output, OUTPUT_FILES)
        write(metadata, outcome.metadata, METADATA_FILES)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        print(f"the files cannot be written: {error.strerror}{where}", file=sys.stderr)
        return PROBLEMS
    print(outcome.message, file=sys.stdout if outcome.ok else sys.stderr)
    return OK if outcome.ok else PROBLEMS
