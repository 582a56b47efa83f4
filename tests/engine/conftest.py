"""The engine of the tests, found once; a stack of its own and an empty AWS for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from planton.rehearsal.cloud import Cloud
from tests.engine import standin
from tests.engine.harness import Engine, Stack
from tools import engine as pulumi


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Without an engine all tests that need one are skipped."""
    path = pulumi.find()
    if path is None:
        pytest.skip("no Pulumi engine: `./dev engine` builds it (Go is all it needs)")
    return Engine.prepared(
        path, pulumi.version_of(path).lstrip("v"), tmp_path_factory.mktemp("engine") / "new"
    )


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud() as cloud:
        yield cloud


@pytest.fixture
def stack(engine: Engine, cloud: Cloud, tmp_path: Path) -> Iterator[Stack]:
    with standin.serve(cloud) as port:
        yield engine.stack(tmp_path / "stack", port)
