"""An emulated AWS in a stack whose table is in AWS, and the other way round: the update would not
find the table there, or would find another one of its name."""

from __future__ import annotations

import json

from planton.changes.stack_state import PROVIDER_TYPE, StackState, StateResource
from planton.diagnostics.diagnostic import printable
from planton.reading.emulator_endpoint import is_emulated_account, is_of_aws


def refusal_of_endpoint(
    state: StackState, endpoint: str | None, access_key_id: str | None
) -> str | None:
    """Why the stack's update must not go to the endpoint; None if it may, or if there is none.

    A refresh there would remove the table from the state, and an update would create it empty.
    """
    if endpoint is None:
        return None
    for table in state.tables:
        account = _account(table)
        if account and not is_emulated_account(account, access_key_id):
            return (
                "this update is refused, nothing was touched: the stack has the table "
                f"'{_name(table)}' in the AWS account {printable(account)}, and its requests would "
                f"go to {endpoint}. "
                "Use another stack for the emulated AWS (pulumi stack init NAME), or remove "
                "endpoint from the provider block"
            )
    return None


def refusal_without_endpoint(state: StackState) -> str | None:
    """Why a stack of an emulated AWS must not be updated without an endpoint; None if it may.

    If the account has a table of the same name, it would be changed, and deleted with the stack.
    Where an emulated AWS has the number of a customer's account, the state does not show which of
    the two has the table: that is allowed, because VPC endpoints may have any name, too.
    """
    providers = [one for one in state.resources if one.type == PROVIDER_TYPE]
    if not any(map(_has_emulator, providers)):
        return None
    for table in state.tables:
        account = _account(table)
        if account and is_emulated_account(account, None):
            return (
                "this update is refused, nothing was touched: the stack has the table "
                f"'{_name(table)}' in an emulated AWS (account {account}), and its requests would "
                "go to AWS, because the endpoint is gone. Use another stack for AWS (pulumi stack "
                "init NAME), or add the endpoint again, to the provider block or to config "
                "aws:endpoints"
            )
    return None


def _has_emulator(provider: StateResource) -> bool:
    """Whether a provider sends DynamoDB's requests to an endpoint that is not one of AWS."""
    value = provider.properties.get("endpoints")
    entries = json.loads(value) if isinstance(value, str) and value else value
    if not isinstance(entries, list):
        return False
    urls = [one.get("dynamodb") for one in entries if isinstance(one, dict)]
    return any(isinstance(url, str) and url and not is_of_aws(url) for url in urls)


def _account(table: StateResource) -> str:
    """The account in arn:PARTITION:dynamodb:REGION:ACCOUNT:table/NAME; empty if there is none."""
    parts = str(table.properties.get("arn") or "").split(":")
    return parts[4] if len(parts) > 4 else ""


def _name(table: StateResource) -> str:
    return printable(str(table.properties.get("name") or table.logical_name))
