"""`python -m planton`, and the command `planton` where the package is installed."""

import gc
import sys
from types import TracebackType


def run() -> None:
    """Runs the command line and exits with its status.

    Ctrl-C ends it without a stack trace, also while modules are imported.
    """
    sys.excepthook = _show
    # Thousands of manifests make millions of small objects, none of them in cycles.
    gc.set_threshold(100_000)
    from planton.cli.parser import main

    status = main()
    # The interpreter's last collection would visit every class and function once more, which takes
    # a sixth of the time of one manifest.
    gc.freeze()
    sys.exit(status)


def _show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)


if __name__ == "__main__":
    run()
