"""Every decision about the table, as pure data."""
