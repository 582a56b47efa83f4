"""The image's entry point: one pipeline of the Promise, on the folders that Kratix mounts."""

import os
import sys

from planton.kratix.container import run

if __name__ == "__main__":
    sys.exit(run("/kratix", os.environ))
