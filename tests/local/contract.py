"""Where the manifest's contract is stricter than AWS: what we refuse although AWS would take it.

One function each, over the manifest as the generator makes it; written from the contract, not from
our rules. Each has a manifest that shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.local.transcription import Manifest


@dataclass(frozen=True)
class Restriction:
    """`refuses` says whether the contract refuses a manifest; `shown` is one that AWS takes."""

    refuses: Callable[[Manifest], bool]
    shown: Manifest


def no_billing_mode(manifest: Manifest) -> bool:
    """Contract v1, rule billing_mode_set; to AWS absent means PROVISIONED."""
    return not manifest["spec"].get("billingMode")


def attribute_of_an_expiry_that_is_off(manifest: Manifest) -> bool:
    """Contract v1, rule ttl_attribute_when_enabled; AWS hears nothing of an expiry that is off."""
    ttl = manifest["spec"].get("ttl") or {}
    return bool(ttl.get("attributeName")) and not ttl.get("enabled")


def resource_name(manifest: Manifest) -> bool:
    """Metadata.name names the resource, and by it AWS's name is made where none is given; AWS hears
    nothing of it where spec.tableName is given."""
    name = manifest["metadata"].get("name") or ""
    plain = all(c.isascii() and (c.isalnum() or c in "_.-") for c in name)
    return not (1 <= len(name) <= 255 and plain)


def key_that_is_no_arn(manifest: Manifest) -> bool:
    """The field is kmsKeyArn; AWS also takes a key's id and an alias's name."""
    arn = (manifest["spec"].get("serverSideEncryption") or {}).get("kmsKeyArn")
    if not arn:
        return False
    parts = arn.split(":", 5)
    if len(parts) != 6:
        return True
    prefix, partition, service, region, account, resource = parts
    kind, _, name = resource.partition("/")
    return not (
        (prefix, service) == ("arn", "kms")
        and partition in ("aws", "aws-cn", "aws-us-gov")
        and region
        and len(account) == 12
        and account.isdigit()
        and kind in ("key", "alias")
        and name
    )


def _manifest(metadata: dict[str, Any], **changes: Any) -> Manifest:
    spec = {
        "billingMode": "PAY_PER_REQUEST",
        "attributeDefinitions": [{"name": "a", "type": "S"}],
        "keySchema": [{"attributeName": "a", "keyType": "HASH"}],
        **changes,
    }
    return {
        "apiVersion": "aws.project-planton.org/v1",
        "kind": "AwsDynamodb",
        "metadata": {"name": "orders", **metadata},
        "spec": {field: value for field, value in spec.items() if value is not None},
    }


_UNITS = {"readCapacityUnits": 1, "writeCapacityUnits": 1}

RESTRICTIONS = {
    "no-billing-mode": Restriction(
        no_billing_mode, _manifest({}, billingMode=None, provisionedThroughput=_UNITS)
    ),
    "attribute-of-an-expiry-that-is-off": Restriction(
        attribute_of_an_expiry_that_is_off,
        _manifest({}, ttl={"enabled": False, "attributeName": "expiresAt"}),
    ),
    "resource-name": Restriction(
        resource_name, _manifest({"name": "Orders of 2026"}, tableName="orders")
    ),
    "key-that-is-no-arn": Restriction(
        key_that_is_no_arn,
        _manifest({}, serverSideEncryption={"enabled": True, "kmsKeyArn": "alias/orders"}),
    ),
}
