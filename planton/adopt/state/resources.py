"""Resources of the AWS provider in a state.

Pulumi's AWS provider is a bridge to Terraform's, so both states have the same properties, which are
read under Pulumi's names. Terraform spells them in snake_case, with a list around a single block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from planton.adopt.found import LeftOut
from planton.adopt.values import Block, Value
from planton.changes.stack_state import INDEX_TYPE as INDEX_TYPE
from planton.changes.stack_state import REPLICA_TYPE as REPLICA_TYPE
from planton.changes.stack_state import TABLE_TYPE as TABLE_TYPE

INSIGHTS_TYPE = "aws:dynamodb/contributorInsights:ContributorInsights"
KINESIS_TYPE = "aws:dynamodb/kinesisStreamingDestination:KinesisStreamingDestination"
POLICY_TYPE = "aws:dynamodb/resourcePolicy:ResourcePolicy"
TAG_TYPE = "aws:dynamodb/tag:Tag"
TARGET_TYPE = "aws:appautoscaling/target:Target"
SCALING_POLICY_TYPE = "aws:appautoscaling/policy:Policy"
ACTION_TYPE = "aws:appautoscaling/scheduledAction:ScheduledAction"
READ_TYPES = frozenset(
    {
        TABLE_TYPE,
        INDEX_TYPE,
        REPLICA_TYPE,
        INSIGHTS_TYPE,
        KINESIS_TYPE,
        POLICY_TYPE,
        TAG_TYPE,
        TARGET_TYPE,
        SCALING_POLICY_TYPE,
        ACTION_TYPE,
    }
)
"""The types that describe a table and what is around it."""


@dataclass(frozen=True)
class ProviderResource:
    """A resource of a type in READ_TYPES. `place` names it in messages.

    `computed_is_unclear` says that the state does not tell what was set from what AWS chose: the
    key `aws/dynamodb`, and warm throughput. `spelling` gives the state's name of a property.
    """

    type: str
    place: str
    properties: Value
    computed_is_unclear: bool
    spelling: Callable[[str], str] = str

    def block(self, left_out: list[LeftOut]) -> Block:
        """The properties, unread."""
        return Block(self.properties, self.place, left_out, self.spelling)


def located(block: Block) -> str | None:
    """The region of a resource: states of older providers have it only in the ARN."""
    parts = (block.text("arn") or "").split(":")
    return block.text("region") or (parts[3] if len(parts) > 5 and parts[3] else None)


def value_of(data: Any) -> Value:
    """JSON data as values. They have no lines: states are written by programs."""
    match data:
        case dict():
            return Value({key: value_of(item) for key, item in data.items()})
        case list():
            return Value([value_of(item) for item in data])
        case _:
            return Value(data)


def mappings(data: Any) -> Iterator[dict[str, Any]]:
    """The mappings in a list."""
    if isinstance(data, list):
        yield from (item for item in data if isinstance(item, dict))
