"""An organization's rules under the engine: what a preview says, refuses and fills in."""

from __future__ import annotations

import json
from pathlib import Path

from tests.emulated.cloud import Cloud
from tests.engine import looks
from tests.engine.faults import FaultyCloud
from tests.engine.harness import PROJECT, STACK, Stack
from tests.engine.hosted import Project
from tests.engine.manifests import manifest

RULES = """\
defaults:
  - spec:
      pointInTimeRecovery: {enabled: true}
rules:
  - id: production-is-protected
    message: tables in production are protected
    when: {metadata.env: production}
    require: {spec.deletionProtectionEnabled: true}
"""
FOUND = "error[production-is-protected]: tables in production are protected"


def _named(env: str) -> str:
    data = json.loads(manifest())
    data["metadata"]["env"] = env
    return json.dumps(data)


def test_a_preview_says_that_no_rules_apply(project: Project, cloud: FaultyCloud) -> None:
    ended = project.preview(manifest())

    assert ended.status == 0, ended.explained()
    assert "rules of the organization: no planton.yaml applies" in ended.diagnostics
    assert looks.writes(cloud) == []


def test_a_preview_refuses_what_the_rules_refuse(project: Project, cloud: FaultyCloud) -> None:
    (project.work / "planton.yaml").write_text(RULES)
    refused = project.preview(_named("production"))

    assert refused.status != 0
    assert refused.diagnostics.count(FOUND) == 1, refused.explained()
    assert "planton.yaml, line 5" in refused.diagnostics
    allowed = project.preview(_named("dev"))
    assert allowed.status == 0, allowed.explained()
    assert "rules of the organization: planton.yaml: 1 rule, 1 default" in allowed.diagnostics
    assert looks.writes(cloud) == []


def test_rules_come_from_pulumis_config(project: Project) -> None:
    settings = project.work / f"Pulumi.{STACK}.yaml"
    (project.work / "rules").mkdir()
    (project.work / "rules" / "ours.yaml").write_text(RULES)
    text = settings.read_text()
    for value, where in (
        ("rules/ours.yaml", "rules/ours.yaml, line 5"),
        (RULES, "config rules, line 5"),
        ({"rules": [{"id": "production-is-protected",
                     "message": "tables in production are protected",
                     "require": {"spec.deletionProtectionEnabled": True}}]}, "config rules"),
    ):  # fmt: skip
        settings.write_text(f"{text}config: {json.dumps({f'{PROJECT}:rules': value})}\n")
        refused = project.preview(_named("production"))
        assert refused.status != 0
        assert refused.diagnostics.count(FOUND) == 1, refused.explained()
        assert f"the rule is in {where}" in refused.diagnostics, refused.explained()


def test_a_file_of_rules_that_is_missing_stops_the_program(stack: Stack, cloud: Cloud) -> None:
    report = stack.start("preview", manifest(), PLANTON_CONFIG="nowhere.yaml").report()

    assert not report.ok
    assert "PLANTON_CONFIG names a file that cannot be read" in report.explained()
    assert looks.tables(cloud) == []


def test_a_new_default_reaches_an_existing_table_at_its_next_update(
    stack: Stack, cloud: Cloud, tmp_path: Path
) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES)
    assert stack.up(manifest()).ok
    assert looks.recovery(cloud) == "DISABLED"

    report = stack.start("preview", manifest(), PLANTON_CONFIG=str(rules)).report()
    assert report.ok, report.explained()
    assert looks.recovery(cloud) == "DISABLED"
    for _ in range(2):
        report = stack.start("up", manifest(), PLANTON_CONFIG=str(rules)).report()
        assert report.ok, report.explained()
        assert looks.recovery(cloud) == "ENABLED"
    assert stack.up(manifest()).ok
    assert looks.recovery(cloud) == "DISABLED"
