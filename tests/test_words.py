"""Messages call each field what the manifest's contract calls it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from planton.dialects.contract import Contract
from planton.dialects.other_names import IN_BLOCKS, instead_of
from planton.dialects.words import TODAY, words_of
from planton.manifest.aws_dynamodb import AwsDynamodb
from planton.manifest.manifest import Manifest
from planton.manifest.rules.all_rules import RULES
from planton.manifest.shape import bare, fields, model
from tests.corpus import ACCEPT, REJECT, cases, examine

TODAYS_NAMES = {
    Contract.FLAT: "attributeDefinitions|autoscaling:|enabled:|headerList|keySchema|"
    "pointInTimeRecoveryEnabled:|provisionedThroughput|readCapacityUnits|streamEnabled|"
    "writeCapacityUnits",
    Contract.REQUEST: "provisionedThroughput|readCapacityUnits|tableName|writeCapacityUnits",
}
"""The names that messages about today's shape use, and that the older one does not have."""


@pytest.fixture(scope="module")
def manifests() -> list[Manifest]:
    """Every case, also where a rule refuses it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("planton.manifest.checking.check.RULES", ())
        examined = [examine(case)[0] for case in cases(ACCEPT) + cases(REJECT)]
    return [manifest for manifest in examined if manifest is not None]


def _texts(manifests: list[Manifest], contract: Contract) -> set[str]:
    """What the rules say about the manifests, as if they followed the contract; without quoted
    text, which is the user's."""
    words = words_of(contract, frozenset())
    findings = [
        finding
        for manifest in manifests
        for rule in RULES
        for finding in rule.check(replace(manifest, contract=contract, words=words))
    ]
    texts = {text for finding in findings for text in (finding.message, finding.help)}
    return {re.sub("'[^']*'", "", text) for text in texts}


@pytest.mark.parametrize("contract", TODAYS_NAMES)
def test_no_rule_uses_the_field_names_of_another_contract(
    contract: Contract, manifests: list[Manifest]
) -> None:
    names = re.compile(rf"\b(?:{TODAYS_NAMES[contract]})")

    assert [text for text in _texts(manifests, contract) if names.search(text)] == []
    # The pattern finds them where they belong.
    assert [text for text in _texts(manifests, Contract.V1) if names.search(text)]


def test_a_flat_manifest_with_a_current_name_gets_messages_with_that_name() -> None:
    words = words_of(Contract.FLAT, {"attributeDefinitions", "keySchema"})

    assert (words.attribute_definitions, words.key_schema) == ("attributeDefinitions", "keySchema")
    assert words.stream_enabled == "enableStreams"
    assert words_of(Contract.V1ALPHA1, {"attributes"}) is TODAY


def test_every_key_of_another_tool_stands_for_a_field_of_its_block() -> None:
    blocks: dict[str, set[str]] = {}

    def collect(annotation: Any) -> None:
        for name, field in fields(annotation).items():
            if inner := model(bare(field.annotation)):
                blocks.setdefault(name, set()).update(fields(inner))
                collect(inner)

    collect(AwsDynamodb)

    for block, keys in IN_BLOCKS.items():
        assert {instead.field for instead in keys.values()} - {"", None} <= blocks[block], block


def test_no_field_is_named_that_the_block_does_not_have() -> None:
    known = {"keySchema": "keySchema"}
    found = instead_of("hashKey", "spec", known, TODAY)
    assert found is not None
    assert found.field == "keySchema"
    assert instead_of("hashKey", "spec", {"name": "name"}, TODAY) is None
