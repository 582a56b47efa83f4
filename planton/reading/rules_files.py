"""Finds the planton.yaml files that apply to a manifest."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source
from planton.document.reader import MAX_BYTES, decode
from planton.organization.organization import NO_RULES, Organization
from planton.reading.sources import (
    CONFIG_RULES,
    ENV_RULES,
    RULES_FILE,
    STDIN,
    GetConfig,
    read_data,
)

_REPOSITORY = ".git"
"""What is in the folder where the search ends: a clone brings no rules from outside with it."""
_EXPECTED = f"{RULES_FILE} holds the rules of an organization"


class RulesFinder:
    """Finds the rules for a manifest: first those for all manifests, which are the outermost, then
    those in the folders around it. A file is read once."""

    def __init__(self, settings: Sequence[tuple[str, str | Source]] = ()) -> None:
        """`settings` are the paths or texts of rules for all manifests, each with the name of what
        sets it."""
        self._outer: list[Source] = []
        self._problems: list[Diagnostic] = []
        self._read: dict[str, Source] = {}
        for name, value in settings:
            if isinstance(value, Source):
                self._outer.append(value)
            else:
                self._outer += self._sources([value], name)
        self._around: dict[str, tuple[str, ...]] = {}
        self._found: dict[tuple[str, ...], Organization] = {}

    def __call__(self, path: str) -> Organization:
        """The rules for the manifest at a path; standard input, like any text that is in no file,
        counts as one in the working directory."""
        folder = "" if path == STDIN else os.path.dirname(path)
        return self._of(self._files_around(os.path.abspath(folder)))

    def _of(self, files: tuple[str, ...]) -> Organization:
        if not (files or self._outer or self._problems):
            return NO_RULES
        if files not in self._found:
            problems = len(self._problems)
            # Imported here because many manifests have no rules.
            from planton.organization.layers import organization

            sources = [*self._outer, *self._sources(files)]
            found = organization(sources)
            found = replace(found, problems=(*self._problems, *found.problems))
            # Those of other folders are about other manifests.
            del self._problems[problems:]
            self._found[files] = found
        return self._found[files]

    def _files_around(self, folder: str) -> tuple[str, ...]:
        """The rules' files in a folder and those around it, up to the one of the repository; the
        outermost first."""
        if folder not in self._around:
            file, parent = os.path.join(folder, RULES_FILE), os.path.dirname(folder)
            ends = parent == folder or os.path.lexists(os.path.join(folder, _REPOSITORY))
            outside = () if ends else self._files_around(parent)
            self._around[folder] = (*outside, file) if os.path.lexists(file) else outside
        return self._around[folder]

    def _sources(self, files: Sequence[str], named_by: str = "") -> Iterator[Source]:
        """The texts of files that have not been read; those that cannot be read are problems."""
        for file in files:
            real = os.path.realpath(file)
            if real in self._read and self._read[real] in self._outer:
                continue
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
        if "\n" in value:
            settings.append((name, Source(name, value)))
        elif value.lstrip().startswith("{"):
            # Structured config arrives as one line of JSON: its positions mean nothing to the user.
            settings.append((name, Source(name, value, positions=False)))
        else:
            settings.append((name, value))
    return RulesFinder(settings)


def _read(file: str, named_by: str) -> Source:
    shown = os.path.relpath(file)
    shown = file if shown.startswith(os.path.join(os.pardir, os.pardir, os.pardir)) else shown
    text, found = decode(read_data(shown, named_by), shown, MAX_BYTES, _EXPECTED)
    if found:
        raise ManifestError(found)
    return Source(shown, text)
