"""The whole program, through the root `__main__.py`: what it registers, compared as values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest

from planton.plan import outputs
from planton.rehearsal.program.records import Options, Rehearsal, Resource
from planton.rehearsal.program.runner import rehearse
from tests.planning import INDEX_LIST, KEPT

ROOT = Path(__file__).resolve().parent.parent
PROVIDER = "urn:pulumi:rehearsal::aws-dynamodb-module::pulumi:providers:aws::classic-provider"
TABLE = "aws:dynamodb/table:Table"
NO_RULES = "rules of the organization: no planton.yaml applies"
INDEX = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"
TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"
INSIGHTS = "aws:dynamodb/contributorInsights:ContributorInsights"

SMALLEST = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {name: orders}
spec:
  billingMode: PAY_PER_REQUEST
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
"""
TAGS = {
    "Name": "orders",
    "planton.ai/resource": "true",
    "planton.ai/resource-kind": "AwsDynamodb",
}


def run(text: str, config: Mapping[str, str] | None = None) -> Rehearsal:
    return rehearse({"STACK_INPUT_YAML": text}, config=config)


def of_type(rehearsal: Rehearsal, type_: str) -> list[Resource]:
    return [resource for resource in rehearsal.resources if resource.type == type_]


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:rehearsal::aws-dynamodb-module::{type_}::{name}"


def table(spec: str, **config: str) -> Resource:
    """The table that a manifest with a different spec makes."""
    head, _, _ = SMALLEST.partition("spec:")
    rehearsal = run(f"{head}spec:\n{spec}", config)
    assert rehearsal.error is None
    (found,) = of_type(rehearsal, TABLE)
    return found


SPEC = SMALLEST.partition("spec:\n")[2]


def test_the_demo_manifest_creates_exactly_one_table() -> None:
    rehearsal = rehearse({"STACK_INPUT_YAML_FILE": str(ROOT / "hack" / "manifest.yaml")})
    assert [(r.type, r.name) for r in rehearsal.resources] == [
        ("planton:dynamodb:TableGuard", "table-guard"),
        ("pulumi:providers:aws", "classic-provider"),
        (TABLE, "orders"),
    ]
    resource = rehearsal.resources[-1]
    assert resource.inputs == {
        "name": "orders",
        "billingMode": "PAY_PER_REQUEST",
        "attributes": [
            {"name": "customerId", "type": "S"},
            {"name": "orderId", "type": "S"},
            {"name": "shipBy", "type": "N"},
            {"name": "warehouseId", "type": "S"},
        ],
        "hashKey": "customerId",
        "rangeKey": "orderId",
        "globalSecondaryIndexes": [
            {
                "name": "to-ship",
                "keySchemas": [
                    {"attributeName": "warehouseId", "keyType": "HASH"},
                    {"attributeName": "shipBy", "keyType": "RANGE"},
                ],
                "projectionType": "INCLUDE",
                "nonKeyAttributes": ["deliveryAddress", "lines"],
            }
        ],
        "ttl": {"enabled": True, "attributeName": "expiresAt"},
        "streamEnabled": True,
        "streamViewType": "NEW_AND_OLD_IMAGES",
        "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 35},
        "serverSideEncryption": {"enabled": True},
        "tableClass": "STANDARD",
        "deletionProtectionEnabled": False,
        "tags": {**TAGS, "planton.ai/organization": "acme", "planton.ai/environment": "dev"},
    }
    assert resource.options == Options(
        provider=PROVIDER, ignore_changes=KEPT, custom_timeouts={"update": "6h"}
    )
    assert [one.text for one in rehearsal.messages] == [NO_RULES]


def test_fields_that_a_manifest_leaves_out_are_turned_off_explicitly() -> None:
    resource = table(SPEC)
    assert resource.inputs == {
        "name": "orders",
        "billingMode": "PAY_PER_REQUEST",
        "attributes": [{"name": "pk", "type": "S"}],
        "hashKey": "pk",
        "ttl": {"enabled": False},
        "streamEnabled": False,
        "pointInTimeRecovery": {"enabled": False},
        "serverSideEncryption": {"enabled": False},
        "tableClass": "STANDARD",
        "deletionProtectionEnabled": False,
        "tags": TAGS,
    }
    assert resource.options.ignore_changes == (*KEPT, "ttl.attributeName")


