"""What a manifest says to this program in its annotations."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import PROGRAM

ANNOTATIONS = (
    explain(
        "extensions",
        "The extensions annotation cannot be used",
        """
        The annotation holds fields that the wrapper's own contract does not know, as YAML text that
        is read as if it stood under `spec`. So it must be text (a `|` after the key, the fields
        indented below it), hold one mapping, and name no field that also stands under `spec`.
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
        "An annotation under this program's prefix that means nothing",
        """
        Annotations of others are ignored. One that begins with `dynamodb.project-planton.org/` is
        meant for this program, and misspelt it would silently do nothing.
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
        "Consent to replace the table that names nothing known",
        """
        The annotation consents to an update that deletes the table with its data and makes an empty
        one. It names what may change, one thing at a time; there is no word for everything. A name
        that is not known consents to nothing, and the update would be refused.
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
        "Something is to be ignored that is no warning",
        """
        The annotation lists the codes of warnings that somebody has looked at and decided to live
        with; they are not shown for this manifest. A code that is misspelt would switch nothing
        off, and an error cannot be switched off: the table would be refused, or lose data.
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
