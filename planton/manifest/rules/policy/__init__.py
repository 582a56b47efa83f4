"""The rules of a resource policy: IAM's grammar, and DynamoDB's restrictions."""