def test_the_production_example_has_every_feature_on() -> None:
    rehearsal = rehearse({"STACK_INPUT_YAML_FILE": str(ROOT / "examples" / "production.yaml")})
    (resource,) = of_type(rehearsal, TABLE)
    assert resource.name == "payments"
    assert resource.options.protect
    assert {key: resource.inputs[key] for key in ("name", "deletionProtectionEnabled")} == {
        "name": "payments-production",
        "deletionProtectionEnabled": True,
    }
    assert resource.inputs["serverSideEncryption"] == {
        "enabled": True,
        "kmsKeyArn": "arn:aws:kms:eu-central-1:111122223333:key/"
        "1234abcd-12ab-34cd-56ef-1234567890ab",
    }
    assert resource.inputs["localSecondaryIndexes"] == [
        {"name": "by-amount", "rangeKey": "amountCents", "projectionType": "KEYS_ONLY"}
    ]
    (insights,) = of_type(rehearsal, INSIGHTS)
    assert (insights.name, insights.inputs) == (
        "payments-insights",
        {"tableName": "payments-production", "mode": "ACCESSED_AND_THROTTLED_KEYS"},
    )
    assert insights.options.deleted_with == urn(TABLE, "payments")


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("{enabled: false}", {"enabled": False}),
        ("{enabled: true}", {"enabled": True}),
        (
            "{enabled: true, kmsKeyArn: 'arn:aws:kms:us-east-1:111122223333:alias/orders'}",
            {"enabled": True, "kmsKeyArn": "arn:aws:kms:us-east-1:111122223333:alias/orders"},
        ),
    ],
)
def test_each_kind_of_encryption_is_passed_unchanged(block: str, expected: Any) -> None:
    resource = table(f"{SPEC}  serverSideEncryption: {block}\n")
    assert resource.inputs["serverSideEncryption"] == expected


def test_the_fields_that_v1alpha1_adds_are_passed() -> None:
    example = ROOT / "examples" / "multi-attribute-keys.yaml"
    rehearsal = rehearse({"STACK_INPUT_YAML_FILE": str(example)})
    (resource,) = of_type(rehearsal, TABLE)
    assert {key: resource.inputs[key] for key in ("pointInTimeRecovery", "onDemandThroughput")} == {
        "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 14},
        "onDemandThroughput": {"maxReadRequestUnits": 20000},
    }
    assert resource.inputs["localSecondaryIndexes"] == [
        {"name": "by-score", "rangeKey": "score", "projectionType": "KEYS_ONLY"}
    ]
    assert resource.inputs["globalSecondaryIndexes"] == [
        {
            "name": "by-round",
            "keySchemas": [
                {"attributeName": "tournament", "keyType": "HASH"},
                {"attributeName": "region", "keyType": "HASH"},
                {"attributeName": "round", "keyType": "RANGE"},
                {"attributeName": "score", "keyType": "RANGE"},
            ],
            "projectionType": "INCLUDE",
            "nonKeyAttributes": ["player"],
            "onDemandThroughput": {"maxReadRequestUnits": 5000},
        }
    ]
    assert resource.inputs["ttl"] == {"enabled": False}
    assert resource.options.ignore_changes == (*KEPT, "ttl.attributeName")
    assert [(i.name, i.inputs) for i in of_type(rehearsal, INSIGHTS)] == [
        ("matches-insights", {"tableName": "matches", "mode": "THROTTLED_KEYS"}),
        (
            "matches-by-round-insights",
            {"tableName": "matches", "indexName": "by-round", "mode": "THROTTLED_KEYS"},
        ),
    ]


