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
from tests.engine.harness import Engine
from tests.engine.hosted import Project
from tools import engine as pulumi
from tools.bench_run import MANIFEST

ROUNDS = 7
LIMIT = 7200
"""Seconds for a command: a first update of a thousand tables takes long."""
SIZES = (1, 10, 100)
"""The numbers of tables in a stack; others can be named on the command line."""

BY_HAND = """\
import pulumi
import pulumi_aws as aws

provider = aws.Provider("classic-provider", region="us-east-1")
for name in ["orders"]:
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


class Bench:
    """Projects with an engine, a language host and an emulated AWS."""

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


def cost(project: Project, *arguments: str, manifest: str = "") -> tuple[float, float]:
    """The seconds that a command takes, and those of processor time in all its processes."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ended = project.start(*arguments, manifest=manifest).ended(LIMIT)
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
                figures = cost(project, "preview", manifest=manifest)
                if number:
                    taken[what].append(figures)
        least = {what: tuple(map(min, zip(*costs, strict=True))) for what, costs in taken.items()}
        by_hand = next(iter(least.values()))
        print(f"preview of{'':<41} seconds      of processor time")
        for what, (seconds, used) in least.items():
            print(f"  {what:<46} {seconds:7.3f}  {seconds / by_hand[0]:.2f} x"
                  f"   {used:7.3f}  {used / by_hand[1]:.2f} x")  # fmt: skip
        print("a stack with the tables of a folder, beside the same tables written by hand")
        for size in [int(size) for size in sys.argv[1:]] or SIZES:
            many(bench, size)


OPERATIONS: dict[str, tuple[str, ...]] = {
    "first preview": ("preview",),
    "first up": ("up", "--yes", "--skip-preview"),
    "unchanged preview": ("preview",),
    "unchanged up": ("up", "--yes", "--skip-preview"),
    "destroy": ("destroy", "--yes", "--skip-preview"),
}


def many(bench: Bench, size: int) -> None:
    """What each operation takes for so many tables, in turns with the program written by hand."""
    text = MANIFEST.read_text(encoding="utf-8")
    by_hand, ours = ([f"{kind}-{size}-{number}" for number in range(size)] for kind in ("a", "b"))
    program = BY_HAND.replace('["orders"]', repr(by_hand))
    hand, folder = bench.project(f"hand-{size}", program), bench.project(f"tables-{size}")
    (folder.work / "tables").mkdir()
    for name in ours:
        manifest = text.replace("name: orders", f"name: {name}")
        (folder.work / "tables" / f"{name}.yaml").write_text(manifest, encoding="utf-8")
    cost(folder, "config", "set", "manifests", "tables")
    for what, arguments in OPERATIONS.items():
        least = cost(hand, *arguments)
        seconds, used = cost(folder, *arguments)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        each = 1000 * seconds / size
        print(f"  {f'{what} of {size}':<28} {seconds:7.2f} s  {each:5.0f} ms a table"
              f"  {seconds / least[0]:.2f} x   {used:7.2f} s of processor time"
              f"  {used / least[1]:.2f} x   largest process so far {peak:.0f} MiB",
              flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
