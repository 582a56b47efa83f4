"""The engine of the tests, found once; a stack of its own and an empty AWS for each test."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.engine.faults import FaultyCloud
from tests.engine.harness import Engine, Stack
from tests.engine.standin import StandIn, serve
from tools import engine as pulumi

NO_ENGINE = "no Pulumi engine: `./dev engine` builds it (Go is all it needs)"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """All tests that lack the engine are one line of the summary: they are skipped at one place."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple) and NO_ENGINE in report.longrepr[2]:
        report.longrepr = (__file__, 1, f"Skipped: {NO_ENGINE}")
    return report


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Without an engine all tests that need one are skipped."""
    path = pulumi.find()
    if path is None:
        pytest.skip(NO_ENGINE)
    return Engine.prepared(
        path, pulumi.version_of(path).lstrip("v"), tmp_path_factory.mktemp("engine") / "new"
    )


@pytest.fixture
def cloud() -> Iterator[FaultyCloud]:
    cloud = FaultyCloud()
    with cloud:
        yield cloud


@pytest.fixture
def provider(cloud: FaultyCloud) -> Iterator[StandIn]:
    with serve(cloud) as provider:
        yield provider
        cloud.release()


@pytest.fixture
def stack(engine: Engine, provider: StandIn, tmp_path: Path) -> Stack:
    return engine.stack(tmp_path / "stack", provider.port)
