"""The inputs that the emulation knows: they are the provider's, and no others are accepted."""

from __future__ import annotations

import inspect
import typing
from typing import Any

import pulumi_aws
import pytest
from pulumi import _types

from planton.rehearsal.provider.properties import (
    FLAG,
    INTEGER,
    NUMBER,
    TEXT,
    TEXT_MAP,
    TEXTS,
    Block,
    Blocks,
    Property,
    block,
    check,
)
from planton.rehearsal.provider.property_errors import (
    MissingProperty,
    MistypedProperty,
    UnknownProperty,
)
from planton.rehearsal.provider.provider import CONFIGURATION, IGNORED
from tests.emulated.provider.drift import inputs_now
from tests.emulated.provider.provider import KINDS

ARGS = {
    "aws:dynamodb/table:Table": pulumi_aws.dynamodb.TableArgs,
    "aws:dynamodb/tableReplica:TableReplica": pulumi_aws.dynamodb.TableReplicaInitArgs,
    "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex": (
        pulumi_aws.dynamodb.GlobalSecondaryIndexArgs
    ),
    "aws:dynamodb/contributorInsights:ContributorInsights": (
        pulumi_aws.dynamodb.ContributorInsightsArgs
    ),
    "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination": (
        pulumi_aws.dynamodb.KinesisStreamingDestinationArgs
    ),
    "aws:dynamodb/resourcePolicy:ResourcePolicy": pulumi_aws.dynamodb.ResourcePolicyArgs,
    "aws:appautoscaling/target:Target": pulumi_aws.appautoscaling.TargetArgs,
    "aws:appautoscaling/policy:Policy": pulumi_aws.appautoscaling.PolicyArgs,
    "aws:appautoscaling/scheduledAction:ScheduledAction": (
        pulumi_aws.appautoscaling.ScheduledActionArgs
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": pulumi_aws.cloudwatch.MetricAlarmArgs,
    "aws:dynamodb/tag:Tag": pulumi_aws.dynamodb.TagArgs,
    "aws:iam/policy:Policy": pulumi_aws.iam.PolicyArgs,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": pulumi_aws.iam.RolePolicyAttachmentArgs,
}

NOT_EMULATED = {
    # Told of a replica, and no inputs of the provider, although its class takes them.
    "aws:dynamodb/table:Table": {"replicas.arn", "replicas.streamArn", "replicas.streamLabel"},
    "aws:dynamodb/tableReplica:TableReplica": set(),
    "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex": set(),
    "aws:dynamodb/contributorInsights:ContributorInsights": set(),
    "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination": set(),
    "aws:dynamodb/resourcePolicy:ResourcePolicy": set(),
    "aws:dynamodb/tag:Tag": set(),
    "aws:appautoscaling/target:Target": {"suspendedState"},
    "aws:appautoscaling/scheduledAction:ScheduledAction": set(),
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        "evaluateLowSampleCountPercentiles",
        "evaluationCriteria",
        "evaluationInterval",
        "evaluationWindow",
        "extendedStatistic",
        "insufficientDataActions",
        "metricQueries.accountId",
        "metricQueries.label",
        "metricQueries.metric.unit",
        "okActions",
        "thresholdMetricId",
        "unit",
        "warmUpConfiguration",
    },
    "aws:iam/policy:Policy": {"delayAfterPolicyCreationInMs", "namePrefix"},
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": set(),
    "aws:appautoscaling/policy:Policy": {
        "predictiveScalingPolicyConfiguration",
        "stepScalingPolicyConfiguration",
        "targetTrackingScalingPolicyConfiguration.customizedMetricSpecification",
    },
}

NAMED_BY_THE_ENGINE = {
    "aws:dynamodb/table:Table": {"name"},
    "aws:appautoscaling/policy:Policy": {"name"},
    "aws:appautoscaling/scheduledAction:ScheduledAction": {"name"},
    "aws:cloudwatch/metricAlarm:MetricAlarm": {"name"},
}
"""Required by the provider, optional in Python: the engine makes a name up."""

LEAVES: dict[object, Property] = {str: TEXT, int: INTEGER, float: NUMBER, bool: FLAG}


def _bare(hint: Any) -> Any:
    """The one type in an Input[…] hint that is neither an Output nor an Awaitable."""
    if typing.get_origin(hint) is typing.Union:
        return next(iter(typing.get_args(hint)))
    return hint


def _shape(hint: Any) -> Property:
    hint = _bare(hint)
    if hint in LEAVES:
        return LEAVES[hint]
    arguments = [_bare(argument) for argument in typing.get_args(hint)]
    if arguments == [str]:
        return TEXTS
    if arguments == [str, str]:
        return TEXT_MAP
    if len(arguments) == 1:
        return Blocks(_tree(arguments[0]))
    return _tree(hint)


def _tree(arguments: type) -> Block:
    types = _types.input_type_types(arguments)
    return Block({name: _shape(hint) for name, hint in types.items()})


def _required(arguments: type) -> set[str]:
    """The names without which the class cannot be called."""
    names = _types.input_type_py_to_pulumi_names(arguments)
    parameters = inspect.signature(arguments).parameters.values()
    return {names[p.name] for p in parameters if p.default is inspect.Parameter.empty}


def _differences(ours: Property, theirs: Property, path: str = "") -> dict[str, str]:
    """Where ours is not theirs; what only they have is `path: missing`."""
    match ours, theirs:
        case Block(), Block():
            found = {}
            for name in sorted(ours.properties.keys() | theirs.properties.keys()):
                inner = f"{path}.{name}".lstrip(".")
                if name not in theirs.properties:
                    found[inner] = "unknown to the provider"
                elif name not in ours.properties:
                    found[inner] = "missing"
                else:
                    mine, other = ours.properties[name], theirs.properties[name]
                    found.update(_differences(mine, other, inner))
            return found
        case Blocks(), Blocks():
            return _differences(ours.item, theirs.item, path)
        case _:
            return {} if ours == theirs else {path: f"{ours} is {theirs} to the provider"}


