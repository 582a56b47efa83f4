"""The program run under Pulumi's runtime, with the emulated AWS behind it, in this process."""

from __future__ import annotations

import asyncio
import contextvars
import os
import runpy
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planton.rehearsal.cloud import DEFAULT_REGION, Cloud
from planton.rehearsal.emulator import DEFAULT_ACCOUNT_ID
from planton.rehearsal.records import Call, Message, Refusal, Rehearsal, Resource

if TYPE_CHECKING:
    from planton.rehearsal.monitor import Engine, Monitor
    from planton.rehearsal.secrets import Secrets


def _program() -> Path:
    """In a checkout it stands beside the package; an installed package brings it along as data."""
    beside = Path(__file__).resolve().parents[2] / "__main__.py"
    if beside.is_file():
        return beside
    return Path(sysconfig.get_path("data"), "share", "aws-dynamodb-module", "__main__.py")


PROGRAM = _program()
"""The program that `pulumi up` runs."""

_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
_HIDDEN = ("AWS_", "PULUMI_", "MOTO_", "STACK_INPUT_YAML", "TEST_SERVER_MODE", "TEST_PROXY_MODE")
"""What of the environment would reach the program, Pulumi or moto from outside the rehearsal."""


def rehearse(
    environment: Mapping[str, str],
    *,
    config: Mapping[str, str] | None = None,
    project: str = "aws-dynamodb-module",
    stack: str = "rehearsal",
    region: str = DEFAULT_REGION,
    account_id: str | None = None,
    program: Path = PROGRAM,
) -> Rehearsal:
    """Run the program once, on an AWS that begins empty.

    `environment` holds the program's input (STACK_INPUT_YAML or STACK_INPUT_YAML_FILE); it stands
    over what this process has, of which no input, no AWS and no Pulumi variables are left.
    `config` is the stack's Pulumi configuration, full keys to text. `region` is taken where the
    program finds none. `account_id` is the account of the credentials; by default it is whichever
    the provider allows.

    A refused resource and a `pulumi.RunError` end up in the result. Any other exception of the
    program is a fault of the program and comes through. May be called any number of times, but not
    from two threads at once.

    Raises:
        FileNotFoundError: there is no such program.
        PropertyError: the program registers what the emulation does not know.
    """
    if not program.is_file():
        raise FileNotFoundError(f"{program}: no program to rehearse")
    config = dict(config or {})
    run = _Run(program, config, project, stack, region, account_id)
    result = run.once(environment)
    if result.error is None or result.resources or _names_region(environment, config):
        return result
    # Stopped before the first resource, and a region is named nowhere around the program: where
    # that was the matter, the program gets further with one.
    again = run.once({**environment, _REGION_VARIABLES[0]: region})
    return result if again.error == result.error else replace(again, assumed_region=True)


def _names_region(environment: Mapping[str, str], config: Mapping[str, str]) -> bool:
    return any(environment.get(name) for name in _REGION_VARIABLES) or "aws:region" in config


class _Run:
    def __init__(
        self,
        program: Path,
        config: Mapping[str, str],
        project: str,
        stack: str,
        region: str,
        account_id: str | None,
    ) -> None:
        self._program = program
        self._config = config
        self._project = project
        self._stack = stack
        self._region = region
        self._account_id = account_id

    def once(self, environment: Mapping[str, str]) -> Rehearsal:
        with (
            _environment(environment),
            Cloud(account_id=self._account_id, region=self._region) as cloud,
        ):
            from planton.rehearsal.monitor import Engine, Monitor

            monitor = Monitor(cloud, self._project, self._stack, self._config)
            engine = Engine()
            error = self._run(monitor, engine)
            return self._result(cloud, monitor, engine, error)

    def _run(self, monitor: Monitor, engine: Engine) -> str | None:
        """The text of the program's own RunError, or None."""
        from pulumi import RunError

        context = contextvars.copy_context()  # the SDK keeps all of its settings in context
        try:
            context.run(_run_in_stack, self._settings(monitor, engine), self._body())
        except RunError as error:
            return str(error)
        return None

    def _settings(self, monitor: Monitor, engine: Engine) -> Callable[[], None]:
        def configure() -> None:
            from pulumi.runtime import config, settings

            settings.ROOT.set(None)
            settings.configure(
                settings.Settings(
                    project=self._project,
                    stack=self._stack,
                    organization="organization",
                    monitor=monitor,
                    engine=engine,
                    dry_run=False,
                )
            )
            config.set_all_config(dict(self._config), [])

        return configure

    def _body(self) -> Callable[[], None]:
        def body() -> None:
            with _main_module(self._program):
                runpy.run_path(str(self._program), run_name="__main__")

        return body

    def _result(
        self, cloud: Cloud, monitor: Monitor, engine: Engine, error: str | None
    ) -> Rehearsal:
        seen, secrets = monitor.seen, monitor.seen.secrets
        refusals = tuple(_covered_refusal(refusal, secrets) for refusal in seen.refusals)
        texts = [str(refusal) for refusal in refusals]
        if error is not None:
            texts.append(secrets.cover_text(error))
        provider = seen.provider
        return Rehearsal(
            resources=tuple(_covered_resource(resource, secrets) for resource in seen.resources),
            calls=tuple(_covered_call(call, secrets) for call in cloud.calls),
            refusals=refusals,
            outputs=secrets.cover(seen.exports),
            messages=tuple(
                Message(message.severity, secrets.cover_text(message.text))
                for message in engine.messages
            ),
            region=provider.region if provider else self._region,
            assumed_region=seen.assumed_region,
            account_id=provider.account_id if provider else self._account_id or DEFAULT_ACCOUNT_ID,
            error="\n".join(texts) or None,
        )


def _run_in_stack(configure: Callable[[], None], body: Callable[[], None]) -> None:
    """One stack on a loop of its own, which ends with it.

    One worker, so that resources are carried out one by one, in the order of their registration:
    the same program gives the same rehearsal.
    """
    from pulumi.runtime.stack import run_in_stack

    configure()
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(max_workers=1))
    loop.set_exception_handler(lambda *_: None)  # what failed is raised; its echoes say no more
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(run_in_stack(body))
    finally:
        loop.run_until_complete(_drain(loop))
        asyncio.set_event_loop(None)
        loop.close()


async def _drain(loop: asyncio.AbstractEventLoop) -> None:
    left = asyncio.all_tasks(loop) - {asyncio.current_task(loop)}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    await loop.shutdown_default_executor()


@contextmanager
def _environment(given: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    for name in before:
        if name.startswith(_HIDDEN):
            del os.environ[name]
    os.environ.update(given)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _main_module(program: Path) -> Iterator[None]:
    """As the language host starts it: the program's folder first on the path, no arguments."""
    path, arguments = list(sys.path), list(sys.argv)
    sys.path.insert(0, str(program.parent))
    sys.argv = [str(program)]
    try:
        yield
    finally:
        sys.path[:] = path
        sys.argv = arguments


def _covered_resource(resource: Resource, secrets: Secrets) -> Resource:
    return replace(
        resource,
        id=None if resource.id is None else secrets.cover_text(resource.id),
        inputs=secrets.cover(resource.inputs),
        outputs=secrets.cover(resource.outputs),
    )


def _covered_call(call: Call, secrets: Secrets) -> Call:
    parameters: dict[str, Any] = secrets.cover(call.parameters)
    message = None if call.message is None else secrets.cover_text(call.message)
    return replace(call, parameters=parameters, message=message)


def _covered_refusal(refusal: Refusal, secrets: Secrets) -> Refusal:
    return replace(refusal, message=secrets.cover_text(refusal.message))
