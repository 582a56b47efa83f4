"""A function of a template has the value that CloudFormation gives it, or says what is open."""

from __future__ import annotations

from typing import Any

import pytest

from planton.adopt.template.document import SHORT_FORMS, sections
from planton.adopt.template.evaluation import Evaluation
from planton.adopt.template.evaluator import MAX_TEXT
from planton.adopt.values import Open, Value
from planton.diagnostics.diagnostic import Source
from planton.document.nodes import Mapping
from planton.document.reader import parse

TEMPLATE = """\
Parameters:
  Stage: {Type: String, Default: dev}
  Zones: {Type: "List<AWS::EC2::AvailabilityZone::Name>", Default: "a, b"}
  Units: {Type: Number, Default: 5}
  Empty: {Type: String, Default: ""}
  Needed: {Type: String}
  Hidden: {Type: String, NoEcho: true, Default: hunter2}
  Kept: {Type: "AWS::SSM::Parameter::Value<String>", Default: /a/b}
  NotAMapping: 1
Mappings:
  Units: {dev: {Reads: 5, Names: [a, b], Block: {a: 1}}}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  IsProd: !Equals [!Ref Stage, prod]
  HasUnits: !Equals [!Ref Units, "5"]
  IsUnknown: !Equals [!Ref Needed, x]
  IsUnknownToo: !Equals [x, !Ref Needed]
  Loop: !Not [!Condition Loop]
  NotMapping: true
  Nothing: !And []
  Strange: !Sub x
  EqualOne: !Equals [a]
  NotTwo: !Not [!Condition IsDev, !Condition IsDev]
  NotUnknown: !Not [!Condition IsUnknown]
Resources:
  Orders: {Type: AWS::DynamoDB::Table, Properties: {TableName: orders}}
  Generated: {Type: AWS::Serverless::SimpleTable}
  Mirror: {Type: AWS::DynamoDB::Table, Properties: {TableName: !Ref Mirror}}
  Key: {Type: AWS::KMS::Key}
  Target:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties: {ResourceId: table/orders, ScalableDimension: d, ServiceNamespace: dynamodb}
  BareTarget: {Type: AWS::ApplicationAutoScaling::ScalableTarget}
  OpenTarget:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties: {ResourceId: !Ref Needed, ScalableDimension: d, ServiceNamespace: dynamodb}
  NoType: {Properties: {}}
"""


def evaluation(**parameters: str) -> Evaluation:
    (root,), _ = parse(Source("template", TEMPLATE), tags=SHORT_FORMS)
    assert isinstance(root, Mapping)
    return Evaluation(sections(root), parameters)


def value(text: str, parameters: dict[str, str] | None = None) -> Any:
    """The value of a node in YAML; an Open if it is open."""
    (node,), problems = parse(Source("value", text), tags=SHORT_FORMS)
    assert problems == []
    found = evaluation(**(parameters or {})).value(node)
    assert found.line
    return plain(found)


def plain(found: Value) -> Any:
    match found.data:
        case list() as items:
            return [plain(item) for item in items]
        case dict() as fields:
            return {key: plain(item) for key, item in fields.items()}
        case data:
            return data


