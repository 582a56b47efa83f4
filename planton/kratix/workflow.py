"""The Promise's workflow without its folders: takes a request's text, returns the texts of files.

The same request gives the same files, byte for byte: the platform runs this again every few hours,
and after each change of the Promise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from planton.diagnostics.diagnostic import MAX_SHOWN, Diagnostic, Source, one_of, quote
from planton.dialects.canonical import canonical, is_request
from planton.dialects.contract import REQUEST_KIND, Contract
from planton.dialects.request import DEFAULT_NAMESPACE
from planton.dialects.request_field import DEFAULT_DELETION_POLICY
from planton.document.nodes import Mapping, Node, plain
from planton.document.writer import dump
from planton.kratix import identity
from planton.kratix.names import DESTINATION, PROMISE, REQUEST_LABEL
from planton.manifest.checking.check import point
from planton.manifest.checking.places import Places
from planton.manifest.manifest import Manifest
from planton.manifest.rules.rule import Finding, Path
from planton.manifest.types import DYNAMODB_NAME, REGION_PATTERN
from planton.organization.organization import NO_RULES, Organization
from planton.plan.planner import make_plan
from planton.plan.table_plan import TablePlan
from planton.reading.read import read_parsed
from planton.reading.secret_lines import Parsed, parse_source
from planton.render.ack import objects as ack
from planton.render.fields import unsupported_fields
from planton.render.rendered import Data

TABLE_FILE = "table.yaml"
AUTOSCALING_FILE = "autoscaling.yaml"
OUTPUT_FILES = (TABLE_FILE, AUTOSCALING_FILE)
"""Every file that the workflow may write to the output folder."""

STATUS_FILE = "status.yaml"
SELECTORS_FILE = "destination-selectors.yaml"
CONTROL_FILE = "workflow-control.yaml"
METADATA_FILES = (STATUS_FILE, SELECTORS_FILE, CONTROL_FILE)
"""Every file that the workflow may write to the metadata folder."""

MAX_MESSAGE = 300
"""Characters of the status message, which `kubectl get` shows in a column."""


@dataclass(frozen=True)
class Outcome:
    """The files that one run writes; other files of the workflow are removed."""

    ok: bool
    message: str
    output: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


class SettingError(Exception):
    """A platform setting is invalid; the text says which and why."""


def read_regions(text: str) -> tuple[str, ...]:
    """The allow-list of regions, separated by commas or spaces; empty allows all.

    Raises:
        SettingError: one of them is not the name of a region, so it would allow nothing.
    """
    names = tuple(dict.fromkeys(name for name in re.split(r"[\s,]+", text) if name))
    for name in names:
        if not re.fullmatch(REGION_PATTERN, name):
            raise SettingError(f"{quote(name)} is not the name of an AWS region")
    return names


def configure(
    source: Source,
    regions: Sequence[str] = (),
    promise: str = PROMISE,
    rules: Organization = NO_RULES,
) -> Outcome:
    """The files for a request's table, or a status with every problem."""
    return render(parse_source(source), regions, promise, rules)


