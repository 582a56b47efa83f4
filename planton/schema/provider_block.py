"""The schema of the provider block in a stack input."""

from __future__ import annotations

from collections.abc import Iterator

from planton.diagnostics.diagnostic import one_of
from planton.reading.emulator_endpoint import (
    EMULATOR_ACCOUNTS,
    HOSTS_OF_AWS,
    REAL_KEY_PATTERN,
)
from planton.reading.provider_block import ENDPOINT, MAX_RETRIES, PROVIDER_FIELDS, SHAPES
from planton.schema.keywords import (
    FILLED,
    either,
    extend,
    has,
    if_present,
    literally,
    needed,
    when,
)
from planton.schema.models import both_spellings
from planton.schema.value_schemas import Json


def provider_block() -> Json:
    """The block: each field, and which are only allowed beside which."""
    fields: dict[str, Json] = {}
    for field in PROVIDER_FIELDS:
        fields[field] = {"type": ["string", "number", "boolean", "null"]}
        if field == MAX_RETRIES:
            fields[field] = {
                "type": ["string", "integer", "null"],
                "minimum": 0,
                "maximum": 999999999,
            }
        if field in SHAPES:
            pattern, allowed = SHAPES[field]
            fields[field] |= {
                "pattern": f"^(?:{pattern})?$",
                "patternErrorMessage": f"This must be {allowed}.",
            }
    result: Json = {
        "type": ["object", "string", "null"],
        "maxLength": 0,
        "description": "The table's account, its credentials, how often the provider tries a "
        "request, and the endpoint of an emulated AWS.",
        "properties": fields,
        "required": [],
        "additionalProperties": False,
    }
    both_spellings(result, "#/$defs/ProviderBlock")
    keys = ("accessKeyId", "secretAccessKey")
    message = " and ".join(keys) + " must be set together."
    extend(
        result,
        *(when(has(a, FILLED), needed(b, FILLED, message)) for a, b in (keys, keys[::-1])),
        when(has("sessionToken", FILLED), needed(keys[0], FILLED, message)),
        *_beside_endpoint(),
    )
    return result


def _beside_endpoint() -> Iterator[Json]:
    """What is not allowed beside the endpoint of an emulated AWS."""
    endpoint = has(ENDPOINT, FILLED)
    hosts = "|".join(map(literally, HOSTS_OF_AWS))
    message = f"{ENDPOINT} must be that of an emulated AWS, not AWS's own."
    yield if_present(
        ENDPOINT, _refuses(rf"^https?://(?:[^/:]*\.)?(?:{hosts})\.?(?:[:/]|$)", message)
    )
    message = f"An access key of AWS is not allowed beside {ENDPOINT}."
    yield when(endpoint, if_present("accessKeyId", _refuses(f"^{REAL_KEY_PATTERN}$", message)))
    accounts = ["", None, *EMULATOR_ACCOUNTS, *map(int, EMULATOR_ACCOUNTS)]
    message = f"The account of an emulated AWS, beside {ENDPOINT}: {one_of(EMULATOR_ACCOUNTS)}."
    chosen = has("accessKeyId", {"type": ["integer", "string"], "pattern": "^[0-9]{12}$"})
    emulated = if_present("accountId", {"enum": accounts, "errorMessage": message})
    yield when(endpoint, either(chosen, emulated))


def _refuses(pattern: str, message: str) -> Json:
    return {"not": {"type": "string", "pattern": pattern}, "errorMessage": message}
