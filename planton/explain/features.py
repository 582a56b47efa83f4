"""Streams, TTL, encryption and tags."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import KMS_REGIONS, api, contract, guide

_KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
_STREAM = api("StreamSpecification")
_SSE = api("SSESpecification")
_TAG = api("Tag")

FEATURES = (
    explain(
        "stream_view_requires_enabled",
        "A stream without a view type, or a view type without a stream",
        """
        `streamViewType` says what a stream record holds of the changed item: its keys, the item
        before, the item after, or both. A stream needs one; without a stream it has no meaning.
        CreateTable refuses either mistake.

        Changing the view type of a stream creates a new stream: the old one is closed and consumers
        need the new ARN. So choose it for the consumer that needs most.
        """,
        contract("stream_view_requires_enabled"),
        _STREAM,
        bad="""
        spec:
          streamEnabled: true
        """,
        good="""
        spec:
          streamEnabled: true
          streamViewType: NEW_AND_OLD_IMAGES
        """,
    ),
    explain(
        "ttl_attribute_when_enabled",
        "TTL without an attribute, or an attribute without TTL",
        """
        TTL deletes items at the time in one of their attributes, so it needs the attribute's name.
        In the v1 contract, remove the name when you turn TTL off: a name without effect would look
        as if items still expired. In v1alpha1 it may stay.
        """,
        contract("ttl_attribute_when_enabled"),
        api("TimeToLiveSpecification"),
        bad="""
        spec:
          ttl: {enabled: false, attributeName: expiresAt}
        """,
        good="""
        spec:
          ttl: {enabled: true, attributeName: expiresAt}
        """,
    ),
    explain(
        "ttl-type",
        "The TTL attribute is not a number",
        """
        DynamoDB accepts it, but no item ever expires: an item is deleted only if the attribute is a
        number, the expiration time in seconds since 1970. A string is silently ignored, even if it
        holds a date. Milliseconds have no effect either: as seconds they lie far in the future.

        The manifest shows the type because the attribute is also part of a key. A separate
        attribute is usually better.
        """,
        guide("time-to-live-ttl-before-you-start", "Using DynamoDB Time to Live"),
        severity="warning",
        bad="""
        spec:
          ttl: {enabled: true, attributeName: orderId}
        """,
        good="""
        spec:
          ttl: {enabled: true, attributeName: expiresAt}
        """,
    ),
    explain(
        "recovery-period",
        "A recovery period, but point-in-time recovery is off",
        """
        The period says how many days back the table can be restored, from 1 to 35. With recovery
        off there is nothing to restore from, and a period would suggest that there is. The default
        is 35 days; fewer days cost the same.
        """,
        api("PointInTimeRecoverySpecification"),
        guide("PointInTimeRecovery_Howitworks", "Point-in-time recovery"),
        bad="""
        spec:
          pointInTimeRecovery: {enabled: false, recoveryPeriodInDays: 14}
        """,
        good="""
        spec:
          pointInTimeRecovery: {enabled: true, recoveryPeriodInDays: 14}
        """,
    ),
    explain(
        "insights_indexes_exist",
        "Contributor insights for a global index that does not exist",
        """
        Contributor insights monitor the table and the global indexes that `gsiIndexNames` lists,
        each once. A name that is not a global index of this table monitors nothing: it may be
        misspelled, or belong to a local index, which cannot be monitored separately.
        """,
        contract("insights_indexes_exist"),
        api("UpdateContributorInsights"),
        bad="""
        spec:
          globalSecondaryIndexes:
            - name: by-order
              keySchema: [{attributeName: orderId, keyType: HASH}]
              projection: {type: KEYS_ONLY}
          contributorInsights: {enabled: true, gsiIndexNames: [by-orders]}
        """,
        good="""
        spec:
          globalSecondaryIndexes:
            - name: by-order
              keySchema: [{attributeName: orderId, keyType: HASH}]
              projection: {type: KEYS_ONLY}
          contributorInsights: {enabled: true, gsiIndexNames: [by-order]}
        """,
    ),
    explain(
        "encryption-key-needs-encryption",
        "A KMS key, but serverSideEncryption is not enabled",
        """
        Every table is encrypted; the only choice is the key. `enabled: false`, or no block at all,
        uses an AWS owned key, at no charge. `enabled: true` uses the account's key
        `aws/dynamodb`, or the one that `kmsKeyArn` names, and KMS charges for it. A key together
        with `enabled: false` is a contradiction, and CreateTable refuses it.
        """,
        _SSE,
        guide("EncryptionAtRest", "DynamoDB encryption at rest"),
        bad=f"""
        spec:
          serverSideEncryption:
            kmsKeyArn: arn:aws:kms:eu-central-1:111122223333:key/{_KEY}
        """,
        good=f"""
        spec:
          serverSideEncryption:
            enabled: true
            kmsKeyArn: arn:aws:kms:eu-central-1:111122223333:key/{_KEY}
        """,
    ),
    explain(
        "kms-key-arn",
        "Not the ARN of a KMS key or alias",
        """
        `kmsKeyArn` is the full ARN, with region and account: an id or an alias alone would mean a
        different key in another account. Keys (`…:key/ID`, including `mrk-` ids) and aliases
        (`…:alias/NAME`) of every AWS partition are accepted. Only AWS can tell whether the key
        exists and whether the table may use it.
        """,
        contract("serverSideEncryption.kmsKeyArn"),
        _SSE,
        bad="""
        spec:
          serverSideEncryption: {enabled: true, kmsKeyArn: alias/orders}
        """,
        good="""
        spec:
          serverSideEncryption:
            enabled: true
            kmsKeyArn: arn:aws:kms:eu-central-1:111122223333:alias/orders
        """,
    ),
    explain(
        "kms-key-region",
        "The KMS key is in another region than the table",
        """
        A KMS key can be used only in its own region, so it cannot encrypt a table in another one. A
        multi-Region key has a replica with its own ARN in each of its regions: name the one in the
        table's region. The same holds for a table's replica and its key.

        The table's key can be checked only if the manifest names `region`.
        """,
        _SSE,
        KMS_REGIONS,
        bad=f"""
        spec:
          region: eu-central-1
          serverSideEncryption:
            enabled: true
            kmsKeyArn: arn:aws:kms:us-east-1:111122223333:key/{_KEY}
        """,
        good=f"""
        spec:
          region: eu-central-1
          serverSideEncryption:
            enabled: true
            kmsKeyArn: arn:aws:kms:eu-central-1:111122223333:key/{_KEY}
        """,
    ),
    explain(
        "tag",
        "A tag that AWS does not accept",
        """
        Tag keys and values hold letters, digits and spaces of any script, and these characters:
        `_ . : / = + - @`. Keys that begin with `aws:`, in any case, are reserved for AWS.
        `metadata.id`, `org` and `env` become tag values, so the same holds for them.

        One refused tag makes the creation of the whole table fail.
        """,
        _TAG,
        guide("TaggingRestrictions", "Tagging restrictions in DynamoDB"),
        bad="""
        spec:
          tags: {team: checkout & billing}
        """,
        good="""
        spec:
          tags: {team: checkout and billing}
        """,
    ),
    explain(
        "too-many-tags",
        "More tags than a table can have",
        """
        A table has at most 50 tags. That includes the tags that every table gets:
        `planton.ai/resource`, `planton.ai/resource-kind`, and one each for `metadata.id`, `org` and
        `env` if they are set. So `spec.tags` can hold at least 45. A tag with one of those names
        replaces it and counts once.
        """,
        _TAG,
        guide("TaggingRestrictions", "Tagging restrictions in DynamoDB"),
        bad="""
        spec:
          tags: {
            t1: x, t2: x, t3: x, t4: x, t5: x, t6: x, t7: x, t8: x, t9: x, t10: x,
            t11: x, t12: x, t13: x, t14: x, t15: x, t16: x, t17: x, t18: x, t19: x, t20: x,
            t21: x, t22: x, t23: x, t24: x, t25: x, t26: x, t27: x, t28: x, t29: x, t30: x,
            t31: x, t32: x, t33: x, t34: x, t35: x, t36: x, t37: x, t38: x, t39: x, t40: x,
            t41: x, t42: x, t43: x, t44: x, t45: x, t46: x, t47: x}
        """,
        good="""
        spec:
          tags: {team: checkout, cost-centre: "4711"}
        """,
    ),
)
