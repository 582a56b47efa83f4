"""Requests to a Kratix platform, with the field names of a request. Cases: `requests/`."""

from __future__ import annotations

from pathlib import Path

import pytest

from planton.cli.diff import diff_command
from planton.dialects.request_field import RequestFields
from planton.dialects.request_fields import SPEC
from planton.manifest.shape import fields
from planton.manifest.spec import Spec
from tests.corpus import REQUESTS, case_id, cases, code, examine, expected_text, text
from tools.docs import REQUEST_FIELDS
from tools.request_fields import module

ACCEPT, REJECT = REQUESTS["accept"], REQUESTS["reject"]
refused = pytest.mark.parametrize("case", cases(REJECT), ids=case_id)
accepted = pytest.mark.parametrize("case", cases(ACCEPT), ids=case_id)


@refused
def test_a_refused_request_has_only_the_code_of_its_folder(case: Path) -> None:
    manifest, found = examine(case)

    assert manifest is None
    assert {(diagnostic.code, diagnostic.severity) for diagnostic in found} == {
        (code(case), "error")
    }
    assert text(found) == expected_text(case)


@accepted
def test_an_accepted_request_has_no_findings(case: Path) -> None:
    manifest, found = examine(case)

    assert manifest is not None
    assert text(found) == expected_text(case) == ""


@refused
def test_messages_about_a_request_use_the_names_of_its_fields(case: Path) -> None:
    shown = [line for line in expected_text(case).splitlines() if " | " not in line]
    quoted = case.read_text(encoding="utf-8")
    ours = [word for word in _renamed(SPEC) if any(word in line for line in shown)]

    assert [word for word in ours if word not in quoted] == []


def _renamed(names: RequestFields) -> dict[str, str]:
    """The fields that have another name in a request than in a manifest."""
    found = {field.today: name for name, field in names.items() if field.today != name}
    return found | {k: v for f in names.values() if f.below for k, v in _renamed(f.below).items()}


def test_the_fields_of_a_request_are_those_of_the_models() -> None:
    assert REQUEST_FIELDS.read_text(encoding="utf-8") == module(), "run ./dev docs"


def test_a_manifest_has_every_field_of_a_request() -> None:
    assert {field.today for field in SPEC.values()} - set(fields(Spec)) == set()


def test_commands_that_cannot_deploy_a_request_refuse_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    request = str(cases(REQUESTS["accept"])[0])
    status = diff_command(request, request, b"", "text")

    out, err = capsys.readouterr()
    assert (status, out) == (1, "")
    assert "DynamoDBRequest" in err