def render(
    parsed: Parsed,
    regions: Sequence[str] = (),
    promise: str = PROMISE,
    rules: Organization = NO_RULES,
) -> Outcome:
    """The same for a parsed text."""
    request = plain(parsed.roots[0]) if parsed.roots else None
    name, namespace = _identity(request)
    if not parsed.source.positions:
        source = replace(parsed.source, name=f"{REQUEST_KIND} {namespace}/{name}")
        found = [replace(d, source=source) for d in parsed.diagnostics]
        parsed = Parsed(source, parsed.roots, tuple(found))
    reading = read_parsed(parsed, wrapped=False, rules=rules)
    manifest, places, source = reading.manifest, reading.places, reading.source
    found = list(reading.diagnostics)
    if manifest is None or places is None:
        return refused(found)
    found += _about_platform(places, source, manifest, regions)
    if any(d.severity == "error" for d in found):
        return refused(found)
    plan = make_plan(manifest)
    rendered = ack.objects(
        plan,
        name=name,
        namespace=namespace,
        region=manifest.spec.region,
        labels={REQUEST_LABEL: name},
        default_policy=DEFAULT_DELETION_POLICY,
    )
    # A request has no field that ACK lacks, but a default of the organization can be one.
    lost = (*rendered.warnings, *unsupported_fields(manifest.spec, "ack", rendered.left_out))
    found += reading.graded(point(places, source, "not-carried", lost, at_key=True))
    if any(d.severity == "error" for d in found):  # so the organization has decided
        return refused(found)
    table, *scaling = rendered.objects
    # From these an observer, in the cluster of the table, knows whose it is.
    notes = identity.table_annotations(request, promise, namespace, name, len(scaling))
    table["metadata"]["annotations"] |= notes
    output = {TABLE_FILE: dump(table)}
    if scaling:
        output[AUTOSCALING_FILE] = "---\n".join(dump(one) for one in scaling)
    region = manifest.spec.region
    message = f"manifests of table {plan.table_name} in {region} are rendered; ACK applies them"
    status = {
        "message": message,
        "table": _summary(plan, manifest, rendered.objects),
        "findings": _findings(found),
    }
    metadata = {
        STATUS_FILE: dump(status),
        SELECTORS_FILE: dump([{"matchLabels": DESTINATION}]),
    }
    return Outcome(True, message, output, metadata, tuple(found))


def delete(source: Source, rules: Organization = NO_RULES) -> Outcome:
    """Suspends a deletion while deletion protection is on; otherwise there is nothing to do.

    Kratix itself removes the manifests. An invalid request must be deletable too, so it is not
    validated. With the policy `retain` no table is deleted, so there is nothing to protect. While
    the rules cannot be used, a request that says nothing about protection is refused: a default may
    protect its table.
    """
    parsed = parse_source(source)
    if not parsed.roots or parsed.diagnostics:
        # It may be protected. An object from a cluster can always be read.
        empty = Diagnostic(code="empty", message="no request found", source=parsed.source)
        return refused(list(parsed.diagnostics) or [empty])
    data = plain(_with_defaults(parsed.roots[0], parsed.source, rules))
    spec = data.get("spec") if isinstance(data, dict) else None
    spec = spec if isinstance(spec, dict) else {}
    policy = spec.get("deletionPolicy", DEFAULT_DELETION_POLICY)
    if policy == "retain":
        return Outcome(True, "the table stays in AWS: deletionPolicy is retain")
    protected = spec.get("deletionProtectionEnabled")
    if protected is None and rules.problems:
        return refused(list(rules.problems))
    # Any other value suspends the deletion too; a cluster accepts only booleans.
    if protected in (None, False):
        return Outcome(True, "the table is not protected from deletion")
    # The request is not validated, so only harmless values may go into a shell command.
    table = _plain_word(spec.get("name"), DYNAMODB_NAME, "TABLE")
    region = _plain_word(spec.get("region"), REGION_PATTERN, "REGION")
    message = (
        f"deletion protection is on for table {table} in {region}, so nothing is deleted. "
        "To delete it: set spec.deletionProtectionEnabled to false, turn protection off in AWS "
        f"(aws dynamodb update-table --table-name {table} --region {region} "
        "--no-deletion-protection-enabled), and remove the label kratix.io/workflow-suspended"
    )
    control = dump({"suspend": True, "message": message})
    return Outcome(True, message, metadata={CONTROL_FILE: control})


