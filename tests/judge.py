"""Kubernetes objects judged as an API server judges them, by kubectl-validate and the real CRDs.

The CRDs are no part of this project: the variable `CRDS` names their folder, which by default lies
in `../shared/crds`, beside the checkout.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from planton.render.rendered import Data
from tools.go_tool import GoTool
from tools.kubernetes import CRD_CHECK, CRDS, KRO_CHECK, KUBECTL_VALIDATE
from tools.skips import without_crds, without_tool


def judge(texts: Mapping[str, str], folder: Path, *, crds: Iterable[Path] = (CRDS,)) -> Verdicts:
    """What is wrong with the documents of each text, in one run of the tool.

    `folder` is for the files that the tool reads. Skips the test where the tool or the CRDs are
    missing.
    """
    tool = _found(KUBECTL_VALIDATE)
    files = _files(texts, folder)
    arguments = [*map(str, files.values()), "--output", "json"]
    for place in crds:
        arguments += ["--local-crds", str(place)]
    done = subprocess.run(
        [tool, *arguments],
        # No cluster of whoever runs the tests is asked.
        env={**os.environ, "KUBECONFIG": os.devnull},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    answer: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    return {
        name: [_problem(one) for one in answer[str(file)] if one["status"] != "Success"]
        for name, file in files.items()
    }


def judge_by_kro(texts: Mapping[str, str], folder: Path) -> dict[str, str]:
    """What kro finds wrong with each definition, "" where nothing is. Skips as above."""
    tool = _found(KRO_CHECK)
    files = _files(texts, folder)
    done = subprocess.run(
        [tool, CRDS, *files.values()], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, str] = json.loads(done.stdout)
    return {name: answer[str(file)] for name, file in files.items()}


def judge_updates(
    crd: str, updates: Mapping[str, tuple[Data, Data]], folder: Path
) -> tuple[list[str], Verdicts]:
    """What is wrong with a CRD, and with each update of an object: before and after.

    Skips the test where the tool is missing.
    """
    tool = _found(CRD_CHECK, without_tool)
    definition = folder / "crd.yaml"
    definition.write_text(crd, encoding="utf-8")
    texts = {
        name: json.dumps({"before": before, "after": after})
        for name, (before, after) in updates.items()
    }
    files = _files(texts, folder)
    done = subprocess.run(
        [tool, definition, *files.values()],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    return answer["definition"], {
        name: answer["updates"][str(file)] for name, file in files.items()
    }


def _found(tool: GoTool, without: Callable[[GoTool], str | None] = without_crds) -> Path:
    if reason := without(tool):
        pytest.skip(reason)
    found = tool.find()
    assert found is not None
    return found


def _files(texts: Mapping[str, str], folder: Path) -> dict[str, Path]:
    files = {name: folder / f"{number}.yaml" for number, name in enumerate(texts)}
    for name, file in files.items():
        file.write_text(texts[name], encoding="utf-8")
    return files


Verdicts = dict[str, list[str]]
"""For each text, what is wrong with its documents; nothing where all are right."""


def _problem(status: dict[str, Any]) -> str:
    causes = status.get("details", {}).get("causes", [])
    return "; ".join(f"{cause.get('field', '')}: {cause['message']}" for cause in causes) or str(
        status["message"]
    )
