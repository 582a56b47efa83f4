"""What AWS refuses and DynamoDB Local takes, or fails at: one function each, with AWS's own word.

Where one of them finds something, AWS's verdict is a refusal, whatever DynamoDB Local says. Each
has a request that shows it, so that it is noticed when a newer DynamoDB Local no longer deviates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.local.table_request import attributes, index, indexes, maxima, table
from tests.local.transcription import Request


@dataclass(frozen=True)
class Lenience:
    """`refuses` says whether AWS refuses a request; `shown` is one that it does refuse."""

    refuses: Callable[[Request], bool]
    shown: Request
    fails: bool = False
    """Whether DynamoDB Local fails at it, instead of accepting it."""


def units_on_demand(request: Request) -> bool:
    """CreateTable, BillingMode: "If you set BillingMode as PAY_PER_REQUEST, you must not specify"
    ProvisionedThroughput; the service answers "Neither ReadCapacityUnits nor WriteCapacityUnits can
    be specified when BillingMode is PAY_PER_REQUEST"."""
    return request.get("BillingMode") == "PAY_PER_REQUEST" and any(
        "ProvisionedThroughput" in holder
        for holder in (request, *request.get("GlobalSecondaryIndexes", []))
    )


def maximum_on_provisioned(request: Request) -> bool:
    """CreateTable answers "MaxReadRequestUnits for OnDemandThroughput cannot be specified when
    table BillingMode is PROVISIONED"."""
    return request.get("BillingMode", "PROVISIONED") == "PROVISIONED" and bool(maxima(request))


def maximum_taken_away_from_a_new_table(request: Request) -> bool:
    """OnDemandThroughput: -1 removes the maximum that is set. On CreateTable the service answers
    "Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range"."""
    return any(-1 in block.values() for block in maxima(request))


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
    """CreateTable answers "KMSMasterKeyId can not be specified if Enabled is false"."""
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


_LONG = [f"attribute-{i}" for i in range(21)]

LENIENT = {
    "units-on-demand": Lenience(
        units_on_demand,
        table(ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}),
    ),
    "maximum-on-provisioned": Lenience(
        maximum_on_provisioned,
        table(
            BillingMode="PROVISIONED",
            ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
            OnDemandThroughput={"MaxReadRequestUnits": 1, "MaxWriteRequestUnits": 1},
        ),
    ),
    "maximum-taken-away-from-a-new-table": Lenience(
        maximum_taken_away_from_a_new_table,
        table(OnDemandThroughput={"MaxReadRequestUnits": 1, "MaxWriteRequestUnits": -1}),
    ),
    "unknown-billing-mode": Lenience(
        unknown_billing_mode, table(BillingMode="ON_DEMAND"), fails=True
    ),
    "unknown-table-class": Lenience(unknown_table_class, table(TableClass="GLACIER")),
    "unknown-key-type": Lenience(
        unknown_key_type,
        table(
            AttributeDefinitions=attributes("a", "b"),
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
