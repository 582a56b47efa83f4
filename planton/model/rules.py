"""All rules that compare fields, in the order in which a manifest is read."""

from __future__ import annotations

from planton.model.capacity_rules import CAPACITY_RULES
from planton.model.feature_rules import FEATURE_RULES
from planton.model.key_rules import KEY_RULES
from planton.model.policy_rules import POLICY_RULES
from planton.model.replica_rules import REPLICA_RULES
from planton.model.rule import Rule
from planton.model.schedule_rules import SCHEDULE_RULES
from planton.model.source_rules import SOURCE_RULES
from planton.model.warning_rules import WARNING_RULES

RULES: tuple[Rule, ...] = (
    *KEY_RULES,
    *CAPACITY_RULES,
    *SCHEDULE_RULES,
    *FEATURE_RULES,
    *REPLICA_RULES,
    *POLICY_RULES,
    *SOURCE_RULES,
    *WARNING_RULES,
)
