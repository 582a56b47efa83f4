"""An existing table updated from one set of inputs to the next, as the real provider does."""

from __future__ import annotations

from typing import Any

import pytest

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.resource import Incomplete
from tests.emulated.cloud import Cloud
from tests.emulated.provider.provider import Provider
from tests.rehearsal.conftest import CreateTable, Inputs
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


def test_equal_inputs_change_nothing(create_table: CreateTable, table: Inputs) -> None:
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
    orders = create_table(table(**whole))
    before = orders.resource
    assert orders.update(table(**whole)) == []
    assert orders.resource == before


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
def test_an_explicit_off_value_equals_an_absent_one(
    create_table: CreateTable, table: Inputs, off: Json
) -> None:
    orders = create_table(table())
    assert orders.update(table(**off)) == []
    assert orders.update(table()) == []


def test_a_computed_value_that_is_left_out_stays(create_table: CreateTable, table: Inputs) -> None:
    on = {
        **UNITS,
        "globalSecondaryIndexes": [index("by-sk", **UNITS_OF_INDEX)],
        "ttl": {"enabled": True, "attributeName": "exp"},
        "serverSideEncryption": {"enabled": True},
        "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7},
    }
    orders = create_table(table(**on))
    before = orders.resource.outputs
    assert orders.update(table(billingMode="PROVISIONED", attributes=None)) == []
    assert orders.resource.outputs == before


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
    create_table: CreateTable, table: Inputs, on: Json, empty: Json
) -> None:
    orders = create_table(table(**on))
    before = orders.resource.outputs
    assert orders.update(table(**empty)) == []
    assert orders.resource.outputs == before


def test_another_value_that_is_left_out_returns_to_its_default(
    create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(
        table(
            streamEnabled=True,
            streamViewType="KEYS_ONLY",
            deletionProtectionEnabled=True,
            tableClass="STANDARD_INFREQUENT_ACCESS",
            tags={"team": "shop"},
        )
    )
    assert orders.update(table()) == [
        ("UntagResource", {"ResourceArn": orders.resource.outputs["arn"], "TagKeys": ["team"]}),
        table_update(TableClass="STANDARD"),
        table_update(DeletionProtectionEnabled=False, StreamSpecification={"StreamEnabled": False}),
    ]


def test_tags_are_added_changed_and_removed(
    cloud: Cloud, create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table(tags={"a": "1", "b": "1", "c": "1"}))
    arn = orders.resource.outputs["arn"]
    assert orders.update(table(tags={"b": "1", "c": "2", "d": "1"})) == [
        ("UntagResource", {"ResourceArn": arn, "TagKeys": ["a"]}),
        (
            "TagResource",
            {
                "ResourceArn": arn,
                "Tags": [{"Key": "c", "Value": "2"}, {"Key": "d", "Value": "1"}],
            },
        ),
    ]
    assert orders.resource.outputs["tags"] == {"b": "1", "c": "2", "d": "1"}
    listed = cloud.call("dynamodb", "ListTagsOfResource", {"ResourceArn": arn}, region="eu-west-1")
    assert len(listed["Tags"]) == 3


def test_the_class_changes_alone(create_table: CreateTable, table: Inputs) -> None:
    orders = create_table(table())
    assert orders.update(
        table(tableClass="STANDARD_INFREQUENT_ACCESS", deletionProtectionEnabled=True)
    ) == [
        table_update(TableClass="STANDARD_INFREQUENT_ACCESS"),
        table_update(DeletionProtectionEnabled=True),
    ]
    assert orders.described()["TableClassSummary"] == {"TableClass": "STANDARD_INFREQUENT_ACCESS"}


def test_a_stream_is_turned_on_off_and_on_again(create_table: CreateTable, table: Inputs) -> None:
    orders = create_table(table())
    on = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert orders.update(table(streamEnabled=True, streamViewType="NEW_IMAGE")) == [
        table_update(StreamSpecification=on)
    ]
    first = orders.resource.outputs["streamArn"]
    assert first.startswith(orders.resource.outputs["arn"] + "/stream/")
    assert orders.update(table(streamEnabled=False)) == [
        table_update(StreamSpecification={"StreamEnabled": False})
    ]
    assert orders.resource.outputs["streamEnabled"] is False
    assert orders.resource.outputs["streamArn"] == first  # as in AWS, which keeps the last one's
    assert "StreamSpecification" not in orders.described()
    orders.update(table(streamEnabled=True, streamViewType="NEW_IMAGE"))
    assert orders.resource.outputs["streamArn"] != first


def test_an_unrelated_update_keeps_the_arn_of_the_last_stream(
    create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table(streamEnabled=True, streamViewType="NEW_IMAGE"))
    arn = orders.resource.outputs["streamArn"]
    orders.update(table())
    orders.update(table(deletionProtectionEnabled=True))
    assert orders.resource.outputs["streamArn"] == arn


def test_a_changed_view_type_creates_another_stream(
    create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table(streamEnabled=True, streamViewType="NEW_IMAGE"))
    before = orders.resource.outputs["streamArn"]
    assert orders.update(table(streamEnabled=True, streamViewType="KEYS_ONLY")) == [
        table_update(StreamSpecification={"StreamEnabled": False}),
        table_update(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}),
    ]
    assert orders.resource.outputs["streamArn"] != before
    assert orders.described()["StreamSpecification"]["StreamViewType"] == "KEYS_ONLY"


