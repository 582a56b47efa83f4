"""The import of an existing table: what AWS has is compared before the table is registered.

A resource whose import id differs from the id in the state is replaced by the engine, that is
deleted with its data. So only what the stack's own state lacks gets an import id.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
from pulumi import ResourceTransform, ResourceTransformArgs, ResourceTransformResult
from pulumi.runtime import invoke_async

from planton.changes.existing import (
    refusal_of_another_name,
    refusal_of_gone_indexes,
    refusal_of_import,
    refusal_of_index,
    refusal_of_missing,
    refusal_of_renamed,
    refusal_of_unfinished_billing,
    refusal_of_unreadable,
)
from planton.changes.existing_snapshot import ExistingTable, Found, missing
from planton.changes.index_form import is_to_provisioned
from planton.changes.snapshot import Snapshot
from planton.changes.stack_state import INDEX_TYPE, REPLICA_TYPE, TABLE_TYPE, StackState
from planton.plan.logical_names import index_name, replica_name
from planton.resources.engine import has_engine
from planton.resources.host import UserError

_GET_TABLE = "aws:dynamodb/getTable:getTable"
_GET_KEY = "aws:kms/getKey:getKey"
_MISSING = "couldn't find resource"
"""How the AWS provider says that there is no such table."""


class Existing:
    """What of one table is imported: what the manifest asks for, and indexes that become standalone
    resources.

    Raises pulumi.RunError, before anything is registered, if the state has the table, or a part of
    it, under another name, or cannot be read.
    """

    def __init__(self, wanted: Snapshot, state: StackState, may_change: tuple[str, ...] | None):
        """`may_change` is what the import may change in AWS, None if nothing is to be imported."""
        self._wanted = wanted
        self._state = state
        # Neither mocks nor the rehearsal have anything to import.
        self._may_change = may_change if has_engine() else None
        self._found: pulumi.Output[ExistingTable | None] | None = None
        self._moved = self._moved_indexes() if has_engine() else frozenset()
        self._dropped = self._dropped_indexes() if has_engine() else frozenset()
        if has_engine() and (refusal := refusal_of_renamed(wanted, state)):
            raise pulumi.RunError(refusal)
        if self._may_change is None:
            return
        if state.unreadable:
            raise pulumi.RunError(refusal_of_unreadable(wanted, state))
        if refusal := refusal_of_another_name(wanted, state):
            raise pulumi.RunError(refusal)

    def _moved_indexes(self) -> frozenset[str]:
        """The standalone indexes that the state lacks, of a table that it has. If AWS has one, it
        was part of the table resource, or the update that created it was killed. None of a table
        that is replaced: the new one has none yet."""
        plan, state = self._wanted.plan, self._state
        if plan.allow_replacement or state.table(plan.logical_name) is None:
            return frozenset()
        return frozenset(
            index.name
            for index in plan.standalone_indexes
            if state.resource(INDEX_TYPE, index_name(plan.logical_name, index.name)) is None
        )

    def _dropped_indexes(self) -> frozenset[str]:
        """The indexes that the table's state lists and the manifest's table resource does not: the
        provider deletes them. They may be gone: standalone ones are deleted by their own resource,
        which does not change the table's state. Without an index in the manifest the provider
        deletes none, but asks for the capacity of all with the change to PROVISIONED."""
        plan = self._wanted.plan
        table = self._state.table(plan.logical_name)
        if table is None or plan.standalone_indexes:
            return frozenset()
        if not plan.inline_indexes and not is_to_provisioned(plan, self._state):
            return frozenset()
        listed = {one["name"] for one in table.properties.get("globalSecondaryIndexes") or ()}
        return frozenset(listed - {index.name for index in plan.inline_indexes})

    def _lacks_replicas(self) -> bool:
        """Whether an import that failed halfway may have left out replicas."""
        plan = self._wanted.plan
        names = (replica_name(plan.logical_name, one.region) for one in plan.standalone_replicas)
        return self._may_change is not None and any(
            self._state.resource(REPLICA_TYPE, name) is None for name in names
        )

    def _refusal_of_indexes(self, found: ExistingTable) -> str:
        unfinished = refusal_of_unfinished_billing(found, self._wanted, self._state)
        return (
            (unfinished if self._moved else "")
            or refusal_of_index(found, self._wanted, self._moved)
            or refusal_of_gone_indexes(found, self._wanted, self._dropped)
        )

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
        if self.table_id is None and not (self._moved or self._dropped or self._lacks_replicas()):
            return name
        options = pulumi.InvokeOptions(provider=provider)
        self._found = name.apply(lambda _: self._read(options))
        return pulumi.Output.all(name, self._found).apply(self._allowed)

    def _allowed(self, name_and_found: list[Any]) -> str:
        name, found = name_and_found
        if self.table_id is None:
            refusal = self._refusal_of_indexes(found) if found else ""
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
        have another name than the manifest's. Replicas and the key are read for an import only."""
        own = self._state.table(self._wanted.plan.logical_name)
        name = str(own.properties.get("name")) if own else self._wanted.plan.table_name
        table = await _table(name, None, options)
        unknown = missing(table or {})
        if table is None or (own and unknown and not self._moved):
            return None  # where no index moves, only an early warning depends on it
        if unknown:
            raise UserError(
                "the existing table cannot be compared: the AWS provider's function getTable does "
                f"not tell {', '.join(unknown)}\n"
                "  fix: use the version of pulumi-aws in requirements.txt"
            )
        if own:
            return ExistingTable(table)
        regions = [replica["regionName"] for replica in table.get("replicas") or ()]
        replicas = {region: await _table(name, region, options) for region in regions}
        encryption = table.get("serverSideEncryption") or {}
        key = encryption.get("kmsKeyArn") if encryption.get("enabled") else None
        has_customer_key = None
        if key and key != self._wanted.plan.encryption.kms_key_arn:
            found = await _invoke(_GET_KEY, {"keyId": key}, options)
            has_customer_key = found["keyManager"] == "CUSTOMER"
        return ExistingTable(
            table, {region: one for region, one in replicas.items() if one}, has_customer_key
        )


async def _table(name: str, region: str | None, options: pulumi.InvokeOptions) -> Found | None:
    asked = {"name": name, "region": region}
    try:
        found = await _invoke(_GET_TABLE, asked, options)
    except UserError as error:
        if _MISSING in str(error):
            return None
        raise
    return found


async def _invoke(function: str, arguments: Found, options: pulumi.InvokeOptions) -> Found:
    try:
        found: Found = await invoke_async(function, dict(arguments), options)
    except Exception as error:  # the SDK raises nothing more precise
        reason = " ".join(str(error).split())
        raise UserError(f"the existing table cannot be read: {reason}") from None
    return found
