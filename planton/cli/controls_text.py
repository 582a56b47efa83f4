"""The results of controls as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill

from planton.cli.controls_report import Fleet, Judged
from planton.controls.control import Verdict
from planton.diagnostics.diagnostic import printable, render

WIDTH = 80
_COUNTED = (Verdict.PASSED, Verdict.FAILED, Verdict.NOT_VISIBLE)
_VERDICT_WIDTH = len("not applicable")
_TITLE_WIDTH = WIDTH - 1 - sum(len(verdict.words) + 2 for verdict in _COUNTED)


def render_text(fleet: Fleet, *, colour: bool = False) -> str:
    """The errors of invalid files; of one manifest every control, of several the number of controls
    of those with failures; the failures, and a summary."""
    blocks = [render(report.diagnostics, colour=colour) for report in fleet.invalid]
    alone = fleet.judged[0] if len(fleet.judged) == 1 else None
    if alone:
        blocks.append("\n".join(_controls(fleet, alone)))
    elif fleet.failing:
        blocks.append("\n".join(_counts(fleet.failing)))
    blocks += [render(one.failures, colour=colour) for one in fleet.failing]
    blocks += ["\n".join(_notes(fleet.judged)), "\n".join(_summary(fleet))]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _controls(fleet: Fleet, one: Judged) -> Iterator[str]:
    yield f"{shortened(one.title, WIDTH - 1)}:"
    width = max(len(result.control.id) for result, _ in one.results)
    profile = None
    for result, _ in one.results:
        if result.profile is not profile:
            profile = result.profile
            yield f"  {profile.name}: {profile.title}"
        verdict = result.outcome.verdict.words.ljust(_VERDICT_WIDTH)
        yield f"    {result.control.id.ljust(width)}  {verdict}  {result.control.title}"


def _counts(failing: Sequence[Judged]) -> Iterator[str]:
    heads = [verdict.words for verdict in _COUNTED]
    yield "manifest".ljust(_TITLE_WIDTH) + "".join(f"  {head}" for head in heads)
    for one in failing:
        counts = zip(_COUNTED, heads, strict=True)
        numbers = "".join(f"  {one.count(verdict):>{len(head)}}" for verdict, head in counts)
        yield shortened(one.title, _TITLE_WIDTH).ljust(_TITLE_WIDTH) + numbers


def _notes(judged: Sequence[Judged]) -> Iterator[str]:
    """What would show what is not visible, and when what was passed becomes true, once each."""
    for verdict in (Verdict.NOT_VISIBLE, Verdict.PASSED):
        controls: dict[str, dict[str, None]] = {}
        manifests: dict[str, int] = {}
        for one in judged:
            for note, noted in one.notes(verdict).items():
                controls.setdefault(note, {}).update((control.id, None) for control in noted)
                manifests[note] = manifests.get(note, 0) + 1
        for note, ids in controls.items():
            of = "" if manifests[note] == len(judged) else f" in {_count(manifests[note])}"
            line = f"{verdict.words}{of}: {', '.join(ids)}: {note}"
            yield fill(line, WIDTH - 1, subsequent_indent="  ", break_long_words=False)


def _summary(fleet: Fleet) -> Iterator[str]:
    totals = {verdict: sum(one.count(verdict) for one in fleet.judged) for verdict in Verdict}
    counts = ", ".join(f"{number} {verdict.words}" for verdict, number in totals.items())
    parts = [f"{_count(len(fleet.judged))}: controls: {counts}"] if fleet.judged else []
    if len(fleet.judged) > 1:
        passed = len(fleet.judged) - len(fleet.failing)
        parts.append(f"{passed} without a failure, {len(fleet.failing)} with failures")
    if fleet.invalid:
        invalid = len(fleet.invalid)
        parts.append(f"{invalid} invalid file{'' if invalid == 1 else 's'}, not judged")
    yield "; ".join(parts)
    if fleet.failed:
        yield "for details: planton explain CODE, docs/controls.md"


def _count(number: int) -> str:
    return f"{number} manifest" if number == 1 else f"{number} manifests"


def shortened(text: str, width: int) -> str:
    """The printable text, of a long one the end: the names of files differ there."""
    shown = printable(text)
    return shown if len(shown) <= width else f"…{shown[1 - width :]}"
