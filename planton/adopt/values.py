"""Values of a template or a state, each with its line, and the blocks that they form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple, TypeVar

from planton.adopt.found import LeftOut
from planton.adopt.scalars import as_boolean, as_integer, as_number, as_text
from planton.diagnostics.diagnostic import one_of, quote
from planton.plan.table_plan import TagPlan

_Read = TypeVar("_Read")
_Choice = TypeVar("_Choice", bound=Enum)


class Open(NamedTuple):
    """A value that the file leaves open, and why."""

    reason: str


class Value(NamedTuple):
    """A value of a file. `data` is a scalar, None, an Open, or a list or dict of values."""

    data: Any
    line: int | None = None


ABSENT = Value(None)


class IncompleteTable(Exception):
    """A table without something that every manifest needs, such as its name or its key."""

    def __init__(self, missing: LeftOut) -> None:
        self.missing = missing
        super().__init__(f"{missing.place}: {missing.reason}")


class Block:
    """A mapping in a file.

    Its readers return None for what is absent, and also for what is open or of another type, which
    they add to `left_out`. With `needed` they raise IncompleteTable instead. Keys are camelCase;
    `spelling` gives their spelling in the file.
    """

    def __init__(
        self,
        value: Value,
        place: str,
        left_out: list[LeftOut],
        spelling: Callable[[str], str] = str,
    ) -> None:
        self._value = value
        self._fields: Mapping[str, Value] = value.data if isinstance(value.data, dict) else {}
        self._read: set[str] = set()
        self._spelling = spelling
        self.line = value.line
        self.place = place
        self.left_out = left_out

    def noting_in(self, left_out: list[LeftOut]) -> Block:
        """The same mapping, unread, that adds to another list."""
        return Block(self._value, self.place, left_out, self._spelling)

    def get(self, key: str) -> Value:
        """The value of the key, which then counts as read."""
        spelt = self._spelling(key)
        self._read.add(spelt)
        return self._fields.get(spelt, ABSENT)

    def has(self, key: str) -> bool:
        """Whether the key has a value, even if it is open. An empty string is none."""
        return self.get(key).data not in (None, "")

    def text(self, key: str, *, needed: bool = False) -> str | None:
        """A string. Empty ones count as absent: states have them for what is not set."""
        return self._scalar(key, as_text, "a string", needed)

    def integer(self, key: str, *, needed: bool = False) -> int | None:
        """An integer, also if it is written as a string."""
        return self._scalar(key, as_integer, "an integer", needed)

    def number(self, key: str) -> float | None:
        """A number, also if it is written as a string."""
        return self._scalar(key, as_number, "a number", needed=False)

    def boolean(self, key: str) -> bool | None:
        """A boolean, also if it is written as a string."""
        return self._scalar(key, as_boolean, "true or false", needed=False)

    def choice(self, key: str, choices: type[_Choice], *, needed: bool = False) -> _Choice | None:
        """A value of an enum."""
        known = {one.value: one for one in choices}
        return self._scalar(key, lambda data: known.get(data), one_of(known), needed)

    def needed_text(self, key: str) -> str:
        """A string without which the table has no manifest."""
        return self.text(key, needed=True) or ""

    def needed_integer(self, key: str) -> int:
        """An integer without which the table has no manifest."""
        return self.integer(key, needed=True) or 0

    def needed_choice(self, key: str, choices: type[_Choice]) -> _Choice:
        """A value of an enum, without which the table has no manifest."""
        found = self.choice(key, choices, needed=True)
        assert found is not None
        return found

    def block(self, key: str) -> Block | None:
        """A mapping."""
        value = self.get(key)
        if isinstance(value.data, dict):
            return Block(value, self._place(key), self.left_out, self._spelling)
        self._unfit(key, value, "a mapping")
        return None

    def blocks(self, key: str, *, needed: bool = False) -> list[Block]:
        """A list of mappings, with all its items: one index or replica less is another table.

        Raises:
            IncompleteTable: the list or an item is open or something else; with `needed` also if
                there is no item.
        """
        return [
            Block(item, place, self.left_out, self._spelling)
            for place, item in self._items(key, dict, "a mapping", needed)
        ]

    def texts(self, key: str) -> list[str]:
        """A list of strings, likewise with all its items."""
        return [item.data for _, item in self._items(key, str, "a string", needed=False)]

    def tags(self, key: str) -> tuple[TagPlan, ...]:
        """Tags, from a mapping or from a list of keys and values, sorted by key."""
        value = self.get(key)
        pairs: list[tuple[str | None, Value]] = []
        match value.data:
            case dict() as tags:
                pairs += tags.items()
            case list() as items:
                for number, item in enumerate(items):
                    place = f"{self._place(key)}[{number}]"
                    if not isinstance(item.data, dict):
                        self._note_problem(place, item, "a mapping")
                    one = Block(item, place, self.left_out, self._spelling)
                    pairs.append((one.text("key"), one.get("value")))
            case _:
                self._unfit(key, value, "a mapping or a list")
        found = {}
        for name, tag in pairs:
            if isinstance(tag.data, (Open, list, dict)):
                self._note_problem(f"{self._place(key)}.{name}", tag, "a string")
            elif name:
                found[name] = as_text(tag.data) or ""
        return tuple(TagPlan(name, found[name]) for name in sorted(found))

    def plain(self, key: str) -> Any:
        """Any value as plain data; None if something in it is open."""
        value = self.get(key)
        for part in _parts(value):
            if isinstance(part.data, Open):
                self.note(key, part.data.reason, part.line)
                return None
        return _plain(value)

    def note(self, key: str, reason: str, line: int | None = None) -> None:
        """Adds what is left out below the key."""
        self.left_out.append(LeftOut(self._place(key), reason, line or self._line(key)))

    def refusal(self, key: str, reason: str, line: int | None = None) -> IncompleteTable:
        """The error about the key."""
        return IncompleteTable(LeftOut(self._place(key), reason, line or self._line(key)))

    def note_unread(self, *ignored: str) -> None:
        """Notes the keys that were not read and have a value."""
        known = self._read | {self._spelling(key) for key in ignored}
        for key, value in self._fields.items():
            if key not in known and not _is_off(value):
                self.left_out.append(
                    LeftOut(
                        f"{self.place}.{key}",
                        "a manifest has no such setting",
                        value.line or self.line,
                    )
                )

    def _place(self, key: str) -> str:
        return f"{self.place}.{self._spelling(key)}" if key else self.place

    def _line(self, key: str) -> int | None:
        return self._fields.get(self._spelling(key), ABSENT).line or self.line

    def _scalar(
        self, key: str, read: Callable[[Any], _Read | None], kind: str, needed: bool
    ) -> _Read | None:
        value = self.get(key)
        found = None if isinstance(value.data, (Open, list, dict)) else read(value.data)
        if found is not None:
            return found
        if needed:
            raise self.refusal(key, _problem(value, kind) or "it is required", value.line)
        self._unfit(key, value, kind)
        return None

    def _items(self, key: str, kind: type, word: str, needed: bool) -> Iterator[tuple[str, Value]]:
        value = self.get(key)
        items = value.data if isinstance(value.data, list) else []
        problem = "" if isinstance(value.data, list) else _problem(value, "a list")
        if problem or (needed and not items):
            raise self.refusal(key, problem or "it is required", value.line)
        for number, item in enumerate(items):
            place = f"{self._place(key)}[{number}]"
            if not isinstance(item.data, kind):
                problem = _problem(item, word) or f"must be {word}"
                raise IncompleteTable(LeftOut(place, problem, item.line or self._line(key)))
            yield place, item

    def _unfit(self, key: str, value: Value, kind: str) -> None:
        self._note_problem(self._place(key), value, kind)

    def _note_problem(self, place: str, value: Value, kind: str) -> None:
        if problem := _problem(value, kind):
            self.left_out.append(LeftOut(place, problem, value.line or self.line))


def _problem(value: Value, kind: str) -> str:
    """Why the value is not of the kind; empty if it is only absent."""
    match value.data:
        case None | "":
            return ""
        case Open(reason):
            return reason
        case list():
            return f"must be {kind}, got a list"
        case dict():
            return f"must be {kind}, got a mapping"
        case data:
            return f"must be {kind}, got {quote(as_text(data))}"


def _is_off(value: Value) -> bool:
    """Whether the value is what states have for a setting that is not used."""
    match value.data:
        case None | "" | False | 0:
            return True
        case list() as items:
            return all(_is_off(item) for item in items)
        case dict() as fields:
            return all(_is_off(item) for item in fields.values())
        case _:
            return False


def _parts(value: Value) -> Iterator[Value]:
    """The value and every value in it."""
    yield value
    match value.data:
        case list() as items:
            for item in items:
                yield from _parts(item)
        case dict() as fields:
            for item in fields.values():
                yield from _parts(item)


def _plain(value: Value) -> Any:
    match value.data:
        case list() as items:
            return [_plain(item) for item in items]
        case dict() as fields:
            return {key: _plain(item) for key, item in fields.items()}
        case data:
            return data
