"""Controls of security profiles: which a table passes, fails or cannot show, and at which place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from planton.controls.catalogue import PROFILES
from planton.controls.control import Control, Parameters, Result, Subject, Verdict
from planton.controls.judge import failures, judge, together
from planton.diagnostics.diagnostic import Diagnostic, Source
from planton.manifest.enums import BillingMode
from planton.plan.data import to_data
from planton.plan.planner import make_plan
from planton.plan.table_plan import TablePlan, TagPlan
from planton.reading.read import Reading, read
from tests.corpus import ACCEPT, case_id, cases, examine, examples
from tests.planning import UNITS, index, key

CONTROLS: dict[str, Control] = {
    control.id: control for profile in PROFILES.values() for control in profile.controls
}
ARN = "arn:aws:kms:{}:111122223333:{}"
HOME, AWAY = "eu-central-1", "eu-west-1"
KEY = ARN.format(HOME, "key/1234abcd-12ab-34cd-56ef-1234567890ab")
KEY_AWAY = ARN.format(AWAY, "key/1234abcd-12ab-34cd-56ef-1234567890ab")
REFERENCE = {"valueFrom": {"kind": "AwsKmsKey", "name": "orders"}}
STREAM = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}
SAFE_REPLICA: dict[str, Any] = {
    "regionName": AWAY,
    "pointInTimeRecovery": True,
    "deletionProtectionEnabled": True,
    "propagateTags": True,
}
SAFE: dict[str, Any] = {
    "pointInTimeRecoveryEnabled": True,
    "deletionProtectionEnabled": True,
    "serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY},
}
SAFE_TABLE = {"deletionProtectionEnabled": True}
REPLICATED: dict[str, Any] = {
    "region": HOME,
    **STREAM,
    "replicas": [{"regionName": AWAY}],
    "pointInTimeRecoveryEnabled": True,
}
PROVISIONED: dict[str, Any] = {"billingMode": "PROVISIONED", "provisionedThroughput": UNITS}
BOTH = {"read": {"maxCapacity": 9}, "write": {"maxCapacity": 9}}
PASSED, FAILED = Verdict.PASSED, Verdict.FAILED
NOT_VISIBLE, NOT_APPLICABLE = Verdict.NOT_VISIBLE, Verdict.NOT_APPLICABLE
RECOVERY = ("DynamoDB.2", "CT.DYNAMODB.PR.1", "CKV_AWS_28", "CKV_AWS_165")
SECOND = "only after `pulumi up` has run a second time: see the warning second-step"


def replicated(*replicas: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"region": HOME, **STREAM, "replicas": list(replicas), **spec}


def text(**spec: Any) -> str:
    """A manifest in block style, in which every field has its own line."""
    indexes = spec.get("globalSecondaryIndexes", [])
    names = {"pk", *(part["attributeName"] for one in indexes for part in one["keySchema"])}
    written = {
        "apiVersion": "aws.project-planton.org/v1",
        "kind": "AwsDynamodb",
        "metadata": {"name": "orders"},
        "spec": {
            "billingMode": "PAY_PER_REQUEST",
            "keySchema": key("pk"),
            "attributeDefinitions": [{"name": name, "type": "S"} for name in sorted(names)],
            **spec,
        },
    }
    return yaml.safe_dump(written, sort_keys=False)


def reading(**spec: Any) -> Reading:
    return read(Source("x.yaml", text(**spec)))


def failed(read_: Reading, result: Result) -> list[Diagnostic]:
    assert read_.places is not None
    return failures(read_.places, read_.source, result)


def verdict(control: str, **spec: Any) -> Verdict:
    return outcome(control, **spec)[0]


def outcome(control: str, required: tuple[str, ...] = (), /, **spec: Any) -> tuple[Verdict, str]:
    found = {
        result.control.id: result.outcome
        for result in judge(reading(**spec).require(), PROFILES.values(), Parameters(required))
    }[control]
    return found.verdict, found.note


def found(
    control: str, required: tuple[str, ...] = (), /, **spec: Any
) -> list[tuple[str, str, str]]:
    """The path, message and help of each finding of a control."""
    return [(one.path, one.message, one.help) for one in diagnosed(control, required, **spec)]


def diagnosed(control: str, required: tuple[str, ...] = (), /, **spec: Any) -> list[Diagnostic]:
    read_ = reading(**spec)
    results = judge(read_.require(), PROFILES.values(), Parameters(required))
    (result,) = (one for one in results if one.control.id == control)
    diagnostics = failed(read_, result)
    assert (result.outcome.verdict is FAILED) == bool(diagnostics)
    return diagnostics


def by_plan(control: str, plan: TablePlan, **spec: Any) -> Verdict:
    """The verdict on a plan that no manifest gives."""
    return CONTROLS[control].check(Subject(reading(**spec).require(), plan)).verdict


def test_the_controls_are_those_of_the_sources() -> None:
    assert {name: [c.id for c in profile.controls] for name, profile in PROFILES.items()} == {
        "fsbp": [f"DynamoDB.{i}" for i in range(1, 8)],
        "control-tower": ["CT.DYNAMODB.PR.1", "CT.DYNAMODB.PR.2"],
        "checkov": [
            "CKV_AWS_28", "CKV_AWS_47", "CKV_AWS_119", "CKV_AWS_165", "CKV_AWS_239", "CKV2_AWS_16",
        ],
    }  # fmt: skip
    severities = {name: one.severity for name, one in CONTROLS.items() if one.severity}
    assert severities == {
        **{f"DynamoDB.{i}": "medium" for i in range(1, 8)},
        "DynamoDB.5": "low",
    }


def test_a_safe_table_passes_every_control_that_can_be_seen() -> None:
    results = judge(
        reading(
            **replicated({**SAFE_REPLICA, "kmsKeyArn": KEY_AWAY}, **SAFE),
        ).require(),
        PROFILES.values(),
    )

    assert {r.control.id: r.outcome.verdict for r in results} == {
        **dict.fromkeys(CONTROLS, PASSED),
        "DynamoDB.3": NOT_APPLICABLE,
        "DynamoDB.4": NOT_VISIBLE,
        "DynamoDB.7": NOT_APPLICABLE,
        "CKV_AWS_47": NOT_APPLICABLE,
        "CKV_AWS_239": NOT_APPLICABLE,
    }
    assert {r.control.id for r in results if r.outcome.note} == {
        "DynamoDB.3", "DynamoDB.4", "DynamoDB.7", "CKV_AWS_47", "CKV_AWS_239",
    }  # fmt: skip


def test_an_empty_table_passes_only_what_its_billing_mode_and_tags_show() -> None:
    results = judge(reading().require(), PROFILES.values())

    assert {r.control.id for r in results if r.outcome.verdict is PASSED} == {
        "DynamoDB.1", "DynamoDB.5", "CKV2_AWS_16",
    }  # fmt: skip


def test_the_verdict_that_a_control_always_has_is_its_constant() -> None:
    for control in CONTROLS.values():
        verdicts = {verdict(control.id), verdict(control.id, **replicated(SAFE_REPLICA))}
        if control.constant:
            assert verdicts == {control.constant}
    assert {c.constant for c in CONTROLS.values()} == {None, NOT_VISIBLE, NOT_APPLICABLE}


def test_the_backup_plan_is_not_visible_and_the_note_names_what_shows_it() -> None:
    result, note = outcome("DynamoDB.4", **SAFE)

    assert result is NOT_VISIBLE
    assert "AWS Config's rule dynamodb-resources-protected-by-backup-plan shows it" in note


# Point-in-time recovery


@pytest.mark.parametrize("control", RECOVERY[:3])
def test_recovery_that_is_off_fails_where_it_is_missing(control: str) -> None:
    assert found(control) == [
        (
            "spec.pointInTimeRecoveryEnabled",
            "point-in-time recovery of the table is off",
            "set pointInTimeRecoveryEnabled: true",
        )
    ]
    assert found(control, pointInTimeRecoveryEnabled=False)[0][0] == (
        "spec.pointInTimeRecoveryEnabled"
    )


@pytest.mark.parametrize("control", RECOVERY[:3])
def test_recovery_that_is_off_fails_at_the_value_in_its_block(control: str) -> None:
    assert found(control, pointInTimeRecovery={"enabled": False}) == [
        (
            "spec.pointInTimeRecovery.enabled",
            "point-in-time recovery of the table is off",
            "set pointInTimeRecovery: {enabled: true}",
        )
    ]
    assert verdict(control, pointInTimeRecovery={"enabled": True}) is PASSED


@pytest.mark.parametrize("control", ["DynamoDB.2", "CT.DYNAMODB.PR.1", "CKV_AWS_165"])
def test_recovery_of_each_replica_counts_and_the_replica_is_named(control: str) -> None:
    other = {**SAFE_REPLICA, "regionName": "us-east-1", "pointInTimeRecovery": False}
    spec = replicated(other, SAFE_REPLICA, pointInTimeRecoveryEnabled=True)

    assert found(control, **spec) == [
        (
            "spec.replicas[0].pointInTimeRecovery",
            "point-in-time recovery of the replica in 'us-east-1' is off",
            "write replicas: [{regionName: us-east-1, pointInTimeRecovery: true, …}]",
        )
    ]
    assert verdict("CKV_AWS_28", **spec) is PASSED


def test_the_control_of_global_tables_needs_replicas_and_the_table_counts() -> None:
    assert outcome("CKV_AWS_165") == (NOT_APPLICABLE, "the table has no replicas")
    assert [path for path, _, _ in found("CKV_AWS_165", **replicated(SAFE_REPLICA))] == [
        "spec.pointInTimeRecoveryEnabled"
    ]


# Deletion protection


def test_a_table_without_deletion_protection_fails() -> None:
    assert found("DynamoDB.6") == [
        (
            "spec.deletionProtectionEnabled",
            "deletion protection of the table is off",
            "set deletionProtectionEnabled: true",
        )
    ]
    assert verdict("DynamoDB.6", deletionProtectionEnabled=True) is PASSED


def test_a_deletion_policy_is_no_deletion_protection() -> None:
    assert verdict("DynamoDB.6", deletionPolicy="retain") is FAILED


def test_deletion_protection_of_each_replica_counts() -> None:
    other = {**SAFE_REPLICA, "regionName": "us-east-1", "deletionProtectionEnabled": False}

    assert found("DynamoDB.6", **replicated(SAFE_REPLICA, other, **SAFE_TABLE)) == [
        (
            "spec.replicas[1].deletionProtectionEnabled",
            "deletion protection of the replica in 'us-east-1' is off",
            "write replicas: [{regionName: us-east-1, deletionProtectionEnabled: true, …}]",
        )
    ]


def test_protection_that_comes_with_the_second_update_is_noted() -> None:
    restored = {
        "restoreBackupArn": "arn:aws:dynamodb:eu-central-1:111122223333:table/old/backup/016-a",
        "serverSideEncryption": {"enabled": False},
    }
    strong = [
        {**SAFE_REPLICA, "regionName": region, "consistencyMode": "STRONG"}
        for region in ("us-east-2", "us-west-2")
    ]

    assert outcome("DynamoDB.6", **restored, **SAFE_TABLE) == (PASSED, SECOND)
    assert outcome("DynamoDB.6", **restored) == (FAILED, "")
    assert outcome("DynamoDB.6", **SAFE_TABLE) == (PASSED, "")
    assert outcome("DynamoDB.5", **restored) == (PASSED, SECOND)
    assert outcome("DynamoDB.1", **restored) == (PASSED, SECOND)
    assert outcome("CKV2_AWS_16", **restored) == (PASSED, SECOND)
    assert outcome(
        "DynamoDB.6", **{**replicated(*strong, **SAFE_TABLE), "region": "us-east-1"}
    ) == (PASSED, SECOND)


def test_an_imported_table_has_its_billing_mode_from_the_beginning() -> None:
    imported = {"importTable": {"s3Bucket": "orders", "inputFormat": "ION"}}

    assert outcome("DynamoDB.1", **imported) == (PASSED, "")
    assert outcome("DynamoDB.5", **imported) == (PASSED, SECOND)


# Tags


def test_a_replicas_own_tags_are_compared_like_the_tables() -> None:
    own = {**SAFE_REPLICA, "propagateTags": False, "tags": {"team": "shop"}}

    assert outcome("DynamoDB.5", **replicated(own))[0] is PASSED
    assert found("DynamoDB.5", ("team", "Name"), tags={"team": "a"}, **replicated(own)) == [
        (
            "spec.replicas[0].tags",
            "the replica in 'eu-west-1' is without the required tag 'Name'",
            "add to its tags: {Name: …}",
        )
    ]


def test_the_tags_that_the_program_adds_count() -> None:
    assert verdict("DynamoDB.5") is PASSED
    assert outcome("DynamoDB.5", ("Name", "planton.ai/resource"))[0] is PASSED


def test_a_plan_without_tags_or_with_those_of_aws_alone_fails() -> None:
    plan = make_plan(reading().require())

    assert by_plan("DynamoDB.5", replace(plan, tags=())) is FAILED
    assert by_plan("DynamoDB.5", replace(plan, tags=(TagPlan("aws:x", ""),))) is FAILED
    assert by_plan("DynamoDB.5", replace(plan, tags=(TagPlan("x", ""),))) is PASSED


def test_required_tags_are_compared_with_their_case() -> None:
    tags = {"team": "shop", "Cost-Centre": "7"}

    assert outcome("DynamoDB.5", ("team", "Cost-Centre"), tags=tags)[0] is PASSED
    assert found("DynamoDB.5", ("team", "cost-centre", "owner"), tags=tags) == [
        (
            "spec.tags",
            "the table is without the required tags 'cost-centre', 'owner'",
            "add to spec.tags: {cost-centre: …, owner: …}; it has 'Cost-Centre', but the case of a "
            "key counts",
        )
    ]
    assert found("DynamoDB.5", ("team",)) == [
        ("spec.tags", "the table is without the required tag 'team'", "add to spec.tags: {team: …}")
    ]


def test_a_replica_that_does_not_get_the_tags_has_none() -> None:
    other = {**SAFE_REPLICA, "propagateTags": False}

    assert verdict("DynamoDB.5", **replicated(SAFE_REPLICA)) is PASSED
    assert found("DynamoDB.5", **replicated(other)) == [
        (
            "spec.replicas[0].propagateTags",
            "the replica in 'eu-west-1' has no tags",
            "write replicas: [{regionName: eu-west-1, propagateTags: true, …}]",
        )
    ]


# Encryption


@pytest.mark.parametrize("control", ["CT.DYNAMODB.PR.2", "CKV_AWS_119"])
@pytest.mark.parametrize("spec", [{}, {"serverSideEncryption": {"enabled": False}}])
def test_an_aws_owned_key_fails(control: str, spec: dict[str, Any]) -> None:
    assert found(control, **spec) == [
        (
            "spec.serverSideEncryption.enabled",
            "the table is encrypted with an AWS owned key, not with one in KMS",
            "set serverSideEncryption: {enabled: true}, and kmsKeyArn for your own key",
        )
    ]


@pytest.mark.parametrize(
    "key_arn",
    [None, ARN.format(HOME, "alias/aws/dynamodb")],
)
def test_the_key_that_aws_manages_is_a_kms_key_but_no_customer_key(key_arn: str | None) -> None:
    named = {"kmsKeyArn": key_arn} if key_arn else {}
    spec = {"region": HOME, "serverSideEncryption": {"enabled": True, **named}}

    assert verdict("CT.DYNAMODB.PR.2", **spec) is PASSED
    assert found("CKV_AWS_119", **spec) == [
        (
            "spec.serverSideEncryption.kmsKeyArn",
            "the table is encrypted with a key that AWS manages (aws/dynamodb)",
            "set kmsKeyArn to the ARN of a customer managed key in its region",
        )
    ]


def test_a_named_key_or_an_alias_of_one_is_a_customer_key() -> None:
    for named in (KEY, ARN.format(HOME, "alias/orders")):
        spec = {"region": HOME, "serverSideEncryption": {"enabled": True, "kmsKeyArn": named}}
        assert verdict("CKV_AWS_119", **spec) is PASSED


def test_the_key_of_each_replica_counts() -> None:
    managed = {**SAFE_REPLICA, "kmsKeyArn": ARN.format(AWAY, "alias/aws/dynamodb")}

    assert found("CKV_AWS_119", **replicated(managed, **SAFE)) == [
        (
            "spec.replicas[0].kmsKeyArn",
            "the replica is encrypted with a key that AWS manages (aws/dynamodb)",
            "set kmsKeyArn to the ARN of a customer managed key in its region",
        )
    ]


def test_a_reference_is_a_kms_key_but_which_one_is_not_visible() -> None:
    spec = {"serverSideEncryption": {"enabled": True, "kmsKeyArn": REFERENCE}}
    note = "the key is a reference to AwsKmsKey 'orders': look at the manifest once it is resolved"

    assert verdict("CT.DYNAMODB.PR.2", **spec) is PASSED
    assert outcome("CKV_AWS_119", **spec) == (NOT_VISIBLE, note)


def test_a_reference_of_a_replica_is_not_visible_either() -> None:
    spec = replicated({**SAFE_REPLICA, "kmsKeyArn": REFERENCE}, **SAFE)
    managed = {**SAFE_REPLICA, "kmsKeyArn": ARN.format("us-east-1", "alias/aws/dynamodb")}
    failing = [{**SAFE_REPLICA, "kmsKeyArn": REFERENCE}, {**managed, "regionName": "us-east-1"}]

    assert verdict("CKV_AWS_119", **spec) is NOT_VISIBLE
    assert verdict("CKV_AWS_119", **replicated(*failing, **SAFE)) is FAILED


# Capacity


def test_provisioned_capacity_without_autoscaling_fails_at_the_billing_mode() -> None:
    both = (
        "spec.billingMode",
        "reads and writes of the table do not scale with demand: the capacity is PROVISIONED "
        "without autoscaling of reads and writes",
        "add read and write to autoscaling, or set billingMode: PAY_PER_REQUEST",
    )

    assert found("DynamoDB.1", **PROVISIONED) == [both]
    assert found("CKV2_AWS_16", **PROVISIONED) == [both]
    assert verdict("DynamoDB.1", **PROVISIONED, autoscaling=BOTH) is PASSED
    assert verdict("CKV2_AWS_16", **PROVISIONED, autoscaling=BOTH) is PASSED


@pytest.mark.parametrize(("scaled", "other"), [("read", "write"), ("write", "read")])
def test_autoscaling_of_one_dimension_fails_and_the_other_is_named(scaled: str, other: str) -> None:
    spec = {**PROVISIONED, "autoscaling": {scaled: {"maxCapacity": 9}}}

    assert found("DynamoDB.1", **spec) == [
        (
            f"spec.autoscaling.{other}",
            f"{other}s of the table do not scale with demand: the capacity is PROVISIONED without "
            f"autoscaling of {other}s",
            f"add {other} to autoscaling, or set billingMode: PAY_PER_REQUEST",
        )
    ]
    assert verdict("CKV2_AWS_16", **spec) is PASSED


def test_autoscaling_that_is_switched_off_fails_at_the_switch() -> None:
    for control in ("DynamoDB.1", "CKV2_AWS_16"):
        assert found(control, **PROVISIONED, autoscaling={"enabled": False, **BOTH}) == [
            (
                "spec.autoscaling.enabled",
                "autoscaling of the table is off",
                "set enabled: true in autoscaling",
            )
        ]


def test_an_index_uses_the_autoscaling_of_the_table() -> None:
    one = index("by-a", "a", provisionedThroughput=UNITS)
    spec = {**PROVISIONED, "globalSecondaryIndexes": [one]}

    assert verdict("DynamoDB.1", **spec, autoscaling=BOTH) is PASSED
    assert [path for path, _, _ in found("DynamoDB.1", **spec)] == ["spec.billingMode"]


def test_an_index_that_does_not_scale_fails_at_its_block() -> None:
    off = index("by-a", "a", provisionedThroughput=UNITS, autoscaling={"enabled": False})
    part = index("by-b", "b", provisionedThroughput=UNITS, autoscaling={"read": {"maxCapacity": 9}})
    spec = {**PROVISIONED, "globalSecondaryIndexes": [off, part], "autoscaling": BOTH}

    assert found("DynamoDB.1", **spec) == [
        (
            "spec.globalSecondaryIndexes[0].autoscaling.enabled",
            "autoscaling of the index 'by-a' is off",
            "set enabled: true in autoscaling",
        ),
        (
            "spec.globalSecondaryIndexes[1].autoscaling.write",
            "writes of the index 'by-b' do not scale with demand: the capacity is PROVISIONED "
            "without autoscaling of writes",
            "add write to autoscaling, or set billingMode: PAY_PER_REQUEST",
        ),
    ]
    assert verdict("CKV2_AWS_16", **spec) is PASSED


def test_an_index_with_its_own_block_is_named_beside_the_table() -> None:
    reads = {"read": {"maxCapacity": 9}}
    part = index("by-a", "a", provisionedThroughput=UNITS, autoscaling=reads)
    spec = {**PROVISIONED, "globalSecondaryIndexes": [part], "autoscaling": reads}

    assert [path for path, _, _ in found("DynamoDB.1", **spec)] == [
        "spec.autoscaling.write",
        "spec.globalSecondaryIndexes[0].autoscaling.write",
    ]


def test_what_does_not_scale_in_the_region_of_a_replica_fails() -> None:
    spec = {**replicated(SAFE_REPLICA), **PROVISIONED, "autoscaling": BOTH}
    plan = make_plan(reading(**spec).require())
    here = replace(plan, scaling=plan.scaling_here)

    assert by_plan("DynamoDB.1", plan, **spec) is PASSED
    assert by_plan("DynamoDB.1", here, **spec) is FAILED


def test_an_index_that_a_plan_does_not_scale_fails_without_its_own_block() -> None:
    one = index("by-a", "a", provisionedThroughput=UNITS)
    spec = {**PROVISIONED, "globalSecondaryIndexes": [one], "autoscaling": BOTH}
    plan = make_plan(reading(**spec).require())
    table = tuple(scaling for scaling in plan.scaling if scaling.index is None)

    assert by_plan("DynamoDB.1", plan, **spec) is PASSED
    assert by_plan("DynamoDB.1", replace(plan, scaling=table), **spec) is FAILED


# Where findings point


@pytest.mark.parametrize(
    ("control", "spec", "pointed_at"),
    [
        ("DynamoDB.1", PROVISIONED, ["PROVISIONED"]),
        ("DynamoDB.1", {**PROVISIONED, "autoscaling": {"read": BOTH["read"]}}, ["autoscaling:"]),
        ("DynamoDB.1", {**PROVISIONED, "autoscaling": {"enabled": False}}, ["false"]),
        ("DynamoDB.2", {}, ["spec:"]),
        ("DynamoDB.2", {"pointInTimeRecoveryEnabled": False}, ["false"]),
        ("DynamoDB.2", {"pointInTimeRecovery": {}}, ["pointInTimeRecovery: {}"]),
        ("DynamoDB.2", REPLICATED, ["regionName: eu-west-1"]),
        ("DynamoDB.5", replicated({**SAFE_REPLICA, "propagateTags": False}), ["false"]),
        ("DynamoDB.6", {"deletionProtectionEnabled": False}, ["false"]),
        ("CT.DYNAMODB.PR.2", {}, ["spec:"]),
        ("CT.DYNAMODB.PR.2", {"serverSideEncryption": {"enabled": False}}, ["false"]),
        ("CKV_AWS_119", {"serverSideEncryption": {"enabled": True}}, ["serverSideEncryption:"]),
    ],
)  # fmt: skip
def test_a_finding_points_to_the_value_or_to_what_lacks_the_field(
    control: str, spec: dict[str, Any], pointed_at: list[str]
) -> None:
    found = diagnosed(control, **spec)

    assert [after(one) for one in found] == pointed_at
    assert {(one.code, one.severity) for one in found} == {("control-failed", "error")}


def test_missing_tags_point_to_the_tags() -> None:
    assert [after(one) for one in diagnosed("DynamoDB.5", ("b",), tags={"a": "x"})] == ["tags:"]
    assert [after(one) for one in diagnosed("DynamoDB.5", ("b",))] == ["spec:"]


def after(one: Diagnostic) -> str:
    """The line from the column on to which a finding points."""
    assert one.span is not None
    return one.source.lines()[one.span.line - 1][one.span.column - 1 :]


# Other forms of the manifest


def grouped(text: str) -> dict[str, tuple[str, str]]:
    """Path and help of each message about a text."""
    read_ = read(Source("x.yaml", text))
    results = judge(read_.require(), PROFILES.values())
    every = together((result, one) for result in results for one in failed(read_, result))
    return {one.message: (one.path, one.help) for one in every}


FLAT = """\
apiVersion: code2cloud.planton.cloud/v1
kind: AwsDynamodb
metadata: {name: orders}
spec:
  table:
    hashKey: {name: pk, type: S}
    enableStreams: true
    streamViewType: NEW_AND_OLD_IMAGES
    pointInTimeRecovery: {isEnabled: false}
