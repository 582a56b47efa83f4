"""What a change of the manifest does to an existing table, and which changes are refused.

One body of rules for the change guard, which runs inside `pulumi preview` and `up`, and for
`planton diff`, which compares two manifests offline. Each subject has a module.
"""

from __future__ import annotations

from dataclasses import replace

from planton.changes.access import access_changes
from planton.changes.alarms import alarm_changes
from planton.changes.capacity import capacity_changes
from planton.changes.change import Change
from planton.changes.features import feature_changes
from planton.changes.identity import identity_changes
from planton.changes.indexes import index_changes
from planton.changes.keys import key_changes
from planton.changes.kinds import KINDS
from planton.changes.replacement import ANNOTATION, UNUSED_CONSENT, hindrances
from planton.changes.replica_features import replica_feature_changes
from planton.changes.replicas import replica_changes
from planton.changes.snapshot import Snapshot
from planton.changes.source import source_changes

_SUBJECTS = (
    identity_changes,
    key_changes,
    index_changes,
    capacity_changes,
    replica_changes,
    replica_feature_changes,
    feature_changes,
    access_changes,
    alarm_changes,
    source_changes,
)


def compare(old: Snapshot, new: Snapshot) -> list[Change]:
    """Every change between two snapshots, the gravest kinds first."""
    allowed = set(new.plan.allow_replacement)
    found = [
        Change(code, place, was, is_, KINDS[code].allowed_by in allowed)
        for changes in _SUBJECTS
        for code, place, was, is_ in changes(old, new)
    ]
    if any(change.loses_data and change.allowed for change in found):
        # The table is replaced, so its data source applies, and what the provider does not see in
        # an existing table changes too: local indexes under their old names, types of attributes.
        found = [_with_replacement(change, allowed) for change in found if change.code != "source"]
    if any(change.loses_data for change in found):
        found += [Change(*one) for one in hindrances(old, new)]
    used = {change.kind.allowed_by for change in found if change.loses_data}
    found += [Change(UNUSED_CONSENT, ANNOTATION, "", value) for value in sorted(allowed - used)]
    order = list(KINDS)
    return sorted(found, key=lambda change: order.index(change.code))


_IN_A_NEW_TABLE = {
    "local-index-changed": "local-indexes",
    "attribute-type": "attribute-type-of-new-table",
}


def _with_replacement(change: Change, allowed: set[str]) -> Change:
    """The change, where the table is replaced for another reason."""
    code = _IN_A_NEW_TABLE.get(change.code)
    if code is None:
        return change
    return replace(change, code=code, allowed=KINDS[code].allowed_by in allowed)
