"""The API's rules between fields in CEL, which the API server checks, with our messages.

They are the rules of `planton.manifest.rules`, as far as CEL can express them within its cost
budget; the workflow checks all of them again. CEL fails on absent fields, so each
rule checks for them first.
"""

from __future__ import annotations

from collections.abc import Iterator

from planton.dialects.request_fields import SPEC as FIELDS
from planton.manifest.enums import BillingMode, KeyType
from planton.manifest.facts import facts
from planton.manifest.rules.keys import MAX_KEY_PARTS
from planton.manifest.shape import fields
from planton.manifest.spec import Spec
from planton.render.rendered import Data

_HASH, _RANGE = (f"'{kind.value}'" for kind in KeyType)


def _rule(rule: str, message: str, at: str = "") -> Data:
    return {"rule": rule, "message": message, **({"fieldPath": at} if at else {})}


def _on(block: str) -> str:
    """CEL: the block is enabled."""
    return f"(has({block}.enabled) && {block}.enabled)"


def _indexes(condition: str, kind: str = "global") -> str:
    """CEL: the condition holds for every index `i` of the kind."""
    field = f"self.{kind}SecondaryIndexes"
    return f"!has({field}) || {field}.all(i, {condition})"


def _defined(keys: str) -> str:
    return f"{keys}.all(k, self.attributeDefinitions.exists(a, a.name == k.attributeName))"


def _uses(keys: str) -> str:
    return f"{keys}.exists(k, k.attributeName == a.name)"


def _uses_in(kind: str) -> str:
    field = f"self.{kind}SecondaryIndexes"
    return f"(has({field}) && {field}.exists(i, {_uses('i.keySchema')}))"


def fixed(name: str) -> Data:
    """The rule that a required field does not change."""
    return _rule(
        "self == oldSelf", f"{name} is immutable: a different one would be a different table"
    )


_REPLICATED = "(has({0}.replicas) && size({0}.replicas) > 0)"
"""CEL: the table of a spec has replicas."""
_KEYED = "(has({0}.serverSideEncryption) && has({0}.serverSideEncryption.kmsKeyArn))"
"""CEL: the table of a spec has a customer managed key."""


_SCALES = "(!has({0}.enabled) || {0}.enabled)"
_UNDEFINED = "every key attribute must be in attributeDefinitions"


def _only_with_mode() -> Iterator[Data]:
    """Fields of the table, and then of each index, that need a billing mode."""
    for name, field in FIELDS.items():
        info = fields(Spec).get(field.today)
        mode = facts(info).only_with if info else None
        if not isinstance(mode, BillingMode):
            continue
        for at, of in ((name, ""), ("globalSecondaryIndexes", " of an index")):
            held = f"i.{name}" if of else f"self.{name}"
            unset = f"!has({held})"
            if "enabled" in (field.below or {}):
                unset += f" || !{_SCALES.format(held)}"
            yield _rule(
                f"self.billingMode == '{mode.value}' || {_indexes(unset) if of else unset}",
                f"{name}{of} is allowed only with billingMode {mode.value}: remove it",
                f".{at}",
            )


