"""Runs the program under Pulumi's runtime and against the emulated AWS, in this process."""

from __future__ import annotations

import asyncio
import contextvars
import runpy
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from planton.rehearsal.aws.emulated_aws import DEFAULT_REGION, EmulatedAws
from planton.rehearsal.aws.emulator import DEFAULT_ACCOUNT_ID
from planton.rehearsal.aws.requests import Call
from planton.rehearsal.program.process import environment_of, started_as_program
from planton.rehearsal.program.records import Message, Refusal, Rehearsal, Resource

if TYPE_CHECKING:
    from planton.rehearsal.program.monitor import Engine, Monitor
    from planton.rehearsal.program.secrets import Secrets

T = TypeVar("T")


def find_program(package: Path) -> Path:
    """In a checkout it is next to the package; an installed package has it among its data."""
    checkout = package.parent / "__main__.py"
    if checkout.is_file():
        return checkout
    return Path(sysconfig.get_path("data"), "share", "aws-dynamodb-module", "__main__.py")


PROGRAM = find_program(Path(__file__).resolve().parents[2])
"""The program that `pulumi up` runs."""

_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")

PROJECT = "aws-dynamodb-module"
"""The Pulumi project, in which the program's own config is."""


def rehearse(
    environment: Mapping[str, str],
    *,
    config: Mapping[str, str] | None = None,
    project: str = PROJECT,
    stack: str = "rehearsal",
    region: str = DEFAULT_REGION,
    account_id: str | None = None,
    program: Path = PROGRAM,
    aws: EmulatedAws | None = None,
) -> Rehearsal:
    """Runs the program once against an AWS that is empty at first, unless there is one in `aws`.

    `environment` contains the program's input (STACK_INPUT_YAML or STACK_INPUT_YAML_FILE). It
    overrides the environment of this process, whose variables for input, AWS and Pulumi are hidden
    from the program. `config` is the stack's Pulumi configuration with its full keys. `region` is
    used if the program finds none. `account_id` is the account of the credentials, by default the
    one that the provider allows; with `aws` it is the account of that.

    The result contains refused resources and a `pulumi.RunError`. Any other exception is a bug of
    the program and is raised. Must not be called from two threads at the same time.

    Raises:
        FileNotFoundError: the program does not exist.
        PropertyError: the program registers what the emulation does not know.
    """
    if not program.is_file():
        raise FileNotFoundError(f"{program}: no program to rehearse")
    config = dict(config or {})
    run = _Run(program, config, project, stack, region, account_id, aws)
    result = run.once(environment)
    if result.error is None or result.resources or _has_region(environment, config):
        return result
    # It stopped before the first resource, and neither environment nor configuration has a region.
    # If that is the reason, the program gets further with a region.
    second = run.once({**environment, _REGION_VARIABLES[0]: region})
    return result if second.error == result.error else replace(second, assumed_region=True)


@contextmanager
def lasting_aws() -> Iterator[EmulatedAws]:
    """An AWS for several rehearsals, which keeps what they create until the block ends. Until then,
    the environment of this process is hidden from it, as from the program."""
    with environment_of({}), EmulatedAws(account_id=None) as aws:
        yield aws


