"""A living table taken from one set of inputs to the next, in the real provider's requests."""

from __future__ import annotations

from typing import Any

import pytest

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.resource import Incomplete
from tests.emulated.cloud import Cloud
from tests.emulated.provider.provider import Provider
from tests.rehearsal.conftest import Inputs, Live
from tests.rehearsal.existing_table import TABLE, changes

KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"
UNITS_OF_INDEX: Json = {"readCapacity": 5, "writeCapacity": 5}
UNITS: Json = {"billingMode": "PROVISIONED", "readCapacity": 5, "writeCapacity": 5}


def index(name: str, hash_key: str = "sk", **more: Any) -> Json:
    return {
        "name": name,
        "keySchemas": [{"attributeName": hash_key, "keyType": "HASH"}],
        "projectionType": "ALL",
        **more,
    }


def units_of(name: str, units: Json) -> Json:
    return {**index(name), **units}


def table_update(**parameters: Any) -> tuple[str, Json]:
    return "UpdateTable", parameters


def test_equal_inputs_change_nothing(live: Live, table: Inputs) -> None:
    whole = {
        **UNITS,
        "globalSecondaryIndexes": [
            index("by-sk", nonKeyAttributes=["b", "a"], projectionType="INCLUDE", **UNITS_OF_INDEX)
        ],
        "ttl": {"enabled": True, "attributeName": "exp"},
        "streamEnabled": True,
        "streamViewType": "NEW_IMAGE",
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY},
        "pointInTimeRecovery": {"enabled": True},
        "tags": {"team": "shop"},
    }
    there = live(table(**whole))
    before = there.made
    assert there.become(table(**whole)) == []
    assert there.made == before


@pytest.mark.parametrize(
    "off",
    [
        {"ttl": {"enabled": False}},
        {"ttl": {"enabled": False, "attributeName": "exp"}},
        {"serverSideEncryption": {"enabled": False}},
        {"pointInTimeRecovery": {"enabled": False}},
        {"streamEnabled": False},
        {"deletionProtectionEnabled": False},
        {"tableClass": "STANDARD"},
        {"globalSecondaryIndexes": []},
        {"tags": {}},
    ],
)
def test_an_explicit_off_value_equals_an_absent_one(live: Live, table: Inputs, off: Json) -> None:
    there = live(table())
    assert there.become(table(**off)) == []
    assert there.become(table()) == []


def test_a_computed_value_that_is_left_out_stays(live: Live, table: Inputs) -> None:
    on = {
        **UNITS,
        "globalSecondaryIndexes": [index("by-sk", **UNITS_OF_INDEX)],
        "ttl": {"enabled": True, "attributeName": "exp"},
        "serverSideEncryption": {"enabled": True},
        "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7},
    }
    there = live(table(**on))
    before = there.made.outputs
    assert there.become(table(billingMode="PROVISIONED", attributes=None)) == []
    assert there.made.outputs == before


@pytest.mark.parametrize(
    ("on", "empty"),
    [
        ({"globalSecondaryIndexes": [index("by-sk")]}, {"globalSecondaryIndexes": []}),
        ({}, {"attributes": []}),
        (UNITS, {"billingMode": "PROVISIONED", "readCapacity": 0, "writeCapacity": 0}),
        (
            {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7}},
            {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 0}},
        ),
        (
            {"streamEnabled": True, "streamViewType": "NEW_IMAGE"},
            {"streamEnabled": True, "streamViewType": ""},
        ),
    ],
)
def test_a_computed_value_that_is_empty_stays(
    live: Live, table: Inputs, on: Json, empty: Json
) -> None:
    there = live(table(**on))
    before = there.made.outputs
    assert there.become(table(**empty)) == []
    assert there.made.outputs == before


def test_another_value_that_is_left_out_returns_to_its_default(live: Live, table: Inputs) -> None:
    there = live(
        table(
            streamEnabled=True,
            streamViewType="KEYS_ONLY",
            deletionProtectionEnabled=True,
            tableClass="STANDARD_INFREQUENT_ACCESS",
            tags={"team": "shop"},
        )
    )
    assert there.become(table()) == [
        ("UntagResource", {"ResourceArn": there.made.outputs["arn"], "TagKeys": ["team"]}),
        table_update(TableClass="STANDARD"),
        table_update(DeletionProtectionEnabled=False, StreamSpecification={"StreamEnabled": False}),
    ]


