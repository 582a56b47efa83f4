"""Many manifests at once: which files are found, their findings, and what is printed."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from planton.cli.validate import validate_command
from planton.document.reader import MAX_BYTES
from planton.reading.report import Report
from tests.loading import validate

GOOD = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {name: orders}
spec:
  billingMode: PAY_PER_REQUEST
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
"""
BAD = GOOD.replace("PAY_PER_REQUEST", "PAY")
WARNED = GOOD.replace("spec:", "spec:\n  region:")
FOREIGN = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: AwsDynamodb}\n"
WRAPPED = "target:\n" + "".join(f"  {line}\n" for line in GOOD.splitlines())


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, text: str | bytes = GOOD) -> None:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())


def reports(*paths: str, stdin: str = "") -> list[tuple[str, list[str], int, int]]:
    return [_short(report) for report in validate(paths, stdin.encode())]


def _short(report: Report) -> tuple[str, list[str], int, int]:
    codes = [diagnostic.code for diagnostic in report.diagnostics]
    return report.file, codes, report.manifests, report.foreign


def printed(
    capsys: pytest.CaptureFixture[str], *paths: str, format: str = "text", **options: Any
) -> tuple[int, str, str]:
    status = validate_command(list(paths), b"", format, environ={}, **options)
    return status, *capsys.readouterr()


def test_a_merge_key_is_one_finding() -> None:
    """What it would bring is not missing besides."""
    write("orders.yaml", GOOD.replace("keySchema: [{attributeName: pk, keyType: HASH}]", "<<: {}"))
    assert reports("orders.yaml") == [("orders.yaml", ["merge-key"], 1, 0)]


# Which files are found


def test_files_of_a_folder_are_sorted_and_hidden_ones_skipped() -> None:
    for path in (
        "b/z.yaml", "b/a.yml", "a.yaml", "B.yaml", "c.json", "d.txt", "yaml", ".hidden.yaml",
        ".git/x.yaml", "b/.terraform/x.yaml", "node_modules/x.yaml", "vendor/x.yaml",
        "venv/x.yaml", "third_party/x.yaml", "__pycache__/x.yaml",
    ):  # fmt: skip
        write(path)

    assert [report.file for report in validate(["."])] == [
        "./B.yaml", "./a.yaml", "./b/a.yml", "./b/z.yaml",
    ]  # fmt: skip


def test_a_hidden_file_or_folder_that_is_named_is_read() -> None:
    write(".hidden.txt")
    write(".folder/a.yaml")

    assert reports(".hidden.txt", ".folder") == [
        (".hidden.txt", [], 1, 0),
        (".folder/a.yaml", [], 1, 0),
    ]


def test_paths_are_read_in_the_order_of_the_arguments() -> None:
    write("b.yaml")
    write("a.yaml")

    assert [report.file for report in validate(["b.yaml", "-", "a.yaml"], GOOD.encode())] == [
        "b.yaml",
        "<stdin>",
        "a.yaml",
    ]


def test_documents_and_files_of_other_kinds_in_a_folder_are_only_counted() -> None:
    write("a.yaml", FOREIGN)
    write("b.yaml", "a: [\n")
    write("c.yaml", b"\xff\xfe")
    write("d.yaml", b"#" * (MAX_BYTES + 1))
    write("e.yaml", FOREIGN + "---\n" + GOOD + "---\n- AwsDynamodb\n---\nno: kind\n")
    write("f.yaml", "")

    assert reports(".") == [
        ("./a.yaml", [], 0, 1),
        ("./b.yaml", [], 0, 1),
        ("./c.yaml", [], 0, 1),
        ("./d.yaml", [], 0, 1),
        ("./e.yaml", [], 1, 3),
        ("./f.yaml", [], 0, 1),
    ]


def test_an_invalid_file_of_a_folder_counts_if_it_names_our_kind() -> None:
    write("a.yaml", "kind: AwsDynamodb\na: [\n")
    write("b.yaml", GOOD.replace("AwsDynamodb", "AwsDynamoDB"))
    write("c.yaml", GOOD.replace("AwsDynamodb", "aws_dynamodb"))
    write("d.yaml", GOOD.replace("kind: AwsDynamodb\n", ""))
    write("e.yaml", b"kind: AwsDynamodb # f\xfcr\n")
    write("f.yaml", b"kind: AwsDynamodb".ljust(MAX_BYTES + 1))

    assert reports(".") == [
        ("./a.yaml", ["yaml-syntax"], 0, 0),
        ("./b.yaml", ["kind"], 1, 0),
        ("./c.yaml", ["kind"], 1, 0),
        ("./d.yaml", ["kind"], 1, 0),
        ("./e.yaml", ["not-utf-8"], 0, 0),
        ("./f.yaml", ["too-large"], 0, 0),
    ]


