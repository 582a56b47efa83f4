"""The results of controls as Markdown, for a pull request or an audit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planton.cli.controls_report import Fleet, Judged
from planton.cli.markdown import code, table, text
from planton.controls.control import Verdict
from planton.diagnostics.diagnostic import Diagnostic


def render_markdown(fleet: Fleet) -> str:
    """Tables of the controls, or of several manifests; of the failures; and of what a manifest
    cannot show."""
    blocks = ["## Controls"]
    if fleet.judged:
        alone = len(fleet.judged) == 1
        blocks.append(_controls(fleet.judged[0]) if alone else _manifests(fleet.judged))
    if fleet.failing:
        blocks += ["### Failed", _failures(fleet.failing)]
    if notes := list(_notes(fleet.judged)):
        blocks += ["### Notes", table(("controls", "verdict", "", "manifests"), notes)]
    if fleet.invalid:
        blocks += ["### Invalid, not judged", _invalid(fleet)]
    return "\n\n".join(blocks) + "\n"


def _controls(one: Judged) -> str:
    rows = (
        (
            result.profile.name,
            f"[{result.control.id}]({result.control.url})",
            text(result.control.title),
            result.control.severity or "",
            _verdict(result.outcome.verdict),
        )
        for result, _ in one.results
    )
    return f"{code(one.title)}\n\n" + table(
        ("profile", "control", "title", "severity", "verdict"), rows
    )


def _manifests(judged: Sequence[Judged]) -> str:
    rows = ((code(one.title), *(str(one.count(verdict)) for verdict in Verdict)) for one in judged)
    return table(("manifest", *(verdict.words for verdict in Verdict)), rows)


def _failures(failing: Sequence[Judged]) -> str:
    rows = (
        (code(_place(found)), text(found.message), text(found.help))
        for one in failing
        for found in sorted(one.failures, key=Diagnostic.order)
    )
    return table(("place", "what failed", "how to fix it"), rows)


def _notes(judged: Sequence[Judged]) -> Iterator[tuple[str, ...]]:
    counted: dict[tuple[Verdict, str], tuple[dict[str, None], int]] = {}
    for one in judged:
        for verdict in Verdict:
            for note, controls in one.notes(verdict).items():
                ids, number = counted.get((verdict, note), ({}, 0))
                ids.update((control.id, None) for control in controls)
                counted[verdict, note] = ids, number + 1
    for (verdict, note), (ids, number) in counted.items():
        yield ", ".join(ids), _verdict(verdict), text(note), str(number)


def _invalid(fleet: Fleet) -> str:
    rows = (
        (code(_place(found)), code(found.code), text(found.message), text(found.help))
        for report in fleet.invalid
        for found in sorted(report.diagnostics, key=Diagnostic.order)
        if found.severity == "error"
    )
    return table(("place", "code", "what is wrong", "how to fix it"), rows)


def _verdict(verdict: Verdict) -> str:
    return f"**{verdict.words}**" if verdict is Verdict.FAILED else verdict.words


def _place(found: Diagnostic) -> str:
    at = found.span
    return f"{found.source.name}:{at.line}:{at.column}" if at else found.source.name
