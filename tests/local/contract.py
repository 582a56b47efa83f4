"""Where the manifest's contract is stricter than AWS: what we refuse although AWS would take it, or
what no single request shows.

One function each, over the manifest as the generator makes it; written from the contract, not from
our rules. Each has a manifest that shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.local.manifests import V1, V1ALPHA1, keys
from tests.local.transcription import Manifest


@dataclass(frozen=True)
class Restriction:
    """`refuses` says whether the contract refuses a manifest; `shown` is one that AWS takes."""

    refuses: Callable[[Manifest], bool]
    shown: Manifest


def no_billing_mode(manifest: Manifest) -> bool:
    """Contract v1, rule billing_mode_set; to AWS absent means PROVISIONED."""
    return _is_v1(manifest) and not manifest["spec"].get("billingMode")


def no_region(manifest: Manifest) -> bool:
    """Contract v1alpha1; a request to AWS always has a region."""
    return not _is_v1(manifest) and not manifest["spec"].get("region")


def attribute_of_a_disabled_ttl(manifest: Manifest) -> bool:
    """Contract v1, rule ttl_attribute_when_enabled; AWS is not told about a disabled TTL."""
    ttl = manifest["spec"].get("ttl") or {}
    return _is_v1(manifest) and bool(ttl.get("attributeName")) and not ttl.get("enabled")


def multi_attribute_key(manifest: Manifest) -> bool:
    """Contract v1, rule gsi_key_schema_shape: one HASH, at most one RANGE; AWS takes four each."""
    kinds = [
        [key.get("keyType") for key in index.get("keySchema", [])]
        for index in manifest["spec"].get("globalSecondaryIndexes", [])
    ]
    return _is_v1(manifest) and any(k.count("HASH") > 1 or k.count("RANGE") > 1 for k in kinds)


def two_keys_of_a_local_index(manifest: Manifest) -> bool:
    """A local index has keySchema or rangeKey, not both; AWS gets one key."""
    return any(
        index.get("rangeKey") and index.get("keySchema")
        for index in manifest["spec"].get("localSecondaryIndexes", [])
    )


def _is_v1(manifest: Manifest) -> bool:
    return str(manifest["apiVersion"]).endswith("/v1")


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


def no_maximum_on_provisioned(manifest: Manifest) -> bool:
    """Rule on_demand_throughput_needs_on_demand: -1, which takes a maximum away, as well; a new
    table has none, so AWS hears nothing of it."""
    spec = manifest["spec"]
    holders = [spec, *spec.get("globalSecondaryIndexes", [])]
    throughputs = [holder.get("onDemandThroughput") or {} for holder in holders]
    provisioned = (spec.get("billingMode") or "PROVISIONED") == "PROVISIONED"
    return provisioned and any(-1 in maxima.values() for maxima in throughputs)


def key_of_another_region(manifest: Manifest) -> bool:
    """CreateTable, KMSMasterKeyId: a key of the table's region. That is where a request goes, which
    DynamoDB Local, without any keys, does not look at."""
    arn = (manifest["spec"].get("serverSideEncryption") or {}).get("kmsKeyArn")
    region = manifest["spec"].get("region")
    return bool(arn and region and f":kms:{region}:" not in arn)


def _manifest(metadata: dict[str, Any], version: str = V1, **changes: Any) -> Manifest:
    spec = {
        "billingMode": "PAY_PER_REQUEST",
        "attributeDefinitions": [{"name": "a", "type": "S"}],
        "keySchema": [{"attributeName": "a", "keyType": "HASH"}],
        **changes,
    }
    return {
        "apiVersion": version,
        "kind": "AwsDynamodb",
        "metadata": {"name": "orders", **metadata},
        "spec": {field: value for field, value in spec.items() if value is not None},
    }


_UNITS = {"readCapacityUnits": 1, "writeCapacityUnits": 1}

RESTRICTIONS = {
    "no-billing-mode": Restriction(
        no_billing_mode, _manifest({}, billingMode=None, provisionedThroughput=_UNITS)
    ),
    "no-region": Restriction(no_region, _manifest({}, V1ALPHA1)),
    "attribute-of-a-disabled-ttl": Restriction(
        attribute_of_a_disabled_ttl,
        _manifest({}, ttl={"enabled": False, "attributeName": "expiresAt"}),
    ),
    "multi-attribute-key": Restriction(
        multi_attribute_key,
        _manifest(
            {},
            attributeDefinitions=[{"name": n, "type": "S"} for n in ("a", "b")],
            globalSecondaryIndexes=[
                {
                    "name": "one",
                    "keySchema": [
                        {"attributeName": "a", "keyType": "HASH"},
                        {"attributeName": "b", "keyType": "HASH"},
                    ],
                }
            ],
        ),
    ),
    "two-keys-of-a-local-index": Restriction(
        two_keys_of_a_local_index,
        _manifest(
            {},
            attributeDefinitions=[{"name": n, "type": "S"} for n in ("a", "b")],
            keySchema=keys("a", "b"),
            localSecondaryIndexes=[{"name": "one", "keySchema": keys("a", "b"), "rangeKey": "b"}],
        ),
    ),
    "no-maximum-on-provisioned": Restriction(
        no_maximum_on_provisioned,
        _manifest(
            {},
            billingMode="PROVISIONED",
            provisionedThroughput=_UNITS,
            onDemandThroughput={"maxReadRequestUnits": -1},
        ),
    ),
    "resource-name": Restriction(
        resource_name, _manifest({"name": "Orders of 2026"}, tableName="orders")
    ),
    "key-of-another-region": Restriction(
        key_of_another_region,
        _manifest(
            {},
            region="eu-west-1",
            serverSideEncryption={
                "enabled": True,
                "kmsKeyArn": "arn:aws:kms:eu-central-1:123456789012:alias/orders",
            },
        ),
    ),
    "key-that-is-no-arn": Restriction(
        key_that_is_no_arn,
        _manifest({}, serverSideEncryption={"enabled": True, "kmsKeyArn": "alias/orders"}),
    ),
}
