"""Checks of a plan for controls: recovery, deletion protection, tags and encryption.

Each replica is a table, so what a control asks of a table is asked of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from planton.controls.control import Outcome, Subject, Verdict
from planton.diagnostics.diagnostic import quote
from planton.dialects.contract import Contract
from planton.manifest.enums import ConsistencyMode
from planton.manifest.reference import Reference
from planton.manifest.rules.rule import Finding, Path
from planton.plan.table_plan import ReplicaPlan

_BLOCK_ONLY = (Contract.REQUEST, Contract.FLAT)
"""Contracts that have the block of point-in-time recovery, not the boolean."""

SECOND_UPDATE = "only after `pulumi up` has run a second time: see the warning second-step"


def judged(findings: Iterable[Finding], note: str = "") -> Outcome:
    """Failed if there is a finding, otherwise passed, with the note."""
    found = tuple(findings)
    return Outcome(Verdict.FAILED, found) if found else Outcome(Verdict.PASSED, note=note)


def _of_all(subject: Subject, found: Iterable[Finding], note: str = "") -> Outcome:
    """The same for a table and its replicas. A request does not set the fields of its replicas, so
    it does not show whether they pass."""
    outcome = judged(found, note)
    if outcome.verdict is Verdict.PASSED and (unset := _unset(subject)):
        regions = ", ".join(quote(replica.region) for replica in unset)
        note = f"a request does not set it of a replica: look at the table in {regions} in AWS"
        return Outcome(Verdict.NOT_VISIBLE, note=note)
    return outcome


def recovery_of_table(subject: Subject) -> Outcome:
    """Point-in-time recovery of the table, whatever replicas it has."""
    return judged(_recovery_of_table(subject))


def recovery(subject: Subject) -> Outcome:
    """Point-in-time recovery of the table and of each replica."""
    return _of_all(subject, (*_recovery_of_table(subject), *_recovery_of_replicas(subject)))


def recovery_of_global_table(subject: Subject) -> Outcome:
    """The same; not applicable to a table without replicas."""
    if not subject.plan.replicas:
        return Outcome(Verdict.NOT_APPLICABLE, note="the table has no replicas")
    return recovery(subject)


def _recovery_of_table(subject: Subject) -> Iterator[Finding]:
    if not subject.plan.point_in_time_recovery.enabled:
        manifest = subject.manifest
        path: Path = ("spec", "pointInTimeRecoveryEnabled")
        help = manifest.words.recovery_flag
        if manifest.spec.point_in_time_recovery or manifest.contract in _BLOCK_ONLY:
            path = ("spec", "pointInTimeRecovery", "enabled")
            help = f"pointInTimeRecovery: {{{manifest.words.enabled}: true}}"
        yield Finding(path, "point-in-time recovery of the table is off", f"set {help}")


def _recovery_of_replicas(subject: Subject) -> Iterator[Finding]:
    for path, replica in _set_here(subject):
        if not replica.point_in_time_recovery:
            yield Finding(
                (*path, "pointInTimeRecovery"),
                f"point-in-time recovery of the replica in {quote(replica.region)} is off",
                _set(subject, replica, "pointInTimeRecovery"),
            )


def deletion_protection(subject: Subject) -> Outcome:
    """Deletion protection of the table and of each replica."""
    plan = subject.plan
    later = plan.source or any(r.consistency_mode is ConsistencyMode.STRONG for r in plan.replicas)
    return _of_all(subject, _unprotected(subject), SECOND_UPDATE if later else "")


def _unprotected(subject: Subject) -> Iterator[Finding]:
    if not subject.plan.deletion_protection:
        yield Finding(
            ("spec", "deletionProtectionEnabled"),
            "deletion protection of the table is off",
            "set deletionProtectionEnabled: true",
        )
    for path, replica in _set_here(subject):
        if not replica.deletion_protection:
            yield Finding(
                (*path, "deletionProtectionEnabled"),
                f"deletion protection of the replica in {quote(replica.region)} is off",
                _set(subject, replica, "deletionProtectionEnabled"),
            )


def tags(subject: Subject) -> Outcome:
    """Whether the table and each replica have the required tags, or any tag if none is required.

    The tags that the program adds count: they are in AWS like all others.
    """
    return _of_all(subject, _untagged(subject), SECOND_UPDATE if subject.plan.source else "")


def _untagged(subject: Subject) -> Iterator[Finding]:
    required = subject.parameters.required_tags
    of_table = dict(subject.plan.tags)
    if lacking := _lacking(of_table, required):
        what, help = lacking
        yield Finding(("spec", "tags"), f"the table is without {what}", help, at_key=True)
    for path, replica in _set_here(subject):
        own = subject.plan.tags_of(replica)
        if not own:
            yield Finding(
                (*path, "propagateTags"),
                f"the replica in {quote(replica.region)} has no tags",
                _set(subject, replica, "propagateTags"),
            )
        elif not replica.propagate_tags and (lacking := _lacking(own, required)):
            what, help = lacking
            message = f"the replica in {quote(replica.region)} is without {what}"
            yield Finding((*path, "tags"), message, help.replace("spec.tags", "its tags"), True)


def _lacking(tags: Mapping[str, str], required: Sequence[str]) -> tuple[str, str] | None:
    """What is missing among the tags, and how to add it; None if nothing is."""
    # AWS sets tags with this prefix itself; they are not the owner's.
    keys = {key for key in tags if not key.startswith("aws:")}
    missing = [key for key in required if key not in keys]
    if keys and not missing:
        return None
    shown = ", ".join(map(quote, missing))
    similar = {key.lower(): key for key in keys}
    help = f"add to spec.tags: {{{', '.join(f'{key}: …' for key in missing or ['KEY'])}}}"
    if near := [similar[key.lower()] for key in missing if key.lower() in similar]:
        help += f"; it has {', '.join(map(quote, near))}, but the case of a key counts"
    what = f"the required tag{'s' if len(missing) > 1 else ''} {shown}" if missing else "a tag"
    return what, help


def any_kms_key(subject: Subject) -> Outcome:
    """Encryption by a KMS key, of AWS or of the customer, not by an AWS owned key."""
    return judged(_not_in_kms(subject))


def customer_key(subject: Subject) -> Outcome:
    """Encryption of the table and each replica by a KMS key that the manifest names. A reference
    names a key, but which one is unknown."""
    if found := tuple(_not_in_kms(subject) or _not_named(subject)):
        return judged(found)
    keys = (key for _, key in _keys(subject))
    references = [key for key in keys if isinstance(key, Reference)]
    if references:
        named = ", ".join(dict.fromkeys(f"{key.kind} {quote(key.name)}" for key in references))
        note = f"the key is a reference to {named}: look at the manifest once it is resolved"
        return Outcome(Verdict.NOT_VISIBLE, note=note)
    return judged(())


def _not_in_kms(subject: Subject) -> list[Finding]:
    if subject.plan.encryption.enabled:
        return []
    return [
        Finding(
            ("spec", "serverSideEncryption", "enabled"),
            "the table is encrypted with an AWS owned key, not with one in KMS",
            f"set serverSideEncryption: {{{subject.manifest.words.enabled}: true}}, and kmsKeyArn "
            "for your own key",
        )
    ]


def _keys(subject: Subject) -> Iterator[tuple[Path, str | None]]:
    yield ("spec", "serverSideEncryption", "kmsKeyArn"), subject.plan.encryption.kms_key_arn
    for path, replica in _replicas(subject):
        yield (*path, "kmsKeyArn"), replica.kms_key_arn


def _not_named(subject: Subject) -> Iterator[Finding]:
    for path, key in _keys(subject):
        if key is None or ":alias/aws/" in key:
            owner = "table" if len(path) == len(("spec", "block", "field")) else "replica"
            yield Finding(
                path,
                f"the {owner} is encrypted with a key that AWS manages (aws/dynamodb)",
                "set kmsKeyArn to the ARN of a customer managed key in its region",
            )


def _replicas(subject: Subject) -> Iterator[tuple[Path, ReplicaPlan]]:
    """Each replica with its path, in the manifest's order."""
    plans = {replica.region: replica for replica in subject.plan.replicas}
    for i, replica in enumerate(subject.manifest.spec.replicas):
        yield ("spec", "replicas", i), plans[replica.region_name]


def _set_here(subject: Subject) -> Iterator[tuple[Path, ReplicaPlan]]:
    """The replicas whose fields the manifest sets: none of a request."""
    if subject.manifest.contract is not Contract.REQUEST:
        yield from _replicas(subject)


def _unset(subject: Subject) -> tuple[ReplicaPlan, ...]:
    """The other replicas."""
    requested = subject.manifest.contract is Contract.REQUEST
    return subject.plan.replicas if requested else ()


def _set(subject: Subject, replica: ReplicaPlan, field: str) -> str:
    example = subject.manifest.words.replica_example.format(replica.region, f"{field}: true")
    return f"write {example}"
