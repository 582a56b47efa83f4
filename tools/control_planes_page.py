"""Makes docs/control-planes.md: the texts, and the table of what each target carries."""

from __future__ import annotations

from planton.annotations import IGNORE_WARNINGS
from tools.carried import ROWS, TARGETS, Cell, cell

_HEAD = f"""\
# Other control planes

Made from the renderers by `./dev docs`.

The manifest that Pulumi deploys can also be carried out by a controller in a Kubernetes cluster:
`planton render` writes the same plan as objects of

- **ACK**, the AWS Controllers for Kubernetes: a `Table`, and for autoscaling a `ScalableTarget` and
  a `ScalingPolicy` a dimension. They need the controllers of DynamoDB and, for autoscaling, of
  Application Auto Scaling.
- **Crossplane**, with version 2 of Upbound's AWS provider: a namespaced `Table`, a `Target` and a
  `Policy` (`provider-aws-dynamodb`, `provider-aws-appautoscaling`). The provider configuration is
  `ClusterProviderConfig` `default` where nothing else is written into the objects.
- **kro**: a `ResourceGraphDefinition` around the ACK objects, which makes the manifest a kind of
  its own.

```
planton render ack examples/production.yaml --namespace payments > payments.yaml
planton render crossplane examples/key-value.yaml --region eu-central-1
planton render kro examples/provisioned-autoscaling.yaml
planton render ack hack/manifest.yaml --format json
```

The documents stand in the order in which to apply them; every text is in quotes, because readers
of YAML 1.1, and Kubernetes' is one, take a bare `N` for false. Nothing is sent anywhere. A manifest
that `validate` refuses is refused here as well; its warnings are shown, but for those that are
about the Pulumi program (`second-step`; for ACK and kro also `restored-key` and
`provisioned-without-autoscaling`).

What a target does not carry is a warning, `not-carried`, at the field that it is about; with
`--format json` it stands under `diagnostics`. A manifest whose annotation
`{IGNORE_WARNINGS}` names it gets none. Nothing of a credentials block is carried but its
region: a controller has credentials of its own.
`--region` names a region where the input names none;
another one than the input's is refused.

## Names

The objects are called after `metadata.name`. Where Kubernetes does not take it (`Orders_1`), they
get what is left of it and a digest (`orders-1-361b087a`), so that two tables never share an object.
Another `metadata.name` later is another object, and a controller deletes the table of the old one.
The table itself is called as under Pulumi: `spec.tableName`, or else `metadata.name`.

## What each target carries

The fields are those of v1alpha1; the older words for them mean the same. Where a field goes is
shown as a path below `spec`, or as an annotation, or as the kind of further objects.
"""

