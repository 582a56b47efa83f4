"""What is wrong with an input, where it stands, and how to fix it."""
