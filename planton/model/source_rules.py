"""Rules about where a new table's data comes from: files in S3, another table, a backup."""

from __future__ import annotations

from collections.abc import Iterator

from planton.diagnostics import quote
from planton.model.enums import ConsistencyMode, InputFormat, TableClass
from planton.model.rule import Finding, rule
from planton.model.spec import AwsDynamodb, Spec

_OF_TABLES = ("restoreSourceName", "restoreSourceTableArn")
SOURCES = (*_OF_TABLES, "restoreBackupArn", "importTable")
"""Fields that say what a new table begins with."""
_WARM = ("warmThroughput.readUnitsPerSecond", "warmThroughput.writeUnitsPerSecond")
_POINTS = ("restoreDateTime", "restoreToLatestTime")


def sources_of(spec: Spec) -> list[str]:
    """The sources that the manifest names, in the contract's words."""
    given = (
        spec.restore_source_name,
        spec.restore_source_table_arn,
        spec.restore_backup_arn,
        spec.import_table,
    )
    return [field for field, value in zip(SOURCES, given, strict=True) if value is not None]


@rule("restore_import_sources_exclusive", *SOURCES)
def restore_import_sources_exclusive(manifest: AwsDynamodb) -> Iterator[Finding]:
    """A table begins with one thing (ImportTable, RestoreTableToPointInTime,
    RestoreTableFromBackup)."""
    first, *others = [*sources_of(manifest.spec), ""]
    for field in others[:-1]:
        yield Finding(
            ("spec", field),
            f"{field} is given, and so is {first}: a table begins with one of them",
            f"keep one of {', '.join([first, *others[:-1]])}",
            at_key=True,
        )


@rule("restore_point_requires_pitr_source", *_OF_TABLES, "restoreBackupArn", *_POINTS)
def restore_point_requires_pitr_source(manifest: AwsDynamodb) -> Iterator[Finding]:
    """A table as the source needs one moment, which needs one (RestoreTableToPointInTime)."""
    spec = manifest.spec
    points = (spec.restore_date_time, spec.restore_to_latest_time)
    given = [field for field, value in zip(_POINTS, points, strict=True) if value]
    tables = (spec.restore_source_name, spec.restore_source_table_arn)
    source = next((f for f, value in zip(_OF_TABLES, tables, strict=True) if value), None)
    if source is None:
        message, help = "no table to restore from", "add restoreSourceName or restoreSourceTableArn"
        if spec.restore_backup_arn:
            message, help = "restoreBackupArn has a moment of its own", "remove it"
        for field in given:
            yield Finding(("spec", field), f"{field} is given, but {message}", help, at_key=True)
    elif not given:
        yield Finding(
            ("spec", source),
            f"{source} is given without a moment",
            "add restoreToLatestTime: true, or restoreDateTime: such as 2026-11-26T08:00:00Z",
            at_key=True,
        )
    elif len(given) > 1:
        message = "restoreDateTime and restoreToLatestTime name two moments"
        yield Finding(("spec", given[1]), message, "keep one of the two", at_key=True)


@rule("restore-source", *_OF_TABLES, "tableName", "metadata.name", "region")
def restored_under_another_name(manifest: AwsDynamodb) -> Iterator[Finding]:
    """The source is there, and the table that is made must not be (RestoreTableToPointInTime,
    TableAlreadyExistsException)."""
    spec, name = manifest.spec, manifest.table_name
    message = f"the table {quote(name)} would be restored from itself"
    help = "give the restored table another metadata.name or tableName: the source keeps its own"
    if spec.restore_source_name == name:
        yield Finding(("spec", "restoreSourceName"), message, help)
    if spec.restore_source_table_arn:
        region, account, source = spec.restore_source_table_arn.split(":")[3:]
        here = manifest.region == region
        ours = manifest.around.account_id in (None, account)
        if source == f"table/{name}" and here and ours:
            yield Finding(("spec", "restoreSourceTableArn"), message, help)


@rule("csv_options_require_csv_format", "importTable.inputFormat", "importTable.csv")
def csv_options_require_csv_format(manifest: AwsDynamodb) -> Iterator[Finding]:
    """The options are for CSV only (ImportTable, InputFormatOptions)."""
    given = manifest.spec.import_table
    if given and given.csv and given.input_format is not InputFormat.CSV:
        yield Finding(
            ("spec", "importTable", "csv"),
            f"csv is given, but inputFormat is {given.input_format.value}",
            "remove it, or set inputFormat: CSV",
            at_key=True,
        )


@rule("csv-headers", "importTable.csv.headerList")
def headers_keep_their_order(manifest: AwsDynamodb) -> Iterator[Finding]:
    """The provider keeps the headers as a set (its source, header_list): several would reach AWS in
    another order, and the values of each row under each other's names."""
    given = manifest.spec.import_table
    if given and given.csv and len(given.csv.header_list) > 1:
        yield Finding(
            ("spec", "importTable", "csv", "headerList"),
            f"{len(given.csv.header_list)} headers: the provider does not keep their order, so "
            "values would be imported under each other's names",
            "put the headers into the first line of each file, and leave headerList out",
            at_key=True,
        )


