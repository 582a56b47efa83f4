"""The region in which a table that names none is checked."""

import pytest

from planton.reading.region_choice import fitting_region
from tests.loading import load

MANIFEST = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {name: orders}
spec:
  billingMode: PAY_PER_REQUEST
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
"""
STREAM = "  streamEnabled: true\n  streamViewType: NEW_AND_OLD_IMAGES\n"
KEY = "arn:aws:kms:eu-north-1:111122223333:key/abc"
CHANGES = "arn:aws:kinesis:sa-east-1:111122223333:stream/changes"


@pytest.mark.parametrize(
    ("spec", "region"),
    [
        ("", "us-east-1"),
        (f"  serverSideEncryption: {{enabled: true, kmsKeyArn: '{KEY}'}}\n", "eu-north-1"),
        ("  serverSideEncryption: {enabled: true}\n", "us-east-1"),
        (f"  kinesisStreamingDestination: {{streamArn: '{CHANGES}'}}\n", "sa-east-1"),
        (f"{STREAM}  replicas: [{{regionName: us-east-1}}]\n", "eu-west-1"),
        (
            f"{STREAM}  replicas: [{{regionName: us-east-1, consistencyMode: STRONG}}]\n"
            "  globalTableWitness: {regionName: us-east-2}\n",
            "eu-west-1",
        ),
    ],
)
def test_a_table_without_a_region_is_checked_in_one_that_fits(spec: str, region: str) -> None:
    assert fitting_region(load(MANIFEST + spec, filename="x.yaml").manifest) == region
