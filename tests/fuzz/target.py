"""What has to hold for every input, however broken it is."""

from __future__ import annotations

import time
from random import Random

from planton.changes.record import read_record, record
from planton.changes.snapshot import snapshot
from planton.convert.converter import convert
from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source, render
from planton.dialects.contract import Contract
from planton.manifest.manifest import Manifest
from planton.plan.planner import make_plan
from planton.plan.text import describe
from planton.reading.read import read
from planton.reading.sources import STDIN, read_bytes
from tests.loading import load, validate

SECRETS = ("AKIAFUZZEDFUZZEDFUZZ", "fuzzedfUzZeDfUZZED+/fuzz", "IQoJfuzzedFuzzedFUZZED")
"""Stand in no input but those that `wrapped` makes, under keys of a credentials block."""

SECONDS = 2.0
SECONDS_A_KIB = 0.02
"""Work that an input may take: some twenty times what it takes, for machines that are busy."""


def check(data: bytes) -> None:
    """Reads the bytes in every way there is, alone and beside credentials. Any exception is a find.

    Raises:
        AssertionError: what has to hold does not.
    """
    _check(data)
    _check(wrapped(data))


def _check(data: bytes) -> None:
    try:
        source = read_bytes(data, "fuzz.yaml")
    except ManifestError as error:
        _check_found(list(error.diagnostics), data)
        return
    reading = read(source)
    manifest, found = reading.manifest, list(reading.diagnostics)
    _check_found(found, data)
    assert (manifest is None) == any(d.severity == "error" for d in found), "verdict"
    try:
        loaded = load(source.text, filename=source.name).manifest
    except ManifestError as error:
        # This door knows no stack input, so it can be stricter.
        reasons = len(error.diagnostics)
    else:
        reasons = -1
        assert manifest == loaded, "two doors, two manifests"
    assert reasons, "refused without a reason"
    for report in validate([STDIN], data):
        _check_found(list(report.diagnostics), data)
        assert manifest is None or (report.valid and report.manifests == 1), "validate disagrees"
    if manifest is not None:
        _check_manifest(manifest, source)


def timed(data: bytes) -> None:
    """The same, and in bounded time.

    Raises:
        AssertionError: as above, or it takes far longer than its size explains.
    """
    allowed = SECONDS + SECONDS_A_KIB * len(data) / 1024
    start = time.process_time()
    check(data)
    taken = time.process_time() - start
    assert taken < allowed, f"{len(data):,} bytes took {taken:.1f} s"


_BLOCKS = (b"provider_config", b"providerConfig", b"awsCredential", b"aws_credential")
_KEYS = (
    (b"access_key_id", b"secret_access_key", b"session_token"),
    (b"accessKeyId", b"secretAccessKey", b"sessionToken"),
    (b"account_id", b"secret_access_key", b"region"),
    (b"access_key", b"secret_acces_key", b"token"),
)
_STYLES = (
    *(b"%b", b'"%b"', b"'%b'", b"&s %b", b"!!str %b", b"[%b]", b"{x: %b}", b"{%b: x}"),
    *(b"|\n    %b", b">\n    %b", b"x %b", b"%b: x", b"[%b"),
)


def wrapped(manifest: bytes) -> bytes:
    """The manifest in a stack input that holds the secrets; what it looks like follows from it.

    The block comes first: a quote that the manifest leaves open cannot run into it.
    """
    random = Random(manifest)
    style = random.choice(_STYLES)
    pairs = zip(random.choice(_KEYS), SECRETS, strict=True)
    lines = [random.choice(_BLOCKS) + b":"]
    lines += [b"  " + key + b": " + style % secret.encode() for key, secret in pairs]
    lines += [b"target:", *(b"  " + line for line in manifest.split(b"\n"))]
    return b"\n".join(lines)


def _check_found(found: list[Diagnostic], data: bytes) -> None:
    shown = [render(found), *(d.text() for d in found[:20]), *(repr(d.data()) for d in found)]
    for secret in SECRETS:
        assert not any(secret in text for text in shown), "a secret is shown"
    end = data.count(b"\n") + data.count(b"\r") + data.count(b"\xc2\x85") + data.count(b"\xe2\x80")
    for at in (d.span for d in found if d.span):
        assert 1 <= at.line <= at.end_line <= end + 2, "a place outside of the text"
        assert at.column >= 1, "a column outside of the text"
        assert at.line < at.end_line or at.column <= at.end_column, "a range that ends first"


def _check_manifest(manifest: Manifest, source: Source) -> None:
    """What is accepted can be planned, shown and converted, and means the same afterwards."""
    plan = make_plan(manifest)
    assert describe(plan, manifest.spec.region)
    decided = snapshot(plan, region=manifest.spec.region, account_id=None)
    assert read_record(record(decided)) == decided, "a record that says something else"
    for to in (None, Contract.V1, Contract.V1ALPHA1):
        if to is Contract.V1ALPHA1 and manifest.spec.region is None:
            continue
        text = convert(source, to).text
        assert make_plan(load(text, filename="x").manifest) == plan, f"converted to {to}"
