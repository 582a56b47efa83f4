"""Restores and imports: the table is there afterwards, with none of the items.

Where the source is in the emulated AWS, its definitions are copied. Elsewhere nothing is known of
it: the table gets what the request names, and a key that is assumed. No file is ever read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from planton.rehearsal.copies import customer_key, table_creation
from planton.rehearsal.errors import IMPORT_NOT_FOUND, Refused
from planton.rehearsal.global_tables import OWN_KEY, GlobalTables
from planton.rehearsal.records import Json, Request
from planton.rehearsal.session import DYNAMODB

ASSUMED_KEY, ASSUMED_SORT_KEY = "id", "sort"


class Restores:
    """`is_known` says whether a request is carried out as AWS would, items apart."""

    def __init__(self, tables: GlobalTables) -> None:
        self._tables = tables
        self._imports: dict[str, Json] = {}
        self._answers: dict[str, Callable[[Request], Json]] = {
            "RestoreTableToPointInTime": self._restore,
            "RestoreTableFromBackup": self._restore,
            "ImportTable": self._import,
            "DescribeImport": self._describe_import,
        }

    def answers(self, request: Request) -> bool:
        return request.service == DYNAMODB and request.operation in self._answers

    def answer(self, request: Request) -> Json:
        """Raises Refused, or botocore's ClientError."""
        return self._answers[request.operation](request)

    def is_known(self, request: Request) -> bool:
        return self.answers(request) and source(request, self._tables.table) is not None

    def _create(self, request: Request, parameters: Json) -> Json:
        creation = replace(request, operation="CreateTable", parameters=parameters)
        return self._tables.send(creation)

    def _restore(self, request: Request) -> Json:
        known = source(request, self._tables.table)
        whole = _assumed(request.parameters) if known is None else _copied(known)
        return self._create(request, {**whole, **_overridden(request.parameters, whole)})

    def _import(self, request: Request) -> Json:
        made = self._create(request, request.parameters["TableCreationParameters"])
        arn = made["TableDescription"]["TableArn"]
        description = {"ImportArn": f"{arn}/import/1", "ImportStatus": "COMPLETED", "TableArn": arn}
        self._imports[description["ImportArn"]] = description
        return {"ImportTableDescription": description}

    def _describe_import(self, request: Request) -> Json:
        arn = request.parameters["ImportArn"]
        if arn not in self._imports:
            raise Refused(request.name, IMPORT_NOT_FOUND, f"Import not found: {arn}")
        return {"ImportTableDescription": self._imports[arn]}


def source(request: Request, table: Callable[[Request, str], Json | None]) -> Json | None:
    """The table that is to be restored, if it is in the emulated AWS."""
    parameters = request.parameters
    arn = parameters.get("SourceTableArn") or parameters.get("BackupArn", "")
    if found := _ARN.match(arn):
        there = replace(request, region=found["region"], account_id=found["account"])
        return table(there, found["name"])
    name = parameters.get("SourceTableName")
    return table(request, name) if name else None


_ARN = re.compile(r"arn:[\w-]+:dynamodb:(?P<region>[^:]*):(?P<account>[^:]*):table/(?P<name>[^/]*)")


def _copied(table: Json) -> Json:
    """Without another key it is encrypted like its source."""
    copied = table_creation(table)
    if key := table.get("SSEDescription", {}).get("KMSMasterKeyArn"):
        own = key.endswith(OWN_KEY)
        copied["SSESpecification"] = {"Enabled": True} if own else customer_key(key)
    return copied


def _assumed(parameters: Json) -> Json:
    local = parameters.get("LocalSecondaryIndexOverride", [])
    global_ = parameters.get("GlobalSecondaryIndexOverride", [])
    keys = [{"AttributeName": ASSUMED_KEY, "KeyType": "HASH"}]
    if local:  # which only a table with a sort key can have
        keys = [local[0]["KeySchema"][0], {"AttributeName": ASSUMED_SORT_KEY, "KeyType": "RANGE"}]
    schemas = [keys, *(index["KeySchema"] for index in [*local, *global_])]
    names = dict.fromkeys(key["AttributeName"] for schema in schemas for key in schema)
    whole: Json = {
        "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n in names],
        "KeySchema": keys,
        "BillingMode": "PAY_PER_REQUEST",
    }
    holders = [{"ProvisionedThroughput": parameters.get("ProvisionedThroughputOverride")}, *global_]
    if any(holder.get("ProvisionedThroughput") for holder in holders):
        whole["BillingMode"] = "PROVISIONED"
        whole["ProvisionedThroughput"] = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    return whole


def _overridden(parameters: Json, whole: Json) -> Json:
    """What the request says of the new table; indexes that it leaves out are not made."""
    form: Json = {"TableName": parameters["TargetTableName"]}
    for kind, override in (
        ("LocalSecondaryIndexes", "LocalSecondaryIndexOverride"),
        ("GlobalSecondaryIndexes", "GlobalSecondaryIndexOverride"),
    ):
        if override in parameters:
            form[kind] = parameters[override]
    for member in ("ProvisionedThroughput", "OnDemandThroughput", "SSESpecification"):
        if f"{member}Override" in parameters:
            form[member] = parameters[f"{member}Override"]
    used = [{**whole, **form}.get(kind, []) for kind in _INDEXES]
    schemas = [whole["KeySchema"], *(index["KeySchema"] for i in used for index in i)]
    names = {key["AttributeName"] for schema in schemas for key in schema}
    definitions = [a for a in whole["AttributeDefinitions"] if a["AttributeName"] in names]
    return {**form, "AttributeDefinitions": definitions}


_INDEXES = ("LocalSecondaryIndexes", "GlobalSecondaryIndexes")
