"""The manifest's envelope (kind, apiVersion) and its keys."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import contract

ENVELOPE = (
    explain(
        "kind",
        "The kind is not AwsDynamodb",
        """
        `kind` says what a manifest describes, and this program creates only DynamoDB tables. It is
        case-sensitive: `AwsDynamodb`, with lower-case letters after the D. The rest of a file of
        another kind is not checked.
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
        "Unknown apiVersion",
        """
        `apiVersion` decides how the fields below it are read, so a wrong guess could turn one table
        into another. The contract has had several names; the message lists all that are accepted.
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
        "A field of the old flat shape is omitted or filled in",
        """
        Manifests of `code2cloud.planton.cloud/v1` are accepted, but some of their fields have no
        meaning today: attributes that no key uses, capacity with `PAY_PER_REQUEST`, the credentials
        id. Each of them is omitted with a warning, because the table is not exactly what the
        manifest says. A capacity that neither the manifest nor its `autoScale` sets, and an
        `autoScale` that does not say whether it is on, are filled in with a warning. If an
        `autoScale` has no bounds or target, it gets those of the shape's own module, 5 to 20 units
        at 50 %, without a warning. `planton convert` writes the manifest in today's form, with all
        of these values.
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
        "Unknown key",
        """
        If a misspelled field were ignored, its setting would silently be missing: a table without
        its deletion protection, for example. So an unknown key is an error. It may be misspelled,
        indented too little or too much, or belong to another tool; camelCase and snake_case are
        both accepted.

        Under `metadata` any key is accepted, because the platform adds its own. Next to `target` in
        a stack input an unknown key is the warning `ignored-key`, unless it looks like the
        credentials block.
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
        `tableName` and `table_name` are the same field. If both are present, one of them would have
        to be ignored, and the file would not show which. Often two people, or a person and a tool,
        each added one. Keep the one that is meant.

        v1 and v1alpha1 have different names for two features: `pointInTimeRecoveryEnabled` and
        `pointInTimeRecovery` are also one field, and so are the two names for contributor insights.
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
