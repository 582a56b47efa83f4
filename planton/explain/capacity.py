"""Billing, throughput and autoscaling."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import CREATE_TABLE, QUOTAS, SCALABLE_TARGET, api, contract, guide

_THROUGHPUT = api("ProvisionedThroughput")
_AUTOSCALING = guide("AutoScaling", "Managing throughput capacity with DynamoDB auto scaling")

CAPACITY = (
    explain(
        "billing_mode_set",
        "The billing mode is missing",
        """
        The v1 contract has no default, because the two modes cost very differently:
        `PAY_PER_REQUEST` is paid by the request and needs no planning, `PROVISIONED` is paid by the
        hour and throttles what is above it. Without a reason for the other, take
        `PAY_PER_REQUEST`; the mode can be changed later, without touching the data. In v1alpha1 a
        manifest without a mode is `PROVISIONED`.
        """,
        contract("billing_mode_set"),
        CREATE_TABLE,
        bad="""
        apiVersion: aws.project-planton.org/v1
        kind: AwsDynamodb
        metadata: {name: orders}
        spec:
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
        "provisioned_requires_throughput",
        "PROVISIONED without read or write units",
        """
        With `PROVISIONED` the table has the capacity that the manifest names, and CreateTable
        refuses a table without both numbers, each at least 1. A read unit is one strongly
        consistent read of up to 4 KiB a second, or two eventually consistent ones; a write unit is
        one write of up to 1 KiB a second.
        """,
        contract("provisioned_requires_throughput"),
        _THROUGHPUT,
        QUOTAS,
        bad="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 5}
          autoscaling: {read: {maxCapacity: 100}, write: {maxCapacity: 100}}
        """,
        good="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
          autoscaling: {read: {maxCapacity: 100}, write: {maxCapacity: 100}}
        """,
    ),
    explain(
        "on_demand_forbids_provisioned_throughput",
        "PAY_PER_REQUEST with read or write units",
        """
        An on-demand table has no provisioned capacity: it takes what comes, and every request is
        paid. Units beside it would promise a limit that nothing holds, and CreateTable refuses
        them. 0 and 0 count as absent: tools write them for fields that were left out.
        """,
        contract("on_demand_forbids_provisioned_throughput"),
        CREATE_TABLE,
        bad="""
        spec:
          billingMode: PAY_PER_REQUEST
          provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
        """,
        good="""
        spec:
          billingMode: PAY_PER_REQUEST
        """,
    ),
    explain(
        "on_demand_throughput_needs_on_demand",
        "A maximum for on-demand on a table with provisioned capacity",
        """
        `onDemandThroughput` caps what a table or an index under `PAY_PER_REQUEST` may use, and so
        what a runaway client may cost. Under `PROVISIONED` the provisioned units are the cap
        already, and CreateTable refuses a second one. 0 counts as absent; -1 takes a maximum away
        that is set.
        """,
        contract("on_demand_throughput_needs_on_demand"),
        api("OnDemandThroughput"),
        guide("on-demand-capacity-mode-max-throughput", "Maximum throughput for on-demand tables"),
        bad="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
          autoscaling: {read: {maxCapacity: 100}, write: {maxCapacity: 100}}
          onDemandThroughput: {maxReadRequestUnits: 1000}
        """,
        good="""
        spec:
          billingMode: PAY_PER_REQUEST
          onDemandThroughput: {maxReadRequestUnits: 1000}
        """,
    ),
    explain(
        "gsi_throughput_matches_billing",
        "The units of a global index do not fit the billing mode",
        """
        A global index has capacity of its own. Under `PROVISIONED` each needs both units, under
        `PAY_PER_REQUEST` none may have any; CreateTable refuses either.

        An index that is too small throttles the table: a write that an index cannot take is refused
        as a whole. Give it at least the write units that the changes of its items need.
        """,
        contract("gsi_throughput_matches_billing"),
        api("GlobalSecondaryIndex"),
        guide("GSI", "Using global secondary indexes"),
        bad="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
          autoscaling: {read: {maxCapacity: 100}, write: {maxCapacity: 100}}
          globalSecondaryIndexes:
            - name: by-order
              keySchema: [{attributeName: orderId, keyType: HASH}]
              projection: {type: KEYS_ONLY}
        """,
        good="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
          autoscaling: {read: {maxCapacity: 100}, write: {maxCapacity: 100}}
          globalSecondaryIndexes:
            - name: by-order
              keySchema: [{attributeName: orderId, keyType: HASH}]
              projection: {type: KEYS_ONLY}
              provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
        """,
    ),
    explain(
        "autoscaling_requires_provisioned",
        "Autoscaling on a table that is paid by the request",
        """
        Autoscaling changes provisioned units, and a table under `PAY_PER_REQUEST` has none: it
        follows the load by itself. Application Auto Scaling would have nothing to set.
        """,
        contract("autoscaling_requires_provisioned"),
        _AUTOSCALING,
        bad="""
        spec:
          billingMode: PAY_PER_REQUEST
          autoscaling: {read: {maxCapacity: 100}, write: {maxCapacity: 100}}
        """,
        good="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
          autoscaling: {read: {maxCapacity: 100}, write: {maxCapacity: 100}}
        """,
    ),
    explain(
        "autoscaling-without-dimension",
        "Autoscaling that scales nothing",
        """
        Reads and writes are scaled apart, each by a block of its own that names at least its upper
        bound. A block with neither does nothing, which is hardly what its author meant. `enabled:
        false` says it where nothing is to be scaled, and keeps the indexes managed as they are.
        """,
        _AUTOSCALING,
        bad="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
          autoscaling: {enabled: true}
        """,
        good="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
          autoscaling:
            enabled: true
            read: {maxCapacity: 100}
            write: {maxCapacity: 100}
        """,
    ),
    explain(
        "autoscaling-bounds",
        "The lower bound of autoscaling is above the upper one",
        """
        Application Auto Scaling refuses a minimum above the maximum. Where the manifest names no
        `minCapacity`, the provisioned units are the minimum: the capacity to begin with, below
        which nothing falls. An index without an autoscaling block of its own is held to the
        table's bounds, with its own units.
        """,
        SCALABLE_TARGET,
        bad="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 200, writeCapacityUnits: 5}
          autoscaling: {read: {maxCapacity: 100}, write: {maxCapacity: 100}}
        """,
        good="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 20, writeCapacityUnits: 5}
          autoscaling: {read: {maxCapacity: 100}, write: {maxCapacity: 100}}
        """,
    ),
    explain(
        "capacity-quota",
        "More units than an account has by default",
        """
        An account starts with a quota of 40,000 read and 40,000 write units for each table, and for
        each global index, and 80,000 of each over all tables of a region. AWS raises them on
        request. Until it has, CreateTable fails, so ask before you deploy.
        """,
        QUOTAS,
        severity="warning",
        bad="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 50000, writeCapacityUnits: 5}
          autoscaling: {read: {maxCapacity: 60000}, write: {maxCapacity: 100}}
        """,
        good="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 40000, writeCapacityUnits: 5}
          autoscaling: {read: {maxCapacity: 40000}, write: {maxCapacity: 100}}
        """,
    ),
    explain(
        "warm-throughput",
        "Warm throughput below the provisioned units",
        """
        `warmThroughput` says how many reads and writes a second the table or index serves at once,
        without growing into them. What is bought by the hour can be served at once anyway, so a
        smaller number contradicts it, and CreateTable refuses it. Leave it out, or ask for more
        than the units: it costs once, when it is raised.
        """,
        api("WarmThroughput"),
        guide("warm-throughput", "Understanding DynamoDB warm throughput"),
        bad="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 20000, writeCapacityUnits: 5}
          autoscaling: {enabled: false}
          warmThroughput: {readUnitsPerSecond: 15000}
        """,
        good="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 20000, writeCapacityUnits: 5}
          autoscaling: {enabled: false}
          warmThroughput: {readUnitsPerSecond: 25000}
        """,
    ),
)