def test_a_pipe_in_a_folder_is_skipped() -> None:
    os.mkfifo("a.yaml")
    write("b.yaml")

    assert reports(".") == [("./b.yaml", [], 1, 0)]


def test_an_unreadable_file_of_a_folder_is_reported() -> None:
    Path("a.yaml").symlink_to("missing.yaml")
    Path("b.yaml").symlink_to("b.yaml")

    assert reports(".") == [
        ("./a.yaml", ["unreadable"], 0, 0),
        ("./b.yaml", ["unreadable"], 0, 0),
    ]


def test_a_link_to_a_file_is_followed_and_a_link_to_a_folder_is_not() -> None:
    write("elsewhere/a.txt")
    Path("a.yaml").symlink_to("elsewhere/a.txt")
    Path("b.yaml").symlink_to("elsewhere")
    Path("c").symlink_to(".")

    assert reports(".") == [("./a.yaml", [], 1, 0)]


def test_a_folder_deleted_before_it_is_read_is_skipped() -> None:
    write("a.yaml")
    write("b/b.yaml")
    write("c/c.yaml")
    found = validate(["."])

    first = next(found).file
    Path("b/b.yaml").unlink()
    Path("b").rmdir()

    assert [first, *(report.file for report in found)] == ["./a.yaml", "./c/c.yaml"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (FOREIGN, ["kind"]),
        ("a: [\n", ["yaml-syntax"]),
        ("", ["empty"]),
        ("- a\n", ["type"]),
        (FOREIGN + "---\n" + FOREIGN, ["empty"]),
        (b"\xff\xfe", ["not-utf-8"]),
        (b"#" * (MAX_BYTES + 1), ["too-large"]),
    ],
)
def test_a_named_file_must_contain_a_manifest(text: str | bytes, codes: list[str]) -> None:
    write("a.yaml", text)

    assert [found for _, found, _, _ in reports("a.yaml")] == [codes]


def test_a_missing_path_is_reported() -> None:
    assert reports("missing") == [("missing", ["unreadable"], 0, 0)]


def test_every_manifest_of_a_file_is_checked() -> None:
    write("a.yaml", GOOD + "---\n" + BAD + "---\n" + FOREIGN + "---\n" + BAD)

    assert reports("a.yaml") == [("a.yaml", ["enum", "enum"], 3, 1)]
    (report,) = validate(["a.yaml"])
    assert [d.span.line for d in report.diagnostics if d.span] == [13, 25]


def test_a_manifest_inside_a_stack_input_is_checked() -> None:
    write("a/a.yaml", WRAPPED)
    write("a/b.yaml", WRAPPED.replace("PAY_PER_REQUEST", "PAY"))
    write("a/c.yaml", "target: [AwsDynamodb]\n")

    assert reports("a") == [
        ("a/a.yaml", [], 1, 0),
        ("a/b.yaml", ["enum"], 1, 0),
        ("a/c.yaml", [], 0, 1),
    ]


def test_each_manifest_is_checked_against_the_region_of_its_provider_block() -> None:
    arn = "arn:aws:kinesis:eu-west-1:111122223333:stream/changes"
    wrapped = f"{WRAPPED}    kinesisStreamingDestination: {{streamArn: '{arn}'}}\n"
    write("a.yaml", f"provider_config: {{region: us-east-1}}\n{wrapped}---\n{wrapped}")

    assert reports("a.yaml") == [("a.yaml", ["kinesis-stream-region"], 2, 0)]


def test_a_named_stack_input_without_a_target_is_refused() -> None:
    write("a.yaml", "provider_config: {region: eu-central-1}\n")

    assert reports("a.yaml") == [("a.yaml", ["no-target"], 1, 0)]


TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties: {TableName: !Sub "${AWS::StackName}-orders"}
"""
CHART = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Values.name }}}
data:
  {{- if .Values.table }}
  table: dynamodb
  {{- end }}
"""


def test_templates_of_other_tools_are_skipped_even_if_about_dynamodb() -> None:
    write("a.yaml", TEMPLATE)
    write("b.yaml", CHART)
    write("c.yaml", b"# dynamodb f\xfcr\n")
    write("d.yaml", b"dynamodb".ljust(MAX_BYTES + 1))
    write("e.yaml", "a: dynamodb\na: 2\n")
    write("f.yaml", "# dynamodb\n")

    assert reports(".") == [(f"./{name}.yaml", [], 0, 1) for name in "abcdef"]


def test_an_unparsable_template_that_mentions_our_kind_is_an_error() -> None:
    write("a.yaml", CHART.replace("dynamodb", "AwsDynamodb"))

    assert reports(".") == [("./a.yaml", ["complex-key", "yaml-syntax"], 0, 0)]


