"""Warnings can be ignored, errors cannot; one list says which codes are warnings."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from planton.cli.parser import main
from planton.diagnostics.diagnostic import ManifestError
from planton.diagnostics.warning_codes import WARNINGS, not_a_warning
from planton.dialects.annotations import IGNORE_WARNINGS
from planton.manifest.checking.type_check import MAX_FINDINGS
from planton.reading.stack_input import load as load_input
from planton.schema.manifest_schema import schema
from tests.corpus import ACCEPT, REJECT, cases, code, examine, expected_text
from tests.loading import NOW, load
from tests.test_codes import spellings

MANIFEST = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata:
  name: orders
  annotations: {dynamodb.project-planton.org/ignore-warnings: "empty-value , ttl-type"}
spec:
  billingMode: PAY_PER_REQUEST
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
  ttl: {enabled: true, attributeName: pk}
  region:
"""
LOUD = MANIFEST.replace("annotations", "labels")
NOT_OF_VALIDATE = {"not-carried", "policy-other-table", "schedule-over"}
"""Warnings about what is rendered, about requests, and about what is over."""


def test_every_warning_has_a_case_and_nothing_else_is_a_warning() -> None:
    found = {(d.code, d.severity) for c in cases(REJECT) + cases(ACCEPT) for d in examine(c)[1]}
    warnings = {code for code, severity in found if severity == "warning"}

    assert warnings == set(WARNINGS) - NOT_OF_VALIDATE
    assert {code for code, severity in found if severity == "error"} & set(WARNINGS) == set()


def test_a_code_that_is_not_a_warning_differs_from_a_misspelled_one() -> None:
    assert not_a_warning("ttl-type") is None
    assert not_a_warning("ttltype") == (
        "'ttltype' is not a warning code",
        "did you mean 'ttl-type'?",
    )
    assert not_a_warning("enum") == (
        "'enum' is not a warning code",
        f"the warning codes are {', '.join(WARNINGS)}",
    )


def test_a_manifest_is_loaded_without_the_warnings_that_it_ignores() -> None:
    assert [d.code for d in load(LOUD, filename="a").warnings] == ["empty-value", "ttl-type"]
    assert load(MANIFEST, filename="a").warnings == ()
    assert load(MANIFEST.replace("empty-value , ", ""), filename="a").warnings[0].code == (
        "empty-value"
    )


def test_the_program_receives_no_ignored_warning() -> None:
    """What `pulumi up` logs and a rehearsal prints."""
    wrapped = "other: 1\ntarget:\n" + "".join(f"  {line}\n" for line in MANIFEST.splitlines())
    environ = {"AWS_REGION": "eu-central-1", "STACK_INPUT_YAML": wrapped}

    def no_config(_: str) -> None:
        return None

    loaded = load_input(no_config, environ, now=NOW)
    assert [d.code for d in loaded.warnings] == ["ignored-key"]
    environ["STACK_INPUT_YAML"] = wrapped.replace("empty-value", "empty-value, ignored-key")
    assert load_input(no_config, environ, now=NOW).warnings == ()


@pytest.mark.parametrize("command", ["validate", "plan", "diff"])
def test_no_command_shows_ignored_warnings(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("old.yaml", "new.yaml") if command == "diff" else ("new.yaml",)
    files = [str(tmp_path / name) for name in names]
    for file in files:
        Path(file).write_text(LOUD)
    assert main([command, *files]) == 0
    captured = capsys.readouterr()
    assert (captured.out + captured.err).count("warning[") == 2 * len(files)
    for file in files:
        Path(file).write_text(MANIFEST)
    assert main([command, *files]) == 0
    captured = capsys.readouterr()
    assert "warning" not in captured.out + captured.err


LOUD_CASES = {code(case): case for case in cases(ACCEPT) if expected_text(case)}
"""For each warning a manifest that is accepted with it."""


@pytest.mark.parametrize("warning", sorted(set(WARNINGS) - NOT_OF_VALIDATE))
def test_a_run_ignores_a_warning_in_either_spelling(
    warning: str, capsys: pytest.CaptureFixture[str]
) -> None:
    case = str(LOUD_CASES[warning])

    assert main(["validate", case, "--strict"]) == 1
    for spelling in spellings(warning):
        assert main(["validate", case, "--strict", "--ignore", spelling]) == 0
    assert capsys.readouterr().out.count(f"warning[{warning}]") >= 1


def test_the_schema_allows_a_warning_in_either_spelling() -> None:
    annotations = {"$ref": "#/$defs/Annotations", "$defs": schema()["$defs"]}
    validator = Draft202012Validator(annotations)

    for warning in WARNINGS:
        assert [validator.is_valid({IGNORE_WARNINGS: s}) for s in spellings(warning)] == [True] * 2
    assert not validator.is_valid({IGNORE_WARNINGS: "enum"})


def test_only_a_limited_number_of_codes_is_checked() -> None:
    many = ",".join(f"c{number}" for number in range(100_000))

    with pytest.raises(ManifestError) as refused:
        load(MANIFEST.replace("empty-value ", many), filename="a")

    assert [d.code for d in refused.value.diagnostics].count("ignore-warnings") == MAX_FINDINGS


def test_a_duplicate_code_counts_once() -> None:
    with pytest.raises(ManifestError) as refused:
        load(MANIFEST.replace("empty-value ", "x,x,ttl-type"), filename="a")

    codes = [d.code for d in refused.value.diagnostics]
    assert sorted(codes) == ["empty-value", "ignore-warnings"]


def test_a_manifest_with_errors_ignores_its_warnings_too() -> None:
    with pytest.raises(ManifestError) as refused:
        load(MANIFEST.replace("PAY_PER_REQUEST", "PAY"), filename="a")

    assert [d.code for d in refused.value.diagnostics] == ["enum"]
