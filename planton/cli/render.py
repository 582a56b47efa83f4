"""`planton render`."""

from __future__ import annotations

import json
import re
import sys

from planton.cli.input import refuse, show_warnings, verdict
from planton.diagnostics.diagnostic import ManifestError, Source, quote
from planton.diagnostics.exit_status import OK, USAGE
from planton.document.writer import dump
from planton.manifest.types import REGION_PATTERN
from planton.reading.read import FindRules, Reading, no_rules
from planton.reading.region_choice import OtherRegion
from planton.reading.sources import read_named
from planton.render.targets import RenderTarget
from planton.render.targets import render as render_for


def render_command(
    target: RenderTarget,
    path: str,
    stdin: bytes,
    namespace: str | None,
    region: str | None,
    format: str,
    *,
    find_rules: FindRules = no_rules,
) -> int:
    """Prints a manifest as objects of another control plane; warnings go to standard error, or into
    the JSON."""

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
        rendering = render_for(
            source, target, namespace=namespace, region=region, rules=find_rules(path)
        )
    except ManifestError as error:
        return refuse([Reading(Source(path, ""), diagnostics=error.diagnostics)], format)
    except OtherRegion as error:
        print(f"planton: {error}", file=sys.stderr)
        return USAGE
    loaded = [Reading(source, rendering.manifest, rendering.warnings)]
    if format == "json":
        print(json.dumps({**verdict(loaded), "objects": rendering.objects}, indent=2))
    else:
        show_warnings(loaded)
        print("---\n".join(dump(one) for one in rendering.objects), end="")
    return OK


_NAMESPACE = re.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""An RFC 1123 label, as Kubernetes requires."""