def test_non_key_attributes_are_a_set_in_global_a_list_in_local_indexes() -> None:
    resource = table("""\
  billingMode: PAY_PER_REQUEST
  attributeDefinitions: [{name: pk, type: S}, {name: sk, type: S}, {name: at, type: N}]
  keySchema: [{attributeName: pk, keyType: HASH}, {attributeName: sk, keyType: RANGE}]
  globalSecondaryIndexes:
    - name: by-time
      keySchema: [{attributeName: at, keyType: HASH}]
      projection: {type: INCLUDE, nonKeyAttributes: [zebra, ant]}
  localSecondaryIndexes:
    - name: local-time
      keySchema: [{attributeName: pk, keyType: HASH}, {attributeName: at, keyType: RANGE}]
      projection: {type: INCLUDE, nonKeyAttributes: [zebra, ant]}
""")
    (inline,) = resource.inputs["globalSecondaryIndexes"]
    (local,) = resource.inputs["localSecondaryIndexes"]
    assert inline["nonKeyAttributes"] == ["ant", "zebra"]
    assert local["nonKeyAttributes"] == ["zebra", "ant"]


def test_an_autoscaled_index_is_standalone_and_ignores_its_capacity() -> None:
    name = "provisioned-autoscaling.yaml"
    rehearsal = rehearse({"STACK_INPUT_YAML_FILE": str(ROOT / "examples" / name)})
    (resource,) = of_type(rehearsal, TABLE)
    assert "globalSecondaryIndexes" not in resource.inputs
    assert resource.inputs["attributes"] == [{"name": "productId", "type": "S"}]
    assert resource.options.ignore_changes == (
        *KEPT,
        "readCapacity",
        "writeCapacity",
        "ttl.attributeName",
        "replicas",
        *INDEX_LIST,
    )
    (index,) = of_type(rehearsal, INDEX)
    assert index.inputs == {
        "tableName": "products",
        "indexName": "by-category",
        "keySchemas": [
            {"attributeName": "category", "attributeType": "S", "keyType": "HASH"},
            {"attributeName": "price", "attributeType": "N", "keyType": "RANGE"},
        ],
        "projection": {"projectionType": "INCLUDE", "nonKeyAttributes": ["title"]},
        "provisionedThroughput": {"readCapacityUnits": 50, "writeCapacityUnits": 10},
        "timeouts": {"create": "6h", "update": "6h"},
    }
    assert index.options == Options(
        provider=PROVIDER,
        depends_on=(urn(TABLE, "products"),),
        ignore_changes=(
            "provisionedThroughput.readCapacityUnits",
            "provisionedThroughput.writeCapacityUnits",
            "warmThroughput",
        ),
        delete_before_replace=True,
        deleted_with=urn(TABLE, "products"),
    )


def test_each_scaled_dimension_is_a_target_and_a_policy() -> None:
    rehearsal = run("""\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {name: orders}
spec:
  tableName: orders-live
  billingMode: PROVISIONED
  provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 6}
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
  autoscaling:
    write: {maxCapacity: 60, scaleInCooldownSeconds: 10, scaleOutCooldownSeconds: 30}
""")
    (target,) = of_type(rehearsal, TARGET)
    (policy,) = of_type(rehearsal, POLICY)
    dimension = {
        "serviceNamespace": "dynamodb",
        "resourceId": "table/orders-live",
        "scalableDimension": "dynamodb:table:WriteCapacityUnits",
    }
    assert (target.name, target.inputs) == (
        "orders-write",
        {**dimension, "minCapacity": 6, "maxCapacity": 60, "tags": TAGS},
    )
    assert target.options == Options(provider=PROVIDER, depends_on=(urn(TABLE, "orders"),))
    assert (policy.name, policy.inputs) == (
        "orders-write",
        {
            **dimension,
            "name": "DynamoDBWriteCapacityUtilization:table/orders-live",
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": {
                "targetValue": 70,
                "scaleInCooldown": 10,
                "scaleOutCooldown": 30,
                "predefinedMetricSpecification": {
                    "predefinedMetricType": "DynamoDBWriteCapacityUtilization"
                },
            },
        },
    )
    assert policy.options == Options(
        provider=PROVIDER, depends_on=(urn(TARGET, "orders-write"),), delete_before_replace=True
    )
    (resource,) = of_type(rehearsal, TABLE)
    assert resource.options.ignore_changes == (
        *KEPT,
        "writeCapacity",
        "ttl.attributeName",
        "replicas",
    )


