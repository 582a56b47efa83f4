"""A state of the program's resources gives the table back that the manifest creates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from planton.adopt.found import FoundTable
from planton.adopt.manifest import write_manifest
from planton.adopt.sources import read_source
from planton.manifest.manifest import Manifest
from planton.plan.planner import make_plan
from planton.reading.region_choice import fitting_region
from tests.adopt.found_tables import in_aws, manifests, read_back
from tests.adopt.states import as_terraform, export, registered, tfstate
from tests.corpus import ACCEPT, cases, examples

AWS_CHANGES = {
    "kms-key-alias/kms-alias-aws-managed": "the key is AWS's own, which no ARN names",
    "kms-key-alias/of-replicas": "likewise for a replica",
    "on-demand-throughput-needs-on-demand/on-demand": "-1 removes a maximum: there is none",
    "range/warm-at-the-least": "every table has this warm throughput",
    "second-step/protected-strong-replica": "protected with the next update only",
}
"""What AWS has differs from these manifests, each with the reason."""

PATHS = {
    Path(path): (name, manifest)
    for path, name, manifest in manifests((*examples(), *cases(ACCEPT)))
}


def _params(names: bool) -> list[object]:
    return [
        pytest.param(path, id=name)
        for path, (name, manifest) in PATHS.items()
        if make_plan(manifest).source is None and (name in AWS_CHANGES) is names
    ]


@pytest.mark.parametrize("path", _params(names=False))
def test_a_state_gives_back_what_the_manifest_creates(path: Path) -> None:
    _, manifest = PATHS[path]
    resources = registered(path.read_text("utf-8"), _region(manifest))
    expected = in_aws(manifest)

    assert _written(export(resources)) == expected
    assert _without_warm(_written(tfstate(as_terraform(resources)))) == _without_warm(expected)


@pytest.mark.parametrize("path", _params(names=True))
def test_what_aws_changes_comes_back_as_aws_has_it(path: Path) -> None:
    _, manifest = PATHS[path]
    state = export(registered(path.read_text("utf-8"), _region(manifest)))
    (table,) = read_source("state.json", state, {}).tables
    written = write_manifest(table, source_name="table.yaml")
    if written.is_valid:
        assert read_back(written.text) != in_aws(manifest)
    else:
        assert "kms-key-alias" in {one.code for one in written.diagnostics}


def _region(manifest: Manifest) -> str:
    return manifest.region or fitting_region(manifest)


def _written(state: bytes) -> FoundTable:
    """What the manifest of the one table says."""
    found = read_source("state.json", state, {})
    assert found.diagnostics == ()
    assert found.left_out == ()
    (table,) = found.tables
    return read_back(write_manifest(table, source_name="table.yaml").text)


def _without_warm(table: FoundTable) -> FoundTable:
    """Terraform's state does not tell what was set from what AWS raised."""
    indexes = tuple(replace(index, warm=None) for index in table.global_indexes)
    return replace(table, warm=None, global_indexes=indexes)
