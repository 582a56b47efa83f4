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
        The v1 contract has no default, because the costs of the two modes differ greatly:
        `PAY_PER_REQUEST` bills each request and needs no planning, `PROVISIONED` bills capacity by
        the hour and throttles requests above it. Unless you have a reason for `PROVISIONED`, use
        `PAY_PER_REQUEST`; the mode can be changed later without touching the data. In v1alpha1 a
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
        An on-demand table has no provisioned capacity: it serves the requests that come, and each
        is billed. Units would promise a limit that nothing enforces, and CreateTable refuses them.
        If both are 0 they count as absent, because tools write 0 for omitted fields.
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
        "An on-demand maximum on a table with provisioned capacity",
        """
        `onDemandThroughput` caps what a table or an index may use under `PAY_PER_REQUEST`, and so
        what a runaway client may cost. Under `PROVISIONED` the provisioned units are already the
        cap, and CreateTable refuses a second one. 0 counts as absent; -1 removes a maximum that was
        set.
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
        "A global index's units do not match the billing mode",
        """
        A global index has its own capacity. Under `PROVISIONED` each needs both units, under
        `PAY_PER_REQUEST` none may have any; CreateTable refuses either mistake.

        An index with too little capacity throttles the table: a write that an index cannot take is
        refused as a whole. Give it at least the write units that changes to its items need.
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
        "Autoscaling with PAY_PER_REQUEST",
        """
        Autoscaling changes provisioned units, and a `PAY_PER_REQUEST` table has none: it follows
        the load by itself. Application Auto Scaling would have nothing to set.
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
        Reads and writes scale separately, each with its own block that sets at least the upper
        bound. A block with neither does nothing, which is hardly what its author meant. If nothing
        should scale, `enabled: false` says so, and the indexes remain standalone resources.
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
        "Autoscaling's lower bound is above its upper bound",
        """
        Application Auto Scaling refuses a minimum above the maximum. If the manifest has no
        `minCapacity`, the provisioned units are the minimum: capacity starts there and never falls
        below. An index without its own autoscaling block uses the table's bounds with its own
        units.
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
        An account starts with a quota of 40,000 read and 40,000 write units for each table and for
        each global index, and 80,000 of each for all tables in a region. AWS raises them on
        request. Until then CreateTable fails, so ask before you deploy.
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
        `warmThroughput` is the number of reads and writes a second that the table or index can
        serve at once, without growing to that level first. Provisioned units can be served at once
        anyway, so a smaller number contradicts them, and CreateTable refuses it. Leave it out, or
        ask for more than the units: raising it costs money once.
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
