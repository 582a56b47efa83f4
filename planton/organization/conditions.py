"""The conditions of rules: a field, and what its values must be.

spec.deletionProtectionEnabled: true                        # this value
metadata.env: [staging, production]                         # one of these
spec.tableName: {matches: "[a-z]+(-[a-z]+)*"}               # any form by its name
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from pydantic_core import SchemaError, SchemaValidator, ValidationError, core_schema

from planton.diagnostics.diagnostic import did_you_mean, one_of, printable, quote
from planton.document.secret_words import sounds_secret
from planton.manifest.manifest import Manifest
from planton.manifest.rules.rule import Path
from planton.organization.fields import Field, State, Subject
from planton.organization.written import as_written

_BE_SET = "be set"
_NOT_BE_SET = "not be set"
MAX_VALUES = 200
"""Values of one condition."""
_LISTED = 20
"""Of which so many are shown."""
_NAME_WIDTH = 200
MAX_PATTERN = 500
"""Characters of a pattern."""


class FormError(Exception):
    """A condition that no field can meet or that says nothing; `help` says what to write."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


class Form(NamedTuple):
    """One form of a condition: whether a value meets it, and how messages and help say so."""

    holds: Callable[[Any], bool]
    must: str
    """What a value must be, after "must "."""
    example: str = ""
    """A value that meets it, if one is obvious."""
    if_absent: bool = False
    """Whether a field without a value meets it."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A value that does not meet a condition."""

    path: Path
    message: str
    help: str


@dataclass(frozen=True, slots=True)
class Condition:
    """What the values of a field must be."""

    field: Field
    form: Form
    written: str = ""
    """The form and its values as JSON, to compare conditions by."""

    @property
    def key(self) -> tuple[tuple[str, ...], str]:
        """What two conditions that say the same have in common."""
        return self.field.parts, self.written

    def __str__(self) -> str:
        """What the condition asks for, as a clause."""
        verb, _, rest = self.form.must.partition(" ")
        if verb == "not":
            rest = f"not {rest.removeprefix('be ')}"
        says = {"be": "is", "not": "is", "match": "matches", "have": "has"}[verb]
        return printable(f"{self.field.name} {says} {rest}")

    def breaches(self, subject: Subject) -> Iterator[Breach]:
        """Each value that does not meet it. What is not known yet is not judged."""
        manifest = subject.manifest
        assert manifest is not None  # rules judge what is checked
        for path, value in self.field.values(subject):
            if value is State.UNKNOWN or self._holds(value):
                continue
            name, is_absent = _shown(path), value is State.ABSENT
            message = f"{name} must {self.form.must}"
            if self.form.must not in (_BE_SET, _NOT_BE_SET):
                message += ", but it is not set" if is_absent else f", got {_got(path, value)}"
            yield Breach(path, message, self._help(path, manifest, is_absent=is_absent))

    def _help(self, path: Path, manifest: Manifest, *, is_absent: bool) -> str:
        written = as_written(path, manifest)
        if written is None:
            return f"a request has no {_shown(path)}: ask the owner of the rule"
        name = _shown(written)
        if self.form.must == _NOT_BE_SET:
            return f"remove {name}"
        if not self.form.example:
            return f"set {name}" if is_absent else f"change {name}"
        return f"set {_as_yaml(written, self.form.example)}"

    def is_met(self, subject: Subject) -> bool:
        """Whether any value meets it: whether a rule that asks for it first applies."""
        return any(
            value is not State.UNKNOWN and self._holds(value)
            for _, value in self.field.values(subject)
        )

    def _holds(self, value: object) -> bool:
        return self.form.if_absent if value is State.ABSENT else self.form.holds(value)


def same(one: tuple[Condition, ...], other: tuple[Condition, ...]) -> bool:
    """Whether two lists of conditions say the same."""
    return {each.key for each in one} == {each.key for each in other}


def _got(path: Path, value: object) -> str:
    """A value as messages show it, unless its field sounds like that of a secret."""
    if any(isinstance(part, str) and sounds_secret(part) for part in path):
        return "another value"
    return str(len(value)) if isinstance(value, list) else _seen(value)


