"""Runs the real checker on the examples, so that the diagnostics shown are never out of date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone

from planton.adopt.sources import read_source
from planton.controls.catalogue import FSBP
from planton.controls.judge import failures, judge
from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source
from planton.dialects.key_case import camel
from planton.document.nodes import Mapping, Node, Scalar
from planton.document.reader import MAX_BYTES, MAX_DEPTH, decode, parse
from planton.explain.explanation import Explanation
from planton.organization.layers import organization
from planton.plan.planner import make_plan
from planton.plan.shared_names import PlannedTable
from planton.reading.at_time import at_time
from planton.reading.manifest_settings import read_entries
from planton.reading.program_input import load_program
from planton.reading.read import read, read_parsed
from planton.reading.secret_lines import Parsed, parse_source
from planton.reading.shared_names import shared_name_errors
from planton.reading.sources import CONFIG_REGION, RULES_FILE, find, read_data
from planton.reading.stack_input import read_stack_input
from planton.render.targets import render

BASE = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata:
  name: orders
  org: acme
  env: dev
spec:
  billingMode: PAY_PER_REQUEST
  attributeDefinitions:
    - {name: customerId, type: S}
    - {name: orderId, type: S}
  keySchema:
    - {attributeName: customerId, keyType: HASH}
    - {attributeName: orderId, keyType: RANGE}
"""
"""The manifest whose fields an example replaces."""

FILE = "orders.yaml"
"""The file name that diagnostics show for an example."""

_NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
"""The time at which the examples are read: what they show must never change."""

_PARTS = ("metadata", "spec")
_BASE_OFFSET = 1000
"""Lines put before the base, so that its line numbers never fall within an example."""


def is_fragment(example: str) -> bool:
    """Whether an example is merged into BASE."""
    return example.startswith(tuple(f"{part}:" for part in _PARTS))


def found_by(explanation: Explanation) -> list[Diagnostic]:
    """Returns the diagnostics of an explanation's bad example."""
    if explanation.form == "text":
        return OTHER_INPUTS[explanation.code]()
    return found_in(explanation.bad)


def found_in(example: str) -> list[Diagnostic]:
    """Returns an example's diagnostics, with lines and columns of the example.

    An example with only `metadata` and `spec` is merged into BASE, where it replaces the fields
    that it names. Any other example is checked as it is.
    """
    parsed = parse_source(Source(FILE, example))
    if len(parsed.roots) == 1:
        root = _in_base(parsed.roots[0]) or parsed.roots[0]
        parsed = Parsed(parsed.source, (root,), parsed.diagnostics)
    return list(at_time(read_parsed(parsed), _NOW).diagnostics)


def _in_base(fragment: Node) -> Node | None:
    """Merges a fragment into the base; returns None if the example is not a fragment."""
    if not isinstance(fragment, Mapping) or not fragment.entries:
        return None
    if any(key.text not in _PARTS for key, _ in fragment.entries):
        return None
    (base,), _ = parse(Source(FILE, "\n" * _BASE_OFFSET + BASE))
    assert isinstance(base, Mapping)
    overrides = {key.text: (key, value) for key, value in fragment.entries}
    entries = [_merged(entry, overrides.get(entry[0].text)) for entry in base.entries]
    return fragment._replace(entries=tuple(entries))


_Entry = tuple[Scalar, Node]


def _merged(base: _Entry, override: _Entry | None) -> _Entry:
    if override is None:
        return base
    ours, theirs = base[1], override[1]
    if not isinstance(ours, Mapping) or not isinstance(theirs, Mapping):
        return override
    named = {camel(key.text) for key, _ in theirs.entries}
    kept = tuple(entry for entry in ours.entries if entry[0].text not in named)
    return override[0], theirs._replace(entries=theirs.entries + kept)


def _raised(call: Callable[[], object]) -> list[Diagnostic]:
    try:
        call()
    except ManifestError as error:
        return list(error.diagnostics)
    raise AssertionError("the input was accepted")  # pragma: no cover


def _unset(_: str) -> None:
    """An empty Pulumi config."""


_TEMPLATE = """\
Parameters:
  TableName: {Type: String}
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Ref TableName
      AttributeDefinitions: [{AttributeName: customerId, AttributeType: S}]
      KeySchema: [{AttributeName: customerId, KeyType: HASH}]
"""


def _adopted(text: str, **parameters: str) -> list[Diagnostic]:
    return list(read_source(FILE, text.encode(), parameters).diagnostics)


