"""Strict YAML: the nodes, their positions, and what is refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from planton.diagnostics.diagnostic import Diagnostic, Source, Span
from planton.document import reader as document
from planton.document.nodes import (
    Endless,
    LooseDigits,
    Mapping,
    Node,
    Position,
    Scalar,
    Sequence,
    path_of,
    plain,
    resolve,
    span,
)
from planton.document.reader import MAX_BYTES, decode, parse
from tests.corpus import ACCEPT, REJECT, case_id, cases

C_PARSER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@pytest.fixture(params=[C_PARSER, yaml.BaseLoader], ids=["C", "Python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type:
    """Each of PyYAML's parsers in turn: the C one is not built everywhere."""
    monkeypatch.setattr(document, "_LOADER", request.param)
    found: type = request.param
    return found


def read(text: str) -> list[Node]:
    nodes, found = parse(Source("x.yaml", text))
    assert found == []
    return nodes


def refused(text: str) -> list[tuple[str, Span | None]]:
    return [(found.code, found.span) for found in parse(Source("x.yaml", text))[1]]


def places(node: Node) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    """Every node with its range, from outside to inside, keys before their values."""
    at = span(node)
    where = (at.line, at.column, at.end_line, at.end_column)
    match node:
        case Scalar():
            yield node.style + node.text, where
        case Sequence():
            yield "[]", where
            for item in node.items:
                yield from places(item)
        case Mapping():
            yield "{}", where
            for key, value in node.entries:
                yield from places(key)
                yield from places(value)


BLOCK = """\
# a table
name: 'orders'
keys:
  - name: pk # the first
    type: S

  - {name: sk, type: "N"}
empty:
text: |
  two
  lines
last: [a,
  b]
"""

BLOCK_PLACES = [
    ("{}", (2, 1, 13, 5)),
    ("name", (2, 1, 2, 5)),
    ("'orders", (2, 7, 2, 15)),
    ("keys", (3, 1, 3, 5)),
    ("[]", (4, 3, 7, 26)),
    ("{}", (4, 5, 5, 12)),
    ("name", (4, 5, 4, 9)),
    ("pk", (4, 11, 4, 13)),
    ("type", (5, 5, 5, 9)),
    ("S", (5, 11, 5, 12)),
    ("{}", (7, 5, 7, 26)),
    ("name", (7, 6, 7, 10)),
    ("sk", (7, 12, 7, 14)),
    ("type", (7, 16, 7, 20)),
    ('"N', (7, 22, 7, 25)),
    ("empty", (8, 1, 8, 6)),
    ("", (8, 7, 8, 7)),
    ("text", (9, 1, 9, 5)),
    ("|two\nlines\n", (9, 7, 12, 1)),
    ("last", (12, 1, 12, 5)),
    ("[]", (12, 7, 13, 5)),
    ("a", (12, 8, 12, 9)),
    ("b", (13, 3, 13, 4)),
]


@pytest.mark.usefixtures("parser")
def test_every_node_has_its_range_counted_from_one() -> None:
    (root,) = read(BLOCK)

    assert list(places(root)) == BLOCK_PLACES


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_endings_change_no_position(end: str) -> None:
    (root,) = read(BLOCK.replace("\n", end))

    assert list(places(root)) == BLOCK_PLACES


@pytest.mark.usefixtures("parser")
def test_a_byte_order_mark_has_no_column() -> None:
    (root,) = read("\ufeff" + BLOCK)

    assert list(places(root)) == BLOCK_PLACES


