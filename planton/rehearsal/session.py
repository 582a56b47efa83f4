"""What a kind of resource sees of the emulated AWS: one account, one region, one set of tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from planton.rehearsal.properties import Block
from planton.rehearsal.records import Json, Made, Request

DYNAMODB = "dynamodb"
AUTOSCALING = "application-autoscaling"
KMS = "kms"


@dataclass(frozen=True)
class Session:
    """`carry_out` is the cloud's one door; everything else is what the provider was told."""

    carry_out: Callable[[Request], Json]
    account_id: str
    region: str
    default_tags: Mapping[str, str] = field(default_factory=dict)
    ignored_tags: frozenset[str] = frozenset()
    ignored_tag_prefixes: tuple[str, ...] = ()

    def within(self, region: str) -> Session:
        """The same, in another region."""
        return replace(self, region=region)

    def dynamodb(self, operation: str, **parameters: Any) -> Json:
        """Raises Refused."""
        return self._call(DYNAMODB, operation, parameters)

    def autoscaling(self, operation: str, **parameters: Any) -> Json:
        """Raises Refused."""
        return self._call(AUTOSCALING, operation, parameters)

    def _call(self, service: str, operation: str, parameters: Json) -> Json:
        return self.carry_out(Request(self.account_id, self.region, service, operation, parameters))

    def all_tags(self, inputs: Json) -> dict[str, str]:
        """The resource's own tags over the provider's default ones."""
        return {**self.default_tags, **inputs.get("tags", {})}

    def tag_outputs(self, tags: Mapping[str, str]) -> Json:
        """What the provider reports of the tags in AWS: its own and the ignored ones taken away."""
        seen = {
            key: value
            for key, value in tags.items()
            if not key.startswith(("aws:", *self.ignored_tag_prefixes))
            and key not in self.ignored_tags
        }
        own = {key: value for key, value in seen.items() if self.default_tags.get(key) != value}
        return {"tags": own, "tagsAll": seen}


class Kind(Protocol):
    """One type of resource, carried out the way the real provider does it.

    `state` is what create, read or update last reported as outputs. All but `read` raise Refused.
    """

    type: str
    inputs: Block
    replaced_by: frozenset[str]
    """The inputs whose change the provider cannot carry out on the living resource."""

    def create(self, session: Session, inputs: Json, /) -> Made: ...

    def read(self, session: Session, id_: str, state: Json, /) -> Json | None:
        """The outputs as they are now, or None where the resource is gone."""

    def update(self, session: Session, id_: str, state: Json, inputs: Json, /) -> Made: ...

    def delete(self, session: Session, id_: str, state: Json, /) -> None: ...
