"""The stack's AWS providers: one for each region and account."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from planton.diagnostics.diagnostic import did_you_mean, quote
from planton.reading.sources import CONFIG_PROVIDERS
from planton.reading.stack_input import StackInput

_MAX_RETRIES = "max_retries"
_ACCOUNTS = "allowed_account_ids"
_SECRET = ("access_key", "secret_key", "token")
_CREDENTIALS = (*_SECRET, "profile", "assume_roles", "assume_role_with_web_identity")
"""Arguments that together decide whose credentials are used."""

SERVICES = ("appautoscaling", "cloudwatch", "dynamodb", "iam", "kms", "sts")
"""The services that the provider calls for the program's resources, as `endpoints` names them: of
KMS it asks for the account's default key, of STS for the account. The others, such as a Kinesis
stream, a bucket or an SNS topic, are called by DynamoDB and CloudWatch themselves."""


def create_provider(
    logical_name: str,
    stack_input: StackInput,
    *,
    region: pulumi.Input[str],
    depends_on: pulumi.Input[list[pulumi.Resource]],
    settings: Mapping[str, Any] | None = None,
) -> aws.Provider:
    """The provider with the input's credentials, or with the stack's own `aws:` config.

    An explicit provider does not inherit that config, so all of it is passed on. With credentials
    in the input, only those are used: a profile or role from elsewhere must not decide on the
    account. Of the config only `aws:maxRetries` then applies, and a value in the input overrides
    it. With the endpoint of an emulated AWS, all requests go there. `region` is the input's, passed
    through the guards, and `depends_on` are the guards. `settings` are those of config `providers`
    for the account. They override the stack's own, and where they name keys or a profile, none of
    its credentials are used.

    Raises pulumi.RunError if a setting has an unknown name or a value that is not JSON.
    """
    arguments = _stack_config(_MAX_RETRIES) if stack_input.credentials else _stack_config()
    if stack_input.credentials:
        arguments["access_key"] = stack_input.credentials.access_key_id
        arguments["secret_key"] = stack_input.credentials.secret_access_key
        arguments["token"] = stack_input.credentials.session_token
    if settings:
        own = _account_settings(stack_input.account_id or "", settings)
        if {"access_key", "profile"} & own.keys():
            arguments = {k: value for k, value in arguments.items() if k not in _CREDENTIALS}
        arguments |= own
    if stack_input.max_retries is not None:
        arguments[_MAX_RETRIES] = stack_input.max_retries
    if stack_input.account_id:
        arguments[_ACCOUNTS] = [stack_input.account_id]
    if stack_input.endpoint:
        pulumi.log.info(f"all requests go to {stack_input.endpoint}, not to AWS")
        arguments |= _emulator(stack_input.endpoint, stack_input.account_id)
    arguments["region"] = region
    options = pulumi.ResourceOptions(depends_on=depends_on)
    return aws.Provider(logical_name, **arguments, opts=options)


def _account_settings(account: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The provider's arguments for an account. Structured config holds their values as they are,
    and does not tell which of them are secret: if one is, all are."""
    has_secrets = pulumi.runtime.is_config_secret(pulumi.Config().full_key(CONFIG_PROVIDERS))
    parameters = inspect.signature(aws.ProviderArgs.__init__).parameters
    known = {_camel(name): name for name in parameters if name not in ("self", "__self__")}
    arguments: dict[str, Any] = {}
    for key, value in settings.items():
        if key not in known:
            meant = did_you_mean(str(key), known)
            hint = f"; did you mean '{meant}'?" if meant else ""
            raise pulumi.RunError(
                f"config {CONFIG_PROVIDERS}, account {account}: {quote(key)} is no setting of the "
                f"AWS provider{hint}"
            )
        name = known[key]
        is_secret = name in _SECRET or has_secrets
        arguments[name] = pulumi.Output.secret(value) if is_secret else value
    return arguments


def _emulator(endpoint: str, account_id: str | None) -> dict[str, Any]:
    """The arguments for an emulated AWS, which has no IAM Identity Center and no metadata service.

    Without STS, as in DynamoDB Local, the account can only be unknown; the provider refuses that if
    it may use one account alone.
    """
    return {
        "endpoints": [aws.ProviderEndpointArgs(**dict.fromkeys(SERVICES, endpoint))],
        "skip_credentials_validation": True,
        "skip_metadata_api_check": True,
        "skip_requesting_account_id": account_id is None,
    }


def _stack_config(*names: str) -> dict[str, Any]:
    """Values of the stack's `aws:` config by the provider's argument names; without `names`, all.

    Config holds values other than strings as JSON; the provider expects them parsed.
    """
    config = pulumi.Config("aws")
    parameters = inspect.signature(aws.ProviderArgs.__init__).parameters
    arguments: dict[str, Any] = {}
    for name, parameter in parameters.items():
        if name in ("self", "__self__") or (names and name not in names):
            continue
        key = _camel(name)
        text = config.get(key)
        if not text:
            continue
        is_text = parameter.annotation == parameters["profile"].annotation
        value = text if is_text else _parsed(key, text)
        secret = pulumi.runtime.is_config_secret(config.full_key(key))
        arguments[name] = pulumi.Output.secret(value) if secret else value
    return arguments


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _parsed(key: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise pulumi.RunError(
            f"config aws:{key} must be JSON: set it as JSON or with `pulumi config set --path`"
        ) from None
