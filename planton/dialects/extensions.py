"""The annotation with fields that the wrapper's contract does not have.

Its value is a string of YAML, read as a part of `spec`.
"""

from __future__ import annotations

from dataclasses import replace

from planton.diagnostics.diagnostic import Diagnostic, Source, quote
from planton.dialects.annotations import EXTENSIONS
from planton.document.nodes import Mapping, Node, Position, Scalar, Sequence, span
from planton.document.reader import parse


def read_extensions(scalar: Scalar, source: Source) -> tuple[Mapping | None, list[Diagnostic]]:
    """The annotation's mapping in the user's spelling, with positions in the source, if there is
    one, and what is wrong in it.

    A block scalar (`|`) keeps the user's lines, so its nodes have their own positions. In any
    other style lines are folded or escaped, and every node has the position of the whole value.
    """
    in_place = _as_it_stands(scalar, source)
    text = replace(source, text=scalar.text if in_place is None else in_place)
    roots, problems = parse(text, (None, PATH))
    if in_place is None:
        roots = [_relocate(root, scalar) for root in roots]
        problems = [replace(problem, span=span(scalar)) for problem in problems]
    found = [replace(problem, source=source, path=PATH) for problem in problems]
    if not roots:
        return None, found
    if len(roots) > 1 or not isinstance(roots[0], Mapping):
        found.append(
            Diagnostic(
                code="extensions",
                message="the annotation must contain one YAML mapping of fields",
                source=source,
                span=span(roots[-1]),
                path=PATH,
                help="write the fields as you would under spec",
            )
        )
        return None, found
    root = roots[0]
    (key, inner), *others = root.entries or ((scalar, scalar),)
    if others or key.text != "spec" or not isinstance(inner, Mapping):
        return root, found
    # The fields are read nevertheless.
    found.append(
        Diagnostic(
            code="extensions",
            message="the fields are below 'spec', but the annotation is already part of spec",
            source=source,
            span=span(key),
            path=f"{PATH}.spec",
            help="remove spec: and write the fields without it",
        )
    )
    return inner, found


PATH = f'metadata.annotations["{EXTENSIONS}"]'
"""The path of the annotation in diagnostics."""


def merge(spec: Mapping, extensions: Mapping, source: Source) -> tuple[Mapping, list[Diagnostic]]:
    """The spec with the annotation's fields; a field in both places is an error."""
    found: list[Diagnostic] = []
    entries = {key.text: (key, value) for key, value in spec.entries}
    for key, value in extensions.entries:
        if key.text in entries:
            line = entries[key.text][0].start.line + 1
            found.append(
                Diagnostic(
                    code="extensions",
                    message=f"{quote(key.text)} is also set under spec, on line {line}",
                    source=source,
                    span=span(key),
                    path=f"{PATH}.{key.text}",
                    help="keep one of the two",
                )
            )
        else:
            entries[key.text] = (key, value)
    return spec._replace(entries=tuple(entries.values())), found


def _as_it_stands(scalar: Scalar, source: Source) -> str | None:
    """The text padded to its position in the source, so that its marks fit the source."""
    if scalar.style != "|" or not source.positions:
        return None
    first = scalar.start.line + 1
    inner = scalar.text.split("\n")
    outer = source.lines()[first : first + len(inner)]
    filled = next((i for i, line in enumerate(inner) if line.strip()), None)
    if filled is None or filled >= len(outer) or not outer[filled].endswith(inner[filled]):
        return None
    indent = " " * (len(outer[filled]) - len(inner[filled]))
    return "\n" * first + "\n".join(indent + line if line else line for line in inner)


def _relocate(node: Node, scalar: Scalar) -> Node:
    """The node at the scalar's position."""
    start, end = (Position(mark.line, mark.column) for mark in (scalar.start, scalar.end))
    match node:
        case Mapping():
            entries = tuple(
                (key._replace(start=start, end=end), _relocate(value, scalar))
                for key, value in node.entries
            )
            return node._replace(entries=entries, start=start, end=end)
        case Sequence():
            items = tuple(_relocate(item, scalar) for item in node.items)
            return node._replace(items=items, start=start, end=end)
        case _:
            return node._replace(start=start, end=end)
