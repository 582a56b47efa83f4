"""Rules about the source of a new table's data: files in S3, another table, or a backup."""

from __future__ import annotations

from collections.abc import Iterator

from planton.diagnostics.diagnostic import quote
from planton.manifest.enums import ConsistencyMode, InputFormat, TableClass
from planton.manifest.grants import granted, reads_stream, to_other_accounts
from planton.manifest.manifest import Manifest
from planton.manifest.rules.rule import Finding, Path, rule
from planton.manifest.spec import Spec

_OF_TABLES = ("restoreSourceName", "restoreSourceTableArn")
SOURCES = (*_OF_TABLES, "restoreBackupArn", "importTable")
"""Fields that name the source of a new table's data."""
_WARM = ("warmThroughput.readUnitsPerSecond", "warmThroughput.writeUnitsPerSecond")
_POINTS = ("restoreDateTime", "restoreToLatestTime")


def sources_of(spec: Spec) -> list[str]:
    """The source fields that the manifest sets."""
    values = (
        spec.restore_source_name,
        spec.restore_source_table_arn,
        spec.restore_backup_arn,
        spec.import_table,
    )
    return [field for field, value in zip(SOURCES, values, strict=True) if value is not None]


@rule("restore-import-sources-exclusive", *SOURCES)
def restore_import_sources_exclusive(manifest: Manifest) -> Iterator[Finding]:
    """A table is created from at most one source (ImportTable, RestoreTableToPointInTime,
    RestoreTableFromBackup)."""
    first, *others = [*sources_of(manifest.spec), ""]
    for field in others[:-1]:
        yield Finding(
            ("spec", field),
            f"both {first} and {field} are set: a table can have only one source",
            f"keep one of {', '.join([first, *others[:-1]])}",
            at_key=True,
        )


@rule("restore-point-requires-pitr-source", *_OF_TABLES, "restoreBackupArn", *_POINTS)
def restore_point_requires_pitr_source(manifest: Manifest) -> Iterator[Finding]:
    """A source table needs a point in time, and a point in time needs a source table
    (RestoreTableToPointInTime)."""
    spec = manifest.spec
    points = (spec.restore_date_time, spec.restore_to_latest_time)
    set_points = [field for field, value in zip(_POINTS, points, strict=True) if value]
    tables = (spec.restore_source_name, spec.restore_source_table_arn)
    source = next((f for f, value in zip(_OF_TABLES, tables, strict=True) if value), None)
    if source is None:
        message = "there is no table to restore from"
        help = "add restoreSourceName or restoreSourceTableArn"
        if spec.restore_backup_arn:
            message, help = "restoreBackupArn already has a point in time", "remove it"
        for field in set_points:
            yield Finding(("spec", field), f"{field} is set, but {message}", help, at_key=True)
    elif not set_points:
        yield Finding(
            ("spec", source),
            f"{source} is set without a point in time",
            "add restoreToLatestTime: true, or restoreDateTime, such as 2026-11-26T08:00:00Z",
            at_key=True,
        )
    elif len(set_points) > 1:
        message = "both restoreDateTime and restoreToLatestTime are set"
        yield Finding(("spec", set_points[1]), message, "keep one of the two", at_key=True)


@rule("restore-source", *_OF_TABLES, "tableName", "metadata.name", "region")
def restored_table_has_another_name(manifest: Manifest) -> Iterator[Finding]:
    """The source exists, so the new table needs another name (RestoreTableToPointInTime,
    TableAlreadyExistsException)."""
    spec, name = manifest.spec, manifest.table_name
    message = f"the table {quote(name)} would be restored from itself"
    help = (
        f"give the restored table another metadata.name or {manifest.words.table_name}: the "
        "source keeps its name"
    )
    if spec.restore_source_name == name:
        yield Finding(("spec", "restoreSourceName"), message, help)
    if spec.restore_source_table_arn:
        region, account, source = spec.restore_source_table_arn.split(":")[3:]
        here = manifest.region == region
        ours = manifest.place.account_id in (None, account)
        if source == f"table/{name}" and here and ours:
            yield Finding(("spec", "restoreSourceTableArn"), message, help)


@rule("csv-options-require-csv-format", "importTable.inputFormat", "importTable.csv")
def csv_options_require_csv_format(manifest: Manifest) -> Iterator[Finding]:
    """CSV options are only allowed with CSV (ImportTable, InputFormatOptions)."""
    imported = manifest.spec.import_table
    if imported and imported.csv and imported.input_format is not InputFormat.CSV:
        yield Finding(
            ("spec", "importTable", "csv"),
            f"csv is set, but inputFormat is {imported.input_format.value}",
            "remove it, or set inputFormat: CSV",
            at_key=True,
        )


