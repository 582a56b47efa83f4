"""What each role's policy allows, by an evaluator: actions on the table, and on what is not its."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from planton.manifest.access_documents import (
    ROLE_ACTIONS,
    Member,
    role_document,
    with_policy_arn,
    with_table_arn,
)
from planton.manifest.enums import AccessRole
from planton.manifest.grants import granted, with_grants, with_stream_grants
from planton.manifest.principals import parse_principal
from planton.manifest.rules.policy.document import policy_text
from planton.plan.access import plan_access, refusal_of_names
from planton.plan.planner import make_plan
from tests.iam_evaluator import Context, allows
from tests.loading import load

KEPT = json.loads((Path(__file__).parent / "data" / "iam-actions.json").read_text(encoding="utf-8"))
TABLE = "arn:aws:dynamodb:eu-central-1:111122223333:table/orders"
REPLICA = TABLE.replace("eu-central-1", "eu-west-1")
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234"
REPLICA_KEY = "arn:aws:kms:eu-west-1:111122223333:key/5678"
OF_KEY = {"kms:ViaService": "dynamodb.eu-central-1.amazonaws.com"}
OF_REPLICA_KEY = {"kms:ViaService": "dynamodb.eu-west-1.amazonaws.com"}
MANIFEST = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {name: orders}
spec:
  region: eu-central-1
  billingMode: PAY_PER_REQUEST
  attributeDefinitions: [{name: pk, type: S}, {name: sk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
"""
INDEX = (
    "  globalSecondaryIndexes: [{name: by-sk, keySchema: [{attributeName: sk, keyType: HASH}]}]\n"
)
EVERYTHING = f"""\
{INDEX}  streamEnabled: true
  streamViewType: NEW_AND_OLD_IMAGES
  serverSideEncryption: {{enabled: true, kmsKeyArn: "{KEY}"}}
  replicas: [{{regionName: eu-west-1, kmsKeyArn: "{REPLICA_KEY}"}}]
"""
BARE = MANIFEST.replace(", {name: sk, type: S}", "")
READER, WRITER, BOTH, STREAM, ADMIN = AccessRole
ROLES = tuple(AccessRole)


def documents(text: str, account: str | None = None) -> dict[AccessRole, str]:
    """The documents of a manifest, with the table's ARN."""
    plan = make_plan(load(text, filename="orders.yaml").manifest)
    found = plan_access(plan, account_id=account, region="eu-central-1", stack="dev").documents
    return {role: with_table_arn(document, TABLE) for role, document in found}


DOCUMENTS = documents(MANIFEST + EVERYTHING)

