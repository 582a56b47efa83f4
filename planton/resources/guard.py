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
from typing import Any, TypeVar
from uuid import uuid4

import pulumi
from pulumi.resource import DependencyResource
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2

from planton.changes.change import Change, refusal_head
from planton.changes.judgement import Update, Verdict, judge_first
from planton.changes.record import record
from planton.changes.replacement import ANNOTATION
from planton.changes.snapshot import Snapshot
from planton.changes.stack_state import GUARD_NAME, GUARD_TYPE, StackState
from planton.resources.engine import has_engine
from planton.resources.host import UserError

TYPE = GUARD_TYPE
LOGICAL_NAME = GUARD_NAME

MINIMUM_CLI = "3.182.0"
"""The first Pulumi CLI that runs resource hooks (its changelog of 2025-07-14)."""

_LEFT_OUT = (
    "{head}\n\n"
    "{reasons}\n"
    "  refused: the change guard must check this, and `--target` or `--exclude` leaves it out\n"
    "  fix: run `pulumi up` without them"
)

T = TypeVar("T")


class GuardHooks:
    """The hooks of all guards of a stack. `binding` is None if no engine runs the program.

    Guards share them, because each registration of a hook takes the engine and the program a few
    milliseconds.
    """

    def __init__(self) -> None:
        self._guards: dict[str, Guard] = {}
        self.binding = self._register() if has_engine() else None  # else there is no data to lose

    def add(self, logical_name: str, one: Guard) -> None:
        """Lets the guard judge the updates of the resource with this name."""
        self._guards[logical_name] = one

    def _register(self) -> pulumi.ResourceHookBinding:
        feature = resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS
        if not settings.monitor_supports_feature(feature):
            raise pulumi.RunError(
                "this Pulumi CLI cannot run the change guard, which keeps an update from deleting "
                f"the table's data: update it to {MINIMUM_CLI} or newer "
                "(https://www.pulumi.com/docs/install)"
            )
        options = pulumi.ResourceHookOptions(on_dry_run=True)
        first = pulumi.ResourceHook(
            f"{LOGICAL_NAME}-first", lambda one: self._guards[one.name].judge_first(one), options
        )
        again = pulumi.ResourceHook(
            LOGICAL_NAME, lambda one: self._guards[one.name].judge(one), options
        )
        return pulumi.ResourceHookBinding(before_create=[first], before_update=[again])


class Guard(pulumi.ComponentResource):
    """Passes values on when the update has been allowed.

    `state` is the stack's own state before the update, and `changes` what `state_changes` found in
    it. `is_import` says whether the table is imported, and `among_others` whether the stack has
    other tables.
    """

    def __init__(
        self,
        logical_name: str,
        snapshot: Snapshot,
        hooks: GuardHooks,
        *,
        is_protected: bool = False,
        state: StackState | None = None,
        changes: Sequence[Change] = (),
        is_import: bool = False,
        among_others: bool = False,
    ) -> None:
        # Judged in every update, also where the manifest has not changed: an allowed replacement,
        # because the table may have changed; what only the state shows; a table that the state has
        # lost and that has another name in AWS; everything while the state cannot be read.
        state = state or StackState()
        plan = snapshot.plan
        has_record = state.has_record(logical_name)
        recorded_name = state.recorded_name(logical_name)
        has_other_name = recorded_name not in ("", plan.table_name)
        is_lost = has_other_name and state.table(plan.logical_name) is None
        asked = bool(plan.allow_replacement or changes or is_lost or state.unreadable)
        self._plan = plan
        self._state = state
        self._changes = changes
        self._is_import = is_import
        self._among_others = among_others
        # Where there is no record, the provider must not depend on a guard that is left out.
        self._verdict_is_due = hooks.binding is not None and (asked or not has_record)
        # Only an update that judges the table can be the one that tells the engine to keep it.
        self._is_retained = hooks.binding is None or state.is_retained(plan.logical_name)
        asked |= plan.is_retained and has_record and not self._is_retained
        hooks.add(logical_name, self)
        super().__init__(
            TYPE,
            logical_name,
            {**record(snapshot), **({"consentAsked": str(uuid4())} if asked else {})},
            pulumi.ResourceOptions(hooks=hooks.binding, protect=is_protected or None),
        )

    def judge_first(self, arguments: pulumi.ResourceHookArgs) -> None:
        """Raises RefusedUpdate if the first update that the guard sees must not go on."""
        self._pronounce(judge_first(arguments.new_inputs or {}, self._state))

    def judge(self, arguments: pulumi.ResourceHookArgs) -> None:
        """Raises RefusedUpdate if a later update must not go on."""
        update = Update(
            urn=arguments.urn,
            old_record=arguments.old_inputs or {},
            outputs=arguments.old_outputs or {},
            new_record=arguments.new_inputs or {},
            state=self._state,
            is_import=self._is_import,
            among_others=self._among_others,
        )
        self._pronounce(update.verdict())

    def _pronounce(self, verdict: Verdict) -> None:
        for text in verdict.warnings:
            pulumi.log.warn(text)
        if verdict.refusal:
            raise RefusedUpdate(verdict.refusal)
        self._verdict_is_due = False
        self._is_retained = True

    def retained(self, table: pulumi.Output[str]) -> pulumi.Output[str | None]:
        """The URN of a table that the engine keeps in AWS, once it is registered. None if this
        update was to be the first that says so, and left the guard out (`--target`, `--exclude`):
        it may have left the table out, too, which the engine would then still delete."""
        return table.apply(lambda urn: urn if self._is_retained else None)

    def complete(self, outputs: dict[str, Any]) -> None:
        """Registers the name, key and local indexes that the table has in AWS, whether it is
        retained, and which indexes its state wrongly lists.

        The engine drops outputs as soon as the next update begins. That is why the inputs are the
        record, and not the outputs.
        """
        self.register_outputs(outputs)

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

    def _left_out(self) -> str:
        reasons = [f"{change.place}: {change.old} → {change.new}" for change in self._changes]
        if allowed := self._plan.allow_replacement:
            reasons.append(f"{ANNOTATION}: {', '.join(allowed)}")
        if not reasons:
            reasons.append("the stack has no usable record of the table")
        return _LEFT_OUT.format(
            head=refusal_head(self._plan.table_name), reasons="\n".join(reasons)
        )


class RefusedUpdate(Exception):
    """The engine shows its text."""
