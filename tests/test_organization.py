"""An organization's rules: what they find in manifests, and what is wrong with the rules."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from planton.diagnostics.diagnostic import ManifestError, Source
from planton.dialects.annotations import IGNORE_WARNINGS
from planton.document.nodes import plain
from planton.manifest.enums import DeletionPolicy
from planton.organization.expression import compile_expression
from planton.organization.layers import organization
from planton.organization.organization import NO_RULES, Organization
from planton.organization.structure import Problems
from planton.reading.at_time import at_time
from planton.reading.read import Reading, read
from planton.reading.secret_lines import parse_source
from planton.render.targets import render
from tests.conftest import ROOT
from tests.corpus import ACCEPT, case_id, cases, examples

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
V1 = "aws.project-planton.org/v1"
SPEC: dict[str, Any] = {
    "region": "eu-west-1",
    "billingMode": "PAY_PER_REQUEST",
    "attributeDefinitions": [{"name": "pk", "type": "S"}],
    "keySchema": [{"attributeName": "pk", "keyType": "HASH"}],
}
REPLICAS = {
    "streamEnabled": True,
    "streamViewType": "NEW_AND_OLD_IMAGES",
    "replicas": [{"regionName": "eu-central-1"}, {"regionName": "us-east-1"}],
}


def rules_of(*texts: str | dict[str, Any]) -> Organization:
    """The rules of files, the outermost first."""
    written = [
        text if isinstance(text, str) else yaml.safe_dump(text, sort_keys=False) for text in texts
    ]
    names = ("planton.yaml", "team/planton.yaml", "team/orders/planton.yaml")
    return organization([Source(*one) for one in zip(names, written, strict=False)])


def manifest(
    metadata: dict[str, Any] | None = None, version: str = V1, /, **spec: Any
) -> dict[str, Any]:
    return {
        "apiVersion": version,
        "kind": "AwsDynamodb",
        "metadata": {"name": "orders", **(metadata or {})},
        "spec": {key: value for key, value in {**SPEC, **spec}.items() if value is not None},
    }


def reading(rules: Organization, data: dict[str, Any]) -> Reading:
    assert rules.problems == ()
    return read(Source("orders.yaml", yaml.safe_dump(data, sort_keys=False)), rules=rules)


def found(rules: Organization, data: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Mark, path and message of each finding."""
    return [
        (f"{one.severity}[{one.code}]", one.path, one.message)
        for one in reading(rules, data).diagnostics
    ]


def one_rule(**block: Any) -> Organization:
    return rules_of({"rules": [{"id": "a-rule", **block}]})


def breaches(
    require: dict[str, Any], metadata: dict[str, Any] | None = None, /, **spec: Any
) -> list[tuple[str, str]]:
    """Path and message of what a manifest breaks of one rule."""
    findings = found(one_rule(require=require), manifest(metadata, **spec))
    assert all(mark == "error[a-rule]" for mark, _, _ in findings if "warning" not in mark)
    return [(path, message) for mark, path, message in findings if mark == "error[a-rule]"]


# Conditions


