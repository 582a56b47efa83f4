"""`planton rules`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from planton.cli.input import rendered
from planton.diagnostics.diagnostic import Diagnostic, ManifestError, printable
from planton.diagnostics.exit_status import OK, PROBLEMS, USAGE
from planton.document.nodes import Mapping
from planton.organization.conditions import Condition
from planton.organization.organization import Organization
from planton.organization.rules import OwnRule
from planton.reading.read import FindRules
from planton.reading.rules_files import RulesFinder
from planton.reading.secret_lines import is_understood, parse_source
from planton.reading.sources import RULES_FILE, STDIN, read_file


def rules_command(path: str, find_rules: FindRules, format: str) -> int:
    """Prints the rules for a manifest at a path, or in a folder; or those of a file of rules."""
    if path != STDIN and not os.path.exists(path):
        print(f"planton: no such file or folder: {printable(path)}", file=sys.stderr)
        return USAGE
    if os.path.isdir(path):
        rules = find_rules(os.path.join(path, "manifest"))
    elif path != STDIN and os.path.basename(path) != RULES_FILE and _holds_rules(path):
        rules = RulesFinder([("PATH", path)]).of_settings()
    else:
        rules = find_rules(path)
    if format == "json":
        print(json.dumps(_data(rules), indent=2))
    else:
        if rules.problems:
            print(rendered(rules.problems), end="\n\n", file=sys.stderr)
        if rules.files or not rules.problems:
            print("\n".join(_lines(rules)))
    return PROBLEMS if rules.problems else OK


def _holds_rules(path: str) -> bool:
    """Whether a file holds rules under another name, not a manifest."""
    try:
        parsed = parse_source(read_file(path))
    except ManifestError:
        return False
    return not any(isinstance(root, Mapping) and is_understood(root) for root in parsed.roots)


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
            where = printable(required.where)
            yield f"  {required.profile.name} ({required.severity}; {where}){_when(required.when)}"
            if required.left_out:
                yield f"    but for {', '.join(sorted(required.left_out))}"
            if tags := required.parameters.required_tags:
                yield f"    with the tags {', '.join(map(printable, tags))}"
    if rules.defaults:
        yield "defaults"
        for default in rules.defaults:
            text = f"spec.{default.field}: {default.text} ({default.where})"
            yield f"  {printable(text)}{_when(default.when)}"
    if rules.rules:
        yield "rules"
        for rule in rules.rules:
            yield f"  {rule.id} ({rule.severity}; {printable(rule.where)}){_when(rule.when)}"
            if rule.message:
                yield f"    {rule.message}"
            yield from (f"    {one}" for one in rule.require)
            if rule.expression:
                yield f"    {printable(rule.expression.text)}"
            if rule.help:
                yield f"    help: {rule.help}"


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
