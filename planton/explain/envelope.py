"""The frame of a manifest, and its keys."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import contract

ENVELOPE = (
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
        credentials. Each is left out and said at its place, because the table is not quite what the
        text says. So is a capacity that neither the manifest nor its `autoScale` gives, and an
        `autoScale` that does not say whether it is on. The bounds and the target of an `autoScale`
        that names none are those that the shape's own module took, 5 to 20 units at 50 %; these are
        not said. `planton convert` writes the manifest as it would be today, all said.
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
)
