"""Every code has its own case and a near miss, and every expected text is up to date."""

from pathlib import Path

import pytest

from planton.diagnostics.codes import CODES
from tests.corpus import ACCEPT, REJECT, case_id, cases, code, examine, expected_text, text

SEVERAL = "several"
ELSEWHERE = {
    "control-failed", "unresolved-reference",
    "grants-need-account", "no-input", "no-region", "not-carried", "schedule-over", "unreadable",
    # Of the stack's config and several manifests: test_program_input.
    "invalid-config", "several-inputs", "shared-name",
    # Of templates and states, not of manifests: tests/adopt.
    "incomplete-table", "json-syntax", "no-table", "unknown-parameter", "unknown-source",
    # Of planton.yaml: tests/test_organization_files.py.
    "default-value", "duplicate-rule", "rules-loosened", "severity-override", "unusable-rule",
    # Of requests: test_requests.
    "policy-other-table", "replica-difference",
}  # fmt: skip
"""Codes that no file can hold a case of: test_controls, test_stack_input, test_references
and test_schedules_over have them."""

every_case = pytest.mark.parametrize("case", cases(REJECT) + cases(ACCEPT), ids=case_id)
refused = pytest.mark.parametrize("case", cases(REJECT), ids=case_id)
accepted = pytest.mark.parametrize("case", cases(ACCEPT), ids=case_id)


@every_case
def test_the_findings_are_those_in_the_file_beside_the_case(case: Path) -> None:
    assert text(examine(case)[1]) == expected_text(case)


@refused
def test_a_refused_input_gives_no_manifest(case: Path) -> None:
    manifest, found = examine(case)

    assert manifest is None
    assert "error" in {diagnostic.severity for diagnostic in found}


@refused
def test_a_refused_input_has_only_the_code_of_its_folder(case: Path) -> None:
    found = {diagnostic.code for diagnostic in examine(case)[1]}

    assert found == {code(case)} or (code(case) == SEVERAL and len(found) > 1)


@accepted
def test_an_accepted_input_gives_a_manifest_and_at_most_warnings(case: Path) -> None:
    manifest, found = examine(case)

    assert manifest is not None
    assert {diagnostic.severity for diagnostic in found} <= {"warning"}


def test_every_code_of_the_program_has_a_case() -> None:
    firing = {code(case) for case in cases(REJECT)} | {
        code(case) for case in cases(ACCEPT) if {code(case)} == {d.code for d in examine(case)[1]}
    }

    assert firing - {SEVERAL} == set(CODES) - ELSEWHERE


def test_every_code_of_the_program_has_a_near_miss_without_findings() -> None:
    assert {code(case) for case in cases(ACCEPT) if not expected_text(case)} >= set(
        CODES
    ) - ELSEWHERE


def test_every_case_belongs_to_a_code() -> None:
    folders = {code(case) for case in cases(REJECT) + cases(ACCEPT)}

    assert folders - set(CODES) == {SEVERAL}


def test_every_expected_text_belongs_to_a_case() -> None:
    texts = {path.with_suffix(".yaml") for f in (REJECT, ACCEPT) for path in f.glob("*.txt")}

    assert texts <= set(cases(REJECT) + cases(ACCEPT))
