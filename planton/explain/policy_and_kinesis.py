"""What else stands around the table: a resource policy, a stream to Kinesis."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import POLICY_GRAMMAR, api, guide

_TO_KINESIS = api("EnableKinesisStreamingDestination")

POLICY_AND_KINESIS = (
    explain(
        "resource-policy",
        "A resource policy that IAM or DynamoDB would not take",
        """
        The policy is written as YAML with IAM's own keys, whose case counts: `Version`, and
        statements of `Effect`, `Principal`, `Action`, `Resource` and `Condition`. Actions are those
        of DynamoDB on tables; a stream has a policy of its own. An account's id is put in quotes,
        for a bare one is a number. As JSON, in which the policy is sent, it has at most 20 KB.
        Allowing everybody something is refused, unless a condition says who that is, such as
        `aws:PrincipalOrgID`: DynamoDB blocks public access to every table. A key without a value is
        an error here, for what is left out may be all that restricts a grant.

        `${table_arn}` stands for the table's ARN, which nobody knows before there is a table; it is
        replaced in all texts of the policy, and written in any other way it is an error.
        """,
        api("PutResourcePolicy"),
        POLICY_GRAMMAR,
        guide("rbac-considerations", "DynamoDB resource-based policy considerations"),
        bad="""
        spec:
          resourcePolicy:
            policy:
              Version: "2012-10-17"
              Statement:
                - Effect: Allow
                  Principal: {AWS: 444455556666}
                  Action: [dynamodb:GetItem, dynamodb:GetRecords]
                  Resource: ${tableArn}
        """,
        good="""
        spec:
          resourcePolicy:
            policy:
              Version: "2012-10-17"
              Statement:
                - Effect: Allow
                  Principal: {AWS: "444455556666"}
                  Action: [dynamodb:GetItem, dynamodb:Query]
                  Resource: ["${table_arn}", "${table_arn}/index/*"]
        """,
    ),
    explain(
        "kinesis-stream-region",
        "The Kinesis stream is in another region than the table",
        """
        DynamoDB sends changes to a stream of the table's own account and region. To have them
        elsewhere, let a consumer of that stream carry them on.

        It can be checked only where the manifest names `region`.
        """,
        _TO_KINESIS,
        bad="""
        spec:
          region: eu-central-1
          kinesisStreamingDestination:
            streamArn: arn:aws:kinesis:us-east-1:111122223333:stream/changes
        """,
        good="""
        spec:
          region: eu-central-1
          kinesisStreamingDestination:
            streamArn: arn:aws:kinesis:eu-central-1:111122223333:stream/changes
        """,
    ),
    explain(
        "kinesis-stream-arn",
        "Not the ARN of a Kinesis data stream",
        """
        `streamArn` is the whole ARN, with region and account. It is that of a Kinesis data stream:
        the table's own stream, which `streamEnabled` switches on, is another thing, and a delivery
        stream of Firehose is none either. Whether the stream exists, only AWS can tell.
        """,
        _TO_KINESIS,
        bad="""
        spec:
          kinesisStreamingDestination: {streamArn: changes}
        """,
        good="""
        spec:
          kinesisStreamingDestination:
            streamArn: arn:aws:kinesis:eu-central-1:111122223333:stream/changes
        """,
    ),
)
