"""moto in this process: started, spoken to through botocore, and cut off from the network."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from planton.rehearsal.session import AUTOSCALING

if TYPE_CHECKING:
    from moto.core.models import MockAWS

DEFAULT_ACCOUNT_ID = "123456789012"
_REFUSED = "NetworkRefused"


class Emulator:
    """One emulated AWS, which lives between `start` and `stop`.

    moto keeps its state in module globals: two emulators at one time share one AWS.
    """

    def __init__(self) -> None:
        self._mock: MockAWS | None = None

    def start(self) -> None:
        from moto import mock_aws
        from moto.core.base_backend import AccountSpecificBackend

        with _bare_environment():
            AccountSpecificBackend.get_session()  # moto's own, which a foreign profile would break
        # Without moto's own credentials, which the program would see in its environment.
        self._mock = mock_aws(
            config={"core": {"mock_credentials": False, "reset_boto3_session": False}}
        )
        self._mock.start()

    def stop(self) -> None:
        if self._mock is not None:
            self._mock.stop()
            self._mock = None

    def regions(self) -> list[str]:
        """The regions in which the emulated DynamoDB can be."""
        from moto.backends import get_backend

        return list(get_backend("dynamodb")[DEFAULT_ACCOUNT_ID].regions)

    def backend(self, service: str, account_id: str, region: str) -> Any:
        """moto's own state, for what its API forgets."""
        from moto.backends import get_backend

        return get_backend(service)[account_id][region]  # type: ignore[call-overload]  # by literal

    def client(self, service: str, account_id: str, region: str) -> Any:
        """A botocore client that moto answers, whatever the machine has configured for AWS."""
        if self._mock is None:
            raise RuntimeError("the emulated AWS is not there: use it inside its `with` block")
        return _client(service, account_id, region)


@cache
def _client(service: str, account_id: str, region: str) -> Any:
    """Kept past the emulator's end, after which it answers to nothing: `_refuse`."""
    from botocore.config import Config  # type: ignore[import-untyped]  # has no types

    if service == AUTOSCALING:
        _load_autoscaling()
    client = _bare_session().create_client(
        service,
        region_name=region,
        aws_access_key_id="rehearsal",
        aws_secret_access_key="rehearsal",  # noqa: S106  # made up, and sent nowhere
        config=Config(
            ignore_configured_endpoint_urls=True, retries={"total_max_attempts": 1}, proxies={}
        ),
    )

    def name_account(request: Any, **_: Any) -> None:
        request.headers["x-moto-account-id"] = account_id

    client.meta.events.register("before-sign", name_account)
    client.meta.events.register_last("before-send", _refuse)
    return client


def is_network_refusal(code: str) -> bool:
    return code == _REFUSED


def _refuse(request: Any, **_: Any) -> Any:
    """The answer to what moto has none for.

    botocore asks every handler and takes the first answer: this one, the last, counts only where
    moto gave none, and then nothing is sent.
    """
    from botocore.awsrequest import AWSResponse  # type: ignore[import-untyped]  # same
    from moto.core.botocore_stubber import MockRawResponse

    error = {"__type": _REFUSED, "message": f"{request.method} {request.url}"}
    return AWSResponse(request.url, 400, {}, MockRawResponse(json.dumps(error)))


@cache
def _bare_session() -> Any:
    """A botocore session that reads neither the environment nor the files under ~/.aws.

    Kept, because it keeps the service models; made after moto's import, which adds the handler
    that answers.
    """
    from botocore.session import Session  # type: ignore[import-untyped]  # has no types

    variables = {
        name: (None, None, default, cast)
        for name, (_, _, default, cast) in Session.SESSION_VARIABLES.items()
    }
    for name in ("config_file", "credentials_file"):
        variables[name] = (None, None, os.devnull, None)
    return Session(session_vars=variables)


@contextmanager
def _bare_environment() -> Iterator[None]:
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("AWS_")}
    try:
        os.environ["AWS_CONFIG_FILE"] = os.devnull
        yield
    finally:
        del os.environ["AWS_CONFIG_FILE"]
        os.environ.update(hidden)


class _LateEcs:
    """moto's ECS for one account and region, loaded when something is asked of it."""

    def __init__(self, account_id: str = "", region: str = "") -> None:
        self._account_id = account_id
        self._region = region

    def __getitem__(self, key: str) -> _LateEcs:
        return _LateEcs(self._account_id, key) if self._account_id else _LateEcs(key)

    def __getattr__(self, name: str) -> Any:
        from moto.ecs.models import ecs_backends

        return getattr(ecs_backends[self._account_id][self._region], name)


def _load_autoscaling() -> None:
    """Import moto's autoscaling without its ECS.

    It wants ECS for the services that it scales, and ECS loads all of EC2: a second, for nothing
    that a table needs.
    """
    if "moto.ecs" in sys.modules or "moto.applicationautoscaling.models" in sys.modules:
        return
    late = ModuleType("moto.ecs")
    late.__dict__["ecs_backends"] = _LateEcs()
    sys.modules["moto.ecs"] = late
    try:
        import moto.applicationautoscaling.models  # noqa: F401  # for its effect
    finally:
        del sys.modules["moto.ecs"]
