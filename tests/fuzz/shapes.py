"""Inputs of any size, each large in one way: what a hostile or careless author makes of YAML."""

from __future__ import annotations

from collections.abc import Callable

from planton.annotations import EXTENSIONS, PREFIX

HEAD = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {name: orders}
spec:
  billingMode: PAY_PER_REQUEST
"""
FLAT = HEAD.replace("aws.project-planton.org/v1", "code2cloud.planton.cloud/v1")


def _annotated(value: str) -> str:
    return HEAD.replace(
        "{name: orders}", f"\n  name: orders\n  annotations:\n    {EXTENSIONS}: {value}"
    )


def _indexes(n: int) -> str:
    return "".join(
        f"    - name: index-{i}\n      keySchema:\n        - attributeName: a{i}\n"
        "          keyType: HASH\n      projection: {type: ALL}\n"
        for i in range(n)
    )


SHAPES: dict[str, Callable[[int], str]] = {
    "nested": lambda n: HEAD + "  x: " + "[" * n,
    "nested to the limit": lambda n: HEAD + "  x:\n" + f"  - {'[' * 90}{']' * 90}\n" * n,
    "nested to the limit, aliased": lambda n: (
        f"{HEAD}  a: &a {'[' * 45}{']' * 45}\n" + "".join(f"  x{i}: *a\n" for i in range(n))
    ),
    "wide": lambda n: HEAD + "  tags:\n" + "".join(f"    k{i}: v\n" for i in range(n)),
    "wide list": lambda n: (
        HEAD + "  keySchema:\n" + "    - {attributeName: a, keyType: HASH}\n" * n
    ),
    "many attributes": lambda n: (
        HEAD
        + "  attributeDefinitions:\n"
        + "".join(f"    - {{name: a{i}, type: S}}\n" for i in range(n))
    ),
    "many indexes": lambda n: HEAD + "  globalSecondaryIndexes:\n" + _indexes(n),
    "aliased": lambda n: HEAD + "  x: [&a [b], " + "*a, " * n + "]\n",
    "aliased keys": lambda n: HEAD + "  a: &a tags\n" + "  *a : {}\n" * n,
    "many anchors": lambda n: HEAD + "".join(f"  k{i}: &a{i} v\n" for i in range(n)),
    "quoted": lambda n: HEAD + "  region: '" + "''" * n + "'\n",
    "escaped": lambda n: HEAD + '  region: "' + "\\u0041" * n + '"\n',
    "comments": lambda n: HEAD + "# a comment, and nothing else\n" * n,
    "blank lines": lambda n: HEAD + "\n \n" * n,
    "long line": lambda n: HEAD + "  region: " + "x" * n + "\n",
    "long word with a wrong key": lambda n: HEAD + "  " + "x" * n + ": 1\n  regoin: x\n",
    "folded": lambda n: HEAD + "  region: >\n" + "    word\n" * n,
    "many documents": lambda n: "---\na: 1\n" * n,
    "tagged documents": lambda n: "a: !x y\n---\n" * n,
    "many manifests": lambda n: (HEAD + "  ttl: 1\n---\n") * n,
    "unknown keys": lambda n: HEAD + "".join(f"  key{i}: 1\n" for i in range(n)),
    "snake_case keys": lambda n: HEAD + "".join(f"  key_{i}: 1\n" for i in range(n)),
    # In metadata other keys are nobody's business: their spelling is all that is looked at.
    "both spellings": lambda n: HEAD.replace(
        "orders}", "orders, " + ", ".join(f"key_a{i}: 1, keyA{i}: 1" for i in range(n)) + "}"
    ),
    "equal keys": lambda n: HEAD + "  region: x\n" * n,
    "empty values": lambda n: HEAD + "".join(f"  key{i}:\n" for i in range(n)),
    "wrong types": lambda n: HEAD + "  keySchema:\n" + "    - {attributeName: 1, keyType: 2}\n" * n,
    "merge keys": lambda n: HEAD + "  <<: {}\n" * n,
    "complex keys": lambda n: HEAD + "  ? [a]\n  : b\n" * n,
    "tagged": lambda n: HEAD + "  tags: [" + "!x y, " * n + "]\n",
    "block annotation": lambda n: _annotated(
        "|\n      tags:\n" + "".join(f"        k{i}: 1\n" for i in range(n))
    ),
    "quoted annotation": lambda n: _annotated(
        '"{' + ", ".join(f"k{i}: 1" for i in range(n)) + '}"'
    ),
    "annotations of ours": lambda n: HEAD.replace(
        "{name: orders}",
        "{name: orders, annotations: {" + ", ".join(f"{PREFIX}k{i}: x" for i in range(n)) + "}}",
    ),
    "secrets": lambda n: "provider_config:\n" + "".join(f"  secret{i}: x\n" for i in range(n)),
    "secrets aliased": lambda n: (
        "provider_config: {secretAccessKey: &a [x]}\ntarget:\n  secret: [" + "*a, " * n + "]\n"
    ),
    "around a manifest": lambda n: "target: {}\n" + "".join(f"k{i}: x\n" for i in range(n)),
    "flat": lambda n: FLAT + "".join(f"  key{i}: 1\n" for i in range(n)),
    "flat indexes": lambda n: (
        FLAT
        + "  globalSecondaryIndexes:\n"
        + "".join(f"    - {{name: i{i}, hashKey: 5, rangeKey: x{i}}}\n" for i in range(n))
    ),
    "consents": lambda n: HEAD.replace(
        "orders}",
        f"orders, annotations: {{{PREFIX}allow-replacement: '{'region,' * n}'}}}}",
    ),
}
"""What an input of a size looks like. The size counts what there is many of, not bytes."""
