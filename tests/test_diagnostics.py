"""A finding as text and as data, and what of the input is never shown."""

import json

import pytest

from planton.diagnostics.diagnostic import (
    MAX_SHOWN,
    Diagnostic,
    ManifestError,
    Source,
    Span,
    did_you_mean,
    one_of,
    printable,
    quote,
    render,
)

TEXT = "spec:\n  keySchema:\n    - attributeName: sk\n"


def finding(
    text: str = TEXT, span: Span | None = None, *, source: Source | None = None, path: str = ""
) -> Diagnostic:
    return Diagnostic(
        code="name",
        message="message",
        source=source or Source("x.yaml", text),
        span=span,
        path=path,
    )


def excerpt(text: str, span: Span) -> list[str]:
    """The source line and the line with carets, without their margin."""
    return [line.partition(" | ")[2] for line in finding(text, span).text().splitlines()[1:]]


def test_a_finding_shows_position_line_caret_path_and_help() -> None:
    diagnostic = Diagnostic(
        code="unknown-key",
        message="key attribute 'sk' is not in attributeDefinitions (pk)",
        source=Source("hack/manifest.yaml", TEXT),
        span=Span(3, 22, 3, 24),
        path="spec.keySchema[0].attributeName",
        help="add {name: sk, type: S} to spec.attributeDefinitions",
    )

    assert diagnostic.text() == (
        "hack/manifest.yaml:3:22: error[unknown-key]: key attribute 'sk' is not in "
        "attributeDefinitions (pk)\n"
        "    3 |     - attributeName: sk\n"
        "      |                      ^^\n"
        "  spec.keySchema[0].attributeName\n"
        "  help: add {name: sk, type: S} to spec.attributeDefinitions"
    )


def test_a_finding_without_a_position_is_one_line() -> None:
    assert finding().text() == "x.yaml: error[name]: message"


def test_a_finding_as_data_has_every_field() -> None:
    assert finding(span=Span(2, 3, 3, 24), path="spec.keySchema").data() == {
        "severity": "error",
        "code": "name",
        "message": "message",
        "path": "spec.keySchema",
        "line": 2,
        "column": 3,
        "endLine": 3,
        "endColumn": 24,
        "help": "",
    }


def test_a_source_without_positions_shows_name_and_path_only() -> None:
    source = Source("config manifest", TEXT, positions=False)
    diagnostic = finding(source=source, span=Span(3, 22, 3, 24), path="spec.keySchema")

    assert diagnostic.text() == "config manifest: error[name]: message\n  spec.keySchema"
    assert {diagnostic.data()[key] for key in ("line", "column", "endLine", "endColumn")} == {None}


@pytest.mark.parametrize("hidden", [frozenset({3}), None])
def test_a_hidden_line_is_not_shown(hidden: frozenset[int] | None) -> None:
    source = Source("x.yaml", TEXT, hidden=hidden)

    assert (
        finding(source=source, span=Span(3, 22, 3, 24)).text()
        == "x.yaml:3:22: error[name]: message"
    )


def test_the_lines_beside_a_hidden_one_are_shown() -> None:
    source = Source("x.yaml", TEXT, hidden=frozenset({1, 3}))

    assert "keySchema" in finding(source=source, span=Span(2, 3, 2, 4)).text()


def test_the_repr_of_a_source_does_not_show_its_text() -> None:
    assert repr(Source("x.yaml", "secret")) == (
        "Source(name='x.yaml', positions=True, hidden=frozenset())"
    )


@pytest.mark.parametrize(
    ("text", "span", "shown"),
    [
        ("a: b", Span(1, 4, 1, 5), ["a: b", "   ^"]),
        ("a: b", Span(1, 4, 1, 4), ["a: b", "   ^"]),
        ("a: ", Span(1, 4, 1, 5), ["a:", "   ^"]),
        ("a: b c\nd", Span(1, 4, 2, 2), ["a: b c", "   ^"]),
        ("a: bc  \nd", Span(1, 4, 2, 2), ["a: bc", "   ^^"]),
        ("a:  \nd", Span(1, 3, 2, 2), ["a:", "  ^"]),
        ("a: |\n  b\n", Span(1, 4, 3, 1), ["a: |", "   ^"]),
        ("{順序: b}", Span(1, 6, 1, 7), ["{順序: b}", "       ^"]),
        ("{順序: b}", Span(1, 2, 1, 4), ["{順序: b}", " ^^^^"]),
        ("e\u0301: b", Span(1, 5, 1, 6), ["e\u0301: b", "   ^"]),
        ("\ta", Span(1, 2, 1, 3), [" a", " ^"]),
        ("\x1b[1ma", Span(1, 5, 1, 6), ["\\x1b[1ma", "       ^"]),
        ("\u202eab", Span(1, 1, 1, 3), ["\\u202eab", "^^^^^^^"]),
        ("", Span(1, 1, 1, 2), ["", "^"]),
        ("a\n", Span(5, 1, 5, 2), []),
    ],
)
def test_the_caret_is_under_the_value(text: str, span: Span, shown: list[str]) -> None:
    assert excerpt(text, span) == shown