def _as_yaml(path: Path, value: str) -> str:
    """A field with a value as lines of the manifest, in one line."""
    first, *below = path[1:] if path[0] == "spec" else path
    if any(isinstance(part, int) for part in below):
        return f"{_shown(path)}: {value}"
    text = value
    for part in reversed(below):
        text = f"{{{quote(part)[1:-1]}: {text}}}"
    return f"{first}: {text}"


def _shown(path: Path) -> str:
    """A path below spec as messages name it."""
    shown = ""
    for part in path[1:] if path[0] == "spec" else path:
        shown += f"[{part}]" if isinstance(part, int) else f".{part}" if shown else part
    return quote(shown, _NAME_WIDTH)[1:-1]


def _seen(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case list():
            return f"a list of {_items(len(value))}"
        case str():
            return quote(value)
        case _:
            return "a mapping"


def parse_condition(field: Field, data: Any) -> Condition:
    """The condition that is written for a field.

    Raises:
        FormError: the field cannot meet it.
    """
    if not isinstance(data, dict):
        data = {"oneOf": data if isinstance(data, list) else [data]}
    if len(data) != 1:
        raise FormError("a condition has exactly one form", f"write one of {one_of(FORMS)}")
    ((name, value),) = data.items()
    if name not in FORMS:
        meant = did_you_mean(name, FORMS)
        help = f"did you mean {quote(meant)}?" if meant else f"use {one_of(FORMS)}"
        raise FormError(f"{quote(name)} is not a form of a condition", help)
    make, kinds = FORMS[name]
    if not _fits_kind(field, kinds):
        allowed = [other for other, (_, of) in FORMS.items() if _fits_kind(field, of)]
        what = _kind(field)
        raise FormError(f"{field.name} is {what}, so {name} does not fit", f"use {one_of(allowed)}")
    return Condition(field, make(field, value), json.dumps([name, value]))


def _fits_kind(field: Field, kinds: tuple[type, ...]) -> bool:
    kind = field.kind
    # A bool is an int, and each enum is a string.
    return kind is None or (kind in kinds if kind is bool else issubclass(kind, kinds))


def _kind(field: Field) -> str:
    return _KINDS.get(field.kind or str, "a string")


_KINDS = {bool: "always true or false", int: "a number", list: "a list", dict: "a mapping"}


def _one_of(field: Field, data: Any) -> Form:
    values = list(dict.fromkeys(_values(field, data, "oneOf")))
    shown = _alternatives(values)
    must = f"be {shown}" if len(values) == 1 else f"be one of {shown}"
    return Form(
        lambda value: value in values, must, _written(values[0]) if len(values) == 1 else ""
    )


def _none_of(field: Field, data: Any) -> Form:
    values = list(dict.fromkeys(_values(field, data, "noneOf")))
    return Form(lambda value: value not in values, f"not be {_alternatives(values)}", "", True)


def _present(_: Field, data: Any) -> Form:
    if not isinstance(data, bool):
        raise FormError(f"present must be true or false, got {_seen(data)}")
    if data:
        return Form(lambda _: True, _BE_SET)
    return Form(lambda _: False, _NOT_BE_SET, "", True)


def _matches(field: Field, data: Any) -> Form:
    if not isinstance(data, str) or not data or len(data) > MAX_PATTERN:
        raise FormError(f"matches must be a pattern of 1 to {MAX_PATTERN} characters")
    if field.kind is not None and issubclass(field.kind, Enum):
        names = one_of(str(member.value) for member in field.kind)
        raise FormError(f"{field.name} has few values, so matches does not fit", f"use {names}")
    try:
        # First alone: only as a whole may it fit into the group.
        for pattern in (data, rf"\A(?:{data})\z"):
            # Pydantic's patterns take linear time, whatever they are; those of `re` do not.
            whole = SchemaValidator(core_schema.str_schema(pattern=pattern, strict=True))
    except SchemaError as error:
        reason = " ".join(str(error).split("error: ")[-1].split())
        if "size limit" in reason:
            raise FormError(f"{quote(data)} is too large a pattern", "repeat less in it") from None
        help = ""
        if "look-around" in reason or "backreference" in reason:
            help = "patterns have no lookahead, lookbehind or backreferences"
        raise FormError(
            f"{quote(data)} is not a pattern: {quote(reason, 200)[1:-1]}", help
        ) from None
    return Form(lambda value: _fits(whole, value), f"match {quote(data, MAX_PATTERN)}")


def cost(condition: Any) -> int:
    """How large the program of a condition's pattern may be, in repetitions of its parts and in
    classes such as `\\w`, which has hundreds of ranges of characters."""
    pattern = condition.get("matches") if isinstance(condition, dict) else None
    if not isinstance(pattern, str):
        return 0
    counts = (int(number) for number in re.findall(r"\{(?:\d*,)?(\d{1,6})\}", pattern))
    return math.prod(count or 1 for count in counts) + len(re.findall(r"\\[dDpPsSwW]", pattern))


def _fits(whole: SchemaValidator, value: object) -> bool:
    try:
        whole.validate_python(value)
    except ValidationError:
        return False
    return True


def _at_least(field: Field, data: Any) -> Form:
    bound = _bound(data, "atLeast")
    if field.kind is list:
        return Form(
            lambda value: len(value) >= bound, f"have at least {_items(bound)}", "", not bound
        )
    return Form(lambda value: _is_int(value) and value >= bound, f"be at least {bound}", str(bound))


def _at_most(field: Field, data: Any) -> Form:
    bound = _bound(data, "atMost")
    if field.kind is list:
        return Form(lambda value: len(value) <= bound, f"have at most {_items(bound)}", "", True)
    return Form(lambda value: _is_int(value) and value <= bound, f"be at most {bound}", str(bound))


FORMS: dict[str, tuple[Callable[[Field, Any], Form], tuple[type, ...]]] = {
    "oneOf": (_one_of, (bool, int, str)),
    "noneOf": (_none_of, (bool, int, str)),
    "present": (_present, (int, str, list, dict)),
    "matches": (_matches, (str,)),
    "atLeast": (_at_least, (int, list)),
    "atMost": (_at_most, (int, list)),
}
"""The forms, and the types of the fields that each fits. The enums are strings."""


def _items(number: int) -> str:
    return "1 item" if number == 1 else f"{number} items"


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _bound(data: Any, form: str) -> int:
    if not _is_int(data) or data < 0:
        raise FormError(f"{form} must be a number of at least 0, got {_seen(data)}")
    return int(data)


def _values(field: Field, data: Any, form: str) -> list[Any]:
    values = data if isinstance(data, list) else [data]
    if len(values) > MAX_VALUES:
        raise FormError(f"{form} has at most {MAX_VALUES} values, got {len(values)}")
    if not values:
        raise FormError(f"{form} has no values", "write the values as a list")
    for value in values:
        _check_value(field, value)
    return values


def _check_value(field: Field, value: Any) -> None:
    kind = field.kind
    if kind is not None and issubclass(kind, Enum):
        names = [str(member.value) for member in kind]
        if value not in names:
            meant = did_you_mean(str(value), names)
            help = f"did you mean {quote(meant)}?" if meant else f"use {one_of(names)}"
            raise FormError(f"{quote(value)} is not a value of {field.name}", help)
    elif isinstance(value, (list, dict)) or value is None:
        raise FormError(f"a value of {field.name} is {_kind(field)}")
    elif kind is not None and type(value) is not kind:
        raise FormError(
            f"{field.name} is {_kind(field)}, got {_seen(value)}",
            f'write "{_written(value)}"' if kind is str else "",
        )


def _alternatives(values: list[Any]) -> str:
    shown = [_seen(value) for value in values[:_LISTED]]
    if len(values) > _LISTED:
        shown.append("…")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else printable(str(value))
