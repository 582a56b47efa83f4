"""A converted manifest is the same manifest: its plan does not change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from planton.changes.snapshot import snapshot
from planton.cli.convert import convert_command
from planton.convert.converter import convert
from planton.diagnostics.diagnostic import ManifestError, Source
from planton.dialects.annotations import EXTENSIONS
from planton.dialects.contract import API_VERSIONS, Contract
from planton.manifest.manifest import Manifest
from planton.manifest.reference import region_of as region_in
from planton.plan.planner import make_plan
from planton.plan.table_plan import TablePlan
from planton.reading.read import read
from planton.reading.region_choice import OtherRegion
from tests.conftest import Planton
from tests.corpus import ACCEPT, REJECT, case_id, cases, examine, examples
from tests.loading import load

REGION = "eu-central-1"
SPEC = """\
spec:
  billingMode: PAY_PER_REQUEST
  attributeDefinitions: [{name: pk, type: S}, {name: sk, type: "N"}]
  keySchema: [{attributeName: pk, keyType: HASH}, {attributeName: sk, keyType: RANGE}]
"""
V1 = "apiVersion: aws.openmcf.org/v1\nkind: AwsDynamodb\nmetadata: {name: orders}\n"

every_manifest = pytest.mark.parametrize("file", [*examples(), *cases(ACCEPT)], ids=case_id)
every_version = pytest.mark.parametrize("to", [Contract.V1, Contract.V1ALPHA1, None])


def region_of(file: Path) -> str:
    """The region that the input names, or one that its key, its stream and its replicas allow."""
    reading = read(source(file))
    manifest, provider = reading.require(), reading.provider
    spec = manifest.spec
    if named := spec.region or provider.region:
        return named
    key = spec.server_side_encryption and spec.server_side_encryption.kms_key_arn
    stream = spec.kinesis_streaming_destination and spec.kinesis_streaming_destination.stream_arn
    if (arn := key or stream) and (region := region_in(arn)):
        return region
    taken = {replica.region_name for replica in spec.replicas}
    return next(region for region in (REGION, "eu-south-2", "eu-south-1") if region not in taken)


def source(file: Path) -> Source:
    return Source(file.name, file.read_text(encoding="utf-8-sig"))


def converted(text: str, to: Contract | None = None, region: str | None = None) -> str:
    return convert(Source("x.yaml", text), to, region).text


def planned(manifest: Manifest | None) -> TablePlan:
    assert manifest is not None
    return make_plan(manifest)


@every_manifest
@every_version
def test_conversion_does_not_change_the_plan(file: Path, to: Contract | None) -> None:
    text = convert(source(file), to, region_of(file)).text
    loaded = load(text, filename="converted.yaml").manifest

    assert planned(loaded) == planned(examine(file)[0])
    assert to in (None, loaded.contract)


@every_manifest
@every_version
def test_a_second_conversion_changes_nothing(file: Path, to: Contract | None) -> None:
    once = convert(source(file), to, region_of(file)).text

    assert converted(once, to, region_of(file)) == once


@every_manifest
def test_conversion_and_back_gives_the_same_table(file: Path) -> None:
    newer = convert(source(file), Contract.V1ALPHA1, region_of(file)).text
    back = load(converted(newer, Contract.V1), filename="x.yaml").manifest

    region = back.spec.region
    assert snapshot(planned(back), region=region, account_id=None) == snapshot(
        planned(examine(file)[0]), region=region, account_id=None
    )


@pytest.mark.parametrize(
    ("version", "to"),
    [
        ("aws.project-planton.org/v1", "aws.project-planton.org/v1"),
        ("aws.openmcf.org/v1", "aws.openmcf.org/v1"),
        ("aws.planton.dev/v1alpha1", "aws.planton.dev/v1alpha1"),
    ],
)
def test_a_current_manifest_keeps_its_version(version: str, to: str) -> None:
    text = V1.replace("aws.openmcf.org/v1", version) + SPEC + f"  region: {REGION}\n"

    assert yaml.safe_load(converted(text))["apiVersion"] == to
    assert to in API_VERSIONS


def test_fields_that_the_program_does_not_read_are_kept() -> None:
    text = V1.replace(
        "{name: orders}",
        """
  name: orders
  labels: {Some_Label: "1", version: 1.10, count: 7, big_key: true}
  annotations: {other: "x", dynamodb.project-planton.org/allow-replacement: region}
  relationships: [{kind: AwsKmsKey}]""",
    )
    data = yaml.safe_load(converted(text + SPEC + "status: {outputs: {table_name: orders}}\n"))

    assert data["metadata"] == {
        "name": "orders",
        "labels": {"Some_Label": "1", "version": "1.10", "count": 7, "big_key": True},
        "annotations": {"other": "x", "dynamodb.project-planton.org/allow-replacement": "region"},
        "relationships": [{"kind": "AwsKmsKey"}],
    } | {"annotations": data["metadata"]["annotations"]}
    assert data["metadata"]["annotations"]["other"] == "x"
    assert data["status"] == {"outputs": {"table_name": "orders"}}


def test_fields_that_a_version_does_not_have_go_into_the_annotation() -> None:
    text = V1 + SPEC + "  tableName: orders-2\n  tags: {team: shop}\n"
    for to in (Contract.V1, Contract.V1ALPHA1):
        data = yaml.safe_load(converted(text, to, REGION))

        assert yaml.safe_load(data["metadata"]["annotations"][EXTENSIONS]) == {
            "tableName": "orders-2",
            "tags": {"team": "shop"},
        }
        assert data["spec"].keys() & {"tableName", "tags"} == set()


POLICY = """\
    policy:
      Version: 2012-10-17
      Statement:
        - Sid: "007"
          Effect: Deny
          Principal: "*"
          Action: [dynamodb:GetItem, 'dynamodb:Get*']
          Resource: ${table_arn}
          Condition:
            Null: {"aws:TokenIssueTime": "true"}
            Bool: {aws:SecureTransport: false, aws:MultiFactorAuthPresent: [n, "on"]}
            NumericLessThan: {aws:MultiFactorAuthAge: 1.10, some_key: [7, 1e22, "7"]}
            StringLike: {aws:userid: [a], aws:PrincipalTag/team_name: "a\\n b: #c\\n"}
            DateGreaterThan: {aws:CurrentTime: 2026-11-26}
            StringEquals: {aws:x: ""}
