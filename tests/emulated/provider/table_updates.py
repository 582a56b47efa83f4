"""An existing table changed from its recorded state to new inputs, in the real provider's steps.

What is Optional and Computed in the provider's schema and absent from the inputs stays as recorded:
attributes, global indexes, capacities, the stream's view type, TTL, recovery, encryption and warm
throughput. 0, "" and an empty list count as absent there, so a table's last index never goes, nor
a customer's key in favour of the account's. All else that is absent goes back to its default.
"""

from __future__ import annotations

from typing import Any

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider import table_requests as form
from planton.rehearsal.provider.recovery import recovery_request
from planton.rehearsal.provider.session import Session, tag_list
from planton.rehearsal.provider.table_requests import PROVISIONED
from tests.emulated.provider import replicas

KEPT = (
    "attributes",
    "globalSecondaryIndexes",
    "readCapacity",
    "writeCapacity",
    "streamViewType",
    "ttl",
    "pointInTimeRecovery",
    "serverSideEncryption",
    "warmThroughput",
    "globalTableWitness",
)


def send(session: Session, name: str, state: Json, inputs: Json) -> None:
    """Raises Refused; the steps before the refused one are done."""
    kept = {key: state[key] for key in KEPT if key in state and not inputs.get(key)}
    plan = {**inputs, **kept}
    if _names(inputs) == _names(state):
        # It tells attributes apart by their names: with the same ones, a changed type is not seen,
        # even if an index with the attribute is recreated.
        plan["attributes"] = state["attributes"]
    update = _Update(session, name, state, plan)
    check_indexes({**plan, "globalSecondaryIndexes": update.indexes()})
    update.tags(state.get("tagsAll", {}), session.all_tags(inputs))
    update.delete_indexes()
    update.table_class()
    update.stream_view_type()
    update.main()
    update.warm_indexes()
    update.create_indexes()
    update.encryption()
    update.time_to_live()
    update.replicas(session.all_tags(inputs))
    update.recovery()
    update.warm()


def _names(table: Json) -> set[str]:
    return {attribute["name"] for attribute in table.get("attributes", [])}


