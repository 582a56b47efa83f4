"""What Ref and Fn::GetAtt return."""

from __future__ import annotations

from planton.adopt.template.document import Resource, literal, text_of
from planton.adopt.template.evaluator import Evaluator, give, joined, left_open
from planton.adopt.values import ABSENT, Value
from planton.diagnostics.diagnostic import printable, quote
from planton.document.nodes import Mapping

TABLE = "AWS::DynamoDB::Table"
GLOBAL_TABLE = "AWS::DynamoDB::GlobalTable"
SIMPLE_TABLE = "AWS::Serverless::SimpleTable"
TABLES = (TABLE, GLOBAL_TABLE, SIMPLE_TABLE)
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"

REGION = "AWS::Region"
"""The pseudo parameter for the region of the stack."""

_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
_FROM_SYSTEMS_MANAGER = "AWS::SSM::Parameter::Value"


def refer(evaluator: Evaluator, name: str) -> Value:
    """The value of `Ref`: of a parameter, of a pseudo parameter, or a resource's name."""
    given = evaluator.given(name)
    if (parameter := evaluator.template.parameters.get(name)) is not None:
        return _parameter(name, parameter, given)
    if given is not None:
        return Value(given)
    if name.startswith("AWS::"):
        return _pseudo_parameter(evaluator, name)
    if resource := evaluator.template.resources.get(name):
        return _resource(evaluator, resource)
    return left_open(f"the template has no parameter or resource {quote(name)}")


def attribute(evaluator: Evaluator, name: str, of: str, line: int | None) -> Value:
    """The value of `Fn::GetAtt`."""
    key = f"{name}.{of}"
    given = evaluator.given(key)
    if given is not None:
        return Value(given, line)
    resource = evaluator.template.resources.get(name)
    if resource and resource.type in TABLES and of == "Arn":
        table = evaluator.reference(name).data
        arn = arn_of(evaluator, "dynamodb", f"table/{table}")
        if isinstance(table, str) and arn:
            return Value(arn, line)
        where = "--parameter AWS::Region=REGION --parameter AWS::AccountId=ACCOUNT"
        return left_open(f"the ARN {quote(key)} needs {where}", line)
    return left_open(f"only AWS knows {quote(key)}: {give(key)}", line)


def arn_of(evaluator: Evaluator, service: str, resource: str) -> str | None:
    """The ARN of a resource in the stack's account and region, if both are given."""
    where = [
        evaluator.reference(f"AWS::{part}").data for part in ("Partition", "Region", "AccountId")
    ]
    if not all(isinstance(part, str) for part in where):
        return None
    partition, region, account = where
    return f"arn:{partition}:{service}:{region}:{account}:{resource}"


def _parameter(name: str, parameter: Mapping, given: str | None) -> Value:
    kind = text_of(parameter.get("Type"))
    default = literal(parameter.get("Default")).data
    what = f"the parameter {quote(name)}"
    if given is None:
        if kind.startswith(_FROM_SYSTEMS_MANAGER):
            return left_open(f"{what} is a value in Systems Manager: {give(name)}")
        if text_of(parameter.get("NoEcho")).lower() == "true":
            return left_open(f"{what} is NoEcho: {give(name)}")
        if default is None:
            return left_open(f"{what} has no default: {give(name)}")
    value = default if given is None else given
    if "List" in kind:
        return Value([Value(part.strip()) for part in str(value).split(",")])
    return Value(value)


def _pseudo_parameter(evaluator: Evaluator, name: str) -> Value:
    if name == "AWS::NoValue":
        return ABSENT
    region = evaluator.given(REGION)
    if name == "AWS::Partition" and region:
        partitions = (found for start, found in _PARTITIONS.items() if region.startswith(start))
        return Value(next(partitions, "aws"))
    return left_open(f"the template does not say {name}: {give(name)}")


def _resource(evaluator: Evaluator, resource: Resource) -> Value:
    if resource.type == TARGET:
        properties = evaluator.value(resource.properties).data
        keys = ("ResourceId", "ScalableDimension", "ServiceNamespace")
        fields = properties if isinstance(properties, dict) else {}
        return joined([fields.get(key, ABSENT) for key in keys], "|", None)
    if resource.type not in TABLES:
        return left_open(f"AWS chose what {quote(resource.id)} is called: {give(resource.id)}")
    properties_node = resource.properties
    named = properties_node.get("TableName") if isinstance(properties_node, Mapping) else None
    found = evaluator.value(named)
    if found.data is not None:
        return found
    return left_open(
        f"CloudFormation generated the name: {give(resource.id, 'NAME')}; `aws cloudformation "
        f"describe-stack-resource --stack-name STACK --logical-resource-id {printable(resource.id)}"
        " --query StackResourceDetail.PhysicalResourceId --output text` shows it"
    )
