"""Changes of several things at once, carried out on the emulated AWS.

`--pairs` says how many, `--seed` which ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, given, seed, settings

from tests.pairs.judge import judge
from tests.pairs.manifests import Pair, pairs

CHUNK = 50
"""Pairs that one test judges: small enough to be spread over processes."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "chunk" in metafunc.fixturenames:
        count = metafunc.config.getoption("pairs")
        metafunc.parametrize("chunk", range(-(-count // CHUNK)))


def test_a_change_does_in_aws_what_diff_says(
    chunk: int, pytestconfig: pytest.Config, record_property: Callable[[str, object], None]
) -> None:
    judged: Counter[str] = Counter()

    @seed(f"{pytestconfig.getoption('seed')}/{chunk}")
    @settings(
        max_examples=CHUNK,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(pairs())
    def agree(pair: Pair) -> None:
        judgement = judge(pair)
        assume(judgement is not None)
        assert judgement is not None
        judged["pairs refused" if judgement.refused else "pairs allowed"] += 1
        assert judgement.disagreement == "", pair

    agree()
    for name, count in judged.items():
        record_property(name, count)
