"""What is in the emulated AWS before a request; looking at it is not recorded."""

from __future__ import annotations

from dataclasses import replace

from planton.rehearsal.aws.global_tables import Group
from planton.rehearsal.aws.requests import DYNAMODB, Json, Request
from tests.emulated.aws.restores import known_source
from tests.emulated.services import FullServices


class View:
    """The account and the region of the request, unless another region is asked for."""

    def __init__(self, services: FullServices, request: Request, regions: list[str]) -> None:
        self._tables = services.global_tables
        self._autoscaling = services.scaling
        self._request = request
        self.regions = regions
        """Those of DynamoDB."""

    @property
    def region(self) -> str:
        return self._request.region

    def table(self, name: str, region: str | None = None) -> Json | None:
        return self._tables.table(replace(self._request, region=region or self.region), name)

    def group(self, name: str) -> Group | None:
        return self._tables.group(self._request, name)

    def time_to_live(self, name: str) -> Json:
        return self._tables.dynamodb.time_to_live(self._request, name)

    def target(self, resource_id: str, dimension: str) -> Json | None:
        return self._autoscaling.target(self._request, resource_id, dimension)

    def policy(self, resource_id: str, dimension: str, name: str) -> Json | None:
        return self._autoscaling.policy(self._request, resource_id, dimension, name)

    def policies(self, resource_id: str, dimension: str) -> list[str]:
        """The names of the policies of a dimension: DynamoDB's have one metric."""
        return self._autoscaling.policy_names(self._request, resource_id, dimension)

    def action(self, resource_id: str, dimension: str, name: str) -> Json | None:
        return self._autoscaling.action(self._request, resource_id, dimension, name)

    def is_scaled(self, resource_id: str, dimension: str) -> bool:
        """Whether it has both a scalable target and a policy."""
        return self._autoscaling.is_scaled(self._request, resource_id, dimension)

    def source(self) -> Json | None:
        """The table that the request restores, if it is in the emulated AWS."""
        return known_source(self._request, self._tables.table)

    def recovery(self, table: Json) -> str:
        """Whether the table has point-in-time recovery: ENABLED or DISABLED."""
        region, account_id = table["TableArn"].split(":")[3:5]
        parameters = {"TableName": table["TableName"]}
        asked = Request(account_id, region, DYNAMODB, "DescribeContinuousBackups", parameters)
        backups = self._tables.send(asked)["ContinuousBackupsDescription"]
        status: str = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
        return status
