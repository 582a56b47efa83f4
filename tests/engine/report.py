"""The engine's report of an operation, read from its events and its state file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.engine.wire import Json

_NO_CHANGE = {"same", "refresh"}
_OUTPUTS = {"streamArn", "tagsAll"}
"""What the provider tells as changed together with the inputs that it follows from."""


@dataclass(frozen=True)
class Step:
    """One step on one resource, which is `resource`, such as `Table orders`."""

    resource: str
    type: str
    op: str
    urn: str
    diffs: tuple[str, ...]
    details: Mapping[str, str]
    """The paths that change, and how: `add`, `update`, `delete`, and `-replace` behind it."""
    old: Json | None
    new: Json | None


@dataclass(frozen=True)
class Report:
    """An operation that is over. `state` is the stack's whole deployment afterwards."""

    ok: bool
    steps: tuple[Step, ...]
    counts: Mapping[str, int]
    messages: tuple[str, ...]
    stdout: str
    stderr: str
    events: str
    state: Json

    @property
    def changes(self) -> dict[str, str]:
        """What happens to AWS: each resource of the provider that does not stay as it is.

        A replacement is one entry, `replace`. The stack itself and components are left out.
        """
        return {
            step.resource: "replace" if "replace" in step.op else step.op
            for step in self.steps
            if step.type.startswith("aws:") and step.op not in _NO_CHANGE
        }

    @property
    def is_unchanged(self) -> bool:
        """By the engine's own count, of everything there is."""
        return self.ok and set(self.counts) <= _NO_CHANGE

    def diffs(self, resource: str) -> tuple[str, ...]:
        """The input properties because of which the resource changes."""
        diffs = next(step.diffs for step in self.steps if step.resource == resource)
        return tuple(name for name in diffs if name not in _OUTPUTS)

    @property
    def resources(self) -> dict[str, Json]:
        """What the state holds, by the same names."""
        return {_resource(entry["urn"]): entry for entry in self.state.get("resources", [])}

    @property
    def outputs(self) -> Json:
        """What the stack exports."""
        (stack,) = (
            entry for entry in self.state["resources"] if entry["type"] == "pulumi:pulumi:Stack"
        )
        outputs: Json = stack["outputs"]
        return outputs

    @property
    def warnings(self) -> list[str]:
        """What the engine or the program warns of."""
        return [message for message in self.messages if message.startswith("warning: ")]

    @property
    def text(self) -> str:
        """All that a user gets to read."""
        return self.stdout + self.stderr

    def explained(self) -> str:
        """For a test that fails."""
        return f"ok: {self.ok}\n{self.stdout}\n{self.stderr}"


def read(folder: Path, state_file: Path, *, ok: bool) -> Report:
    """The report of the operation that wrote into the folder."""
    events = (folder / "events").read_text() if (folder / "events").exists() else ""
    steps, messages, counts = [], [], {}
    for line in events.splitlines():
        event = json.loads(line)
        if pre := event["resource_pre_event"]:
            steps.append(_step(pre["metadata"]))
        diagnostic = event["diagnostic_event"]
        if diagnostic and diagnostic["severity"] != "debug":
            messages.append(f"{diagnostic['severity']}: {diagnostic['message']}")
        if summary := event["summary_event"]:
            counts = summary["resource_changes"]
    checkpoint = json.loads(state_file.read_text())["checkpoint"]
    return Report(
        ok=ok,
        steps=tuple(steps),
        counts=counts,
        messages=tuple(messages),
        stdout=(folder / "stdout").read_text(),
        stderr=(folder / "stderr").read_text(),
        events=events,
        state=checkpoint.get("latest") or {},
    )


def _step(metadata: Json) -> Step:
    return Step(
        resource=_resource(metadata["urn"]),
        type=metadata["type"],
        op=metadata["op"],
        urn=metadata["urn"],
        diffs=tuple(sorted(metadata["diffs"] or ())),
        details={
            path: change["diff_kind"] for path, change in (metadata["detailed_diff"] or {}).items()
        },
        old=metadata["old"],
        new=metadata["new"],
    )


def _resource(urn: str) -> str:
    """`urn:pulumi:STACK::PROJECT::PARENTS$TYPE::NAME` as `Type NAME`."""
    parts = urn.split("::", 3)
    return f"{parts[2].rpartition(':')[2]} {parts[3]}"
