"""An emulated AWS in a stack whose table is in AWS: the update would not find the table there."""

from __future__ import annotations

from planton.changes.stack_state import StackState
from planton.diagnostics.diagnostic import printable
from planton.reading.emulator_endpoint import is_emulated_account


def refusal_of_endpoint(
    state: StackState, endpoint: str | None, access_key_id: str | None
) -> str | None:
    """Why the stack's update must not go to the endpoint; None if it may, or if there is none.

    A refresh there would remove the table from the state, and an update would create it empty.
    """
    if endpoint is None:
        return None
    for table in state.tables:
        # arn:PARTITION:dynamodb:REGION:ACCOUNT:table/NAME
        parts = str(table.properties.get("arn") or "").split(":")
        if len(parts) > 4 and parts[4] and not is_emulated_account(parts[4], access_key_id):
            name = printable(str(table.properties.get("name") or table.logical_name))
            return (
                f"this update is refused, nothing was touched: the stack has the table '{name}' in "
                f"the AWS account {printable(parts[4])}, and its requests would go to {endpoint}. "
                "Use another stack for the emulated AWS (pulumi stack init NAME), or remove "
                "endpoint from the provider block"
            )
    return None
