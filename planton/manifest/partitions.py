"""The regions in ARNs, and the AWS partitions, which the name of a region tells."""

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


def region_in(arn: str) -> str:
    """The region in an ARN."""
    return arn.split(":")[3]


def partition_of(region: str) -> str:
    """The partition in the ARNs of a region."""
    return next((name for start, name in _PREFIXES.items() if region.startswith(start)), "aws")
