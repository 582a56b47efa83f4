"""The values that a single field may have."""

from __future__ import annotations

from planton.explain.explanation import Reference, explain
from planton.explain.references import (
    CREATE_TABLE,
    NAMES,
    SCALABLE_TARGET,
    api,
    contract,
    guide,
    yaml,
)

VALUES = (
    explain(
        "missing",
        "A required field is missing",
        """
        The field has no default, and the block that it belongs to has no meaning without it. An
        empty string and a value that ends in `_UNSPECIFIED` also count as absent, as they do in the
        contract.

        v1alpha1 requires two fields that have a default in v1: the region, and the projection of
        each index.
        """,
        contract("required fields"),
        bad="""
        spec:
          attributeDefinitions:
            - {name: customerId}
            - {name: orderId, type: S}
        """,
        good="""
        spec:
          attributeDefinitions:
            - {name: customerId, type: S}
            - {name: orderId, type: S}
        """,
    ),
    explain(
        "empty-value",
        "A key without a value",
        """
        The key counts as absent, as it does in the contract. That is rarely what its author meant:
        the lines below it may be indented too little, or a template's value was empty. Give it a
        value, or remove it.
        """,
        yaml("103-core-schema", "Core schema"),
        severity="warning",
        bad="""
        spec:
          tags:
        """,
        good="""
        spec:
          tags:
            team: checkout
        """,
    ),
    explain(
        "type",
        "A value of the wrong type",
        """
        The field takes a string, an integer, a boolean, a list or a mapping, and the value is
        something else. In YAML the spelling decides: `4711` is a number and `true` a boolean, in
        quotes they are strings; `-` begins a list. YAML 1.1 readers took `yes` and `on` for
        booleans; in YAML 1.2 and in this program they are strings.

        Integers may also be written as strings of decimal digits, as the wrapper does.
        """,
        yaml("103-core-schema", "Core schema"),
        bad="""
        spec:
          pointInTimeRecoveryEnabled: yes
          tags: {cost-centre: 4711}
        """,
        good="""
        spec:
          pointInTimeRecoveryEnabled: true
          tags: {cost-centre: "4711"}
        """,
    ),
    explain(
        "enum",
        "A value that is not one of those allowed",
        """
        The field takes one of the values that the message lists. They are case-sensitive, as they
        are in AWS. The contract's long spellings (`BILLING_MODE_PAY_PER_REQUEST`, `KEY_TYPE_HASH`)
        mean the same as the short ones.

        If the attribute type `N` arrives as a boolean, an earlier tool read the file as YAML 1.1,
        in which a bare N is false: write it in quotes, `"N"`.
        """,
        contract("values of enums"),
        CREATE_TABLE,
        bad="""
        spec:
          billingMode: ON_DEMAND
        """,
        good="""
        spec:
          billingMode: PAY_PER_REQUEST
        """,
    ),
    explain(
        "range",
        "A number that is too small or too large",
        """
        The message names the bounds. DynamoDB refuses more than 1,000,000,000,000 units, whatever
        the account's quota. Autoscaling takes capacities and cooldowns of up to 32 bits, and a
        target utilization of 20 to 90 percent: above that there would be no headroom for the load
        that triggers scaling. Warm throughput starts at 12,000 reads and 4,000 writes a
        second, which every table serves; 0 counts as absent.
        """,
        api("ProvisionedThroughput"),
        SCALABLE_TARGET,
        guide("AutoScaling", "Managing throughput capacity with DynamoDB auto scaling"),
        bad="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
          autoscaling:
            read: {maxCapacity: 100, targetUtilizationPercent: 95}
            write: {maxCapacity: 100}
        """,
        good="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
          autoscaling:
            read: {maxCapacity: 100, targetUtilizationPercent: 70}
            write: {maxCapacity: 100}
        """,
    ),
    explain(
        "length",
        "A string that is too short or too long",
        """
        Table and index names have 3 to 255 characters. Attribute names in keys, projections and TTL
        have 1 to 255, and must also fit into 255 bytes of UTF-8. Tag keys have 1 to 128, tag values
        up to 256. Scheduled adjustments have names of up to 256 characters, prefixes of imported
        files up to 1,024. AWS refuses anything else. `metadata.id`, `org` and `env` become tag
        values.
        """,
        NAMES,
        api("Tag"),
        bad="""
        spec:
          tableName: my
        """,
        good="""
        spec:
          tableName: my-orders
        """,
    ),
    explain(
        "name",
        "A name with invalid characters",
        """
        Table and index names consist of letters A to Z and a to z, digits, `_`, `-` and `.`: no
        spaces, no slashes, no letters of other scripts. Without `spec.tableName`, `metadata.name`
        is the table's name, so it must then have at least 3 characters. Attribute names may contain
        any character. Names of scheduled adjustments may contain anything but `:`, `/`, `|` and
        control characters, and must not begin or end with a space.
        """,
        NAMES,
        bad="""
        spec:
          tableName: orders/eu
        """,
        good="""
        spec:
          tableName: orders-eu
        """,
    ),
    explain(
        "region",
        "Not the name of an AWS region",
        """
        The region is part of the address of every request, so with a wrong one no request arrives.
        Use the region's code, not its display name, and without the letter of an availability zone.
        Only AWS can tell whether the region exists and whether your account has it enabled.
        """,
        Reference(
            "AWS Regions and Availability Zones",
            "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html",
        ),
        bad="""
        spec:
          region: eu-central-1a
        """,
        good="""
        spec:
          region: eu-central-1
        """,
    ),
    explain(
        "value-from",
        "A reference to another resource",
        """
        `{valueFrom: …}` refers to an output of another resource. The platform resolves such
        references before this program runs, so a reference that arrives here was never resolved,
        and there is no value to use. Give the value itself, as a string or as `{value: …}`.
        """,
        contract("values and references"),
        bad="""
        spec:
          serverSideEncryption:
            enabled: true
            kmsKeyArn: {valueFrom: {kind: AwsKmsKey, name: orders}}
        """,
        good="""
        spec:
          serverSideEncryption:
            enabled: true
            kmsKeyArn: {value: "arn:aws:kms:eu-central-1:111122223333:alias/orders"}
        """,
    ),
)
