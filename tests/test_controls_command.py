"""`planton controls`: what is printed, in each format, and the exit status."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from planton.cli.controls_text import WIDTH
from planton.cli.markdown import code, text
from planton.cli.parser import main
from planton.controls.catalogue import PROFILES
from tests.conftest import ROOT

GOOD = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {name: orders}
spec:
  billingMode: PAY_PER_REQUEST
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
  pointInTimeRecoveryEnabled: true
  deletionProtectionEnabled: true
  serverSideEncryption:
    enabled: true
    kmsKeyArn: arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
"""
UNPROTECTED = GOOD.replace("deletionProtectionEnabled: true", "deletionProtectionEnabled: false")
BAD = GOOD.replace("PAY_PER_REQUEST", "PAY")
REQUEST = """\
apiVersion: dynamodb.kratix.io/v1alpha1
kind: DynamoDBRequest
metadata: {name: users}
spec:
  name: users
  region: us-east-1
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
"""
HOSTILE = "a|b <img> @all `x` [y](z) www.example.com.yaml"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def started(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main(["controls", *arguments])
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        return status, *capsys.readouterr()

    return started


def write(path: str, text: str = GOOD) -> None:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


NOT_VISIBLE = """\
not visible: DynamoDB.4: backup plans are not part of a manifest: AWS Config's
  rule dynamodb-resources-protected-by-backup-plan shows it, and so do the
  resources and tags that the plans of the account select
"""


def test_of_one_manifest_every_control_is_shown(run: Any) -> None:
    write("orders.yaml", UNPROTECTED)

    status, out, _ = run("orders.yaml", "--profile", "fsbp")

    assert status == 1
    assert (
        out
        == f"""\
orders.yaml:
  fsbp: AWS Foundational Security Best Practices (Security Hub)
    DynamoDB.1  passed          Capacity follows demand
    DynamoDB.2  passed          Point-in-time recovery
    DynamoDB.3  not applicable  DAX clusters are encrypted at rest
    DynamoDB.4  not visible     Table is in a backup plan
    DynamoDB.5  passed          Table is tagged
    DynamoDB.6  failed          Deletion protection
    DynamoDB.7  not applicable  DAX clusters are encrypted in transit

orders.yaml:9:30: error[control-failed]: deletion protection of the table is off (DynamoDB.6)
    9 |   deletionProtectionEnabled: false
      |                              ^^^^^
  spec.deletionProtectionEnabled
  help: set deletionProtectionEnabled: true

{NOT_VISIBLE}
1 manifest: controls: 3 passed, 1 failed, 1 not visible, 2 not applicable
for details: planton explain CODE, docs/controls.md
"""
    )


def test_of_several_manifests_those_with_failures_are_counted(run: Any) -> None:
    write("a.yaml", UNPROTECTED)
    write("b.yaml")
    write("c.yaml", f"{GOOD}---\n{UNPROTECTED.replace('orders', 'users')}")

    status, out, _ = run(".", "--profile", "fsbp,control-tower", "--profile", "fsbp")

    assert status == 1
    assert out.startswith("""\
manifest                                            passed  failed  not visible
./a.yaml                                                 5       1            1
./c.yaml (users)                                         5       1            1

./a.yaml:9:30: error[control-failed]: deletion protection""")
    assert "\n./c.yaml:22:30: error[control-failed]: deletion protection" in out
    assert out.endswith(f"""\

{NOT_VISIBLE}
4 manifests: controls: 22 passed, 2 failed, 4 not visible, 8 not applicable; 2 without a failure, \
2 with failures
for details: planton explain CODE, docs/controls.md
""")


def test_manifests_that_fail_nothing_are_only_counted(run: Any) -> None:
    write("a.yaml")
    write("b.yaml")

    assert run(".") == (
        0,
        f"""\
{NOT_VISIBLE}
2 manifests: controls: 18 passed, 0 failed, 2 not visible, 10 not applicable; 2 without a failure, \
0 with failures
""",
        "",
    )


def test_a_note_of_some_manifests_says_how_many(run: Any) -> None:
    write(
        "a.yaml", GOOD.replace("spec:", "spec:\n  importTable: {s3Bucket: b-1, inputFormat: ION}")
    )
    write("b.yaml")

    status, out, _ = run(".")

    assert status == 0
    assert "\npassed in 1 manifest: DynamoDB.5, DynamoDB.6: only after `pulumi up` has run a" in out


def test_the_errors_of_an_invalid_manifest_are_those_of_validate(
    run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.yaml")
    write("bad.yaml", BAD)
    write("c.yaml", f"{GOOD}---\n{BAD}")
    main(["validate", "bad.yaml"])
    error, _, _ = capsys.readouterr().out.partition("\n\n")

    status, out, _ = run("a.yaml", "bad.yaml", "c.yaml")

    assert status == 1
    assert out.startswith(f"{error}\n\n")
    assert "\n2 manifests: " in out
    assert "2 without a failure, 0 with failures; 2 invalid files, not judged\n" in out


def test_an_invalid_manifest_alone_has_no_counts(run: Any) -> None:
    write("bad.yaml", BAD)

    status, out, _ = run("bad.yaml")

    assert status == 1
    assert out.endswith("\n1 invalid file, not judged\nfor details: planton explain CODE, "
                        "docs/controls.md\n")  # fmt: skip


def test_a_file_with_an_error_beside_its_manifests_is_not_judged(run: Any) -> None:
    write("a.yaml", f"{GOOD}  deletionProtectionEnabled: true\n")

    status, out, _ = run("a.yaml", "--format", "json")

    assert status == 1
    assert json.loads(out)["manifests"] == []
    assert [one["valid"] for one in json.loads(out)["files"]] == [False]


def test_a_request_and_standard_input_are_read(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    write("r.yaml", REQUEST)
    monkeypatch.setattr("planton.cli.controls_options.read_stdin", lambda *_: GOOD.encode())

    _, out, _ = run("-", "r.yaml", "--format", "json")

    assert [(one["file"], one["name"], one["tableName"]) for one in json.loads(out)["manifests"]] \
        == [("<stdin>", "orders", "orders"), ("r.yaml", "users", "users")]  # fmt: skip


# JSON


def test_the_json_has_the_place_of_each_finding_and_the_counts(run: Any) -> None:
    write("orders.yaml", UNPROTECTED.replace("name: orders", "name: orders, org: acme"))

    status, out, _ = run("orders.yaml", "--format", "json", "--required-tags", "team, team,Name")
    data = json.loads(out)
    (one,) = data["manifests"]
    results = {result["control"]: result for result in one["results"]}

    assert status == 1
    assert list(data) == ["profiles", "parameters", "files", "manifests", "summary"]
    assert [profile["profile"] for profile in data["profiles"]] == list(PROFILES)
    assert data["profiles"][0]["controls"][4] == {
        "control": "DynamoDB.5",
        "title": "Table is tagged",
        "severity": "low",
        "url": "https://docs.aws.amazon.com/securityhub/latest/userguide/dynamodb-controls.html"
        "#dynamodb-5",
    }
    assert data["profiles"][1]["controls"][0]["severity"] is None
    assert data["parameters"] == {"requiredTagKeys": ["team", "Name"]}
    assert data["files"] == [{"file": "orders.yaml", "valid": True, "diagnostics": []}]
    assert data["summary"] == {
        "files": 1,
        "invalid": 0,
        "manifests": 1,
        "passed": 7,
        "failed": 2,
        "notVisible": 1,
        "notApplicable": 5,
        "ok": False,
    }
    assert one["counts"] == {"passed": 7, "failed": 2, "notVisible": 1, "notApplicable": 5}
    assert results["DynamoDB.6"] == {
        "profile": "fsbp",
        "control": "DynamoDB.6",
        "verdict": "failed",
        "note": "",
        "findings": [
            {
                "severity": "error",
                "code": "control-failed",
                "message": "deletion protection of the table is off",
                "path": "spec.deletionProtectionEnabled",
                "line": 9,
                "column": 30,
                "endLine": 9,
                "endColumn": 35,
                "help": "set deletionProtectionEnabled: true",
            }
        ],
    }
    assert results["DynamoDB.5"]["findings"][0]["message"] == (
        "the table is without the required tag 'team'"
    )


def test_the_json_of_a_safe_table_is_ok(run: Any) -> None:
    write("orders.yaml")

    status, out, _ = run("orders.yaml", "--format", "json")

    assert status == 0
    assert json.loads(out)["summary"]["ok"] is True


# Markdown


def test_the_markdown_of_one_manifest_has_a_table_of_controls(run: Any) -> None:
    write("orders.yaml", UNPROTECTED)

    status, out, _ = run("orders.yaml", "--format", "markdown", "--profile", "control-tower,fsbp")

    url = "https://docs.aws.amazon.com/securityhub/latest/userguide/dynamodb-controls.html"
    assert status == 1
    assert out.startswith(f"""\
## Controls

<code>orders.yaml</code>

| profile | control | title | severity | verdict |
| --- | --- | --- | --- | --- |
| fsbp | [DynamoDB.1]({url}#dynamodb-1) | Capacity follows demand | medium | passed |
""")
    row = f"| fsbp | [DynamoDB.6]({url}#dynamodb-6) | Deletion protection | medium | **failed** |"
    assert row in out
    assert (
        """\
### Failed

| place | what failed | how to fix it |
| --- | --- | --- |
| <code>orders.yaml&#58;9&#58;30</code> | deletion protection of the table is off (DynamoDB.6) | \
set deletionProtectionEnabled&#58; true |

### Notes

| controls | verdict |  | manifests |
| --- | --- | --- | --- |
| DynamoDB.4 | not visible | backup plans are not part of a manifest&#58; AWS Config's rule """
        in out
    )
    assert "### Invalid" not in out


def test_the_markdown_of_several_manifests_has_a_row_for_each(run: Any) -> None:
    write("a.yaml")
    write("b.yaml", BAD)
    write("c.yaml", UNPROTECTED)

    status, out, _ = run(".", "--format", "markdown")

    assert status == 1
    assert out.startswith("""\
## Controls

| manifest | passed | failed | not visible | not applicable |
| --- | --- | --- | --- | --- |
| <code>./a.yaml</code> | 9 | 0 | 1 | 5 |
| <code>./c.yaml</code> | 8 | 1 | 1 | 5 |

### Failed
""")
    assert "### Invalid, not judged\n\n| place | code | what is wrong | how to fix it |\n" in out
    assert "| <code>./b.yaml&#58;5&#58;16</code> | <code>enum</code> | " in out


def test_an_unreadable_file_has_no_line(run: Any) -> None:
    _, out, _ = run("gone.yaml", "--format", "markdown")

    assert "| <code>gone.yaml</code> | <code>unreadable</code> |" in out


def test_no_character_of_a_name_has_a_meaning_in_markdown(run: Any) -> None:
    write(HOSTILE, UNPROTECTED)
    write(f"{'n' * 250}.yaml", UNPROTECTED)

    _, out, _ = run(".", "--format", "markdown")
    rows = [line for line in out.splitlines() if "img" in line]

    assert len(rows) == 2
    for row in rows:
        cell = re.split(r"(?<!\\) ?\| ?", row)[1]
        assert re.sub(r"&#\d+;|</?code>", "", cell).isascii()
        assert not re.search(r"[|<>@`\[\]]|www\.", re.sub(r"</?code>", "", cell))
        assert html.unescape(cell).startswith(f"<code>./{HOSTILE}")


def test_a_mention_in_a_sentence_is_broken() -> None:
    assert text("ask @all") == "ask &#64;\u200ball".replace("\u200b", "&#8203;")
    assert text("key 'a|b' of `x`") == "key <code>a&#124;b</code> of <code>x</code>"
    assert text("the table's key, not the stream's") == "the table's key, not the stream's"
    assert text("a table's 'a|b'") == "a table's <code>a&#124;b</code>"
    assert code("a\nb_c") == "<code>a&#92;nb&#95;c</code>"


# Text of hostile names, and many manifests


def test_long_and_hostile_names_fit_the_terminal(run: Any) -> None:
    write(f"{'n' * 250}.yaml", UNPROTECTED)
    write("a\x1b[31m.yaml", UNPROTECTED)

    _, out, _ = run(".")
    head, first, second, *_ = out.splitlines()

    assert len(head) < WIDTH
    assert first.startswith("./a\\x1b[31m.yaml ")
    assert second.startswith("…nnn")
    assert len(second) == len(head)
    assert "\x1b" not in out


def test_titles_fit_the_terminal() -> None:
    longest = max(len(c.id) for profile in PROFILES.values() for c in profile.controls)
    for profile in PROFILES.values():
        for control in profile.controls:
            assert (
                len("    ") + longest + 2 + len("not applicable") + 2 + len(control.title) <= WIDTH
            )


@pytest.mark.parametrize("format", ["text", "markdown", "json"])
def test_a_thousand_manifests_are_judged(run: Any, format: str) -> None:
    documents = "---\n".join(UNPROTECTED.replace("orders", f"t-{i}") for i in range(100))
    for i in range(10):
        write(f"{i}.yaml", documents)

    status, out, _ = run(".", "--format", format)

    assert status == 1
    assert "t-99" in out


# Usage


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: MANIFEST"),
        (["x", "--profile", "fsdp"],
         "--profile: unknown profile 'fsdp': did you mean 'fsbp'?"),
        (["x", "--profile", "fsbp,pci"],
         "unknown profile 'pci': expected 'fsbp', 'control-tower' or 'checkov'"),
        (["x", "--profile", " ,"],
         "no profile is named: expected 'fsbp', 'control-tower' or 'checkov'"),
        (["x", "--required-tags", ","], "--required-tags: expected 1 to 6 keys, got 0"),
        (["x", "--required-tags", "a,b,c,d,e,f,g"], "expected 1 to 6 keys, got 7"),
        (["x", "--required-tags", "a", "--profile", "checkov"], "only with the profile 'fsbp'"),
    ],
)  # fmt: skip
def test_wrong_usage_is_refused(run: Any, arguments: list[str], message: str) -> None:
    status, _, err = run(*arguments)

    assert status == 2
    assert err.rstrip().endswith(message)


def test_six_required_tags_are_allowed(run: Any) -> None:
    write("a.yaml")

    assert run("a.yaml", "--required-tags", "a,b,c,d,e,f")[0] == 1


def test_a_folder_without_manifests_is_wrong_usage(run: Any) -> None:
    write("x.yaml", "kind: ConfigMap\n")

    assert run(".") == (2, "", "planton: no AwsDynamodb manifest in .\n")


def test_other_commands_do_not_import_the_controls() -> None:
    program = (
        "import sys; from planton.cli.parser import main; main(['validate', 'hack']); "
        "main(['plan', 'hack/manifest.yaml']); import planton.resources.stack; "
        "print([n for n in sys.modules if n.startswith('planton.controls')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"
