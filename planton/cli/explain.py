"""The command `planton explain`."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from textwrap import fill, indent
from typing import Any

from planton.cli import colour
from planton.cli.rules import rule_data
from planton.diagnostics.codes import CODES, SUBJECTS, Code, current_spelling
from planton.diagnostics.diagnostic import Diagnostic, did_you_mean, printable, quote, render
from planton.diagnostics.exit_status import OK, USAGE
from planton.dialects.annotations import IGNORE_WARNINGS
from planton.explain.catalogue import explain
from planton.explain.example import found_by, is_fragment
from planton.explain.explanation import Explanation, wrapped
from planton.organization.organization import NO_RULES, Organization
from planton.organization.rules import OwnRule

_WIDEST = 100
_PIPED = 80
_HOW_TO_IGNORE = (
    "To accept this warning, leave it out of one run with `planton validate --ignore {code}`, or "
    "for one manifest with this annotation:"
)
_PRINTED_CODE = re.compile(r"(?:.*\b(?:error|warning))?\[([^\]]*)\].*", re.S)


def explain_command(code: str | None, format: str, rules: Organization = NO_RULES) -> int:
    """Explains one code, or one of the organization's rules; lists all codes if none is given."""
    if code is None:
        print(json.dumps(_index(), indent=2) if format == "json" else _list(_width()))
        return OK
    wanted = current_spelling(_bare(code))
    if own := next((rule for rule in rules.rules if rule.id == wanted), None):
        print(json.dumps(rule_data(own), indent=2) if format == "json" else _own(own, _width()))
        return OK
    if wanted not in CODES:
        own_ids = [rule.id for rule in rules.rules]
        meant = did_you_mean(wanted, [*CODES, *own_ids])
        help = f"did you mean '{meant}'?" if meant else "planton explain lists all codes"
        if rules.problems:
            help += "; some rules of the organization cannot be used, see planton rules"
        elif not meant:
            help += "; for a rule of the organization, name its file with --config"
        print(f"planton: no diagnostic has the code {quote(wanted)}: {help}", file=sys.stderr)
        return USAGE
    if format == "json":
        print(json.dumps(_data(explain(wanted)), indent=2))
    else:
        print("\n\n".join(_text(explain(wanted), _width())))
    return OK


def _own(rule: OwnRule, width: int) -> str:
    """A rule of the organization as text."""
    title = printable(rule.message or "a rule of the organization")
    lines = [fill(f"{rule.severity}[{rule.id}]: {title}", width)]
    if rule.when:
        lines.append("When:\n" + "\n".join(f"  {one}" for one in rule.when))
    asked = [*map(str, rule.require), *([rule.expression.text] if rule.expression else [])]
    lines.append("Required:\n" + "\n".join(f"  {printable(one)}" for one in asked))
    if rule.help:
        lines.append(fill(f"Help: {printable(rule.help)}", width))
    lines.append(f"Source:\n  {printable(rule.where)}")
    return "\n\n".join(lines)


def _bare(code: str) -> str:
    """Extracts the code from copied output such as `error[name]: …`, `[name]` or `name`."""
    copied = _PRINTED_CODE.fullmatch(code)
    return (copied[1] if copied else code).strip()


def _width() -> int:
    if not sys.stdout.isatty():
        return _PIPED
    return min(_WIDEST, shutil.get_terminal_size((_PIPED, 0)).columns)


def _text(explanation: Explanation, width: int) -> Iterator[str]:
    """Yields the blocks of an explanation as text."""
    yield fill(f"{explanation.severity}[{explanation.code}]: {explanation.title}", width)
    for paragraph in explanation.why.split("\n\n"):
        yield wrapped(paragraph, width)
    rest = ", in an otherwise valid manifest" * is_fragment(explanation.bad)
    yield f"Wrong{rest}:\n\n{indent(explanation.bad.rstrip(), '    ')}"
    found = render(found_by(explanation), colour=colour.wanted(sys.stdout, os.environ))
    yield f"This is reported as:\n\n{indent(found, '    ')}"
    yield f"Right:\n\n{indent(explanation.good.rstrip(), '    ')}"
    if explanation.severity == "warning":
        yield wrapped(_HOW_TO_IGNORE.format(code=explanation.code), width)
        annotation = f"{IGNORE_WARNINGS}: {explanation.code}"
        yield indent(f"metadata:\n  annotations:\n    {annotation}", "    ")
    lines = [f"{source.name}\n  {source.url}".strip() for source in explanation.sources]
    yield "\n".join(["Source:", *(indent(line, "  ") for line in lines)])


def _data(explanation: Explanation) -> dict[str, Any]:
    """An explanation as JSON data, with the diagnostics of its examples."""
    found: list[Diagnostic] = sorted(found_by(explanation), key=Diagnostic.order)
    return {
        "code": explanation.code,
        "severity": explanation.severity,
        "title": explanation.title,
        "why": explanation.why,
        "bad": {"example": explanation.bad, "diagnostics": [d.data() for d in found]},
        "good": {"example": explanation.good, "diagnostics": []},
        "sources": [{"name": s.name, "url": s.url or None} for s in explanation.sources],
    }


_COLUMN = 44
"""The column of the titles; a longer code is printed on a separate line."""


def _list(width: int) -> str:
    blocks = []
    for subject, heading in SUBJECTS.items():
        rows = [
            _row(code, about, max(width, _COLUMN + 20))
            for code, about in CODES.items()
            if about.subject == subject
        ]
        blocks.append("\n".join([heading, *rows]))
    return "\n\n".join([*blocks, "Run planton explain CODE for details."])


def _row(code: str, about: Code, width: int) -> str:
    start, blank = f"  {code}".ljust(_COLUMN), " " * _COLUMN
    long = len(start) > _COLUMN
    title = fill(
        f"{about.title}{' (warning)' * (about.severity == 'warning')}",
        width,
        initial_indent=blank if long else start,
        subsequent_indent=blank,
    )
    return f"{start}\n{title}" if long else title


def _index() -> dict[str, Any]:
    return {
        "codes": [
            {
                "code": code,
                "severity": about.severity,
                "subject": SUBJECTS[about.subject],
                "title": about.title,
            }
            for code, about in CODES.items()
        ]
    }
