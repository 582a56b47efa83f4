"""Finds the planton.yaml files that apply to a manifest."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source
from planton.document.reader import MAX_BYTES, decode
from planton.document.secret_words import may_hold_secrets
from planton.organization.organization import NO_RULES, Organization
from planton.reading.sources import (
    CONFIG_RULES,
    ENV_RULES,
    MAX_PATH,
    RULES_FILE,
    STDIN,
    GetConfig,
    read_data,
)

if TYPE_CHECKING:  # what a manifest without rules does not need
    from planton.organization.load import Loaded

_REPOSITORY = ".git"
"""What is in the folder where the search ends: a clone brings no rules from outside with it."""
_EXPECTED = f"{RULES_FILE} holds the rules of an organization"


class RulesFinder:
    """Finds the rules for a manifest: first those for all manifests, which are the outermost, then
    those in the folders around it. A file is read once."""

    def __init__(
        self, settings: Sequence[tuple[str, str | Source]] = (), *, project: str = ""
    ) -> None:
        """`settings` are the paths or texts of rules for all manifests, each with the name of what
        sets it. In folders inside of `project`, the search does not end: whoever may write
        manifests there must not choose which rules apply to them."""
        self._inside = os.path.join(os.path.realpath(project), "") if project else None
        self._outer: list[Source] = []
        self._problems: list[Diagnostic] = []
        self._read: dict[str, Source] = {}
        for name, value in settings:
            if isinstance(value, Source):
                self._outer.append(_guarded(value))
            else:
                self._outer += self._sources([value], name)
        self._around: dict[str, tuple[str, ...]] = {}
        self._found: dict[tuple[str, ...], Organization] = {}
        self._loaded: dict[Source, Loaded] = {}

    def __call__(self, path: str) -> Organization:
        """The rules for the manifest at a path; standard input, like any text that is in no file,
        counts as one in the working directory."""
        if path == STDIN:
            return self._of(self._files_around(os.getcwd()))
        # Of a link, the folders around it and those around the file that it leads to.
        folders = [os.path.dirname(os.path.realpath(path)), os.path.realpath(os.path.dirname(path))]
        found = dict.fromkeys(file for folder in folders for file in self._files_around(folder))
        return self._of(tuple(found))

    def __getstate__(self) -> dict[str, object]:
        """What another process needs. It compiles the rules again: not all can be pickled."""
        return {**self.__dict__, "_found": {}, "_loaded": {}}

    def of_settings(self) -> Organization:
        """The rules for all manifests alone."""
        return self._of(())

    def with_files(self, files: Iterable[Source]) -> Organization:
        """The rules for all manifests together with those in these texts."""
        # Imported here because many manifests have no rules.
        from planton.organization.layers import organization

        # A copy adds nothing, and would be refused for saying everything twice.
        texts: dict[str, Source] = {}
        for source in (*self._outer, *files):
            texts.setdefault(source.text, source)
        found = organization([*texts.values()], self._loaded)
        return replace(found, problems=(*self._problems, *found.problems))

    def _of(self, files: tuple[str, ...]) -> Organization:
        if not (files or self._outer or self._problems):
            return NO_RULES
        if files not in self._found:
            problems = len(self._problems)
            found = self.with_files(self._sources(files))
            # Those of other folders are about other manifests.
            del self._problems[problems:]
            self._found[files] = found
        return self._found[files]

    def _files_around(self, folder: str) -> tuple[str, ...]:
        """The rules' files in a folder and those around it, up to the one of the repository; the
        outermost first."""
        here, unseen = folder, list[str]()
        while here not in self._around:  # not by recursion: folders can be nested a thousand deep
            unseen.append(here)
            parent = os.path.dirname(here)
            is_inside = self._inside is not None and here.startswith(self._inside)
            if parent == here or (
                not is_inside and os.path.lexists(os.path.join(here, _REPOSITORY))
            ):
                break
            here = parent
        found = self._around.get(here, ())
        for here in reversed(unseen):
            file = os.path.join(here, RULES_FILE)
            self._around[here] = found = (*found, file) if os.path.lexists(file) else found
        return found

    def _sources(self, files: Sequence[str], named_by: str = "") -> Iterator[Source]:
        """The texts of files that have not been read; those that cannot be read are problems."""
        for file in files:
            real = os.path.realpath(file)
            try:
                if real not in self._read:
                    self._read[real] = _read(file, named_by)
            except ManifestError as error:
                self._problems += error.diagnostics
            else:
                yield self._read[real]


def rules_of_program(get_config: GetConfig, environ: Mapping[str, str]) -> RulesFinder:
    """The rules for a run of the Pulumi program: the environment is outside of the stack's
    config."""
    settings: list[tuple[str, str | Source]] = []
    if path := environ.get(ENV_RULES):
        settings.append((ENV_RULES, path))
    if value := get_config(CONFIG_RULES):
        name = f"config {CONFIG_RULES}"
        if value.lstrip().startswith("{") and "\n" not in value:
            # Structured config arrives as one line of JSON: its positions mean nothing to the user.
            settings.append((name, Source(name, value, positions=False)))
        elif "\n" in value or ": " in value:
            settings.append((name, Source(name, value)))
        else:
            settings.append((name, value))
    return RulesFinder(settings, project=os.getcwd())


def _read(file: str, named_by: str) -> Source:
    """A file of rules. A found one is named relative to the working directory, and one that a
    setting names as it is named there.

    Raises:
        ManifestError: it cannot be read, is too large or not UTF-8.
    """
    shown = file if named_by else _shown(file)
    found: Sequence[Diagnostic]
    if not named_by and os.path.exists(file) and not os.path.isfile(file):
        message = "the rules cannot be read: it is not a file"  # reading a pipe could block forever
        found = [Diagnostic(code="unreadable", message=message, source=Source(shown, ""))]
        raise ManifestError(found)
    try:
        data = read_data(file, named_by)
    except ManifestError as error:
        help = _HELP if named_by else "no manifest below this folder passes without it"
        found = [
            replace(one, source=replace(one.source, name=shown[:MAX_PATH]), help=help)
            for one in error.diagnostics
        ]
        raise ManifestError(found) from None
    text, found = decode(data, shown, MAX_BYTES, _EXPECTED)
    if found:
        raise ManifestError(found)
    return _guarded(Source(shown, text))


_HELP = "set the path of a file with rules; relative paths start at the working directory"


def _shown(file: str) -> str:
    path = os.path.relpath(file)
    return file if path.startswith(os.path.join(os.pardir, os.pardir, os.pardir)) else path


def _guarded(source: Source) -> Source:
    """The source without excerpts if it may be something else, with credentials in it."""
    return source.without_excerpts() if may_hold_secrets(source.text) else source
