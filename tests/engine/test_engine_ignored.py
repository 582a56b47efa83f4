"""The stand-in keeps the values of properties that a resource ignores."""

from __future__ import annotations

import pytest

from tests.emulated.provider.provider import KINDS
from tests.engine.facts import TABLE
from tests.engine.wire import Json, as_recorded

NAMED: Json = {"attributeName": "expires"}


@pytest.mark.parametrize(
    ("path", "inputs", "seen"),
    [
        ("replicas", {}, {"replicas": [{"regionName": "eu-west-1", "kmsKeyArn": "arn:key"}]}),
        ("replicas", {"replicas": []}, None),
        ("readCapacity", {"readCapacity": 9}, {"readCapacity": 5}),
        ("writeCapacity", {"writeCapacity": 9}, {}),
        ("ttl.attributeName", {"ttl": {"enabled": False}}, {"ttl": {"enabled": False, **NAMED}}),
        ("ttl.attributeName", {}, {}),
        ('tags["a"]', {"tags": {"a": "2", "b": "2"}}, {"tags": {"a": "1", "b": "2"}}),
        ("tags.b", {"tags": {"a": "2", "b": "2"}}, {"tags": {"a": "2"}}),
        (
            "globalSecondaryIndexes[*].readCapacity",
            {"globalSecondaryIndexes": [{"name": "b"}, {"name": "a", "readCapacity": 9}]},
            {"globalSecondaryIndexes": [{"name": "b"}, {"name": "a", "readCapacity": 3}]},
        ),
        (
            "globalSecondaryIndexes[0].readCapacity",
            {"globalSecondaryIndexes": [{"name": "b"}, {"name": "a", "readCapacity": 9}]},
            {"globalSecondaryIndexes": [{"name": "b"}, {"name": "a", "readCapacity": 9}]},
        ),
        (
            "globalSecondaryIndexes[0]",
            {"globalSecondaryIndexes": [{"name": "a", "readCapacity": 9}]},
            {"globalSecondaryIndexes": [{"name": "a", "readCapacity": 3}]},
        ),
        ("noSuchThing", {"readCapacity": 9}, {"readCapacity": 9}),
    ],
    ids=str,
)
def test_ignored_properties_keep_the_value_in_the_state(
    path: str, inputs: Json, seen: Json | None
) -> None:
    state = {
        "readCapacity": 5,
        "ttl": {"enabled": True, **NAMED},
        "tags": {"a": "1"},
        "globalSecondaryIndexes": [{"name": "a", "readCapacity": 3}],
        "replicas": [{"regionName": "eu-west-1", "kmsKeyArn": "arn:key", "arn": "arn:told"}],
    }
    if seen is None:
        seen = as_recorded(KINDS[TABLE].inputs, state, {}, [path])
    assert as_recorded(KINDS[TABLE].inputs, state, inputs, [path]) == seen