def test_encryption_changes_between_the_three_kinds_of_key(
    create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table(serverSideEncryption={"enabled": False}))
    assert "SSEDescription" not in orders.described()
    assert orders.update(table(serverSideEncryption={"enabled": True})) == [
        table_update(SSESpecification={"Enabled": True})
    ]
    managed = "arn:aws:kms:eu-west-1:123456789012:alias/aws/dynamodb"
    assert orders.described()["SSEDescription"]["KMSMasterKeyArn"] == managed
    assert orders.update(table(serverSideEncryption={"enabled": True, "kmsKeyArn": KEY})) == [
        table_update(SSESpecification={"Enabled": True, "KMSMasterKeyId": KEY, "SSEType": "KMS"})
    ]
    assert orders.described()["SSEDescription"]["KMSMasterKeyArn"] == KEY
    assert orders.update(table(serverSideEncryption={"enabled": False})) == [
        table_update(SSESpecification={"Enabled": False})
    ]
    assert "SSEDescription" not in orders.described()


def test_a_customer_key_that_is_left_out_or_empty_stays(
    create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table(serverSideEncryption={"enabled": True, "kmsKeyArn": KEY}))
    for encryption in ({"enabled": True}, {"enabled": True, "kmsKeyArn": ""}):
        assert orders.update(table(serverSideEncryption=encryption)) == []
    assert orders.described()["SSEDescription"]["KMSMasterKeyArn"] == KEY


def test_ttl_is_turned_on_and_off(create_table: CreateTable, table: Inputs) -> None:
    orders = create_table(table(ttl={"enabled": False}))
    for on in (True, False, True):
        specification = {"Enabled": on, "AttributeName": "exp"}
        assert orders.update(table(ttl={"enabled": on, "attributeName": "exp"})) == [
            ("UpdateTimeToLive", {"TimeToLiveSpecification": specification})
        ]
        attribute = "exp" if on else ""
        assert orders.resource.outputs["ttl"] == {"enabled": on, "attributeName": attribute}


def test_ttl_is_not_turned_off_without_its_attribute(
    create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table(ttl={"enabled": True, "attributeName": "exp"}))
    with pytest.raises(Refused, match=r"TimeToLiveSpecification\.AttributeName"):
        orders.update(table(ttl={"enabled": False}))


def test_ttl_does_not_change_its_attribute_while_it_is_on(
    create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table(ttl={"enabled": True, "attributeName": "exp"}))
    with pytest.raises(Refused, match="different AttributeName: exp"):
        orders.update(table(ttl={"enabled": True, "attributeName": "other"}))


