"""The program sends the requests that a valid manifest describes."""

from __future__ import annotations

import copy

import pytest
from hypothesis import Phase, given, seed, settings

from planton.rehearsal.program.runner import rehearse
from tests.local.local import Local, Verdict
from tests.local.near_valid import Case, near_valid
from tests.local.strictness import adapted
from tests.local.transcription import Request, create_table, update_time_to_live
from tests.local.verdicts import stated

_CASES = 25  # some tenths of a second each


def test_the_program_requests_the_table_of_the_manifest(
    local: Local, pytestconfig: pytest.Config
) -> None:
    @settings(max_examples=_CASES, database=None, deadline=None, phases=(Phase.generate,))
    @seed(f"{pytestconfig.getoption('seed')} requests")
    @given(near_valid(None))
    def check(case: Case) -> None:
        rehearsal = rehearse({"STACK_INPUT_YAML": case.text})
        assert rehearsal.error is None
        calls = {call.operation: call.parameters for call in rehearsal.calls}
        assert _normal(calls["CreateTable"]) == _normal(create_table(case.manifest))
        assert calls.get("UpdateTimeToLive") == update_time_to_live(case.manifest)
        assert stated(calls["CreateTable"]) == []
        verdict = local.judge(adapted(calls["CreateTable"]), calls.get("UpdateTimeToLive"))
        assert verdict == Verdict(True)

    check()


def _normal(request: Request) -> Request:
    """The request with AWS's defaults, and without the order that AWS ignores."""
    request = {
        "BillingMode": "PROVISIONED",
        "TableClass": "STANDARD",
        "DeletionProtectionEnabled": False,
        "StreamSpecification": {"StreamEnabled": False},
        "SSESpecification": {"Enabled": False},
        **copy.deepcopy(request),
    }
    for field, name in {"AttributeDefinitions": "AttributeName", "Tags": "Key"}.items():
        request[field].sort(key=lambda item: item[name])
    for index in request.get("GlobalSecondaryIndexes", []):
        index["Projection"].get("NonKeyAttributes", []).sort()
    return request
