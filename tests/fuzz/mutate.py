"""Manifests broken in the ways in which people, tools and attackers break them.

Bytes flipped at random are hardly ever YAML; lines moved, keys exchanged and values replaced are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from planton.dialects.annotations import EXTENSIONS
from planton.dialects.contract import API_VERSIONS
from planton.dialects.key_case import snake
from planton.manifest.aws_dynamodb import AwsDynamodb
from planton.manifest.shape import bare, fields
from tests.corpus import ACCEPT, REJECT, cases, examples

MAX_LENGTH = 1 << 14
"""Characters; longer inputs are the tests' of growth."""

_VALUES = (
    *(
        "",
        "~",
        "null",
        "true",
        "N",
        "no",
        "0",
        "-1",
        "007",
        "5.0",
        "1e400",
        "-.inf",
        ".nan",
        "0x1F",
    ),
    *(
        "9" * 30,
        "1_000",
        "12:30",
        "2024-01-01",
        "'5'",
        '" 5"',
        "'",
        '"',
        "''",
        '"\\0"',
        '"\\ud800"',
    ),
    *("[]", "{}", "[[]]", "[", "{", "}", "{a: 1}", "{value: x}", "{valueFrom: {name: x}}", "? x"),
    *("&a", "*a", "&a x", "&a [*a]", "!", "! x", "!!str x", "!!int 5", "!!binary eA==", "<<: *a"),
    *("|", ">-", "|2-", "|\n  a: [\n", "---", "...", "%YAML 1.1", "# x", "\t", "\ufeff", "\x85"),
    *(
        "\u2028",
        "\x07",
        "\U0001d7d9",
        "e\u0301",
        "\u202e",
        "x" * 300,
        "a: b",
        "a:",
        "- a",
        "%",
        "@",
    ),
    *("HASH", "KEY_TYPE_RANGE", "S", "PAY_PER_REQUEST", "BILLING_MODE_PROVISIONED", "INCLUDE"),
    *(
        "KEYS_ONLY_PROJECTION",
        "TABLE_CLASS_UNSPECIFIED",
        "eu-central-1",
        "aws:x",
        "keySchema, region",
    ),
    *("STRONG", "CONSISTENCY_MODE_EVENTUAL", "MICROSECOND", "CSV", "ION", "GZIP", "READ"),
    *("12000", "123456789012", "'012345678901'", "eu-west-1", "cn-north-1", "Europe/Berlin", "';'"),
    *("2026-11-26T08:00:00Z", "2026-02-30T08:00:00Z", "rate(1 hour)", "at(2026-12-24T18:00:00)"),
    *("cron(0 18 ? * MON-FRI *)", "cron(", "at()", "2012-10-17", "'2012-10-17'", "'*'"),
    *("${table_arn}", "${table_arn}/index/*", "Allow", "dynamodb:*", "[dynamodb:GetItem, 5]"),
    *("{AWS: '*'}", "{Effect: Deny}", "{Bool: {aws:SecureTransport: false}}", "[{}, [], ~]"),
    "arn:aws:kms:eu-west-1:123456789012:key/b",
    "{value: arn:aws:kinesis:eu-central-1:123456789012:stream/s}",
    "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/backup/01234567890123-0a1b2c3d",
    "[{regionName: eu-west-1}, {regionName: us-east-1, consistencyMode: STRONG}]",
    "[{name: a, dimension: WRITE, schedule: rate(1 day), minCapacity: 5}]",
    *API_VERSIONS,
    "AwsDynamodb",
)
_ENTRY = re.compile(r"^(\s*(?:- )*)([\w.\"/'-]+):( .*)?$")


def corpus() -> list[str]:
    """Every manifest of the repository, as text; good ones more often, there is more to break."""
    paths = [*cases(REJECT), *(*cases(ACCEPT), *examples()) * 4]
    texts = [path.read_bytes().decode("utf-8", "replace") for path in paths]
    return [text for text in texts if len(text) <= MAX_LENGTH]


def _keys(annotation: object) -> set[str]:
    """Every field's name below a model."""
    found: set[str] = set()
    for name, field in fields(annotation).items():
        inner = bare(field.annotation)
        found |= {name, snake(name)} | _keys(inner)
        for argument in getattr(inner, "__args__", ()):
            found |= _keys(bare(argument))
    return found


_PLANTON = Path(__file__).resolve().parents[2] / "planton"


def _words(pattern: str, files: str) -> set[str]:
    """Every string of the form in the program's source."""
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(_PLANTON.glob(files)))
    return set(re.findall(f'"({pattern})"', source))


