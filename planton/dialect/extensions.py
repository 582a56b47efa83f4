"""The annotation that carries fields which the wrapper's own contract does not know.

Its text is YAML, read as if it stood under `spec`.
"""

from __future__ import annotations

from dataclasses import replace

from planton.annotations import EXTENSIONS
from planton.diagnostics import Diagnostic, Source, quote
from planton.document import Mapping, Node, Place, Scalar, Sequence, parse, span


def read_extensions(scalar: Scalar, source: Source, found: list[Diagnostic]) -> Mapping | None:
    """The annotation's mapping as the user spelled it, its nodes at their places in the text.

    A block scalar (`|`) keeps the user's lines, so it is read where it stands. In any other style
    lines are folded or escaped away, and every node is placed at the whole value.
    """
    in_place = _as_it_stands(scalar, source)
    roots, problems = parse(replace(source, text=scalar.text if in_place is None else in_place))
    if in_place is None:
        roots = [_relocate(root, scalar) for root in roots]
        problems = [replace(problem, span=span(scalar)) for problem in problems]
    found += [replace(problem, source=source, path=PATH) for problem in problems]
    if not roots:
        return None
    if len(roots) > 1 or not isinstance(roots[0], Mapping):
        found.append(
            Diagnostic(
                code="extensions",
                message="the annotation must hold one YAML mapping of fields",
                source=source,
                span=span(roots[-1]),
                path=PATH,
                help="write the fields as they would stand under spec",
            )
        )
        return None
    return _unwrapped(roots[0], source, found)


def _unwrapped(root: Mapping, source: Source, found: list[Diagnostic]) -> Mapping:
    """The fields themselves, where somebody has put them below spec here as well."""
    if len(root.entries) != 1:
        return root
    ((key, inner),) = root.entries
    if key.text != "spec" or not isinstance(inner, Mapping):
        return root
    found.append(
        Diagnostic(
            code="extensions",
            message="the fields stand below 'spec' in the annotation, which is spec itself",
            source=source,
            span=span(key),
            path=f"{PATH}.spec",
            help="leave out spec: and write the fields without it",
        )
    )
    return inner


PATH = f'metadata.annotations["{EXTENSIONS}"]'
"""How diagnostics name the annotation."""


def merge(spec: Mapping, extensions: Mapping, source: Source, found: list[Diagnostic]) -> Mapping:
    """The spec with the annotation's fields; a field in both places is an error."""
    entries = {key.text: (key, value) for key, value in spec.entries}
    for key, value in extensions.entries:
        if key.text in entries:
            line = entries[key.text][0].start.line + 1
            found.append(
                Diagnostic(
                    code="extensions",
                    message=f"{quote(key.text)} stands under spec as well, in line {line}",
                    source=source,
                    span=span(key),
                    path=f"{PATH}.{key.text}",
                    help="keep one of the two",
                )
            )
        else:
            entries[key.text] = (key, value)
    return spec._replace(entries=tuple(entries.values()))


def _as_it_stands(scalar: Scalar, source: Source) -> str | None:
    """The text moved to where it stands in the source, so that its marks are the source's."""
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
    """The node at the scalar's place; each has marks of its own, by which it is known again."""
    start, end = (Place(mark.line, mark.column) for mark in (scalar.start, scalar.end))
    match node:
        case Mapping():
            entries = tuple(
                (key._replace(start=Place(*start), end=end), _relocate(value, scalar))
                for key, value in node.entries
            )
            return Mapping(entries, start, end)
        case Sequence():
            return Sequence(tuple(_relocate(item, scalar) for item in node.items), start, end)
        case _:
            return node._replace(start=start, end=end)
