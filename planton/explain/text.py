"""Reading the file and its YAML."""

from __future__ import annotations

from planton.explain.explanation import Reference, explain
from planton.explain.references import PROGRAM, yaml

_ALIASES = yaml("71-alias-nodes", "Alias nodes")

TEXT = (
    explain(
        "unreadable",
        "The file cannot be read",
        """
        The file does not exist, is a folder, or its permissions forbid reading; the message repeats
        the system's error. A relative path starts at the working directory, which under `pulumi` is
        the folder with Pulumi.yaml.

        A value that holds text instead of a path is never repeated, because it may contain
        credentials.
        """,
        PROGRAM,
        form="text",
        bad="""
        planton validate no-such-folder/orders.yaml
        """,
        good="""
        planton validate hack/manifest.yaml
        """,
    ),
    explain(
        "not-utf-8",
        "The file is not UTF-8",
        """
        In the wrong encoding, a name becomes a different name in AWS. So only UTF-8 is accepted,
        with or without a byte order mark. The message names the first line that is not UTF-8; most
        editors can save the file again as UTF-8.
        """,
        PROGRAM,
        form="text",
        bad="""
        a file that was saved as Latin-1 or as UTF-16
        """,
        good="""
        iconv -f LATIN1 -t UTF-8 orders.yaml > orders-utf-8.yaml
        """,
    ),
    explain(
        "too-large",
        "Larger than any manifest",
        """
        The largest manifest that AWS could accept has some 50 KiB. A file of more than 1 MiB, or
        with more than 100,000 values in one document, is not a manifest, or was made to keep a
        machine busy: a few lines of aliases that refer to aliases can expand into billions of
        values. Such files are refused before anything else is done with them.
        """,
        PROGRAM,
        form="text",
        bad="""
        a file of more than 1 MiB, or aliases that unfold into more than 100,000 values
        """,
        good="""
        one manifest per table, each in its own file
        """,
    ),
    explain(
        "too-deep",
        "Nested too deeply",
        """
        A manifest needs about ten levels. More than 100 are a mistake, or were made to crash the
        program that reads them, so the rest of the file is not read.
        """,
        PROGRAM,
        form="text",
        bad="""
        a file that begins with 101 opening brackets
        """,
        good="""
        a manifest such as those in the examples folder
        """,
    ),
    explain(
        "empty",
        "The input holds no manifest",
        """
        The file is empty, or holds only comments or `null`. Often a template rendered nothing, or a
        file was created and not filled. Empty documents next to a manifest are skipped, as
        Kubernetes tools do.
        """,
        PROGRAM,
        bad="""
        # the manifest of the orders table
        """,
        good="""
        spec:
          tableName: orders
        """,
    ),
    explain(
        "several-documents",
        "More than one manifest where one is expected",
        """
        A stack has one table, so `pulumi`, `plan`, `diff` and `rehearse` take one manifest: with
        several it would be unclear which is meant. `validate` checks every document of a file.
        """,
        PROGRAM,
        bad="""
        apiVersion: aws.project-planton.org/v1
        kind: AwsDynamodb
        metadata: {name: orders}
        spec:
          billingMode: PAY_PER_REQUEST
          attributeDefinitions: [{name: customerId, type: S}]
          keySchema: [{attributeName: customerId, keyType: HASH}]
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        """,
        good="""
        apiVersion: aws.project-planton.org/v1
        kind: AwsDynamodb
        metadata: {name: orders}
        spec:
          billingMode: PAY_PER_REQUEST
          attributeDefinitions: [{name: customerId, type: S}]
          keySchema: [{attributeName: customerId, keyType: HASH}]
        """,
    ),
    explain(
        "yaml-syntax",
        "Invalid YAML",
        """
        The reader stops here, so the rest is not checked: fix this place and run the check again.
        The usual causes are a tab in the indentation, a colon without a space after it, a line
        indented one space too few, and a quote or bracket that is not closed on the line before.
        """,
        yaml("61-indentation-spaces", "Indentation spaces"),
        bad="""
        spec:
          tags:
        \tteam: checkout
        """,
        good="""
        spec:
          tags:
            team: checkout
        """,
    ),
    explain(
        "duplicate-key",
        "A key appears twice in one mapping",
        """
        YAML forbids it, but many readers silently keep the last of the two: a reviewer would see
        the first `provisionedThroughput`, the machine would use the second. Here it is an error,
        anywhere in the file.
        """,
        yaml("3211-nodes", "Nodes"),
        bad="""
        spec:
          tags: {team: checkout}
          tags: {cost-centre: "4711"}
        """,
        good="""
        spec:
          tags: {team: checkout, cost-centre: "4711"}
        """,
    ),
    explain(
        "complex-key",
        "A key that is a list or a mapping",
        """
        YAML allows any value as a key, a manifest only names. Usually the cause is an unrendered
        template placeholder: `{{ team }}` is YAML for a mapping within a mapping, used as a key.
        """,
        yaml("3211-nodes", "Nodes"),
        bad="""
        metadata:
          labels:
            team: {{ team }}
        """,
        good="""
        metadata:
          labels:
            team: checkout
        """,
    ),
    explain(
        "alias",
        "An alias without an anchor, or one that contains itself",
        """
        `*name` repeats the value that `&name` marked earlier. Without the anchor there is nothing
        to repeat, and a value cannot contain itself. Often no alias was meant: quote a string that
        begins with `*`.

        In a stack input, the manifest and the credentials may not share a value: a secret on one
        side would be shown on the other.
        """,
        _ALIASES,
        bad="""
        spec:
          tags: {team: *checkout}
        """,
        good="""
        spec:
          tags: {team: checkout}
        """,
    ),
    explain(
        "merge-key",
        "The merge key << of YAML 1.1",
        """
        `<<` was an extension of YAML 1.1 that copied the keys of another mapping. YAML 1.2 does not
        have it, and some readers treat it as an ordinary key. Write the fields out; an alias for a
        whole value (`&name`, `*name`) is fine.
        """,
        Reference(
            "Merge key language-independent type for YAML 1.1", "https://yaml.org/type/merge.html"
        ),
        bad="""
        spec:
          tags:
            <<: {team: checkout}
            cost-centre: "4711"
        """,
        good="""
        spec:
          tags:
            team: checkout
            cost-centre: "4711"
        """,
    ),
    explain(
        "yaml-tag",
        "A YAML tag such as !!binary or !Ref",
        """
        A tag tells the reader to turn a value into something else, and each reader knows different
        tags: CloudFormation's `!Ref` and `!Sub` have no meaning here. Only `!!str`, which makes the
        value a string, is accepted. Write the value itself.
        """,
        yaml("3212-tags", "Tags"),
        bad="""
        spec:
          tableName: !Sub orders-eu
        """,
        good="""
        spec:
          tableName: orders-eu
        """,
    ),
)
