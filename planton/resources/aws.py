"""The provider and hooks of all resources, and the advice after a failure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2

from planton.changes.stack_state import StackState
from planton.plan.table_plan import TablePlan
from planton.resources.engine import has_engine
from planton.resources.existing import Existing


@dataclass(frozen=True)
class Aws:
    """The stack's provider, the hooks of every resource that uses it, the stack's own state, and
    what is imported."""

    provider: pulumi.ProviderResource
    hooks: pulumi.ResourceHookBinding | None
    state: StackState
    existing: Existing

    def options(self, **more: Any) -> pulumi.ResourceOptions:
        """Options of a resource; `more` are arguments of pulumi.ResourceOptions."""
        return pulumi.ResourceOptions(provider=self.provider, hooks=self.hooks, **more)

    def aliases(self, type_: str, logical_name: str) -> list[pulumi.Input[str | pulumi.Alias]]:
        """The URN that the state has for the resource, if that is an older one.

        Only then: two tables of one program with the same alias would be refused, or one would
        take the other's resources.
        """
        known = self.state.resource(type_, logical_name)
        return [known.alias] if known and known.alias else []


def kept_with(plan: TablePlan, table: pulumi.Resource) -> pulumi.Resource | None:
    """`deleted_with` of a resource that changes the table when it is deleted.

    The engine does not delete a resource in the same run as the one that it is deleted with, also
    if that one is retained. So with a retained table everything around it stays, while what only
    the manifest has removed is deleted; `retain_on_delete` would keep that, too.
    """
    return table if plan.is_retained else None


def advice(logical_name: str) -> pulumi.ResourceHookBinding | None:
    """The hook that advises after a failure; None if the engine does not support error hooks.

    Each table of a program needs its own name for it.
    """
    feature = resource_pb2.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS
    if not has_engine() or not settings.monitor_supports_feature(feature):
        return None
    return pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook(logical_name, advise)])


def advise(failed: pulumi.ErrorHookArgs) -> bool:
    """Logs how to fix the failure, and does not retry: the provider has already done so.

    The provider records a failed update as if it had succeeded (terraform-plugin-sdk issue 476).
    After a failed creation the engine does not tell the hook whether anything was created.
    """
    resource = f"{failed.type.rpartition(':')[2]} '{failed.name}'"
    match failed.failed_operation:
        case "create":
            fix = (
                "import it into the state: see 'A table that the state does not know' in "
                "docs/operations.md"
                if any("already exists" in error for error in failed.errors)
                else "resolve the cause, then run `pulumi up --refresh`, which creates the "
                "resource or finishes it"
            )
            pulumi.log.warn(f"the creation of {resource} failed\n  fix: {fix}")
        case "update":
            pulumi.log.warn(
                f"the update of {resource} failed, and the state may now hold what was requested "
                "instead of what AWS has\n"
                "  fix: resolve the cause, then run `pulumi up --refresh`. Without --refresh the "
                "next update only reads what AWS has, and indexes and replicas are never finished"
            )
    return False
