"""Sends requests to AWS through boto3."""

from __future__ import annotations

import threading
from typing import Any

import boto3  # type: ignore[import-untyped]  # has no types
from botocore import exceptions  # type: ignore[import-untyped]  # same
from botocore.config import Config  # type: ignore[import-untyped]  # same

from planton.account.requests import AccountError, RequestError
from planton.adopt.aws_values import Json

_ATTEMPTS = 10
_CREDENTIALS = (
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
)
"""Codes of refused credentials. What AWS says to them is not shown: it can repeat the request with
its session token."""


class AwsClient:
    """Sends requests with the credentials of the environment or of a profile.

    A request that AWS throttles, or that fails on its way, is repeated by boto3, which slows down
    with every throttling. May be called from several threads.
    """

    def __init__(self, *, profile: str | None, endpoint_url: str | None, threads: int) -> None:
        """Raises AccountError if there is no such profile."""
        try:
            self._session = boto3.Session(profile_name=profile)
        except exceptions.BotoCoreError as error:
            raise _account_error(error) from None
        self._endpoint_url = endpoint_url
        self._config = Config(
            retries={"mode": "adaptive", "total_max_attempts": _ATTEMPTS},
            max_pool_connections=threads,
        )
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    @property
    def region(self) -> str | None:
        """The region of the environment or of the profile."""
        region: str | None = self._session.region_name
        return region

    def __call__(self, service: str, region: str, operation: str, parameters: Json) -> Json:
        """Raises RequestError or AccountError."""
        try:
            client = self._client(service, region)
            method = getattr(client, METHODS[operation])
            answer: Json = method(**parameters)
        except exceptions.ClientError as error:
            code = error.response["Error"].get("Code", "")
            if error.operation_name != operation:  # such as AssumeRole, for a profile's role
                message = f"{error.operation_name} failed: {code}"
                raise AccountError(f"the credentials cannot be retrieved: {message}") from None
            if code in _CREDENTIALS:
                message = f"AWS does not accept the credentials ({code}): renew them"
                raise AccountError(message) from None
            message = error.response["Error"].get("Message", "")
            raise RequestError(service, operation, code, message) from None
        except exceptions.BotoCoreError as error:
            raise _account_error(error) from None
        return answer

    def _client(self, service: str, region: str) -> Any:
        """Creating a client is not safe in threads, using it is."""
        with self._lock:
            key = service, region
            if key not in self._clients:
                try:
                    self._clients[key] = self._session.client(
                        service,
                        region_name=region,
                        endpoint_url=self._endpoint_url,
                        config=self._config,
                    )
                except ValueError:  # which is all that boto3 says of a malformed URL
                    message = f"{self._endpoint_url!r} is not the URL of an endpoint"
                    raise AccountError(message) from None
            return self._clients[key]


METHODS = {
    "DescribeContinuousBackups": "describe_continuous_backups",
    "DescribeContributorInsights": "describe_contributor_insights",
    "DescribeKey": "describe_key",
    "DescribeKinesisStreamingDestination": "describe_kinesis_streaming_destination",
    "DescribeScalableTargets": "describe_scalable_targets",
    "DescribeScalingPolicies": "describe_scaling_policies",
    "DescribeScheduledActions": "describe_scheduled_actions",
    "DescribeTable": "describe_table",
    "DescribeTimeToLive": "describe_time_to_live",
    "GetResourcePolicy": "get_resource_policy",
    "ListTables": "list_tables",
    "ListTagsOfResource": "list_tags_of_resource",
}
"""boto3's method for each request. The program sends no others: it only reads."""


def _account_error(error: exceptions.BotoCoreError) -> AccountError:
    match error:
        case exceptions.NoCredentialsError() | exceptions.PartialCredentialsError():
            return AccountError(
                "there are no complete credentials for AWS: set AWS_PROFILE, or the variables "
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or pass --profile"
            )
        case exceptions.CredentialRetrievalError():
            # Its own message repeats what a credential process has printed.
            return AccountError("the credentials cannot be retrieved: check the profile")
        case exceptions.ConnectionError() | exceptions.HTTPClientError():
            return AccountError(f"AWS cannot be reached: {error}")
        case _:
            return AccountError(str(error))