"""


def test_findings_about_the_flat_form_use_its_names() -> None:
    fixed = """\
    billingMode: PROVISIONED
    autoScale: {isEnabled: false}
    readCapacity: 5
    writeCapacity: 5
"""
    replicas = "    billingMode: PAY_PER_REQUEST\n    replicaRegionNames: [eu-west-1]\n"
    found = {**grouped(FLAT + fixed), **grouped(FLAT + replicas)}

    assert found["autoscaling of the table is off (DynamoDB.1, CKV2_AWS_16)"] == (
        "spec.table.autoScale.isEnabled",
        "set isEnabled: true in autoScale",
    )
    assert found["the replica in 'eu-west-1' has no tags (DynamoDB.5)"] == (
        "spec.table.replicaRegionNames[0].propagateTags",
        "write replicas: [{regionName: eu-west-1, propagateTags: true, …}], instead of "
        "replicaRegionNames",
    )
    of_table = "point-in-time recovery of the table is off (DynamoDB.2, CT.DYNAMODB.PR.1, "
    (recovery,) = {value for message, value in found.items() if message.startswith(of_table)}
    assert recovery == (
        "spec.table.pointInTimeRecovery.isEnabled",
        "set pointInTimeRecovery: {isEnabled: true}",
    )


def test_findings_about_a_request_use_its_names() -> None:
    text = """\
