"""Logical names of what is around a table. They are API: existing stacks depend on them."""

from __future__ import annotations


def index_name(table: str, index: str) -> str:
    """Of a global index that is a standalone resource."""
    return f"{table}-{index}"


def replica_name(table: str, region: str) -> str:
    """Of a replica that is a standalone resource."""
    return f"{table}-{region}"


def scaling_name(table: str, dimension: str, *, index: str = "", region: str = "") -> str:
    """Of the target and of the policy of a dimension, in the table's region or a replica's."""
    return "-".join(part for part in (_place(table, region), index, dimension) if part)


def _place(table: str, region: str) -> str:
    """The table in its own region ("") or in a replica's."""
    # Names of tables and indexes cannot contain '@'.
    return f"{table}@{region}" if region else table


def schedule_name(scaling: str, schedule: str) -> str:
    """Of a scheduled adjustment of the dimension whose target is called `scaling`."""
    return f"{scaling}/{schedule}"


def insights_name(table: str, index: str = "", region: str = "") -> str:
    """Of the contributor insights of the table or of a global index, in the table's region or a
    replica's."""
    return "-".join(part for part in (_place(table, region), index, "insights") if part)


def resource_policy_name(table: str, *, region: str = "") -> str:
    """Of the resource policy of the table, or of its replica in a region."""
    # Names of tables and indexes cannot contain '@'.
    return f"{table}@{region}-policy" if region else f"{table}-policy"


def stream_policy_name(table: str) -> str:
    """Of the resource policy of the table's stream. Names of tables cannot contain '/'."""
    return f"{table}/stream-policy"


def kinesis_name(table: str, region: str = "") -> str:
    """Of the Kinesis destination of the table, or of a replica."""
    return f"{_place(table, region)}-kinesis"


def replica_tags_name(table: str, region: str) -> str:
    """Of what stands for all tags of a replica that is part of the table."""
    return f"{_place(table, region)}-tags"


def tag_name(table: str, region: str, key: str) -> str:
    """Of one tag of such a replica."""
    return f"{_place(table, region)}/{key}"


def alarm_name(table: str, key: str) -> str:
    """Of a CloudWatch alarm with this key in the outputs. Names of tables cannot contain '/'."""
    return f"{table}/{key}"


def access_policy_name(table: str, role: str) -> str:
    """Of the IAM policy of a role."""
    return f"{table}-{role}"


def attachment_name(policy: str, iam_role: str) -> str:
    """Of the attachment to an IAM role of the policy whose logical name is `policy`."""
    return f"{policy}/{iam_role}"
