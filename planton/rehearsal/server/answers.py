"""What the server answers: items and streams are moto's, and tables are described as corrected."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any
from xml.sax.saxutils import escape

from planton.rehearsal.aws.emulated_aws import EmulatedAws
from planton.rehearsal.aws.errors import NOT_FOUND, Refused
from planton.rehearsal.aws.requests import DYNAMODB, HttpAnswer, HttpRequest, Request

_TABLES, _STREAMS = "DynamoDB_20120810", "DynamoDBStreams_20120810"
"""The first halves of the header x-amz-target."""
_ABOUT_TABLES = ("CreateTable", "DescribeTable", "UpdateTable", "DeleteTable")
_STS = "sts"
_SCOPE = re.compile(
    r"AWS4-HMAC-SHA256 +Credential=[^/, ]{1,128}/[0-9]{8}/"
    r"(?P<region>[a-z0-9-]{1,32})/(?P<service>[a-z0-9-]{1,32})/aws4_request[, ]"
)
_TARGET = re.compile(r"(?P<api>[A-Za-z0-9_]{1,64})\.(?P<operation>[A-Za-z]{1,64})")
NOT_EMULATED = "NotEmulated"
SERVED = "the rehearsal serves DynamoDB, DynamoDB Streams and STS"


@dataclass(frozen=True)
class _Asked:
    """Where a request goes."""

    host: str
    region: str
    api: str = ""
    operation: str = ""


class Answers:
    """Answers the requests of SDKs, one at a time: moto's state is not made for several threads.

    All are in the one account, whichever access key signs them. Signatures are not checked.
    """

    def __init__(self, aws: EmulatedAws, account_id: str) -> None:
        self._aws = aws
        self._account_id = account_id
        self._regions = frozenset(aws.regions())
        self._lock = Lock()

    def answer(self, method: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """The answer to a request, whose headers are found by their names in lower case."""
        scope = _SCOPE.match(headers.get("authorization", ""))
        if scope is None:
            message = "the request is not signed: set any access key, such as 'test'"
            return error(400, "MissingAuthenticationTokenException", message)
        asked = _asked(scope["region"], scope["service"], headers.get("x-amz-target", ""))
        if asked is None:
            message = f"{SERVED}, not '{scope['service']}'"
            if "x-amz-target" in headers:
                return error(501, NOT_EMULATED, message)
            return _xml_error(501, NOT_EMULATED, message)
        if asked.region not in self._regions:
            return error(400, "InvalidRegion", f"the region '{asked.region}' does not exist")
        with self._lock:
            try:
                if asked.api == _TABLES and asked.operation in _ABOUT_TABLES:
                    return self._about_table(asked, method, headers, body)
                return self._forwarded(asked, method, headers, body)
            except Exception as failure:  # moto's, for a request that it does not expect
                name = f"{asked.operation or asked.host}: {type(failure).__name__}: {failure}"
                with suppress(OSError):  # the reader of a pipe may be gone
                    print(
                        f"planton: the emulated AWS failed: {name!r}", file=sys.stderr, flush=True
                    )
                return error(501, NOT_EMULATED, f"the emulated AWS failed: {name}")

    def _about_table(
        self, asked: _Asked, method: str, headers: Mapping[str, str], body: bytes
    ) -> HttpAnswer:
        """With what moto drops: encryption, table class, maximum throughput and replicas."""
        try:
            parameters = json.loads(body)
        except ValueError:
            return error(400, "SerializationException", "the request's body is not JSON")
        if not isinstance(parameters, dict):
            return error(400, "SerializationException", "the request's body is not an object")
        request = Request(self._account_id, asked.region, DYNAMODB, asked.operation, parameters)
        try:
            self._aws.check(request)
            if asked.operation == "DescribeTable":
                return _json(200, self._aws.peek(request))
        except Refused as refused:
            if refused.code != NOT_FOUND:  # which moto says in DynamoDB's words
                return error(400, refused.code, refused.message)
        if "ReplicaUpdates" in parameters:
            return error(501, NOT_EMULATED, "replicas of a served table cannot be changed")
        answer = self._forwarded(asked, method, headers, body)
        if asked.operation != "DescribeTable" and answer.status == 200:
            name = str(parameters["TableName"]).rpartition(":table/")[2]  # it may be an ARN
            self._aws.note(replace(request, parameters={**parameters, "TableName": name}))
        return answer

    def _forwarded(
        self, asked: _Asked, method: str, headers: Mapping[str, str], body: bytes
    ) -> HttpAnswer:
        sent = {**headers, "x-moto-account-id": self._account_id}
        url = f"https://{asked.host}.amazonaws.com/"
        return self._aws.forward(HttpRequest(method, url, sent, body))


def _asked(region: str, service: str, target: str) -> _Asked | None:
    """None for what the server does not serve."""
    if service == _STS:
        return _Asked(f"{_STS}.{region}", region)
    found = _TARGET.fullmatch(target)
    if service != DYNAMODB or found is None or found["api"] not in (_TABLES, _STREAMS):
        return None
    host = f"dynamodb.{region}" if found["api"] == _TABLES else f"streams.dynamodb.{region}"
    return _Asked(host, region, found["api"], found["operation"])


def error(status: int, code: str, message: str) -> HttpAnswer:
    """An error in the form of AWS's JSON protocols."""
    return _json(status, {"__type": code, "message": message})


def _xml_error(status: int, code: str, message: str) -> HttpAnswer:
    """The same in the form of the query and REST-XML protocols. The header is REST-JSON's."""
    text = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    whole = f"<ErrorResponse>{text}</ErrorResponse>"
    headers = {"content-type": "text/xml", "x-amzn-errortype": code}
    return HttpAnswer(status, headers, whole.encode())


def _json(status: int, data: Any) -> HttpAnswer:
    text = json.dumps(data, default=lambda moment: moment.timestamp())
    return HttpAnswer(status, {"content-type": "application/x-amz-json-1.0"}, text.encode())
