"""What the program costs under the real engine, side by side: `./dev bench engine`.

Each figure is of a whole `pulumi preview`: the engine, the tests' language host, and the program in
a separate process. It is the least of several runs, taken in turns.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from tests.emulated.cloud import Cloud
from tests.engine import language_host, standin
from tests.engine.harness import ROOT, Engine
from tests.engine.hosted import Project
from tools import engine as pulumi
from tools.bench_run import MANIFEST

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
import sys
sys.path.insert(0, {root!r})
from tests.loading import load
from planton.plan.planner import make_plan
from planton.resources import stack
from planton.resources.own_state import read_own_state
from planton.reading.stack_input import StackInput

state = read_own_state()
names = [f"orders-{{number}}" for number in range({tables})]
for number, name in enumerate(names):
    loaded = load({text!r}.replace("name: orders", f"name: {{name}}"), filename="manifest")
    stack.create(
        StackInput(loaded.manifest, (), "us-east-1"),
        make_plan(loaded.manifest),
        state=state,
        siblings=names,
        guard_name=f"guard-{{number}}",
        provider_name=f"provider-{{number}}",
    )
"""


class Bench:
    """Stacks that stay empty: every operation is a preview."""

    def __init__(self, engine: Engine, host: Path, folder: Path, port: int) -> None:
        self._engine = engine
        self._host = host
        self._folder = folder
        self._port = port

    def project(self, name: str, program: str = "") -> Project:
        """A project with this program, or another one."""
        project = Project(self._engine, self._host, self._folder / name, self._port)
        if program:
            project.replace_program(program)
        return project


def preview(project: Project, manifest: str) -> tuple[float, float]:
    """The seconds that a preview takes, and those of processor time in all its processes."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ended = project.preview(manifest)
    taken, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.status:
        sys.exit(ended.output)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return taken, used


def main() -> None:
    """Prints a table of figures."""
    path, script = pulumi.find(), pulumi.host_script()
    if path is None or script is None:
        sys.exit("no Pulumi engine, or no host script: `./dev engine` builds them")
    manifest = MANIFEST.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as name, Cloud() as cloud, standin.serve(cloud) as served:
        folder = Path(name)
        host = folder / "host"
        host.mkdir()
        language_host.install(host, script)
        engine = Engine.prepared(path, pulumi.version_of(path).lstrip("v"), folder / "new")
        bench = Bench(engine, host, folder, served.port)
        projects = {
            "a table written by hand": bench.project("hand", BY_HAND),
            "the same, importing pydantic and yaml": bench.project("pydantic", PYDANTIC + BY_HAND),
            "hack/manifest.yaml": bench.project("ours"),
        }
        taken: dict[str, list[tuple[float, float]]] = {what: [] for what in projects}
        for number in range(ROUNDS + 1):
            for what, project in projects.items():
                cost = preview(project, manifest)
                if number:
                    taken[what].append(cost)
        least = {what: tuple(map(min, zip(*costs, strict=True))) for what, costs in taken.items()}
        by_hand = next(iter(least.values()))
        print(f"preview of{'':<41} seconds      of processor time")
        for what, (seconds, used) in least.items():
            print(f"  {what:<46} {seconds:7.3f}  {seconds / by_hand[0]:.2f} x"
                  f"   {used:7.3f}  {used / by_hand[1]:.2f} x")  # fmt: skip
        one, all_ = (
            preview(
                bench.project(str(count), MANY.format(root=str(ROOT), tables=count, text=manifest)),
                manifest,
            )
            for count in (1, TABLES)
        )
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        what = f"{TABLES} tables in one stack"
        print(f"  {what:<46} {all_[0]:7.3f}           {all_[1]:7.3f}\n"
              f"  {1000 * (all_[0] - one[0]) / (TABLES - 1):.1f} ms a table, "
              f"largest process {peak:.0f} MiB")  # fmt: skip


if __name__ == "__main__":
    main()
