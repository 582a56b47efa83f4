"""The base class of all models."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from planton.dialects.key_case import camel


class Model(BaseModel):
    """A closed and frozen model: an unknown key is an error, and a parsed value never changes.

    The build is deferred: only the model of a whole manifest is used, and its build includes those
    of its parts. For the same reason modules of models do not import annotations from __future__:
    pydantic would have to compile each.
    """

    model_config = ConfigDict(alias_generator=camel, extra="forbid", frozen=True, defer_build=True)