"""
WRITTEN_POLICY = """\
    policy:
      Version: "2012-10-17"
      Statement:
      - Sid: "007"
        Effect: "Deny"
        Principal: "*"
        Action:
        - "dynamodb:GetItem"
        - "dynamodb:Get*"
        Resource: "${table_arn}"
        Condition:
          "Null":
            "aws:TokenIssueTime": "true"
          Bool:
            "aws:SecureTransport": false
            "aws:MultiFactorAuthPresent":
            - "n"
            - "on"
          NumericLessThan:
            "aws:MultiFactorAuthAge": 1.1
            some_key:
            - 7
            - 1.0e+22
            - "7"
          StringLike:
            "aws:userid":
            - "a"
            "aws:PrincipalTag/team_name": |
              a
               b: #c
          DateGreaterThan:
            "aws:CurrentTime": "2026-11-26"
          StringEquals:
            "aws:x": ""
"""


def test_a_policy_keeps_its_keys_their_order_and_the_types_of_its_values() -> None:
    text = f"{V1}{SPEC}  resource_policy:\n{POLICY}    confirm_remove_self_resource_access: true\n"
    newer = converted(text, Contract.V1ALPHA1, REGION)
    written = f"  resourcePolicy:\n{WRITTEN_POLICY}    confirmRemoveSelfResourceAccess: true\n"

    assert newer.endswith(written)
    indented = "".join(f"    {line}\n" for line in written.splitlines())
    assert f"{EXTENSIONS}: |\n{indented}" in converted(newer, Contract.V1)


@pytest.mark.parametrize(
    "value", ["", "\\n", "\\n\\n", " \\n a\\n\\n", "a: b\\n...\\n", "---\\n# \\n"]
)
def test_a_policy_string_keeps_its_blank_lines(value: str) -> None:
    policy = POLICY.replace('{aws:x: ""}', f'{{k: "{value}", K: "{value}"}}')
    text = f"{V1}{SPEC}  resourcePolicy:\n{policy}"
    older = converted(text, Contract.V1)
    newer = converted(older, Contract.V1ALPHA1, REGION)

    for written in (older, newer):
        spec = load(written, filename="x.yaml").manifest.spec
        assert spec.resource_policy is not None
        (statement,) = spec.resource_policy.policy["Statement"]
        text = yaml.safe_load(f'"{value}"')
        assert statement["Condition"]["StringEquals"] == {"k": text, "K": text}


AROUND = """\
apiVersion: aws.planton.dev/v1alpha1
kind: AwsDynamodb
metadata:
  name: orders
