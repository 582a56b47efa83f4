"""Restores and imports: the table exists afterwards, without items.

The source does not exist in an emulated AWS that is empty at first, so the table gets what the
request specifies, and an assumed key. No file is read.
"""

from __future__ import annotations

from dataclasses import replace

from planton.rehearsal.aws.global_tables import GlobalTables
from planton.rehearsal.aws.requests import Json, Request

ASSUMED_KEY, ASSUMED_SORT_KEY = "id", "sort"


class RestoreApi:
    def __init__(self, tables: GlobalTables) -> None:
        self._tables = tables
        self.operations = {
            "RestoreTableToPointInTime": self.restore,
            "RestoreTableFromBackup": self.restore,
            "ImportTable": self.import_table,
        }

    def restore(self, request: Request) -> Json:
        source = self.source(request)
        overrides = _overrides(request.parameters, source)
        return self._create(request, {**source, **overrides})

    def import_table(self, request: Request) -> Json:
        created = self._create(request, request.parameters["TableCreationParameters"])
        arn = created["TableDescription"]["TableArn"]
        description = {"ImportArn": f"{arn}/import/1", "ImportStatus": "COMPLETED", "TableArn": arn}
        return {"ImportTableDescription": description}

    def source(self, request: Request) -> Json:
        """CreateTable's parameters for a table like the source, of which nothing is known."""
        parameters = request.parameters
        local = parameters.get("LocalSecondaryIndexOverride", [])
        global_ = parameters.get("GlobalSecondaryIndexOverride", [])
        keys = [{"AttributeName": ASSUMED_KEY, "KeyType": "HASH"}]
        if local:  # a local index requires a table with a sort key
            sort_key = {"AttributeName": ASSUMED_SORT_KEY, "KeyType": "RANGE"}
            keys = [local[0]["KeySchema"][0], sort_key]
        schemas = [keys, *(index["KeySchema"] for index in [*local, *global_])]
        names = dict.fromkeys(key["AttributeName"] for schema in schemas for key in schema)
        source: Json = {
            "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n in names],
            "KeySchema": keys,
            "BillingMode": "PAY_PER_REQUEST",
        }
        throughputs = [parameters.get("ProvisionedThroughputOverride")]
        throughputs += [index.get("ProvisionedThroughput") for index in global_]
        if any(throughputs):
            source["BillingMode"] = "PROVISIONED"
            source["ProvisionedThroughput"] = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
        return source

    def _create(self, request: Request, parameters: Json) -> Json:
        creation = replace(request, operation="CreateTable", parameters=parameters)
        return self._tables.send(creation)


def _overrides(parameters: Json, source: Json) -> Json:
    """What the request specifies; indexes that it leaves out are not created."""
    overrides: Json = {"TableName": parameters["TargetTableName"]}
    for kind, override in (
        ("LocalSecondaryIndexes", "LocalSecondaryIndexOverride"),
        ("GlobalSecondaryIndexes", "GlobalSecondaryIndexOverride"),
    ):
        if override in parameters:
            overrides[kind] = parameters[override]
    for member in ("ProvisionedThroughput", "OnDemandThroughput", "SSESpecification"):
        if f"{member}Override" in parameters:
            overrides[member] = parameters[f"{member}Override"]
    indexes = [{**source, **overrides}.get(kind, []) for kind in _INDEXES]
    schemas = [source["KeySchema"], *(index["KeySchema"] for i in indexes for index in i)]
    names = {key["AttributeName"] for schema in schemas for key in schema}
    definitions = [a for a in source["AttributeDefinitions"] if a["AttributeName"] in names]
    return {**overrides, "AttributeDefinitions": definitions}


_INDEXES = ("LocalSecondaryIndexes", "GlobalSecondaryIndexes")
