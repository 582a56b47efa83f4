"""Finds which manifests of two sets are one and the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence

from planton.review.version import Version

Pair = tuple[Version, Version]

_KEYS: tuple[Callable[[Version], Hashable], ...] = (
    lambda one: (one.file, one.identity),
    lambda one: (one.file, one.name),
    lambda one: one.identity if one.name else None,
    # A name alone is not enough: the same name is common in several environments.
    lambda one: one.identity[:3] if one.name else None,
    lambda one: one.file,
)
"""What two versions of a manifest have in common: a file and a name, a name in another file, and a
file alone. The first that only one manifest of each set has decides; None decides nothing."""


def match(
    old: Sequence[Version], new: Sequence[Version]
) -> tuple[list[Pair], list[Version], list[Version]]:
    """The pairs, and the versions of each set that have none.

    metadata.name decides, not what Git considers a rename: to Pulumi it is the table's identity.
    Two manifests that nothing tells apart have no pair, so that one of them is not taken for the
    other.
    """
    pairs: list[Pair] = []
    left, right = list(old), list(new)
    for key in _KEYS:
        olds, news = _unique(left, key), _unique(right, key)
        common = olds.keys() & news.keys()
        pairs += [(olds[one], news[one]) for one in olds if one in common]
        left = [one for one in left if key(one) not in common]
        right = [one for one in right if key(one) not in common]
    return pairs, left, right


def _unique(
    versions: Sequence[Version], key: Callable[[Version], Hashable]
) -> dict[Hashable, Version]:
    numbers = Counter(map(key, versions))
    return {
        shared: one for one in versions if (shared := key(one)) is not None and numbers[shared] == 1
    }