@pytest.mark.parametrize(
    ("condition", "spec", "message"),
    [
        (
            {"spec.region": "us-east-1"},
            {},
            ("spec.region", "region must be 'us-east-1', got 'eu-west-1'"),
        ),
        (
            {"spec.region": ["us-east-1", "us-west-2"]},
            {},
            ("spec.region", "region must be one of 'us-east-1' or 'us-west-2', got 'eu-west-1'"),
        ),
        (
            {"spec.region": {"oneOf": ["us-east-1"]}},
            {},
            ("spec.region", "region must be 'us-east-1', got 'eu-west-1'"),
        ),
        (
            {"spec.region": {"noneOf": ["eu-west-1", "eu-west-2"]}},
            {},
            ("spec.region", "region must not be 'eu-west-1' or 'eu-west-2', got 'eu-west-1'"),
        ),
        (
            {"spec.tags.team": {"present": True}},
            {},
            ("spec.tags.team", "tags.team must be set"),
        ),
        (
            {"spec.ttl": {"present": False}},
            {"ttl": {"enabled": True, "attributeName": "expires"}},
            ("spec.ttl", "ttl must not be set"),
        ),
        (
            {"spec.tableName": {"matches": "[a-z]+"}},
            {"tableName": "orders-2"},
            ("spec.tableName", "tableName must match '[a-z]+', got 'orders-2'"),
        ),
        (
            {"spec.onDemandThroughput.maxReadRequestUnits": {"atMost": 500}},
            {"onDemandThroughput": {"maxReadRequestUnits": 501, "maxWriteRequestUnits": 1}},
            (
                "spec.onDemandThroughput.maxReadRequestUnits",
                "onDemandThroughput.maxReadRequestUnits must be at most 500, got 501",
            ),
        ),
        (
            {"spec.onDemandThroughput.maxReadRequestUnits": {"atLeast": 500}},
            {"onDemandThroughput": {"maxReadRequestUnits": 499, "maxWriteRequestUnits": 1}},
            (
                "spec.onDemandThroughput.maxReadRequestUnits",
                "onDemandThroughput.maxReadRequestUnits must be at least 500, got 499",
            ),
        ),
        (
            {"spec.onDemandThroughput.maxReadRequestUnits": {"atMost": 500}},
            {},
            (
                "spec.onDemandThroughput.maxReadRequestUnits",
                "onDemandThroughput.maxReadRequestUnits must be at most 500, but it is not set",
            ),
        ),
        (
            {"spec.replicas": {"atMost": 1}},
            REPLICAS,
            ("spec.replicas", "replicas must have at most 1 item, got 2"),
        ),
        (
            {"spec.replicas": {"atLeast": 1}},
            {},
            ("spec.replicas", "replicas must have at least 1 item, but it is not set"),
        ),
        (
            {"spec.replicas[*].regionName": ["eu-central-1"]},
            REPLICAS,
            (
                "spec.replicas[1].regionName",
                "replicas[1].regionName must be 'eu-central-1', got 'us-east-1'",
            ),
        ),
        (
            {"spec.deletionProtectionEnabled": True},
            {},
            (
                "spec.deletionProtectionEnabled",
                "deletionProtectionEnabled must be true, got false",
            ),
        ),
        (
            {"spec.pointInTimeRecovery.enabled": True},
            {},
            (
                "spec.pointInTimeRecovery.enabled",
                "pointInTimeRecovery.enabled must be true, got false",
            ),
        ),
        (
            {"spec.pointInTimeRecovery.enabled": True},
            {"pointInTimeRecoveryEnabled": False},
            (
                "spec.pointInTimeRecoveryEnabled",
                "pointInTimeRecovery.enabled must be true, got false",
            ),
        ),
        (
            {"spec.autoscaling.enabled": True},
            {},
            ("spec.autoscaling.enabled", "autoscaling.enabled must be true, got false"),
        ),
        (
            {"spec.tableClass": "STANDARD_INFREQUENT_ACCESS"},
            {},
            (
                "spec.tableClass",
                "tableClass must be 'STANDARD_INFREQUENT_ACCESS', got 'STANDARD'",
            ),
        ),
        (
            {"spec.deletionPolicy": "retain"},
            {},
            ("spec.deletionPolicy", "deletionPolicy must be 'retain', got 'delete'"),
        ),
        (
            {"metadata.env": ["production"]},
            {},
            ("metadata.env", "metadata.env must be 'production', but it is not set"),
        ),
        (
            {"spec.resourcePolicy.policy.Version": "2012-10-17"},
            {},
            (
                "spec.resourcePolicy.policy.Version",
                "resourcePolicy.policy.Version must be '2012-10-17', but it is not set",
            ),
        ),
        (
            {"spec.keySchema[*].keyType": {"noneOf": ["HASH"]}},
            {},
            ("spec.keySchema[0].keyType", "keySchema[0].keyType must not be 'HASH', got 'HASH'"),
        ),
    ],
)
def test_a_condition_that_is_not_met_says_what_it_asks_for_and_what_it_saw(
    condition: dict[str, Any], spec: dict[str, Any], message: tuple[str, str]
) -> None:
    assert breaches(condition, **spec) == [message]


@pytest.mark.parametrize(
    ("condition", "spec"),
    [
        ({"spec.region": "eu-west-1"}, {}),
        ({"spec.region": {"noneOf": ["us-east-1"]}}, {}),
        ({"spec.tags.team": {"noneOf": ["x"]}}, {}),
        ({"spec.tags.team": {"present": False}}, {}),
        ({'spec.tags["my team"]': {"present": True}}, {"tags": {"my team": "x"}}),
        ({"spec.ttl": {"present": True}}, {"ttl": {"enabled": True, "attributeName": "x"}}),
        ({"spec.tableName": {"matches": "[a-z]+"}}, {}),
        ({"spec.tableName": "orders"}, {}),
        ({"spec.billingMode": "PAY_PER_REQUEST"}, {}),
        ({"spec.billingMode": "PAY_PER_REQUEST"}, {"billingMode": "BILLING_MODE_PAY_PER_REQUEST"}),
        ({"spec.onDemandThroughput.maxReadRequestUnits": {"atMost": 5}},
         {"onDemandThroughput": {"maxReadRequestUnits": "5", "maxWriteRequestUnits": 1}}),
        ({"spec.onDemandThroughput.maxReadRequestUnits": {"atLeast": 5}},
         {"onDemandThroughput": {"maxReadRequestUnits": 5, "maxWriteRequestUnits": 1}}),
        ({"spec.replicas": {"atMost": 0}}, {}),
        ({"spec.replicas": {"atLeast": 0}}, {}),
        ({"spec.replicas": {"atLeast": 2}}, REPLICAS),
        ({"spec.replicas[*].regionName": ["x"]}, {}),
        ({"spec.pointInTimeRecovery.enabled": True}, {"pointInTimeRecoveryEnabled": True}),
        ({"spec.pointInTimeRecovery.enabled": True}, {"pointInTimeRecovery": {"enabled": True}}),
        ({"spec.contributorInsights.enabled": [True]}, {"contributorInsightsEnabled": True}),
        ({"spec.serverSideEncryption.enabled": False}, {}),
        ({"spec.tableClass": "STANDARD"}, {}),
        ({"spec.deletionPolicy": "delete"}, {}),
        ({"spec.keySchema": {"atMost": 1}}, {}),
    ],
)  # fmt: skip
def test_a_condition_is_met_by_what_the_program_does(
    condition: dict[str, Any], spec: dict[str, Any]
) -> None:
    assert breaches(condition, **spec) == []


