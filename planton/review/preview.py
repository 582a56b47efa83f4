"""Finds what would be lost in what `pulumi preview --json` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from planton.review.data_types import held_data
from planton.review.digest import (
    DELETE_REPLACED,
    DELETION,
    IMPORT,
    REPLACEMENT,
    REPLACEMENTS,
    URN_PARTS,
    Step,
    read_digest,
)


class Outcome(str, Enum):
    """What the update would do to a resource that holds data."""

    REPLACED = "replaced"
    DELETED = "deleted"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True)
class Affected:
    """A resource that holds data, and what the update would do to it. `id` is its physical id, or
    an empty string; `because` are the properties whose change replaces it. `retained` says that it
    stays in the cloud, and `imported` that an existing one takes its place."""

    urn: str
    id: str
    holds: str
    outcome: Outcome
    because: tuple[str, ...] = ()
    retained: bool = False
    imported: bool = False

    @property
    def type(self) -> str:
        """Pulumi's token of the type."""
        return _type_of(self.urn)

    @property
    def name(self) -> str:
        """The logical name."""
        return _name_of(self.urn)

    @property
    def fails(self) -> bool:
        """Whether the data would be lost. What is only forgotten stays in the cloud."""
        return self.outcome is not Outcome.FORGOTTEN

    def data(self) -> dict[str, Any]:
        """The resource for machines."""
        return {
            "urn": self.urn,
            "type": self.type,
            "name": self.name,
            "id": self.id,
            "outcome": self.outcome.value,
            "retained": self.retained,
            "imported": self.imported,
            "holds": self.holds,
            "replaceReasons": list(self.because),
            "fails": self.fails,
        }


@dataclass(frozen=True)
class Preview:
    """What a preview says: how many resources it lists, those that hold data and are affected, the
    gravest first, and the errors because of which it is incomplete. `brief` says that it replaces
    something, but does not list the steps of that."""

    resources: int
    affected: tuple[Affected, ...]
    errors: tuple[str, ...]
    brief: bool = False


def read_preview(data: bytes) -> Preview:
    """The preview in these bytes.

    Raises:
        PreviewError: it is not the output of `pulumi preview --json`, or of another version.
    """
    digest = read_digest(data)
    by_urn: dict[str, list[Step]] = {}
    for step in digest.steps:
        by_urn.setdefault(step.urn, []).append(step)
    affected = [resource for group in by_urn.values() if (resource := _affected(group))]
    order = list(Outcome)
    affected.sort(key=lambda one: (order.index(one.outcome), one.urn))
    # Where a replacement is "replace" alone, its steps are missing, and so may be other deletions.
    ops = {step.op for step in digest.steps} & REPLACEMENTS
    return Preview(len(by_urn), tuple(affected), digest.errors, brief=ops == {REPLACEMENT})


def _affected(steps: Sequence[Step]) -> Affected | None:
    """What the steps of one resource do to its data; None if nothing, or if it has none."""
    urn = steps[0].urn
    holds = held_data(_type_of(urn))
    ops = {step.op for step in steps}
    if holds is None or not ops & {DELETION, *REPLACEMENTS}:
        return None
    states = [step.old for step in steps if step.op in (DELETION, *REPLACEMENTS)]
    if all(state.get("external") is True for state in states):
        return None  # another stack's resource, which this one only reads
    retained = all(one.get("retainOnDelete") is True for one in states)
    outcome = Outcome.FORGOTTEN if retained else Outcome.DELETED
    # delete-replaced alone is of a resource that is deleted with another one, and of an old copy
    # that an interrupted update has left behind: no new one takes its place.
    if ops & (REPLACEMENTS - {DELETE_REPLACED}):
        outcome = Outcome.REPLACED
    id = next((str(state["id"]) for state in states if state.get("id")), "")
    because = dict.fromkeys(reason for step in steps for reason in step.because)
    # Without --show-replacement-steps, only the new state shows that it is an import.
    imported = IMPORT in ops or any(map(_imports_another, steps))
    return Affected(urn, id, holds, outcome, tuple(because), retained, imported)


def _imports_another(step: Step) -> bool:
    """Whether the step is an import: with the option import, the new state has its id even if
    the resource was imported before (Pulumi's pkg/resource/deploy/step_generator.go)."""
    old, new = step.old, step.new
    return bool(new.get("importID")) and new["importID"] != (old.get("importID") or old.get("id"))


def _type_of(urn: str) -> str:
    """The type in a URN, without those of the parents: urn:pulumi:STACK::PROJECT::TYPES::NAME."""
    return urn.split("::")[2].rpartition("$")[2]


def _name_of(urn: str) -> str:
    return urn.split("::", URN_PARTS - 1)[3]
