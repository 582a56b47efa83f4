"""How the resources of one provider reach the emulated AWS: one account, one region, its tags."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from planton.rehearsal.aws.requests import AUTOSCALING, CLOUDWATCH, DYNAMODB, IAM, Json, Request


def tag_list(tags: Mapping[str, str]) -> list[Json]:
    """Tags as DynamoDB, CloudWatch and IAM take them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tag_map(tags: Iterable[Json]) -> dict[str, str]:
    """Tags by their keys, from the form that these services answer with."""
    return {tag["Key"]: tag["Value"] for tag in tags}


@dataclass(frozen=True)
class Session:
    """`send` sends a request to the emulated AWS; the rest is the provider's configuration."""

    send: Callable[[Request], Json]
    account_id: str
    region: str
    default_tags: Mapping[str, str] = field(default_factory=dict)
    ignored_tags: frozenset[str] = frozenset()
    ignored_tag_prefixes: tuple[str, ...] = ()

    def within(self, region: str) -> Session:
        """The same session in another region."""
        return replace(self, region=region)

    def dynamodb(self, operation: str, **parameters: Any) -> Json:
        """Raises Refused."""
        return self._call(DYNAMODB, operation, parameters)

    def autoscaling(self, operation: str, **parameters: Any) -> Json:
        """Raises Refused."""
        return self._call(AUTOSCALING, operation, parameters)

    def cloudwatch(self, operation: str, **parameters: Any) -> Json:
        """Raises Refused."""
        return self._call(CLOUDWATCH, operation, parameters)

    def iam(self, operation: str, **parameters: Any) -> Json:
        """Raises Refused."""
        return self._call(IAM, operation, parameters)

    def _call(self, service: str, operation: str, parameters: Json) -> Json:
        return self.send(Request(self.account_id, self.region, service, operation, parameters))

    def all_tags(self, inputs: Json) -> dict[str, str]:
        """The provider's default tags, overridden by the resource's own tags."""
        return {**self.default_tags, **inputs.get("tags", {})}

    def tag_outputs(self, tags: Mapping[str, str]) -> Json:
        """The outputs for the tags in AWS, without AWS's own and the ignored ones."""
        reported = {
            key: value
            for key, value in tags.items()
            if not key.startswith(("aws:", *self.ignored_tag_prefixes))
            and key not in self.ignored_tags
        }
        own = {key: value for key, value in reported.items() if self.default_tags.get(key) != value}
        return {"tags": own, "tagsAll": reported}
