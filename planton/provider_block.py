"""What the wrapper puts beside the manifest: credentials, account, region and retries.

No message repeats anything of the block but names that this program knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as MappingType

from planton.diagnostics import Diagnostic, Source, did_you_mean
from planton.dialect.keys import respell, snake
from planton.document import Mapping, Node, Scalar, resolve, span
from planton.model.types import REGION_PATTERN
from planton.place import Place

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
    "accountId": ("[0-9]{12}", "the 12 digits of an AWS account"),
    "region": (REGION_PATTERN, "the name of an AWS region such as 'eu-central-1'"),
    MAX_RETRIES: ("[0-9]{1,9}", "a whole number from 0 to 999999999"),
}


def read_provider(
    block: str, node: Node, source: Source, provider: dict[str, str]
) -> Iterator[Diagnostic]:
    """Reads the block into `provider`, keys in camelCase; yields what is wrong in it.

    `block` is its own key. Values that are empty count as absent. They are taken as the text that
    stands there: an account id with a leading zero is no number.
    """

    def wrong(message: str, at: Node, help: str = "", field: str = "") -> Diagnostic:
        path = f"{name(block)}.{name(field)}" if field else name(block)
        return Diagnostic(
            code="provider", message=message, source=source, span=span(at), path=path, help=help
        )

    def name(key: str) -> str:
        return snake(key) if snaky else key

    # Names are shown as the block spells them: the wrapper writes snake_case.
    snaky = isinstance(node, Mapping) and any("_" in key.text for key, _ in node.entries)
    if isinstance(node, Scalar) and resolve(node) in (None, ""):
        return
    twice: list[Diagnostic] = []
    respelt = respell(node, source, twice, deep=False)
    if not isinstance(respelt, Mapping) or twice:
        yield wrong(f"{name(block)} must be a mapping with each key once", node)
        return
    for key, value in respelt.entries:
        field = key.text
        if field not in PROVIDER_FIELDS:
            meant = did_you_mean(field, PROVIDER_FIELDS)
            known = ", ".join(name(known) for known in PROVIDER_FIELDS)
            help = f"did you mean '{name(meant)}'?" if meant else f"known: {known}"
            yield wrong(f"an unknown key in {name(block)}", key, help)
        elif not isinstance(value, Scalar):
            yield wrong(f"{name(field)} must be text", value, field=field)
        elif resolve(value) not in (None, ""):
            pattern, allowed = SHAPES.get(field, ("", ""))
            if pattern and not re.fullmatch(pattern, value.text):
                # Not kept: what stands in the wrong place may be a secret.
                yield wrong(f"{name(field)} must be {allowed}", value, field=field)
            else:
                provider[field] = value.text
    keys = provider.keys() & {"accessKeyId", "secretAccessKey"}
    if len(keys) == 1 or ("sessionToken" in provider and not keys):
        yield wrong(
            f"{name('accessKeyId')} and {name('secretAccessKey')} must be given together",
            node,
            "give both, or neither: the credentials of the environment count then",
        )


def place_of(provider: MappingType[str, str], region: str | None = None) -> Place:
    """Where a table with this block around it goes; without one in the block, `region` counts."""
    return Place(provider.get("region") or region, provider.get("accountId"))