def test_a_list_that_contains_a_manifest_is_not_skipped() -> None:
    written = "apiVersion: v1\nkind: List\nitems: [{kind: %s}]\n# AwsDynamodb\n"
    write("a.yaml", written % "AwsDynamodb")
    write("b.yaml", written % "ConfigMap")
    write("c.yaml", "kind: List\nitems: AwsDynamodb\n")

    assert reports(".") == [
        ("./a.yaml", ["kind"], 1, 0),
        ("./b.yaml", [], 0, 1),
        ("./c.yaml", [], 0, 1),
    ]


def test_file_extensions_are_case_insensitive() -> None:
    write("A.YAML")
    write("b.Yml")
    write("c.YAMLS")

    assert [file for file, *_ in reports(".")] == ["./A.YAML", "./b.Yml"]


def test_documents_of_other_kinds_beside_a_manifest_are_no_error() -> None:
    write("a.yaml", TEMPLATE + "---\n" + GOOD + "---\n" + TEMPLATE)
    write("b.yaml", "a: 1\n--- {kind: AwsDynamodb, spec: !x 1}\n")

    assert reports("a.yaml", "b.yaml") == [
        ("a.yaml", [], 1, 2),
        ("b.yaml", ["yaml-tag", "api-version", "missing", "type"], 1, 1),
    ]


def test_a_file_that_several_paths_lead_to_is_read_once() -> None:
    write("a/a.yaml", FOREIGN)
    write("a/b.yaml")
    here = os.getcwd()

    assert reports("a", "a/b.yaml", "a", "./a/", f"{here}/a/b.yaml", "-", "-", stdin=GOOD) == [
        ("a/a.yaml", [], 0, 1),
        ("a/b.yaml", [], 1, 0),
        ("<stdin>", [], 1, 0),
    ]


def test_a_named_file_must_contain_a_manifest_even_if_its_folder_is_named() -> None:
    write("a/a.yaml", FOREIGN)
    write("a/b.yaml")

    expected = [("a/b.yaml", [], 1, 0), ("a/a.yaml", ["kind"], 1, 0)]
    assert reports("a", "a/a.yaml") == expected
    assert reports("a/a.yaml", "a") == expected[::-1]


def test_standard_input_is_not_the_file_of_its_name() -> None:
    write("-", BAD)

    assert reports("-", "./-", stdin=GOOD) == [("<stdin>", [], 1, 0), ("./-", ["enum"], 1, 0)]


def test_folders_linked_in_a_cycle_are_read_once() -> None:
    write("a/a.yaml")
    Path("a/b").symlink_to(".")
    Path("c").symlink_to("a")

    assert reports(".") == [("./a/a.yaml", [], 1, 0)]
    assert reports("c") == [("c/a.yaml", [], 1, 0)]


def test_a_folder_that_cannot_be_listed_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    write("a/a.yaml")
    write("b/b.yaml")
    scandir = os.scandir

    def refuse(path: str) -> Any:
        if path.endswith("a"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)

    assert reports(".") == [("./a", ["unreadable"], 0, 0), ("./b/b.yaml", [], 1, 0)]
    assert reports("a") == [("a", ["unreadable"], 0, 0)]


def test_a_named_file_of_another_kind_can_be_skipped() -> None:
    write("a.yaml", FOREIGN)
    write("b.yaml", TEMPLATE)
    write("c.yaml", BAD)
    write("d.yaml", FOREIGN + "---\n" + GOOD)

    paths = ["a.yaml", "b.yaml", "c.yaml", "d.yaml", "-", "missing.yaml"]
    found = [_short(report) for report in validate(paths, b"", skip_foreign=True)]

    assert found == [
        ("a.yaml", [], 0, 1),
        ("b.yaml", [], 0, 1),
        ("c.yaml", ["enum"], 1, 0),
        ("d.yaml", [], 1, 1),
        ("<stdin>", [], 0, 1),
        ("missing.yaml", ["unreadable"], 0, 0),
    ]


# What is printed


def test_no_manifest_at_all_is_accepted_if_other_files_are_skipped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("a.yaml", FOREIGN)

    found = printed(capsys, "a.yaml", skip_foreign=True)

    assert found == (0, "no manifest; 1 of other kinds skipped\n", "")


def test_warnings_fail_in_strict_mode_and_the_summary_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("a.yaml", WARNED)
    write("b.yaml")

    status, out, _ = printed(capsys, "a.yaml", strict=True)
    summary = "1 file: 1 valid; 1 warning, not allowed with --strict\n"
    assert (status, summary in out) == (1, True)
    assert printed(capsys, "b.yaml", strict=True) == (0, "1 file: 1 valid\n", "")
    status, out, _ = printed(capsys, "a.yaml", format="json", strict=True)
    assert (status, json.loads(out)["summary"]) == (
        1,
        {
            "files": 1,
            "manifests": 1,
            "valid": 1,
            "invalid": 0,
            "errors": 0,
            "warnings": 1,
            "foreign": 0,
            "strict": True,
            "failed": True,
            "rules": [],
        },
    )


