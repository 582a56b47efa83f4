"""Reads one planton.yaml: its rules ready to use, and everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args

from pydantic import ValidationError

from planton.controls.catalogue import MAX_REQUIRED_TAGS, PROFILES
from planton.controls.control import Parameters
from planton.controls.judge import CODE as CONTROL_FAILED
from planton.diagnostics.codes import CODES, current_spelling
from planton.diagnostics.diagnostic import (
    Diagnostic,
    Source,
    did_you_mean,
    one_of,
    printable,
    quote,
)
from planton.diagnostics.warning_codes import WARNINGS
from planton.document.nodes import Mapping as MappingNode
from planton.document.nodes import Node, Position, plain, span
from planton.document.reader import parse
from planton.document.secret_words import TARGET
from planton.manifest.rules.rule import Path
from planton.manifest.value_problem import kind
from planton.organization.conditions import Condition, FormError, cost, parse_condition
from planton.organization.defaults import ALLOWED, Default, why_not
from planton.organization.expression import ExpressionError, compile_expression
from planton.organization.fields import FieldError, parse_field
from planton.organization.model import (
    MAX_CONDITIONS,
    MAX_REPETITIONS,
    Block,
    DefaultsBlock,
    Level,
    ProfileBlock,
    RuleBlock,
    RulesFile,
)
from planton.organization.rules import OwnRule, RequiredProfile
from planton.organization.structure import Problems

UNUSABLE = "unusable-rule"
TWICE = "duplicate-rule"
SEVERITY = "severity-override"
DEFAULT = "default-value"

_ID = re.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*")
MAX_ID = 80
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass
class Loaded:
    """One file: what it holds, each with its path in the file. `problems` holds what is wrong with
    it, and where everything is written."""

    problems: Problems
    severities: list[tuple[Path, str, Level]] = field(default_factory=list)
    """Each with its code."""
    rules: list[tuple[Path, OwnRule]] = field(default_factory=list)
    profiles: list[tuple[Path, RequiredProfile]] = field(default_factory=list)
    defaults: list[tuple[Path, Default]] = field(default_factory=list)

    @property
    def source(self) -> Source:
        """The text of the file."""
        return self.problems.source


def load(source: Source) -> Loaded:
    """The rules of a text. Whatever is wrong with it is in `problems`."""
    roots, found = parse(source)
    root = roots[0] if roots else MappingNode((), _START, _START)
    loaded = Loaded(Problems(root, source))
    problems = loaded.problems
    problems.found += found
    if len(roots) > 1:
        problems.found.append(_several(source, roots))
    if found or len(roots) > 1:
        return loaded
    if not isinstance(root, MappingNode):
        help = "it has severity, profiles, defaults and rules"
        problems.report("type", (), f"{problems.name} must be a mapping", help)
        return loaded
    if named := [key for key, _ in root.entries if key.text in _OF_MANIFESTS]:
        message = f"{problems.name} holds a manifest, not the rules of an organization"
        help = "rename the manifest, or name another file"
        problems.report(UNUSABLE, (named[0].text,), message, help, at_key=True)
        return loaded
    data = plain(root)
    if problem := _too_much(data):
        problems.report("too-large", (), *problem)
        return loaded
    try:
        file = RulesFile.model_validate(data)
    except ValidationError as error:
        problems.structure(error, RulesFile)
        return loaded
    _severities(file, loaded)
    for path, profile in _blocks(ProfileBlock, "profiles", file.profiles or (), problems):
        _profile(profile, path, loaded)
    for path, block in _blocks(DefaultsBlock, "defaults", file.defaults or (), problems):
        when = _conditions(block.when, (*path, "when"), problems, metadata_only=True)
        for name in block.spec:
            _default(name, when, (*path, "spec", name), loaded)
    for path, rule in _blocks(RuleBlock, "rules", file.rules or (), problems):
        _rule(rule, path, loaded)
    return loaded


_OF_MANIFESTS = ("apiVersion", "api_version", "kind", "spec", TARGET)


def _too_much(data: Any) -> tuple[str, str] | None:
    """The message and help about more conditions than a run can compare with every manifest."""
    conditions = list(_all_conditions(data))
    if len(conditions) > MAX_CONDITIONS:
        return f"the file has more than {MAX_CONDITIONS:,} conditions", "put less into one file"
    if sum(map(cost, conditions)) > MAX_REPETITIONS:
        message = (
            f"the patterns of the file have more than {MAX_REPETITIONS:,} repetitions and classes "
            "such as \\w"
        )
        return message, "write smaller numbers into {…}, or + and *"
    return None


def _all_conditions(data: Any) -> Iterator[Any]:
    """What is written for each field below `when` and `require`."""
    for part in ("profiles", "defaults", "rules"):
        blocks = data.get(part)
        for block in blocks if isinstance(blocks, list) else ():
            for name in ("when", "require"):
                held = block.get(name) if isinstance(block, dict) else None
                yield from held.values() if isinstance(held, dict) else ()


_BlockT = TypeVar("_BlockT", bound=Block)


def _blocks(
    model: type[_BlockT], part: str, items: Iterable[Any], problems: Problems
) -> Iterator[tuple[Path, _BlockT]]:
    """The entries of a list that have the right structure, each with its path."""
    for number, item in enumerate(items):
        try:
            yield (part, number), model.model_validate(item)
        except ValidationError as error:
            problems.structure(error, model, (part, number))


def _severities(file: RulesFile, loaded: Loaded) -> None:
    for written, level in (file.severity or {}).items():
        code, path = current_spelling(written), ("severity", written)
        if level not in LEVELS:
            message = (
                f"the severity of {quote(written)} must be {one_of(LEVELS)}, got {kind(level)}"
            )
            loaded.problems.report("enum", path, message)
            continue
        if code not in CODES:
            meant = did_you_mean(code, WARNINGS)
            help = f"did you mean '{meant}'?" if meant else _NO_CODE
            message = f"no diagnostic has the code {quote(written)}"
            loaded.problems.report(SEVERITY, path, message, help, at_key=True)
        elif code == CONTROL_FAILED:
            message = f"{quote(code)} has the severity of the profile that is required"
            help = "write severity: warning beside the name of the profile"
            loaded.problems.report(SEVERITY, path, message, help, at_key=True)
        elif code not in WARNINGS:
            if level != "error":
                message = (
                    f"{quote(code)} is an error, because AWS or the contract refuses it: it cannot "
                    f"be {'switched off' if level == 'off' else 'a warning'}"
                )
                loaded.problems.report(SEVERITY, path, message, "remove the line", at_key=True)
        elif code in (other for _, other, _ in loaded.severities):
            message = f"{quote(code)} is there twice, in two spellings"
            loaded.problems.report(SEVERITY, path, message, "keep one of the two", at_key=True)
        else:
            loaded.severities.append((path, code, level))


_NO_CODE = "planton explain lists all codes; the severity of a rule is set in the rule"


def _conditions(
    data: Mapping[str, Any], path: Path, problems: Problems, *, metadata_only: bool = False
) -> tuple[Condition, ...]:
    """The conditions of a block; those that no manifest can meet are reported."""
    found: list[Condition] = []
    for text, value in data.items():
        at = (*path, text)
        try:
            named = parse_field(text)
        except FieldError as error:
            problems.report(UNUSABLE, at, str(error), error.help, at_key=True)
            continue
        if metadata_only and named.parts[0] != "metadata":
            message = f"defaults are chosen by metadata alone, not by {quote(text)}"
            help = "use metadata.env, metadata.org or a label, or write a rule"
            problems.report(DEFAULT, at, message, help, at_key=True)
            continue
        try:
            found.append(parse_condition(named, value))
        except FormError as error:
            problems.report(UNUSABLE, at, str(error), error.help)
    return tuple(found)


def _rule(block: RuleBlock, path: Path, loaded: Loaded) -> None:
    problems = loaded.problems
    before = len(problems.found)
    at_id = (*path, "id")
    if not _ID.fullmatch(block.id) or len(block.id) > MAX_ID:
        message = f"{quote(block.id)} is not an id"
        help = "write words of lower-case letters and digits, joined by hyphens, such as team-tag"
        problems.report(UNUSABLE, at_id, message, help)
    elif block.id in CODES:
        message = f"{quote(block.id)} is a code of this program"
        help = f"choose another id; planton explain {block.id} says what the code is"
        problems.report(TWICE, at_id, message, help)
    elif other := next((one for _, one in loaded.rules if one.id == block.id), None):
        message = f"two rules have the id {quote(block.id)}: the first is in {other.where}"
        problems.report(TWICE, at_id, message, "choose another id")
    if bool(block.require) == bool(block.expression):
        both = "not both" if block.require else "and it has neither"
        message = f"a rule has either require or expression, {both}"
        problems.report(UNUSABLE, path, message, "say what must be true of a manifest")
    when = _conditions(block.when, (*path, "when"), problems)
    require = _conditions(block.require, (*path, "require"), problems)
    expression, place = None, None
    if block.at and not block.expression:
        message = "at belongs to an expression: each condition points to its field by itself"
        problems.report(UNUSABLE, (*path, "at"), message, "remove at", at_key=True)
    if block.expression:
        try:
            expression = compile_expression(block.expression)
        except ExpressionError as error:
            problems.report(UNUSABLE, (*path, "expression"), str(error), error.help)
        if block.at:
            try:
                place = parse_field(block.at)
                if "[*]" in place.parts:
                    raise FieldError("at names one place, so it cannot have [*]", "name the list")
            except FieldError as error:
                problems.report(UNUSABLE, (*path, "at"), str(error), error.help)
    if len(problems.found) == before:
        rule = OwnRule(
            id=block.id,
            severity=block.severity,
            where=problems.where(path),
            message=_line(block.message),
            help=_line(block.help),
            when=when,
            require=require,
            expression=expression,
            at=place,
        )
        loaded.rules.append((path, rule))


def _line(text: str) -> str:
    """A text of the file in one line, without the line ends of a YAML block."""
    return printable(" ".join(text.split()))


def _profile(block: ProfileBlock, path: Path, loaded: Loaded) -> None:
    problems = loaded.problems
    before = len(problems.found)
    when = _conditions(block.when, (*path, "when"), problems)
    profile = PROFILES.get(block.name)
    if profile is None:
        meant = did_you_mean(block.name, PROFILES)
        help = f"did you mean {quote(meant)}?" if meant else f"use {one_of(PROFILES)}"
        problems.report(UNUSABLE, (*path, "name"), f"unknown profile {quote(block.name)}", help)
        return
    ids = [control.id for control in profile.controls]
    for number, name in enumerate(block.left_out):
        if name not in ids:
            message = f"{profile.name} has no control {quote(name)}"
            problems.report(UNUSABLE, (*path, "except", number), message, f"use {one_of(ids)}")
    if len(block.required_tags) > MAX_REQUIRED_TAGS:
        message = f"the control takes {MAX_REQUIRED_TAGS} keys, got {len(block.required_tags)}"
        problems.report(UNUSABLE, (*path, "requiredTags"), message, "write a rule for more")
    if block.required_tags and "DynamoDB.5" not in ids:
        message = f"no control of {profile.name} asks for tags"
        problems.report(UNUSABLE, (*path, "requiredTags"), message, "write a rule", at_key=True)
    if len(problems.found) == before:
        required = RequiredProfile(
            profile,
            block.severity,
            problems.where(path),
            Parameters(tuple(block.required_tags)),
            frozenset(block.left_out),
            when,
        )
        if other := next((one for _, one in loaded.profiles if one.contradicts(required)), None):
            message = f"{profile.name} is required in {other.where} already, in another way"
            help = "keep one of the two, or tell them apart by when"
            problems.report(TWICE, path, message, help)
        loaded.profiles.append((path, required))


def _default(name: str, when: tuple[Condition, ...], path: Path, loaded: Loaded) -> None:
    problems = loaded.problems
    if name not in ALLOWED:
        message, help = why_not(name)
        problems.report(DEFAULT, path, message, help, at_key=True)
        return
    node = problems.node(path)
    default = Default(name, node, problems.where(path), when)
    if error := default.error():
        problems.structure(*error, below=path[:-1])
        return
    if owned := default.owned():
        message = f"the program sets the tag {quote(owned)} itself"
        problems.report(DEFAULT, (*path, owned), message, "remove it", at_key=True)
        return
    if same := next((one for _, one in loaded.defaults if default.contradicts(one)), None):
        message = f"spec.{name} has a default already, in {same.where}"
        help = "keep one of the two, or put the one with when first: the first that fits is used"
        problems.report(TWICE, path, message, help, at_key=True)
        return
    loaded.defaults.append((path, default))


def _several(source: Source, roots: Sequence[Node]) -> Diagnostic:
    return Diagnostic(
        code="several-documents",
        message=f"expected one document, got {len(roots)}",
        source=source,
        span=span(roots[1]),
        help="put all rules into one document",
    )


_START = Position(0, 0)