def test_tags_are_added_changed_and_removed(cloud: Cloud, live: Live, table: Inputs) -> None:
    there = live(table(tags={"a": "1", "b": "1", "c": "1"}))
    arn = there.made.outputs["arn"]
    assert there.become(table(tags={"b": "1", "c": "2", "d": "1"})) == [
        ("UntagResource", {"ResourceArn": arn, "TagKeys": ["a"]}),
        (
            "TagResource",
            {
                "ResourceArn": arn,
                "Tags": [{"Key": "c", "Value": "2"}, {"Key": "d", "Value": "1"}],
            },
        ),
    ]
    assert there.made.outputs["tags"] == {"b": "1", "c": "2", "d": "1"}
    listed = cloud.call("dynamodb", "ListTagsOfResource", {"ResourceArn": arn}, region="eu-west-1")
    assert len(listed["Tags"]) == 3


def test_the_class_changes_alone(live: Live, table: Inputs) -> None:
    there = live(table())
    assert there.become(
        table(tableClass="STANDARD_INFREQUENT_ACCESS", deletionProtectionEnabled=True)
    ) == [
        table_update(TableClass="STANDARD_INFREQUENT_ACCESS"),
        table_update(DeletionProtectionEnabled=True),
    ]
    assert there.described()["TableClassSummary"] == {"TableClass": "STANDARD_INFREQUENT_ACCESS"}


def test_a_stream_is_turned_on_off_and_on_again(live: Live, table: Inputs) -> None:
    there = live(table())
    on = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert there.become(table(streamEnabled=True, streamViewType="NEW_IMAGE")) == [
        table_update(StreamSpecification=on)
    ]
    first = there.made.outputs["streamArn"]
    assert first.startswith(there.made.outputs["arn"] + "/stream/")
    assert there.become(table(streamEnabled=False)) == [
        table_update(StreamSpecification={"StreamEnabled": False})
    ]
    assert there.made.outputs["streamEnabled"] is False
    assert there.made.outputs["streamArn"] == first  # as in AWS, which keeps the last one's
    assert "StreamSpecification" not in there.described()
    there.become(table(streamEnabled=True, streamViewType="NEW_IMAGE"))
    assert there.made.outputs["streamArn"] != first


def test_an_unrelated_update_keeps_the_arn_of_the_last_stream(live: Live, table: Inputs) -> None:
    there = live(table(streamEnabled=True, streamViewType="NEW_IMAGE"))
    arn = there.made.outputs["streamArn"]
    there.become(table())
    there.become(table(deletionProtectionEnabled=True))
    assert there.made.outputs["streamArn"] == arn


def test_a_changed_view_type_creates_another_stream(live: Live, table: Inputs) -> None:
    there = live(table(streamEnabled=True, streamViewType="NEW_IMAGE"))
    before = there.made.outputs["streamArn"]
    assert there.become(table(streamEnabled=True, streamViewType="KEYS_ONLY")) == [
        table_update(StreamSpecification={"StreamEnabled": False}),
        table_update(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}),
    ]
    assert there.made.outputs["streamArn"] != before
    assert there.described()["StreamSpecification"]["StreamViewType"] == "KEYS_ONLY"


def test_encryption_changes_between_the_three_kinds_of_key(live: Live, table: Inputs) -> None:
    there = live(table(serverSideEncryption={"enabled": False}))
    assert "SSEDescription" not in there.described()
    assert there.become(table(serverSideEncryption={"enabled": True})) == [
        table_update(SSESpecification={"Enabled": True})
    ]
    managed = "arn:aws:kms:eu-west-1:123456789012:alias/aws/dynamodb"
    assert there.described()["SSEDescription"]["KMSMasterKeyArn"] == managed
    assert there.become(table(serverSideEncryption={"enabled": True, "kmsKeyArn": KEY})) == [
        table_update(SSESpecification={"Enabled": True, "KMSMasterKeyId": KEY, "SSEType": "KMS"})
    ]
    assert there.described()["SSEDescription"]["KMSMasterKeyArn"] == KEY
    assert there.become(table(serverSideEncryption={"enabled": False})) == [
        table_update(SSESpecification={"Enabled": False})
    ]
    assert "SSEDescription" not in there.described()


