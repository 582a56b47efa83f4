"""Which request a Table belongs to: annotations that the workflow writes and an observer reads."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from planton.kratix.names import GROUP
from planton.render.rendered import Data

PROMISE = f"{GROUP}/promise"
NAME = f"{GROUP}/request"
NAMESPACE = f"{GROUP}/request-namespace"
UID = f"{GROUP}/request-uid"
GENERATION = f"{GROUP}/request-generation"
SCALING = f"{GROUP}/autoscaling-objects"
"""How many objects of autoscaling the workflow rendered beside the Table."""

MAX_NAME = 253
"""Characters of an object's name."""

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_UID = re.compile(r"[A-Za-z0-9-]{1,64}")


class IdentityError(Exception):
    """The annotations do not name a request; the text says why."""


@dataclass(frozen=True)
class Identity:
    """A request, as of one generation. The cluster sets uid and generation, a file has neither."""

    promise: str
    namespace: str
    name: str
    uid: str | None = None
    generation: int | None = None

    @property
    def record_name(self) -> str:
        """The name of the request's HealthRecord, unique in a cluster, not only in its namespace.

        Kratix compares records by their names alone when one of them is deleted. A namespace has
        no dots, so only those of the Promise make the parts ambiguous.
        """
        name = f"{self.promise}.{self.namespace}.{self.name}"
        if len(name) <= MAX_NAME and "." not in self.promise:
            return name
        parts = f"{self.promise}/{self.namespace}/{self.name}"
        digest = hashlib.sha256(parts.encode()).hexdigest()[:16]
        return f"{name[: MAX_NAME - len(digest) - 1].rstrip('.-')}-{digest}"


def of_request(request: Any, promise: str) -> Identity:
    """The identity of a request as it is in the cluster.

    Raises:
        IdentityError: it has no name or no namespace that Kubernetes accepts.
    """
    metadata = _metadata(request)
    return _checked(
        promise,
        metadata.get("namespace"),
        metadata.get("name"),
        metadata.get("uid"),
        metadata.get("generation"),
    )


def table_annotations(request: Any, promise: str, namespace: str, name: str, scaling: int) -> Data:
    """The annotations of a Table. A file has neither uid nor generation, so neither is written."""
    metadata = _metadata(request)
    notes = {PROMISE: promise, NAMESPACE: namespace, NAME: name}
    if isinstance(metadata.get("uid"), str):
        notes[UID] = metadata["uid"]
    if isinstance(metadata.get("generation"), int):
        notes[GENERATION] = str(metadata["generation"])
    return {**notes, SCALING: str(scaling)}


def of_table(table: Data) -> Identity:
    """The request that a Table was rendered for.

    A Table has the namespace and name of its request. Another one was not rendered by the workflow:
    whoever may write Tables in a namespace must not speak for the requests of others.

    Raises:
        IdentityError: an annotation is missing or invalid, or names the request of another Table.
    """
    notes = _notes(table)
    if PROMISE not in notes:
        raise IdentityError(f"it has no annotation {PROMISE}: an older workflow rendered it")
    generation = notes.get(GENERATION)
    if generation is not None and not re.fullmatch("[0-9]{1,18}", str(generation)):
        raise IdentityError(f"{GENERATION} is not a number")
    found = _checked(
        notes.get(PROMISE),
        notes.get(NAMESPACE),
        notes.get(NAME),
        notes.get(UID),
        None if generation is None else int(generation),
    )
    metadata = _metadata(table)
    if (metadata.get("namespace"), metadata.get("name")) != (found.namespace, found.name):
        raise IdentityError(
            f"its annotations name the request {found.namespace}/{found.name}, whose Table has "
            "that namespace and name"
        )
    return found


def is_table_of(table: Data, identity: Identity) -> bool:
    """Whether the Table was rendered for the request: neither by hand, nor for an earlier request
    of the same name."""
    try:
        found = of_table(table)
    except IdentityError:
        return False
    theirs = (found.promise, found.namespace, found.name)
    ours = (identity.promise, identity.namespace, identity.name)
    return theirs == ours and (None in (found.uid, identity.uid) or found.uid == identity.uid)


def generation_of(table: Data) -> int | None:
    """The generation of the request that a Table shows."""
    generation = str(_notes(table).get(GENERATION, ""))
    return int(generation) if re.fullmatch("[0-9]{1,18}", generation) else None


def scaling_of(table: Data) -> int:
    """How many objects of autoscaling belong to a Table."""
    number = str(_notes(table).get(SCALING, ""))
    return int(number) if re.fullmatch("[0-9]{1,4}", number) else 0


def _metadata(data: Any) -> Data:
    metadata = data.get("metadata") if isinstance(data, dict) else None
    return metadata if isinstance(metadata, dict) else {}


def _notes(table: Data) -> Data:
    notes = _metadata(table).get("annotations")
    return notes if isinstance(notes, dict) else {}


def _checked(promise: Any, namespace: Any, name: Any, uid: Any, generation: Any) -> Identity:
    """Whoever may write Tables may write these annotations, and they become parts of paths."""
    for what, value, pattern in (
        ("the Promise", promise, _SUBDOMAIN),
        ("the namespace", namespace, _LABEL),
        ("the request", name, _SUBDOMAIN),
    ):
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise IdentityError(f"{what} has no name that Kubernetes accepts")
    if uid is not None and not (isinstance(uid, str) and _UID.fullmatch(uid)):
        raise IdentityError("the uid is not one of Kubernetes")
    return Identity(promise, namespace, name, uid, generation if generation else None)
