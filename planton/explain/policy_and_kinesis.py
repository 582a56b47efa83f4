"""The table's resource policy and its Kinesis destination."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import POLICY_GRAMMAR, api, guide

_TO_KINESIS = api("EnableKinesisStreamingDestination")

POLICY_AND_KINESIS = (
    explain(
        "resource-policy",
        "A resource policy that IAM or DynamoDB would refuse",
        """
        The policy is written as YAML with IAM's own keys, which are case-sensitive: `Version`, and
        statements with `Effect`, `Principal`, `Action`, `Resource` and `Condition`. Only DynamoDB's
        actions on tables are allowed; a stream has its own policy. Quote account ids, because YAML
        reads bare digits as a number. Sent as JSON, the policy may have at most 20 KB. A statement
        that grants something to everybody is refused unless a condition such as
        `aws:PrincipalOrgID` limits who that is: DynamoDB blocks public access to every table. A key
        without a value is an error here, because the missing value may be the only restriction on a
        grant.

        `${table_arn}` stands for the table's ARN, which is unknown until the table exists. It is
        replaced in every string of the policy; any other spelling of it is an error.
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
        DynamoDB sends changes only to a stream in the table's own account and region. To get them
        to another region, have a consumer of that stream forward them.

        This can be checked only if the manifest names `region`.
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
        `streamArn` is the full ARN of a Kinesis data stream, with region and account. The table's
        own stream, which `streamEnabled` turns on, is a different thing, and so is a Firehose
        delivery stream. Only AWS can tell whether the stream exists.
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