WHERE = {"AWS::Region": "eu-central-1", "AWS::AccountId": "123456789012"}
NEEDED = Open("the parameter 'Needed' has no default: give --parameter Needed=VALUE")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!Ref Stage", "dev"),
        ("{Ref: Stage}", "dev"),
        ("!Ref Units", 5),
        ("!Ref Zones", ["a", "b"]),
        ("!Ref Empty", ""),
        ("!Ref Orders", "orders"),
        ("!Ref Target", "table/orders|d|dynamodb"),
        ("[a, !Ref AWS::NoValue, null, b]", ["a", "b"]),
        ("{a: 1, b: !Ref AWS::NoValue}", {"a": 1}),
        ("!Sub plain", "plain"),
        ('!Sub "${Stage}-${ Units }-${!Name}"', "dev-5-${Name}"),
        ('!Sub ["${A}-${Stage}", {A: !Ref Units}]', "5-dev"),
        ('!Sub ["${Stage}", {Stage: own}]', "own"),
        ('!Join [".", [a, !Ref Stage, 1, true]]', "a.dev.1.true"),
        ('!Join ["", !Ref Zones]', "ab"),
        ('!Split ["-", a-b-c]', ["a", "b", "c"]),
        ('!Select [1, !Split ["-", a-b-c]]', "b"),
        ('!Select ["0", !Ref Zones]', "a"),
        ("!Select [1, [!Ref Needed, b]]", "b"),
        ("!If [IsDev, yes it is, no]", "yes it is"),
        ("!If [IsProd, yes, no it is not]", "no it is not"),
        ("!If [HasUnits, {a: !Ref Stage}, no]", {"a": "dev"}),
        ("!FindInMap [Units, !Ref Stage, Reads]", 5),
        ("!FindInMap [Units, dev, Names]", ["a", "b"]),
        ("!FindInMap [Units, dev, Block]", {"a": 1}),
        ("!FindInMap [Units, test, Reads, {DefaultValue: 3}]", 3),
        ("{Fn::If: a, Fn::Sub: b}", {"Fn::If": "a", "Fn::Sub": "b"}),
        ("{Ref: Stage, Other: 1}", {"Ref": "Stage", "Other": 1}),
    ],
)
def test_a_function_has_the_value_that_cloudformation_gives_it(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("!Ref Needed", NEEDED.reason),
        ('!Sub "a-${Needed}"', NEEDED.reason),
        ('!Join ["-", [a, !Ref Needed]]', NEEDED.reason),
        ('!Join ["-", !Ref Needed]', NEEDED.reason),
        ('!Split ["-", !Ref Needed]', NEEDED.reason),
        ("!Select [0, !Ref Needed]", NEEDED.reason),
        ("!Select [!Ref Needed, [a]]", NEEDED.reason),
        ("!Select [0, [!Ref Needed]]", NEEDED.reason),
        ("!If [IsUnknown, a, b]", NEEDED.reason),
        ("!If [IsUnknownToo, a, b]", NEEDED.reason),
        ("!If [NotUnknown, a, b]", NEEDED.reason),
        ("!FindInMap [Units, !Ref Needed, Reads, {DefaultValue: 3}]", NEEDED.reason),
        ("!FindInMap [!Ref Needed]", NEEDED.reason),
        ("!ImportValue {Ref: Needed}", NEEDED.reason),
        ("!Ref OpenTarget", NEEDED.reason),
        (
            "!Ref Hidden",
            "the parameter 'Hidden' is NoEcho: give --parameter Hidden=VALUE",
        ),
        (
            "!Ref Kept",
            "the parameter 'Kept' is a value in Systems Manager: give --parameter Kept=VALUE",
        ),
        ("!Ref Nowhere", "the template has no parameter or resource 'Nowhere'"),
        ("!Ref NoType", "the template has no parameter or resource 'NoType'"),
        ("!Ref NotAMapping", "the template has no parameter or resource 'NotAMapping'"),
        ("!Ref [a]", "the template has no parameter or resource ''"),
        ("!Ref Key", "AWS chose what 'Key' is called: give --parameter Key=VALUE"),
        ("!Ref Mirror", "'Mirror' refers to itself"),
        ("!Ref BareTarget", "a list or mapping is not part of a string"),
        (
            "!Ref Generated",
            "CloudFormation generated the name: give --parameter Generated=NAME; `aws "
            "cloudformation describe-stack-resource --stack-name STACK --logical-resource-id "
            "Generated --query StackResourceDetail.PhysicalResourceId --output text` shows it",
        ),
        (
            "!Ref AWS::Region",
            "the template does not say AWS::Region: give --parameter AWS::Region=VALUE",
        ),
        (
            "!Ref AWS::Partition",
            "the template does not say AWS::Partition: give --parameter AWS::Partition=VALUE",
        ),
        ("!GetAtt Key.Arn", "only AWS knows 'Key.Arn': give --parameter Key.Arn=VALUE"),
        ("!GetAtt [Key, Arn]", "only AWS knows 'Key.Arn': give --parameter Key.Arn=VALUE"),
        (
            "!GetAtt Orders.Arn",
            "the ARN 'Orders.Arn' needs --parameter AWS::Region=REGION --parameter "
            "AWS::AccountId=ACCOUNT",
        ),
        (
            '!Sub "${Orders.StreamArn}"',
            "only AWS knows 'Orders.StreamArn': give --parameter Orders.StreamArn=VALUE",
        ),
        ("!GetAtt Key", "Fn::GetAtt needs a resource and an attribute"),
        ("!GetAtt {a: 1}", "Fn::GetAtt needs a resource and an attribute"),
        ("!Sub [a, b, c]", "Fn::Sub needs a string"),
        ("!Sub {a: b}", "Fn::Sub needs a string"),
        ('!Sub "${Zones}"', "a list or mapping is not part of a string"),
        ('!Join ["-", [[a]]]', "a list or mapping is not part of a string"),
        ("!Join [a, b]", "Fn::Join needs a delimiter and a list"),
        ("!Join a", "Fn::Join needs a delimiter and a list"),
        ('!Split ["", a]', "Fn::Split needs a delimiter and a string"),
        ("!Split a", "Fn::Split needs a delimiter and a string"),
        ("!Select [2, [a, b]]", "Fn::Select needs the index of an item"),
        ("!Select [-1, [a, b]]", "Fn::Select needs the index of an item"),
        ("!Select [[a], [a, b]]", "Fn::Select needs the index of an item"),
        ("!Select [a]", "Fn::Select needs an index and a list"),
        ("!If [IsDev, a]", "Fn::If needs a condition and two values"),
        ("!If a", "Fn::If needs a condition and two values"),
        ("!If [Nowhere, a, b]", "the template has no condition 'Nowhere'"),
        ("!If [Loop, a, b]", "the condition 'Loop' refers to itself"),
        ("!If [NotMapping, a, b]", "line 19 is not a condition"),
        ("!If [Nothing, a, b]", "line 20 is not a condition: 'Fn::And'"),
        ("!If [Strange, a, b]", "line 21 is not a condition: 'Fn::Sub'"),
        ("!If [EqualOne, a, b]", "line 22 is not a condition: 'Fn::Equals'"),
        ("!If [NotTwo, a, b]", "line 23 is not a condition: 'Fn::Not'"),
        ("!FindInMap [Units, dev]", "Fn::FindInMap needs a map and two keys"),
        ("!FindInMap a", "Fn::FindInMap needs a map and two keys"),
        ("!FindInMap [Units, dev, Writes]", "Fn::FindInMap finds nothing under Units.dev.Writes"),
        ("!FindInMap [No, dev, Writes]", "Fn::FindInMap finds nothing under No.dev.Writes"),
        ("!FindInMap [Units, [a], b]", "Fn::FindInMap finds nothing under Units.?.b"),
        (
            "!FindInMap [Units, test, a, {Other: 1}]",
            "Fn::FindInMap finds nothing under Units.test.a",
        ),
        ("!ImportValue shared-key", "it is an export of another stack: give --parameter "
         "shared-key=VALUE"),
        ("!ImportValue [a]", "Fn::ImportValue needs the name of an export"),
        ("!Base64 a", "'Fn::Base64' is not evaluated"),
        ("!GetAZs us-east-1", "'Fn::GetAZs' is not evaluated"),
        ('"{{resolve:ssm:/a:1}}"', "AWS looks it up: give --parameter "
         "'{{resolve:ssm:/a:1}}=VALUE'"),
        ('!Sub "${Stage}-{{resolve:ssm:/a}}"', "AWS looks it up: give --parameter "
         "'{{resolve:ssm:/a}}=VALUE'"),
    ],
)  # fmt: skip
def test_what_the_template_leaves_open_says_how_to_give_it(text: str, reason: str) -> None:
    assert value(text) == Open(reason)


