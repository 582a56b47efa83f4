"""Reading the text: the file and its YAML."""

from __future__ import annotations

from planton.explain.explanation import Reference, explain
from planton.explain.references import PROGRAM, yaml

_ALIASES = yaml("71-alias-nodes", "Alias nodes")

TEXT = (
    explain(
        "unreadable",
        "The file cannot be read",
        """
        It does not exist, is a folder, or its permissions forbid it; the message repeats what the
        system said. A relative path counts from the working directory, which under `pulumi` is the
        folder with Pulumi.yaml.

        A value that is text instead of a path is never repeated: it may hold credentials.
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
        Bytes mean characters only in one encoding or another, and a name read in the wrong one
        becomes another name in AWS. So only UTF-8 is read, with or without a byte order mark. The
        message names the first line that is something else; most editors can save the file anew as
        UTF-8.
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
        "More than a manifest can be",
        """
        The largest manifest that AWS could accept has some 50 KiB. What has more than 1 MiB, or
        more than 100,000 values in one document, is another file, or was made to keep a machine
        busy: a few lines in which aliases stand for aliases can unfold into billions of values.
        Such texts are refused before anything is made of them.
        """,
        PROGRAM,
        form="text",
        bad="""
        a file of more than 1 MiB, or aliases that unfold into more than 100,000 values
        """,
        good="""
        one manifest a table, and a file of its own for each
        """,
    ),
    explain(
        "too-deep",
        "Nested too deeply",
        """
        A manifest needs some ten levels. More than 100 are a slip, or were made to break the
        program that reads them, so the rest of the text is not read.
        """,
        PROGRAM,
        form="text",
        bad="""
        a text that begins with a hundred and one opening brackets
        """,
        good="""
        a manifest like those in the folder examples
        """,
    ),
    explain(
        "empty",
        "There is no manifest in it",
        """
        The text is empty, or holds nothing but comments or `null`. Often a template came out empty,
        or a file was made and not filled. Documents that are empty beside a manifest are passed
        over, as Kubernetes' tools do.
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
        A stack has one table, so `pulumi`, `plan`, `diff` and `rehearse` take one manifest. Nobody
        could say which of several was meant. `validate` looks at every document of a file.
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
        "The text is not YAML",
        """
        The reader cannot go on, so what follows is not checked: mend this place and run the check
        again. The usual causes are a tab in the indentation, a colon without a space after it, a
        line indented by one space too few, and a quote or bracket that is not closed in the line
        before.
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
        "A key stands twice in one mapping",
        """
        YAML forbids it, and many readers keep the last of the two without a word: the first
        `provisionedThroughput` would be read by the reviewer, the second by the machine. Here it is
        an error, anywhere in the text.
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
        YAML allows any value as a key, a manifest only names. Mostly it is a template's braces,
        left unfilled: `{{ team }}` is YAML for a mapping within a mapping, used as a key.
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
        "An alias that stands for nothing, or for itself",
        """
        `*name` repeats the value that `&name` marked before it. Without the mark there is nothing
        to repeat, and a value cannot contain itself. Often no alias was meant: text that begins
        with `*` has to be quoted.

        In a stack input, the manifest and the credentials beside it may not share a value: what is
        a secret on one side would be shown on the other.
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
        have it, and to some readers it is a key like any other. Write the fields out; an alias for
        a whole value (`&name`, `*name`) is fine.
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
        A tag tells the reader to make something else of a value, and each reader knows other tags:
        CloudFormation's `!Ref` and `!Sub` mean nothing here. Only `!!str`, which says "text", is
        read. Write the value itself.
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
