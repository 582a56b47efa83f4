"""Renders the plan as text and as objects of other control planes."""
