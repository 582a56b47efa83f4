"""The AWS provider: its configuration, and its resources carried out on the cloud."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planton.rehearsal.emulator import DEFAULT_ACCOUNT_ID
from planton.rehearsal.errors import MistypedProperty, Refused, UnknownResource
from planton.rehearsal.indexes import GlobalSecondaryIndex
from planton.rehearsal.insights import ContributorInsights
from planton.rehearsal.kinesis import KinesisStreamingDestination
from planton.rehearsal.lookups import FUNCTIONS
from planton.rehearsal.properties import (
    FLAG,
    TEXT,
    TEXT_MAP,
    TEXTS,
    WHOLE,
    Leaf,
    block,
    check,
    inputs_now,
)
from planton.rehearsal.records import Found, Json, Made, Request
from planton.rehearsal.resource_policy import ResourcePolicy
from planton.rehearsal.scaling import Policy, Target
from planton.rehearsal.scheduled import ScheduledAction
from planton.rehearsal.session import Kind, Session
from planton.rehearsal.table_replicas import TableReplica
from planton.rehearsal.tables import Table

if TYPE_CHECKING:
    from planton.rehearsal.cloud import Cloud

PROVIDER_TYPE = "pulumi:providers:aws"

KINDS: dict[str, Kind] = {
    kind.type: kind
    for kind in (
        Table(),
        TableReplica(),
        GlobalSecondaryIndex(),
        ContributorInsights(),
        KinesisStreamingDestination(),
        ResourcePolicy(),
        Target(),
        Policy(),
        ScheduledAction(),
    )
}

CONFIGURATION = block(
    region=TEXT,
    allowedAccountIds=TEXTS,
    forbiddenAccountIds=TEXTS,
    defaultTags=block(tags=TEXT_MAP),
    ignoreTags=block(keys=TEXTS, keyPrefixes=TEXTS),
    # How the real provider gets to AWS; the emulated one is reached without.
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
    maxRetries=WHOLE,
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
    tokenBucketRateLimiterCapacity=WHOLE,
    useDualstackEndpoint=FLAG,
    useFipsEndpoint=FLAG,
    userAgents=TEXTS,
)
UNREAD = frozenset({"assumeRoleWithWebIdentity", "assumeRoles", "endpoints"})
"""Configuration with blocks of its own that, too, is only about the way to AWS."""

_OF_THE_SDK = frozenset({"version", "pluginDownloadURL", "__internal"})


class Provider:
    """One configured provider; made by `Cloud.provider`.

    Resources speak the wire form: camelCase, whole numbers perhaps floats. `state` is what create,
    read or update last returned as outputs; a resource's own `region` goes before the provider's.
    Every method raises PropertyError for what the emulation does not know.
    """

    def __init__(self, cloud: Cloud, session: Session, *, names_region: bool) -> None:
        self._cloud = cloud
        self._session = session
        self.names_region = names_region
        """Whether the region is the configuration's own, not the cloud's default."""

    @classmethod
    def configured(cls, cloud: Cloud, inputs: Mapping[str, Any]) -> Provider:
        config = check(CONFIGURATION, _decoded(inputs), PROVIDER_TYPE)
        session = Session(
            cloud.carry_out,
            account_id=_account(cloud.account_id, config),
            region=config.get("region", cloud.region),
            default_tags=config.get("defaultTags", {}).get("tags", {}),
            ignored_tags=frozenset(config.get("ignoreTags", {}).get("keys", ())),
            ignored_tag_prefixes=tuple(config.get("ignoreTags", {}).get("keyPrefixes", ())),
        )
        return cls(cloud, session, names_region="region" in config)

    def over(self, carry_out: Callable[[Request], Json]) -> Provider:
        """The same provider, whose requests go this way to the same cloud."""
        session = replace(self._session, carry_out=carry_out)
        return Provider(self._cloud, session, names_region=self.names_region)

    @property
    def account_id(self) -> str:
        return self._session.account_id

    @property
    def region(self) -> str:
        return self._session.region

    def check(self, type_: str, inputs: Mapping[str, Any]) -> Json:
        """The inputs without nulls, whole numbers as int."""
        return check(_kind(type_).inputs, inputs, type_)

    def create(self, type_: str, inputs: Mapping[str, Any]) -> Made:
        """Raises Refused; its `made` is what exists all the same, if anything does."""
        checked = self.check(type_, inputs)
        return self._made(checked, lambda session: _kind(type_).create(session, checked))

    def read(
        self,
        type_: str,
        id_: str,
        state: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> Found | None:
        """The resource as it is now, or None where it is gone.

        `inputs` are the last ones given: `Found.inputs` says what they would be now.
        """
        kind, before = _kind(type_), dict(state or {})
        session = self._session_in(before or dict(inputs or {}))
        now = kind.read(session, id_, before)
        if now is None:
            return None
        outputs = {**now, "id": id_, "region": session.region}
        given = {name: value for name, value in outputs.items() if name in kind.inputs.properties}
        if inputs is not None:
            given = inputs_now(kind.inputs, self.check(type_, inputs), outputs)
        return Found(id_, given, outputs)

    def update(
        self, type_: str, id_: str, state: Mapping[str, Any], inputs: Mapping[str, Any]
    ) -> Made:
        """Raises Refused; its `made` is what the resource has become all the same.

        Raises ValueError for a change that only a replacement can bring about.
        """
        kind, checked, before = _kind(type_), self.check(type_, inputs), dict(state)
        lasting = {name: checked[name] for name in sorted(kind.replaced_by & checked.keys())}
        for name, value in inputs_now(kind.inputs, lasting, before).items():
            if _seen(kind, name, value) != _seen(kind, name, lasting[name]):
                raise ValueError(f"{type_}: a change of {name} is a replacement")
        place = {"region": before.get("region", self.region)}
        try:
            return self._made(place, lambda session: kind.update(session, id_, before, checked))
        except Refused as refused:
            if type_ not in _OF_THE_FRAMEWORK:
                refused.made = Made(id_, {**_left(kind, before), **place, **checked})
            raise

    def delete(self, type_: str, id_: str, state: Mapping[str, Any]) -> None:
        """Raises Refused. What is gone already is no error."""
        _kind(type_).delete(self._session_in(state), id_, dict(state))

    def invoke(self, function: str, arguments: Mapping[str, Any]) -> Json:
        """What a function of the provider answers. Raises Refused."""
        if function not in FUNCTIONS:
            known = ", ".join(sorted(FUNCTIONS))
            raise UnknownResource(f"{function}: not emulated (known here: {known})")
        shape, answer = FUNCTIONS[function]
        checked = check(shape, arguments, function)
        return answer(self._session_in(checked), checked)

    def _made(self, place: Mapping[str, Any], act: Callable[[Session], Made]) -> Made:
        session = self._session_in(place)
        try:
            made = act(session)
        except Refused as refused:
            if refused.made is not None:
                refused.made = _placed(refused.made, session)
            raise
        return _placed(made, session)

    def _session_in(self, place: Mapping[str, Any]) -> Session:
        region = place.get("region") or self.region
        if region not in self._cloud.regions():
            raise Refused("provider", "InvalidRegion", f"invalid AWS Region: {region}")
        return replace(self._session, region=region)


_OF_THE_FRAMEWORK = {GlobalSecondaryIndex.type, ResourcePolicy.type}
"""Resources whose state stays as it was when an update fails. That of all others becomes what was
planned, whatever was done (terraform-plugin-sdk, issue 476)."""


def _seen(kind: Kind, name: str, value: Any) -> Any:
    """What the provider sees of a property: of some sets, which items there are."""
    if name in getattr(kind, "by_name", ()):
        return sorted(item["name"] for item in value)
    return value


def _left(kind: Kind, state: Json) -> Json:
    """What of the state no input decides any more, or still does although none is given."""
    kept = getattr(kind, "kept", kind.inputs.properties)
    return {
        key: value
        for key, value in state.items()
        if key in kept or key not in kind.inputs.properties
    }


def _placed(made: Made, session: Session) -> Made:
    return Made(made.id, {**made.outputs, "id": made.id, "region": session.region})


def _kind(type_: str) -> Kind:
    if type_ not in KINDS:
        raise UnknownResource(f"{type_}: not emulated (known here: {', '.join(sorted(KINDS))})")
    return KINDS[type_]


def _decoded(inputs: Mapping[str, Any]) -> Json:
    """Providers get everything that is not a string as JSON text."""
    decoded: Json = {}
    for name, value in inputs.items():
        if name in UNREAD or name in _OF_THE_SDK or value is None:
            continue
        decoded[name] = value
        shape = CONFIGURATION.properties.get(name, Leaf.TEXT)
        if isinstance(value, str) and shape is not Leaf.TEXT:
            try:
                decoded[name] = json.loads(value)
            except ValueError:
                raise MistypedProperty(f"{PROVIDER_TYPE}.{name}", "JSON", value) from None
    return decoded


def _account(account_id: str | None, config: Json) -> str:
    """The account of the credentials, if the provider may work in it."""
    allowed = config.get("allowedAccountIds", [])
    account = account_id or (allowed[0] if len(allowed) == 1 else DEFAULT_ACCOUNT_ID)
    if (allowed and account not in allowed) or account in config.get("forbiddenAccountIds", []):
        raise Refused("provider", "AccountNotAllowed", f"AWS account ID not allowed: {account}")
    return account
