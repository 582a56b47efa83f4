"""What a change of the manifest does to an existing table, and which changes are refused.

One body of rules for the change guard, which runs inside `pulumi preview` and `up`, and for
`planton diff`, which compares two manifests offline.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from planton.changes.capacity import capacity_changes
from planton.changes.kinds import KINDS, Effect, Kind
from planton.changes.replicas import replica_changes
from planton.changes.snapshot import Decisions, Found, Shape, by, differs, plain, unordered
from planton.diagnostics.diagnostic import printable
from planton.dialects.annotations import ALLOW_REPLACEMENT
from planton.manifest.types import MAX_RECOVERY_DAYS
from planton.plan import policy_summary as policies


@dataclass(frozen=True)
class Change:
    """One change: its kind, where in the manifest, and from what to what."""

    code: str
    place: str
    old: str
    new: str
    allowed: bool = False
    command: str = ""
    """What ends the refusal, to be pasted into a shell."""

    @property
    def kind(self) -> Kind:
        """What the change means."""
        return KINDS[self.code]

    @property
    def loses_data(self) -> bool:
        """Whether the table's items would be gone."""
        return self.kind.effect is Effect.REPLACEMENT

    @property
    def refused(self) -> bool:
        """Whether the guard lets no update with it through."""
        effects = (Effect.REFUSED, Effect.TWO_STEPS)
        return self.kind.effect in effects or (self.loses_data and not self.allowed)

    def text(self) -> str:
        """The change as a person reads it, indented by nothing."""
        if self.code == "resource-policy":
            head, *below = policies.change(self.old, self.new)
            lines = [f"{self.place}: {head}", *(f"    {line}" for line in below)]
        else:
            changed = f": {self.old} → {self.new}" if self.old or self.new else ""
            lines = [f"{self.place}{changed}"]
        lines = [printable(line) for line in lines]
        effect = self.kind.effect.value
        if self.loses_data and self.allowed:
            effect += ", allowed"
        lines.append(f"  {effect}: {self.kind.consequence}")
        if self.kind.fix:
            label = "fix" if self.refused or self.loses_data else "advice"
            lines.append(f"  {label}: {self.kind.fix}")
        if self.command:
            lines.append(f"    {self.command}")
        if self.kind.allowed_by and not self.allowed:
            lines.append(
                "  to allow it and lose all data: metadata.annotations: "
                f'{{{ALLOW_REPLACEMENT}: "{self.kind.allowed_by}"}}'
            )
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """The change for machines."""
        return {
            "code": self.code,
            "place": self.place,
            "effect": self.kind.effect.value,
            "old": self.old,
            "new": self.new,
            "refused": self.refused,
            "losesData": self.loses_data,
            "allowedBy": self.kind.allowed_by,
            "consequence": self.kind.consequence,
            "fix": self.kind.fix,
        }


def compare(old: Decisions, new: Decisions) -> list[Change]:
    """Every change between two sets of decisions, the gravest kinds first."""
    before, after = plain(old), plain(new)
    allowed = set(after.get("allowReplacement", []))
    found = [
        Change(code, place, was, is_, KINDS[code].allowed_by in allowed)
        for code, place, was, is_ in _changes(before, after)
    ]
    if any(change.loses_data and change.allowed for change in found):
        # The table is replaced, so its data source applies, and local indexes under their old
        # names change too.
        found = [_with_replacement(change, allowed) for change in found if change.code != "source"]
    if any(change.loses_data for change in found):
        found += [Change(*one) for one in _still_protected(before, after)]
    used = {change.kind.allowed_by for change in found if change.loses_data}
    for value in sorted(allowed - used):
        place = f"metadata.annotations[{ALLOW_REPLACEMENT}]"
        found.append(Change(UNUSED_CONSENT, place, "", value))
    order = list(KINDS)
    return sorted(found, key=lambda change: order.index(change.code))


def _with_replacement(change: Change, allowed: set[str]) -> Change:
    """The change, where the table is replaced for another reason."""
    if change.code != "local-index-changed":
        return change
    code = "local-indexes"
    return replace(change, code=code, allowed=KINDS[code].allowed_by in allowed)


UNUSED_CONSENT = "unused-consent"
_PROTECTION = "deletionProtectionEnabled"


def _still_protected(old: Decisions, new: Decisions) -> Found:
    """The protection that stops a replacement, or did until this update."""
    if old.get(_PROTECTION):
        values = ("", "") if new.get(_PROTECTION) else ("on", "off")
        yield "protected-replacement", f"spec.{_PROTECTION}", *values
    for replica in old.get("replicas", []):
        if replica[_PROTECTION]:
            yield "protected-copy", f"spec.replicas, {replica['region']}", "", ""


