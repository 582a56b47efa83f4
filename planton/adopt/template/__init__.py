"""Tables in a CloudFormation or SAM template."""
