"""Functions of the AWS provider that read what exists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

_GET_TABLE = "aws:dynamodb/getTable:getTable"
_GET_KEY = "aws:kms/getKey:getKey"
_GET_POLICY = "aws:iam/getPolicy:getPolicy"
_MISSING = "couldn't find resource"
"""How the AWS provider says that there is no such table or policy."""


class LookupFailed(Exception):
    """The provider's reason, in one line."""

    @property
    def is_missing(self) -> bool:
        """Whether it is that AWS has no such table or policy."""
        return _MISSING in str(self)


async def get_table(
    name: str, region: str | None, options: pulumi.InvokeOptions
) -> Mapping[str, Any]:
    """The table of this name, in the provider's region or another one. Raises LookupFailed."""
    return await _look_up(_GET_TABLE, {"name": name, "region": region}, options)


async def get_key(arn: str, options: pulumi.InvokeOptions) -> Mapping[str, Any]:
    """The KMS key. Raises LookupFailed."""
    return await _look_up(_GET_KEY, {"keyId": arn}, options)


async def get_policy(arn: str, options: pulumi.InvokeOptions) -> Mapping[str, Any]:
    """The IAM policy. By its name, the provider would look for minutes for one that does not exist
    (policy_data_source.go). Raises LookupFailed."""
    return await _look_up(_GET_POLICY, {"arn": arn}, options)


async def _look_up(
    function: str, arguments: dict[str, Any], options: pulumi.InvokeOptions
) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = await pulumi.runtime.invoke_async(function, arguments, options)
    except Exception as error:  # the SDK raises nothing more precise
        raise LookupFailed(" ".join(str(error).split())) from None
    return found
