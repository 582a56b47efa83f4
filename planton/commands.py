"""The commands plan, diff, convert and render."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planton import colour
from planton.changes import compare
from planton.contract import Contract
from planton.decisions import decisions
from planton.diagnostics import Diagnostic, ManifestError, quote, render
from planton.model.spec import AwsDynamodb
from planton.model.types import REGION_PATTERN
from planton.planner import make_plan
from planton.region_choice import OtherRegion
from planton.render.text import describe
from planton.stack_input import STDIN, examine_source, read_named, refuse_request
from planton.status import LOSS, OK, PROBLEMS, USAGE

if TYPE_CHECKING:
    from planton.render.targets import Target


def plan_command(path: str, stdin: bytes, format: str) -> int:
    """Prints the plan of one manifest; warnings go to standard error, or into the JSON."""
    (loaded,) = read_manifests([path], stdin)
    if loaded.manifest is None:
        return refuse([loaded], format)
    plan = make_plan(loaded.manifest)
    if format == "json":
        data: dict[str, Any] = {**_verdict([loaded]), "region": loaded.region}
        data |= dataclasses.asdict(plan)
        data["tags"] = dict(plan.tags)
        data["attributes"] = dict(plan.attributes)
        print(json.dumps(data, indent=2))
    else:
        show_warnings([loaded])
        print(describe(plan, loaded.region), end="")
    return OK


def diff_command(old: str, new: str, stdin: bytes, format: str) -> int:
    """Prints what the change from one manifest to another does to an existing table."""
    if old == new == STDIN:
        print("planton: - can be only one of OLD and NEW", file=sys.stderr)
        return USAGE
    loaded = read_manifests([old, new], stdin, requests=False)
    sides = [
        decisions(make_plan(side.manifest), region=side.region, account_id=side.account_id)
        for side in loaded
        if side.manifest is not None
    ]
    if len(sides) < len(loaded):
        return refuse(loaded, format)
    changes = compare(*sides)
    if format == "json":
        data = {**_verdict(loaded), "changes": [change.data() for change in changes]}
        print(json.dumps(data, indent=2))
    else:
        show_warnings(loaded)
        print("\n\n".join(change.text() for change in changes) or "no change")
    return LOSS if any(change.refused or change.loses_data for change in changes) else OK


def convert_command(path: str, stdin: bytes, to: str | None, region: str | None) -> int:
    """Prints a manifest for another version of the contract; problems, and notes on what is not
    kept, go to standard error."""
    from planton.convert import convert

    if region is not None and not re.fullmatch(REGION_PATTERN, region):
        message = f"planton: {quote(region)} is not the name of an AWS region"
        print(f"{message} such as 'eu-central-1'", file=sys.stderr)
        return USAGE
    try:
        source = read_named(path, stdin)
        converted = convert(source, Contract(to) if to else None, region)
    except ManifestError as error:
        print(_rendered(error.diagnostics), file=sys.stderr)
        return PROBLEMS
    except OtherRegion as error:
        print(f"planton: {error}", file=sys.stderr)
        return USAGE
    if converted.warnings:
        print(_rendered(converted.warnings), end="\n\n", file=sys.stderr)
    for note in converted.notes:
        print(f"planton: {note}", file=sys.stderr)
    print(converted.text, end="")
    return OK


def render_command(
    target: Target, path: str, stdin: bytes, namespace: str | None, region: str | None, format: str
) -> int:
    """Prints a manifest as objects of another control plane; warnings go to standard error, or into
    the JSON."""
    from planton.render.targets import render as render_for
    from planton.render.yaml import dump

    problem = ""
    if region is not None and not re.fullmatch(REGION_PATTERN, region):
        problem = f"{quote(region)} is not the name of an AWS region such as 'eu-central-1'"
    elif namespace is not None and target == "kro":
        problem = "a ResourceGraphDefinition is cluster-scoped: only its instances have a namespace"
    elif namespace is not None and not _NAMESPACE.fullmatch(namespace):
        problem = f"{quote(namespace)} is not the name of a namespace such as 'data-platform'"
    if problem:
        print(f"planton: {problem}", file=sys.stderr)
        return USAGE
    try:
        source = read_named(path, stdin)
        rendering = render_for(source, target, namespace=namespace, region=region)
    except ManifestError as error:
        return refuse([LoadedManifest(None, error.diagnostics, None, None)], format)
    except OtherRegion as error:
        print(f"planton: {error}", file=sys.stderr)
        return USAGE
    loaded = [LoadedManifest(rendering.manifest, rendering.warnings, None, None)]
    if format == "json":
        print(json.dumps({**_verdict(loaded), "objects": rendering.objects}, indent=2))
    else:
        show_warnings(loaded)
        print("---\n".join(dump(one) for one in rendering.objects), end="")
    return OK


_NAMESPACE = re.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""An RFC 1123 label, as Kubernetes requires."""


@dataclass(frozen=True)
class LoadedManifest:
    """The result of loading one manifest; `manifest` is None if it has errors."""

    manifest: AwsDynamodb | None
    diagnostics: tuple[Diagnostic, ...]
    region: str | None
    account_id: str | None


def read_manifests(
    paths: list[str], stdin: bytes, *, requests: bool = True
) -> list[LoadedManifest]:
    """Loads manifests from files, stack inputs or standard input, with their diagnostics.

    `requests` false refuses requests to a Kratix platform, which the Pulumi program cannot deploy.
    """
    loaded = []
    for path in paths:
        try:
            source = read_named(path, stdin)
        except ManifestError as error:
            loaded.append(LoadedManifest(None, error.diagnostics, None, None))
            continue
        manifest, found, provider = examine_source(source)
        if not requests:
            try:
                refuse_request(manifest, source)
            except ManifestError as error:
                manifest, found = None, list(error.diagnostics)
        region = manifest.region if manifest else None
        loaded.append(LoadedManifest(manifest, tuple(found), region, provider.get("accountId")))
    return loaded


def _verdict(loaded: list[LoadedManifest]) -> dict[str, Any]:
    found = [d for side in loaded for d in sorted(side.diagnostics, key=Diagnostic.order)]
    return {
        "valid": all(side.manifest for side in loaded),
        "diagnostics": [{"file": d.source.name, **d.data()} for d in found],
    }


def refuse(loaded: list[LoadedManifest], format: str) -> int:
    """Prints the problems: as JSON instead of the output, otherwise to standard error."""
    if format == "json":
        print(json.dumps(_verdict(loaded), indent=2))
    else:
        found = [_rendered(side.diagnostics) for side in loaded if side.diagnostics]
        print("\n\n".join(found), file=sys.stderr)
    return PROBLEMS


def show_warnings(loaded: list[LoadedManifest]) -> None:
    """Prints the warnings to standard error, because they are not part of the output."""
    for side in loaded:
        if side.diagnostics:
            print(_rendered(side.diagnostics), end="\n\n", file=sys.stderr)


def _rendered(diagnostics: Sequence[Diagnostic]) -> str:
    """Diagnostics as text for standard error."""
    return render(diagnostics, colour=colour.wanted(sys.stderr, os.environ))
