"""An AWS account, which is only read: its tables and their settings, through boto3."""
