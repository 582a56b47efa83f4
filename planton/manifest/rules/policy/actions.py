"""The actions of DynamoDB, and which of them the policy of a table or of a stream accepts."""

from __future__ import annotations

OF_A_TABLE = (
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
    # Exports: the policy in AWS Glue's guide, "Configuring a source for a zero-ETL integration".
    *("DescribeExport", "ListExports"),
    # The documentation is unclear about legacy global tables and bulk operations.
    *("CreateGlobalTable", "DescribeGlobalTable", "DescribeGlobalTableSettings"),
    *("UpdateGlobalTable", "UpdateGlobalTableSettings"),
    *("CancelBulkOperation", "DescribeBulkOperation", "ListBulkOperations"),
)
OF_STREAMS = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
OF_A_STREAM = (
    *("DescribeStream", "GetRecords", "GetShardIterator"),
    *("DeleteResourcePolicy", "GetResourcePolicy", "PutResourcePolicy"),
)
"""What a stream's policy accepts: not ListStreams (Developer Guide, "DynamoDB API operations
supported by resource-based policies")."""

OF_NO_TABLE = (
    *("CreateTable", "DeleteBackup", "DescribeBackup", "DescribeEndpoints"),
    *("DescribeImport", "DescribeLimits", "DescribeReservedCapacity"),
    *("DescribeReservedCapacityOfferings", "GetAbacStatus", "ImportTable", "ListBackups"),
    *("ListContributorInsights", "ListGlobalTables", "ListImports", "ListTables"),
    *("PurchaseReservedCapacityOfferings", "RestoreTableFromAwsBackup", "RestoreTableFromBackup"),
    "UpdateAbacStatus",
)
"""Actions on an account, a backup or an import, or on a table that does not exist yet."""

ACROSS_ACCOUNTS = (
    *("BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "GetItem"),
    *("PutItem", "Query", "Scan", "UpdateItem"),
    *("DescribeTable", "UpdateTable", "ListTagsOfResource", "TagResource", "UntagResource"),
)
"""What a table's policy can allow another account, of what roles have: no PartiQL and no settings
but UpdateTable's (Developer Guide, "DynamoDB API operations supported by resource-based
policies")."""

STREAM_ACROSS_ACCOUNTS = ("DescribeStream", "GetRecords", "GetShardIterator")
"""What a stream's policy can allow another account, by the same page."""

ACTIONS = (*OF_A_TABLE, *OF_STREAMS, *OF_NO_TABLE)
"""Service Authorization Reference, "Actions defined by Amazon DynamoDB", and further operations on
tables from botocore's model. The Developer Guide lists which of them a policy accepts, in "DynamoDB
API operations supported by resource-based policies"."""

_PARTIQL = "PartiQLSelect, PartiQLInsert, PartiQLUpdate and PartiQLDelete"
ACTIONS_FOR = {
    "TransactGetItems": "GetItem",
    "TransactWriteItems": "PutItem, UpdateItem, DeleteItem and ConditionCheckItem",
    "BatchExecuteStatement": _PARTIQL,
    "ExecuteStatement": _PARTIQL,
    "ExecuteTransaction": _PARTIQL,
}
"""Operations that are not actions, and the actions that allow them."""
