"""The change guard: refuses, at preview and at up, an update that would lose a table's data.

The guard is a component that holds the plan's decisions as its own inputs. The engine diffs them,
and a hook before its update judges old against new and refuses by raising. The provider and the
table take their values through the guard's URN, so neither is registered before the verdict: a
plain `depends_on` was seen to be too weak for that. The table is not the guard's child, because a
parent is part of the URN and would change it for every stack there is.

`pulumi destroy` is not its business. `--target` on the table goes round it; deletion protection is
what stands then.
"""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import uuid4

import pulumi
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2

from planton.annotations import ALLOW_REPLACEMENT
from planton.changes import UNUSED_CONSENT, compare
from planton.decisions import Decisions, plain
from planton.resources.as_made import unordered
from planton.resources.aws import has_engine

TYPE = "planton:dynamodb:TableGuard"
LOGICAL_NAME = "table-guard"
"""Without the table's name: a changed metadata.name must meet the old guard, not make a new one."""

MINIMUM_CLI = "3.182.0"
"""The first Pulumi CLI that runs resource hooks (its changelog of 2025-07-14)."""

_NAME = "tableName"
_MADE = {
    _NAME: "madeTableName",
    "keySchema": "madeKeySchema",
    "localSecondaryIndexes": "madeLocalSecondaryIndexes",
}
"""Decisions that the program leaves alone once there is a table, and what they are in AWS."""

_UNFINISHED = (
    "The last update did not come to its end, so the table may be another than that update's "
    "manifest says. `pulumi up --refresh` with that manifest brings it to its end, and afterwards "
    "this one is held against what AWS has. If `pulumi stack` lists no table, there is nothing to "
    "lose: `pulumi destroy`, and then `pulumi up`. If the table is what this manifest says, "
    "consent costs nothing: the preview then shows no replacement."
)

T = TypeVar("T")


class Guard(pulumi.ComponentResource):
    """Lets values through when the update has been judged."""

    def __init__(self, logical_name: str, made: Decisions) -> None:
        # A consent is judged in every run, also where nothing of the manifest has changed: by then
        # the table may be another.
        asked = {"consentAsked": str(uuid4())} if made["allowReplacement"] else {}
        super().__init__(
            TYPE,
            logical_name,
            {**made, **asked},
            pulumi.ResourceOptions(hooks=_hooks(logical_name)),
        )

    def complete(self, made: dict[str, pulumi.Output[Any]]) -> None:
        """Records name, key and local indexes that the table really has, and that there is one.

        The engine forgets that as soon as it begins the next update, so it is there only where the
        last one came to its end. Which is why it is no record to judge by: the inputs are.
        """
        self.register_outputs({_MADE[field]: value for field, value in made.items()})

    def gate(self, value: T) -> pulumi.Output[T]:
        """The value, once the guard is registered; never, where it refused."""
        return self.urn.apply(lambda _: value)


def _hooks(logical_name: str) -> pulumi.ResourceHookBinding | None:
    if not has_engine():
        return None  # and nothing there to lose
    if not settings.monitor_supports_feature(resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS):
        raise pulumi.RunError(
            "this Pulumi CLI cannot run the change guard, which keeps an update from deleting the "
            f"table's data: update it to {MINIMUM_CLI} or newer (https://www.pulumi.com/docs/install)"
        )
    options = pulumi.ResourceHookOptions(on_dry_run=True)
    return pulumi.ResourceHookBinding(
        before_create=[pulumi.ResourceHook(f"{logical_name}-first", judge_first, options)],
        before_update=[pulumi.ResourceHook(logical_name, judge, options)],
    )


def judge_first(arguments: pulumi.ResourceHookArgs) -> None:
    """Raises where the first update comes with a consent: nothing says yet what it would replace.

    A table that is taken over, or that an older program made, may be another than the manifest's.
    """
    new = plain(dict(arguments.new_inputs or {}))
    if consents := new.get("allowReplacement"):
        raise RefusedUpdate(
            f"table '{new['tableName']}': this update is refused, nothing was touched\n\n"
            f"metadata.annotations[{ALLOW_REPLACEMENT}]: {', '.join(consents)}\n"
            "  refused: the first update has nothing on record that could be replaced\n"
            "  how to go on: remove the annotation for this update"
        )


def judge(arguments: pulumi.ResourceHookArgs) -> None:
    """Raises where the update must not go on; what will hurt is logged as a warning."""
    old, new = dict(arguments.old_inputs or {}), dict(arguments.new_inputs or {})
    outputs = dict(arguments.old_outputs or {})
    finished = _MADE[_NAME] in outputs
    for field, output in _MADE.items():
        there, is_ = plain(outputs.get(output)), plain(new.get(field) or [])
        if output in outputs and there == (is_ if field == _NAME else unordered(is_)):
            # A table that another program named, or a restored one: the manifest now says what AWS
            # has.
            old[field] = is_
    changes = compare(old, new)
    if not finished:
        # What the last update failed with may still be needed.
        tried = [(UNUSED_CONSENT, consent) for consent in old.get("allowReplacement", [])]
        changes = [change for change in changes if (change.code, change.new) not in tried]
    for change in changes:
        if change.kind.warns:
            pulumi.log.warn(change.text())
    refused = [change.text() for change in changes if change.refused]
    if refused:
        head = f"table '{old.get('tableName')}': this update is refused, nothing was touched"
        hint = [] if finished else [_UNFINISHED]
        raise RefusedUpdate("\n\n".join([head, *refused, *hint]))


class RefusedUpdate(Exception):
    """Its text is what the engine shows."""
