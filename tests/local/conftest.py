"""DynamoDB Local, started once per process and stopped with it."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator

import pytest

from tests.local.local import Local
from tools import dynamodb_local
from tools.skips import without_local


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """All tests that lack it are one line of the summary: they are skipped at one place."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        report.longrepr = (__file__, 1, report.longrepr[2])
    return report


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    """Without DynamoDB Local, or a Java to run it, all tests that need it are skipped."""
    if reason := without_local():
        pytest.skip(reason)
    folder = dynamodb_local.find()
    assert folder is not None
    log = tmp_path_factory.mktemp("local") / "log"
    with pytest.MonkeyPatch.context() as patch, dynamodb_local.running(folder, log) as port:
        for name in os.environ:
            if name.startswith("AWS_"):
                patch.delenv(name)
        yield Local(port)