class _Update:
    def __init__(self, session: Session, name: str, state: Json, plan: Json) -> None:
        self._session = session
        self._name = name
        self._state = state
        self._plan = plan
        self._mode = plan.get("billingMode", PROVISIONED)
        recorded = state.get("replicas", [])
        self._replicas = replicas.settled(plan.get("replicas", []), recorded)
        self._replicas_before = replicas.settled(recorded, recorded)
        self._old = {index["name"]: index for index in state.get("globalSecondaryIndexes", [])}
        new = plan.get("globalSecondaryIndexes", [])
        self._new = {index["name"]: {**_capacity(self._old, index), **index} for index in new}
        self._rebuilt = {
            key for key in self._old.keys() & self._new.keys() if self._must_rebuild(key)
        }

    def _send(self, **parameters: Any) -> None:
        self._session.dynamodb("UpdateTable", TableName=self._name, **parameters)

    def _changed(self, key: str, default: Any = None) -> bool:
        return bool(self._state.get(key, default) != self._plan.get(key, default))

    def _must_rebuild(self, name: str) -> bool:
        old, new = self._old[name], self._new[name]
        warm_before, warm_after = form.warm_throughput(old), form.warm_throughput(new)
        return (
            _keys(old) != _keys(new)
            or old["projectionType"] != new["projectionType"]
            or set(old.get("nonKeyAttributes", ())) != set(new.get("nonKeyAttributes", ()))
            or any(warm_after.get(unit, amount) < amount for unit, amount in warm_before.items())
        )

    def indexes(self) -> list[Json]:
        """The global indexes as they are to be."""
        return list(self._new.values())

    def tags(self, old: dict[str, str], new: dict[str, str]) -> None:
        arn = self._state["arn"]
        if removed := sorted(old.keys() - new.keys()):
            self._session.dynamodb("UntagResource", ResourceArn=arn, TagKeys=removed)
        changed = {key: value for key, value in new.items() if old.get(key) != value}
        if changed:
            self._session.dynamodb("TagResource", ResourceArn=arn, Tags=tag_list(changed))

    def delete_indexes(self) -> None:
        """One at a time, and before a change of the billing mode, which would require units."""
        for name in self._old:
            if name not in self._new or name in self._rebuilt:
                self._send(GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": name}}])

    def table_class(self) -> None:
        """Alone: AWS takes it with nothing else."""
        if self._changed("tableClass", "STANDARD"):
            self._send(TableClass=self._plan.get("tableClass", "STANDARD"))

    def stream_view_type(self) -> None:
        """Off and on again: an active stream cannot change. It is a new stream, with a new ARN."""
        if (
            self._state.get("streamEnabled")
            and self._plan.get("streamEnabled")
            and self._changed("streamViewType", "")
        ):
            self._send(StreamSpecification={"StreamEnabled": False})
            self._send(StreamSpecification=form.stream(self._plan))

    def main(self) -> None:
        request: Json = {}
        if (
            self._changed("billingMode", PROVISIONED)
            or self._changed("readCapacity", 0)
            or self._changed("writeCapacity", 0)
        ):
            request["BillingMode"] = self._mode
            if self._mode == PROVISIONED:
                # Coming from on-demand without units, the provider takes its changes for ignored.
                least = 1 if self._state.get("billingMode") == "PAY_PER_REQUEST" else 0
                request["ProvisionedThroughput"] = _units(self._plan, least)
        if self._changed("deletionProtectionEnabled", False):
            protected = self._plan.get("deletionProtectionEnabled", False)
            request["DeletionProtectionEnabled"] = protected
        maximum_changed = on_demand_changed(self._state, self._plan)
        if maximum_changed and (maximum := form.on_demand(self._plan)):
            request["OnDemandThroughput"] = maximum
        if self._changed("streamEnabled", False):
            request["StreamSpecification"] = form.stream(self._plan)
        if updates := self._index_updates():
            request["GlobalSecondaryIndexUpdates"] = updates
        if request or maximum_changed:
            # A maximum whose block is gone asks for nothing, and AWS says so: it takes a -1.
            self._send(**request)

    def _index_updates(self) -> list[Json]:
        updates = []
        for name in self._kept_indexes():
            old, new = self._old[name], self._new[name]
            action: Json = {"IndexName": name}
            if self._mode == PROVISIONED:
                if form.units(new) != form.units(old):
                    action["ProvisionedThroughput"] = form.units(new)
            elif on_demand_changed(old, new):
                action["OnDemandThroughput"] = form.on_demand(new)
            if len(action) > 1:
                updates.append({"Update": action})
        return updates

    def _kept_indexes(self) -> list[str]:
        return [name for name in self._new if name in self._old and name not in self._rebuilt]

    def warm_indexes(self) -> None:
        for name in self._kept_indexes():
            warm = form.warm_throughput(self._new[name])
            if warm and warm != form.warm_throughput(self._old[name]):
                action = {"IndexName": name, "WarmThroughput": warm}
                self._send(GlobalSecondaryIndexUpdates=[{"Update": action}])

    def create_indexes(self) -> None:
        """One at a time: AWS builds no two at once."""
        for name, index in self._new.items():
            if name not in self._old or name in self._rebuilt:
                self._send(
                    AttributeDefinitions=form.definitions(self._plan.get("attributes", [])),
                    GlobalSecondaryIndexUpdates=[{"Create": form.global_index(index, self._mode)}],
                )

    def encryption(self) -> None:
        """Alone, like the table's class. A key stays until another one is set."""
        old = self._state.get("serverSideEncryption", {"enabled": False})
        new = self._plan.get("serverSideEncryption", {"enabled": False})
        key = new.get("kmsKeyArn") or old.get("kmsKeyArn")
        wanted = form.encryption({"enabled": new["enabled"], "kmsKeyArn": key})
        if wanted == form.encryption(old):
            return
        if self._replicas and "KMSMasterKeyId" in wanted:
            keys = {item["regionName"]: item["kmsKeyArn"] for item in self._replicas}
            keys[self._session.region] = wanted["KMSMasterKeyId"]
            members = [
                {"Update": {"RegionName": region, "KMSMasterKeyId": key}}
                for region, key in keys.items()
                if key
            ]
            self._send(ReplicaUpdates=members)
        else:
            self._send(SSESpecification=wanted)
        for item in self._replicas:
            # It waits for each, and fails where a replica is yet to come.
            session = self._session.within(item["regionName"])
            session.dynamodb("DescribeTable", TableName=self._name)

    def time_to_live(self) -> None:
        old, new = self._state.get("ttl", {}), self._plan.get("ttl", {})
        before = (bool(old.get("enabled")), old.get("attributeName", ""))
        after = (bool(new.get("enabled")), new.get("attributeName", ""))
        # AWS does not tell the attribute of a TTL that is off, so a name alone is no change.
        if before != after and (before[0] or after[0]):
            self._session.dynamodb("UpdateTimeToLive", **form.time_to_live(self._name, new))

    def replicas(self, tags: dict[str, str]) -> None:
        """Tags reach the replicas that want them with a change of either."""
        regions = sorted((item["regionName"], str(item)) for item in self._replicas)
        before = sorted((item["regionName"], str(item)) for item in self._replicas_before)
        if regions != before:
            witness = (self._plan.get("globalTableWitness") or {}).get("regionName", "")
            replicas.update(
                self._session, self._name, self._replicas_before, self._replicas, witness
            )
        if regions != before or tags != self._state.get("tagsAll", {}):
            replicas.tag(self._session, self._state["arn"], self._replicas, tags)

    def recovery(self) -> None:
        old: Json = self._state.get("pointInTimeRecovery", {"enabled": False})
        new: Json = self._plan.get("pointInTimeRecovery", old)
        days = new.get("recoveryPeriodInDays") or old.get("recoveryPeriodInDays")
        new = {**new, "recoveryPeriodInDays": days}
        if recovery_request(self._name, old) != recovery_request(self._name, new):
            self._session.dynamodb("UpdateContinuousBackups", **recovery_request(self._name, new))

    def warm(self) -> None:
        warm = form.warm_throughput(self._plan)
        if warm and warm != form.warm_throughput(self._state):
            self._send(WarmThroughput=warm)


def _keys(index: Json) -> list[Json]:
    """As in the state, in which `rangeKey` would be a duplicate of the same key."""
    if schemas := index.get("keySchemas"):
        return form.key_schema({"keySchemas": schemas})
    return form.key_schema(index)


def _capacity(old: dict[str, Json], index: Json) -> Json:
    """An index's recorded units, which stay where the inputs name none."""
    recorded = old.get(index["name"], {})
    return {key: recorded[key] for key in ("readCapacity", "writeCapacity") if key in recorded}


def check_indexes(inputs: Json) -> None:
    """Raises Refused: the provider checks the units of indexes before it sends anything."""
    if inputs.get("billingMode", PROVISIONED) != PROVISIONED:
        return
    for index in inputs.get("globalSecondaryIndexes", []):
        units = form.units(index)
        for word, unit in (("write", "WriteCapacityUnits"), ("read", "ReadCapacityUnits")):
            if units[unit] < 1:
                raise Refused(
                    "provider",
                    "InvalidIndexThroughput",
                    f"index {index['name']}: {word} capacity must be > 0 when billing mode is"
                    f" {PROVISIONED}",
                )


def on_demand_changed(old: Json, new: Json) -> bool:
    """Whether the provider sees a change: none in taking away one maximum that is not there.

    A block where AWS describes none is always one, also if it takes both away.
    """
    if bool(old.get("onDemandThroughput")) != bool(new.get("onDemandThroughput")):
        return True
    before, after = form.on_demand(old), form.on_demand(new)
    taken = {name: amount for name, amount in after.items() if amount != -1 or name in before}
    return before != taken


def _units(plan: Json, least: int) -> Json:
    return {unit: amount or least for unit, amount in form.units(plan).items()}
