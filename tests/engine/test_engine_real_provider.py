"""The stand-in for the AWS provider against the real one, sequence by sequence."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.engine.faults import FaultyCloud
from tests.engine.harness import Engine
from tests.engine.ledger import LACKING, LEDGER
from tests.engine.older import VERSION, lacking
from tests.engine.real import RealProvider
from tests.engine.runs import Aspect, Observations, differences, run_sequence
from tests.engine.sequences import SEQUENCES
from tests.engine.standin import serve
from tests.loading import load


def _with_the_stand_in(name: str, engine: Engine, folder: Path) -> Observations:
    cloud = FaultyCloud()
    with cloud, serve(cloud) as provider:
        return run_sequence(SEQUENCES[name], engine.stack(folder, provider.port), cloud)


def _with_the_real_one(
    name: str, engine: Engine, folder: Path, provider: RealProvider
) -> Observations:
    cloud = FaultyCloud()
    with cloud, provider.endpoint.serving(cloud):
        return run_sequence(SEQUENCES[name], engine.stack(folder, provider.port), cloud)


@pytest.mark.parametrize("name", SEQUENCES)
def test_the_stand_in_behaves_as_the_real_provider(
    name: str, engine: Engine, real_provider: RealProvider, tmp_path: Path
) -> None:
    is_genuine = real_provider.plugin.is_genuine
    if name in LACKING and not is_genuine:
        pytest.skip(f"version {VERSION} of the provider lacks {LACKING[name]}")
    ours = _with_the_stand_in(name, engine, tmp_path / "stand-in")
    theirs = _with_the_real_one(name, engine, tmp_path / "real", real_provider)
    entries = [] if is_genuine else [one for one in LEDGER if name in one.sequences]
    unused, unexplained = list(entries), []
    for aspect, one, other in differences(ours, theirs):
        excusing = [entry for entry in entries if entry.excuses(aspect, one, other)]
        unused = [entry for entry in unused if entry not in excusing]
        if not excusing:
            unexplained.append(_shown(aspect, one, other))
    assert not unexplained, "\n".join(unexplained)
    assert not unused, [entry.difference for entry in unused]


def _shown(aspect: Aspect, ours: Any, theirs: Any) -> str:
    one, other = (
        json.dumps(value, indent=1, sort_keys=True).splitlines() for value in (ours, theirs)
    )
    names = "the stand-in", "the real provider"
    lines = difflib.unified_diff(one, other, *names, lineterm="", n=1)
    return "\n".join([f"{aspect.step}: {aspect.kind} {aspect.subject}", *lines])


def test_every_manifest_of_the_sequences_is_valid() -> None:
    texts = {step.manifest for sequence in SEQUENCES.values() for step in sequence}
    for text in texts - {""}:
        load(text, filename="manifest.yaml")


def test_the_ledger_names_only_existing_sequences() -> None:
    named = {name for entry in LEDGER for name in entry.sequences} | LACKING.keys()
    assert named <= SEQUENCES.keys()
    assert not LACKING.keys() & {name for entry in LEDGER for name in entry.sequences}


def test_the_ledger_names_what_the_older_provider_lacks() -> None:
    found = {
        name: {feature for step in sequence for feature in lacking(step.manifest)}
        for name, sequence in SEQUENCES.items()
    }
    assert {name: features for name, features in found.items() if features} == {
        name: {feature} for name, feature in LACKING.items()
    }