spec:
  region: eu-central-1
  billingMode: PROVISIONED
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
  provisionedThroughput: {readCapacityUnits: 5, writeCapacityUnits: 5}
  warmThroughput: {readUnitsPerSecond: "13000"}
  streamEnabled: true
  streamViewType: NEW_AND_OLD_IMAGES
  serverSideEncryption:
    enabled: true
    kmsKeyArn: {value: arn:aws:kms:eu-central-1:111122223333:key/a}
  autoscaling:
    write: {minCapacity: 5, maxCapacity: 50, targetUtilizationPercent: 60}
    scheduledAdjustments:
      - name: morning
        dimension: SCALING_DIMENSION_WRITE
        schedule: cron(0 7 ? * MON-FRI *)
        timezone: Europe/Berlin
        minCapacity: 20
        startTime: 2026-11-26T08:00:00Z
  kinesisStreamingDestination:
    streamArn: arn:aws:kinesis:eu-central-1:111122223333:stream/changes
    approximateCreationDateTimePrecision: MICROSECOND
  replicas:
    - regionName: eu-west-1
      kmsKeyArn: arn:aws:kms:eu-west-1:111122223333:key/b
      pointInTimeRecovery: true
      deletionProtectionEnabled: false
      propagateTags: true
      consistencyMode: CONSISTENCY_MODE_EVENTUAL
