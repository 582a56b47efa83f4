"""Sources of a new table's data: files in S3, another table, a backup."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import BUCKETS, PROGRAM, api, contract

_TABLE = "arn:aws:dynamodb:eu-central-1:111122223333:table/orders"
_BACKUP = f"{_TABLE}/backup/01489173575360-b308cd7d"
_IMPORT = api("ImportTable")
_TO_POINT_IN_TIME = api("RestoreTableToPointInTime")
_FROM_BACKUP = api("RestoreTableFromBackup")
_HEAD = """\
metadata:
  name: orders-2026
  annotations:
    dynamodb.project-planton.org/ignore-warnings: second-step
spec:
"""


def _created(*lines: str) -> str:
    """A table created from a source, with the warning about its second run ignored."""
    return _HEAD + "".join(f"  {line}\n" for line in lines)


def _restored(*lines: str) -> str:
    return _created("serverSideEncryption: {enabled: true}", *lines)


DATA_SOURCES = (
    explain(
        "restore_import_sources_exclusive",
        "More than one source for the table's data",
        """
        A table begins empty, with files from S3 (`importTable`), with another table's state
        (`restoreSourceName`, `restoreSourceTableArn`) or with a backup (`restoreBackupArn`). Only
        one of them is possible, because each is a separate request that creates the table. They
        take effect when the table is created and have no effect on an existing table.
        """,
        contract("restore_import_sources_exclusive"),
        _IMPORT,
        _TO_POINT_IN_TIME,
        _FROM_BACKUP,
        bad=_restored(
            "restoreSourceName: orders", "restoreToLatestTime: true", f"restoreBackupArn: {_BACKUP}"
        ),
        good=_restored("restoreSourceName: orders", "restoreToLatestTime: true"),
    ),
    explain(
        "restore_point_requires_pitr_source",
        "A source table without a restore time, or a time without a source",
        """
        A table that has point-in-time recovery can be restored to any second of its recovery
        period. So `restoreSourceName` and `restoreSourceTableArn` need a time: either
        `restoreDateTime`, in UTC, or `restoreToLatestTime: true`, which is about five minutes ago.
        A time without a source table has no meaning: a backup has its own time, and an import has
        none.
        """,
        contract("restore_point_requires_pitr_source"),
        _TO_POINT_IN_TIME,
        bad=_restored("restoreSourceName: orders"),
        good=_restored("restoreSourceName: orders", "restoreDateTime: 2026-11-26T08:00:00Z"),
    ),
    explain(
        "restore-source",
        "A table that would be restored from itself",
        """
        A restore creates a new table beside its source, which stays as it is. Two tables in one
        account and region cannot have the same name, so AWS refuses the restore. The manifest may
        keep its source after the restore, and the two names must still differ. Give the restored
        table another name. A backup may come from a deleted table of the same name.
        """,
        _TO_POINT_IN_TIME,
        bad=_restored("restoreSourceName: orders-2026", "restoreToLatestTime: true"),
        good=_restored("restoreSourceName: orders", "restoreToLatestTime: true"),
    ),
    explain(
        "csv_options_require_csv_format",
        "CSV options with another format",
        """
        `csv` says how lines are split into values and what the columns are called. `DYNAMODB_JSON`
        and `ION` files contain both, and ImportTable has no such options for them.
        """,
        contract("csv_options_require_csv_format"),
        _IMPORT,
        bad=_created(
            "importTable:",
            "  s3Bucket: acme-exports",
            "  inputFormat: ION",
            '  csv: {delimiter: ";"}',
        ),
        good=_created(
            "importTable:",
            "  s3Bucket: acme-exports",
            "  inputFormat: CSV",
            '  csv: {delimiter: ";"}',
        ),
    ),
    explain(
        "csv-headers",
        "Several headers, whose order would be lost",
        """
        The provider keeps `headerList` as a set, so several headers reach AWS in an order that the
        provider chooses, and values are imported under the wrong names without any error. Put the
        headers into the first line of each file instead: ImportTable reads them there when no list
        is given.
        """,
        PROGRAM,
        api("CsvOptions"),
        bad=_created(
            "importTable:",
            "  s3Bucket: acme-exports",
            "  inputFormat: CSV",
            "  csv: {headerList: [customerId, orderId, total]}",
        ),
        good=_created("importTable:", "  s3Bucket: acme-exports", "  inputFormat: CSV"),
    ),
    explain(
        "create-source",
        "Something that cannot be created together with the data",
        """
        ImportTable creates no local indexes, and they cannot be added later. With an import or a
        restore the provider creates the table without its stream, so it cannot create replicas in
        the same run. And a restored table gets its indexes with its data: the standalone index
        resources that autoscaling or warm throughput requires would be created a second time, and
        AWS refuses that.

        Replicas can be added once the stream exists, except strongly consistent ones, which need an
        empty table. A restored table's indexes with autoscaling or warm throughput cannot be added
        later. Its local indexes can be listed only together with `keySchema`, because they share
        its partition key.
        """,
        PROGRAM,
        api("TableCreationParameters"),
        _TO_POINT_IN_TIME,
        bad=_created(
            "importTable: {s3Bucket: acme-exports, inputFormat: ION}",
            "localSecondaryIndexes:",
            "  - {name: by-order, rangeKey: orderId}",
        ),
        good=_created(
            "importTable: {s3Bucket: acme-exports, inputFormat: ION}",
            "globalSecondaryIndexes:",
            "  - {name: by-order, keySchema: [{attributeName: orderId, keyType: HASH}]}",
        ),
    ),
    explain(
        "restored-key",
        "A restored table without a choice of encryption",
        """
        A restore does not copy the source's key: without `serverSideEncryption` the new table is
        encrypted with an AWS owned key, even if the source has a customer managed key. Name the
        key, or state that none is wanted: `serverSideEncryption: {enabled: false}`.
        """,
        _TO_POINT_IN_TIME,
        _FROM_BACKUP,
        severity="warning",
        bad=_created(f"restoreBackupArn: {_BACKUP}"),
        good=_restored(f"restoreBackupArn: {_BACKUP}"),
    ),
    explain(
        "time",
        "Not a valid date and time",
        """
        Times are written to the second and in UTC, with a `T` before the hour and a `Z` at the end,
        because the provider accepts no other form. In a schedule's `at(…)` the `Z` is left out,
        because `timezone` sets the zone. The date must exist in the calendar.
        """,
        _TO_POINT_IN_TIME,
        bad=_restored("restoreSourceName: orders", "restoreDateTime: 2026-11-26 09:00"),
        good=_restored("restoreSourceName: orders", "restoreDateTime: 2026-11-26T08:00:00Z"),
    ),
    explain(
        "table-arn",
        "Not the ARN of a table",
        """
        `restoreSourceTableArn` is the full ARN of the source table, with region and account, so the
        table can be in another region. For a table in the same account and region,
        `restoreSourceName` is shorter. Only AWS can tell whether the table exists.
        """,
        _TO_POINT_IN_TIME,
        bad=_restored("restoreSourceTableArn: table/orders", "restoreToLatestTime: true"),
        good=_restored(f"restoreSourceTableArn: {_TABLE}", "restoreToLatestTime: true"),
    ),
    explain(
        "backup-arn",
        "Not the ARN of a backup",
        """
        The ARN of a DynamoDB backup begins with its table's ARN. AWS Backup's recovery points have
        other ARNs, and that service restores them.
        """,
        _FROM_BACKUP,
        bad=_restored(f"restoreBackupArn: {_TABLE}"),
        good=_restored(f"restoreBackupArn: {_BACKUP}"),
    ),
    explain(
        "bucket",
        "Not the name of an S3 bucket",
        """
        Bucket names have 3 to 63 lower-case letters, digits, `.` and `-`, and begin and end with a
        letter or a digit; two consecutive `.` or an IP address are not allowed. Give the name
        alone, without `s3://`, and not an ARN. The folder goes into `s3KeyPrefix`.
        """,
        api("S3BucketSource"),
        BUCKETS,
        bad=_created('importTable: {s3Bucket: "s3://acme-exports/orders/", inputFormat: ION}'),
        good=_created(
            "importTable: {s3Bucket: acme-exports, s3KeyPrefix: orders/, inputFormat: ION}"
        ),
    ),
    explain(
        "account-id",
        "Not an AWS account id",
        """
        Account ids have 12 digits, without dashes. Quote them: YAML reads bare digits as a number,
        and some readers drop leading zeros.
        """,
        api("S3BucketSource"),
        bad=_created(
            "importTable:",
            "  s3Bucket: acme-exports",
            "  s3BucketOwner: 1111-2222-3333",
            "  inputFormat: ION",
        ),
        good=_created(
            "importTable:",
            "  s3Bucket: acme-exports",
            '  s3BucketOwner: "111122223333"',
            "  inputFormat: ION",
        ),
    ),
    explain(
        "delimiter",
        "Not a delimiter that ImportTable accepts",
        """
        ImportTable splits lines at a comma, which is the default, or at `;`, `:`, `|`, a tab or a
        space. In YAML, write a tab in double quotes, as "\\t".
        """,
        api("CsvOptions"),
        bad=_created(
            "importTable: {s3Bucket: acme-exports, inputFormat: CSV, csv: {delimiter: tab}}"
        ),
        good=_created(
            'importTable: {s3Bucket: acme-exports, inputFormat: CSV, csv: {delimiter: "\\t"}}'
        ),
    ),
)
