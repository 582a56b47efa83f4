"""How time and memory grow: with the number of manifests, with their size, with hostile shapes."""

from __future__ import annotations

import sys
import time
import timeit
from collections.abc import Callable
from pathlib import Path

from planton.changes.record import record
from planton.changes.snapshot import snapshot
from planton.plan.planner import make_plan
from tests.fuzz.growth import work
from tests.fuzz.shapes import SHAPES
from tests.loading import load
from tools.bench_run import MANIFEST, PLANTON, Cost, copies, in_turns, line

MANY = 20_000
PART = 2_000
"""Manifests for the loader in Python, which takes minutes for all."""
LOOP = """\
import glob, sys, yaml
loader = getattr(yaml, sys.argv[2])
for file in sorted(glob.glob(sys.argv[1] + "/*.yaml"))[:int(sys.argv[3])]:
    with open(file, "rb") as text:
        yaml.load(text, Loader=loader)
"""
ROOT = Path(__file__).resolve().parent.parent
SMALLEST = ROOT / "examples" / "key-value.yaml"
EVERYTHING = ROOT / "tests" / "everything.yaml"
KIB = 32
"""Size of the small one of two hostile inputs."""


def many(folder: Path) -> None:
    """Many manifests in one run, by one process and by two, against bare parsing."""
    text = MANIFEST.read_text(encoding="utf-8")
    files = copies(folder / "many", text, MANY)
    commands: dict[str, tuple[str | Path, ...]] = {
        "C loader": (sys.executable, "-c", LOOP, files, "CSafeLoader", str(MANY)),
        "Python loader": (sys.executable, "-c", LOOP, files, "SafeLoader", str(PART)),
        "one": (*PLANTON, "validate", "--jobs", "1", files),
        "two": (*PLANTON, "validate", "--jobs", "2", files),
    }
    costs = in_turns(commands, 2, warm=False)
    parse, slow = costs["C loader"], costs["Python loader"]
    line(f"yaml.load of {MANY:,} manifests, C loader", parse, _used(parse))
    line(f"yaml.load of {PART:,} manifests, Python loader", slow, _used(slow))
    for what, cost in (("one process", costs["one"]), ("two processes", costs["two"])):
        line(
            f"validate {MANY:,} manifests, {what}",
            cost,
            _used(cost),
            f"{cost.seconds / parse.seconds:.2f} x the C loader",
            f"{MANY / cost.seconds:,.0f} a second",
            f"{cost.memory:.0f} MiB in the largest process",
        )


def _used(cost: Cost) -> str:
    return f"{cost.used:.3f} s of processor time"


def count(folder: Path) -> None:
    """More and more manifests: time and memory of each run."""
    text = MANIFEST.read_text(encoding="utf-8")
    for number in (10, 100, 1_000, 5_000, 20_000):
        files = copies(folder / f"count{number}", text, number)
        rounds = 3 if number < 5_000 else 2
        cost, one = _beside_one(files, rounds)
        beyond = (cost.seconds - one.seconds) / (number - 1) * 1e6
        each = f"{beyond:5.0f} µs for each manifest beyond the first"
        line(f"validate {number:,} manifests", cost, each, f"{cost.memory:.0f} MiB")


def size(folder: Path) -> None:
    """Larger and larger manifests, 300 of each in one run."""
    number = 300
    for indexes in (1, 2, 5, 10, 20):
        text = with_indexes(indexes)
        files = copies(folder / f"size{indexes}", text, number)
        cost, one = _beside_one(files, 3)
        each = (cost.seconds - one.seconds) / (number - 1) * 1e6
        kib = len(text) / 1024
        per = f"{each:5.0f} µs a manifest of {kib:4.1f} KiB"
        line(
            f"{number} manifests with {indexes} global indexes",
            cost,
            per,
            f"{each / kib:.0f} µs a KiB",
        )


def features() -> None:
    """A manifest with everything on beside the smallest one: each step in this process."""
    smallest = _cost(SMALLEST.read_text(encoding="utf-8"))
    for name, text in (("smallest", SMALLEST), ("everything on", EVERYTHING)):
        said = text.read_text(encoding="utf-8")
        steps = _cost(said)
        for step, seconds in steps.items():
            ratio = f"{seconds / smallest[step]:.1f} x the smallest"
            size = f"{len(said) / 1024:.1f} KiB"
            print(f"  {f'{step}, {name} ({size})':<44} {seconds * 1e6:7.0f} µs  {ratio}")


def _cost(text: str) -> dict[str, float]:
    """Seconds of one validation, of one plan, and of what the guard compares: the least of many."""
    manifest = load(text, filename="bench.yaml").manifest
    plan = make_plan(manifest)
    steps: dict[str, Callable[[], object]] = {
        "validate": lambda: load(text, filename="bench.yaml"),
        "plan": lambda: make_plan(manifest),
        "decide": lambda: record(snapshot(plan, region=None, account_id=None)),
    }
    return {
        name: min(timeit.repeat(step, number=20, repeat=15)) / 20 for name, step in steps.items()
    }


def _beside_one(files: Path, rounds: int) -> tuple[Cost, Cost]:
    """A run with many manifests and a run with one, in turns."""
    commands: dict[str, tuple[str | Path, ...]] = {
        "many": (*PLANTON, "validate", "--jobs", "1", str(files)),
        "one": (*PLANTON, "validate", MANIFEST),
    }
    costs = in_turns(commands, rounds, warm=False)
    return costs["many"], costs["one"]


def with_indexes(count: int) -> str:
    """A manifest with so many global indexes."""
    numbers = range(count)
    definitions = "".join(f"    - {{name: attribute{i}, type: S}}\n" for i in numbers)
    indexes = "".join(
        f"    - name: by-attribute{i}\n      keySchema:\n"
        f"        - attributeName: attribute{i}\n          keyType: HASH\n"
        "        - attributeName: pk\n          keyType: RANGE\n"
        "      projection:\n        type: INCLUDE\n"
        "        nonKeyAttributes:\n          - deliveryAddress\n          - lines\n"
        for i in numbers
    )
    return (
        "apiVersion: aws.project-planton.org/v1\nkind: AwsDynamodb\nmetadata:\n  name: orders\n"
        "spec:\n  billingMode: PAY_PER_REQUEST\n  attributeDefinitions:\n"
        f"    - {{name: pk, type: S}}\n{definitions}  keySchema:\n    - attributeName: pk\n"
        f"      keyType: HASH\n  globalSecondaryIndexes:\n{indexes}"
    )


def hostile() -> None:
    """Each hostile shape at one size and at four times that: the worst of them."""
    ratios, rates = {}, {}
    for name, shape in SHAPES.items():
        number = KIB * 1024 * 1000 // max(1, len(shape(1000)) - len(shape(0)))
        small, large = shape(number), shape(4 * number)
        fast, slow = _seconds(small), _seconds(large)
        # Of an input that is refused at a glance the clock says nothing.
        ratios[name] = slow / max(fast, 1e-3)
        rates[name] = slow / (len(large) / 1024)
    worst, slowest = max(ratios, key=ratios.__getitem__), max(rates, key=rates.__getitem__)
    print(
        f"  {len(SHAPES)} shapes, {KIB} and {4 * KIB} KiB: four times the input takes at most "
        f"{ratios[worst]:.1f} times as long ({worst}),\n  "
        f"and no more than {rates[slowest] * 1000:.1f} ms a KiB ({slowest})"
    )


def _seconds(text: str) -> float:
    taken = []
    for _ in range(3):
        start = time.process_time()
        work(text)
        taken.append(time.process_time() - start)
    return min(taken)
