"""Requests to AWS: what is repeated, what a refusal means, and that no secret is shown."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # has no types

from planton.account import client as module
from planton.account.client import METHODS, AwsClient
from planton.account.requests import AccountError, RequestError
from tests.adopt.conftest import SECRET
from tests.adopt.endpoint import Answer, endpoint, refusal

pytestmark = pytest.mark.usefixtures("aws_config")


def without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)


def describe(url: str | None, *, profile: str | None = None) -> Any:
    client = AwsClient(profile=profile, endpoint_url=url, threads=1)
    return client("dynamodb", "eu-west-1", "DescribeTable", {"TableName": "orders"})


def test_the_answer_is_returned() -> None:
    def answer(operation: str, parameters: Any) -> Answer:
        return 200, {"Table": {"TableName": f"{operation} {parameters['TableName']}"}}

    with endpoint(answer) as url:
        assert describe(url)["Table"] == {"TableName": "DescribeTable orders"}


def test_a_throttled_request_is_repeated() -> None:
    asked: Counter[str] = Counter()

    def answer(operation: str, _: Any) -> Answer:
        asked[operation] += 1
        if asked[operation] < 3:
            return refusal("ThrottlingException")
        return 200, {"Table": {"TableName": "orders"}}

    with endpoint(answer) as url:
        assert describe(url)["Table"] == {"TableName": "orders"}
    assert asked == {"DescribeTable": 3}


def test_throttling_without_end_is_an_error_of_the_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_ATTEMPTS", 2)

    with (
        endpoint(lambda *_: refusal("ThrottlingException", "slow down")) as url,
        pytest.raises(RequestError) as refused,
    ):
        describe(url)

    assert not refused.value.is_gap
    assert str(refused.value) == ("dynamodb:DescribeTable failed: ThrottlingException: slow down")


def test_a_missing_permission_is_a_gap() -> None:
    with (
        endpoint(lambda *_: refusal("AccessDeniedException")) as url,
        pytest.raises(RequestError) as refused,
    ):
        describe(url)

    assert refused.value.is_gap
    assert refused.value.reason == (
        "it could not be read: the permission dynamodb:DescribeTable is missing"
    )


@pytest.mark.parametrize(
    "code", ["ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException"]
)
def test_refused_credentials_end_everything_and_are_not_shown(code: str) -> None:
    with (
        endpoint(lambda *_: refusal(code, f"x-amz-security-token:{SECRET}")) as url,
        pytest.raises(AccountError) as refused,
    ):
        describe(url)

    assert str(refused.value) == f"AWS does not accept the credentials ({code}): renew them"


def test_missing_credentials_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    without_credentials(monkeypatch)

    with pytest.raises(AccountError, match="there are no complete credentials for AWS: set"):
        describe(None)


def test_half_of_the_credentials_is_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(AccountError, match="there are no complete credentials for AWS: set"):
        describe(None)


def test_what_a_credential_process_prints_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, aws_config: Path
) -> None:
    without_credentials(monkeypatch)
    command = f"sh -c 'echo {SECRET} >&2; exit 1'"
    aws_config.write_text(f"[profile p]\ncredential_process = {command}\n")

    with pytest.raises(AccountError) as refused:
        describe(None, profile="p")

    assert str(refused.value) == "the credentials cannot be retrieved: check the profile"


def test_a_role_that_may_not_be_assumed_is_no_gap() -> None:
    class Refusing:
        def describe_table(self, **_: object) -> None:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "AssumeRole")

    client = AwsClient(profile=None, endpoint_url=None, threads=1)
    client._clients["dynamodb", "eu-west-1"] = Refusing()

    with pytest.raises(AccountError) as refused:
        client("dynamodb", "eu-west-1", "DescribeTable", {"TableName": "orders"})

    assert str(refused.value) == (
        "the credentials cannot be retrieved: AssumeRole failed: AccessDenied"
    )


def test_a_profile_that_does_not_exist_is_named() -> None:
    with pytest.raises(AccountError, match=r"The config profile \(nope\) could not be found"):
        describe(None, profile="nope")


@pytest.mark.parametrize("url", ["nonsense", "http://[", "ftp//x"])
def test_a_malformed_endpoint_is_named(url: str) -> None:
    with pytest.raises(AccountError) as refused:
        describe(url)

    assert str(refused.value) == f"'{url}' is not the URL of an endpoint"


def test_an_endpoint_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ATTEMPTS", 1)
    with endpoint(lambda *_: (200, {})) as url:
        pass  # and is gone

    with pytest.raises(AccountError, match=f'AWS cannot be reached: .*"{url}/"'):
        describe(url)


@pytest.mark.parametrize(
    ("profile", "region"), [(None, "eu-north-1"), ("p", "eu-south-1"), ("empty", None)]
)
def test_the_region_is_that_of_the_profile(
    profile: str | None, region: str | None, aws_config: Path
) -> None:
    aws_config.write_text(
        "[default]\nregion = eu-north-1\n[profile p]\nregion = eu-south-1\n[profile empty]\n"
    )

    assert AwsClient(profile=profile, endpoint_url=None, threads=1).region == region


def test_no_request_changes_anything() -> None:
    assert {name for name in METHODS if not name.startswith(("Describe", "Get", "List"))} == set()
