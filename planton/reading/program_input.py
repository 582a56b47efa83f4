"""The input of one run of the Pulumi program: one manifest, or the manifests of many tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source
from planton.document.nodes import span
from planton.manifest.place import Place
from planton.plan.planner import make_plan
from planton.plan.shared_names import PlannedTable
from planton.reading.at_time import at_time
from planton.reading.folders import examine
from planton.reading.manifest_files import Entry, files_of
from planton.reading.manifest_settings import read_entries, read_providers, read_removals
from planton.reading.read import Reading, without_request
from planton.reading.rules_files import RulesFinder, rules_of_program
from planton.reading.shared_names import shared_name_errors
from planton.reading.sources import (
    CONFIG_GUARDED,
    CONFIG_MANIFEST,
    CONFIG_MANIFESTS,
    CONFIG_PROVIDERS,
    CONFIG_REMOVAL,
    CONFIG_STACK_INPUT,
    ENV_FILE,
    ENV_TEXT,
    GetConfig,
)
from planton.reading.stack_input import StackInput, configured_place, load, typed_input


@dataclass(frozen=True)
class ProgramInput:
    """What one run of the program creates.

    `together` says whether config `manifests` names the tables, which may be many. The tables
    `removals` may be deleted, and `guarded` is the one that config `guardedTable` names. `accounts`
    are the settings of the AWS provider for each account, by the names of the `aws:` config.
    """

    tables: tuple[StackInput, ...]
    together: bool = False
    removals: frozenset[str] = frozenset()
    guarded: str | None = None
    accounts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)

    @property
    def rules(self) -> tuple[str, ...]:
        """Which rules of the organization apply, each text once."""
        return tuple(dict.fromkeys(one.rules for one in self.tables))

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The warnings of all manifests."""
        return tuple(warning for one in self.tables for warning in one.warnings)


def load_program(
    get_config: GetConfig, environ: Mapping[str, str], *, now: datetime
) -> ProgramInput:
    """The manifests of config `manifests` if it is set, otherwise the manifest from the first
    source that is set; `now` decides which schedules are over.

    Raises:
        ManifestError: with every error and warning of every manifest, if there is any error.
    """
    value = get_config(CONFIG_MANIFESTS)
    removals = read_removals(get_config(CONFIG_REMOVAL))
    if not value:
        return ProgramInput((load(get_config, environ, now=now),), removals=removals)
    others = [name for name in (CONFIG_STACK_INPUT, CONFIG_MANIFEST) if get_config(name)]
    others += [name for name in (ENV_TEXT, ENV_FILE) if environ.get(name)]
    if others:
        raise ManifestError([_several_inputs(others[0])])
    entries = read_entries(value)
    accounts = read_providers(get_config(CONFIG_PROVIDERS))
    find_rules = rules_of_program(get_config, environ)
    loader = _Loader(configured_place(get_config, environ), accounts, find_rules, now)
    for entry in entries:
        loader.load(entry)
    tables = [PlannedTable(make_plan(o.manifest), o.region, o.account_id) for o, _ in loader.loaded]
    found = [*loader.found, *shared_name_errors(tables, [one for _, one in loader.loaded])]
    if any(one.severity == "error" for one in found):
        raise ManifestError(found)
    return ProgramInput(
        tuple(one for one, _ in loader.loaded),
        together=True,
        removals=removals,
        guarded=get_config(CONFIG_GUARDED) or None,
        accounts=accounts,
    )


