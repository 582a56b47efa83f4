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
        (`HASH`), and, where items of one partition key are to be kept in order, a sort key
        (`RANGE`). The key is fixed at creation: another one means another table.
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
        The first element is the partition key (`HASH`), the second, if there is one, the sort key
        (`RANGE`). CreateTable refuses any other order and any third element.

        Where three things identify an item, put two of them into one attribute, with a separator
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
        DynamoDB keeps items without a schema, keys excepted: of each attribute in a key it must
        know whether it is text, a number or binary. `keySchema` names the attribute,
        `attributeDefinitions` gives its type, and CreateTable refuses the one without the other.

        Names are compared letter by letter: `customerID` is not `customerId`.
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
        The keys of indexes need types as the table's key does, and all of them stand in the one
        list `attributeDefinitions`. CreateTable refuses an index over an attribute that is not
        there.

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
        `attributeDefinitions` is no schema of the items. It holds exactly the attributes that keys
        of the table and of its indexes use, and CreateTable refuses any other: to be projected into
        an index or to be the expiry attribute does not count. All other attributes need no
        definition; items just have them.
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
        An attribute has one type. CreateTable refuses a second definition even where it says the
        same. An attribute that several keys use is defined once.
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
        "One attribute stands twice in a key",
        """
        Partition key and sort key are two attributes: the same one twice would order nothing.
        CreateTable refuses it, for tables and for indexes. A key of the partition key alone is
        complete.
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
