"""Replicas under the engine: created with the table, added, changed, removed, destroyed."""

from __future__ import annotations

from typing import Any

import pytest

from planton.rehearsal.aws.requests import AUTOSCALING, DYNAMODB
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.harness import Stack
from tests.engine.manifests import NAME, PROVISIONED, SCALED, UNITS, allowing, index, key, manifest

TABLE = "Table orders"
STREAM = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}
IRELAND, MUMBAI = "eu-west-1", "ap-south-1"
REPLICA = f"TableReplica orders-{IRELAND}"
SCALED_EVERYWHERE = {**PROVISIONED, **STREAM, "autoscaling": SCALED}


def replica(region: str, **more: Any) -> dict[str, Any]:
    return {"regionName": region, **more}


def _of(resource: str) -> list[str]:
    """Targets and policies of both dimensions of `orders`, `orders-who`, `orders@eu-west-1`."""
    names = [f"{resource}-{dimension}" for dimension in ("read", "write")]
    return [f"{kind} {name}" for kind in ("Target", "Policy") for name in names]


def _members(cloud: Cloud) -> dict[str, list[str]]:
    """Each region that has the table, with what it says of the others."""
    regions = sorted({call.region for call in cloud.calls})
    existing = [region for region in regions if NAME in looks.tables(cloud, region)]
    return {region: sorted(_others(cloud, region)) for region in existing}


def _others(cloud: Cloud, region: str) -> list[str]:
    asked = {"TableName": NAME}
    described = cloud.call(DYNAMODB, "DescribeTable", asked, region=region)["Table"]
    return [member["RegionName"] for member in described.get("Replicas", [])]


def _tags(cloud: Cloud, region: str) -> dict[str, str]:
    arn = f"arn:aws:dynamodb:{region}:123456789012:table/{NAME}"
    asked = {"ResourceArn": arn}
    listed = cloud.call(DYNAMODB, "ListTagsOfResource", asked, region=region)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in listed if not tag["Key"].startswith("planton.ai/")}


def _settings(cloud: Cloud, region: str) -> tuple[bool, bool]:
    """Recovery and deletion protection of a member."""
    asked = {"TableName": NAME}
    backups = cloud.call(DYNAMODB, "DescribeContinuousBackups", asked, region=region)
    described = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    table = cloud.call(DYNAMODB, "DescribeTable", asked, region=region)["Table"]
    recoverable = described["PointInTimeRecoveryStatus"] == "ENABLED"
    return recoverable, table["DeletionProtectionEnabled"]


def _up(stack: Stack, **spec: Any) -> dict[str, str]:
    report = stack.up(manifest(**spec))
    assert report.ok, report.explained()
    return report.changes


def _settled(stack: Stack, **spec: Any) -> None:
    """Nothing is left to do, before a refresh and after it."""
    again = stack.up(manifest(**spec))
    assert again.is_unchanged, again.explained()
    refreshed = stack.refresh()
    assert refreshed.is_unchanged, refreshed.explained()
    after = stack.up(manifest(**spec))
    assert after.is_unchanged, after.explained()


def test_a_region_is_added_to_and_removed_from_an_existing_table(
    stack: Stack, cloud: Cloud
) -> None:
    _up(stack, **STREAM)
    one: dict[str, Any] = {**STREAM, "replicas": [replica(IRELAND, propagateTags=True)]}
    assert _up(stack, **one) == {TABLE: "update"}
    assert _members(cloud) == {IRELAND: ["us-east-1"], "us-east-1": [IRELAND]}
    _settled(stack, **one)

    two: dict[str, Any] = {
        **STREAM,
        "replicas": [*one["replicas"], replica(MUMBAI, pointInTimeRecovery=True)],
    }
    report = stack.up(manifest(**two))
    assert report.ok, report.explained()
    assert report.diffs(TABLE) == ("replicas",)
    arn = "arn:aws:dynamodb:{}:123456789012:table/orders"
    assert report.outputs["replica_arns"] == {r: arn.format(r) for r in (IRELAND, MUMBAI)}
    streams = report.outputs["replica_stream_arns"]
    assert {r: s.startswith(arn.format(r) + "/stream/") for r, s in streams.items()} == {
        IRELAND: True,
        MUMBAI: True,
    }
    assert _settings(cloud, MUMBAI) == (True, False)
    _settled(stack, **two)

    other = {**STREAM, "replicas": [two["replicas"][1]]}
    gone = stack.up(manifest(**other))
    assert gone.ok, gone.explained()
    assert [w for w in gone.warnings if "the copy in that region is deleted" in w]
    assert _members(cloud) == {MUMBAI: ["us-east-1"], "us-east-1": [MUMBAI]}
    assert _up(stack, **STREAM) == {TABLE: "update"}
    assert _members(cloud) == {"us-east-1": []}
    _settled(stack, **STREAM)
    assert "replica_arns" not in stack.up(manifest(**STREAM)).outputs


