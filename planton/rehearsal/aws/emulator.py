"""moto in this process: started, called through botocore, and without access to the network."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from planton.rehearsal.aws.requests import HttpAnswer, HttpRequest

if TYPE_CHECKING:
    from moto.core.models import MockAWS

DEFAULT_ACCOUNT_ID = "123456789012"
_REFUSED = "NetworkRefused"


class Emulator:
    """moto between `start` and `stop`.

    moto keeps its state in module globals: two emulators at one time share one AWS.
    """

    def __init__(self) -> None:
        self._mock: MockAWS | None = None

    def start(self) -> None:
        from moto import mock_aws
        from moto.core.base_backend import AccountSpecificBackend

        with _bare_environment():
            AccountSpecificBackend.get_session()  # moto's own, which a user's profile could break
        # moto's own credentials would reach the program through the environment.
        self._mock = mock_aws(
            config={"core": {"mock_credentials": False, "reset_boto3_session": False}}
        )
        self._mock.start()

    def stop(self) -> None:
        assert self._mock is not None
        self._mock.stop()
        self._mock = None

    def regions(self) -> list[str]:
        """The regions of the emulated DynamoDB."""
        from moto.backends import get_backend

        return list(get_backend("dynamodb")[DEFAULT_ACCOUNT_ID].regions)

    def forward(self, request: HttpRequest) -> HttpAnswer:
        """moto's answer to an HTTP request to AWS, in whichever protocol.

        Whatever moto raises for a request that it does not expect is raised.
        """
        from botocore.awsrequest import AWSPreparedRequest  # type: ignore[import-untyped]  # same
        from botocore.compat import HTTPHeaders  # type: ignore[import-untyped]  # same
        from moto.core.botocore_stubber import BotocoreStubber

        headers = HTTPHeaders()
        for name, value in request.headers.items():
            headers[name] = value
        prepared = AWSPreparedRequest(request.method, request.url, headers, request.body, False)
        answer = BotocoreStubber().process_request(prepared)
        assert answer is not None  # it has one for every host of AWS
        status, given, body = answer
        content = body.encode() if isinstance(body, str) else body
        return HttpAnswer(status, {name: str(value) for name, value in given.items()}, content)

    def client(self, service: str, account_id: str, region: str) -> Any:
        """A botocore client that moto answers. It ignores the machine's configuration for AWS."""
        if self._mock is None:
            raise RuntimeError("the emulated AWS has not started: use it inside its `with` block")
        return _client(service, account_id, region)


@cache
def _client(service: str, account_id: str, region: str) -> Any:
    """Kept when the emulator ends; then every request is refused (`_refuse`)."""
    from botocore.config import Config  # type: ignore[import-untyped]  # has no types

    client = _bare_session().create_client(
        service,
        region_name=region,
        aws_access_key_id="rehearsal",
        aws_secret_access_key="rehearsal",  # noqa: S106  # invented, and sent nowhere
        config=Config(
            ignore_configured_endpoint_urls=True, retries={"total_max_attempts": 1}, proxies={}
        ),
    )

    def name_account(request: Any, **_: Any) -> None:
        request.headers["x-moto-account-id"] = account_id

    client.meta.events.register("before-sign", name_account)
    client.meta.events.register_last("before-send", _refuse)
    return client


def partition(region: str) -> str:
    """The partition in the ARNs of a region."""
    from moto.utilities.utils import get_partition

    return str(get_partition(region))


def is_network_refusal(code: str) -> bool:
    return code == _REFUSED


def _refuse(request: Any, **_: Any) -> Any:
    """The answer to a request that moto does not answer.

    botocore asks every handler and takes the first answer. This handler is the last, so its answer
    counts only if moto has none, and then nothing is sent.
    """
    from botocore.awsrequest import AWSResponse
    from moto.core.botocore_stubber import MockRawResponse

    error = {"__type": _REFUSED, "message": f"{request.method} {request.url}"}
    return AWSResponse(request.url, 400, {}, MockRawResponse(json.dumps(error)))


@cache
def _bare_session() -> Any:
    """A botocore session that reads neither the environment nor the files under ~/.aws.

    Kept, because it holds the service models; created after moto's import, which adds moto's
    handler.
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