apiVersion: dynamodb.kratix.io/v1alpha1
kind: DynamoDBRequest
metadata: {name: orders}
spec:
  name: orders
  region: us-east-1
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
"""

    assert grouped(text) == {
        "point-in-time recovery of the table is off (DynamoDB.2, CT.DYNAMODB.PR.1, CKV_AWS_28)": (
            "spec.pointInTimeRecovery.enabled",
            "set pointInTimeRecovery: {enabled: true}",
        ),
        "deletion protection of the table is off (DynamoDB.6)": (
            "spec.deletionProtectionEnabled",
            "set deletionProtectionEnabled: true",
        ),
        "the table is encrypted with an AWS owned key, not with one in KMS (CT.DYNAMODB.PR.2, "
        "CKV_AWS_119)": (
            "spec.serverSideEncryption.enabled",
            "set serverSideEncryption: {enabled: true}, and kmsKeyArn for your own key",
        ),
    }


REPLICATED_REQUEST = """\
apiVersion: dynamodb.kratix.io/v1alpha1
kind: DynamoDBRequest
metadata: {name: orders}
spec:
  name: orders
  region: us-east-1
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
  streamEnabled: true
  streamViewType: NEW_AND_OLD_IMAGES
  replicas: [{regionName: eu-west-1}, {regionName: eu-west-2}]
  pointInTimeRecovery: {enabled: true}
