"""What a resource policy belongs to, a table or a stream, and what follows from that."""

from __future__ import annotations

import re
from typing import NamedTuple

from planton.manifest.partitions import partition_of
from planton.manifest.rules.policy.actions import OF_A_STREAM, OF_A_TABLE

TABLE_ARN = "${table_arn}"
"""The placeholder for the table's ARN, which is unknown before the table exists. In a replica's
policy it stands for the replica's."""

STREAM_ARN = "${stream_arn}"
"""The placeholder for the ARN of the table's stream, which is another one whenever the stream is
switched on."""

_TABLE = r"(?:\$\{table_arn\}|arn:aws[a-z-]*:dynamodb:[a-z0-9*-]*:[0-9*]*:table/[^/]+)"


class PolicyKind(NamedTuple):
    """What the rules about a policy need to know of what it belongs to."""

    name: str
    field: str
    """The field of `spec` for such a policy."""
    arn: str
    """The placeholder for the ARN of what the policy belongs to."""
    placeholders: tuple[str, ...]
    actions: frozenset[str]
    """The actions that the policy accepts, in lower case."""
    example: str
    """One of them."""
    resource: re.Pattern[str]
    resource_help: str
    itself: re.Pattern[str]
    """Resources that certainly include what the policy belongs to."""
    replication: tuple[str, ...]
    """Actions that DynamoDB's replication role needs (AWS managed policies,
    DynamoDBReplicationServiceRolePolicy, and the Developer Guide, "DynamoDB global tables
    security")."""


TABLE = PolicyKind(
    name="table",
    field="resourcePolicy",
    arn=TABLE_ARN,
    placeholders=(TABLE_ARN,),
    actions=frozenset(action.lower() for action in OF_A_TABLE),
    example="dynamodb:GetItem",
    resource=re.compile(rf"\*|{_TABLE}(?:/(?:index|export)/.+|/\*|[*?].*)?"),
    resource_help=f"write {TABLE_ARN}, or {TABLE_ARN}/index/NAME",
    itself=re.compile(rf"\*|(?:{re.escape(TABLE_ARN)}|arn:[^/]*:table/[^/]+)\*?"),
    replication=(
        *("DeleteItem", "DescribeTable", "GetItem", "PutItem", "Scan", "UpdateItem", "UpdateTable"),
        *("ReadDataForReplication", "WriteDataForReplication", "ReplicateSettings"),
    ),
)
"""The policy of a table, of which a replica is one. It covers the indexes."""

STREAM = PolicyKind(
    name="stream",
    field="streamResourcePolicy",
    arn=STREAM_ARN,
    placeholders=(STREAM_ARN, TABLE_ARN),
    actions=frozenset(action.lower() for action in OF_A_STREAM),
    example="dynamodb:GetRecords",
    resource=re.compile(rf"\*|\$\{{stream_arn\}}|{_TABLE}(?:/stream/.+|/\*|[*?].*)"),
    resource_help=f"write {STREAM_ARN}",
    itself=re.compile(
        rf"\*|{re.escape(STREAM_ARN)}"
        rf"|(?:{re.escape(TABLE_ARN)}|arn:[^/]*:table/[^/]+)(?:/(?:stream/)?)?\*"
    ),
    replication=("DescribeStream", "GetRecords", "GetShardIterator"),
)
"""The policy of the table's stream."""


def in_a_request(region: str | None, table: str) -> PolicyKind:
    """The policy of a table that a request asks for: nothing replaces a placeholder in it, because
    the ACK controller does not, and the account is unknown before the table exists."""
    region = region or "REGION"
    arn = f"arn:{partition_of(region)}:dynamodb:{region}:ACCOUNT:table/{table}"
    help = f"write {arn}, with the ID of the table's account; for an index, add /index/NAME"
    return TABLE._replace(arn=arn, placeholders=(), resource_help=help)


# The repetitions are bounded, so that a long run of brackets is not searched from each of them.
_PLACEHOLDER = re.compile(
    r"(?:\$\{?|\{{1,2}) {0,2}(table|stream)[ _.-]?arn {0,2}\}{0,2}", re.IGNORECASE
)


def wrong_placeholder(text: str, kind: PolicyKind) -> tuple[str, str] | None:
    """The first placeholder in a text that the policy does not have, and the one that is meant; or
    None."""
    for match in _PLACEHOLDER.finditer(text):
        if match[0] not in kind.placeholders:
            return match[0], STREAM_ARN if match[1].lower() == "stream" else TABLE_ARN
    return None