def test_a_condition_shows_values_of_a_policy_as_far_as_they_have_a_text() -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": ["dynamodb:GetItem"],
        "Resource": "${table_arn}",
    }
    policy = {"resourcePolicy": {"policy": {"Version": "2012-10-17", "Statement": [statement]}}}

    def seen(field: str) -> str:
        ((_, message),) = breaches({f"spec.resourcePolicy.policy.{field}": "x"}, **policy)
        return message.partition(", ")[2]

    assert seen("Version") == "got '2012-10-17'"
    assert seen("Statement") == "got 1"
    assert seen("Version.x") == "but it is not set"
    assert (
        breaches({"spec.resourcePolicy.policy.Id": {"present": True}}, **policy)[0][1]
        == "resourcePolicy.policy.Id must be set"
    )


def test_a_billing_mode_that_a_contract_demands_is_not_assumed() -> None:
    rules = one_rule(require={"spec.billingMode": "PROVISIONED"})
    marks = [mark for mark, _, _ in found(rules, manifest(billingMode=None))]

    assert marks == ["error[billing-mode-set]", "error[a-rule]"]


def test_rules_say_nothing_about_what_cannot_be_read() -> None:
    rules = one_rule(require={"metadata.env": "x"})

    assert [one[0] for one in found(rules, {**manifest(), "apiVersion": "v9"})] == [
        "error[api-version]"
    ]


def test_what_is_only_known_later_is_not_judged() -> None:
    reference = {"valueFrom": {"kind": "AwsKmsKey", "name": "orders"}}
    encrypted = {"serverSideEncryption": {"enabled": True, "kmsKeyArn": reference}}

    assert breaches({"spec.region": "us-east-1"}, region=None) == []
    assert breaches({"spec.serverSideEncryption.kmsKeyArn": KEY}, **encrypted) == []
    assert (
        found(
            one_rule(when={"spec.region": {"noneOf": ["x"]}}, require={"metadata.env": "x"}),
            manifest(region=None),
        )
        == []
    )


def test_a_region_of_the_provider_is_judged_where_it_is_known() -> None:
    data = {"target": manifest(region=None), "provider_config": {"region": "us-east-1"}}
    (one,) = found(one_rule(require={"spec.region": "eu-west-1"}), data)

    assert one == (
        "error[a-rule]",
        "spec.region",
        "region must be 'eu-west-1', got 'us-east-1'",
    )


def test_an_empty_label_is_set() -> None:
    assert breaches({"metadata.labels.team": {"present": True}}, {"labels": {"team": ""}}) == []


def test_a_maximum_that_is_removed_is_not_a_maximum() -> None:
    field = "onDemandThroughput.maxReadRequestUnits"
    for units in (0, -1):
        block = {"onDemandThroughput": {"maxReadRequestUnits": units, "maxWriteRequestUnits": 1}}
        assert breaches({f"spec.{field}": {"atMost": 500}}, **block) == [
            (f"spec.{field}", f"{field} must be at most 500, but it is not set")
        ]


@pytest.mark.parametrize("name", ["dbPassword", "api-token"])
def test_a_value_that_sounds_like_a_secret_is_not_shown(name: str) -> None:
    found = [
        breaches({f"spec.tags.{name}": "x"}, tags={name: "SECRET"}),
        breaches({f"metadata.labels.{name}": "x"}, {"labels": {name: "SECRET"}}),
    ]

    for ((_, message),) in found:
        assert message.endswith("must be 'x', got another value")


@pytest.mark.parametrize(
    ("metadata", "condition"),
    [
        ({"env": "production"}, {"metadata.env": "production"}),
        ({"org": "acme"}, {"metadata.org": {"matches": "ac.*"}}),
        ({"id": "t-1"}, {"metadata.id": {"present": True}}),
        ({"namespace": "shop"}, {"metadata.namespace": "shop"}),
        ({"labels": {"team": "shop"}}, {"metadata.labels.team": "shop"}),
        ({"labels": {"a.b/c": "shop"}}, {'metadata.labels["a.b/c"]': "shop"}),
    ],
)
def test_a_rule_can_read_the_metadata(metadata: dict[str, Any], condition: dict[str, Any]) -> None:
    assert breaches(condition, metadata) == []
    assert len(breaches(condition)) == 1


def test_labels_of_another_type_count_as_absent() -> None:
    assert len(breaches({"metadata.labels.team": "shop"}, {"labels": ["team"]})) == 1
    assert len(breaches({"metadata.labels.team": "shop"}, {"labels": {"team": None}})) == 1


def test_a_rule_is_only_for_what_when_describes() -> None:
    rules = one_rule(
        when={"metadata.env": "production", "spec.replicas[*].regionName": "us-east-1"},
        require={"spec.deletionProtectionEnabled": True},
    )

    assert found(rules, manifest({"env": "dev"}, **REPLICAS)) == []
    assert found(rules, manifest({"env": "production"})) == []
    assert len(found(rules, manifest({"env": "production"}, **REPLICAS))) == 1


def test_a_finding_has_the_message_and_help_of_its_rule() -> None:
    block = {"message": "tables are protected", "help": "ask #data", "severity": "warning"}
    rules = one_rule(require={"spec.deletionProtectionEnabled": True}, **block)
    (one,) = reading(rules, manifest()).diagnostics

    assert (one.severity, one.code, one.message, one.help) == (
        "warning",
        "a-rule",
        "tables are protected: deletionProtectionEnabled must be true, got false",
        "ask #data; the rule is in planton.yaml, line 2",
    )


