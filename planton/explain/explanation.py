"""What is said about one code of a diagnostic."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import dedent, fill
from typing import Literal

from planton.diagnostics import Severity

Form = Literal["yaml", "text"]
"""What examples are: lines of a manifest that can be checked, or a description."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a rule comes from; without `url` it is a rule of the manifest's own contract."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One code.

    `title` is one line without a full stop. `why` is Markdown: paragraphs, each one line, with an
    empty line between them, and no markup but backticks. `bad` fires this code and no other, `good`
    finds nothing: lines of a manifest that stand in planton.explain.example.BASE, or, where `form`
    is "text", a description of an input that no text can show.
    """

    code: str
    severity: Severity
    title: str
    why: str
    bad: str
    good: str
    sources: tuple[Reference, ...]
    form: Form = "yaml"


def explain(
    code: str,
    title: str,
    why: str,
    *sources: Reference,
    bad: str,
    good: str,
    severity: Severity = "error",
    form: Form = "yaml",
) -> Explanation:
    """An explanation from texts that are indented and wrapped as the code around them."""
    paragraphs = dedent(why).strip().split("\n\n")
    return Explanation(
        code=code,
        severity=severity,
        title=title,
        why="\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs),
        bad=_lines(bad),
        good=_lines(good),
        sources=sources,
        form=form,
    )


def wrapped(paragraph: str, width: int) -> str:
    """A paragraph in lines of a width, where possible; what is between backticks is not torn."""
    whole = _CODE.sub(lambda code: code[0].replace(" ", _BLANK), paragraph)
    lines = fill(whole, width, break_on_hyphens=False, break_long_words=False)
    return lines.replace(_BLANK, " ")


_CODE = re.compile("`[^`]*`")
_BLANK = "\0"


def _lines(text: str) -> str:
    return dedent(text).strip("\n") + "\n"
