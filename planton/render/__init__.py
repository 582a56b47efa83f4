"""The plan in other forms than Pulumi's."""