"""
SCALED = {
    "write": {"minCapacity": 5, "maxCapacity": 50, "targetUtilizationPercent": 60},
    "scheduledAdjustments": [
        {
            "name": "morning",
            "dimension": "WRITE",
            "schedule": "cron(0 7 ? * MON-FRI *)",
            "timezone": "Europe/Berlin",
            "minCapacity": 20,
            "startTime": "2026-11-26T08:00:00Z",
        }
    ],
}
STREAM = "arn:aws:kinesis:eu-central-1:111122223333:stream/changes"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/b"
REPLICA = {
    "regionName": "eu-west-1",
    "kmsKeyArn": KEY,
    "pointInTimeRecovery": True,
    "deletionProtectionEnabled": False,
    "propagateTags": True,
    "consistencyMode": "EVENTUAL",
}


def extensions(data: dict[str, Any]) -> Any:
    """The content of the annotation."""
    return yaml.safe_load(data["metadata"]["annotations"][EXTENSIONS])


def test_v1_has_no_fields_for_related_resources() -> None:
    data = yaml.safe_load(converted(AROUND, Contract.V1))

    assert extensions(data) == {
        "warmThroughput": {"readUnitsPerSecond": 13000},
        "autoscaling": SCALED,
        "kinesisStreamingDestination": {
            "streamArn": STREAM,
            "approximateCreationDateTimePrecision": "MICROSECOND",
        },
        "replicas": [REPLICA],
    }
    assert list(data["spec"]) == [
        "region",
        "billingMode",
        "attributeDefinitions",
        "keySchema",
        "provisionedThroughput",
        "streamEnabled",
        "streamViewType",
        "serverSideEncryption",
    ]


def test_v1alpha1_has_all_fields_and_references_as_values() -> None:
    data = yaml.safe_load(converted(converted(AROUND, Contract.V1), Contract.V1ALPHA1))

    assert data["metadata"] == {"name": "orders"}
    spec = data["spec"]
    assert {
        name: spec[name] for name in ("autoscaling", "kinesisStreamingDestination", "replicas")
    } == {
        "autoscaling": SCALED,
        "kinesisStreamingDestination": {
            "streamArn": {"value": STREAM},
            "approximateCreationDateTimePrecision": "MICROSECOND",
        },
        "replicas": [REPLICA | {"kmsKeyArn": {"value": KEY}}],
    }
    assert converted(AROUND, Contract.V1ALPHA1) == converted(
        converted(AROUND, Contract.V1), Contract.V1ALPHA1
    )


def test_scheduled_adjustments_move_with_their_block() -> None:
    text = AROUND.replace("autoscaling:", "autoscaling:\n    enabled: false")
    text = text.partition("  kinesisStreamingDestination")[0]
    data = yaml.safe_load(converted(text, Contract.V1ALPHA1))

    assert extensions(data) == {"autoscaling": {"enabled": False, **SCALED}}
    assert "autoscaling" not in data["spec"]


def test_autoscaling_with_a_policy_name_moves_as_a_whole() -> None:
    text = AROUND.replace("maxCapacity: 50,", "maxCapacity: 50, policyName: orders-writes,")
    text = text.partition("  kinesisStreamingDestination")[0]
    named = {**SCALED, "write": {**SCALED["write"], "policyName": "orders-writes"}}  # type: ignore[dict-item]
    for contract in (Contract.V1ALPHA1, Contract.V1):
        data = yaml.safe_load(converted(text, contract))
        assert "autoscaling" not in data["spec"]
        assert extensions(data)["autoscaling"] == named


def test_an_index_with_a_policy_name_moves_with_all_indexes() -> None:
    index = (
        "  globalSecondaryIndexes:\n"
        "    - name: by-pk\n"
        "      keySchema: [{attributeName: pk, keyType: HASH}]\n"
        "      provisionedThroughput: {readCapacityUnits: 9, writeCapacityUnits: 9}\n"
        "      autoscaling: {read: {maxCapacity: 9, policyName: by-pk}}\n"
    )
    data = yaml.safe_load(converted(AUTOSCALED + index, Contract.V1ALPHA1, REGION))
    assert data["spec"].keys() & {"globalSecondaryIndexes", "autoscaling"} == set()
    (moved,) = extensions(data)["globalSecondaryIndexes"]
    assert moved["autoscaling"] == {"read": {"maxCapacity": 9, "policyName": "by-pk"}}


IMPORTED = """\
  importTable:
    s3Bucket: acme-exports
    s3BucketOwner: "012345678901"
    s3KeyPrefix: "2026-11-01"
    inputFormat: INPUT_FORMAT_CSV
    inputCompressionType: GZIP
    csv: {delimiter: "\\t", headerList: [on]}
"""


def test_an_import_is_the_same_in_each_version() -> None:
    source = {
        "s3BucketOwner": "012345678901",
        "s3KeyPrefix": "2026-11-01",
        "inputFormat": "CSV",
        "inputCompressionType": "GZIP",
        "csv": {"delimiter": "\t", "headerList": ["on"]},
    }
    older = yaml.safe_load(converted(V1 + SPEC + IMPORTED, Contract.V1))
    newer = yaml.safe_load(converted(V1 + SPEC + IMPORTED, Contract.V1ALPHA1, REGION))

    assert extensions(older) == {"importTable": {"s3Bucket": "acme-exports", **source}}
    assert newer["spec"]["importTable"] == {"s3Bucket": {"value": "acme-exports"}, **source}
    assert "annotations" not in newer["metadata"]


def test_an_index_with_warm_throughput_moves_all_indexes_along() -> None:
    index = (
        "  globalSecondaryIndexes:\n"
        "    - name: by-sk\n"
        "      keySchema: [{attributeName: sk, keyType: HASH}]\n"
        "      projection: {type: ALL}\n"
        "      warmThroughput: {writeUnitsPerSecond: 5000}\n"
    )
    done = convert(Source("x.yaml", V1 + SPEC + index), Contract.V1)
    data = yaml.safe_load(done.text)

    assert extensions(data) == yaml.safe_load(index)
    assert "globalSecondaryIndexes" not in data["spec"]
    assert done.notes == (
        "the global indexes are in the annotation, which this program reads; the wrapper's "
        "own check may not find them",
    )


RESTORED = f"""\
apiVersion: aws.planton.dev/v1alpha1
kind: AwsDynamodb
metadata: {{name: orders}}
spec:
  region: {REGION}
  billingMode: PAY_PER_REQUEST
  restoreSourceTableArn: arn:aws:dynamodb:eu-west-1:111122223333:table/orders
  restoreDateTime: 2026-11-26T08:00:00Z