def test_a_customer_key_that_is_left_out_or_empty_stays(live: Live, table: Inputs) -> None:
    there = live(table(serverSideEncryption={"enabled": True, "kmsKeyArn": KEY}))
    for encryption in ({"enabled": True}, {"enabled": True, "kmsKeyArn": ""}):
        assert there.become(table(serverSideEncryption=encryption)) == []
    assert there.described()["SSEDescription"]["KMSMasterKeyArn"] == KEY


def test_ttl_is_turned_on_and_off(live: Live, table: Inputs) -> None:
    there = live(table(ttl={"enabled": False}))
    for on in (True, False, True):
        specification = {"Enabled": on, "AttributeName": "exp"}
        assert there.become(table(ttl={"enabled": on, "attributeName": "exp"})) == [
            ("UpdateTimeToLive", {"TimeToLiveSpecification": specification})
        ]
        attribute = "exp" if on else ""
        assert there.made.outputs["ttl"] == {"enabled": on, "attributeName": attribute}


def test_ttl_is_not_turned_off_without_its_attribute(live: Live, table: Inputs) -> None:
    there = live(table(ttl={"enabled": True, "attributeName": "exp"}))
    with pytest.raises(Refused, match=r"TimeToLiveSpecification\.AttributeName"):
        there.become(table(ttl={"enabled": False}))


def test_ttl_does_not_change_its_attribute_while_it_is_on(live: Live, table: Inputs) -> None:
    there = live(table(ttl={"enabled": True, "attributeName": "exp"}))
    with pytest.raises(Refused, match="different AttributeName: exp"):
        there.become(table(ttl={"enabled": True, "attributeName": "other"}))


def test_recovery_is_turned_on_changes_its_period_and_is_turned_off(
    live: Live, table: Inputs
) -> None:
    there = live(table(pointInTimeRecovery={"enabled": False}))

    def become(**recovery: Any) -> list[tuple[str, Json]]:
        return there.become(table(pointInTimeRecovery=recovery))

    def sent(**specification: Any) -> list[tuple[str, Json]]:
        return [("UpdateContinuousBackups", {"PointInTimeRecoverySpecification": specification})]

    assert become(enabled=True) == sent(PointInTimeRecoveryEnabled=True)
    assert there.made.outputs["pointInTimeRecovery"]["recoveryPeriodInDays"] == 35
    assert become(enabled=True, recoveryPeriodInDays=7) == sent(
        PointInTimeRecoveryEnabled=True, RecoveryPeriodInDays=7
    )
    assert become(enabled=True) == []
    assert become(enabled=False) == sent(PointInTimeRecoveryEnabled=False)
    assert there.made.outputs["pointInTimeRecovery"] == {
        "enabled": False,
        "recoveryPeriodInDays": 0,
    }


def test_the_capacity_of_a_table_changes(live: Live, table: Inputs) -> None:
    there = live(table(**UNITS))
    assert there.become(table(**{**UNITS, "readCapacity": 9})) == [
        table_update(
            BillingMode="PROVISIONED",
            ProvisionedThroughput={"ReadCapacityUnits": 9, "WriteCapacityUnits": 5},
        )
    ]
    assert there.made.outputs["readCapacity"] == 9


