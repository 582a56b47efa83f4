"""Warnings can be ignored, errors cannot; what is which stands in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import planton
from planton.cli.parser import main
from planton.diagnostics.diagnostic import ManifestError
from planton.explain.catalogue import EXPLANATIONS
from planton.manifest.checking.types import MAX_FINDINGS
from planton.manifest.rules.all_rules import RULES
from planton.manifest.rules.warnings import WARNINGS, not_a_warning
from planton.reading.stack_input import load as load_input
from tests.corpus import ACCEPT, REJECT, cases, examine
from tests.loading import load
from tests.test_corpus import REPORTERS

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


def reported() -> Iterator[tuple[str, str]]:
    """Every code that the program's source reports as a warning, and where."""
    for path in Path(planton.__path__[0]).rglob("*.py"):
        if path.parent.name != "explain":
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call) and (code := _warned_of(call)):
                    yield code, f"{path.name}:{call.lineno}"


def _warned_of(call: ast.Call) -> str | None:
    """The code in a call that is given a code and the word warning."""
    given: dict[int | str, ast.expr] = dict(enumerate(call.args))
    given |= {str(keyword.arg): keyword.value for keyword in call.keywords}
    name = getattr(call.func, "id", "") or getattr(call.func, "attr", "")
    code = given.get("code") or given.get(REPORTERS.get(name, 0))
    words = [node.value for node in given.values() if isinstance(node, ast.Constant)]
    if "warning" not in words or not isinstance(code, ast.Constant) or code.value == "warning":
        return None
    return str(code.value)


def test_every_warning_of_the_program_can_be_ignored() -> None:
    missing = {code: where for code, where in reported() if code not in WARNINGS}

    assert missing == {}, "add them to planton.manifest.rules.warnings.BESIDE_RULES"


def test_every_code_that_can_be_ignored_is_reported_as_a_warning() -> None:
    assert set(WARNINGS) == {code for code, _ in reported()}


def test_no_code_is_a_warning_in_one_place_and_an_error_in_another() -> None:
    found = {(d.code, d.severity) for c in cases(REJECT) + cases(ACCEPT) for d in examine(c)[1]}
    found |= {(rule.code, rule.severity) for rule in RULES}
    errors = {code for code, severity in found if severity == "error"}
    warnings = {code for code, severity in found if severity == "warning"}

    assert errors & warnings == set()
    assert warnings == set(WARNINGS) - {"not-carried"}, "which is found in what is rendered"


def test_what_is_explained_as_a_warning_is_one() -> None:
    explained = {code for code, e in EXPLANATIONS.items() if e.severity == "warning"}

    assert explained == set(WARNINGS)


def test_a_code_that_is_no_warnings_is_told_from_one_that_is_misspelt() -> None:
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


def test_the_program_that_deploys_is_given_no_ignored_warning() -> None:
    """What `pulumi up` logs and a rehearsal prints."""
    wrapped = "other: 1\ntarget:\n" + "".join(f"  {line}\n" for line in MANIFEST.splitlines())
    environ = {"AWS_REGION": "eu-central-1", "STACK_INPUT_YAML": wrapped}

    def no_config(_: str) -> None:
        return None

    given = load_input(no_config, environ)
    assert [d.code for d in given.warnings] == ["ignored-key"]
    environ["STACK_INPUT_YAML"] = wrapped.replace("empty-value", "empty-value, ignored-key")
    assert load_input(no_config, environ).warnings == ()


@pytest.mark.parametrize("command", ["validate", "plan", "diff"])
def test_no_command_shows_what_a_manifest_ignores(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in {"loud.yaml": LOUD, "quiet.yaml": MANIFEST}.items():
        (tmp_path / name).write_text(text)
    twice = 2 if command == "diff" else 1

    assert main([command, *[str(tmp_path / "loud.yaml")] * twice]) == 0
    captured = capsys.readouterr()
    assert (captured.out + captured.err).count("warning[") == 2 * twice
    assert main([command, *[str(tmp_path / "quiet.yaml")] * twice]) == 0
    captured = capsys.readouterr()
    assert "warning" not in captured.out + captured.err


def test_very_many_codes_are_not_all_looked_at() -> None:
    many = ",".join(f"c{number}" for number in range(100_000))

    with pytest.raises(ManifestError) as refused:
        load(MANIFEST.replace("empty-value ", many), filename="a")

    assert [d.code for d in refused.value.diagnostics].count("ignore-warnings") == MAX_FINDINGS


def test_a_code_that_stands_twice_is_one() -> None:
    with pytest.raises(ManifestError) as refused:
        load(MANIFEST.replace("empty-value ", "x,x,ttl-type"), filename="a")

    codes = [d.code for d in refused.value.diagnostics]
    assert sorted(codes) == ["empty-value", "ignore-warnings"]


def test_a_manifest_with_errors_ignores_its_warnings_too() -> None:
    with pytest.raises(ManifestError) as refused:
        load(MANIFEST.replace("PAY_PER_REQUEST", "PAY"), filename="a")

    assert [d.code for d in refused.value.diagnostics] == ["enum"]
