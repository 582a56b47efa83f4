"""`planton review`: what a preview of any Pulumi program would lose."""

from __future__ import annotations

import copy
import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi_aws
import pytest

from planton.cli.markdown import text
from planton.cli.parser import main
from planton.review.data_types import DATA_TYPES, held_data
from planton.review.digest import PreviewError
from planton.review.preview import Affected, Outcome, Preview, read_preview

TABLE = "aws:dynamodb/table:Table"
PROJECT = "urn:pulumi:dev::shop::"
STREAMING = "run pulumi without PULUMI_ENABLE_STREAMING_JSON_PREVIEW"


def step(op: str, name: str = "orders", type: str = TABLE, **old: Any) -> dict[str, Any]:
    """A step as the engine prints it; `old` is a part of the state before."""
    urn = f"{PROJECT}{type}::{name}"
    state = {"urn": urn, "custom": True, "id": f"{name}-live", "type": type, **old}
    found: dict[str, Any] = {"op": op, "urn": urn, "detailedDiff": None}
    if op != "create":
        found["oldState"] = state
    return found


def preview(*steps: dict[str, Any], **more: Any) -> bytes:
    """What `pulumi preview --json` prints."""
    ops = [one["op"] for one in steps]
    summary = {op: ops.count(op) for op in ops}
    digest = {"steps": list(steps), "duration": 1, "changeSummary": summary, **more}
    return json.dumps(digest).encode()


def resource(outcome: Outcome, name: str = "orders", type: str = TABLE, **more: Any) -> Affected:
    urn = f"{PROJECT}{type}::{name}"
    return Affected(urn, f"{name}-live", DATA_TYPES["aws:dynamodb:Table"], outcome, **more)


def refusal(data: bytes) -> str:
    with pytest.raises(PreviewError) as error:
        read_preview(data)
    return str(error.value)


@pytest.mark.parametrize(
    "op",
    [
        "same",
        "create",
        "update",
        "read",
        "refresh",
        "discard",
        "read-replacement",
        "discard-replaced",
        "remove-pending-replace",
        "import",
        "diff",
        "extend-parameterize",
    ],
)
def test_a_step_that_keeps_the_resource_is_no_loss(op: str) -> None:
    assert read_preview(preview(step(op))) == Preview(1, (), ())


@pytest.mark.parametrize(
    ("op", "found"),
    [
        ("delete", resource(Outcome.DELETED)),
        ("replace", resource(Outcome.REPLACED)),
        ("create-replacement", resource(Outcome.REPLACED)),
        ("delete-replaced", resource(Outcome.DELETED)),
        ("import-replacement", resource(Outcome.REPLACED, imported=True)),
    ],
)
def test_a_deletion_and_a_replacement_lose_data(op: str, found: Affected) -> None:
    assert read_preview(preview(step(op))) == Preview(1, (found,), (), brief=op == "replace")


def test_the_steps_of_one_replacement_are_one_loss() -> None:
    steps = [step(op) for op in ("delete-replaced", "replace", "create-replacement")]
    for one in steps[1:]:
        one["replaceReasons"] = ["hashKey"]

    assert read_preview(preview(*steps)).affected == (
        resource(Outcome.REPLACED, because=("hashKey",)),
    )


def test_an_import_in_the_place_of_a_resource_is_a_replacement() -> None:
    one = {**step("replace"), "newState": {"importID": "other-live"}}

    assert read_preview(preview(one)).affected == (resource(Outcome.REPLACED, imported=True),)


@pytest.mark.parametrize("old", [{}, {"id": "other", "importID": "orders-live"}])
def test_what_was_imported_before_is_no_import(old: dict[str, str]) -> None:
    one = {**step("replace", **old), "newState": {"importID": "orders-live"}}

    (found,) = read_preview(preview(one)).affected

    assert (found.outcome, found.imported) == (Outcome.REPLACED, False)


def test_what_is_retained_is_only_forgotten() -> None:
    found = read_preview(preview(step("delete", retainOnDelete=True)))

    assert found.affected == (resource(Outcome.FORGOTTEN, retained=True),)
    assert [one.fails for one in found.affected] == [False]


def test_a_replacement_fails_also_if_the_old_one_is_retained() -> None:
    """The program goes on with an empty table."""
    (found,) = read_preview(preview(step("replace", retainOnDelete=True))).affected

    assert (found.outcome, found.retained, found.fails) == (Outcome.REPLACED, True, True)


def test_what_another_stack_owns_is_not_deleted() -> None:
    assert read_preview(preview(step("delete", external=True))).affected == ()


def test_only_true_retains_a_resource() -> None:
    (found,) = read_preview(preview(step("delete", retainOnDelete="true"))).affected

    assert found.outcome is Outcome.DELETED


