"""The types of the models' fields: readers of values, and their bounds.

Pydantic's own int accepts True and 5.0, and its messages do not explain. These readers accept what
the wrapper and people write ("5", PROVISIONED, BILLING_MODE_PROVISIONED) and nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from planton.diagnostics.diagnostic import did_you_mean, one_of, quote
from planton.document.nodes import LooseDigits
from planton.manifest.enums import (
    OTHER_SPELLINGS,
    PREFIXES,
    AttributeType,
    BillingMode,
    ConsistencyMode,
    DeletionPolicy,
    InputCompression,
    InputFormat,
    InsightsMode,
    KeyType,
    Precision,
    ProjectionType,
    ScaledDimension,
    StreamViewType,
    TableClass,
)
from planton.manifest.value_check import ValueCheck

REGION_PATTERN = "[a-z]{2,4}(-[a-z]{2,10}){1,3}-[0-9]{1,2}"
"""Names of AWS regions in every partition: us-east-1, us-gov-west-1, cn-north-1, eusc-de-east-1."""

MAX_UNITS = 10**12
"""DynamoDB refuses throughput units above this, whatever the account's quota."""


MAX_RECOVERY_DAYS = 35
"""How far back a table can be restored; AWS's default for the recovery period."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """A valid value of a type. It replaces an invalid one, so that the other fields are checked."""

    value: object


def problem(code: str, message: str, help: str = "") -> PydanticCustomError:
    """An error about one value: the code, message and help of the diagnostic that reports it.

    The texts are passed as context, because pydantic interprets braces in its templates.
    """
    # mypy sees a LiteralString parameter; the code is one of this package's own constants.
    return PydanticCustomError(code, "{message}", {"message": message, "help": help})


def kind(value: object) -> str:
    """A value as messages show it, with its YAML type unless it is a string."""
    match value:
        case None:
            return "null"
        case bool():
            return f"the boolean {str(value).lower()}"
        case int() | float():
            return f"the number {quote(value)[1:-1]}"
        case str():
            return quote(value)
        case dict():
            return "a mapping"
        case _:
            return "a list"


_AS_TEXT = {
    "a mapping": re.compile(r"\s*(?:\{|[\"']?[\w.$-]{1,100}[\"']?:(?:\s|$))"),
    "a list": re.compile(r"\s*(?:\[|- )"),
}
"""How the YAML or JSON of a mapping and of a list begins."""


def not_as_text(value: object, expected: str, write: str = "") -> str:
    """Help for a string that holds the YAML or JSON of the mapping or list that is expected; empty
    for any other value. `write` is what to write instead of the string.

    The string is not read, because what is wrong in it would have no position.
    """
    if not isinstance(value, str) or not _AS_TEXT[expected].match(value):
        return ""
    return (
        f"write {write or f'the {expected[2:]}'} itself, not a string with it: remove the quotes "
        "or the '|'; JSON is valid YAML"
    )


IN_QUOTES = "put it in double quotes"
LOOSE_DIGITS = "a number with a leading zero, which YAML 1.1 reads as octal"


def read_text(value: object) -> object:
    """A string. Rejects values that YAML reads as another type."""
    if isinstance(value, LooseDigits):
        raise problem("type", f"must be a string, got {LOOSE_DIGITS}", IN_QUOTES)
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float)):
        raise problem("type", f"must be a string, got {kind(value)}", IN_QUOTES)
    raise problem("type", f"must be a string, got {kind(value)}")


def read_optional_text(value: object) -> object:
    """A string; an empty one counts as absent, as in the protobuf contract."""
    return None if value == "" or value is None else read_text(value)


def read_bool(value: object) -> object:
    """true or false."""
    if isinstance(value, bool):
        return value
    help = ""
    if isinstance(value, str) and value.lower() in ("true", "false"):
        help = "remove the quotes" if value in ("true", "false") else f"write {value.lower()}"
    elif isinstance(value, str) and value.lower() in ("yes", "on", "y"):
        help = "write true"
    elif isinstance(value, str) and value.lower() in ("no", "off", "n"):
        help = "write false"
    raise problem("type", f"must be true or false, got {kind(value)}", help)


_LOOSE_DECIMAL = re.compile(r" *\+?0*([1-9][0-9]{0,12}) *")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,999})")


def read_int(value: object) -> object:
    """An integer, or one as a decimal string, which is how protobuf's JSON writes an int64."""
    if isinstance(value, bool):
        raise problem("type", f"must be an integer, got {kind(value)}")
    if isinstance(value, int):
        return value
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return int(value)
    help = ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        help = f"write {int(value)}"
    elif isinstance(value, str) and (digits := _LOOSE_DECIMAL.fullmatch(value)):
        help = f"write {digits[1]}"
    raise problem("type", f"must be an integer, got {kind(value)}", help)