_KEY_STAYS = (
    "the KMS keys of a table with replicas cannot change: AWS changes those of all regions "
    "together, the ACK controller one by one. Remove the replicas first, and wait until AWS has "
    "deleted them"
)
_REPLICAS = [
    _rule(
        f"!{_REPLICATED.format('self')} || self.billingMode == 'PAY_PER_REQUEST'",
        "a table with replicas needs billingMode PAY_PER_REQUEST",
        ".replicas",
    ),
    _rule(
        f"!{_REPLICATED.format('self')} || (has(self.streamViewType) && "
        f"self.streamViewType == 'NEW_AND_OLD_IMAGES')",
        "a table with replicas needs streamEnabled: true and streamViewType: NEW_AND_OLD_IMAGES",
        ".replicas",
    ),
    _rule(
        "!has(self.replicas) || self.replicas.all(r, r.regionName != self.region)",
        "a replica must be in another region than the table",
        ".replicas",
    ),
    _rule(
        f"!has(self.replicas) || self.replicas.all(r, has(r.kmsKeyArn) == {_KEYED.format('self')})",
        "if the table has a kmsKeyArn, every replica needs one in its region, otherwise none may "
        "have one",
        ".replicas",
    ),
    # AWS describes both with each replica and the Table does not, so the controller tries to update
    # the replica for ever, and deletes no other before that is done.
    _rule(
        f"!{_REPLICATED.format('self')} || !has(self.serverSideEncryption) || "
        f"!{_on('self.serverSideEncryption')} || has(self.serverSideEncryption.kmsKeyArn)",
        "a table with replicas needs a kmsKeyArn if it is encrypted in KMS: otherwise the ACK "
        "controller never settles",
        ".serverSideEncryption",
    ),
    _rule(
        f"!{_REPLICATED.format('self')} || !has(self.tableClass) || self.tableClass == 'STANDARD'",
        "a table with replicas needs tableClass STANDARD: otherwise the ACK controller never "
        "settles",
        ".tableClass",
    ),
    # The controller changes the billing mode and the encryption before it removes replicas
    # (customUpdateTable). While they exist, AWS refuses another key of the table alone, and writes
    # of a PROVISIONED table need autoscaling.
    _rule(
        f"!{_REPLICATED.format('oldSelf')} || self.billingMode == oldSelf.billingMode",
        "billingMode cannot change while the table has replicas: remove them first, and wait until "
        "AWS has deleted them",
        ".billingMode",
    ),
    _rule(
        f"!{_REPLICATED.format('oldSelf')} || ({_KEYED.format('self')} == "
        f"{_KEYED.format('oldSelf')} && (!{_KEYED.format('self')} || "
        "self.serverSideEncryption.kmsKeyArn == oldSelf.serverSideEncryption.kmsKeyArn))",
        _KEY_STAYS,
        ".serverSideEncryption",
    ),
]

SPEC = [
    *_only_with_mode(),
    _rule(
        "(has(self.streamEnabled) && self.streamEnabled) == has(self.streamViewType)",
        "streamViewType must be set if, and only if, streamEnabled is true",
        ".streamViewType",
    ),
    # The controller sends nothing for a stream that is gone from the Table, and AWS refuses another
    # view type while there is one.
    _rule(
        "!has(oldSelf.streamViewType) || "
        "(has(self.streamViewType) && self.streamViewType == oldSelf.streamViewType)",
        "a stream cannot be switched off or changed by a request: the ACK controller leaves it as "
        "it is in AWS",
        ".streamViewType",
    ),
    *_REPLICAS,
    _rule(_defined("self.keySchema"), _UNDEFINED, ".keySchema"),
    _rule(_indexes(_defined("i.keySchema")), _UNDEFINED, ".globalSecondaryIndexes"),
    _rule(_indexes(_defined("i.keySchema"), "local"), _UNDEFINED, ".localSecondaryIndexes"),
    _rule(
        f"self.attributeDefinitions.all(a, {_uses('self.keySchema')} || "
        f"{_uses_in('global')} || {_uses_in('local')})",
        "every attribute in attributeDefinitions must be used by a key: remove the others",
        ".attributeDefinitions",
    ),
    _rule(
        "!has(self.localSecondaryIndexes) || size(self.keySchema) == 2",
        "local indexes need a table with a sort key",
        ".localSecondaryIndexes",
    ),
    _rule(
        _indexes("i.keySchema[0].attributeName == self.keySchema[0].attributeName", "local"),
        "a local index must have the table's partition key",
        ".localSecondaryIndexes",
    ),
    _rule(
        "!has(self.localSecondaryIndexes) || "
        + _indexes("!self.localSecondaryIndexes.exists(l, l.name == i.name)"),
        "two indexes have the same name",
        ".localSecondaryIndexes",
    ),
    _rule(
        "has(self.localSecondaryIndexes) == has(oldSelf.localSecondaryIndexes) && "
        "(!has(self.localSecondaryIndexes) || "
        "self.localSecondaryIndexes == oldSelf.localSecondaryIndexes)",
        "localSecondaryIndexes are immutable: different ones would be a different table",
        ".localSecondaryIndexes",
    ),
]
"""Rules of the whole spec."""