def test_a_resource_that_holds_no_data_can_be_deleted() -> None:
    role = "aws:iam/role:Role"

    assert (
        read_preview(preview(step("delete", type=role), step("replace", type=role))).affected == ()
    )


def test_the_type_is_the_last_one_of_a_resource_in_components() -> None:
    nested = step("delete", type=f"my:index:Shop$my:index:Data${TABLE}")
    parent = step("delete", "shop", type=f"{TABLE}$my:index:Other")

    (found,) = read_preview(preview(nested, parent)).affected

    assert (found.type, found.name) == (TABLE, "orders")


def test_a_name_can_contain_the_separator_of_a_urn() -> None:
    (found,) = read_preview(preview(step("delete", "a::b"))).affected

    assert found.name == "a::b"


@pytest.mark.parametrize(
    "token",
    [
        "aws:dynamodb/table:Table",
        "aws:dynamodb:Table",
        "aws:dynamodb/tableReplica:TableReplica",
        "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex",
        "aws-native:dynamodb:Table",
        "aws-native:dynamodb:GlobalTable",
        "aws-native:rds:DBInstance",
        "aws:s3/bucketV2:BucketV2",
        "kubernetes:dynamodb.services.k8s.aws/v1alpha1:Table",
        "kubernetes:dynamodb.aws.upbound.io/v1beta2:Table",
        "kubernetes:dynamodb.kratix.io/v1alpha1:DynamoDBRequest",
        "kubernetes:core/v1:PersistentVolumeClaim",
        "kubernetes:core/v1:Namespace",
        "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
        "aws:ebs/snapshotCopy:SnapshotCopy",
        "aws:cloudformation/stackSetInstance:StackSetInstance",
    ],
)
def test_a_type_of_any_provider_and_version_holds_data(token: str) -> None:
    assert held_data(token)


@pytest.mark.parametrize(
    "token", ["", ":", "Table", "aws:dynamodb/tableItem:TableItem", "gcp:dynamodb:Table"]
)
def test_other_types_hold_none(token: str) -> None:
    assert held_data(token) is None


def test_every_type_of_the_classic_provider_exists() -> None:
    """Except for those of earlier versions."""
    assert pulumi_aws.__file__
    folder = Path(pulumi_aws.__file__).parent
    found = {"aws:s3:BucketV2"}
    for file in folder.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        tokens = re.findall(r"'aws:(\w+)/\w+:(\w+)'", text)
        found |= {f"aws:{module}:{name}" for module, name in tokens}

    assert {one for one in DATA_TYPES if one.startswith("aws:")} - found == set()


def test_a_failed_preview_is_incomplete() -> None:
    diagnostics = [
        {"severity": "warning", "message": "warning: slow"},
        {"severity": "error", "message": "error: preview failed\n"},
        {"severity": "info#err", "message": "Traceback"},
        {
            "severity": "error",
            "message": "error: Program failed with an unhandled exception:\nTraceback\n x\nE: oh\n",
        },
    ]

    found = read_preview(preview(step("delete"), diagnostics=diagnostics))

    assert found.errors == (
        "preview failed",
        "Program failed with an unhandled exception: E: oh",
    )
    assert len(found.affected) == 1


def test_an_error_that_may_contain_a_secret_is_not_shown() -> None:
    diagnostics = [{"severity": "error", "message": "error: secret_access_key: hunter2"}]

    (error,) = read_preview(preview(diagnostics=diagnostics)).errors

    assert "hunter2" not in error


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"Previewing update (dev)\n", "it is not JSON: Expecting value on line 1, column 1"),
        (b"\xff\xff\xff", "it is not JSON: it is not even text"),
        (b"[]", "it is JSON, but not an object"),
        (b"{}", "it has neither duration nor changeSummary"),
        (b'{"steps": []}', "it has neither duration nor changeSummary"),
        (b"[" * 200_000, "its JSON is nested too deeply"),
        (b'{"duration": ' + b"1" * 5000 + b"}", "it is not JSON: 'Exceeds the limit"),
        (b'{"duration": 1, "duration": 2}', "it is not JSON: 'the key 'duration' is used twice"),
        (b'{"version": 4, "duration": 1}', "the preview has the unknown key 'version'"),
        (b'{"duration": 1, "steps": 1}', "steps must be a list"),
        (b'{"duration": 1, "steps": [1]}', "steps[0] must be an object"),
        (b'{"duration": 1, "diagnostics": ["error"]}', "diagnostics[0] must be an object"),
        (b'{"duration": 1, "changeSummary": 1}', "changeSummary must be an object"),
        (b'{"sequence": 1, "timestamp": 2}', STREAMING),
        (b'{"sequence": 1}\n{"sequence": 2}\n', STREAMING),
        (preview({**step("same"), "kind": 1}), "steps[0] has the unknown key 'kind'"),
        (preview(step("obliterate")), "steps[0] has the unknown op 'obliterate'"),
        (preview({"op": "same"}), "steps[0].urn must be a URN, got 'None'"),
        (preview({"op": "same", "urn": "x::y"}), "steps[0].urn must be a URN, got 'x::y'"),
        (
            preview({**step("same"), "oldState": [1]}),
            "steps[0] must have objects as oldState",
        ),
        (
            preview(step("same"), changeSummary={"delete": 1}),
            "changeSummary counts '1' steps with the op delete, but 0 are listed",
        ),
        (
            preview(step("replace"), changeSummary={"replace": 2}),
            "changeSummary counts '2' steps with the op replace, but 1 are listed",
        ),
        (preview(changeSummary={"delete": "x"}), "changeSummary counts 'x' steps"),
    ],
)
def test_what_is_no_preview_that_can_be_judged_is_refused(data: bytes, message: str) -> None:
    assert message in refusal(data)


