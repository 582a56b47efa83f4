"""The files with an organization's rules: what is wrong with them, and which apply where."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from planton.cli.parser import main
from planton.diagnostics.diagnostic import ManifestError, Source
from planton.organization import layers
from planton.organization.layers import organization
from planton.organization.load import Loaded
from planton.organization.load import load as load_rules
from planton.organization.organization import Organization
from planton.reading.rules_files import RulesFinder, rules_of_program
from planton.reading.sources import CONFIG_RULES, ENV_RULES, STDIN
from planton.reading.stack_input import StackInput, load
from tests.loading import NOW

MANIFEST = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {name: orders, env: production}
spec:
  region: eu-west-1
  billingMode: PAY_PER_REQUEST
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
"""
RULE = "rules: [{{id: {0}, require: {{spec.tags.{0}: {{present: true}}}}}}]\n"


def problems(*texts: str) -> list[tuple[str, str, str, str]]:
    """File, line and column; code; message; help of each problem."""
    names = ("planton.yaml", "team/planton.yaml")
    rules = organization([Source(*one) for one in zip(names, texts, strict=False)])
    return [
        (
            f"{one.source.name}:{one.span.line}:{one.span.column}" if one.span else "",
            one.code,
            one.message,
            one.help,
        )
        for one in rules.problems
    ]


def rule(text: str) -> str:
    return f"rules:\n  - id: a\n    {text}\n"


WORDS = r"\w" * 100
FIELDS = "docs/fields.md lists the fields of spec"
FORMS = "'oneOf', 'noneOf', 'present', 'matches', 'atLeast' or 'atMost'"


