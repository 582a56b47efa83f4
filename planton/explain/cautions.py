"""Settings that AWS accepts but that often cause trouble."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import api, guide

_RECOVERY = guide("PointInTimeRecovery_Howitworks", "Point-in-time recovery")

CAUTIONS = (
    explain(
        "recovery-off",
        "Deletion protection without point-in-time recovery",
        """
        Deletion protection keeps the table, not its items: it does not stop a script that
        overwrites or deletes them, and without point-in-time recovery they are lost. With it, you
        can restore the table to any second of the last 35 days, as a new table. It is charged by
        the size of the table.

        Turning it on later does not bring back what was lost before.
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
        Provisioned capacity is billed by the hour, used or not, and requests beyond it are
        throttled after a short burst. Few loads never change: let autoscaling follow yours, or use
        `PAY_PER_REQUEST`.

        If the capacity is meant to be fixed, or something else scales it, say so with
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
        "Many indexes that project all attributes",
        """
        An index with `ALL` costs as much as a second table: it stores every item that has its key,
        and every change to such an item is written to it as well. With five of them, a write costs
        up to six times as much. `KEYS_ONLY` and `INCLUDE` are smaller, and are written only when an
        attribute that they hold changes.

        In return, queries on them return only the attributes they hold: a list needs a few, and the
        one item that a user opens can be read from the table.
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
        "A partition key whose name suggests few values",
        """
        All items with the same partition key value are stored together, and one partition serves
        3,000 read and 1,000 write units a second, whatever the table as a whole can serve. A status
        or a type has a handful of values, and most items share one of them: its partition is busy
        while the others idle. The same happens in an index, and a throttled index throttles the
        table.

        Only the name is checked. If the attribute has many values after all, nothing is wrong.
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
        "Infrequent-access table class with autoscaling",
        """
        `STANDARD_INFREQUENT_ACCESS` charges less for storage and more for each read and write. It
        pays off where storage is most of the bill. A table whose capacity must scale is read and
        written a lot, and usually costs less in the standard class. The class can be changed later
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
