"""All explanations, by subject and by code."""

from __future__ import annotations

from planton.explain.explanation import Explanation
from planton.explain.keys import KEYS

SUBJECTS: dict[str, tuple[Explanation, ...]] = {
    "Keys and indexes": KEYS,
}
"""A title, and the codes under it in the order in which a reader meets them."""

EXPLANATIONS: dict[str, Explanation] = {
    explanation.code: explanation
    for explanations in SUBJECTS.values()
    for explanation in explanations
}
