"""Exit statuses of the command line."""

OK = 0
PROBLEMS = 1
"""Something is wrong in the input, or the emulated AWS refused it."""
LOSS = 3
"""Data would be lost, or the update would be refused."""
USAGE = 2
"""The command was used incorrectly, or found nothing to work on."""
INTERRUPTED = 130
"""The user pressed Ctrl-C; shells show a program that SIGINT ended in the same way."""