def test_a_policy_has_the_name_that_the_manifest_gives_it() -> None:
    index = """
    - name: {name}
      keySchema: [{{attributeName: pk, keyType: HASH}}]
      provisionedThroughput: {{readCapacityUnits: 5, writeCapacityUnits: 5}}"""
    rehearsal = run(f"""\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {{name: orders}}
spec:
  billingMode: PROVISIONED
  provisionedThroughput: {{readCapacityUnits: 5, writeCapacityUnits: 5}}
  streamEnabled: true
  streamViewType: NEW_AND_OLD_IMAGES
  replicas: [{{regionName: eu-west-1}}]
  attributeDefinitions: [{{name: pk, type: S}}]
  keySchema: [{{attributeName: pk, keyType: HASH}}]
  globalSecondaryIndexes:{index.format(name="like-the-table")}{index.format(name="by-pk")}
      autoscaling:
        read: {{maxCapacity: 9, policyName: reads of by-pk}}
        write: {{maxCapacity: 9}}
  autoscaling:
    read: {{maxCapacity: 60, policyName: orders-reads}}
    write: {{maxCapacity: 60}}
""")
    assert rehearsal.error is None, rehearsal.error
    default = "DynamoDBWriteCapacityUtilization:table/orders"
    assert {one.name: one.inputs["name"] for one in of_type(rehearsal, POLICY)} == {
        name: policy
        for owner in ("orders", "orders@eu-west-1")
        for name, policy in {
            f"{owner}-read": "orders-reads",
            f"{owner}-write": default,
            f"{owner}-like-the-table-read": "orders-reads",
            f"{owner}-like-the-table-write": f"{default}/index/like-the-table",
            f"{owner}-by-pk-read": "reads of by-pk",
            f"{owner}-by-pk-write": f"{default}/index/by-pk",
        }.items()
    }


def test_standalone_indexes_are_created_one_after_another() -> None:
    index = """
    - name: {name}
      keySchema: [{{attributeName: {name}, keyType: HASH}}]
      provisionedThroughput: {{readCapacityUnits: 5, writeCapacityUnits: 5}}
      autoscaling: {{enabled: false}}"""
    names = ("idx-a", "idx-b", "idx-c")
    rehearsal = run(f"""\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {{name: orders}}
spec:
  billingMode: PROVISIONED
  provisionedThroughput: {{readCapacityUnits: 5, writeCapacityUnits: 5}}
  attributeDefinitions:
    - {{name: pk, type: S}}
    - {{name: idx-a, type: S}}
    - {{name: idx-b, type: S}}
    - {{name: idx-c, type: S}}
  keySchema: [{{attributeName: pk, keyType: HASH}}]
  globalSecondaryIndexes:{"".join(index.format(name=name) for name in names)}
""")
    depends = [
        set(r.options.depends_on) - {urn(TABLE, "orders")} for r in of_type(rehearsal, INDEX)
    ]
    assert depends == [set(), {urn(INDEX, "orders-idx-a")}, {urn(INDEX, "orders-idx-b")}]
    assert of_type(rehearsal, TARGET) == []
    assert all(r.options.ignore_changes == ("warmThroughput",) for r in of_type(rehearsal, INDEX))


def test_the_name_changes_only_if_the_manifest_allows_it() -> None:
    annotation = "{dynamodb.project-planton.org/allow-replacement: 'tableName,region'}"
    text = SMALLEST.replace("{name: orders}", f"{{name: orders, annotations: {annotation}}}")
    (resource,) = of_type(run(text), TABLE)
    assert resource.options.ignore_changes == (*KEPT[1:], "ttl.attributeName")


STACK_INPUT = """\
provider_config:
  access_key_id: AKIAIOSFODNN7EXAMPLE
  secret_access_key: wJalrXUtnFEMIsecret
  session_token: the-session-token
  account_id: "012345678901"
  region: eu-west-1
target:
"""


def provider_inputs(rehearsal: Rehearsal) -> dict[str, Any]:
    (found,) = of_type(rehearsal, "pulumi:providers:aws")
    assert found.name == "classic-provider"
    return found.inputs