@pytest.mark.parametrize(
    ("length", "start", "end", "line", "caret"),
    [
        (100, 91, 101, "1234567890" * 10, " " * 90 + "^" * 10),
        (120, 11, 21, "1234567890" * 10 + "…", " " * 10 + "^" * 10),
        (120, 51, 121, "1234567890" * 10 + "…", " " * 50 + "^" * 50),
        (120, 101, 111, "…" + "1234567890" * 7, " " * 51 + "^" * 10),
        (400, 301, 311, "…" + "1234567890" * 10 + "…", " " * 51 + "^" * 10),
    ],
)
def test_a_long_line_is_cut_around_the_position(
    length: int, start: int, end: int, line: str, caret: str
) -> None:
    text = "1234567890" * (length // 10)

    assert excerpt(text, Span(1, start, 1, end)) == [line, caret]


@pytest.mark.parametrize(
    "hostile", ["\x1b]0;title\x07", "\x9b31m", "\u202egnol", "a\nb", "\r", "\x00"]
)
def test_control_characters_are_printed_escaped(hostile: str) -> None:
    """Names of files and keys are the user's, and someone else may have chosen them."""
    source = Source(f"{hostile}.yaml", f"{hostile}: 1")
    diagnostic = Diagnostic(
        code="unknown-key",
        message=f"unknown key {quote(hostile)}",
        source=source,
        span=Span(1, 1, 1, 2),
        path=hostile,
    )

    assert all(line.isprintable() for line in diagnostic.text().split("\n"))
    assert diagnostic.text().count("\n") == 3


def test_a_hostile_path_is_cut() -> None:
    assert len(finding(path="spec." + "k" * 100_000).text()) < 1000


def test_findings_are_shown_in_the_order_of_their_positions() -> None:
    second, first = finding(span=Span(2, 3, 2, 4)), finding(span=Span(1, 5, 1, 6))
    nowhere = finding()

    assert render([second, nowhere, first]) == "\n\n".join(
        [nowhere.text(), first.text(), second.text()]
    )


def test_a_hundred_findings_are_shown_and_the_rest_counted() -> None:
    findings = [finding(span=Span(1, 1, 1, column)) for column in range(2, MAX_SHOWN + 4)]

    assert render(findings[:MAX_SHOWN]).count("error[name]") == MAX_SHOWN
    assert "more" not in render(findings[:MAX_SHOWN])
    assert render(findings).count("error[name]") == MAX_SHOWN
    assert render(findings).endswith("\n\n… and 2 more")


def test_the_exception_contains_every_finding_and_shows_them() -> None:
    findings = [finding(span=Span(2, 1, 2, 2)), finding(span=Span(1, 1, 1, 2))]
    error = ManifestError(iter(findings))

    assert error.diagnostics == tuple(findings)
    assert str(error) == render(findings)


def test_printable_text_is_not_changed() -> None:
    assert printable("für 順序 \N{KEY}") == "für 順序 \N{KEY}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a", "'a'"),
        (5, "'5'"),
        ("a\nb", r"'a\nb'"),
        ("a" * 60, f"'{'a' * 60}'"),
        ("a" * 61, f"'{'a' * 59}…'"),
    ],
)
def test_a_quoted_value_stays_short_and_on_one_line(value: object, shown: str) -> None:
    assert quote(value) == shown


@pytest.mark.parametrize(
    ("values", "shown"),
    [(["a"], "'a'"), (["a", "b"], "'a' or 'b'"), (["a", "b", "c"], "'a', 'b' or 'c'")],
)
def test_a_choice_reads_as_a_sentence(values: list[str], shown: str) -> None:
    assert one_of(values) == shown


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("keyschema", "keySchema"),
        ("key_schema", "keySchema"),
        ("KEY-SCHEMA", "keySchema"),
        ("keySchemas", "keySchema"),
        ("tagz", "tags"),
        ("keys", None),
        ("", None),
        ("k" * 1_000_000, None),
    ],
)
def test_a_small_typo_gets_a_suggestion_and_other_words_do_not(
    word: str, meant: str | None
) -> None:
    assert did_you_mean(word, ["keySchema", "tags", "ttl"]) == meant


def test_the_data_of_a_finding_is_json() -> None:
    hostile = finding(path="\x1b")

    assert "\x1b" not in json.dumps(hostile.data())


def test_the_code_decides_the_severity_of_a_finding() -> None:
    source = Source("x.yaml", TEXT)

    assert Diagnostic(code="enum", message="m", source=source).severity == "error"
    assert Diagnostic(code="ttl-type", message="m", source=source).severity == "warning"


def test_a_finding_must_have_a_code_of_the_table() -> None:
    with pytest.raises(LookupError, match="'no-such-code' is not in the table"):
        Diagnostic(code="no-such-code", message="m", source=Source("x.yaml", TEXT))
