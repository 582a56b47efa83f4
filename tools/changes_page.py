"""Makes docs/changes.md from the rules about changes."""

from __future__ import annotations

from planton.annotations import ALLOW_REPLACEMENT
from planton.change_kinds import KINDS, Effect
from planton.model.types import REPLACEABLE

_HEAD = f"""\
# What a change does to a living table

Made from the rules by `./dev docs`. The same rules are applied twice:

- `planton diff OLD NEW` compares two manifests offline, before anyone merges the change. It exits
  with 0 where the table stays, and with 3 where it would be replaced or the update be refused.
- The **change guard** runs inside `pulumi preview` and `pulumi up`. It compares the manifest with
  the one that the stack was last updated to. A refused update fails at preview, before anything is
  touched, and says what would be lost and how to go on. `pulumi destroy` is not its business;
  `deletionProtectionEnabled: true` is what keeps a table from that, and from `--replace`.

## The record and the state

The manifest that the guard compares with is a resource of the stack, `table-guard`. It is protected
when the table is, and a destroy deletes it last, so it lives exactly as long as the table. Besides,
every preview and update looks into the stack's own state before it registers anything:

- A stack without a record (made by a Go module, by another program, or by hand) is taken over only
  if the manifest describes its table as it is: logical name, region, account, key, local indexes,
  attribute types, the attribute of its TTL, how indexes and replicas are managed. Anything else in
  the stack that this program would delete is named and refused.
- A record whose table is missing from the state refuses every dangerous change, and consents as
  well, until `pulumi state delete` ends it or the table is given back
  ([operations.md](operations.md)).
- With `--target` or `--exclude` the engine may leave the guard out. Another region, account or
  metadata.name and any consent are refused then. Other changes are up to AWS, and the next whole
  update compares them with the record.

Where the state cannot be read, a first update is refused; later ones are judged by the record.

## Consent

What replaces the table can be consented to, one thing at a time, by an annotation that names what
may change: {", ".join(f"`{name}`" for name in REPLACEABLE)}, with commas between them.

```yaml
metadata:
  annotations:
    {ALLOW_REPLACEMENT}: keySchema
```

Take it out again after the update: it counts for one. The next run with it is refused, also where
nothing else has changed, as is a stack's first update with one: with a consent the engine no longer
keeps a table that is another than the manifest says. An update that failed may be tried again.
"""

_TAIL = """\
## Indexes and autoscaling

Without autoscaling, global indexes are part of the table resource. As soon as an autoscaling block
reaches one of them, enabled or not, or one names its `warmThroughput`, each is a resource of its
own: only so can its capacity be left to the autoscaler, and its warm throughput to AWS. Switching
`enabled` moves nothing. Adding the first block, or removing the last,
would move an index from one kind to the other, and is refused. Two ways lead on:

1. Keep the block: `autoscaling: {enabled: false}` leaves the index what it is.
2. Rebuild: take the index out of the manifest, `pulumi up`, put it back with (or without) the
   block, `pulumi up`. Queries that use the index fail in between. The provider does not delete the
   *last* index of the table resource: that one is deleted by hand in between, as above.

Adopting the live index by `pulumi import` is not offered: the provider, the state and the guard's
record would all have to be changed by hand, and a slip there deletes the index.

## What is never the reason of a replacement

The key, the local indexes, the name, the warm throughput, and where the data came from (an import,
a restore) are decided when the table is made, and the program has the engine ignore them
afterwards, unless the manifest consents to a change of just that. A table that the manifest
restores keeps key and local indexes whatever is consented to: they are its source's, and it would
be restored again in every run. So the table stays also where the guard's record and AWS disagree:
a table that another program made, one that came with the sort key and the local indexes of its
source, one whose warm throughput AWS has raised with the load, one whose `importTable` was taken
out of the manifest. Where key or local indexes in AWS are others than the manifest's, every run
says so; the manifest may be mended, which the guard takes for no change.

## Replicas and billing

Under `PAY_PER_REQUEST` replicas are part of the table resource. Under `PROVISIONED` AWS makes one
only after the writes of the table and of its indexes scale, so there each is a resource of its own,
made after the scaling. To change the billing mode of a table with replicas:

1. take the replicas out, `pulumi up`: their copies of the data go, the table keeps its own;
2. `pulumi refresh`: the table's state may list replicas that were resources of their own, and the
   provider would delete these a second time;
3. change the billing mode, `pulumi up`; to `PROVISIONED` first without autoscaling;
4. put the replicas back, `pulumi up`: they are filled from the table.

The same refresh belongs between the last index that is a resource of its own and the first one that
is part of the table resource.
"""


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for effect in Effect:
        kinds = [kind for kind in KINDS.values() if kind.effect is effect]
        parts.append(f"## {effect.value[0].upper()}{effect.value[1:]}\n")
        consents = any(kind.allowed_by for kind in kinds)
        parts.append(_row("change", "what happens", "fix or advice", *["allowed by"][:consents]))
        parts.append(_row(*["---"] * (3 + consents)))
        for kind in kinds:
            cells = [kind.title, kind.consequence, kind.fix]
            if consents:
                cells.append(f"`{kind.allowed_by}`")
            parts.append(_row(*cells))
        parts.append("\n")
    return "".join([*parts, _TAIL])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"