def wrapped(block: str = STACK_INPUT) -> str:
    return block + "\n".join(f"  {line}" for line in SMALLEST.splitlines()) + "\n"


def test_credentials_of_the_input_are_used_alone_and_stay_secret() -> None:
    rehearsal = run(wrapped(), {"aws:profile": "somebody", "aws:region": "us-west-2"})
    assert provider_inputs(rehearsal) == {
        "accessKey": "[secret]",
        "secretKey": "[secret]",
        "token": "[secret]",
        "allowedAccountIds": '["012345678901"]',
        "region": "eu-west-1",
        "skipCredentialsValidation": "false",
        "skipRegionValidation": "true",
    }
    shown = repr(rehearsal)
    for secret in ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMIsecret", "the-session-token"):
        assert secret not in shown
    assert rehearsal.outputs[outputs.TABLE_ARN] == (
        "arn:aws:dynamodb:eu-west-1:012345678901:table/orders"
    )


def test_the_provider_gets_the_stacks_aws_config_without_credentials() -> None:
    config = {
        "aws:region": "eu-north-1",
        "aws:profile": "team",
        "aws:assumeRoles": '[{"roleArn": "arn:aws:iam::111122223333:role/deploy"}]',
        "aws:defaultTags": '{"tags": {"owner": "platform"}}',
        "aws:endpoints": '[{"dynamodb": "http://localhost:8000"}]',
        "aws:maxRetries": "7",
        "aws:insecure": "true",
        "aws:skipCredentialsValidation": "true",
    }
    assert provider_inputs(run(SMALLEST, config)) == {
        "region": "eu-north-1",
        "profile": "team",
        "assumeRoles": '[{"roleArn": "arn:aws:iam::111122223333:role/deploy"}]',
        "defaultTags": '{"tags": {"owner": "platform"}}',
        "endpoints": '[{"dynamodb": "http://localhost:8000"}]',
        "maxRetries": "7",
        "insecure": "true",
        "skipCredentialsValidation": "true",
        "skipRegionValidation": "true",
    }


@pytest.mark.parametrize("keys", [True, False])
@pytest.mark.parametrize(
    ("block", "config", "retries"),
    [("3", "7", "3"), ('"0"', "7", "0"), ("", "7", "7"), ("3", "", "3"), ("", "", None)],
)
def test_the_inputs_number_of_retries_overrides_that_of_the_config(
    keys: bool, block: str, config: str, retries: str | None
) -> None:
    before, _, after = STACK_INPUT.partition("  access_key_id")
    rest = "  access_key_id" + after if keys else "  region: eu-west-1\ntarget:\n"
    rehearsal = run(
        wrapped(f"{before}  max_retries: {block}\n{rest}"),
        {"aws:maxRetries": config, "aws:profile": "somebody"},
    )
    assert provider_inputs(rehearsal).get("maxRetries") == retries
    assert provider_inputs(rehearsal).get("profile") == (None if keys else "somebody")


def test_the_rest_of_the_config_can_be_wrong_if_there_are_credentials() -> None:
    assert run(wrapped(), {"aws:assumeRoles": "deploy"}).error is None


def test_config_that_is_not_json_but_should_be_is_a_readable_error() -> None:
    rehearsal = run(SMALLEST, {"aws:region": "eu-north-1", "aws:assumeRoles": "deploy"})
    assert rehearsal.error == (
        "config aws:assumeRoles must be JSON: set it as JSON or with `pulumi config set --path`"
    )


def test_each_input_source_reaches_the_program(tmp_path: Path) -> None:
    file = tmp_path / "stack-input.yaml"
    file.write_text(wrapped(), encoding="utf-8")
    region = {"aws:region": "eu-west-1"}
    as_json = json.dumps({"target": json.loads(json.dumps(_data(SMALLEST)))})
    for environment, config in (
        ({}, {"planton-cloud:stack-input": wrapped()}),
        ({"STACK_INPUT_YAML": wrapped()}, {}),
        ({"STACK_INPUT_YAML_FILE": str(file)}, {}),
        ({}, {"aws-dynamodb-module:manifest": str(file)}),
        ({}, {"aws-dynamodb-module:manifest": wrapped()}),
        ({}, {"aws-dynamodb-module:manifest": as_json, **region}),
    ):
        rehearsal = rehearse(environment, config=config)
        assert rehearsal.error is None
        assert rehearsal.outputs[outputs.TABLE_NAME] == "orders"
        assert rehearsal.outputs[outputs.AWS_REGION] == "eu-west-1"


