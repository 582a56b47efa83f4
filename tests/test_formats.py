"""Findings for other programs: SARIF that its schema takes, commands that GitHub understands."""

from __future__ import annotations

import hashlib
import json
import os
import re
from importlib import metadata
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest

from planton import __version__
from planton.cli import github, sarif
from planton.cli.paths import relative_to
from planton.cli.validate import validate_command
from planton.diagnostics.codes import CODES
from planton.diagnostics.diagnostic import MAX_SHOWN, Diagnostic, Source, Span
from planton.explain.catalogue import explain
from tests.corpus import ACCEPT, REJECT
from tests.loading import validate
from tools.skips import NO_SARIF

SCHEMA_DIGEST = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"
"""Of the schema that OASIS published with the standard's first errata."""
CARRIER = "linceo"
"""A package that has the schema among its data. Of it nothing is imported nor run."""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def schema() -> Any:
    try:
        files = metadata.files(CARRIER) or []
    except metadata.PackageNotFoundError:
        pytest.skip(NO_SARIF)
    (path,) = [file.locate() for file in files if file.name == "sarif-schema-2.1.0.json"]
    text = Path(str(path)).read_bytes()
    assert hashlib.sha256(text).hexdigest() == SCHEMA_DIGEST
    return json.loads(text)


def problems(schema: Any, log: Any) -> list[str]:
    """Everything in which a log is not as its schema wants it."""
    checker = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(log)]


def finding(
    name: str = "a.yaml", span: Span | None = None, *, positions: bool = True, **more: Any
) -> Diagnostic:
    fields = {"code": "enum", "message": "message", **more}
    return Diagnostic(source=Source(name, "text", positions=positions), span=span, **fields)


def only(log: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The one run's one rule and one result."""
    (run,) = log["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    (result,) = run["results"]
    return rule, result


# SARIF


def test_the_log_of_every_finding_of_the_corpora_is_valid(schema: Any) -> None:
    reports = list(validate([str(REJECT), str(ACCEPT)]))
    found = [diagnostic for report in reports for diagnostic in report.diagnostics]
    log = json.loads(json.dumps(sarif.log(found)))

    assert problems(schema, log) == []
    (run,) = log["runs"]
    assert len(run["results"]) == len(found) > 300
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [
        diagnostic.code for diagnostic in found
    ]
    assert len({rule["id"] for rule in rules}) == len(rules)


def test_the_schema_refuses_an_invalid_log(schema: Any) -> None:
    log = sarif.log([finding(span=Span(1, 1, 1, 2))])
    _, result = only(log)
    result["level"] = "fatal"
    result["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "a b.yaml"
    log["runs"][0]["columnKind"] = "bytes"

    assert len(problems(schema, log)) == 4


def test_a_log_contains_each_finding_and_its_position() -> None:
    diagnostic = finding(
        "tables/a.yaml", Span(5, 16, 5, 19), message="'PAY' is no mode", help="write another",
        path="spec.billingMode",
    )  # fmt: skip

    log = sarif.log([diagnostic])

    assert log == {
        "$schema": sarif.SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "planton",
                        "version": __version__,
                        "rules": [only(log)[0]],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "newlineSequences": ["\r\n", "\n", "\r", "\x85", "\u2028", "\u2029"],
                "results": [
                    {
                        "ruleId": "enum",
                        "ruleIndex": 0,
                        "level": "error",
                        "message": {"text": "'PAY' is no mode\nhelp: write another"},
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"uri": "tables/a.yaml"},
                                    "region": {
                                        "startLine": 5,
                                        "startColumn": 16,
                                        "endLine": 5,
                                        "endColumn": 19,
                                    },
                                },
                                "logicalLocations": [{"fullyQualifiedName": "spec.billingMode"}],
                            }
                        ],
                    }
                ],
            }
        ],
    }


def test_a_rule_has_the_texts_of_explain() -> None:
    explanation = explain("key-attributes-declared")
    rule, _ = only(sarif.log([finding(code="key-attributes-declared")]))

    assert (rule["id"], rule["defaultConfiguration"]) == (explanation.code, {"level": "error"})
    assert rule["shortDescription"]["text"] == explanation.title
    assert rule["fullDescription"]["text"] == explanation.why
    for part in (explanation.why, explanation.bad, explanation.good):
        assert part in rule["help"]["markdown"]
    assert rule["helpUri"].startswith("https://docs.aws.amazon.com/amazondynamodb/")


