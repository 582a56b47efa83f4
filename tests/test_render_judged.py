"""An API server accepts every rendered object, by the CRDs of the control planes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast, get_args

import pytest
import yaml

from planton.diagnostics.diagnostic import ManifestError, Source
from planton.document.writer import dump
from planton.render.rendered import Data
from planton.render.targets import RenderTarget, render
from tests.conftest import ROOT
from tests.corpus import ACCEPT, case_id, cases, examples, is_rendered, region_to_name
from tests.judge import judge, judge_by_kro
from tests.kro import instantiate

TARGETS = cast("tuple[RenderTarget, ...]", get_args(RenderTarget))
SCALED = ROOT / "examples" / "provisioned-autoscaling.yaml"


KEYLESS = {
    ACCEPT / "key-schema-required-unless-restored/from-a-backup.yaml",
    ACCEPT / "key-schema-required-unless-restored/restored.yaml",
    ROOT / "examples" / "restore-from-backup.yaml",
}
"""What takes its key from its source, and so is for Crossplane alone."""


def objects(file: Path, target: RenderTarget) -> tuple[Data, ...]:
    source = Source(file.name, file.read_bytes().decode("utf-8-sig"))
    return render(source, target, namespace=None, region=region_to_name(source)).objects


def manifests(target: RenderTarget) -> Iterator[tuple[str, Path]]:
    for file in [*examples(), *cases(ACCEPT)]:
        if is_rendered(file, target) and (target == "crossplane" or file not in KEYLESS):
            yield f"{file.parent.name}/{file.stem}", file


def text(documents: tuple[Data, ...] | list[Data]) -> str:
    return "---\n".join(dump(one) for one in documents)


@pytest.mark.parametrize("target", TARGETS)
def test_every_object_of_every_manifest_is_accepted(target: RenderTarget, tmp_path: Path) -> None:
    verdicts = judge(
        {name: text(objects(file, target)) for name, file in manifests(target)}, tmp_path
    )
    assert len(verdicts) > 200
    assert {name: problems for name, problems in verdicts.items() if problems} == {}


def test_every_instance_of_a_definition_of_kro_is_accepted(tmp_path: Path) -> None:
    instances = {}
    for name, file in manifests("kro"):
        (definition,) = objects(file, "kro")
        instances[name] = text(instantiate(definition, "an-instance", name="a-table"))
    verdicts = judge(instances, tmp_path)
    assert {name: problems for name, problems in verdicts.items() if problems} == {}


def test_every_definition_is_accepted_by_kro_itself(tmp_path: Path) -> None:
    """Its names, its SimpleSchema, the templates by the CRDs, the expressions and their types."""
    texts = {name: text(objects(file, "kro")) for name, file in manifests("kro")}
    verdicts = judge_by_kro(texts, tmp_path)
    assert {name: problem for name, problem in verdicts.items() if problem} == {}


@pytest.mark.parametrize("target", ["ack", "kro"])
@pytest.mark.parametrize("file", sorted(KEYLESS), ids=case_id)
def test_a_table_with_the_key_of_its_source_is_refused(file: Path, target: RenderTarget) -> None:
    with pytest.raises(ManifestError) as raised:
        objects(file, target)
    (problem,) = (d for d in raised.value.diagnostics if d.severity == "error")
    by_backup = "  restoreBackupArn:" in file.read_text(encoding="utf-8")
    assert (problem.code, problem.path, problem.message, problem.help) == (
        "missing",
        "spec.restoreBackupArn" if by_backup else "spec.restoreSourceName",
        "an ACK Table cannot be restored, and without a key not even an empty table can be created",
        "add the source's attributeDefinitions and keySchema, or use Crossplane or Pulumi",
    )


# What must not be taken, so that the judge is known to judge.

WRONG: dict[str, tuple[RenderTarget, int, str, Any, str]] = {
    "an unknown field": (
        "ack", 0, "spec.recoveryPeriodInDays", 7,
        "spec.recoveryPeriodInDays: ",
    ),
    "a number as text": (
        "ack", 0, "spec.provisionedThroughput.readCapacityUnits", "20",
        "spec.provisionedThroughput.readCapacityUnits: Invalid value: \"string\": "
        "spec.provisionedThroughput.readCapacityUnits in body must be of type integer",
    ),
    "a name in capitals": (
        "ack", 0, "metadata.name", "Products_1",
        "metadata.name: Invalid value: \"Products_1\": a lowercase RFC 1123 subdomain",
    ),
    "a key that is missing": (
        "ack", 0, "spec.keySchema", None,
        "spec.keySchema: Required value",
    ),
    "a target without a maximum": (
        "crossplane", 1, "spec.forProvider.maxCapacity", None,
        "spec: Invalid value: \"object\": spec.forProvider.maxCapacity is a required parameter",
    ),
    "a table of Crossplane without a region": (
        "crossplane", 0, "spec.forProvider.region", None,
        "spec.forProvider.region: Required value",
    ),
    "a policy that does not exist": (
        "crossplane", 0, "spec.managementPolicies", ["Guess"],
        "spec.managementPolicies[0]: Unsupported value: \"Guess\"",
    ),
    "a kind in small letters": (
        "kro", 0, "spec.schema.kind", "productsTable",
        "spec.schema.kind: Invalid value: \"productsTable\"",
    ),
    "a resource without a template": (
        "kro", 0, "spec.resources.0.template", None,
        "spec.resources[0]: Invalid value: \"object\": exactly one of template or externalRef",
    ),
}  # fmt: skip


def test_an_invalid_field_is_refused_by_its_name(tmp_path: Path) -> None:
    texts = {}
    for name, (target, position, path, value, _) in WRONG.items():
        rendered_object = objects(SCALED, target)[position]
        change(rendered_object, path.split("."), value)
        texts[name] = dump(rendered_object)
    verdicts = judge(texts, tmp_path)
    for name, (*_, expected) in WRONG.items():
        assert "; ".join(verdicts[name]).startswith(expected), name


def change(data: Any, path: list[str], value: Any) -> None:
    *way, last = path
    for part in way:
        data = data[int(part) if part.isdigit() else part]
    if value is None:
        del data[last]
    else:
        data[last] = value


def test_the_same_object_written_without_quotes_is_refused(tmp_path: Path) -> None:
    rendered_object = objects(SCALED, "ack")[0]
    careless = yaml.safe_dump(rendered_object)
    assert "attributeType: N\n" in careless
    assert judge({"careless": careless, "careful": dump(rendered_object)}, tmp_path) == {
        "careful": [],
        "careless": [
            'spec.attributeDefinitions[1].attributeType: Invalid value: "boolean": '
            "spec.attributeDefinitions[1].attributeType in body must be of type string: "
            '"boolean"; <nil>: Invalid value: "null": some validation rules were not checked '
            "because the object was invalid; correct the existing errors to complete validation"
        ],
    }


WRONG_TO_KRO: dict[str, tuple[str, Any, str]] = {
    "a marker that is none": (
        "spec.schema.spec.name", "string | requires=true", "unknown marker: requires",
    ),
    "a field that no instance has": (
        "spec.resources.0.template.spec.tableName", "${schema.spec.nane}",
        "undefined field 'nane'",
    ),
    "text where a boolean belongs": (
        "spec.resources.0.template.spec.deletionProtectionEnabled", "${schema.spec.name}",
        "type mismatch",
    ),
    "a field that no table has": (
        "spec.resources.0.template.spec.ttl", {"enabled": True},
        "schema not found for field ttl",
    ),
    "an id that is no identifier": ("spec.resources.1.id", "table-read",
                                    "id table-read is not a valid KRO resource id"),
}  # fmt: skip


def test_an_invalid_definition_is_refused_by_kro_itself(tmp_path: Path) -> None:
    texts = {}
    for name, (path, value, _) in WRONG_TO_KRO.items():
        (rendered_object,) = objects(SCALED, "kro")
        change(rendered_object, path.split("."), value)
        texts[name] = dump(rendered_object)
    verdicts = judge_by_kro(texts, tmp_path)
    for name, (*_, expected) in WRONG_TO_KRO.items():
        assert expected in verdicts[name], name
