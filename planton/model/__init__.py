"""The models of a manifest, and the rules that compare its fields."""
