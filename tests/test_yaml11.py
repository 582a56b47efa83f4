"""Readers of YAML 1.1, such as that of Kubernetes, read written YAML unchanged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from planton.diagnostics.diagnostic import Source
from planton.document.writer import dump
from planton.render.targets import RenderTarget, render
from tests.corpus import ACCEPT, case_id, cases, examples, is_rendered, region_to_name
from tests.test_render_judged import KEYLESS
from tests.yaml11 import plain, read_all

TRAPS = (
    *("y", "N", "yes", "No", "on", "OFF", "true", "False", "null", "~", "", " ", "=", "<<", "-"),
    *("1e3", "0x1f", "0o17", "017", "0b1", "1_000", "1.5", ".5", "-.inf", ".NaN", "+1", "190:20"),
    *("2026-03-01", "a: b", "# no comment", "*a", "&a", "!a", "%a", "@a", "`a`", "[a]", "{a}"),
    *("a\nb", "\n", "a\n", " a\nb", "a\n\n", "a \nb", "\ta\nb", "a\x85b", "a\u2028b", "\x00", "é"),
    *("😀", "\ufeff", "---", "...", "- a", "? a", "|", ">", "'", '"', "\\", "${x}", "a\r\nb"),
)

texts = st.one_of(st.sampled_from(TRAPS), st.text())
trees = st.recursive(
    st.one_of(texts, st.booleans(), st.none(), st.integers(-(2**53), 2**53)),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(texts, inner)),
    max_leaves=8,
)


@given(trees)
def test_any_written_value_is_read_back_unchanged(data: Any) -> None:
    assert read_all(dump(data)) == [data]
    assert yaml.safe_load(dump(data)) == data


@pytest.mark.parametrize("trap", TRAPS)
def test_no_string_is_read_as_another_type(trap: str) -> None:
    data = {trap: [trap, {"a": trap}]}
    assert read_all(dump(data)) == [data]


@pytest.mark.parametrize("file", [*examples(), *cases(ACCEPT)], ids=case_id)
@pytest.mark.parametrize("target", ["ack", "crossplane", "kro"])
def test_rendered_yaml_is_read_back_unchanged(file: Path, target: RenderTarget) -> None:
    source = Source(file.name, file.read_bytes().decode("utf-8-sig"))
    if not is_rendered(file, target) or (target != "crossplane" and file in KEYLESS):
        return  # which is refused, by its own test
    objects = render(source, target, region=region_to_name(source)).objects
    assert read_all("---\n".join(dump(one) for one in objects)) == list(objects)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("N", False),
        ("y", True),
        ("1e3", 1000.0),
        ("1_000", 1000),
        ("017", 15),
        ("0x1f", 31),
        ("~", None),
        ("S", "S"),
        ("2026-03-01", "2026-03-01"),
    ],
)
def test_an_unquoted_word_is_read_as_a_yaml_1_1_value(text: str, value: Any) -> None:
    """So the reader above would see a text that lost its quotes."""
    assert plain(text) == value
    assert read_all(f"a: {text}\n") == [{"a": value}]
    assert read_all(f'a: "{text}"\n') == [{"a": text}]
