"""Renders a manifest's text as objects of another control plane."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source, quote
from planton.dialects.words import Words
from planton.document.nodes import span
from planton.manifest.checking.check import point
from planton.manifest.facts import ControlPlane
from planton.manifest.manifest import Manifest
from planton.manifest.place import Place
from planton.manifest.reference import references
from planton.manifest.rules.rule import Finding
from planton.organization.organization import NO_RULES, Organization
from planton.plan.planner import make_plan
from planton.plan.table_plan import TablePlan
from planton.reading.provider_block import Provider
from planton.reading.read import read
from planton.reading.region_choice import choose_region
from planton.reading.unresolved import CODE as UNRESOLVED
from planton.render.ack import objects as ack
from planton.render.crossplane import objects as crossplane
from planton.render.fields import unsupported_fields
from planton.render.kro import graph as kro
from planton.render.rendered import Data, Rendered, named_source, unresolved

RenderTarget = Literal["ack", "crossplane", "kro"]


@dataclass(frozen=True)
class Rendering:
    """The objects, and warnings about the manifest and about what is unsupported."""

    manifest: Manifest
    objects: tuple[Data, ...]
    warnings: tuple[Diagnostic, ...]


def render(
    source: Source,
    target: RenderTarget,
    *,
    namespace: str | None = None,
    region: str | None = None,
    rules: Organization = NO_RULES,
) -> Rendering:
    """Renders the one manifest of a text as objects of the target.

    `region` applies if neither the manifest nor the provider block around it names one.

    Raises:
        ManifestError: the manifest has errors or is a request, or names no region or key and the
            target needs one.
        OtherRegion: the input names another region than `region`.
    """
    reading = read(source, Place(region=region), requests=False, rules=rules)
    manifest, places, source = reading.require(), reading.places, reading.source
    assert places is not None
    found = [one for one in reading.diagnostics if one.code not in _OF_PULUMI[target]]
    region = choose_region(manifest, reading.provider, region)
    if target == "crossplane" and region is None:
        raise ManifestError([*found, _no_region(source)])
    plan = make_plan(manifest)
    if target != "crossplane" and (problem := _no_key(plan, manifest.words)):
        raise ManifestError([*found, *point(places, source, "missing", [problem])])
    rendered = _RENDERERS[target](plan, namespace, region)
    if problems := list(_unresolved(rendered, manifest, target)):
        raise ManifestError([*found, *point(places, source, UNRESOLVED, problems)])
    unsupported = [_placed(finding, manifest) for finding in rendered.warnings]
    by: ControlPlane = "crossplane" if target == "crossplane" else "ack"
    unsupported += unsupported_fields(manifest.spec, by, rendered.left_out)
    found += reading.graded(
        [
            *point(places, source, "not-carried", unsupported, at_key=True),
            *_provider(reading.provider, source),
        ]
    )
    if any(one.severity == "error" for one in found):  # so the organization has decided
        raise ManifestError(found)
    return Rendering(manifest, rendered.objects, tuple(found))


_OF_ACK = ("provisioned-without-autoscaling", "restored-key", "second-step")
_OF_PULUMI: dict[RenderTarget, tuple[str, ...]] = {
    "ack": _OF_ACK,
    "crossplane": ("second-step",),
    "kro": _OF_ACK,
}
"""Warnings about the Pulumi program that do not apply to the target: a controller needs no second
run, and ACK neither restores tables nor leaves capacity to an autoscaler."""


def _no_key(plan: TablePlan, words: Words) -> Finding | None:
    """Without a restore, the key cannot come from the source: the manifest must name it."""
    if plan.keys or plan.source is None:
        return None
    field, verb = named_source(plan.source)
    return Finding(
        ("spec", field),
        f"an ACK Table cannot be {verb}, and without a key not even an empty table can be created",
        f"add the source's {words.attribute_definitions} and {words.key_schema}, or use Crossplane "
        "or Pulumi",
    )


_REFERS: dict[RenderTarget, str] = {
    "ack": "an ACK Table can only refer to the Key of the table's encryption",
    "crossplane": "a Crossplane Table can only refer to the Key of the table's encryption and of a "
    "replica's",
    "kro": "the ACK Table can only refer to the Key of the table's encryption",
}


def _unresolved(rendered: Rendered, manifest: Manifest, target: RenderTarget) -> Iterator[Finding]:
    """An error for each reference that the objects would need as a value."""
    held = {id(reference) for reference in unresolved(rendered.objects)}
    for path, reference in references(manifest.spec, ("spec",)):
        if id(reference) in held:
            yield Finding(
                path,
                f"{path[-1]} needs a value here, got a reference to {reference.kind} "
                f"{quote(reference.name)}",
                f"write the value itself: {_REFERS[target]}, by its name and with the default "
                "fieldPath",
            )


def _placed(finding: Finding, manifest: Manifest) -> Finding:
    """The finding with a replica's position in the manifest instead of its region."""
    match finding.path:
        case ("spec", "replicas", str(region), *rest):
            regions = [replica.region_name for replica in manifest.spec.replicas]
            return finding._replace(path=("spec", "replicas", regions.index(region), *rest))
        case _:
            return finding


def _no_region(source: Source) -> Diagnostic:
    return Diagnostic(
        code="no-region",
        message="a Crossplane resource needs a region, and the manifest names none",
        source=source,
        path="spec.region",
        help="set spec.region in the manifest, or pass --region",
    )


def _provider(provider: Provider, source: Source) -> Iterator[Diagnostic]:
    """The controller has its own account and credentials: no object may contain anything of a
    provider block."""
    key = provider.key
    if key is not None and provider != Provider(region=provider.region, key=key):
        yield Diagnostic(
            code="not-carried",
            message="the account and the keys of a provider block are not rendered: the controller"
            " uses its own",
            source=source,
            span=span(key),
            path=key.text,
        )


def _ack(plan: TablePlan, namespace: str | None, region: str | None) -> Rendered:
    return ack.objects(plan, namespace=namespace, region=region)


def _crossplane(plan: TablePlan, namespace: str | None, region: str | None) -> Rendered:
    assert region is not None
    return crossplane.objects(plan, namespace=namespace, region=region)


def _kro(plan: TablePlan, namespace: str | None, region: str | None) -> Rendered:
    """The definition is cluster-scoped; only its instances have a namespace."""
    assert namespace is None
    return kro.objects(plan, region=region)


_RENDERERS = {"ack": _ack, "crossplane": _crossplane, "kro": _kro}
