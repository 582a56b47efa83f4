"""The typed manifest and the rules between its fields."""