@pytest.mark.parametrize(
    ("require", "help"),
    [
        ({"spec.deletionProtectionEnabled": True}, "set deletionProtectionEnabled: true"),
        ({"spec.tags.team": {"present": True}}, "set tags.team"),
        ({"spec.region": {"present": False}}, "remove region"),
        ({"spec.region": ["x", "y"]}, "change region"),
        ({"spec.onDemandThroughput.maxReadRequestUnits": {"atMost": 9}},
         "set onDemandThroughput: {maxReadRequestUnits: 9}"),
    ],
)  # fmt: skip
def test_a_rule_without_help_says_what_to_write(require: dict[str, Any], help: str) -> None:
    (one,) = reading(one_rule(require=require), manifest()).diagnostics

    assert one.help == f"{help}; the rule is in planton.yaml, line 2"


def test_help_is_written_in_the_form_that_the_manifest_has() -> None:
    rules = one_rule(require={"spec.pointInTimeRecovery.enabled": True})

    def help(**spec: Any) -> str:
        (one,) = reading(rules, manifest(**spec)).diagnostics
        return one.help.partition(";")[0]

    assert help() == "set pointInTimeRecoveryEnabled: true"
    assert help(pointInTimeRecoveryEnabled=False) == "set pointInTimeRecoveryEnabled: true"
    assert (
        help(pointInTimeRecovery={"enabled": False}) == "set pointInTimeRecovery: {enabled: true}"
    )
    (item,) = reading(
        one_rule(require={"spec.keySchema[*].keyType": "RANGE"}), manifest()
    ).diagnostics
    assert item.help.startswith("set keySchema[0].keyType: RANGE")


def test_what_a_rule_says_cannot_forge_other_output() -> None:
    text = (
        'rules: [{id: a, message: "m\\e[31m\\n\\u202e", help: "h\\n", '
        'require: {spec.tableName: ["\\e[31m", "x\\ny"]}}]'
    )
    (one,) = reading(rules_of(text), manifest()).diagnostics

    assert one.message == (
        "m\\x1b[31m \\u202e: tableName must be one of '\\x1b[31m' or 'x\\ny', got 'orders'"
    )
    assert one.help == "h; the rule is in planton.yaml, line 1"


def test_of_many_values_some_are_shown() -> None:
    ((_, message),) = breaches({"spec.tableName": [f"t{i}" for i in range(21)]})

    assert message.endswith("'t18', 't19' or …, got 'orders'")


def test_a_finding_points_at_the_line_of_the_field_or_of_what_is_around_it() -> None:
    rules = one_rule(require={"spec.region": "x", "spec.tags.team": "x", "metadata.env": "x"})
    lines = {one.path: one.span.line for one in reading(rules, manifest()).diagnostics if one.span}

    assert lines == {"spec.region": 6, "spec.tags.team": 5, "metadata.env": 3}


def test_rules_hold_in_every_form_of_a_manifest() -> None:
    rules = one_rule(
        require={
            "spec.provisionedThroughput.readCapacityUnits": {"atMost": 4},
            "spec.pointInTimeRecovery.enabled": True,
            "spec.tableName": "x",
        }
    )
    flat = {
        "apiVersion": "code2cloud.planton.cloud/v1",
        "kind": "AwsDynamodb",
        "metadata": {"name": "shop"},
        "spec": {
            "table": {
                "hash_key": {"name": "pk", "type": "S"},
                "billing_mode": "PROVISIONED",
                "auto_scale": {
                    "is_enabled": False,
                    "read_capacity": {"min_capacity": 5, "max_capacity": 9},
                    "write_capacity": {"min_capacity": 5, "max_capacity": 9},
                },
            }
        },
    }
    request = {
        "apiVersion": "dynamodb.kratix.io/v1alpha1",
        "kind": "DynamoDBRequest",
        "metadata": {"name": "orders", "namespace": "shop"},
        "spec": {
            "name": "shop",
            "region": "eu-west-1",
            "billingMode": "PROVISIONED",
            "provisioned": {"readCapacity": 5, "writeCapacity": 5},
            "attributeDefinitions": SPEC["attributeDefinitions"],
            "keySchema": SPEC["keySchema"],
        },
    }
    newest = manifest(
        None,
        "aws.openmcf.org/v1",
        billing_mode="PROVISIONED",
        billingMode=None,
        provisioned_throughput={"read_capacity_units": "5", "write_capacity_units": "5"},
        table_name="shop",
    )
    expected = [
        "provisionedThroughput.readCapacityUnits must be at most 4, got 5",
        "pointInTimeRecovery.enabled must be true, got false",
        "tableName must be 'x', got 'shop'",
    ]
    for data in (flat, request, newest):
        messages = [message for mark, _, message in found(rules, data) if mark == "error[a-rule]"]
        assert messages == expected


