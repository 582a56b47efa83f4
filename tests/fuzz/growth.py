"""How the work grows with the input, counted and not timed: `python -m tests.fuzz.growth`.

Counted are the instructions of Python that run, so the figures do not depend on the machine. Work
inside of C functions is not among them; `./dev bench` times the same inputs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from planton.diagnostics.diagnostic import Source, render
from planton.reading.read import read
from planton.reading.sources import STDIN
from tests.fuzz.shapes import SHAPES
from tests.loading import validate

SMALL, FACTOR = 50, 4


def work(text: str) -> None:
    """All that `plan` and `validate` do with a text before they know whether it is right."""
    render(read(Source("growth.yaml", text)).diagnostics)
    for report in validate([STDIN], text.encode()):
        render(report.diagnostics)


def instructions(function: Callable[[], None]) -> int:
    """How many instructions of Python a function runs, those of what it calls among them."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
        nonlocal count
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        count += 1
        return trace

    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(None)
    return count


def counts(shape: str) -> tuple[int, int]:
    """Instructions for an input of the shape, and for one four times its size."""
    small, large = (SHAPES[shape](size) for size in (SMALL, SMALL * FACTOR))
    work(large)  # what is imported and compiled on first use
    return instructions(lambda: work(small)), instructions(lambda: work(large))


if __name__ == "__main__":
    json.dump({shape: counts(shape) for shape in SHAPES}, sys.stdout, indent=1)
