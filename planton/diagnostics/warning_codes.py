"""The codes of warnings, which a manifest or a run may ignore."""

from __future__ import annotations

from planton.diagnostics.codes import CODES
from planton.diagnostics.diagnostic import did_you_mean, quote

WARNINGS = tuple(sorted(code for code, about in CODES.items() if about.severity == "warning"))
"""The code of every warning."""


def not_a_warning(code: str) -> tuple[str, str] | None:
    """The message and help about a code that cannot be ignored; None if it is a warning's."""
    if code in WARNINGS:
        return None
    meant = did_you_mean(code, WARNINGS)
    help = f"did you mean '{meant}'?" if meant else f"the warning codes are {', '.join(WARNINGS)}"
    return f"{quote(code)} is not a warning code", help
