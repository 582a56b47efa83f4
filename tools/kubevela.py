"""The KubeVela definition as the YAML that `vela def apply` would make of it.

    python -m tools.kubevela > promise/kubevela/aws-dynamodb-kratix.yaml

for clusters whose platform team has no `vela`. Needs `cue` (./dev kubernetes).
"""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

from planton.document.writer import dump
from tools.kubernetes import CUE

DEFINITION = (
    Path(__file__).resolve().parent.parent / "promise" / "kubevela" / "aws-dynamodb-kratix.cue"
)
NAME = "aws-dynamodb-kratix"
_START, _END = "\ntemplate: {\n", "\n}\n"
_HEAD = """\
# Made of aws-dynamodb-kratix.cue by `python -m tools.kubevela`; change that file.
"""


def template() -> str:
    """The body of the definition's template, as the cluster keeps it."""
    text = DEFINITION.read_text(encoding="utf-8")
    _, body = text.split(_START)
    assert body.endswith(_END)
    return textwrap.dedent(body.removesuffix(_END)).expandtabs(4) + "\n"


def cue(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """`cue` on a text.

    Raises:
        FileNotFoundError: it is not built.
    """
    tool = CUE.find()
    if tool is None:
        raise FileNotFoundError("there is no cue: ./dev kubernetes builds it")
    return subprocess.run(
        [str(tool), *arguments], input=stdin, capture_output=True, text=True, check=False
    )


def definition() -> dict[str, Any]:
    """The ComponentDefinition."""
    head, _ = DEFINITION.read_text(encoding="utf-8").split(_START)
    exported = cue("export", "-", stdin=head)
    assert exported.returncode == 0, exported.stderr
    said = json.loads(exported.stdout)[NAME]
    attributes = said["attributes"]
    status = {name: text.strip() + "\n" for name, text in attributes["status"].items()}
    return {
        "apiVersion": "core.oam.dev/v1beta1",
        "kind": "ComponentDefinition",
        "metadata": {
            "name": NAME,
            "namespace": "vela-system",
            "annotations": {"definition.oam.dev/description": said["description"]},
        },
        "spec": {
            "workload": attributes["workload"],
            "status": {name: text.expandtabs(4) for name, text in status.items()},
            "schematic": {"cue": {"template": template()}},
        },
    }


if __name__ == "__main__":
    sys.stdout.write(_HEAD + dump(definition()))
