"""The same table for other checkers: a CloudFormation template for cfn-lint, an app for the CDK.

Each is looked for on PATH, or named by CFN_LINT or CDK. They are measured, not shipped.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from planton.manifest.enums import BillingMode
from planton.plan.planner import make_plan
from planton.plan.table_plan import GlobalIndexPlan, KeyAttribute, LocalIndexPlan, TablePlan
from tests.loading import load

APP = """\
const cdk = require("aws-cdk-lib");
const dynamodb = require("aws-cdk-lib/aws-dynamodb");
const app = new cdk.App();
const stack = new cdk.Stack(app, "Orders");
new dynamodb.CfnTable(stack, "Table", %s);
"""


def cfn_lint(manifest: Path, folder: Path) -> list[str | Path] | None:
    """How to check the manifest's table as CloudFormation; None where cfn-lint is missing."""
    program = os.environ.get("CFN_LINT") or shutil.which("cfn-lint")
    if program is None:
        return None
    resource = {"Type": "AWS::DynamoDB::Table", "Properties": properties(_plan(manifest))}
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Table": resource}}
    file = folder / "template.yaml"
    file.write_text(yaml.safe_dump(template, sort_keys=False), encoding="utf-8")
    return [program, file]


def cdk(manifest: Path, folder: Path) -> tuple[list[str | Path], dict[str, str]] | None:
    """How to synthesise the manifest's table with the CDK; None where it or its library is missing.

    The table is the library's thinnest one, which does the least work, in JavaScript, which needs
    no compiler.
    """
    program = os.environ.get("CDK") or shutil.which("cdk")
    if program is None:
        return None
    modules = next((p for p in Path(program).resolve().parents if p.name == "node_modules"), None)
    if modules is None or not (modules / "aws-cdk-lib").is_dir():
        return None
    file = folder / "app.js"
    file.write_text(APP % json.dumps(_lower(properties(_plan(manifest)))), encoding="utf-8")
    command: list[str | Path] = [
        program,
        "synth",
        "--quiet",
        "--no-notices",
        "--output",
        folder / "cdk.out",
        "--app",
        f"node {file}",
    ]
    environment = {
        "NODE_PATH": str(modules),
        "HOME": str(folder),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "true",
    }
    return command, environment


def properties(plan: TablePlan) -> dict[str, Any]:
    """The plan as properties of AWS::DynamoDB::Table."""
    found: dict[str, Any] = {
        "TableName": plan.table_name,
        "BillingMode": plan.billing_mode.value,
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind.value} for name, kind in plan.attributes
        ],
        "KeySchema": _keys(plan.keys),
        "GlobalSecondaryIndexes": [
            _index(index, _keys(index.keys)) for index in plan.global_indexes
        ],
        "LocalSecondaryIndexes": [
            _index(
                index,
                [*_keys(plan.keys[:1]), {"AttributeName": index.range_key, "KeyType": "RANGE"}],
            )
            for index in plan.local_indexes
        ],
        "SSESpecification": {"SSEEnabled": plan.encryption.enabled},
        "PointInTimeRecoverySpecification": {
            "PointInTimeRecoveryEnabled": plan.point_in_time_recovery.enabled
        },
        "TableClass": plan.table_class.value,
        "DeletionProtectionEnabled": plan.deletion_protection,
        "Tags": [{"Key": key, "Value": value} for key, value in plan.tags],
    }
    if plan.billing_mode is BillingMode.PROVISIONED and plan.throughput:
        found["ProvisionedThroughput"] = {
            "ReadCapacityUnits": plan.throughput.read,
            "WriteCapacityUnits": plan.throughput.write,
        }
    if plan.stream_view_type:
        found["StreamSpecification"] = {"StreamViewType": plan.stream_view_type.value}
    if plan.ttl.enabled:
        found["TimeToLiveSpecification"] = {
            "Enabled": True, "AttributeName": plan.ttl.attribute_name
        }  # fmt: skip
    return {name: value for name, value in found.items() if value != []}


def _plan(manifest: Path) -> TablePlan:
    return make_plan(load(manifest.read_text(encoding="utf-8"), filename=str(manifest)).manifest)


def _keys(keys: Iterable[KeyAttribute]) -> list[dict[str, str]]:
    return [{"AttributeName": key.name, "KeyType": key.key_type.value} for key in keys]


def _index(index: GlobalIndexPlan | LocalIndexPlan, keys: list[dict[str, str]]) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": index.projection_type.value}
    if index.non_key_attributes:
        projection["NonKeyAttributes"] = list(index.non_key_attributes)
    return {"IndexName": index.name, "KeySchema": keys, "Projection": projection}


def _lower(value: Any) -> Any:
    """The same, spelled as the CDK spells it."""
    if isinstance(value, dict):
        names = {k: "sseSpecification" if k == "SSESpecification" else k for k in value}
        names = {k: "sseEnabled" if k == "SSEEnabled" else name for k, name in names.items()}
        return {name[0].lower() + name[1:]: _lower(value[k]) for k, name in names.items()}
    return [_lower(item) for item in value] if isinstance(value, list) else value