"""
POINT = {
    "restoreSourceTableArn": "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
    "restoreDateTime": "2026-11-26T08:00:00Z",
}
NO_KEY = "the table gets its key from its source; the wrapper's own check may require keySchema"


def test_a_restored_table_names_its_source_in_each_version() -> None:
    done = convert(Source("x.yaml", RESTORED), Contract.V1)
    data = yaml.safe_load(done.text)

    assert extensions(data) == POINT
    assert data["spec"] == {"region": REGION, "billingMode": "PAY_PER_REQUEST"}
    assert done.notes == (NO_KEY,)
    assert yaml.safe_load(converted(done.text, Contract.V1ALPHA1))["spec"] == {
        **data["spec"],
        **POINT,
    }


FLAT = """\
apiVersion: code2cloud.planton.cloud/v1
kind: AwsDynamodb
metadata: {name: orders}
spec:
  table:
    billingMode: PAY_PER_REQUEST
    hashKey: {name: pk, type: S}
"""
OF_FLAT = {
    "region": REGION,
    "billingMode": "PAY_PER_REQUEST",
    "attributeDefinitions": [{"name": "pk", "type": "S"}],
    "keySchema": [{"attributeName": "pk", "keyType": "HASH"}],
}


@pytest.mark.parametrize(
    "stream",
    [
        "",
        "    enableStreams: true\n",
        "    streamViewType: ''\n",
        "    enableStreams:\n    streamViewType:\n",
        "    enableStreams: true\n    streamViewType: NEW_AND_OLD_IMAGES\n",
    ],
)
def test_regions_of_the_flat_form_are_replicas_with_their_stream(stream: str) -> None:
    text = f"{FLAT}{stream}    replicaRegionNames: [eu-west-1, us-east-1]\n"

    assert yaml.safe_load(converted(text, Contract.V1ALPHA1, REGION))["spec"] == {
        **OF_FLAT,
        "streamEnabled": True,
        "streamViewType": "NEW_AND_OLD_IMAGES",
        "replicas": [{"regionName": "eu-west-1"}, {"regionName": "us-east-1"}],
    }


def test_an_empty_list_of_regions_adds_no_stream() -> None:
    text = f"{FLAT}    replicaRegionNames: []\n"

    assert yaml.safe_load(converted(text, Contract.V1ALPHA1, REGION))["spec"] == {
        **OF_FLAT,
        "replicas": [],
    }


def test_an_import_of_the_flat_form_is_the_current_one() -> None:
    text = f"""{FLAT}
    importTable:
      inputFormat: CSV
      inputCompressionType: GZIP
      inputFormatOptions: {{csv: {{delimiter: ";", headers: [pk]}}}}
      s3BucketSource: {{bucket: exports, bucketOwner: "123456789012", keyPrefix: orders/}}
