"""Running and measuring whole processes, in turns."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from planton.diagnostics.exit_status import PROBLEMS

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "hack" / "manifest.yaml"
PLANTON = (sys.executable, "-m", "planton")


class Cost(NamedTuple):
    """What a process took: seconds, the most memory it held, in MiB, and seconds of processor time,
    which other work on the machine hardly changes."""

    seconds: float
    memory: float
    used: float


def in_turns(
    commands: Mapping[str, Sequence[str | Path]],
    rounds: int,
    environment: Mapping[str, str] = {},
    warm: bool = True,
    succeed: bool = True,
) -> dict[str, Cost]:
    """The least that each command took. Whatever is above it was other work of the machine.

    They run in turns, so that a busy machine slows all of them, after a round that is not counted.
    """
    taken: dict[str, list[Cost]] = {name: [] for name in commands}
    for number in range(rounds + warm):
        for name, command in commands.items():
            cost = run(command, environment, succeed)
            if number >= warm:
                taken[name].append(cost)
    return {name: Cost(*(min(part) for part in zip(*costs, strict=True)))
            for name, costs in taken.items()}  # fmt: skip


def run(
    command: Sequence[str | Path], environment: Mapping[str, str] = {}, succeed: bool = True
) -> Cost:
    """Runs a command that must succeed, or may find problems; what it prints is thrown away."""
    # As installed: compiled modules are kept, of all sides alike.
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**inherited, "PYTHONPATH": str(ROOT), **environment},
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode > (0 if succeed else PROBLEMS) or process.returncode < 0:
        raise subprocess.CalledProcessError(process.returncode, list(map(str, command)))
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Cost(seconds, usage.ru_maxrss / unit, usage.ru_utime + usage.ru_stime)


def copies(folder: Path, text: str, count: int) -> Path:
    """A folder with so many manifests, each of another name."""
    folder.mkdir()
    for number in range(count):
        different = text.replace("name: orders", f"name: orders-{number}", 1)
        (folder / f"{number:05}.yaml").write_text(different, encoding="utf-8")
    return folder


def line(what: str, cost: Cost | float, *more: str) -> None:
    """One figure: what it is of, the seconds, and what follows from them."""
    seconds = cost.seconds if isinstance(cost, Cost) else cost
    print(f"  {what:<46} {seconds:8.3f} s   {', '.join(more)}".rstrip(), flush=True)
