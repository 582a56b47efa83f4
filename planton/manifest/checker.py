"""Checks one document: reports every finding in the user's spelling, where the user wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from itertools import islice
from typing import Any, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from planton.diagnostics.codes import CODES
from planton.diagnostics.diagnostic import Diagnostic, Source, Span, did_you_mean, quote
from planton.diagnostics.warning_codes import not_a_warning
from planton.dialects import flat_words, request
from planton.dialects.annotations import IGNORE_WARNINGS
from planton.dialects.canonical import Canonical
from planton.dialects.contract import Contract
from planton.dialects.keys import camel
from planton.document.reader import Mapping, Node, Scalar, Sequence, resolve, span
from planton.manifest.place import ANYWHERE, Place
from planton.manifest.rules.all_rules import RULES
from planton.manifest.rules.policy.document import POLICY
from planton.manifest.rules.rule import Finding, Path
from planton.manifest.shape import bare, fields
from planton.manifest.spec import AwsDynamodb
from planton.manifest.types import StandIn, kind

STAND_IN = "stand-in"
"""Replaces an invalid string, so that the fields beside it can be checked."""

MAX_FINDINGS = 200
"""The findings that are kept of the types, and of each rule: more than anybody reads, so that a
hostile file cannot cause an hour of work."""

_TRANSLATIONS = {Contract.FLAT: flat_words.translate, Contract.REQUEST: request.translate}
"""Translates messages about today's fields for the older contracts."""


