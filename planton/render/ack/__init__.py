"""The plan as objects of the AWS Controllers for Kubernetes (ACK)."""
