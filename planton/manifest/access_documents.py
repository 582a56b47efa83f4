"""The IAM policy documents by which a role may use the table, and nothing else.

Only Query, Scan, PartiQLSelect and the requests about contributor insights name an index; every
other request names the table, or its stream, backup or export (Service Authorization Reference,
"Actions defined by Amazon DynamoDB"). A transaction is allowed where all of its parts are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from planton.manifest.enums import AccessRole
from planton.manifest.partitions import partition_of
from planton.manifest.rules.policy.kinds import STREAM_ARN, TABLE_ARN

MAX_POLICY_CHARACTERS = 6_144
"""Characters of a managed policy, without white space (IAM and STS quotas)."""

MAX_POLICY_NAME = 128
"""Characters of a managed policy's name (CreatePolicy, PolicyName)."""

Document = dict[str, Any]

_READ = ("BatchGetItem", "ConditionCheckItem", "DescribeTable", "GetItem")
_READ_INDEXES = ("PartiQLSelect", "Query", "Scan")
_WRITE = (
    *("BatchWriteItem", "DeleteItem", "DescribeTable", "PartiQLDelete", "PartiQLInsert"),
    *("PartiQLUpdate", "PutItem", "UpdateItem"),
)
_ADMIN = (
    *("CreateBackup", "DescribeContinuousBackups", "DescribeKinesisStreamingDestination"),
    *("DescribeTable", "DescribeTableReplicaAutoScaling", "DescribeTimeToLive"),
    *("DisableKinesisStreamingDestination", "EnableKinesisStreamingDestination"),
    *("ExportTableToPointInTime", "GetResourcePolicy", "ListTagsOfResource", "TagResource"),
    *("UntagResource", "UpdateContinuousBackups", "UpdateKinesisStreamingDestination"),
    *("UpdateTable", "UpdateTimeToLive"),
)
_ADMIN_INDEXES = ("DescribeContributorInsights", "UpdateContributorInsights")

_USE_KEY = ("Decrypt", "DescribeKey")
"""DynamoDB decrypts the table's key as the caller, writers included (AWS KMS Developer Guide,
"How Amazon DynamoDB uses AWS KMS")."""
_CHANGE_BY_KEY = (
    *("Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"),
    *("ReEncryptFrom", "ReEncryptTo"),
)
"""By that description a writer does not need them. CDK's grants give them to writers all the same,
and a missing one would show only in AWS, so writers get them; through DynamoDB alone, they allow no
more than what DynamoDB itself does with the key."""


class RoleActions(NamedTuple):
    """Actions of DynamoDB on the table, on the table and its indexes, and on what is below it; and
    the actions of KMS on its key."""

    table: tuple[str, ...] = ()
    indexed: tuple[str, ...] = ()
    below: tuple[tuple[str, tuple[str, ...]], ...] = ()
    key: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all of them."""
        below = (name for _, names in self.below for name in names)
        return (*self.table, *self.indexed, *below, *self.key)


ROLE_ACTIONS: dict[AccessRole, RoleActions] = {
    AccessRole.READER: RoleActions(_READ, _READ_INDEXES, key=_USE_KEY),
    AccessRole.WRITER: RoleActions(_WRITE, key=(*_USE_KEY, *_CHANGE_BY_KEY)),
    AccessRole.READER_WRITER: RoleActions(
        tuple(sorted({*_READ, *_WRITE})), _READ_INDEXES, key=(*_USE_KEY, *_CHANGE_BY_KEY)
    ),
    AccessRole.STREAM_CONSUMER: RoleActions(
        # Lambda asks for ListStreams too, and takes it on this ARN (Developer Guide, "IAM policy
        # to grant permissions to read a DynamoDB stream only").
        below=(("stream", ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")),),
        key=_USE_KEY,
    ),
    AccessRole.ADMIN: RoleActions(
        _ADMIN,
        _ADMIN_INDEXES,
        below=(("backup", ("DescribeBackup",)), ("export", ("DescribeExport",))),
        key=(*_USE_KEY, *_CHANGE_BY_KEY, "CreateGrant"),
    ),
}
"""What each role may do. None deletes a table, a replica or a backup. None changes the table's
policy, with which an admin could give itself everything."""


class Member(NamedTuple):
    """The table in one region: the ARN, or what stands for it, and the customer managed key."""

    arn: str
    key: str | None


def replica_arn(region: str) -> str:
    """What stands for the ARN of the replica in a region."""
    return TABLE_ARN.replace("}", f":{region}}}")


_PLACEHOLDER = re.compile(re.escape(TABLE_ARN).replace(r"\}", r"(?::([a-z0-9-]+))?\}"))


def with_table_arn(text: str, arn: str) -> str:
    """The text with the table's ARN, and those of its replicas, in place of what stands for them.

    A replica has the table's name and account."""
    before, region, after = _around_region(arn)
    return _PLACEHOLDER.sub(lambda found: f"{before}{found[1] or region}{after}", text)


