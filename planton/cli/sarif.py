"""Findings as a SARIF 2.1.0 log, for code scanning and for other readers of that format.

Section numbers are those of the OASIS standard. The log never contains lines of the files, and so
none of a credentials block. It has no fingerprints: readers compute their own from the file, and
GitHub's accepts no others.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from planton import __version__
from planton.cli.paths import relative_to
from planton.diagnostics.codes import CODES
from planton.diagnostics.diagnostic import Diagnostic
from planton.explain.catalogue import explain
from planton.explain.explanation import Explanation

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LINE_BREAKS = ["\r\n", "\n", "\r", "\u0085", "\u2028", "\u2029"]


def log(diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """One run with every finding, in the given order, and the rules that reported them."""
    numbers: dict[str, int] = {}
    rules: list[dict[str, Any]] = []
    results = []
    for diagnostic in diagnostics:
        code = diagnostic.code
        if code not in numbers:
            numbers[code] = len(rules)
            rules.append(_rule(explain(code)) if code in CODES else _own_rule(diagnostic))
        results.append(_result(diagnostic, numbers[code]))
    run = {
        "tool": {"driver": {"name": "planton", "version": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        # The line breaks of the YAML parser (3.14.17).
        "newlineSequences": _LINE_BREAKS,
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(explanation: Explanation) -> dict[str, Any]:
    help = "\n\n".join((explanation.why, *_examples(explanation)))
    rule: dict[str, Any] = {
        "id": explanation.code,
        "defaultConfiguration": {"level": explanation.severity},
        "shortDescription": {"text": _message(explanation.title)},
        "fullDescription": {"text": _message(explanation.why)},
        "help": {"text": _message(help), "markdown": help},
    }
    if url := next((source.url for source in explanation.sources if source.url), None):
        rule["helpUri"] = url
    return rule


def _own_rule(diagnostic: Diagnostic) -> dict[str, Any]:
    """The rule of an organization: its facts are all that is known about it here."""
    assert diagnostic.facts is not None  # its code is not in the table
    title = {"text": _message(diagnostic.facts.title)}
    return {
        "id": diagnostic.code,
        "defaultConfiguration": {"level": diagnostic.severity},
        "shortDescription": title,
        "fullDescription": title,
    }


def _examples(explanation: Explanation) -> Iterator[str]:
    for title, example in (("Wrong", explanation.bad), ("Right", explanation.good)):
        shown = f"```yaml\n{example}```" if explanation.form == "yaml" else example.rstrip()
        yield f"{title}:\n\n{shown}"


def _result(diagnostic: Diagnostic, rule: int) -> dict[str, Any]:
    text = diagnostic.message
    if diagnostic.help:
        text += f"\nhelp: {diagnostic.help}"
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(diagnostic.source.name)}}
    if (at := diagnostic.span) and diagnostic.source.positions:
        place["region"] = {
            "startLine": at.line,
            "startColumn": at.column,
            "endLine": at.end_line,
            "endColumn": at.end_column,
        }
    location: dict[str, Any] = {"physicalLocation": place}
    if diagnostic.path:
        location["logicalLocations"] = [{"fullyQualifiedName": diagnostic.path}]
    return {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity,
        "message": {"text": _message(text)},
        "locations": [location],
    }


def _uri(name: str) -> str:
    """A relative reference, or an absolute URI for a file outside the working directory."""
    path = relative_to(os.getcwd(), name)
    return ("file://" if path.startswith("/") else "") + quote(os.fsencode(path))


def _message(text: str) -> str:
    """Text without links (3.11.6): a file must not be able to put one into the log."""
    if "](" not in text:
        return text
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
