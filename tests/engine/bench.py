"""What the program costs under the real engine, side by side: `./dev bench engine`.

Each figure is of whole processes (interpreter, engine and program), which the fork server of the
tests would hide; of each the median of runs taken in turns.
"""

from __future__ import annotations

import pickle
import resource
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
from tests.engine.operation import Operation
from tools import engine as pulumi

ROUNDS = 7
TABLES = 200

BY_HAND = """\
import pulumi
import pulumi_aws as aws

provider = aws.Provider("classic-provider", region="us-east-1")
table = aws.dynamodb.Table(
    "orders", name="orders", billing_mode="PAY_PER_REQUEST",
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
pulumi.export("table_name", table.name)
"""
PYDANTIC = "import yaml\nfrom pydantic import BaseModel\nA = type('A', (BaseModel,), {})\n"
MANY = """\
import os
from tests.loading import load
from planton.plan.planner import make_plan
from planton.resources import stack
from planton.resources.own_state import read_own_state
from planton.reading.stack_input import StackInput

state = read_own_state()
names = [f"orders-{number}" for number in range(int(os.environ["TABLES"]))]
text = open(os.environ["MANIFEST"], encoding="utf-8").read()
for number, name in enumerate(names):
    loaded = load(text.replace("name: orders", f"name: {name}"), filename="manifest")
    stack.create(
        StackInput(loaded.manifest, (), "us-east-1"),
        make_plan(loaded.manifest),
        state=state,
        siblings=names,
        guard_name=f"guard-{number}",
        provider_name=f"provider-{number}",
    )
"""
_RUN = (
    "import pickle, sys; from tests.engine.operation import run; run(pickle.load(sys.stdin.buffer))"
)


class Bench:
    """One stack that stays empty: every operation is a preview."""

    def __init__(self, engine: Engine, folder: Path, port: int) -> None:
        self._engine = engine
        self._folder = folder
        self._port = port
        self._count = 0
        engine.stack(folder, port)

    def preview(self, program: Path, environ: Mapping[str, str]) -> float:
        """The seconds that the process of a preview takes."""
        self._count += 1
        into = self._folder / f"bench-{self._count}"
        into.mkdir()
        operation = Operation(
            name="preview",
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
                **environ,
            },
            arguments=(),
        )
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _RUN], input=pickle.dumps(operation), cwd=ROOT, check=False
        )
        taken = time.perf_counter() - start
        if done.returncode:
            sys.exit((into / "stdout").read_text() + (into / "stderr").read_text())
        return taken


def main() -> None:
    """Prints a table of figures."""
    path = pulumi.find()
    if path is None:
        sys.exit("no Pulumi engine: `./dev engine` builds it")
    manifest = str(ROOT / "hack" / "manifest.yaml")
    with tempfile.TemporaryDirectory() as name, Cloud() as cloud, standin.serve(cloud) as served:
        folder = Path(name)
        version = pulumi.version_of(path).lstrip("v")
        bench = Bench(Engine.prepared(path, version, folder / "new"), folder / "s", served.port)
        by_hand, with_pydantic, many = (
            folder / p for p in ("by_hand.py", "with_pydantic.py", "many.py")
        )
        by_hand.write_text(BY_HAND, encoding="utf-8")
        with_pydantic.write_text(PYDANTIC + BY_HAND, encoding="utf-8")
        many.write_text(MANY, encoding="utf-8")
        programs = {"hand": by_hand, "pydantic": with_pydantic, "ours": PROGRAM}
        taken: dict[str, list[float]] = {key: [] for key in programs}
        for number in range(ROUNDS + 1):
            for key, program in programs.items():
                seconds = bench.preview(program, {"STACK_INPUT_YAML_FILE": manifest})
                if number:
                    taken[key].append(seconds)
        hand, pydantic, ours = (statistics.median(taken[key]) for key in programs)
        print(f"preview of a table written by hand             {hand:7.3f} s")
        print(f"the same, importing pydantic and yaml          {pydantic:7.3f} s   "
              f"{pydantic / hand:.2f} x")  # fmt: skip
        print(f"preview of hack/manifest.yaml                  {ours:7.3f} s   {ours / hand:.2f} x")
        one, all_ = (
            bench.preview(many, {"MANIFEST": manifest, "TABLES": str(count)})
            for count in (1, TABLES)
        )
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"preview of {TABLES} tables in one stack             {all_:7.3f} s   "
              f"{1000 * (all_ - one) / (TABLES - 1):.1f} ms a table, "
              f"largest process {peak:.0f} MiB")  # fmt: skip


if __name__ == "__main__":
    main()
