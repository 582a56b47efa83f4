"""The plan as managed resources of Crossplane's AWS provider."""
