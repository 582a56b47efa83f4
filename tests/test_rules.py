"""Rules declare the fields that they read; the corpora show what each of them refuses."""

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from inspect import isfunction
from typing import Any, cast

import pytest
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from planton.manifest import rules
from planton.manifest.aws_dynamodb import AwsDynamodb
from planton.manifest.enums import BillingMode
from planton.manifest.facts import facts
from planton.manifest.manifest import Manifest
from planton.manifest.partitions import partition_of
from planton.manifest.rules import indexes as index_rules
from planton.manifest.rules.all_rules import RULES
from planton.manifest.rules.policy.kinds import STREAM, TABLE, wrong_placeholder
from planton.manifest.rules.rule import Finding, Rule, rule
from planton.manifest.shape import fields, model
from planton.manifest.spec import Spec
from tests.corpus import ACCEPT, REJECT, REQUESTS, cases, examine

FRAME = {"contract", "extended", "place", "placeholder", "words"}
"""What comes from outside of all fields, and is never broken."""


class Names(set[str]):
    """A set of field names that records which of them were queried."""

    def __init__(self, names: set[str], path: str, seen: set[str]) -> None:
        super().__init__(names)
        self._path, self._seen = path, seen

    def __contains__(self, name: object) -> bool:
        self._seen.add(f"{self._path}.{to_camel(str(name))}")
        return super().__contains__(name)


class Recorder:
    """A model that records which of its fields were read."""

    def __init__(self, model: BaseModel | Manifest, path: str, seen: set[str]) -> None:
        self._model, self._path, self._seen = model, path, seen

    def __getattr__(self, name: str) -> Any:
        member = getattr(type(self._model), name, None)
        if name == "model_fields_set" and isinstance(self._model, BaseModel):
            return Names(self._model.model_fields_set, self._path, self._seen)
        if isinstance(member, property):
            return cast("Callable[[object], Any]", member.fget)(self)
        if isfunction(member):
            return partial(member, self)
        if name in FRAME:
            return getattr(self._model, name)
        path = f"{self._path}.{to_camel(name)}".removeprefix(".")
        value = getattr(self._model, name)
        self._seen.add(path)
        return self._wrapped(value, path)

    def _wrapped(self, value: Any, path: str) -> Any:
        if isinstance(value, BaseModel):
            return Recorder(value, path, self._seen)
        if isinstance(value, list):
            return [self._wrapped(item, path) for item in value]
        return value


@pytest.fixture(scope="module")
def seen() -> dict[str, set[str]]:
    """By the name of each rule, the fields that it reads over all corpora."""
    found: dict[str, set[str]] = defaultdict(set)
    for manifest in _manifests():
        for one in RULES:
            list(one.check(cast("Manifest", Recorder(manifest, "", found[one.check.__name__]))))
    return found


def _manifests() -> list[Manifest]:
    """What the models make of every case, also where a rule refuses it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("planton.manifest.checking.check.RULES", ())
        examined = [
            examine(case)[0]
            for folder in (ACCEPT, REJECT, *REQUESTS.values())
            for case in cases(folder)
        ]
    return [manifest for manifest in examined if manifest is not None]


every_rule = pytest.mark.parametrize("one", RULES, ids=lambda one: one.check.__name__)


@every_rule
def test_a_rule_is_skipped_if_a_field_that_it_reads_is_invalid(
    one: Rule, seen: dict[str, set[str]]
) -> None:
    looked_at = seen[one.check.__name__]

    apart = {p for p in looked_at if p.startswith(tuple(f"{place}." for place in one.each))}
    assert {path for path in looked_at if one.applies({path})} == {*one.says, *apart}


@every_rule
def test_a_rule_reads_every_field_that_it_names(one: Rule, seen: dict[str, set[str]]) -> None:
    assert {*one.reads, *one.says} - seen[one.check.__name__] == set()


@every_rule
def test_a_rule_names_existing_fields(one: Rule) -> None:
    for path in (*one.reads, *one.says, *one.each):
        annotation: Any = AwsDynamodb
        for part in path.split("."):
            assert part in fields(annotation), path
            annotation = _model(fields(annotation)[part].annotation)


def _model(annotation: Any) -> Any:
    """The model inside a field's type, however it is wrapped."""
    if fields(annotation):
        return annotation
    inner = [_model(argument) for argument in getattr(annotation, "__args__", ())]
    return next((model for model in inner if fields(model)), None)