def test_tags_are_propagated_to_the_replicas_that_ask_for_them(stack: Stack, cloud: Cloud) -> None:
    replicas = [replica(IRELAND, propagateTags=True), replica(MUMBAI)]
    _up(stack, **STREAM, replicas=replicas, tags={"team": "a"})
    _up(stack, **STREAM, replicas=replicas, tags={"team": "b"})
    assert (_tags(cloud, IRELAND), _tags(cloud, MUMBAI)) == ({"team": "b"}, {})


def test_a_second_update_completes_what_the_provider_leaves_undone(
    stack: Stack, cloud: Cloud
) -> None:
    both = {
        **STREAM,
        "replicas": [replica(IRELAND, pointInTimeRecovery=True, deletionProtectionEnabled=True)],
    }
    _up(stack, **STREAM, replicas=[replica(IRELAND)])
    first = stack.up(manifest(**both))
    assert first.ok, first.explained()
    assert [w for w in first.warnings if "run `pulumi up` again" in w]
    assert _settings(cloud, IRELAND) == (True, False)
    assert _up(stack, **both) == {TABLE: "update"}
    assert _settings(cloud, IRELAND) == (True, True)
    _settled(stack, **both)


def test_removal_of_a_protected_replica_is_refused_before_it_begins(
    stack: Stack, cloud: Cloud
) -> None:
    protected = [replica(IRELAND, deletionProtectionEnabled=True)]
    _up(stack, **STREAM, replicas=protected)
    before = len(looks.writes(cloud))
    refused = stack.up(manifest(**STREAM, pointInTimeRecoveryEnabled=True))
    assert not refused.ok
    assert "set deletionProtectionEnabled: false on the replica alone" in refused.text
    assert len(looks.writes(cloud)) == before
    _up(stack, **STREAM, replicas=[replica(IRELAND)])
    _up(stack, **STREAM)
    assert _members(cloud) == {"us-east-1": []}


def test_a_changed_key_recreates_the_replica_and_keeps_the_table(
    stack: Stack, cloud: Cloud
) -> None:
    alias = "arn:aws:kms:{}:123456789012:alias/{}"
    encrypted = {"enabled": True, "kmsKeyArn": alias.format("us-east-1", "a")}

    def spec(name: str) -> dict[str, Any]:
        replicas = [replica(IRELAND, kmsKeyArn=alias.format(IRELAND, name))]
        return {**STREAM, "serverSideEncryption": encrypted, "replicas": replicas}

    _up(stack, **spec("a"))
    _settled(stack, **spec("a"))
    assert _up(stack, **spec("b")) == {TABLE: "update"}
    _settled(stack, **spec("b"))
    described = cloud.call(DYNAMODB, "DescribeTable", {"TableName": NAME}, region=IRELAND)["Table"]
    assert described["SSEDescription"]["KMSMasterKeyArn"] == alias.format(IRELAND, "b")


def test_the_kind_of_key_changes_in_every_region_with_one_update(
    stack: Stack, cloud: Cloud
) -> None:
    """As in the provider's acceptance tests Replica_singleDefaultKeyEncryptedAmazonOwned and
    Replica_doubleAddCMK; the ways back are not among these."""

    def arn(region: str) -> str:
        return f"arn:aws:kms:{region}:123456789012:key/11111111-2222-3333-4444-555555555555"

    def key_in(region: str) -> str | None:
        asked = {"TableName": NAME}
        table = cloud.call(DYNAMODB, "DescribeTable", asked, region=region)["Table"]
        found: str | None = table.get("SSEDescription", {}).get("KMSMasterKeyArn")
        return found

    owned = {**STREAM, "replicas": [replica(IRELAND)]}
    managed = {**owned, "serverSideEncryption": {"enabled": True}}
    customers = {
        **STREAM,
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": arn("us-east-1")},
        "replicas": [replica(IRELAND, kmsKeyArn=arn(IRELAND))],
    }
    _up(stack, **owned)
    for spec in (managed, owned, customers, owned, managed, customers):
        report = stack.up(manifest(**spec))
        assert report.ok, report.explained()
        assert report.changes == {TABLE: "update"}
        warned = any("the copy in that region is deleted" in one for one in report.warnings)
        assert warned == (spec is customers)
        _settled(stack, **spec)
        for region in ("us-east-1", IRELAND):
            held = key_in(region)
            if spec is customers:
                assert held == arn(region)
            else:
                assert (held is not None and "alias/aws/dynamodb" in held) == (spec is managed)
        assert _members(cloud) == {IRELAND: ["us-east-1"], "us-east-1": [IRELAND]}


