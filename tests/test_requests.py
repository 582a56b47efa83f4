"""Requests to a Kratix platform, in the words of who writes them. Their cases: `requests/`."""

from __future__ import annotations

from pathlib import Path

import pytest

from planton.cli.diff import diff_command
from planton.dialects.request_field import RequestFields
from planton.dialects.request_fields import SPEC
from planton.manifest.shape import fields
from planton.manifest.spec import Spec
from tests.corpus import REQUESTS, case_id, cases, code, examine, kept, text
from tools.docs import REQUEST_FIELDS
from tools.request_fields import module

ACCEPT, REJECT = REQUESTS["accept"], REQUESTS["reject"]
refused = pytest.mark.parametrize("case", cases(REJECT), ids=case_id)
accepted = pytest.mark.parametrize("case", cases(ACCEPT), ids=case_id)


@refused
def test_a_refused_request_fires_the_code_of_its_name_alone_as_the_text_says(case: Path) -> None:
    manifest, found = examine(case)

    assert manifest is None
    assert {(diagnostic.code, diagnostic.severity) for diagnostic in found} == {
        (code(case), "error")
    }
    assert text(found) == kept(case)


@accepted
def test_nothing_is_found_in_an_accepted_request(case: Path) -> None:
    manifest, found = examine(case)

    assert manifest is not None
    assert text(found) == kept(case) == ""


@refused
def test_no_message_has_a_manifests_word_for_what_a_request_calls_otherwise(case: Path) -> None:
    shown = [line for line in kept(case).splitlines() if " | " not in line]
    ours = [word for word in _renamed(SPEC) if any(word in line for line in shown)]

    assert ours == (["tableName"] if "manifests-key" in case.stem else [])


def _renamed(names: RequestFields) -> dict[str, str]:
    """The fields that a request calls otherwise than a manifest."""
    found = {field.today: name for name, field in names.items() if field.today != name}
    return found | {k: v for f in names.values() if f.below for k, v in _renamed(f.below).items()}


def test_the_fields_of_a_request_are_those_of_the_models() -> None:
    assert REQUEST_FIELDS.read_text(encoding="utf-8") == module(), "run ./dev docs"


def test_a_request_has_one_field_that_a_manifest_has_not() -> None:
    assert {field.today for field in SPEC.values()} - set(fields(Spec)) == {"deletionPolicy"}


def test_what_cannot_carry_a_request_out_refuses_it(capsys: pytest.CaptureFixture[str]) -> None:
    request = str(cases(REQUESTS["accept"])[0])
    status = diff_command(request, request, b"", "text")

    out, err = capsys.readouterr()
    assert (status, out) == (1, "")
    assert "DynamoDBRequest" in err