def _has_region(environment: Mapping[str, str], config: Mapping[str, str]) -> bool:
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
        aws: EmulatedAws | None,
    ) -> None:
        self._program = program
        self._config = config
        self._project = project
        self._stack = stack
        self._region = region
        self._account_id = account_id
        self._aws = aws

    def once(self, environment: Mapping[str, str]) -> Rehearsal:
        with environment_of(environment), self._aws_of_run() as aws:
            before = len(aws.calls)
            from planton.rehearsal.program.monitor import Engine, Monitor

            monitor = Monitor(aws, self._project, self._stack, self._config)
            engine = Engine()
            error = run_body(
                self._body(),
                monitor,
                engine,
                project=self._project,
                stack=self._stack,
                config=self._config,
            )
            return self._result(aws.calls[before:], monitor, engine, error)

    def _aws_of_run(self) -> AbstractContextManager[EmulatedAws]:
        if self._aws is not None:
            return nullcontext(self._aws)
        return EmulatedAws(account_id=self._account_id, region=self._region)

    def _body(self) -> Callable[[], None]:
        def body() -> None:
            with started_as_program(self._program):
                runpy.run_path(str(self._program), run_name="__main__")

        return body

    def _result(
        self, calls: Iterable[Call], monitor: Monitor, engine: Engine, error: str | None
    ) -> Rehearsal:
        registrations, secrets = monitor.registrations, monitor.registrations.secrets
        refusals = tuple(_masked_refusal(refusal, secrets) for refusal in registrations.refusals)
        texts = [str(refusal) for refusal in refusals]
        if error is not None:
            texts.append(secrets.mask_text(error))
        provider = registrations.provider
        return Rehearsal(
            resources=tuple(
                _masked_resource(resource, secrets) for resource in registrations.resources
            ),
            calls=tuple(_masked_call(call, secrets) for call in calls),
            refusals=refusals,
            outputs=secrets.mask(registrations.exports),
            messages=tuple(
                Message(message.severity, secrets.mask_text(message.text))
                for message in engine.messages
            ),
            region=provider.region if provider else self._region,
            assumed_region=registrations.assumed_region,
            account_id=provider.account_id if provider else self._account_id or DEFAULT_ACCOUNT_ID,
            error="\n".join(texts) or None,
        )


def run_body(
    body: Callable[[], None],
    monitor: Monitor,
    engine: Engine,
    *,
    project: str,
    stack: str,
    config: Mapping[str, str],
) -> str | None:
    """Runs a program's body as one stack's. The message of its RunError, or None."""
    from pulumi import RunError
    from pulumi.runtime import config as runtime_config
    from pulumi.runtime import settings

    def configure() -> None:
        settings.ROOT.set(None)
        settings.configure(
            settings.Settings(
                project=project,
                stack=stack,
                organization="organization",
                monitor=monitor,
                engine=engine,
                dry_run=False,
            )
        )
        runtime_config.set_all_config(dict(config), [])

    context = contextvars.copy_context()  # the SDK keeps all of its settings in context
    try:
        context.run(_run_in_stack, configure, body)
    except RunError as error:
        return str(error)
    return None


def _run_in_stack(configure: Callable[[], None], body: Callable[[], None]) -> None:
    """One stack on a new event loop, which is closed at the end.

    Resources are created one by one, in the order of registration: every run of the same program
    has the same result.
    """
    from pulumi.runtime.stack import run_in_stack

    configure()
    loop = asyncio.new_event_loop()
    loop.set_default_executor(_AtOnce())
    loop.set_exception_handler(lambda *_: None)  # the first failure is raised, others follow it
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(run_in_stack(body))
    finally:
        loop.run_until_complete(_drain(loop))
        asyncio.set_event_loop(None)
        loop.close()


class _AtOnce(ThreadPoolExecutor):
    """Runs each call where it is submitted: with a thread, most of the time is spent waiting.

    A loop takes a ThreadPoolExecutor only.
    """

    def submit(self, call: Callable[..., T], /, *arguments: Any, **more: Any) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(call(*arguments, **more))
        except BaseException as error:  # as an executor does
            future.set_exception(error)
        return future


async def _drain(loop: asyncio.AbstractEventLoop) -> None:
    left = asyncio.all_tasks(loop) - {asyncio.current_task(loop)}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    await loop.shutdown_default_executor()


def _masked_resource(resource: Resource, secrets: Secrets) -> Resource:
    return replace(
        resource,
        id=None if resource.id is None else secrets.mask_text(resource.id),
        inputs=secrets.mask(resource.inputs),
        outputs=secrets.mask(resource.outputs),
    )


def _masked_call(call: Call, secrets: Secrets) -> Call:
    parameters: dict[str, Any] = secrets.mask(call.parameters)
    message = None if call.message is None else secrets.mask_text(call.message)
    return replace(call, parameters=parameters, message=message)


def _masked_refusal(refusal: Refusal, secrets: Secrets) -> Refusal:
    return replace(refusal, message=secrets.mask_text(refusal.message))
