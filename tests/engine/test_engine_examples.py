"""Scenario by scenario what a user lives through with each of the example manifests."""

from __future__ import annotations

from pathlib import Path

import pytest

from planton.rehearsal.cloud import Cloud
from tests.engine.harness import ROOT, Stack

MANIFESTS = sorted([*(ROOT / "examples").glob("*.yaml"), ROOT / "hack" / "manifest.yaml"])


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_an_example_is_made_stays_as_it_is_and_goes_away(
    path: Path, stack: Stack, cloud: Cloud
) -> None:
    manifest = path.read_text()
    previewed = stack.preview(manifest)
    assert previewed.ok, previewed.explained()
    made = stack.up(manifest)
    assert made.ok, made.explained()
    assert made.changes == previewed.changes
    again = stack.up(manifest)
    assert again.is_unchanged, again.explained()
    refreshed = stack.refresh()
    assert refreshed.is_unchanged, refreshed.explained()
