"""`planton diff --base`: what happened to the manifests of a repository since a revision."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from planton.cli.parser import main
from tests.conftest import ROOT
from tests.repositories import OTHER_KEY, Repository, manifest

WHEN = "if its stack is destroyed, or updated with this name in allowRemoval"
REMOVED = f"{WHEN}, the table is deleted with all its data"
HOSTILE = "a|b @all <img>"


class Run:
    """What the command printed, and its exit status."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def listed(self) -> list[tuple[str, str | None, str | None, list[str]]]:
        """Of each manifest: status, old file, file, and the codes of its changes."""
        return [
            (one["status"], one["oldFile"], one["file"], [c["code"] for c in one["changes"]])
            for one in self.json["manifests"]
        ]


@pytest.fixture
def diff(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Runs the command in the repository, or in a folder of it."""

    def run(
        *paths: str, base: str = "main", format: str = "json", folder: str = "", config: str = ""
    ) -> Run:
        monkeypatch.chdir(tmp_path / "repository" / folder)
        options = ["--config", config] if config else []
        try:
            status = main(["diff", f"--base={base}", "--format", format, *options, "--", *paths])
        except SystemExit as error:
            status = int(str(error.code))
        captured = capsys.readouterr()
        return Run(status, captured.out, captured.err)

    return run


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """With one manifest, orders.yaml."""
    return Repository(tmp_path / "repository", orders=manifest())


def test_without_a_change_nothing_is_listed(repository: Repository, diff: Any) -> None:
    commit = repository.git("rev-parse", "main")

    run = diff()

    assert (run.status, run.json) == (
        0,
        {
            "valid": True,
            "diagnostics": [],
            "base": {"revision": "main", "commit": commit},
            "manifests": [],
            "requests": [],
            "links": [],
            "rules": [],
            "summary": {
                "removed": 0,
                "changed": 0,
                "renamed": 0,
                "added": 0,
                "failing": 0,
                "failed": False,
            },
        },
    )


def test_a_changed_manifest_is_listed_with_its_changes(repository: Repository, diff: Any) -> None:
    repository.write("orders.yaml", manifest("orders", *OTHER_KEY))

    run = diff()

    (found,) = run.json["manifests"]
    (change,) = found.pop("changes")
    assert (run.status, found) == (
        3,
        {
            "status": "changed",
            "name": "orders",
            "file": "orders.yaml",
            "oldName": "orders",
            "oldFile": "orders.yaml",
            "losesData": True,
            "refused": True,
            "consequence": "",
            "problem": "",
        },
    )
    assert (change["code"], change["old"], change["new"]) == (
        "key-schema",
        "customerId HASH, orderId RANGE",
        "customerId HASH, orderNo RANGE",
    )


def test_the_worst_is_listed_first(tmp_path: Path, diff: Any) -> None:
    names = ("a", "b", "c", "d", "e")
    repository = Repository(
        tmp_path / "repository", **{name: manifest(f"table-{name}") for name in names}
    )
    repository.write("a.yaml", manifest("table-a", env="prod"))
    repository.write("b.yaml", manifest("table-b", ("PAY_PER_REQUEST", "PAY")))
    repository.write("c.yaml", manifest("table-c", *OTHER_KEY))
    repository.remove("d.yaml")
    repository.git("mv", "e.yaml", "moved.yaml")
    repository.write("0.yaml", manifest("new"))

    run = diff()

    assert run.listed == [
        ("removed", "d.yaml", None, []),
        ("changed", "c.yaml", "c.yaml", ["key-schema"]),
        ("changed", "b.yaml", "b.yaml", []),
        ("changed", "a.yaml", "a.yaml", ["tags"]),
        ("renamed", "e.yaml", "moved.yaml", []),
        ("added", None, "0.yaml", []),
    ]
    assert run.json["summary"] == {
        "removed": 1,
        "changed": 3,
        "renamed": 1,
        "added": 1,
        "failing": 2,
        "failed": True,
    }


def test_the_text_shows_each_manifest_and_counts_them(repository: Repository, diff: Any) -> None:
    repository.git("mv", "orders.yaml", "moved.yaml")
    repository.write("fresh.yaml", manifest("fresh"))
    commit = repository.git("rev-parse", "main")

    run = diff(format="text")

    assert (run.status, run.out, run.err) == (
        0,
        "renamed: orders (orders.yaml → moved.yaml)\n\n"
        "added: fresh (fresh.yaml)\n\n"
        f"since main ({commit[:12]}): 1 renamed, 1 added\n",
        "",
    )


@pytest.mark.parametrize(
    ("line", "consequence"),
    [
        ("", REMOVED),
        (
            "  deletionProtectionEnabled: true\n",
            "the table is protected: a destroy of its stack is refused until "
            "deletionProtectionEnabled is false, and then deletes the table with all its data",
        ),
        (
            "  deletionPolicy: retain\n",
            f"deletionPolicy is retain: {WHEN}, the table stays in AWS with all its data, and "
            "nothing manages it any more",
        ),
    ],
)
def test_a_removed_manifest_fails_and_is_explained(
    line: str, consequence: str, tmp_path: Path, diff: Any
) -> None:
    text = manifest() + line
    repository = Repository(tmp_path / "repository", orders=text)
    repository.remove("orders.yaml")

    run = diff()

    (found,) = run.json["manifests"]
    assert (run.status, found["status"], found["consequence"]) == (3, "removed", consequence)
    assert found["losesData"] is ("retain" not in line)
    assert (found["name"], found["oldName"]) == (None, "orders")


def test_a_removed_manifest_whose_table_stays_is_not_shown_as_a_loss(
    tmp_path: Path, diff: Any
) -> None:
    text = manifest() + "  deletionPolicy: retain\n"
    repository = Repository(tmp_path / "repository", orders=text)
    repository.remove("orders.yaml")

    out = diff(format="markdown").out

    assert out.startswith("## DynamoDB tables: a manifest is removed, and its table stays\n")
    assert "&#58; 1 removed\n" in out
    assert re.findall("<b>(.*?)</b>", out) == ["removed"]
    repository.write("other.yaml", b"kind: AwsDynamodb\n\xff\n")
    assert diff(format="markdown").out.startswith("## DynamoDB tables: a manifest is invalid\n")


def test_another_name_in_the_same_file_replaces_the_table(
    repository: Repository, diff: Any
) -> None:
    repository.write("orders.yaml", manifest("invoices"))

    run = diff()

    assert run.status == 3
    assert run.listed == [("renamed", "orders.yaml", "orders.yaml", ["metadata-name"])]
    assert [run.json["manifests"][0][key] for key in ("oldName", "name")] == ["orders", "invoices"]


def test_a_manifest_that_moves_and_changes_is_compared(repository: Repository, diff: Any) -> None:
    """Git would not call this a rename: little of the file is left."""
    repository.remove("orders.yaml")
    repository.write(
        "tables/all.yaml",
        "\n---\n".join([manifest("first"), manifest("orders", *OTHER_KEY), manifest("third")]),
    )

    assert diff().listed == [
        ("renamed", "orders.yaml", "tables/all.yaml", ["key-schema"]),
        ("added", None, "tables/all.yaml", []),
        ("added", None, "tables/all.yaml", []),
    ]


def test_a_manifest_that_moves_to_another_region_is_compared(tmp_path: Path, diff: Any) -> None:
    region = "  region: eu-west-{}\n"
    repository = Repository(tmp_path / "repository", orders=manifest() + region.format(1))
    repository.remove("orders.yaml")
    repository.write("moved.yaml", manifest() + region.format(2))

    assert diff().listed == [("renamed", "orders.yaml", "moved.yaml", ["region"])]


def test_a_file_that_gets_another_manifest_is_not_a_rename(
    repository: Repository, diff: Any
) -> None:
    repository.git("mv", "orders.yaml", "old.yaml")
    repository.write("orders.yaml", manifest("invoices"))

    assert diff().listed == [
        ("renamed", "orders.yaml", "old.yaml", []),
        ("added", None, "orders.yaml", []),
    ]


def test_one_name_in_several_environments_is_several_tables(tmp_path: Path, diff: Any) -> None:
    repository = Repository(tmp_path / "repository")
    for env in ("dev", "prod"):
        repository.write(f"{env}/orders.yaml", manifest(env=env))
    repository.git("checkout", "-q", "main")
    repository.commit()
    repository.git("checkout", "-q", "-B", "work")
    for env in ("dev", "prod"):
        repository.remove(f"{env}/orders.yaml")
    repository.write("all/dev.yaml", manifest(env="dev"))
    repository.write("all/stage.yaml", manifest(env="stage"))

    run = diff()

    assert run.status == 3
    assert run.listed == [
        ("removed", "prod/orders.yaml", None, []),
        ("renamed", "dev/orders.yaml", "all/dev.yaml", []),
        ("added", None, "all/stage.yaml", []),
    ]


def test_two_manifests_that_nothing_tells_apart_are_not_matched(tmp_path: Path, diff: Any) -> None:
    repository = Repository(tmp_path / "repository", a=manifest(), b=manifest())
    repository.remove("a.yaml")
    repository.remove("b.yaml")
    repository.write("c.yaml", manifest("orders", *OTHER_KEY))
    repository.write("d.yaml", manifest())

    run = diff()

    assert (run.status, [one[0] for one in run.listed]) == (
        3,
        ["removed", "removed", "added", "added"],
    )
    assert {one["problem"] for one in run.json["manifests"]} == {
        "several manifests have this metadata.name, org and env, so it cannot be told which of "
        "them is which: give each another name, or change one of them at a time"
    }


def test_two_unchanged_manifests_with_one_name_are_no_problem(tmp_path: Path, diff: Any) -> None:
    repository = Repository(tmp_path / "repository", a=manifest(), b=manifest())
    repository.write("a.yaml", manifest("orders", *OTHER_KEY))

    assert diff().listed == [("changed", "a.yaml", "a.yaml", ["key-schema"])]


@pytest.mark.parametrize("is_changed", [True, False])
@pytest.mark.parametrize(
    ("text", "status", "old_file", "codes"),
    [
        (manifest("orders", *OTHER_KEY), 3, "orders.yaml", ["key-schema"]),
        (manifest("orders", ("RecoveryEnabled: true", "RecoveryEnabled: false")), 0, None, []),
        (manifest("orders", *OTHER_KEY, env="prod"), 0, None, []),
        (manifest("orders", *OTHER_KEY, ("spec:", "spec:\n  region: us-west-2")), 0, None, []),
    ],
)
def test_a_second_manifest_of_a_table_fails_if_it_would_lose_its_data(
    is_changed: bool,
    text: str,
    status: int,
    old_file: str | None,
    codes: list[str],
    repository: Repository,
    diff: Any,
) -> None:
    if is_changed:
        repository.write("orders.yaml", manifest() + "# changed\n")
    repository.write("copies/copy.yaml", text)

    run = diff()

    assert (run.status, run.listed) == (status, [("added", old_file, "copies/copy.yaml", codes)])
    (found,) = run.json["manifests"]
    assert found["consequence"] == (
        "'orders.yaml' has this metadata.name, org and env as well: if both are deployed to one "
        "stack, the new manifest changes the existing table: give it another metadata.name, or "
        "each its metadata.env"
        if status
        else ""
    )
    if status:
        assert "::error file=copies/copy.yaml,line=" in diff(format="github").out


def test_documents_of_one_file_are_matched_by_their_names(tmp_path: Path, diff: Any) -> None:
    text = "\n---\n".join([manifest("table-a"), manifest("table-b"), manifest("table-c")])
    repository = Repository(tmp_path / "repository", all=text)
    repository.write(
        "all.yaml", "\n---\n".join([manifest("table-c"), manifest("table-b", *OTHER_KEY)])
    )

    assert diff().listed == [
        ("removed", "all.yaml", None, []),
        ("changed", "all.yaml", "all.yaml", ["key-schema"]),
    ]


def test_a_manifest_that_becomes_invalid_is_an_error_at_its_line(
    repository: Repository, diff: Any
) -> None:
    repository.write("orders.yaml", manifest("orders", ("PAY_PER_REQUEST", "PAY")))
    repository.write("fresh.yaml", manifest("fresh"))

    run = diff()

    assert run.status == 1
    (found,) = run.json["diagnostics"]
    assert (found["file"], found["line"], found["code"]) == ("orders.yaml", 12, "enum")
    assert [one["problem"] for one in run.json["manifests"]] == ["it is invalid now", ""]


def test_what_is_invalid_comes_before_what_would_be_lost(tmp_path: Path, diff: Any) -> None:
    repository = Repository(tmp_path / "repository", a=manifest("table-a"), b=manifest("table-b"))
    repository.write("a.yaml", manifest("table-a", ("PAY_PER_REQUEST", "PAY")))
    repository.remove("b.yaml")

    run = diff(format="text")

    assert run.status == 1
    assert run.err.startswith("a.yaml:12:16: error[enum]: ")
    assert run.out.startswith(
        f"removed: table-b (b.yaml)\n  {REMOVED}\n\nchanged: table-a (a.yaml)\n"
    )
    assert run.out.endswith(": 1 removed, 1 changed; 1 would lose data or be refused; 1 error\n")


def test_what_was_invalid_is_shown_and_does_not_fail(tmp_path: Path, diff: Any) -> None:
    text = manifest("orders", ("PAY_PER_REQUEST", "PAY"))
    repository = Repository(tmp_path / "repository", orders=text)
    repository.write("orders.yaml", manifest())

    run = diff()

    (found,) = run.json["manifests"]
    assert (run.status, found["status"], found["problem"]) == (
        0,
        "changed",
        "it was invalid ('main:orders.yaml:12': 'PAY' is not one of 'PROVISIONED' or "
        "'PAY_PER_REQUEST')",
    )


def test_nothing_is_removed_from_a_file_that_cannot_be_parsed(tmp_path: Path, diff: Any) -> None:
    text = "\n---\n".join([manifest("table-a"), manifest("table-b")])
    repository = Repository(tmp_path / "repository", all=text)
    repository.write("all.yaml", f"{manifest('table-a')}\n---\nkind: AwsDynamodb\n  spec: [\n")

    run = diff()

    assert (run.status, {one[0] for one in run.listed}) == (1, {"changed"})
    assert "its file cannot be read now" in {one["problem"] for one in run.json["manifests"]}


def test_nothing_is_added_to_a_file_that_could_not_be_parsed(tmp_path: Path, diff: Any) -> None:
    repository = Repository(tmp_path / "repository", all="kind: AwsDynamodb\n  spec: [\n")
    repository.write("all.yaml", manifest())

    run = diff()

    (found,) = run.json["manifests"]
    assert (run.status, found["status"], found["problem"]) == (
        0,
        "changed",
        "its file could not be read at the base",
    )


DEFAULT = "defaults:\n  - spec: {deletionProtectionEnabled: true}\n"
RULE = "rules:\n  - id: only-prod\n    require: {metadata.env: [prod]}\n"


def test_a_default_that_a_branch_adds_is_a_change_of_every_manifest(
    repository: Repository, diff: Any
) -> None:
    assert diff().listed == []
    repository.write("planton.yaml", DEFAULT)

    assert diff().listed == [("changed", "orders.yaml", "orders.yaml", ["deletion-protection"])]


def test_a_default_that_was_there_before_is_no_change(tmp_path: Path, diff: Any) -> None:
    repository = Repository(tmp_path / "repository", orders=manifest(), planton=DEFAULT)
    repository.write("orders.yaml", manifest(env="prod"))

    assert diff().listed == [("changed", "orders.yaml", "orders.yaml", ["tags"])]


def test_rules_behind_a_link_are_read_at_the_base_too(tmp_path: Path, diff: Any) -> None:
    repository = Repository(tmp_path / "repository", rules=DEFAULT)
    repository.write("tables/orders.yaml", manifest())
    repository.write("broken/users.yaml", manifest("users"))
    (repository.folder / "tables" / "planton.yaml").symlink_to("../rules.yaml")
    (repository.folder / "broken" / "planton.yaml").symlink_to("../../nowhere.yaml")
    repository.git("checkout", "-q", "main")
    repository.commit()
    repository.git("checkout", "-q", "-B", "work")

    assert diff("tables").json["manifests"] == []
    repository.write("rules.yaml", "rules: []\n")
    assert diff("tables").listed == [
        ("changed", "tables/orders.yaml", "tables/orders.yaml", ["deletion-protection-off"])
    ]


def test_a_base_that_broke_the_rules_is_compared_all_the_same(tmp_path: Path, diff: Any) -> None:
    repository = Repository(tmp_path / "repository", orders=manifest(), planton=RULE)
    repository.write("orders.yaml", manifest("orders", *OTHER_KEY, env="prod"))

    assert diff().listed == [("changed", "orders.yaml", "orders.yaml", ["key-schema", "tags"])]


def test_a_manifest_that_new_rules_refuse_is_an_error(repository: Repository, diff: Any) -> None:
    repository.write("planton.yaml", RULE)

    run = diff()

    assert (run.status, [one["code"] for one in run.json["diagnostics"]]) == (1, ["only-prod"])


def test_rules_that_cannot_be_used_are_reported_once(tmp_path: Path, diff: Any) -> None:
    repository = Repository(tmp_path / "repository", a=manifest("table-a"), b=manifest("table-b"))
    repository.write("planton.yaml", "rules: 1\n")
    repository.write("a.yaml", manifest("table-a", env="prod"))

    run = diff()

    assert (run.status, {one["file"] for one in run.json["diagnostics"]}) == (1, {"planton.yaml"})
    assert len(run.json["diagnostics"]) == len({json.dumps(d) for d in run.json["diagnostics"]})


def test_rules_that_could_not_be_used_at_the_base_are_left_out(tmp_path: Path, diff: Any) -> None:
    repository = Repository(tmp_path / "repository", orders=manifest(), planton="rules: 1\n")
    repository.remove("planton.yaml")
    repository.write("orders.yaml", manifest("orders", *OTHER_KEY))

    assert diff().listed == [("changed", "orders.yaml", "orders.yaml", ["key-schema"])]


RULES_NOTE = (
    "the rules of the organization have changed, so what they asked for before may no longer hold: "
)


def test_rules_that_a_branch_changes_are_named(tmp_path: Path, diff: Any) -> None:
    asked = "rules:\n  - id: dev\n    require: {metadata.env: [dev]}\n"
    repository = Repository(tmp_path / "repository", planton=asked)
    for folder in ("tables", "other", "foreign"):
        repository.write(f"{folder}/planton.yaml", asked.replace("dev", folder, 1))
        repository.write(f"{folder}/a.yaml", "a: 1\n" if folder == "foreign" else manifest())
    repository.git("checkout", "-q", "main")
    repository.commit()
    repository.git("checkout", "-q", "-B", "work")
    assert diff().json["rules"] == []
    repository.write("planton.yaml", asked.replace("\n", "\r\n"))
    assert diff().json["rules"] == [], "line breaks alone are no change"

    for file in ("planton.yaml", "tables/planton.yaml", "foreign/planton.yaml"):
        repository.remove(file)
    run = diff()

    assert (run.status, run.json["rules"]) == (0, ["planton.yaml", "tables/planton.yaml"])
    assert diff(folder="other").json["rules"] == ["../planton.yaml"]
    note = f"{RULES_NOTE}planton.yaml, tables/planton.yaml"
    assert f"note: {note}\n" in diff(format="text").out
    assert f"::notice title=diff/not-compared::{note}\n" in diff(format="github").out
    repository.write("fresh.yaml", manifest("fresh"))
    above, _, folded = diff(format="markdown").out.partition("<details>")
    assert f"\n\nNote: {RULES_NOTE[:-2]}&#58; " in above
    assert "fresh" in folded


def test_requests_are_named_and_not_compared(tmp_path: Path, diff: Any) -> None:
    request = (ROOT / "promise/requests/simple-users-table.yaml").read_text(encoding="utf-8")
    repository = Repository(tmp_path / "repository", request=request)
    repository.write("request.yaml", request.replace("us-east-1", "eu-west-1"))

    run = diff()
    text = diff(format="text")

    assert (run.status, run.json["requests"], run.json["manifests"]) == (0, ["request.yaml"], [])
    assert text.out.startswith(
        "note: requests are not compared, because the platform decides what an update of one does: "
        "request.yaml\n"
    )


PROTECTED_RENAME = manifest("invoices") + "  tableName: orders\n"


def test_the_formats_point_to_the_line_that_changed(repository: Repository, diff: Any) -> None:
    repository.write("orders.yaml", manifest("orders", *OTHER_KEY))
    line = 1 + manifest("orders", *OTHER_KEY).split("\n").index("    - attributeName: orderNo")

    sarif, github = diff(format="sarif"), diff(format="github")

    (result,) = sarif.json["runs"][0]["results"]
    (location,) = result["locations"]
    assert (result["ruleId"], result["level"], sarif.status) == ("diff/key-schema", "error", 3)
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "orders.yaml"},
        "region": {"startLine": line, "startColumn": 22, "endLine": line, "endColumn": 29},
    }
    assert github.out.startswith(
        f"::error file=orders.yaml,line={line},col=22,endLine={line},endColumn=29,"
        "title=diff/key-schema::table 'orders': spec.keySchema: "
    )


NO_SORT_KEY = (
    (
        "    - name: shipBy # seconds since 1970\n"
        '      type: "N" # quoted: to many YAML readers a bare N is false\n',
        "",
    ),
    ("attributeName: shipBy", "attributeName: customerId"),
)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ([("PAY_PER_REQUEST", "PAY")], [("enum", "error", "PAY")]),
        (NO_SORT_KEY, [("diff/index-changed", "warning", "customerId")]),
        ([("env: dev", "env: prod")], []),
    ],
)
def test_only_what_deserves_attention_is_a_finding(
    changes: list[tuple[str, str]],
    found: list[tuple[str, str, str]],
    repository: Repository,
    diff: Any,
) -> None:
    text = manifest("orders", *changes)
    repository.write("orders.yaml", text)

    results = diff(format="sarif").json["runs"][0]["results"]

    assert [(one["ruleId"], one["level"], _marked(text, one)) for one in results] == found


def _marked(text: str, result: Any) -> str:
    region = result["locations"][0]["physicalLocation"]["region"]
    line: str = text.split("\n")[region["startLine"] - 1]
    return line[int(region["startColumn"]) - 1 : int(region["endColumn"]) - 1]


def test_a_removed_manifest_is_a_finding_without_a_line(repository: Repository, diff: Any) -> None:
    repository.remove("orders.yaml")

    (result,) = diff(format="sarif").json["runs"][0]["results"]

    assert (result["ruleId"], result["message"]["text"]) == (
        "diff/removed",
        f"removed manifest 'orders': {REMOVED}",
    )
    assert result["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "orders.yaml"}}}
    ]


def test_markdown_has_what_is_lost_in_bold_and_the_rest_folded(tmp_path: Path, diff: Any) -> None:
    repository = Repository(tmp_path / "repository", a=manifest("table-a"), b=manifest("table-b"))
    repository.write("a.yaml", manifest("table-a", env="prod"))
    repository.remove("b.yaml")
    commit = repository.git("rev-parse", "main")[:12]

    run = diff(format="markdown")

    above, _, folded = run.out.partition("<details>\n")
    assert above == (
        "## DynamoDB tables: data would be lost\n\n"
        f"since main ({commit})&#58; 1 removed, 1 changed; 1 would lose data or be refused\n\n"
        "|  | manifest | what happens |\n"
        "| --- | --- | --- |\n"
        "| <b>removed</b> | <code>table-b</code><br><code>b.yaml</code> | "
        f"<b>{REMOVED}</b> |\n\n"
    )
    assert folded.startswith("<summary>Other changes</summary>\n\n|  | manifest |")
    assert "| changed | <code>table-a</code><br><code>a.yaml</code> | <code>tags&#58; " in folded
    assert folded.endswith("\n\n</details>\n")


def test_no_character_of_a_manifest_has_a_meaning_in_markdown(tmp_path: Path, diff: Any) -> None:
    name = f"dir/{HOSTILE} `x` [a](b) **b**.yaml"
    repository = Repository(tmp_path / "repository")
    repository.write(name, manifest("orders", ("env: dev", f"env: '{HOSTILE}'")))
    repository.git("checkout", "-q", "main")
    repository.commit()
    repository.git("checkout", "-q", "-B", "work")
    repository.write(name, manifest("'a|b @all <img>'"))
    repository.write("tagged.yaml", manifest("tagged", ("env: dev", "env: '</details> #1 @all'")))

    for command in ("markdown", "text", "github", "sarif", "json"):
        run = diff(format=command)
        assert run.status == 1, "the name is refused"
    out = diff(format="markdown").out

    without = re.sub(r"</?(?:code|b|details|summary)>|<br>", "", out)
    cells = re.sub(r"^\|.*\|$", "", without, flags=re.M)
    assert not re.search(r"[@<>`*\[\]]", without)
    assert "|" not in cells
    for row in re.findall(r"^\|.*\|$", out, re.M):
        assert row.count("|") == 4


def test_a_comment_has_at_most_the_characters_that_github_accepts(
    tmp_path: Path, diff: Any
) -> None:
    tables = {f"table-{i}": manifest(f"table-{i}-{'x' * 200}") for i in range(300)}
    repository = Repository(tmp_path / "repository", **tables)
    for name in tables:
        repository.remove(f"{name}.yaml")

    out = diff(format="markdown").out

    assert len(out) < 65_536 - 100
    (left_out,) = re.findall(r"^… and (\d+) more$", out, re.M)
    assert out.count("<b>removed</b>") + int(left_out) == 300


def indexed(name: str, key: str, more: str = "") -> str:
    """A manifest with twenty global indexes, whose names take much room in HTML."""
    lines = [
        f"apiVersion: aws.project-planton.org/v1\nkind: AwsDynamodb\nmetadata: {{name: {name}}}",
        "spec:\n  billingMode: PAY_PER_REQUEST\n  attributeDefinitions:",
        "    - {name: a, type: S}\n    - {name: b, type: S}",
        f"  keySchema: [{{attributeName: {key}, keyType: HASH}}]",
        "  globalSecondaryIndexes:",
    ]
    for i in range(20):
        lines += [
            f"    - name: {'_' * 200}{i}",
            f"      keySchema: [{{attributeName: {'ab'[key == 'a']}, keyType: HASH}}]",
            f"      projection: {{type: ALL}}{more}",
        ]
    return "\n".join(lines) + "\n"


def test_one_manifest_does_not_take_the_room_of_the_others(tmp_path: Path, diff: Any) -> None:
    tables = {f"many-{i}": indexed(f"many-{i}", "a") for i in range(3)}
    repository = Repository(tmp_path / "repository", **tables, orders=manifest())
    for name in tables:
        moved = indexed(name, "b", "\n      autoscaling: {enabled: false}")
        repository.write(f"{name}.yaml", moved)
    repository.write("orders.yaml", manifest("orders", *OTHER_KEY))

    above, _, _ = diff(format="markdown").out.partition("<details>")

    assert re.findall(r"^\| <b>changed</b> \| <code>([\w-]+)</code>", above, re.M) == [
        "many-0",
        "many-1",
        "many-2",
        "orders",
    ]
    assert above.count("<br>… and 11 more |") == 3


def test_paths_are_relative_to_the_working_directory(tmp_path: Path, diff: Any) -> None:
    repository = Repository(tmp_path / "repository", a=manifest("table-a"))
    repository.write("tables/b.yaml", manifest("table-b"))
    repository.write("other/c.yaml", manifest("table-c"))

    run = diff(".", "../a.yaml", folder="tables")

    assert run.listed == [("added", None, "b.yaml", [])]
    repository.remove("a.yaml")
    assert diff(".", "../a.yaml", folder="tables").listed == [
        ("removed", "../a.yaml", None, []),
        ("added", None, "b.yaml", []),
    ]


def test_without_a_path_the_working_directory_is_compared(tmp_path: Path, diff: Any) -> None:
    repository = Repository(tmp_path / "repository", a=manifest("table-a"))
    repository.write("tables/b.yaml", manifest("table-b"))
    repository.remove("a.yaml")

    assert diff(folder="tables").listed == [("added", None, "b.yaml", [])]


@pytest.mark.parametrize(
    "name",
    ["our tables/a b.yaml", "ü/ñ.yaml", '"quoted".yaml', "-rf.yaml", "a\tb.yaml", ":(icase)a.yaml"],
)
def test_a_file_can_have_any_name(name: str, repository: Repository, diff: Any) -> None:
    repository.write(name, manifest("named"))
    repository.git("checkout", "-q", "main")
    repository.commit()
    repository.git("checkout", "-q", "-B", "work")
    repository.write(name, manifest("named", *OTHER_KEY))

    assert diff().listed == [("changed", name, name, ["key-schema"])]
    assert diff(name).listed == [("changed", name, name, ["key-schema"])]


def test_line_breaks_alone_are_no_change(repository: Repository, diff: Any) -> None:
    repository.write("orders.yaml", manifest().replace("\n", "\r\n"))

    run = diff()

    assert (run.status, run.listed) == (0, [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["diff", "--base"], "argument --base: expected one argument"),
        (["diff", "a.yaml"], "expected OLD and NEW, or --base REVISION, got 1 paths"),
        (["diff", "a", "b", "--format", "sarif"], "--format: sarif is only allowed with --base"),
    ],
)
def test_wrong_usage_is_refused(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)

    assert message in capsys.readouterr().err


def test_the_text_shows_each_change_with_its_fix(repository: Repository, diff: Any) -> None:
    repository.write("orders.yaml", manifest("orders", *OTHER_KEY))

    run = diff(format="text")

    assert run.out.startswith(
        "changed: orders (orders.yaml)\n"
        "  spec.keySchema: customerId HASH, orderId RANGE → customerId HASH, orderNo RANGE\n"
        "    replacement, all data is lost: a table's key cannot change: "
    )


def test_what_cannot_be_compared_is_a_warning(tmp_path: Path, diff: Any) -> None:
    text = manifest("orders", ("PAY_PER_REQUEST", "PAY"))
    repository = Repository(tmp_path / "repository", orders=text)
    repository.write("orders.yaml", manifest())

    run = diff(format="github")

    assert run.status == 0
    assert run.out.startswith(
        "::warning file=orders.yaml,title=diff/not-compared::changed manifest 'orders': "
        "cannot be compared: it was invalid "
    )
    markdown = diff(format="markdown").out
    assert markdown.startswith("## DynamoDB tables: a manifest cannot be compared\n")
    assert "| cannot be compared: it was invalid (" in markdown


def test_an_unknown_revision_is_wrong_usage(repository: Repository, diff: Any) -> None:
    run = diff(base="nowhere")

    assert (run.status, run.out) == (2, "")
    assert run.err.startswith("planton: --base: unknown revision 'nowhere': expected a branch, ")


def test_the_text_says_what_cannot_be_compared(tmp_path: Path, diff: Any) -> None:
    invalid = manifest("orders", ("PAY_PER_REQUEST", "PAY"), ("type: S", "type: Z"))
    repository = Repository(tmp_path / "repository", orders=invalid)
    repository.write("orders.yaml", manifest())
    (repository.folder / "link.yaml").symlink_to("orders.yaml")

    run = diff(format="text")

    assert run.out.startswith(
        "changed: orders (orders.yaml)\n  cannot be compared: it was invalid "
        "('main:orders.yaml:12': 'PAY' is not one of 'PROVISIONED' or 'PAY_PER_REQUEST', and 3 "
        "more)\n\nnote: links are not followed: the files they lead to are compared where they "
        "are: link.yaml\n"
    )


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (manifest(), "no data is lost"),
        (manifest("orders", *OTHER_KEY), "data would be lost"),
        (PROTECTED_RENAME, "an update would be refused"),
        (b"kind: AwsDynamodb\n\xff\n", "a manifest is invalid"),
    ],
)
def test_the_heading_of_the_markdown_is_the_verdict(
    text: str, verdict: str, repository: Repository, diff: Any
) -> None:
    repository.write("orders.yaml", text)

    assert diff(format="markdown").out.startswith(f"## DynamoDB tables: {verdict}\n")


def test_an_empty_folder_is_refused(tmp_path: Path, diff: Any) -> None:
    repository = Repository(tmp_path / "repository")
    (repository.folder / "empty").mkdir()

    run = diff(folder="empty")

    assert (run.status, run.out, run.err) == (
        2,
        "",
        "planton: no AwsDynamodb manifest in ., neither in main nor in the working tree; files "
        "that Git ignores are left out\n",
    )


def test_the_command_changes_nothing_in_the_repository(repository: Repository, diff: Any) -> None:
    repository.write("orders.yaml", manifest("orders", *OTHER_KEY))
    files = {
        path: (path.stat().st_mtime_ns, path.stat().st_ino)
        for path in sorted(repository.folder.rglob("*"))
    }

    assert diff().status == 3

    assert files == {
        path: (path.stat().st_mtime_ns, path.stat().st_ino)
        for path in sorted(repository.folder.rglob("*"))
    }
    assert os.getcwd() == str(repository.folder)