def test_a_log_with_every_rule_is_valid(schema: Any) -> None:
    found = [finding(code=code) for code in CODES]

    assert problems(schema, sarif.log(found)) == []


def test_an_example_that_is_not_a_manifest_is_not_labelled_yaml() -> None:
    for code in CODES:
        rule, _ = only(sarif.log([finding(code=code)]))
        assert ("```yaml" in rule["help"]["markdown"]) is (explain(code).form == "yaml")


@pytest.mark.parametrize(
    "diagnostic",
    [finding(), finding("config manifest", Span(1, 9, 1, 10), positions=False)],
    ids=["unreadable", "structured config"],
)
def test_a_finding_without_a_position_has_a_file_and_no_region(
    diagnostic: Diagnostic, schema: Any
) -> None:
    log = sarif.log([diagnostic])
    (location,) = only(log)[1]["locations"]

    assert set(location["physicalLocation"]) == {"artifactLocation"}
    assert problems(schema, log) == []


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("./a/../b c.yaml", "b%20c.yaml"),
        ("a#?%:b.yaml", "a%23%3F%25%3Ab.yaml"),
        ("größe/順.yaml", "gr%C3%B6%C3%9Fe/%E9%A0%86.yaml"),
        (os.fsdecode(b"\xff.yaml"), "%FF.yaml"),
        ("/elsewhere/a b.yaml", "file:///elsewhere/a%20b.yaml"),
        ("<stdin>", "%3Cstdin%3E"),
    ],
)
def test_a_file_is_named_by_a_uri(name: str, uri: str, schema: Any) -> None:
    log = sarif.log([finding(name)])

    assert only(log)[1]["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri}
    assert problems(schema, log) == []


def test_file_paths_are_relative_to_the_working_directory(here: Path) -> None:
    log = sarif.log([finding(f"{here}/a/b.yaml")])

    place = only(log)[1]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a/b.yaml"


def test_a_file_cannot_put_a_link_into_a_log() -> None:
    _, result = only(sarif.log([finding(message="'[see](https://evil) \\ [here]'")]))
    _, plain = only(sarif.log([finding(message="spec.keySchema[1] \\")]))

    assert result["message"]["text"] == r"'\[see\](https://evil) \\ \[here\]'"
    assert plain["message"]["text"] == "spec.keySchema[1] \\"


def test_a_log_contains_nothing_of_a_credentials_block(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.yaml").write_text(
        "provider_config: {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_acces_key: hidden}\n"
        "target: {apiVersion: aws.project-planton.org/v1, kind: AwsDynamodb}\n"
    )
    for format in ("sarif", "github", "json"):
        assert validate_command(["a.yaml"], b"", format, environ={}) == 1
        out = capsys.readouterr().out
        assert "AKIA" not in out
        assert "hidden" not in out


def test_validate_prints_one_log_for_all_files(
    schema: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in "ab":
        Path(f"{name}.yaml").write_text("kind: AwsDynamodb\n")

    assert validate_command([".", "missing.yaml"], b"", "sarif", environ={}) == 1
    log = json.loads(capsys.readouterr().out)
    assert problems(schema, log) == []
    places = [r["locations"][0]["physicalLocation"] for r in log["runs"][0]["results"]]
    assert {p["artifactLocation"]["uri"] for p in places} == {"a.yaml", "b.yaml", "missing.yaml"}
    assert validate_command(["-"], b"#", "sarif", environ={}) == 1


def test_a_log_without_findings_is_valid(schema: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert validate_command(["."], b"", "sarif", environ={}) == 2
    log = json.loads(capsys.readouterr().out)
    assert problems(schema, log) == []
    assert log["runs"][0]["results"] == []


# GitHub


def commands(*diagnostics: Diagnostic, root: str | None = None) -> list[str]:
    return list(github.commands(diagnostics, root or os.getcwd()))


def test_a_workflow_command_contains_the_finding_and_its_position() -> None:
    error = finding(
        "./tables/a.yaml", Span(5, 16, 5, 19), message="'PAY' is no mode", help="write another",
        path="spec.billingMode",
    )  # fmt: skip
    warning = finding(code="ttl-type", span=Span(6, 1, 6, 2))

    assert commands(warning, error) == [
        "::error file=tables/a.yaml,line=5,col=16,endLine=5,endColumn=19,title=enum"
        "::'PAY' is no mode (spec.billingMode)%0Ahelp: write another",
        "::warning file=a.yaml,line=6,col=1,endLine=6,endColumn=2,title=ttl-type::message",
    ]


def test_columns_are_left_out_if_the_range_ends_on_another_line() -> None:
    assert commands(finding(span=Span(5, 16, 7, 3))) == [
        "::error file=a.yaml,line=5,endLine=7,title=enum::message"
    ]


def test_lines_are_left_out_if_there_are_none() -> None:
    assert commands(finding(), finding("config", Span(1, 9, 1, 10), positions=False)) == [
        "::error file=a.yaml,title=enum::message",
        "::error file=config,title=enum::message",
    ]


HOSTILE = "a,b:c%0A%2Cd\r\n::error::"


def unescaped(command: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner reads it: what it is, its properties, its text."""
    match = re.fullmatch(r"::(\w+) (.*?)::(.*)", command)
    assert match is not None
    properties = dict(pair.split("=", 1) for pair in match[2].split(","))
    return match[1], {k: _decoded(v) for k, v in properties.items()}, _decoded(match[3])


def _decoded(text: str) -> str:
    for code, sign in ("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%"):
        text = text.replace(code, sign)
    return text


def test_a_finding_cannot_end_its_command_or_begin_another() -> None:
    name = HOSTILE.replace("\r", "").replace("\n", "")
    (command,) = commands(finding(name, message=HOSTILE, help=HOSTILE))

    assert len(command.splitlines()) == 1
    assert unescaped(command) == (
        "error",
        {"file": name, "title": "enum"},
        f"{HOSTILE}\nhelp: {HOSTILE}",
    )


def test_file_names_are_escaped_in_a_log() -> None:
    (command,) = commands(finding("\x1b[31m\n.yaml"))

    assert command == r"::error file=\x1b[31m\n.yaml,title=enum::message"


def test_paths_are_relative_to_the_repository(here: Path) -> None:
    (here / "infra").mkdir()
    os.chdir("infra")

    assert commands(finding("a.yaml"), root=str(here)) == [
        "::error file=infra/a.yaml,title=enum::message"
    ]
    assert commands(finding("/elsewhere/a.yaml"), root=str(here)) == [
        "::error file=/elsewhere/a.yaml,title=enum::message"
    ]


def test_a_sibling_with_the_same_prefix_is_not_below_a_folder() -> None:
    assert relative_to("/a", "/a/b.yaml") == "b.yaml"
    assert relative_to("/a", "/ab/c.yaml") == "/ab/c.yaml"
    assert relative_to("/a", "/a/..b/c.yaml") == "..b/c.yaml"


def test_only_the_first_of_very_many_findings_are_shown() -> None:
    shown = commands(*(finding(span=Span(line, 1, line, 2)) for line in range(1, 103)))

    assert len(shown) == MAX_SHOWN + 1
    assert shown[-1] == "… and 2 more"


def test_validate_prints_commands_and_a_summary(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "infra").mkdir()
    os.chdir("infra")
    Path("a.yaml").write_text("kind: AwsDynamodb\n")
    in_a_job = {"GITHUB_WORKSPACE": str(here)}

    assert validate_command(["."], b"", "github", environ=in_a_job) == 1
    *found, sentence = capsys.readouterr().out.splitlines()
    assert [line.partition(",")[0] for line in found] == ["::error file=infra/a.yaml"] * 3
    assert sentence == "1 file: 0 valid, 1 invalid; 3 errors"
    assert validate_command(["."], b"", "github", environ={}) == 1
    assert capsys.readouterr().out.startswith("::error file=a.yaml,line=1,")


def test_the_digest_is_that_of_the_schema_which_a_log_names(schema: Any) -> None:
    assert cast("dict[str, str]", schema)["id"] == sarif.SCHEMA
