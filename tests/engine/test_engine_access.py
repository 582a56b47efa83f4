"""Access policies and grants under the engine: created, changed, removed, kept and imported."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import IAM, Json
from planton.rehearsal.provider import lookups
from planton.rehearsal.provider.session import Session
from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.harness import Stack
from tests.engine.manifests import IMPORT, index, manifest
from tests.engine.specs import policy
from tests.engine.standin import StandIn

ACCOUNT, OTHER = "123456789012", "444455556666"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders"
POLICY, ATTACHED, OF_TABLE = (
    "Policy orders-{}",
    "RolePolicyAttachment orders-{}/{}",
    "ResourcePolicy orders-policy",
)
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"},
        },
    }
)


def grants(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"grants": [{"role": role, "principal": arn} for role, arn in pairs]}


def role(name: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:iam::{account}:role/app/{name}"


def wrapped(text: str) -> str:
    """With the provider block that says which account it is."""
    return json.dumps({"provider_config": {"account_id": ACCOUNT}, "target": json.loads(text)})


def up(stack: Stack, *, annotations: Any = None, **spec: Any) -> dict[str, str]:
    report = stack.up(wrapped(manifest(annotations=annotations, **spec)))
    assert report.ok, report.explained()
    return report.changes


def settled(stack: Stack, **spec: Any) -> None:
    refreshed = stack.refresh()
    assert refreshed.is_unchanged, refreshed.explained()
    after = stack.up(wrapped(manifest(**spec)))
    assert after.is_unchanged, after.explained()


def create_roles(cloud: Cloud, *names: str) -> None:
    for name in names:
        wanted = {"RoleName": name, "Path": "/app/", "AssumeRolePolicyDocument": TRUST}
        cloud.call(IAM, "CreateRole", wanted)


def policies(cloud: Cloud) -> dict[str, Any]:
    """The documents of all policies by their names."""
    found = {}
    for one in cloud.call(IAM, "ListPolicies", {"Scope": "Local"})["Policies"]:
        version = {"PolicyArn": one["Arn"], "VersionId": one["DefaultVersionId"]}
        found[one["PolicyName"]] = cloud.call(IAM, "GetPolicyVersion", version)["PolicyVersion"][
            "Document"
        ]
    return found


def attached(cloud: Cloud, name: str) -> list[str]:
    found = cloud.call(IAM, "ListAttachedRolePolicies", {"RoleName": name})["AttachedPolicies"]
    return sorted(one["PolicyName"] for one in found)


def of_table(cloud: Cloud) -> Any:
    return json.loads(looks.policy(cloud) or "{}")


def name_of(role: str) -> str:
    return f"orders-us-east-1-dev-{role}"


def arn_of(role: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:policy/{name_of(role)}"


def test_access_policies_are_created_changed_and_deleted(stack: Stack, cloud: Cloud) -> None:
    up(stack)
    reader = {"accessPolicies": ["reader"]}
    created = stack.up(wrapped(manifest(**reader)))
    assert created.changes == {POLICY.format("reader"): "create"}
    assert created.outputs["policy_arns"] == {"reader": arn_of("reader")}
    documents = {
        name: json.loads(one) for name, one in created.outputs["iam_policy_documents"].items()
    }
    assert policies(cloud) == {name_of("reader"): documents["reader"]}
    settled(stack, **reader)

    indexed = {**reader, "globalSecondaryIndexes": [index("who")]}
    assert up(stack, **indexed) == {"Table orders": "update", POLICY.format("reader"): "update"}
    changed = policies(cloud)[name_of("reader")]
    assert f"{TABLE}/index/*" in json.dumps(changed)
    settled(stack, **indexed)
    assert up(stack, tags={"team": "shop"}, **indexed)[POLICY.format("reader")] == "update"
    (found,) = cloud.call(IAM, "ListPolicyTags", {"PolicyArn": arn_of("reader")})["Tags"][-1:]
    assert found == {"Key": "team", "Value": "shop"}
    settled(stack, tags={"team": "shop"}, **indexed)
    assert up(stack, **indexed)[POLICY.format("reader")] == "update"

    assert up(stack, globalSecondaryIndexes=[index("who")]) == {POLICY.format("reader"): "delete"}
    assert policies(cloud) == {}


def test_a_grant_to_a_role_is_attached_changed_and_detached(stack: Stack, cloud: Cloud) -> None:
    create_roles(cloud, "shop", "stock")
    up(stack)
    one = grants(("reader", role("shop")))
    assert up(stack, **one) == {
        POLICY.format("reader"): "create",
        ATTACHED.format("reader", "shop"): "create",
    }
    assert attached(cloud, "shop") == [name_of("reader")]
    settled(stack, **one)

    other = grants(("writer", role("shop")), ("writer", role("stock")))
    report = stack.up(wrapped(manifest(**other)))
    assert report.changes == {
        POLICY.format("reader"): "delete",
        POLICY.format("writer"): "create",
        ATTACHED.format("reader", "shop"): "delete",
        ATTACHED.format("writer", "shop"): "create",
        ATTACHED.format("writer", "stock"): "create",
    }
    assert [w for w in report.warnings if "what the principal may do changes" in w]
    assert (attached(cloud, "shop"), attached(cloud, "stock")) == ([name_of("writer")],) * 2
    assert {*policies(cloud)} == {name_of("writer")}

    off = stack.up(wrapped(manifest()))
    assert off.ok, off.explained()
    assert [w for w in off.warnings if f"spec.grants for {role('shop')}: writer → none" in w]
    assert (attached(cloud, "shop"), attached(cloud, "stock"), policies(cloud)) == ([], [], {})


def test_grants_to_other_accounts_are_in_the_tables_policy(stack: Stack, cloud: Cloud) -> None:
    up(stack)
    one = grants(("reader", role("shop", OTHER)))
    assert up(stack, **one) == {OF_TABLE: "create"}
    (statement,) = of_table(cloud)["Statement"]
    assert statement["Principal"] == {"AWS": [role("shop", OTHER)]}
    assert statement["Resource"] == [TABLE]
    settled(stack, **one)

    both = {**policy("dynamodb:GetItem"), **grants(("writer", f"arn:aws:iam::{OTHER}:root"))}
    assert up(stack, **both) == {OF_TABLE: "update"}
    own, granted = of_table(cloud)["Statement"]
    assert own["Action"] == "dynamodb:GetItem"
    assert (granted["Sid"], granted["Principal"]) == (
        "GrantWriterTable",
        {"AWS": [f"arn:aws:iam::{OTHER}:root"]},
    )
    settled(stack, **both)
    assert up(stack) == {OF_TABLE: "delete"}
    assert looks.policy(cloud) is None
    assert policies(cloud) == {}


def test_a_policy_that_is_attached_elsewhere_is_not_deleted(stack: Stack, cloud: Cloud) -> None:
    create_roles(cloud, "elsewhere")
    up(stack, accessPolicies=["reader"])
    cloud.call(IAM, "AttachRolePolicy", {"RoleName": "elsewhere", "PolicyArn": arn_of("reader")})
    refused = stack.up(wrapped(manifest()))
    assert not refused.ok
    assert "DeleteConflict" in refused.text
    assert [w for w in refused.warnings if "list-entities-for-policy" in w]
    cloud.call(IAM, "DetachRolePolicy", {"RoleName": "elsewhere", "PolicyArn": arn_of("reader")})
    assert up(stack) == {POLICY.format("reader"): "delete"}


def test_more_versions_of_a_policy_than_iam_keeps_are_pruned(stack: Stack, cloud: Cloud) -> None:
    for names in ([], ["who"], []) * 3:
        up(stack, accessPolicies=["reader"], globalSecondaryIndexes=[index(n) for n in names])
    versions = cloud.call(IAM, "ListPolicyVersions", {"PolicyArn": arn_of("reader")})["Versions"]
    assert len(versions) <= 5
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    assert policies(cloud) == {}


def test_a_role_that_does_not_exist_fails_and_a_later_update_finishes(
    stack: Stack, cloud: Cloud
) -> None:
    one = grants(("reader", role("shop")))
    failed = stack.up(wrapped(manifest(**one)))
    assert not failed.ok
    assert "Role shop not found" in failed.text
    create_roles(cloud, "shop")
    assert up(stack, **one) == {ATTACHED.format("reader", "shop"): "create"}


def test_what_is_detached_and_deleted_in_aws_is_restored_after_a_refresh(
    stack: Stack, cloud: Cloud
) -> None:
    create_roles(cloud, "shop")
    one = grants(("reader", role("shop")))
    up(stack, **one)
    cloud.call(IAM, "DetachRolePolicy", {"RoleName": "shop", "PolicyArn": arn_of("reader")})
    cloud.call(IAM, "DeletePolicy", {"PolicyArn": arn_of("reader")})
    stack.refresh()
    up(stack, **one)
    assert attached(cloud, "shop") == [name_of("reader")]


EVERYTHING: dict[str, Any] = {
    "accessPolicies": ["admin"],
    **grants(("reader", role("shop")), ("writer", role("stock", OTHER))),
}


def test_destroy_deletes_policies_and_attachments(stack: Stack, cloud: Cloud) -> None:
    create_roles(cloud, "shop")
    up(stack, **EVERYTHING)
    assert {*policies(cloud)} == {name_of("reader"), name_of("admin")}
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    assert looks.is_empty(cloud)
    assert (policies(cloud), attached(cloud, "shop")) == ({}, [])


def test_access_to_a_retained_table_stays_and_is_imported_with_it(
    stack: Stack, cloud: Cloud
) -> None:
    create_roles(cloud, "shop")
    retained = {**EVERYTHING, "deletionPolicy": "retain"}
    up(stack, **retained)
    before = policies(cloud)
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
    assert (policies(cloud), attached(cloud, "shop")) == (before, [name_of("reader")])

    more = {**retained, "accessPolicies": ["admin", "writer"]}
    changes = up(stack, annotations=IMPORT, **more)
    assert {of: how for of, how in changes.items() if of.startswith("Policy")} == {
        POLICY.format("reader"): "import",
        POLICY.format("admin"): "import",
        POLICY.format("writer"): "create",
    }
    settled(stack, annotations=IMPORT, **more)
    assert attached(cloud, "shop") == [name_of("reader")]


def test_a_policy_left_out_by_a_failed_import_is_imported_later(stack: Stack, cloud: Cloud) -> None:
    retained = {"accessPolicies": ["reader"], "deletionPolicy": "retain"}
    up(stack, **retained)
    stack.call("state", "delete", "urn:pulumi:dev::tables::aws:iam/policy:Policy::orders-reader")
    assert up(stack, annotations=IMPORT, **retained) == {POLICY.format("reader"): "import"}


def test_grants_without_a_known_account_are_refused(stack: Stack, cloud: Cloud) -> None:
    refused = stack.preview(manifest(**grants(("reader", role("shop")))))
    assert not refused.ok
    assert "error[grants-need-account]" in refused.text
    assert looks.writes(cloud) == []


def test_a_stacks_name_that_is_too_long_is_refused_before_anything(
    stack: Stack, cloud: Cloud
) -> None:
    refused = stack.preview(
        wrapped(manifest(accessPolicies=["reader"], region="us-east-1", tableName="t" * 108))
    )
    assert not refused.ok
    assert "IAM allows 128 characters" in refused.text
    assert looks.writes(cloud) == []


@pytest.mark.parametrize("accounts", [[ACCOUNT], [int(ACCOUNT)]])
def test_the_account_of_the_stacks_config_counts(
    stack: Stack, cloud: Cloud, accounts: list[Any]
) -> None:
    config = stack.work / "Pulumi.dev.yaml"
    config.write_text(json.dumps({"config": {"aws:allowedAccountIds": accounts}}))
    create_roles(cloud, "shop")
    report = stack.up(manifest(**grants(("reader", role("shop")))))
    assert report.ok, report.explained()
    assert attached(cloud, "shop") == [name_of("reader")]


def test_a_policy_that_cannot_be_read_stops_the_import(
    stack: Stack, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    retained = {"accessPolicies": ["reader"], "deletionPolicy": "retain"}
    up(stack, **retained)
    assert stack.destroy().ok
    schema, _ = lookups.FUNCTIONS[lookups.GET_POLICY]

    def denied(_session: Session, _arguments: Json) -> Json:
        raise Refused("provider", "AccessDenied", "not authorized to perform: iam:GetPolicy")

    monkeypatch.setitem(lookups.FUNCTIONS, lookups.GET_POLICY, (schema, denied))
    refused = stack.up(wrapped(manifest(annotations=IMPORT, **retained)))
    assert not refused.ok
    assert "not authorized to perform: iam:GetPolicy" in refused.text
