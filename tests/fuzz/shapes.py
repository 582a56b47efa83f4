"""Inputs of any size, each large in one way: what a hostile or careless author makes of YAML."""

from __future__ import annotations

from collections.abc import Callable

from planton.dialects.annotations import EXTENSIONS, PREFIX

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


def _policy(statements: str) -> str:
    return HEAD + (
        "  resourcePolicy:\n    policy:\n      Version: 2012-10-17\n      Statement:\n" + statements
    )


_READING = "{Effect: Allow, Principal: {AWS: x}, Action: dynamodb:GetItem, Resource: '*'"


def _scaled(adjustments: str) -> str:
    return HEAD.replace("PAY_PER_REQUEST", "PROVISIONED") + (
        "  autoscaling:\n    write: {maxCapacity: 50}\n    scheduledAdjustments:\n" + adjustments
    )


def _indexes(n: int) -> str:
    return "".join(
        f"    - name: index-{i}\n      keySchema:\n        - attributeName: a{i}\n"
        "          keyType: HASH\n      projection: {type: ALL}\n"
        for i in range(n)
    )


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


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
    # Of other keys in metadata only the spelling is checked.
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
    "many statements": lambda n: _policy(
        "".join(f"        - {_READING}, Sid: s{i}}}\n" for i in range(n))
    ),
    "equal statements": lambda n: _policy(f"        - {_READING}, Sid: s}}\n" * n),
    "broken statements": lambda n: _policy(
        "        - {Effekt: Allow, Sid: '-', Action: [5]}\n" * n
    ),
    "many actions": lambda n: _policy(
        "        - {Effect: Allow, Principal: {AWS: '*'}, Resource: '*', Action: ["
        + "dynamodb:Get*, s3:*, 5, " * n
        + "]}\n"
    ),
    "many principals": lambda n: _policy(
        "        - {Principal: {AWS: [" + "'111122223333', '*', 5, " * n + "]}}\n"
    ),
    "many conditions": lambda n: _policy(
        f"        - {_READING}, Condition: {{StringLike: {{"
        + ", ".join(f"k{i}: [a, {{}}]" for i in range(n))
        + "}}}\n"
    ),
    "many operators": lambda n: _policy(
        f"        - {_READING}, Condition: {{"
        + ", ".join(f"StringLik{i}: {{a: b}}" for i in range(n))
        + "}}\n"
    ),
    "unknown keys of a policy": lambda n: _policy(
        "        []\n" + "".join(f"      Key{i}: x\n" for i in range(n))
    ),
    "deep policy": lambda n: _policy(f"        - {'[' * 80}{']' * 80}\n" * n),
    "deep conditions": lambda n: _policy(
        f"        - {_READING}, Condition: {{Bool: {{k: {'[' * 80}5{']' * 80}}}}}}}\n" * n
    ),
    "long policy": lambda n: _policy(f"        - {_READING}, Sid: {'x' * 400 * n}}}\n"),
    "many replicas": lambda n: (
        HEAD
        + "  replicas:\n"
        + "".join(f"    - regionName: eu-x{_letters(i)}-1\n" for i in range(n))
    ),
    "equal replicas": lambda n: (
        HEAD
        + "  replicas:\n"
        + "    - {regionName: eu-west-1, consistencyMode: STRONG, kmsKeyArn: x}\n" * n
    ),
    "replicas of two modes": lambda n: (
        HEAD
        + "  replicas:\n    - regionName: eu-west-1\n"
        + "    - {regionName: eu-west-1, consistencyMode: STRONG}\n" * n
    ),
    "many schedules": lambda n: _scaled(
        "".join(
            f"      - {{name: n{i}, dimension: READ, schedule: rate(1 day), minCapacity: 5}}\n"
            for i in range(n)
        )
    ),
    "equal schedules": lambda n: _scaled(
        "      - {name: a, dimension: WRITE, schedule: cron(0 7 * * * *), timezone: UTC}\n" * n
    ),
    "long schedule": lambda n: _scaled(
        f"      - {{name: a, schedule: 'cron({'0,' * n})', timezone: {'A_' * n}}}\n"
    ),
    "schedules of indexes": lambda n: (
        HEAD.replace("PAY_PER_REQUEST", "PROVISIONED")
        + "  globalSecondaryIndexes:\n"
        + "".join(
            f"    - name: index-{i}\n      autoscaling:\n        scheduledAdjustments:\n"
            "          - {name: a, dimension: READ, schedule: rate(1 day), minCapacity: 5}\n"
            for i in range(n)
        )
    ),
    "many headers": lambda n: (
        HEAD
        + "  importTable: {s3Bucket: abc, inputFormat: CSV, csv: {headerList: ["
        + "a, ~, 5, " * n
        + "]}}\n"
    ),
    "flat regions": lambda n: FLAT + "  replicaRegionNames: [" + "eu-west-1, ~, 5, " * n + "]\n",
    "flat import": lambda n: (
        FLAT
        + "  importTable: {s3BucketSource: {"
        + ", ".join(f"k{i}: 1" for i in range(n))
        + "}}\n"
    ),
    "consents": lambda n: HEAD.replace(
        "orders}",
        f"orders, annotations: {{{PREFIX}allow-replacement: '{'region,' * n}'}}}}",
    ),
}
"""What an input of a size looks like. The size counts what there is many of, not bytes."""
