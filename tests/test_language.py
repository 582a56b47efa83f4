"""Messages, docstrings, comments and test names use DynamoDB's, Pulumi's and Kubernetes' terms.

The list bans the private vocabulary that this project once had. A phrase is banned where it has a
plain equivalent; words that are also plain English, such as "text" or "given", are only banned in
the phrases in which they replaced a term.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent

PATHS = (
    "planton/account",
    "planton/adopt",
    "planton/changes",
    "planton/cli",
    "planton/controls",
    "planton/convert",
    "planton/diagnostics",
    "planton/dialects",
    "planton/document",
    "planton/explain",
    "planton/kratix",
    "planton/manifest",
    "planton/plan",
    "planton/reading",
    "planton/rehearsal",
    "planton/render",
    "planton/repository",
    "planton/resources",
    "planton/review",
    "planton/schema",
    "__main__.py",
    "tests",
    "tools/fields.py",
)
"""The files, and the folders with all files below them, that are checked."""

EXEMPT = (
    # It holds the banned phrases.
    "tests/test_language.py",
)
"""Files below PATHS of which only the test names are checked."""

BANNED = {
    # Terms of DynamoDB, Pulumi and Kubernetes.
    r"\bexpir(?:y|ies)\b|\bexpires? by it\b": "TTL, or expiration time",
    r"\banew\b": "recreated, or replaced",
    r"\bconsent(?:s|ed)?\b": "allow",
    r"\b(?:bought|buys? capacity)\b": "provisioned",
    r"\b(?:dearer|paid for)\b": "more expensive, or billed",
    r"\bresources? of (?:its|their) own\b": "standalone resource",
    r"\bof (?:its|their|your|our) own\b": "its own …",
    r"\b(?:not|no longer) carried\b|\blosses\b": "unsupported",
    r"\bcarried out\b": "handled, or applied",
    r"\bliving tables?\b": "existing table",
    r"\bkeys? that AWS owns\b": "AWS owned key",
    r"\bis watched\b|\binsights watch\b": "is monitored, or monitor",
    # Types of values.
    r"\bwhole numbers?\b": "integer",
    r"\bmust be text\b|\bthe text '|\b(?:decimal|YAML) text\b": "string",
    # Patterns of messages.
    r"\bmust (?:be|have|hold) [^;:]*?, (?:is|has) (?:\{|[A-Z0-9'])": "must be …, got …",
    r"\bmust be given\b": "is required",
    r"\bmust be from\b": "must be between … and …",
    r"\bis given(?:,| as well| without)": "is set",
    r"\bgoes? with\b[^.;]*\bonly\b": "is only allowed with …",
    r"\bmay hold\b": "may contain",
    r"\bstands? (?:twice|\{|under|outside|beside|below|here)": "is set, listed or used twice",
    r"\bin line \{": "on line …",
    r"\bis no (?:name|action|key|text)\b": "is not a …",
    r"\bis not known\b": "unknown …",
    r"\bknown here\b": "allowed here",
    r"\bsays? the same\b": "are the same setting, or field",
    r"\bnames nobody\b": "is empty",
    r"\bthat there (?:is|are) not\b": "is not a valid …, or does not exist",
    # Other words with a plain equivalent.
    r"\bmend(?:s|ed|ing)?\b|\bhow to go on\b": "fix",
    r"\bregrets?\b": "problem",
    r"\bmisspelt\b": "misspelled",
    r"\b(?:nobody|somebody)\b": "say who: the user, AWS, another check",
    r"\btaken out\b": "removed",
    r"\blooked into\b": "read",
    r"\bheld against\b": "checked against",
    r"\bbrought to\b": "converted to",
    r"\bwhatever lies around\b|\blies? side by side\b": "say where it comes from",
    r"\bwhat becomes of\b": "what happens to",
}
"""Regular expressions for phrases, and what to write instead."""

BANNED_IN_NAMES = {
    r"\bliving\b": "existing",
    r"\bmade\b": "created",
    r"\bsaid\b|\btold\b": "reported, named or shown",
    r"\bgiven\b": "set, named or passed",
    r"\bcarried\b": "rendered, or supported",
    r"\bby hand\b": "outside pulumi, or manually",
    r"\bcomes? and go(?:es)?\b": "is created and deleted",
    r"\bin the dark\b": "say what happens",
    r"\bthat (?:there (?:is|are)|(?:is|are) not there)\b": "existing, or missing",
}
"""The same for names of tests, where words that are plain in a sentence stand for a term."""

MAX_NAME = 72

_BANNED = [(re.compile(pattern, re.IGNORECASE), instead) for pattern, instead in BANNED.items()]
_BANNED_IN_NAMES = [
    *_BANNED,
    *((re.compile(pattern), instead) for pattern, instead in BANNED_IN_NAMES.items()),
]


_TEST = re.compile(r"^\s*def (test_\w+)")


class Text(NamedTuple):
    """A string literal, docstring or comment, and its first line in the file."""

    line: int
    text: str


def texts(source: str) -> Iterator[Text]:
    """Every string literal, docstring and comment; values of an f-string are in braces.

    Strings without a space are skipped: they are names, keys and patterns.
    """
    tree = ast.parse(source)
    inner = {
        id(value)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for value in node.values
    }
    for node in ast.walk(tree):
        text = ""
        if isinstance(node, ast.JoinedStr):
            text = "".join(map(_shown, node.values))
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner
        ):
            text = node.value
        if " " in text:
            assert isinstance(node, ast.expr)
            yield Text(node.lineno, text)
    # Comments on consecutive lines are one text.
    block: list[Text] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            block.append(Text(token.start[0], token.string.lstrip("# ")))
        elif token.type != tokenize.NL and block:
            yield Text(block[0].line, " ".join(comment.text for comment in block))
            block = []


def _shown(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    return f"{{{ast.unparse(part.value)}}}"


def findings(name: str, source: str) -> Iterator[str]:
    """The file, line and phrase of each banned phrase, and what to write instead."""
    for line, text in texts(source):
        flat = " ".join(text.split())
        for pattern, instead in _BANNED:
            for match in pattern.finditer(flat):
                yield f"{name}:{line}: {match[0]!r}: write: {instead}"


def name_findings(name: str, source: str) -> Iterator[str]:
    """The same for the names of test functions, and those that are longer than MAX_NAME."""
    for line, text in enumerate(source.splitlines(), start=1):
        for test in _TEST.findall(text):
            if len(test) > MAX_NAME:
                yield f"{name}:{line}: {test}: {len(test)} characters, not {MAX_NAME}"
            words = test.removeprefix("test_").replace("_", " ")
            for pattern, instead in _BANNED_IN_NAMES:
                for match in pattern.finditer(words):
                    yield f"{name}:{line}: {test}: {match[0]!r}: write: {instead}"


def files() -> list[Path]:
    """The Python files of PATHS."""
    found: list[Path] = []
    for path in (ROOT / name for name in PATHS):
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return found


def test_texts_use_the_fields_own_terms() -> None:
    found = [
        finding
        for file in files()
        if (name := file.relative_to(ROOT).as_posix()) not in EXEMPT
        for finding in findings(name, file.read_text(encoding="utf-8"))
    ]
    assert not found, "\n" + "\n".join(found)


def test_test_names_are_short_and_use_the_fields_own_terms() -> None:
    found = [
        finding
        for file in files()
        for finding in name_findings(
            file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")
        )
    ]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("test_no_consent_makes_it_anew", "'anew'"),
        ("test_a_living_table_stays", "'living'"),
        ("test_what_is_lost_is_said", "'said'"),
        ("test_a_resource_of_its_own_stays", "'resource of its own'"),
        (f"test_{'a' * 68}", "73 characters, not 72"),
    ],
)
def test_a_long_name_or_a_banned_word_in_a_test_name_is_found(name: str, finding: str) -> None:
    found = list(name_findings("x.py", f"class A:\n    def {name}(self): ..."))
    assert any(one.startswith(f"x.py:2: {name}: {finding}") for one in found)


def test_other_functions_and_plain_names_are_not_found() -> None:
    source = "def made_anew(): ...\ndef test_a_key_change_is_refused_unless_it_is_allowed(): ..."
    assert list(name_findings("x.py", source)) == []


def test_every_exempt_file_exists_and_needs_its_exemption() -> None:
    for name in EXEMPT:
        assert list(findings(name, (ROOT / name).read_text(encoding="utf-8"))), name


def test_every_path_has_files() -> None:
    for name in PATHS:
        path = ROOT / name
        assert path.is_file() or list(path.rglob("*.py")), name


@pytest.mark.parametrize(
    ("source", "finding"),
    [
        ('raise ValueError("the table is\\n made anew")', "x.py:1: 'anew'"),
        ('def f():\n    """Says\n    how to mend it."""\n', "x.py:2: 'mend'"),
        ('x = f"{name} must be a list, is {kind}"', "x.py:1: 'must be a list, is {'"),
        ('x = (\n    "it must "\n    f"be given {y}"\n)', "x.py:2: 'must be given'"),
        ("x = 1\n# the number is a whole\n# number\n", "x.py:2: 'whole number'"),
        ("x = 1  # Nobody reads it.", "x.py:1: 'Nobody'"),
    ],
)
def test_a_banned_phrase_is_found_in_strings_docstrings_and_comments(
    source: str, finding: str
) -> None:
    (found,) = findings("x.py", source)
    assert found.startswith(f"{finding}: write: ")


@pytest.mark.parametrize(
    "source",
    [
        'x = "attributeName must be a string, got {kind}"',
        "x = {'whole_number': 'anew'}",
        "made_anew = mend(nobody)",
        'x = f"{nobody}"',
    ],
)
def test_names_and_plain_sentences_are_not_found(source: str) -> None:
    assert list(findings("x.py", source)) == []
