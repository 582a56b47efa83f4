"""The explanations, each in the file `codes/SUBJECT/CODE.md` of this package."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from planton.diagnostics.codes import CODES
from planton.explain.explanation import Explanation
from planton.explain.markdown import parse

FOLDER = files("planton.explain") / "codes"


def explain(code: str) -> Explanation:
    """The explanation of a code."""
    file = FOLDER / CODES[code].subject / f"{code}.md"
    return parse(code, file.read_text(encoding="utf-8"))


def explain_all(subject: str) -> Iterator[Explanation]:
    """The explanations of a subject's codes, in the order of the codes."""
    return (explain(code) for code, about in CODES.items() if about.subject == subject)
