"""Speed and memory, measured side by side in one run: `./dev bench`.

Whole processes, taken in turns so that a busy machine slows all of them; of each the median.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "hack" / "manifest.yaml"
MANIFESTS = 1000
ROUNDS = 15
# Pydantic imports its engine only when a model is made: without the class the floor would be a lie.
FLOOR = "import yaml; from pydantic import BaseModel; A = type('A', (BaseModel,), {})"


def main() -> None:
    """Prints a table of figures."""
    planton = [sys.executable, "-m", "planton"]
    floor = [sys.executable, "-c", FLOOR]
    one = [*planton, "validate", str(MANIFEST)]
    times = in_turns({"floor": floor, "validate": one}, ROUNDS)
    ratio = times["validate"] / times["floor"]
    print(f"import yaml and pydantic, make one model      {times['floor']:8.3f} s")
    print(f"validate one manifest, whole process          {times['validate']:8.3f} s"
          f"   {ratio:.2f} x the line above")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        text = MANIFEST.read_text(encoding="utf-8")
        for number in range(MANIFESTS):
            different = text.replace("name: orders", f"name: orders-{number}")
            Path(folder, f"{number:05}.yaml").write_text(different, encoding="utf-8")
        loop = (
            "import glob, sys, yaml\n"
            "for file in glob.glob(sys.argv[1] + '/*.yaml'):\n"
            "    yaml.load(open(file, 'rb'), Loader=yaml.CSafeLoader)\n"
        )
        many = {
            "yaml": [sys.executable, "-c", loop, folder],
            "validate": [*planton, "validate", folder],
        }
        times = in_turns(many, 5)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    ratio = times["validate"] / times["yaml"]
    print(f"yaml.load of {MANIFESTS} manifests, C loader         {times['yaml']:8.3f} s")
    print(f"validate {MANIFESTS} manifests                       {times['validate']:8.3f} s"
          f"   {ratio:.2f} x the line above, {MANIFESTS / times['validate']:,.0f} a second, "
          f"at most {before / 1024:.0f} MiB")  # fmt: skip
    rehearse = in_turns({"rehearse": [*planton, "rehearse", str(MANIFEST)]}, 5)["rehearse"]
    print(f"rehearse one manifest, whole process          {rehearse:8.3f} s")


def in_turns(commands: dict[str, list[str]], rounds: int) -> dict[str, float]:
    """The median seconds of each command, one warming round not counted."""
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            seconds = timed(command)
            if number:
                taken[name].append(seconds)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def run(command: list[str]) -> None:
    """Runs a command that must succeed, its output thrown away."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    # As installed: compiled modules are kept, of both sides alike.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)


def timed(command: list[str]) -> float:
    """Seconds that a command takes."""
    start = time.perf_counter()
    run(command)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
