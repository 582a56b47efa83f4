"""Restores whose source is in the emulated AWS: its definitions are copied."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.moto_dynamodb import DEFAULT_KEY
from planton.rehearsal.aws.replica_creation import customer_key, table_creation
from planton.rehearsal.aws.requests import Json, Request
from planton.rehearsal.aws.restores import RestoreApi
from tests.emulated.aws.global_tables import FullGlobalTables
from tests.emulated.codes import IMPORT_NOT_FOUND

_ARN = re.compile(r"arn:[\w-]+:dynamodb:(?P<region>[^:]*):(?P<account>[^:]*):table/(?P<name>[^/]*)")


class FullRestores(RestoreApi):
    """Describes imports too."""

    def __init__(self, tables: FullGlobalTables) -> None:
        super().__init__(tables)
        self._full_tables = tables
        self._imports: dict[str, Json] = {}
        self.operations |= {"DescribeImport": self.describe_import}

    def is_emulated(self, request: Request) -> bool:
        """Whether a request is answered as AWS would, except for the items."""
        return known_source(request, self._full_tables.table) is not None

    def source(self, request: Request) -> Json:
        table = known_source(request, self._full_tables.table)
        return super().source(request) if table is None else _copied(table)

    def import_table(self, request: Request) -> Json:
        response = super().import_table(request)
        description = response["ImportTableDescription"]
        self._imports[description["ImportArn"]] = description
        return response

    def describe_import(self, request: Request) -> Json:
        arn = request.parameters["ImportArn"]
        if arn not in self._imports:
            raise Refused(request.name, IMPORT_NOT_FOUND, f"Import not found: {arn}")
        return {"ImportTableDescription": self._imports[arn]}


def known_source(request: Request, table: Callable[[Request, str], Json | None]) -> Json | None:
    """The table that a request restores, if it is in the emulated AWS."""
    parameters = request.parameters
    arn = parameters.get("SourceTableArn") or parameters.get("BackupArn", "")
    if found := _ARN.match(arn):
        elsewhere = replace(request, region=found["region"], account_id=found["account"])
        return table(elsewhere, found["name"])
    name = parameters.get("SourceTableName")
    return table(request, name) if name else None


def _copied(table: Json) -> Json:
    """Without another key it is encrypted like its source."""
    copied = table_creation(table)
    if key := table.get("SSEDescription", {}).get("KMSMasterKeyArn"):
        is_default = key.endswith(DEFAULT_KEY)
        copied["SSESpecification"] = {"Enabled": True} if is_default else customer_key(key)
    return copied
