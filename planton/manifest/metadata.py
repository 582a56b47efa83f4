"""The metadata of a manifest: names, and the annotations that are settings of this program."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from planton.diagnostics.codes import current_spelling
from planton.diagnostics.diagnostic import did_you_mean, one_of, quote
from planton.dialects.annotations import ALLOW_REPLACEMENT, IGNORE_WARNINGS, IMPORT
from planton.dialects.key_case import camel
from planton.manifest import types as t
from planton.manifest.value_problem import problem
from planton.manifest.value_readers import read_text

TABLE_NAME = "tableName"
REPLACEABLE = ("keySchema", "localSecondaryIndexes", TABLE_NAME, "region")
"""Fields that a manifest may allow to change, although that replaces the table and its items."""


IMPORT_ONLY = "true"
"""The value of the import annotation that allows no change."""
CHANGED_BY_IMPORT = (
    "billingMode",
    "deletionProtectionEnabled",
    "kinesisStreamingDestination",
    "onDemandThroughput",
    "pointInTimeRecovery",
    "provisionedThroughput",
    "serverSideEncryption",
    "streamViewType",
    "tableClass",
    "ttl",
)
"""Fields that the import of an existing table may be allowed to change in AWS."""


def read_names(value: object) -> list[str]:
    """Comma-separated names."""
    return [name.strip() for name in str(read_text(value)).split(",") if name.strip()]


def read_replaceable(value: object) -> object:
    """Comma-separated names of REPLACEABLE."""
    names = read_names(value)
    for name in names:
        if name not in REPLACEABLE:
            meant = did_you_mean(name, REPLACEABLE)
            raise problem(
                "allow-replacement",
                f"{quote(name)} is not one of {one_of(REPLACEABLE)}",
                f"did you mean '{meant}'?" if meant else "name each field that may change",
            )
    return names


def read_import(value: object) -> object:
    """`true`, or comma-separated names of CHANGED_BY_IMPORT."""
    names = read_names(value)
    for name in names:
        if name not in (IMPORT_ONLY, *CHANGED_BY_IMPORT):
            meant = did_you_mean(name, CHANGED_BY_IMPORT)
            raise problem(
                "import",
                f"{quote(name)} is not one of {one_of((IMPORT_ONLY, *CHANGED_BY_IMPORT))}",
                f"did you mean '{meant}'?"
                if meant
                else f'write "{IMPORT_ONLY}", or name each field that the import may change',
            )
    return names


Replaceable = Annotated[list[str], BeforeValidator(read_replaceable)]
Import = Annotated[list[str], BeforeValidator(read_import)]
Names = Annotated[list[str], BeforeValidator(read_names)]


class Annotations(BaseModel):
    """The annotations that this program reads; others are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)

    allow_replacement: Replaceable = Field(
        default=[],
        alias=ALLOW_REPLACEMENT,
        description="Fields that may change although that replaces the table with an empty one: "
        f"{', '.join(REPLACEABLE)}, separated by commas. "
        "Remove it again afterwards.",
    )
    import_existing: Import = Field(
        default=[],
        alias=IMPORT,
        description=f'"{IMPORT_ONLY}": an existing table is imported into the stack, unless the '
        "stack has it already. Or the fields that the import may change in AWS, separated by "
        f"commas: {', '.join(CHANGED_BY_IMPORT)}.",
    )
    ignore_warnings: Names = Field(
        default=[],
        alias=IGNORE_WARNINGS,
        description="Codes of warnings that are not shown for this manifest, separated by commas.",
    )


class Metadata(BaseModel):
    """Names the resource. The platform adds its own keys here, so unknown ones are ignored."""

    model_config = ConfigDict(alias_generator=camel, extra="ignore", frozen=True, defer_build=True)

    name: t.ResourceName = Field(description="Name of the resource, and of the table by default.")
    id: t.OptionalTagValue = Field(None, description="Id from the platform; becomes a tag.")
    org: t.OptionalTagValue = Field(None, description="Organisation; becomes a tag.")
    env: t.OptionalTagValue = Field(None, description="Environment; becomes a tag.")
    annotations: Annotations | None = Field(None, description="Settings of this program.")

    @property
    def allow_replacement(self) -> list[str]:
        """The fields that may change although that replaces the table."""
        return self.annotations.allow_replacement if self.annotations else []

    @property
    def import_existing(self) -> list[str]:
        """Not empty if an existing table is to be imported."""
        return self.annotations.import_existing if self.annotations else []

    @property
    def ignore_warnings(self) -> list[str]:
        """Codes of warnings that are not shown for this manifest, in their current spelling."""
        listed = self.annotations.ignore_warnings if self.annotations else []
        return [current_spelling(code) for code in listed]
