"""Every code has an input that fires it alone and a near miss, and every text is as it is kept."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import planton
from planton.manifest.rules.all_rules import RULES
from tests.corpus import ACCEPT, REJECT, case_id, cases, code, examine, kept, text

SEVERAL = "several"
ELSEWHERE = {"no-input", "no-region", "not-carried", "unreadable"}
"""Codes that no file can hold a case of: test_stack_input has them."""

REPORTERS = {
    "_error": 1,
    "_problem": 3,
    "_refuse": 0,
    "_report": 0,
    "matching": 2,
    "point": 2,
    "problem": 0,
    "refuse": 0,
    "report": 0,
}
"""Functions of the program that are given a code, and at which position."""

every_case = pytest.mark.parametrize("case", cases(REJECT) + cases(ACCEPT), ids=case_id)
refused = pytest.mark.parametrize("case", cases(REJECT), ids=case_id)
accepted = pytest.mark.parametrize("case", cases(ACCEPT), ids=case_id)


@every_case
def test_what_is_found_is_what_the_file_beside_the_case_says(case: Path) -> None:
    assert text(examine(case)[1]) == kept(case)


@refused
def test_a_refused_input_gives_no_manifest(case: Path) -> None:
    manifest, found = examine(case)

    assert manifest is None
    assert "error" in {diagnostic.severity for diagnostic in found}


@refused
def test_a_refused_input_fires_the_code_of_its_name_alone(case: Path) -> None:
    found = {diagnostic.code for diagnostic in examine(case)[1]}

    assert found == {code(case)} or (code(case) == SEVERAL and len(found) > 1)


@accepted
def test_an_accepted_input_gives_a_manifest_and_at_most_warnings(case: Path) -> None:
    manifest, found = examine(case)

    assert manifest is not None
    assert {diagnostic.severity for diagnostic in found} <= {"warning"}


def test_every_code_of_the_program_has_a_case_that_fires_it() -> None:
    firing = {code(case) for case in cases(REJECT)} | {
        code(case) for case in cases(ACCEPT) if {code(case)} == {d.code for d in examine(case)[1]}
    }

    assert firing - {SEVERAL} == set(codes()) - ELSEWHERE


def test_every_code_of_the_program_has_a_near_miss_that_finds_nothing() -> None:
    assert {code(case) for case in cases(ACCEPT) if not kept(case)} >= set(codes()) - ELSEWHERE


def test_every_kept_text_belongs_to_a_case() -> None:
    texts = {path.with_suffix(".yaml") for f in (REJECT, ACCEPT) for path in f.glob("*.txt")}

    assert texts <= set(cases(REJECT) + cases(ACCEPT))


def codes() -> Iterator[str]:
    """Every code that stands in the program's source."""
    yield from (rule.code for rule in RULES)
    for path in Path(planton.__path__[0]).rglob("*.py"):
        if not {"rehearsal", "resources"} & set(path.parts):
            yield from _codes(ast.parse(path.read_text(encoding="utf-8")))


def _codes(tree: ast.AST) -> Iterator[str]:
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = getattr(call.func, "id", None) or getattr(call.func, "attr", "")
        given = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
        if name in REPORTERS:
            given += call.args[REPORTERS[name] :][:1]
        yield from (str(c.value) for c in given if isinstance(c, ast.Constant))