def test_recovery_is_turned_on_changes_its_period_and_is_turned_off(
    create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table(pointInTimeRecovery={"enabled": False}))

    def update_requests(**recovery: Any) -> list[tuple[str, Json]]:
        return orders.update(table(pointInTimeRecovery=recovery))

    def sent(**specification: Any) -> list[tuple[str, Json]]:
        return [("UpdateContinuousBackups", {"PointInTimeRecoverySpecification": specification})]

    assert update_requests(enabled=True) == sent(PointInTimeRecoveryEnabled=True)
    assert orders.resource.outputs["pointInTimeRecovery"]["recoveryPeriodInDays"] == 35
    assert update_requests(enabled=True, recoveryPeriodInDays=7) == sent(
        PointInTimeRecoveryEnabled=True, RecoveryPeriodInDays=7
    )
    assert update_requests(enabled=True) == []
    assert update_requests(enabled=False) == sent(PointInTimeRecoveryEnabled=False)
    assert orders.resource.outputs["pointInTimeRecovery"] == {
        "enabled": False,
        "recoveryPeriodInDays": 0,
    }


def test_the_capacity_of_a_table_changes(create_table: CreateTable, table: Inputs) -> None:
    orders = create_table(table(**UNITS))
    assert orders.update(table(**{**UNITS, "readCapacity": 9})) == [
        table_update(
            BillingMode="PROVISIONED",
            ProvisionedThroughput={"ReadCapacityUnits": 9, "WriteCapacityUnits": 5},
        )
    ]
    assert orders.resource.outputs["readCapacity"] == 9