@pytest.mark.parametrize("witness", [True, False], ids=["with a witness", "two replicas"])
def test_strongly_consistent_replicas_are_added_and_removed_together(
    stack: Stack, cloud: Cloud, witness: bool
) -> None:
    strong: dict[str, Any] = {
        **STREAM,
        "replicas": [replica("us-east-2", consistencyMode="STRONG", pointInTimeRecovery=True)],
        "globalTableWitness": {"regionName": "us-west-2"},
    }
    if not witness:
        strong = {**STREAM, "replicas": [
            replica(region, consistencyMode="STRONG") for region in ("us-east-2", "us-west-2")
        ]}  # fmt: skip
    _up(stack, **strong)
    described = looks.table(cloud)
    assert described["MultiRegionConsistency"] == "STRONG"
    witnesses = [one["RegionName"] for one in described.get("GlobalTableWitnesses", [])]
    assert witnesses == (["us-west-2"] if witness else [])
    _settled(stack, **strong)

    weaker = [{**one, "consistencyMode": "EVENTUAL"} for one in strong["replicas"]]
    refused = stack.up(manifest(**STREAM, replicas=weaker))
    assert not refused.ok
    assert "remove all replicas and the witness" in refused.text

    assert _up(stack, **STREAM) == {TABLE: "update"}
    assert _members(cloud) == {"us-east-1": []}
    assert "GlobalTableWitnesses" not in looks.table(cloud)
    _settled(stack, **STREAM)


def test_protecting_a_strong_replica_needs_the_announced_second_update(
    stack: Stack, cloud: Cloud
) -> None:
    strong = {
        **STREAM,
        "replicas": [
            replica("us-east-2", consistencyMode="STRONG", deletionProtectionEnabled=True)
        ],
        "globalTableWitness": {"regionName": "us-west-2"},
    }
    first = stack.up(manifest(**strong))
    assert first.ok, first.explained()
    assert [w for w in first.warnings if "second-step" in w]
    assert _settings(cloud, "us-east-2") == (False, False)
    assert _up(stack, **strong) == {TABLE: "update"}
    assert _settings(cloud, "us-east-2") == (False, True)


def test_a_provisioned_table_with_scaling_and_a_replica_needs_one_update(
    stack: Stack, cloud: Cloud
) -> None:
    spec = {
        **SCALED_EVERYWHERE,
        "globalSecondaryIndexes": [index("who", provisionedThroughput=UNITS)],
        "replicas": [replica(IRELAND, pointInTimeRecovery=True, propagateTags=True)],
    }
    report = stack.up(manifest(**spec))
    assert report.ok, report.explained()
    created = [step.resource for step in report.steps if step.type.startswith("aws:")]
    for scaling in (*_of(NAME), *_of("orders-who")):
        assert created.index(scaling) < created.index(REPLICA)
    for scaling in (*_of(f"orders@{IRELAND}"), *_of(f"orders@{IRELAND}-who")):
        assert created.index(REPLICA) < created.index(scaling)
    asked = {"ServiceNamespace": DYNAMODB}
    scaled = cloud.call(AUTOSCALING, "DescribeScalableTargets", asked, region=IRELAND)
    assert len(scaled["ScalableTargets"]) == 4
    assert _settings(cloud, IRELAND) == (True, False)
    arn = f"arn:aws:dynamodb:{IRELAND}:123456789012:table/orders"
    assert report.outputs["replica_arns"] == {IRELAND: arn}
    assert report.outputs["replica_stream_arns"][IRELAND].startswith(f"{arn}/stream/")
    assert sorted(report.outputs["autoscaling_policy_arns"]) == sorted(
        f"{where}{held}/{dimension}"
        for where in ("", f"replica/{IRELAND}/")
        for held in ("table", "index/who")
        for dimension in ("read", "write")
    )
    _settled(stack, **spec)


