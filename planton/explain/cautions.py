"""What AWS accepts and people regret."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import api, guide

_RECOVERY = guide("PointInTimeRecovery_Howitworks", "Point-in-time recovery")

CAUTIONS = (
    explain(
        "recovery-off",
        "Protected from deletion, but nothing in it can be restored",
        """
        Deletion protection keeps the table, not its items: a script that overwrites or deletes them
        is not stopped, and without point-in-time recovery they are gone. With it, the table as it
        was at any second of the last 35 days can be restored, as a new table. It is charged by the
        size of the table.

        It cannot be switched on afterwards for what was lost before.
        """,
        _RECOVERY,
        severity="warning",
        bad="""
        spec:
          deletionProtectionEnabled: true
        """,
        good="""
        spec:
          deletionProtectionEnabled: true
          pointInTimeRecoveryEnabled: true
        """,
    ),
    explain(
        "provisioned-without-autoscaling",
        "Provisioned capacity that does not follow the load",
        """
        What is provisioned is paid for by the hour, used or not, and what goes beyond it is
        throttled after a short burst. Loads that never change are rare: let autoscaling follow
        yours, or pay by the request.

        Where the capacity is meant to be fixed, or something else scales it, say so with
        `autoscaling: {enabled: false}`.
        """,
        guide("AutoScaling", "Managing throughput capacity with DynamoDB auto scaling"),
        guide("burst-adaptive-capacity", "Burst and adaptive capacity"),
        severity="warning",
        bad="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
        """,
        good="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
          autoscaling: {read: {maxCapacity: 100}, write: {maxCapacity: 100}}
        """,
    ),
    explain(
        "projection-all",
        "Many indexes that hold all attributes",
        """
        An index with `ALL` is a second table to pay for: it stores every item that has its key, and
        every change of such an item is written there as well. With five of them, a write costs up
        to six times. `KEYS_ONLY` and `INCLUDE` are written only when something changes that they
        hold, and are smaller.

        The price is that queries on them return no more than they hold: a list needs a few
        attributes, and the one item that is opened can be read from the table.
        """,
        guide("bp-indexes-general", "General guidelines for secondary indexes"),
        api("Projection"),
        severity="warning",
        bad="""
        spec:
          globalSecondaryIndexes:
            - {name: by-1, keySchema: &key [{attributeName: orderId, keyType: HASH}],
               projection: &all {type: ALL}}
            - {name: by-2, keySchema: *key, projection: *all}
            - {name: by-3, keySchema: *key, projection: *all}
            - {name: by-4, keySchema: *key, projection: *all}
            - {name: by-5, keySchema: *key, projection: *all}
        """,
        good="""
        spec:
          globalSecondaryIndexes:
            - {name: by-1, keySchema: &key [{attributeName: orderId, keyType: HASH}],
               projection: &some {type: INCLUDE, nonKeyAttributes: [total, currency]}}
            - {name: by-2, keySchema: *key, projection: *some}
            - {name: by-3, keySchema: *key, projection: *some}
            - {name: by-4, keySchema: *key, projection: *some}
            - {name: by-5, keySchema: *key, projection: *some}
        """,
    ),
    explain(
        "low-cardinality-key",
        "A partition key that sounds as if it had few values",
        """
        All items of one partition key value lie together, and one partition serves 3,000 read and
        1,000 write units a second, whatever the table may do as a whole. A status or a type has a
        handful of values, and most items have the same one: its partition is busy while the rest
        idle. On an index the same happens, and a throttled index throttles the table.

        Only the name was looked at. Where the values are many after all, nothing is wrong.
        """,
        guide("bp-partition-key-design", "Designing and using partition keys effectively"),
        severity="warning",
        bad="""
        spec:
          attributeDefinitions:
            - {name: customerId, type: S}
            - {name: orderId, type: S}
            - {name: status, type: S}
          globalSecondaryIndexes:
            - name: by-status
              keySchema:
                - {attributeName: status, keyType: HASH}
                - {attributeName: orderId, keyType: RANGE}
              projection: {type: KEYS_ONLY}
        """,
        good="""
        spec:
          attributeDefinitions:
            - {name: customerId, type: S}
            - {name: orderId, type: S}
            - {name: statusAndOrder, type: S} # OPEN#7, so that one customer's open orders are found
          globalSecondaryIndexes:
            - name: by-customer-and-status
              keySchema:
                - {attributeName: customerId, keyType: HASH}
                - {attributeName: statusAndOrder, keyType: RANGE}
              projection: {type: KEYS_ONLY}
        """,
    ),
    explain(
        "infrequent-access-autoscaling",
        "A class for rarely used tables, with autoscaling for busy ones",
        """
        `STANDARD_INFREQUENT_ACCESS` stores for less and charges more for each read and write. It
        pays where storage is most of the bill. A table whose capacity must scale is read and
        written a lot, and mostly costs less in the standard class. The class can be changed later,
        without touching the data.
        """,
        guide("WorkingWithTables.tableclasses", "Considerations when choosing a table class"),
        severity="warning",
        bad="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
          autoscaling: {read: {maxCapacity: 100}, write: {maxCapacity: 100}}
          tableClass: STANDARD_INFREQUENT_ACCESS
        """,
        good="""
        spec:
          billingMode: PROVISIONED
          provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
          autoscaling: {read: {maxCapacity: 100}, write: {maxCapacity: 100}}
          tableClass: STANDARD
        """,
    ),
)
