"""The types of the models' fields."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, WrapValidator

from planton.diagnostics.diagnostic import quote
from planton.manifest.enums import (
    AccessRole,
    AttributeType,
    BillingMode,
    ConsistencyMode,
    DeletionPolicy,
    InputCompression,
    InputFormat,
    InsightsMode,
    KeyType,
    MissingData,
    Precision,
    ProjectionType,
    ScaledDimension,
    Statistic,
    StreamViewType,
    TableClass,
)
from planton.manifest.reference import KINESIS_STREAM, KMS_KEY
from planton.manifest.value_bounds import (
    MAX_UNITS,
    between,
    bytes_up_to,
    length,
    matching,
    multiple_of,
    up_to,
    zero_or_from,
    zero_or_up_to,
)
from planton.manifest.value_check import ValueCheck
from planton.manifest.value_problem import problem
from planton.manifest.value_readers import (
    enum_reader,
    read_bool,
    read_int,
    read_int_or_zero,
    read_optional_text,
    read_text,
    required,
)

REGION_PATTERN = "[a-z]{2,4}(-[a-z]{2,10}){1,3}-[0-9]{1,2}"
"""Names of AWS regions in every partition: us-east-1, us-gov-west-1, cn-north-1, eusc-de-east-1."""

MAX_RECOVERY_DAYS = 35
"""How far back a table can be restored; AWS's default for the recovery period."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """A valid value of a type. It replaces an invalid one, so that the other fields are checked."""

    value: object


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


AnAccessRole = Annotated[AccessRole, required(enum_reader(AccessRole))]
AnAttributeType = Annotated[AttributeType, required(enum_reader(AttributeType))]
AKeyType = Annotated[KeyType, required(enum_reader(KeyType))]
OptionalBillingMode = Annotated[BillingMode | None, BeforeValidator(enum_reader(BillingMode))]
OptionalProjectionType = Annotated[
    ProjectionType | None, BeforeValidator(enum_reader(ProjectionType))
]
OptionalStreamViewType = Annotated[
    StreamViewType | None, BeforeValidator(enum_reader(StreamViewType))
]
OptionalInsightsMode = Annotated[InsightsMode | None, BeforeValidator(enum_reader(InsightsMode))]
OptionalTableClass = Annotated[TableClass | None, BeforeValidator(enum_reader(TableClass))]
OptionalDeletionPolicy = Annotated[
    DeletionPolicy | None, BeforeValidator(enum_reader(DeletionPolicy))
]
OptionalConsistencyMode = Annotated[
    ConsistencyMode | None, BeforeValidator(enum_reader(ConsistencyMode))
]
OptionalPrecision = Annotated[Precision | None, BeforeValidator(enum_reader(Precision))]
AnInputFormat = Annotated[InputFormat, required(enum_reader(InputFormat))]
OptionalInputCompression = Annotated[
    InputCompression | None, BeforeValidator(enum_reader(InputCompression))
]
OptionalStatistic = Annotated[Statistic | None, BeforeValidator(enum_reader(Statistic))]
OptionalMissingData = Annotated[MissingData | None, BeforeValidator(enum_reader(MissingData))]
AScaledDimension = Annotated[ScaledDimension, required(enum_reader(ScaledDimension))]

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
MAX_WINDOW = 604_800
"""Seconds that an alarm may look back, seven days (CloudWatch, PutMetricAlarm, Period)."""
OptionalPeriod = Annotated[Annotated[int, multiple_of(60, MAX_WINDOW)] | None, _OrZero]
OptionalPeriods = Annotated[Annotated[int, zero_or_up_to(MAX_WINDOW // 60)] | None, _OrZero]
Threshold = Annotated[Int64, between(0, MAX_UNITS)]
PercentOfCapacity = Annotated[Int64, between(1, 100)]

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
OptionalKmsKeyArn = Annotated[KmsKeyArn | None, WrapValidator(KMS_KEY)]
KinesisStreamArn = Annotated[
    str,
    matching(
        "arn:aws[a-z-]*:kinesis:[a-z0-9-]+:[0-9]{12}:stream/[a-zA-Z0-9_.-]+",
        "is not the ARN of a Kinesis data stream ('arn:aws:kinesis:REGION:ACCOUNT:stream/NAME')",
        "kinesis-stream-arn",
    ),
    WrapValidator(KINESIS_STREAM),
    StandIn("arn:aws:kinesis:us-east-1:111122223333:stream/stand-in"),
]
TopicArn = Annotated[
    str,
    matching(
        r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[a-zA-Z0-9_-]{1,256}(\.fifo)?",
        "is not the ARN of an SNS topic ('arn:aws:sns:REGION:ACCOUNT:NAME')",
        "sns-topic-arn",
    ),
    required(read_optional_text),
    StandIn("arn:aws:sns:us-east-1:111122223333:stand-in"),
]
_Optional = BeforeValidator(read_optional_text)
OptionalAttributeName = Annotated[AttributeName | None, _Optional]
OptionalDynamoDBName = Annotated[DynamoDBName | None, _Optional]
OptionalRegion = Annotated[Region | None, _Optional]
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