_TAIL = """\
## ACK

- Expiry and a stream stand in a `Table` only where they are on: the controller compares a block
  that says off with none, and never comes to rest. So a stream that is taken out of the manifest
  may stay on in AWS: switch it off there as well. Recovery that is absent is off.
- With `deletionProtectionEnabled` a deleted `Table` object stays, because AWS refuses to delete the
  table, until the field is false. What happens to the table of a deleted object is decided by the
  annotation `services.k8s.aws/deletion-policy`, `delete` or `retain`, else by the controller.
- A table that exists already is an error, unless the annotation
  `services.k8s.aws/adoption-policy: adopt-or-create` is added: then the object takes it over.
- Without a region in the manifest the namespace's annotation `services.k8s.aws/default-region`
  counts, then the controller's own region.
- Replicas are made after the table, one at a time, where the table is paid by request. Those that
  an object does not name are deleted, also those of a table that it takes over, and a resource
  policy that it does not have is taken off: so look at the warnings before an object takes over a
  table that has any.
- A deleted object's replicas are deleted before its table, protected or not; with the deletion
  policy `retain` all stay.
- A table can be neither restored nor filled from S3. Make it in another way, and let the object
  take it over. A manifest that leaves the key to the source is refused (`missing`).

## Crossplane

- What an autoscaler, a schedule or AWS itself moves stands under `initProvider`, so that it is
  given once and then left alone, and `managementPolicies` leaves out `LateInitialize`, which would
  write what is there at the moment into `forProvider` and hold it there: capacity, the bounds of a
  Target with adjustments, the warm throughput.
- An import and a restore stand there as well, and the key and local indexes of a restored table,
  which are its source's: they count when the table is made. Leave them in the object afterwards.
  Local indexes of the source that the manifest does not name hold the provider up. A table of that
  name which exists already is taken over, and neither filled nor restored. What AWS does not take
  with them (tags, stream, table class, protection, of a restored table the billing mode and its
  maximum) the provider adds on its own at its next reconciliation; so it does the protection of
  strongly consistent replicas.
- Replicas of a table with bought capacity need the scaling of its writes, which needs the table. So
  the Table reports AWS's refusal until its Targets and Policies are there; each replica has some of
  its own, in its region.
- A deleted object's replicas are deleted before its table, unless they are protected themselves.
- Scaling policies are called as their objects are, not as under Pulumi: the provider cannot take
  a name with slashes apart. A policy's name has no meaning in AWS.
- The annotation `crossplane.io/external-name` is the table's name: a table of that name which
  exists already is taken over, and changed into what the object says.
- Deleting the object deletes the table. To keep it, leave `Delete` out of `managementPolicies`.

## kro

The manifest becomes a kind: `orders` gives `OrdersTable`. What the table is stays with those who
own the definition: keys, indexes, expiry, stream, encryption, recovery, autoscaling. Whoever makes
an instance says

| field of the instance | | default |
| --- | --- | --- |
| `name` | the table's name in AWS, for good | none, must be given |
| `region` | its region, for good; the KMS key's, where one is named | the manifest's, if any |
| `organization`, `environment`, `resourceId` | tags, where the manifest has them | the manifest's |
| `deletionProtection` | whether AWS refuses to delete the table | the manifest's |
| `readCapacityUnits`, `writeCapacityUnits` | bought capacity that nobody scales | the manifest's |

```yaml
apiVersion: kro.run/v1alpha1
kind: ProductsTable
metadata:
  name: products
spec:
  name: products-test
  region: eu-central-1
  environment: test
```

Replicas are the definition's too: every instance has them in the same regions, and must be in
another. A resource policy is in the definition only where it names no table.

A target waits for the table, a policy for its target. The instance's status has the table's ARN and
state, and the stream's ARN where there is a stream. Text of the manifest that looks like one of
kro's expressions (`${x}`, as the name of an attribute, say) stays the text it is.

## How this is checked

The tests render every example, and every manifest of the corpus that is accepted, for every target.
All objects, and the objects that kro would make of an instance, are judged by `kubectl-validate`
with the CRDs of the control planes; definitions also by the code of kro 0.9 itself, which checks
the instance's schema, the templates, the expressions and their types.

What ACK's controllers and Crossplane's provider would ask of AWS is carried out on an emulated AWS,
for every example and for what no example uses, and the table compared, field by field, with the one
that the Pulumi program makes: they differ in what the warnings say, under Crossplane also in the
names of scaling policies, and in nothing else. No cluster takes part in this.
"""


def page() -> str:
    """The whole page."""
    notes: list[str] = []
    rows = ["| field | ACK | Crossplane | kro |", "| --- | --- | --- | --- |"]
    for row in ROWS:
        ack, crossplane, kro = (cell(row, target) for target in TARGETS)
        cells = [_shown(ack, notes), _shown(crossplane, notes), _instance(ack, kro, notes)]
        name = row.name if row.name.startswith("the ") else f"`{row.name}`"
        rows.append(f"| {' | '.join([name, *cells])} |")
    numbered = [f"{number}. {note[0].upper()}{note[1:]}." for number, note in enumerate(notes, 1)]
    return "\n".join([_HEAD, *rows, "", "Notes:", "", *numbered, "", _TAIL])


def _shown(cell: Cell, notes: list[str]) -> str:
    places = ", ".join(f"`{place}`" for place in cell.places) or "no"
    for note in cell.notes:
        if note not in notes:
            notes.append(note)
    numbers = ", ".join(str(notes.index(note) + 1) for note in cell.notes)
    return f"{places} ({numbers})" if numbers else places


def _instance(ack: Cell, kro: Cell, notes: list[str]) -> str:
    """As ACK, but for what stands in the schema and so is the instance's to say."""
    own = tuple(
        path.replace("schema.spec.", "instance: ").replace("schema.status.", "status: ")
        for path in kro.places
        if path.startswith("schema.")
    )
    alike = bool(kro.places) == bool(ack.places)
    shown = own or (("as ACK",) if alike else ())
    return _shown(Cell(shown, kro.notes), notes).replace("`as ACK`", "as ACK")
