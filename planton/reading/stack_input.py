"""The input of one run of the Pulumi program."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source
from planton.document.nodes import span
from planton.manifest.checking.check import point
from planton.manifest.manifest import Manifest
from planton.manifest.place import Place
from planton.manifest.rules.rule import Finding
from planton.organization.applied import Applied
from planton.organization.organization import NO_RULES, Organization
from planton.reading.at_time import at_time
from planton.reading.emulator_endpoint import is_emulated_account
from planton.reading.provider_block import Provider
from planton.reading.read import Reading, read
from planton.reading.rules_files import rules_of_program
from planton.reading.sources import (
    CONFIG_ACCOUNTS,
    CONFIG_REGION,
    ENV_REGIONS,
    STDIN,
    GetConfig,
    find,
)
from planton.reading.unresolved import unresolved


@dataclass(frozen=True)
class Credentials:
    """Access keys of an AWS account."""

    access_key_id: str = field(repr=False)
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(repr=False, default=None)


DUMMY_CREDENTIALS = Credentials("test", "test")
"""Those for an emulated AWS, which accepts any: with these, LocalStack and moto use the accounts
that they have unless told otherwise."""


@dataclass(frozen=True)
class StackInput:
    """The input of one run of the program.

    `region` is the table's. `account_id`, if set, is the only account that may be used; a manifest
    with grants has one. `named_account` is set if the provider block, or config `manifests`, names
    it.
    `max_retries`, if set, limits how often the provider tries a request; 0 counts as not set.
    `endpoint`, if set, is the URL of an emulated AWS to which all requests go; then `credentials`
    are set too, so that none of AWS's are used.
    `rules` says which rules of the organization apply, and `defaults` what the manifest got from
    them.
    """

    manifest: Manifest
    warnings: tuple[Diagnostic, ...]
    region: str
    account_id: str | None = None
    named_account: str | None = None
    credentials: Credentials | None = None
    max_retries: int | None = None
    endpoint: str | None = None
    rules: str = NO_RULES.summary()
    defaults: tuple[Applied, ...] = ()


def load(get_config: GetConfig, environ: MappingType[str, str], *, now: datetime) -> StackInput:
    """The stack input from the first source that is set; an empty one counts as not set.

    `now` decides which schedules are over.

    Raises:
        ManifestError: there is no source or no region, or the source is unreadable or invalid.
    """
    source = find(get_config, environ)
    find_rules = rules_of_program(get_config, environ)
    rules = find_rules(source.path or STDIN)
    return read_stack_input(source, get_config, environ, now=now, rules=rules)


def read_stack_input(
    source: Source,
    get_config: GetConfig,
    environ: MappingType[str, str],
    *,
    now: datetime,
    rules: Organization = NO_RULES,
) -> StackInput:
    """The typed stack input of a text, by the rules of the organization.

    Raises:
        ManifestError: with every error and warning, if there is any error.
    """
    place = configured_place(get_config, environ)
    reading = read(source, place, requests=False, rules=rules)
    allowed = _allowed_accounts(get_config(CONFIG_ACCOUNTS))
    typed, found = typed_input(at_time(reading, now), place, allowed=allowed)
    if typed is None:
        raise ManifestError(found)
    return typed


def configured_place(get_config: GetConfig, environ: MappingType[str, str]) -> Place:
    """The region of the stack's config or of the environment, and the only account that the config
    allows, if it is one."""
    region = get_config(CONFIG_REGION) or next(
        (environ[name] for name in ENV_REGIONS if environ.get(name)), None
    )
    accounts = _allowed_accounts(get_config(CONFIG_ACCOUNTS))
    return Place(region, accounts[0] if len(accounts) == 1 else None)


def typed_input(
    reading: Reading, place: Place, *, named: str | None = None, allowed: Sequence[str] = ()
) -> tuple[StackInput | None, tuple[Diagnostic, ...]]:
    """The stack input of what was read, and every diagnostic: no stack input if one is an error.

    `place` is that of the stack's config, which allows the accounts `allowed`, and `named` the
    account that config `manifests` names.
    """
    manifest, region, provider = reading.manifest, reading.region, reading.provider
    if manifest is None:
        return None, reading.diagnostics
    missing = [*unresolved(reading), *([_no_region(reading.source)] if region is None else [])]
    # Without grants, only the provider block restricts the account, as it always has.
    named = provider.account_id or named
    account_id = named or (place.account_id if manifest.spec.grants else None)
    if manifest.spec.grants and account_id is None:
        missing += _no_account(reading)
    if provider.endpoint and not all(
        is_emulated_account(one, provider.access_key_id) for one in allowed
    ):
        missing.append(_endpoint_beside_account(reading))
    if region is None or missing:
        return None, (*reading.diagnostics, *missing)
    typed = StackInput(
        manifest,
        reading.diagnostics,
        region,
        account_id=account_id,
        named_account=named,
        credentials=_credentials(provider),
        max_retries=None if provider.max_retries is None else int(provider.max_retries),
        endpoint=provider.endpoint,
        rules=reading.rules.summary(),
        defaults=reading.defaults,
    )
    return typed, reading.diagnostics


def _no_region(source: Source) -> Diagnostic:
    return Diagnostic(
        code="no-region",
        message="no region is set",
        source=source,
        help="set spec.region in the manifest, region in provider_config, the config "
        f"{CONFIG_REGION}, or {ENV_REGIONS[0]} in the environment",
    )


def _allowed_accounts(config: str | None) -> list[str]:
    """The accounts that the stack's config allows, without what is not the number of one."""
    try:
        accounts = json.loads(config or "[]")
    except ValueError:  # the provider reports it
        return []
    # `pulumi config set --path` writes digits as a number.
    texts = map(str, accounts if isinstance(accounts, list) else [])
    return [account for account in texts if re.fullmatch("[0-9]{12}", account)]


def _endpoint_beside_account(reading: Reading) -> Diagnostic:
    """The error of an endpoint in a stack that is for an account of AWS."""
    key = reading.provider.key
    return Diagnostic(
        code="provider",
        message=f"endpoint is not allowed in a stack whose config {CONFIG_ACCOUNTS} names an AWS "
        "account",
        source=reading.source,
        span=span(key) if key else None,
        help="remove endpoint to use AWS, or use another stack for the emulated AWS",
    )


def _no_account(reading: Reading) -> list[Diagnostic]:
    """The error of a manifest with grants, at these."""
    finding = Finding(
        ("spec", "grants"),
        "the table's account must be known to tell its own principals from those of other accounts",
        "set account_id in provider_config, or exactly one account in the config "
        f"{CONFIG_ACCOUNTS}: pulumi config set --path '{CONFIG_ACCOUNTS}[0]' 111122223333",
    )
    assert reading.places is not None  # there is a manifest
    return point(reading.places, reading.source, "grants-need-account", [finding], at_key=True)


def _credentials(provider: Provider) -> Credentials | None:
    if provider.access_key_id is None or provider.secret_access_key is None:
        return DUMMY_CREDENTIALS if provider.endpoint else None
    return Credentials(provider.access_key_id, provider.secret_access_key, provider.session_token)