@pytest.mark.parametrize("token", sorted(KINDS))
def test_every_input_has_the_name_and_type_of_the_providers(token: str) -> None:
    differences = _differences(KINDS[token].inputs, _tree(ARGS[token]))
    assert differences == dict.fromkeys(sorted(NOT_EMULATED[token]), "missing")


@pytest.mark.parametrize("token", sorted(KINDS))
def test_the_required_inputs_are_those_of_the_providers_class(token: str) -> None:
    extra = NAMED_BY_THE_ENGINE.get(token, set())
    assert KINDS[token].inputs.required == _required(ARGS[token]) | extra


@pytest.mark.parametrize("token", sorted(KINDS))
def test_a_replacing_input_is_an_input_of_the_resource(token: str) -> None:
    assert KINDS[token].replaced_by <= KINDS[token].inputs.properties.keys()


def test_every_configuration_value_exists_in_the_provider() -> None:
    differences = _differences(CONFIGURATION, _tree(pulumi_aws.ProviderArgs))
    assert differences == dict.fromkeys(sorted(IGNORED), "missing")


def test_the_comparison_detects_a_misspelled_name_and_a_wrong_type() -> None:
    theirs = _tree(pulumi_aws.dynamodb.TableTtlArgs)
    assert _differences(block(enabled=TEXT, atributeName=TEXT), theirs) == {
        "atributeName": "unknown to the provider",
        "attributeName": "missing",
        "enabled": "Leaf.TEXT is Leaf.FLAG to the provider",
    }


SHAPE = block(
    "name",
    name=TEXT,
    size=INTEGER,
    share=NUMBER,
    on=FLAG,
    words=TEXTS,
    tags=TEXT_MAP,
    items=Blocks(block("name", name=TEXT, size=INTEGER)),
    timeouts=block(create=TEXT),
    ttl=block(enabled=FLAG, attributeName=TEXT),
)


def test_integral_floats_become_integers_and_nulls_are_dropped() -> None:
    checked = check(
        SHAPE,
        {
            "name": "a",
            "size": 5.0,
            "share": 7.5,
            "on": None,
            "items": [{"name": "x", "size": 1.0}],
        },
        "here",
    )
    assert repr(checked) == repr(
        {"name": "a", "size": 5, "share": 7.5, "items": [{"name": "x", "size": 1}]}
    )


def test_an_unknown_property_is_an_error_with_its_path_at_any_depth() -> None:
    with pytest.raises(UnknownProperty, match=r"^here\.items\[1\]\.sise: not emulated"):
        check(SHAPE, {"name": "a", "items": [{"name": "x"}, {"name": "y", "sise": 1}]}, "here")


def test_an_unknown_property_is_an_error_even_if_it_is_null() -> None:
    with pytest.raises(UnknownProperty):
        check(SHAPE, {"name": "a", "sise": None}, "here")


def test_a_missing_property_is_an_error_with_its_path() -> None:
    with pytest.raises(MissingProperty, match=r"^here\.items\[0\]\.name: required$"):
        check(SHAPE, {"name": "a", "items": [{"size": 1}]}, "here")


@pytest.mark.parametrize(
    ("property_", "value"),
    [
        ("name", 5),
        ("name", ["a"]),
        ("size", 5.5),
        ("size", "5"),
        ("size", True),
        ("share", True),
        ("on", "true"),
        ("on", 1),
        ("words", "a"),
        ("words", [1]),
        ("tags", ["a"]),
        ("tags", {"a": 1}),
        ("items", {"name": "x"}),
        ("items", ["x"]),
        ("ttl", True),
    ],
)
def test_a_value_of_another_type_is_an_error(property_: str, value: object) -> None:
    with pytest.raises(MistypedProperty, match=rf"^here\.{property_}"):
        check(SHAPE, {"name": "a", property_: value}, "here")


def test_inputs_now_returns_the_inputs_that_the_current_state_needs() -> None:
    before = {"name": "a", "size": 5, "items": [{"name": "x", "size": 1}, {"name": "y"}]}
    after = {"name": "a", "size": 9, "items": [{"name": "y", "size": 7}, {"name": "x", "size": 2}]}
    assert inputs_now(SHAPE, before, after) == {
        "name": "a",
        "size": 9,
        "items": [{"name": "x", "size": 2}, {"name": "y"}],
    }


def test_inputs_now_shows_what_was_added_and_removed_outside_pulumi() -> None:
    before = {"name": "a", "tags": {"k": "v"}, "items": [{"name": "x"}]}
    after = {"name": "a", "tags": {"k": "v", "by": "hand"}, "items": [{"name": "z", "size": 3}]}
    assert inputs_now(SHAPE, before, after) == {
        "name": "a",
        "tags": {"k": "v", "by": "hand"},
        "items": [{"name": "z", "size": 3}],
    }


def test_inputs_now_keeps_what_aws_does_not_report() -> None:
    before = {
        "name": "a",
        "timeouts": {"create": "6h"},
        "ttl": {"enabled": False},
        "words": ["b", "a"],
    }
    assert inputs_now(SHAPE, before, {"name": "a", "words": ["a", "b"]}) == before


def test_inputs_now_drops_what_was_on_and_is_gone() -> None:
    before = {"name": "a", "ttl": {"enabled": True, "attributeName": "t"}}
    assert inputs_now(SHAPE, before, {"name": "a"}) == {"name": "a"}
