"""Reads the stack's config that names many manifests, and the accounts that their tables are in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source, did_you_mean, quote
from planton.reading.manifest_files import Entry
from planton.reading.provider_block import SHAPES
from planton.reading.sources import CONFIG_MANIFESTS, CONFIG_PROVIDERS, CONFIG_REMOVAL

_KEYS = ("path", "account")
_ACCOUNT, _ACCOUNT_TEXT = SHAPES["accountId"]
_HOW = (
    f"pulumi config set {CONFIG_MANIFESTS} tables, or a list of folders, files and patterns: "
    f"pulumi config set --path '{CONFIG_MANIFESTS}[0]' tables/orders"
)
_HOW_PROVIDERS = (
    "for example: pulumi config set --path "
    f"'{CONFIG_PROVIDERS}[\"111122223333\"].profile' production"
)


def read_entries(value: str) -> list[Entry]:
    """The entries of config `manifests`: a path or pattern, or a JSON list of such and of mappings
    with `path` and `account`.

    Raises:
        ManifestError: it is something else.
    """
    if not value.lstrip().startswith(("[", "{")):
        return [_entry(value, CONFIG_MANIFESTS)]
    found = _json(value, CONFIG_MANIFESTS, _HOW)
    items = found if isinstance(found, list) else [found]
    if not items:
        raise _error(CONFIG_MANIFESTS, f"{CONFIG_MANIFESTS} is an empty list", _HOW)
    return [_entry(item, f"{CONFIG_MANIFESTS}[{number}]") for number, item in enumerate(items)]


def _entry(item: Any, place: str) -> Entry:
    account = None
    if isinstance(item, dict):
        for key in item:
            if key not in _KEYS:
                meant = did_you_mean(str(key), _KEYS)
                help = f"did you mean '{meant}'?" if meant else f"allowed here: {', '.join(_KEYS)}"
                raise _error(CONFIG_MANIFESTS, f"unknown key {quote(key)} in {place}", help)
        if "account" in item:
            account = _account(item["account"], f"{place}.account", CONFIG_MANIFESTS)
        item, place = item.get("path"), f"{place}.path"
    if not isinstance(item, str) or not item.strip() or "\n" in item or "\0" in item:
        message = f"{place} must be the path of a folder or a file, or a pattern"
        raise _error(CONFIG_MANIFESTS, message, _HOW)
    return Entry(item, account, place)


def read_providers(value: str | None) -> Mapping[str, Mapping[str, Any]]:
    """The settings of the AWS provider for each account in config `providers`. Their names are
    those of the `aws:` config, and are not checked here.

    Raises:
        ManifestError: it is not a mapping from account IDs to such settings.
    """
    if not value:
        return {}
    found = _json(value, CONFIG_PROVIDERS, _HOW_PROVIDERS)
    if not isinstance(found, dict):
        message = f"{CONFIG_PROVIDERS} must map account IDs to settings of the AWS provider"
        raise _error(CONFIG_PROVIDERS, message, _HOW_PROVIDERS)
    accounts = {}
    for key, settings in found.items():
        account = _account(key, f"a key of {CONFIG_PROVIDERS}", CONFIG_PROVIDERS)
        place = f"{CONFIG_PROVIDERS}[{quote(account)}]"
        if not isinstance(settings, dict):
            message = f"{place} must be a mapping of settings of the AWS provider"
            raise _error(CONFIG_PROVIDERS, message, _HOW_PROVIDERS)
        pattern, allowed = SHAPES["region"]
        region = settings.get("region")
        if region is not None and not (isinstance(region, str) and re.fullmatch(pattern, region)):
            raise _error(CONFIG_PROVIDERS, f"{place}.region must be {allowed}", "")
        accounts[account] = settings
    return accounts


def read_removals(value: str | None) -> frozenset[str]:
    """The names in config `allowRemoval`: a JSON list, or names separated by commas.

    Raises:
        ManifestError: it is something else.
    """
    help = f"pulumi config set {CONFIG_REMOVAL} NAME,NAME, each the metadata.name of a table"
    text = (value or "").strip()
    found = _json(text, CONFIG_REMOVAL, help) if text.startswith(("[", "{")) else text.split(",")
    if not (isinstance(found, list) and all(isinstance(one, str) for one in found)):
        raise _error(CONFIG_REMOVAL, f"{CONFIG_REMOVAL} must be a list of names", help)
    return frozenset(one.strip() for one in found if one.strip())


def _account(value: Any, place: str, config: str) -> str:
    # `pulumi config set --path` writes digits as a number.
    account = str(value) if type(value) is int else value
    if not (isinstance(account, str) and re.fullmatch(_ACCOUNT, account)):
        help = "write one that begins with 0 in quotes into the stack's file" if account else ""
        raise _error(config, f"{place} must be {_ACCOUNT_TEXT}", help)
    return account


def _json(value: str, config: str, help: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise _error(config, f"{config} is not valid JSON", help) from None


def _error(config: str, message: str, help: str) -> ManifestError:
    """Shows nothing of the value: secrets may be in it."""
    source = Source(f"config {config}", "", positions=False)
    return ManifestError(
        [Diagnostic(code="invalid-config", message=message, source=source, help=help)]
    )
