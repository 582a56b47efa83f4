"""Every code is explained, and its examples produce the diagnostics that they claim."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from textwrap import dedent
from urllib.parse import urlsplit

import pytest

from planton.cli.parser import main
from planton.diagnostics.codes import CODES, SUBJECTS, current_spelling
from planton.diagnostics.diagnostic import MAX_SHOWN
from planton.diagnostics.exit_status import OK, USAGE
from planton.diagnostics.warning_codes import WARNINGS
from planton.explain.catalogue import explain
from planton.explain.example import BASE, OTHER_INPUTS, found_by, found_in, is_fragment
from planton.explain.explanation import Explanation, wrapped
from tests.conftest import ROOT, Planton
from tests.test_codes import spellings
from tests.test_docs import fenced

DESCRIBED = {
    "control-failed": "the manifest is valid; only `planton controls` compares it with controls",
    "default-value": "it is about planton.yaml, not manifests",
    "duplicate-rule": "likewise",
    "grants-need-account": "no source sets an account, and the manifest cannot",
    "incomplete-table": "it is about templates and states, not manifests",
    "invalid-config": "it is about the stack's config, not manifests",
    "json-syntax": "it is about templates and states, and no manifest is JSON that is cut off",
    "no-input": "there is no input",
    "no-table": "it is about templates and states, not manifests",
    "no-region": "no source sets a region, not only the manifest",
    "not-carried": "the manifest is valid, but the target does not support all of it",
    "not-utf-8": "the fault is in the bytes",
    "rules-loosened": "it is about planton.yaml, not manifests",
    "several-inputs": "it is about the stack's config, not manifests",
    "severity-override": "it is about planton.yaml, not manifests",
    "shared-name": "it takes two manifests",
    "too-deep": "101 brackets show a reader nothing",
    "too-large": "nor does a megabyte, or aliases that expand into one",
    "unknown-parameter": "a manifest has no parameters",
    "unknown-source": "it is about templates and states, not manifests",
    "unreadable": "there is no file",
    "unusable-rule": "it is about planton.yaml, not manifests",
    "unresolved-reference": "the manifest is valid; only some commands need the value",
}
"""Codes whose examples are descriptions, each with the reason why no manifest is shown."""

CONTRACT = """
attributes_all_indexed
autoscaling_requires_provisioned
billing_mode_set
csv_options_require_csv_format
gsi_key_schema_shape
gsi_throughput_matches_billing
include_requires_attributes
index_key_attributes_declared
insights_indexes_exist
key_attributes_declared
key_schema_required_unless_restored
lsi_key_schema_shape
mrsc_topology
on_demand_forbids_provisioned_throughput
on_demand_throughput_needs_on_demand
provisioned_requires_throughput
replica_consistency_modes_agree
replicas_require_streams
restore_import_sources_exclusive
restore_point_requires_pitr_source
scheduled_adjustments_require_dimension_target
stream_view_requires_enabled
table_key_schema_shape
ttl_attribute_when_enabled
"""
"""The ids of the upstream contract's rules that this program checks."""

ALL = [explain(code) for code in CODES]
every = pytest.mark.parametrize("explanation", ALL, ids=CODES)
shown = pytest.mark.parametrize(
    "explanation", [e for e in ALL if e.form == "yaml"], ids=lambda e: e.code
)

# The texts


@every
def test_a_wrong_example_produces_only_its_own_code(explanation: Explanation) -> None:
    assert {(d.code, d.severity) for d in found_by(explanation)} == {
        (explanation.code, explanation.severity)
    }


@shown
def test_a_right_example_produces_no_diagnostic(explanation: Explanation) -> None:
    assert found_in(explanation.good) == []


@shown
def test_diagnostics_point_into_the_lines_of_the_example(explanation: Explanation) -> None:
    lines = len(explanation.bad.splitlines())

    assert [d for d in found_by(explanation) if d.span and d.span.end_line > lines + 1] == []


def test_examples_are_descriptions_only_where_no_manifest_works() -> None:
    assert {e.code for e in ALL if e.form == "text"} == set(DESCRIBED) == set(OTHER_INPUTS)


@every
def test_a_title_is_one_line_without_a_full_stop(explanation: Explanation) -> None:
    assert 0 < len(explanation.title) <= 65
    assert explanation.title[0].isupper()
    assert explanation.title[-1] not in ".:!?"


@every
def test_a_reason_is_one_paragraph_or_two_of_complete_sentences(explanation: Explanation) -> None:
    paragraphs = explanation.why.split("\n\n")

    assert len(paragraphs) <= 2
    assert [p for p in paragraphs if p[-1] != "." or "\n" in p or "  " in p] == []
    assert explanation.why.count("`") % 2 == 0


@every
def test_sources_are_pages_of_aws_or_yaml_or_the_contract(explanation: Explanation) -> None:
    hosts = {urlsplit(s.url).netloc for s in explanation.sources if s.url}

    assert explanation.sources
    assert hosts <= {"docs.aws.amazon.com", "yaml.org"}
    assert all(s.url.startswith("https://") for s in explanation.sources if s.url)


