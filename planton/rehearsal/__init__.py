"""Runs the real program against an emulated AWS: no account, no network, no Pulumi CLI."""