@pytest.mark.parametrize(
    ("require", "help"),
    [
        ({"spec.tableName": "shop"}, "set name: shop"),
        ({"spec.tableName": {"matches": "s.*"}}, "change name"),
        (
            {"spec.provisionedThroughput.readCapacityUnits": {"atMost": 4}},
            "set provisioned: {readCapacity: 4}",
        ),
        (
            {"spec.globalSecondaryIndexes[*].provisionedThroughput.readCapacityUnits": [4]},
            "set globalSecondaryIndexes[0].provisioned.readCapacity: 4",
        ),
        ({"spec.tags.team": {"present": True}}, "set tags.team"),
        ({"spec.pointInTimeRecovery.enabled": True}, "set pointInTimeRecovery: {enabled: true}"),
        ({"metadata.namespace": "shop"}, "set metadata: {namespace: shop}"),
        ({"metadata.labels.team": "shop"}, "set metadata: {labels: {team: shop}}"),
        ({"metadata.env": "prod"}, "a request has no metadata.env: ask the owner of the rule"),
        (
            {"spec.alarms.topics": {"present": True}},
            "a request has no alarms.topics: ask the owner of the rule",
        ),
    ],
)
def test_the_help_for_a_request_has_the_names_of_requests(
    require: dict[str, Any], help: str
) -> None:
    units = {"readCapacity": 5, "writeCapacity": 5}
    index = {
        "name": "by-sk",
        "keySchema": [{"attributeName": "sk", "keyType": "HASH"}],
        "projection": {"type": "ALL"},
        "provisioned": units,
    }
    request = {
        "apiVersion": "dynamodb.kratix.io/v1alpha1",
        "kind": "DynamoDBRequest",
        "metadata": {"name": "orders"},
        "spec": {
            "name": "orders",
            "region": "eu-west-1",
            "billingMode": "PROVISIONED",
            "provisioned": units,
            "attributeDefinitions": [*SPEC["attributeDefinitions"], {"name": "sk", "type": "S"}],
            "keySchema": SPEC["keySchema"],
            "globalSecondaryIndexes": [index],
        },
    }
    findings = reading(one_rule(require=require), request).diagnostics

    helps = [one.help for one in findings if one.code == "a-rule"]
    assert helps == [f"{help}; the rule is in planton.yaml, line 2"]


def test_a_rule_waits_for_the_fields_that_it_reads() -> None:
    rules = rules_of(
        {
            "rules": [
                {"id": "mode", "require": {"spec.billingMode": "PROVISIONED"}},
                {"id": "tags", "require": {"spec.tags.team": {"present": True}}},
                {
                    "id": "guarded",
                    "when": {"spec.billingMode": "PAY_PER_REQUEST"},
                    "require": {"spec.deletionProtectionEnabled": True},
                },
                {"id": "expressed", "expression": "false"},
            ]
        }
    )
    marks = [mark for mark, _, _ in found(rules, manifest(billingMode="ON_DEMAND"))]

    assert marks == ["error[enum]", "error[tags]"]


def test_a_rule_waits_for_what_is_in_a_field_and_around_it() -> None:
    block = one_rule(require={"spec.ttl": {"present": False}})
    inner = one_rule(require={"spec.ttl.enabled": False})
    near = one_rule(require={"spec.ttl.enabled": False, "spec.ttl": {"present": False}})

    assert "error[a-rule]" not in [one[0] for one in found(block, manifest(ttl={"enabled": 5}))]
    assert "error[a-rule]" not in [one[0] for one in found(inner, manifest(ttl="x"))]
    assert "error[a-rule]" in [one[0] for one in found(near, manifest(ttl={"enabled": True}))]
    beside = {"ttl": {"enabled": True, "attributeName": 5}}
    assert "error[a-rule]" in [one[0] for one in found(inner, manifest(**beside))]


def test_a_rule_reports_at_most_two_hundred_findings() -> None:
    attributes = [f"a{i}" for i in range(300)]
    index = {
        "name": "by-a",
        "keySchema": SPEC["keySchema"],
        "projection": {"type": "INCLUDE", "nonKeyAttributes": attributes},
    }
    rules = one_rule(require={"spec.globalSecondaryIndexes[*].projection.nonKeyAttributes[*]": "x"})
    marks = [mark for mark, _, _ in found(rules, manifest(globalSecondaryIndexes=[index]))]

    assert marks.count("error[a-rule]") == 200


# Severities


def test_a_warning_can_be_an_error_and_no_manifest_can_ignore_it() -> None:
    note = {"annotations": {"dynamodb.project-planton.org/ignore-warnings": "recovery-off"}}
    protected = manifest(note, deletionProtectionEnabled=True)

    assert found(NO_RULES, protected) == []
    assert [one[0] for one in found(rules_of("severity: {recovery_off: error}"), protected)] == [
        "error[recovery-off]"
    ]
    assert reading(rules_of("severity: {recovery_off: error}"), protected).manifest is None
    assert found(rules_of("severity: {recovery-off: warning}"), protected) == []


def test_a_warning_can_be_switched_off() -> None:
    protected = manifest(deletionProtectionEnabled=True)

    assert [one[0] for one in found(NO_RULES, protected)] == ["warning[recovery-off]"]
    assert found(rules_of("severity: {recovery-off: off}"), protected) == []