ON_TABLE: dict[str, frozenset[AccessRole]] = {
    "GetItem": frozenset({READER, BOTH}),
    "BatchGetItem": frozenset({READER, BOTH}),
    "ConditionCheckItem": frozenset({READER, BOTH}),
    "Query": frozenset({READER, BOTH}),
    "Scan": frozenset({READER, BOTH}),
    "PartiQLSelect": frozenset({READER, BOTH}),
    "PutItem": frozenset({WRITER, BOTH}),
    "UpdateItem": frozenset({WRITER, BOTH}),
    "DeleteItem": frozenset({WRITER, BOTH}),
    "BatchWriteItem": frozenset({WRITER, BOTH}),
    "PartiQLInsert": frozenset({WRITER, BOTH}),
    "PartiQLUpdate": frozenset({WRITER, BOTH}),
    "PartiQLDelete": frozenset({WRITER, BOTH}),
    "DescribeTable": frozenset({READER, WRITER, BOTH, ADMIN}),
    **dict.fromkeys(
        (
            *("CreateBackup", "DescribeContinuousBackups", "DescribeContributorInsights"),
            *("DescribeKinesisStreamingDestination", "DescribeTableReplicaAutoScaling"),
            *("DescribeTimeToLive", "DisableKinesisStreamingDestination"),
            *("EnableKinesisStreamingDestination", "ExportTableToPointInTime"),
            *("GetResourcePolicy", "ListTagsOfResource", "TagResource", "UntagResource"),
            *("UpdateContinuousBackups", "UpdateContributorInsights", "UpdateTable"),
            *("UpdateKinesisStreamingDestination", "UpdateTimeToLive"),
        ),
        frozenset({ADMIN}),
    ),
}
"""Who may do what with the table. What is not listed is allowed to no role."""
ON_INDEX: dict[str, frozenset[AccessRole]] = {
    "Query": frozenset({READER, BOTH}),
    "Scan": frozenset({READER, BOTH}),
    "PartiQLSelect": frozenset({READER, BOTH}),
    "DescribeContributorInsights": frozenset({ADMIN}),
    "UpdateContributorInsights": frozenset({ADMIN}),
}
ON_STREAM = dict.fromkeys(
    ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"), frozenset({STREAM})
)
ACROSS_ACCOUNTS = {
    *("GetItem", "BatchGetItem", "ConditionCheckItem", "Query", "Scan"),
    *("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"),
    *("DescribeTable", "UpdateTable", "ListTagsOfResource", "TagResource", "UntagResource"),
}
"""Developer Guide, "DynamoDB API operations supported by resource-based policies"."""
ON_KEY: dict[str, frozenset[AccessRole]] = {
    "Decrypt": frozenset(ROLES),
    "DescribeKey": frozenset(ROLES),
    **dict.fromkeys(
        (
            *("Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"),
            *("ReEncryptFrom", "ReEncryptTo"),
        ),
        frozenset({WRITER, BOTH, ADMIN}),
    ),
    "CreateGrant": frozenset({ADMIN}),
}
ACTIONS = sorted(KEPT["actions"])


def allowed(actions: dict[str, frozenset[AccessRole]], role: AccessRole) -> set[str]:
    return {action for action, roles in actions.items() if role in roles}


def on(role: AccessRole, arn: str, service: str = "dynamodb", context: Any = None) -> set[str]:
    """The actions that the role's document allows on an ARN."""
    prefix = f"{service}:"
    return {
        action.removeprefix(prefix)
        for action in ACTIONS
        if action.startswith(prefix) and allows(DOCUMENTS[role], action, arn, context)
    }


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", [TABLE, REPLICA], ids=["table", "replica"])
def test_a_role_may_do_what_its_row_says_and_nothing_else(role: AccessRole, table: str) -> None:
    assert on(role, table) == allowed(ON_TABLE, role)
    assert on(role, f"{table}/index/by-sk") == allowed(ON_INDEX, role)
    assert on(role, f"{table}/stream/2026-11-30T12:00:00.000") == allowed(ON_STREAM, role)
    assert on(role, f"{table}/backup/0148") == ({"DescribeBackup"} if role is ADMIN else set())
    assert on(role, f"{table}/export/0148") == ({"DescribeExport"} if role is ADMIN else set())


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "arn",
    [
        "*",
        f"{TABLE}s",
        f"{TABLE}-archive",
        f"{TABLE}-archive/index/by-sk",
        TABLE.removesuffix("s"),
        TABLE.replace("orders", "other"),
        TABLE.replace("111122223333", "444455556666"),
        TABLE.replace("eu-central-1", "us-east-1"),
        f"{TABLE.replace('eu-central-1', 'us-east-1')}/index/by-sk",
        TABLE.replace("arn:aws:", "arn:aws-cn:"),
        f"{TABLE}/other/x",
    ],
)
def test_no_role_may_do_anything_with_another_table(role: AccessRole, arn: str) -> None:
    assert on(role, arn) == set()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("key", "context"), [(KEY, OF_KEY), (REPLICA_KEY, OF_REPLICA_KEY)], ids=["table", "replica"]
)
def test_a_role_uses_a_key_only_through_dynamodb_in_its_region(
    role: AccessRole, key: str, context: dict[str, str]
) -> None:
    assert on(role, key, "kms", context) == allowed(ON_KEY, role)
    assert on(role, key, "kms") == set()
    for other in (
        {"kms:ViaService": "dynamodb.us-east-1.amazonaws.com"},
        {"kms:ViaService": context["kms:ViaService"].replace("dynamodb", "s3")},
    ):
        assert on(role, key, "kms", other) == set()
    assert on(role, f"{key}9", "kms", context) == set()
    assert on(role, key.replace("1111", "4444"), "kms", context) == set()


