"""Reads the Markdown file that explains one code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast, get_args

import yaml

from planton.diagnostics.codes import Severity
from planton.explain.explanation import Explanation, Form, Reference

FACTS = ("severity", "title")
SECTIONS = ("Why", "Bad", "Good", "Source")

_FILE = re.compile(r"---\n(?P<facts>.*?\n)---\n(?P<sections>.*)", re.S)
_HEADING = re.compile(r"^## (.*)\n", re.M)
_FENCED = re.compile(r"```(?P<form>[a-z]+)\n(?P<text>.+?\n)```", re.S)
_SOURCE = re.compile(r"- (?:\[(?P<title>[^]]+)\]\((?P<url>https://[^)\s]+)\)|(?P<name>[^[].*))")


class FormError(Exception):
    """A file does not have the form of an explanation."""


def parse(code: str, text: str) -> Explanation:
    """The explanation in the text of a code's file; FormError if the text has another form.

    The file begins with its facts, as YAML between two lines of dashes. Its sections are paragraphs
    (Why), one fenced example each (Bad, Good) and a list of names and links (Source).
    """
    file = _FILE.fullmatch(text)
    if file is None:
        raise FormError(f"{code}: expected facts between two lines of ---, and sections below them")
    try:
        facts = yaml.safe_load(file["facts"])
    except yaml.YAMLError as error:
        raise FormError(f"{code}: the facts are not YAML: {error}") from error
    if not isinstance(facts, dict) or tuple(facts) != FACTS:
        raise FormError(f"{code}: expected the facts {' and '.join(FACTS)}")
    if not isinstance(facts["title"], str):
        raise FormError(f"{code}: the title must be a string")
    if facts["severity"] not in get_args(Severity):
        raise FormError(f"{code}: the severity must be {' or '.join(get_args(Severity))}")
    above, *parts = _HEADING.split(file["sections"])
    if above.strip() or tuple(parts[::2]) != SECTIONS:
        raise FormError(f"{code}: expected the sections {', '.join(SECTIONS)}, and no text above")
    why, bad, good, source = (part.strip("\n") for part in parts[1::2])
    paragraphs = why.split("\n\n")
    form, wrong = _example(code, "Bad", bad)
    right_form, right = _example(code, "Good", good)
    if form != right_form:
        raise FormError(f"{code}: the examples must both be yaml or both be text")
    return Explanation(
        code=code,
        severity=facts["severity"],
        title=facts["title"],
        why="\n\n".join(" ".join(paragraph.splitlines()) for paragraph in paragraphs),
        bad=wrong,
        good=right,
        sources=tuple(_sources(code, source)),
        form=form,
    )


def _example(code: str, section: str, text: str) -> tuple[Form, str]:
    block = _FENCED.fullmatch(text)
    if block is None or block["form"] not in get_args(Form):
        forms = " or ".join(get_args(Form))
        raise FormError(f"{code}: {section} must be one fenced block, marked {forms}")
    return cast("Form", block["form"]), block["text"]


def _sources(code: str, text: str) -> Iterator[Reference]:
    for line in text.splitlines():
        source = _SOURCE.fullmatch(line)
        if source is None:
            raise FormError(f"{code}: expected a name or a link, got {line!r}")
        yield Reference(source["title"] or source["name"], source["url"] or "")
