"""A manifest as it is in one of two sets of files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from planton.changes.snapshot import Snapshot, snapshot
from planton.diagnostics.diagnostic import Diagnostic
from planton.dialects.contract import REQUEST_KIND, Contract
from planton.document.nodes import Mapping, Node, Scalar
from planton.plan.planner import make_plan
from planton.reading.read import Reading


class Identity(NamedTuple):
    """What tells tables with one name apart. None where the manifest does not say it."""

    name: str | None
    org: str | None
    env: str | None
    region: str | None
    account: str | None


@dataclass(frozen=True)
class Version:
    """A manifest, valid or not, and the name of its file, which is the same on both sides."""

    file: str
    reading: Reading
    identity: Identity

    @property
    def name(self) -> str | None:
        """metadata.name, also of an invalid manifest that has one."""
        return self.identity.name

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """Why it is invalid."""
        found = (one for one in self.reading.diagnostics if one.severity == "error")
        return tuple(sorted(found, key=Diagnostic.order))


def version_of(file: str, reading: Reading) -> Version:
    """The version of a document that was read."""
    root, manifest = reading.root, reading.manifest
    if manifest:
        metadata = manifest.metadata
        place = (reading.region, reading.provider.account_id)
        identity = Identity(metadata.name, metadata.org, metadata.env, *place)
    else:
        # Enough of an invalid manifest can be read to tell which one it is.
        about, spec = _get(root, "metadata"), _get(root, "spec")
        name, org, env = (_text(_get(about, key)) for key in ("name", "org", "env"))
        region = _text(_get(spec, "region")) or reading.provider.region
        identity = Identity(name, org, env, region, reading.provider.account_id)
    return Version(file, reading, identity)


def is_request(reading: Reading) -> bool:
    """Whether a document is a request to a Kratix platform."""
    if reading.manifest:
        return reading.manifest.contract is Contract.REQUEST
    return _text(_get(reading.root, "kind")) == REQUEST_KIND


def snapshot_of(reading: Reading) -> Snapshot | None:
    """What a change is compared by; None for an invalid manifest."""
    if reading.manifest is None:
        return None
    account = reading.provider.account_id
    return snapshot(make_plan(reading.manifest), region=reading.region, account_id=account)


def _get(node: Node | None, key: str) -> Node | None:
    return node.get(key) if isinstance(node, Mapping) else None


def _text(node: Node | None) -> str | None:
    return node.text if isinstance(node, Scalar) else None