_GRANTS = """\
  region: eu-central-1
  grants: [{role: reader, principal: "arn:aws:iam::111122223333:role/shop"}]
"""
_INSIGHTS = "  region: eu-central-1\n  contributorInsightsEnabled: true\n"

_REFERENCE = """\
  serverSideEncryption:
    enabled: true
    kmsKeyArn: {valueFrom: {kind: AwsKmsKey, name: orders}}
"""


def _region(name: str) -> str | None:
    """A Pulumi config with a region."""
    return "eu-central-1" if name == CONFIG_REGION else None


def _failed() -> list[Diagnostic]:
    """What a control finds about a table that is not protected from deletion."""
    reading = read(Source(FILE, BASE))
    manifest, places = reading.require(), reading.places
    assert places is not None  # there is a manifest
    results = judge(manifest, [FSBP])
    return [one for result in results for one in failures(places, reading.source, result)]


def _ruled(*texts: str) -> list[Diagnostic]:
    """What is wrong with files of rules, the outermost first."""
    names = (f"{'../' * i}{RULES_FILE}" for i in reversed(range(len(texts))))
    sources = [Source(name, text) for name, text in zip(names, texts, strict=True)]
    return list(organization(sources).problems)


def _shared() -> list[Diagnostic]:
    """What is wrong with two manifests of one metadata.name."""
    readings = [read(Source(f"tables/{file}", BASE)) for file in (FILE, "orders-2.yaml")]
    tables = [PlannedTable(make_plan(one.require()), one.region, None) for one in readings]
    return list(shared_name_errors(tables, readings))


OTHER_INPUTS: dict[str, Callable[[], list[Diagnostic]]] = {
    # The fault is not in the YAML: it is in the environment, the bytes, the size or the rendering.
    "control-failed": _failed,
    "default-value": lambda: _ruled("defaults: [{spec: {billingMode: PAY_PER_REQUEST}}]\n"),
    "duplicate-rule": lambda: _ruled(
        "rules:\n"
        "  - {id: team-tag, require: {spec.tags.team: {present: true}}}\n"
        "  - {id: team-tag, require: {spec.tags.cost-centre: {present: true}}}\n"
    ),
    "grants-need-account": lambda: _raised(
        lambda: read_stack_input(Source(FILE, BASE + _GRANTS), _unset, {}, now=_NOW)
    ),
    "incomplete-table": lambda: _adopted(_TEMPLATE),
    "invalid-config": lambda: _raised(
        lambda: read_entries('[{"path": "tables", "account": "production"}]')
    ),
    "json-syntax": lambda: _raised(lambda: _adopted('{"version": 4, "resources": [')),
    "no-input": lambda: _raised(lambda: find(_unset, {})),
    "no-region": lambda: _raised(
        lambda: read_stack_input(Source(FILE, BASE), _unset, {}, now=_NOW)
    ),
    "no-table": lambda: _raised(lambda: _adopted("Resources: {Vpc: {Type: AWS::EC2::VPC}}")),
    "not-carried": lambda: list(render(Source(FILE, BASE + _INSIGHTS), "crossplane").warnings),
    "not-utf-8": lambda: decode("# Bücher\n".encode("latin-1"), FILE)[1],
    "rules-loosened": lambda: _ruled(
        "severity: {recovery-off: error}\n", "severity: {recovery-off: warning}\n"
    ),
    "several-inputs": lambda: _raised(lambda: load_program(lambda _: "tables", {}, now=_NOW)),
    "severity-override": lambda: _ruled(
        "severity: {duplicate-attribute: off, recovery-of: error}\n"
    ),
    "shared-name": _shared,
    "too-deep": lambda: parse(Source(FILE, "[" * (MAX_DEPTH + 1)))[1],
    "too-large": lambda: decode(b" " * (MAX_BYTES + 1), FILE)[1],
    "unknown-parameter": lambda: _raised(lambda: _adopted(_TEMPLATE, TabelName="orders")),
    "unknown-source": lambda: _raised(
        lambda: _adopted('resource "aws_dynamodb_table" "orders" {}')
    ),
    "unreadable": lambda: _raised(lambda: read_data("no-such-folder/orders.yaml")),
    "unusable-rule": lambda: _ruled(
        "rules:\n"
        "  - id: production-is-protected\n"
        "    when: {metadata.env: production}\n"
        "    require: {spec.deletionProtection: true}\n"
    ),
    "unresolved-reference": lambda: _raised(
        lambda: read_stack_input(Source(FILE, BASE + _REFERENCE), _region, {}, now=_NOW)
    ),
}
"""Codes that no manifest in YAML can show, each with an input that produces its diagnostic."""