def test_the_billing_mode_changes_in_both_directions(live: Live, table: Inputs) -> None:
    there = live(table(**UNITS, globalSecondaryIndexes=[index("by-sk", **UNITS_OF_INDEX)]))
    assert there.become(table(globalSecondaryIndexes=[index("by-sk")])) == [
        table_update(BillingMode="PAY_PER_REQUEST")
    ]
    (described,) = there.described()["GlobalSecondaryIndexes"]
    for throughput in (there.described(), described):
        assert throughput["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    assert there.become(
        table(**UNITS, globalSecondaryIndexes=[index("by-sk", **UNITS_OF_INDEX)])
    ) == [
        table_update(
            BillingMode="PROVISIONED",
            ProvisionedThroughput=units,
            GlobalSecondaryIndexUpdates=[
                {"Update": {"IndexName": "by-sk", "ProvisionedThroughput": units}}
            ],
        )
    ]
    assert there.made.outputs["readCapacity"] == 5
    assert there.made.outputs["globalSecondaryIndexes"][0]["readCapacity"] == 5


def test_a_provisioned_table_with_ignored_capacity_gets_one_unit_each(
    live: Live, table: Inputs
) -> None:
    there = live(table())
    assert there.become(table(billingMode="PROVISIONED")) == [
        table_update(
            BillingMode="PROVISIONED",
            ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        )
    ]


def test_provisioned_is_refused_while_there_is_a_standalone_index(
    live: Live, table: Inputs
) -> None:
    there = live(table(globalSecondaryIndexes=[index("by-sk")]))
    before = there.made.outputs
    for state in ({**before, "globalSecondaryIndexes": []}, before):
        there.made = type(there.made)(there.made.id, state)
        with pytest.raises(Refused, match=r"by-sk|write capacity must be > 0"):
            there.become(table(**UNITS))


def test_an_on_demand_maximum_is_set_changed_and_removed_by_minus_one(
    live: Live, table: Inputs
) -> None:
    there = live(table())
    for amount, sent in ((5, 5), (9, 9), (-1, -1)):
        maximum = {"maxReadRequestUnits": amount}
        assert there.become(table(onDemandThroughput=maximum)) == [
            table_update(OnDemandThroughput={"MaxReadRequestUnits": sent})
        ]
    assert "onDemandThroughput" not in there.made.outputs


def test_every_update_removes_a_maximum_that_is_gone_from_the_inputs(
    live: Live, table: Inputs
) -> None:
    """AWS describes none then, and to the provider a block is a change where there was none."""
    there = live(table(onDemandThroughput={"maxReadRequestUnits": 5, "maxWriteRequestUnits": 5}))
    none = {"maxReadRequestUnits": -1, "maxWriteRequestUnits": -1}
    sent = {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1}
    for _ in range(2):
        assert there.become(table(onDemandThroughput=none)) == [
            table_update(OnDemandThroughput=sent)
        ]
    assert there.become(table()) == []


def test_one_maximum_that_is_gone_from_the_inputs_is_no_change(live: Live, table: Inputs) -> None:
    there = live(table(onDemandThroughput={"maxReadRequestUnits": 5, "maxWriteRequestUnits": 5}))
    only = {"maxReadRequestUnits": -1, "maxWriteRequestUnits": 5}
    assert len(there.become(table(onDemandThroughput=only))) == 1
    assert there.become(table(onDemandThroughput=only)) == []


def test_an_on_demand_maximum_is_not_removed_with_its_block(live: Live, table: Inputs) -> None:
    there = live(table(onDemandThroughput={"maxReadRequestUnits": 5}))
    with pytest.raises(Refused, match="At least one of"):
        there.become(table())


def test_warm_throughput_grows(live: Live, table: Inputs) -> None:
    there = live(table())
    warm = {"readUnitsPerSecond": 15000, "writeUnitsPerSecond": 5000}
    assert there.become(table(warmThroughput=warm)) == [
        table_update(WarmThroughput={"ReadUnitsPerSecond": 15000, "WriteUnitsPerSecond": 5000})
    ]
    assert there.made.outputs["warmThroughput"] == warm


def test_one_index_is_added(live: Live, table: Inputs) -> None:
    there = live(table())
    attributes = [*table()["attributes"], {"name": "g", "type": "S"}]
    assert there.become(
        table(attributes=attributes, globalSecondaryIndexes=[index("by-g", "g")])
    ) == [
        table_update(
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "N"},
                {"AttributeName": "g", "AttributeType": "S"},
            ],
            GlobalSecondaryIndexUpdates=[
                {
                    "Create": {
                        "IndexName": "by-g",
                        "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                        "Projection": {"ProjectionType": "ALL"},
                    }
                }
            ],
        )
    ]
    assert there.made.outputs["attributes"] == attributes


