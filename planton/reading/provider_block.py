"""Reads what the wrapper puts beside the manifest: credentials, account, region and retries.

Messages never repeat the block's content, except for known names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as MappingType

from planton.diagnostics.diagnostic import Diagnostic, Source, did_you_mean
from planton.dialects.keys import respell, snake
from planton.document.reader import Mapping, Node, Scalar, resolve, span
from planton.manifest.place import Place
from planton.manifest.types import REGION_PATTERN

MAX_RETRIES = "maxRetries"
PROVIDER_FIELDS = (
    "accountId",
    "accessKeyId",
    "secretAccessKey",
    "sessionToken",
    "region",
    MAX_RETRIES,
)
SHAPES = {
    "accountId": ("[0-9]{12}", "a 12-digit AWS account ID"),
    "region": (REGION_PATTERN, "the name of an AWS region such as 'eu-central-1'"),
    MAX_RETRIES: ("[0-9]{1,9}", "an integer from 0 to 999999999"),
}


def read_provider(
    block: str, node: Node, source: Source, provider: dict[str, str]
) -> Iterator[Diagnostic]:
    """Reads the block into `provider`, with keys in camelCase, and yields its errors.

    `block` is its key. Empty values count as absent. Values are read as written, because an account
    ID with a leading zero is not a number.
    """

    def wrong(message: str, at: Node, help: str = "", field: str = "") -> Diagnostic:
        path = f"{name(block)}.{name(field)}" if field else name(block)
        return Diagnostic(
            code="provider", message=message, source=source, span=span(at), path=path, help=help
        )

    def name(key: str) -> str:
        return snake(key) if snaky else key

    # Names are shown in the spelling of the block: the wrapper writes snake_case.
    snaky = isinstance(node, Mapping) and any("_" in key.text for key, _ in node.entries)
    if isinstance(node, Scalar) and resolve(node) in (None, ""):
        return
    twice: list[Diagnostic] = []
    respelt = respell(node, source, twice, deep=False)
    if not isinstance(respelt, Mapping) or twice:
        yield wrong(f"{name(block)} must be a mapping without duplicate keys", node)
        return
    for key, value in respelt.entries:
        field = key.text
        if field not in PROVIDER_FIELDS:
            meant = did_you_mean(field, PROVIDER_FIELDS)
            known = ", ".join(name(known) for known in PROVIDER_FIELDS)
            help = f"did you mean '{name(meant)}'?" if meant else f"allowed here: {known}"
            yield wrong(f"unknown key in {name(block)}", key, help)
        elif not isinstance(value, Scalar):
            yield wrong(f"{name(field)} must be a string", value, field=field)
        elif resolve(value) not in (None, ""):
            pattern, allowed = SHAPES.get(field, ("", ""))
            if pattern and not re.fullmatch(pattern, value.text):
                # Not kept: a misplaced value may be a secret.
                yield wrong(f"{name(field)} must be {allowed}", value, field=field)
            else:
                provider[field] = value.text
    keys = provider.keys() & {"accessKeyId", "secretAccessKey"}
    if len(keys) == 1 or ("sessionToken" in provider and not keys):
        yield wrong(
            f"{name('accessKeyId')} and {name('secretAccessKey')} must be set together",
            node,
            "set both, or neither to use the credentials of the environment",
        )


def place_of(provider: MappingType[str, str], region: str | None = None) -> Place:
    """The region and account of the block; `region` is used if the block has none."""
    return Place(provider.get("region") or region, provider.get("accountId"))