KEYS = sorted(
    _keys(AwsDynamodb)
    | _words("[a-z][A-Za-z0-9]+", "dialect/flat*.py")
    | _words("[A-Z][A-Za-z]+", "model/*policy*.py")
    | _words("[A-Z][A-Za-z]+", "model/*statement*.py")
    | {"target", "provider_config", "apiVersion", "kind", "status", "<<", "value", "valueFrom"}
)


def mutated(texts: Sequence[str], random: Random) -> bytes:
    """One of the texts, changed in one to four ways."""
    lines = random.choice(texts).split("\n")
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        random.choice(CHANGES)(lines, texts, random)
    text = "\n".join(lines)[:MAX_LENGTH]
    data = text.encode("utf-8", "surrogatepass")
    return _flipped(data, random) if random.random() < 0.1 else data


def _flipped(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.randbytes(random.choice((0, 1, 3))) + data[at + random.randrange(3) :]


def _value(lines: list[str], _: Sequence[str], random: Random) -> None:
    at = random.randrange(len(lines))
    if found := _ENTRY.match(lines[at]):
        lines[at] = f"{found[1]}{found[2]}: {random.choice(_VALUES)}"
    else:
        lines[at] += random.choice(_VALUES)


def _key(lines: list[str], _: Sequence[str], random: Random) -> None:
    at = random.randrange(len(lines))
    if found := _ENTRY.match(lines[at]):
        lines[at] = f"{found[1]}{random.choice(KEYS)}:{found[3] or ''}"
    else:
        lines.insert(at, f"{random.choice(KEYS)}: {random.choice(_VALUES)}")


def _word(lines: list[str], _: Sequence[str], random: Random) -> None:
    at = random.randrange(len(lines))
    place = random.randrange(len(lines[at]) + 1)
    lines[at] = lines[at][:place] + random.choice(_VALUES) + lines[at][place:]


def _remove(lines: list[str], _: Sequence[str], random: Random) -> None:
    at = random.randrange(len(lines))
    del lines[at : at + random.choice((1, 1, 2, 4))]
    lines.append("")


def _repeat(lines: list[str], _: Sequence[str], random: Random) -> None:
    at = random.randrange(len(lines))
    block = lines[at : at + random.choice((1, 1, 2, 4))]
    lines[at:at] = block * random.choice((1, 1, 3, 30))


def _move(lines: list[str], _: Sequence[str], random: Random) -> None:
    at = random.randrange(len(lines))
    block = lines[at : at + random.choice((1, 2, 4))]
    del lines[at : at + len(block)]
    to = random.randrange(len(lines) + 1)
    lines[to:to] = block


def _indent(lines: list[str], _: Sequence[str], random: Random) -> None:
    at = random.randrange(len(lines))
    by = random.choice((-2, -1, 1, 2, 4))
    for i in range(at, min(len(lines), at + random.choice((1, 2, 4, 100)))):
        lines[i] = " " * by + lines[i] if by > 0 else lines[i][-by:]


def _splice(lines: list[str], texts: Sequence[str], random: Random) -> None:
    other = random.choice(texts).split("\n")
    at, start = random.randrange(len(lines)), random.randrange(len(other))
    lines[at:at] = other[start : start + random.choice((1, 3, 10))]


def _version(lines: list[str], _: Sequence[str], random: Random) -> None:
    version = random.choice(tuple(API_VERSIONS))
    lines[:] = [f"apiVersion: {version}" if "piVersion" in line else line for line in lines]


def _annotate(lines: list[str], _: Sequence[str], random: Random) -> None:
    """Some lines become the text of the annotation for further fields."""
    at = random.randrange(len(lines))
    block = lines[at : at + random.choice((1, 3, 10))]
    style = random.choice(("|", "|-", ">", "|2"))
    text = [f"      {line}" for line in block]
    where = next((i + 1 for i, line in enumerate(lines) if line.startswith("metadata:")), at)
    lines[where:where] = ["  annotations:", f"    {EXTENSIONS}: {style}", *text]


def _second(lines: list[str], texts: Sequence[str], random: Random) -> None:
    lines += ["---", *random.choice(texts).split("\n")]


CHANGES: tuple[Callable[[list[str], Sequence[str], Random], None], ...] = (
    *(_value,) * 4,
    *(_key,) * 3,
    _word,
    *(_splice,) * 3,
    _remove,
    _repeat,
    _move,
    _indent,
    _version,
    _annotate,
    _second,
)
