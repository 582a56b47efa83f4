"""Replicas in other regions."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import PROGRAM, api, contract, guide

_KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
_UPDATE = api("UpdateTable")
_GLOBAL = guide("V2globaltables_HowItWorks", "How DynamoDB global tables work")

REPLICAS = (
    explain(
        "replicas_require_streams",
        "Replicas without a stream of both images",
        """
        DynamoDB replicates what it reads from the table's stream, and needs each item as it was and
        as it became. So a table with replicas has `streamEnabled: true` and `streamViewType:
        NEW_AND_OLD_IMAGES`; AWS refuses to add a replica to any other.
        """,
        contract("replicas_require_streams"),
        _UPDATE,
        bad="""
        spec:
          replicas:
            - {regionName: eu-west-1}
        """,
        good="""
        spec:
          streamEnabled: true
          streamViewType: NEW_AND_OLD_IMAGES
          replicas:
            - {regionName: eu-west-1}
        """,
    ),
    explain(
        "replica-region",
        "Two members of a global table in one region",
        """
        The table, its replicas and its witness each have a region of their own: `replicas` names
        the others, not the table's. Nothing is replicated between the partitions of AWS either: the
        commercial regions, those in China and those of governments know nothing of each other.

        Where neither the manifest nor its provider block names a region, the table's own can be
        compared only when the program runs, with that of the stack's configuration.
        """,
        _GLOBAL,
        bad="""
        spec:
          region: eu-central-1
          streamEnabled: true
          streamViewType: NEW_AND_OLD_IMAGES
          replicas:
            - {regionName: eu-central-1}
        """,
        good="""
        spec:
          region: eu-central-1
          streamEnabled: true
          streamViewType: NEW_AND_OLD_IMAGES
          replicas:
            - {regionName: eu-west-1}
        """,
    ),
    explain(
        "replica_consistency_modes_agree",
        "Replicas with different consistency modes",
        """
        A global table is consistent in one way. With `EVENTUAL`, which absent means as well, a
        write is seen in the other regions within about a second; with `STRONG` at once, and writes
        take longer. Name the same mode for each replica. It cannot be changed while there are
        replicas.
        """,
        contract("replica_consistency_modes_agree"),
        _UPDATE,
        bad="""
        spec:
          streamEnabled: true
          streamViewType: NEW_AND_OLD_IMAGES
          replicas:
            - {regionName: eu-west-1, consistencyMode: STRONG}
            - {regionName: eu-west-2}
        """,
        good="""
        spec:
          streamEnabled: true
          streamViewType: NEW_AND_OLD_IMAGES
          replicas:
            - {regionName: eu-west-1, consistencyMode: STRONG}
            - {regionName: eu-west-2, consistencyMode: STRONG}
        """,
    ),
    explain(
        "mrsc_topology",
        "Strong consistency in other than three regions",
        """
        Each write is acknowledged by a majority of three regions. So a strongly consistent table
        has two replicas, or one replica and a `globalTableWitness`: a region that holds no items,
        only votes. A witness means nothing to replicas of another mode.

        Not every region takes part, and the three are of one Region set, all in America, Europe or
        Asia: `strong-region-set` warns of what AWS's list does not have.
        """,
        contract("mrsc_topology"),
        _GLOBAL,
        bad="""
        spec:
          streamEnabled: true
          streamViewType: NEW_AND_OLD_IMAGES
          replicas:
            - {regionName: eu-west-1, consistencyMode: STRONG}
        """,
        good="""
        spec:
          streamEnabled: true
          streamViewType: NEW_AND_OLD_IMAGES
          replicas:
            - {regionName: eu-west-1, consistencyMode: STRONG}
          globalTableWitness: {regionName: eu-west-2}
        """,
    ),
    explain(
        "strong-region-set",
        "Strong consistency between regions that are far apart",
        """
        Strong consistency reaches as far as a Region set: US (us-east-1, us-east-2, us-west-2), EU
        (eu-west-1, eu-west-2, eu-west-3, eu-central-1) or AP (ap-northeast-1, ap-northeast-2,
        ap-northeast-3). The table, its replicas and its witness are all of one, or AWS refuses to
        make the replicas.

        This is the list as AWS had it in 2026, which may have grown since, so it is a warning.
        Nothing is said of regions that are in none of the sets.
        """,
        api("CreateGlobalTableWitnessGroupMemberAction"),
        severity="warning",
        bad="""
        spec:
          streamEnabled: true
          streamViewType: NEW_AND_OLD_IMAGES
          replicas:
            - {regionName: eu-west-1, consistencyMode: STRONG}
            - {regionName: us-east-1, consistencyMode: STRONG}
        """,
        good="""
        spec:
          streamEnabled: true
          streamViewType: NEW_AND_OLD_IMAGES
          replicas:
            - {regionName: eu-west-1, consistencyMode: STRONG}
            - {regionName: eu-west-2, consistencyMode: STRONG}
        """,
    ),
    explain(
        "strong-consistency",
        "What a strongly consistent table cannot have",
        """
        AWS refuses expiry and local indexes in tables with replicas of `consistencyMode: STRONG`.
        And under `PROVISIONED` it wants the table's write capacity to scale before there are
        replicas, while the provider makes strongly consistent ones together with the table: such a
        table is never made, so here it needs `PAY_PER_REQUEST`.
        """,
        _GLOBAL,
        _UPDATE,
        bad="""
        spec:
          streamEnabled: true
          streamViewType: NEW_AND_OLD_IMAGES
          ttl: {enabled: true, attributeName: expiresAt}
          replicas:
            - {regionName: eu-west-1, consistencyMode: STRONG}
            - {regionName: eu-west-2, consistencyMode: STRONG}
        """,
        good="""
        spec:
          streamEnabled: true
          streamViewType: NEW_AND_OLD_IMAGES
          replicas:
            - {regionName: eu-west-1, consistencyMode: STRONG}
            - {regionName: eu-west-2, consistencyMode: STRONG}
        """,
    ),
    explain(
        "replicas-need-autoscaling",
        "PROVISIONED replicas whose writes do not scale",
        """
        Every member of a global table carries out every write. A member with too little write
        capacity falls behind, so AWS adds replicas to a `PROVISIONED` table only if its write
        capacity scales, and that of each global index. An index without a block of its own takes
        the table's. Under `PAY_PER_REQUEST` there is nothing to scale.
        """,
        _UPDATE,
        guide("V2globaltables.tutorial", "Tutorials: Creating global tables"),
        bad="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
          autoscaling: {read: {maxCapacity: 100}}
          streamEnabled: true
          streamViewType: NEW_AND_OLD_IMAGES
          replicas:
            - {regionName: eu-west-1}
        """,
        good="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
          autoscaling: {read: {maxCapacity: 100}, write: {maxCapacity: 100}}
          streamEnabled: true
          streamViewType: NEW_AND_OLD_IMAGES
          replicas:
            - {regionName: eu-west-1}
        """,
    ),
    explain(
        "replica-key",
        "Members of a global table with different kinds of keys",
        """
        All members are encrypted with the same kind of key: one that AWS owns, the account's key
        `aws/dynamodb`, or a customer managed one. A customer managed key is used in its own region
        only, so where the table has one, each replica names one of its region, and where the table
        has none, no replica does.
        """,
        guide("globaltables-security", "DynamoDB global tables security"),
        api("CreateReplicationGroupMemberAction"),
        bad=f"""
        spec:
          streamEnabled: true
          streamViewType: NEW_AND_OLD_IMAGES
          serverSideEncryption:
            enabled: true
            kmsKeyArn: arn:aws:kms:eu-central-1:111122223333:key/{_KEY}
          replicas:
            - regionName: eu-west-1
        """,
        good=f"""
        spec:
          streamEnabled: true
          streamViewType: NEW_AND_OLD_IMAGES
          serverSideEncryption:
            enabled: true
            kmsKeyArn: arn:aws:kms:eu-central-1:111122223333:key/{_KEY}
          replicas:
            - regionName: eu-west-1
              kmsKeyArn: arn:aws:kms:eu-west-1:111122223333:key/{_KEY}
        """,
    ),
    explain(
        "second-step",
        "A part of the manifest is carried out by a second run only",
        """
        The provider does not send everything with the request that makes a table. Where the table
        is imported or restored it leaves out the tags, the stream, the class and the deletion
        protection; a restored table has the billing mode of its source; and strongly consistent
        replicas are made without their deletion protection.

        What is left out shows as a difference in the next preview. So run `pulumi up` twice, and
        check that the second run shows the update. Until then the table is without it. The
        annotation says that somebody knows.
        """,
        PROGRAM,
        severity="warning",
        bad="""
        spec:
          importTable: {s3Bucket: acme-exports, inputFormat: DYNAMODB_JSON}
          deletionProtectionEnabled: true
          pointInTimeRecoveryEnabled: true
        """,
        good="""
        metadata:
          name: orders
          annotations:
            dynamodb.project-planton.org/ignore-warnings: second-step
        spec:
          importTable: {s3Bucket: acme-exports, inputFormat: DYNAMODB_JSON}
          deletionProtectionEnabled: true
          pointInTimeRecoveryEnabled: true
        """,
    ),
)