def with_policy_arn(text: str, arn: str) -> str:
    """The text of a resource policy with the ARN of the table or stream that it belongs to in place
    of what stands for it. A stream's ARN begins with its table's."""
    return text.replace(STREAM_ARN, arn).replace(TABLE_ARN, arn.partition("/stream/")[0])


def _around_region(arn: str) -> tuple[str, str, str]:
    start, partition, service, region, rest = arn.split(":", 4)
    return f"{start}:{partition}:{service}:", region, f":{rest}"


def role_document(role: AccessRole, members: Iterable[Member], *, has_indexes: bool) -> Document:
    """The identity-based policy of a role for the table in all of its regions."""
    members = tuple(members)
    statements = [
        *table_statements(role, [one.arn for one in members], has_indexes=has_indexes),
        *_key_statements(ROLE_ACTIONS[role].key, members),
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def table_statements(
    role: AccessRole, arns: Iterable[str], *, has_indexes: bool
) -> Iterator[Document]:
    """The role's statements about DynamoDB."""
    arns, actions = tuple(arns), ROLE_ACTIONS[role]
    # Without indexes, both kinds of actions are about the table alone.
    on_table = actions.table if has_indexes else (*actions.table, *actions.indexed)
    if on_table:
        yield _statement("Table", "dynamodb", on_table, arns)
    if has_indexes and actions.indexed:
        both = [part for arn in arns for part in (arn, f"{arn}/index/*")]
        yield _statement("Indexes", "dynamodb", actions.indexed, both)
    for kind, below in actions.below:
        each = [f"{arn}/{kind}/*" for arn in arns]
        yield _statement(f"{kind.capitalize()}s", "dynamodb", below, each)


def _statement(
    sid: str, service: str, actions: Iterable[str], resources: Iterable[str]
) -> Document:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": [f"{service}:{action}" for action in sorted(actions)],
        "Resource": list(resources),
    }


def _key_statements(actions: Iterable[str], members: Iterable[Member]) -> Iterator[Document]:
    """One statement for each region's customer managed key, which only DynamoDB there may use."""
    for key in (one.key for one in members if one.key):
        _, partition, _, region, account, resource = key.split(":", 5)
        if resource == "alias/aws/dynamodb":
            continue  # AWS's key policy allows it to everybody who may use the table
        condition: Document = {"StringEquals": {"kms:ViaService": _via(region)}}
        if resource.startswith("alias/"):
            # IAM does not follow an alias in Resource.
            key = f"arn:{partition}:kms:{region}:{account}:key/*"
            condition["ForAnyValue:StringEquals"] = {"kms:ResourceAliases": resource}
        sid = "Key" + "".join(part.capitalize() for part in region.split("-"))
        yield {**_statement(sid, "kms", actions, [key]), "Condition": condition}


def _via(region: str) -> str | list[str]:
    """DynamoDB's name in kms:ViaService. In China both suffixes: AWS's documentation shows the one,
    its services there use the other, and both are DynamoDB."""
    name = f"dynamodb.{region}.amazonaws.com"
    return [name, f"{name}.cn"] if partition_of(region) == "aws-cn" else name


def policy_name(table: str, region: str, stack: str, role: AccessRole) -> str:
    """The name of a role's IAM policy: IAM is global, and stacks may have tables of one name."""
    return f"{table}-{region}-{stack}-{role.value}"
