"""The fields of a request's spec. Generated from the models by `./dev docs`."""

from __future__ import annotations

from planton.dialects.request_field import Field, RequestFields

SPEC: RequestFields = {
    "name": Field("tableName", kind="filled", fixed=True),
    "region": Field("region", fixed=True),
    "attributeDefinitions": Field(
        "attributeDefinitions",
        below={
            "name": Field("name"),
            "type": Field("type", kind="enum"),
        },
    ),
    "keySchema": Field(
        "keySchema",
        fixed=True,
        below={
            "attributeName": Field("attributeName"),
            "keyType": Field("keyType", kind="enum"),
        },
    ),
    "billingMode": Field("billingMode", kind="enum", default="PAY_PER_REQUEST"),
    "provisioned": Field(
        "provisionedThroughput",
        below={
            "readCapacity": Field("readCapacityUnits", kind="number", bounds=(1, 40000), default=5),
            "writeCapacity": Field(
                "writeCapacityUnits", kind="number", bounds=(1, 40000), default=5
            ),
        },
    ),
    "onDemandThroughput": Field(
        "onDemandThroughput",
        below={
            "maxReadRequestUnits": Field("maxReadRequestUnits", kind="number"),
            "maxWriteRequestUnits": Field("maxWriteRequestUnits", kind="number"),
        },
    ),
    "globalSecondaryIndexes": Field(
        "globalSecondaryIndexes",
        below={
            "name": Field("name"),
            "keySchema": Field(
                "keySchema",
                below={
                    "attributeName": Field("attributeName"),
                    "keyType": Field("keyType", kind="enum"),
                },
            ),
            "projection": Field(
                "projection",
                below={
                    "type": Field("type", kind="enum"),
                    "nonKeyAttributes": Field("nonKeyAttributes"),
                },
            ),
            "provisioned": Field(
                "provisionedThroughput",
                below={
                    "readCapacity": Field(
                        "readCapacityUnits", kind="number", bounds=(1, 40000), default=5
                    ),
                    "writeCapacity": Field(
                        "writeCapacityUnits", kind="number", bounds=(1, 40000), default=5
                    ),
                },
            ),
            "onDemandThroughput": Field(
                "onDemandThroughput",
                below={
                    "maxReadRequestUnits": Field("maxReadRequestUnits", kind="number"),
                    "maxWriteRequestUnits": Field("maxWriteRequestUnits", kind="number"),
                },
            ),
            "autoscaling": Field(
                "autoscaling",
                below={
                    "enabled": Field("enabled", kind="bool"),
                    "read": Field(
                        "read",
                        below={
                            "minCapacity": Field("minCapacity", kind="number"),
                            "maxCapacity": Field("maxCapacity", kind="number"),
                            "targetUtilizationPercent": Field(
                                "targetUtilizationPercent", kind="number"
                            ),
                            "scaleInCooldownSeconds": Field(
                                "scaleInCooldownSeconds", kind="number"
                            ),
                            "scaleOutCooldownSeconds": Field(
                                "scaleOutCooldownSeconds", kind="number"
                            ),
                        },
                    ),
                    "write": Field(
                        "write",
                        below={
                            "minCapacity": Field("minCapacity", kind="number"),
                            "maxCapacity": Field("maxCapacity", kind="number"),
                            "targetUtilizationPercent": Field(
                                "targetUtilizationPercent", kind="number"
                            ),
                            "scaleInCooldownSeconds": Field(
                                "scaleInCooldownSeconds", kind="number"
                            ),
                            "scaleOutCooldownSeconds": Field(
                                "scaleOutCooldownSeconds", kind="number"
                            ),
                        },
                    ),
                },
            ),
        },
    ),
    "localSecondaryIndexes": Field(
        "localSecondaryIndexes",
        fixed=True,
        below={
            "name": Field("name"),
            "keySchema": Field(
                "keySchema",
                below={
                    "attributeName": Field("attributeName"),
                    "keyType": Field("keyType", kind="enum"),
                },
            ),
            "projection": Field(
                "projection",
                below={
                    "type": Field("type", kind="enum"),
                    "nonKeyAttributes": Field("nonKeyAttributes"),
                },
            ),
        },
    ),
    "ttl": Field(
        "ttl",
        below={
            "enabled": Field("enabled", kind="bool"),
            "attributeName": Field("attributeName", kind="filled"),
        },
    ),
    "streamEnabled": Field("streamEnabled", kind="bool"),
    "streamViewType": Field("streamViewType", kind="enum"),
    "pointInTimeRecovery": Field(
        "pointInTimeRecovery",
        below={
            "enabled": Field("enabled", kind="bool"),
        },
    ),
    "serverSideEncryption": Field(
        "serverSideEncryption",
        below={
            "enabled": Field("enabled", kind="bool"),
            "kmsKeyArn": Field("kmsKeyArn", kind="filled"),
        },
    ),
    "tableClass": Field("tableClass", kind="enum"),
    "deletionProtectionEnabled": Field("deletionProtectionEnabled", kind="bool"),
    "deletionPolicy": Field("deletionPolicy", kind="enum"),
    "contributorInsights": Field(
        "contributorInsights",
        below={
            "enabled": Field("enabled", kind="bool"),
        },
    ),
    "autoscaling": Field(
        "autoscaling",
        below={
            "enabled": Field("enabled", kind="bool"),
            "read": Field(
                "read",
                below={
                    "minCapacity": Field("minCapacity", kind="number"),
                    "maxCapacity": Field("maxCapacity", kind="number"),
                    "targetUtilizationPercent": Field("targetUtilizationPercent", kind="number"),
                    "scaleInCooldownSeconds": Field("scaleInCooldownSeconds", kind="number"),
                    "scaleOutCooldownSeconds": Field("scaleOutCooldownSeconds", kind="number"),
                },
            ),
            "write": Field(
                "write",
                below={
                    "minCapacity": Field("minCapacity", kind="number"),
                    "maxCapacity": Field("maxCapacity", kind="number"),
                    "targetUtilizationPercent": Field("targetUtilizationPercent", kind="number"),
                    "scaleInCooldownSeconds": Field("scaleInCooldownSeconds", kind="number"),
                    "scaleOutCooldownSeconds": Field("scaleOutCooldownSeconds", kind="number"),
                },
            ),
        },
    ),
    "resourcePolicy": Field(
        "resourcePolicy",
        below={
            "policy": Field("policy", kind="document"),
        },
    ),
    "replicas": Field(
        "replicas",
        below={
            "regionName": Field("regionName"),
            "kmsKeyArn": Field("kmsKeyArn", kind="filled"),
        },
    ),
    "tags": Field("tags", kind="tags"),
}
