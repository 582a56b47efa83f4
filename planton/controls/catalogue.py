"""The controls: what each asks of a table, how severe its source calls it, and how it is checked.

The command, docs/controls.md and its tests take these facts from here.
"""

from __future__ import annotations

from functools import partial

from planton.controls import checks, scaling
from planton.controls.control import Control, Outcome, Profile, Subject, Verdict

REQUIRED_TAG_KEYS = "requiredTagKeys"
MAX_REQUIRED_TAGS = 6
"""Keys that the control takes (Security Hub, DynamoDB.5)."""

_SECURITY_HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/dynamodb-controls.html"
_CONTROL_TOWER = (
    "https://docs.aws.amazon.com/controltower/latest/controlreference/dynamodb-rules.html"
)
_CHECKOV = "https://github.com/bridgecrewio/checkov/blob/main/checkov"

_BOTH = "of the table and of each replica"


def _cannot_say(_: Subject, *, verdict: Verdict, note: str) -> Outcome:
    return Outcome(verdict, note=note)


_DAX = "a manifest creates no DynamoDB Accelerator (DAX) cluster"
_about_dax = partial(_cannot_say, verdict=Verdict.NOT_APPLICABLE, note=_DAX)
_BACKUP = (
    "backup plans are not part of a manifest: AWS Config's rule "
    "dynamodb-resources-protected-by-backup-plan shows it, and so do the resources and tags that "
    "the plans of the account select"
)
_backed_up = partial(_cannot_say, verdict=Verdict.NOT_VISIBLE, note=_BACKUP)

FSBP = Profile(
    "fsbp",
    "AWS Foundational Security Best Practices (Security Hub)",
    _SECURITY_HUB,
    (
        Control(
            "DynamoDB.1",
            "Capacity follows demand",
            "`PAY_PER_REQUEST`; or `PROVISIONED` with autoscaling of both reads and writes of the "
            "table and each global index, in every region",
            f"{_SECURITY_HUB}#dynamodb-1",
            scaling.scales,
            "medium",
        ),
        Control(
            "DynamoDB.2",
            "Point-in-time recovery",
            f"point-in-time recovery {_BOTH} is on",
            f"{_SECURITY_HUB}#dynamodb-2",
            checks.recovery,
            "medium",
        ),
        Control(
            "DynamoDB.3",
            "DAX clusters are encrypted at rest",
            _DAX,
            f"{_SECURITY_HUB}#dynamodb-3",
            _about_dax,
            "medium",
            Verdict.NOT_APPLICABLE,
        ),
        Control(
            "DynamoDB.4",
            "Table is in a backup plan",
            _BACKUP,
            f"{_SECURITY_HUB}#dynamodb-4",
            _backed_up,
            "medium",
            Verdict.NOT_VISIBLE,
        ),
        Control(
            "DynamoDB.5",
            "Table is tagged",
            "the table and each replica have a tag, or all that `--required-tags` names; the tags "
            "that the program adds, such as `Name`, count",
            f"{_SECURITY_HUB}#dynamodb-5",
            checks.tags,
            "low",
        ),
        Control(
            "DynamoDB.6",
            "Deletion protection",
            f"deletion protection {_BOTH} is on",
            f"{_SECURITY_HUB}#dynamodb-6",
            checks.deletion_protection,
            "medium",
        ),
        Control(
            "DynamoDB.7",
            "DAX clusters are encrypted in transit",
            _DAX,
            f"{_SECURITY_HUB}#dynamodb-7",
            _about_dax,
            "medium",
            Verdict.NOT_APPLICABLE,
        ),
    ),
)

CONTROL_TOWER = Profile(
    "control-tower",
    "AWS Control Tower, proactive controls",
    _CONTROL_TOWER,
    (
        Control(
            "CT.DYNAMODB.PR.1",
            "Point-in-time recovery",
            f"point-in-time recovery {_BOTH} is on",
            f"{_CONTROL_TOWER}#ct-dynamodb-pr-1-description",
            checks.recovery,
        ),
        Control(
            "CT.DYNAMODB.PR.2",
            "Encryption with a KMS key",
            "`serverSideEncryption` is enabled, with `aws/dynamodb` or your own key",
            f"{_CONTROL_TOWER}#ct-dynamodb-pr-2-description",
            checks.any_kms_key,
        ),
    ),
)

CHECKOV = Profile(
    "checkov",
    "Checkov",
    "https://www.checkov.io",
    (
        Control(
            "CKV_AWS_28",
            "Point-in-time recovery of the table",
            "point-in-time recovery of the table is on; of its replicas, see CKV_AWS_165",
            f"{_CHECKOV}/terraform/checks/resource/aws/DynamodbRecovery.py",
            checks.recovery_of_table,
        ),
        Control(
            "CKV_AWS_47",
            "DAX clusters are encrypted at rest",
            _DAX,
            f"{_CHECKOV}/terraform/checks/resource/aws/DAXEncryption.py",
            _about_dax,
            constant=Verdict.NOT_APPLICABLE,
        ),
        Control(
            "CKV_AWS_119",
            "Encryption with a customer managed key",
            "`serverSideEncryption` is enabled, and `kmsKeyArn` of the table and of each replica "
            "names a key other than `aws/dynamodb`; of a reference the key is not visible",
            f"{_CHECKOV}/terraform/checks/resource/aws/DynamoDBTablesEncrypted.py",
            checks.customer_key,
        ),
        Control(
            "CKV_AWS_165",
            "Point-in-time recovery of a global table",
            f"point-in-time recovery {_BOTH} is on; not applicable without replicas. Checkov "
            "itself looks at the first replica only",
            f"{_CHECKOV}/cloudformation/checks/resource/aws/DynamodbGlobalTableRecovery.py",
            checks.recovery_of_global_table,
        ),
        Control(
            "CKV_AWS_239",
            "DAX clusters are encrypted in transit",
            _DAX,
            f"{_CHECKOV}/terraform/checks/resource/aws/DAXEndpointTLS.py",
            _about_dax,
            constant=Verdict.NOT_APPLICABLE,
        ),
        Control(
            "CKV2_AWS_16",
            "Autoscaling, or on-demand",
            "`PAY_PER_REQUEST`; or `PROVISIONED` with autoscaling of at least one dimension: "
            "DynamoDB.1 asks for both",
            f"{_CHECKOV}/terraform/checks/graph_checks/aws/AutoScalingEnableOnDynamoDBTables.yaml",
            scaling.scales_somewhere,
        ),
    ),
)

PROFILES = {profile.name: profile for profile in (FSBP, CONTROL_TOWER, CHECKOV)}
"""The profiles by name, in the order in which they are shown."""
