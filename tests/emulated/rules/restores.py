"""What AWS refuses in restoring a table; the texts are its own."""

from __future__ import annotations

from collections.abc import Iterator

from planton.rehearsal.aws.errors import VALIDATION
from planton.rehearsal.aws.requests import Json
from tests.emulated.rules import keys
from tests.emulated.rules.updates import INVALID, Problem
from tests.emulated.rules.view import View

ALREADY_EXISTS = "TableAlreadyExistsException"
NO_RECOVERY = "PointInTimeRecoveryUnavailableException"


def to_point_in_time(request: Json, view: View) -> Iterator[Problem]:
    named = [request.get("SourceTableArn"), request.get("SourceTableName")]
    if named.count(None) != 1:
        yield VALIDATION, "Must provide exactly one of: sourceTableArn, sourceTableName"
    if ("RestoreDateTime" in request) == bool(request.get("UseLatestRestorableTime")):
        yield (
            VALIDATION,
            "Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be"
            " specified, but not both",
        )
    table = view.source()
    if table is not None and view.recovery(table) != "ENABLED":
        yield (
            NO_RECOVERY,
            f"Point in time recovery is not enabled for table '{table['TableName']}'",
        )
    yield from _restored(request, request.get("SourceTableArn"), table, view)


def from_backup(request: Json, view: View) -> Iterator[Problem]:
    if "/backup/" not in request["BackupArn"]:
        yield VALIDATION, "Invalid Backup ARN"
    yield from _restored(request, request["BackupArn"], view.source(), view)


def new_name(name: str, view: View) -> Iterator[Problem]:
    for message in keys.name(name):
        yield VALIDATION, message
    if view.table(name) is not None:
        yield ALREADY_EXISTS, f"Table already exists: {name}"


def _restored(request: Json, arn: str | None, table: Json | None, view: View) -> Iterator[Problem]:
    yield from new_name(request["TargetTableName"], view)
    parts = (arn or "").split(":")
    if arn is not None and (len(parts) < 6 or parts[2] != "dynamodb"):
        yield VALIDATION, f"{INVALID}Provided Arn is not a DynamoDB resource arn: {arn}"
    elif arn is not None and parts[3] != view.region and "SSESpecificationOverride" not in request:
        yield (
            VALIDATION,
            "Invalid Request: sseSpecificationOverride must be provided for cross-region restores",
        )
    if table is not None:
        for message in _of_a_known_table(request, table):
            yield VALIDATION, f"Invalid Request: {message}"


def _of_a_known_table(request: Json, table: Json) -> Iterator[str]:
    provisioned = table["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    if "ProvisionedThroughputOverride" in request and not provisioned:
        yield "Cannot override ProvisionedThroughput unless BillingMode is PROVISIONED"
    for kind in ("LocalSecondaryIndex", "GlobalSecondaryIndex"):
        existing = {index["IndexName"] for index in table.get(f"{kind}es", [])}
        for index in request.get(f"{kind}Override", []):
            if index["IndexName"] not in existing:
                yield (
                    f"Index {index['IndexName']} does not match a secondary index that existed in"
                    " the source table and cannot be created during the restore operation"
                )
            elif provisioned and kind.startswith("G") and "ProvisionedThroughput" not in index:
                yield f"Must specify provisioned throughput for index {index['IndexName']}"
