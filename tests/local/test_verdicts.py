"""AWS accepts what we accept; AWS or the contract refuses what we refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from planton.diagnostics.codes import CODES
from planton.manifest.rules.all_rules import RULES
from tests.local.contract import RESTRICTIONS
from tests.local.lenience import LENIENT
from tests.local.local import Local
from tests.local.mutations.mutation import Mutation
from tests.local.near_valid import MUTATIONS, Case, near_valid
from tests.local.verdicts import Tally, compare

_LEAST = 1
"""How often at least everything that a mutation is there for comes of it, among 50 cases."""

_ROUND = 10
"""Examples that Hypothesis generates from scratch; most later ones vary earlier ones."""

_SETTINGS = settings(
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)

_OF_AWS = ("keys", "indexes", "capacity", "features", "values")
"""Subjects of which AWS hears when a table is made, and DynamoDB Local too: it has no replicas,
imports or restores, and takes any resource policy."""

_NOT_ASKED = {
    "autoscaling-bounds": "scaling is registered with another service",
    "autoscaling-without-dimension": "scaling is registered with another service",
    "autoscaling-requires-provisioned": "scaling is registered with another service",
    "empty-value": "a warning",
    "insights-indexes-exist": "DynamoDB Local has no contributor insights",
    "recovery-period": "DynamoDB Local has no continuous backups",
    "region": "it is where the request goes, not in it",
    "stream-policy-requires-enabled": "DynamoDB Local takes any resource policy",
    "type": "what is no request cannot be judged",
    "value-from": "what is no request cannot be judged",
    "warm-throughput": "DynamoDB Local takes any, -1 too",
}
"""Codes that are left out, and why."""

_STATED = {
    "attributes-all-indexed", "billing-mode-set", "encryption-key-needs-encryption", "kms-key-arn",
    "kms-key-region", "on-demand-throughput-needs-on-demand",
    "on-demand-forbids-provisioned-throughput", "tag", "too-many-tags",
}  # fmt: skip
"""Codes of what DynamoDB Local does not refuse and AWS or the contract does."""


@pytest.mark.parametrize("mutation", [None, *MUTATIONS], ids=lambda m: m.name if m else "valid")
def test_our_verdict_on_a_near_valid_manifest_is_that_of_aws(
    mutation: Mutation | None,
    local: Local,
    pytestconfig: pytest.Config,
    record_property: Callable[[str, object], None],
) -> None:
    tally = Tally()
    cases = -(-pytestconfig.getoption("cases") // (len(MUTATIONS) + 1))

    def agree(case: Case) -> None:
        compare(case, local, tally)

    for first in range(0, cases, _ROUND):
        which = f"{pytestconfig.getoption('seed')} {mutation.name if mutation else ''} {first}"
        some = settings(_SETTINGS, max_examples=min(_ROUND, cases - first))
        seed(which)(some(given(case=near_valid(mutation))(agree)))()
    record_property("cases accepted", tally.accepted)
    record_property("cases refused", tally.refused)
    if mutation is None:
        assert tally.refused == 0
        return
    seen = {**tally.codes, **tally.stated, "refused": tally.refused, "accepted": tally.accepted}
    wanted = [*mutation.codes, *mutation.stated, "refused", *["accepted"] * mutation.near]
    assert {what: n for what in wanted if (n := seen.get(what, 0)) < _LEAST} == {}


def test_every_code_about_a_table_is_judged_or_excluded_for_a_reason() -> None:
    about = {code for code, facts in CODES.items() if facts.subject in _OF_AWS}
    about -= {rule.code for rule in RULES if CODES[rule.code].severity == "warning"}
    judged = {code for mutation in MUTATIONS for code in mutation.codes}
    assert judged | _STATED | set(_NOT_ASKED) == about
    assert not (judged | _STATED) & set(_NOT_ASKED)


def test_every_deviation_and_restriction_occurs() -> None:
    """But one, which only the program's own request can show (test_local_requests)."""
    met = {name for mutation in MUTATIONS for name in mutation.stated}
    assert {*LENIENT, *RESTRICTIONS} == met | {"maximum-taken-away-from-a-new-table"}
