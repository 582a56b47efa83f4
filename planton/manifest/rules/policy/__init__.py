"""The rules of a resource policy: IAM's grammar, and what DynamoDB takes of it."""
