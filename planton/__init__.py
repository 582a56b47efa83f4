"""Creates one DynamoDB table, with all its features, from one AwsDynamodb manifest."""
