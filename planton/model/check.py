"""A check of one value that a JSON Schema can say as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import AfterValidator

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic_core import CoreSchema


@dataclass(frozen=True, slots=True)
class Check(AfterValidator):
    """A validator, and the keywords that say of a value what it checks.

    Pydantic cannot look into a validator; with the keywords beside it no bound is written twice.
    """

    says: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), **self.says}