@pytest.mark.parametrize(
    ("text", "place", "code", "message", "help"),
    [
        ("[]", "1:1", "type", "planton.yaml must be a mapping",
         "it has severity, profiles, defaults and rules"),
        ("rules: []\n---\nrules: []\n", "3:1", "several-documents", "expected one document, got 2",
         "put all rules into one document"),
        ("rules: x\n", "1:8", "type", "rules must be a list, got 'x'", ""),
        ("rule: []\n", "1:1", "unknown-key", "unknown key 'rule'", "did you mean 'rules'?"),
        ("regions: []\n", "1:1", "unknown-key", "unknown key 'regions'",
         "allowed here: severity, profiles, defaults, rules"),
        ("rules: []\nrules: []\n", "2:1", "duplicate-key", "duplicate key 'rules', first on line 1",
         "keep one of the two"),
        ("rules: [7]\n", "1:9", "type", "rules[0] must be a mapping, got the number 7", ""),
        ("rules: [{id: a, expresion: x}]\n", "1:17", "unknown-key", "unknown key 'expresion'",
         "did you mean 'expression'?"),
        ("rules: [{require: {spec.region: x}}]\n", "1:9", "missing", "id is required", ""),
        ("rules: [{id: '', require: {spec.region: x}}]\n", "1:14", "missing", "id is required", ""),
        (rule("require: 5"), "3:14", "type", "require must be a mapping, got the number 5", ""),
        (rule("severity: off"), "3:15", "enum", "severity must be 'error' or 'warning', got 'off'",
         ""),
        ("severity: {recovery-off: maybe}", "1:26", "enum",
         "the severity of 'recovery-off' must be 'error', 'warning' or 'off', got 'maybe'", ""),
        ("severity: {recovery-off: true}", "1:26", "enum",
         "the severity of 'recovery-off' must be 'error', 'warning' or 'off', got the boolean "
         "true", ""),
        ("severity: {recovery-of: error}", "1:12", "severity-override",
         "no diagnostic has the code 'recovery-of'", "did you mean 'recovery-off'?"),
        ("severity: {xyz: error}", "1:12", "severity-override",
         "no diagnostic has the code 'xyz'",
         "planton explain lists all codes; the severity of a rule is set in the rule"),
        ("severity: {duplicate-attribute: warning}", "1:12", "severity-override",
         "'duplicate-attribute' is an error, because AWS or the contract refuses it: it cannot be "
         "a warning",
         "remove the line"),
        ("severity: {enum: off}", "1:12", "severity-override",
         "'enum' is an error, because AWS or the contract refuses it: it cannot be switched off",
         "remove the line"),
        ("severity: {recovery_off: off, recovery-off: off}", "1:31", "severity-override",
         "'recovery-off' is there twice, in two spellings", "keep one of the two"),
        (rule("require: {spec.tabelName: x}"), "3:15", "unusable-rule",
         "spec has no field 'tabelName'", "did you mean 'tableName'?"),
        (rule("require: {spec.foo: x}"), "3:15", "unusable-rule", "spec has no field 'foo'",
         FIELDS),
        (rule("require: {spec.ttl.foo: x}"), "3:15", "unusable-rule",
         "spec.ttl has no field 'foo'", "use 'enabled' or 'attributeName'"),
        (rule("require: {region: x}"), "3:15", "unusable-rule", "'region' is not a field",
         "a field begins with metadata. or spec."),
        (rule("require: {'spec..x': x}"), "3:15", "unusable-rule",
         "'spec..x' is not the name of a field",
         'write it as in spec.replicas[*].regionName or spec.tags["cost-centre"]'),
        (rule(r'require: {"spec.tags[\"\e[31m\n::error::x\"]": 5}'), "3:15", "unusable-rule",
         r"""'spec.tags["\x1b[31m\n::error::x"]' is not the name of a field""",
         'write it as in spec.replicas[*].regionName or spec.tags["cost-centre"]'),
        (rule("require: {spec.replicas.regionName: x}"), "3:15", "unusable-rule",
         "spec.replicas is a list, so 'spec.replicas.regionName' names none of its fields",
         "write spec.replicas[*].regionName for each of its items"),
        (rule("require: {'spec.ttl[*]': x}"), "3:15", "unusable-rule",
         "spec.ttl is not a list, so it has no items", "remove [*]"),
        (rule("require: {spec.region.x: x}"), "3:15", "unusable-rule",
         "spec.region has no fields, so 'x' is not one of them", ""),
        (rule("require: {spec.pointInTimeRecoveryEnabled: true}"), "3:15", "unusable-rule",
         "'pointInTimeRecoveryEnabled' is only one form of this setting",
         "use spec.pointInTimeRecovery.enabled, which covers both forms"),
        (rule("require: {metadata.labels: x}"), "3:15", "unusable-rule",
         "'metadata.labels' is not a value", "name one label: metadata.labels.team"),
        (rule("require: {metadata.env.x: x}"), "3:15", "unusable-rule",
         "'metadata.env.x' is not a value", "use metadata.env"),
        (rule("require: {metadata.annotations: x}"), "3:15", "unusable-rule",
         "metadata has no field 'annotations'",
         "use 'name', 'id', 'org', 'env', 'namespace' or 'labels'"),
        (rule("require: {spec.region: {onOf: [x]}}"), "3:28", "unusable-rule",
         "'onOf' is not a form of a condition", "did you mean 'oneOf'?"),
        (rule("require: {spec.region: {regex: x}}"), "3:28", "unusable-rule",
         "'regex' is not a form of a condition", f"use {FORMS}"),
        (rule("require: {spec.region: {}}"), "3:28", "unusable-rule",
         "a condition has exactly one form", f"write one of {FORMS}"),
        (rule("require: {spec.region: []}"), "3:28", "unusable-rule", "oneOf has no values",
         "write the values as a list"),
        (rule("require: {spec.region: null}"), "3:28", "unusable-rule",
         "a value of region is a string", ""),
        (rule("require: {spec.tags.x: 5}"), "3:28", "unusable-rule",
         "tags.x is a string, got 5", 'write "5"'),
        (rule("require: {spec.tags.x: true}"), "3:28", "unusable-rule",
         "tags.x is a string, got true", 'write "true"'),
        (rule("require: {spec.deletionProtectionEnabled: 'yes'}"), "3:47", "unusable-rule",
         "deletionProtectionEnabled is always true or false, got 'yes'", ""),
        (rule("require: {spec.deletionProtectionEnabled: {present: true}}"), "3:47",
         "unusable-rule", "deletionProtectionEnabled is always true or false, so present does not "
         "fit", "use 'oneOf' or 'noneOf'"),
        (rule("require: {spec.replicas: {matches: x}}"), "3:30", "unusable-rule",
         "replicas is a list, so matches does not fit", "use 'present', 'atLeast' or 'atMost'"),
        (rule("require: {spec.ttl: true}"), "3:25", "unusable-rule",
         "ttl is a mapping, so oneOf does not fit", "use 'present'"),
        (rule("require: {spec.billingMode: ON_DEMAND}"), "3:33", "unusable-rule",
         "'ON_DEMAND' is not a value of billingMode", "use 'PROVISIONED' or 'PAY_PER_REQUEST'"),
        (rule("require: {spec.billingMode: PAY_PER_REQEST}"), "3:33", "unusable-rule",
         "'PAY_PER_REQEST' is not a value of billingMode", "did you mean 'PAY_PER_REQUEST'?"),
        (rule("require: {spec.billingMode: {matches: P.*}}"), "3:33", "unusable-rule",
         "billingMode has few values, so matches does not fit",
         "use 'PROVISIONED' or 'PAY_PER_REQUEST'"),
        (rule("require: {spec.region: {matches: '('}}"), "3:28", "unusable-rule",
         "'(' is not a pattern: unclosed group", ""),
        (rule("require: {spec.region: {matches: '(?=x)'}}"), "3:28", "unusable-rule",
         "'(?=x)' is not a pattern: look-around, including look-ahead and look-behind, is not "
         "supported", "patterns have no lookahead, lookbehind or backreferences"),

        (rule("require: {spec.region: {matches: 'a)(b'}}"), "3:28", "unusable-rule",
         "'a)(b' is not a pattern: unopened group", ""),
        (rule("require: {spec.region: {matches: ''}}"), "3:28", "unusable-rule",
         "matches must be a pattern of 1 to 500 characters", ""),
        (rule("require: {spec.region: {present: 1}}"), "3:28", "unusable-rule",
         "present must be true or false, got 1", ""),
        (rule("require: {spec.replicas: {atMost: '5'}}"), "3:30", "unusable-rule",
         "atMost must be a number of at least 0, got '5'", ""),
        (rule("require: {spec.replicas: {atLeast: 1.5}}"), "3:30", "unusable-rule",
         "atLeast must be a number of at least 0, got 1.5", ""),
        (rule("require: {spec.replicas: {atLeast: [1]}}"), "3:30", "unusable-rule",
         "atLeast must be a number of at least 0, got a list of 1 item", ""),
        ("rules: [{id: A b, require: {spec.region: x}}]\n", "1:14", "unusable-rule",
         "'A b' is not an id",
         "write words of lower-case letters and digits, joined by hyphens, such as team-tag"),
        ("rules: [{id: enum, require: {spec.region: x}}]\n", "1:14", "duplicate-rule",
         "'enum' is a code of this program",
         "choose another id; planton explain enum says what the code is"),
        (rule("require: {spec.region: x}") + "  - {id: a, require: {spec.region: x}}\n", "4:10",
         "duplicate-rule", "two rules have the id 'a': the first is in planton.yaml, line 2",
         "choose another id"),
        ("rules: [{id: a}]\n", "1:9", "unusable-rule",
         "a rule has either require or expression, and it has neither",
         "say what must be true of a manifest"),
        ("rules: [{id: a, require: {spec.region: x}, expression: 'true'}]\n", "1:9",
         "unusable-rule", "a rule has either require or expression, not both",
         "say what must be true of a manifest"),
        (rule("{require: {spec.region: x}, at: spec.region}").replace("{require", "require")
         .replace("x}, at: spec.region}", "x}\n    at: spec.region"), "4:5", "unusable-rule",
         "at belongs to an expression: each condition points to its field by itself", "remove at"),
        (rule("when: {spec.foo: x}\n    require: {spec.region: x}"), "3:12", "unusable-rule",
         "spec has no field 'foo'", FIELDS),
        ("profiles: [{name: fsb}]\n", "1:19", "unusable-rule", "unknown profile 'fsb'",
         "did you mean 'fsbp'?"),
        ("profiles: [{name: iso}]\n", "1:19", "unusable-rule", "unknown profile 'iso'",
         "use 'fsbp', 'control-tower' or 'checkov'"),
        ("profiles: [{name: control-tower, except: [X]}]\n", "1:43", "unusable-rule",
         "control-tower has no control 'X'", "use 'CT.DYNAMODB.PR.1' or 'CT.DYNAMODB.PR.2'"),
        ("profiles: [{name: fsbp, requiredTags: [a,b,c,d,e,f,g]}]\n", "1:39", "unusable-rule",
         "the control takes 6 keys, got 7", "write a rule for more"),
        ("profiles: [{name: checkov, requiredTags: [a]}]\n", "1:28", "unusable-rule",
         "no control of checkov asks for tags", "write a rule"),
        ("profiles: [{name: fsbp}, {name: fsbp, severity: warning}]\n", "1:26", "duplicate-rule",
         "fsbp is required in planton.yaml, line 1 already, in another way",
         "keep one of the two, or tell them apart by when"),
        ("defaults: [{spec: {billingMode: PAY_PER_REQUEST}}]\n", "1:20", "default-value",
         "'billingMode' is for each manifest to say",
         "a default can only be for 'alarms', 'contributorInsights', 'deletionPolicy', "
         "'deletionProtectionEnabled', 'pointInTimeRecovery' or 'tags'; a rule can require a "
         "value"),
        ("defaults: [{spec: {pointInTimeRecoveryEnabled: true}}]\n", "1:20", "default-value",
         "'pointInTimeRecoveryEnabled' is only one form of this setting",
         "write pointInTimeRecovery"),
        ("defaults: [{spec: {deletionPolcy: retain}}]\n", "1:20", "default-value",
         "spec has no field 'deletionPolcy'", "did you mean 'deletionPolicy'?"),
        ("defaults: [{spec: {foo: retain}}]\n", "1:20", "default-value",
         "spec has no field 'foo'",
         "a default can only be for 'alarms', 'contributorInsights', 'deletionPolicy', "
         "'deletionProtectionEnabled', 'pointInTimeRecovery' or 'tags'"),
        ("defaults: [{spec: {deletionPolicy: keep}}]\n", "1:36", "enum",
         "'keep' is not one of 'delete' or 'retain'", ""),
        ("defaults: [{spec: {alarms: {topcs: []}}}]\n", "1:29", "unknown-key",
         "unknown key 'topcs'", "did you mean 'topics'?"),
        ("defaults: [{spec: {pointInTimeRecovery: {enabled: maybe}}}]\n", "1:51", "type",
         "enabled must be true or false, got 'maybe'", ""),
        ("defaults: [{spec: {tags: 5}}]\n", "1:26", "type",
         "tags must be a mapping, got the number 5", ""),
        ("defaults: [{spec: {tags: {'aws:x': y}}}]\n", "1:27", "tag",
         "'aws:x' begins with 'aws:', which AWS reserves", ""),
        ("defaults: [{spec: {tags: {'': y}}}]\n", "1:27", "missing", "a key is required", ""),
        ("defaults: [{}]\n", "1:12", "missing", "spec is required", ""),
        ("defaults: [{when: {spec.region: x}, spec: {deletionPolicy: retain}}]\n", "1:20",
         "default-value", "defaults are chosen by metadata alone, not by 'spec.region'",
         "use metadata.env, metadata.org or a label, or write a rule"),
        ("defaults: [{spec: {tags: {a: b}}}, {spec: {tags: {a: c}}}]\n", "1:44", "duplicate-rule",
         "spec.tags has a default already, in planton.yaml, line 1",
         "keep one of the two, or put the one with when first: the first that fits is used"),
        ("defaults: [{spec: {deletionPolicy: retain}}, {spec: {deletionPolicy: delete}}]\n",
         "1:54", "duplicate-rule",
         "spec.deletionPolicy has a default already, in planton.yaml, line 1",
         "keep one of the two, or put the one with when first: the first that fits is used"),
        ("defaults: [{spec: {deletionPolicy: retain}}, {when: {metadata.env: x}, spec: "
         "{deletionPolicy: delete}}]\n", "1:79", "duplicate-rule",
         "spec.deletionPolicy has a default already, in planton.yaml, line 1",
         "keep one of the two, or put the one with when first: the first that fits is used"),
        ("defaults: [{spec: {tags: {Name: x}}}]\n", "1:27", "default-value",
         "the program sets the tag 'Name' itself", "remove it"),
        ("defaults: [{spec: {tags: {planton.ai/environment: x}}}]\n", "1:27", "default-value",
         "the program sets the tag 'planton.ai/environment' itself", "remove it"),
        ("profiles: [{name: fsbp, requiredTags: [team, '']}]\n", "1:46", "missing",
         "requiredTags[1] is required", ""),
        ("profiles: [{name: fsbp, requiredTags: [aws:x]}]\n", "1:40", "tag",
         "'aws:x' begins with 'aws:', which AWS reserves", ""),
        ("severity: {control-failed: warning}\n", "1:12", "severity-override",
         "'control-failed' has the severity of the profile that is required",
         "write severity: warning beside the name of the profile"),
        ("apiVersion: x\nspec: {}\n", "1:1", "unusable-rule",
         "planton.yaml holds a manifest, not the rules of an organization",
         "rename the manifest, or name another file"),
        (rule(f"message: {'x' * 501}\n    require: {{spec.region: x}}"), "3:14", "length",
         "message has at most 500 characters, got 501", ""),
        (rule(f"require: {{spec.region: [{', '.join(f'a{i}' for i in range(201))}]}}"), "3:28",
         "unusable-rule", "oneOf has at most 200 values, got 201", ""),
        (rule(r"require: {spec.region: {matches: '(\w{1,60}){9,60}'}}"), "3:28", "unusable-rule",
         r"'(\w{1,60}){9,60}' is too large a pattern", "repeat less in it"),
        (rule("require: {spec.region: {matches: '(a{70}){72}'}}"), "1:1", "too-large",
         r"the patterns of the file have more than 5,000 repetitions and classes such as \w",
         "write smaller numbers into {…}, or + and *"),
        (rule("require:\n" + "".join(f"      spec.tags.t{i}: {{matches: '{WORDS}'}}\n"
                                     for i in range(50))), "1:1", "too-large",
         r"the patterns of the file have more than 5,000 repetitions and classes such as \w",
         "write smaller numbers into {…}, or + and *"),
    ],
)  # fmt: skip
def test_a_problem_is_reported_where_it_is_written(
    text: str, place: str, code: str, message: str, help: str
) -> None:
    assert problems(text) == [(f"planton.yaml:{place}", code, message, help)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "severity:\nprofiles:\ndefaults:\nrules:\n",
        "{}",
        "severity: {duplicate_attribute: error}",
        "profiles: [{name: fsbp}, {name: fsbp, severity: warning, when: {metadata.env: dev}}]",
        "profiles: [{name: fsbp}, {name: fsbp}]",
        "defaults: [{spec: {tags: {a: b}}}, {spec: {tags: {b: c}}}]",
        "defaults: [{when: {metadata.env: x}, spec: {tags: {a: b}}}, {spec: {tags: {a: c}}}]",
        "defaults: [{when: {metadata.env: x}, spec: {deletionPolicy: retain}}, "
        "{when: {metadata.env: y}, spec: {deletionPolicy: delete}}]",
        "defaults: [{spec: {alarms: {}}}]",
        "rules: [{id: a, require: {'spec.tags[\"a.b\"]': x, spec.replicas: {atMost: 0}}}]",
    ],
)
def test_a_file_without_a_problem_has_none(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: b: c", "yaml-syntax"),
        ("rules: &a [*a]\n", "alias"),
        ("---\nrules: []\n---\nrules: []\n", "several-documents"),
        ("rules: " + "[" * 200, "too-deep"),
        ("x: &a [1,1,1,1,1,1,1,1]\n" + "y: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n" * 1
         + "z: [" + ",".join(["*b"] * 2000) + "]\n", "too-large"),
        ("<<: {rules: []}\n", "merge-key"),
    ],
)  # fmt: skip
def test_hostile_yaml_is_refused_like_that_of_a_manifest(text: str, code: str) -> None:
    assert code in [one[1] for one in problems(text)]