def _changes(old: Decisions, new: Decisions) -> Found:
    yield from _fixed(old, new)
    yield from _attribute_types(old, new)
    yield from _indexes(old, new)
    yield from capacity_changes(old, new)
    yield from replica_changes(old, new)
    yield from _features(old, new)
    yield from _around(old, new)


def _fixed(old: Decisions, new: Decisions) -> Found:
    renamed = differs(old, new, "metadataName")
    if renamed:
        code = "metadata-name" if differs(old, new, "tableName") else "metadata-name-only"
        yield code, "metadata.name", old.get("metadataName", ""), new.get("metadataName", "")
    if (old.get("region") is None) != (new.get("region") is None):
        was, is_ = old.get("region", "not named"), new.get("region", "not named")
        yield "region-named", "the region", was, is_
    for code, place, field in (
        ("account", "the provider's account", "accountId"),
        ("region", "the region", "region"),
        ("table-name", "the table's name", "tableName"),
    ):
        # A value that one side does not have (no account named, an older state) is not a change.
        was, is_ = old.get(field), new.get(field)
        if was is not None and is_ is not None and was != is_ and (code, renamed) != _SAID:
            yield code, place, was, is_
    named_anew = differs(old, new, "accountId", "region", "tableName", "metadataName")
    restored = new.get("restored") and not named_anew
    if old.get("keySchema") and new.get("keySchema") and differs(old, new, "keySchema"):
        # A restored table has its source's key, which a manifest need not name.
        code = "restored-key-schema" if restored else "key-schema"
        yield code, "spec.keySchema", key_text(old["keySchema"]), key_text(new["keySchema"])
    was, is_ = old.get("localSecondaryIndexes", []), new.get("localSecondaryIndexes", [])
    if unordered(was) != unordered(is_):
        code = "restored-local-indexes" if restored else "local-indexes"
        if not restored and by(was, "name").keys() == by(is_, "name").keys():
            code = "local-index-changed"
        yield code, "spec.localSecondaryIndexes", local_indexes_text(was), local_indexes_text(is_)


_SAID = ("table-name", True)
"""The table's name follows metadata.name, or does not matter beside it."""


def key_text(keys: Shape) -> str:
    """A key as it is shown."""
    return ", ".join(f"{key['attributeName']} {key['keyType']}" for key in keys)


def local_indexes_text(indexes: Shape) -> str:
    """Local indexes as they are shown."""
    return "; ".join(_shape(index, index["rangeKey"]) for index in indexes) or "none"


def _shape(index: Decisions, keys: str) -> str:
    held = index["projectionType"]
    if index.get("nonKeyAttributes"):
        held += f" {', '.join(index['nonKeyAttributes'])}"
    return f"{index['name']} ({keys}; {held})"


def _attribute_types(old: Decisions, new: Decisions) -> Found:
    was, is_ = (by(side.get("attributes", []), "name") for side in (old, new))
    for name in sorted(was.keys() & is_.keys()):
        if was[name]["type"] != is_[name]["type"]:
            place = f"spec.attributeDefinitions, {name}"
            yield "attribute-type", place, was[name]["type"], is_[name]["type"]


def _indexes(old: Decisions, new: Decisions) -> Found:
    was, is_ = (by(side.get("globalSecondaryIndexes", []), "name") for side in (old, new))
    still_inline = any(not index["standalone"] for index in is_.values())
    for name in [*was, *(name for name in is_ if name not in was)]:
        place = f"spec.globalSecondaryIndexes, {name}"
        before, after = was.get(name), is_.get(name)
        if before is None or after is None:
            code = "index-added" if before is None else "index-removed"
            if after and not after["standalone"] and any(one["standalone"] for one in was.values()):
                code = "index-in-place-of-standalone"
            if before and not before["standalone"] and not still_inline:
                code = "last-index-removed"
            yield code, place, "", ""
            continue
        if before["standalone"] != after["standalone"]:
            code = "index-to-standalone" if after["standalone"] else "index-to-inline"
            yield code, place, _standing(before), _standing(after)
        if differs(before, after, "keySchema", "projectionType", "nonKeyAttributes"):
            yield "index-changed", place, _indexed(before), _indexed(after)


def _indexed(index: Decisions) -> str:
    return _shape(index, key_text(index["keySchema"]))


def _standing(index: Decisions) -> str:
    return "a standalone resource" if index["standalone"] else "part of the table resource"