def test_a_region_is_added_to_and_removed_from_a_provisioned_table(
    stack: Stack, cloud: Cloud
) -> None:
    _up(stack, **SCALED_EVERYWHERE)
    one = {**SCALED_EVERYWHERE, "replicas": [replica(IRELAND)]}
    assert _up(stack, **one) == {REPLICA: "create"} | dict.fromkeys(
        _of(f"orders@{IRELAND}"), "create"
    )
    two = {**SCALED_EVERYWHERE, "replicas": [replica(IRELAND), replica(MUMBAI)]}
    assert _up(stack, **two) == {f"TableReplica orders-{MUMBAI}": "create"} | dict.fromkeys(
        _of(f"orders@{MUMBAI}"), "create"
    )
    _settled(stack, **two)
    assert _up(stack, **{**two, "replicas": [replica(MUMBAI)]}) == {
        REPLICA: "delete"
    } | dict.fromkeys(_of(f"orders@{IRELAND}"), "delete")
    assert _members(cloud) == {MUMBAI: ["us-east-1"], "us-east-1": [MUMBAI]}
    _up(stack, **SCALED_EVERYWHERE)
    assert _members(cloud) == {"us-east-1": []}
    _settled(stack, **SCALED_EVERYWHERE)


def test_settings_of_a_standalone_replica_change_in_place(stack: Stack, cloud: Cloud) -> None:
    _up(stack, **SCALED_EVERYWHERE, replicas=[replica(IRELAND)])
    both = [replica(IRELAND, pointInTimeRecovery=True, deletionProtectionEnabled=True)]
    assert _up(stack, **SCALED_EVERYWHERE, replicas=both) == {REPLICA: "update"}
    assert _settings(cloud, IRELAND) == (True, True)
    refused = stack.up(manifest(**SCALED_EVERYWHERE))
    assert not refused.ok
    assert _members(cloud)[IRELAND] == ["us-east-1"]


def test_a_billing_mode_that_moves_replicas_is_refused_with_the_steps(
    stack: Stack, cloud: Cloud
) -> None:
    replicas = [replica(IRELAND)]
    _up(stack, **STREAM, replicas=replicas)
    before = len(looks.writes(cloud))
    refused = stack.preview(manifest(**SCALED_EVERYWHERE, replicas=replicas))
    assert not refused.ok
    assert "remove the replicas and run `pulumi up`; change billingMode" in refused.text
    assert len(looks.writes(cloud)) == before


def test_a_replica_deleted_outside_pulumi_is_recreated_after_a_refresh(
    stack: Stack, cloud: Cloud
) -> None:
    spec = {**STREAM, "replicas": [replica(IRELAND)]}
    _up(stack, **spec)
    update = {"Delete": {"RegionName": IRELAND}}
    cloud.call(DYNAMODB, "UpdateTable", {"TableName": NAME, "ReplicaUpdates": [update]})
    assert stack.refresh().counts["update"] == 1
    assert _up(stack, **spec) == {TABLE: "update"}
    assert _members(cloud) == {IRELAND: ["us-east-1"], "us-east-1": [IRELAND]}


def test_a_standalone_replica_deleted_outside_pulumi_is_recreated(
    stack: Stack, cloud: Cloud
) -> None:
    spec = {**SCALED_EVERYWHERE, "replicas": [replica(IRELAND)]}
    _up(stack, **spec)
    update = {"Delete": {"RegionName": IRELAND}}
    cloud.call(DYNAMODB, "UpdateTable", {"TableName": NAME, "ReplicaUpdates": [update]})
    blind = stack.preview(manifest(**spec))
    assert blind.ok, blind.explained()
    assert blind.warnings == [
        "warning: the stream of the replica in eu-west-1 is unknown (reading Dynamodb Table "
        "(orders): couldn't find resource): if the replica was deleted by hand, run `pulumi "
        "refresh` and `pulumi up` to recreate it\n"
    ]
    stack.refresh()
    assert _up(stack, **spec) == {REPLICA: "create"}  # its scaling, AWS had left behind
    assert _members(cloud) == {IRELAND: ["us-east-1"], "us-east-1": [IRELAND]}


@pytest.mark.parametrize("provisioned", [True, False], ids=["provisioned", "on demand"])
def test_destroy_deletes_the_table_in_every_region(
    stack: Stack, cloud: Cloud, provisioned: bool
) -> None:
    spec = SCALED_EVERYWHERE if provisioned else STREAM
    _up(stack, **spec, replicas=[replica(IRELAND), replica(MUMBAI)])
    assert len(_members(cloud)) == 3
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    assert looks.is_empty(cloud)