def test_a_severity_holds_for_what_is_found_later_and_outside() -> None:
    text = (ROOT / "tests" / "accept" / "ignored-key" / "not-to-be-heard.yaml").read_text()
    rules = rules_of("severity: {ignored-key: error, schedule-over: error, not-carried: error}")

    assert read(Source("x.yaml", text)).diagnostics == ()
    assert [one.severity for one in read(Source("x.yaml", text), rules=rules).diagnostics] == [
        "error"
    ]
    adjustment = {
        "name": "once",
        "dimension": "READ",
        "schedule": "at(2026-01-01T00:00:00)",
        "minCapacity": 5,
        "maxCapacity": 9,
    }
    dimension = {"minCapacity": 5, "maxCapacity": 9, "targetUtilizationPercent": 70}
    scaled = manifest(
        billingMode="PROVISIONED",
        provisionedThroughput={"readCapacityUnits": 5, "writeCapacityUnits": 5},
        autoscaling={"read": dimension, "scheduledAdjustments": [adjustment]},
    )
    later = at_time(reading(rules, scaled), datetime(2027, 1, 1, tzinfo=timezone.utc))
    assert later.manifest is None
    assert [(one.code, one.severity) for one in later.diagnostics] == [("schedule-over", "error")]
    insights = yaml.safe_dump(manifest(contributorInsights={"enabled": True}))
    for ignored, level in (({}, "error"), ({IGNORE_WARNINGS: "not-carried"}, "error")):
        noted = manifest({"annotations": ignored}, contributorInsights={"enabled": True})
        with pytest.raises(ManifestError) as refused:
            render(Source("x.yaml", yaml.safe_dump(noted)), "crossplane", rules=rules)
        assert [(one.code, one.severity) for one in refused.value.diagnostics] == [
            ("not-carried", level)
        ]
    off = rules_of("severity: {not-carried: off}")
    assert render(Source("x.yaml", insights), "crossplane", rules=off).warnings == ()


# Profiles


def test_a_required_profile_reports_what_a_table_fails_with_its_controls() -> None:
    rules = rules_of("profiles:\n  - name: fsbp\n    except: [DynamoDB.2]\n")

    assert [
        (f"{one.severity}[{one.code}]", one.message, one.help)
        for one in reading(rules, manifest()).diagnostics
    ] == [
        (
            "error[control-failed]",
            "deletion protection of the table is off (DynamoDB.6)",
            "set deletionProtectionEnabled: true; fsbp is required in planton.yaml, line 2",
        )
    ]


def test_a_required_profile_has_its_severity_tags_and_manifests() -> None:
    text = (
        "profiles:\n  - {name: fsbp, severity: warning, requiredTags: [team], "
        "except: [DynamoDB.2, DynamoDB.6], when: {metadata.env: production}}\n"
    )

    assert found(rules_of(text), manifest()) == []
    assert found(rules_of(text), manifest({"env": "production"})) == [
        (
            "warning[control-failed]",
            "spec.tags",
            "the table is without the required tag 'team' (DynamoDB.5)",
        )
    ]


def test_a_profile_is_not_compared_with_what_aws_would_refuse() -> None:
    rules = rules_of("profiles: [{name: fsbp}]\nseverity: {recovery-off: error}\n")

    assert [one[0] for one in found(rules, manifest(streamViewType="NEW_IMAGE"))] == [
        "error[stream-view-requires-enabled]"
    ]
    marks = [one[0] for one in found(rules, manifest(deletionProtectionEnabled=True))]
    assert marks == ["error[recovery-off]", "error[control-failed]"]


# Defaults

DEFAULTS = {
    "defaults": [
        {"spec": {"tags": {"cost-centre": "4711", "team": "data"}}},
        {
            "when": {"metadata.env": "production"},
            "spec": {
                "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7},
                "deletionProtectionEnabled": True,
            },
        },
    ]
}


def test_a_default_is_used_where_the_manifest_says_nothing() -> None:
    result = reading(rules_of(DEFAULTS), manifest({"env": "production"}, tags={"team": "shop"}))
    spec = result.require().spec

    assert spec.tags == {"team": "shop", "cost-centre": "4711"}
    assert spec.deletion_protection_enabled is True
    assert spec.point_in_time_recovery
    assert spec.point_in_time_recovery.recovery_period_in_days == 7
    assert [(one.path, one.value, one.where) for one in result.defaults] == [
        ("spec.tags.cost-centre", '"4711"', "planton.yaml, line 3"),
        (
            "spec.pointInTimeRecovery",
            "{enabled: true, recoveryPeriodInDays: 7}",
            "planton.yaml, line 9",
        ),
        ("spec.deletionProtectionEnabled", "true", "planton.yaml, line 12"),
    ]


def test_what_a_manifest_says_is_not_replaced_by_a_default() -> None:
    own = manifest(
        {"env": "production"},
        pointInTimeRecoveryEnabled=False,
        deletionProtectionEnabled=False,
        tags={"team": "shop", "cost-centre": "1"},
    )
    result = reading(rules_of(DEFAULTS), own)

    assert result.defaults == ()
    assert result.require() == reading(NO_RULES, own).require()


def test_a_default_is_only_for_the_manifests_that_its_metadata_describes() -> None:
    result = reading(rules_of(DEFAULTS), manifest({"env": "dev"}))

    assert [one.path for one in result.defaults] == ["spec.tags.cost-centre", "spec.tags.team"]


def test_the_first_default_that_fits_is_used() -> None:
    rules = rules_of(
        {
            "defaults": [
                {
                    "when": {"metadata.env": "production"},
                    "spec": {"deletionPolicy": "retain", "tags": {"tier": "1"}},
                },
                {"spec": {"deletionPolicy": "delete", "tags": {"tier": "2"}}},
            ]
        }
    )

    def used(env: str) -> list[str]:
        return [one.value for one in reading(rules, manifest({"env": env})).defaults]

    assert used("production") == ["retain", '"1"']
    assert used("dev") == ["delete", '"2"']


def test_a_default_counts_before_the_rules_are_checked() -> None:
    rules = rules_of({**DEFAULTS, "rules": [{"id": "team", "require": {"spec.tags.team": "data"}}]})

    assert found(rules, manifest()) == []


