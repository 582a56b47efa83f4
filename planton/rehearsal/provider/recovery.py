"""Point-in-time recovery of a table or of a replica: its inputs, its request and its outputs."""

from __future__ import annotations

from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.properties import FLAG, INTEGER, block

RECOVERY = block("enabled", enabled=FLAG, recoveryPeriodInDays=INTEGER)


def recovery_request(name: str, data: Json) -> Json:
    """The parameters of UpdateContinuousBackups."""
    specification: Json = {"PointInTimeRecoveryEnabled": data["enabled"]}
    if data["enabled"] and data.get("recoveryPeriodInDays"):
        specification["RecoveryPeriodInDays"] = data["recoveryPeriodInDays"]
    return {"TableName": name, "PointInTimeRecoverySpecification": specification}


def recovery_outputs(description: Json) -> Json:
    """The outputs for AWS's description."""
    enabled = description["PointInTimeRecoveryStatus"] == "ENABLED"
    days = description.get("RecoveryPeriodInDays", 0) if enabled else 0
    return {"enabled": enabled, "recoveryPeriodInDays": days}
