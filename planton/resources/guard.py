"""The change guard: refuses, at preview and at up, an update that would lose a table's data.

The guard is a component whose inputs are the plan's decisions: the record of the last update. The
engine compares them with the new ones, and a hook before the update refuses it by raising an
exception. The provider and the table get their values through the guard's URN, so neither is
registered before the verdict; `depends_on` alone did not ensure that. The table is not a child of
the guard, because a parent is part of the URN, which would change for every existing stack.

The record lives exactly as long as the table. It is protected when the table is, and the provider
depends on it, so that a destroy deletes the guard last. Either alone can lose the record.

The guard does not judge `pulumi destroy`. With `--target` or `--exclude` the engine may leave the
guard out. Then whatever the state shows to be dangerous is refused, and so is the annotation
allow-replacement.
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

from planton.changes.compare import UNUSED_CONSENT, Change, compare
from planton.changes.snapshot import Decisions, plain, unordered
from planton.changes.stack_state import (
    GUARD_TYPE,
    MADE_TABLE_NAME,
    StackState,
    import_command,
    refusal_head,
    removal_command,
    state_changes,
)
from planton.dialects.annotations import ALLOW_REPLACEMENT
from planton.resources.aws import has_engine
from planton.resources.host import UserError

TYPE = GUARD_TYPE
LOGICAL_NAME = "table-guard"
"""Without the table's name: a changed metadata.name must meet the old guard, not make a new one."""

MINIMUM_CLI = "3.182.0"
"""The first Pulumi CLI that runs resource hooks (its changelog of 2025-07-14)."""

_NAME = "tableName"
_MADE = {
    _NAME: MADE_TABLE_NAME,
    "keySchema": "madeKeySchema",
    "localSecondaryIndexes": "madeLocalSecondaryIndexes",
}
"""Decisions that the program does not change once the table exists, and the outputs that hold what
they are in AWS."""

_UNFINISHED = (
    "The last update failed, so the table may differ from that update's manifest. Run "
    "`pulumi up --refresh` with that manifest to finish it; this one is then compared with what "
    "AWS has. If the table already is what this manifest describes, allow the change: the preview "
    "then shows no replacement."
)

_NO_TABLE = (
    "The stack's state has a record of the table, but not the table itself. If the table no longer "
    "exists in AWS, remove the record from the state and run `pulumi up`:\n"
    "  {removed}\n"
    "If it still exists, first bring it back into the state:\n"
    "  {brought_back}"
)

_UNKNOWN = "not asked for"

_REPLACED_IN_PLACE = {"keySchema", "localSecondaryIndexes"}
"""What replaces a table under its own name, so that it is deleted before it is created again."""

_LEFT_OUT = (
    "{head}\n\n"
    "{reasons}\n"
    "  refused: the change guard must check this, and `--target` or `--exclude` leaves it out\n"
    "  fix: run `pulumi up` without them"
)

T = TypeVar("T")


class Guard(pulumi.ComponentResource):
    """Passes values on when the update has been allowed.

    `state` is the stack's own state before the update, `changes` what `state_changes` found in it.
    """

    def __init__(
        self,
        logical_name: str,
        made: Decisions,
        *,
        is_protected: bool = False,
        state: StackState | None = None,
        changes: Sequence[Change] = (),
        siblings: Sequence[str] = (),
    ) -> None:
        # Judged in every update, also where the manifest has not changed: an allowed replacement,
        # because the table may have changed; what only the state shows; a table that the state has
        # lost and that has another name in AWS; everything while the state cannot be read.
        state = state or StackState()
        has_record = state.has_record(logical_name)
        made_name = state.recorded_name(logical_name)
        is_lost = state.table(made["metadataName"]) is None and made_name not in ("", made[_NAME])
        asked = bool(made["allowReplacement"] or changes or is_lost or state.unreadable)
        hooks = self._hooks(logical_name, state, siblings)
        self._made = made
        self._changes = changes
        # Where there is no record, the provider must not depend on a guard that is left out.
        self._verdict_is_due = hooks is not None and (asked or not has_record)
        super().__init__(
            TYPE,
            logical_name,
            {**made, **({"consentAsked": str(uuid4())} if asked else {})},
            pulumi.ResourceOptions(hooks=hooks, protect=is_protected or None),
        )

    def complete(self, made: dict[str, pulumi.Output[Any]]) -> None:
        """Records the name, key and local indexes that the table has in AWS.

        The engine drops these outputs as soon as the next update begins, so they exist only if the
        last update finished. That is why the inputs are the record, and not the outputs.
        """
        self.register_outputs({_MADE[field]: value for field, value in made.items()})

    def gate(self, value: T) -> pulumi.Output[T]:
        """The value, once the guard is registered; it never resolves if the guard refused.

        Raises UserError if the guard had to judge the update and the engine left it out.
        """

        def passed(_: str) -> T:
            if self._verdict_is_due:
                raise UserError(self._left_out())
            return value

        return self.urn.apply(passed)

    def dependency(self) -> pulumi.Output[list[pulumi.Resource]]:
        """A dependency on the guard, which makes the engine delete it last.

        It names the guard's URN, because a dependency on a component stands for its children, and
        the guard has none.
        """
        return self.urn.apply(lambda urn: [DependencyResource(urn)])

    def _hooks(
        self, logical_name: str, state: StackState, siblings: Sequence[str]
    ) -> pulumi.ResourceHookBinding | None:
        if not has_engine():
            return None  # and there is no data to lose
        feature = resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS
        if not settings.monitor_supports_feature(feature):
            raise pulumi.RunError(
                "this Pulumi CLI cannot run the change guard, which keeps an update from deleting "
                f"the table's data: update it to {MINIMUM_CLI} or newer "
                "(https://www.pulumi.com/docs/install)"
            )
        options = pulumi.ResourceHookOptions(on_dry_run=True)
        first = partial(judge_first, state=state)
        again = partial(judge, state=state, siblings=siblings)

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
        if allowed := self._made["allowReplacement"]:
            reasons.append(f"metadata.annotations[{ALLOW_REPLACEMENT}]: {', '.join(allowed)}")
        if not reasons:
            reasons.append("the stack has no usable record of the table")
        return _LEFT_OUT.format(head=refusal_head(self._made[_NAME]), reasons="\n".join(reasons))


