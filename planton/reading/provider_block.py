"""Reads what is set beside the manifest: credentials, account, region, retries and endpoint.

The wrapper writes the block, except `max_retries` and `endpoint`, which its contract does not have.

Messages never repeat the block's content, except for known names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields

from planton.diagnostics.diagnostic import Diagnostic, Source, did_you_mean
from planton.dialects.key_case import camel, respell, snake
from planton.document.nodes import Mapping, Node, Scalar, resolve, span
from planton.manifest.types import REGION_PATTERN
from planton.reading.emulator_endpoint import (
    ALLOWED_ENDPOINT,
    EMULATOR_ACCOUNTS,
    ENDPOINT_PATTERN,
    is_emulated_account,
    is_of_aws,
    is_real_key,
)

MAX_RETRIES = "maxRetries"
ENDPOINT = "endpoint"


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider block. Values are as written, because an account ID with a leading zero is not a
    number. `key` is the block's key."""

    account_id: str | None = None
    access_key_id: str | None = field(default=None, repr=False)
    secret_access_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    region: str | None = None
    max_retries: str | None = None
    endpoint: str | None = None
    key: Scalar | None = None


NO_PROVIDER = Provider()
_ATTRIBUTES = {camel(field.name): field.name for field in fields(Provider) if field.name != "key"}
PROVIDER_FIELDS = tuple(_ATTRIBUTES)
SHAPES = {
    "accountId": ("[0-9]{12}", "a 12-digit AWS account ID"),
    "region": (REGION_PATTERN, "the name of an AWS region such as 'eu-central-1'"),
    MAX_RETRIES: ("[0-9]{1,9}", "an integer from 0 to 999999999"),
    ENDPOINT: (ENDPOINT_PATTERN, ALLOWED_ENDPOINT),
}


def read_provider(
    block: str, key: Scalar, node: Node, source: Source
) -> tuple[Provider, list[Diagnostic]]:
    """The block's values and its errors. `block` is its key in camelCase. Empty values count as
    absent."""
    found: list[Diagnostic] = []
    values: dict[str, str] = {}
    places: dict[str, Node] = {}

    def report(message: str, at: Node, help: str = "", field: str = "") -> None:
        path = f"{name(block)}.{name(field)}" if field else name(block)
        found.append(
            Diagnostic(
                code="provider", message=message, source=source, span=span(at), path=path, help=help
            )
        )

    def name(key: str) -> str:
        return snake(key) if snaky else key

    # Names are shown in the spelling of the block: the wrapper writes snake_case.
    names = [key, *(field for field, _ in node.entries)] if isinstance(node, Mapping) else [key]
    snaky = any("_" in one.text for one in names)
    if isinstance(node, Scalar) and resolve(node) in (None, ""):
        return Provider(key=key), found
    respelt, twice = respell(node, deep=False)
    if not isinstance(respelt, Mapping) or twice:
        report(f"{name(block)} must be a mapping without duplicate keys", node)
        return Provider(key=key), found
    for at, value in respelt.entries:
        field = at.text
        if field not in PROVIDER_FIELDS:
            meant = did_you_mean(field, PROVIDER_FIELDS)
            known = ", ".join(name(known) for known in PROVIDER_FIELDS)
            help = f"did you mean '{name(meant)}'?" if meant else f"allowed here: {known}"
            report(f"unknown key in {name(block)}", at, help)
        elif not isinstance(value, Scalar):
            report(f"{name(field)} must be a string", value, field=field)
        elif resolve(value) not in (None, ""):
            pattern, allowed = SHAPES.get(field, ("", ""))
            if pattern and not re.fullmatch(pattern, value.text):
                # Not kept: a misplaced value may be a secret.
                report(f"{name(field)} must be {allowed}", value, field=field)
            else:
                values[_ATTRIBUTES[field]] = value.text
                places[field] = value
    keys = values.keys() & {"access_key_id", "secret_access_key"}
    if len(keys) == 1 or ("session_token" in values and not keys):
        report(
            f"{name('accessKeyId')} and {name('secretAccessKey')} must be set together",
            node,
            "set both, or neither to use the credentials of the environment",
        )
    provider = Provider(**values, key=key)
    for field, message, help in _against_endpoint(provider, name):
        report(message, places[field], help, field)
    return provider, found


def _against_endpoint(
    provider: Provider, name: Callable[[str], str]
) -> Iterator[tuple[str, str, str]]:
    """What is not allowed beside an endpoint: the field, the message and the fix. `name` spells a
    field as the block does."""
    if provider.endpoint is None:
        return
    account, key = provider.account_id, provider.access_key_id
    if is_of_aws(provider.endpoint):
        yield (
            ENDPOINT,
            f"{name(ENDPOINT)} must be that of an emulated AWS, for all services, got one of AWS",
            "remove it; endpoints of single services belong in the stack's config aws:endpoints",
        )
    if account and not is_emulated_account(account, key):
        known = " or ".join(EMULATOR_ACCOUNTS)
        yield (
            ENDPOINT,
            f"{name(ENDPOINT)} is not allowed beside the {name('accountId')} of an AWS account",
            f"remove {name(ENDPOINT)} to use AWS, or {name('accountId')}, or set it to {known}",
        )
    if key and is_real_key(key):
        yield (
            ENDPOINT,
            f"{name(ENDPOINT)} is not allowed beside an access key of AWS",
            f"remove {name(ENDPOINT)} to use AWS, or the keys: an emulated AWS needs none",
        )
