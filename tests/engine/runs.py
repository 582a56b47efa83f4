"""One sequence run with one provider, and everything that can be observed of it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from planton.rehearsal.aws.requests import Call, Json
from tests.engine import looks
from tests.engine.facts import FACTS
from tests.engine.faults import FaultyCloud
from tests.engine.harness import REGION, Stack
from tests.engine.manifests import NAME
from tests.engine.report import Report, Step
from tests.engine.sequences import Sequence
from tests.same_table import described


@dataclass(frozen=True)
class Aspect:
    """One thing that was observed of one step, such as the requests about one resource."""

    step: str
    kind: str
    subject: str


Observations = dict[Aspect, Any]


def run_sequence(sequence: Sequence, stack: Stack, cloud: FaultyCloud) -> Observations:
    """The engine's report of each step, the requests to AWS, and the resources that it then had."""
    seen: Observations = {}
    for number, step in enumerate(sequence, 1):
        label = f"{number} {step.operation}"
        for name, value in step.config.items():
            stack.call("config", "set", name, value)
        if step.fault:
            step.fault(cloud)
        stack.program = step.program
        before = len(cloud.calls)
        report = stack.start(step.operation, step.manifest, arguments=step.arguments).report()
        calls = cloud.calls[before:]
        seen[Aspect(label, "ok", "")] = report.ok
        for kind, subject, value in _reported(report):
            seen[Aspect(label, kind, subject)] = value
        for subject, requests in _requests(calls).items():
            seen[Aspect(label, "requests", subject)] = requests
        seen[Aspect(label, "AWS", "")] = _held(cloud)
    return {aspect: _renamed(value, cloud) for aspect, value in seen.items()}


def _reported(report: Report) -> Iterator[tuple[str, str, Any]]:
    """Operations, changed properties and details of the diff, resource by resource."""
    operations: dict[str, list[str]] = defaultdict(list)
    for step in report.steps:
        if not step.type.startswith(("aws:", "pulumi:providers:")) or step.op in (
            "read",
            "refresh",
        ):
            continue
        operations[step.resource].append(step.op)
        if step.op in ("update", "replace"):
            yield "properties", step.resource, list(step.diffs)
            yield "details", step.resource, _outside_of_sets(step)
    for resource, all_ in operations.items():
        yield "operations", resource, all_


def _outside_of_sets(step: Step) -> dict[str, str]:
    """The details of a diff, without those of sets: their places hang on hashes."""
    sets = FACTS[step.type].sets if step.type in FACTS else ()
    return {
        path: how for path, how in step.details.items() if re.split(r"[.\[]", path)[0] not in sets
    }


def _requests(calls: Iterable[Call]) -> dict[str, list[Json]]:
    """Those that were to change something, in order, by what they are about.

    What is about different resources may happen at the same time, so between these there is no
    order.
    """
    found: dict[str, list[Json]] = defaultdict(list)
    for call in calls:
        if not call.operation.startswith(("Describe", "List", "Get")):
            parameters = _settled(call.parameters)
            outcome = call.code or "done"
            found[_subject(call)].append({call.operation: parameters, "outcome": outcome})
    return dict(found)


def _subject(call: Call) -> str:
    parameters = call.parameters
    place = "" if call.region == REGION else f" in {call.region}"
    if "ScalableDimension" in parameters:
        action = parameters.get("ScheduledActionName", "")
        return (
            f"{parameters['ResourceId']} {parameters['ScalableDimension']} {action}".strip() + place
        )
    if _TARGET in parameters.get("ResourceARN", ""):
        return f"tags of scalable targets{place}"
    for part in ("Insights", "Kinesis", "ResourcePolicy"):
        if part in call.operation:
            return f"{part} {parameters.get('IndexName', '')}".strip() + place
    return f"table{place}"


_UNORDERED = {
    "AttributeDefinitions",
    "GlobalSecondaryIndexes",
    "GlobalSecondaryIndexUpdates",
    "LocalSecondaryIndexes",
    "NonKeyAttributes",
    "TagKeys",
    "Tags",
}
"""Lists whose order means nothing to AWS, and is that of the provider's sets."""
_TARGET = ":scalable-target/"
_PASSING = ("ClientToken", "ClientRequestToken")


def _settled(value: Any, member: str = "") -> Any:
    match value:
        case str() if _TARGET in value:
            return value.partition(_TARGET)[0]  # its id is drawn
        case dict():
            return {k: _settled(v, k) for k, v in value.items() if k not in _PASSING}
        case list():
            items = [_settled(item) for item in value]
            return sorted(items, key=repr) if member in _UNORDERED else items
        case _:
            return value


def _held(cloud: FaultyCloud) -> Json | None:
    names = looks.tables(cloud)
    if not names:
        return None
    (name,) = names
    held: Json = json.loads(json.dumps(described(cloud, name, REGION), default=str))
    return held


def _renamed(value: Any, cloud: FaultyCloud) -> Any:
    """Without the table's generated name and the times in its streams' ARNs, which differ each
    time."""
    names = {c.parameters["TableName"] for c in cloud.calls if "TableName" in c.parameters}
    text = json.dumps(value)
    for name in names - {NAME}:
        text = text.replace(name, NAME)
    arns = [str(call.parameters.get("ResourceArn", "")) for call in cloud.calls]
    streams = dict.fromkeys(arn.partition("/stream/")[2] for arn in arns if "/stream/" in arn)
    for number, label in enumerate(streams, 1):
        text = text.replace(label, str(number))
    return json.loads(text)


def differences(one: Observations, other: Observations) -> Iterator[tuple[Aspect, Any, Any]]:
    """The differences of the two providers: where, and what each of them does."""
    for aspect in [*one, *(aspect for aspect in other if aspect not in one)]:
        if one.get(aspect) != other.get(aspect):
            yield aspect, one.get(aspect), other.get(aspect)
