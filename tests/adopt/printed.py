"""What `planton adopt` prints of the plainest table, and what it says to do next."""

MANIFEST = """\
apiVersion: "aws.planton.dev/v1alpha1"
kind: "AwsDynamodb"
metadata:
  name: "orders"
  annotations:
    dynamodb.project-planton.org/import: "true"
spec:
  region: "eu-west-1"
  billingMode: "PAY_PER_REQUEST"
  attributeDefinitions:
  - name: "pk"
    type: "S"
  keySchema:
  - attributeName: "pk"
    keyType: "HASH"
"""
NEXT = """\
next:
  planton validate {0}
  pulumi config set manifest {0}
  pulumi preview
  pulumi up
"""
REMOVE = (
    "The annotation dynamodb.project-planton.org/import makes `pulumi up` import the table instead "
    "of creating one. Remove it after the first update.\n"
)
