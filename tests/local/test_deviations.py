"""The documented deviations of DynamoDB Local and of the contract still exist.

Where one of these fails after a newer DynamoDB Local, the deviation is gone: remove it.
"""

from __future__ import annotations

import copy
import json

import pytest

from planton.diagnostics.diagnostic import ManifestError
from tests.loading import load
from tests.local.contract import RESTRICTIONS
from tests.local.lenience import LENIENT, Lenience
from tests.local.local import Faulty, Local, Verdict
from tests.local.strictness import STRICT, Strictness, adapted
from tests.local.table_request import attributes, table
from tests.local.transcription import Request, create_table, update_time_to_live

YES = Verdict(True)


def accepts(local: Local, request: Request, fails: bool) -> bool | None:
    """Whether it is accepted, or None where DynamoDB Local fails and is expected to."""
    if not fails:
        return local.judge(request).accepted
    with pytest.raises(Faulty, match="InternalFailure"):
        local.judge(request)
    return None


@pytest.mark.parametrize("lenience", LENIENT.values(), ids=LENIENT)
def test_dynamodb_local_accepts_what_the_list_of_leniences_says(
    lenience: Lenience, local: Local
) -> None:
    assert accepts(local, lenience.shown, lenience.fails) is not False


@pytest.mark.parametrize("strictness", STRICT.values(), ids=STRICT)
def test_dynamodb_local_accepts_requests_only_after_an_adaptation(
    strictness: Strictness, local: Local
) -> None:
    assert not accepts(local, strictness.shown, strictness.fails)
    assert local.judge(strictness.adapt(copy.deepcopy(strictness.shown))) == YES


@pytest.mark.parametrize("name", RESTRICTIONS)
def test_aws_would_accept_what_the_contract_refuses(name: str, local: Local) -> None:
    shown = RESTRICTIONS[name].shown
    assert local.judge(adapted(create_table(shown)), update_time_to_live(shown)) == YES
    with pytest.raises(ManifestError):
        load(json.dumps(shown), filename="manifest.yaml")


@pytest.mark.parametrize("name", LENIENT)
def test_a_lenience_matches_only_its_own_request(name: str) -> None:
    assert [n for n, lenience in LENIENT.items() if lenience.refuses(LENIENT[name].shown)] == [name]
    assert not LENIENT[name].refuses(table())


@pytest.mark.parametrize("name", RESTRICTIONS)
def test_a_restriction_matches_only_its_own_manifest(name: str) -> None:
    shown = RESTRICTIONS[name].shown
    assert [n for n, restriction in RESTRICTIONS.items() if restriction.refuses(shown)] == [name]


@pytest.mark.parametrize("strictness", STRICT.values(), ids=STRICT)
def test_an_adaptation_leaves_other_requests_unchanged(strictness: Strictness) -> None:
    assert strictness.adapt(table()) == table()


def test_every_deviation_has_its_evidence() -> None:
    functions = [
        *(lenience.refuses for lenience in LENIENT.values()),
        *(strictness.adapt for strictness in STRICT.values()),
        *(restriction.refuses for restriction in RESTRICTIONS.values()),
    ]
    assert [function.__name__ for function in functions if not function.__doc__] == []


def test_distinct_names_have_the_same_size_and_are_never_equal() -> None:
    names = ["id", "Id", "AT", "at", "é" * 127, "É" * 127, "x0", "other"]
    renamed = [
        definition["AttributeName"]
        for definition in adapted(table(AttributeDefinitions=attributes(*names)))[
            "AttributeDefinitions"
        ]
    ]
    assert [len(name.encode()) for name in renamed] == [len(name.encode()) for name in names]
    assert len({name.lower() for name in renamed}) == len(names)
    assert renamed[-2:] == ["x0", "other"]