def _data(text: str) -> Any:
    import yaml

    return yaml.safe_load(text)


def test_an_invalid_manifest_fails_with_its_diagnostics_before_any_resource() -> None:
    rehearsal = run(SMALLEST.replace("PAY_PER_REQUEST", "PAY_PER_REQEST"))
    assert rehearsal.resources == ()
    assert rehearsal.error == (
        "STACK_INPUT_YAML:5:16: error[enum]: 'PAY_PER_REQEST' is not one of 'PROVISIONED' or "
        "'PAY_PER_REQUEST'\n"
        "    5 |   billingMode: PAY_PER_REQEST\n"
        "      |                ^^^^^^^^^^^^^^\n"
        "  spec.billingMode\n"
        "  help: did you mean 'PAY_PER_REQUEST'?"
    )


def test_warnings_are_logged_and_do_not_stop_the_program() -> None:
    rehearsal = run(f"{SMALLEST}  ttl:\n")
    assert rehearsal.error is None
    rules, message = rehearsal.messages
    assert (rules.severity, rules.text) == ("info", NO_RULES)
    assert message.severity == "warning"
    assert message.text.startswith("STACK_INPUT_YAML:8:3: warning[empty-value]: 'ttl' has no value")


def test_the_names_of_the_outputs_are_a_contract() -> None:
    names = {key: value for key, value in vars(outputs).items() if key.isupper()}
    assert names == {
        "TABLE_NAME": "table_name",
        "TABLE_ARN": "table_arn",
        "TABLE_ID": "table_id",
        "AWS_REGION": "aws_region",
        "STREAM_ARN": "stream_arn",
        "STREAM_LABEL": "stream_label",
        "GLOBAL_SECONDARY_INDEX_ARNS": "global_secondary_index_arns",
        "LOCAL_SECONDARY_INDEX_ARNS": "local_secondary_index_arns",
        "REPLICA_ARNS": "replica_arns",
        "REPLICA_STREAM_ARNS": "replica_stream_arns",
        "IAM_POLICY_DOCUMENTS": "iam_policy_documents",
        "POLICY_ARNS": "policy_arns",
        "AUTOSCALING_POLICY_ARNS": "autoscaling_policy_arns",
        "ALARM_ARNS": "alarm_arns",
        "TABLES": "tables",
    }


def test_a_plain_table_exports_the_table_and_empty_stream_outputs() -> None:
    assert run(SMALLEST).outputs == {
        "table_name": "orders",
        "table_arn": "arn:aws:dynamodb:us-east-1:123456789012:table/orders",
        "table_id": "orders",
        "aws_region": "us-east-1",
        "stream_arn": "",
        "stream_label": "",
        "iam_policy_documents": ANY,
    }


def test_an_indexed_and_scaled_table_exports_the_arns_of_its_parts() -> None:
    examples = ROOT / "examples"
    scaled = rehearse({"STACK_INPUT_YAML_FILE": str(examples / "provisioned-autoscaling.yaml")})
    arn = "arn:aws:dynamodb:us-east-1:123456789012:table/products"
    assert scaled.outputs["global_secondary_index_arns"] == {
        "by-category": f"{arn}/index/by-category"
    }
    assert "local_secondary_index_arns" not in scaled.outputs
    policies = scaled.outputs["autoscaling_policy_arns"]
    assert list(policies) == [
        "index/by-category/read",
        "index/by-category/write",
        "table/read",
        "table/write",
    ]
    arns = {resource.outputs["arn"] for resource in of_type(scaled, POLICY)}
    assert set(policies.values()) == arns


def test_the_entry_point_stays_small() -> None:
    assert len((ROOT / "__main__.py").read_text(encoding="utf-8").splitlines()) <= 27
