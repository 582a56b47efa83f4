"""Keys and the attributes in them."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import CREATE_TABLE, api, contract

KEYS = (
    explain(
        "key_schema_required_unless_restored",
        "The table has no key",
        """
        Every item is found by its key, so a table cannot exist without one: a partition key
        (`HASH`), and a sort key (`RANGE`) if items of one partition key should be kept in order.
        The key is fixed at creation: changing it requires a new table.
        """,
        contract("key_schema_required_unless_restored"),
        CREATE_TABLE,
        bad="""
        spec:
          attributeDefinitions: []
          keySchema: []
        """,
        good="""
        spec:
          attributeDefinitions: [{name: customerId, type: S}]
          keySchema: [{attributeName: customerId, keyType: HASH}]
        """,
    ),
    explain(
        "table_key_schema_shape",
        "The table's key is not one HASH, then at most one RANGE",
        """
        The first element is the partition key (`HASH`), the optional second is the sort key
        (`RANGE`). CreateTable refuses any other order and any third element.

        If three values identify an item, combine two of them in one attribute, with a separator
        that occurs in neither: `orderLine` = `7#2`.
        """,
        contract("table_key_schema_shape"),
        CREATE_TABLE,
        bad="""
        spec:
          keySchema:
            - {attributeName: orderId, keyType: RANGE}
            - {attributeName: customerId, keyType: HASH}
        """,
        good="""
        spec:
          keySchema:
            - {attributeName: customerId, keyType: HASH}
            - {attributeName: orderId, keyType: RANGE}
        """,
    ),
    explain(
        "key_attributes_declared",
        "A key attribute of the table has no definition",
        """
        DynamoDB items have no schema except for their keys: each key attribute must be declared as
        a string, a number or binary. `keySchema` names the attribute, `attributeDefinitions` gives
        its type, and CreateTable refuses the one without the other.

        Names are case-sensitive: `customerID` is not `customerId`.
        """,
        contract("key_attributes_declared"),
        CREATE_TABLE,
        bad="""
        spec:
          attributeDefinitions:
            - {name: customerId, type: S}
          keySchema:
            - {attributeName: customerId, keyType: HASH}
            - {attributeName: orderId, keyType: RANGE}
        """,
        good="""
        spec:
          attributeDefinitions:
            - {name: customerId, type: S}
            - {name: orderId, type: S}
          keySchema:
            - {attributeName: customerId, keyType: HASH}
            - {attributeName: orderId, keyType: RANGE}
        """,
    ),
    explain(
        "index_key_attributes_declared",
        "A key attribute of an index has no definition",
        """
        Like the table's key, index keys need types, and all types are declared in the same list,
        `attributeDefinitions`. CreateTable refuses an index on an attribute that is not in it.

        Items need not have the attribute: those without it are left out of the index. Those that
        have it must have it in the declared type, or the write is refused.
        """,
        contract("index_key_attributes_declared"),
        CREATE_TABLE,
        bad="""
        spec:
          globalSecondaryIndexes:
            - name: by-product
              keySchema: [{attributeName: productId, keyType: HASH}]
              projection: {type: KEYS_ONLY}
        """,
        good="""
        spec:
          attributeDefinitions:
            - {name: customerId, type: S}
            - {name: orderId, type: S}
            - {name: productId, type: S}
          globalSecondaryIndexes:
            - name: by-product
              keySchema: [{attributeName: productId, keyType: HASH}]
              projection: {type: KEYS_ONLY}
        """,
    ),
    explain(
        "attributes_all_indexed",
        "An attribute is defined that no key uses",
        """
        `attributeDefinitions` is not a schema of the items. It lists exactly the attributes that
        keys of the table and of its indexes use, and CreateTable refuses any other: an attribute
        that is only projected into an index or used for TTL does not belong there. Items can have
        any other attribute without a definition.
        """,
        contract("attributes_all_indexed"),
        CREATE_TABLE,
        bad="""
        spec:
          attributeDefinitions:
            - {name: customerId, type: S}
            - {name: orderId, type: S}
            - {name: total, type: "N"}
        """,
        good="""
        spec:
          attributeDefinitions:
            - {name: customerId, type: S}
            - {name: orderId, type: S}
        """,
    ),
    explain(
        "duplicate-attribute",
        "An attribute is defined twice",
        """
        An attribute has one type. CreateTable refuses a second definition even if it is the same.
        Define an attribute once even if several keys use it.
        """,
        CREATE_TABLE,
        bad="""
        spec:
          attributeDefinitions:
            - {name: customerId, type: S}
            - {name: orderId, type: S}
            - {name: orderId, type: "N"}
        """,
        good="""
        spec:
          attributeDefinitions:
            - {name: customerId, type: S}
            - {name: orderId, type: S}
        """,
    ),
    explain(
        "duplicate-key-attribute",
        "The same attribute twice in one key",
        """
        Partition key and sort key must be two different attributes: the same one twice would sort
        nothing. CreateTable refuses it, for tables and for indexes. A partition key alone is a
        complete key.
        """,
        api("KeySchemaElement"),
        CREATE_TABLE,
        bad="""
        spec:
          attributeDefinitions: [{name: customerId, type: S}]
          keySchema:
            - {attributeName: customerId, keyType: HASH}
            - {attributeName: customerId, keyType: RANGE}
        """,
        good="""
        spec:
          attributeDefinitions: [{name: customerId, type: S}]
          keySchema:
            - {attributeName: customerId, keyType: HASH}
        """,
    ),
)
