"""Global and local secondary indexes."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import CREATE_TABLE, QUOTAS, api, contract, guide

_LOCAL = guide("LSI", "Local secondary indexes")

INDEXES = (
    explain(
        "gsi_key_schema_shape",
        "Invalid key schema of a global index",
        """
        A global index has its own key, made of any attributes the queries need: a partition key
        (`HASH`) first, then at most one sort key (`RANGE`). An index without a key or with another
        order is refused.

        AWS accepts up to four attributes for each of the two, and so does v1alpha1. The v1 contract
        allows one; there, put indexes with more into the extensions annotation.
        """,
        contract("gsi_key_schema_shape"),
        api("GlobalSecondaryIndex"),
        bad="""
        spec:
          globalSecondaryIndexes:
            - name: by-order
              keySchema: [{attributeName: orderId, keyType: RANGE}]
              projection: {type: KEYS_ONLY}
        """,
        good="""
        spec:
          globalSecondaryIndexes:
            - name: by-order
              keySchema: [{attributeName: orderId, keyType: HASH}]
              projection: {type: KEYS_ONLY}
        """,
    ),
    explain(
        "lsi_key_schema_shape",
        "A local index's key is not the table's HASH and another RANGE",
        """
        A local index sorts the items of each partition key in another order. So it begins with the
        table's partition key, adds one sort key, and needs a table that has a sort key itself.
        CreateTable refuses anything else. `rangeKey` names only the sort key and can replace
        `keySchema`.

        A local index cannot be added or removed later without replacing the table. If you need
        another partition key, or may want to remove the index one day, use a global index.
        """,
        contract("lsi_key_schema_shape"),
        api("LocalSecondaryIndex"),
        _LOCAL,
        bad="""
        spec:
          attributeDefinitions:
            - {name: customerId, type: S}
            - {name: orderId, type: S}
            - {name: placedAt, type: "N"}
          localSecondaryIndexes:
            - name: by-time
              keySchema:
                - {attributeName: orderId, keyType: HASH}
                - {attributeName: placedAt, keyType: RANGE}
              projection: {type: KEYS_ONLY}
        """,
        good="""
        spec:
          attributeDefinitions:
            - {name: customerId, type: S}
            - {name: orderId, type: S}
            - {name: placedAt, type: "N"}
          localSecondaryIndexes:
            - name: by-time
              keySchema:
                - {attributeName: customerId, keyType: HASH}
                - {attributeName: placedAt, keyType: RANGE}
              projection: {type: KEYS_ONLY}
        """,
    ),
    explain(
        "duplicate-index-name",
        "Two indexes have the same name",
        """
        A query names the index that it reads, so names are unique across the global and local
        indexes of a table; CreateTable refuses duplicates. Names are case-sensitive, and an index
        of another table may have the same name.
        """,
        api("GlobalSecondaryIndex"),
        api("LocalSecondaryIndex"),
        bad="""
        spec:
          globalSecondaryIndexes:
            - name: by-order
              keySchema: [{attributeName: orderId, keyType: HASH}]
              projection: {type: KEYS_ONLY}
            - name: by-order
              keySchema:
                - {attributeName: orderId, keyType: HASH}
                - {attributeName: customerId, keyType: RANGE}
              projection: {type: KEYS_ONLY}
        """,
        good="""
        spec:
          globalSecondaryIndexes:
            - name: by-order
              keySchema: [{attributeName: orderId, keyType: HASH}]
              projection: {type: KEYS_ONLY}
            - name: by-order-and-customer
              keySchema:
                - {attributeName: orderId, keyType: HASH}
                - {attributeName: customerId, keyType: RANGE}
              projection: {type: KEYS_ONLY}
        """,
    ),
    explain(
        "too-many-indexes",
        "More indexes than a table can have",
        """
        A table has at most 20 global and 5 local indexes. The 5 are fixed; the 20 are a quota that
        AWS can raise on request. More than 20 are still an error here: hardly any account has a
        higher quota, and in all others the deployment would fail.

        Each index costs storage, and a write for each change to the attributes that it holds. One
        index can answer several questions if its key attributes hold composite values, such as
        `PRODUCT#7` and `CUSTOMER#12` in one attribute.
        """,
        QUOTAS,
        CREATE_TABLE,
        bad="""
        spec:
          attributeDefinitions:
            - {name: customerId, type: S}
            - {name: orderId, type: S}
            - {name: placedAt, type: "N"}
          localSecondaryIndexes:
            - name: by-time-1
              keySchema: &key
                - {attributeName: customerId, keyType: HASH}
                - {attributeName: placedAt, keyType: RANGE}
              projection: &keys {type: KEYS_ONLY}
            - {name: by-time-2, keySchema: *key, projection: *keys}
            - {name: by-time-3, keySchema: *key, projection: *keys}
            - {name: by-time-4, keySchema: *key, projection: *keys}
            - {name: by-time-5, keySchema: *key, projection: *keys}
            - {name: by-time-6, keySchema: *key, projection: *keys}
        """,
        good="""
        spec:
          attributeDefinitions:
            - {name: customerId, type: S}
            - {name: orderId, type: S}
            - {name: placedAt, type: "N"}
          localSecondaryIndexes:
            - name: by-time
              keySchema:
                - {attributeName: customerId, keyType: HASH}
                - {attributeName: placedAt, keyType: RANGE}
              projection: {type: KEYS_ONLY}
        """,
    ),
    explain(
        "include_requires_attributes",
        "INCLUDE without nonKeyAttributes, or the list without INCLUDE",
        """
        An index holds the keys and what its projection adds: `KEYS_ONLY` nothing, `ALL` every
        attribute, `INCLUDE` those listed in `nonKeyAttributes`. `INCLUDE` needs the list, and no
        other type may have it: CreateTable refuses either one alone.
        """,
        contract("include_requires_attributes"),
        api("Projection"),
        bad="""
        spec:
          globalSecondaryIndexes:
            - name: by-order
              keySchema: [{attributeName: orderId, keyType: HASH}]
              projection: {type: INCLUDE}
        """,
        good="""
        spec:
          globalSecondaryIndexes:
            - name: by-order
              keySchema: [{attributeName: orderId, keyType: HASH}]
              projection: {type: INCLUDE, nonKeyAttributes: [total, currency]}
        """,
    ),
    explain(
        "non-key-attributes",
        "Too many nonKeyAttributes, or a duplicate",
        """
        One index includes 1 to 20 attributes, without duplicates, and all indexes of a table
        together include at most 100; an attribute in two indexes counts twice. CreateTable refuses
        more. `ALL` does not count, however many attributes the items have.
        """,
        api("Projection"),
        QUOTAS,
        bad="""
        spec:
          globalSecondaryIndexes:
            - name: by-order
              keySchema: [{attributeName: orderId, keyType: HASH}]
              projection: {type: INCLUDE, nonKeyAttributes: [total, currency, total]}
        """,
        good="""
        spec:
          globalSecondaryIndexes:
            - name: by-order
              keySchema: [{attributeName: orderId, keyType: HASH}]
              projection: {type: INCLUDE, nonKeyAttributes: [total, currency]}
        """,
    ),
)
