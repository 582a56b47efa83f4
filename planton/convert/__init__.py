"""A manifest rewritten for another version of the contract."""
