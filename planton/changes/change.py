"""One change of a table, for people and for machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from planton.changes.access import POLICY_CODES
from planton.changes.kind import ChangeKind, Effect
from planton.changes.kinds import KINDS
from planton.diagnostics.diagnostic import printable
from planton.dialects.annotations import ALLOW_REPLACEMENT
from planton.plan import policy_summary


@dataclass(frozen=True)
class Change:
    """One change: its kind, where in the manifest, and from what to what."""

    code: str
    place: str
    old: str
    new: str
    allowed: bool = False
    command: str = ""
    """What ends the refusal, to be pasted into a shell."""

    @property
    def kind(self) -> ChangeKind:
        """What the change means."""
        return KINDS[self.code]

    @property
    def loses_data(self) -> bool:
        """Whether the table's items would be gone."""
        return self.kind.effect is Effect.REPLACEMENT

    @property
    def refused(self) -> bool:
        """Whether the guard lets no update with it through."""
        effects = (Effect.REFUSED, Effect.TWO_STEPS)
        return self.kind.effect in effects or (self.loses_data and not self.allowed)

    @property
    def effect(self) -> str:
        """How far the change goes, and whether the manifest allows it."""
        return self.kind.effect.value + (", allowed" if self.loses_data and self.allowed else "")

    def summary(self) -> list[str]:
        """What changes, and from what to what: a line, and of a policy more below it."""
        if self.code in POLICY_CODES:
            head, *below = policy_summary.change(self.old, self.new)
            return [printable(line) for line in (f"{self.place}: {head}", *below)]
        changed = f": {self.old} → {self.new}" if self.old or self.new else ""
        return [printable(f"{self.place}{changed}")]

    def text(self) -> str:
        """The change as a person reads it, indented by nothing."""
        head, *below = self.summary()
        lines = [head, *(f"    {line}" for line in below)]
        lines.append(f"  {self.effect}: {self.kind.consequence}")
        if self.kind.fix:
            label = "fix" if self.refused or self.loses_data else "advice"
            lines.append(f"  {label}: {self.kind.fix}")
        if self.command:
            lines.append(f"    {self.command}")
        if self.kind.allowed_by and not self.allowed:
            lines.append(
                "  to allow it and lose all data: metadata.annotations: "
                f'{{{ALLOW_REPLACEMENT}: "{self.kind.allowed_by}"}}'
            )
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """The change for machines."""
        return {
            "code": self.code,
            "place": self.place,
            "effect": self.kind.effect.value,
            "old": self.old,
            "new": self.new,
            "refused": self.refused,
            "losesData": self.loses_data,
            "allowedBy": self.kind.allowed_by,
            "consequence": self.kind.consequence,
            "fix": self.kind.fix,
        }


def refusal_head(table_name: str) -> str:
    """The first line of every refusal."""
    return f"table '{table_name}': this update is refused, nothing was touched"