def test_a_page_has_the_same_name_in_all_sources() -> None:
    names: dict[str, set[str]] = {}
    for source in (source for explanation in ALL for source in explanation.sources if source.url):
        names.setdefault(source.url, set()).add(source.name)

    assert [found for found in names.values() if len(found) > 1] == []


def test_a_rule_of_the_contract_is_found_by_its_id_there() -> None:
    ids = [
        (explanation.code, source.name.removeprefix("the manifest's contract: "))
        for explanation in ALL
        for source in explanation.sources[:1]
        if re.fullmatch(r"the manifest's contract: [a-z]+(_[a-z]+)+", source.name)
    ]

    assert sorted(id for _, id in ids) == CONTRACT.split()
    assert [code for code, id in ids if current_spelling(id) != code] == []


def test_examples_are_merged_into_the_manifest_of_the_guide() -> None:
    assert fenced(ROOT / "docs" / "guide.md", "yaml")[0] == BASE


# Examples in the base manifest


def test_a_fragment_replaces_the_fields_that_it_names_in_either_spelling() -> None:
    key = "[{attribute_name: pk, key_type: HASH}]"
    attributes = "[{name: pk, type: S}]"

    assert found_in(f"spec: {{attribute_definitions: {attributes}, key_schema: {key}}}") == []


def test_a_diagnostic_outside_the_example_shows_no_source_line() -> None:
    found = found_in("spec:\n  attributeDefinitions: []\n" + 30 * "\n")

    assert [d.code for d in found] == ["key-attributes-declared"] * 2
    assert [d for d in found if " | " in d.text()] == []


def test_an_example_that_is_not_a_fragment_is_checked_as_it_is() -> None:
    assert [d.code for d in found_in("spec: 5")] == ["type"]
    assert [d.code for d in found_in("{}")] == ["no-target"]
    assert [d.code for d in found_in("[]")] == ["type"]


def test_is_fragment_agrees_with_how_examples_are_merged() -> None:
    assert [e.code for e in ALL if is_fragment(e.bad) and "apiVersion:" in e.bad] == []
    assert is_fragment("spec:\n  region: x\n")
    assert is_fragment("metadata:\n  name: x\n")
    assert not is_fragment("apiVersion: v1\nspec:\n")


# The command


@pytest.fixture(autouse=True)
def colourless(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR"):
        monkeypatch.delenv(name, raising=False)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["explain", *arguments])
    return status, *capsys.readouterr()


def test_an_explanation_gives_the_reason_and_shows_the_diagnostic(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert printed(capsys, "duplicate-key-attribute") == (
        OK,
        """\
error[duplicate-key-attribute]: The same attribute twice in one key

Partition key and sort key must be two different attributes: the same one twice
would sort nothing. CreateTable refuses it, for tables and for indexes. A
partition key alone is a complete key.

Wrong, in an otherwise valid manifest:

    spec:
      attributeDefinitions: [{name: customerId, type: S}]
      keySchema:
        - {attributeName: customerId, keyType: HASH}
        - {attributeName: customerId, keyType: RANGE}

This is reported as:

    orders.yaml:5:23: error[duplicate-key-attribute]: the attribute 'customerId' is used twice in one key
        5 |     - {attributeName: customerId, keyType: RANGE}
          |                       ^^^^^^^^^^
      spec.keySchema[1].attributeName
      help: use another attribute, or remove this one from the key

Right:

    spec:
      attributeDefinitions: [{name: customerId, type: S}]
      keySchema:
        - {attributeName: customerId, keyType: HASH}

Source:
  DynamoDB API Reference: KeySchemaElement
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_KeySchemaElement.html
  DynamoDB API Reference: CreateTable
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
""",  # noqa: E501  # what the checker prints is not wrapped
        "",
    )


@pytest.mark.parametrize(
    "copied",
    [
        "error[enum]",
        "[enum]",
        " enum ",
        "orders.yaml:3:5: error[enum]: 'a[b]' is not one of 'x[0]'",
        "spec[1].yaml:3:5: error[enum]: 'PAY' is not one of 'A' or 'B'",
    ],
)
def test_a_code_can_be_copied_with_the_rest_of_its_line(
    capsys: pytest.CaptureFixture[str], copied: str
) -> None:
    assert printed(capsys, copied) == printed(capsys, "enum")


def test_a_warning_can_be_copied_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "warning[ttl-type]") == printed(capsys, "ttl-type")


@pytest.mark.parametrize("code", CODES)
def test_a_code_can_be_spelled_with_hyphens_or_underscores(
    capsys: pytest.CaptureFixture[str], code: str
) -> None:
    shown = printed(capsys, code)

    assert shown[0] == OK
    assert [printed(capsys, spelling) for spelling in spellings(code)] == [shown, shown]


def test_an_unknown_code_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "error[ttl_typ]") == (
        USAGE,
        "",
        "planton: no diagnostic has the code 'ttl_typ': did you mean 'ttl-type'?\n",
    )