@rule(
    "create-source",
    *SOURCES,
    "keySchema",
    "localSecondaryIndexes",
    "replicas",
    "replicas.consistencyMode",
    "autoscaling",
    "globalSecondaryIndexes.autoscaling",
    *(f"globalSecondaryIndexes.{field}" for field in _WARM),
)
def made_from_a_source_in_one_step(manifest: AwsDynamodb) -> Iterator[Finding]:
    """What cannot come with the data, and cannot follow at once."""
    spec = manifest.spec
    if not (sources := sources_of(spec)):
        return
    source = sources[0]
    if spec.import_table and spec.local_secondary_indexes:
        yield Finding(
            ("spec", "localSecondaryIndexes"),
            "an import makes a table without local indexes, and they cannot be added later",
            "make them global indexes, or fill the table in another way",
            at_key=True,
        )
    if spec.is_restored and spec.local_secondary_indexes and not spec.key_schema:
        yield Finding(
            ("spec", "localSecondaryIndexes"),
            "a local index has the table's partition key, and no keySchema names it",
            "add keySchema and attributeDefinitions as the source has them, or leave the local "
            "indexes out: they come with the data",
            at_key=True,
        )
    if any(replica.mode is ConsistencyMode.STRONG for replica in spec.replicas):
        yield Finding(
            ("spec", "replicas"),
            f"strongly consistent replicas are added to an empty table only, and with {source} it "
            "is not",
            "take the replicas out, `pulumi up` twice (the second adds the stream), then put them "
            f"back with consistencyMode EVENTUAL; or leave {source} out and write the items into "
            "the table yourself",
            at_key=True,
        )
    elif spec.replicas:
        yield Finding(
            ("spec", "replicas"),
            f"with {source} the table is made without the stream that replicas need",
            "take the replicas out, `pulumi up` twice (the second adds the stream), then put them "
            "back",
            at_key=True,
        )
    scaled = spec.autoscaling or any(i.autoscaling for i in spec.global_secondary_indexes)
    warm = any(i.warm_throughput and i.warm_throughput.given for i in spec.global_secondary_indexes)
    if spec.is_restored and spec.global_secondary_indexes and (scaled or warm):
        yield Finding(
            ("spec", "globalSecondaryIndexes"),
            f"with {source} the indexes come with the data, and those with autoscaling or "
            "warmThroughput would be made a second time",
            "restore under PAY_PER_REQUEST, or without autoscaling and warmThroughput of indexes",
            at_key=True,
        )


@rule(
    "second-step",
    *SOURCES,
    "streamEnabled",
    "tableClass",
    "deletionProtectionEnabled",
    "onDemandThroughput",
    *_WARM,
    severity="warning",
)
def some_of_it_takes_a_second_run(manifest: AwsDynamodb) -> Iterator[Finding]:
    """What the provider does not send with an import or a restore (its source,
    resourceTableCreate)."""
    spec = manifest.spec
    if not (sources := sources_of(spec)):
        return
    left = ["its tags"]
    if spec.stream_enabled:
        left.append("the stream")
    if spec.table_class is TableClass.STANDARD_INFREQUENT_ACCESS:
        left.append("tableClass")
    if spec.deletion_protection_enabled:
        left.append("deletionProtectionEnabled")
    if spec.is_restored and spec.on_demand_throughput:
        left.append("onDemandThroughput")
    of_source = ", and with the billing mode of its source" if spec.is_restored else ""
    *first, last = left
    without = f"{', '.join(first)} and {last}" if first else last
    yield Finding(
        ("spec", sources[0]),
        f"the table is made without {without}{of_source}",
        "run `pulumi up` a second time, and check that it shows the update",
        at_key=True,
    )
    if spec.warm_throughput and spec.warm_throughput.given:
        yield Finding(
            ("spec", "warmThroughput"),
            f"warmThroughput is not sent with {sources[0]}, nor later",
            "raise it in AWS: aws dynamodb update-table --table-name TABLE --warm-throughput …",
            at_key=True,
        )


@rule("restored-key", *SOURCES, "serverSideEncryption", severity="warning")
def restored_with_the_manifests_key(manifest: AwsDynamodb) -> Iterator[Finding]:
    """The key is the manifest's and not the source's (RestoreTableToPointInTime,
    SSESpecificationOverride)."""
    spec = manifest.spec
    if spec.is_restored and spec.server_side_encryption is None:
        yield Finding(
            ("spec", sources_of(spec)[0]),
            "the restored table is encrypted with a key that AWS owns, whatever the source has",
            "name the key in serverSideEncryption, or say serverSideEncryption: {enabled: false}",
            at_key=True,
        )


SOURCE_RULES = (
    restore_import_sources_exclusive,
    restore_point_requires_pitr_source,
    restored_under_another_name,
    csv_options_require_csv_format,
    headers_keep_their_order,
    made_from_a_source_in_one_step,
    some_of_it_takes_a_second_run,
    restored_with_the_manifests_key,
)
