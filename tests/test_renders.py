"""The golden files are up to date, so that every change of the output is reviewed."""

from __future__ import annotations

from tests.corpus import RENDERED, RENDERS, TARGETS, renders


def test_the_rendered_objects_are_those_in_the_golden_files() -> None:
    rendered = {path.name: text for path, text in renders() if text}
    golden = {path.name: path.read_text(encoding="utf-8") for path in RENDERS.iterdir()}
    assert rendered == golden
    assert len([name for name in golden if name.endswith(".yaml")]) == len(RENDERED) * len(TARGETS)