def read_int_or_zero(value: object) -> object:
    """The same; 0 counts as absent, as in the protobuf contract."""
    return None if value is None or (number := read_int(value)) == 0 else number


def between(low: int, high: int) -> ValueCheck:
    """Bounds of an integer, both inclusive."""

    def check(value: int) -> int:
        if not low <= value <= high:
            raise problem(
                "range", f"must be between {low:,} and {high:,}, got {quote(f'{value:,}')[1:-1]}"
            )
        return value

    return ValueCheck(check, {"minimum": low, "maximum": high})


def zero_or_up_to(high: int) -> ValueCheck:
    """Bounds of an integer after `read_int_or_zero`, which has read 0 as absent."""
    return ValueCheck(between(1, high).func, {"minimum": 0, "maximum": high})


def zero_or_from(low: int) -> ValueCheck:
    """0, which counts as absent, or an integer of at least `low`."""

    def check(value: int) -> int:
        if value and not low <= value <= MAX_UNITS:
            bounds = f"0 or between {low:,} and {MAX_UNITS:,}"
            raise problem("range", f"must be {bounds}, got {quote(f'{value:,}')[1:-1]}")
        return value

    between_them = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": low}
    return ValueCheck(check, {"minimum": 0, "maximum": MAX_UNITS, "not": between_them})


def up_to(high: int) -> ValueCheck:
    """The maximum length, in characters, of a string that may be empty."""

    def check(value: str) -> str:
        if len(value) > high:
            raise problem("length", f"must have at most {high} characters, got {len(value)}")
        return value

    return ValueCheck(check, {"maxLength": high})


def length(low: int, high: int) -> ValueCheck:
    """Bounds of a string's length in characters, both inclusive."""

    def check(value: str) -> str:
        if not value:
            raise problem("missing", "must not be empty")
        if not low <= len(value) <= high:
            raise problem("length", f"must have {low} to {high} characters, got {len(value)}")
        return value

    return ValueCheck(check, {"minLength": low, "maxLength": high})


def bytes_up_to(high: int) -> AfterValidator:
    """The maximum size of a string in UTF-8."""

    def check(value: str) -> str:
        size = len(value) if value.isascii() else len(value.encode(errors="surrogatepass"))
        if size > high:
            raise problem("length", f"must have at most {high} bytes in UTF-8, got {size}")
        return value

    return AfterValidator(check)


def matching(
    pattern: str,
    allowed: str,
    code: str = "pattern",
    *,
    help: Callable[[str], str] = lambda _: "",
) -> ValueCheck:
    """A string that matches the pattern. The message about one that does not is its value and
    `allowed`, and `help` is called with the value."""
    full = re.compile(pattern)

    def check(value: str) -> str:
        if not full.fullmatch(value):
            raise problem(code, f"{quote(value)} {allowed}", help(value))
        return value

    says = {"pattern": f"^{pattern}$", "patternErrorMessage": f"This {allowed}."}
    return ValueCheck(check, says)


def enum_reader(enum: type[Enum]) -> Callable[[object], Enum | None]:
    """A reader of an enum's values: bare, with the protobuf prefix, or in another spelling.

    The protobuf zero value, `…_UNSPECIFIED`, counts as absent, and so does an empty string.
    """
    prefix = PREFIXES[enum]
    values = [str(member.value) for member in enum]
    spellings = {value: enum(value) for value in values}
    spellings |= {prefix + value: enum(value) for value in values}
    spellings |= {other: enum(value) for other, value in OTHER_SPELLINGS.get(enum, {}).items()}
    absent = (None, "", prefix + "UNSPECIFIED")

    def read(value: object) -> Enum | None:
        if isinstance(value, str) and value in spellings:
            return spellings[value]
        if value in absent:
            return None
        help = ""
        if isinstance(value, str):
            meant = did_you_mean(value, spellings)
            if meant is not None:
                help = f"did you mean '{spellings[meant].value}'?"
        elif isinstance(value, bool) and not value and "N" in values:
            help = 'write "N" in quotes: YAML 1.1 reads a bare N as false'
        shown = quote(value) if isinstance(value, str) else kind(value)
        raise problem("enum", f"{shown} is not one of {one_of(values)}", help)

    return read