def test_a_finding_about_a_default_says_where_it_comes_from() -> None:
    rules = rules_of(
        "defaults: [{spec: {alarms: {topics: ['arn:aws:sns:us-east-1:111122223333:x']}}}]\n"
    )
    (one,) = reading(rules, manifest()).diagnostics

    assert (one.code, one.path) == ("alarm-topic-region", "spec.alarms.topics[0]")
    assert one.help.endswith("; spec.alarms is a default, set in planton.yaml, line 1")
    assert one.span
    assert one.span.line == 5


def test_a_finding_about_tags_names_the_default_among_them() -> None:
    rules = rules_of({"defaults": [{"spec": {"tags": {f"k{i}": "v" for i in range(50)}}}]})
    (one,) = reading(rules, manifest(tags={"team": "shop"})).diagnostics

    assert (one.code, one.path) == ("too-many-tags", "spec.tags")
    assert one.help == "spec.tags.k0 is a default, set in planton.yaml, line 3"


def test_a_finding_about_something_else_does_not_name_a_default() -> None:
    rules = rules_of("defaults: [{spec: {tags: {team: data}}}]\n")
    (one,) = reading(rules, manifest(tableClass="STANDARDS")).diagnostics

    assert (one.code, one.help) == ("enum", "did you mean 'STANDARD'?")


def test_a_nearer_file_may_add_a_default_for_another_field() -> None:
    outer = {"defaults": [{"spec": {"tags": {"team": "data"}}}]}
    nearer = {"defaults": [{"spec": {"deletionProtectionEnabled": True}}]}

    assert rules_of(outer, nearer).problems == ()


def test_a_condition_does_not_repeat_a_mapping() -> None:
    (one,) = one_rule(require={"spec.tags.team": {"present": {"a": 1}}}).problems

    assert one.message.endswith("present must be true or false, got a mapping")


def test_a_problem_inside_a_scalar_is_reported_at_the_scalar() -> None:
    source = Source("planton.yaml", "rules: [3]\n")
    (root,) = parse_source(source).roots
    problems = Problems(root, source)

    assert problems.node(("rules", 0, "id", "x")) is problems.node(("rules", 0))


def test_a_key_without_a_value_counts_as_absent() -> None:
    empty = {"deletion_protection_enabled": None, "tags": {"cost-centre": None, "team": "shop"}}
    text = {**manifest({"env": "production"}), "spec": {**SPEC, **empty}}
    result = reading(rules_of(DEFAULTS), text)

    assert result.diagnostics == ()
    assert [one.path for one in result.defaults] == [
        "spec.tags.cost-centre",
        "spec.pointInTimeRecovery",
        "spec.deletionProtectionEnabled",
    ]
    assert result.require().spec.tags == {"team": "shop", "cost-centre": "4711"}
    whole = reading(rules_of(DEFAULTS), {**text, "spec": {**SPEC, "tags": None}})
    assert whole.require().spec.tags == {"team": "data", "cost-centre": "4711"}


def test_an_empty_string_in_the_metadata_counts_as_absent() -> None:
    rules = one_rule(require={"metadata.env": {"present": True}})
    metadata = {"env": "", "labels": {"team": ""}}

    assert found(rules, manifest(metadata)) == [
        ("error[a-rule]", "metadata.env", "metadata.env must be set")
    ]
    labelled = one_rule(require={"metadata.labels.team": {"present": True}})
    assert found(labelled, manifest(metadata)) == []


def test_a_message_is_shown_in_one_line_however_it_is_written() -> None:
    block = "rules:\n- id: own\n  message: |\n    use\n    our key\n  help: >\n    ask us\n"
    (one,) = reading(rules_of(block + "  require: {spec.region: x}\n"), manifest()).diagnostics

    assert one.message == "use our key: region must be 'x', got 'eu-west-1'"
    assert one.help == "ask us; the rule is in planton.yaml, line 2"


@pytest.mark.parametrize("value", ["DELETION_POLICY_UNSPECIFIED", "", None])
def test_a_default_is_used_where_an_enum_counts_as_absent(value: str | None) -> None:
    data = manifest()
    data["spec"]["deletionPolicy"] = value
    result = reading(rules_of({"defaults": [{"spec": {"deletionPolicy": "retain"}}]}), data)

    assert result.require().spec.deletion_policy is DeletionPolicy.RETAIN
    assert [one.path for one in result.defaults] == ["spec.deletionPolicy"]


def test_a_default_does_not_replace_a_tag_with_an_empty_value() -> None:
    result = reading(rules_of(DEFAULTS), manifest(tags={"team": ""}))

    assert result.require().spec.tags == {"team": "", "cost-centre": "4711"}


def test_a_default_does_not_hide_that_spec_is_missing() -> None:
    data = {key: value for key, value in manifest().items() if key != "spec"}

    assert [one[0] for one in found(rules_of(DEFAULTS), data)] == ["error[missing]"]
    assert [one[0] for one in found(rules_of(DEFAULTS), {**data, "spec": [1]})] == ["error[type]"]
    assert "error[type]" in [one[0] for one in found(rules_of(DEFAULTS), manifest(tags=[1]))]


@pytest.mark.parametrize("case", [*examples(), *cases(ACCEPT)], ids=case_id)
def test_a_manifest_that_breaks_no_rule_is_read_as_without_rules(case: Path) -> None:
    rules = rules_of(
        {
            "rules": [
                {"id": "never", "when": {"metadata.org": "x"}, "require": {"metadata.org": "y"}}
            ]
        }
    )
    source = Source(case.name, case.read_text(encoding="utf-8-sig"))
    bare, governed = read(source), read(source, rules=rules)

    assert governed.manifest == bare.manifest
    assert governed.diagnostics == bare.diagnostics


