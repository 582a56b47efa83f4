"""The fuzzer finds planted defects, and the work for hostile inputs grows linearly."""

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from planton.diagnostics.diagnostic import Diagnostic, Source
from planton.reading.read import Reading
from tests.conftest import ROOT
from tests.fuzz import target
from tests.fuzz.__main__ import blind
from tests.fuzz.growth import FACTOR
from tests.fuzz.mutate import corpus, mutated
from tests.fuzz.shapes import SHAPES

INPUTS = 300
SEED = 20261122


def test_every_manifest_of_the_repository_passes_the_fuzz_target() -> None:
    for text in dict.fromkeys(corpus()):
        target.check(text.encode("utf-8", "surrogatepass"))


def test_randomly_changed_inputs_pass_the_fuzz_target() -> None:
    random, texts = Random(SEED), corpus()

    for _ in range(INPUTS):
        target.check(mutated(texts, random))


def test_equal_seeds_give_equal_inputs() -> None:
    one, other = Random(SEED), Random(SEED)

    assert [mutated(corpus(), one) for _ in range(20)] == [
        mutated(corpus(), other) for _ in range(20)
    ]


def test_a_failure_ends_the_run_and_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(source: Source) -> Reading:
        raise KeyError(source.text)

    monkeypatch.setattr(target, "read", faulty)

    with pytest.raises(KeyError) as raised:
        blind(60, SEED, tmp_path)

    assert (tmp_path / "find.yaml").read_bytes() == raised.value.args[0].encode()


def test_a_shown_secret_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def talkative(source: Source) -> Reading:
        found = Diagnostic(code="enum", message=source.text, source=source)
        return Reading(source, diagnostics=(found,))

    monkeypatch.setattr(target, "read", talkative)

    with pytest.raises(AssertionError, match="a secret is shown"):
        target.check(b"a: 1\n")


def test_every_fuzzed_stack_input_contains_the_secrets() -> None:
    for text in ("", "a: 1\n", "b: 2\n", "c: 3\n"):
        wrapped = target.wrapped(text.encode()).decode()

        assert [secret for secret in target.SECRETS if secret not in wrapped] == []


# How work grows


def test_four_times_the_input_is_about_four_times_the_work() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.growth"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    counts = json.loads(done.stdout)

    assert list(counts) == list(SHAPES)
    assert {s: c for s, c in counts.items() if c[1] > 1.25 * FACTOR * c[0]} == {}
