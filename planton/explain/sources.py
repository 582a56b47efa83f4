"""The pages that explanations refer to."""

from __future__ import annotations

from planton.explain.explanation import Reference

_API = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/"
_GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
_YAML = "https://yaml.org/spec/1.2.2/"


def contract(rule: str) -> Reference:
    """A rule of the manifest's own contract, by its id."""
    return Reference(f"the manifest's contract, {rule}")


def api(page: str, what: str = "") -> Reference:
    """A page of the DynamoDB API reference, and what of it: an operation or a type."""
    return Reference(f"DynamoDB API, {page}{', ' * bool(what)}{what}", f"{_API}API_{page}.html")


def guide(page: str, title: str) -> Reference:
    """A page of the DynamoDB Developer Guide."""
    return Reference(f"DynamoDB Developer Guide, {title}", f"{_GUIDE}{page}.html")


def yaml(anchor: str, title: str) -> Reference:
    """A section of the YAML specification."""
    return Reference(f"YAML 1.2.2, {title}", f"{_YAML}#{anchor}")


CREATE_TABLE = api("CreateTable")
QUOTAS = guide("ServiceQuotas", "Service, account and table quotas")
NAMES = guide("HowItWorks.NamingRulesDataTypes", "Naming rules and data types")
