"""Findings about changes point to the line that causes them."""

from __future__ import annotations

import pytest

from planton.diagnostics.diagnostic import Source
from planton.reading.read import read
from planton.review.findings import findings
from planton.review.manifest_changes import compare_manifests
from planton.review.version import Version, version_of
from tests.conftest import ROOT
from tests.repositories import MANIFEST

EVERYTHING = (ROOT / "tests" / "everything.yaml").read_text(encoding="utf-8")
REGION = "  region: {}\n"
INDEX = "    - name: to-ship # sparse"
WARM = "    - warmThroughput: {readUnitsPerSecond: 20000, writeUnitsPerSecond: 8000}\n"
WARMER = ("warm-throughput", "warning", "warmThroughput")
NUMBER = '    - name: shipBy # seconds since 1970\n      type: "N"'


def versions(text: str) -> list[Version]:
    reading = read(Source("orders.yaml", text))
    assert reading.manifest, reading.diagnostics
    return [version_of("orders.yaml", reading)]


def found(old: str, new: str) -> list[tuple[str, str, str]]:
    """Of each finding: code, severity, and the text that it marks, or the start of its lines."""
    lines = new.split("\n")
    marked: list[tuple[str, str, str]] = []
    changes = compare_manifests(versions(old), versions(new), find_unchanged=lambda _: ())
    for one in findings(changes):
        assert one.span
        line = lines[one.span.line - 1][one.span.column - 1 :]
        is_short = one.span.line == one.span.end_line
        width = one.span.end_column - one.span.column if is_short else 20
        marked.append((one.code, one.severity, line[:width]))
    return marked


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (REGION.format("eu-west-1"), REGION.format("eu-west-2"), ("region", "error", "eu-west-2")),
        ("", REGION.format("eu-west-1"), ("region-named", "error", "region")),
        (REGION.format("eu-west-1"), "", ("region-named", "error", "name")),
        ("", "  tableName: other-orders\n", ("table-name", "error", "tableName")),
        (
            "",
            "  localSecondaryIndexes:\n"
            "    - {name: local, rangeKey: shipBy, projection: {type: ALL}}\n",
            ("local-indexes", "error", "localSecondaryIndexes"),
        ),
    ],
)
def test_a_line_at_the_end_is_marked(old: str, new: str, finding: tuple[str, ...]) -> None:
    code, *rest = finding

    assert found(MANIFEST + old, MANIFEST + new) == [(f"diff/{code}", *rest)]


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (NUMBER, NUMBER.replace('"N"', "S"), ("attribute-type", "error", "S")),
        ("name: orders", "name: invoices", ("metadata-name", "error", "invoices")),
        (
            INDEX,
            WARM + INDEX.replace("-", " ", 1),
            ("warm-throughput", "warning", "warmThroughput"),
        ),
    ],
)
def test_a_line_that_changes_is_marked(old: str, new: str, finding: tuple[str, ...]) -> None:
    code, *rest = finding
    assert MANIFEST.count(old) == 1

    assert (f"diff/{code}", *rest) in found(MANIFEST, MANIFEST.replace(old, new))


def test_bounds_that_a_schedule_sets_are_marked_at_the_table_and_its_indexes() -> None:
    old, new = (f"minCapacity: {n}\n      maxCapacity: 500\n" for n in (10, 20))
    assert EVERYTHING.count(old) == 1

    marked = found(EVERYTHING, EVERYTHING.replace(old, new, 1))

    assert marked == [
        ("diff/scheduled-bounds", "warning", "name: by-total"),
        ("diff/scheduled-bounds", "warning", "name: to-ship"),
        ("diff/scheduled-bounds", "warning", "20"),
    ]


def test_a_key_that_is_new_in_an_index_is_marked() -> None:
    projection = "      projection:\n        type: INCLUDE\n        nonKeyAttributes:\n"
    listed = "          - deliveryAddress\n          - lines\n"
    assert projection + listed in MANIFEST
    short = MANIFEST.replace(projection + listed, "      projection: {type: KEYS_ONLY}\n")
    new = f"      projection:\n        nonKeyAttributes:\n{listed}        type: INCLUDE\n"

    assert found(short, MANIFEST.replace(projection + listed, new)) == [
        ("diff/index-changed", "warning", "nonKeyAttributes")
    ]


def test_another_account_is_marked_at_the_manifest() -> None:
    def wrapped(account: str) -> str:
        lines = [f"  {line}" if line else "" for line in MANIFEST.split("\n")]
        return "\n".join([f"provider_config: {{account_id: '{account}'}}", "target:", *lines])

    assert found(wrapped("111111111111"), wrapped("222222222222")) == [
        ("diff/account", "error", "spec")
    ]


def test_changes_in_place_are_no_findings() -> None:
    assert found(MANIFEST, MANIFEST.replace("acme", "other")) == []