def test_two_indexes_at_once_are_two_requests(live: Live, table: Inputs) -> None:
    there = live(table())
    attributes = [*table()["attributes"], *({"name": n, "type": "S"} for n in ("g", "h"))]
    indexes = [index("by-g", "g"), index("by-h", "h")]
    requests = there.become(table(attributes=attributes, globalSecondaryIndexes=indexes))
    created = [request["GlobalSecondaryIndexUpdates"] for _, request in requests]
    assert [[update["Create"]["IndexName"] for update in updates] for updates in created] == [
        ["by-g"],
        ["by-h"],
    ]
    assert there.made.outputs["attributes"] == attributes
    assert [i["name"] for i in there.made.outputs["globalSecondaryIndexes"]] == ["by-g", "by-h"]


def test_one_of_two_indexes_is_removed_with_its_attribute(live: Live, table: Inputs) -> None:
    attributes = [*table()["attributes"], {"name": "g", "type": "S"}]
    both = [index("by-g", "g"), index("by-sk")]
    there = live(table(attributes=attributes, globalSecondaryIndexes=both))
    assert there.become(table(globalSecondaryIndexes=both[1:])) == [
        table_update(GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-g"}}])
    ]
    assert there.made.outputs["attributes"] == table()["attributes"]
    assert [i["name"] for i in there.made.outputs["globalSecondaryIndexes"]] == ["by-sk"]


@pytest.mark.parametrize(
    "change",
    [
        {"projectionType": "KEYS_ONLY"},
        {"projectionType": "INCLUDE", "nonKeyAttributes": ["a"]},
        {"keySchemas": [{"attributeName": "pk", "keyType": "HASH"}]},
    ],
)
def test_a_changed_key_or_projection_rebuilds_the_index(
    live: Live, table: Inputs, change: Json
) -> None:
    there = live(table(globalSecondaryIndexes=[index("by-x"), index("stays")]))
    requests = there.become(
        table(globalSecondaryIndexes=[{**index("by-x"), **change}, index("stays")])
    )
    updates = [request["GlobalSecondaryIndexUpdates"] for _, request in requests]
    assert [list(update) for (update,) in updates] == [["Delete"], ["Create"]]
    assert {next(iter(update.values()))["IndexName"] for (update,) in updates} == {"by-x"}


def test_the_order_of_non_key_attributes_does_not_matter(live: Live, table: Inputs) -> None:
    def include(*names: str) -> Json:
        return index("by-x", projectionType="INCLUDE", nonKeyAttributes=list(names))

    there = live(table(globalSecondaryIndexes=[include("a", "b")]))
    assert there.become(table(globalSecondaryIndexes=[include("b", "a")])) == []


def test_the_capacity_of_an_index_changes_in_place(live: Live, table: Inputs) -> None:
    there = live(table(**UNITS, globalSecondaryIndexes=[index("by-sk", **UNITS_OF_INDEX)]))
    units = {"readCapacity": 9, "writeCapacity": 5}
    assert there.become(table(**UNITS, globalSecondaryIndexes=[units_of("by-sk", units)])) == [
        table_update(
            GlobalSecondaryIndexUpdates=[
                {
                    "Update": {
                        "IndexName": "by-sk",
                        "ProvisionedThroughput": {
                            "ReadCapacityUnits": 9,
                            "WriteCapacityUnits": 5,
                        },
                    }
                }
            ]
        )
    ]


def test_the_on_demand_maximum_of_an_index_changes_in_place(live: Live, table: Inputs) -> None:
    there = live(table(globalSecondaryIndexes=[index("by-sk")]))
    for amount in (5, 9, -1):
        maximum = {"maxReadRequestUnits": amount}
        requests = there.become(
            table(globalSecondaryIndexes=[index("by-sk", onDemandThroughput=maximum)])
        )
        action = {"IndexName": "by-sk", "OnDemandThroughput": {"MaxReadRequestUnits": amount}}
        assert requests == [table_update(GlobalSecondaryIndexUpdates=[{"Update": action}])]
    assert "onDemandThroughput" not in there.made.outputs["globalSecondaryIndexes"][0]


def test_the_warm_throughput_of_an_index_grows_in_place(live: Live, table: Inputs) -> None:
    there = live(table(globalSecondaryIndexes=[index("by-sk")]))
    warm = {"readUnitsPerSecond": 15000, "writeUnitsPerSecond": 5000}
    requests = there.become(table(globalSecondaryIndexes=[index("by-sk", warmThroughput=warm)]))
    sent = {"ReadUnitsPerSecond": 15000, "WriteUnitsPerSecond": 5000}
    action = {"IndexName": "by-sk", "WarmThroughput": sent}
    assert requests == [table_update(GlobalSecondaryIndexUpdates=[{"Update": action}])]
    assert there.made.outputs["globalSecondaryIndexes"][0]["warmThroughput"] == warm


def test_the_warm_throughput_of_an_index_only_falls_with_a_new_index(
    live: Live, table: Inputs
) -> None:
    def warm(reads: int) -> Json:
        throughput = {"readUnitsPerSecond": reads, "writeUnitsPerSecond": 5000}
        return table(globalSecondaryIndexes=[index("by-sk", warmThroughput=throughput)])

    there = live(warm(15000))
    requests = there.become(warm(14000))
    updates = [request["GlobalSecondaryIndexUpdates"] for _, request in requests]
    assert [list(update) for (update,) in updates] == [["Delete"], ["Create"]]


def test_missing_units_of_an_index_are_refused_before_any_request(
    cloud: Cloud, live: Live, table: Inputs
) -> None:
    there = live(table())
    before = changes(cloud.calls)
    with pytest.raises(Refused, match="write capacity must be > 0"):
        there.become(table(**UNITS, globalSecondaryIndexes=[index("by-sk")], tags={"a": "b"}))
    assert changes(cloud.calls) == before


def test_indexes_that_the_inputs_do_not_name_stay_unchanged(live: Live, table: Inputs) -> None:
    """As when they are resources of their own and a refresh has put them into the state."""
    sorted_ = [
        {"attributeName": "sk", "keyType": "HASH"},
        {"attributeName": "pk", "keyType": "RANGE"},
    ]
    there = live(table(globalSecondaryIndexes=[{**index("by-sk"), "keySchemas": sorted_}]))
    assert there.become(table(deletionProtectionEnabled=True)) == [
        table_update(DeletionProtectionEnabled=True)
    ]


def test_an_index_of_many_attributes_has_no_single_keys(live: Live, table: Inputs) -> None:
    names = ("pk", "sk", "a", "b")
    keys = [{"attributeName": name, "keyType": "HASH"} for name in ("a", "b")]
    many = {**index("by-many"), "keySchemas": [*keys, {"attributeName": "sk", "keyType": "RANGE"}]}
    attributes = [{"name": name, "type": "S"} for name in names]
    there = live(table(attributes=attributes, globalSecondaryIndexes=[many]))
    (outputs,) = there.made.outputs["globalSecondaryIndexes"]
    assert outputs["keySchemas"] == many["keySchemas"]
    assert (outputs.get("hashKey"), outputs.get("rangeKey")) == (None, "sk")
    assert there.become(there.inputs) == []


def test_many_changes_are_sent_in_the_providers_order(live: Live, table: Inputs) -> None:
    there = live(table(globalSecondaryIndexes=[index("goes")]))
    requests = there.become(
        table(
            **UNITS,
            globalSecondaryIndexes=[index("comes", **UNITS_OF_INDEX)],
            tableClass="STANDARD_INFREQUENT_ACCESS",
            streamEnabled=True,
            streamViewType="KEYS_ONLY",
            serverSideEncryption={"enabled": True},
            ttl={"enabled": True, "attributeName": "exp"},
            pointInTimeRecovery={"enabled": True},
            tags={"team": "shop"},
        )
    )
    assert [(operation, sorted(parameters)) for operation, parameters in requests] == [
        ("TagResource", ["ResourceArn", "Tags"]),
        ("UpdateTable", ["GlobalSecondaryIndexUpdates"]),
        ("UpdateTable", ["TableClass"]),
        ("UpdateTable", ["BillingMode", "ProvisionedThroughput", "StreamSpecification"]),
        ("UpdateTable", ["AttributeDefinitions", "GlobalSecondaryIndexUpdates"]),
        ("UpdateTable", ["SSESpecification"]),
        ("UpdateTimeToLive", ["TimeToLiveSpecification"]),
        ("UpdateContinuousBackups", ["PointInTimeRecoverySpecification"]),
    ]


def test_a_refused_update_is_reported_as_if_it_had_succeeded(live: Live, table: Inputs) -> None:
    streaming = {"streamEnabled": True, "streamViewType": "KEYS_ONLY"}
    there = live(table(tableClass="STANDARD_INFREQUENT_ACCESS", **streaming))
    before = there.made.outputs
    wanted = {
        "deletionProtectionEnabled": True,
        "ttl": {"enabled": True, "attributeName": ""},
        "streamEnabled": False,
    }
    with pytest.raises(Incomplete) as caught:
        there.become(table(**wanted))
    made = caught.value.resource
    # What no input decides, and what the provider keeps where none is given, stays.
    gone = {"tableClass", "localSecondaryIndexes", "replicas", "tags"}
    assert made.outputs == {
        **{key: value for key, value in before.items() if key not in gone},
        **wanted,
    }
    assert made.outputs["streamViewType"] == "KEYS_ONLY"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "other"),
        ("hashKey", "sk"),
        ("rangeKey", "pk"),
        ("region", "eu-central-1"),
        (
            "localSecondaryIndexes",
            [{"name": "by-other", "rangeKey": "sk", "projectionType": "ALL"}],
        ),
    ],
)
def test_a_replacing_change_is_not_an_update(
    live: Live, table: Inputs, name: str, value: object
) -> None:
    local = [{"name": "by-l", "rangeKey": "sk", "projectionType": "ALL"}]
    there = live(table(localSecondaryIndexes=local))
    with pytest.raises(ValueError, match=f"a change of {name} is a replacement"):
        there.become(table(**{"localSecondaryIndexes": local, name: value}))


