"""Changes of several things at once, applied to the emulated AWS.

`--pairs` says how many, `--seed` which ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, given, seed, settings

from planton.changes.kind import Effect
from planton.changes.kinds import KINDS
from tests.pairs.found import FOUND, HARMLESS
from tests.pairs.judge import judge
from tests.pairs.ledger import LEDGER
from tests.pairs.manifests import Pair, pairs

NOT_DRAWN = {
    # Other identities, which are not a change of this table.
    "metadata-name", "metadata-name-only", "account", "region", "region-named", "another-table",
    # It is about the stack's config.
    "provider",
    # About an update that failed, or an allowed replacement.
    "unfinished-replacement", "unused-consent", "protected-replacement", "protected-copy",
    "retained-replacement",
    # The emulated AWS has no limit of tags.
    "replica-tags-at-once",
    # The emulated AWS has no table to restore from.
    "restored-key-schema", "restored-local-indexes",
}  # fmt: skip
"""Refusals that no pair shows; each has its tests in tests/test_changes.py and under the engine."""

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


@pytest.mark.parametrize("code", FOUND)
def test_each_refusal_is_of_what_fails_in_aws_or_has_no_effect(code: str) -> None:
    judgement = judge(FOUND[code])
    assert judgement is not None
    assert code in judgement.refused
    assert judgement.disagreement == ""
    if code not in LEDGER:
        assert not judgement.outcome.is_harmless


@pytest.mark.parametrize("name", HARMLESS)
def test_an_allowed_pair_leaves_in_aws_what_its_manifest_says(name: str) -> None:
    judgement = judge(HARMLESS[name])
    assert judgement is not None
    assert judgement.refused == []
    assert judgement.disagreement == ""


def test_every_refusal_that_a_pair_can_show_has_a_pair() -> None:
    refused = {
        code
        for code, kind in KINDS.items()
        if kind.effect in (Effect.REFUSED, Effect.TWO_STEPS, Effect.REPLACEMENT)
    }
    assert refused - FOUND.keys() - LEDGER.keys() == NOT_DRAWN
