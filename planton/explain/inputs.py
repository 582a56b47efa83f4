"""The input's sources, the other keys of a stack input, and rendering."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import PROGRAM, contract

INPUTS = (
    explain(
        "no-input",
        "No manifest is configured",
        """
        The program takes its input from the first of four sources that is set: two hold the text
        itself and two name a file. None of them was set, or all were empty.
        """,
        PROGRAM,
        form="text",
        bad="""
        pulumi preview    # in a new stack without any configuration
        """,
        good="""
        pulumi config set manifest hack/manifest.yaml
        pulumi preview
        """,
    ),
    explain(
        "no-target",
        "Neither a manifest nor a stack input",
        """
        An input is either a manifest, recognised by `apiVersion`, `kind`, `metadata` or `spec` at
        its top level, or a stack input, which holds the manifest under `target` and credentials
        next to it. This text is neither, so nothing in it can be checked.
        """,
        contract("stack input"),
        bad="""
        provider_config:
          region: eu-central-1
        """,
        good="""
        provider_config:
          region: eu-central-1
        target:
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
        "provider",
        "The credentials block cannot be used",
        """
        The block next to `target` decides in which account the table is created. If a mistake in it
        were ignored, the table would be created with whatever credentials are available. So every
        key must be known, the account id must have 12 digits, and the key id and the secret must
        both be present or both be absent. Without them the environment's credentials are used.

        The contents of the block are never shown.
        """,
        contract("stack input"),
        bad="""
        provider_config:
          account_id: "1111-2222-3333"
        target:
          apiVersion: aws.project-planton.org/v1
          kind: AwsDynamodb
          metadata: {name: orders}
          spec:
            billingMode: PAY_PER_REQUEST
            attributeDefinitions: [{name: customerId, type: S}]
            keySchema: [{attributeName: customerId, keyType: HASH}]
        """,
        good="""
        provider_config:
          account_id: "111122223333"
        target:
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
        "ignored-key",
        "A key next to the manifest that is not read",
        """
        A stack input holds the manifest under `target`, and may contain a credentials block.
        Platforms add other keys next to them, so another key is not an error, but it is not read.
        If a setting was meant for the table, put it under `spec` of the target.
        """,
        PROGRAM,
        severity="warning",
        bad="""
        backend: {type: s3}
        target:
          apiVersion: aws.project-planton.org/v1
          kind: AwsDynamodb
          metadata: {name: orders}
          spec:
            billingMode: PAY_PER_REQUEST
            attributeDefinitions: [{name: customerId, type: S}]
            keySchema: [{attributeName: customerId, keyType: HASH}]
        """,
        good="""
        target:
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
        "no-region",
        "No region is set",
        """
        A table belongs to one region and cannot be moved, so there is no default. The first of
        these that is set counts: `spec.region`, the region of the credentials block, the stack's
        `aws:region`, `AWS_REGION` and `AWS_DEFAULT_REGION` in the environment. This is checked when
        the program deploys and when `render` writes for Crossplane; `validate` requires it only in
        v1alpha1, where `spec.region` is required.
        """,
        PROGRAM,
        form="text",
        bad="""
        pulumi preview    # while neither aws:region nor AWS_REGION is set
        """,
        good="""
        pulumi config set aws:region eu-central-1
        pulumi preview
        """,
    ),
    explain(
        "not-carried",
        "Something that another control plane does not support",
        """
        `planton render` writes the manifest as objects of another control plane, which does not
        support every field: an ACK Table has no recovery period, a Crossplane Table no contributor
        insights. A field that is lost, or works differently than under Pulumi, gets a warning,
        because the table is then not exactly what the manifest says. The page
        `docs/control-planes.md` says for every field where it goes.
        """,
        PROGRAM,
        severity="warning",
        form="text",
        bad="""
        planton render ack orders.yaml    # with recoveryPeriodInDays: 7
        """,
        good="""
        planton render ack orders.yaml    # with recoveryPeriodInDays: 35, or without it
        """,
    ),
)
