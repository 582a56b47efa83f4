"""Where DynamoDB Local's verdict is not AWS's: one function each, with AWS's own word for it.

A `Lenience` is what AWS refuses and DynamoDB Local takes (or fails at): where it finds something,
AWS's verdict is a refusal, whatever DynamoDB Local says. A `Strictness` is what AWS accepts and
DynamoDB Local refuses: the request is changed into one that means the same to every other rule.
Whatever is in neither table is judged by DynamoDB Local alone.

Each has a request that shows it, so that it is noticed when a newer DynamoDB Local no longer
deviates.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.local.requests import attributes, index, key, table
from tests.local.transcription import Request

QUOTA = 40_000
MOST_UNITS = 10**12


@dataclass(frozen=True)
class Lenience:
    """`refuses` says whether AWS refuses the request; `shown` is one that it does refuse."""

    refuses: Callable[[Request], bool]
    shown: Request
    fails: bool = False
    """Whether DynamoDB Local fails at it, instead of accepting it."""


@dataclass(frozen=True)
class Strictness:
    """`adapt` changes a request in place; `shown` is one that AWS accepts."""

    adapt: Callable[[Request], Request]
    shown: Request
    fails: bool = False
    """Whether DynamoDB Local fails at it, instead of refusing it."""


def indexes(request: Request) -> list[Request]:
    """All indexes of a table."""
    return [
        *request.get("GlobalSecondaryIndexes", []),
        *request.get("LocalSecondaryIndexes", []),
    ]


def units_on_demand(request: Request) -> bool:
    """CreateTable, BillingMode: "If you set BillingMode as PAY_PER_REQUEST, you must not specify"
    ProvisionedThroughput; the service answers "Neither ReadCapacityUnits nor WriteCapacityUnits can
    be specified when BillingMode is PAY_PER_REQUEST"."""
    return request.get("BillingMode") == "PAY_PER_REQUEST" and any(
        "ProvisionedThroughput" in holder
        for holder in (request, *request.get("GlobalSecondaryIndexes", []))
    )


def unknown_billing_mode(request: Request) -> bool:
    """CreateTable, BillingMode: PROVISIONED or PAY_PER_REQUEST."""
    return request.get("BillingMode", "PROVISIONED") not in ("PROVISIONED", "PAY_PER_REQUEST")


def unknown_table_class(request: Request) -> bool:
    """CreateTable, TableClass: STANDARD or STANDARD_INFREQUENT_ACCESS."""
    return request.get("TableClass", "STANDARD") not in ("STANDARD", "STANDARD_INFREQUENT_ACCESS")


def unknown_key_type(request: Request) -> bool:
    """KeySchemaElement, KeyType: HASH or RANGE. DynamoDB Local reads what is not HASH as RANGE."""
    return any(
        key.get("KeyType") not in ("HASH", "RANGE")
        for holder in (request, *indexes(request))
        for key in holder.get("KeySchema", [])
    )


def long_list_of_non_key_attributes(request: Request) -> bool:
    """Projection, NonKeyAttributes: "Array Members: Minimum number of 1 item. Maximum number of 20
    items"."""
    return any(
        len(index.get("Projection", {}).get("NonKeyAttributes", [])) > 20
        for index in indexes(request)
    )


def unused_definition(request: Request) -> bool:
    """CreateTable answers "Number of attributes in KeySchema does not exactly match number of
    attributes defined in AttributeDefinitions" for every definition that no key uses. DynamoDB
    Local compares counts, in which an attribute of several keys can stand for another one."""
    used = {
        key.get("AttributeName")
        for holder in (request, *indexes(request))
        for key in holder.get("KeySchema", [])
    }
    return any(
        definition.get("AttributeName") not in used
        for definition in request.get("AttributeDefinitions", [])
    )


def key_without_encryption(request: Request) -> bool:
    """SSESpecification: KMSMasterKeyId names the key of an encryption that Enabled switches on;
    off, the table is encrypted with a key that AWS owns."""
    encryption = request.get("SSESpecification", {})
    return "KMSMasterKeyId" in encryption and not encryption.get("Enabled")


def bad_tags(request: Request) -> bool:
    """Tag, and "Tagging restrictions in DynamoDB": 50 tags, a key of 1 to 128 characters that does
    not begin with `aws:`, a value of at most 256, of letters, digits, white space and
    `+ - = . _ : / @`."""
    tags = request.get("Tags", [])
    return len(tags) > 50 or any(
        not 1 <= len(tag["Key"]) <= 128
        or len(tag["Value"]) > 256
        or tag["Key"].lower().startswith("aws:")
        or not all(c.isalnum() or c in " +-=._:/@" for c in tag["Key"] + tag["Value"])
        for tag in tags
    )


def single_attribute_keys(request: Request) -> Request:
    """CreateTable, GlobalSecondaryIndex: "up to four attributes" for each of both keys. DynamoDB
    Local knows one; what it can judge is the first of each, without the others' definitions."""
    defined = Counter(
        definition.get("AttributeName")
        for definition in request.get("AttributeDefinitions", [])
        if definition.get("AttributeType") in ("S", "N", "B")
    )
    for one in request.get("GlobalSecondaryIndexes", []):
        parts = one.get("KeySchema", [])
        kinds = [part.get("KeyType") for part in parts]
        names = [part.get("AttributeName") for part in parts]
        hashes, ranges = kinds.count("HASH"), kinds.count("RANGE")
        if (
            kinds == ["HASH"] * hashes + ["RANGE"] * ranges
            and 1 <= hashes <= 4
            and ranges <= 4
            and len(set(names)) == len(names)
            and all(defined[name] == 1 and 0 < len((name or "").encode()) <= 255 for name in names)
        ):
            one["KeySchema"] = [parts[0], *parts[hashes : hashes + 1]]
            _forget(request, set(names))
    return request