"""

    assert yaml.safe_load(converted(text, Contract.V1ALPHA1, REGION))["spec"] == {
        **OF_FLAT,
        "importTable": {
            "s3Bucket": {"value": "exports"},
            "s3BucketOwner": "123456789012",
            "s3KeyPrefix": "orders/",
            "inputFormat": "CSV",
            "inputCompressionType": "GZIP",
            "csv": {"delimiter": ";", "headerList": ["pk"]},
        },
    }


def test_v1alpha1_needs_a_region() -> None:
    with pytest.raises(ManifestError) as raised:
        converted(V1 + SPEC, Contract.V1ALPHA1)

    assert str(raised.value) == (
        "x.yaml: error[missing]: v1alpha1 needs a region, and the manifest names none\n"
        "  spec.region\n"
        "  help: pass --region, or convert to v1, which can use the provider's region"
    )


def test_the_requested_region_is_checked_against_the_manifest() -> None:
    key = "arn:aws:kms:us-east-1:111122223333:key/abc"
    text = V1 + SPEC + f"  serverSideEncryption: {{enabled: true, kmsKeyArn: '{key}'}}\n"
    with pytest.raises(ManifestError) as raised:
        converted(text, Contract.V1ALPHA1, REGION)

    assert [(d.source.name, d.code) for d in raised.value.diagnostics] == [
        ("x.yaml", "kms-key-region")
    ]


def stack_input(region: str, manifest: str) -> str:
    indented = "".join(f"  {line}\n" for line in manifest.splitlines())
    return f"provider_config: {{region: {region}}}\ntarget:\n{indented}"


@every_version
def test_the_region_of_the_stack_input_is_the_manifests(to: Contract | None) -> None:
    result = convert(Source("x.yaml", stack_input("us-west-2", V1 + SPEC)), to)

    assert yaml.safe_load(result.text)["spec"]["region"] == "us-west-2"
    assert result.notes == ("only the manifest of the stack input is kept",)


@every_version
def test_the_account_of_the_stack_input_is_kept(to: Contract | None) -> None:
    """A table restored from one of the same name would be refused without the account."""
    text = stack_input(
        "eu-west-1, account_id: '444455556666'", RESTORED.replace(REGION, "eu-west-1")
    )

    assert yaml.safe_load(convert(Source("x.yaml", text), to).text)["kind"] == "AwsDynamodb"


@every_version
def test_the_manifests_own_region_wins(to: Contract | None) -> None:
    text = stack_input("us-west-2", V1 + SPEC + "  region: us-east-1\n")

    assert yaml.safe_load(converted(text, to))["spec"]["region"] == "us-east-1"


@every_version
def test_a_region_is_written_if_the_input_names_none(to: Contract | None) -> None:
    assert yaml.safe_load(converted(V1 + SPEC, to, REGION))["spec"]["region"] == REGION


def test_v1_gets_no_region_if_none_is_named() -> None:
    assert "region" not in yaml.safe_load(converted(V1 + SPEC))["spec"]


@every_version
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (V1 + SPEC + "  region: us-east-1\n", "the manifest names 'us-east-1'"),
        (stack_input("us-east-1", V1 + SPEC), "the provider block names 'us-east-1'"),
    ],
    ids=["manifest", "provider block"],
)
def test_a_region_that_contradicts_the_input_is_refused(
    text: str, message: str, to: Contract | None
) -> None:
    with pytest.raises(OtherRegion) as raised:
        converted(text, to, REGION)

    assert str(raised.value) == f"--region is '{REGION}', but {message}"


def test_a_region_that_contradicts_the_input_is_a_usage_error_of_convert(planton: Planton) -> None:
    text = V1 + SPEC + "  region: us-east-1\n"
    done = planton("convert", "-", "--region", REGION, stdin=text.encode())

    assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == (
        2,
        "",
        f"planton: --region is '{REGION}', but the manifest names 'us-east-1'\n",
    )


@pytest.mark.parametrize("case", cases(REJECT)[::7], ids=case_id)
def test_a_manifest_with_errors_is_not_converted(case: Path) -> None:
    try:
        text = case.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    with pytest.raises(ManifestError) as raised:
        converted(text)

    assert {d.severity for d in raised.value.diagnostics} >= {"error"}


AUTOSCALED = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {name: orders}
spec:
  billingMode: PROVISIONED
  provisionedThroughput: {readCapacityUnits: 7, writeCapacityUnits: 5}
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
  autoscaling: {read: {maxCapacity: 50}}
"""


def test_defaults_that_v1alpha1_does_not_have_are_written_out() -> None:
    data = yaml.safe_load(converted(AUTOSCALED, Contract.V1ALPHA1, REGION))

    assert data["spec"]["autoscaling"] == {
        "read": {"minCapacity": 7, "targetUtilizationPercent": 70, "maxCapacity": 50}
    }


def test_a_minimum_capacity_that_differs_between_indexes_is_left_out() -> None:
    index = (
        "  globalSecondaryIndexes:\n"
        "    - name: by-pk\n"
        "      keySchema: [{attributeName: pk, keyType: HASH}]\n"
        "      provisionedThroughput: {readCapacityUnits: 9, writeCapacityUnits: 9}\n"
    )
    data = yaml.safe_load(converted(AUTOSCALED + index, Contract.V1ALPHA1, REGION))

    assert "autoscaling" not in data["spec"]
    assert yaml.safe_load(data["metadata"]["annotations"][EXTENSIONS]) == {
        "autoscaling": {"read": {"maxCapacity": 50}}
    }


