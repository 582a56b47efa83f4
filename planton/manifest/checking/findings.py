"""Turns findings about fields into diagnostics at the places where the user wrote them."""

from __future__ import annotations

from collections.abc import Iterable

from planton.diagnostics.codes import Code, look_up
from planton.diagnostics.diagnostic import Diagnostic, Source, quote
from planton.document.nodes import Mapping, Node, Scalar, span
from planton.manifest.checking.places import Places, named
from planton.manifest.rules.rule import Finding, Path


class Findings:
    """The diagnostics of one document."""

    def __init__(
        self,
        places: Places,
        source: Source,
        empty: Iterable[Scalar] = (),
        facts: Code | None = None,
    ) -> None:
        """`empty` are the keys without a value, each of which is a warning. `facts` are those of
        codes that are not in the table."""
        self._places = places
        self._source = source
        self._facts = facts
        self._empty = {key.origin: self._no_value(key) for key in empty}
        self._found: dict[Diagnostic, None] = dict.fromkeys(self._empty.values())

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """All of them, in the order in which they were reported. Each is there once, although an
        alias or an older shape can put one of the user's values in several places."""
        return list(self._found)

    def report(self, code: str, finding: Finding) -> None:
        """Reports a finding at a path."""
        at = self._places.locate(finding.path, key=finding.at_key)
        help = finding.help
        severity = (self._facts or look_up(code)).severity
        if severity == "error" and (empty := self._empty.get(at.node.origin)):
            # The error already says so.
            self._found.pop(empty, None)
            help = help or "it has no value: check that the lines below it are indented"
        if isinstance(at.value, Mapping) and at.value.merges:
            return  # the missing field may come from the merge key, which is an error itself
        self.report_at(at.node, code, finding.message, help, named(at))

    def report_at(
        self,
        node: Node,
        code: str,
        message: str,
        help: str,
        missing: Path = (),
    ) -> None:
        """Reports a finding at a node, or at what is missing below it."""
        found = Diagnostic(
            code=code,
            message=message,
            source=self._source,
            span=span(node),
            path=self._places.shown(node.origin, missing),
            help=help,
            facts=self._facts,
        )
        self._found.setdefault(found)

    def _no_value(self, key: Scalar) -> Diagnostic:
        return Diagnostic(
            code="empty-value",
            message=f"{quote(key.written)} has no value, so it counts as absent",
            source=self._source,
            span=span(key),
            path=self._places.shown(key.origin),
            help="give it a value or remove the key, and check that the lines below it are "
            "indented",
        )
