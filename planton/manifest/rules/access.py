"""Rules about access policies and grants."""

from __future__ import annotations

from collections.abc import Iterator

from planton.diagnostics.diagnostic import quote
from planton.manifest.access_documents import (
    MAX_POLICY_CHARACTERS,
    MAX_POLICY_NAME,
    Member,
    policy_name,
    replica_arn,
    role_document,
    with_table_arn,
)
from planton.manifest.enums import AccessRole
from planton.manifest.grants import Granted, granted, to_own_account
from planton.manifest.manifest import Manifest
from planton.manifest.partitions import partition_of
from planton.manifest.reference import Reference
from planton.manifest.rules.cautions import DEFAULT_KEY
from planton.manifest.rules.policy.document import policy_text
from planton.manifest.rules.policy.kinds import TABLE_ARN
from planton.manifest.rules.policy.size import USUAL_REGION
from planton.manifest.rules.rule import Finding, Path, rule
from planton.manifest.spec import Spec

_ACCOUNT = "123456789012"
"""Every account has as many digits."""

_KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
"""Every key's ID is as long."""

_STREAM_USER = AccessRole.STREAM_CONSUMER


def _granted(spec: Spec) -> tuple[Granted, ...]:
    return granted((grant.role, grant.principal) for grant in spec.grants)


@rule(
    "duplicate-access",
    "accessPolicies",
    "grants.role",
    "grants.principal",
    each=("accessPolicies", "grants"),
)
def each_access_is_listed_once(manifest: Manifest) -> Iterator[Finding]:
    """A role has one policy, and a principal gets it once. Names of IAM roles are unique in an
    account, whatever their path."""
    seen: set[AccessRole] = set()
    for i, role in enumerate(manifest.spec.access_policies):
        if role in seen:
            message = f"{quote(role.value)} is listed twice"
            yield Finding(("spec", "accessPolicies", i), message, "remove one of the two")
        seen.add(role)
    known: dict[tuple[object, ...], str] = {}
    for i, (role, principal) in enumerate(_granted(manifest.spec)):
        key = (role, *principal.identity)
        if key in known:
            same = known[key] == principal.arn
            other = "" if same else f", as {quote(known[key])}: names are unique whatever the path"
            yield Finding(
                ("spec", "grants", i),
                f"{quote(principal.arn)} is granted {role.value} twice{other}",
                "remove one of the two grants",
            )
        known.setdefault(key, principal.arn)


@rule("stream-consumer", "accessPolicies", "grants.role", "streamEnabled", each=("grants",))
def stream_consumers_have_a_stream(manifest: Manifest) -> Iterator[Finding]:
    """A stream is read with the table's stream ARN (GetShardIterator, StreamArn)."""
    spec, words = manifest.spec, manifest.words
    if spec.stream_enabled:
        return
    places: list[Path] = [
        *(
            ("spec", "accessPolicies", i)
            for i, role in enumerate(spec.access_policies)
            if role is _STREAM_USER
        ),
        *(
            ("spec", "grants", i, "role")
            for i, grant in enumerate(spec.grants)
            if grant.role is _STREAM_USER
        ),
    ]
    for place in places:
        yield Finding(
            place,
            "streamConsumer reads the table's stream, and the table has none",
            f"set {words.stream_enabled}: true and a streamViewType, or remove streamConsumer",
        )


@rule("principal", "grants.role", "grants.principal", "region", each=("grants",))
def principals_can_get_the_role(manifest: Manifest) -> Iterator[Finding]:
    """Policies are attached to roles of the table's account; principals of other accounts get
    theirs from the table's policy, which reaches only its partition (IAM user guide, Cross-account
    resource access)."""
    account, region = manifest.place.account_id, manifest.region
    for i, (_, principal) in enumerate(_granted(manifest.spec)):
        path: Path = ("spec", "grants", i, "principal")
        shown = quote(principal.arn)
        if region and principal.partition != partition_of(region):
            yield Finding(
                path,
                f"{shown} is in the partition {principal.partition}, and the table in "
                f"{partition_of(region)}",
                "grant to a principal of the table's partition: IAM does not reach further",
            )
        elif principal.account != account:
            continue
        elif principal.kind == "root":
            yield Finding(
                path,
                f"{shown} is the table's own account",
                "grant to a role: the account's policies decide who may use its tables",
            )
        elif principal.kind == "user":
            yield Finding(
                path,
                f"{shown} is a user of the table's own account",
                "grant to a role that the user may assume, or attach a policy of accessPolicies to "
                "a group of the user",
            )
        elif principal.is_protected:
            yield Finding(
                path,
                f"{shown} is a role that only AWS changes: no policy can be attached to it",
                "grant to another role",
            )


