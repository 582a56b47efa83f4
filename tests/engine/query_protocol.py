"""AWS's query protocol, which version 5.100 of the provider speaks to CloudWatch: forms and XML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from planton.rehearsal.aws.requests import CLOUDWATCH, Json

_VERSIONS = {"2010-08-01": CLOUDWATCH}


def service(body: str) -> str | None:
    """The service that a form is for; None for a service that the emulation does not have."""
    return _VERSIONS.get(dict(parse_qsl(body)).get("Version", ""))


def operation(body: str) -> str:
    return dict(parse_qsl(body))["Action"]


def parameters(shape: Any, body: str) -> Json:
    """The parameters of a request, typed by the service's model."""
    found: Json = _read(shape, dict(parse_qsl(body, keep_blank_values=True)), "")
    return found


def _read(shape: Any, form: Mapping[str, str], path: str) -> Any:
    match shape.type_name:
        case "structure":
            members = {
                name: _read(member, form, f"{path}.{name}".lstrip("."))
                for name, member in shape.members.items()
            }
            return {name: value for name, value in members.items() if value not in (None, [], {})}
        case "list":
            items: list[Any] = []
            while any(key.startswith(f"{path}.member.{len(items) + 1}") for key in form):
                items.append(_read(shape.member, form, f"{path}.member.{len(items) + 1}"))
            return items
    text = form.get(path)
    if text is None:
        return None
    return _CONVERT.get(shape.type_name, str)(text)


_CONVERT: Mapping[str, Callable[[str], Any]] = {
    "boolean": lambda text: text == "true",
    "double": float,
    "integer": int,
}


def response(shape: Any, name: str, value: Json) -> str:
    """A successful response."""
    result = _written(shape, f"{name}Result", value) if shape else f"<{name}Result/>"
    return f"<{name}Response>{result}{_METADATA}</{name}Response>"


_METADATA = "<ResponseMetadata><RequestId>test</RequestId></ResponseMetadata>"


def error(code: str, message: str) -> str:
    """A refusal."""
    inner = f"<Type>Sender</Type><Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    return f"<ErrorResponse><Error>{inner}</Error><RequestId>test</RequestId></ErrorResponse>"


def _written(shape: Any, name: str, value: Any) -> str:
    match shape.type_name:
        case "structure":
            inner = "".join(
                _written(shape.members[key], key, item)
                for key, item in value.items()
                if key in shape.members
            )
        case "list":
            inner = "".join(_written(shape.member, "member", item) for item in value)
        case "boolean":
            inner = str(value).lower()
        case "timestamp":
            inner = value.isoformat() if isinstance(value, datetime) else str(value)
        case _:
            inner = escape(str(value))
    return f"<{name}>{inner}</{name}>"