def test_a_local_index_changed_under_its_name_is_not_detected(live: Live, table: Inputs) -> None:
    """The provider hashes local indexes by name: hashicorp/terraform-provider-aws, issue 31730."""
    local = {"name": "by-l", "rangeKey": "sk", "projectionType": "ALL"}
    there = live(table(localSecondaryIndexes=[local]))
    other = {**local, "projectionType": "KEYS_ONLY"}
    tagged = table(localSecondaryIndexes=[other], tags={"team": "a"})
    assert [operation for operation, _ in there.become(tagged)] == ["TagResource"]
    assert there.made.outputs["localSecondaryIndexes"] == [{**local, "nonKeyAttributes": []}]


def test_a_change_by_an_autoscaler_is_read_unless_capacity_is_ignored(
    cloud: Cloud, aws: Provider, live: Live, table: Inputs
) -> None:
    there = live(table(**UNITS))
    units = {"ReadCapacityUnits": 40, "WriteCapacityUnits": 5}
    parameters = {"TableName": "orders", "ProvisionedThroughput": units}
    cloud.call("dynamodb", "UpdateTable", parameters, region="eu-west-1")
    found = aws.read(TABLE, there.made.id, there.made.outputs, there.inputs)
    assert found is not None
    assert found.inputs == table(**{**UNITS, "readCapacity": 40})
    there.made = type(there.made)(found.id, found.outputs)
    assert there.become(table(**{**UNITS, "readCapacity": 40, "tags": {"a": "b"}})) == [
        (
            "TagResource",
            {"ResourceArn": found.outputs["arn"], "Tags": [{"Key": "a", "Value": "b"}]},
        )
    ]