def test_everything_wrong_is_reported_in_one_run() -> None:
    text = (
        "severity: {recovery-off: maybe, xyz: off}\n"
        "profiles: [{name: x}, {nam: fsbp}]\n"
        "defaults: [{spec: {ttl: {}, tags: 5}}, 7]\n"
        "rules: [{id: a, require: {spec.a: x, spec.b: x}}, {}, {id: B, expression: 1}]\n"
    )

    assert [(one[0], one[1]) for one in problems(text)] == [
        ("planton.yaml:1:26", "enum"),
        ("planton.yaml:1:33", "severity-override"),
        ("planton.yaml:2:19", "unusable-rule"),
        ("planton.yaml:2:23", "missing"),
        ("planton.yaml:2:24", "unknown-key"),
        ("planton.yaml:3:20", "default-value"),
        ("planton.yaml:3:35", "type"),
        ("planton.yaml:3:40", "type"),
        ("planton.yaml:4:27", "unusable-rule"),
        ("planton.yaml:4:38", "unusable-rule"),
        ("planton.yaml:4:51", "missing"),
        ("planton.yaml:4:75", "type"),
    ]


def test_a_file_has_at_most_five_hundred_rules() -> None:
    text = "rules:\n" + "".join(
        f"  - {{id: a-{i}, require: {{spec.region: x}}}}\n" for i in range(501)
    )

    assert problems(text) == [
        (
            "planton.yaml:2:3",
            "too-large",
            "the file has more than 500 rules",
            "write several conditions in one rule",
        )
    ]
    assert problems(text.replace("  - {id: a-500, require: {spec.region: x}}\n", "")) == []


