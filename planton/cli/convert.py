"""`planton convert`."""

from __future__ import annotations

import re
import sys

from planton.cli.input import rendered
from planton.convert.converter import convert
from planton.diagnostics.diagnostic import ManifestError, quote
from planton.diagnostics.exit_status import OK, PROBLEMS, USAGE
from planton.dialects.contract import Contract
from planton.manifest.types import REGION_PATTERN
from planton.reading.region_choice import OtherRegion
from planton.reading.sources import read_named


def convert_command(path: str, stdin: bytes, to: str | None, region: str | None) -> int:
    """Prints a manifest for another version of the contract; problems, and notes on what is not
    kept, go to standard error."""
    if region is not None and not re.fullmatch(REGION_PATTERN, region):
        message = f"planton: {quote(region)} is not the name of an AWS region"
        print(f"{message} such as 'eu-central-1'", file=sys.stderr)
        return USAGE
    try:
        source = read_named(path, stdin)
        converted = convert(source, Contract(to) if to else None, region)
    except ManifestError as error:
        print(rendered(error.diagnostics), file=sys.stderr)
        return PROBLEMS
    except OtherRegion as error:
        print(f"planton: {error}", file=sys.stderr)
        return USAGE
    if converted.warnings:
        print(rendered(converted.warnings), end="\n\n", file=sys.stderr)
    for note in converted.notes:
        print(f"planton: {note}", file=sys.stderr)
    print(converted.text, end="")
    return OK
