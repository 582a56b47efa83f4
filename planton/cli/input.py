"""The manifests that a command names, and what is printed about them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from planton.cli import colour
from planton.diagnostics.diagnostic import Diagnostic, ManifestError, render
from planton.diagnostics.exit_status import PROBLEMS
from planton.manifest.manifest import Manifest
from planton.reading.stack_input import examine_source, read_named, refuse_request


@dataclass(frozen=True)
class LoadedManifest:
    """The result of loading one manifest; `manifest` is None if it has errors."""

    manifest: Manifest | None
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


def verdict(loaded: list[LoadedManifest]) -> dict[str, Any]:
    """Whether all are valid, and every finding, for JSON."""
    found = [d for side in loaded for d in sorted(side.diagnostics, key=Diagnostic.order)]
    return {
        "valid": all(side.manifest for side in loaded),
        "diagnostics": [{"file": d.source.name, **d.data()} for d in found],
    }


def refuse(loaded: list[LoadedManifest], format: str) -> int:
    """Prints the problems: as JSON instead of the output, otherwise to standard error."""
    if format == "json":
        print(json.dumps(verdict(loaded), indent=2))
    else:
        found = [rendered(side.diagnostics) for side in loaded if side.diagnostics]
        print("\n\n".join(found), file=sys.stderr)
    return PROBLEMS


def show_warnings(loaded: list[LoadedManifest]) -> None:
    """Prints the warnings to standard error, because they are not part of the output."""
    for side in loaded:
        if side.diagnostics:
            print(rendered(side.diagnostics), end="\n\n", file=sys.stderr)


def rendered(diagnostics: Sequence[Diagnostic]) -> str:
    """Diagnostics as text for standard error."""
    return render(diagnostics, colour=colour.wanted(sys.stderr, os.environ))
