"""What happens to one table from its first update to its end, for two providers to carry out.

Each sequence is a list of steps, with whatever AWS refuses on the way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.emulated.codes import LIMIT
from tests.engine.faults import FaultyCloud
from tests.engine.harness import PROGRAM, REGION
from tests.engine.manifests import PROVISIONED, allowing, index, key, manifest
from tests.engine.operation import Name
from tests.engine.specs import (
    BY_AT,
    EXPIRES,
    FILES,
    IRELAND,
    KEY,
    MORNING,
    OREGON,
    SEVERAL,
    STREAM,
    THROTTLED,
    WARM,
    WHO,
    Spec,
    encrypted,
    including,
    indexed,
    local,
    maximum,
    newer,
    policy,
    recovery,
    replicated,
    scaled,
    stream_policy,
    streaming,
    tagged,
    ttl,
    units,
)

_PROGRAMS = Path(__file__).resolve().parent / "programs"
CLASSIC, NEWEST = _PROGRAMS / "classic.py", _PROGRAMS / "newest.py"
DENIED = "AccessDeniedException"


@dataclass(frozen=True)
class Step:
    """One operation. `fault` is done to AWS before; `config` is the stack's from here on."""

    operation: Name
    manifest: str = ""
    arguments: tuple[str, ...] = ()
    program: Path = PROGRAM
    fault: Callable[[FaultyCloud], None] | None = None
    config: Mapping[str, str] = field(default_factory=dict)


Sequence = tuple[Step, ...]


def through(*manifests: str) -> Sequence:
    """Applies each in turn, and the last once more; refreshes, and destroys the stack."""
    return (
        *(Step("up", text) for text in manifests),
        Step("up", manifests[-1], arguments=("--refresh",)),
        Step("destroy"),
    )


def specs(*all_: Spec) -> Sequence:
    return through(*(manifest(**spec) for spec in all_))


def refusing(
    operation: str, code: str = DENIED, text: str = "not authorized", *, times: int = 1
) -> Callable[[FaultyCloud], None]:
    return lambda cloud: cloud.refuse(operation, code, text, times=times)


def _partly_created(operation: str, spec: Spec) -> Sequence:
    """The table is created, and the next request is refused: what the next updates do."""
    text = manifest(**spec)
    return (
        Step("up", text, fault=refusing(operation)),
        Step("preview", text),
        Step("up", text),
        Step("up", text),
        Step("up", text),
        Step("destroy"),
    )


def _failed(before: Spec, operation: str, after: Spec) -> Sequence:
    """An update whose request is refused, and what the next ones do."""
    text = manifest(**after)
    return (
        Step("up", manifest(**before)),
        Step("up", text, fault=refusing(operation)),
        Step("preview", text),
        Step("up", text),
        Step("up", text),
        Step("up", text),
        Step("destroy"),
    )


def _numeric(attribute: str, text: str) -> str:
    """The manifest, in which the attribute is a number."""
    data = json.loads(text)
    for one in data["spec"]["attributeDefinitions"]:
        if one["name"] == attribute:
            one["type"] = "N"
    return json.dumps(data)


