"""The AWS provider: its configuration, and the creation of its resources in the emulated AWS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from planton.rehearsal.aws.emulated_aws import EmulatedAws
from planton.rehearsal.aws.emulator import DEFAULT_ACCOUNT_ID
from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json
from planton.rehearsal.provider.access import AccessPolicy, Attachment
from planton.rehearsal.provider.alarms import MetricAlarm
from planton.rehearsal.provider.indexes import GlobalSecondaryIndex
from planton.rehearsal.provider.insights import ContributorInsights
from planton.rehearsal.provider.kinesis import KinesisStreamingDestination
from planton.rehearsal.provider.lookups import FUNCTIONS
from planton.rehearsal.provider.properties import (
    FLAG,
    INTEGER,
    TEXT,
    TEXT_MAP,
    TEXTS,
    Leaf,
    block,
    check,
)
from planton.rehearsal.provider.property_errors import MistypedProperty, UnknownResource
from planton.rehearsal.provider.resource import Incomplete, ResourceState, ResourceType
from planton.rehearsal.provider.resource_policy import ResourcePolicy
from planton.rehearsal.provider.scaling import Policy, Target
from planton.rehearsal.provider.scheduled import ScheduledAction
from planton.rehearsal.provider.session import Session
from planton.rehearsal.provider.table_replicas import TableReplica
from planton.rehearsal.provider.tables import Table
from planton.rehearsal.provider.tags import Tag

PROVIDER_TYPE = "pulumi:providers:aws"

RESOURCE_TYPES: Mapping[str, ResourceType] = {
    resource_type.type: resource_type
    for resource_type in (
        Table(),
        TableReplica(),
        GlobalSecondaryIndex(),
        ContributorInsights(),
        KinesisStreamingDestination(),
        ResourcePolicy(),
        Target(),
        Policy(),
        ScheduledAction(),
        MetricAlarm(),
        AccessPolicy(),
        Attachment(),
        Tag(),
    )
}

CONFIGURATION = block(
    region=TEXT,
    allowedAccountIds=TEXTS,
    forbiddenAccountIds=TEXTS,
    defaultTags=block(tags=TEXT_MAP),
    ignoreTags=block(keys=TEXTS, keyPrefixes=TEXTS),
    # How the real provider connects to AWS: the emulated one needs none of it.
    accessKey=TEXT,
    secretKey=TEXT,
    token=TEXT,
    profile=TEXT,
    customCaBundle=TEXT,
    ec2MetadataServiceEndpoint=TEXT,
    ec2MetadataServiceEndpointMode=TEXT,
    httpProxy=TEXT,
    httpsProxy=TEXT,
    noProxy=TEXT,
    insecure=FLAG,
    maxRetries=INTEGER,
    retryMode=TEXT,
    s3UsEast1RegionalEndpoint=TEXT,
    s3UsePathStyle=FLAG,
    sharedConfigFiles=TEXTS,
    sharedCredentialsFiles=TEXTS,
    skipCredentialsValidation=FLAG,
    skipMetadataApiCheck=FLAG,
    skipRegionValidation=FLAG,
    skipRequestingAccountId=FLAG,
    stsRegion=TEXT,
    tagPolicyCompliance=TEXT,
    tokenBucketRateLimiterCapacity=INTEGER,
    useDualstackEndpoint=FLAG,
    useFipsEndpoint=FLAG,
    userAgents=TEXTS,
)
IGNORED = frozenset({"assumeRoleWithWebIdentity", "assumeRoles", "endpoints"})
"""Nested configuration that, too, is only about the connection to AWS."""

_SDK_OPTIONS = frozenset({"version", "pluginDownloadURL", "__internal"})


class AwsProvider:
    """One configured provider.

    Inputs and outputs are as on the wire: names in camelCase, integers perhaps as floats. A
    resource's own `region` overrides the provider's. Every method raises PropertyError for what the
    emulation does not know.
    """

    def __init__(self, aws: EmulatedAws, config: Mapping[str, Any] | None = None) -> None:
        """`config` are the inputs of the resource `pulumi:providers:aws`.

        Raises:
            Refused: an account that the configuration does not allow.
            PropertyError: the configuration is not that of the provider.
        """
        checked = check(CONFIGURATION, _decoded(config or {}), PROVIDER_TYPE)
        self.has_region = "region" in checked
        """Whether the configuration sets the region: otherwise it is the aws's default."""
        self._regions = aws.regions
        self.session = Session(
            aws.send,
            account_id=_account(aws.account_id, checked),
            region=checked.get("region", aws.region),
            default_tags=checked.get("defaultTags", {}).get("tags", {}),
            ignored_tags=frozenset(checked.get("ignoreTags", {}).get("keys", ())),
            ignored_tag_prefixes=tuple(checked.get("ignoreTags", {}).get("keyPrefixes", ())),
        )

    @property
    def account_id(self) -> str:
        return self.session.account_id

    @property
    def region(self) -> str:
        return self.session.region

    def resource_type(self, type_: str) -> ResourceType:
        if type_ not in RESOURCE_TYPES:
            raise UnknownResource(_unknown(type_, RESOURCE_TYPES))
        return RESOURCE_TYPES[type_]

    def check(self, type_: str, inputs: Mapping[str, Any]) -> Json:
        """The inputs without nulls and with every integer as int."""
        return check(self.resource_type(type_).inputs, inputs, type_)

    def create(self, type_: str, inputs: Mapping[str, Any]) -> ResourceState:
        """Raises Refused; Incomplete if the resource exists all the same."""
        checked = self.check(type_, inputs)
        session = self.session_in(checked)
        try:
            resource = self.resource_type(type_).create(session, checked)
        except Incomplete as refused:
            raise Incomplete(refused, self.placed(type_, refused.resource, session)) from refused
        return self.placed(type_, resource, session)

    def placed(self, type_: str, resource: ResourceState, session: Session) -> ResourceState:
        """The resource with the outputs that every resource has. IAM's have no region."""
        outputs = {**resource.outputs, "id": resource.id}
        if self.has_place(type_):
            outputs["region"] = session.region
        return replace(resource, outputs=outputs)

    def has_place(self, type_: str) -> bool:
        """Whether a resource of the type is in a region."""
        return "region" in self.resource_type(type_).inputs.properties

    def invoke(self, function: str, arguments: Mapping[str, Any]) -> Json:
        """The result of one of the provider's functions. Raises Refused."""
        if function not in FUNCTIONS:
            raise UnknownResource(_unknown(function, FUNCTIONS))
        schema, result = FUNCTIONS[function]
        checked = check(schema, arguments, function)
        return result(self.session_in(checked), checked)

    def session_in(self, inputs: Mapping[str, Any]) -> Session:
        """The session in the region of a resource. Raises Refused if AWS has no such region."""
        region = inputs.get("region") or self.region
        if region not in self._regions():
            raise Refused("provider", "InvalidRegion", f"invalid AWS Region: {region}")
        return self.session.within(region)


def _unknown(name: str, known: Mapping[str, object]) -> str:
    return f"{name}: not emulated (emulated: {', '.join(sorted(known))})"


def _decoded(inputs: Mapping[str, Any]) -> Json:
    """The engine passes everything that is not a string to a provider as JSON."""
    decoded: Json = {}
    for name, value in inputs.items():
        if name in IGNORED or name in _SDK_OPTIONS or value is None:
            continue
        decoded[name] = value
        schema = CONFIGURATION.properties.get(name, Leaf.TEXT)
        if isinstance(value, str) and schema is not Leaf.TEXT:
            try:
                decoded[name] = json.loads(value)
            except ValueError:
                raise MistypedProperty(f"{PROVIDER_TYPE}.{name}", "JSON", value) from None
    return decoded


def _account(account_id: str | None, config: Json) -> str:
    """The account of the credentials. Raises Refused if the provider does not allow it."""
    allowed = config.get("allowedAccountIds", [])
    account = account_id or (allowed[0] if len(allowed) == 1 else DEFAULT_ACCOUNT_ID)
    if (allowed and account not in allowed) or account in config.get("forbiddenAccountIds", []):
        raise Refused("provider", "AccountNotAllowed", f"AWS account ID not allowed: {account}")
    return account