def _forget(request: Request, names: set[str]) -> None:
    """Takes out the definitions of those that no key uses any more."""
    used = {
        key.get("AttributeName")
        for holder in (request, *indexes(request))
        for key in holder.get("KeySchema", [])
    }
    request["AttributeDefinitions"] = [
        definition
        for definition in request["AttributeDefinitions"]
        if definition.get("AttributeName") not in names - used
    ]


def without_the_quota(request: Request) -> Request:
    """Service Quotas, Amazon DynamoDB: 40,000 units a table and index and 80,000 an account can be
    raised, so that AWS's answer depends on the account; only more than 10^12 is refused to all."""
    for holder in (request, *request.get("GlobalSecondaryIndexes", [])):
        units = holder.get("ProvisionedThroughput", {})
        for name, given in units.items():
            if isinstance(given, int) and 1 < given <= MOST_UNITS:
                units[name] = 1
    return request


def index_names_apart(request: Request) -> Request:
    """Developer Guide, Naming rules: "All names must be encoded using UTF-8, and are
    case-sensitive". DynamoDB Local fails at two global indexes whose names differ only in case."""
    found = indexes(request)
    apart = _apart(str(one.get("IndexName")) for one in found)
    for one in found:
        if one.get("IndexName") in apart:
            one["IndexName"] = apart[one["IndexName"]]
    return request


def attribute_names_apart(request: Request) -> Request:
    """The same page. DynamoDB Local fails at two local indexes whose sort keys differ only in
    case."""
    definitions = request.get("AttributeDefinitions", [])
    apart = _apart(str(definition.get("AttributeName")) for definition in definitions)
    keys = [key for holder in (request, *indexes(request)) for key in holder.get("KeySchema", [])]
    for named in (*definitions, *keys):
        if named.get("AttributeName") in apart:
            named["AttributeName"] = apart[named["AttributeName"]]
    return request


def _apart(names: Iterable[str]) -> dict[str, str]:
    """New names for those that differ only in case: as long, of allowed characters, and equal where
    they were equal, so that all else about them stays to be judged."""
    names = set(names)
    alike = Counter(name.lower() for name in names)
    return {
        name: "".join("x-"[c.isupper()] * len(c.encode()) if c.isalpha() else c for c in name)
        for name in names
        if alike[name.lower()] > 1
    }


_AB = attributes("a", "b")
_LONG = [f"attribute-{i}" for i in range(21)]
_LARGE: Any = {"ReadCapacityUnits": QUOTA + 1, "WriteCapacityUnits": 1}

LENIENT = {
    "units-on-demand": Lenience(
        units_on_demand,
        table(ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}),
    ),
    "unknown-billing-mode": Lenience(
        unknown_billing_mode, table(BillingMode="ON_DEMAND"), fails=True
    ),
    "unknown-table-class": Lenience(unknown_table_class, table(TableClass="GLACIER")),
    "unknown-key-type": Lenience(
        unknown_key_type,
        table(
            AttributeDefinitions=_AB,
            KeySchema=[
                {"AttributeName": "a", "KeyType": "HASH"},
                {"AttributeName": "b", "KeyType": "range"},
            ],
        ),
    ),
    "long-list-of-non-key-attributes": Lenience(
        long_list_of_non_key_attributes,
        table(GlobalSecondaryIndexes=[index("one", "a", include=_LONG)]),
    ),
    "unused-definition": Lenience(
        unused_definition,
        table(
            AttributeDefinitions=attributes("a", "b", "unused"),
            GlobalSecondaryIndexes=[index("one", "b", "a")],
        ),
    ),
    "key-without-encryption": Lenience(
        key_without_encryption,
        table(SSESpecification={"Enabled": False, "SSEType": "KMS", "KMSMasterKeyId": "key"}),
    ),
    "bad-tags": Lenience(bad_tags, table(Tags=[{"Key": "aws:team", "Value": "orders"}])),
}

STRICT = {
    "multi-attribute-keys": Strictness(
        single_attribute_keys,
        table(
            AttributeDefinitions=attributes("a", "b", "c", "d"),
            GlobalSecondaryIndexes=[
                {
                    **index("one", "b"),
                    "KeySchema": [
                        {"AttributeName": name, "KeyType": kind}
                        for name, kind in {"b": "HASH", "c": "HASH", "d": "RANGE"}.items()
                    ],
                }
            ],
        ),
    ),
    "quota-of-units": Strictness(
        without_the_quota, table(BillingMode="PROVISIONED", ProvisionedThroughput=_LARGE)
    ),
    "index-names-that-differ-in-case": Strictness(
        index_names_apart,
        table(
            AttributeDefinitions=attributes("a", "b", "c"),
            GlobalSecondaryIndexes=[index("one", "b"), index("ONE", "c")],
        ),
        fails=True,
    ),
    "attribute-names-that-differ-in-case": Strictness(
        attribute_names_apart,
        table(
            AttributeDefinitions=attributes("a", "b", "c", "C"),
            KeySchema=key("a", "b"),
            LocalSecondaryIndexes=[index("one", "a", "c"), index("two", "a", "C")],
        ),
        fails=True,
    ),
}


def adapted(request: Request) -> Request:
    """The request as DynamoDB Local can judge it; itself where it is not too strict for it."""
    request = copy.deepcopy(request)
    for strictness in STRICT.values():
        request = strictness.adapt(request)
    return request
