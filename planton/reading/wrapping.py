"""Reads a stack input, in which the wrapper puts a manifest beside the provider's settings."""

from __future__ import annotations

from typing import Any, NamedTuple

from planton.diagnostics.diagnostic import Diagnostic, Source, did_you_mean, quote
from planton.dialects.key_case import camel, respell, spelled_twice
from planton.document.nodes import Mapping, Node, Scalar, nodes_in, resolve, span
from planton.document.secret_words import TARGET
from planton.reading.provider_block import NO_PROVIDER, PROVIDER_FIELDS, Provider, read_provider
from planton.reading.secret_lines import is_manifest

_BLOCKS = ("providerConfig", "awsCredential")


class Unwrapped(NamedTuple):
    """The manifest in a document, if there is one, the provider block beside it, and the errors
    beside it."""

    manifest: Node | None
    provider: Provider = NO_PROVIDER
    diagnostics: tuple[Diagnostic, ...] = ()


def unwrap(root: Node, source: Source) -> Unwrapped:
    """The manifest is the document itself, or `target` in a stack input."""
    if not isinstance(root, Mapping) or is_manifest(root):
        return Unwrapped(root)
    top, twice = respell(root, deep=False)
    found = spelled_twice(twice, source)
    provider = NO_PROVIDER

    def report(code: str, message: str, node: Node, help: str = "", **more: Any) -> None:
        found.append(
            Diagnostic(
                code=code, message=message, source=source, span=span(node), help=help, **more
            )
        )

    known = (TARGET, *_BLOCKS)
    seen: str | None = None
    for key, value in root.entries:
        name = camel(key.text)
        if name in known and top.get(name) is not value:
            continue  # spelled twice, which respell reports
        if name in _BLOCKS:
            if seen:
                report("provider", f"{seen} and {key.text} cannot both be set", key, "keep one")
            seen = key.text
            provider, wrong = read_provider(name, key, value, source)
            found += wrong
        elif name != TARGET:
            # With a misspelled block, the credentials of the environment would be used.
            meant = did_you_mean(name, (*known, *PROVIDER_FIELDS))
            if name in PROVIDER_FIELDS:
                # Here it would be ignored, and the credentials of the environment be used.
                message = f"{quote(key.text)} is outside of provider_config"
                report("unknown-key", message, key, "indent it below provider_config")
            elif meant:
                help = f"did you mean '{meant}'?"
                report("unknown-key", f"unknown key {quote(key.text)}", key, help)
            else:
                # Near secrets, a key may itself be one with a misplaced colon.
                what = "a key" if source.hidden else quote(key.text)
                message = f"{what} is not part of a stack input and is ignored"
                report("ignored-key", message, key)
    secret = {node.origin for block in _BLOCKS for node in nodes_in(top.get(block))}
    if secret and any(node.origin in secret for node in nodes_in(top.get(TARGET))):
        report("alias", "the manifest and the provider block share a value through an alias", top)
        return Unwrapped(None, provider, tuple(found))
    target = top.get(TARGET)
    if target is None or (isinstance(target, Scalar) and resolve(target) is None):
        report(
            "no-target",
            "expected a manifest (apiVersion, kind, metadata, spec), or a stack input with one "
            "under 'target'",
            top,
            "put the manifest under target, or remove everything around it",
        )
        target = None
    return Unwrapped(target, provider, tuple(found))
