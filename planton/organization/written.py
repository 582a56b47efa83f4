"""Fields as the version of a manifest spells them, for help texts."""

from __future__ import annotations

from planton.dialects.contract import Contract
from planton.dialects.key_case import snake
from planton.manifest.manifest import Manifest
from planton.manifest.rules.rule import Path
from planton.organization.fields import FLAGS, LABELS, NAMESPACE

_OF_REQUESTS = ("name", NAMESPACE, LABELS)
"""The metadata of a request that a rule can name."""


def as_written(path: Path, manifest: Manifest) -> Path | None:
    """A path in the form that the manifest has: v1 has booleans of some blocks, and a request has
    other names. None if it cannot have the field."""
    if manifest.contract is Contract.REQUEST:
        return _in_request(path)
    if manifest.contract is Contract.V1 and len(path) == len(("spec", "block", "enabled")):
        flag = FLAGS.get(str(path[1]))
        if flag and path[2] == "enabled" and getattr(manifest.spec, snake(str(path[1]))) is None:
            return path[0], flag
    return path


def _in_request(path: Path) -> Path | None:
    if path[0] != "spec":
        return path if path[1] in _OF_REQUESTS else None
    # Imported here because few manifests are requests.
    from planton.dialects.request_field import RequestFields
    from planton.dialects.request_fields import SPEC

    below: RequestFields | None = SPEC
    written: list[str | int] = [path[0]]
    for part in path[1:]:
        if isinstance(part, str) and below is not None:
            name = next((name for name, field in below.items() if field.today == part), None)
            if name is None:
                return None
            written.append(name)
            below = below[name].below
        else:  # an item of a list, a tag, or a part of a policy
            written.append(part)
    return tuple(written)