@pytest.mark.parametrize("provisioned", [True, False], ids=["provisioned", "on demand"])
def test_an_allowed_replacement_recreates_the_replicas_too(
    stack: Stack, cloud: Cloud, provisioned: bool
) -> None:
    spec = {**(SCALED_EVERYWHERE if provisioned else STREAM), "replicas": [replica(IRELAND)]}
    _up(stack, **spec)
    replacement = {
        **spec,
        "attributeDefinitions": [{"name": "other", "type": "S"}],
        "keySchema": [{"attributeName": "other", "keyType": "HASH"}],
    }
    report = stack.up(manifest(annotations=allowing("keySchema"), **replacement))
    assert report.ok, report.explained()
    assert report.changes[TABLE] == "replace"
    assert _members(cloud) == {IRELAND: ["us-east-1"], "us-east-1": [IRELAND]}
    assert _up(stack, **replacement) == {}
    _settled(stack, **replacement)


@pytest.mark.parametrize("provisioned", [False, True], ids=["inline", "standalone"])
@pytest.mark.parametrize("unprotected", [False, True], ids=["still", "until now"])
def test_a_table_with_a_protected_replica_is_not_partly_replaced(
    stack: Stack, cloud: Cloud, provisioned: bool, unprotected: bool
) -> None:
    spec = SCALED_EVERYWHERE if provisioned else STREAM
    _up(stack, **spec, replicas=[replica(IRELAND, deletionProtectionEnabled=True)])
    before = len(looks.writes(cloud))
    for allowed_change, other in (
        ("keySchema", {"keySchema": key("id")}),
        ("tableName", {"tableName": "orders-2"}),
    ):
        wanted = [replica(IRELAND, deletionProtectionEnabled=not unprotected)]
        for operation in (stack.preview, stack.up):
            refused = operation(
                manifest(**{**spec, **other}, replicas=wanted, annotations=allowing(allowed_change))
            )
            assert not refused.ok
            assert "set deletionProtectionEnabled: false on the replica alone" in refused.text
    assert len(looks.writes(cloud)) == before


def test_destroy_with_a_protected_replica_is_refused_before_it_begins(
    stack: Stack, cloud: Cloud
) -> None:
    """The provider would delete the unprotected ones and only then be refused."""
    replicas = [replica(IRELAND, deletionProtectionEnabled=True), replica(MUMBAI)]
    _up(stack, **STREAM, replicas=replicas)
    before = len(looks.writes(cloud))
    refused = stack.destroy()
    assert not refused.ok
    assert "protect" in refused.text
    assert len(looks.writes(cloud)) == before
    _up(stack, **STREAM, replicas=[replica(IRELAND), replica(MUMBAI)])
    assert stack.destroy().ok
    assert looks.is_empty(cloud)


TO_PROVISIONED: list[dict[str, Any]] = [
    {**STREAM, "replicas": [replica(IRELAND)]},
    {**STREAM},
    {**STREAM, **PROVISIONED},
    {**SCALED_EVERYWHERE},
    {**SCALED_EVERYWHERE, "replicas": [replica(IRELAND)]},
]
TO_ON_DEMAND: list[dict[str, Any]] = [
    {**SCALED_EVERYWHERE, "replicas": [replica(IRELAND)]},
    {**SCALED_EVERYWHERE},
    {**STREAM},
    {**STREAM, "replicas": [replica(IRELAND)]},
]


@pytest.mark.parametrize(
    "steps", [TO_PROVISIONED, TO_ON_DEMAND], ids=["to PROVISIONED", "to PAY_PER_REQUEST"]
)
def test_the_billing_mode_of_a_table_with_replicas_changes_in_steps(
    stack: Stack, cloud: Cloud, steps: list[dict[str, Any]]
) -> None:
    """A refresh adds standalone replicas to the table's state, and another refresh removes them."""
    first, *rest = steps
    _up(stack, **first)
    assert stack.refresh().ok
    for further in rest[1:]:
        refused = stack.preview(manifest(**further))
        assert not refused.ok
        assert "refused, needs two steps" in refused.text
    for step in rest:
        _up(stack, **step)
        assert stack.refresh().ok
    _settled(stack, **steps[-1])
    assert _members(cloud) == {IRELAND: ["us-east-1"], "us-east-1": [IRELAND]}


def test_tags_that_are_no_longer_propagated_stay_as_the_warning_says(
    stack: Stack, cloud: Cloud
) -> None:
    _up(stack, **STREAM, replicas=[replica(IRELAND, propagateTags=True)], tags={"team": "a"})
    spec = {**STREAM, "replicas": [replica(IRELAND)], "tags": {"team": "b"}}
    report = stack.up(manifest(**spec))
    assert report.ok, report.explained()
    assert any("the replica keeps its current tags" in text for text in report.warnings)
    assert _tags(cloud, IRELAND) == {"team": "a"}
    _settled(stack, **spec)