@pytest.mark.usefixtures("parser")
def test_a_wide_character_is_one_column() -> None:
    (root,) = read("[\N{KEY}, 順序, e\u0301]")

    assert [where[1:4:2] for _, where in places(root)] == [(1, 12), (2, 3), (5, 7), (9, 11)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_lines_are_counted_as_the_parser_counts_them(end: str) -> None:
    source = Source("x.yaml", f"\ufeffa: 1{end}b: 2{end}")
    ((mapping,), _) = parse(source)
    assert isinstance(mapping, Mapping)

    shown = [source.lines()[key.start.line][key.start.column :] for key, _ in mapping.entries]

    assert shown == ["a: 1", "b: 2"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("NULL", None),
        ("nULL", "nULL"),
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("N", "N"),
        ("5", 5),
        ("+5", 5),
        ("-5", -5),
        ("0", 0),
        ("-0", 0),
        ("012", LooseDigits("012")),
        ("-012", LooseDigits("-012")),
        ("00", LooseDigits("00")),
        ("0o12", "0o12"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("22:22", "22:22"),
        ("5.0", 5.0),
        ("5.", 5.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("-1.5E-2", -0.015),
        ("012.5", 12.5),
        (".inf", Endless("inf")),
        ("-.INF", Endless("-inf")),
        (".", "."),
        ("-", "-"),
        ("+", "+"),
        ("1e", "1e"),
        ("1e400", Endless("inf")),
        ("1e9999", "1e9999"),
        ("2024-01-01", "2024-01-01"),
        ("٣", "٣"),
        ("²", "²"),
        ("9" * 31, int("9" * 31)),
    ],
)
def test_a_plain_scalar_has_its_yaml_1_2_value(text: str, value: object) -> None:
    here = Position(0, 0)
    found = resolve(Scalar(text, "", here, here))

    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize("written", [".NaN", "-.inf", "1e400"])
def test_a_number_that_json_does_not_have_is_shown_as_written(written: str) -> None:
    (root,) = read(written)

    assert isinstance(plain(root), float)
    assert str(plain(root)) == written


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("scalar", ["'5'", '"5"', "|-\n  5", ">-\n  5", "!!str 5", "! 5"])
def test_quoted_block_and_tagged_scalars_are_strings(scalar: str) -> None:
    (root,) = read(f"a: {scalar}")

    assert plain(root) == {"a": "5"}


@pytest.mark.usefixtures("parser")
def test_empty_documents_are_skipped() -> None:
    roots = read("---\n---\na: 1\n...\n--- ~\n--- null\n---\nb\n--- # end\n")

    assert [plain(root) for root in roots] == [{"a": 1}, "b"]


def test_documents_before_a_syntax_error_are_read() -> None:
    nodes, found = parse(Source("x.yaml", "a: 1\n--- \nb: [\n---\nc: 3\n"))

    assert [plain(node) for node in nodes] == [{"a": 1}]
    assert [problem.code for problem in found] == ["yaml-syntax"]


@pytest.mark.usefixtures("parser")
def test_an_alias_is_the_node_of_its_anchor() -> None:
    (root,) = read("a: &x {b: 1}\nc: *x\n")

    assert isinstance(root, Mapping)
    assert root.get("c") is root.get("a")


def test_a_missing_key_of_a_mapping_has_no_value() -> None:
    (root,) = read("{a: 1}")

    assert isinstance(root, Mapping)
    assert root.get("b") is None


@pytest.mark.usefixtures("parser")
def test_the_second_of_two_equal_keys_is_reported_and_dropped() -> None:
    nodes, found = parse(Source("x.yaml", "a: 1\nb: 2\na: 3\n"))

    assert [plain(node) for node in nodes] == [{"a": 1, "b": 2}]
    assert [(problem.message, problem.span) for problem in found] == [
        ("duplicate key 'a', first on line 1", Span(3, 1, 3, 2))
    ]


@pytest.mark.parametrize("opening", ["[", "{a: "])
def test_a_hundred_levels_are_read_and_one_more_is_refused(opening: str) -> None:
    closing = {"[": "]", "{a: ": "}"}[opening]

    assert len(read(opening * 100 + closing * 100)) == 1
    column = len(opening) * 100 + 1
    assert refused(opening * 101) == [("too-deep", Span(1, column, 1, column + 1))]


def test_levels_are_counted_through_aliases() -> None:
    """Whatever walks the nodes recurses as deep as they are."""
    lines = [f"a{i}: &a{i} {'[' * 60}{f'*a{i - 1}' if i else ''}{']' * 60}" for i in range(30)]

    assert [code for code, _ in refused("\n".join(lines))] == ["too-deep"]


def test_the_values_behind_an_alias_count_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_NODES", 12)
    # The list and its a: 2; four aliases of them: 8; the list around all: 1; and one more.
    assert len(read("[&x [a], *x, *x, *x, *x]")) == 1
    assert len(read("[&x [a], *x, *x, *x, *x, b]")) == 1
    assert refused("[&x [a], *x, *x, *x, *x, b, c]") == [("too-large", Span(1, 29, 1, 30))]


def test_values_are_counted_for_each_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_NODES", 2)

    assert len(read("[a]\n--- [b]\n")) == 2


def test_a_hundred_thousand_values_are_read_and_one_more_is_refused() -> None:
    assert len(read("[" + "a," * 99_999 + "]")) == 1
    assert [code for code, _ in refused("[" + "a," * 100_000 + "]")] == ["too-large"]


@pytest.mark.parametrize("character", ["a", "ä", "順", "\N{KEY}"])
def test_a_mebibyte_of_text_is_read_and_a_byte_more_is_refused(character: str) -> None:
    width = len(character.encode())
    text = "# " + character * ((MAX_BYTES - 2) // width)
    text += "#" * (MAX_BYTES - len(text.encode()))

    assert read(text) == []
    assert refused(text + "#") == [("too-large", None)]


def test_a_mebibyte_of_bytes_is_decoded_and_one_more_is_refused() -> None:
    assert decode(b"#" * MAX_BYTES, "x.yaml") == ("#" * MAX_BYTES, [])
    assert decode(b"#" * (MAX_BYTES + 1), "x.yaml") == (
        "",
        [
            Diagnostic(
                code="too-large",
                message="the file must have at most 1,048,576 bytes (1 MiB), got 1,048,577",
                source=Source("x.yaml", ""),
                help="check that this is the right file: a manifest describes one table",
            )
        ],
    )


def test_invalid_utf_8_is_reported_with_its_line() -> None:
    text, (found,) = decode(b"a\nb\n\xe4", "x.yaml")

    assert text == ""
    assert found.message == "the file is not UTF-8: line 3 contains the byte 0xe4"


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("a: \x00", Span(1, 4, 1, 5)),
        ("\ufeffa: \x1b", Span(1, 4, 1, 5)),
        ("a\r\nb\x85c: \x7f", Span(3, 4, 3, 5)),
        ("\udc80", Span(1, 1, 1, 2)),
        ("\ufffe", Span(1, 1, 1, 2)),
    ],
)
def test_characters_that_yaml_does_not_allow_are_reported_at_their_position(
    text: str, at: Span
) -> None:
    assert refused(text) == [("yaml-syntax", at)]


@pytest.mark.parametrize("case", cases(REJECT) + cases(ACCEPT), ids=case_id)
def test_both_parsers_read_the_same(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source(case.name, case.read_bytes().decode("utf-8", "replace"))
    monkeypatch.setattr(document, "_LOADER", C_PARSER)
    nodes, found = parse(source)
    monkeypatch.setattr(document, "_LOADER", yaml.BaseLoader)
    python_nodes, python_found = parse(source)

    assert [list(places(node)) for node in python_nodes] == [list(places(node)) for node in nodes]
    # Their sentences on broken syntax differ, and now and then the place.
    assert [_comparable(problem) for problem in python_found] == [
        _comparable(problem) for problem in found
    ]


def _comparable(problem: Diagnostic) -> Any:
    return problem.code if problem.code == "yaml-syntax" else problem


def test_an_alias_as_a_key_has_the_path_of_its_place() -> None:
    ((node,), _) = parse(Source("x.yaml", "a: &name b\n*name : {c: 1}\n"))
    assert isinstance(node, Mapping)
    (_, (key, value)) = node.entries
    assert isinstance(value, Mapping)

    assert (key.written, path_of(key.origin)) == ("b", "b")
    assert path_of(value.entries[0][0].origin) == "b.c"


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.text(st.sampled_from("ab \n\t-:?[]{},&*!|>'\"#%@`~<=.0\ufeff\r\x85順"), max_size=30))
def test_any_text_is_read_or_refused_at_a_position_inside_it(text: str) -> None:
    source = Source("x.yaml", text)
    # The parser sees a line break at the end of every text.
    lines = [*source.lines(), ""]
    nodes, found = parse(source)

    spans = [problem.span for problem in found if problem.span] + [span(node) for node in nodes]
    assert all(1 <= at.line <= at.end_line <= len(lines) for at in spans)
    assert all(at.column <= len(lines[at.line - 1]) + 1 for at in spans)


def test_a_json_surrogate_is_not_a_yaml_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    # PyYAML's own parser takes both halves for characters.
    monkeypatch.setattr(document, "_LOADER", C_PARSER)
    _, (problem,) = parse(Source("m.yaml", r'a: "\ud83d\ude00"'))

    assert (problem.code, problem.help) == (
        "yaml-syntax",
        "write the character itself: unlike JSON, YAML has no surrogate pairs",
    )