# Several files


@pytest.mark.parametrize(
    ("outer", "nearer", "place", "code", "message", "help"),
    [
        ("severity: {recovery-off: error}", "severity: {recovery_off: warning}", "1:26",
         "rules-loosened", "'recovery-off' is an error in planton.yaml, line 1: this file cannot "
         "make it a warning", "remove the line: a nearer file can only tighten"),
        ("severity: {recovery-off: error}", "severity: {recovery-off: off}", "1:26",
         "rules-loosened", "'recovery-off' is an error in planton.yaml, line 1: this file cannot "
         "switch it off", "remove the line: a nearer file can only tighten"),
        ("rules: []", "severity: {recovery-off: off}", "1:26",
         "rules-loosened", "'recovery-off' is a warning where planton.yaml applies: this file "
         "cannot switch it off", "remove the line: a nearer file can only tighten"),
        (RULE.format("a"), RULE.format("a"), "1:14", "duplicate-rule",
         "the rule 'a' is in planton.yaml, line 1 already", "choose another id: both rules will "
         "apply"),
        ("profiles: [{name: fsbp}]", "profiles: [{name: fsbp, severity: warning}]", "1:12",
         "rules-loosened", "fsbp is required in planton.yaml, line 1 already",
         "remove the profile here: a nearer file can only require more of it"),
        ("profiles: [{name: fsbp}]", "profiles: [{name: fsbp, except: [DynamoDB.1]}]", "1:12",
         "rules-loosened", "fsbp is required in planton.yaml, line 1 already",
         "remove the profile here: a nearer file can only require more of it"),
        ("defaults: [{spec: {deletionPolicy: retain}}]",
         "defaults: [{spec: {deletionPolicy: delete}}]", "1:20", "rules-loosened",
         "the default of spec.deletionPolicy is in planton.yaml, line 1",
         "remove it here: the outermost file decides, and a manifest can say more"),
    ],
)  # fmt: skip
def test_a_nearer_file_cannot_loosen(
    outer: str, nearer: str, place: str, code: str, message: str, help: str
) -> None:
    assert problems(outer, nearer) == [(f"team/planton.yaml:{place}", code, message, help)]


def test_a_nearer_file_tightens() -> None:
    outer = "severity: {recovery-off: off}\nprofiles: [{name: fsbp}]\n" + RULE.format("a")
    nearer = (
        "severity: {recovery-off: error, projection-all: error}\nprofiles: [{name: checkov}]\n"
        "defaults: [{spec: {tags: {a: b}}}]\n" + RULE.format("b")
    )
    rules = organization([Source("planton.yaml", outer), Source("team/planton.yaml", nearer)])

    assert rules.problems == ()
    assert rules.severities == {"recovery-off": "error", "projection-all": "error"}
    assert [one.profile.name for one in rules.profiles] == ["fsbp", "checkov"]
    assert [one.id for one in rules.rules] == ["a", "b"]
    assert rules.summary() == (
        "planton.yaml, team/planton.yaml: 2 rules, 2 required profiles, 2 severities, 1 default"
    )


def test_a_nearer_file_requires_more_of_a_profile() -> None:
    outer = "profiles: [{name: fsbp, severity: warning, except: [DynamoDB.5, DynamoDB.6]}]"
    nearer = "profiles: [{name: fsbp, except: [DynamoDB.5], requiredTags: [team]}]"
    rules = organization([Source("planton.yaml", outer), Source("team/planton.yaml", nearer)])

    assert rules.problems == ()
    (profile,) = rules.profiles
    assert (profile.severity, profile.where) == ("error", "team/planton.yaml, line 1")
    assert profile.left_out == {"DynamoDB.5"}


def test_a_file_has_at_most_two_thousand_conditions() -> None:
    one = "{id: a, require: {" + ", ".join(f"spec.tags.t{i}: x" for i in range(2001)) + "}}"

    assert [found[1:3] for found in problems(f"rules: [{one}]")] == [
        ("too-large", "the file has more than 2,000 conditions")
    ]
    assert problems(f"rules: [{one.replace('spec.tags.t2000: x', '')}]") == []


def test_where_a_nearer_file_loosens_the_outer_one_still_counts() -> None:
    texts = ("severity: {recovery-off: error}", "severity: {recovery-off: off}")
    rules = organization([Source("planton.yaml", one) for one in texts])

    assert rules.severities == {"recovery-off": "error"}


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("", "nothing"),
        (RULE.format("a"), "1 rule"),
        ("severity: {recovery-off: off}", "1 severity"),
        ("profiles: [{name: fsbp}]", "1 required profile"),
    ],
)
def test_a_summary_counts_what_a_file_holds(text: str, held: str) -> None:
    assert organization([Source("planton.yaml", text)]).summary() == f"planton.yaml: {held}"


def test_without_a_file_the_summary_says_so() -> None:
    assert Organization().summary() == "no planton.yaml applies"


