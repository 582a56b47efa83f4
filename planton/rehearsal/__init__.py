"""The real program carried out on an emulated AWS: no account, no network, no Pulumi CLI."""
