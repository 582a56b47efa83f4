"""`planton rules`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from planton.cli.input import rendered
from planton.diagnostics.diagnostic import Diagnostic, printable
from planton.diagnostics.exit_status import OK, PROBLEMS, USAGE
from planton.organization.conditions import Condition
from planton.organization.organization import Organization
from planton.organization.rules import OwnRule
from planton.reading.read import FindRules


def rules_command(path: str, find_rules: FindRules, format: str) -> int:
    """Prints the rules for a manifest at a path, or in a folder."""
    if not os.path.exists(path):
        print(f"planton: no such file or folder: {printable(path)}", file=sys.stderr)
        return USAGE
    rules = find_rules(os.path.join(path, "manifest") if os.path.isdir(path) else path)
    if format == "json":
        print(json.dumps(_data(rules), indent=2))
    else:
        if rules.problems:
            print(rendered(rules.problems), end="\n\n", file=sys.stderr)
        if rules.files or not rules.problems:
            print("\n".join(_lines(rules)))
    return PROBLEMS if rules.problems else OK


def _lines(rules: Organization) -> Iterator[str]:
    if not rules.files:
        yield rules.summary()
        return
    yield "files, the outermost first"
    yield from (f"  {printable(file)}" for file in rules.files)
    if rules.severities:
        yield "severities"
        yield from (f"  {code}: {level}" for code, level in sorted(rules.severities.items()))
    if rules.profiles:
        yield "required profiles"
        for required in rules.profiles:
            yield f"  {required.profile.name} ({required.severity}){_when(required.when)}"
            if required.left_out:
                yield f"    but for {', '.join(sorted(required.left_out))}"
    if rules.defaults:
        yield "defaults"
        for default in rules.defaults:
            yield f"  spec.{default.field}: {printable(default.text)}{_when(default.when)}"
    if rules.rules:
        yield "rules"
        for rule in rules.rules:
            yield f"  {rule.id} ({rule.severity}){_when(rule.when)}"
            if rule.message:
                yield f"    {printable(rule.message)}"
            yield from (f"    {one}" for one in rule.require)
            if rule.expression:
                yield f"    {printable(rule.expression.text)}"


def _when(conditions: tuple[Condition, ...]) -> str:
    return f", when {' and '.join(map(str, conditions))}" if conditions else ""


def _data(rules: Organization) -> dict[str, Any]:
    found = sorted(rules.problems, key=Diagnostic.order)
    return {
        "valid": not rules.problems,
        "diagnostics": [{"file": one.source.name, **one.data()} for one in found],
        "files": list(rules.files),
        "severities": dict(sorted(rules.severities.items())),
        "profiles": [
            {
                "name": one.profile.name,
                "severity": one.severity,
                "where": one.where,
                "except": sorted(one.left_out),
                "requiredTags": list(one.parameters.required_tags),
                "when": [str(each) for each in one.when],
            }
            for one in rules.profiles
        ],
        "defaults": [
            {
                "field": f"spec.{one.field}",
                "value": one.data,
                "where": one.where,
                "when": [str(each) for each in one.when],
            }
            for one in rules.defaults
        ],
        "rules": [rule_data(one) for one in rules.rules],
    }


def rule_data(rule: OwnRule) -> dict[str, Any]:
    """A rule as JSON data."""
    return {
        "id": rule.id,
        "severity": rule.severity,
        "where": rule.where,
        "message": rule.message,
        "help": rule.help,
        "when": [str(one) for one in rule.when],
        "require": [str(one) for one in rule.require],
        "expression": rule.expression.text if rule.expression else None,
    }