class _Loader:
    """Reads the files of one entry after the other, and each file once."""

    def __init__(
        self,
        place: Place,
        accounts: Mapping[str, Mapping[str, Any]],
        find_rules: RulesFinder,
        now: datetime,
    ) -> None:
        self.loaded: list[tuple[StackInput, Reading]] = []
        self.found: list[Diagnostic] = []
        self._place = place
        self._accounts = accounts
        self._find_rules = find_rules
        self._now = now
        self._entries: dict[str, Entry] = {}

    def load(self, entry: Entry) -> None:
        files, found = files_of(entry)
        self.found += found
        new = []
        for path, whole in files:
            other = self._entries.setdefault(whole, entry)
            if other is entry:
                new.append(path)
            elif other.account_id != entry.account_id:
                self.found.append(_two_accounts(path, other, entry))
        account = entry.account_id
        region = self._accounts.get(account or "", {}).get("region") or self._place.region
        place = Place(region, account or self._place.account_id)
        manifests, problems = 0, bool(found)
        examined = examine(
            new, skip_foreign=not entry.is_file, find_rules=self._find_rules, place=place
        )
        for one in examined:
            manifests += one.report.manifests
            problems |= bool(one.report.diagnostics)
            read = {d for reading in one.readings for d in reading.diagnostics}
            self.found += [d for d in one.report.diagnostics if d not in read]
            for reading in one.readings:
                self._add(reading, entry, place)
        if not (manifests or problems) and len(new) == len(files):
            self.found.append(_no_manifest(entry))

    def _add(self, reading: Reading, entry: Entry, place: Place) -> None:
        reading = at_time(without_request(reading), self._now)
        if problems := _block_problems(reading, entry, self._accounts):
            diagnostics = (*reading.diagnostics, *problems)
            reading = replace(reading, manifest=None, diagnostics=diagnostics)
        typed, found = typed_input(reading, place, named=entry.account_id)
        self.found += found
        if typed:
            self.loaded.append((typed, reading))


def _several_inputs(other: str) -> Diagnostic:
    return Diagnostic(
        code="several-inputs",
        message=f"config {CONFIG_MANIFESTS} is set, and so is {other}",
        source=Source(f"config {CONFIG_MANIFESTS}", "", positions=False),
        help=f"remove one of them: {CONFIG_MANIFESTS} names all tables of the stack",
    )


def _two_accounts(path: str, one: Entry, other: Entry) -> Diagnostic:
    return Diagnostic(
        code="invalid-config",
        message=f"{one.place} and {other.place} name the file for different accounts: "
        f"{one.account_id or 'none'} and {other.account_id or 'none'}",
        source=Source(path, ""),
        help=f"let only one entry of config {CONFIG_MANIFESTS} reach the file",
    )


def _no_manifest(entry: Entry) -> Diagnostic:
    return Diagnostic(
        code="empty",
        message=f"no manifest found, and config {entry.place} names it",
        source=Source(entry.path, ""),
        help="files of a folder are read if their names end with .yaml or .yml",
    )


def _block_problems(reading: Reading, entry: Entry, accounts: Collection[str]) -> list[Diagnostic]:
    """What a provider block beside one of many manifests must not say. Whoever writes manifests
    must not choose the credentials with which they are deployed: those of `accounts`."""
    provider = reading.provider
    found = []

    def report(message: str, help: str) -> None:
        found.append(
            Diagnostic(
                code="provider",
                message=message,
                source=reading.source,
                span=provider.key and span(provider.key),
                help=help,
            )
        )

    if provider.access_key_id is not None:
        report(
            "access keys are not read from the files of config manifests",
            f"set them as secrets in the stack's config {CONFIG_PROVIDERS}, by account, and revoke "
            "these if the file is in a repository",
        )
    if provider.max_retries is not None:
        report(
            "maxRetries is not read from the files of config manifests",
            "set it for all tables: pulumi config set aws:maxRetries",
        )
    if provider.endpoint is not None:
        report(
            "endpoint is not read from the files of config manifests",
            "set it for all tables: pulumi config set --path 'aws:endpoints[0].dynamodb' URL",
        )
    if provider.account_id in accounts and entry.account_id is None:
        report(
            f"config {CONFIG_PROVIDERS} has settings for the account {provider.account_id}, and "
            "config manifests does not name it for this file",
            f"name it in config {CONFIG_MANIFESTS}, as the account of an entry",
        )
    if entry.account_id and provider.account_id and entry.account_id != provider.account_id:
        report(
            f"config manifests names the account {entry.account_id} for this file, and the block "
            f"names {provider.account_id}",
            "name the same account in both places, or only in one",
        )
    return found
