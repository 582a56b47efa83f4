"""The change guard: refuses, at preview and at up, an update that would lose a table's data.

The guard is a component that holds the plan's decisions as its own inputs. The engine diffs them,
and a hook before its update judges old against new and refuses by raising. The provider and the
table take their values through the guard's URN, so neither is registered before the verdict: a
plain `depends_on` was seen to be too weak for that. The table is not the guard's child, because a
parent is part of the URN and would change it for every stack there is.

The record lives exactly as long as the table. It is protected when the table is, and the provider
depends on it, so that a destroy deletes the guard last: each alone was seen to lose it.

`pulumi destroy` is not its business. With `--target` the engine may leave the guard out; then what
the state itself shows to be dangerous is refused all the same, and so is a consent.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

import pulumi
from pulumi.resource import DependencyResource
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2

from planton.annotations import ALLOW_REPLACEMENT
from planton.changes import UNUSED_CONSENT, Change, compare
from planton.decisions import Decisions, plain, unordered
from planton.resources.aws import has_engine
from planton.stack_state import GUARD_TYPE, StackState

TYPE = GUARD_TYPE
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
    "this one is held against what AWS has. If the table is what this manifest says, consent costs "
    "nothing: the preview then shows no replacement."
)

_NO_TABLE = (
    "The stack's state has a record of the table, but not the table itself. If AWS has it no "
    "longer, there is nothing to lose. Take the record out of the state and run `pulumi up`:\n"
    "  pulumi state delete --force --target-dependents '{urn}'\n"
    "If AWS still has it, give it back to the state first: see 'A table that the state does not "
    "know' in docs/operations.md."
)

_LEFT_OUT = (
    "table '{name}': this update is refused, nothing was touched\n\n"
    "{reasons}\n"
    "  refused: the change guard has to judge this, and `--target` or `--exclude` leaves it out\n"
    "  how to go on: run `pulumi up` without them"
)

T = TypeVar("T")


class Guard(pulumi.ComponentResource):
    """Lets values through when the update has been judged.

    `state` is the stack's own before the update, `changes` what `state_changes` found in it.
    """

    def __init__(
        self,
        logical_name: str,
        made: Decisions,
        *,
        is_protected: bool = False,
        state: StackState | None = None,
        changes: Sequence[Change] = (),
    ) -> None:
        # A consent is judged in every run, also where nothing of the manifest has changed: by then
        # the table may be another. So is what only the state shows.
        asked = bool(made["allowReplacement"] or changes)
        hooks = self._hooks(logical_name, state or StackState(), changes)
        self._made = made
        self._changes = changes
        self._verdict_is_due = asked and hooks is not None
        super().__init__(
            TYPE,
            logical_name,
            {**made, **({"consentAsked": str(uuid4())} if asked else {})},
            pulumi.ResourceOptions(hooks=hooks, protect=is_protected or None),
        )

    def complete(self, made: dict[str, pulumi.Output[Any]]) -> None:
        """Records name, key and local indexes that the table really has, and that there is one.

        The engine forgets that as soon as it begins the next update, so it is there only where the
        last one came to its end. Which is why it is no record to judge by: the inputs are.
        """
        self.register_outputs({_MADE[field]: value for field, value in made.items()})

    def gate(self, value: T) -> pulumi.Output[T]:
        """The value, once the guard is registered; never, where it refused.

        Raises pulumi.RunError where a verdict is due and the engine asked for none.
        """

        def passed(_: str) -> T:
            if self._verdict_is_due:
                raise pulumi.RunError(self._left_out())
            return value

        return self.urn.apply(passed)

    def dependency(self) -> pulumi.Output[list[pulumi.Resource]]:
        """What depends on this is deleted before the guard is.

        The guard itself will not do: a dependency on a component means its children, and it has
        none.
        """
        return self.urn.apply(lambda urn: [DependencyResource(urn)])

    def _hooks(
        self, logical_name: str, state: StackState, changes: Sequence[Change]
    ) -> pulumi.ResourceHookBinding | None:
        if not has_engine():
            return None  # and nothing there to lose
        feature = resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS
        if not settings.monitor_supports_feature(feature):
            raise pulumi.RunError(
                "this Pulumi CLI cannot run the change guard, which keeps an update from deleting "
                f"the table's data: update it to {MINIMUM_CLI} or newer "
                "(https://www.pulumi.com/docs/install)"
            )
        options = pulumi.ResourceHookOptions(on_dry_run=True)
        first = partial(judge_first, state=state)
        again = partial(judge, state=state, state_changes=changes)

        def hook(name: str, check: Any) -> pulumi.ResourceHook:
            def judged(arguments: pulumi.ResourceHookArgs) -> None:
                check(arguments)
                self._verdict_is_due = False

            return pulumi.ResourceHook(name, judged, options)

        return pulumi.ResourceHookBinding(
            before_create=[hook(f"{logical_name}-first", first)],
            before_update=[hook(logical_name, again)],
        )

    def _left_out(self) -> str:
        reasons = [f"{change.place}: {change.old} → {change.new}" for change in self._changes]
        if consents := self._made["allowReplacement"]:
            reasons.append(f"metadata.annotations[{ALLOW_REPLACEMENT}]: {', '.join(consents)}")
        return _LEFT_OUT.format(name=self._made[_NAME], reasons="\n".join(reasons))


def judge_first(arguments: pulumi.ResourceHookArgs, *, state: StackState | None = None) -> None:
    """Raises where the first update must not go on, because nothing says what it would replace.

    That is so where it comes with a consent: a table that is taken over, or that an older program
    made, may be another than the manifest's. And where the stack's state could not be read.
    """
    new = plain(dict(arguments.new_inputs or {}))
    head = f"table '{new['tableName']}': this update is refused, nothing was touched\n\n"
    if consents := new.get("allowReplacement"):
        raise RefusedUpdate(
            f"{head}metadata.annotations[{ALLOW_REPLACEMENT}]: {', '.join(consents)}\n"
            "  refused: the first update has nothing on record that could be replaced\n"
            "  how to go on: remove the annotation for this update"
        )
    if state and state.unreadable:
        raise RefusedUpdate(
            f"{head}The stack's state could not be read, so nothing says whether this first update "
            f"would delete a table:\n  {state.unreadable}\n"
            "  how to go on: see that `pulumi stack export` works, then `pulumi up` again"
        )


def judge(
    arguments: pulumi.ResourceHookArgs,
    *,
    state: StackState | None = None,
    state_changes: Sequence[Change] = (),
) -> None:
    """Raises where the update must not go on; what will hurt is logged as a warning.

    `state` is the stack's own before the update, `state_changes` what it shows besides the record.
    """
    old, new = dict(arguments.old_inputs or {}), dict(arguments.new_inputs or {})
    outputs = dict(arguments.old_outputs or {})
    finished = _MADE[_NAME] in outputs
    for field, output in _MADE.items():
        there, is_ = plain(outputs.get(output)), plain(new.get(field) or [])
        if output in outputs and there == (is_ if field == _NAME else unordered(is_)):
            # A table that another program named, or a restored one: the manifest now says what AWS
            # has.
            old[field] = is_
    has_no_table = state is not None and not state.unreadable and not state.tables
    if has_no_table and finished:
        # Nothing can be replaced: with a consent the table would be forgotten where it is.
        new["allowReplacement"] = []
    changes = compare(old, new)
    said = {change.code for change in changes}
    changes += [change for change in state_changes if change.code not in said]
    if not finished:
        # What the last update failed with may still be needed.
        tried = old.get("allowReplacement", [])
        changes = [c for c in changes if not (c.code == UNUSED_CONSENT and c.new in tried)]
    for change in changes:
        if change.kind.warns:
            pulumi.log.warn(change.text())
    refused = [change.text() for change in changes if change.refused]
    if refused:
        head = f"table '{old.get('tableName')}': this update is refused, nothing was touched"
        if has_no_table:
            refused.append(_NO_TABLE.format(urn=arguments.urn))
        elif not finished:
            refused.append(_UNFINISHED)
        raise RefusedUpdate("\n\n".join([head, *refused]))


class RefusedUpdate(Exception):
    """Its text is what the engine shows."""
