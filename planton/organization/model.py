"""The model of planton.yaml."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from planton.diagnostics.codes import Severity
from planton.manifest.types import TagKey

MAX_RULES = 500
"""Rules of one file: every manifest is compared with each of them."""

MAX_TEXT = 500
"""Characters of a message and of a help text: every finding shows them."""
MAX_CONDITIONS = 2000
"""Conditions of one file."""
MAX_REPETITIONS = 5000
"""Repetitions and classes in all patterns of one file: a pattern with many is slow to compile."""

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
    message: str = Field(default="", max_length=MAX_TEXT)
    help: str = Field(default="", max_length=MAX_TEXT)
    when: Conditions = {}
    require: Conditions = {}
    expression: str = ""
    at: str = ""


class ProfileBlock(Block):
    """A profile of `planton controls` whose controls no table may fail."""

    name: str
    severity: Severity = "error"
    left_out: list[str] = Field(default=[], alias="except")
    required_tags: list[TagKey] = []
    when: Conditions = {}


class DefaultsBlock(Block):
    """Fields for manifests that say nothing about them."""

    when: Conditions = {}
    spec: dict[str, Any]


class RulesFile(Block):
    """The whole file. Each entry is checked alone, so that what is wrong with one does not hide
    what is wrong with another."""

    severity: dict[str, Any] | None = None
    profiles: list[Any] | None = Field(default=None, max_length=MAX_RULES)
    defaults: list[Any] | None = Field(default=None, max_length=MAX_RULES)
    rules: list[Any] | None = Field(default=None, max_length=MAX_RULES)