def test_the_billing_mode_changes_in_both_directions(
    create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table(**UNITS, globalSecondaryIndexes=[index("by-sk", **UNITS_OF_INDEX)]))
    assert orders.update(table(globalSecondaryIndexes=[index("by-sk")])) == [
        table_update(BillingMode="PAY_PER_REQUEST")
    ]
    (described,) = orders.described()["GlobalSecondaryIndexes"]
    for throughput in (orders.described(), described):
        assert throughput["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    assert orders.update(
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
    assert orders.resource.outputs["readCapacity"] == 5
    assert orders.resource.outputs["globalSecondaryIndexes"][0]["readCapacity"] == 5


def test_a_provisioned_table_with_ignored_capacity_gets_one_unit_each(
    create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table())
    assert orders.update(table(billingMode="PROVISIONED")) == [
        table_update(
            BillingMode="PROVISIONED",
            ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        )
    ]


def test_provisioned_is_refused_while_there_is_a_standalone_index(
    create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table(globalSecondaryIndexes=[index("by-sk")]))
    before = orders.resource.outputs
    for state in ({**before, "globalSecondaryIndexes": []}, before):
        orders.resource = type(orders.resource)(orders.resource.id, state)
        with pytest.raises(Refused, match=r"by-sk|write capacity must be > 0"):
            orders.update(table(**UNITS))


def test_an_on_demand_maximum_is_set_changed_and_removed_by_minus_one(
    create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table())
    for amount, sent in ((5, 5), (9, 9), (-1, -1)):
        maximum = {"maxReadRequestUnits": amount}
        assert orders.update(table(onDemandThroughput=maximum)) == [
            table_update(OnDemandThroughput={"MaxReadRequestUnits": sent})
        ]
    assert "onDemandThroughput" not in orders.resource.outputs


def test_every_update_removes_a_maximum_that_is_gone_from_the_inputs(
    create_table: CreateTable, table: Inputs
) -> None:
    """AWS describes none then, and to the provider a block is a change where there was none."""
    orders = create_table(
        table(onDemandThroughput={"maxReadRequestUnits": 5, "maxWriteRequestUnits": 5})
    )
    none = {"maxReadRequestUnits": -1, "maxWriteRequestUnits": -1}
    sent = {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1}
    for _ in range(2):
        assert orders.update(table(onDemandThroughput=none)) == [
            table_update(OnDemandThroughput=sent)
        ]
    assert orders.update(table()) == []


def test_one_maximum_that_is_gone_from_the_inputs_is_no_change(
    create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(
        table(onDemandThroughput={"maxReadRequestUnits": 5, "maxWriteRequestUnits": 5})
    )
    only = {"maxReadRequestUnits": -1, "maxWriteRequestUnits": 5}
    assert len(orders.update(table(onDemandThroughput=only))) == 1
    assert orders.update(table(onDemandThroughput=only)) == []


def test_an_on_demand_maximum_is_not_removed_with_its_block(
    create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table(onDemandThroughput={"maxReadRequestUnits": 5}))
    with pytest.raises(Refused, match="At least one of"):
        orders.update(table())


def test_warm_throughput_grows(create_table: CreateTable, table: Inputs) -> None:
    orders = create_table(table())
    warm = {"readUnitsPerSecond": 15000, "writeUnitsPerSecond": 5000}
    assert orders.update(table(warmThroughput=warm)) == [
        table_update(WarmThroughput={"ReadUnitsPerSecond": 15000, "WriteUnitsPerSecond": 5000})
    ]
    assert orders.resource.outputs["warmThroughput"] == warm


def test_one_index_is_added(create_table: CreateTable, table: Inputs) -> None:
    orders = create_table(table())
    attributes = [*table()["attributes"], {"name": "g", "type": "S"}]
    assert orders.update(
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
    assert orders.resource.outputs["attributes"] == attributes


def test_two_indexes_at_once_are_two_requests(create_table: CreateTable, table: Inputs) -> None:
    orders = create_table(table())
    attributes = [*table()["attributes"], *({"name": n, "type": "S"} for n in ("g", "h"))]
    indexes = [index("by-g", "g"), index("by-h", "h")]
    requests = orders.update(table(attributes=attributes, globalSecondaryIndexes=indexes))
    created = [request["GlobalSecondaryIndexUpdates"] for _, request in requests]
    assert [[update["Create"]["IndexName"] for update in updates] for updates in created] == [
        ["by-g"],
        ["by-h"],
    ]
    assert orders.resource.outputs["attributes"] == attributes
    assert [i["name"] for i in orders.resource.outputs["globalSecondaryIndexes"]] == [
        "by-g",
        "by-h",
    ]


def test_one_of_two_indexes_is_removed_with_its_attribute(
    create_table: CreateTable, table: Inputs
) -> None:
    attributes = [*table()["attributes"], {"name": "g", "type": "S"}]
    both = [index("by-g", "g"), index("by-sk")]
    orders = create_table(table(attributes=attributes, globalSecondaryIndexes=both))
    assert orders.update(table(globalSecondaryIndexes=both[1:])) == [
        table_update(GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-g"}}])
    ]
    assert orders.resource.outputs["attributes"] == table()["attributes"]
    assert [i["name"] for i in orders.resource.outputs["globalSecondaryIndexes"]] == ["by-sk"]


@pytest.mark.parametrize(
    "change",
    [
        {"projectionType": "KEYS_ONLY"},
        {"projectionType": "INCLUDE", "nonKeyAttributes": ["a"]},
        {"keySchemas": [{"attributeName": "pk", "keyType": "HASH"}]},
    ],
)
def test_a_changed_key_or_projection_rebuilds_the_index(
    create_table: CreateTable, table: Inputs, change: Json
) -> None:
    orders = create_table(table(globalSecondaryIndexes=[index("by-x"), index("stays")]))
    requests = orders.update(
        table(globalSecondaryIndexes=[{**index("by-x"), **change}, index("stays")])
    )
    updates = [request["GlobalSecondaryIndexUpdates"] for _, request in requests]
    assert [list(update) for (update,) in updates] == [["Delete"], ["Create"]]
    assert {next(iter(update.values()))["IndexName"] for (update,) in updates} == {"by-x"}


def test_the_order_of_non_key_attributes_does_not_matter(
    create_table: CreateTable, table: Inputs
) -> None:
    def include(*names: str) -> Json:
        return index("by-x", projectionType="INCLUDE", nonKeyAttributes=list(names))

    orders = create_table(table(globalSecondaryIndexes=[include("a", "b")]))
    assert orders.update(table(globalSecondaryIndexes=[include("b", "a")])) == []


def test_the_capacity_of_an_index_changes_in_place(
    create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table(**UNITS, globalSecondaryIndexes=[index("by-sk", **UNITS_OF_INDEX)]))
    units = {"readCapacity": 9, "writeCapacity": 5}
    assert orders.update(table(**UNITS, globalSecondaryIndexes=[units_of("by-sk", units)])) == [
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


def test_the_on_demand_maximum_of_an_index_changes_in_place(
    create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table(globalSecondaryIndexes=[index("by-sk")]))
    for amount in (5, 9, -1):
        maximum = {"maxReadRequestUnits": amount}
        requests = orders.update(
            table(globalSecondaryIndexes=[index("by-sk", onDemandThroughput=maximum)])
        )
        action = {"IndexName": "by-sk", "OnDemandThroughput": {"MaxReadRequestUnits": amount}}
        assert requests == [table_update(GlobalSecondaryIndexUpdates=[{"Update": action}])]
    assert "onDemandThroughput" not in orders.resource.outputs["globalSecondaryIndexes"][0]


def test_the_warm_throughput_of_an_index_grows_in_place(
    create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table(globalSecondaryIndexes=[index("by-sk")]))
    warm = {"readUnitsPerSecond": 15000, "writeUnitsPerSecond": 5000}
    requests = orders.update(table(globalSecondaryIndexes=[index("by-sk", warmThroughput=warm)]))
    sent = {"ReadUnitsPerSecond": 15000, "WriteUnitsPerSecond": 5000}
    action = {"IndexName": "by-sk", "WarmThroughput": sent}
    assert requests == [table_update(GlobalSecondaryIndexUpdates=[{"Update": action}])]
    assert orders.resource.outputs["globalSecondaryIndexes"][0]["warmThroughput"] == warm


def test_the_warm_throughput_of_an_index_only_falls_with_a_new_index(
    create_table: CreateTable, table: Inputs
) -> None:
    def warm(reads: int) -> Json:
        throughput = {"readUnitsPerSecond": reads, "writeUnitsPerSecond": 5000}
        return table(globalSecondaryIndexes=[index("by-sk", warmThroughput=throughput)])

    orders = create_table(warm(15000))
    requests = orders.update(warm(14000))
    updates = [request["GlobalSecondaryIndexUpdates"] for _, request in requests]
    assert [list(update) for (update,) in updates] == [["Delete"], ["Create"]]


def test_missing_units_of_an_index_are_refused_before_any_request(
    cloud: Cloud, create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table())
    before = changes(cloud.calls)
    with pytest.raises(Refused, match="write capacity must be > 0"):
        orders.update(table(**UNITS, globalSecondaryIndexes=[index("by-sk")], tags={"a": "b"}))
    assert changes(cloud.calls) == before


def test_indexes_that_the_inputs_do_not_name_stay_unchanged(
    create_table: CreateTable, table: Inputs
) -> None:
    """As when they are standalone and a refresh has added them to the state."""
    sorted_ = [
        {"attributeName": "sk", "keyType": "HASH"},
        {"attributeName": "pk", "keyType": "RANGE"},
    ]
    orders = create_table(table(globalSecondaryIndexes=[{**index("by-sk"), "keySchemas": sorted_}]))
    assert orders.update(table(deletionProtectionEnabled=True)) == [
        table_update(DeletionProtectionEnabled=True)
    ]


def test_an_index_of_many_attributes_has_no_single_keys(
    create_table: CreateTable, table: Inputs
) -> None:
    names = ("pk", "sk", "a", "b")
    keys = [{"attributeName": name, "keyType": "HASH"} for name in ("a", "b")]
    many = {**index("by-many"), "keySchemas": [*keys, {"attributeName": "sk", "keyType": "RANGE"}]}
    attributes = [{"name": name, "type": "S"} for name in names]
    orders = create_table(table(attributes=attributes, globalSecondaryIndexes=[many]))
    (outputs,) = orders.resource.outputs["globalSecondaryIndexes"]
    assert outputs["keySchemas"] == many["keySchemas"]
    assert (outputs.get("hashKey"), outputs.get("rangeKey")) == (None, "sk")
    assert orders.update(orders.inputs) == []


def test_many_changes_are_sent_in_the_providers_order(
    create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table(globalSecondaryIndexes=[index("goes")]))
    requests = orders.update(
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


def test_a_refused_update_is_reported_as_if_it_had_succeeded(
    create_table: CreateTable, table: Inputs
) -> None:
    streaming = {"streamEnabled": True, "streamViewType": "KEYS_ONLY"}
    orders = create_table(table(tableClass="STANDARD_INFREQUENT_ACCESS", **streaming))
    before = orders.resource.outputs
    wanted = {
        "deletionProtectionEnabled": True,
        "ttl": {"enabled": True, "attributeName": ""},
        "streamEnabled": False,
    }
    with pytest.raises(Incomplete) as caught:
        orders.update(table(**wanted))
    resource = caught.value.resource
    # What no input decides, and what the provider keeps without an input, stays.
    gone = {"tableClass", "localSecondaryIndexes", "replicas", "tags"}
    assert resource.outputs == {
        **{key: value for key, value in before.items() if key not in gone},
        **wanted,
    }
    assert resource.outputs["streamViewType"] == "KEYS_ONLY"


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
    create_table: CreateTable, table: Inputs, name: str, value: object
) -> None:
    local = [{"name": "by-l", "rangeKey": "sk", "projectionType": "ALL"}]
    orders = create_table(table(localSecondaryIndexes=local))
    with pytest.raises(ValueError, match=f"a change of {name} is a replacement"):
        orders.update(table(**{"localSecondaryIndexes": local, name: value}))


def test_a_local_index_changed_under_its_name_is_not_detected(
    create_table: CreateTable, table: Inputs
) -> None:
    """The provider hashes local indexes by name: hashicorp/terraform-provider-aws, issue 31730."""
    local = {"name": "by-l", "rangeKey": "sk", "projectionType": "ALL"}
    orders = create_table(table(localSecondaryIndexes=[local]))
    other = {**local, "projectionType": "KEYS_ONLY"}
    tagged = table(localSecondaryIndexes=[other], tags={"team": "a"})
    assert [operation for operation, _ in orders.update(tagged)] == ["TagResource"]
    assert orders.resource.outputs["localSecondaryIndexes"] == [{**local, "nonKeyAttributes": []}]


def test_a_change_by_an_autoscaler_is_read_unless_capacity_is_ignored(
    cloud: Cloud, aws: Provider, create_table: CreateTable, table: Inputs
) -> None:
    orders = create_table(table(**UNITS))
    units = {"ReadCapacityUnits": 40, "WriteCapacityUnits": 5}
    parameters = {"TableName": "orders", "ProvisionedThroughput": units}
    cloud.call("dynamodb", "UpdateTable", parameters, region="eu-west-1")
    found = aws.read(TABLE, orders.resource.id, orders.resource.outputs, orders.inputs)
    assert found is not None
    assert found.inputs == table(**{**UNITS, "readCapacity": 40})
    orders.resource = type(orders.resource)(found.id, found.outputs)
    assert orders.update(table(**{**UNITS, "readCapacity": 40, "tags": {"a": "b"}})) == [
        (
            "TagResource",
            {"ResourceArn": found.outputs["arn"], "Tags": [{"Key": "a", "Value": "b"}]},
        )
    ]
