"""An emulated AWS that refuses requests, or does not respond, on request."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Lock

from planton.rehearsal.aws.errors import Refused
from planton.rehearsal.aws.requests import Json, Request
from tests.emulated.cloud import Cloud
from tests.emulated.codes import LIMIT

_SECONDS = 60


class FaultyCloud(Cloud):
    """Each fault happens once by default.

    What takes time is over in a moment, unless `build_seconds` says how long it takes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.build_seconds = 0.0
        """How long an index is built or deleted, while which AWS takes no other."""
        self._building = Lock()
        self._before: dict[str, Callable[[Request], None]] = {}
        self._after: dict[str, Callable[[Request], None]] = {}
        self._released = Event()

    def refuse(self, operation: str, code: str, message: str, *, times: int = 1) -> None:
        """The next such request is refused, or the next few."""
        left = times

        def refuse(request: Request) -> None:
            nonlocal left
            left -= 1
            if left:
                self._before[operation] = refuse
            raise Refused(request.name, code, message)

        self._before[operation] = refuse

    def hang_before(self, operation: str) -> Event:
        """The next such request does not arrive; the event says that it was sent."""
        return self._hang(self._before, operation)

    def hang_after(self, operation: str) -> Event:
        """The next such request is handled, but its response never arrives."""
        return self._hang(self._after, operation)

    def release(self) -> None:
        """Ends the waiting of all that hangs, with nothing done."""
        self._released.set()

    def send(self, request: Request) -> Json:
        """Raises Refused."""
        self._befall(self._before, request)
        updates = request.parameters.get("GlobalSecondaryIndexUpdates", [])
        if self.build_seconds and any(update.keys() - {"Update"} for update in updates):
            response = self._build(request)
        else:
            response = super().send(request)
        self._befall(self._after, request)
        return response

    def _build(self, request: Request) -> Json:
        if not self._building.acquire(blocking=False):
            message = "Only 1 online index can be created or deleted simultaneously per table"
            raise Refused(request.name, LIMIT, message)
        try:
            response = super().send(request)
            time.sleep(self.build_seconds)
            return response
        finally:
            self._building.release()

    def _befall(self, faults: dict[str, Callable[[Request], None]], request: Request) -> None:
        if fault := faults.pop(request.operation, None):
            fault(request)

    def _hang(self, faults: dict[str, Callable[[Request], None]], operation: str) -> Event:
        arrived = Event()

        def hang(request: Request) -> None:
            arrived.set()
            self._released.wait(_SECONDS)
            raise Refused(request.name, "ConnectionError", "the client is gone")

        faults[operation] = hang
        return arrived
