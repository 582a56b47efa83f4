"""The endpoint of an emulated AWS in the provider block: what it may be, and beside what.

All requests of the program go to it, so that nothing reaches AWS by accident. For the same reason
it is refused beside an account or a key that may be AWS's.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

EMULATOR_ACCOUNTS = ("000000000000", "123456789012")
"""The accounts that LocalStack and DynamoDB Local (the first) and moto have unless told otherwise.
AWS uses the second in its documentation and gives neither to a customer."""

_HOST = r"(?:[A-Za-z0-9][A-Za-z0-9._-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\])"
_PORT = "(?:6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})"
ENDPOINT_PATTERN = rf"https?://{_HOST}(?::{_PORT})?(?:/[A-Za-z0-9._~/-]{{0,200}})?"
"""Without user, password and query: SDKs sign the header in which the first two would be sent."""

ALLOWED_ENDPOINT = "the URL of an emulated AWS such as 'http://localhost:4566', without a password"

HOSTS_OF_AWS = (
    *("amazonaws.com", "api.aws"),
    *("amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    *("amazonaws.eu", "api.amazonwebservices.eu"),
    *("c2s.ic.gov", "api.aws.ic.gov"),
    *("sc2s.sgov.gov", "api.aws.scloud"),
    *("cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    *("csp.hci.ic.gov", "api.aws.hci.ic.gov"),
)
"""Under which AWS has the endpoints of its partitions: those with IPv4, and those with IPv6 too."""

REAL_KEY_PATTERN = "(?:AKIA|ASIA)[A-Z0-9]{12,}"
"""Access keys of AWS: AKIA begins one of a user, ASIA a temporary one (IAM identifiers)."""


def is_emulated_account(account_id: str, access_key_id: str | None) -> bool:
    """Whether no customer of AWS has the account, or the access key is the account's number, which
    is how a LocalStack is told which account to use: AWS has no such keys."""
    return account_id in EMULATOR_ACCOUNTS or account_id == access_key_id


def is_real_key(access_key_id: str) -> bool:
    """Whether an access key looks like AWS's."""
    return re.fullmatch(REAL_KEY_PATTERN, access_key_id) is not None


def is_of_aws(endpoint: str) -> bool:
    """Whether an endpoint, which matches the pattern, is on a host of AWS. AWS has an endpoint for
    each service, and the provider block's is for all of them."""
    host = (urlsplit(endpoint).hostname or "").rstrip(".")
    return host in HOSTS_OF_AWS or host.endswith(tuple(f".{one}" for one in HOSTS_OF_AWS))
