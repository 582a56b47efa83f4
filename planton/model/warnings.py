"""Which codes are warnings: those that a manifest or a run may ignore."""

from __future__ import annotations

from planton.diagnostics import did_you_mean, quote
from planton.model.rules import RULES

BESIDE_RULES = ("empty-value", "flat-shape", "ignored-key", "not-carried")
"""Warnings that no rule between fields finds."""

WARNINGS = tuple(
    sorted({*BESIDE_RULES, *(rule.code for rule in RULES if rule.severity == "warning")})
)
"""The code of every warning. No code is a warning in one place and an error in another."""


def not_a_warning(code: str) -> tuple[str, str] | None:
    """What is wrong with a code that is to be ignored, and help; None where it is a warning's."""
    if code in WARNINGS:
        return None
    meant = did_you_mean(code, WARNINGS)
    help = f"did you mean '{meant}'?" if meant else f"warnings are {', '.join(WARNINGS)}"
    return f"{quote(code)} is not the code of a warning", help
