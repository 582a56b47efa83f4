"""The actions of DynamoDB, and which of them a table's policy takes."""

from __future__ import annotations

_OF_TABLES = (
    *("AssociateTableReplica", "BatchGetItem", "BatchWriteItem", "ConditionCheckItem"),
    *("CreateBackup", "CreateGlobalTableWitness", "CreateTableReplica"),
    *("DeleteGlobalTableWitness", "DeleteItem", "DeleteResourcePolicy", "DeleteTable"),
    *("DeleteTableReplica", "DescribeContinuousBackups", "DescribeContributorInsights"),
    *("DescribeKinesisStreamingDestination", "DescribeTable", "DescribeTableReplicaAutoScaling"),
    *("DescribeTimeToLive", "DisableKinesisStreamingDestination"),
    *("EnableKinesisStreamingDestination", "ExportTableToPointInTime", "GetItem"),
    *("GetResourcePolicy", "InjectError", "ListTagsOfResource", "PartiQLDelete", "PartiQLInsert"),
    *("PartiQLSelect", "PartiQLUpdate", "PutItem", "PutResourcePolicy", "Query"),
    *("ReadDataForReplication", "ReplicateSettings", "RestoreTableToPointInTime", "Scan"),
    *("SearchVectors", "StartAwsBackupJob", "StartBulkPutItems", "TagResource", "UntagResource"),
    *("UpdateContinuousBackups", "UpdateContributorInsights", "UpdateGlobalTableVersion"),
    *("UpdateItem", "UpdateKinesisStreamingDestination", "UpdateTable"),
    *("UpdateTableReplicaAutoScaling", "UpdateTimeToLive", "WriteDataForReplication"),
    # Of exports: the policy in AWS Glue's guide, "Configuring a source for a zero-ETL integration".
    *("DescribeExport", "ListExports"),
    # Of legacy global tables and of bulk operations no page says it for sure.
    *("CreateGlobalTable", "DescribeGlobalTable", "DescribeGlobalTableSettings"),
    *("UpdateGlobalTable", "UpdateGlobalTableSettings"),
    *("CancelBulkOperation", "DescribeBulkOperation", "ListBulkOperations"),
)
OF_STREAMS = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
OF_NO_TABLE = (
    *("CreateTable", "DeleteBackup", "DescribeBackup", "DescribeEndpoints"),
    *("DescribeImport", "DescribeLimits", "DescribeReservedCapacity"),
    *("DescribeReservedCapacityOfferings", "GetAbacStatus", "ImportTable", "ListBackups"),
    *("ListContributorInsights", "ListGlobalTables", "ListImports", "ListTables"),
    *("PurchaseReservedCapacityOfferings", "RestoreTableFromAwsBackup", "RestoreTableFromBackup"),
    "UpdateAbacStatus",
)
"""Of an account, a backup or an import, or of a table that is not there yet."""

ACTIONS = (*_OF_TABLES, *OF_STREAMS, *OF_NO_TABLE)
"""Service Authorization Reference, "Actions defined by Amazon DynamoDB", and the operations on
tables that botocore's model has besides. Which of them a policy takes is said in the Developer
Guide, "DynamoDB API operations supported by resource-based policies"."""

_PARTIQL = "PartiQLSelect, PartiQLInsert, PartiQLUpdate and PartiQLDelete"
RIGHTS_FOR = {
    "TransactGetItems": "GetItem",
    "TransactWriteItems": "PutItem, UpdateItem, DeleteItem and ConditionCheckItem",
    "BatchExecuteStatement": _PARTIQL,
    "ExecuteStatement": _PARTIQL,
    "ExecuteTransaction": _PARTIQL,
}
"""Operations that are no actions: what is allowed is what they do to items."""