@rule(
    "access-policy",
    "accessPolicies",
    "grants.role",
    "grants.principal",
    "region",
    "tableName",
    "metadata.name",
    "globalSecondaryIndexes",
    "localSecondaryIndexes",
    "serverSideEncryption.kmsKeyArn",
    "replicas.regionName",
    "replicas.kmsKeyArn",
)
def access_policies_fit(manifest: Manifest) -> Iterator[Finding]:
    """A managed policy has at most 6,144 characters and a name of at most 128 (IAM and STS quotas).
    The stack's name, which is part of it, is known when the program runs."""
    spec, region = manifest.spec, manifest.region or USUAL_REGION
    for role, path in _policies(manifest):
        name = policy_name(manifest.table_name, region, "", role)
        if len(name) >= MAX_POLICY_NAME:
            longest = MAX_POLICY_NAME - 1 - (len(name) - len(manifest.table_name))
            yield Finding(
                path,
                f"the IAM policy's name would have more than {MAX_POLICY_NAME} characters: it "
                f"consists of the table's name, which has {len(manifest.table_name)}, the region, "
                "the stack and the role",
                f"use a table name of at most {longest} characters, less those of the stack's name",
            )
        arn = f"arn:{partition_of(region)}:dynamodb:{region}:{_ACCOUNT}:table/{manifest.table_name}"
        document = role_document(role, _members(spec, region), has_indexes=spec.has_indexes)
        size = len(with_table_arn(policy_text(document), arn))
        if size > MAX_POLICY_CHARACTERS:
            yield Finding(
                path,
                f"the IAM policy of {role.value} would have {size:,} characters: IAM allows "
                f"{MAX_POLICY_CHARACTERS:,}, and it names the table in {1 + len(spec.replicas)} "
                "regions",
                "use a shorter table name, or write policies with wildcards yourself",
            )


def _policies(manifest: Manifest) -> Iterator[tuple[AccessRole, Path]]:
    """The roles that get a policy, and where the manifest asks for it first."""
    spec = manifest.spec
    places: dict[AccessRole, Path] = {}
    for i, role in enumerate(spec.access_policies):
        places.setdefault(role, ("spec", "accessPolicies", i))
    for i, one in enumerate(_granted(spec)):
        if to_own_account([one], manifest.place.account_id):
            places.setdefault(one[0], ("spec", "grants", i, "role"))
    yield from places.items()


def _members(spec: Spec, region: str) -> Iterator[Member]:
    encryption = spec.server_side_encryption
    yield Member(TABLE_ARN, _key(encryption.kms_key_arn if encryption else None, region))
    for replica in spec.replicas:
        key = _key(replica.kms_key_arn, replica.region_name)
        yield Member(replica_arn(replica.region_name), key)


def _key(arn: str | None, region: str) -> str | None:
    """The key's ARN; for a reference to a key an ARN of the usual length."""
    if isinstance(arn, Reference):
        return f"arn:{partition_of(region)}:kms:{region}:{_ACCOUNT}:key/{_KEY_ID}"
    return arn


@rule("admin-access", "grants.role", "grants.principal", each=("grants",))
def admin_access_is_meant(manifest: Manifest) -> Iterator[Finding]:
    """UpdateTable turns deletion protection off and removes an index, UpdateTimeToLive lets items
    be deleted (Service Authorization Reference)."""
    account = manifest.place.account_id
    for i, (role, principal) in enumerate(_granted(manifest.spec)):
        is_other = principal.is_of_other_account(account)
        if role is AccessRole.ADMIN:
            yield Finding(
                ("spec", "grants", i, "role"),
                f"{quote(principal.arn)} may turn deletion protection off and remove indexes"
                if is_other
                else f"{quote(principal.arn)} may turn deletion protection off, remove indexes, "
                "and turn on a TTL that deletes items",
                "grant readerWriter if it only reads and writes items",
            )


@rule(
    "grant-and-key",
    "grants.role",
    "grants.principal",
    "serverSideEncryption.enabled",
    "serverSideEncryption.kmsKeyArn",
    each=("grants",),
)
def other_accounts_may_use_the_key(manifest: Manifest) -> Iterator[Finding]:
    """DynamoDB decrypts the table's key as the caller. The policy of aws/dynamodb names its own
    account, and another account may use a customer managed key only if the key's policy allows it
    (AWS KMS Developer Guide, How Amazon DynamoDB uses AWS KMS)."""
    encryption, account = manifest.spec.server_side_encryption, manifest.place.account_id
    if encryption is None or not encryption.enabled:
        return
    help = "use an AWS owned key, or a customer managed key whose policy allows the account"
    reason = "cannot use aws/dynamodb, which encrypts the table: every request is denied"
    key = encryption.kms_key_arn
    if key and not key.endswith(f":{DEFAULT_KEY}"):
        help = (
            "allow kms:Decrypt and kms:DescribeKey in the key's policy, and in the principal's own "
            "policies"
        )
        reason = "needs the table's KMS key too, whose policy this manifest does not change"
    for i, (_, principal) in enumerate(_granted(manifest.spec)):
        if principal.is_of_other_account(account):
            yield Finding(
                ("spec", "grants", i, "principal"),
                f"{quote(principal.arn)} is in another account and {reason}",
                help,
            )


ACCESS_RULES = (
    each_access_is_listed_once,
    stream_consumers_have_a_stream,
    principals_can_get_the_role,
    access_policies_fit,
    admin_access_is_meant,
    other_accounts_may_use_the_key,
)