def required(reader: Callable[[object], object]) -> BeforeValidator:
    """Rejects empty values that the plain reader accepts."""

    def read(value: object) -> object:
        if (found := reader(value)) is None:
            raise problem("missing", "is required")
        return found

    return BeforeValidator(read)


def read_reference(value: object) -> object:
    """A string, or `{value: …}`, which is how the newer contract writes a foreign key."""
    if isinstance(value, dict):
        if "valueFrom" in value:
            raise problem(
                "value-from",
                "must be a value, got a reference to another resource",
                "write the value itself: references are resolved before this program runs",
            )
        if set(value) <= {"value"}:
            # A null has been removed before.
            return read_optional_text(value.get("value"))
    return read_optional_text(value)


def read_needed_reference(value: object) -> object:
    """The same, but the value is required."""
    if (found := read_reference(value)) is None:
        raise problem("missing", "is required")
    return found


TABLE_NAME = "tableName"
REPLACEABLE = ("keySchema", "localSecondaryIndexes", TABLE_NAME, "region")
"""Fields that a manifest may allow to change, although that replaces the table and its items."""


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


def _tag_key(key: str) -> str:
    if key.lower().startswith("aws:"):
        raise problem("tag", f"{quote(key)} begins with 'aws:', which AWS reserves")
    return key


def _tag_characters(text: str) -> str:
    # AWS: letters, digits and spaces of any script, and _ . : / = + - @
    if not all(c in "_.:/=+-@" or unicodedata.category(c)[0] in "LNZ" for c in text):
        raise problem(
            "tag", f"{quote(text)} may contain only letters, digits, spaces and _ . : / = + - @"
        )
    return text


_read_attribute_type = enum_reader(AttributeType)
_read_billing_mode = enum_reader(BillingMode)
_read_key_type = enum_reader(KeyType)
_read_projection_type = enum_reader(ProjectionType)
_read_stream_view_type = enum_reader(StreamViewType)
_read_insights_mode = enum_reader(InsightsMode)
_read_table_class = enum_reader(TableClass)
_read_deletion_policy = enum_reader(DeletionPolicy)
_read_consistency_mode = enum_reader(ConsistencyMode)
_read_precision = enum_reader(Precision)
_read_input_format = enum_reader(InputFormat)
_read_input_compression = enum_reader(InputCompression)
_read_scaled_dimension = enum_reader(ScaledDimension)

AnAttributeType = Annotated[AttributeType, required(_read_attribute_type)]
AKeyType = Annotated[KeyType, required(_read_key_type)]
OptionalBillingMode = Annotated[BillingMode | None, BeforeValidator(_read_billing_mode)]
OptionalProjectionType = Annotated[ProjectionType | None, BeforeValidator(_read_projection_type)]
OptionalStreamViewType = Annotated[StreamViewType | None, BeforeValidator(_read_stream_view_type)]
OptionalInsightsMode = Annotated[InsightsMode | None, BeforeValidator(_read_insights_mode)]
OptionalTableClass = Annotated[TableClass | None, BeforeValidator(_read_table_class)]
OptionalDeletionPolicy = Annotated[DeletionPolicy | None, BeforeValidator(_read_deletion_policy)]
OptionalConsistencyMode = Annotated[ConsistencyMode | None, BeforeValidator(_read_consistency_mode)]
OptionalPrecision = Annotated[Precision | None, BeforeValidator(_read_precision)]
AnInputFormat = Annotated[InputFormat, required(_read_input_format)]
OptionalInputCompression = Annotated[
    InputCompression | None, BeforeValidator(_read_input_compression)
]
AScaledDimension = Annotated[ScaledDimension, required(_read_scaled_dimension)]