def test_an_unknown_code_without_a_suggestion_refers_to_the_list(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert printed(capsys, "\x1b[31m") == (
        USAGE,
        "",
        "planton: no diagnostic has the code '\\x1b[31m': planton explain lists all codes; for a "
        "rule of the organization, name its file with --config\n",
    )


def test_without_a_code_all_codes_are_listed_by_subject(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = printed(capsys)
    lines = out.splitlines()

    assert (status, err) == (OK, "")
    assert [line for line in lines if line and not line.startswith(" ")] == [
        *SUBJECTS.values(),
        "Run planton explain CODE for details.",
    ]
    assert [line.split()[0] for line in lines if line[:3].strip()] == [
        word
        for subject, heading in SUBJECTS.items()
        for word in (heading.split()[0], *(c for c in CODES if CODES[c].subject == subject))
    ] + ["Run"]
    assert "  ttl-type                                  The TTL attribute is not a number" in out


def test_a_title_that_is_too_long_is_wrapped_in_its_column(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert (
        "  lsi-key-schema-shape                      A local index's key is not the\n"
        "                                            table's HASH and another RANGE\n"
    ) in printed(capsys)[1]


def test_a_warning_says_how_to_ignore_it(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = printed(capsys, "ttl-type")[1].split("\n\n")

    assert blocks[-3:-1] == [
        "To accept this warning, leave it out of one run with\n"
        "`planton validate --ignore ttl-type`, or for one manifest with this annotation:",
        "    metadata:\n"
        "      annotations:\n"
        "        dynamodb.project-planton.org/ignore-warnings: ttl-type",
    ]


@pytest.mark.parametrize("code", [c for c in WARNINGS if is_fragment(explain(c).bad)])
def test_the_annotation_that_is_shown_ignores_the_warning(
    capsys: pytest.CaptureFixture[str], code: str
) -> None:
    annotation = dedent(printed(capsys, code)[1].split("\n\n")[-2]).removesuffix(code)
    key, bad = annotation.splitlines()[-1], explain(code).bad

    for spelling in spellings(code):
        ignores_another = bad.replace(key, f"{key}{spelling}, ") if key in bad else ""
        assert found_in(ignores_another or f"{annotation}{spelling}\n{bad}") == []


def test_an_error_does_not_mention_ignoring(capsys: pytest.CaptureFixture[str]) -> None:
    assert "ignore" not in printed(capsys, "enum")[1]


def test_diagnostics_are_coloured_on_request(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert "    orders.yaml:2:16: \x1b[1;31merror[enum]\x1b[0m: " in printed(capsys, "enum")[1]


@pytest.mark.parametrize(("columns", "width"), [("60", 60), ("90", 90), ("300", 100)])
def test_on_a_terminal_paragraphs_fill_its_width_but_no_more_than_100(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    paragraph = printed(capsys, "type")[1].split("\n\n")[1]

    longest = max(map(len, paragraph.splitlines()))
    assert width - 15 < longest <= width


def test_json_contains_the_texts_and_the_diagnostics(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = printed(capsys, "empty-value", "--format", "json")
    explanation = explain("empty-value")

    assert status == OK
    assert json.loads(out) == {
        "code": "empty-value",
        "severity": "warning",
        "title": explanation.title,
        "why": explanation.why,
        "bad": {
            "example": "spec:\n  tags:\n",
            "diagnostics": [
                {
                    "severity": "warning",
                    "code": "empty-value",
                    "message": "'tags' has no value, so it counts as absent",
                    "path": "spec.tags",
                    "line": 2,
                    "column": 3,
                    "endLine": 2,
                    "endColumn": 7,
                    "help": "give it a value or remove the key, and check that the lines below it "
                    "are indented",
                }
            ],
        },
        "good": {"example": "spec:\n  tags:\n    team: checkout\n", "diagnostics": []},
        "sources": [
            {
                "name": "YAML 1.2.2: Core schema",
                "url": "https://yaml.org/spec/1.2.2/#103-core-schema",
            }
        ],
    }


def test_json_contains_the_list_of_codes(capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(printed(capsys, "--format", "json")[1])["codes"]

    assert [code["code"] for code in listed] == list(CODES)
    assert listed[0] == {
        "code": "attributes-all-indexed",
        "severity": "error",
        "subject": "Keys and attributes",
        "title": "An attribute is defined that no key uses",
    }


def test_the_program_explains_from_the_command_line(planton: Planton) -> None:
    done = planton("explain", "error[enum]")

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"error[enum]: A value that is not one of those allowed\n\n")


def test_all_diagnostics_of_an_example_are_shown() -> None:
    assert max(len(found_by(explanation)) for explanation in ALL) < MAX_SHOWN


def test_validate_does_not_load_the_texts() -> None:
    program = (
        "import sys\n"
        "from planton.cli.parser import main\nmain(['validate', 'hack/manifest.yaml'])\n"
        "print([name for name in sys.modules if name.startswith('planton.explain')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_inline_code_is_never_broken_over_two_lines() -> None:
    assert wrapped("these signs: `a - b` and no other", 16) == (
        "these signs:\n`a - b` and no\nother"
    )
    assert wrapped("`longer than the line`", 5) == "`longer than the line`"
