"""The readers of a block take what templates and states write, and say what they cannot take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from planton.adopt.found import LeftOut
from planton.adopt.policy import policy_plan
from planton.adopt.scalars import as_boolean, as_integer, as_number, as_text
from planton.adopt.state.resources import value_of
from planton.adopt.values import Block, IncompleteTable, Open, Value
from planton.manifest.enums import TableClass
from planton.plan.table_plan import PolicyPlan, TagPlan


@pytest.mark.parametrize(
    ("read", "data", "expected"),
    [
        (as_text, "a", "a"),
        (as_text, "", None),
        (as_text, None, None),
        (as_text, 5, "5"),
        (as_text, 0, "0"),
        (as_text, True, "true"),
        (as_integer, 5, 5),
        (as_integer, 5.0, 5),
        (as_integer, 5.5, None),
        (as_integer, float("inf"), None),
        (as_integer, "-5", -5),
        (as_integer, "5.0", None),
        (as_integer, "9" * 19, None),
        (as_integer, True, None),
        (as_integer, None, None),
        (as_number, 70, 70.0),
        (as_number, 62.5, 62.5),
        (as_number, "62.5", 62.5),
        (as_number, float("nan"), None),
        (as_number, "1e3", None),
        (as_number, False, None),
        (as_boolean, True, True),
        (as_boolean, "false", False),
        (as_boolean, "True", True),
        (as_boolean, "yes", None),
        (as_boolean, 1, None),
    ],
)
def test_a_scalar_is_read_as_the_type_of_its_setting(
    read: Callable[[Any], Any], data: Any, expected: Any
) -> None:
    found = read(data)
    assert (found, type(found)) == (expected, type(expected))


def block(data: Any, line: int | None = None) -> tuple[Block, list[LeftOut]]:
    left_out: list[LeftOut] = []
    return Block(value_of(data)._replace(line=line), "T", left_out), left_out


OPEN = Open("it is open")


@pytest.mark.parametrize(
    ("read", "data", "reason"),
    [
        (Block.text, ["a"], "must be a string, got a list"),
        (Block.text, {"a": 1}, "must be a string, got a mapping"),
        (Block.text, OPEN, "it is open"),
        (Block.integer, "five", "must be an integer, got 'five'"),
        (Block.number, True, "must be a number, got 'true'"),
        (Block.boolean, 0, "must be true or false, got '0'"),
        (Block.block, "a", "must be a mapping, got 'a'"),
        (Block.block, [], "must be a mapping, got a list"),
        (Block.plain, OPEN, "it is open"),
        (Block.plain, [{"a": [OPEN]}], "it is open"),
    ],
)
def test_what_is_not_of_the_type_is_left_out(
    read: Callable[[Block, str], Any], data: Any, reason: str
) -> None:
    found, left_out = block({"a": data}, line=3)
    assert read(found, "a") is None
    assert left_out == [LeftOut("T.a", reason, 3)]


@pytest.mark.parametrize("data", [{}, {"a": None}, {"a": ""}])
@pytest.mark.parametrize("read", [Block.text, Block.integer, Block.boolean, Block.block])
def test_what_is_absent_or_empty_is_none(read: Callable[[Block, str], Any], data: Any) -> None:
    found, left_out = block(data)
    assert (read(found, "a"), found.has("a"), left_out) == (None, False, [])


def test_a_block_that_is_no_mapping_is_empty() -> None:
    found, left_out = block([1])
    assert (found.text("a"), found.blocks("a"), left_out) == (None, [], [])


@pytest.mark.parametrize(
    ("read", "data", "missing"),
    [
        (Block.needed_text, None, LeftOut("T.a", "it is required", 3)),
        (Block.needed_text, "", LeftOut("T.a", "it is required", 3)),
        (Block.needed_text, OPEN, LeftOut("T.a", "it is open", 3)),
        (Block.needed_integer, "x", LeftOut("T.a", "must be an integer, got 'x'", 3)),
        (Block.blocks, "x", LeftOut("T.a", "must be a list, got 'x'", 3)),
        (Block.blocks, OPEN, LeftOut("T.a", "it is open", 3)),
        (Block.blocks, [{}, OPEN], LeftOut("T.a[1]", "it is open", 3)),
        (Block.blocks, [None], LeftOut("T.a[0]", "must be a mapping", 3)),
        (Block.texts, ["a", 1], LeftOut("T.a[1]", "must be a string, got '1'", 3)),
    ],
)
def test_what_a_table_needs_is_refused_otherwise(
    read: Callable[[Block, str], Any], data: Any, missing: LeftOut
) -> None:
    found, left_out = block({"a": data}, line=3)
    with pytest.raises(IncompleteTable) as raised:
        read(found, "a")
    assert raised.value.missing == missing
    assert str(raised.value) == f"{missing.place}: {missing.reason}"
    assert left_out == []


def test_a_choice_names_what_is_allowed() -> None:
    found, left_out = block({"a": "COLD"})
    assert found.choice("a", TableClass) is None
    allowed = "'STANDARD' or 'STANDARD_INFREQUENT_ACCESS'"
    assert left_out == [LeftOut("T.a", f"must be {allowed}, got 'COLD'")]
    with pytest.raises(IncompleteTable):
        found.needed_choice("a", TableClass)


def test_a_needed_list_has_an_item() -> None:
    found, _ = block({"a": []})
    assert found.blocks("a") == []
    with pytest.raises(IncompleteTable):
        found.blocks("a", needed=True)


@pytest.mark.parametrize(
    ("data", "tags", "left_out"),
    [
        ({"b": 1, "a": True, "c": ""}, {"a": "true", "b": "1", "c": ""}, []),
        ([{"key": "a", "value": "b"}], {"a": "b"}, []),
        ([{"key": "a"}, {"value": "b"}], {"a": ""}, []),
        (
            [OPEN, {"key": "a", "value": "b"}, 1, None],
            {"a": "b"},
            [
                LeftOut("T.tags[0]", "it is open", 3),
                LeftOut("T.tags[2]", "must be a mapping, got '1'", 3),
            ],
        ),
        ({"a": OPEN, "b": []}, {}, [LeftOut("T.tags.a", "it is open", 3),
                                     LeftOut("T.tags.b", "must be a string, got a list", 3)]),
        ("x", {}, [LeftOut("T.tags", "must be a mapping or a list, got 'x'", 3)]),
        (None, {}, []),
    ],
)  # fmt: skip
def test_tags_are_a_mapping_or_a_list(
    data: Any, tags: dict[str, str], left_out: list[LeftOut]
) -> None:
    found, notes = block({"tags": data}, line=3)
    assert found.tags("tags") == tuple(TagPlan(*tag) for tag in tags.items())
    assert notes == left_out


def test_unread_settings_are_noted_unless_they_are_off() -> None:
    data = {"read": 1, "known": 1, "off": [{"a": False, "b": [0, "", None]}], "on": {"a": OPEN}}
    found, left_out = block(data, line=3)
    found.get("read")
    found.note_unread("known")
    assert left_out == [LeftOut("T.on", "a manifest has no such setting", 3)]


def test_a_line_of_the_value_wins_over_that_of_its_block() -> None:
    left_out: list[LeftOut] = []
    found = Block(Value({"a": Value("x", 7), "b": Value(1)}, 3), "T", left_out)
    found.note("a", "of the value")
    found.note("b", "of the block")
    found.note("", "of the block itself")
    found.note_unread()
    assert [(one.place, one.line) for one in left_out] == [
        ("T.a", 7),
        ("T.b", 3),
        ("T", 3),
        ("T.a", 7),
        ("T.b", 3),
    ]


ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"


@pytest.mark.parametrize(
    ("document", "arn", "expected"),
    [
        (f'{{"b": "{ARN}", "a": 1}}', ARN, '{"a":1,"b":"${table_arn}"}'),
        ({"b": f"{ARN}/index/x"}, ARN, '{"b":"${table_arn}/index/x"}'),
        ({"b": f"{ARN}-archive"}, ARN, f'{{"b":"{ARN}-archive"}}'),
        ({"b": ARN}, None, f'{{"b":"{ARN}"}}'),
    ],
)
def test_a_policy_names_its_table_by_the_placeholder(
    document: object, arn: str | None, expected: str
) -> None:
    assert policy_plan(document, arn, confirm=True) == PolicyPlan(expected, True)


@pytest.mark.parametrize("document", ["", "[]", "no JSON", "[" * 100_000, [], None])
def test_a_policy_that_is_no_json_object_is_none(document: object) -> None:
    assert policy_plan(document, ARN) is None
