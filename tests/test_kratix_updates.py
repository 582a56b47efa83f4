"""Updates of requests, as an API server judges them by the rules about the former request."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from planton.document.writer import dump
from planton.kratix.crd import crd
from tests.judge import judge_updates

HERE, AWAY, FAR = "eu-central-1", "eu-west-1", "us-east-1"
REPLICATED: dict[str, Any] = {"replicas": [{"regionName": AWAY}]}
PROVISIONED: dict[str, Any] = {"billingMode": "PROVISIONED"}
POLICY: dict[str, Any] = {"resourcePolicy": {"policy": {"Version": "2012-10-17"}}}
BY_TIME = {
    "name": "by-time",
    "keySchema": [
        {"attributeName": "id", "keyType": "HASH"},
        {"attributeName": "at", "keyType": "RANGE"},
    ],
}


def request(**changed: Any) -> dict[str, Any]:
    """A request with other fields; None removes one."""
    spec = {
        "name": "orders",
        "region": HERE,
        "attributeDefinitions": [{"name": "id", "type": "S"}],
        "keySchema": [{"attributeName": "id", "keyType": "HASH"}],
        "streamEnabled": True,
        "streamViewType": "NEW_AND_OLD_IMAGES",
        **copy.deepcopy(changed),
    }
    return {"spec": {name: value for name, value in spec.items() if value is not None}}


def keyed(table: str | None, *replicas: tuple[str, str | None]) -> dict[str, Any]:
    """The fields of a table with KMS keys."""

    def arn(region: str, key: str | None) -> dict[str, str]:
        name = f"arn:aws:kms:{region}:111122223333:key/{key}"
        return {"kmsKeyArn": name} if key else {}

    listed = [{"regionName": region, **arn(region, key)} for region, key in replicas]
    encryption = {"enabled": True, **arn(HERE, table)}
    return {"serverSideEncryption": encryption, **({"replicas": listed} if listed else {})}


ACCEPTED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": (REPLICATED, REPLICATED),
    "a first replica": ({}, REPLICATED),
    "a first replica, with its keys": ({}, keyed("a", (AWAY, "b"))),
    "a first replica, with another key of the table": (keyed("a"), keyed("b", (AWAY, "b"))),
    "a second replica before the first": (
        REPLICATED,
        {"replicas": [{"regionName": FAR}, {"regionName": AWAY}]},
    ),
    "another replica in place of one": (keyed("a", (AWAY, "b")), keyed("a", (FAR, "c"))),
    "no replica any more": (REPLICATED, {}),
    "an empty list of replicas": (REPLICATED, {"replicas": []}),
    "another mode where no replica was": (PROVISIONED, REPLICATED),
    "another mode where the list was empty": ({"replicas": []}, PROVISIONED),
    "encryption that is switched off explicitly": (
        REPLICATED,
        {**REPLICATED, "serverSideEncryption": {"enabled": False}},
    ),
    "another key without replicas": (keyed("a"), keyed("b")),
    "a first policy": ({}, POLICY),
    "no policy any more": (POLICY, {}),
    "another policy beside replicas": (
        {**POLICY, **REPLICATED},
        {"resourcePolicy": {"policy": {"Version": "2008-10-17"}}, **REPLICATED},
    ),
}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], dict[str, list[str]]]:
    changes = {**ACCEPTED, **{name: (old, new) for name, (old, new, _) in REFUSED.items()}}
    updates = {name: (request(**old), request(**new)) for name, (old, new) in changes.items()}
    return judge_updates(dump(crd()), updates, tmp_path_factory.mktemp("updates"))


STREAM = "spec.streamViewType: a stream cannot be switched off or changed by a request"
MODE = "spec.billingMode: billingMode cannot change while the table has replicas"
KEY = "spec.serverSideEncryption: the KMS keys of a table with replicas cannot change"
OF_REPLICA = "spec.replicas[0].kmsKeyArn: the KMS keys of a table with replicas cannot change"
LOCAL = "spec.localSecondaryIndexes: localSecondaryIndexes are immutable"

SORTED: dict[str, Any] = {
    "attributeDefinitions": [{"name": name, "type": "S"} for name in ("id", "sk", "at")],
    "keySchema": [
        {"attributeName": "id", "keyType": "HASH"},
        {"attributeName": "sk", "keyType": "RANGE"},
    ],
    "localSecondaryIndexes": [BY_TIME],
}
UNSORTED: dict[str, Any] = {
    **SORTED,
    "attributeDefinitions": SORTED["attributeDefinitions"][:2],
    "localSecondaryIndexes": None,
}
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "another name": ({}, {"name": "sales"}, ["spec.name: name is immutable"]),
    "another region": ({}, {"region": AWAY}, ["spec.region: region is immutable"]),
    "another key schema": (
        {},
        {
            "attributeDefinitions": [{"name": "other", "type": "S"}],
            "keySchema": [{"attributeName": "other", "keyType": "HASH"}],
        },
        ["spec.keySchema: keySchema is immutable"],
    ),
    "no local index any more": (SORTED, UNSORTED, [LOCAL]),
    "a first local index": (UNSORTED, SORTED, [LOCAL]),
    "no stream any more": ({}, {"streamEnabled": False, "streamViewType": None}, [STREAM]),
    "another view": ({}, {"streamViewType": "NEW_IMAGE"}, [STREAM]),
    "another mode together with the last replica": (REPLICATED, PROVISIONED, [MODE]),
    "another key of the table": (
        keyed("a", (AWAY, "b")),
        keyed("z", (AWAY, "b")),
        [KEY],
    ),
    "another key of a replica": (keyed("a", (AWAY, "b")), keyed("a", (AWAY, "z")), [OF_REPLICA]),
    "no keys any more": (keyed("a", (AWAY, "b")), REPLICATED, [OF_REPLICA, KEY]),
    "first keys": (REPLICATED, keyed("a", (AWAY, "b")), [OF_REPLICA, KEY]),
    "another key together with the last replica": (keyed("a", (AWAY, "b")), keyed("z"), [KEY]),
    "no key together with the last replica": (keyed("a", (AWAY, "b")), {}, [KEY]),
}


def test_an_api_server_accepts_the_definition_and_the_cost_of_its_rules(
    verdicts: tuple[list[str], dict[str, list[str]]],
) -> None:
    assert verdicts[0] == []


def test_rules_that_cost_too_much_are_detected(tmp_path: Path) -> None:
    lines = dump(crd()).splitlines(keepends=True)
    unbounded = "".join(line for line in lines if "maxLength" not in line)
    problems, _ = judge_updates(unbounded, {}, tmp_path)

    assert any("estimated rule cost exceeds budget" in problem for problem in problems)


@pytest.mark.parametrize("change", ACCEPTED)
def test_an_update_that_ack_carries_out_is_accepted(
    change: str, verdicts: tuple[list[str], dict[str, list[str]]]
) -> None:
    assert verdicts[1][change] == []


@pytest.mark.parametrize("change", REFUSED)
def test_an_update_that_ack_does_not_carry_out_is_refused(
    change: str, verdicts: tuple[list[str], dict[str, list[str]]]
) -> None:
    *_, expected = REFUSED[change]
    found = sorted(verdicts[1][change])

    assert [
        one[: len(start)] for one, start in zip(found, sorted(expected), strict=True)
    ] == sorted(expected)
