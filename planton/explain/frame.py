"""What stands around the fields: kind, version, annotations, stack input."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.sources import PROGRAM, contract

FRAME = (
    explain(
        "kind",
        "Not an AwsDynamodb",
        """
        `kind` says what a manifest describes, and this program makes DynamoDB tables only. It is
        compared letter by letter: `AwsDynamodb`, with small letters after the D. A file of another
        kind is not looked at any further.
        """,
        contract("kind"),
        bad="""
        apiVersion: aws.project-planton.org/v1
        kind: DynamoDBTable
        metadata: {name: orders}
        """,
        good="""
        apiVersion: aws.project-planton.org/v1
        kind: AwsDynamodb
        metadata: {name: orders}
        spec:
          billingMode: PAY_PER_REQUEST
          attributeDefinitions: [{name: customerId, type: S}]
          keySchema: [{attributeName: customerId, keyType: HASH}]
        """,
    ),
    explain(
        "api-version",
        "An apiVersion that is not known",
        """
        `apiVersion` decides how the fields below it are read, so a guess could turn one table into
        another. The contract has gone under several names; all that are read are in the message.
        """,
        contract("apiVersion"),
        bad="""
        apiVersion: aws.project-planton.org/v2
        kind: AwsDynamodb
        metadata: {name: orders}
        spec:
          billingMode: PAY_PER_REQUEST
          attributeDefinitions: [{name: customerId, type: S}]
          keySchema: [{attributeName: customerId, keyType: HASH}]
        """,
        good="""
        apiVersion: aws.project-planton.org/v1
        kind: AwsDynamodb
        metadata: {name: orders}
        spec:
          billingMode: PAY_PER_REQUEST
          attributeDefinitions: [{name: customerId, type: S}]
          keySchema: [{attributeName: customerId, keyType: HASH}]
        """,
    ),
    explain(
        "flat-shape",
        "Something of the old flat shape that is left out or filled in",
        """
        Manifests of `code2cloud.planton.cloud/v1` are read, and a few things in them mean nothing
        today: attributes that no key uses, capacity beside `PAY_PER_REQUEST`, the id of
        credentials. They are left out, and where that shape had a default of its own, it is taken.
        Each is said once, because the table is not quite what the text says. `planton convert`
        writes the manifest as it would be today.
        """,
        contract("the flat shape of 2024"),
        severity="warning",
        bad="""
        apiVersion: code2cloud.planton.cloud/v1
        kind: AwsDynamodb
        metadata: {name: orders}
        spec:
          billingMode: PAY_PER_REQUEST
          hashKey: {name: customerId, type: S}
          attributes:
            - {name: customerId, type: S}
            - {name: total, type: "N"}
        """,
        good="""
        apiVersion: code2cloud.planton.cloud/v1
        kind: AwsDynamodb
        metadata: {name: orders}
        spec:
          billingMode: PAY_PER_REQUEST
          hashKey: {name: customerId, type: S}
        """,
    ),
    explain(
        "no-target",
        "Neither a manifest nor a stack input",
        """
        An input is a manifest, known by `apiVersion`, `kind`, `metadata` or `spec` at its top, or a
        stack input, which holds the manifest under `target` and credentials beside it. This text is
        neither, so nothing in it can be checked.
        """,
        contract("stack input"),
        bad="""
        provider_config:
          region: eu-central-1
        """,
        good="""
        provider_config:
          region: eu-central-1
        target:
          apiVersion: aws.project-planton.org/v1
          kind: AwsDynamodb
          metadata: {name: orders}
          spec:
            billingMode: PAY_PER_REQUEST
            attributeDefinitions: [{name: customerId, type: S}]
            keySchema: [{attributeName: customerId, keyType: HASH}]
        """,
    ),
    explain(
        "provider",
        "The credentials block cannot be used",
        """
        The block beside `target` decides which account the table lands in: with a slip in it, the
        table would be made with whatever credentials lie around. So every key must be known, the
        account id must have 12 digits, and key id and secret come together or not at all. Without
        them the credentials of the environment count.

        What stands in the block is never shown.
        """,
        contract("stack input"),
        bad="""
        provider_config:
          account_id: "1111-2222-3333"
        target:
          apiVersion: aws.project-planton.org/v1
          kind: AwsDynamodb
          metadata: {name: orders}
          spec:
            billingMode: PAY_PER_REQUEST
            attributeDefinitions: [{name: customerId, type: S}]
            keySchema: [{attributeName: customerId, keyType: HASH}]
        """,
        good="""
        provider_config:
          account_id: "111122223333"
        target:
          apiVersion: aws.project-planton.org/v1
          kind: AwsDynamodb
          metadata: {name: orders}
          spec:
            billingMode: PAY_PER_REQUEST
            attributeDefinitions: [{name: customerId, type: S}]
            keySchema: [{attributeName: customerId, keyType: HASH}]
        """,
    ),
    explain(
        "no-region",
        "Nothing says which region the table goes to",
        """
        A table lives in one region and cannot be moved, so there is no default. The first of these
        counts: `spec.region`, the region of the credentials block, the stack's `aws:region`,
        `AWS_REGION` and `AWS_DEFAULT_REGION` in the environment. It is found out when the program
        deploys; `validate` does not ask for it.
        """,
        PROGRAM,
        form="text",
        bad="""
        pulumi preview    # and neither aws:region nor AWS_REGION is set
        """,
        good="""
        pulumi config set aws:region eu-central-1
        pulumi preview
        """,
    ),
    explain(
        "unknown-key",
        "A key that means nothing here",
        """
        A misspelt field that is ignored is a setting that silently is not there: a table without
        its deletion protection, say. So a key that is not known is an error. It may be misspelt,
        indented by too little or too much, or belong to another tool; camelCase and snake_case are
        both known.

        Under `metadata` any key is accepted, because the platform adds its own. Beside `target` in
        a stack input it is the warning `ignored-key`, unless it looks like the credentials block.
        """,
        contract("no unknown fields"),
        bad="""
        spec:
          deletionProtection: true
          pointInTimeRecoveryEnabled: true
        """,
        good="""
        spec:
          deletionProtectionEnabled: true
          pointInTimeRecoveryEnabled: true
        """,
    ),
    explain(
        "ignored-key",
        "A key beside the manifest that is not read",
        """
        A stack input holds `target`, the manifest, and may hold a credentials block. Platforms add
        more beside them, so another key is no error; but nothing reads it. Where a setting was
        meant for the table, indent it below `spec` of the target.
        """,
        PROGRAM,
        severity="warning",
        bad="""
        backend: {type: s3}
        target:
          apiVersion: aws.project-planton.org/v1
          kind: AwsDynamodb
          metadata: {name: orders}
          spec:
            billingMode: PAY_PER_REQUEST
            attributeDefinitions: [{name: customerId, type: S}]
            keySchema: [{attributeName: customerId, keyType: HASH}]
        """,
        good="""
        target:
          apiVersion: aws.project-planton.org/v1
          kind: AwsDynamodb
          metadata: {name: orders}
          spec:
            billingMode: PAY_PER_REQUEST
            attributeDefinitions: [{name: customerId, type: S}]
            keySchema: [{attributeName: customerId, keyType: HASH}]
        """,
    ),
    explain(
        "key-spelled-twice",
        "One field under two names",
        """
        `tableName` and `table_name` are the same field. Given both, one of them would have to be
        ignored, and nobody could see which. Often two people, or a person and a tool, each added
        one. Keep the one that is meant.

        v1 and v1alpha1 call two features differently: `pointInTimeRecoveryEnabled` and
        `pointInTimeRecovery` are one field too, and so it is with contributor insights.
        """,
        contract("both spellings of a field"),
        bad="""
        spec:
          tableName: orders
          table_name: orders-eu
        """,
        good="""
        spec:
          tableName: orders-eu
        """,
    ),
    explain(
        "unsupported",
        "A field of the contract that this program does not carry out",
        """
        The field is right in the contract, but the table would be made without what it asks for. An
        error says so before the deployment, and not the missing data after it. The README lists
        what is not supported.
        """,
        PROGRAM,
        bad="""
        spec:
          kinesisStreamingDestination:
            streamArn: arn:aws:kinesis:eu-central-1:111122223333:stream/orders
        """,
        good="""
        spec:
          streamEnabled: true
          streamViewType: NEW_AND_OLD_IMAGES
        """,
    ),
    explain(
        "extensions",
        "The extensions annotation cannot be used",
        """
        The annotation holds fields that the wrapper's own contract does not know, as YAML text that
        is read as if it stood under `spec`. So it must be text (a `|` after the key, the fields
        indented below it), hold one mapping, and name no field that also stands under `spec`.
        """,
        PROGRAM,
        bad="""
        metadata:
          annotations:
            dynamodb.project-planton.org/extensions:
              tableName: orders-2026
        """,
        good="""
        metadata:
          annotations:
            dynamodb.project-planton.org/extensions: |
              tableName: orders-2026
        """,
    ),
    explain(
        "unknown-annotation",
        "An annotation under this program's prefix that means nothing",
        """
        Annotations of others are ignored. One that begins with `dynamodb.project-planton.org/` is
        meant for this program, and misspelt it would silently do nothing.
        """,
        PROGRAM,
        bad="""
        metadata:
          annotations:
            dynamodb.project-planton.org/extension: |
              tableName: orders-2026
        """,
        good="""
        metadata:
          annotations:
            dynamodb.project-planton.org/extensions: |
              tableName: orders-2026
        """,
    ),
    explain(
        "allow-replacement",
        "Consent to replace the table that names nothing known",
        """
        The annotation consents to an update that deletes the table with its data and makes an empty
        one. It names what may change, one thing at a time; there is no word for everything. A name
        that is not known consents to nothing, and the update would be refused.
        """,
        PROGRAM,
        bad="""
        metadata:
          annotations:
            dynamodb.project-planton.org/allow-replacement: all
        """,
        good="""
        metadata:
          annotations:
            dynamodb.project-planton.org/allow-replacement: keySchema
        """,
    ),
    explain(
        "ignore-warnings",
        "Something is to be ignored that is no warning",
        """
        The annotation lists the codes of warnings that somebody has looked at and decided to live
        with; they are not shown for this manifest. A code that is misspelt would switch nothing
        off, and an error cannot be switched off: the table would be refused, or lose data.
        """,
        PROGRAM,
        bad="""
        metadata:
          annotations:
            dynamodb.project-planton.org/ignore-warnings: "ttl-typ"
        """,
        good="""
        metadata:
          annotations:
            dynamodb.project-planton.org/ignore-warnings: "ttl-type, empty-value"
        """,
    ),
)
