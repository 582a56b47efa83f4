"""A manifest's text as objects of another control plane."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from planton.diagnostics import Diagnostic, ManifestError, Source
from planton.document import Node, span
from planton.manifest import examine, point
from planton.model.rule import Finding
from planton.model.spec import AwsDynamodb
from planton.plan import TablePlan
from planton.planner import make_plan
from planton.provider_block import place_of
from planton.region_choice import choose_region
from planton.render import ack, crossplane, kro
from planton.render.rendered import Data, Rendered, named_source
from planton.stack_input import parse_guarded, provider_block, refuse_request, unwrap

Target = Literal["ack", "crossplane", "kro"]


@dataclass(frozen=True)
class Rendering:
    """The objects, and what was found in the manifest or lost on the way: warnings alone."""

    manifest: AwsDynamodb
    objects: tuple[Data, ...]
    warnings: tuple[Diagnostic, ...]


def render(
    source: Source, target: Target, *, namespace: str | None = None, region: str | None = None
) -> Rendering:
    """The one manifest of a text as objects of the target.

    `region` is taken where neither the manifest nor the provider block around it names one.

    Raises:
        ManifestError: the manifest has errors or is a request, or the target needs a region or a
            key and none is named.
        OtherRegion: the input names another region than `region`.
    """
    roots, source, found = parse_guarded(source)
    provider: dict[str, str] = {}
    outer = roots[0] if roots else None
    if outer is not None:
        inner = unwrap(outer, source, found, provider)
        roots[:1] = [] if inner is None else [inner]
    manifest, found = examine(roots, found, source, place_of(provider, region))
    if manifest is None:
        raise ManifestError(found)
    refuse_request(manifest, source)
    found = [diagnostic for diagnostic in found if diagnostic.code not in _OF_PULUMI[target]]
    region = choose_region(manifest, provider, region)
    if target == "crossplane" and region is None:
        raise ManifestError([*found, _no_region(source)])
    plan = make_plan(manifest)
    if target != "crossplane" and (problem := _no_key(plan)):
        raise ManifestError([*found, *point(roots[0], source, "missing", [problem], "error")])
    rendered = _RENDERERS[target](plan, namespace, region)
    assert outer is not None
    if "not-carried" not in manifest.metadata.ignore_warnings:
        lost = [_placed(finding, manifest) for finding in rendered.warnings]
        found += point(roots[0], source, "not-carried", lost)
        found += _provider(outer, source, provider)
    return Rendering(manifest, rendered.objects, tuple(found))


_OF_ACK = ("provisioned-without-autoscaling", "restored-key", "second-step")
_OF_PULUMI: dict[Target, tuple[str, ...]] = {
    "ack": _OF_ACK,
    "crossplane": ("second-step",),
    "kro": _OF_ACK,
}
"""Warnings about what the Pulumi program does with a manifest, untrue of the target: a controller
needs no second run, and ACK neither restores nor leaves capacity to an autoscaler."""


def _no_key(plan: TablePlan) -> Finding | None:
    """A key that a restored table takes from its source has to be named to make an empty one."""
    if plan.keys or plan.source is None:
        return None
    field, verb = named_source(plan.source)
    return Finding(
        ("spec", field),
        f"an ACK Table cannot be {verb}, and no key is given: not even an empty table can be made",
        "name attributeDefinitions and keySchema as the source has them, or use Crossplane or"
        " Pulumi",
    )


def _placed(finding: Finding, manifest: AwsDynamodb) -> Finding:
    """A renderer knows a replica by its region, the document by its position."""
    match finding.path:
        case ("spec", "replicas", str(region), *rest):
            regions = [replica.region_name for replica in manifest.spec.replicas]
            return replace(finding, path=("spec", "replicas", regions.index(region), *rest))
        case _:
            return finding


def _no_region(source: Source) -> Diagnostic:
    return Diagnostic(
        code="no-region",
        message="a Crossplane resource needs a region, and none is named",
        source=source,
        path="spec.region",
        help="set spec.region in the manifest, or give --region",
    )


def _provider(outer: Node, source: Source, provider: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Whose account it is, and with which keys, is the controller's own business: nothing of a
    credentials block may end up in an object."""
    key = provider_block(outer)
    if key is not None and provider.keys() - {"region"}:
        yield Diagnostic(
            code="not-carried",
            message="the account and the keys of a provider block stand in no object: the"
            " controller uses its own",
            source=source,
            span=span(key),
            path=key.text,
            severity="warning",
        )


def _ack(plan: TablePlan, namespace: str | None, region: str | None) -> Rendered:
    return ack.objects(plan, namespace=namespace, region=region)


def _crossplane(plan: TablePlan, namespace: str | None, region: str | None) -> Rendered:
    assert region is not None
    return crossplane.objects(plan, namespace=namespace, region=region)


def _kro(plan: TablePlan, namespace: str | None, region: str | None) -> Rendered:
    """The definition belongs to no namespace, its instances do."""
    assert namespace is None
    return kro.objects(plan, region=region)


_RENDERERS = {"ack": _ack, "crossplane": _crossplane, "kro": _kro}
