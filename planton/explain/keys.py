"""Keys, attributes and indexes."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.sources import CREATE_TABLE, contract

KEYS = (
    explain(
        "key_attributes_declared",
        "A key attribute of the table has no definition",
        """
        DynamoDB stores items without a schema, except for keys: of each attribute in a key it must
        know whether it is text, a number or binary. So `keySchema` names the attribute and
        `attributeDefinitions` gives its type. CreateTable refuses a key attribute without a type.

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
)
