"""What AWS refuses, beyond its service model, and moto does not: request by request.

Some rules depend on what exists already: they get a view of the account and region of the request.
The one rule left out on purpose is that TTL changes at most once an hour: no time passes here.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator

from planton.rehearsal.aws.errors import NOT_FOUND, VALIDATION
from planton.rehearsal.aws.requests import AUTOSCALING, DYNAMODB, Json, Request
from tests.emulated.codes import OBJECT_NOT_FOUND
from tests.emulated.rules import (
    keys,
    policies,
    replicas,
    restores,
    schedules,
    strong,
    updates,
)
from tests.emulated.rules.updates import INVALID, Problem
from tests.emulated.rules.view import View


def problems(request: Request, view: View) -> Iterator[Problem]:
    """Why AWS would refuse a request that its service model allows."""
    rule = _RULES.get((request.service, request.operation))
    if rule is not None:
        yield from rule(request.parameters, view)


def _invalid(messages: Iterator[str]) -> Iterator[Problem]:
    for message in messages:
        yield VALIDATION, message


def _create_table(request: Json, view: View) -> Iterator[Problem]:
    yield from _invalid(_new_table(request))


def _new_table(request: Json) -> Iterator[str]:
    yield from keys.name(request["TableName"])
    attributes, schema = request.get("AttributeDefinitions", []), request.get("KeySchema", [])
    local = request.get("LocalSecondaryIndexes", [])
    global_ = request.get("GlobalSecondaryIndexes", [])
    billing_mode = request.get("BillingMode", "PROVISIONED")
    if not attributes or not schema:
        yield f"{INVALID}AttributeDefinitions and KeySchema must not be empty"
        return
    yield from keys.definitions(attributes)
    yield from keys.simple_schema(schema, "KeySchema")
    yield from keys.usage(attributes, [schema, *(i["KeySchema"] for i in [*local, *global_])])
    yield from keys.indexes(local, global_)
    for position, index in enumerate(local):
        yield from keys.local_index(index, schema, f"LocalSecondaryIndexes[{position}]")
    for position, index in enumerate(global_):
        path = f"GlobalSecondaryIndexes[{position}]"
        yield from keys.global_index(index, billing_mode, path)
    yield from keys.throughput(request, billing_mode, "CreateTable")
    yield from updates.stream(request)
    yield from updates.encryption(request)
    yield from _tags([(tag["Key"], tag["Value"]) for tag in request.get("Tags", [])])


def _tags(tags: list[tuple[str, str]]) -> Iterator[str]:
    if len(tags) > 50:
        yield f"Too many Tags: {len(tags)}, at most 50 are allowed"
    for key, times in Counter(key for key, _ in tags).items():
        if times > 1:
            yield f"Tags has more than one value for key '{key}'"
    for key, value in tags:
        if key.lower().startswith("aws:"):
            yield f"Tags: key '{key}' must not begin with aws:"
        for text in (key, value):
            if not all(_is_tag_character(character) for character in text):
                yield f"Tags: '{text}' holds characters that are not allowed"


def _is_tag_character(character: str) -> bool:
    separator = unicodedata.category(character).startswith("Z")
    return character.isalnum() or separator or character in "_.:/=+-@"


def _update_table(request: Json, view: View) -> Iterator[Problem]:
    table = view.table(request["TableName"])
    if table is not None:  # otherwise moto refuses it
        yield from updates.problems(request, table)
        yield from replicas.problems(request, table, view)


def _delete_table(request: Json, view: View) -> Iterator[Problem]:
    yield from replicas.deletion(request["TableName"], view)


def _time_to_live(request: Json, view: View) -> Iterator[Problem]:
    wanted = request["TimeToLiveSpecification"]
    if view.table(request["TableName"]) is None:
        return
    current = view.time_to_live(request["TableName"])
    enabled = current["TimeToLiveStatus"] == "ENABLED"
    yield from strong.time_to_live(request["TableName"], view)
    if not enabled and not wanted["Enabled"]:
        yield VALIDATION, "TimeToLive is already disabled"
    elif enabled and current["AttributeName"] != wanted["AttributeName"]:
        attribute = current["AttributeName"]
        yield VALIDATION, f"TimeToLive is active on a different AttributeName: {attribute}"
    elif enabled and wanted["Enabled"]:
        yield VALIDATION, "TimeToLive is already enabled"


def _continuous_backups(request: Json, view: View) -> Iterator[Problem]:
    wanted = request["PointInTimeRecoverySpecification"]
    if not wanted["PointInTimeRecoveryEnabled"] and "RecoveryPeriodInDays" in wanted:
        yield VALIDATION, f"{INVALID}RecoveryPeriodInDays cannot be given while recovery is off"


def _tag_resource(request: Json, view: View) -> Iterator[Problem]:
    yield from _untag_resource(request, view)
    yield from _invalid(_tags([(tag["Key"], tag["Value"]) for tag in request["Tags"]]))


def _untag_resource(request: Json, view: View) -> Iterator[Problem]:
    arn = request["ResourceArn"]
    if view.table(arn.partition(":table/")[2], arn.split(":")[3]) is None:
        yield NOT_FOUND, f"Requested resource not found: ResourcArn: {arn} not found"


def _put_resource_policy(request: Json, view: View) -> Iterator[Problem]:
    yield from _invalid(policies.problems(request["Policy"]))


def _import_table(request: Json, view: View) -> Iterator[Problem]:
    yield from restores.new_name(request["TableCreationParameters"]["TableName"], view)
    yield from _invalid(_new_table(request["TableCreationParameters"]))


def _register_target(request: Json, view: View) -> Iterator[Problem]:
    existing = view.target(request["ResourceId"], request["ScalableDimension"]) or {}
    least = request.get("MinCapacity", existing.get("MinCapacity"))
    most = request.get("MaxCapacity", existing.get("MaxCapacity"))
    if least is None or most is None:
        yield VALIDATION, "MinCapacity and MaxCapacity are required for a new scalable target"
    elif least > most:
        yield VALIDATION, f"Maximum capacity {most} cannot be less than minimum capacity {least}"
    elif least < 1:
        yield VALIDATION, "Minimum capacity cannot be less than 1"
    if request["ServiceNamespace"] == DYNAMODB and not _exists(request["ResourceId"], view):
        yield VALIDATION, f"DynamoDB table or index does not exist: {request['ResourceId']}"


def _exists(resource_id: str, view: View) -> bool:
    """`table/NAME` or `table/NAME/index/INDEX`."""
    parts = resource_id.split("/")
    table = view.table(parts[1]) if len(parts) in (2, 4) and parts[0] == "table" else None
    if table is None or len(parts) == 2:
        return table is not None
    names = [index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])]
    return parts[2] == "index" and parts[3] in names


def _needs_target(request: Json, view: View) -> Iterator[Problem]:
    if view.target(request["ResourceId"], request["ScalableDimension"]) is None:
        yield OBJECT_NOT_FOUND, f"No scalable target found for resource {request['ResourceId']}"


def _put_policy(request: Json, view: View) -> Iterator[Problem]:
    kind, form = "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration"
    if request["ServiceNamespace"] == DYNAMODB and request.get("PolicyType", kind) != kind:
        yield VALIDATION, f"PolicyType {request['PolicyType']} is not supported for DynamoDB"
    elif form not in request:
        yield VALIDATION, f"{form} is required with PolicyType {kind}"
    else:
        yield from _needs_target(request, view)
        resource_id, dimension = request["ResourceId"], request["ScalableDimension"]
        if {*view.policies(resource_id, dimension)} - {request["PolicyName"]}:
            # terraform-provider-aws, issue 41179
            yield (
                VALIDATION,
                "Only one TargetTrackingScaling policy for a given metric specification is allowed",
            )


def _needs_policy(request: Json, view: View) -> Iterator[Problem]:
    name = request["PolicyName"]
    if view.policy(request["ResourceId"], request["ScalableDimension"], name) is None:
        yield OBJECT_NOT_FOUND, f"No scaling policy found: {name}"


_RULES: dict[tuple[str, str], Callable[[Json, View], Iterator[Problem]]] = {
    (DYNAMODB, "CreateTable"): _create_table,
    (DYNAMODB, "UpdateTable"): _update_table,
    (DYNAMODB, "DeleteTable"): _delete_table,
    (DYNAMODB, "UpdateTimeToLive"): _time_to_live,
    (DYNAMODB, "UpdateContinuousBackups"): _continuous_backups,
    (DYNAMODB, "TagResource"): _tag_resource,
    (DYNAMODB, "UntagResource"): _untag_resource,
    (DYNAMODB, "PutResourcePolicy"): _put_resource_policy,
    (DYNAMODB, "RestoreTableToPointInTime"): restores.to_point_in_time,
    (DYNAMODB, "RestoreTableFromBackup"): restores.from_backup,
    (DYNAMODB, "ImportTable"): _import_table,
    (AUTOSCALING, "RegisterScalableTarget"): _register_target,
    (AUTOSCALING, "DeregisterScalableTarget"): _needs_target,
    (AUTOSCALING, "PutScalingPolicy"): _put_policy,
    (AUTOSCALING, "DeleteScalingPolicy"): _needs_policy,
    (AUTOSCALING, "PutScheduledAction"): schedules.put,
    (AUTOSCALING, "DeleteScheduledAction"): schedules.delete,
}
