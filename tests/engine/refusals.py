"""Updates that the guard refuses, and the commands that its messages name."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import Any

from tests.emulated.cloud import Cloud
from tests.engine import language_host, looks
from tests.engine.harness import PROGRAM, Stack
from tests.engine.manifests import key, manifest
from tests.engine.operation import Name
from tests.engine.report import Report

PROGRAMS = Path(__file__).resolve().parent / "programs"
CLASSIC = PROGRAMS / "classic.py"
NEWEST = PROGRAMS / "newest.py"
GUARD = "TableGuard table-guard"
TABLE = "Table orders"
URN = "urn:pulumi:dev::tables::"
GUARD_URN = f"{URN}planton:dynamodb:TableGuard::table-guard"
TABLE_URN = f"{URN}aws:dynamodb/table:Table::orders"
CONFIGURE = "pulumi config set"
NOTHING_TOUCHED = "this update is refused, nothing was touched"
BASE = manifest()
PROTECTED = manifest(deletionProtectionEnabled=True)
OTHER_REGION = manifest(region="eu-west-1")
OTHER_KEY = manifest(keySchema=key("pk"))
OTHER_NAME = BASE.replace('"name": "orders"', '"name": "invoices"')
DANGEROUS = {
    "another region": (OTHER_REGION, "the region: us-east-1 → eu-west-1"),
    "another key": (OTHER_KEY, "spec.keySchema: pk HASH, sk RANGE → pk HASH"),
    "another metadata.name": (OTHER_NAME, "metadata.name: orders → invoices"),
}


def refusal_of(stack: Stack, cloud: Cloud, text: str, *arguments: str) -> str:
    """Returns the text with which both preview and up refuse the manifest, and checks that neither
    sends a request that changes anything."""
    refusal = ""
    names: tuple[Name, ...] = ("preview", "up")
    for name in names:
        before = looks.writes(cloud)
        report = stack.start(name, text, arguments=arguments).report()
        assert not report.ok, report.explained()
        assert NOTHING_TOUCHED in report.text, report.explained()
        assert "Traceback" not in report.text
        assert looks.writes(cloud) == before
        refusal = report.text
    return refusal


def run_command(stack: Stack, refusal: str, beginning: str) -> None:
    """Runs the command that the refusal names, as a user would paste it.

    `pulumi import` needs a language host, although it runs no program.
    """
    line = next(line for line in refusal.splitlines() if beginning in line)
    before, _, after = line.partition(beginning)
    if CONFIGURE in before:
        stack.call(*shlex.split(before[before.index(CONFIGURE) :].rstrip("& "))[1:])
    host = stack.folder / "host"
    host.mkdir(exist_ok=True)
    language_host.install(host, PROGRAM)
    path = os.pathsep.join([str(host), os.environ["PATH"]])
    stack.call(*shlex.split(beginning + after)[1:], "--yes", PATH=path)


def assert_settles(stack: Stack, text: str) -> Report:
    """Checks that the update succeeds and that the next one changes nothing."""
    report = stack.up(text)
    assert report.ok, report.explained()
    again = stack.up(text)
    assert again.is_unchanged, again.explained()
    return again


def take_from_state(stack: Stack, name: str) -> None:
    """Removes one resource from the state and keeps everything that depends on it."""
    exported = json.loads(stack.call("stack", "export"))
    resources = exported["deployment"]["resources"]
    kind, _, logical = name.partition(" ")
    gone = [r["urn"] for r in resources if r["urn"].endswith(f":{kind}::{logical}")]
    assert len(gone) == 1
    exported["deployment"]["resources"] = [r for r in resources if r["urn"] not in gone]
    for resource in exported["deployment"]["resources"]:
        resource["dependencies"] = [d for d in resource.get("dependencies", []) if d not in gone]
        resource["propertyDependencies"] = {
            k: [d for d in v if d not in gone]
            for k, v in resource.get("propertyDependencies", {}).items()
        }
    stack.call("stack", "import", stdin=json.dumps(exported))


def put_into_state(stack: Stack, urn: str, kind: str, id_: str, **outputs: Any) -> None:
    """Adds one resource to the state, as `pulumi import` does."""
    exported = json.loads(stack.call("stack", "export"))
    resources = exported["deployment"]["resources"]
    (provider,) = (r for r in resources if r["type"] == "pulumi:providers:aws")
    resources.append(
        {
            "urn": urn,
            "custom": True,
            "id": id_,
            "type": kind,
            "outputs": {"id": id_, **outputs} if outputs else {},
            "provider": f"{provider['urn']}::{provider['id']}",
        }
    )
    stack.call("stack", "import", stdin=json.dumps(exported))
