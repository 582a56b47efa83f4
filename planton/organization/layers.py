"""Puts the files that apply to a manifest together: the outermost wins, a nearer one adds.

A nearer file may be the application team's. It can make the rules stricter and never looser.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from planton.diagnostics.codes import look_up
from planton.diagnostics.diagnostic import Source, quote
from planton.manifest.rules.rule import Path
from planton.organization.load import TWICE, Loaded, load
from planton.organization.model import Level
from planton.organization.organization import Organization
from planton.organization.rules import RequiredProfile

LOOSENED = "rules-loosened"
_STRICTER: tuple[Level, ...] = ("off", "warning", "error")


def organization(
    sources: Sequence[Source], kept: dict[Source, Loaded] | None = None
) -> Organization:
    """The rules of several files, the outermost first. `kept` holds files that have been loaded,
    and gets the others."""
    kept = {} if kept is None else kept
    files: list[Loaded] = []
    for source in sources:
        if source not in kept:
            kept[source] = load(source)
        # What is wrong with it beside outer files is no problem of the file alone.
        file = replace(kept[source], problems=kept[source].problems.copy())
        for outer in files:
            _compare(outer, file)
        files.append(file)
    severities: dict[str, Level] = {}
    for file in files:
        for _, code, level in file.severities:
            severities[code] = max(level, severities.get(code, level), key=_STRICTER.index)
    return Organization(
        files=tuple(file.source.name for file in files),
        severities=severities,
        rules=tuple(rule for file in files for _, rule in file.rules),
        profiles=_strictest(one for file in files for _, one in file.profiles),
        defaults=tuple(one for file in files for _, one in file.defaults),
        problems=tuple(one for file in files for one in file.problems.found),
    )


def _strictest(profiles: Iterable[RequiredProfile]) -> tuple[RequiredProfile, ...]:
    """The profiles without those of which a nearer file requires as much or more."""
    found: list[RequiredProfile] = []
    for profile in profiles:
        if any(profile.has_same_subject(one) and profile.is_looser_than(one) for one in found):
            continue
        found = [one for one in found if not profile.has_same_subject(one)]
        found.append(profile)
    return tuple(found)


def _compare(outer: Loaded, nearer: Loaded) -> None:
    """Reports what a nearer file would loosen or change of an outer one."""
    report = nearer.problems.report
    levels: dict[str, tuple[Path, Level]] = {
        code: (path, level) for path, code, level in outer.severities
    }
    for at, code, level in nearer.severities:
        path, decided = levels.get(code, ((), look_up(code).severity))
        if _STRICTER.index(level) < _STRICTER.index(decided):
            source = f"in {outer.problems.where(path)}"
            if not path:
                source = f"where {outer.problems.name} applies"
            message = (
                f"{quote(code)} is {_named(decided)} {source}: this file cannot "
                f"{'switch it off' if level == 'off' else f'make it {_named(level)}'}"
            )
            report(LOOSENED, at, message, "remove the line: a nearer file can only tighten")
    rules = {rule.id: rule for _, rule in outer.rules}
    for at, rule in nearer.rules:
        if rule.id in rules:
            message = f"the rule {quote(rule.id)} is in {rules[rule.id].where} already"
            report(TWICE, (*at, "id"), message, "choose another id: both rules will apply")
    for at, profile in nearer.profiles:
        for _, required in outer.profiles:
            if profile.has_same_subject(required) and profile.is_looser_than(required):
                message = f"{profile.profile.name} is required in {required.where} already"
                help = "remove the profile here: a nearer file can only require more of it"
                report(LOOSENED, at, message, help)
    for at, default in nearer.defaults:
        for _, decided_default in outer.defaults:
            if default.contradicts(decided_default):
                message = f"the default of spec.{default.field} is in {decided_default.where}"
                help = "remove it here: the outermost file decides, and a manifest can say more"
                report(LOOSENED, at, message, help, at_key=True)


def _named(level: Level) -> str:
    return {"off": "off", "warning": "a warning", "error": "an error"}[level]
