"""What a new table begins with: files in S3, another table, a backup."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import BUCKETS, PROGRAM, api, contract

_TABLE = "arn:aws:dynamodb:eu-central-1:111122223333:table/orders"
_BACKUP = f"{_TABLE}/backup/01489173575360-b308cd7d"
_IMPORT = api("ImportTable")
_TO_A_MOMENT = api("RestoreTableToPointInTime")
_FROM_BACKUP = api("RestoreTableFromBackup")
_HEAD = """\
metadata:
  name: orders-2026
  annotations:
    dynamodb.project-planton.org/ignore-warnings: second-step
spec:
"""


def _made(*lines: str) -> str:
    """A table that is made from something, by two runs as we know."""
    return _HEAD + "".join(f"  {line}\n" for line in lines)


def _restored(*lines: str) -> str:
    return _made("serverSideEncryption: {enabled: true}", *lines)


DATA_SOURCES = (
    explain(
        "restore_import_sources_exclusive",
        "Two things that the table should begin with",
        """
        A table begins empty, with files from S3 (`importTable`), with another table's state
        (`restoreSourceName`, `restoreSourceTableArn`) or with a backup (`restoreBackupArn`): one of
        them, because each is a request of its own that makes the table. They count when the table
        is made, and mean nothing to one that there is.
        """,
        contract("restore_import_sources_exclusive"),
        _IMPORT,
        _TO_A_MOMENT,
        _FROM_BACKUP,
        bad=_restored(
            "restoreSourceName: orders", "restoreToLatestTime: true", f"restoreBackupArn: {_BACKUP}"
        ),
        good=_restored("restoreSourceName: orders", "restoreToLatestTime: true"),
    ),
    explain(
        "restore_point_requires_pitr_source",
        "A table to restore from without a moment, or a moment alone",
        """
        A table that has point-in-time recovery can be restored as it was at any second of its
        recovery period. So `restoreSourceName` and `restoreSourceTableArn` need one moment:
        `restoreDateTime`, in UTC, or `restoreToLatestTime: true`, which is about five minutes ago.
        A moment without such a table says nothing: a backup has its own, an import none.
        """,
        contract("restore_point_requires_pitr_source"),
        _TO_A_MOMENT,
        bad=_restored("restoreSourceName: orders"),
        good=_restored("restoreSourceName: orders", "restoreDateTime: 2026-11-26T08:00:00Z"),
    ),
    explain(
        "restore-source",
        "A table that would be restored from itself",
        """
        A restore makes a new table beside its source, which stays as it is, and two tables of an
        account and region cannot have one name: AWS refuses the restore. Once the new table is
        there the manifest may keep its source, so this is right at no time. Give the restored
        table another name. A backup may be of a table of the same name, which is gone.
        """,
        _TO_A_MOMENT,
        bad=_restored("restoreSourceName: orders-2026", "restoreToLatestTime: true"),
        good=_restored("restoreSourceName: orders", "restoreToLatestTime: true"),
    ),
    explain(
        "csv_options_require_csv_format",
        "Options for CSV beside another format",
        """
        `csv` says how lines are cut into values and what the columns are called. Files in
        `DYNAMODB_JSON` or `ION` say both themselves, and ImportTable has no such options for them.
        """,
        contract("csv_options_require_csv_format"),
        _IMPORT,
        bad=_made(
            "importTable:",
            "  s3Bucket: acme-exports",
            "  inputFormat: ION",
            '  csv: {delimiter: ";"}',
        ),
        good=_made(
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
        The provider keeps `headerList` as a set, so several headers reach AWS in an order of its
        own, and each row's values are imported under each other's names, without any error. Put
        the headers into the first line of each file instead: that is what ImportTable reads where
        no list is given.
        """,
        PROGRAM,
        api("CsvOptions"),
        bad=_made(
            "importTable:",
            "  s3Bucket: acme-exports",
            "  inputFormat: CSV",
            "  csv: {headerList: [customerId, orderId, total]}",
        ),
        good=_made("importTable:", "  s3Bucket: acme-exports", "  inputFormat: CSV"),
    ),
    explain(
        "create-source",
        "Something that cannot come together with the data",
        """
        ImportTable makes no local indexes, and they cannot be added later. With an import or a
        restore the provider makes the table without its stream, so replicas cannot follow at once.
        And the indexes of a restored table come with its data: those that this program manages one
        by one, because they are scaled or warm, would be made a second time, and AWS refuses that.

        Replicas can be added once the stream is there, but no strongly consistent ones: those need
        an empty table. Scaled and warm indexes of a restored table cannot be added. And its local
        indexes can be listed only together with `keySchema`, whose partition key they have.
        """,
        PROGRAM,
        api("TableCreationParameters"),
        _TO_A_MOMENT,
        bad=_made(
            "importTable: {s3Bucket: acme-exports, inputFormat: ION}",
            "localSecondaryIndexes:",
            "  - {name: by-order, rangeKey: orderId}",
        ),
        good=_made(
            "importTable: {s3Bucket: acme-exports, inputFormat: ION}",
            "globalSecondaryIndexes:",
            "  - {name: by-order, keySchema: [{attributeName: orderId, keyType: HASH}]}",
        ),
    ),
    explain(
        "restored-key",
        "A restored table whose encryption the manifest leaves open",
        """
        A restore does not take over the source's key: without `serverSideEncryption` the new table
        is encrypted with a key that AWS owns, also where the source has a customer managed one.
        Name the key, or say that none is wanted: `serverSideEncryption: {enabled: false}`.
        """,
        _TO_A_MOMENT,
        _FROM_BACKUP,
        severity="warning",
        bad=_made(f"restoreBackupArn: {_BACKUP}"),
        good=_restored(f"restoreBackupArn: {_BACKUP}"),
    ),
    explain(
        "time",
        "Not a time, or a time that there is not",
        """
        Times are written to the second and in UTC, with a `T` before the hour and a `Z` at the end,
        because the provider takes no other form. In `at(…)` of a schedule the `Z` is left out: its
        zone is `timezone`. The date has to be one of the calendar.
        """,
        _TO_A_MOMENT,
        bad=_restored("restoreSourceName: orders", "restoreDateTime: 2026-11-26 09:00"),
        good=_restored("restoreSourceName: orders", "restoreDateTime: 2026-11-26T08:00:00Z"),
    ),
    explain(
        "table-arn",
        "Not the ARN of a table",
        """
        `restoreSourceTableArn` names a table by its whole ARN, with region and account, so that it
        can be one of another region. A table of the same account and region is named more shortly
        by `restoreSourceName`. Whether the table exists, only AWS can tell.
        """,
        _TO_A_MOMENT,
        bad=_restored("restoreSourceTableArn: table/orders", "restoreToLatestTime: true"),
        good=_restored(f"restoreSourceTableArn: {_TABLE}", "restoreToLatestTime: true"),
    ),
    explain(
        "backup-arn",
        "Not the ARN of a backup",
        """
        A backup that DynamoDB made has an ARN below that of its table. Recovery points of AWS
        Backup have other ARNs, and are restored by that service.
        """,
        _FROM_BACKUP,
        bad=_restored(f"restoreBackupArn: {_TABLE}"),
        good=_restored(f"restoreBackupArn: {_BACKUP}"),
    ),
    explain(
        "bucket",
        "Not the name of an S3 bucket",
        """
        Buckets have names of 3 to 63 lower-case letters, digits, `.` and `-`, which begin and end
        with a letter or a digit; two `.` together or an IP address are no name. It is the name
        alone: no `s3://` before it, no ARN. The folder goes into `s3KeyPrefix`.
        """,
        api("S3BucketSource"),
        BUCKETS,
        bad=_made('importTable: {s3Bucket: "s3://acme-exports/orders/", inputFormat: ION}'),
        good=_made("importTable: {s3Bucket: acme-exports, s3KeyPrefix: orders/, inputFormat: ION}"),
    ),
    explain(
        "account-id",
        "Not the id of an account",
        """
        Accounts have ids of 12 digits, without dashes. Write them in quotes: YAML takes bare digits
        for a number, and other readers drop a zero in front.
        """,
        api("S3BucketSource"),
        bad=_made(
            "importTable:",
            "  s3Bucket: acme-exports",
            "  s3BucketOwner: 1111-2222-3333",
            "  inputFormat: ION",
        ),
        good=_made(
            "importTable:",
            "  s3Bucket: acme-exports",
            '  s3BucketOwner: "111122223333"',
            "  inputFormat: ION",
        ),
    ),
    explain(
        "delimiter",
        "Not a character that values of CSV can have between them",
        """
        ImportTable cuts lines at a comma, which absent means, or at `;`, `:`, `|`, a tab or a
        blank. In YAML a tab is written in double quotes, as "\\t".
        """,
        api("CsvOptions"),
        bad=_made("importTable: {s3Bucket: acme-exports, inputFormat: CSV, csv: {delimiter: tab}}"),
        good=_made(
            'importTable: {s3Bucket: acme-exports, inputFormat: CSV, csv: {delimiter: "\\t"}}'
        ),
    ),
)
