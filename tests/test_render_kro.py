"""The plan as a kro definition, and the objects of an instance of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planton.plan.planner import make_plan
from planton.plan.table_plan import TablePlan
from planton.reading.read import read_path
from planton.render.ack import objects as ack
from planton.render.kro import graph as kro
from planton.render.rendered import Data
from tests.corpus import ACCEPT, case_id, cases, examples
from tests.kro import fields, instantiate
from tests.planning import index, key, provisioned, table

BOUNDS = {"minCapacity": 5, "maxCapacity": 50}


def definition(plan: TablePlan, region: str | None = "eu-west-1") -> Data:
    (resource_graph,) = kro.objects(plan, region=region).objects
    return resource_graph


def test_the_definition_of_the_smallest_table_is_rendered_in_full() -> None:
    table_spec = ack.table_spec(table())
    tags = [{"key": "Name", "value": "${schema.spec.name}"}, *table_spec["tags"][1:]]
    assert definition(table()) == {
        "apiVersion": "kro.run/v1alpha1",
        "kind": "ResourceGraphDefinition",
        "metadata": {"name": "orders"},
        "spec": {
            "schema": {
                "apiVersion": "v1alpha1",
                "kind": "OrdersTable",
                "spec": {
                    "name": "string | required=true immutable=true minLength=3 maxLength=255 "
                    'pattern="^[a-zA-Z0-9_.-]+$" description="Name of the table in AWS"',
                    "region": 'string | default="eu-west-1" immutable=true '
                    'pattern="^[a-z]{2,4}(-[a-z]{2,10}){1,3}-[0-9]{1,2}$" '
                    'description="AWS region of the table"',
                    "deletionProtection": "boolean | default=false "
                    'description="Whether AWS refuses to delete the table"',
                },
                "status": {
                    "tableARN": "${table.status.ackResourceMetadata.arn}",
                    "tableStatus": "${table.status.tableStatus}",
                },
            },
            "resources": [
                {
                    "id": "table",
                    "template": {
                        "apiVersion": "dynamodb.services.k8s.aws/v1alpha1",
                        "kind": "Table",
                        "metadata": {
                            "name": "${schema.metadata.name}",
                            "annotations": {"services.k8s.aws/region": "${schema.spec.region}"},
                        },
                        "spec": {
                            **table_spec,
                            "tableName": "${schema.spec.name}",
                            "deletionProtectionEnabled": "${schema.spec.deletionProtection}",
                            "tags": tags,
                        },
                    },
                    "readyWhen": ['${table.status.tableStatus == "ACTIVE"}'],
                }
            ],
        },
    }


def test_every_instance_names_its_region_if_the_manifest_has_none() -> None:
    _, markers = fields(definition(table(), region=None))["region"]
    assert markers["required"] is True
    assert "default" not in markers


@pytest.mark.parametrize("region", ["eu-central-1", None])
def test_a_customer_key_fixes_the_region_of_every_instance(region: str | None) -> None:
    arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    resource_graph = definition(
        table(serverSideEncryption={"enabled": True, "kmsKeyArn": arn}), region
    )
    _, markers = fields(resource_graph)["region"]
    assert markers["default"] == markers["enum"] == "eu-central-1"


def test_a_status_shows_the_arn_of_the_stream() -> None:
    plan = table(streamEnabled=True, streamViewType="KEYS_ONLY")
    status = definition(plan)["spec"]["schema"]["status"]
    assert status["streamARN"] == "${table.status.latestStreamARN}"


def test_each_instance_sets_its_owner_and_its_provisioned_capacity() -> None:
    plan = provisioned(
        metadata={"org": "acme", "env": "dev", "id": "ddb-1"}, deletionProtectionEnabled=True
    )
    resource_graph = definition(plan)
    assert {
        name: markers.get("default") for name, (_, markers) in fields(resource_graph).items()
    } == {
        "name": None,
        "region": "eu-west-1",
        "organization": "acme",
        "environment": "dev",
        "resourceId": "ddb-1",
        "deletionProtection": True,
        "readCapacityUnits": 5,
        "writeCapacityUnits": 6,
    }
    (instance,) = instantiate(
        resource_graph,
        "billing",
        name="Bills",
        region="eu-central-1",
        environment="test",
        resourceId="ddb-2",
        deletionProtection=False,
        readCapacityUnits=50,
    )
    assert instance["metadata"] == {
        "name": "billing",
        "annotations": {"services.k8s.aws/region": "eu-central-1"},
    }
    assert instance["spec"] == {
        **ack.table_spec(plan),
        "tableName": "Bills",
        "deletionProtectionEnabled": False,
        "provisionedThroughput": {"readCapacityUnits": 50, "writeCapacityUnits": 6},
        "tags": [
            {"key": "Name", "value": "Bills"},
            {"key": "planton.ai/environment", "value": "test"},
            {"key": "planton.ai/organization", "value": "acme"},
            {"key": "planton.ai/resource", "value": "true"},
            {"key": "planton.ai/resource-id", "value": "ddb-2"},
            {"key": "planton.ai/resource-kind", "value": "AwsDynamodb"},
        ],
    }


def test_an_instance_does_not_set_autoscaled_capacity() -> None:
    plan = provisioned(autoscaling={"read": BOUNDS})
    assert fields(definition(plan)).keys() == {"name", "region", "deletionProtection"}


def test_autoscaling_waits_for_the_table_and_each_policy_for_its_target() -> None:
    plan = provisioned(index("Idx_1", "owner"), autoscaling={"write": BOUNDS})
    _, *scaling = definition(plan)["spec"]["resources"]
    assert [(r["id"], r["template"]["spec"]["resourceID"]) for r in scaling] == [
        ("tableWriteTarget", "table/${table.spec.tableName}"),
        ("tableWritePolicy", "${tableWriteTarget.spec.resourceID}"),
        ("index1WriteTarget", "table/${table.spec.tableName}/index/Idx_1"),
        ("index1WritePolicy", "${index1WriteTarget.spec.resourceID}"),
    ]


@pytest.mark.parametrize("name", ["orders-writes", "${x}"])
def test_a_policy_has_the_name_that_the_manifest_gives_it(name: str) -> None:
    plan = provisioned(autoscaling={"write": {**BOUNDS, "policyName": name}})
    *_, policy = instantiate(definition(plan), "orders", name="orders")
    assert policy["spec"]["policyName"] == name


@pytest.mark.parametrize("name", ["${x}", "a${", '${"', 'é${"a"}\\', "}${{"])
def test_text_that_looks_like_an_expression_stays_unchanged(name: str) -> None:
    plan = table(
        keySchema=key(name, "sk"),
        attributeDefinitions=[{"name": n, "type": "S"} for n in (name, "sk")],
    )
    (instance,) = instantiate(definition(plan), "orders", name="orders")
    assert instance["spec"] == ack.table_spec(plan)


@pytest.mark.parametrize("file", [*examples(), *cases(ACCEPT)], ids=case_id)
def test_an_instance_of_the_manifests_table_equals_the_objects_for_ack(file: Path) -> None:
    stack_input = read_path(str(file), b"")
    assert stack_input.manifest is not None
    plan = make_plan(stack_input.manifest)
    if not plan.keys:
        return  # refused for both
    resource_graph = instantiate(definition(plan), "orders", name=plan.table_name)
    region = resource_graph[0]["metadata"]["annotations"][ack.REGION]
    expected = list(ack.objects(plan, name="orders", region=region).objects)
    for tag in expected[0]["spec"]["tags"]:
        if tag == {"key": "Name", "value": plan.logical_name}:
            tag["value"] = plan.table_name  # an instance has no other name
    for scaling, policy in zip(plan.scaling_here, expected[2::2], strict=True):
        # The definition does not contain the length of the table's name.
        policy["spec"]["policyName"] = scaling.policy_name or scaling.metric
    assert [one["spec"] for one in resource_graph] == [one["spec"] for one in expected]
    assert [one["kind"] for one in resource_graph] == [one["kind"] for one in expected]
    assert resource_graph[0] == expected[0]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("orders", "OrdersTable"),
        ("my-orders_v2.x", "MyOrdersV2XTable"),
        ("2024-invoices", "T2024InvoicesTable"),
        ("...", "TTable"),
        ("a" * 255, "A" + "a" * 57 + "Table"),
    ],
)
def test_the_instances_kind_is_derived_from_the_manifests_name(name: str, kind: str) -> None:
    assert kro.kind(name) == kind


def test_a_warning_says_that_the_table_has_the_name_of_its_instance() -> None:
    (warning,) = kro.objects(table(tableName="orders-dev")).warnings
    assert warning.path == ("spec", "tableName")
    assert warning.help == "set the name 'orders-dev' in an instance"
    assert kro.objects(table()).warnings == ()


def test_fields_that_ack_does_not_support_are_unsupported_in_kro() -> None:
    plan = provisioned(autoscaling={"read": BOUNDS})
    assert kro.objects(plan).warnings == ack.objects(plan).warnings != ()


REPLICATED: dict[str, Any] = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}


def test_all_instances_have_replicas_in_the_same_regions_with_a_warning() -> None:
    plan = table(**REPLICATED, replicas=[{"regionName": "us-east-1"}])
    (instance,) = instantiate(definition(plan), "orders", name="orders")
    assert instance["spec"]["tableReplicas"] == [{"regionName": "us-east-1"}]
    (warning,) = kro.objects(plan).warnings
    assert (warning.path, warning.message) == (
        ("spec", "replicas"),
        "every instance has its replicas in us-east-1: AWS refuses them if the instance's own "
        "region is one of these",
    )


def shared(resource: str) -> TablePlan:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "dynamodb:Get*",
        "Resource": resource,
        "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"}},
    }
    return table(resourcePolicy={"policy": {"Version": "2012-10-17", "Statement": [statement]}})


def test_a_policy_for_every_table_applies_to_every_instance() -> None:
    plan = shared("*")
    (instance,) = instantiate(definition(plan), "orders", name="orders")
    assert instance["spec"] == ack.table_spec(plan)
    assert "${aws:ResourceTag/team}" in instance["spec"]["resourcePolicy"]
    assert kro.objects(plan).warnings == ()


def test_a_policy_for_one_table_applies_to_no_instance_with_a_warning() -> None:
    plan = shared("arn:aws:dynamodb:eu-west-1:111122223333:table/orders")
    (instance,) = instantiate(definition(plan), "orders", name="orders")
    assert "resourcePolicy" not in instance["spec"]
    (warning,) = kro.objects(plan).warnings
    assert (warning.path, warning.message) == (
        ("spec", "resourcePolicy"),
        "the policy names one table, and every instance is another one: no instance gets it, and "
        "the controller removes an existing policy",
    )


def test_every_instance_of_a_retained_table_is_retained_with_its_autoscaling() -> None:
    plan = provisioned(autoscaling={"read": BOUNDS}, deletionPolicy="retain")
    templates = [one["template"] for one in definition(plan)["spec"]["resources"]]
    assert [one["metadata"]["annotations"] for one in templates] == [
        {
            "services.k8s.aws/deletion-policy": "retain",
            "services.k8s.aws/region": "${schema.spec.region}",
        }
    ] * 3