def test_an_alias_stands_for_the_keys_that_have_it() -> None:
    alias = KEY.replace("key/1234", "alias/orders")
    document = policy_text(role_document(READER, [Member(TABLE, alias)], has_indexes=False))
    with_alias: Context = {**OF_KEY, "kms:ResourceAliases": ["alias/a", "alias/orders"]}
    assert allows(document, "kms:Decrypt", KEY, with_alias)
    assert not allows(document, "kms:Decrypt", KEY, OF_KEY)
    assert not allows(document, "kms:Decrypt", KEY, {**with_alias, "kms:ViaService": "s3"})
    for other in (KEY.replace("central", "west"), KEY.replace("1111", "4444")):
        assert not allows(document, "kms:Decrypt", other, with_alias)


@pytest.mark.parametrize("key", [None, KEY.replace("key/1234", "alias/aws/dynamodb")])
def test_a_key_of_aws_needs_no_statement(key: str | None) -> None:
    """The policy of aws/dynamodb allows it to whoever may use the table."""
    document = role_document(READER, [Member(TABLE, key)], has_indexes=False)
    assert [statement["Sid"] for statement in document["Statement"]] == ["Table"]


@pytest.mark.parametrize("suffix", ["amazonaws.com", "amazonaws.com.cn"])
def test_a_key_in_china_is_used_by_dynamodb_under_both_suffixes(suffix: str) -> None:
    key = "arn:aws-cn:kms:cn-north-1:111122223333:key/1234"
    document = policy_text(role_document(READER, [Member(TABLE, key)], has_indexes=False))
    assert allows(document, "kms:Decrypt", key, {"kms:ViaService": f"dynamodb.cn-north-1.{suffix}"})


def test_no_document_has_a_wildcard_action_or_the_resource_star() -> None:
    for document in DOCUMENTS.values():
        for statement in json.loads(document)["Statement"]:
            assert not [action for action in statement["Action"] if "*" in action or "?" in action]
            assert not [arn for arn in statement["Resource"] if not arn.startswith("arn:aws:")]


@pytest.mark.parametrize("role", ROLES)
def test_every_action_is_on_a_kind_of_arn_that_it_takes(role: AccessRole) -> None:
    """The kept list names the kinds, and the form of each kind's ARN. It has none for ListStreams,
    for which AWS's own policy has the ARN of a stream."""
    for statement in json.loads(DOCUMENTS[role])["Statement"]:
        for action in statement["Action"]:
            service = action.partition(":")[0]
            forms = [
                re.sub(
                    r"\\\$\\\{\w+\\\}", "[^/:]+", re.escape(KEPT["resources"][f"{service}:{kind}"])
                )
                for kind in KEPT["actions"][action] or ("stream",)
            ]
            for arn in statement["Resource"]:
                assert any(re.fullmatch(form, arn) for form in forms), (action, arn)


def test_a_table_without_indexes_and_stream_has_documents_of_the_table_alone() -> None:
    found = documents(BARE)
    assert [role.value for role in found] == ["reader", "writer", "readerWriter", "admin"]
    for document in (found[READER], found[WRITER], found[BOTH]):
        (statement,) = json.loads(document)["Statement"]
        assert (statement["Sid"], statement["Resource"]) == ("Table", [TABLE])
    assert allows(found[READER], "dynamodb:Query", TABLE)
    assert not allows(found[READER], "dynamodb:Query", f"{TABLE}/index/by-sk")