class Checker:
    """Checks the types first, then the rules that do not read invalid fields."""

    def __init__(
        self,
        document: Canonical,
        source: Source,
        around: Place = ANYWHERE,
        found: Iterable[Diagnostic] = (),
    ) -> None:
        """`found` are the diagnostics of the parser."""
        self.document = document
        self.source = source
        self.around = around
        self.found = document.found
        self.broken: set[str] = set()
        self.broken_at: set[Path] = set()
        self.meant: set[Path] = set()
        self._reported: set[Diagnostic] = set()
        self._empties: dict[int, Diagnostic] = {}
        self._origins: dict[int, tuple[str, str]] | None = None
        self._written_fields: set[str] | None = None
        merges = [d.span for d in (*found, *self.found) if d.code == "merge-key" and d.span]
        self._merged = {_around(at, [root for _, root in document.roots]) for at in merges}

    def check(self) -> AwsDynamodb | None:
        for found in self.document.reshaped.found[:MAX_FINDINGS]:
            self._report_at(*found, translate=False)
        self.broken |= self.document.reshaped.broken
        data = self._data(self.document.node, ())
        data["contract"], data["extended"] = self.document.contract, self.document.extended
        data["around"] = self.around
        try:
            manifest = AwsDynamodb.model_validate(data)
        except ValidationError as error:
            problems = cast("list[dict[str, Any]]", error.errors(include_url=False))
            # Unknown keys first: one of them may be the misspelled name of a missing field.
            problems.sort(key=lambda p: p["type"] != "extra_forbidden")
            for problem in problems[:MAX_FINDINGS]:
                self._type_error(problem, data)
            if len(problems) > MAX_FINDINGS:
                return None
            try:
                manifest = AwsDynamodb.model_validate(data)
            except ValidationError:  # pragma: no cover  # no known input leads here
                # Rules cannot check what is left.
                return None
        for rule in RULES:
            if not self.broken or rule.applies(self.broken):
                for finding in islice(rule.check(manifest), MAX_FINDINGS):
                    if self.broken_at and rule.is_beside(finding, self.broken_at):
                        continue
                    self._report(
                        rule.code,
                        finding.path,
                        finding.message,
                        finding.help,
                        key=finding.at_key,
                    )
        self._check_ignored(manifest.metadata.ignore_warnings)
        return manifest

    def _check_ignored(self, codes: list[str]) -> None:
        for code in islice(dict.fromkeys(codes), MAX_FINDINGS):
            if wrong := not_a_warning(code):
                message, help = wrong
                path = ("metadata", "annotations", IGNORE_WARNINGS)
                self._report("ignore-warnings", path, message, help)

    def add(self, code: str, finding: Finding) -> None:
        """Reports a finding at its field, which may be `x` or, in older manifests, `xEnabled`."""
        path = finding.path
        older = (*path[:1], *(f"{part}Enabled" for part in path[1:2]))
        if self._locate(path, key=True)[1] and not self._locate(older, key=True)[1]:
            path = older
        warning = CODES[code].severity == "warning"
        self._report(code, path, finding.message, finding.help, key=warning)

    def _data(self, node: Node, path: tuple[str, ...]) -> Any:
        """Plain values for pydantic. A key without a value counts as absent, which is reported
        below spec. A policy keeps its nulls: it is not part of the contract, and its own rules
        refuse them."""
        if isinstance(node, Scalar):
            return resolve(node)
        if isinstance(node, Sequence):
            return [self._data(item, path) for item in node.items]
        data: dict[str, Any] = {}
        native = path[:3] == POLICY
        for key, value in node.entries:
            if isinstance(value, Scalar):
                plain = resolve(value)
            else:
                plain = self._data(value, (*path, key.text))
            if plain is not None or native:
                data[key.text] = plain
            elif path[:1] == ("spec",):
                self._empty(key)
        return data

    def _empty(self, key: Scalar) -> None:
        empty = Diagnostic(
            code="empty-value",
            message=f"{quote(self._origin(key)[1])} has no value, so it counts as absent",
            source=self.source,
            span=span(key),
            path=self._origin(key)[0],
            help="give it a value or remove the key, and check that the lines below it are "
            "indented",
        )
        self.found.append(empty)
        self._empties[id(key.start)] = empty

    def _type_error(self, problem: dict[str, Any], data: dict[str, Any]) -> None:
        """Reports one of pydantic's errors in our words, and replaces the invalid value."""
        path: Path = problem["loc"]
        # Pydantic marks a key like this, unless the manifest has a key of that name.
        at_key = path[-1] == "[key]" and not _is_mapping(_find(data, path[:-1])[1])
        if at_key:
            path = path[:-1]
        name = quote(self._written(path))[1:-1]
        if isinstance(path[-1], int):
            name = f"{path[-2]}[{name}]"
        parent, _, stand_in = _find(data, path)
        self.broken.add(_dotted(path))
        self.broken_at.add(path)
        match problem["type"]:
            case "extra_forbidden":
                self._unknown_key(path, data)
            case "missing":
                if at_key:
                    self._report("missing", path, "a key must not be empty")
                elif path not in self.meant:
                    self._report("missing", path, f"{name} is required")
            case "model_type" | "dict_type":
                self._report(
                    "type", path, f"{name} must be a mapping, got {kind(parent[path[-1]])}"
                )
            case "list_type":
                self._report("type", path, f"{name} must be a list, got {kind(parent[path[-1]])}")
            case code:
                message, help = problem["ctx"]["message"], problem["ctx"]["help"]
                if message.startswith(("must ", "is required")):
                    message = f"{name} {message}"
                self._report(code, path, message, help, key=at_key)
        if stand_in is None:
            parent.pop(path[-1], None)
        else:
            parent[path[-1]] = stand_in

    def _unknown_key(self, path: Path, data: dict[str, Any]) -> None:
        key, _ = self._locate(path, key=True)
        known = self._known(path[:-1], data)
        written = quote(self._origin(key)[1])
        meant = did_you_mean(str(path[-1]), known)
        if meant:
            self.meant.add((*path[:-1], known[meant]))
            self.broken.add(_dotted((*path[:-1], known[meant])))
            self.broken_at.add((*path[:-1], known[meant]))
        help = f"did you mean '{meant}'?" if meant else f"allowed here: {', '.join(sorted(known))}"
        self._report("unknown-key", path, f"unknown key {written}", help, key=True)

    def _known(self, path: Path, data: dict[str, Any]) -> dict[str, str]:
        """The allowed fields at a path in the user's shape, with today's name of each."""
        known = {name: name for name in fields(_find(data, path)[1])}
        for key in (True, False):
            node, _ = self._locate(path, key=key)
            if noted := self.document.reshaped.renamed.get(id(node.start)):
                known = {name: name for name in known if name not in noted.names}
                known |= noted.known
        return known

    def _report(
        self,
        code: str,
        path: Path,
        message: str,
        help: str = "",
        *,
        key: bool = False,
    ) -> None:
        node, missing = self._locate(path, key=key)
        if CODES[code].severity == "error" and (empty := self._empties.get(id(node.start))):
            # Report one mistake once.
            self.found = [one for one in self.found if one != empty]
            help = help or "it has no value: check that the lines below it are indented"
        if self._merged and self._may_be_merged(path, missing):
            return
        self._report_at(code, message, node, help, self._renamed(node, missing))

    def _may_be_merged(self, path: Path, missing: Path) -> bool:
        """Whether a missing field may come from the merge key of its mapping."""
        above, _ = self._locate(path[: len(path) - len(missing)], key=False)
        return isinstance(above, Mapping) and id(above.start) in self._merged

    def _report_at(
        self,
        code: str,
        message: str,
        node: Node,
        help: str,
        missing: Path = (),
        *,
        translate: bool = True,
    ) -> None:
        shown = self._origin(node)[0]
        for part in missing:
            shown = _join(shown, part)
        if translate and (translated := _TRANSLATIONS.get(self.document.contract)):
            used = self._used()
            message, help = translated(message, used), translated(help, used)
        # An invalid name is not repeated; the position shows which one it is.
        message = message.replace(f" '{STAND_IN}'", "")
        finding = Diagnostic(
            code=code,
            message=message,
            source=self.source,
            span=span(node),
            path=shown,
            help=help,
        )
        # An alias or an older shape can put one of the user's values in several places:
        # an error in it is reported once.
        if finding not in self._reported:
            self.found.append(finding)
            self._reported.add(finding)

    def _renamed(self, node: Node, missing: Path) -> Path:
        """The missing part of a path, its first field named as in the user's shape."""
        noted = self.document.reshaped.renamed.get(id(node.start))
        if noted is None or not missing:
            return missing
        first = missing[0]
        return (noted.names.get(str(first), first), *missing[1:])

    def _written(self, path: Path) -> str | int:
        """The last part of a path, named as in the user's shape where the name differs."""
        last = path[-1]
        if isinstance(last, int) or not self.document.reshaped.renamed:
            return last
        node, missing = self._locate(path, key=True)
        if missing:
            return self._renamed(node, missing)[-1]
        written = self._origin(node)[1]
        return written if camel(written) not in ("", last) else last

    def _locate(self, path: Path, *, key: bool) -> tuple[Node, Path]:
        """The node at the path, or the nearest one above it, and the missing part of the path.

        With `key`, or if a part is missing, the node is the key of a mapping's field.
        """
        here: Node = self.document.node
        name: Scalar | None = None
        for i, part in enumerate(path):
            entry: tuple[Scalar | None, Node] | None = None
            if isinstance(here, Mapping):
                entry = next((e for e in here.entries if e[0].text == part), None)
            elif isinstance(here, Sequence):  # pragma: no branch  # nothing lies below a scalar
                entry = None, here.items[int(part)]
            empty = (
                entry and entry[0] and isinstance(entry[1], Scalar) and resolve(entry[1]) is None
            )
            if entry is None:
                return name or here, path[i:]
            if empty:
                assert entry[0]
                return entry[0], path[i + 1 :]
            name, here = entry
        return (name if key and name else here), ()

    def _used(self) -> set[str]:
        """Every field that the user wrote, at any level, in camelCase."""
        if self._written_fields is None:
            self._origin(self.document.node)
            assert self._origins is not None
            self._written_fields = {camel(key) for _, key in self._origins.values()}
        return self._written_fields

    def _origin(self, node: Node) -> tuple[str, str]:
        """The user's path to a node, and the user's spelling if the node is a key."""
        if self._origins is None:
            self._origins = {}
            for prefix, root in self.document.roots:
                _collect(root, prefix, self._origins)
        noted = self.document.reshaped.renamed.get(id(node.start))
        return self._origins.get(id(noted.origin if noted else node.start), ("", ""))


