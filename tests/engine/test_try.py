import json
from tests.engine.harness import Stack
from tests.engine.manifests import manifest, PROVISIONED, SCALED
from tests.emulated.cloud import Cloud
from tests.engine import looks

def named(name, **spec):
    data = json.loads(manifest(**spec)); data["metadata"]["name"]=name
    return json.dumps(data)

def test_it(stack: Stack, cloud: Cloud):
    one = manifest()
    r = stack.up(one); print(r.changes); assert r.ok, r.explained()
    stack.put({"orders.yaml": one, "b/invoices.yaml": named("invoices", **PROVISIONED, autoscaling=SCALED)})
    r = stack.up(); print(r.changes); assert r.ok, r.explained()
    r = stack.up(); print(r.changes, r.is_unchanged); assert r.ok, r.explained()
    stack.put({"b/invoices.yaml": named("invoices", **PROVISIONED, autoscaling=SCALED), "z.yaml": named("third")})
    r = stack.up(); print(r.text)
    stack.put({"b/invoices.yaml": named("invoices", **PROVISIONED, autoscaling=SCALED), "z.yaml": named("third")}, allowRemoval="orders")
    r = stack.up(); print(r.changes, r.text)
    r = stack.up(); print(r.changes, r.text)
    stack.put({"b/invoices.yaml": named("invoices", **PROVISIONED, autoscaling=SCALED), "z.yaml": named("third")})
    r = stack.up(); print(r.changes, r.is_unchanged)
    print(open(stack.state_file).read()[:3000])
    r = stack.destroy(); print(r.ok, looks.tables(cloud))
    assert 0
