"""The codes of warnings, which a manifest or a run may ignore."""

from __future__ import annotations

from planton.diagnostics.diagnostic import did_you_mean, quote
from planton.manifest.rules.all_rules import RULES

BESIDE_RULES = ("empty-value", "flat-shape", "ignored-key", "not-carried")
"""Warnings that do not come from a rule."""

WARNINGS = tuple(
    sorted({*BESIDE_RULES, *(rule.code for rule in RULES if rule.severity == "warning")})
)
"""The code of every warning. A code is never both a warning and an error."""


def not_a_warning(code: str) -> tuple[str, str] | None:
    """The message and help about a code that cannot be ignored; None if it is a warning's."""
    if code in WARNINGS:
        return None
    meant = did_you_mean(code, WARNINGS)
    help = f"did you mean '{meant}'?" if meant else f"the warning codes are {', '.join(WARNINGS)}"
    return f"{quote(code)} is not a warning code", help