"""


def test_a_request_does_not_show_what_ack_does_not_set_of_a_replica() -> None:
    reading = read(Source("orders.yaml", REPLICATED_REQUEST))
    manifest = reading.require()
    subject = Subject(manifest, make_plan(manifest))
    verdicts = {
        name: (outcome.verdict, outcome.note)
        for name in (*RECOVERY, "DynamoDB.5", "DynamoDB.6")
        for outcome in [CONTROLS[name].check(subject)]
    }
    unseen = (
        NOT_VISIBLE,
        "a request does not set it of a replica: look at the table in 'eu-west-1', 'eu-west-2' in "
        "AWS",
    )

    assert verdicts == {
        "DynamoDB.2": unseen,
        "CT.DYNAMODB.PR.1": unseen,
        "CKV_AWS_28": (PASSED, ""),
        "CKV_AWS_165": unseen,
        "DynamoDB.5": unseen,
        "DynamoDB.6": (FAILED, ""),
    }


# Every manifest of the repository


def seen(plan: dict[str, Any]) -> set[str]:
    """The controls whose fields are in the JSON of a plan, found without the checks."""
    replicas = plan["inlineReplicas"] + plan["standaloneReplicas"]
    tagged = {one["region"] for one in plan["replicaFeatures"] if one["tags"]}
    of_all = all(one["propagateTags"] or one["region"] in tagged for one in replicas)
    found = {"DynamoDB.5"} if of_all else set()
    if plan["deletionProtectionEnabled"] and all(
        one["deletionProtectionEnabled"] for one in replicas
    ):
        found.add("DynamoDB.6")
    if plan["pointInTimeRecovery"]["enabled"]:
        found.add("CKV_AWS_28")
        if all(one["pointInTimeRecovery"] for one in replicas):
            found |= {"DynamoDB.2", "CT.DYNAMODB.PR.1", *(["CKV_AWS_165"] if replicas else [])}
    encryption = plan["serverSideEncryption"]
    if encryption["enabled"]:
        found.add("CT.DYNAMODB.PR.2")
        keys = [encryption["kmsKeyArn"], *(one["kmsKeyArn"] for one in replicas)]
        if all(isinstance(key, str) and "alias/aws/" not in key for key in keys):
            found.add("CKV_AWS_119")
    if plan["billingMode"] == BillingMode.PAY_PER_REQUEST.value or plan["autoscaling"]:
        found.add("CKV2_AWS_16")
    indexes = [one["name"] for one in plan["inlineIndexes"] + plan["standaloneIndexes"]]
    scaled = {(one["region"], one["index"], one["dimension"]) for one in plan["autoscaling"]}
    needed = {
        (region, index, dimension)
        for region in (None, *(one["region"] for one in replicas))
        for index in (None, *indexes)
        for dimension in ("read", "write")
    }
    if plan["billingMode"] == BillingMode.PAY_PER_REQUEST.value or needed <= scaled:
        found.add("DynamoDB.1")
    return found


@pytest.mark.parametrize("case", [*examples(), *cases(ACCEPT)], ids=case_id)
def test_a_manifest_passes_exactly_what_its_plan_shows(case: Path) -> None:
    manifest, _ = examine(case)
    assert manifest is not None
    read_ = read(Source(case.name, case.read_text(encoding="utf-8-sig")))
    results = judge(read_.require(), PROFILES.values())
    passed = {r.control.id for r in results if r.outcome.verdict is PASSED}

    assert passed == seen(to_data(make_plan(manifest)))
    for result in results:
        diagnostics = failed(read_, result)
        assert bool(diagnostics) == (result.outcome.verdict is FAILED)
        assert all(one.span and one.help for one in diagnostics)
