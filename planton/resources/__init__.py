"""The plan transcribed into Pulumi resources. Beside the rehearsal only this knows Pulumi."""
