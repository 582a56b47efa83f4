"""What the tests check Kubernetes objects with, built from Go modules."""

from __future__ import annotations

import os
from pathlib import Path

from tools.environment import ROOT
from tools.go_tool import GoTool

CRDS = Path(os.environ.get("CRDS") or ROOT.parent / "shared" / "crds")
"""The folder of the control planes' CRDs, which are data of others and no part of this project."""

_FOLDER = Path(__file__).resolve().parent

KUBECTL_VALIDATE = GoTool(
    title="kubectl-validate",
    command="kubectl-validate",
    folder=_FOLDER / "kubectl_validate",
    module="sigs.k8s.io/kubectl-validate",
    package="sigs.k8s.io/kubectl-validate",
    takes="1 to 5 minutes",
)
"""Judges objects against CRDs as an API server does: types, unknown fields, CEL rules, names, and
the YAML 1.1 that Kubernetes reads."""

KRO_CHECK = GoTool(
    title="kro-check, with kro",
    command="kro-check",
    folder=_FOLDER / "kro_check",
    module="github.com/kubernetes-sigs/kro",
    package=".",
    takes="2 to 10 minutes",
)
"""Judges ResourceGraphDefinitions by kro's own code: its schema, its expressions, their types."""

CRD_CHECK = GoTool(
    title="crd-check, with the API server's validation of CRDs",
    command="crd-check",
    folder=_FOLDER / "crd_check",
    module="k8s.io/apiextensions-apiserver",
    package=".",
    takes="1 to 5 minutes",
)
"""Judges a CRD, the cost of its CEL rules included, and updates of its objects by these rules."""

CUE = GoTool(
    title="cue",
    command="cue",
    folder=_FOLDER / "cue",
    module="cuelang.org/go",
    package="cuelang.org/go/cmd/cue",
    takes="1 to 4 minutes",
)
"""The language of KubeVela's definitions, in the version that KubeVela itself is built with."""

TOOLS = (KUBECTL_VALIDATE, KRO_CHECK, CRD_CHECK, CUE)
