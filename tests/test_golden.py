"""The output that other programs read keeps its form."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from planton.changes.record import read_record, record
from tests.conftest import ROOT
from tests.first_records import as_engine
from tests.golden import FIRST_RECORD, GOLDEN, everything, files, keys

PAGE = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")


def test_the_golden_files_are_up_to_date() -> None:
    """A difference is a change of the API: python -m tests.golden --update."""
    for path, text in files():
        assert path.read_text(encoding="utf-8") == text, path.name


def test_the_records_keys_are_the_plans_with_a_version_and_an_account() -> None:
    blocks = (GOLDEN / "json-keys.txt").read_text(encoding="utf-8").split("\n\n")
    (plan,) = (set(block.split()[1:]) for block in blocks if block.startswith("plan\n"))
    kept = record(everything())
    assert set(keys(kept)) - plan == {"version", "accountId"}
    assert "ignoreChanges" in plan
    assert "ignoreChanges" not in kept


def test_the_first_form_of_a_full_record_has_the_same_content() -> None:
    """Without what is newer: alarms, access, policies of stream and replicas, what replicas have,
    and the tag Name."""
    first = json.loads(FIRST_RECORD.read_text(encoding="utf-8"))
    today = everything()
    plan = replace(today.plan, alarms=(), access_policies=(), grants=(), replica_features=())
    plan = replace(plan, stream_policy=None, replica_policies=())
    plan = replace(plan, tags=tuple(tag for tag in plan.tags if tag.key != "Name"))
    assert read_record(as_engine(first)) == replace(today, plan=plan)


def test_the_page_about_json_names_every_key() -> None:
    found = re.findall(r"(\w+)$", (GOLDEN / "json-keys.txt").read_text(encoding="utf-8"), re.M)
    named = set(re.findall(r"`(\w+)(?:\[\])?`", PAGE))
    commands = {"validate", "plan", "manifest", "diff", "render", "controls", "explain", "CODE"}
    commands |= {"rehearse", "review", "rules"}
    assert set(found) - commands - named == set()
