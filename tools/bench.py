"""Speed and memory, measured side by side in one run: `./dev bench`.

Whole processes, taken in turns, and of each the least that it took: a busy machine makes everything
slower, nothing faster.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tools import bench_growth, bench_peers, bench_rules
from tools.bench_run import MANIFEST, PLANTON, Cost, in_turns, line

ROUNDS = 15
PEER_ROUNDS = 2
# Pydantic imports its engine only when a model is made: without the class the floor would be a lie.
FLOOR = "import yaml; from pydantic import BaseModel; A = type('A', (BaseModel,), {})"


def main() -> None:
    """Prints tables of figures."""
    print(f"load average before: {_load()}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("one manifest, whole processes")
        one = single()
        peers(folder, one)
        print("many manifests")
        bench_growth.many(folder)
        print("the rules of an organization")
        bench_rules.rules(folder)
        print("growth with the number of manifests")
        bench_growth.count(folder)
        print("growth with their size")
        bench_growth.size(folder)
        print("growth with what is on, in a warm process")
        bench_growth.features()
        print("growth with hostile input")
        bench_growth.hostile()
        print("the whole program in the emulated AWS")
        line("rehearse one manifest", in_turns({"": (*PLANTON, "rehearse", MANIFEST)}, 3)[""])
    print(f"load average after: {_load()}")


def single() -> Cost:
    """One manifest against the imports that no checker of this kind can do without."""
    commands = {
        "floor": (sys.executable, "-c", FLOOR),
        "validate": (*PLANTON, "validate", MANIFEST),
    }
    costs = in_turns(commands, ROUNDS)
    validate, floor = costs["validate"], costs["floor"]
    line("import yaml and pydantic, make one model", floor, f"{floor.used:.3f} s of processor time")
    line(
        "validate",
        validate,
        f"{validate.seconds / floor.seconds:.2f} x the line above",
        f"{validate.used:.3f} s of processor time",
        f"{validate.used / floor.used:.2f} x",
    )
    return validate


def peers(folder: Path, one: Cost) -> None:
    """The same table for the checkers that people use elsewhere, where they are installed."""
    if cfn_lint := bench_peers.cfn_lint(MANIFEST, folder):
        cost = in_turns({"": cfn_lint}, PEER_ROUNDS)[""]
        line("cfn-lint of the same table", cost, f"{cost.seconds / one.seconds:.1f} x validate")
    else:
        print("  cfn-lint: not installed (on PATH, or named by CFN_LINT)")
    if cdk := bench_peers.cdk(MANIFEST, folder):
        cost = in_turns({"": cdk[0]}, PEER_ROUNDS, cdk[1])[""]
        line("cdk synth of the same table", cost, f"{cost.seconds / one.seconds:.1f} x validate")
    else:
        print(
            "  cdk synth: not installed (cdk and aws-cdk-lib in one node_modules; on PATH, or CDK)"
        )


def _load() -> str:
    return " ".join(f"{load:.2f}" for load in os.getloadavg())


if __name__ == "__main__":
    main()