@pytest.mark.parametrize(
    ("text", "parameters", "expected"),
    [
        ("!Ref Stage", {"Stage": "prod"}, "prod"),
        ("!Ref Zones", {"Zones": "c,d"}, ["c", "d"]),
        ("!Ref Hidden", {"Hidden": "x"}, "x"),
        ("!Ref Kept", {"Kept": "x"}, "x"),
        ("!Ref Generated", {"Generated": "stack-Generated-1"}, "stack-Generated-1"),
        ("!Ref Key", {"Key": "1234"}, "1234"),
        ("!GetAtt Key.Arn", {"Key.Arn": "arn"}, "arn"),
        ("!GetAtt Orders.Arn", {"Orders.Arn": "arn"}, "arn"),
        (
            "!GetAtt Orders.Arn",
            WHERE,
            "arn:aws:dynamodb:eu-central-1:123456789012:table/orders",
        ),
        ("!Ref AWS::Partition", {"AWS::Region": "us-gov-west-1"}, "aws-us-gov"),
        ("!Ref AWS::Partition", {"AWS::Region": "cn-north-1"}, "aws-cn"),
        ("!Ref AWS::Partition", {"AWS::Region": "us-east-1", "AWS::Partition": "x"}, "x"),
        ('!Sub "${AWS::StackName}-a"', {"AWS::StackName": "s"}, "s-a"),
        ("!ImportValue shared", {"shared": "x"}, "x"),
        ('"a {{resolve:ssm:/a}} b"', {"{{resolve:ssm:/a}}": "x"}, "a x b"),
        ("!If [IsDev, a, b]", {"Stage": "prod"}, "b"),
    ],
)
def test_a_parameter_that_is_set_is_the_value(
    text: str, parameters: dict[str, str], expected: Any
) -> None:
    assert value(text, parameters) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("!And [!Condition IsDev, !Condition HasUnits]", True),
        ("!And [!Condition IsDev, !Condition IsProd]", False),
        ("!Or [!Condition IsProd, !Condition IsDev]", True),
        ("!Or [!Condition IsProd, !Condition IsProd]", False),
        ("!And [!Condition IsUnknown, !Condition IsProd]", False),
        ("!Or [!Condition IsUnknown, !Condition IsDev]", True),
        ("!And [!Condition IsUnknown, !Condition IsDev]", NEEDED),
        ("!Or [!Condition IsProd, !Condition IsUnknown]", NEEDED),
        ("!Not [!Equals [a, b]]", True),
        ("!Equals [[a], [b]]", Open("line 25 compares what is not a string")),
        ("!Equals [1, '1']", True),
        ("!Equals [a, {b: c}]", Open("line 25 compares what is not a string")),
    ],
)
def test_one_operand_decides_even_if_another_is_open(condition: str, expected: Any) -> None:
    template = TEMPLATE.replace("Resources:", f"  Asked: {condition}\nResources:")
    (root,), _ = parse(Source("template", template), tags=SHORT_FORMS)
    assert isinstance(root, Mapping)
    assert Evaluation(sections(root), {}).condition("Asked") == expected


def test_a_text_that_grows_without_end_is_open() -> None:
    node, _ = parse(Source("value", '!Join ["-", [!Ref Long, !Ref Long]]'), tags=SHORT_FORMS)
    found = evaluation(Long="x" * MAX_TEXT).value(node[0])
    assert found == Value(Open("it has more than 100,000 characters"), 1)


def test_texts_that_are_too_long_together_are_open() -> None:
    node, _ = parse(Source("value", "[" + "!Ref Long, " * 21 + "]"), tags=SHORT_FORMS)
    found = evaluation(Long="x" * MAX_TEXT).value(node[0]).data
    assert [isinstance(one.data, Open) for one in found] == [False] * 20 + [True]
    assert found[20].data == Open("the functions form more than 2,000,000 characters")


def test_a_table_whose_properties_are_not_a_mapping_has_no_name() -> None:
    template = "Resources: {A: {Type: AWS::DynamoDB::Table, Properties: [1]}}\nMappings: [1]"
    (root,), _ = parse(Source("template", template), tags=SHORT_FORMS)
    assert isinstance(root, Mapping)
    found = Evaluation(sections(root), {}).reference("A").data
    assert isinstance(found, Open)
