"""The typed manifest, and the checks that make it one."""
