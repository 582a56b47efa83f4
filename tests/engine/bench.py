"""What the program costs under the real engine, side by side: `./dev bench engine`.

Each figure is of whole processes (interpreter, engine and program), which the fork server of the
tests would hide; of each the median of runs taken in turns.
"""

from __future__ import annotations

import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from tests.emulated.cloud import Cloud
from tests.engine import standin
from tests.engine.harness import PROGRAM, ROOT, STACK, Engine, environment
from tests.engine.operation import Name, Operation
from tools import engine as pulumi

ROUNDS = 7
SIZES = (1, 10, 100)
"""The numbers of tables in a stack; others can be named on the command line."""

BY_HAND = """\
import os
import pulumi
import pulumi_aws as aws

provider = aws.Provider("classic-provider", region="us-east-1")
for name in os.environ.get("NAMES", "orders").split(","):
    table = aws.dynamodb.Table(
        name, name=name, billing_mode="PAY_PER_REQUEST",
        attributes=[{"name": n, "type": t} for n, t in
                    [("customerId", "S"), ("orderId", "S"), ("shipBy", "N"), ("warehouseId", "S")]],
        hash_key="customerId", range_key="orderId",
        global_secondary_indexes=[{
            "name": "to-ship", "projection_type": "INCLUDE",
            "non_key_attributes": ["deliveryAddress", "lines"],
            "key_schemas": [{"attribute_name": "warehouseId", "key_type": "HASH"},
                            {"attribute_name": "shipBy", "key_type": "RANGE"}]}],
        ttl={"enabled": True, "attribute_name": "expiresAt"},
        stream_enabled=True, stream_view_type="NEW_AND_OLD_IMAGES",
        point_in_time_recovery={"enabled": True}, server_side_encryption={"enabled": True},
        opts=pulumi.ResourceOptions(provider=provider))
    pulumi.export(name, table.name)
"""
PYDANTIC = "import yaml\nfrom pydantic import BaseModel\nA = type('A', (BaseModel,), {})\n"
MANIFEST = ROOT / "hack" / "manifest.yaml"
_RUN = """\
import os, pickle, resource, sys
from tests.engine.operation import run
printed = os.dup(1)
try:
    run(pickle.load(sys.stdin.buffer))
finally:
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(who).ru_maxrss for who in both)
    os.write(printed, str(peak).encode())
"""


class Bench:
    """Operations on one stack."""

    def __init__(self, engine: Engine, folder: Path, port: int) -> None:
        self._engine = engine
        self._folder = folder
        self._port = port
        self._count = 0
        self.stack = engine.stack(folder, port)

    def run(
        self, name: Name, program: Path = PROGRAM, environ: Mapping[str, str] | None = None
    ) -> tuple[float, float]:
        """The seconds that the process of an operation takes, and the MiB of the largest one."""
        self._count += 1
        into = self._folder / f"bench-{self._count}"
        into.mkdir()
        operation = Operation(
            name=name,
            pulumi=str(self._engine.pulumi),
            version=self._engine.version,
            program=program,
            stack=STACK,
            work=self._folder / "work",
            folder=into,
            environ={
                **environment(self._folder),
                "PULUMI_DEBUG_PROVIDERS": f"aws:{self._port}",
                "AWS_REGION": "us-east-1",
                "PYTHONPATH": str(ROOT),
                **(environ or {}),
            },
            arguments=(),
        )
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _RUN],
            input=pickle.dumps(operation),
            stdout=subprocess.PIPE,
            cwd=ROOT,
            check=False,
        )
        taken = time.perf_counter() - start
        if done.returncode:
            sys.exit((into / "stdout").read_text() + (into / "stderr").read_text())
        return taken, int(done.stdout) / 1024


def main() -> None:
    """Prints a table of figures."""
    path = pulumi.find()
    if path is None:
        sys.exit("no Pulumi engine: `./dev engine` builds it")
    with tempfile.TemporaryDirectory() as name, Cloud() as cloud, standin.serve(cloud) as served:
        folder = Path(name)
        version = pulumi.version_of(path).lstrip("v")
        engine = Engine.prepared(path, version, folder / "new")
        bench = Bench(engine, folder / "s", served.port)
        by_hand, with_pydantic = folder / "by_hand.py", folder / "with_pydantic.py"
        by_hand.write_text(BY_HAND, encoding="utf-8")
        with_pydantic.write_text(PYDANTIC + BY_HAND, encoding="utf-8")
        programs = {"hand": by_hand, "pydantic": with_pydantic, "ours": PROGRAM}
        taken: dict[str, list[float]] = {key: [] for key in programs}
        for number in range(ROUNDS + 1):
            for key, program in programs.items():
                seconds, _ = bench.run("preview", program, {"STACK_INPUT_YAML_FILE": str(MANIFEST)})
                if number:
                    taken[key].append(seconds)
        hand, pydantic, ours = (statistics.median(taken[key]) for key in programs)
        print(f"preview of a table written by hand             {hand:7.3f} s")
        print(f"the same, importing pydantic and yaml          {pydantic:7.3f} s   "
              f"{pydantic / hand:.2f} x")  # fmt: skip
        print(f"preview of hack/manifest.yaml                  {ours:7.3f} s   {ours / hand:.2f} x")
        sizes = [int(size) for size in sys.argv[1:]] or SIZES
        for size in sizes:
            hand_made, ours_made = (
                Bench(engine, folder / f"{kind}{size}", served.port) for kind in ("a", "b")
            )
            many(hand_made, ours_made, by_hand, size)


OPERATIONS: tuple[tuple[str, Name], ...] = (
    ("first preview", "preview"),
    ("first up", "up"),
    ("unchanged preview", "preview"),
    ("unchanged up", "up"),
    ("destroy", "destroy"),
)


def many(by_hand: Bench, ours: Bench, program: Path, size: int) -> None:
    """The cost of each operation on a stack with so many tables, written by hand and as manifests,
    in turns."""
    text = MANIFEST.read_text(encoding="utf-8")
    names = {kind: [f"{kind}-{size}-{number}" for number in range(size)] for kind in ("a", "b")}
    files = {f"{name}.yaml": text.replace("name: orders", f"name: {name}") for name in names["b"]}
    ours.stack.put(files)
    for title, name in OPERATIONS:
        hand, _ = by_hand.run(name, program, {"NAMES": ",".join(names["a"])})
        seconds, peak = ours.run(name)
        print(f"{title} of {size} tables".ljust(46), f"{seconds:7.3f} s   "
              f"{1000 * seconds / size:4.0f} ms a table, by hand {1000 * hand / size:4.0f}, "
              f"largest process {peak:.0f} MiB",
              flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
