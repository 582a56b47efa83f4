"""All rules that compare fields, in the order in which a manifest is read."""

from __future__ import annotations

from planton.manifest.rules.access import ACCESS_RULES
from planton.manifest.rules.alarms import ALARM_RULES
from planton.manifest.rules.capacity import CAPACITY_RULES
from planton.manifest.rules.cautions import WARNING_RULES
from planton.manifest.rules.consistency import CONSISTENCY_RULES
from planton.manifest.rules.features import FEATURE_RULES
from planton.manifest.rules.import_and_restore import SOURCE_RULES
from planton.manifest.rules.indexes import INDEX_RULES
from planton.manifest.rules.keys import KEY_RULES
from planton.manifest.rules.policy.denials import DENIAL_RULES
from planton.manifest.rules.policy.document import POLICY_RULES
from planton.manifest.rules.policy.requested import REQUESTED_RULES
from planton.manifest.rules.policy.size import SIZE_RULES
from planton.manifest.rules.replica_features import REPLICA_FEATURE_RULES
from planton.manifest.rules.replicas import REPLICA_RULES
from planton.manifest.rules.rule import Rule
from planton.manifest.rules.schedules import SCHEDULE_RULES

RULES: tuple[Rule, ...] = (
    *KEY_RULES,
    *INDEX_RULES,
    *CAPACITY_RULES,
    *SCHEDULE_RULES,
    *FEATURE_RULES,
    *ALARM_RULES,
    *REPLICA_RULES,
    *REPLICA_FEATURE_RULES,
    *CONSISTENCY_RULES,
    *POLICY_RULES,
    *SIZE_RULES,
    *DENIAL_RULES,
    *REQUESTED_RULES,
    *ACCESS_RULES,
    *SOURCE_RULES,
    *WARNING_RULES,
)
