"""Warnings of what is over, for those who know the time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import islice

from planton.manifest.checking.check import point
from planton.manifest.checking.type_check import MAX_FINDINGS
from planton.manifest.rules.over import adjustments_that_are_over
from planton.reading.read import Reading

_CODE = "schedule-over"


def at_time(reading: Reading, now: datetime) -> Reading:
    """The reading with the warnings about what is over, unless its manifest ignores them.

    By themselves they are not errors. Once a schedule has fired, the manifest is still right: the
    provider sends AWS only what has changed. Of a new schedule in the past, AWS does not document
    that it is refused.
    """
    manifest, places = reading.manifest, reading.places
    if manifest is None or places is None:
        return reading
    findings = islice(adjustments_that_are_over(manifest, now), MAX_FINDINGS)
    over = reading.graded(point(places, reading.source, _CODE, findings))
    if any(one.severity == "error" for one in over):  # so the organization has decided
        manifest = None
    return replace(reading, manifest=manifest, diagnostics=(*reading.diagnostics, *over))
