"""Annotations addressed to this program."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import PROGRAM

ANNOTATIONS = (
    explain(
        "extensions",
        "The extensions annotation cannot be used",
        """
        The annotation holds fields that the wrapper's own contract does not know, as YAML that is
        read as if it were under `spec`. So its value must be a string (a `|` after the key, the
        fields indented below it) that holds one mapping, and it must not name a field that is also
        under `spec`.
        """,
        PROGRAM,
        bad="""
        metadata:
          annotations:
            dynamodb.project-planton.org/extensions:
              tableName: orders-2026
        """,
        good="""
        metadata:
          annotations:
            dynamodb.project-planton.org/extensions: |
              tableName: orders-2026
        """,
    ),
    explain(
        "unknown-annotation",
        "An unknown annotation under this program's prefix",
        """
        Other tools' annotations are ignored. One that begins with `dynamodb.project-planton.org/`
        is meant for this program, and if misspelled it would silently have no effect.
        """,
        PROGRAM,
        bad="""
        metadata:
          annotations:
            dynamodb.project-planton.org/extension: |
              tableName: orders-2026
        """,
        good="""
        metadata:
          annotations:
            dynamodb.project-planton.org/extensions: |
              tableName: orders-2026
        """,
    ),
    explain(
        "allow-replacement",
        "The allow-replacement annotation holds an unknown name",
        """
        The annotation allows an update that deletes the table with its data and creates an empty
        one. It lists the fields that may change, each by name; there is no word for everything. An
        unknown name allows nothing, so the update would be refused.
        """,
        PROGRAM,
        bad="""
        metadata:
          annotations:
            dynamodb.project-planton.org/allow-replacement: all
        """,
        good="""
        metadata:
          annotations:
            dynamodb.project-planton.org/allow-replacement: keySchema
        """,
    ),
    explain(
        "ignore-warnings",
        "An entry of ignore-warnings is not a warning's code",
        """
        The annotation lists the codes of warnings that were reviewed and accepted; they are
        not shown for this manifest. A misspelled code would suppress nothing, and an error cannot
        be suppressed: AWS would refuse the table, or it would lose data.
        """,
        PROGRAM,
        bad="""
        metadata:
          annotations:
            dynamodb.project-planton.org/ignore-warnings: "ttl-typ"
        """,
        good="""
        metadata:
          annotations:
            dynamodb.project-planton.org/ignore-warnings: "ttl-type, empty-value"
        """,
    ),
)
