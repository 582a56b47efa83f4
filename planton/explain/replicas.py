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
        DynamoDB replicates from the table's stream, and needs each item before and after the
        change. So a table with replicas needs `streamEnabled: true` and
        `streamViewType: NEW_AND_OLD_IMAGES`; AWS refuses to add a replica to any other table.
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
        The table, its replicas and its witness must be in different regions: `replicas` names only
        the other regions, not the table's own. They must also be in the same AWS partition: nothing
        is replicated between the commercial regions, the regions in China and the government
        regions.

        If neither the manifest nor its provider block names a region, the table's own can be
        compared only when the program runs, using the region of the stack's configuration.
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
        A global table has one consistency mode. With `EVENTUAL`, the default, a write is visible in
        the other regions within about a second; with `STRONG` it is visible at once, and writes
        take longer. Set the same mode for each replica. It cannot be changed while there are
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
        has two replicas, or one replica and a `globalTableWitness`: a region that votes but holds
        no items. A witness has no meaning for replicas of another mode.

        Not every region supports strong consistency, and all three must be in one Region set, in
        America, Europe or Asia: `strong-region-set` warns about regions outside AWS's list.
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
        "Strong consistency across different Region sets",
        """
        Strong consistency works only within one Region set: US (us-east-1, us-east-2, us-west-2),
        EU (eu-west-1, eu-west-2, eu-west-3, eu-central-1) or AP (ap-northeast-1, ap-northeast-2,
        ap-northeast-3). The table, its replicas and its witness must be in the same set, or AWS
        refuses to create the replicas.

        This is AWS's list of 2026, which may have grown since, so it is a warning. Regions that are
        in none of the sets are not checked.
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
        "Unsupported with strong consistency",
        """
        AWS refuses TTL and local indexes on tables with replicas of `consistencyMode: STRONG`. And
        under `PROVISIONED` it requires write autoscaling before replicas are added, while the
        provider creates strongly consistent replicas together with the table. Such a table can
        never be created, so here it needs `PAY_PER_REQUEST`.
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
        "PROVISIONED replicas without write autoscaling",
        """
        Every member of a global table performs every write. A member with too little write capacity
        falls behind, so AWS adds replicas to a `PROVISIONED` table only if its write capacity and
        that of each global index scale. An index without its own block uses the table's. Under
        `PAY_PER_REQUEST` there is nothing to scale.
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
        `aws/dynamodb`, or a customer managed key. A customer managed key can be used only in its
        own region. So if the table has one, each replica names one in its region; if the table has
        none, no replica may have one.
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
        "Part of the manifest takes effect only with a second run",
        """
        The provider does not send everything with the request that creates a table. For an imported
        or restored table it leaves out the tags, the stream, the class and the deletion protection;
        a restored table has the billing mode of its source; and strongly consistent replicas are
        created without their deletion protection.

        What is left out shows as a difference in the next preview. So run `pulumi up` twice, and
        check that the second run shows the update. Until then the table lacks these settings. The
        annotation states that you know this.
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
