"""Makes docs/changes.md from the rules about changes."""

from __future__ import annotations

from planton.changes.kind import Effect
from planton.changes.kinds import KINDS
from planton.dialects.annotations import ALLOW_REPLACEMENT
from planton.manifest.metadata import REPLACEABLE

_HEAD = f"""\
# What a change does to an existing table

`./dev docs` generates this page from the rules. The same rules apply in two places:

- `planton diff OLD NEW` compares two manifests offline, before anyone merges the change, and
  `planton diff --base REVISION` all manifests of a branch ([review.md](review.md)). The exit status
  is 0 if the tables stay, and 3 if one would be replaced or an update refused.
- The **change guard** runs inside `pulumi preview` and `pulumi up`. It compares the manifest with
  that of the stack's last update. A refused update fails at preview, before anything is touched,
  and says what would be lost and how to fix it. The guard does not judge `pulumi destroy`:
  `deletionProtectionEnabled: true` protects a table from that, and from `--replace`;
  `deletionPolicy: retain` leaves it in AWS.

## The record and the state

The guard keeps the last manifest in a resource of the stack, `table-guard`. It is protected when
the table is, and a destroy deletes it last, so the record exists exactly as long as the table.
The [page about JSON](json.md#the-guards-record) describes its form. A new version of the program
reads the records of earlier ones: after an upgrade, the first preview may show an update of
`TableGuard`, which writes the record in the new form and touches nothing in AWS. A record of a
newer version is refused.

Every preview and update also reads the stack's own state before it registers anything:

- **No record**: the stack was made by a Go module, by another program, or by hand. It is taken over
  only if the manifest describes the table as it is: logical name, region, account, key, local
  indexes, attribute types, the TTL attribute, and how indexes and replicas are managed. The update
  is also refused if it would delete anything else in the stack. What the newest Go module calls
  otherwise keeps its place under this program's name
  ([operations.md](operations.md#stacks-of-the-go-modules)).
- **A record, but no table in the state**: every dangerous change is refused, even an allowed one,
  until the record is removed, as the refusal shows, or the table is back in the state
  ([operations.md](operations.md)).
- **`--target` or `--exclude`** may leave the guard out. Then another region, account or
  metadata.name is refused, and so is an allowed replacement. Other changes are up to AWS, and the
  next full update compares them with the record.

If the state cannot be read, a first update is refused, and so is one that leaves the guard out;
others are compared with the record only, which a warning says.

## Allowing a replacement

An annotation allows the table to be replaced, for one reason at a time. It lists what may change:
{", ".join(f"`{name}`" for name in REPLACEABLE)}, separated by commas.

```yaml
metadata:
  annotations:
    {ALLOW_REPLACEMENT}: keySchema
```

Remove it after the update: it is valid for one. The next update with it is refused, even if nothing
else has changed, and so is a stack's first update: while the annotation is set, the program does
not keep a table that differs from the manifest. A failed replacement may be tried again with the
same manifest.

"""

_TAIL = """\
## Indexes and autoscaling

Without autoscaling, global indexes are part of the table resource. As soon as an autoscaling block
applies to one of them, enabled or not, or one has a `warmThroughput`, every global index is a
standalone resource: only then can its capacity be left to the autoscaler, and its warm throughput
to AWS.

An existing index becomes a standalone resource by an import: the preview shows `import`, and the
request to AWS is left out. The list of indexes in the table resource is ignored from then on, so
that nothing deletes an index because the list got shorter. The update compares the index in AWS
with the manifest before, and refuses one that differs. Removing or changing an index waits for
the next update.

There is no way back, and no need for one: without blocks, the indexes stay standalone resources,
and the manifest sets their capacity. Once none is left, new ones are part of the table resource
again.

The last index of the table resource cannot be removed by the manifest, because the AWS provider
ignores an empty list. Make it a standalone resource first: its own deletion works.

## What never causes a replacement

The key, the local indexes, the name, the warm throughput and the data source (an import or a
restore) are set when the table is created. Afterwards the program has the engine ignore them,
unless the manifest allows a replacement for exactly that reason. A restored table keeps its key and
local indexes in any case: they are those of its source, and every update would restore it again. So
the table also stays where the guard's record and AWS differ: a table that another program created,
one that has the sort key and local indexes of its source, one whose warm throughput AWS has raised
with the load, one whose `importTable` was removed from the manifest. If the key or local indexes in
AWS differ from the manifest, every update says so. You may correct the manifest; the guard does not
count that as a change.

## Replicas and billing

Under `PAY_PER_REQUEST`, replicas are part of the table resource. Under `PROVISIONED`, AWS creates a
replica only after the writes of the table and its indexes scale, so each replica is a standalone
resource that is created after the scaling. To change the billing mode of a table with replicas:

1. Remove the replicas and run `pulumi up`: their copies of the data are deleted, the table keeps
   its own.
2. Run `pulumi refresh`: the table's state may list replicas that were standalone resources, and the
   provider would delete these a second time.
3. Change the billing mode and run `pulumi up`; for `PROVISIONED`, first without autoscaling.
4. Add the replicas and run `pulumi up`: they are filled from the table.

The same refresh is needed between removing the last standalone index and adding the first index
that is part of the table resource.
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
