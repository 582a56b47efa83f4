"""Tables in the state of Terraform or of a Pulumi stack."""
