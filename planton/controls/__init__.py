"""Controls of known security profiles, and which of them a table's manifest passes."""
