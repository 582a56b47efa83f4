"""Rules about streams, expiry, encryption and tags."""

from __future__ import annotations

from collections.abc import Iterator

from planton.model.rule import Finding, rule
from planton.model.spec import AwsDynamodb
from planton.tags import MAX_TAGS, platform_tags

_METADATA = ("metadata.id", "metadata.org", "metadata.env")


@rule("stream_view_requires_enabled", "streamEnabled", "streamViewType")
def stream_view_requires_enabled(manifest: AwsDynamodb) -> Iterator[Finding]:
    """A view type is given exactly when the stream is on (CreateTable, StreamSpecification)."""
    on, view = manifest.spec.stream_enabled, manifest.spec.stream_view_type
    if on and view is None:
        yield Finding(
            ("spec", "streamViewType"),
            "streamViewType must be given when streamEnabled is true",
            "NEW_AND_OLD_IMAGES holds the most; KEYS_ONLY, NEW_IMAGE and OLD_IMAGE hold less",
        )
    if view is not None and not on:
        yield Finding(
            ("spec", "streamViewType"),
            f"streamViewType is {view.value}, but the stream is off",
            "set streamEnabled: true, or remove streamViewType",
        )


@rule("ttl_attribute_when_enabled", "ttl.enabled", "ttl.attributeName")
def ttl_attribute_when_enabled(manifest: AwsDynamodb) -> Iterator[Finding]:
    """The attribute is given exactly when expiry is on."""
    ttl = manifest.spec.ttl
    if ttl is None:
        return
    if ttl.enabled and ttl.attribute_name is None:
        yield Finding(
            ("spec", "ttl", "attributeName"),
            "attributeName must be given when ttl is enabled",
            "name the number attribute that holds the time of expiry, such as expiresAt",
        )
    if ttl.attribute_name is not None and not ttl.enabled:
        yield Finding(
            ("spec", "ttl", "attributeName"),
            "attributeName is given, but ttl is off",
            "set enabled: true, or remove attributeName: the one in use is known when ttl "
            "is switched off",
        )


@rule(
    "encryption-key-needs-encryption",
    "serverSideEncryption.enabled",
    "serverSideEncryption.kmsKeyArn",
)
def encryption_key_needs_encryption(manifest: AwsDynamodb) -> Iterator[Finding]:
    """A KMS key goes with encryption enabled only (CreateTable, SSESpecification)."""
    encryption = manifest.spec.server_side_encryption
    if encryption and encryption.kms_key_arn and not encryption.enabled:
        yield Finding(
            ("spec", "serverSideEncryption", "kmsKeyArn"),
            "kmsKeyArn is given, but serverSideEncryption is not enabled",
            "set enabled: true, or remove the key: tables are then encrypted with a key "
            "that AWS owns",
        )


@rule("too-many-tags", "tags", *_METADATA)
def tag_limit(manifest: AwsDynamodb) -> Iterator[Finding]:
    """50 tags a resource, the platform's own among them (TagResource)."""
    platform = platform_tags(manifest.metadata)
    found = len({**platform, **manifest.spec.tags})
    if found > MAX_TAGS:
        yield Finding(
            ("spec", "tags"),
            f"{found} tags with the {len(platform)} that every table gets, "
            f"at most {MAX_TAGS} are allowed",
        )


FEATURE_RULES = (
    stream_view_requires_enabled,
    ttl_attribute_when_enabled,
    encryption_key_needs_encryption,
    tag_limit,
)
