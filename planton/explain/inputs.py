"""Where the input comes from, and what stands beside the manifest in it."""

from __future__ import annotations

from planton.explain.explanation import explain
from planton.explain.references import PROGRAM, contract

INPUTS = (
    explain(
        "no-input",
        "Nothing says which manifest to deploy",
        """
        The program takes its input from the first of four places that is set: two that hold the
        text and two that name a file. None of them was set, or all were empty.
        """,
        PROGRAM,
        form="text",
        bad="""
        pulumi preview    # in a new stack, with nothing configured
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
        An input is a manifest, known by `apiVersion`, `kind`, `metadata` or `spec` at its top, or a
        stack input, which holds the manifest under `target` and credentials beside it. This text is
        neither, so nothing in it can be checked.
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
        The block beside `target` decides which account the table lands in: with a slip in it, the
        table would be made with whatever credentials lie around. So every key must be known, the
        account id must have 12 digits, and key id and secret come together or not at all. Without
        them the credentials of the environment count.

        What stands in the block is never shown.
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
        "A key beside the manifest that is not read",
        """
        A stack input holds `target`, the manifest, and may hold a credentials block. Platforms add
        more beside them, so another key is no error; but nothing reads it. Where a setting was
        meant for the table, indent it below `spec` of the target.
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
        "Nothing says which region the table goes to",
        """
        A table lives in one region and cannot be moved, so there is no default. The first of these
        counts: `spec.region`, the region of the credentials block, the stack's `aws:region`,
        `AWS_REGION` and `AWS_DEFAULT_REGION` in the environment. It is found out when the program
        deploys, and when `render` writes for Crossplane; only of v1alpha1, in which `spec.region`
        must be given, `validate` asks for it.
        """,
        PROGRAM,
        form="text",
        bad="""
        pulumi preview    # and neither aws:region nor AWS_REGION is set
        """,
        good="""
        pulumi config set aws:region eu-central-1
        pulumi preview
        """,
    ),
    explain(
        "not-carried",
        "Something that another control plane does not carry",
        """
        `planton render` writes the manifest as objects of another control plane, and not everything
        has a place there: an ACK Table knows no recovery period, a Crossplane Table no contributor
        insights. What is lost, or works in another way than under Pulumi, is said with the field it
        stands in, because the table is then not quite what the manifest says. The page
        `docs/control-planes.md` says of every field where it goes.
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
