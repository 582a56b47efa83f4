"""A stack of an emulated AWS, whose endpoint is in the provider block."""

from __future__ import annotations

import json
from typing import Any

from tests.emulated.cloud import Cloud
from tests.engine.harness import Stack
from tests.engine.manifests import manifest
from tests.engine.standin import StandIn

ENDPOINT = {"endpoint": "http://localhost:4566"}


def within(block: dict[str, str], **spec: Any) -> str:
    """A stack input with this provider block."""
    return json.dumps({"provider_config": block, "target": json.loads(manifest(**spec))})


def test_a_stack_in_an_account_of_aws_is_not_sent_to_an_endpoint(
    stack: Stack, cloud: Cloud, stand_in: StandIn
) -> None:
    cloud.account_id = "111122223333"
    created = stack.up(within({"account_id": cloud.account_id}))
    assert created.ok, created.explained()
    before = len(cloud.calls)
    for refused in (stack.preview(within(ENDPOINT)), stack.up(within(ENDPOINT))):
        assert not refused.ok
        assert (
            "this update is refused, nothing was touched: the stack has the table 'orders' in the "
            "AWS account 111122223333, and its requests would go to http://localhost:4566."
        ) in refused.text
        assert refused.changes == {}
    assert cloud.calls[before:] == []


def test_a_stack_of_an_emulated_aws_is_updated_and_destroyed(
    stack: Stack, stand_in: StandIn
) -> None:
    created = stack.up(within(ENDPOINT))
    assert created.ok, created.explained()
    assert "all requests go to http://localhost:4566, not to AWS" in created.text
    again = stack.up(within(ENDPOINT))
    assert again.is_unchanged, again.explained()
    changed = stack.up(within(ENDPOINT, streamEnabled=True, streamViewType="KEYS_ONLY"))
    assert changed.changes == {"Table orders": "update"}
    destroyed = stack.destroy()
    assert destroyed.ok, destroyed.explained()