# Where they are found


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with rules at its root and in one of its folders, and rules outside of it."""
    files = {
        "planton.yaml": RULE.format("outside"),
        "repo/.git/HEAD": "",
        "repo/planton.yaml": RULE.format("root"),
        "repo/team/planton.yaml": RULE.format("team"),
        "repo/team/orders.yaml": MANIFEST,
        "repo/other/orders.yaml": MANIFEST,
        "set.yaml": RULE.format("set"),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "repo")
    monkeypatch.delenv(ENV_RULES, raising=False)
    return tmp_path


def ids(rules: Organization) -> list[str]:
    assert rules.problems == ()
    return [rule.id for rule in rules.rules]


def test_the_rules_are_those_of_the_folders_up_to_the_repository(tree: Path) -> None:
    find = RulesFinder()

    assert ids(find("team/orders.yaml")) == ["root", "team"]
    assert find("team/orders.yaml").files == ("planton.yaml", "team/planton.yaml")
    assert ids(find("other/orders.yaml")) == ["root"]
    assert ids(find(str(tree / "repo" / "team" / "x.yaml"))) == ["root", "team"]
    assert find("team/orders.yaml") is find("team/others.yaml")


def test_text_counts_as_a_file_in_the_working_directory(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ids(RulesFinder()(STDIN)) == ["root"]
    monkeypatch.chdir(tree / "repo" / "team")
    assert ids(RulesFinder()(STDIN)) == ["root", "team"]
    assert RulesFinder()(STDIN).files == ("../planton.yaml", "planton.yaml")


def test_the_folders_around_a_manifest_can_be_very_many(tree: Path) -> None:
    deep = "/".join(["d"] * 1200)

    assert ids(RulesFinder()(f"team/{deep}/orders.yaml")) == ["root", "team"]


def test_outside_of_a_repository_every_folder_counts(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tree / "loose" / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(tree / "loose" / "deep" / "er")

    assert ids(RulesFinder()("x.yaml")) == ["outside"]
    # A path with many "..", which says less than the whole one.
    assert RulesFinder()("x.yaml").files == (str(tree / "planton.yaml"),)


def test_a_file_that_is_set_is_outside_of_all_others(tree: Path) -> None:
    find = RulesFinder([("--config", "../set.yaml")])

    assert ids(find("team/orders.yaml")) == ["set", "root", "team"]
    assert ids(RulesFinder([("--config", "planton.yaml")])("other/x.yaml")) == ["root"]


def test_of_a_link_the_rules_on_both_sides_hold(tree: Path) -> None:
    (tree / "repo" / "link").symlink_to("team")
    (tree / "repo" / "other" / "linked.yaml").symlink_to("../team/orders.yaml")
    (tree / "repo" / "other" / "planton.yaml").write_text(RULE.format("other"), encoding="utf-8")
    find = RulesFinder()

    assert ids(find("link/orders.yaml")) == ["root", "team"]
    assert ids(find("link/../other/x.yaml")) == ["root", "other"]
    assert ids(find("other/linked.yaml")) == ["root", "team", "other"]


def test_a_copy_of_the_rules_and_a_link_to_them_add_nothing(tree: Path) -> None:
    (tree / "repo" / "team" / "planton.yaml").unlink()
    (tree / "repo" / "team" / "planton.yaml").symlink_to("../planton.yaml")
    (tree / "set.yaml").write_text(RULE.format("root"), encoding="utf-8")

    assert ids(RulesFinder()("team/orders.yaml")) == ["root"]
    assert ids(RulesFinder([("--config", "../set.yaml")])("team/orders.yaml")) == ["root"]
    both = RulesFinder([(ENV_RULES, "../set.yaml"), ("--config", "planton.yaml")])
    assert ids(both("team/orders.yaml")) == ids(both.of_settings()) == ["root"]


def test_a_file_around_several_folders_is_loaded_once(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []

    def counted(source: Source) -> Loaded:
        loaded.append(source.name)
        return load_rules(source)

    monkeypatch.setattr(layers, "load", counted)
    loosened = "severity: {recovery-off: 'off'}\n"
    (tree / "repo" / "other" / "planton.yaml").write_text(loosened, encoding="utf-8")
    find = RulesFinder()

    both = [find(f"{folder}/orders.yaml") for folder in ("other", "team", "other")]

    assert loaded == ["planton.yaml", "other/planton.yaml", "team/planton.yaml"]
    assert [len(one.problems) for one in both] == [1, 0, 1]


def test_a_file_that_is_set_is_the_one_that_the_path_leads_to(tree: Path) -> None:
    (tree / "away" / "deep").mkdir(parents=True)
    (tree / "away" / "r.yaml").write_text(RULE.format("right"), encoding="utf-8")
    (tree / "repo" / "r.yaml").write_text(RULE.format("wrong"), encoding="utf-8")
    (tree / "repo" / "lnk").symlink_to("../away/deep")
    rules = RulesFinder([("--config", "lnk/../r.yaml")]).of_settings()

    assert (ids(rules), rules.files) == (["right"], ("lnk/../r.yaml",))


def test_a_pipe_in_the_place_of_rules_does_not_block(tree: Path) -> None:
    (tree / "repo" / "team" / "planton.yaml").unlink()
    os.mkfifo(tree / "repo" / "team" / "planton.yaml")
    (problem,) = RulesFinder()("team/orders.yaml").problems

    assert problem.message == "the rules cannot be read: it is not a file"


@pytest.mark.parametrize(
    "text",
    [
        "provider_config: {secret_access_key: SUPERSECRET}\ntarget: {}\n",
        "target: {}\nprovider_config:\n  secret_access_key: SUPERSECRET\n  x: SUPERSECRET: y\n",
        '{"provider_config": {"secret_access_key": "SUPERSECRET"}}',
        'credentials: "SUPERSECRET\n',
    ],
)
def test_a_stack_input_in_the_place_of_rules_stays_hidden(
    tree: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tree / "set.yaml").write_text(text, encoding="utf-8")
    for command in (("validate", "other/orders.yaml"), ("rules",)):
        status, out, err = run(capsys, *command, "--config", "../set.yaml")
        assert status == 1
        assert "../set.yaml:" in out + err
        assert "SUPERSECRET" not in out + err
    environ = {ENV_RULES: "../set.yaml", "STACK_INPUT_YAML_FILE": "other/orders.yaml"}
    with pytest.raises(ManifestError) as refused:
        load(lambda _: None, environ, now=NOW)
    assert "SUPERSECRET" not in str(refused.value)
    value = text + "\n"
    problems = rules_of_program(lambda key: {CONFIG_RULES: value}.get(key), {})(STDIN).problems
    assert all("SUPERSECRET" not in one.text() for one in problems)


def test_the_environment_is_outside_of_pulumis_config(tree: Path) -> None:
    def get(key: str) -> str | None:
        return {CONFIG_RULES: "team/planton.yaml"}.get(key)

    find = rules_of_program(get, {ENV_RULES: "../set.yaml"})

    assert ids(find("other/orders.yaml")) == ["set", "team", "root"]
    assert ids(rules_of_program(lambda _: None, {})("other/orders.yaml")) == ["root"]


@pytest.mark.parametrize(
    ("value", "where"),
    [
        (RULE.format("a").replace("rules: ", "rules:\n  "), "config rules, line 2"),
        (RULE.format("a").strip(), "config rules, line 1"),
        ('{"rules": [{"id": "a", "require": {"spec.tags.a": {"present": true}}}]}', "config rules"),
    ],
)
def test_pulumis_config_can_hold_the_rules_themselves(tree: Path, value: str, where: str) -> None:
    rules = rules_of_program(lambda key: {CONFIG_RULES: value}.get(key), {})("other/orders.yaml")

    assert ids(rules) == ["a", "root"]
    assert rules.rules[0].where == where


def test_rules_that_cannot_be_read_are_a_problem_of_their_manifests_alone(tree: Path) -> None:
    (tree / "repo" / "team" / "planton.yaml").unlink()
    (tree / "repo" / "team" / "planton.yaml").symlink_to("nowhere")
    find = RulesFinder()

    assert [one.message for one in find("team/orders.yaml").problems] == [
        "the file cannot be read: No such file or directory"
    ]
    assert find("other/orders.yaml").problems == ()
    assert len(find("team/more.yaml").problems) == 1


def test_a_file_that_is_set_and_missing_is_a_problem_of_every_manifest(tree: Path) -> None:
    find = RulesFinder([("--config", "nowhere.yaml")])

    for path in ("team/orders.yaml", "other/orders.yaml", STDIN):
        assert [one.message for one in find(path).problems] == [
            "--config names a file that cannot be read: No such file or directory"
        ]


def test_a_file_of_more_than_a_mebibyte_is_refused_unread(tree: Path) -> None:
    (tree / "set.yaml").write_bytes(b"#" * ((1 << 20) + 1))
    (problem,) = RulesFinder([("--config", "../set.yaml")])("other/x.yaml").problems

    assert (problem.code, problem.help) == (
        "too-large",
        "check that this is the right file: planton.yaml holds the rules of an organization",
    )
    (tree / "set.yaml").write_bytes(b"#" * (1 << 20))
    assert ids(RulesFinder([("--config", "../set.yaml")])("other/x.yaml")) == ["root"]


def test_rules_in_another_encoding_are_refused(tree: Path) -> None:
    (tree / "set.yaml").write_bytes("rules: []\n".encode("utf-16"))
    (problem,) = RulesFinder([("--config", "../set.yaml")])("other/x.yaml").problems

    assert problem.code == "not-utf-8"


def test_the_program_is_bound_by_the_rules_and_says_which(tree: Path) -> None:
    def loaded(**environ: str) -> StackInput:
        return load(
            lambda _: None, {"STACK_INPUT_YAML_FILE": "team/orders.yaml", **environ}, now=NOW
        )

    with pytest.raises(ManifestError, match=r"error\[team\]: tags.team must be set"):
        loaded()
    text = MANIFEST + "  tags: {root: x, team: x}\n"
    (tree / "repo" / "team" / "orders.yaml").write_text(text, encoding="utf-8")
    assert loaded().rules == "planton.yaml, team/planton.yaml: 2 rules"
    (tree / "set.yaml").write_text("defaults: [{spec: {tags: {a: b}}}]", encoding="utf-8")
    governed = loaded(PLANTON_CONFIG="../set.yaml")
    assert governed.manifest.spec.tags == {"root": "x", "team": "x", "a": "b"}
    assert [one.path for one in governed.defaults] == ["spec.tags.a"]


# Commands


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(arguments)
    printed = capsys.readouterr()
    return status, printed.out, printed.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate",),
        ("plan",),
        ("diff", "team/orders.yaml"),
        ("render", "ack"),
        ("render", "crossplane"),
        ("render", "kro"),
        ("controls",),
        ("rehearse",),
    ],
    ids=" ".join,
)
def test_rules_hold_in_every_command_that_reads_a_manifest(
    tree: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    status, out, err = run(capsys, *arguments, "team/orders.yaml")

    assert status == 1
    for mark in ("error[root]: tags.root must be set", "error[team]: tags.team must be set"):
        assert mark in out + err
    status, out, err = run(capsys, *arguments, "team/orders.yaml", "--config", "../set.yaml")
    assert "error[set]: tags.set must be set" in out + err


def test_the_name_of_a_folder_cannot_forge_output(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tree / "repo" / "a\x1b[31m\n::error::b"
    folder.mkdir()
    nearer = folder / "c\x1b[31m\n::error::d"
    nearer.mkdir()
    (folder / "planton.yaml").write_text(
        "profiles: [{name: fsbp}]\ndefaults: [{spec: {deletionProtectionEnabled: true}}]\n"
        + RULE.format("own"),
        encoding="utf-8",
    )
    (nearer / "orders.yaml").write_text(MANIFEST, encoding="utf-8")
    manifest = str(nearer / "orders.yaml")
    commands = [
        ("validate", "."),
        ("validate", str(folder / "planton.yaml")),
        ("plan", manifest),
        ("diff", manifest, manifest),
        ("rules", manifest),
        ("explain", "own", "--config", str(folder / "planton.yaml")),
    ]
    for text in ("[]", "spec: {}", "severity: {projection-all: 'off'}", RULE.format("own")):
        (nearer / "planton.yaml").write_text(text, encoding="utf-8")
        for command in commands:
            printed = "".join(run(capsys, *command)[1:])
            assert "\x1b" not in printed
            assert "\n::error::" not in printed
    (nearer / "planton.yaml").write_text("{}", encoding="utf-8")
    (folder / "planton.yaml").write_text(
        "defaults: [{spec: {deletionProtectionEnabled: true}}]\n", encoding="utf-8"
    )
    (tree / "repo" / "planton.yaml").unlink()
    for command in commands[:-1]:
        printed = "".join(run(capsys, *command)[1:])
        assert "\\x1b[31m" in printed
        assert "\x1b" not in printed
        assert "\n::error::" not in printed


@pytest.mark.parametrize("arguments", [("convert",)], ids=" ".join)
def test_rules_do_not_hold_where_a_manifest_is_only_rewritten(
    tree: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert run(capsys, *arguments, "team/orders.yaml")[0] == 0


def test_the_environment_names_rules_for_every_command(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENV_RULES, "../set.yaml")

    assert "error[set]" in run(capsys, "validate", "other/orders.yaml")[1]


def test_an_empty_path_is_not_a_file(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        "--config names a file that cannot be read"
        in run(capsys, "validate", "other/orders.yaml", "--config", "")[1]
    )


def test_validate_names_the_files_whose_rules_it_used(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = run(capsys, "validate", ".")

    assert status == 1
    assert out.splitlines()[-2] == (
        "2 files: 0 valid, 2 invalid; 3 errors; by the rules of planton.yaml, team/planton.yaml"
    )
    found = json.loads(run(capsys, "validate", ".", "--format", "json")[1])
    assert found["summary"]["rules"] == ["planton.yaml", "team/planton.yaml"]
    assert [one["file"] for one in found["files"]] == ["./other/orders.yaml", "./team/orders.yaml"]


def test_validate_names_three_files_at_most(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in "abcd":
        (tree / "repo" / name).mkdir()
        (tree / "repo" / name / "planton.yaml").write_text("{}", encoding="utf-8")
        (tree / "repo" / name / "orders.yaml").write_text(MANIFEST, encoding="utf-8")
    (tree / "repo" / "planton.yaml").write_text("", encoding="utf-8")

    assert run(capsys, "validate", "a", "b", "c", "d")[1] == (
        "4 files: 4 valid; by the rules of planton.yaml, a/planton.yaml, b/planton.yaml, …\n"
    )


def test_a_problem_of_the_rules_is_reported_once_and_fails_every_format(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "repo" / "planton.yaml").write_text("rules: [{id: a}]\n", encoding="utf-8")
    (tree / "repo" / "team" / "planton.yaml").write_text("", encoding="utf-8")
    for form in ("text", "json", "sarif", "github"):
        status, out, _ = run(capsys, "validate", ".", "--format", form)
        assert status == 1
        assert out.count("a rule has either require or expression") == 1


def test_no_manifest_is_valid_where_the_rules_cannot_be_used(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "repo" / "planton.yaml").write_text("rules: [{id: a}]\n", encoding="utf-8")

    assert "2 files: 0 valid, 2 invalid; 1 error" in run(capsys, "validate", "other")[1]
    status, out, _ = run(capsys, "controls", "other")
    assert status == 1
    assert "2 invalid files, not judged" in out


def test_the_problems_of_rules_are_those_of_each_single_manifest(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "repo" / "planton.yaml").write_text("rules: [{id: a}]\n", encoding="utf-8")
    for command in (("plan",), ("render", "ack"), ("diff", "other/orders.yaml")):
        status, out, err = run(capsys, *command, "other/orders.yaml")
        assert status == 1
        assert "planton.yaml:1:9: error[unusable-rule]" in err
        assert out == ""


def test_a_file_of_rules_is_not_a_manifest(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "validate", "planton.yaml")

    assert status == 1
    assert out.startswith(
        "planton.yaml: error[empty]: no manifest found: planton.yaml holds the rules of an "
        "organization\n  help: planton rules planton.yaml checks it\n"
    )
    assert run(capsys, "validate", "--skip-foreign", "planton.yaml")[0] == 0


def test_a_manifest_under_the_name_of_the_rules_is_reported(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "repo" / "planton.yaml").unlink()
    (tree / "repo" / "team" / "orders.yaml").unlink()
    (tree / "repo" / "team" / "planton.yaml").write_text(MANIFEST, encoding="utf-8")

    status, out, _ = run(capsys, "validate", "team")
    assert status == 1
    assert "planton.yaml holds a manifest" in out


def test_a_rule_in_sarif_and_json_is_called_by_its_id(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "repo" / "planton.yaml").write_text(
        "rules: [{id: a, severity: warning, message: 'all [x](y)', require: {spec.region: x}},"
        " {id: b, require: {spec.region: x}}]\n",
        encoding="utf-8",
    )
    log = json.loads(run(capsys, "validate", "other/orders.yaml", "--format", "sarif")[1])
    (one,) = log["runs"]

    assert one["tool"]["driver"]["rules"] == [
        {
            "id": "a",
            "defaultConfiguration": {"level": "warning"},
            "shortDescription": {"text": "all \\[x\\](y)"},
            "fullDescription": {"text": "all \\[x\\](y)"},
        },
        {
            "id": "b",
            "defaultConfiguration": {"level": "error"},
            "shortDescription": {"text": "the rule b"},
            "fullDescription": {"text": "the rule b"},
        },
    ]
    assert [(result["ruleId"], result["level"]) for result in one["results"]] == [
        ("a", "warning"),
        ("b", "error"),
    ]


def test_a_severity_in_sarif_is_that_of_the_organization(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tree / "repo" / "planton.yaml").write_text("severity: {recovery-off: error}", encoding="utf-8")
    text = MANIFEST + "  deletionProtectionEnabled: true\n"
    (tree / "repo" / "other" / "orders.yaml").write_text(text, encoding="utf-8")
    log = json.loads(run(capsys, "validate", "other/orders.yaml", "--format", "sarif")[1])
    (one,) = log["runs"]

    assert one["results"][0]["level"] == "error"
    assert one["tool"]["driver"]["rules"][0]["defaultConfiguration"] == {"level": "warning"}


DEFAULTS = """\
defaults:
  - spec:
      pointInTimeRecovery: {enabled: true}
      tags: {team: data}