def test_a_table_with_a_local_index_has_documents_of_it() -> None:
    local = "  localSecondaryIndexes: [{name: by-other, projection: {type: ALL}, rangeKey: sk}]\n"
    with_sort_key = "[{attributeName: pk, keyType: HASH}, {attributeName: other, keyType: RANGE}]"
    text = MANIFEST.replace("[{attributeName: pk, keyType: HASH}]", with_sort_key)
    text = text.replace("{name: sk, type: S}", "{name: sk, type: S}, {name: other, type: S}")
    assert allows(documents(text + local)[READER], "dynamodb:Query", f"{TABLE}/index/by-other")


def test_the_whole_document_of_a_reader() -> None:
    assert json.loads(documents(BARE)[READER]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Table",
                "Effect": "Allow",
                "Action": [
                    "dynamodb:BatchGetItem",
                    "dynamodb:ConditionCheckItem",
                    "dynamodb:DescribeTable",
                    "dynamodb:GetItem",
                    "dynamodb:PartiQLSelect",
                    "dynamodb:Query",
                    "dynamodb:Scan",
                ],
                "Resource": [TABLE],
            }
        ],
    }


def test_the_sids_of_a_document_are_unique_and_alphanumeric() -> None:
    for document in DOCUMENTS.values():
        sids = [statement["Sid"] for statement in json.loads(document)["Statement"]]
        assert len(sids) == len({*sids})
        assert all(sid.isalnum() for sid in sids)


OTHER = "arn:aws:iam::444455556666:role/shop"


def merged(own: Any, *grants: tuple[AccessRole, str], has_indexes: bool = True) -> Any:
    return with_grants(own, granted(grants), has_indexes=has_indexes)


@pytest.mark.parametrize("sid", [["a"], {"a": "b"}, 7])
def test_a_sid_that_is_no_string_is_taken_by_no_statement(sid: Any) -> None:
    own = {"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": "x"}
    found = merged({"Statement": [own]}, (READER, OTHER), has_indexes=False)
    assert [one["Sid"] for one in found["Statement"]] == [sid, "GrantReaderTable"]


def test_grants_to_other_accounts_follow_the_policys_own_statements() -> None:
    own = {"Sid": "GrantReaderTable", "Effect": "Deny", "Principal": "*", "Action": "x"}
    policy = {"Version": "2008-10-17", "Id": "mine", "Statement": own}
    taken = {**own, "Sid": "GrantReaderTable2"}
    found = merged({**policy, "Statement": [own, taken]}, (READER, OTHER))
    assert (found["Version"], found["Id"]) == ("2008-10-17", "mine")
    assert found["Statement"][:2] == [own, taken]
    assert [one["Sid"] for one in found["Statement"][2:]] == [
        "GrantReaderTable3",
        "GrantReaderIndexes",
    ]
    assert merged(policy, (READER, OTHER))["Statement"][0] == own


def test_a_policy_of_grants_alone_has_one_statement_for_all_who_get_a_role() -> None:
    root = "arn:aws:iam::777788889999:root"
    assert merged(None, (READER, root), (READER, OTHER), has_indexes=False) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "GrantReaderTable",
                "Effect": "Allow",
                "Principal": {"AWS": [OTHER, root]},
                "Action": [
                    f"dynamodb:{one}"
                    for one in sorted(allowed(ON_TABLE, READER))
                    if one in ACROSS_ACCOUNTS
                ],
                "Resource": ["${table_arn}"],
            }
        ],
    }


def test_an_admin_of_another_account_gets_what_a_tables_policy_accepts() -> None:
    (statement,) = merged(None, (ADMIN, OTHER))["Statement"]
    assert (statement["Sid"], statement["Resource"]) == ("GrantAdminTable", ["${table_arn}"])
    assert {one.partition(":")[2] for one in statement["Action"]} == allowed(
        ON_TABLE, ADMIN
    ) & ACROSS_ACCOUNTS


