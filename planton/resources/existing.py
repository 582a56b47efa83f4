"""The import of an existing table: what AWS has is compared before the table is registered.

A resource whose import id differs from the id in the state is replaced by the engine, that is
deleted with its data. So only what the stack's own state lacks gets an import id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pulumi
from pulumi import ResourceTransform, ResourceTransformArgs, ResourceTransformResult

from planton.changes.existing import refusal_by_state, refusal_of_import, refusal_of_missing
from planton.changes.existing_indexes import (
    dropped_indexes,
    moved_indexes,
    refusal_of_indexes,
    returned_indexes,
)
from planton.changes.existing_snapshot import ExistingTable, Found, missing
from planton.changes.snapshot import Snapshot
from planton.changes.stack_state import (
    ACCESS_POLICY_TYPE,
    KINESIS_TYPE,
    REPLICA_TYPE,
    TABLE_TYPE,
    StackState,
)
from planton.plan.access import AccessPolicyPlan
from planton.plan.logical_names import kinesis_name, replica_name
from planton.resources.engine import has_engine
from planton.resources.host import UserError
from planton.resources.lookups import LookupFailed, get_key, get_policy, get_table


class Existing:
    """What of one table is imported: what the manifest asks for, and indexes that become standalone
    resources.

    Raises pulumi.RunError, before anything is registered, if the state has the table, or a part of
    it, under another name, or cannot be read.
    """

    def __init__(
        self,
        wanted: Snapshot,
        state: StackState,
        may_change: tuple[str, ...] | None,
        policies: Sequence[AccessPolicyPlan] = (),
        *,
        guard_name: str,
    ):
        """`may_change` is what the import may change in AWS, None if nothing is to be imported.
        `policies` are the access policies, which a retained table may have left in AWS."""
        self._wanted = wanted
        self._guard_name = guard_name
        self._policies = [
            one.name
            for one in policies
            if state.resource(ACCESS_POLICY_TYPE, one.logical_name) is None
        ]
        self._state = state
        # Neither mocks nor the rehearsal have anything to import.
        self._has_engine = has_engine()
        self._may_change = may_change if self._has_engine else None
        self._found: pulumi.Output[ExistingTable | None] | None = None
        if self._has_engine and (
            refusal := refusal_by_state(wanted, state, is_import=may_change is not None)
        ):
            raise pulumi.RunError(refusal)

    @property
    def table_id(self) -> str | None:
        """The import id of the table; None if it is not imported."""
        return self.id_of(TABLE_TYPE, self._wanted.plan.logical_name, self._wanted.plan.table_name)

    def id_of(self, type_: str, logical_name: str, import_id: str, created: str = "") -> str | None:
        """The import id of a resource that no function of the provider reads. `created` is the
        field in the annotation that says that AWS does not have it."""
        if self._may_change is None or created in self._may_change:
            return None
        return None if self._state.resource(type_, logical_name) else import_id

    def compared(
        self, name: pulumi.Output[str], provider: pulumi.ProviderResource
    ) -> pulumi.Output[str]:
        """The table's name, once what AWS has may be imported for the manifest.

        `name` and the provider have passed the guard: a synchronous look would wait for ever for
        one that did not.
        """
        if not self._has_engine or not self._must_look():
            return name
        options = pulumi.InvokeOptions(provider=provider)
        self._found = name.apply(lambda _: self._read(options))
        return pulumi.Output.all(name, self._found).apply(self._allowed)

    def _must_look(self) -> bool:
        """Whether AWS must be asked: for the table that is imported, for indexes, and for replicas
        that an import which failed halfway may have left out."""
        plan, state = self._wanted.plan, self._state
        parts = [
            *((REPLICA_TYPE, replica_name, one.region) for one in plan.standalone_replicas),
            *(
                (KINESIS_TYPE, kinesis_name, one.region)
                for one in plan.replica_features
                if one.kinesis
            ),
        ]
        return bool(
            self.table_id is not None
            or moved_indexes(plan, state)
            or dropped_indexes(plan, state)
            or returned_indexes(plan, state, self._guard_name)
            or (
                self._may_change is not None
                and (
                    self._policies
                    or any(
                        state.resource(type_, name(plan.logical_name, region)) is None
                        for type_, name, region in parts
                    )
                )
            )
        )

    def _allowed(self, name_and_found: list[Any]) -> str:
        name, found = name_and_found
        if self.table_id is None:
            refusal = (
                refusal_of_indexes(found, self._wanted, self._state, self._guard_name)
                if found
                else ""
            )
        elif found:
            refusal = refusal_of_import(found, self._wanted, self._may_change or ())
        else:
            refusal = refusal_of_missing(self._wanted)
        if refusal:
            raise UserError(refusal)
        return str(name)

    def if_found(
        self, type_: str, logical_name: str, import_id: Callable[[ExistingTable], str | None]
    ) -> list[ResourceTransform]:
        """Transforms that import a resource which the table in AWS has and the state does not.

        `import_id` returns None for one that AWS does not have: it is created.
        """
        found = self._found
        if found is None or self._state.resource(type_, logical_name):
            return []

        async def imported(resource: ResourceTransformArgs) -> ResourceTransformResult | None:
            existing = await found.future()
            resource.opts.import_ = import_id(existing) if existing else None
            return ResourceTransformResult(resource.props, resource.opts)

        return [imported]

    async def _read(self, options: pulumi.InvokeOptions) -> ExistingTable | None:
        """The table in AWS; None if there is no such table. A table that another program made may
        have another name than the manifest's. Replicas and the key are read for an import only.

        Raises UserError if it cannot be read or compared.
        """
        plan = self._wanted.plan
        own = self._state.table(plan.logical_name)
        name = str(own.properties.get("name")) if own else plan.table_name
        try:
            table = await _table(name, None, options)
            unknown = missing(table or {})
            if table is None or (own and unknown and not moved_indexes(plan, self._state)):
                return None  # where no index moves, only an early warning depends on it
            if unknown:
                raise UserError(
                    "the existing table cannot be compared: the AWS provider's function getTable "
                    f"does not tell {', '.join(unknown)}\n"
                    "  fix: use the version of pulumi-aws in requirements.txt"
                )
            policy_arns = {}
            if self._may_change is not None:
                policy_arns = await _policies(self._policies, table, options)
            if own:
                return ExistingTable(table, policy_arns=policy_arns)
            regions = [replica["regionName"] for replica in table.get("replicas") or ()]
            replicas = {region: await _table(name, region, options) for region in regions}
            encryption = table.get("serverSideEncryption") or {}
            key = encryption.get("kmsKeyArn") if encryption.get("enabled") else None
            has_customer_key = None
            if key and key != plan.encryption.kms_key_arn:
                found = await get_key(key, options)
                has_customer_key = found["keyManager"] == "CUSTOMER"
        except LookupFailed as error:
            raise UserError(f"the existing table cannot be read: {error}") from None
        return ExistingTable(
            table,
            {region: one for region, one in replicas.items() if one},
            has_customer_key,
            policy_arns,
        )


async def _policies(
    names: Sequence[str], table: Found, options: pulumi.InvokeOptions
) -> dict[str, str]:
    """The ARNs of the policies that exist in the table's account. Raises LookupFailed."""
    found: dict[str, str] = {}
    _, partition, _, _, account, _ = str(table["arn"]).split(":", 5)
    for name in names:
        arn = f"arn:{partition}:iam::{account}:policy/{name}"
        try:
            await get_policy(arn, options)
        except LookupFailed as error:
            if not error.is_missing:
                raise
        else:
            found[name] = arn
    return found


async def _table(name: str, region: str | None, options: pulumi.InvokeOptions) -> Found | None:
    """None if AWS has no such table. Raises LookupFailed."""
    try:
        return await get_table(name, region, options)
    except LookupFailed as error:
        if error.is_missing:
            return None
        raise
