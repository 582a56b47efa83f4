"""The explanation of one diagnostic code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import fill
from typing import Literal

from planton.diagnostics.codes import Severity

Form = Literal["yaml", "text"]
"""The form of the examples: lines of a manifest that are checked, or a description."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The source of a rule; without `url` it is the manifest's contract or this program."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The explanation of one code.

    `title` is one line without a full stop. `why` is Markdown: paragraphs, each on one line,
    separated by empty lines, with no markup except backticks. `bad` produces this code and no
    other, `good` produces no diagnostic: both are lines of a manifest that are merged into
    planton.explain.example.BASE, or, if `form` is "text", descriptions of an input that YAML cannot
    show.
    """

    code: str
    severity: Severity
    title: str
    why: str
    bad: str
    good: str
    sources: tuple[Reference, ...]
    form: Form


def wrapped(paragraph: str, width: int) -> str:
    """Wraps a paragraph to a width if possible; never breaks a line between backticks."""
    whole = _CODE.sub(lambda code: code[0].replace(" ", _BLANK), paragraph)
    lines = fill(whole, width, break_on_hyphens=False, break_long_words=False)
    return lines.replace(_BLANK, " ")


_CODE = re.compile("`[^`]*`")
_BLANK = "\0"
