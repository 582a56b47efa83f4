"""Each template and state gives exactly the manifests and messages that are expected of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adopt.source_cases import expected_file, outcome, sources


@pytest.mark.parametrize("source", sources(), ids=lambda path: path.name)
def test_a_source_gives_its_manifests_and_messages(source: Path) -> None:
    assert outcome(source) == expected_file(source).read_text("utf-8")


def test_nothing_that_a_state_keeps_secret_is_shown() -> None:
    with_secrets = [path for path in sources() if "hunter2" in path.read_text("utf-8")]
    assert len(with_secrets) == 4
    for source in with_secrets:
        assert "hunter2" not in outcome(source)
