"""The stand-in for the provider has the types and properties of pulumi-aws."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

import pulumi_aws
import pytest
from pulumi import _types

from tests.emulated.provider.provider import KINDS
from tests.engine.facts import FACTS

CLASSES = {
    "aws:dynamodb/table:Table": pulumi_aws.dynamodb.Table,
    "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex": (
        pulumi_aws.dynamodb.GlobalSecondaryIndex
    ),
    "aws:dynamodb/tableReplica:TableReplica": pulumi_aws.dynamodb.TableReplica,
    "aws:dynamodb/resourcePolicy:ResourcePolicy": pulumi_aws.dynamodb.ResourcePolicy,
    "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination": (
        pulumi_aws.dynamodb.KinesisStreamingDestination
    ),
    "aws:dynamodb/contributorInsights:ContributorInsights": pulumi_aws.dynamodb.ContributorInsights,
    "aws:appautoscaling/target:Target": pulumi_aws.appautoscaling.Target,
    "aws:appautoscaling/policy:Policy": pulumi_aws.appautoscaling.Policy,
    "aws:iam/policy:Policy": pulumi_aws.iam.Policy,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": pulumi_aws.iam.RolePolicyAttachment,
    "aws:dynamodb/tag:Tag": pulumi_aws.dynamodb.Tag,
    "aws:appautoscaling/scheduledAction:ScheduledAction": pulumi_aws.appautoscaling.ScheduledAction,
    "aws:cloudwatch/metricAlarm:MetricAlarm": pulumi_aws.cloudwatch.MetricAlarm,
}


def _paths(types: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, bool]]:
    """Every property of a class, and whether it is a list."""
    for name, hint in types.items():
        hint = _types.unwrap_type(hint)
        inner = [_types.unwrap_type(argument) for argument in typing.get_args(hint)]
        yield prefix + name, typing.get_origin(hint) is not None
        for candidate in [hint, *inner]:
            if isinstance(candidate, type) and _types.is_output_type(candidate):
                yield from _paths(_types.output_type_types(candidate), f"{prefix}{name}.")


def test_the_stand_in_has_every_type_that_the_program_creates() -> None:
    assert FACTS.keys() == CLASSES.keys()
    assert FACTS.keys() <= KINDS.keys()


@pytest.mark.parametrize("token", sorted(FACTS))
def test_every_property_of_the_stand_in_exists_in_the_provider(token: str) -> None:
    facts, theirs = FACTS[token], dict(_paths(_types.resource_types(CLASSES[token])))
    assert facts.computed | facts.sets | facts.defaults.keys() <= theirs.keys()
    assert all(theirs[path] for path in facts.sets)
    assert not facts.autonamed or "name" in theirs