rules:
  - id: team-tag
    message: every table has a team
    help: ask your team
    when: {metadata.env: production}
    require: {spec.tags.team: {present: true}}
"""


@pytest.fixture
def defaults(tree: Path) -> Path:
    (tree / "repo" / "planton.yaml").write_text(DEFAULTS, encoding="utf-8")
    return tree / "repo"


def test_plan_lists_the_rules_and_the_defaults(
    defaults: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, "plan", "other/orders.yaml")

    assert (status, err) == (0, "")
    assert "  point-in-time recovery to any second of the last 35 days\n" in out
    assert out.endswith(
        "  rules                  planton.yaml: 1 rule, 2 defaults\n"
        "  default                spec.pointInTimeRecovery: {enabled: true} "
        "(planton.yaml, line 3)\n"
        "  default                spec.tags.team: data (planton.yaml, line 4)\n"
    )
    found = json.loads(run(capsys, "plan", "other/orders.yaml", "--format", "json")[1])
    assert found["rules"] == ["planton.yaml"]
    assert found["defaults"] == [
        {
            "field": "spec.pointInTimeRecovery",
            "value": "{enabled: true}",
            "where": "planton.yaml, line 3",
        },
        {"field": "spec.tags.team", "value": "data", "where": "planton.yaml, line 4"},
    ]


def test_plan_without_rules_says_nothing_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "orders.yaml").write_text(MANIFEST, encoding="utf-8")

    assert "rules" not in run(capsys, "plan", str(tmp_path / "orders.yaml"))[1]


def test_diff_shows_what_the_defaults_change_of_an_existing_table(
    defaults: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = run(capsys, "diff", "other/orders.yaml", "other/orders.yaml")

    assert status == 0
    assert out.startswith(
        "no change\n\nif the table was deployed before these defaults were set (planton.yaml, line "
        "3; planton.yaml, line 4):\n\nspec.pointInTimeRecoveryEnabled: off → on\n"
    )
    found = json.loads(
        run(capsys, "diff", "other/orders.yaml", "other/orders.yaml", "--format", "json")[1]
    )
    assert found["changes"] == []
    assert [one["place"] for one in found["defaultChanges"]] == [
        "spec.pointInTimeRecoveryEnabled",
        "tags",
    ]


def test_diff_asks_nothing_of_the_deployed_manifest(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Otherwise the update that meets a new rule could not be compared."""
    (tree / "repo" / "planton.yaml").write_text(
        "severity: {recovery-off: error}\nprofiles: [{name: fsbp}]\n" + RULE.format("root"),
        encoding="utf-8",
    )
    good = MANIFEST + (
        "  tags: {root: x}\n  deletionProtectionEnabled: true\n  pointInTimeRecoveryEnabled: true\n"
    )
    old = MANIFEST + "  deletionProtectionEnabled: true\n"
    for file, text in {"old.yaml": old, "new.yaml": good}.items():
        (tree / "repo" / file).write_text(text, encoding="utf-8")

    status, out, err = run(capsys, "diff", "old.yaml", "new.yaml", "--format", "json")
    assert (status, err) == (0, "")
    assert [one["place"] for one in json.loads(out)["changes"]] == [
        "spec.pointInTimeRecoveryEnabled",
        "tags",
    ]
    status, out, _ = run(capsys, "diff", "new.yaml", "old.yaml", "--format", "json")
    assert status == 1
    assert [(one["severity"], one["code"]) for one in json.loads(out)["diagnostics"]] == [
        ("error", "control-failed"),
        ("error", "root"),
        ("error", "recovery-off"),
    ]