def test_a_preview_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planton.review.digest.MAX_BYTES", 1 << 20)

    assert refusal(b" " * ((1 << 20) + 1)) == "it must have at most 1 MiB"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_file_that_powershell_wrote_is_read(encoding: str) -> None:
    data = preview(step("delete")).decode().encode(encoding)

    assert len(read_preview(data).affected) == 1


def run(data: bytes, format: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        status = main(["review", "-", "--format", format])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


BRIEF = "some deletions may not be listed: run pulumi preview with --show-replacement-steps"
MIXED = preview(
    step("delete"),
    {**step("replace", "users"), "replaceReasons": ["hashKey", "rangeKey"]},
    step("delete", "kept", retainOnDelete=True),
    step("same", "role", "aws:iam/role:Role"),
)


def test_the_text_lists_what_would_be_lost(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(MIXED, "text", capsys) == (
        3,
        f"""\
replaced: {TABLE} 'users' (users-live)
  holds the items of a table; the new one is empty, because of hashKey, rangeKey
  {PROJECT}{TABLE}::users

deleted: {TABLE} 'orders' (orders-live)
  holds the items of a table
  {PROJECT}{TABLE}::orders

forgotten: {TABLE} 'kept' (kept-live)
  holds the items of a table; retainOnDelete is set, so it stays in the cloud and only leaves the \
stack
  {PROJECT}{TABLE}::kept

2 resources that hold data would be deleted or replaced (of 4); {BRIEF}
to keep one: restore the program or the change that causes this, set the option protect or \
retainOnDelete, or run pulumi state delete URN, which only makes the stack forget it
""",
        "",
    )


def test_without_a_loss_the_text_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(preview(step("update")), "text", capsys) == (
        0,
        "no resource that holds data would be deleted or replaced (of 1)\n",
        "",
    )


def test_a_preview_without_the_steps_of_a_replacement_may_hide_deletions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    role = "aws:iam/role:Role"
    brief = preview(step("replace", "role", role))
    whole = preview(*(step(op, "role", role) for op in ("create-replacement", "replace")))

    verdict = "no resource that holds data would be deleted or replaced (of 1)"
    assert run(brief, "text", capsys) == (0, f"{verdict}; {BRIEF}\n", "")
    assert run(whole, "text", capsys) == (0, f"{verdict}\n", "")
    assert json.loads(run(brief, "json", capsys)[1])["summary"]["brief"]


@pytest.mark.parametrize(
    ("more", "explanation"),
    [
        ({}, "the new one is empty"),
        ({"newState": {"importID": "x"}}, "an existing one takes its place"),
        (
            {"oldState": {"retainOnDelete": True}},
            "the new one is empty; the old one stays in the cloud and leaves the stack",
        ),
    ],
)
def test_the_text_says_what_takes_the_place(
    more: dict[str, Any], explanation: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(preview({**step("replace"), **more}), "text", capsys)

    assert f"\n  holds the items of a table; {explanation}\n" in out


def test_json_has_every_key(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(preview(step("delete"), step("same", "b")), "json", capsys)

    assert (status, json.loads(out)) == (
        3,
        {
            "valid": True,
            "errors": [],
            "resources": [
                {
                    "urn": f"{PROJECT}{TABLE}::orders",
                    "type": TABLE,
                    "name": "orders",
                    "id": "orders-live",
                    "outcome": "deleted",
                    "retained": False,
                    "imported": False,
                    "holds": "the items of a table",
                    "replaceReasons": [],
                    "fails": True,
                }
            ],
            "summary": {"resources": 2, "failing": 1, "brief": False, "failed": True},
        },
    )


def test_github_gets_an_error_for_each_loss(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(MIXED, "github", capsys)

    assert status == 3
    assert re.findall(r"^::(\w+) title=(\S+?)::", out, re.M) == [
        ("error", "preview/replaced"),
        ("error", "preview/deleted"),
        ("notice", "preview/forgotten"),
    ]


def test_markdown_has_what_is_lost_in_bold(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(MIXED, "markdown", capsys)

    above, _, folded = out.partition("<details>")
    assert above.startswith("## Pulumi preview: data would be lost\n\n2 resources that hold data ")
    assert re.findall(r"<b>(\w+)</b>", above) == ["replaced", "deleted"]
    assert "\n\nto keep one&#58; restore the program" in above
    assert "| forgotten |" in folded


def test_a_failed_preview_comes_before_what_would_be_lost(
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = preview(step("delete"), diagnostics=[{"severity": "error", "message": "error: oh"}])

    status, out, err = run(data, "text", capsys)

    assert (status, err) == (1, "<stdin>: oh\n")
    assert "of 1); the preview failed, so it is incomplete\n" in out
    assert run(data, "github", capsys)[1].startswith("::error title=preview::oh\n::error title=pre")
    assert "\n| oh |\n" in run(data, "markdown", capsys)[1]


@pytest.mark.parametrize("format", ["text", "json", "markdown", "github"])
def test_what_cannot_be_read_fails_in_every_format(
    format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(b"nonsense", format, capsys)

    assert status == 1
    assert "Expecting value" in (err if format == "text" else out)


def test_a_missing_file_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", "nowhere.json"]) == 1

    assert capsys.readouterr().err == (
        "nowhere.json: the file cannot be read: No such file or directory\n"
    )


HOSTILE = "a|b @all <img>\n::error::x `y` \x1b[31m"


@pytest.mark.parametrize("format", ["text", "markdown", "github"])
def test_no_character_of_a_name_has_a_meaning(
    format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = preview(
        {**step("replace", HOSTILE, id=HOSTILE), "replaceReasons": [HOSTILE]},
        diagnostics=[{"severity": "error", "message": HOSTILE}],
    )

    _, out, err = run(data, format, capsys)

    assert "\x1b" not in out + err
    assert not [line for line in (out + err).splitlines() if line.startswith("::error::")]
    if format == "markdown":
        without = re.sub(r"</?(?:code|b)>", "", out)
        assert not re.search(r"[@<>`]", without)
        assert [row.count("|") for row in re.findall(r"^\|.*", out, re.M)] == [2] * 3 + [5] * 3


def test_a_sentence_mentions_neither_users_nor_issues() -> None:
    assert text("by @acme, see #1 and 'a#1'") == (
        "by &#64;&#8203;acme, see &#35;&#8203;1 and <code>a&#35;1</code>"
    )


@pytest.mark.parametrize("letter", ["n", "@"])
def test_a_comment_has_at_most_the_characters_that_github_accepts(
    letter: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = preview(*(step("delete", f"{letter * 200}-{i}") for i in range(300)))

    _, out, _ = run(data, "markdown", capsys)

    assert len(out) < 65_536
    (left_out,) = re.findall(r"^… and (\d+) more$", out, re.M)
    assert out.count("<b>deleted</b>") + int(left_out) == 300


VALUES: tuple[Any, ...] = (None, True, -1, 1e300, "", "x", "a::b::c::d", [], [[]], {}, {"a": 1})


def variants(data: Any) -> Iterator[Any]:
    """The data with each of its values replaced by each of VALUES, and without it."""
    if isinstance(data, (dict, list)):
        for key, value in [*(data.items() if isinstance(data, dict) else enumerate(data))]:
            for other in (*VALUES, *variants(value)):
                changed = copy.copy(data)
                changed[key] = other
                yield changed
            without = copy.copy(data)
            del without[key]
            yield without


def test_no_value_in_a_preview_is_a_crash() -> None:
    step_of = step("replace", retainOnDelete=True, external=False)
    step_of |= {"replaceReasons": ["hashKey"], "newState": {"importID": "x"}}
    errors = [{"severity": "error", "message": "error: oh"}]
    outcomes = {True: 0, False: 0}

    for data in variants(json.loads(preview(step_of, diagnostics=errors, config={}))):
        try:
            review = read_preview(json.dumps(data).encode())
        except PreviewError:
            outcomes[False] += 1
        else:
            json.dumps([one.data() for one in review.affected])
            outcomes[True] += 1

    assert min(outcomes.values()) > 50
