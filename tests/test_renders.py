"""What is rendered is what is kept: a change of it is seen and read."""

from __future__ import annotations

from tests.corpus import RENDERED, RENDERS, TARGETS, renders


def test_what_is_rendered_is_what_is_kept() -> None:
    made = {path.name: text for path, text in renders() if text}
    kept = {path.name: path.read_text(encoding="utf-8") for path in RENDERS.iterdir()}
    assert made == kept
    assert len([name for name in kept if name.endswith(".yaml")]) == len(RENDERED) * len(TARGETS)
