"""Changes that are refused although they can be applied, with the reason for each."""

from __future__ import annotations

from collections.abc import Mapping

LEDGER: Mapping[str, str] = {
    "attribute-type": (
        "the provider tells attributes apart by name. It sends a new type with a new index only if"
        " another attribute is added or removed in the same update (two sequences in"
        " tests/engine/sequences.py, with the real provider), which is no rule to rely on"
    ),
    "replica-encryption": (
        "a customer managed key given up for an AWS owned one: the provider sends it without the"
        " replicas. Its acceptance tests give up only `aws/dynamodb`"
        " (Replica_singleDefaultKeyEncryptedAmazonOwned), and the answer of AWS is unknown"
    ),
    "strong-replica-key": (
        "with new keys of all replicas the provider removes them all and creates them again, which"
        " AWS allows for an empty table only. For another one the update would fail after the"
        " replicas are gone, and the tables here are empty"
    ),
    "consistency": (
        "the provider removes all replicas and creates them with the new mode. AWS creates strongly"
        " consistent ones of an empty table only (global tables, How it works), and the tables here"
        " are empty. In the other direction every copy would be gone for a while, which the steps"
        " of the refusal make plain"
    ),
}
