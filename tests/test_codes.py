"""The table of codes is that of the files that explain them, and those files have one form."""

from __future__ import annotations

import re

import pytest

from planton.diagnostics.codes import CODES, SUBJECTS, current_spelling, look_up
from planton.explain.catalogue import FOLDER
from planton.explain.markdown import FormError, parse
from planton.manifest.rules.rule import rule
from tests.conftest import ROOT
from tests.test_language import findings
from tools import code_table

FILE = """\
---
severity: error
title: The table has no key
---

## Why

Every item is found
by its key.

A key is fixed.

## Bad

```yaml
spec:
  keySchema: []
```

## Good

```yaml
spec: {}
```

## Source

- the manifest's contract: keys
- [DynamoDB API Reference: CreateTable](https://docs.aws.amazon.com/CreateTable.html)
"""


def test_the_table_is_up_to_date() -> None:
    assert code_table.MODULE.read_text(encoding="utf-8") == code_table.module(), "run ./dev docs"


def spellings(code: str) -> tuple[str, str]:
    """The two ways in which a user may write a code."""
    return code.replace("_", "-"), code.replace("-", "_")


def test_a_code_has_two_spellings_and_no_other() -> None:
    for code in CODES:
        assert {current_spelling(spelling) for spelling in (code, *spellings(code))} == {code}
        assert current_spelling(f"{code}s") == f"{code}s"
        assert current_spelling(code.upper()) == code.upper()


def test_a_code_is_words_joined_by_hyphens() -> None:
    assert [c for c in CODES if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", c)] == []


def test_every_file_of_the_folder_explains_a_code_of_its_subject() -> None:
    shown = {f"{facts.subject}/{code}.md" for code, facts in CODES.items()}

    assert {
        f"{folder.name}/{file.name}" for folder in FOLDER.iterdir() for file in folder.iterdir()
    } == shown


def test_every_subject_has_codes() -> None:
    assert list(dict.fromkeys(facts.subject for facts in CODES.values())) == list(SUBJECTS)


def test_no_two_codes_have_the_same_title() -> None:
    assert len({facts.title for facts in CODES.values()}) == len(CODES)


def test_an_unknown_code_is_an_error_that_names_the_missing_file() -> None:
    with pytest.raises(LookupError, match=r"'no-such-code' .*/SUBJECT/no-such-code\.md, run"):
        look_up("no-such-code")


def test_a_file_is_parsed_into_its_facts_and_sections() -> None:
    explanation = parse("key", FILE)

    assert (explanation.code, explanation.severity) == ("key", "error")
    assert explanation.title == "The table has no key"
    assert explanation.why == "Every item is found by its key.\n\nA key is fixed."
    assert (explanation.bad, explanation.good) == ("spec:\n  keySchema: []\n", "spec: {}\n")
    assert explanation.form == "yaml"
    assert [(source.name, source.url) for source in explanation.sources] == [
        ("the manifest's contract: keys", ""),
        (
            "DynamoDB API Reference: CreateTable",
            "https://docs.aws.amazon.com/CreateTable.html",
        ),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("---\nseverity", "severity", "expected facts between two lines of ---"),
        ("severity: error\n", "", "expected the facts severity and title"),
        ("title: The table has no key\n", "title: Keys\nid: key\n", "expected the facts"),
        ("severity: error\ntitle: The table has no key", "a", "expected the facts"),
        ("title: The table", "title: Key: the table", "the facts are not YAML: mapping values"),
        ("title: The table has no key", "title: 5", "the title must be a string"),
        ("severity: error", "severity: fatal", "the severity must be error or warning"),
        ("## Why", "A text.\n\n## Why", "expected the sections Why, Bad, Good, Source"),
        ("## Good", "## Right", "expected the sections"),
        ("## Source", "## Source\n\n## Source", "expected the sections"),
        ("```yaml\nspec: {}\n```", "spec: {}", "Good must be one fenced block, marked yaml"),
        ("```yaml\nspec: {}", "```\nspec: {}", "Good must be one fenced block"),
        ("```yaml\nspec: {}", "```json\n{}", "Good must be one fenced block"),
        ("## Good", "More.\n\n## Good", "Bad must be one fenced block"),
        ("```yaml\nspec: {}", "```text\nspec: {}", "must both be yaml or both be text"),
        ("- the manifest's", "the manifest's", 'got "the manifest\'s contract: keys"'),
        ("(https://", "(http://", "expected a name or a link, got '- [DynamoDB"),
    ],
)
def test_a_malformed_file_is_an_error(old: str, new: str, message: str) -> None:
    assert FILE.count(old) == 1

    with pytest.raises(FormError, match=f"^key: .*{re.escape(message)}"):
        parse("key", FILE.replace(old, new))


@pytest.mark.parametrize("code", CODES)
def test_the_file_of_a_code_uses_the_fields_own_terms(code: str) -> None:
    file = FOLDER / CODES[code].subject / f"{code}.md"

    assert list(findings(file.name, repr(file.read_text(encoding="utf-8")))) == []


def test_the_files_are_part_of_the_package() -> None:
    """The package data of the build; a checkout has the files anyway."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (pattern,) = re.findall(r'^"planton\.explain" = \["(.*)"\]$', text, re.M)

    assert len(list((ROOT / "planton" / "explain").glob(pattern))) == len(CODES)


def test_a_rule_must_have_a_code_of_the_table() -> None:
    with pytest.raises(LookupError, match="'no-such-code' is not in the table"):
        rule("no-such-code", "keySchema")(lambda _: iter(()))