@rule("csv-headers", "importTable.csv.headerList")
def csv_has_one_header(manifest: Manifest) -> Iterator[Finding]:
    """The provider keeps the headers as a set (its source, header_list), so several would reach AWS
    in another order, and values would be imported into the wrong attributes."""
    imported = manifest.spec.import_table
    if imported and imported.csv and len(imported.csv.header_list) > 1:
        yield Finding(
            ("spec", "importTable", "csv", "headerList"),
            f"at most 1 header is allowed, got {len(imported.csv.header_list)}: the "
            f"provider does not "
            "keep their order, so values would be imported into the wrong attributes",
            "put the headers into the first line of each file, and remove "
            f"{manifest.words.header_list}",
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
def source_allows_other_fields(manifest: Manifest) -> Iterator[Finding]:
    """Some fields cannot be combined with a source, and others only in a later run."""
    spec, words = manifest.spec, manifest.words
    if not (sources := sources_of(spec)):
        return
    source = sources[0]
    if spec.import_table and spec.local_secondary_indexes:
        yield Finding(
            ("spec", "localSecondaryIndexes"),
            "an import cannot create local indexes, and they cannot be added later",
            "make them global indexes, or fill the table in another way",
            at_key=True,
        )
    if spec.is_restored and spec.local_secondary_indexes and not spec.key_schema:
        yield Finding(
            ("spec", "localSecondaryIndexes"),
            f"a local index needs the table's partition key, but {words.key_schema} is missing",
            f"add the source's {words.key_schema} and {words.attribute_definitions}, or remove the "
            "local indexes: they are restored with the table",
            at_key=True,
        )
    if any(replica.mode is ConsistencyMode.STRONG for replica in spec.replicas):
        yield Finding(
            ("spec", "replicas"),
            f"strongly consistent replicas can only be added to an empty table, and with {source} "
            "the table is not empty",
            "remove the replicas, run `pulumi up` twice (the second run adds the stream), then add "
            f"them again with consistencyMode EVENTUAL; or remove {source} and write the items "
            "into the table yourself",
            at_key=True,
        )
    elif spec.replicas:
        yield Finding(
            ("spec", "replicas"),
            f"with {source} the table is created without the stream that replicas need",
            "remove the replicas, run `pulumi up` twice (the second run adds the stream), then add "
            "them again",
            at_key=True,
        )
    scaled = spec.autoscaling or any(i.autoscaling for i in spec.global_secondary_indexes)
    warm = any(
        i.warm_throughput and i.warm_throughput.is_set for i in spec.global_secondary_indexes
    )
    if spec.is_restored and spec.global_secondary_indexes and (scaled or warm):
        yield Finding(
            ("spec", "globalSecondaryIndexes"),
            f"with {source} the indexes are restored with the table, and those with autoscaling or "
            "warmThroughput would be created a second time",
            "restore with PAY_PER_REQUEST, or without autoscaling and warmThroughput of indexes",
            at_key=True,
        )


@rule(
    "create-source",
    *SOURCES,
    "streamResourcePolicy",
    "grants.role",
    "grants.principal",
    each=("grants",),
)
def source_comes_before_stream_policy(manifest: Manifest) -> Iterator[Finding]:
    """The policy of a stream is attached to its ARN, and the first update creates no stream."""
    spec = manifest.spec
    if not (sources := sources_of(spec)):
        return
    places: list[Path] = [("spec", "streamResourcePolicy")] if spec.stream_resource_policy else []
    grants = granted((grant.role, grant.principal) for grant in spec.grants)
    for i, grant in enumerate(grants):
        if reads_stream(grant) and to_other_accounts([grant], manifest.place.account_id):
            places.append(("spec", "grants", i))
    for path in places:
        what = "streamResourcePolicy" if path[1] == "streamResourcePolicy" else "the grant"
        yield Finding(
            path,
            f"with {sources[0]} the table is created without the stream that {what} is about",
            f"remove {what}, run `pulumi up` twice (the second run adds the stream), then add it "
            f"again and remove {sources[0]}",
            at_key=path[1] == "streamResourcePolicy",
        )


@rule(
    "second-step",
    *SOURCES,
    "streamEnabled",
    "tableClass",
    "deletionProtectionEnabled",
    "onDemandThroughput",
    *_WARM,
)
def source_needs_second_update(manifest: Manifest) -> Iterator[Finding]:
    """The provider does not send some fields with an import or a restore (its source,
    resourceTableCreate)."""
    spec = manifest.spec
    if not (sources := sources_of(spec)):
        return
    omitted = ["its tags"]
    if spec.stream_enabled:
        omitted.append("the stream")
    if spec.table_class is TableClass.STANDARD_INFREQUENT_ACCESS:
        omitted.append("tableClass")
    if spec.deletion_protection_enabled:
        omitted.append("deletionProtectionEnabled")
    if spec.is_restored and spec.on_demand_throughput:
        omitted.append("onDemandThroughput")
    of_source = ", and with the billing mode of its source" if spec.is_restored else ""
    *first, last = omitted
    without = f"{', '.join(first)} and {last}" if first else last
    yield Finding(
        ("spec", sources[0]),
        f"the table is created without {without}{of_source}",
        "run `pulumi up` a second time, and check that it shows the update",
        at_key=True,
    )
    if spec.warm_throughput and spec.warm_throughput.is_set:
        yield Finding(
            ("spec", "warmThroughput"),
            f"the provider sends warmThroughput neither with {sources[0]} nor later",
            "raise it in AWS: aws dynamodb update-table --table-name TABLE --warm-throughput …",
            at_key=True,
        )


@rule("restored-key", *SOURCES, "serverSideEncryption")
def restored_table_names_its_key(manifest: Manifest) -> Iterator[Finding]:
    """A restored table has the manifest's KMS key, not the source's (RestoreTableToPointInTime,
    SSESpecificationOverride)."""
    spec = manifest.spec
    if spec.is_restored and spec.server_side_encryption is None:
        yield Finding(
            ("spec", sources_of(spec)[0]),
            "the restored table is encrypted with an AWS owned key, whatever key the source has",
            "set the key in serverSideEncryption, or write serverSideEncryption: "
            f"{{{manifest.words.enabled}: false}}",
            at_key=True,
        )


SOURCE_RULES = (
    restore_import_sources_exclusive,
    restore_point_requires_pitr_source,
    restored_table_has_another_name,
    csv_options_require_csv_format,
    csv_has_one_header,
    source_allows_other_fields,
    source_comes_before_stream_policy,
    source_needs_second_update,
    restored_table_names_its_key,
)
