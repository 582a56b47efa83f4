"""What a change of the manifest does to an existing table, and which changes are refused."""