@pytest.mark.parametrize("format", ["text", "json"])
def test_diff_reports_a_problem_of_the_rules_once(
    tree: Path, capsys: pytest.CaptureFixture[str], format: str
) -> None:
    both = ("team/orders.yaml", "other/orders.yaml")
    status, out, err = run(capsys, "diff", *both, "--format", format, "--config", "nope.yaml")

    assert status == 1
    assert (out + err).count("--config names a file that cannot be read") == 1


def test_diff_without_defaults_shows_none(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in ("planton.yaml", "team/planton.yaml"):
        (tree / "repo" / file).unlink()
    out = run(capsys, "diff", "other/orders.yaml", "other/orders.yaml", "--format", "json")[1]

    assert json.loads(out)["defaultChanges"] == []


def test_rules_lists_what_applies(defaults: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (defaults / "team" / "planton.yaml").write_text(
        "severity: {recovery-off: error}\n"
        "profiles: [{name: fsbp, except: [DynamoDB.6, DynamoDB.1], when: {metadata.env: dev}, "
        "requiredTags: [a b, c]},"
        " {name: checkov}]\n"
        "rules: [{id: b, require: {spec.region: {noneOf: [a, b]}, spec.replicas: {atMost: 1}}}]\n",
        encoding="utf-8",
    )

    assert run(capsys, "rules", "team") == (
        0,
        "files, the outermost first\n"
        "  planton.yaml\n"
        "  team/planton.yaml\n"
        "severities\n"
        "  recovery-off: error\n"
        "required profiles\n"
        "  fsbp (error; team/planton.yaml, line 2), when metadata.env is 'dev'\n"
        "    but for DynamoDB.1, DynamoDB.6\n"
        "    with the tags a b, c\n"
        "  checkov (error; team/planton.yaml, line 2)\n"
        "defaults\n"
        "  spec.pointInTimeRecovery: {enabled: true} (planton.yaml, line 3)\n"
        "  spec.tags: {team: data} (planton.yaml, line 4)\n"
        "rules\n"
        "  team-tag (error; planton.yaml, line 6), when metadata.env is 'production'\n"
        "    every table has a team\n"
        "    tags.team is set\n"
        "    help: ask your team\n"
        "  b (error; team/planton.yaml, line 3)\n"
        "    region is not 'a' or 'b'\n"
        "    replicas has at most 1 item\n",
        "",
    )


def test_rules_in_json_hold_everything(defaults: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (defaults / "team" / "planton.yaml").write_text(
        "severity: {recovery-off: error}\n"
        "profiles: [{name: fsbp, except: [DynamoDB.6], requiredTags: [a]}]\n",
        encoding="utf-8",
    )
    found = json.loads(run(capsys, "rules", "team/orders.yaml", "--format", "json")[1])

    assert found == {
        "valid": True,
        "diagnostics": [],
        "files": ["planton.yaml", "team/planton.yaml"],
        "severities": {"recovery-off": "error"},
        "profiles": [
            {
                "name": "fsbp",
                "severity": "error",
                "where": "team/planton.yaml, line 2",
                "except": ["DynamoDB.6"],
                "requiredTags": ["a"],
                "when": [],
            }
        ],
        "defaults": [
            {
                "field": "spec.pointInTimeRecovery",
                "value": {"enabled": True},
                "where": "planton.yaml, line 3",
                "when": [],
            },
            {
                "field": "spec.tags",
                "value": {"team": "data"},
                "where": "planton.yaml, line 4",
                "when": [],
            },
        ],
        "rules": [TEAM_TAG],
    }


TEAM_TAG: dict[str, Any] = {
    "id": "team-tag",
    "severity": "error",
    "where": "planton.yaml, line 6",
    "message": "every table has a team",
    "help": "ask your team",
    "when": ["metadata.env is 'production'"],
    "require": ["tags.team is set"],
    "expression": None,
}


def test_rules_says_that_none_apply_or_what_is_wrong(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in ("planton.yaml", "team/planton.yaml"):
        (tree / "repo" / file).unlink()
    assert run(capsys, "rules") == (0, "no planton.yaml applies\n", "")
    assert run(capsys, "rules", "nowhere") == (2, "", "planton: no such file or folder: nowhere\n")
    status, out, err = run(capsys, "rules", "--config", "nowhere.yaml")
    assert (status, out) == (1, "")
    assert err.startswith("nowhere.yaml: error[unreadable]: --config names a file that")
    (tree / "repo" / "planton.yaml").write_text("rules: [{id: a}]\n", encoding="utf-8")
    status, out, err = run(capsys, "rules")
    assert (status, out) == (1, "files, the outermost first\n  planton.yaml\n")
    assert err.startswith("planton.yaml:1:9: error[unusable-rule]")
    found = json.loads(run(capsys, "rules", "--format", "json")[1])
    assert (found["valid"], found["diagnostics"][0]["file"]) == (False, "planton.yaml")


def test_rules_checks_a_file_under_another_name(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = run(capsys, "rules", "../set.yaml")
    assert (status, out.splitlines()[1]) == (0, "  ../set.yaml")
    assert "planton.yaml" not in out.replace("set.yaml", "")
    (tree / "set.yaml").write_text("rules: [{id: a}]", encoding="utf-8")
    status, _, err = run(capsys, "rules", "../set.yaml")
    assert (status, "error[unusable-rule]" in err) == (1, True)
    (tree / "set.yaml").write_bytes(b"\xff")
    assert "outside (error" in run(capsys, "rules", "../set.yaml")[1]
    assert run(capsys, "rules", "-")[1].splitlines()[1] == "  planton.yaml"


def test_rules_shows_an_expression(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("cel_expr_python", reason="CEL has no wheel for this Python or platform")
    (tree / "repo" / "planton.yaml").write_text(
        "rules: [{id: a, expression: '1 < 2'}]\n", encoding="utf-8"
    )

    out = run(capsys, "rules")[1]
    assert out.endswith("rules\n  a (error; planton.yaml, line 1)\n    1 < 2\n")
    assert run(capsys, "explain", "a")[1] == (
        "error[a]: a rule of the organization\n\nRequired:\n  1 < 2\n\nSource:\n  planton.yaml, "
        "line 1\n"
    )


def test_explain_says_where_an_unknown_code_may_be_a_rule(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unknown = "planton: no diagnostic has the code "
    codes = "planton explain lists all codes; "
    assert run(capsys, "explain", "set") == (
        2,
        "",
        f"{unknown}'set': {codes}for a rule of the organization, name its file with --config\n",
    )
    assert run(capsys, "explain", "set", "--config", "../set.yaml")[0] == 0
    assert run(capsys, "explain", "rooot") == (2, "", f"{unknown}'rooot': did you mean 'root'?\n")
    (tree / "repo" / "planton.yaml").write_text("rules: [{id: own}]\n", encoding="utf-8")
    assert run(capsys, "explain", "own") == (
        2,
        "",
        f"{unknown}'own': {codes}some rules of the organization cannot be used, see planton "
        "rules\n",
    )


def test_explain_knows_the_rules_of_the_working_directory(
    defaults: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "explain", "error[team-tag]") == (
        0,
        "error[team-tag]: every table has a team\n\n"
        "When:\n  metadata.env is 'production'\n\n"
        "Required:\n  tags.team is set\n\n"
        "Help: ask your team\n\n"
        "Source:\n  planton.yaml, line 6\n",
        "",
    )
    found = json.loads(run(capsys, "explain", "team-tag", "--format", "json")[1])
    assert found == TEAM_TAG
    assert run(capsys, "explain", "team")[0] == 2


def test_a_rehearsal_deploys_with_the_defaults(
    defaults: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.rename("planton.yaml", "../set.yaml")
    status, out, _ = run(capsys, "rehearse", "other/orders.yaml", "--config", "../set.yaml")

    assert status == 0
    assert "  rules                  ../set.yaml: 1 rule, 2 defaults\n" in out
    assert "info: rules of the organization: ../set.yaml: 1 rule, 2 defaults\n" in out
    assert "  tag                    team=data\n" in out
