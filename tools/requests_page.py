"""Generates docs/requests.md: how the fields of a request differ from those of a manifest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_origin

from planton.dialects.contract import REQUEST_API_VERSIONS, REQUEST_KIND
from planton.dialects.request_field import RequestFields
from planton.dialects.request_fields import SPEC
from planton.manifest.facts import Unsupported
from planton.manifest.shape import bare, fields
from planton.manifest.spec import Spec
from tools.request_fields import not_in_request

_HEAD = f"""\
# The fields of a request

Generated from the models by `./dev docs`. [promise/README.md](../promise/README.md) describes the
platform and says what a request must have.

`kind` is `{REQUEST_KIND}`, `apiVersion` is `{next(iter(REQUEST_API_VERSIONS))}`. A request has the
fields of a manifest ([fields.md](fields.md)), except those below. Keys are written in camelCase,
enum values without a prefix, and integers without quotes.

## Other names

| in a manifest | in a request |
| --- | --- |
"""

_LISTS = {name for name, info in fields(Spec).items() if get_origin(bare(info.annotation)) is list}

_NOT = """
## Fields that no request has

An ACK `Table` carries out a request, so most of these are what an ACK `Table` does not have.

| field of a manifest | why not | instead |
| --- | --- | --- |
"""


def page() -> str:
    """Returns the whole page."""
    names = [f"| `{old}` | `{new}` |\n" for old, new in dict(_renamed(SPEC)).items()]
    reasons: dict[Unsupported, list[str]] = {}
    for path, refused in not_in_request().items():
        for name, why in refused.items():
            parts = [f"{part}[]" if part in _LISTS else part for part in path.split(".")[1:]]
            reasons.setdefault(why, []).append(f"`{'.'.join([*parts, name])}`")
    rows = [
        f"| {', '.join(places)} | {why.message} | {why.help} |\n" for why, places in reasons.items()
    ]
    return "".join([_HEAD, *names, _NOT, *rows])


def _renamed(names: RequestFields) -> Iterator[tuple[str, str]]:
    for name, field in names.items():
        if name != field.today:
            yield field.today, name
        yield from _renamed(field.below or {})
