"""The base class of all models."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    """A closed and frozen model: an unknown key is an error, and a parsed value never changes.

    The build is deferred: only the model of a whole manifest is used, and its build includes those
    of its parts.
    """

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, defer_build=True
    )
