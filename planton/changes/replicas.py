"""Changes to the replicas of an existing table; part of planton.changes.compare."""

from __future__ import annotations

from planton.changes.snapshot import Decisions, Found, by, differs

_RECOVERY, _PROTECTION = "pointInTimeRecoveryEnabled", "deletionProtectionEnabled"
_TAGS = "propagateTags"
_SETTINGS = (_RECOVERY, _PROTECTION, _TAGS)


def replica_changes(old: Decisions, new: Decisions) -> Found:
    """Replicas added, removed and changed."""
    was, is_ = (by(side.get("replicas", []), "region") for side in (old, new))
    if was and is_ and _consistency(old) != _consistency(new):
        yield "consistency", "spec.replicas", _consistency(old), _consistency(new)
        return
    if old.get("witnessRegion") != new.get("witnessRegion"):
        was_in, is_in = (side.get("witnessRegion", "none") for side in (old, new))
        yield "witness", "spec.globalTableWitness", was_in, is_in
    for region in [*was, *(region for region in is_ if region not in was)]:
        place = f"spec.replicas, {region}"
        before, after = was.get(region), is_.get(region)
        if before is None or after is None:
            if before and before[_PROTECTION]:
                yield "protected-replica", place, _shown(before), "none"
                continue
            code = "replica-removed" if before else "replica-added"
            if before and differs(old, new, "billingMode"):
                code = "replica-removed-with-mode"
            if after and after["consistencyMode"] == "STRONG":
                code = "strong-replica-added"
            yield code, place, _shown(before), _shown(after)
            continue
        if before["standalone"] != after["standalone"]:
            code = "replica-to-standalone" if after["standalone"] else "replica-to-inline"
            yield code, place, "", ""
        elif before.get("kmsKeyArn") != after.get("kmsKeyArn"):
            # A change of the kind of key is reported for the table, whose key must change too.
            if "kmsKeyArn" in before and "kmsKeyArn" in after:
                code = "protected-replica" if before[_PROTECTION] else "replica-key"
                yield code, f"{place}.kmsKeyArn", before["kmsKeyArn"], after["kmsKeyArn"]
        elif changed := [field for field in _SETTINGS if before[field] != after[field]]:
            code = "replica"
            if not after["standalone"]:
                if {_RECOVERY, _PROTECTION} <= {*changed}:
                    code = "replica-in-two-runs"
                if _TAGS in changed and not after[_TAGS]:
                    yield "replica-tags-kept", f"{place}.{_TAGS}", "on", "off"
            yield code, place, _shown(before), _shown(after)


def _consistency(side: Decisions) -> str:
    """The table's consistency mode; if it is STRONG, with its regions."""
    replicas = by(side.get("replicas", []), "region")
    modes = {replica["consistencyMode"] for replica in replicas.values()}
    if modes != {"STRONG"}:
        return "EVENTUAL"
    witness = side.get("witnessRegion")
    return f"STRONG in {', '.join(replicas)}" + (f", witness in {witness}" if witness else "")


def _shown(replica: Decisions | None) -> str:
    if replica is None:
        return "none"
    parts = [replica["consistencyMode"]]
    parts += [f"key {replica['kmsKeyArn']}"] if "kmsKeyArn" in replica else []
    words = zip(("point-in-time recovery", "protection", "tags"), _SETTINGS, strict=True)
    parts += [f"{word} {'on' if replica[field] else 'off'}" for word, field in words]
    return ", ".join(parts)
