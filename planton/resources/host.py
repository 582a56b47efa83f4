"""How the program ends under Pulumi's language host, which runs it in a separate process.

The host reads the exit status. 0 is success. 32 means that the user has been told what is wrong, so
the host prints nothing more. After any other status it adds the error "an unhandled error occurred:
program exited with non-zero exit code". The command fails after any status but 0.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pulumi

from planton.resources.engine import has_engine

USER_WAS_TOLD = 32
UPDATE_PATIENCE = 3.0
"""Seconds for which an interrupted update still answers hooks; the host kills it after five."""


class UserError(pulumi.RunError):
    """An error that the user must fix. It ends the program and is never caught.

    Whatever runs the program prints its text. So does the host's script, which then exits with 1,
    as after a bug in the program; that status is replaced. Raise it where `user_errors` cannot
    catch exceptions, which is inside an `apply`.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        if is_run_by_host():
            atexit.register(_leave)


@contextmanager
def user_errors(*kinds: type[Exception]) -> Iterator[None]:
    """Turns exceptions of these kinds, and pulumi.RunError, into one message for the user."""
    of_the_user: tuple[type[Exception], ...] = (pulumi.RunError, *kinds)
    try:
        yield
    except of_the_user as error:
        if has_engine() and not is_run_by_host():
            # The Automation API shows the text of an exception twice: as an error, and as the
            # reason for which the program failed.
            pulumi.log.error(str(error))
            raise pulumi.RunError("the program ended because of the error above") from None
        raise UserError(str(error)) from None


def prepare() -> None:
    """Prepares the process for what the host does with it: it may interrupt it, and waits for it to
    end."""
    leave_on_interrupt()
    collect_rarely()


def leave_on_interrupt() -> None:
    """Under the host, makes SIGINT end the program at once and without tracebacks.

    The host interrupts the program when the engine has given up, because of a refusal for example,
    and when the user presses Ctrl-C. A hook that is still running then counts as a refusal. Where
    there is no host, Ctrl-C remains what it is.

    After Ctrl-C in an update, the provider still has requests under way, and the engine shows why
    one of them failed only if the hook for failures answers. So the program stays for a moment.
    Once the engine has ended it sends a second signal: then there is nothing to wait for.
    """
    if is_run_by_host():
        waits = iter(() if pulumi.runtime.is_dry_run() else (UPDATE_PATIENCE,))
        signal.signal(signal.SIGINT, lambda *_: _leave_after(next(waits, 0.0)))


def collect_rarely() -> None:
    """Under the host, saves the time in which the garbage collector visits what is imported, again
    and again and once more when the interpreter ends. Other processes outlive the program."""
    if is_run_by_host():
        gc.set_threshold(100_000)
        atexit.register(gc.freeze)


def is_run_by_host() -> bool:
    """Whether this process is the host's: the Automation API runs programs in separate threads,
    and neither the rehearsal nor mocks have an engine."""
    return has_engine() and threading.current_thread() is threading.main_thread()


def _leave_after(seconds: float) -> None:
    """Leaves from a thread, because the signal may interrupt a write to a stream that must be
    flushed."""
    timer = threading.Timer(seconds, _leave)
    timer.daemon = True
    timer.start()


def _leave() -> None:
    """Ends the process after flushing what was printed."""
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    finally:  # also if nothing reads the streams any more
        os._exit(USER_WAS_TOLD)
