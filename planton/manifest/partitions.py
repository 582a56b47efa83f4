"""The AWS partitions, which the name of a region tells."""

from __future__ import annotations

_PREFIXES = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
    "eu-isoe-": "aws-iso-e",
    "eusc-": "aws-eusc",
}


def partition_of(region: str) -> str:
    """The partition in the ARNs of a region."""
    return next((name for start, name in _PREFIXES.items() if region.startswith(start)), "aws")
