"""`planton controls`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence

from planton.cli import colour
from planton.cli.controls_report import Fleet, Judged
from planton.controls.control import Parameters, Profile
from planton.controls.judge import failures, judge
from planton.diagnostics.diagnostic import printable
from planton.diagnostics.exit_status import OK, PROBLEMS, USAGE
from planton.reading.folders import examine
from planton.reading.read import FindRules, Reading, no_rules
from planton.reading.report import Report


def controls_command(
    paths: Sequence[str],
    stdin: bytes,
    format: str,
    *,
    profiles: tuple[Profile, ...],
    parameters: Parameters,
    find_rules: FindRules = no_rules,
    environ: Mapping[str, str] = os.environ,
) -> int:
    """Prints what the controls of the profiles find about the manifests under the paths."""
    reports: list[Report] = []
    judged: list[Judged] = []
    for examined in examine(paths, stdin, find_rules=find_rules):
        if not examined.report.counts:
            continue
        reports.append(examined.report)
        alone = len(examined.readings) == 1
        judged += [
            _judged(reading, profiles, parameters, alone=alone)
            for reading in examined.readings
            if reading.manifest
        ]
    if not reports:
        shown = ", ".join(printable(path) for path in paths)
        print(f"planton: no AwsDynamodb manifest in {shown}", file=sys.stderr)
        return USAGE
    fleet = Fleet(profiles, parameters, tuple(reports), tuple(judged))
    if format == "json":
        print(json.dumps(fleet.data(), indent=2))
    elif format == "markdown":
        from planton.cli import controls_markdown

        print(controls_markdown.render_markdown(fleet), end="")
    else:
        from planton.cli import controls_text

        painted = colour.wanted(sys.stdout, environ)
        print(controls_text.render_text(fleet, colour=painted), end="")
    return PROBLEMS if fleet.failed else OK


def _judged(
    reading: Reading, profiles: tuple[Profile, ...], parameters: Parameters, *, alone: bool
) -> Judged:
    manifest, places = reading.require(), reading.places
    assert places is not None  # there is a manifest
    results = judge(manifest, profiles, parameters)
    return Judged(
        file=reading.source.name,
        name=manifest.metadata.name,
        table_name=manifest.table_name,
        alone=alone,
        results=tuple((one, tuple(failures(places, reading.source, one))) for one in results),
    )
