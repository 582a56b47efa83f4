"""Exit statuses of the command line."""

OK = 0
PROBLEMS = 1
"""Something is wrong in the input, or the emulated AWS refused it."""
USAGE = 2
"""The command was used wrongly, or there was nothing to work on."""
