"""The types of resources that hold data, and what is gone when such a resource is deleted.

Only AWS, and what stands for a table of AWS in Kubernetes. A type is listed if deleting the
resource deletes what others wrote to it, or makes it unreadable. Not listed is what a program can
create again as it was (a policy, an alarm, a role), and what is often replaced and keeps nothing
but its disk (an EC2 instance).
"""

from __future__ import annotations

from collections.abc import Mapping

DATA: Mapping[str, tuple[str, ...]] = {
    "the items of a table": (
        "aws:dynamodb:Table",
        "aws:dynamodb:GlobalTable",
        "aws-native:dynamodb:Table",
        "aws-native:dynamodb:GlobalTable",
        "kubernetes:dynamodb.services.k8s.aws:Table",
        "kubernetes:dynamodb.aws.upbound.io:Table",
        "kubernetes:dynamodb.aws.m.upbound.io:Table",
        "kubernetes:dynamodb.kratix.io:DynamoDBRequest",
        "aws:keyspaces:Keyspace",
        "aws:keyspaces:Table",
        "aws-native:cassandra:Keyspace",
        "aws-native:cassandra:Table",
        "aws:s3tables:TableBucket",
        "aws:s3tables:Table",
        "aws-native:s3tables:TableBucket",
        "aws-native:s3tables:Table",
    ),
    "the items of a table in one region": ("aws:dynamodb:TableReplica",),
    "an index, without which its queries fail until it is rebuilt": (
        "aws:dynamodb:GlobalSecondaryIndex",
    ),
    "objects, or archives": (
        "aws:s3:Bucket",
        "aws:s3:BucketV2",
        "aws:s3:DirectoryBucket",
        "aws:s3control:Bucket",
        "aws-native:s3:Bucket",
        "aws-native:s3express:DirectoryBucket",
        "aws:lightsail:Bucket",
        "aws:glacier:Vault",
        "aws:s3:VectorsVectorBucket",
        "aws:s3:VectorsIndex",
        "aws:cloudwatch:EventArchive",
        "aws:mailmanager:Archive",
    ),
    "a database": (
        "aws:rds:Instance",
        "aws:rds:Cluster",
        "aws-native:rds:DbInstance",
        "aws-native:rds:DbCluster",
        "aws:docdb:Cluster",
        "aws:docdb:ElasticCluster",
        "aws-native:docdb:DbCluster",
        "aws-native:docdbelastic:Cluster",
        "aws:neptune:Cluster",
        "aws-native:neptune:DbCluster",
        "aws:redshift:Cluster",
        "aws-native:redshift:Cluster",
        "aws:redshiftserverless:Namespace",
        "aws-native:redshiftserverless:Namespace",
        "aws:dsql:Cluster",
        "aws-native:dsql:Cluster",
        "aws:timestreamwrite:Database",
        "aws:timestreamwrite:Table",
        "aws-native:timestream:Database",
        "aws-native:timestream:Table",
        "aws:timestreaminfluxdb:DbCluster",
        "aws:timestreaminfluxdb:DbInstance",
        "aws-native:timestream:InfluxDbInstance",
        "aws:qldb:Ledger",
        "aws-native:qldb:Ledger",
        "aws:lightsail:Database",
        "aws:finspace:KxDatabase",
        "aws:neptunegraph:Graph",
        "aws-native:neptunegraph:Graph",
        "aws:odb:AutonomousDatabase",
        "aws:customerprofiles:Domain",
        "aws-native:customerprofiles:Domain",
        "aws:cloudfront:KeyValueStore",
        "aws-native:cloudfront:KeyValueStore",
    ),
    "a cache that may be the only place of its data": (
        "aws:elasticache:Cluster",
        "aws:elasticache:ReplicationGroup",
        "aws:elasticache:ServerlessCache",
        "aws-native:elasticache:CacheCluster",
        "aws-native:elasticache:ReplicationGroup",
        "aws-native:elasticache:ServerlessCache",
        "aws:memorydb:Cluster",
        "aws-native:memorydb:Cluster",
    ),
    "search indexes": (
        "aws:opensearch:Domain",
        "aws:opensearch:ServerlessCollection",
        "aws-native:opensearchservice:Domain",
        "aws-native:opensearchserverless:Collection",
        "aws:elasticsearch:Domain",
        "aws-native:elasticsearch:Domain",
        "aws:cloudsearch:Domain",
        "aws:kendra:Index",
        "aws-native:kendra:Index",
    ),
    "files": (
        "aws:efs:FileSystem",
        "aws-native:efs:FileSystem",
        "aws:fsx:LustreFileSystem",
        "aws:fsx:OntapFileSystem",
        "aws:fsx:OntapVolume",
        "aws:fsx:OpenZfsFileSystem",
        "aws:fsx:OpenZfsVolume",
        "aws:fsx:WindowsFileSystem",
        "aws:finspace:KxVolume",
        "aws:s3:FilesFileSystem",
        "aws:sagemaker:Domain",
        "aws-native:sagemaker:Domain",
    ),
    "a disk": (
        "aws:ebs:Volume",
        "aws-native:ec2:Volume",
        "aws:lightsail:Disk",
        "aws:lightsail:Instance",
        "aws:workspaces:Workspace",
        "aws:storagegateway:CachesIscsiVolume",
        "aws:storagegateway:StoredIscsiVolume",
        "kubernetes:core:PersistentVolumeClaim",
    ),
    "backups": (
        "aws:backup:Vault",
        "aws:backup:LogicallyAirGappedVault",
        "aws-native:backup:BackupVault",
        "aws-native:backup:LogicallyAirGappedBackupVault",
        "aws:ebs:Snapshot",
        "aws:rds:Snapshot",
        "aws:rds:SnapshotCopy",
        "aws:rds:ClusterSnapshot",
        "aws:rds:ClusterSnapshotCopy",
        "aws:docdb:ClusterSnapshot",
        "aws:neptune:ClusterSnapshot",
        "aws:redshift:ClusterSnapshot",
        "aws:redshiftserverless:Snapshot",
        "aws:memorydb:Snapshot",
        "aws:fsx:Backup",
        "aws:fsx:OpenZfsSnapshot",
    ),
    "a key: what is encrypted with it can never be read again": (
        "aws:kms:Key",
        "aws:kms:ExternalKey",
        "aws:kms:ReplicaKey",
        "aws:kms:ReplicaExternalKey",
        "aws:kms:CustomKeyStore",
        "aws:cloudhsmv2:Cluster",
        "aws-native:kms:Key",
        "aws-native:kms:ReplicaKey",
    ),
    "a secret": ("aws:secretsmanager:Secret", "aws-native:secretsmanager:Secret"),
    "messages that no one has read yet": (
        "aws:sqs:Queue",
        "aws-native:sqs:Queue",
        "aws:mq:Broker",
        "aws-native:amazonmq:Broker",
        "aws:kinesis:Stream",
        "aws:kinesis:VideoStream",
        "aws-native:kinesis:Stream",
        "aws-native:kinesisvideo:Stream",
        "aws:msk:Cluster",
        "aws:msk:ServerlessCluster",
        "aws-native:msk:Cluster",
        "aws-native:msk:ServerlessCluster",
    ),
    "logs or metrics": (
        "aws:cloudwatch:LogGroup",
        "aws-native:logs:LogGroup",
        "aws:cloudtrail:EventDataStore",
        "aws-native:cloudtrail:EventDataStore",
        "aws:amp:Workspace",
        "aws-native:aps:Workspace",
        "aws:grafana:Workspace",
        "aws-native:grafana:Workspace",
    ),
    "images, packages or source code": (
        "aws:ecr:Repository",
        "aws:ecrpublic:Repository",
        "aws-native:ecr:Repository",
        "aws-native:ecr:PublicRepository",
        "aws:codecommit:Repository",
        "aws:codecatalyst:SourceRepository",
        "aws-native:codecommit:Repository",
        "aws:codeartifact:Domain",
        "aws:codeartifact:Repository",
        "aws-native:codeartifact:Domain",
        "aws-native:codeartifact:Repository",
    ),
    "users with their passwords": (
        "aws:cognito:UserPool",
        "aws-native:cognito:UserPool",
        "aws:directoryservice:Directory",
    ),
    "what machine learning works with": (
        "aws:rekognition:Collection",
        "aws-native:rekognition:Collection",
        "aws:sagemaker:FeatureGroup",
        "aws-native:sagemaker:FeatureGroup",
    ),
    "whatever is in it": (
        "aws:cloudformation:Stack",
        "aws-native:cloudformation:Stack",
        "aws:cloudcontrol:Resource",
        "aws-native:index:ExtensionResource",
    ),
}
"""What is gone → the types of resources that hold it, as `PACKAGE:MODULE:TYPE`."""

DATA_TYPES: Mapping[str, str] = {type: what for what, types in DATA.items() for type in types}
"""`PACKAGE:MODULE:TYPE` → what a resource of the type holds."""

_BY_TOKEN = {type.lower(): what for type, what in DATA_TYPES.items()}


def held_data(token: str) -> str | None:
    """What a resource of this type holds, as `DATA_TYPES` says it; None if it holds no data.

    `token` is Pulumi's, such as `aws:dynamodb/table:Table` or `aws-native:dynamodb:Table`, of any
    version of the provider: the file behind the module and the case of letters do not matter.
    """
    package, _, rest = token.partition(":")
    module, _, name = rest.rpartition(":")
    return _BY_TOKEN.get(f"{package}:{module.partition('/')[0]}:{name}".lower())