@pytest.mark.parametrize("role", [READER, WRITER, BOTH, ADMIN])
def test_another_account_gets_no_action_that_aws_denies_it(role: AccessRole) -> None:
    statements = merged(None, (role, OTHER))["Statement"]
    actions = {one.partition(":")[2] for each in statements for one in each["Action"]}
    assert actions == allowed(ON_TABLE, role) & ACROSS_ACCOUNTS


def test_a_grant_to_read_the_stream_is_a_statement_of_its_policy_alone() -> None:
    own = {"Sid": "GrantStreamConsumerStreams", "Effect": "Deny", "Principal": "*", "Action": "x"}
    grants = granted([(AccessRole.STREAM_CONSUMER, OTHER), (READER, OTHER)])
    found = with_stream_grants({"Version": "2008-10-17", "Statement": own}, grants)
    assert found == {
        "Version": "2008-10-17",
        "Statement": [
            own,
            {
                "Sid": "GrantStreamConsumerStreams2",
                "Effect": "Allow",
                "Principal": {"AWS": [OTHER]},
                "Action": [
                    *("dynamodb:DescribeStream", "dynamodb:GetRecords"),
                    "dynamodb:GetShardIterator",
                ],
                "Resource": ["${stream_arn}"],
            },
        ],
    }
    of_table = with_grants(None, grants, has_indexes=False)
    assert of_table is not None
    assert [one["Sid"] for one in of_table["Statement"]] == ["GrantReaderTable"]
    assert with_grants(None, grants[:1], has_indexes=False) is None
    assert with_stream_grants(None, grants[1:]) is None


def test_a_policys_text_names_the_table_and_the_stream_that_it_belongs_to() -> None:
    text = "${table_arn} ${stream_arn} ${table_arn}/stream/*"
    stream = f"{TABLE}/stream/2026-11-26T08:00:00.000"
    assert with_policy_arn(text, stream) == f"{TABLE} {stream} {TABLE}/stream/*"
    assert with_policy_arn("${table_arn}/index/*", TABLE) == f"{TABLE}/index/*"


def test_every_sid_of_a_grant_is_unique() -> None:
    statements = merged(None, *((role, OTHER) for role in (READER, WRITER, BOTH, ADMIN)))
    sids = [one["Sid"] for one in statements["Statement"]]
    assert len(sids) == len({*sids}) == 6


@pytest.mark.parametrize(
    ("arn", "account", "other"),
    [
        (OTHER, None, None),
        (OTHER, "444455556666", False),
        (OTHER, "111122223333", True),
        ("arn:aws:iam::444455556666:root", None, True),
        ("arn:aws:iam::444455556666:root", "444455556666", False),
        ("arn:aws:iam::444455556666:user/a/b", None, True),
    ],
)
def test_a_principals_account_is_compared_with_the_tables(
    arn: str, account: str | None, other: bool | None
) -> None:
    assert parse_principal(arn).is_of_other_account(account) is other


def test_only_a_policys_whole_name_can_be_too_long() -> None:
    plan = make_plan(load(f"{BARE}  accessPolicies: [admin]\n", filename="x.yaml").manifest)
    stack = "s" * (128 - len("orders-eu-central-1--admin"))
    fits, long = (
        plan_access(plan, account_id=None, region="eu-central-1", stack=name)
        for name in (stack, f"{stack}s")
    )
    assert refusal_of_names(fits) == ""
    assert refusal_of_names(long) == (
        f"the IAM policy of admin would be called 'orders-eu-central-1-{stack}s-admin', and IAM "
        "allows 128 characters\n"
        "  fix: use a name for the stack or the table that is 1 characters shorter"
    )


def test_every_role_has_actions() -> None:
    assert ROLE_ACTIONS.keys() == {*AccessRole}