def _with_defaults(root: Node, source: Source, rules: Organization) -> Node:
    """The request with the defaults that it was rendered with."""
    if not (rules.defaults and isinstance(root, Mapping) and is_request(root)):
        return root
    completed, _ = rules.complete(canonical(root, source).node, root)
    spec, written = completed.get("spec"), root.get("spec")
    if not (isinstance(spec, Mapping) and isinstance(written, Mapping)):
        return root
    # Of these two fields the names are the same; the others are read as they are written.
    kept = {key.text: (key, value) for key, value in spec.entries if key.text in _OF_DELETION}
    entries = {key.text: (key, value) for key, value in written.entries} | kept
    filled = written._replace(entries=tuple(entries.values()))
    others = [one if one[0].text != "spec" else (one[0], filled) for one in root.entries]
    return root._replace(entries=tuple(others))


_OF_DELETION = ("deletionPolicy", "deletionProtectionEnabled")


def _plain_word(value: Any, pattern: str, otherwise: str) -> str:
    fits = isinstance(value, str) and re.fullmatch(pattern, value)
    return str(value) if fits else otherwise


def _identity(data: Any) -> tuple[str, str]:
    """The request's name and namespace, or placeholders."""
    metadata = data.get("metadata") if isinstance(data, dict) else None
    metadata = metadata if isinstance(metadata, dict) else {}
    name, namespace = metadata.get("name"), metadata.get("namespace")
    return str(name or "?"), str(namespace or DEFAULT_NAMESPACE)


def _about_platform(
    places: Places, source: Source, manifest: Manifest, regions: Sequence[str]
) -> list[Diagnostic]:
    """Checks against the platform: the kind must be a request, and its regions offered."""
    if manifest.contract is not Contract.REQUEST:
        message = f"kind must be {quote(REQUEST_KIND)}, got {quote(manifest.kind)}"
        finding = Finding(("kind",), message, "the Pulumi program deploys manifests")
        return point(places, source, "kind", [finding])
    return point(places, source, "region", _not_offered(manifest, regions))


def _not_offered(manifest: Manifest, regions: Sequence[str]) -> Iterator[Finding]:
    """The regions of the table and its replicas that the platform does not offer."""
    spec = manifest.spec
    named: list[tuple[Path, str]] = [(("spec", "region"), spec.region or "")]
    for i, replica in enumerate(spec.replicas):
        named.append((("spec", "replicas", i, "regionName"), replica.region_name))
    for path, region in named:
        if regions and region not in regions:
            message = f"{quote(region)} is not a region that this platform offers"
            yield Finding(path, message, f"use {one_of(regions)}")


def refused(found: list[Diagnostic]) -> Outcome:
    """The outcome for a refused request: a status, and no output."""
    errors = [d for d in found if d.severity == "error"]
    errors.sort(key=Diagnostic.order)
    first = f"{errors[0].path}: {errors[0].message}" if errors[0].path else errors[0].message
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    message = f"refused: {first}"
    if len(message) > MAX_MESSAGE - len(more):
        message = message[: MAX_MESSAGE - len(more) - 1] + "…"
    message += more
    # What an earlier run rendered does not change, nor does the status say anything about it.
    status = {"message": message, "findings": _findings(found)}
    return Outcome(False, message, metadata={STATUS_FILE: dump(status)}, diagnostics=tuple(found))


def _findings(found: list[Diagnostic]) -> list[Data]:
    """The diagnostics without positions: the object that Kratix passes on has other lines than the
    user's file."""
    return [
        {key: value for key in _SHOWN if (value := d.data()[key])}
        for d in sorted(found, key=Diagnostic.order)[:MAX_SHOWN]
    ]


_SHOWN = ("severity", "code", "path", "message", "help")


def _summary(plan: TablePlan, manifest: Manifest, objects: Sequence[Data]) -> Data:
    """What was rendered. It does not say whether the table exists: that is in ACK's status."""
    return {
        "name": plan.table_name,
        "region": manifest.spec.region,
        "billingMode": plan.billing_mode.value,
        "deletionPolicy": "retain" if plan.is_retained else DEFAULT_DELETION_POLICY,
        "deletionProtectionEnabled": plan.deletion_protection,
        "objects": [f"{one['kind']} {one['metadata']['name']}" for one in objects],
    }
