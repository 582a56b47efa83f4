"""docs/control-planes.md is true: every field is listed, and its commands and examples work."""

from __future__ import annotations

import re

import pytest
import yaml

from planton.cli.parser import main
from planton.diagnostics.diagnostic import Source
from planton.diagnostics.exit_status import OK
from planton.manifest.shape import fields
from planton.manifest.spec import BLOCKS, Spec
from planton.render.rendered import object_name
from planton.render.targets import RenderTarget, render
from tests.conftest import ROOT
from tests.kro import instantiate
from tests.test_docs import fenced
from tools.docs import DOCS
from tools.field_support import ROWS, TARGETS, Row, cell

PAGE = DOCS / "control-planes.md"
TEXT = PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_field_is_rendered_or_reported_as_unsupported(row: Row, target: RenderTarget) -> None:
    found = cell(row, target)
    assert found.places or found.notes


def test_every_field_of_a_manifest_has_a_row() -> None:
    named = {re.split(r"[\[.]", name)[0] for row in ROWS for name in row.name.split(", ")}
    assert fields(Spec).keys() - BLOCKS.keys() - named == set()


@pytest.mark.parametrize("command", re.findall(r"^planton (.*)$", TEXT, re.M))
def test_a_command_of_the_page_works(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(command.partition(" > ")[0].split()) == OK
    assert capsys.readouterr().out


def test_the_instance_of_the_page_fits_its_definition() -> None:
    (shown,) = (yaml.safe_load(block) for block in fenced(PAGE, "yaml"))
    example = ROOT / "examples" / "provisioned-autoscaling.yaml"
    source = Source(example.name, example.read_text(encoding="utf-8"))
    (definition,) = render(source, "kro").objects
    assert shown["apiVersion"] == "kro.run/v1alpha1"
    assert shown["kind"] == definition["spec"]["schema"]["kind"]
    rendered_objects = instantiate(definition, shown["metadata"]["name"], **shown["spec"])
    assert rendered_objects[0]["spec"]["tableName"] == "products-test"


def test_the_page_shows_the_generated_object_name() -> None:
    assert "(`Orders_1`)" in TEXT
    assert f"(`{object_name('Orders_1')}`)" in TEXT
