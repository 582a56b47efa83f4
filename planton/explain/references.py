"""The pages that explanations refer to."""

from __future__ import annotations

from planton.explain.explanation import Reference

_API = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/"
_GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
_YAML = "https://yaml.org/spec/1.2.2/"

PROGRAM = Reference("a rule of this program")
"""The source of rules that neither AWS nor the contract requires."""


def contract(rule: str) -> Reference:
    """A rule of the manifest's own contract, named by its id or its subject."""
    return Reference(f"the manifest's contract: {rule}")


def api(page: str) -> Reference:
    """The page of an operation or a type in the DynamoDB API reference."""
    return Reference(f"DynamoDB API Reference: {page}", f"{_API}API_{page}.html")


def guide(page: str, title: str) -> Reference:
    """A page of the DynamoDB Developer Guide."""
    return Reference(f"DynamoDB Developer Guide: {title}", f"{_GUIDE}{page}.html")


def yaml(anchor: str, title: str) -> Reference:
    """A section of the YAML specification."""
    return Reference(f"YAML 1.2.2: {title}", f"{_YAML}#{anchor}")


CREATE_TABLE = api("CreateTable")
NAMES = guide("HowItWorks.NamingRulesDataTypes", "Naming rules and data types")
QUOTAS = guide("ServiceQuotas", "Service, account and table quotas")
SCALABLE_TARGET = Reference(
    "Application Auto Scaling API Reference: RegisterScalableTarget",
    "https://docs.aws.amazon.com/autoscaling/application/APIReference/"
    "API_RegisterScalableTarget.html",
)
SCHEDULED_ACTION = Reference(
    "Application Auto Scaling API Reference: PutScheduledAction",
    "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html",
)
SCHEDULED_SCALING = Reference(
    "Application Auto Scaling User Guide: Scheduled scaling using cron expressions",
    "https://docs.aws.amazon.com/autoscaling/application/userguide/"
    "scheduled-scaling-using-cron-expressions.html",
)
CRON = Reference(
    "EventBridge User Guide: Cron expressions reference",
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html",
)
RATE = Reference(
    "EventBridge User Guide: Rate expressions reference",
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rate-expressions.html",
)
BUCKETS = Reference(
    "Amazon S3 User Guide: General purpose bucket naming rules",
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
)
POLICY_GRAMMAR = Reference(
    "IAM User Guide: Grammar of the IAM JSON policy language",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
)
KMS_REGIONS = Reference(
    "AWS KMS Developer Guide: Multi-Region keys",
    "https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html",
)
