"""What the user sees in an editor with the YAML language server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from planton.manifest.shape import fields
from planton.manifest.spec import Spec
from tests.conftest import ROOT
from tests.corpus import ACCEPT, case_id, cases, examples
from tests.language_server import Editor, editor
from tests.loading import load
from tools.docs import SCHEMA
from tools.yaml_server import ServerError, command

SETTINGS = ROOT / ".vscode" / "settings.json"

HEAD = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata:
  name: orders
spec:
"""


@pytest.fixture(scope="module")
def opened() -> Iterator[Editor]:
    """An editor on this checkout with the settings that lie in it."""
    try:
        server = command()
    except ServerError as error:
        pytest.skip(str(error))
    settings = json.loads(SETTINGS.read_text(encoding="utf-8"))["yaml.schemas"]
    (schema,) = settings
    settings = {schema: [*settings[schema], "tests/accept/*.yaml"]}
    no_network = {"schemaStore": {"enable": False}, "kubernetesCRDStore": {"enable": False}}
    with editor(server, ROOT, {"yaml": {"schemas": settings, **no_network}}) as conversation:
        yield conversation


@pytest.fixture
def file(request: pytest.FixtureRequest) -> Path:
    """A file among the examples that is nowhere but in the editor."""
    return ROOT / "examples" / f"{request.node.name}.yaml"


def test_an_accepted_manifest_has_no_marks(opened: Editor) -> None:
    texts = {
        case: case.read_text(encoding="utf-8-sig")
        for case in [*examples(), *cases(ACCEPT)]
        # The server itself finds it odd that the anchor is not used.
        if case_id(case) != "extensions/block-below-its-anchor"
    }

    assert {file.name: marks for file, marks in opened.open(texts).items() if marks} == {}


BROKEN = f"""{HEAD}\
  billingMode: ON_DEMAND
  region: frankfurt
  streamEnabled: yes
  deletion_protection_enabled: true
  deletionProtectionEnabled: true
  attributeDefinitions:
    - name: pk
      type: String
  keySchema:
    - attributeName: pk
      keyTyp: HASH
  ttl:
    enabled: true
  globalSecondaryIndexes:
    - name: ix
      keySchema:
        - attributeName: pk
          keyType: RANGE
      provisionedThroughput:
        readCapacityUnits: -1
        writeCapacityUnits: "5.5"
"""


def test_marks_have_our_messages_and_the_right_position(opened: Editor, file: Path) -> None:
    most = 10**12

    assert opened.open({file: BROKEN})[file] == [
        (6, "This must be 'PROVISIONED' or 'PAY_PER_REQUEST'."),
        (7, "This is not the name of an AWS region such as 'eu-central-1'."),
        (8, "This must be true or false."),
        (10, "'deletion_protection_enabled' is also set: keep one of the two."),
        (13, "This must be 'S', 'N' or 'B'."),
        (15, "keyType is required."),
        (16, "Property keyTyp is not allowed."),
        (17, "attributeName is required when ttl is enabled."),
        (20, "String is shorter than the minimum length of 3."),
        (23, "The first attribute of a key must be HASH."),
        (25, "Value is below the minimum of 0."),
        (26, f"This must be an integer between 0 and {most}."),
    ]


def test_rules_between_fields_are_reported_at_the_field_to_change(
    opened: Editor, file: Path
) -> None:
    text = HEAD.replace("project-planton.org/v1", "planton.dev/v1alpha1")
    text += "  streamViewType: NEW_IMAGE\n  pointInTimeRecovery:\n    recoveryPeriodInDays: 5\n"

    capacity = (
        "Billing mode PROVISIONED needs provisionedThroughput, here and for each global index."
    )
    assert sorted(opened.open({file: text})[file]) == [
        (5, capacity),
        (5, "Every key attribute must be defined."),
        (5, "keySchema is required: a table needs a key."),
        (5, "region is required in v1alpha1."),
        (5, "streamViewType is only allowed with streamEnabled: true."),
        (7, "recoveryPeriodInDays is only allowed with enabled: true."),
    ]


def test_every_field_is_offered_once_in_one_spelling(opened: Editor, file: Path) -> None:
    opened.open({file: f"{HEAD}  region: eu-central-1\n  \n"})

    assert set(opened.completions(file, 6, 2)) == set(fields(Spec)) - {"region"}


def test_the_bare_values_of_an_enum_are_offered(opened: Editor, file: Path) -> None:
    opened.open({file: f"{HEAD}  billingMode: \n  streamEnabled: \n"})

    assert list(opened.completions(file, 5, 15)) == ["PROVISIONED", "PAY_PER_REQUEST"]
    assert list(opened.completions(file, 6, 17)) == ["false", "true"]


def test_a_whole_manifest_is_offered_in_an_empty_file(opened: Editor, file: Path) -> None:
    opened.open({file: ""})

    offered: Any = opened.completions(file, 0, 0)["AwsDynamodb"]

    assert load(offered, filename="offered").warnings == ()
    assert list(yaml.safe_load(offered)) == ["apiVersion", "kind", "metadata", "spec"]


def test_the_hover_text_of_a_field_is_its_description(opened: Editor, file: Path) -> None:
    opened.open({file: f"{HEAD}  billing_mode: BILLING_MODE_PAY_PER_REQUEST\n  table_class: \n"})

    assert str(Spec.model_fields["billing_mode"].description) in opened.hover(file, 5, 4)
    assert str(Spec.model_fields["table_class"].description) in opened.hover(file, 6, 4)


def test_a_manifest_can_name_its_schema_itself(opened: Editor, tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / SCHEMA.name).write_bytes(SCHEMA.read_bytes())
    file = tmp_path / "tables" / "orders.yaml"

    text = f"# yaml-language-server: $schema=../{SCHEMA.name}\n{HEAD}  ttll: 1\n"

    assert (7, "Property ttll is not allowed.") in opened.open({file: text})[file]
