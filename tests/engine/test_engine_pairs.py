"""The stack of `tests/pairs` against the real engine: the same requests, the same refusals."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulated.cloud import Cloud
from tests.engine.faults import FaultyCloud
from tests.engine.harness import Engine
from tests.engine.standin import serve
from tests.pairs import found
from tests.pairs.aws_state import writes
from tests.pairs.judge import load
from tests.pairs.stack import Stack

UNGUARDED = Path(__file__).resolve().parent / "programs" / "unguarded.py"

PAIRS = {
    **found.HARMLESS,
    **{
        code: found.FOUND[code]
        for code in (
            "last-index-with-billing",
            "last-index-with-replica",
            "stream-of-replicas",
            "ttl-and-strong-replicas",
            "billing-and-standalone-indexes",
            "replica-to-inline",
        )
    },
}


def _written(cloud: Cloud, since: int) -> Iterator[str]:
    for call in writes(cloud, since):
        asked = json.dumps(call.parameters, sort_keys=True, default=str)
        yield f"{call.region} {call.operation} {asked} {call.outcome}"


@pytest.mark.parametrize("name", PAIRS)
def test_a_pair_is_applied_as_the_engine_does(name: str, engine: Engine, tmp_path: Path) -> None:
    pair = PAIRS[name]
    cloud = FaultyCloud()
    with cloud, serve(cloud) as provider:
        stack = engine.stack(tmp_path / "stack", provider.port)
        stack.program = UNGUARDED
        created = stack.up(pair.before.text)
        assert created.ok, created.explained()
        before = len(cloud.calls)
        report = stack.up(pair.after.text)
        by_engine = sorted(_written(cloud, before))
    with Cloud() as emulated:
        ours = Stack(emulated)
        one, other = (load(side.text) for side in (pair.before, pair.after))
        assert one is not None
        assert other is not None
        assert ours.update(one.stack_input) == ""
        before = len(emulated.calls)
        refusal = ours.update(other.stack_input)
        assert sorted(_written(emulated, before)) == by_engine
    assert report.ok == (refusal == "")
    assert _message(refusal) in report.text


def _message(refusal: str) -> str:
    """What AWS or the provider said, without the resource and the code."""
    said = re.match(r".*?': [^:]+: \w+: (.*)", refusal, re.DOTALL)
    return said[1] if said else ""
