"""`python -m planton`, and the command `planton` where the package is installed."""

import sys

from planton.cli.parser import main


def run() -> None:
    """Runs the command line and exits with its status."""
    sys.exit(main())


if __name__ == "__main__":
    run()
