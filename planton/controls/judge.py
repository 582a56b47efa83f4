"""Judges a valid manifest by the controls of profiles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from planton.controls.control import DEFAULTS, Parameters, Profile, Result, Subject
from planton.diagnostics.diagnostic import Diagnostic, Source
from planton.manifest.checking.check import point
from planton.manifest.checking.places import Places
from planton.manifest.manifest import Manifest
from planton.plan.planner import make_plan
from planton.plan.table_plan import TablePlan

CODE = "control-failed"


def judge(
    manifest: Manifest,
    profiles: Iterable[Profile],
    parameters: Parameters = DEFAULTS,
    plan: TablePlan | None = None,
) -> tuple[Result, ...]:
    """The result of each control for a valid manifest, in the order of the profiles. `plan` is the
    manifest's, if it is there already."""
    subject = Subject(manifest, plan or make_plan(manifest), parameters)
    return tuple(
        Result(profile, control, control.check(subject))
        for profile in profiles
        for control in profile.controls
    )


def failures(places: Places, source: Source, result: Result) -> list[Diagnostic]:
    """The findings of a control about the manifest, where the user wrote what they are about."""
    return point(places, source, CODE, result.outcome.findings)


def together(found: Iterable[tuple[Result, Diagnostic]]) -> list[Diagnostic]:
    """The failures of several controls, those about the same in one, which names the controls."""
    controls: dict[Diagnostic, list[str]] = {}
    for result, diagnostic in found:
        controls.setdefault(diagnostic, []).append(result.control.id)
    return [
        replace(one, message=f"{one.message} ({', '.join(ids)})") for one, ids in controls.items()
    ]
