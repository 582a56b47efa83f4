"""The Promise, made from the API and the workflow's settings; `promise/promise.yaml` keeps it."""

from __future__ import annotations

from collections.abc import Sequence

from planton.kratix.contract import (
    CONFIGURE,
    DELETE,
    DESTINATION,
    IMAGE,
    PIPELINES,
    PROMISE,
    REGIONS,
    REGIONS_VARIABLE,
    USER,
    VERSION,
)
from planton.kratix.crd import crd
from planton.render.rendered import Data
from planton.render.yaml import dump

_HEAD = """\
# Made by `planton kratix promise`; change it there. Every text is quoted: kubectl reads YAML 1.1,
# where a bare N is false.
"""


def text(image: str | None = None, regions: Sequence[str] | None = None) -> str:
    """The Promise as YAML. `regions` none: the default ones; empty: every region."""
    return _HEAD + dump(promise(image or IMAGE, REGIONS if regions is None else regions))


def promise(image: str = IMAGE, regions: Sequence[str] = REGIONS) -> Data:
    """The Promise.

    The ACK controller is neither a dependency nor a required Promise: both would be taken away
    together with this one, and every table with them.
    """
    return {
        "apiVersion": "platform.kratix.io/v1alpha1",
        "kind": "Promise",
        "metadata": {"name": PROMISE, "labels": {"kratix.io/promise-version": VERSION}},
        "spec": {
            "destinationSelectors": [{"matchLabels": DESTINATION}],
            "api": crd(),
            "workflows": {
                "resource": {
                    CONFIGURE: [_pipeline(CONFIGURE, image, regions)],
                    DELETE: [_pipeline(DELETE, image, ())],
                }
            },
        },
    }


def _pipeline(action: str, image: str, regions: Sequence[str]) -> Data:
    """One container: the image's entry point asks Kratix' variables what to do."""
    name = PIPELINES[action]
    container: Data = {"name": name, "image": image}
    if regions:
        container["env"] = [{"name": REGIONS_VARIABLE, "value": ",".join(regions)}]
    container["securityContext"] = {
        "runAsNonRoot": True,
        "runAsUser": USER,
        "runAsGroup": USER,
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    return {
        "apiVersion": "platform.kratix.io/v1alpha1",
        "kind": "Pipeline",
        "metadata": {"name": name},
        "spec": {"containers": [container]},
    }
