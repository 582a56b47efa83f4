"""The resource policy of a found table."""

from __future__ import annotations

import json
import re

from planton.manifest.rules.policy.document import policy_text
from planton.manifest.rules.policy.kinds import TABLE_ARN
from planton.plan.table_plan import PolicyPlan


def policy_plan(
    document: object, table_arn: str | None, *, confirm: bool = False
) -> PolicyPlan | None:
    """The policy of a table, or None if it is not a JSON object. TABLE_ARN replaces the ARN of the
    table, so that the manifest fits in another account as well."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except (ValueError, RecursionError):
            return None
    if not isinstance(document, dict):
        return None
    text = policy_text(document)
    if table_arn:
        # The name of another table may begin with this one's.
        text = re.sub(re.escape(table_arn) + r"(?![a-zA-Z0-9_.-])", lambda _: TABLE_ARN, text)
    return PolicyPlan(text, confirm)
