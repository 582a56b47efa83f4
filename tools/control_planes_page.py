"""Generates docs/control-planes.md: the texts, and the table of fields by target."""

from __future__ import annotations

from planton.dialects.annotations import IGNORE_WARNINGS
from tools.field_support import ROWS, TARGETS, Cell, cell

_HEAD = f"""\
# Other control planes

Generated from the renderers by `./dev docs`.

A controller in a Kubernetes cluster can deploy the same manifest as Pulumi: `planton render` writes
the same plan as objects of

- **ACK**, the AWS Controllers for Kubernetes: a `Table`, and for autoscaling a `ScalableTarget` and
  a `ScalingPolicy` for each dimension. They need the controllers for DynamoDB and, for autoscaling,
  for Application Auto Scaling.
- **Crossplane**, with version 2 of Upbound's AWS provider: a namespaced `Table`, and for
  autoscaling a `Target` and a `Policy` (`provider-aws-dynamodb`, `provider-aws-appautoscaling`).
  The provider configuration is `ClusterProviderConfig` `default` unless you write another one into
  the objects.
- **kro**: a `ResourceGraphDefinition` that wraps the ACK objects, so that the manifest becomes a
  custom kind.

```
planton render ack examples/production.yaml --namespace payments > payments.yaml
planton render crossplane examples/key-value.yaml --region eu-central-1
planton render kro examples/provisioned-autoscaling.yaml
planton render ack hack/manifest.yaml --format json
```

The documents are in the order in which to apply them. Every string is quoted, because YAML 1.1
readers such as Kubernetes' read a bare `N` as false. Nothing is sent anywhere. A manifest that
`validate` refuses is refused here as well; its warnings are shown, except those about the Pulumi
program (`second-step`; for ACK and kro also `restored-key` and `provisioned-without-autoscaling`).

Each field that a target does not support gets a warning, `not-carried`; with `--format json` it is
under `diagnostics`. The annotation `{IGNORE_WARNINGS}` can suppress it.
Of a credentials block only the region is used: a controller has its own credentials.
`--region` sets the region if the input has none; it is refused if the input has another one.

## Names

The objects are named after `metadata.name`. If Kubernetes does not accept that name (`Orders_1`),
they get the valid part of it and a digest (`orders-1-361b087a`), so that two tables never share an
object. A changed `metadata.name` is a new object, and deleting the old one makes a controller
delete its table. The table has the same name as under Pulumi: `spec.tableName`, or else
`metadata.name`.

## What each target supports

The fields have their names in v1alpha1; their older names mean the same. A cell shows where a field
goes: a path below `spec`, an annotation, or the kinds of additional objects.
"""