def test_the_command_prints_the_manifest_and_names_what_is_dropped(planton: Planton) -> None:
    done = planton("convert", "-", stdin=(V1 + "# a comment\n" + SPEC).encode())

    assert (done.returncode, done.stderr.decode()) == (0, "planton: comments are not kept\n")
    assert (
        done.stdout.decode()
        == """\
apiVersion: "aws.openmcf.org/v1"
kind: "AwsDynamodb"
metadata:
  name: "orders"
spec:
  billingMode: "PAY_PER_REQUEST"
  attributeDefinitions:
  - name: "pk"
    type: "S"
  - name: "sk"
    type: "N"
  keySchema:
  - attributeName: "pk"
    keyType: "HASH"
  - attributeName: "sk"
    keyType: "RANGE"
"""
    )


EXTENDED = "{name: orders, annotations: {note: 'see #42 and # 5', %s: '%s'}}"


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (V1 + SPEC, 0),
        (V1.replace("{name: orders}", EXTENDED % (EXTENSIONS, "tags: {a: b}")) + SPEC, 0),
        (V1.replace("{name: orders}", EXTENDED % (EXTENSIONS, "tags: {a: b} # c")) + SPEC, 1),
        (V1.replace("orders}", "orders} # ours") + SPEC, 1),
        ("\ufeff# ö\r\n" + V1 + SPEC, 1),
        (V1.replace("orders}", "orders, note: a#b}") + SPEC, 0),
        (V1.replace("{name: orders}", "\n  name: orders\n  note: |\n    # a\n    b # c") + SPEC, 0),
        (V1.replace("{name: orders}", "\n  name: orders\n  note: | # x\n    a") + SPEC, 1),
        (V1.replace("{name: orders}", "\n  name: orders\n  note: >-\n    a\n  # x") + SPEC, 1),
        (V1 + SPEC + "#", 1),
    ],
)
def test_only_comments_are_reported_as_dropped(text: str, notes: int) -> None:
    assert convert(Source("x.yaml", text), None).notes == ("comments are not kept",) * notes


def test_the_command_refuses_an_invalid_region(planton: Planton) -> None:
    done = planton("convert", "-", "--region", "Frankfurt", stdin=(V1 + SPEC).encode())

    assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == (
        2,
        "",
        "planton: 'Frankfurt' is not the name of an AWS region such as 'eu-central-1'\n",
    )


def test_the_command_prints_errors(planton: Planton) -> None:
    done = planton("convert", str(REJECT / "flat/whole.yaml"))

    assert (done.returncode, done.stdout.decode()) == (1, "")
    assert "the file cannot be read" in done.stderr.decode()


def test_warnings_go_to_standard_error(planton: Planton) -> None:
    done = planton("convert", str(ACCEPT / "flat-shape/what-is-left-out.yaml"))

    assert done.returncode == 0
    assert "warning[flat-shape]" in done.stderr.decode()
    assert load(done.stdout.decode(), filename="x").warnings == ()


def test_a_region_that_contradicts_the_manifest_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = V1 + SPEC + "  region: us-east-1\n"
    status = convert_command("-", text.encode(), "v1alpha1", REGION)

    out, err = capsys.readouterr()
    assert (status, out) == (2, "")
    assert "us-east-1" in err
    assert REGION in err


def test_the_deletion_policy_is_a_field_of_v1alpha1_and_an_extension_of_v1() -> None:
    text = f"{V1}{SPEC}  region: {REGION}\n  deletionPolicy: retain\n"
    newer = converted(text, Contract.V1ALPHA1)
    older = converted(newer, Contract.V1)

    assert yaml.safe_load(newer)["spec"]["deletionPolicy"] == "retain"
    assert "deletionPolicy" not in yaml.safe_load(older)["spec"]
    assert yaml.safe_load(older)["metadata"]["annotations"] == {
        EXTENSIONS: 'deletionPolicy: "retain"\n'
    }