def judge_first(arguments: pulumi.ResourceHookArgs, *, state: StackState | None = None) -> None:
    """Raises RefusedUpdate if the first update that the guard sees must not go on.

    It may not allow a replacement: a table that is taken over may differ from the manifest, and
    no record says how. And the stack's state must be readable.
    """
    new = plain(dict(arguments.new_inputs or {}))
    head = f"{refusal_head(new['tableName'])}\n\n"
    if allowed := new.get("allowReplacement"):
        raise RefusedUpdate(
            f"{head}metadata.annotations[{ALLOW_REPLACEMENT}]: {', '.join(allowed)}\n"
            "  refused: no earlier update is on record that this one could be compared with\n"
            "  fix: remove the annotation for this update"
        )
    if state and state.unreadable:
        raise RefusedUpdate(
            f"{head}The stack's state cannot be read, so the program cannot tell whether this "
            f"first update would delete a table:\n  {state.unreadable}\n"
            "  fix: run `pulumi up` again; if it fails again, check `pulumi stack export`"
        )


def judge(
    arguments: pulumi.ResourceHookArgs,
    *,
    state: StackState | None = None,
    siblings: Sequence[str] = (),
) -> None:
    """Raises RefusedUpdate if the update must not go on; logs a warning about other risks.

    `state` is the stack's own state before the update, `siblings` are the logical names of the
    program's other tables.
    """
    old, new = dict(arguments.old_inputs or {}), dict(arguments.new_inputs or {})
    outputs = dict(arguments.old_outputs or {})
    finished = _MADE[_NAME] in outputs
    for field, output in _MADE.items():
        there, is_ = plain(outputs.get(output)), plain(new.get(field) or [])
        if output in outputs and there == (is_ if field == _NAME else unordered(is_)):
            # Of a table that was taken over or restored, the manifest now says what AWS has.
            old[field] = is_
    recorded, name = str(old.get("metadataName")), str(outputs.get(_MADE[_NAME]) or old.get(_NAME))
    region = str(old.get("region"))
    state = state or StackState(unreadable=_UNKNOWN)
    is_lost = not state.unreadable and not any(
        state.table(one) for one in (recorded, str(new.get("metadataName")))
    )
    is_retry = not finished and _decided(old) == _decided(new)
    if is_lost and not is_retry:
        # There is nothing to replace: a replacement would leave the table behind in AWS.
        new["allowReplacement"] = []
    changes = compare(old, new)
    changes += [
        change
        for change in state_changes(state, new, siblings=siblings, recorded=recorded)
        if change.code not in {known.code for known in changes}
    ]
    if is_lost and finished and name != new[_NAME] and old[_NAME] == new[_NAME]:
        changes.append(Change("table-name", "the table's name", name, new[_NAME]))
    tried = {*old.get("allowReplacement", [])}
    if not finished:
        # What the failed update allowed may still be needed.
        changes = [c for c in changes if not (c.code == UNUSED_CONSENT and c.new in tried)]
    if not finished and not is_retry and tried & _REPLACED_IN_PLACE:
        again = import_command(StackState(), recorded, name, region)
        changes.append(_unfinished_replacement(arguments.urn, again, tried))
    _warn(changes, state, tried - {*new.get("allowReplacement", [])} - _REPLACED_IN_PLACE)
    refused = [change.text() for change in changes if change.refused]
    if refused:
        if is_lost:
            refused.append(
                _NO_TABLE.format(
                    removed=removal_command(arguments.urn),
                    brought_back=import_command(state, recorded, name, region),
                )
            )
        elif not finished and not tried & _REPLACED_IN_PLACE:
            refused.append(_UNFINISHED)
        raise RefusedUpdate("\n\n".join([refusal_head(name), *refused]))


def _decided(inputs: Decisions) -> Decisions:
    """What two updates with the same manifest have in common."""
    return {key: value for key, value in plain(inputs).items() if key != "consentAsked"}


def _unfinished_replacement(urn: str, import_again: str, tried: set[str]) -> Change:
    """The engine ends such a replacement by creating the table and then deleting that same table,
    unless the update is the one that failed."""
    place = f"metadata.annotations[{ALLOW_REPLACEMENT}]"
    return Change(
        "unfinished-replacement",
        place,
        ", ".join(sorted(tried)),
        "another manifest",
        command=f"{removal_command(urn)}\n    {import_again}",
    )


def _warn(changes: Sequence[Change], state: StackState, no_longer_allowed: set[str]) -> None:
    for change in changes:
        if change.kind.warns:
            pulumi.log.warn(change.text())
    if no_longer_allowed:
        pulumi.log.warn(
            f"the last update allowed a replacement ({', '.join(sorted(no_longer_allowed))}). If "
            "the deletion of the old table failed then, this update deletes it"
        )
    if state.unreadable not in ("", _UNKNOWN):
        pulumi.log.warn(
            "the stack's state cannot be read, so this update is compared with the record of the "
            f"last one only: {state.unreadable}"
        )


class RefusedUpdate(Exception):
    """The engine shows its text."""
