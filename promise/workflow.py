"""The image's entry point: one pipeline of the Promise, on the folders that Kratix mounts.

Another root than /kratix can be given, to try it: input, output and metadata stand below it.
"""

import os
import sys

from planton.kratix.container import run

if __name__ == "__main__":
    sys.exit(run(*(sys.argv[1:2] or ["/kratix"]), os.environ))
