"""Reads the existing tables of a file: a template, or the state of Terraform or Pulumi."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from planton.adopt.found import FoundTable, LeftOut
from planton.adopt.found_tables import FoundTables, UnreadableSource
from planton.adopt.state.pulumi_export import is_export, read_export
from planton.adopt.state.terraform import is_shown, is_state, read_shown, read_state
from planton.adopt.template.document import SHORT_FORMS, is_template, sections
from planton.adopt.template.evaluation import Evaluation
from planton.adopt.template.tables import tables_of
from planton.diagnostics.diagnostic import (
    BOM,
    Diagnostic,
    ManifestError,
    Source,
    Span,
    did_you_mean,
    quote,
)
from planton.document.nodes import Mapping as MappingNode
from planton.document.nodes import Node
from planton.document.reader import decode, parse

MAX_BYTES = 100 << 20
"""Larger files are refused."""

MAX_TEMPLATE = 1_000_000
"""Bytes of a template (CloudFormation quotas)."""

_KINDS = (
    "a CloudFormation or SAM template, terraform.tfstate, `terraform show -json`, or "
    "`pulumi stack export`"
)
_CONFIGURATION = re.compile(
    r'^(?:resource|data|module|variable|provider) +"|^terraform +\{', re.MULTILINE
)


@dataclass(frozen=True)
class SourceTables:
    """The tables of a file, what is left out and belongs to none of them, and an error for each
    table of which no manifest can be written."""

    tables: tuple[FoundTable, ...]
    left_out: tuple[LeftOut, ...]
    diagnostics: tuple[Diagnostic, ...]


def read_source(path: str, data: bytes, parameters: Mapping[str, str]) -> SourceTables:
    """The tables of a file's bytes. The content tells the kind of the file; `path` names it in
    messages. `parameters` are those of a template.

    Raises:
        ManifestError: it is not one of these files, cannot be read, or has no table.
    """
    text, problems = decode(data, path, MAX_BYTES, f"it should be {_KINDS}")
    if problems:
        raise ManifestError(problems)
    source = Source(path, text.removeprefix(BOM))
    try:
        if source.text.lstrip().startswith("{"):
            found = _read_json(source, parameters)
        else:
            found = _read_yaml(source, parameters)
    except UnreadableSource as error:
        raise _error(source, "unknown-source", error.message, error.help) from None
    except RecursionError:
        message = "the file is nested too deep"
        raise _error(source, "too-deep", message, "check that this is the right file") from None
    if not found.tables and not found.incomplete:
        raise _no_table(source, found.left_out)
    lines = source.lines() if found.incomplete else []
    diagnostics = tuple(_incomplete(source, lines, one) for one in found.incomplete)
    return SourceTables(found.tables, found.left_out, diagnostics)


def _read_json(source: Source, parameters: Mapping[str, str]) -> FoundTables:
    try:
        content = json.loads(source.text)
    except json.JSONDecodeError as error:
        at = Span(error.lineno, error.colno, error.lineno, error.colno + 1)
        raise ManifestError(
            [
                Diagnostic(
                    code="json-syntax",
                    message=f"the file begins like JSON, but is not: {error.msg}",
                    # A state may have secrets on any line.
                    source=source.without_excerpts(),
                    span=at,
                    help="write the file again with the command that it came from",
                )
            ]
        ) from None
    except ValueError:
        raise _error(source, "json-syntax", "a number has too many digits", "") from None
    for is_kind, read in _STATES:
        if is_kind(content):
            if parameters:
                key = next(iter(parameters))
                message = f"a state has no parameters, got {quote(key)}"
                raise _error(
                    source, "unknown-parameter", message, "remove --parameter and --region"
                )
            return read(content)
    for key, help in _HINTS.items():
        if key in content:
            raise _error(source, "unknown-source", f"expected {_KINDS}", help)
    return _read_yaml(source, parameters)


_STATES: tuple[
    tuple[Callable[[dict[str, Any]], bool], Callable[[dict[str, Any]], FoundTables]], ...
] = ((is_export, read_export), (is_shown, read_shown), (is_state, read_state))

_INSTEAD = "planton adopt TABLE --region REGION reads an existing table itself"
_HINTS = {
    "TemplateBody": "write the template alone: aws cloudformation get-template … "
    "--query TemplateBody --output text",
    "Table": _INSTEAD,
}
"""Keys of the output of commands that people try, with what to do instead."""


def _read_yaml(source: Source, parameters: Mapping[str, str]) -> FoundTables:
    if _CONFIGURATION.search(source.text):
        message = "a configuration of Terraform does not have the values of its tables"
        help = "run `terraform show -json > state.json` and read that file"
        raise _error(source, "unknown-source", message, help)
    if len(source.text) > MAX_TEMPLATE:
        size = f"a template must have at most {MAX_TEMPLATE:,} characters, got {len(source.text):,}"
        raise _error(source, "too-large", size, f"expected {_KINDS}")
    if "Resources" not in source.text:
        source = source.without_excerpts()  # no template, so it may have secrets on any line
    roots, problems = parse(source, tags=SHORT_FORMS)
    if problems:
        raise ManifestError(problems)
    templates = [root for root in roots if is_template(root)]
    if not templates or len(roots) > 1:
        raise _error(source, "unknown-source", f"expected {_KINDS}", _help(roots))
    (root,) = templates
    assert isinstance(root, MappingNode)
    evaluation = Evaluation(sections(root), parameters)
    found = tables_of(evaluation.template, evaluation)
    if unused := evaluation.unused():
        raise _unknown_parameter(source, unused[0], evaluation.template.parameters)
    return found


def _help(roots: list[Node]) -> str:
    if not roots:
        return "the file is empty"
    return "a template has its resources under Resources, in one document"


def _unknown_parameter(source: Source, key: str, known: Iterable[str]) -> ManifestError:
    meant = did_you_mean(key, known)
    help = f"did you mean '{meant}'?" if meant else ""
    if not meant:
        help = f"its parameters are {', '.join(sorted(known))}" if known else "it has no parameters"
    message = f"nothing that is read of the template uses the parameter {quote(key)}"
    return _error(source, "unknown-parameter", message, help)


def _no_table(source: Source, left_out: Iterable[LeftOut]) -> ManifestError:
    notes = "; ".join(f"{one.place}: {one.reason}" for one in left_out)
    return _error(source, "no-table", "the file has no DynamoDB table", notes)


def _incomplete(source: Source, lines: list[str], missing: LeftOut) -> Diagnostic:
    span = None
    if missing.line:
        text = lines[missing.line - 1]
        column = len(text) - len(text.lstrip()) + 1
        span = Span(missing.line, column, missing.line, len(text) + 1)
    return Diagnostic(
        code="incomplete-table",
        message=missing.reason,
        source=source,
        span=span,
        path=missing.place,
        help=_INSTEAD if span is None else "",
    )


def _error(source: Source, code: str, message: str, help: str) -> ManifestError:
    return ManifestError([Diagnostic(code=code, message=message, source=source, help=help)])