@every_rule
def test_a_rule_names_its_source(one: Rule) -> None:
    assert one.check.__doc__


def test_a_field_that_is_only_allowed_with_another_has_a_rule_that_checks_it() -> None:
    found = 0
    for path, of in _blocks(Spec, "spec"):
        for name, field in fields(of).items():
            if needed := facts(field).only_with:
                mode = isinstance(needed, BillingMode)
                switch = "spec.billingMode" if mode else f"{path}.{needed}"
                held = (f"{path}.{name}", f"{path}.{name}.")
                assert any(
                    switch in one.reads
                    and any(read == held[0] or read.startswith(held[1]) for read in one.reads)
                    for one in RULES
                ), f"{path}.{name}"
                found += 1
    assert found


def _blocks(of: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, of
    for name, field in fields(of).items():
        if inner := model(field.annotation):
            yield from _blocks(inner, f"{path}.{name}")


def test_every_rule_in_the_source_is_applied() -> None:
    found = pkgutil.walk_packages(rules.__path__, "planton.manifest.rules.")
    modules = [importlib.import_module(module.name) for module in found]
    written = [one for module in modules for one in vars(module).values() if isinstance(one, Rule)]

    assert sorted(one.check.__name__ for one in RULES) == sorted(o.check.__name__ for o in written)


@pytest.mark.parametrize(
    ("broken", "applies"),
    [
        (set(), True),
        ({"spec.keySchema.keyType"}, False),
        ({"spec.keySchema"}, False),
        ({"spec"}, False),
        ({"metadata.name"}, False),
        ({"metadata"}, False),
        ({"spec.keySchema.attributeName"}, True),
        ({"spec.keySchemaX"}, True),
        ({"spec.key"}, True),
        ({"spec.ttl", "spec.keySchema"}, False),
    ],
)
def test_a_rule_applies_while_every_field_that_it_reads_is_valid(
    broken: set[str], applies: bool
) -> None:
    @rule("enum", "keySchema.keyType", "metadata.name")
    def one(manifest: Manifest) -> Any:
        yield Finding(("spec",), "never asked")

    assert one.applies(broken) is applies


def test_the_limits_are_those_of_aws() -> None:
    assert (
        index_rules.MAX_GLOBAL_INDEXES,
        index_rules.MAX_LOCAL_INDEXES,
        index_rules.MAX_NON_KEY_ATTRIBUTES,
        index_rules.MAX_PROJECTED_ATTRIBUTES,
    ) == (20, 5, 20, 100)


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-central-1", "aws"),
        ("us-east-1", "aws"),
        ("us-gov-west-1", "aws-us-gov"),
        ("cn-north-1", "aws-cn"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("us-isof-south-1", "aws-iso-f"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_every_region_has_a_partition(region: str, partition: str) -> None:
    assert partition_of(region) == partition


def test_a_misspelled_placeholder_is_found_in_any_text() -> None:
    table, stream = "${table_arn}", "${stream_arn}"
    misspelled = wrong_placeholder("a ${table_arn} and {{ tableArn }} b", TABLE)
    assert misspelled == ("{{ tableArn }}", table)
    assert wrong_placeholder("${table_arn}${table_arn}/index/*", TABLE) is None
    assert wrong_placeholder("table_arn, ${table} and ${aws:PrincipalArn}", TABLE) is None
    assert wrong_placeholder("${table_arn}/stream/* ${stream_arn}", TABLE) == (stream, stream)
    assert wrong_placeholder("${table_arn}/stream/* ${stream_arn}", STREAM) is None
    assert wrong_placeholder("$STREAM-ARN", STREAM) == ("$STREAM-ARN", stream)


def test_a_long_text_is_not_searched_again_from_each_bracket() -> None:
    """Which an endless repetition at the beginning of a pattern does."""
    assert wrong_placeholder("{" * 1_000_000 + "$ " * 500_000, TABLE) is None
