"""The conversion of a plan to the keys of `plan --format json` and of the guard's record."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Literal, NamedTuple

import pytest

from planton.plan.data import Key, from_data, to_data, without_absent


class Colour(Enum):
    RED = "red"


class Pair(NamedTuple):
    first_name: str
    colour: Colour


@dataclass(frozen=True)
class Leaf:
    size: int
    is_on: bool
    note: str | None
    kind: Literal["leaf"] = "leaf"


@dataclass(frozen=True)
class Branch:
    leaves: Annotated[tuple[Leaf, ...], Key("foliage")]
    kind: Literal["branch", "twig"] = "branch"


@dataclass(frozen=True)
class Tree:
    top_part: Leaf | Branch | None
    trunk: Leaf
    pairs: tuple[Pair, ...]


FULL = Tree(
    Branch((Leaf(1, True, None), Leaf(0, False, "x"))), Leaf(2, False, ""), (Pair("a", Colour.RED),)
)
DATA = {
    "topPart": {
        "foliage": [
            {"size": 1, "isOn": True, "note": None, "kind": "leaf"},
            {"size": 0, "isOn": False, "note": "x", "kind": "leaf"},
        ],
        "kind": "branch",
    },
    "trunk": {"size": 2, "isOn": False, "note": "", "kind": "leaf"},
    "pairs": [{"firstName": "a", "colour": "red"}],
}


def test_every_field_has_its_key() -> None:
    assert to_data(FULL) == DATA
    assert to_data(Tree(None, Leaf(0, False, None), ()))["topPart"] is None
    assert to_data({"first_name": [Colour.RED]}) == {"first_name": ["red"]}


def test_absent_off_and_empty_values_can_be_left_out() -> None:
    leaf = Leaf(0, False, None)
    assert without_absent(to_data(Tree(Branch(()), leaf, ()))) == {
        "topPart": {"kind": "branch"},
        "trunk": {"size": 0, "kind": "leaf"},
    }
    assert without_absent([{"a": {}, "b": {"c": None}, "d": ""}, False]) == [{"d": ""}, False]


def test_data_is_read_back_with_and_without_absent_values() -> None:
    assert from_data(Tree, DATA) == FULL
    assert from_data(Tree, without_absent(DATA)) == FULL
    assert from_data(Leaf, {"size": 3.0, "kind": "leaf", "unknown": 1}) == Leaf(3, False, None)


def test_the_data_of_a_union_names_its_member() -> None:
    assert from_data(Leaf | Branch, {"size": 1, "kind": "leaf"}) == Leaf(1, False, None)
    assert from_data(Leaf | Branch, {"kind": "twig"}) == Branch((), "twig")
    with pytest.raises(ValueError, match="'root' is not a kind of"):
        from_data(Leaf | Branch, {"kind": "root"})


def test_an_invalid_value_is_an_error() -> None:
    with pytest.raises(ValueError, match="'blue' is not a valid Colour"):
        from_data(Colour, "blue")
