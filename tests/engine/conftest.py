"""The engine of the tests, found once; a separate stack and an empty AWS for each test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from planton.rehearsal.provider import lookups
from planton.rehearsal.provider.session import Session
from tests.engine import language_host, real
from tests.engine.defects import DEFECTS
from tests.engine.faults import FaultyCloud
from tests.engine.harness import PROGRAM, Engine, Stack
from tests.engine.hosted import Project
from tests.engine.older import DIFFERENT, VERSION, lacking
from tests.engine.real import RealProvider
from tests.engine.standin import StandIn, serve
from tests.engine.wire import Json
from tools import engine as pulumi
from tools import real_provider as plugin
from tools.skips import NO_ENGINE, NO_PLUGIN

_ONCE = (NO_ENGINE, NO_PLUGIN)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """All tests that lack the same are one line of the summary: they are skipped at one place."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple):
        for reason in _ONCE:
            if reason in report.longrepr[2]:
                report.longrepr = (__file__, 1, f"Skipped: {reason}")
    return report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of what the program is known to get wrong must fail."""
    found = plugin.find() if config.getoption("provider") == "real" else None
    for item in items:
        if reason := DEFECTS.get(item.name):
            item.add_marker(pytest.mark.xfail(strict=True, reason=reason))
        if found and not found.is_genuine and (otherwise := DIFFERENT.get(item.name)):
            reason = f"version {VERSION} of the provider {otherwise}"
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Without an engine all tests that need one are skipped."""
    path = pulumi.find()
    if path is None:
        pytest.skip(NO_ENGINE)
    return Engine.prepared(
        path, pulumi.version_of(path).lstrip("v"), tmp_path_factory.mktemp("engine") / "new"
    )


@pytest.fixture(scope="session")
def real_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealProvider]:
    """One process for all tests. Where it was not built, skips; in CI, fails if it could be."""
    found = plugin.find()
    if found is None:
        if os.environ.get("CI") == "true" and plugin.is_to_be_had():
            pytest.fail("the real AWS provider is to be had on this machine: run `./dev provider`")
        pytest.skip(NO_PLUGIN)
    with real.started(found, tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture
def cloud() -> Iterator[FaultyCloud]:
    cloud = FaultyCloud()
    with cloud:
        yield cloud


@pytest.fixture
def provider(
    cloud: FaultyCloud, request: pytest.FixtureRequest
) -> Iterator[StandIn | RealProvider]:
    """The stand-in, or the real provider with `--provider real`."""
    if request.config.getoption("provider") == "real":
        real_provider: RealProvider = request.getfixturevalue("real_provider")
        with real_provider.endpoint.serving(cloud):
            yield real_provider
            cloud.release()
        return
    with serve(cloud) as provider:
        yield provider
        cloud.release()


@pytest.fixture
def stand_in(provider: StandIn | RealProvider) -> StandIn:
    """For tests of faults that only the stand-in can produce."""
    if not isinstance(provider, StandIn):
        pytest.skip("only the stand-in can fail in this way")
    return provider


@pytest.fixture
def stack(engine: Engine, provider: StandIn | RealProvider, tmp_path: Path) -> Stack:
    stack = engine.stack(tmp_path / "stack", provider.port)
    if isinstance(provider, RealProvider) and not provider.plugin.is_genuine:
        stack.examine = _skip_what_is_lacking
    return stack


@pytest.fixture
def first(engine: Engine, provider: StandIn | RealProvider, stack: Stack, tmp_path: Path) -> Stack:
    """Another stack, which creates the tables that are there."""
    other = engine.stack(tmp_path / "first", provider.port)
    other.examine = stack.examine
    return other


@pytest.fixture
def unseeing(stack: Stack) -> Path:
    """The program under an engine that does not let it see its state."""
    program = stack.work / "unseeing.py"
    program.write_text(
        "import runpy\n"
        "from planton.resources import own_state\n"
        "own_state._READ = 'pulumi:pulumi:noSuchFunction'\n"
        "own_state._WAITS = ()\n"
        f"runpy.run_path({str(PROGRAM)!r}, run_name='__main__')\n"
    )
    return program


@pytest.fixture
def untold_indexes(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes the provider's getTable not tell of global indexes, as another version may."""

    def switch() -> None:
        schema, get_table = lookups.FUNCTIONS[lookups.GET_TABLE]

        def without_indexes(session: Session, arguments: Json) -> Json:
            found = get_table(session, arguments)
            del found["globalSecondaryIndexes"]
            return found

        monkeypatch.setitem(lookups.FUNCTIONS, lookups.GET_TABLE, (schema, without_indexes))

    return switch


def _skip_what_is_lacking(manifest: str) -> None:
    if features := lacking(manifest):
        pytest.skip(f"version {VERSION} of the provider lacks {', '.join(features)}")


HOSTS = ["the test's", *(["the CLI's"] if shutil.which(language_host.PLUGIN) else [])]


@pytest.fixture(scope="session", params=HOSTS)
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a language host: the tests' own, and that of a CLI that is installed."""
    if request.param == "the CLI's":
        installed = shutil.which(language_host.PLUGIN)
        assert installed is not None
        return Path(installed).parent
    script = pulumi.host_script()
    if script is None:
        assert not (os.environ.get("CI") and pulumi.is_built()), "built without its SDK"
        pytest.skip("no host script of Pulumi's SDK: `./dev engine` fetches it (needs Go)")
    folder = tmp_path_factory.mktemp("host")
    language_host.install(folder, script)
    return folder


@pytest.fixture
def project(engine: Engine, host: Path, provider: StandIn, tmp_path: Path) -> Project:
    return Project(engine, host, tmp_path / "stack", provider.port)
