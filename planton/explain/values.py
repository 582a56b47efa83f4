"""What one field may be."""

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
        "Something that must be given is not",
        """
        The field has no default, and what stands around it means nothing without it. An empty text
        and a value that ends in `_UNSPECIFIED` count as absent too, as they do in the contract.

        v1alpha1 asks for two things that v1 fills in: the region, and the projection of each index.
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
        The field takes text, a whole number, true or false, a list or a mapping, and the value is
        something else. YAML decides by the looks: `4711` is a number and `true` a boolean, in
        quotes they are text; `-` begins a list. Readers of YAML 1.1 took `yes` and `on` for
        booleans; YAML 1.2 and this program take them for text.

        Whole numbers may also be written as decimal text, as the wrapper does.
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
        The field takes a few words, which the message lists. Case counts, as it does in AWS. The
        long spellings of the contract (`BILLING_MODE_PAY_PER_REQUEST`, `KEY_TYPE_HASH`) mean the
        same as the short ones.

        Where the attribute type `N` came out as a boolean, some tool before this one read YAML 1.1,
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
        The message names the bounds. DynamoDB refuses more than 1,000,000,000,000 units whatever
        the account's quota; autoscaling takes capacities and cooldowns of up to 32 bits, and aims
        at 20 to 90 percent of the capacity in use: above that, there would be no room for the load
        that makes it scale. Warm throughput begins at 12,000 reads and 4,000 writes a second, which
        every table serves; 0 counts as absent.
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
        "A text that is too short or too long",
        """
        Tables and indexes have names of 3 to 255 characters, attributes in keys, projections and
        expiry of 1 to 255, which must also fit into 255 bytes of UTF-8; keys of tags have 1 to 128,
        their values up to 256. Scheduled adjustments have names of up to 256 characters, prefixes
        of imported files up to 1,024. AWS refuses anything else. `metadata.id`, `org` and `env`
        become values of tags.
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
        "A name with characters that DynamoDB does not take",
        """
        Names of tables and indexes consist of letters A to Z and a to z, digits, `_`, `-` and `.`:
        no spaces, no slashes, no letters of other scripts. `metadata.name` is the table's name
        where `spec.tableName` is not given, so it has at least 3 characters then. Names of
        attributes are free. Those of scheduled adjustments may hold anything but `:`, `/`, `|` and
        control characters, and no blank at their ends.
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
        The region is part of the address of every request, so with a wrong one nothing is reached.
        It is the region's code, not its title, and without the letter of an availability zone.
        Whether there is such a region, and whether your account has it enabled, only AWS can tell.
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
        `{valueFrom: …}` points to an output of another resource. The platform resolves such
        references before this program runs, so one that arrives here was never resolved, and there
        is no value to work with. Give the value itself, as text or as `{value: …}`.
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
