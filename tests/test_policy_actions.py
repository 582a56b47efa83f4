"""The actions of DynamoDB are what AWS's own models of the service have, and what IAM adds."""

from __future__ import annotations

import botocore.session  # type: ignore[import-untyped]  # has no types
import pytest

from planton.manifest.rules.policy.actions import ACTIONS, ACTIONS_FOR, OF_STREAMS


def operations(service: str) -> set[str]:
    return set(botocore.session.get_session().get_service_model(service).operation_names)


def test_every_operation_is_an_action_or_listed_as_composed_of_actions() -> None:
    assert operations("dynamodb") <= {*ACTIONS, *ACTIONS_FOR}


def test_the_actions_of_streams_are_their_operations() -> None:
    assert operations("dynamodbstreams") == set(OF_STREAMS)


def test_no_action_is_listed_twice() -> None:
    assert len(ACTIONS) == len(set(ACTIONS))


@pytest.mark.parametrize("operation", ACTIONS_FOR)
def test_an_operation_composed_of_actions_is_not_an_action(operation: str) -> None:
    assert operation not in ACTIONS
    assert set(ACTIONS_FOR[operation].replace(" and", ",").split(", ")) <= set(ACTIONS)