_TAIL = """\
## References

A manifest may refer to another resource with `valueFrom`. Objects for ACK and kro refer to the
`Key` of the table's encryption (`sseSpecification.kmsMasterKeyRef`), those for Crossplane to the
`Key` of the table and of each replica (`kmsKeyArnRef`), each by the name in the reference: give
the object of the key that name, in the same namespace. No other reference can be written. If a
value is needed for an object, `render` refuses the manifest (`unresolved-reference`).

## ACK

- A `Table` object contains TTL and a stream only if they are on: for a block that turns one off,
  the controller finds a difference to AWS every time and never settles. So a stream that is removed
  from the manifest may stay on in AWS: turn it off there as well. Without its block, point-in-time
  recovery is off.
- With `deletionProtectionEnabled` a deleted `Table` object remains until the field is false,
  because AWS refuses to delete the table. `deletionPolicy: retain` becomes the annotation
  `services.k8s.aws/deletion-policy`: the table of a deleted object stays. Without the annotation it
  depends on the namespace and the controller, which usually delete it.
- An existing table is an error unless you add the annotation
  `services.k8s.aws/adoption-policy: adopt-or-create`: then the object adopts it.
- Without a region in the manifest, the namespace's annotation `services.k8s.aws/default-region`
  applies, then the controller's own region.
- Replicas are created after the table, one at a time, if the table is `PAY_PER_REQUEST`. The
  controller deletes replicas that an object does not name, including those of an adopted table, and
  removes a resource policy that the object does not have. So read the warnings before an object
  adopts a table that has any of them.
- With replicas, the key `aws/dynamodb` and the table class `STANDARD_INFREQUENT_ACCESS` keep the
  controller from settling, and from deleting a replica while another one stays: a warning says so.
- The controller changes the billing mode and the encryption before it deletes replicas. While they
  exist, AWS refuses another KMS key of the table alone, and writes of a `PROVISIONED` table need
  autoscaling. So remove the replicas first, and wait until AWS has deleted them.
- A deleted object's replicas are deleted before its table, protected or not; with the deletion
  policy `retain` all of them stay.
- A table can be neither restored nor filled from S3. Create it in another way, and let the object
  adopt it. A manifest that leaves the key to the source is refused (`missing`).

## Crossplane

- Values that an autoscaler, a schedule or AWS changes (capacity, the bounds of a Target with
  adjustments, the warm throughput) are under `initProvider`, so that they are set once and then
  left alone. `managementPolicies` leaves out `LateInitialize`, which would write the current values
  into `forProvider` and keep them there.
- An import or a restore is there as well, and so are the key and local indexes of a restored table,
  which come from its source: they take effect when the table is created. Leave them in the object
  afterwards. Local indexes of the source that the manifest does not name block the provider. An
  existing table of that name is adopted, and neither filled nor restored. What AWS does not accept
  with them (tags, stream, table class, deletion protection; for a restored table also the billing
  mode and its maximum) the provider adds at its next reconciliation, as it does the deletion
  protection of strongly consistent replicas.
- Replicas of a table with provisioned capacity need autoscaling of its writes, which needs the
  table. So the Table reports AWS's refusal until its Targets and Policies exist; each replica has
  its own, in its region.
- A deleted object's replicas are deleted before its table, unless they are protected themselves.
- Scaling policies are named like their objects, not as under Pulumi: the provider cannot parse a
  name with slashes. A policy's name has no meaning in AWS.
- The annotation `crossplane.io/external-name` is the table's name: an existing table of that name
  is adopted and changed to match the object.
- Deleting the object deletes the table. To keep it, leave `Delete` out of `managementPolicies`.

## kro

The manifest becomes a kind: `orders` gives `OrdersTable`. Those who own the definition decide on
keys, indexes, TTL, stream, encryption, point-in-time recovery and autoscaling. Those who create an
instance set

| field of the instance | | default |
| --- | --- | --- |
| `name` | the table's name in AWS; cannot be changed | none, required |
| `region` | its region and its KMS key's; cannot be changed | the manifest's, if any |
| `organization`, `environment`, `resourceId` | tags, if the manifest has them | the manifest's |
| `deletionProtection` | whether AWS refuses to delete the table | the manifest's |
| `readCapacityUnits`, `writeCapacityUnits` | provisioned capacity, not scaled | the manifest's |

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

Replicas also belong to the definition: every instance has them in the same regions, and must itself
be in another region. The definition has a resource policy only if the policy names no table.

A target waits for the table, a policy for its target. The instance's status has the table's ARN and
state, and the stream's ARN if there is a stream. A string in the manifest that looks like a kro
expression (`${x}` as an attribute name, for example) stays as it is.

## How this is checked

The tests render every example and every accepted manifest of the corpus for every target.
`kubectl-validate` checks all objects, and the objects that kro would create for an instance,
against the CRDs of the control planes. The code of kro 0.9 itself also checks the definitions: the
instance's schema, the templates, the expressions and their types.

The requests that ACK's controllers and Crossplane's provider would send to AWS run on an emulated
AWS, for every example and for fields that no example uses. The resulting table is compared, field
by field, with the one that the Pulumi program creates: they differ only in what the warnings say,
and under Crossplane in the names of scaling policies. No cluster takes part in these tests.
"""


def page() -> str:
    """Returns the whole page."""
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
    """A cell of kro: as for ACK, except for fields in the schema, which the instance sets."""
    own = tuple(
        path.replace("schema.spec.", "instance: ").replace("schema.status.", "status: ")
        for path in kro.places
        if path.startswith("schema.")
    )
    alike = bool(kro.places) == bool(ack.places)
    shown = own or (("as ACK",) if alike else ())
    return _shown(Cell(shown, kro.notes), notes).replace("`as ACK`", "as ACK")
