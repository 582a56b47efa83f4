"""One AwsDynamodb manifest in, one DynamoDB table with everything around it out."""
