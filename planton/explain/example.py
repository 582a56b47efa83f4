"""Examples are checked by the real checker, so that what they print is never out of date."""

from __future__ import annotations

from collections.abc import Callable

from planton.diagnostics import Diagnostic, ManifestError, Source
from planton.dialect.keys import camel
from planton.document import MAX_BYTES, MAX_DEPTH, Mapping, Node, Scalar, decode, parse
from planton.explain.explanation import Explanation
from planton.manifest import examine
from planton.provider_block import place_of
from planton.render.targets import render
from planton.stack_input import find, parse_guarded, read, read_data, unwrap

BASE = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata:
  name: orders
  org: acme
  env: dev
spec:
  billingMode: PAY_PER_REQUEST
  attributeDefinitions:
    - {name: customerId, type: S}
    - {name: orderId, type: S}
  keySchema:
    - {attributeName: customerId, keyType: HASH}
    - {attributeName: orderId, keyType: RANGE}
"""
"""The manifest in which an example replaces the fields that it names."""

FILE = "orders.yaml"
"""What diagnostics call an example."""

_PARTS = ("metadata", "spec")
_ASIDE = 1000
"""The base is read as if it stood so many lines further down, where no example reaches."""


def is_fragment(example: str) -> bool:
    """Whether an example of the texts is put into BASE."""
    return example.startswith(tuple(f"{part}:" for part in _PARTS))


def found_by(explanation: Explanation) -> list[Diagnostic]:
    """What the checker finds in the bad example of an explanation."""
    if explanation.form == "text":
        return ELSEWHERE[explanation.code]()
    return found_in(explanation.bad)


def found_in(example: str) -> list[Diagnostic]:
    """What the checker finds in an example; lines and columns are those of the example.

    An example that has nothing but metadata and spec is put into BASE, where it replaces the fields
    that it names. Any other is taken as it stands.
    """
    roots, source, found = parse_guarded(Source(FILE, example))
    provider: dict[str, str] = {}
    if len(roots) == 1:
        target = _in_base(roots[0]) or unwrap(roots[0], source, found, provider)
        if target is None:
            return found
        roots = [target]
    return examine(roots, found, source, place_of(provider))[1]


def _in_base(fragment: Node) -> Node | None:
    """The base with the fragment's fields in their places; None for a text of another form."""
    if not isinstance(fragment, Mapping) or not fragment.entries:
        return None
    if any(key.text not in _PARTS for key, _ in fragment.entries):
        return None
    (base,), _ = parse(Source(FILE, "\n" * _ASIDE + BASE))
    assert isinstance(base, Mapping)
    given = {key.text: (key, value) for key, value in fragment.entries}
    entries = [_merged(entry, given.get(entry[0].text)) for entry in base.entries]
    return fragment._replace(entries=tuple(entries))


_Entry = tuple[Scalar, Node]


def _merged(base: _Entry, given: _Entry | None) -> _Entry:
    if given is None:
        return base
    ours, theirs = base[1], given[1]
    if not isinstance(ours, Mapping) or not isinstance(theirs, Mapping):
        return given
    named = {camel(key.text) for key, _ in theirs.entries}
    kept = tuple(entry for entry in ours.entries if entry[0].text not in named)
    return given[0], theirs._replace(entries=theirs.entries + kept)


def _raised(call: Callable[[], object]) -> list[Diagnostic]:
    try:
        call()
    except ManifestError as error:
        return list(error.diagnostics)
    raise AssertionError("the input was accepted")  # pragma: no cover


def _unset(_: str) -> None:
    """A Pulumi config without anything in it."""


_WEEK = "  pointInTimeRecovery: {enabled: true, recoveryPeriodInDays: 7}\n"

ELSEWHERE: dict[str, Callable[[], list[Diagnostic]]] = {
    # What is wrong is outside of the text, or in its bytes, in how much of it there is, or in what
    # is made of it.
    "no-input": lambda: _raised(lambda: find(_unset, {})),
    "no-region": lambda: _raised(lambda: read(Source(FILE, BASE), _unset, {})),
    "not-carried": lambda: list(render(Source(FILE, BASE + _WEEK), "ack").warnings),
    "not-utf-8": lambda: decode("# Bücher\n".encode("latin-1"), FILE)[1],
    "too-deep": lambda: parse(Source(FILE, "[" * (MAX_DEPTH + 1)))[1],
    "too-large": lambda: decode(b" " * (MAX_BYTES + 1), FILE)[1],
    "unreadable": lambda: _raised(lambda: read_data("no-such-folder/orders.yaml")),
}
"""Codes of which no manifest can be shown, each with an input that fires it."""
