"""What the rules of an organization cost: the accepted manifests, with rules and without.

Two files of rules: one that nearly every manifest keeps, as where rules are enforced, and
one that nearly every manifest breaks several times: then most of the time goes into the findings.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.corpus import ACCEPT, cases, examples
from tools.bench_run import PLANTON, in_turns, line

COPIES = 4
ROUNDS = 5
KEPT = """\
severity: {projection-all: "off"}
profiles: [{name: fsbp, when: {metadata.env: none-of-them}}]
defaults: [{spec: {tags: {cost-centre: "4711"}}}]
rules:
  - {id: names, require: {spec.tableName: {matches: "[A-Za-z0-9_.-]+"}}}
  - {id: classes, require: {spec.tableClass: [STANDARD, STANDARD_INFREQUENT_ACCESS]}}
  - {id: indexes, require: {spec.globalSecondaryIndexes: {atMost: 20}}}
  - id: regions
    require:
      spec.region: {matches: "[a-z]+(-[a-z]+)+-[0-9]"}
      spec.replicas[*].regionName: {matches: "[a-z]+(-[a-z]+)+-[0-9]"}
  - id: maxima
    when: {spec.billingMode: PAY_PER_REQUEST, metadata.env: none-of-them}
    require: {spec.onDemandThroughput.maxReadRequestUnits: {atMost: 1000}}
  - id: keys
    when: {metadata.env: none-of-them}
    require: {spec.serverSideEncryption.kmsKeyArn: {present: true}}
"""
BROKEN = """\
severity: {recovery-off: error}
profiles: [{name: fsbp}, {name: control-tower}]
rules:
  - {id: names, require: {spec.tableName: {matches: "acme-.*"}}}
  - {id: teams, require: {spec.tags.team: {present: true}}}
  - {id: recovery, require: {spec.pointInTimeRecovery.enabled: true}}
"""


def rules(folder: Path) -> None:
    """The same manifests without rules, and with each of the two files."""
    files = [*examples(), *cases(ACCEPT)]
    fleet = folder / "fleet"
    fleet.mkdir()
    for number, file in enumerate(files * COPIES):
        shutil.copyfile(file, fleet / f"{number:05}.yaml")
    commands: dict[str, tuple[str | Path, ...]] = {
        "without": (*PLANTON, "validate", "--jobs=1", "--format", "json", fleet)
    }
    for name, text in (("kept", KEPT), ("broken", BROKEN)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        option = ("--config", folder / f"{name}.yaml")
        commands[name] = (*PLANTON, "validate", "--jobs=1", "--format", "json", *option, fleet)
    costs = in_turns(commands, ROUNDS, succeed=False)
    number = len(files) * COPIES
    line(
        f"validate {number:,} manifests of the corpus",
        costs["without"],
        f"{costs['without'].seconds / number * 1e3:.2f} ms each",
    )
    for name, what in (("kept", "with rules that they keep"), ("broken", "with rules they break")):
        ratio = f"{costs[name].seconds / costs['without'].seconds:.2f} x without rules"
        line(what, costs[name], f"{costs[name].seconds / number * 1e3:.2f} ms each", ratio)