_PAIR = _rule(
    f"self[0].keyType == {_HASH} && "
    f"(size(self) == 1 || (self[1].keyType == {_RANGE} && "
    "self[0].attributeName != self[1].attributeName))",
    "a key must be one HASH, then at most one RANGE, with different attributes",
)
# Checks the order pair by pair, because CEL cannot estimate the cost of sorting.
_SORTED = " && ".join(
    f"(size(self) <= {i + 1} || self[{i}].keyType == {_HASH} || self[{i + 1}].keyType == {_RANGE})"
    for i in range(2 * MAX_KEY_PARTS - 1)
)
_PARTS = _rule(
    f"self[0].keyType == {_HASH} && {_SORTED} && "
    f"self.filter(k, k.keyType == {_HASH}).size() <= {MAX_KEY_PARTS} && "
    f"self.filter(k, k.keyType == {_RANGE}).size() <= {MAX_KEY_PARTS} && "
    "self.all(k, self.exists_one(o, o.attributeName == k.attributeName))",
    f"the key of a global index must be up to {MAX_KEY_PARTS} HASH, then up to {MAX_KEY_PARTS} "
    "RANGE, no attribute twice",
)

_AUTOSCALING = [
    _rule(
        f"!{_SCALES.format('self')} || has(self.read) || has(self.write)",
        "autoscaling needs read or write",
    )
]
_DIMENSION = [
    _rule(
        "!has(self.minCapacity) || self.minCapacity <= self.maxCapacity",
        "minCapacity must not exceed maxCapacity",
        ".minCapacity",
    )
]
_PROJECTION = [
    _rule(
        "(has(self.type) && self.type == 'INCLUDE') == "
        "(has(self.nonKeyAttributes) && size(self.nonKeyAttributes) > 0)",
        "nonKeyAttributes must be set if, and only if, type is INCLUDE",
        ".nonKeyAttributes",
    )
]

BELOW: dict[str, list[Data]] = {
    "keySchema": [_PAIR],
    "globalSecondaryIndexes[].keySchema": [_PARTS],
    "localSecondaryIndexes[].keySchema": [_PAIR],
    "globalSecondaryIndexes[].projection": _PROJECTION,
    "localSecondaryIndexes[].projection": _PROJECTION,
    "autoscaling": _AUTOSCALING,
    "autoscaling.read": _DIMENSION,
    "autoscaling.write": _DIMENSION,
    "globalSecondaryIndexes[].autoscaling": _AUTOSCALING,
    "globalSecondaryIndexes[].autoscaling.read": _DIMENSION,
    "globalSecondaryIndexes[].autoscaling.write": _DIMENSION,
    "ttl": [
        _rule(
            "!(has(self.enabled) && self.enabled) || has(self.attributeName)",
            "attributeName must be set if ttl is enabled",
            ".attributeName",
        )
    ],
    "serverSideEncryption": [
        _rule(
            f"!has(self.kmsKeyArn) || {_on('self')}",
            "kmsKeyArn is allowed only with enabled: true",
            ".kmsKeyArn",
        )
    ],
    "replicas[]": [
        _rule(
            "has(self.kmsKeyArn) == has(oldSelf.kmsKeyArn) && "
            "(!has(self.kmsKeyArn) || self.kmsKeyArn == oldSelf.kmsKeyArn)",
            _KEY_STAYS,
            ".kmsKeyArn",
        )
    ],
    "tags": [
        _rule(
            "self.all(k, size(k) >= 1 && size(k) <= 128 && !k.matches('^[aA][wW][sS]:'))",
            "a tag key must have 1 to 128 characters and must not begin with 'aws:'",
        )
    ],
}
"""Rules of the fields of the spec, by path."""
