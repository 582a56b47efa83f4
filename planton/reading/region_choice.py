"""Chooses the region for a command's output, from the input and the --region option."""

from __future__ import annotations

from planton.diagnostics.diagnostic import quote
from planton.manifest.manifest import Manifest
from planton.manifest.reference import region_of
from planton.reading.provider_block import Provider


class OtherRegion(Exception):
    """The --region option and the input name different regions."""


def choose_region(manifest: Manifest, provider: Provider, named: str | None) -> str | None:
    """The region of the manifest, or of the provider block, or else `named`.

    Raises:
        OtherRegion: the input names another region than `named`. Either choice could create the
            table in an unexpected region.
    """
    own, where = manifest.spec.region, "manifest"
    if own is None:
        own, where = provider.region, "provider block"
    if own and named and own != named:
        raise OtherRegion(f"--region is {quote(named)}, but the {where} names {quote(own)}")
    return own or named


_OFTEN_USED = ("us-east-1", "eu-west-1", "ap-northeast-1", "us-west-2")


def fitting_region(manifest: Manifest) -> str:
    """A region for a table that names none: that of its KMS key or stream, or else one without a
    replica or witness."""
    spec = manifest.spec
    key, stream = spec.server_side_encryption, spec.kinesis_streaming_destination
    arns = (key.kms_key_arn if key else None, stream.stream_arn if stream else None)
    beside = next((region for arn in arns if arn and (region := region_of(arn))), None)
    taken = {replica.region_name for replica in spec.replicas}
    if spec.global_table_witness:
        taken.add(spec.global_table_witness.region_name)
    return beside or next((r for r in _OFTEN_USED if r not in taken), _OFTEN_USED[0])