def _around(at: Span, nodes: list[Node]) -> int:
    """The id of the start of the innermost mapping with a key at the given span."""
    found = 0
    while nodes:
        node = nodes.pop()
        if isinstance(node, Scalar) or not span(node).holds(at):
            continue
        if isinstance(node, Mapping):
            found = id(node.start)
            nodes = [value for _, value in node.entries]
        else:
            nodes = list(node.items)
    return found


def _collect(node: Node, path: str, origins: dict[int, tuple[str, str]]) -> None:
    origins.setdefault(id(node.start), (path, ""))
    match node:
        case Mapping():
            for key, value in node.entries:
                below = _join(path, key.text)
                origins.setdefault(id(key.start), (below, key.text))
                _collect(value, below, origins)
        case Sequence():
            for i, item in enumerate(node.items):
                _collect(item, _join(path, i), origins)
        case Scalar():
            pass


_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def _join(path: str, part: str | int) -> str:
    if isinstance(part, int):
        return f"{path}[{part}]"
    if not _PLAIN_KEY.fullmatch(part):
        return f'{path}["{part}"]'
    return f"{path}.{part}" if path else part


def _dotted(path: Path) -> str:
    return ".".join(part for part in path if isinstance(part, str))


def _find(data: Any, path: Path) -> tuple[Any, Any, Any]:
    """The container of the value at a path, the value's type, and the value that replaces it if it
    is invalid; None if it may be omitted."""
    here, annotation, optional = data, cast("Any", AwsDynamodb), False
    parent, field = here, None
    for part in path:
        parent, field = here, None
        if known := fields(annotation):
            field = known.get(str(part))
            optional = field is None or not field.is_required()
            annotation = bare(field.annotation) if field else None
        else:
            optional = isinstance(parent, dict)
            annotation = bare(get_args(annotation)[-1])
        here = parent[part] if isinstance(part, int) else parent.get(part)
    return parent, annotation, None if optional else _stand_in(annotation, field)


def _is_mapping(annotation: Any) -> bool:
    return bool(fields(annotation)) or get_origin(annotation) is dict


def _stand_in(annotation: Any, field: FieldInfo | None = None) -> Any:
    """A valid value of the type. Rules that read it are skipped."""
    for item in field.metadata if field else ():
        if isinstance(item, StandIn):
            return item.value
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        required = {n: f for n, f in fields(annotation).items() if f.is_required()}
        return {name: _stand_in(bare(f.annotation), f) for name, f in required.items()}
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return next(iter(annotation)).value
    return 50 if annotation is int else STAND_IN
