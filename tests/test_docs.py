"""The documentation is true: generated pages, fenced manifests, links, commands, permissions."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from planton.cli.parser import VALIDATE_FORMATS, main
from planton.diagnostics.codes import CODES
from planton.diagnostics.diagnostic import Source
from planton.diagnostics.warning_codes import not_a_warning
from planton.dialects.annotations import IGNORE_WARNINGS
from planton.reading.at_time import at_time
from planton.reading.listing import LEFT_OUT
from planton.reading.read import read
from tests.corpus import examples
from tests.loading import load
from tools.dev import COMMANDS
from tools.docs import DOCS, PAGES

ROOT = DOCS.parent
MARKDOWN = [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "promise").glob("*.md")]


def fenced(page: Path, language: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run ./dev docs"


GUIDE = [yaml.safe_load(block) for block in fenced(DOCS / "guide.md", "yaml")]


@pytest.mark.parametrize("fragment", GUIDE[1:], ids=lambda f: "-".join(f["spec"])[:60])
def test_the_lines_that_the_guide_suggests_are_valid(fragment: dict[str, Any]) -> None:
    manifest = {**GUIDE[0], "spec": {**GUIDE[0]["spec"], **fragment["spec"]}}
    warnings = load(json.dumps(manifest), filename="guide.md").warnings
    # Of what begins with data the guide says that it takes a second run.
    begins = {"importTable", "restoreSourceName"} & {*fragment["spec"]}
    assert [w.code for w in warnings] == (["second-step"] if begins else [])


def test_no_schedule_of_the_guide_or_the_examples_will_be_over() -> None:
    """They would begin to show warnings."""
    texts = [example.read_text(encoding="utf-8") for example in examples()]
    for block in GUIDE:
        texts.append(json.dumps({**GUIDE[0], "spec": {**GUIDE[0]["spec"], **block["spec"]}}))
    later = datetime(2190, 1, 1, tzinfo=timezone.utc)
    readings = [read(Source("x.yaml", text)) for text in texts]

    assert [one for one in readings if at_time(one, later) != one] == []
    assert sum("scheduledAdjustments" in text for text in texts) > 1


def test_the_manifest_of_the_readme_is_valid() -> None:
    (manifest,) = fenced(ROOT / "README.md", "yaml")
    assert load(manifest, filename="README.md").warnings == ()


def test_the_error_in_the_readme_is_what_the_program_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (manifest,) = fenced(ROOT / "README.md", "yaml")
    (shown,) = fenced(ROOT / "README.md", "console")
    (tmp_path / "orders.yaml").write_text(
        manifest.replace("streamViewType", "streamViewtype"), encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    command, _, printed = shown.partition("\n")

    assert main(shlex.split(command)[2:]) == 1
    assert capsys.readouterr().out == printed


@pytest.mark.parametrize(
    "file", [*sorted((ROOT / "examples").iterdir()), ROOT / "hack" / "manifest.yaml"], ids=str
)
def test_an_example_is_valid_without_warnings(file: Path) -> None:
    assert load(file.read_text(encoding="utf-8"), filename=file.name).warnings == ()


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: page.name)
def test_links_to_files_are_not_broken(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_links_to_sections_are_not_broken() -> None:
    pages = {page: page.read_text(encoding="utf-8") for page in MARKDOWN}
    sections = {
        page.resolve(): {
            re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
            for heading in re.findall(r"^#+ (.*)", text, re.M)
        }
        for page, text in pages.items()
    }
    links = [
        (page, file, section)
        for page, text in pages.items()
        for file, section in re.findall(r"\]\((?!https?://)([^)#]*)#([^)]+)\)", text)
    ]
    assert len(links) > len(CODES)
    assert [
        f"{page.name}: {file}#{section}"
        for page, file, section in links
        if section not in sections[(page.parent / file if file else page).resolve()]
    ] == []


def test_the_index_of_rules_links_to_every_code() -> None:
    text = (DOCS / "rules" / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"^\| \[`(.*?)`\]\((.*?)\.md#(.*?)\) \| (\w+) \|", text, re.M)

    assert linked == [(code, about.subject, code, about.severity) for code, about in CODES.items()]


def test_every_page_of_rules_is_generated_and_short() -> None:
    pages = list((DOCS / "rules").iterdir())

    assert {f"rules/{page.name}" for page in pages} == {n for n in PAGES if n.startswith("rules/")}
    assert max(len(page.read_text(encoding="utf-8").splitlines()) for page in pages) < 600


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: page.name)
def test_every_dev_command_that_a_page_names_exists(page: Path) -> None:
    named = set(re.findall(r"\./dev ([a-z]+)", page.read_text(encoding="utf-8")))
    assert named - set(COMMANDS) == set()


def test_ci_runs_only_commands_that_the_readme_shows() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    commands = [line for line in lines if line.startswith("./")]
    readme = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert "./dev test" in commands
    assert [command for command in commands if command not in readme] == []


def test_the_policy_allows_every_request_that_the_emulated_aws_gets() -> None:
    text, _ = fenced(DOCS / "permissions.md", "json")
    statements = {statement["Sid"]: statement for statement in json.loads(text)["Statement"]}
    sids = ("Tables", "Autoscaling", "Alarms", "AccessPolicies", "Grants")
    allowed = {action for sid in sids for action in statements[sid]["Action"]}
    allowed.add(statements["AttachedPolicies"]["Action"])
    call = re.compile(r'\.(dynamodb|autoscaling|cloudwatch|iam)\(\s*"([A-Za-z]+)"')
    services = {
        "dynamodb": "dynamodb",
        "autoscaling": "application-autoscaling",
        "cloudwatch": "cloudwatch",
        "iam": "iam",
    }
    made = {
        f"{services[service]}:{operation}"
        for folder in ("planton/rehearsal/provider", "tests/emulated/provider")
        for file in (ROOT / folder).glob("*.py")
        for service, operation in call.findall(file.read_text(encoding="utf-8"))
    }
    assert "dynamodb:CreateTable" in made
    assert made == allowed


def test_the_readme_names_the_oldest_cli_that_the_guard_supports() -> None:
    from planton.resources.guard import MINIMUM_CLI

    shown = MINIMUM_CLI.removesuffix(".0")
    assert f"Pulumi CLI ({shown} or newer)" in (ROOT / "README.md").read_text(encoding="utf-8")


CHECKING = DOCS / "checking.md"


@pytest.mark.parametrize(
    "command", re.findall(r"^planton .*", CHECKING.read_text(encoding="utf-8"), re.M)
)
def test_a_command_of_the_page_on_checking_succeeds(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)

    assert main(shlex.split(command)[1:]) == 0


def test_the_page_on_checking_lists_the_inputs_formats_and_hooks() -> None:
    text = CHECKING.read_text(encoding="utf-8")
    annotation, hook, workflow, upload = map(yaml.safe_load, fenced(CHECKING, "yaml"))
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    (offered,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))

    (ignored,) = annotation["metadata"]["annotations"].items()
    assert ignored[0] == IGNORE_WARNINGS
    assert [not_a_warning(code.strip()) for code in ignored[1].split(",")] == [None, None]
    assert [h["id"] for h in hook["repos"][0]["hooks"]] == [offered["id"]]
    step = workflow["jobs"]["validate"]["steps"][1]
    assert set(step["with"]) <= set(action["inputs"])
    assert upload[0]["with"]["sarif_file"] == "planton.sarif"
    rows = re.findall(r"^\| `([a-z-]+)` \| (?:`(.*?)`)? ?\|", text, re.M)
    assert rows[-len(action["inputs"]) :] == [
        (name, given["default"]) for name, given in action["inputs"].items()
    ]
    assert (
        tuple(re.findall(r"^\| `(text|json|sarif|github)` \| [a-z]", text, re.M | re.I))
        == VALIDATE_FORMATS
    )


def test_the_files_on_the_page_on_checking_are_valid_for_their_tools(
    tmp_path: Path,
) -> None:
    _, hook, workflow, _ = fenced(CHECKING, "yaml")
    for name, text in {"hook.yaml": hook, "workflow.yaml": workflow}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    schema = ["check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    for command in ["pre_commit", "validate-config", "hook.yaml"], [*schema, "workflow.yaml"]:
        subprocess.run(
            [sys.executable, "-m", *command], cwd=tmp_path, check=True, capture_output=True
        )


def test_the_page_on_checking_names_every_folder_that_is_skipped() -> None:
    named = re.findall(r"`([a-z_]+)`", CHECKING.read_text(encoding="utf-8").partition("| exit")[0])
    assert LEFT_OUT - set(named) == set()


PROMISE = ROOT / "promise" / "README.md"


def test_the_readme_of_the_promise_shows_the_simplest_request() -> None:
    shown, *_ = fenced(PROMISE, "yaml")
    file = ROOT / "promise" / "requests" / "simple-users-table.yaml"

    assert shown == file.read_text(encoding="utf-8").split("\n", 1)[1]


def test_every_file_that_the_readme_of_the_promise_lists_exists() -> None:
    (table,) = re.findall(r"^\| here \|.*?\n\n", PROMISE.read_text(encoding="utf-8"), re.M | re.S)
    listed = [name for row in table.splitlines() for name in re.findall("`([^`]+)`", row[:70])]

    assert len(listed) == 10
    assert [name for name in listed if not (PROMISE.parent / name).exists()] == []


@pytest.mark.parametrize(
    "command",
    [
        command.partition(" #")[0].partition(" > ")[0].strip()
        for page in (PROMISE, ROOT / "README.md")
        for command in re.findall(r"^planton (?:kratix|plan promise).*", page.read_text(), re.M)
    ],
)
def test_a_command_about_the_promise_succeeds(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "promise").symlink_to(ROOT / "promise")
    (tmp_path / "my-request.yaml").symlink_to(
        ROOT / "promise" / "requests" / "simple-users-table.yaml"
    )
    monkeypatch.chdir(tmp_path)

    assert main(shlex.split(command)[1:]) == 0
