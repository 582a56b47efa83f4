"""`python -m planton`, and the command `planton` where the package is installed."""

import sys
from types import TracebackType


def run() -> None:
    """Runs the command line and exits with its status.

    Ctrl-C ends it at any moment as by the signal, for which a shell looks, without a stack trace.
    """
    sys.excepthook = _show
    from planton.cli.parser import main  # Ctrl-C may come while modules are imported

    sys.exit(main())


def _show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)


if __name__ == "__main__":
    run()
