"""The enums of a manifest, and the other spellings of their values."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType


class AttributeType(str, Enum):
    """Types that a key attribute can have."""

    S = "S"
    N = "N"
    B = "B"


class BillingMode(str, Enum):
    """How reads and writes are billed."""

    PROVISIONED = "PROVISIONED"
    PAY_PER_REQUEST = "PAY_PER_REQUEST"


class KeyType(str, Enum):
    """HASH is the partition key, RANGE the sort key."""

    HASH = "HASH"
    RANGE = "RANGE"


class ProjectionType(str, Enum):
    """Which attributes an index holds besides its keys."""

    ALL = "ALL"
    KEYS_ONLY = "KEYS_ONLY"
    INCLUDE = "INCLUDE"


class StreamViewType(str, Enum):
    """What a stream record holds of the item that changed."""

    KEYS_ONLY = "KEYS_ONLY"
    NEW_IMAGE = "NEW_IMAGE"
    OLD_IMAGE = "OLD_IMAGE"
    NEW_AND_OLD_IMAGES = "NEW_AND_OLD_IMAGES"


class InsightsMode(str, Enum):
    """Which requests contributor insights monitor."""

    ACCESSED_AND_THROTTLED_KEYS = "ACCESSED_AND_THROTTLED_KEYS"
    THROTTLED_KEYS = "THROTTLED_KEYS"


class TableClass(str, Enum):
    """The storage class of the table."""

    STANDARD = "STANDARD"
    STANDARD_INFREQUENT_ACCESS = "STANDARD_INFREQUENT_ACCESS"


class DeletionPolicy(str, Enum):
    """What happens to the table when its stack is destroyed, or its request or object deleted."""

    DELETE = "delete"
    RETAIN = "retain"


class AccessRole(str, Enum):
    """What an access policy allows its holder to do with the table."""

    READER = "reader"
    WRITER = "writer"
    READER_WRITER = "readerWriter"
    STREAM_CONSUMER = "streamConsumer"
    ADMIN = "admin"


class ConsistencyMode(str, Enum):
    """How soon the other regions of a global table see a write."""

    EVENTUAL = "EVENTUAL"
    STRONG = "STRONG"


class Precision(str, Enum):
    """The precision of the timestamp in a Kinesis record."""

    MILLISECOND = "MILLISECOND"
    MICROSECOND = "MICROSECOND"


class InputFormat(str, Enum):
    """The format of the files of an import."""

    CSV = "CSV"
    DYNAMODB_JSON = "DYNAMODB_JSON"
    ION = "ION"


class InputCompression(str, Enum):
    """The compression of the files of an import."""

    NONE = "NONE"
    GZIP = "GZIP"
    ZSTD = "ZSTD"


class ScaledDimension(str, Enum):
    """The capacity that a scheduled adjustment changes."""

    READ = "READ"
    WRITE = "WRITE"


class Statistic(str, Enum):
    """What CloudWatch makes of the values that a metric has in one period."""

    SUM = "Sum"
    AVERAGE = "Average"
    MINIMUM = "Minimum"
    MAXIMUM = "Maximum"
    SAMPLE_COUNT = "SampleCount"


class MissingData(str, Enum):
    """How an alarm counts a period in which its metric has no value."""

    MISSING = "missing"
    IGNORE = "ignore"
    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"


PREFIXES: Mapping[type[Enum], str] = MappingProxyType(
    {
        AccessRole: "ACCESS_ROLE_",
        AttributeType: "ATTRIBUTE_TYPE_",
        BillingMode: "BILLING_MODE_",
        ConsistencyMode: "CONSISTENCY_MODE_",
        DeletionPolicy: "DELETION_POLICY_",
        InputCompression: "INPUT_COMPRESSION_TYPE_",
        InputFormat: "INPUT_FORMAT_",
        InsightsMode: "CONTRIBUTOR_INSIGHTS_MODE_",
        KeyType: "KEY_TYPE_",
        MissingData: "TREAT_MISSING_DATA_",
        Precision: "APPROXIMATE_CREATION_DATE_TIME_PRECISION_",
        ProjectionType: "PROJECTION_TYPE_",
        ScaledDimension: "SCALING_DIMENSION_",
        Statistic: "STATISTIC_",
        StreamViewType: "STREAM_VIEW_TYPE_",
        TableClass: "TABLE_CLASS_",
    }
)
"""The prefix of each enum's values in protobuf."""

OTHER_SPELLINGS: Mapping[type[Enum], Mapping[str, str]] = MappingProxyType(
    {ProjectionType: {"KEYS_ONLY_PROJECTION": "KEYS_ONLY"}}
)