def _features(old: Decisions, new: Decisions) -> Found:
    if differs(old, new, "ttlEnabled", "ttlAttributeName"):
        both = old.get("ttlEnabled") and new.get("ttlEnabled")
        code = "ttl-on" if new.get("ttlEnabled") else "ttl-off"
        yield "ttl-attribute" if both else code, "spec.ttl", _ttl(old), _ttl(new)
    if differs(old, new, "streamViewType"):
        was, is_ = (side.get("streamViewType", "off") for side in (old, new))
        code = "stream-of-replicas" if is_ == "off" and old.get("replicas") else "stream"
        yield code, "spec.streamViewType", was, is_
    if differs(old, new, "pointInTimeRecoveryEnabled"):
        on = bool(new.get("pointInTimeRecoveryEnabled"))
        code = "recovery-on" if on else "recovery-off"
        yield code, "spec.pointInTimeRecoveryEnabled", _on(not on), _on(on)
    elif new.get("pointInTimeRecoveryEnabled"):
        was, is_ = (side.get(_PERIOD, MAX_RECOVERY_DAYS) for side in (old, new))
        if was != is_:
            code = "recovery-shorter" if is_ < was else "recovery-longer"
            yield code, "the recovery period", f"{was} days", f"{is_} days"
    if differs(old, new, "serverSideEncryptionEnabled", "kmsKeyArn"):
        kept = old.get("kmsKeyArn") and _key_name(new) == _MANAGED_KEY
        code = "managed-key" if kept else "encryption"
        if old.get("replicas") and new.get("replicas") and _kind_of_key(old) != _kind_of_key(new):
            code = "replica-encryption"
        elif new.get("kmsKeyArn") and (_copies(new) - _copies(old) or _gone(old, new)):
            code = "encryption-and-replica"
        yield code, "spec.serverSideEncryption", _key_name(old), _key_name(new)
    protection = "deletion-protection" if new.get(_PROTECTION) else "deletion-protection-off"
    for code, field in (("table-class", "tableClass"), (protection, _PROTECTION)):
        if differs(old, new, field):
            yield code, f"spec.{field}", _on(old.get(field)), _on(new.get(field))
    was, is_ = _insights(old), _insights(new)
    if was != is_:
        yield "insights", "contributor insights", was, is_
    if differs(old, new, "tags"):
        yield "tags", "tags", _tags(old), _tags(new)


def _copies(side: Decisions) -> set[str]:
    """Regions of the replicas that are part of the table resource."""
    return {one["region"] for one in side.get("replicas", []) if not one["standalone"]}


def _gone(old: Decisions, new: Decisions) -> set[str]:
    was, is_ = (by(side.get("replicas", []), "region") for side in (old, new))
    return was.keys() - is_.keys()


def _kind_of_key(side: Decisions) -> str:
    if not side.get("serverSideEncryptionEnabled"):
        return "AWS's"
    return "customer's" if side.get("kmsKeyArn") else "managed"


def _around(old: Decisions, new: Decisions) -> Found:
    """Policy, destination, and what the table began with."""
    if differs(old, new, "resourcePolicy"):
        was, is_ = (side.get("resourcePolicy", policies.NO_POLICY) for side in (old, new))
        yield "resource-policy", "spec.resourcePolicy", was, is_
    if new.get("resourcePolicy") and differs(old, new, _LOCK_OUT):
        code = "lock-out-allowed" if new.get(_LOCK_OUT) else "lock-out-refused"
        place = f"spec.resourcePolicy.{_LOCK_OUT}"
        yield code, place, _on(old.get(_LOCK_OUT)), _on(new.get(_LOCK_OUT))
    if differs(old, new, "kinesisStreamArn", "kinesisPrecision"):
        code = "kinesis" if old.get("kinesisStreamArn") else "kinesis-on"
        code = code if new.get("kinesisStreamArn") else "kinesis-off"
        place = "spec.kinesisStreamingDestination"
        yield code, place, _destination(old), _destination(new)
    if differs(old, new, "source"):
        was, is_ = (side.get("source", "none") for side in (old, new))
        yield "source" if new.get("source") else "source-off", _SOURCE, was, is_


_LOCK_OUT = "confirmRemoveSelfResourceAccess"
_SOURCE = "the data source"


def _destination(side: Decisions) -> str:
    if "kinesisStreamArn" not in side:
        return "off"
    return f"{side['kinesisStreamArn']}, {side.get('kinesisPrecision', '')}"


def _on(value: Any) -> str:
    return value if isinstance(value, str) else "on" if value else "off"


def _ttl(side: Decisions) -> str:
    return f"attribute {side.get('ttlAttributeName')}" if side.get("ttlEnabled") else "off"


def _insights(side: Decisions) -> str:
    """What is monitored, and how."""
    watched = side.get("contributorInsights", [])
    shown = [f"index {one['index']}" if "index" in one else "the table" for one in watched]
    modes = {one["mode"] for one in watched}
    return ", ".join(shown + sorted(modes)) or "off"


_PERIOD = "recoveryPeriodInDays"
_MANAGED_KEY = "aws/dynamodb"


def _key_name(side: Decisions) -> str:
    if not side.get("serverSideEncryptionEnabled"):
        return "AWS owned key"
    return str(side.get("kmsKeyArn", _MANAGED_KEY))


def _tags(side: Decisions) -> str:
    return ", ".join(f"{tag['key']}={tag['value']}" for tag in side.get("tags", [])) or "none"
