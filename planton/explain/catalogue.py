"""The explanations, each in the file `codes/SUBJECT/CODE.md` of this package."""

from __future__ import annotations

from importlib.resources import files

from planton.diagnostics.codes import CODES
from planton.explain.explanation import Explanation
from planton.explain.markdown import parse

FOLDER = files("planton.explain") / "codes"


def explain(code: str) -> Explanation:
    """The explanation of a code."""
    file = FOLDER / CODES[code].subject / f"{code}.md"
    return parse(code, file.read_text(encoding="utf-8"))
