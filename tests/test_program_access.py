"""Access policies and grants: what the program registers, compared as values."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planton.rehearsal.program.records import Options, Rehearsal
from tests.test_program import PROVIDER, SMALLEST, TABLE, TAGS, of_type, run, urn

ACCESS_POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
RESOURCE_POLICY = "aws:dynamodb/resourcePolicy:ResourcePolicy"
ACCOUNT = {"aws:allowedAccountIds": '["111122223333"]'}
ARN = "arn:aws:dynamodb:us-east-1:111122223333:table/orders"


def granted(role: str, *principals: str, **more: Any) -> Rehearsal:
    spec = {"grants": [{"role": role, "principal": one} for one in principals], **more}
    lines = "".join(f"  {field}: {json.dumps(value)}\n" for field, value in spec.items())
    rehearsal = run(SMALLEST + lines, ACCOUNT)
    assert rehearsal.error is None
    return rehearsal


def test_an_access_policy_is_registered_with_the_document_and_tags() -> None:
    rehearsal = run(f"{SMALLEST}  accessPolicies: [reader]\n", ACCOUNT)
    (policy,) = of_type(rehearsal, ACCESS_POLICY)
    document = rehearsal.outputs["iam_policy_documents"]["reader"]
    assert (policy.name, policy.inputs) == (
        "orders-reader",
        {"name": "orders-us-east-1-rehearsal-reader", "policy": document, "tags": TAGS},
    )
    assert policy.options == Options(provider=PROVIDER, depends_on=(urn(TABLE, "orders"),))
    assert json.loads(document)["Statement"][0]["Resource"] == [ARN]
    assert of_type(rehearsal, ATTACHMENT) == []
    assert rehearsal.outputs["policy_arns"] == {
        "reader": "arn:aws:iam::111122223333:policy/orders-us-east-1-rehearsal-reader"
    }


def test_a_grant_to_a_role_of_the_account_is_attached_by_the_roles_name() -> None:
    rehearsal = granted("writer", "arn:aws:iam::111122223333:role/app/shop")
    (policy,) = of_type(rehearsal, ACCESS_POLICY)
    (attachment,) = of_type(rehearsal, ATTACHMENT)
    assert (attachment.name, attachment.inputs) == (
        "orders-writer/shop",
        {
            "role": "shop",
            "policyArn": "arn:aws:iam::111122223333:policy/orders-us-east-1-rehearsal-writer",
        },
    )
    assert attachment.options == Options(provider=PROVIDER, depends_on=(policy.urn,))
    assert of_type(rehearsal, RESOURCE_POLICY) == []


def test_a_grant_to_another_account_is_a_statement_of_the_tables_policy() -> None:
    rehearsal = granted("writer", "arn:aws:iam::444455556666:root")
    assert (of_type(rehearsal, ACCESS_POLICY), of_type(rehearsal, ATTACHMENT)) == ([], [])
    (policy,) = of_type(rehearsal, RESOURCE_POLICY)
    assert policy.name == "orders-policy"
    assert not policy.inputs["confirmRemoveSelfResourceAccess"]
    (statement,) = json.loads(policy.inputs["policy"])["Statement"]
    assert statement == {
        "Sid": "GrantWriterTable",
        "Effect": "Allow",
        "Principal": {"AWS": ["arn:aws:iam::444455556666:root"]},
        "Action": [
            f"dynamodb:{action}"
            for action in (
                *("BatchWriteItem", "DeleteItem", "DescribeTable", "PutItem", "UpdateItem"),
            )
        ],
        "Resource": [ARN],
    }
    assert "policy_arns" not in rehearsal.outputs


def test_a_grant_keeps_the_policys_own_statements_and_lock_out() -> None:
    own = {
        "Sid": "Mine",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "dynamodb:DeleteTable",
        "Resource": "${table_arn}",
    }
    rehearsal = granted(
        "reader",
        "arn:aws:iam::444455556666:role/shop",
        resourcePolicy={
            "policy": {"Version": "2012-10-17", "Statement": own},
            "confirmRemoveSelfResourceAccess": True,
        },
    )
    (policy,) = of_type(rehearsal, RESOURCE_POLICY)
    first, second = json.loads(policy.inputs["policy"])["Statement"]
    assert (first, second["Sid"]) == ({**own, "Resource": ARN}, "GrantReaderTable")
    assert policy.inputs["confirmRemoveSelfResourceAccess"]


def test_a_grant_to_read_the_stream_elsewhere_is_a_statement_of_its_policy() -> None:
    rehearsal = granted(
        "streamConsumer",
        "arn:aws:iam::444455556666:role/lambda",
        streamEnabled=True,
        streamViewType="NEW_IMAGE",
    )
    (policy,) = of_type(rehearsal, RESOURCE_POLICY)
    arn = rehearsal.outputs["stream_arn"]
    assert (policy.name, policy.inputs["resourceArn"]) == ("orders/stream-policy", arn)
    (statement,) = json.loads(policy.inputs["policy"])["Statement"]
    assert (statement["Sid"], statement["Resource"]) == ("GrantStreamConsumerStreams", [arn])


def test_a_role_has_one_policy_for_the_list_and_all_grants() -> None:
    shop, stock = (f"arn:aws:iam::111122223333:role/{name}" for name in ("shop", "stock"))
    rehearsal = granted("reader", shop, stock, accessPolicies=["reader", "admin"])
    assert [one.name for one in of_type(rehearsal, ACCESS_POLICY)] == [
        "orders-reader",
        "orders-admin",
    ]
    assert [one.name for one in of_type(rehearsal, ATTACHMENT)] == [
        "orders-reader/shop",
        "orders-reader/stock",
    ]


@pytest.mark.parametrize("policy", ["retain", "delete"])
def test_policies_and_attachments_stay_with_a_retained_table(policy: str) -> None:
    shop = "arn:aws:iam::111122223333:role/shop"
    rehearsal = granted("reader", shop, deletionPolicy=policy)
    kept = urn(TABLE, "orders") if policy == "retain" else None
    for type_ in (ACCESS_POLICY, ATTACHMENT):
        (found,) = of_type(rehearsal, type_)
        assert found.options.deleted_with == kept


def test_a_stacks_name_that_makes_a_policys_name_too_long_is_refused() -> None:
    from planton.rehearsal.program.runner import rehearse

    text = f"{SMALLEST}  accessPolicies: [reader]\n"
    found = rehearse({"STACK_INPUT_YAML": text}, stack="s" * 120, config=ACCOUNT)
    assert found.resources == ()
    assert found.error is not None
    assert "IAM allows 128 characters" in found.error


def test_a_replica_of_a_document_has_the_tables_name_in_its_region() -> None:
    spec = """\
  streamEnabled: true
  streamViewType: NEW_AND_OLD_IMAGES
  replicas: [{regionName: eu-west-1}]
"""
    rehearsal = run(SMALLEST + spec, ACCOUNT)
    documents = rehearsal.outputs["iam_policy_documents"]
    assert list(documents) == ["admin", "reader", "readerWriter", "streamConsumer", "writer"]
    (statement,) = json.loads(documents["streamConsumer"])["Statement"]
    assert statement["Resource"] == [
        f"{ARN}/stream/*",
        f"{ARN.replace('us-east-1', 'eu-west-1')}/stream/*",
    ]
