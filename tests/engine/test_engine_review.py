"""`planton review` reads what the real engine prints, for a program without the change guard."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from planton.cli.parser import main
from planton.rehearsal.aws.requests import DYNAMODB
from planton.review.digest import PreviewError
from planton.review.preview import Outcome, Preview, read_preview
from tests.engine.faults import FaultyCloud
from tests.engine.harness import STACK
from tests.engine.hosted import Project

PROGRAM = """
import pulumi
import pulumi_aws as aws

def table(name, key="pk", **options):
    aws.dynamodb.Table(
        name,
        name=f"{name}-live",
        billing_mode="PAY_PER_REQUEST",
        hash_key=key,
        attributes=[aws.dynamodb.TableAttributeArgs(name=key, type="S")],
        opts=pulumi.ResourceOptions(**options),
    )

"""
STREAMING = "PULUMI_ENABLE_STREAMING_JSON_PREVIEW"


@pytest.fixture
def preview(project: Project) -> Callable[..., bytes]:
    """Replaces the program, and returns what `pulumi preview --json` prints."""

    def run(lines: str, *arguments: str, **environ: str) -> bytes:
        project.replace_program(PROGRAM + lines)
        settings = ["--stack", STACK, "--non-interactive"]
        return subprocess.run(
            [project.pulumi, "preview", "--json", *settings, *arguments],
            cwd=project.work,
            env={**project.environ, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        ).stdout

    return run


@pytest.fixture
def deployed(project: Project) -> None:
    """A stack with four tables, of which one is retained and one is protected."""
    project.replace_program(
        f"{PROGRAM}table('a'); table('b'); table('kept', retain_on_delete=True); "
        "table('safe', protect=True)"
    )
    ended = project.start_up("").ended()
    assert ended.status == 0, ended.explained()


def outcomes(found: Preview) -> dict[str, tuple[Outcome, tuple[str, ...]]]:
    return {one.name: (one.outcome, one.because) for one in found.affected}


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("arguments", [[], ["--show-replacement-steps"]], ids=str)
def test_deleted_replaced_and_retained_tables_are_found(
    arguments: list[str], preview: Callable[..., bytes], tmp_path: Path
) -> None:
    data = preview("table('a', 'other'); table('safe', protect=True); table('new')", *arguments)

    found = read_preview(data)

    assert outcomes(found) == {
        "a": (Outcome.REPLACED, ("hashKey",)),
        "b": (Outcome.DELETED, ()),
        "kept": (Outcome.FORGOTTEN, ()),
    }
    assert (found.affected[0].id, found.errors) == ("a-live", ())
    file = tmp_path / "preview.json"
    file.write_bytes(data)
    assert main(["review", str(file)]) == 3


@pytest.mark.usefixtures("deployed")
def test_an_unchanged_stack_loses_nothing(preview: Callable[..., bytes]) -> None:
    same = (
        "table('a'); table('b'); table('kept', retain_on_delete=True); table('safe', protect=True)"
    )
    for arguments in ([], ["--refresh"], ["--show-sames"]):
        found = read_preview(preview(same, *arguments))
        assert (found.affected, found.errors) == ((), ())


@pytest.mark.usefixtures("deployed")
def test_an_import_in_the_place_of_another_table_is_a_replacement(
    preview: Callable[..., bytes], cloud: FaultyCloud
) -> None:
    cloud.call(
        DYNAMODB,
        "CreateTable",
        {
            "TableName": "other-live",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        },
    )
    lines = "table('b'); table('kept', retain_on_delete=True); table('safe', protect=True)"
    program = lines + "\naws.dynamodb.Table('a', name='other-live', billing_mode='PAY_PER_REQUEST',"
    program += "hash_key='pk', attributes=[{'name': 'pk', 'type': 'S'}],"
    program += "opts=pulumi.ResourceOptions(import_='other-live'))"

    for arguments in ([], ["--show-replacement-steps"]):
        (found,) = read_preview(preview(program, *arguments)).affected
        assert (found.name, found.outcome, found.id) == ("a", Outcome.REPLACED, "a-live")
        assert found.imported


@pytest.mark.usefixtures("deployed")
def test_a_preview_that_fails_is_incomplete(preview: Callable[..., bytes]) -> None:
    found = read_preview(preview("table('a', 'other'); raise Exception('oh')"))
    protected = read_preview(preview("table('a'); table('b')"))

    assert found.errors == ("Program failed with an unhandled exception: Exception: oh",)
    assert outcomes(found) == {"a": (Outcome.REPLACED, ("hashKey",))}
    assert "cannot be deleted" in protected.errors[0]


@pytest.mark.usefixtures("deployed")
def test_a_target_is_judged_as_well(preview: Callable[..., bytes]) -> None:
    urn = f"urn:pulumi:{STACK}::tables::aws:dynamodb/table:Table::a"

    found = read_preview(preview("table('a', 'other')", "--target", urn))

    assert outcomes(found) == {"a": (Outcome.REPLACED, ("hashKey",))}


def test_what_is_deleted_with_a_replaced_table_is_found_with_all_steps(
    project: Project, preview: Callable[..., bytes]
) -> None:
    """Without --show-replacement-steps, Pulumi does not list that it deletes the dependent."""
    first = """
first = aws.dynamodb.Table(
    "first",
    name="first-live",
    billing_mode="PAY_PER_REQUEST",
    hash_key={key!r},
    attributes=[aws.dynamodb.TableAttributeArgs(name={key!r}, type="S")],
    opts=pulumi.ResourceOptions(delete_before_replace=True),
)
"""
    dependent = """
aws.dynamodb.Table(
    "dependent",
    name=first.name.apply(lambda name: f"{name}-too"),
    billing_mode="PAY_PER_REQUEST",
    hash_key="pk",
    attributes=[aws.dynamodb.TableAttributeArgs(name="pk", type="S")],
)
"""
    project.replace_program(PROGRAM + first.format(key="pk") + dependent)
    ended = project.start_up("").ended()
    assert ended.status == 0, ended.explained()

    lines = first.format(key="other")
    brief, whole = preview(lines), preview(lines, "--show-replacement-steps")

    replaced = {"first": (Outcome.REPLACED, ("hashKey",))}
    assert (outcomes(read_preview(brief)), read_preview(brief).brief) == (replaced, True)
    assert not read_preview(whole).brief
    assert outcomes(read_preview(whole)) == {**replaced, "dependent": (Outcome.DELETED, ())}


@pytest.mark.usefixtures("deployed")
def test_a_stream_of_events_is_refused(preview: Callable[..., bytes]) -> None:
    data = preview("table('a')", **{STREAMING: "true"})

    with pytest.raises(PreviewError, match=f"run pulumi without {STREAMING}"):
        read_preview(data)
    assert len([json.loads(line) for line in data.splitlines()]) > 1