@pytest.mark.parametrize("format", ["text", "json", "github", "sarif"])
def test_ignored_warnings_are_neither_shown_nor_counted(
    format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.yaml", WARNED)
    ignored = printed(
        capsys, "a.yaml", format=format, strict=True, ignore=frozenset({"empty-value"})
    )
    write("a.yaml", GOOD)

    assert ignored == printed(capsys, "a.yaml", format=format, strict=True)
    assert ignored[0] == 0


def test_an_error_is_never_ignored(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.yaml", BAD)

    status, out, _ = printed(capsys, "a.yaml", ignore=frozenset({"enum"}))

    assert (status, out.count("error[enum]")) == (1, 1)


def test_the_annotation_of_a_manifest_applies_only_to_that_manifest() -> None:
    metadata = "metadata: {name: orders, annotations: {%s: empty-value}}"
    quiet = WARNED.replace(
        "metadata: {name: orders}", metadata % "dynamodb.project-planton.org/ignore-warnings"
    )
    write("a.yaml", quiet + "---\n" + WARNED)
    write("b.yaml", WARNED + "---\n" + quiet)

    assert reports(".") == [
        ("./a.yaml", ["empty-value"], 2, 0),
        ("./b.yaml", ["empty-value"], 2, 0),
    ]


def test_a_valid_manifest_is_reported_as_valid(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.yaml")

    assert printed(capsys, "a.yaml") == (0, "1 file: 1 valid\n", "")


def test_findings_are_printed_file_by_file_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.yaml", BAD)
    write("b.yaml", WARNED)
    write("c.yaml")
    write("d.yaml", FOREIGN)

    assert printed(capsys, ".") == (
        1,
        """\
./a.yaml:5:16: error[enum]: 'PAY' is not one of 'PROVISIONED' or 'PAY_PER_REQUEST'
    5 |   billingMode: PAY
      |                ^^^
  spec.billingMode

./b.yaml:5:3: warning[empty-value]: 'region' has no value, so it counts as absent
    5 |   region:
      |   ^^^^^^
  spec.region
  help: give it a value or remove the key, and check that the lines below it are indented

3 files: 2 valid, 1 invalid; 1 error; 1 warning; 1 of other kinds skipped
for details: planton explain CODE
""",
        "",
    )


def test_numbers_agree_with_their_words(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.yaml", BAD + "---\n" + BAD + "---\n" + FOREIGN + "---\n" + FOREIGN)
    write("b.yaml", WARNED + "---\n" + WARNED)

    _, out, _ = printed(capsys, ".")

    assert out.splitlines()[-2] == (
        "2 files: 1 valid, 1 invalid; 2 errors; 2 warnings; 2 of other kinds skipped"
    )


def test_warnings_alone_are_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.yaml", WARNED)

    status, out, _ = printed(capsys, "a.yaml")

    assert (status, out.splitlines()[-2]) == (0, "1 file: 1 valid; 1 warning")


def test_the_json_contains_every_file_every_finding_and_a_summary(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("a.yaml", BAD.replace("{name: orders}", "{name: 5}"))
    write("b.yaml")
    write("c.yaml", FOREIGN)

    status, out, err = printed(capsys, ".", format="json")

    place: dict[str, Any] = {"severity": "error", "line": 3, "column": 18, "endLine": 3}
    assert (status, err) == (1, "")
    assert json.loads(out) == {
        "files": [
            {
                "file": "./a.yaml",
                "valid": False,
                "diagnostics": [
                    {
                        **place,
                        "code": "type",
                        "message": "name must be a string, got the number 5",
                        "path": "metadata.name",
                        "endColumn": 19,
                        "help": "put it in double quotes",
                    },
                    {
                        **place,
                        "code": "enum",
                        "message": "'PAY' is not one of 'PROVISIONED' or 'PAY_PER_REQUEST'",
                        "path": "spec.billingMode",
                        "line": 5,
                        "column": 16,
                        "endLine": 5,
                        "endColumn": 19,
                        "help": "",
                    },
                ],
            },
            {"file": "./b.yaml", "valid": True, "diagnostics": []},
        ],
        "summary": {
            "files": 2,
            "manifests": 2,
            "valid": 1,
            "invalid": 1,
            "errors": 2,
            "warnings": 0,
            "foreign": 1,
            "strict": False,
            "failed": True,
            "rules": [],
        },
    }


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_folder_without_any_manifest_is_a_failure(
    format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.yaml", FOREIGN)
    write("b/c.txt")

    status, out, err = printed(capsys, ".", "b", format=format)

    assert status == 2
    assert err == "planton: no AwsDynamodb manifest in ., b\n"
    assert (json.loads(out)["files"] if format == "json" else out) in ([], "")
