"""Reading, checking and planning need neither Pulumi nor an AWS client, and no network."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT, Planton

HEAVY = ("pulumi", "pulumi_aws", "boto3", "botocore", "moto", "grpc", "requests", "urllib.request")

PROGRAM = """
import sys
from planton.adopt import aws_table, manifest
from planton.cli import adopted
from planton.cli import parser as cli
from planton.cli import convert, diff, plan, render
from planton.plan import table_plan
from planton.reading import stack_input
from planton.reading import folders
assert cli.main({arguments!r}) in (0, 1)
print(sorted(name for name in {heavy!r} if name in sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate", "examples", "tests/reject"],
        ["plan", "hack/manifest.yaml"],
        ["plan", "tests/reject/several/every-level.yaml"],
        ["diff", "hack/manifest.yaml", "hack/manifest.yaml"],
        ["render", "kro", "hack/manifest.yaml"],
    ],
    ids=" ".join,
)
def test_the_other_commands_import_neither_pulumi_nor_an_aws_client(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(arguments=arguments, heavy=HEAVY)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stderr.splitlines()[-1] == "[]"


def test_other_commands_import_neither_the_review_nor_git() -> None:
    program = (
        "import sys; from planton.cli.parser import main; main(['validate', 'hack']); "
        "main(['plan', 'hack/manifest.yaml']); "
        "print([n for n in sys.modules if n.startswith(('planton.review', "
        "'planton.repository', 'planton.cli.diff_base', 'subprocess'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_the_forbidden_imports_would_be_detected() -> None:
    code = f"import planton.resources.stack, sys; print([n for n in {HEAVY!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert "'pulumi', 'pulumi_aws'" in done.stdout


def test_the_program_imports_no_aws_client() -> None:
    code = (
        "import planton.resources.stack, sys; "
        "print([n for n in ('boto3', 'botocore', 'planton.account') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


def test_the_findings_depend_only_on_the_input(planton: Planton) -> None:
    """No credentials, no region, no home: the environment is none of the checks' business."""
    with (ROOT / "hack" / "manifest.yaml").open("rb") as file:
        text = file.read()
    elsewhere = {"AWS_REGION": "xx", "AWS_PROFILE": "none", "HOME": "/nowhere"}

    assert planton("plan", "-", stdin=text, environ=elsewhere).stdout == (
        planton("plan", "-", stdin=text).stdout
    )