Bool = Annotated[bool, BeforeValidator(read_bool)]
Int64 = Annotated[int, BeforeValidator(read_int)]
Units = Annotated[Int64, between(0, MAX_UNITS)]
Maximum = Annotated[Int64, between(-1, MAX_UNITS)]
WarmReads = Annotated[Int64, zero_or_from(12_000)]
WarmWrites = Annotated[Int64, zero_or_from(4_000)]
"""DynamoDB always serves the minimum (CreateTable, WarmThroughput); 0 counts as absent."""
_OrZero = BeforeValidator(read_int_or_zero)
OptionalDays = Annotated[Annotated[int, zero_or_up_to(MAX_RECOVERY_DAYS)] | None, _OrZero]
Percent = Annotated[Int64, between(20, 90)]
Capacity = Annotated[Int64, between(1, 2**31 - 1)]
_Positive = Annotated[int, zero_or_up_to(2**31 - 1)]
OptionalBound = Annotated[_Positive | None, _OrZero]
OptionalSeconds = Annotated[_Positive | None, _OrZero]

Text = Annotated[str, BeforeValidator(read_text)]
AttributeName = Annotated[Text, length(1, 255), bytes_up_to(255)]
"""The limit applies to characters and bytes (Developer Guide, "Constraints", Attribute names)."""
DYNAMODB_NAME = "[a-zA-Z0-9_.-]+"
_DynamoDBName = matching(
    DYNAMODB_NAME, "may contain only letters A-Z and a-z, digits, '_', '-' and '.'", "name"
)
ResourceName = Annotated[Text, length(1, 255), _DynamoDBName]
DynamoDBName = Annotated[Text, length(3, 255), _DynamoDBName]
Region = Annotated[
    Text,
    matching(REGION_PATTERN, "is not the name of an AWS region such as 'eu-central-1'", "region"),
    StandIn("us-east-1"),
]
KmsKeyArn = Annotated[
    str,
    matching(
        "arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/[a-zA-Z0-9/_-]+",
        "is not the ARN of a KMS key ('arn:aws:kms:REGION:ACCOUNT:key/ID')",
        "kms-key-arn",
    ),
]
OptionalKmsKeyArn = Annotated[KmsKeyArn | None, BeforeValidator(read_reference)]
KinesisStreamArn = Annotated[
    str,
    matching(
        "arn:aws[a-z-]*:kinesis:[a-z0-9-]+:[0-9]{12}:stream/[a-zA-Z0-9_.-]+",
        "is not the ARN of a Kinesis data stream ('arn:aws:kinesis:REGION:ACCOUNT:stream/NAME')",
        "kinesis-stream-arn",
    ),
    BeforeValidator(read_needed_reference),
    StandIn("arn:aws:kinesis:us-east-1:111122223333:stream/stand-in"),
]
_Optional = BeforeValidator(read_optional_text)
OptionalAttributeName = Annotated[AttributeName | None, _Optional]
OptionalDynamoDBName = Annotated[DynamoDBName | None, _Optional]
OptionalRegion = Annotated[Region | None, _Optional]
Replaceable = Annotated[list[str], BeforeValidator(read_replaceable)]
Names = Annotated[list[str], BeforeValidator(read_names)]
# No portable pattern says what a letter is in other scripts.
_NO_OTHER_CHARACTERS = r"[^\x00-\x1f!-*,;<>?\[-^`{-\x7f]*$"
_TAG_CHARACTERS = "This may contain only letters, digits, spaces and _ . : / = + - @"
_TagCharacters = ValueCheck(
    _tag_characters,
    {"pattern": f"^{_NO_OTHER_CHARACTERS}", "patternErrorMessage": _TAG_CHARACTERS},
)
_OwnKey = ValueCheck(
    _tag_key,
    {
        "pattern": f"^(?![aA][wW][sS]:){_NO_OTHER_CHARACTERS}",
        "patternErrorMessage": f"{_TAG_CHARACTERS}, and not begin with 'aws:'",
    },
)
TagKey = Annotated[Text, length(1, 128), _TagCharacters, _OwnKey]
TagValue = Annotated[Text, up_to(256), _TagCharacters]
OptionalTagValue = Annotated[TagValue | None, _Optional]
