"""The model of planton.yaml."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from planton.diagnostics.codes import Severity

MAX_RULES = 500
"""Rules of one file: every manifest is compared with each of them."""

Level = Literal["error", "warning", "off"]
"""What happens to a warning. YAML 1.2 reads a bare off as a string."""

Conditions = dict[str, Any]
"""Fields, each with what its values must be; see planton.organization.conditions."""


class Block(BaseModel):
    """A closed block of the file."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, strict=True)


class RuleBlock(Block):
    """One rule: `require` or `expression` must be true of every manifest that `when` fits."""

    id: str = Field(min_length=1)
    severity: Severity = "error"
    message: str = ""
    help: str = ""
    when: Conditions = {}
    require: Conditions = {}
    expression: str = ""
    at: str = ""


class ProfileBlock(Block):
    """A profile of `planton controls` whose controls no table may fail."""

    name: str
    severity: Severity = "error"
    left_out: list[str] = Field(default=[], alias="except")
    required_tags: list[str] = []
    when: Conditions = {}


class DefaultsBlock(Block):
    """Fields for manifests that say nothing about them."""

    when: Conditions = {}
    spec: dict[str, Any]


class RulesFile(Block):
    """The whole file. Each entry is checked alone, so that what is wrong with one does not hide
    what is wrong with another."""

    severity: dict[str, Any] = {}
    profiles: list[Any] = Field(default=[], max_length=MAX_RULES)
    defaults: list[Any] = Field(default=[], max_length=MAX_RULES)
    rules: list[Any] = Field(default=[], max_length=MAX_RULES)