def _all() -> Iterator[tuple[str, Sequence]]:
    yield "ttl on, off, on", specs(EXPIRES, ttl(enabled=False), EXPIRES)
    yield "ttl never on, off without a name", specs({}, ttl(enabled=False))
    yield "ttl on, block left out", specs(EXPIRES, {})
    yield (
        "stream on, another view, off",
        specs(
            {"streamEnabled": True, "streamViewType": "KEYS_ONLY"},
            {"streamEnabled": True, "streamViewType": "NEW_IMAGE"},
            {},
        ),
    )
    yield "stream on, off, on", specs(STREAM, {"streamEnabled": False}, STREAM)
    yield "recovery on, off", specs({"pointInTimeRecoveryEnabled": True}, {})
    yield (
        "recovery period",
        specs(
            recovery(enabled=True, recoveryPeriodInDays=7),
            recovery(enabled=True, recoveryPeriodInDays=14),
            recovery(enabled=True),
            recovery(enabled=False),
        ),
    )
    yield (
        # The provider waits half a minute for each of these changes.
        "encryption with a key, and off",
        specs({}, encrypted(enabled=True, kmsKeyArn=KEY), encrypted(enabled=False)),
    )
    yield (
        "encryption with the account's key, with another",
        specs(encrypted(enabled=True), encrypted(enabled=True, kmsKeyArn=KEY)),
    )
    yield "table class", specs({}, {"tableClass": "STANDARD_INFREQUENT_ACCESS"}, {})
    yield (
        "deletion protection",
        (
            *specs({"deletionProtectionEnabled": True})[:-1],
            Step("destroy"),
            *specs({}),
        ),
    )
    yield "billing mode", specs({}, PROVISIONED, {})
    yield (
        "billing mode with an index",
        specs(indexed(index("who")), {**PROVISIONED, **indexed(WHO)}, indexed(index("who"))),
    )
    yield "capacity", specs(units(5), units(7))
    yield (
        "on-demand maximum",
        specs(maximum(100, 50), maximum(200, 50), maximum(-1, -1), maximum(-1, -1), {}),
    )
    yield (
        "on-demand maximum of an index",
        specs(
            indexed(index("who", **maximum(100, 50))),
            indexed(index("who", **maximum(200, 50))),
            indexed(index("who", **maximum(-1, -1))),
            indexed(index("who", **maximum(-1, -1))),
        ),
    )
    yield "one on-demand maximum taken away", specs(maximum(100, 50), maximum(-1, 50))
    yield (
        "indexes come, change and go",
        specs(
            {},
            indexed(index("who")),
            indexed(index("who", **including("a", "b"))),
            indexed(index("who", **including("b", "a")), index("what")),
            indexed(index("what")),
        ),
    )
    yield "the last index goes", specs(indexed(index("who")), {})
    yield (
        "two indexes, in another order",
        specs(
            indexed(index("who"), index("what", "what", "at")),
            indexed(index("what", "what", "at"), index("who")),
        ),
    )
    yield (
        "the key of an index",
        specs(indexed(index("by-who", "who")), indexed(index("by-who", "who", "at"))),
    )
    yield "a local index", specs(local(BY_AT))
    yield (
        "a local index changed under its name",
        (
            Step("up", manifest(**local(BY_AT))),
            Step(
                "up",
                manifest(
                    annotations=allowing("localSecondaryIndexes"),
                    **local(index("by-at", "pk", "at", **including("a"))),
                ),
            ),
            Step("destroy"),
        ),
    )
    yield (
        "an index in place of another one, with an attribute of another type",
        (
            Step("up", manifest(**indexed(index("who")))),
            *through(_numeric("who", manifest(**indexed(index("by-who", "who", "at"))))),
        ),
    )
    yield (
        "an attribute of another type in a rebuilt index, which keeps its type",
        (
            Step("up", manifest(**indexed(index("who")))),
            *through(_numeric("who", manifest(**indexed(index("who", **including("a")))))),
        ),
    )
    yield "tags", through(tagged(team="a"), tagged(team="b", cost="1"), tagged())
    yield "autoscaling off, on, off", specs(PROVISIONED, scaled(), PROVISIONED)
    yield (
        "schedules",
        specs(scaled(), scaled(MORNING), scaled({**MORNING, "maxCapacity": 300}), scaled()),
    )
    yield "insights on, off", specs({"contributorInsightsEnabled": True}, {})
    yield (
        "replicas come and go",
        specs(
            STREAM,
            replicated(IRELAND),
            replicated(IRELAND, {**OREGON, "pointInTimeRecovery": True}),
            replicated({**OREGON, "pointInTimeRecovery": True}),
            STREAM,
        ),
    )
    yield (
        "a standalone replica of a table of another class",
        specs(
            {**scaled(), **STREAM},
            {**scaled(), **replicated(IRELAND)},
            {**scaled(), **replicated(IRELAND), "tableClass": "STANDARD_INFREQUENT_ACCESS"},
            {**scaled(), **replicated(IRELAND)},
        ),
    )
    retyped = manifest(annotations=allowing("keySchema"), keySchema=key("pk"))
    yield (
        "an attribute of another type in a table that is replaced for its key",
        through(manifest(), retyped.replace('"type": "S"', '"type": "N"')),
    )
    yield "kinesis on, another, off", specs(streaming("a"), streaming("b"), {})
    precise = {"approximateCreationDateTimePrecision": "MICROSECOND"}
    yield (
        "a kinesis precision set, left out, and left out with another stream",
        specs(streaming("a"), streaming("a", **precise), streaming("a"), streaming("b"), {}),
    )
    yield (
        "a policy comes, changes and goes",
        specs(policy("dynamodb:GetItem"), policy("dynamodb:Query"), {}),
    )
    reading = stream_policy("dynamodb:GetRecords")
    yield (
        "a policy of the stream follows to another stream, and goes",
        specs(
            {"streamEnabled": True, "streamViewType": "KEYS_ONLY", **reading},
            {"streamEnabled": True, "streamViewType": "NEW_IMAGE", **reading},
            {},
        ),
    )
    yield (
        "a policy of a replica",
        specs(STREAM, replicated({**IRELAND, **policy("dynamodb:GetItem")}), STREAM),
    )
    yield "an import", specs(FILES, {})
    elsewhere = {"restoreSourceName": "old-orders", "restoreToLatestTime": True}
    yield "a restore", specs({**elsewhere, "keySchema": key("id")}, {"keySchema": key("id")})
    yield (
        "a restored table with another key than its manifest's",
        (
            Step("up", manifest(**elsewhere)),
            Step("up", manifest(**elsewhere)),
            Step("refresh"),
            Step("up", manifest(**elsewhere)),
            Step("destroy"),
        ),
    )
    yield (
        "an allowed change of the key",
        (
            Step("up", manifest()),
            Step("up", manifest(annotations=allowing("keySchema"), keySchema=key("id"))),
            Step("destroy"),
        ),
    )
    yield (
        "an allowed additional local index",
        (
            Step("up", manifest(**local(BY_AT))),
            Step(
                "up",
                manifest(
                    annotations=allowing("localSecondaryIndexes"),
                    **local(BY_AT, index("by-amount", "pk", "amount")),
                ),
            ),
            Step("destroy"),
        ),
    )
    yield (
        "a refused creation",
        (
            Step("up", manifest(), fault=refusing("CreateTable")),
            Step("up", manifest()),
            Step("destroy"),
        ),
    )
    yield "a partly created table without ttl", _partly_created("UpdateTimeToLive", EXPIRES)
    yield (
        "a partly created table without recovery",
        _partly_created("UpdateContinuousBackups", {"pointInTimeRecoveryEnabled": True}),
    )
    yield "a failed update of ttl", _failed({}, "UpdateTimeToLive", EXPIRES)
    yield "a failed update of an index", _failed({}, "UpdateTable", indexed(index("who")))
    yield (
        "a failed update, refreshed",
        (
            Step("up", manifest()),
            Step("up", manifest(**EXPIRES), fault=refusing("UpdateTimeToLive")),
            Step("up", manifest(**EXPIRES), arguments=("--refresh",)),
            Step("up", manifest(**EXPIRES)),
            Step("destroy"),
        ),
    )
    yield "a limit with maxRetries", (
        Step("up", manifest(), config={"aws:maxRetries": "2"},
             fault=refusing("CreateTable", LIMIT, "too many tables", times=3)),
        Step("up", manifest()),
        Step("destroy"),
    )  # fmt: skip
    yield (
        "a refused deletion",
        (
            Step("up", manifest()),
            Step("destroy", fault=refusing("DeleteTable")),
            Step("destroy"),
        ),
    )
    yield (
        "a table of the classic program taken over",
        (
            Step("up", manifest(), program=CLASSIC),
            *specs({}),
        ),
    )
    yield (
        "an indexed table of the classic program taken over",
        (
            Step("up", manifest(**PROVISIONED, **indexed(WHO)), program=CLASSIC),
            *specs({**PROVISIONED, **indexed(WHO)}),
        ),
    )
    for title, spec in (
        ("on demand", {**indexed(index("who")), **policy("dynamodb:GetItem"), **EXPIRES}),
        ("provisioned", {**PROVISIONED, **indexed(WHO)}),
        ("scaling", scaled(MORNING)),
    ):
        yield (
            f"a table of the newest Go module taken over, {title}",
            (Step("up", manifest(**spec), program=NEWEST), *specs(spec)),
        )
    retained = {**scaled(MORNING), **policy("dynamodb:GetItem"), "deletionPolicy": "retain"}
    yield (
        "a retained table loses a setting, and stays without its stack",
        specs(retained, {**PROVISIONED, "deletionPolicy": "retain"}),
    )
    yield (
        "an autoscaled index",
        specs({**scaled(), **indexed(WHO)}, {**scaled(), **indexed({**WHO, **including("a")})}),
    )
    yield (
        "an index with a key of several attributes",
        through(newer(manifest(region=REGION, **indexed({**index("who"), "keySchema": SEVERAL})))),
    )
    yield "warm throughput", specs({}, WARM)
    yield "another mode of insights", specs({"contributorInsights": THROTTLED}, {})
    strong = {"consistencyMode": "STRONG"}
    yield (
        "strongly consistent replicas",
        specs(replicated({**OREGON, **strong}, {"regionName": "us-east-2", **strong})),
    )
    yield (
        "a table of the classic program taken over with another key",
        (
            Step("up", manifest(), program=CLASSIC),
            Step("preview", manifest(keySchema=key("id"))),
            Step("destroy"),
        ),
    )


SEQUENCES: Mapping[str, Sequence] = dict(_all())