# Expressions

cel = pytest.importorskip("cel_expr_python", reason="CEL has no wheel for this Python or platform")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("manifest.spec.region == 'us-east-1'", "the expression is false"),
        (
            "manifest.spec.ttl.enabled",
            'the expression cannot be evaluated: Key not found in map : "ttl"',
        ),
        ("manifest.spec.region", "the expression is neither true nor false"),
        (
            "[1,2,3,4,5,6,7,8,9].all(a,[1,2,3,4,5,6,7,8,9].all(b,[1,2,3,4,5,6,7,8,9].all(c,"
            "[1,2,3,4,5,6,7,8,9].all(d,[1,2,3,4,5,6,7,8,9].all(e,true)))))",
            "the expression cannot be evaluated: Iteration budget exceeded",
        ),
    ],
)
def test_an_expression_that_is_not_true_is_a_finding(expression: str, message: str) -> None:
    (one,) = found(one_rule(expression=expression), manifest())

    assert one == ("error[a-rule]", "spec", message)


def test_a_message_stands_for_an_expression_that_is_false() -> None:
    rules = one_rule(expression="false", message="no tables", at="spec.keySchema")

    assert found(rules, manifest()) == [("error[a-rule]", "spec.keySchema", "no tables")]


@pytest.mark.parametrize(
    "expression",
    [
        "manifest.metadata.name == 'orders' && manifest.metadata.labels.team == 'shop'",
        "manifest.spec.tableName == 'orders' && manifest.spec.region == 'eu-west-1'",
        "manifest.spec.billingMode == 'PAY_PER_REQUEST'",
        "manifest.spec.tableClass == 'STANDARD' && manifest.spec.deletionPolicy == 'delete'",
        "!manifest.spec.pointInTimeRecovery.enabled && !manifest.spec.contributorInsights.enabled",
        "!has(manifest.spec.ttl) && !manifest.spec.?ttl.enabled.orValue(false)",
        "manifest.spec.keySchema.all(k, k.keyType.lowerAscii() == 'hash')",
        "math.greatest(size(manifest.spec.replicas), 1) == 1",
        "cel.bind(n, manifest.metadata.name, n + n == 'ordersorders')",
    ],
)
def test_an_expression_reads_what_conditions_read(expression: str) -> None:
    assert found(one_rule(expression=expression), manifest({"labels": {"team": "shop"}})) == []


def test_an_expression_reads_a_boolean_of_v1_as_a_block() -> None:
    expression = "manifest.spec.pointInTimeRecovery.enabled"
    rules = one_rule(expression=expression)

    assert found(rules, manifest(pointInTimeRecoveryEnabled=True)) == []
    assert found(rules, manifest(pointInTimeRecovery={"enabled": True})) == []


def test_an_expression_sees_no_unknown_region() -> None:
    assert found(one_rule(expression="!has(manifest.spec.region)"), manifest(region=None)) == []


def test_without_cel_an_expression_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "cel_expr_python", None)
    (one,) = rules_of("rules: [{id: a, expression: 'true'}]").problems

    assert (one.code, one.message) == (
        "unusable-rule",
        "expressions need CEL, which is not installed",
    )
    assert one.help == (
        "pip install '.[expressions]' (Python 3.11 or newer), or write the rule with require"
    )


def test_an_expression_says_its_text() -> None:
    assert compile_expression("1 == 1").text == "1 == 1"


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            "1 +",
            "the expression is not valid: 1:4: Syntax error: mismatched input '<EOF>'",
        ),
        (
            "foo",
            "the expression is not valid: 1:1: undeclared reference to 'foo' (in container '')",
        ),
        ("1", "an expression must be true or false, this one is of type int"),
        ("'a'", "an expression must be true or false, this one is of type string"),
        ("true" + " " * 2000, "an expression has at most 2000 characters, got 2004"),
    ],
)
def test_an_expression_that_cannot_be_used_is_a_problem(expression: str, message: str) -> None:
    (one,) = rules_of({"rules": [{"id": "a", "expression": expression}]}).problems

    assert one.code == "unusable-rule"
    assert one.message.startswith(message)
    assert one.path == "rules[0].expression"


def test_the_place_of_an_expression_is_one_field() -> None:
    rules = [{"id": "a", "expression": "true", "at": "spec.replicas[*].kmsKeyArn"}]
    (one,) = rules_of({"rules": rules}).problems
    (other,) = rules_of({"rules": [{**rules[0], "at": "spec.foo"}]}).problems

    assert (one.path, one.message, one.help) == (
        "rules[0].at",
        "at names one place, so it cannot have [*]",
        "name the list",
    )
    assert (other.path, other.message) == ("rules[0].at", "spec has no field 'foo'")


# The page


def test_the_examples_on_the_page_can_be_used() -> None:
    from tests.test_docs import fenced

    blocks = fenced(ROOT / "docs" / "organization.md", "yaml")

    assert len(blocks) == 2
    for block in blocks:
        assert rules_of(block).problems == ()


def test_a_default_is_data_as_it_is_written() -> None:
    (default,) = rules_of("defaults: [{spec: {tags: {a: '1', b: x}}}]").defaults

    assert default.data == plain(default.value) == {"a": "1", "b": "x"}
    assert default.text == '{a: "1", b: x}'
