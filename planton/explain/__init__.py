"""What each code means: why the rule is, an example of either kind, and where it comes from."""
