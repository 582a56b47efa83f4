"""The facts of the fields agree with the models and the rules."""

from __future__ import annotations

from pydantic import BaseModel

from planton.dialects.contract import Contract
from planton.manifest.facts import Facts, facts
from planton.manifest.metadata import REPLACEABLE
from planton.manifest.shape import fields, models
from planton.manifest.spec import BLOCKS, Spec


def test_a_field_without_facts_belongs_to_every_contract() -> None:
    assert facts(fields(Spec)["billingMode"]) == Facts()
    assert all(Facts().is_of(contract) for contract in Contract)


def test_a_newer_field_belongs_to_its_contract_and_our_own_fields_to_none() -> None:
    newer, own = Facts(since=Contract.V1ALPHA1), Facts(since=None)
    assert [contract for contract in Contract if newer.is_of(contract)] == [Contract.V1ALPHA1]
    assert [contract for contract in Contract if own.is_of(contract)] == []


def test_immutable_fields_are_those_whose_change_can_be_allowed() -> None:
    fixed = {name for name, field in fields(Spec).items() if facts(field).fixed}
    assert fixed == set(REPLACEABLE)


def test_a_block_that_replaces_a_boolean_is_newer_and_can_be_enabled() -> None:
    known = fields(Spec)
    assert {f"{block}Enabled": block for block in BLOCKS.values()} == BLOCKS != {}
    for block in BLOCKS.values():
        assert facts(known[block]).since is Contract.V1ALPHA1
        assert "enabled" in fields(models(Spec)[block[0].upper() + block[1:]])


def test_every_model_is_listed_once_by_its_name() -> None:
    found = models(Spec)
    assert found["Spec"] is Spec
    assert {"WarmThroughput", "ScheduledAdjustment", "CsvOptions"} <= found.keys()
    assert all(issubclass(one, BaseModel) for one in found.values())
