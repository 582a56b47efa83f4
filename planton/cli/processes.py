"""Maps a function over many items in several processes.

Not by concurrent.futures: its threads make forking unsafe, and its processes stay behind when the
main process is killed. Here each process reads from a pipe until that is closed, and the operating
system closes it however the main process ends.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby, islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, NamedTuple, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

CHUNK = 32
"""Items that a process gets at once. With fewer it waits more often; with more the last process
ends later than the others."""
_AHEAD = 4
"""Chunks for each process that may be ahead of the one whose results are next. Results that wait
for those of a slow item take memory."""


class ProcessLost(Exception):
    """A process ended before it had returned its results, for example for lack of memory."""

    def __init__(self, exit_code: int | None, chunk: Sequence[Any]) -> None:
        """`exit_code` is negative for a signal, and `chunk` are the items that it was passed."""
        super().__init__(exit_code, chunk)
        self.exit_code = exit_code
        self.chunk = chunk


class _Worker(NamedTuple):
    process: BaseProcess
    pipe: Connection


class Processes(Generic[Item, Result]):
    """At most `jobs` processes, started when they are needed. They end with the context."""

    def __init__(
        self,
        begin: Callable[[], Callable[[Item], Result]],
        jobs: int,
        stays: Callable[[Item], bool] = lambda _: False,
    ) -> None:
        """`begin` returns the function for one process. It, the items and the results must be
        picklable. An item that `stays` is left to this process: no other can open it."""
        self._begin = begin
        self._jobs = jobs
        self._stays = stays
        self._workers: list[_Worker] = []
        self._context: Any = multiprocessing.get_context("fork" if _can_fork() else "spawn")

    def __enter__(self) -> Processes[Item, Result]:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.pipe.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join()

    def map(self, items: Iterable[Item]) -> Iterator[Result]:
        """The results, in the order of the items. An exception of the function is raised here
        instead of the result.

        Raises:
            ProcessLost: a process ended.
        """
        function = self._begin()
        chunks = self._chunks(items)
        results: dict[int, Iterable[Result]] = {}
        busy: dict[Connection, tuple[int, _Worker, list[Item]]] = {}
        idle: list[_Worker] = []
        next_out, next_in = 0, 0
        while True:
            while next_in - next_out < _AHEAD * self._jobs and (
                idle or len(self._workers) < self._jobs
            ):
                stays, chunk = next(chunks, (True, []))
                if not chunk:
                    break
                worker = None if stays else idle.pop() if idle else self._start()
                if worker:
                    busy[worker.pipe] = next_in, worker, chunk
                    _send(worker, chunk)
                else:
                    results[next_in] = map(function, chunk)
                next_in += 1
            if next_out == next_in:
                return
            for pipe in wait([*busy], 0 if next_out in results else None):
                assert isinstance(pipe, Connection)
                number, worker, chunk = busy.pop(pipe)
                received: list[Result] | None = _receive(worker, chunk)
                # After an exception the chunk is mapped again, in its turn, where it is raised.
                results[number] = map(function, chunk) if received is None else received
                idle.append(worker)
            if next_out in results:
                yield from results.pop(next_out)
                next_out += 1

    def _chunks(self, items: Iterable[Item]) -> Iterator[tuple[bool, list[Item]]]:
        for stays, group in groupby(items, self._stays):
            while chunk := list(islice(group, CHUNK)):
                yield stays, chunk

    def _start(self) -> _Worker | None:
        """A new process, or None if the operating system allows no more."""
        pipe, other_end = self._context.Pipe()
        # A fork has copies of this side's ends, with which no pipe would ever be closed.
        forks = self._context.get_start_method() == "fork"
        copies = [pipe, *(worker.pipe for worker in self._workers)] if forks else []
        process = self._context.Process(
            target=_serve, args=(other_end, self._begin, copies), daemon=True
        )
        with _uninterrupted(), other_end:
            try:
                process.start()
            except OSError:
                self._jobs = max(1, len(self._workers))
                return None
            worker = _Worker(process, pipe)
            self._workers.append(worker)
        return worker


def _serve(
    pipe: Connection,
    begin: Callable[[], Callable[[Item], Result]],
    copies: Sequence[Connection],
) -> None:
    """Returns the results of one chunk after the other, or None if the function raised anything."""
    # The main process ends this one. But for Windows, the signal was blocked before the start.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for copy in copies:
        copy.close()
    function = begin()
    results: list[Result] | None
    while True:
        try:
            chunk = pipe.recv()
        except (EOFError, ConnectionError):
            return
        try:
            results = list(map(function, chunk))
        except Exception:  # whatever it is, the main process raises it
            results = None
        try:
            pipe.send(results)
        except ConnectionError:
            return


def _send(worker: _Worker, chunk: list[Any]) -> None:
    try:
        worker.pipe.send(chunk)
    except OSError:
        raise _lost(worker, chunk) from None


def _receive(worker: _Worker, chunk: list[Any]) -> list[Any] | None:
    try:
        received: list[Any] | None = worker.pipe.recv()
    except (EOFError, OSError):
        raise _lost(worker, chunk) from None
    return received


def _lost(worker: _Worker, chunk: list[Any]) -> ProcessLost:
    worker.process.join()
    return ProcessLost(worker.process.exitcode, chunk)


def _can_fork() -> bool:
    """Whether a process can be forked, which has all imports done. That is unsafe beside threads,
    and on macOS, whose libraries have some."""
    try:
        return sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits: in a process that is starting it would print a traceback."""
    if sys.platform == "win32":  # pragma: no cover  # which has no such masks
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
