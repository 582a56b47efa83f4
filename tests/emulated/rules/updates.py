"""What AWS refuses in an UpdateTable request, which depends on the existing table."""

from __future__ import annotations

from collections.abc import Iterator

from planton.rehearsal.aws.errors import NOT_FOUND, VALIDATION
from planton.rehearsal.aws.requests import Json
from tests.emulated.codes import LIMIT
from tests.emulated.rules import keys

INVALID = "One or more parameter values were invalid: "

Problem = tuple[str, str]
"""AWS's error code, and a message that names the parameter."""


def problems(request: Json, table: Json) -> Iterator[Problem]:
    """`table` is what DescribeTable says before the request."""
    about_replicas = {"GlobalTableWitnessUpdates", "MultiRegionConsistency"}
    changes = request.keys() - {"TableName", "AttributeDefinitions", *about_replicas}
    if not changes:
        yield (
            VALIDATION,
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled,"
            " GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required",
        )
    for alone in ("SSESpecification", "TableClass"):
        if alone in changes and len(changes) > 1:
            yield VALIDATION, f"{INVALID}{alone} modification must be the only operation"
    yield from _invalid(stream(request))
    yield from _invalid(encryption(request))
    yield from _invalid(_stream_change(request, table))
    yield from _invalid(_throughput_change(request, table, changes))
    yield from _index_changes(request, table)


def _invalid(messages: Iterator[str]) -> Iterator[Problem]:
    for message in messages:
        yield VALIDATION, message


def _stream_change(request: Json, table: Json) -> Iterator[str]:
    wanted = request.get("StreamSpecification", {}).get("StreamEnabled")
    enabled = table.get("StreamSpecification", {}).get("StreamEnabled", False)
    if wanted and enabled:
        yield f"Table already has an enabled stream: TableName: {table['TableName']}"
    if wanted is False and not enabled:
        yield f"Table already has a disabled stream: TableName: {table['TableName']}"


def _throughput_change(request: Json, table: Json, changes: set[str]) -> Iterator[str]:
    before = table["BillingModeSummary"]["BillingMode"]
    after = request.get("BillingMode", before)
    provisioned, current = request.get("ProvisionedThroughput"), table["ProvisionedThroughput"]
    yield from keys.throughput(request, after, "UpdateTable", required=before != after)
    if (
        provisioned is not None
        and before == after == "PROVISIONED"
        and changes <= {"BillingMode", "ProvisionedThroughput"}
        and all(current[unit] == amount for unit, amount in provisioned.items())
    ):
        yield "The provisioned throughput for the table will not change"
    if before == "PAY_PER_REQUEST" and after == "PROVISIONED":
        changed = {
            update["Update"]["IndexName"]
            for update in request.get("GlobalSecondaryIndexUpdates", [])
            if update.get("Update", {}).get("ProvisionedThroughput")
        }
        for index in table.get("GlobalSecondaryIndexes", []):
            if index["IndexName"] not in changed:
                yield f"{INVALID}ProvisionedThroughput must be specified for {index['IndexName']}"
    for unit, amount in request.get("WarmThroughput", {}).items():
        if amount < table.get("WarmThroughput", {}).get(unit, 0):
            yield f"{INVALID}Requested {unit} for WarmThroughput for table is lower than current"


def _index_changes(request: Json, table: Json) -> Iterator[Problem]:
    updates = request.get("GlobalSecondaryIndexUpdates", [])
    built = [update for update in updates if "Create" in update or "Delete" in update]
    if len(built) > 1:
        yield LIMIT, "Only 1 online index can be created or deleted simultaneously per table"
    if built and "ProvisionedThroughput" in request:
        yield VALIDATION, f"{INVALID}Cannot create or delete index while updating throughput"
    defined = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
    for one in request.get("AttributeDefinitions", []):
        if defined.get(one["AttributeName"], one["AttributeType"]) != one["AttributeType"]:
            yield (
                VALIDATION,
                "invalid attribute, SchemaElement redefined should be of same type as previously"
                " defined",
            )
    existing = {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes", [])}
    for position, update in enumerate(updates):
        path = f"GlobalSecondaryIndexUpdates[{position}]"
        for action in ("Update", "Delete"):
            if action in update and update[action]["IndexName"] not in existing:
                missing = update[action]["IndexName"]
                yield NOT_FOUND, f"Requested resource not found: Index: {missing} at '{path}'"
        if "Update" in update:
            mode = request.get("BillingMode", table["BillingModeSummary"]["BillingMode"])
            action_path = f"{path}.Update"
            change = keys.throughput(update["Update"], mode, action_path, required=False)
            yield from _invalid(change)
        if "Create" in update:
            yield from _invalid(_new_index(update["Create"], request, table, f"{path}.Create"))


def _new_index(index: Json, request: Json, table: Json, path: str) -> Iterator[str]:
    existing = table.get("GlobalSecondaryIndexes", [])
    local = table.get("LocalSecondaryIndexes", [])
    if index["IndexName"] in {other["IndexName"] for other in [*existing, *local]}:
        yield f"Attempting to create an index which already exists: {index['IndexName']}"
        return
    attributes = [*table["AttributeDefinitions"], *request.get("AttributeDefinitions", [])]
    billing_mode = request.get("BillingMode", table["BillingModeSummary"]["BillingMode"])
    yield from keys.undefined(attributes, [index["KeySchema"]])
    yield from keys.global_index(index, billing_mode, path)
    yield from keys.indexes(local, [*existing, index])


def stream(request: Json) -> Iterator[str]:
    """Of a table's creation too."""
    wanted = request.get("StreamSpecification", {})
    if wanted.get("StreamEnabled") and "StreamViewType" not in wanted:
        yield f"{INVALID}StreamViewType must be specified when StreamEnabled is true"
    if wanted and not wanted["StreamEnabled"] and "StreamViewType" in wanted:
        yield f"{INVALID}StreamViewType cannot be specified when StreamEnabled is false"


def encryption(request: Json) -> Iterator[str]:
    """Of a table's creation too."""
    wanted = request.get("SSESpecification", {})
    if wanted.get("KMSMasterKeyId") and not wanted.get("Enabled"):
        yield f"{INVALID}KMSMasterKeyId can be specified only when SSESpecification is enabled"
    if wanted.get("KMSMasterKeyId") and wanted.get("SSEType") != "KMS":
        yield f"{INVALID}KMSMasterKeyId can be specified only with SSEType KMS"
