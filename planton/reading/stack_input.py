"""Finds the stack input, and reads the manifest, credentials, account and region from it.

The environment and Pulumi's config are parameters. The values of a credentials block, and the lines
that contain them, are never shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field, replace

from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source, did_you_mean, quote
from planton.dialects.contract import KIND, Contract
from planton.dialects.keys import camel, respell
from planton.document.reader import (
    MAX_BYTES,
    Mapping,
    Node,
    Scalar,
    Sequence,
    decode,
    parse,
    resolve,
    span,
)
from planton.manifest.load import examine
from planton.manifest.spec import AwsDynamodb
from planton.reading.provider_block import MAX_RETRIES, PROVIDER_FIELDS, place_of, read_provider

CONFIG_STACK_INPUT = "planton-cloud:stack-input"
ENV_TEXT = "STACK_INPUT_YAML"
ENV_FILE = "STACK_INPUT_YAML_FILE"
CONFIG_MANIFEST = "manifest"
CONFIG_REGION = "aws:region"
ENV_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")

GetConfig = Callable[[str], "str | None"]
"""Reads Pulumi's config: the value of a key, which has a namespace unless it is the project's."""


@dataclass(frozen=True)
class Credentials:
    """Access keys of an AWS account."""

    access_key_id: str = field(repr=False)
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(repr=False, default=None)


@dataclass(frozen=True)
class StackInput:
    """The input of one run of the program.

    `region` is the table's. `account_id`, if set, is the only account that may be used.
    `max_retries`, if set, limits how often the provider tries a request; 0 counts as not set.
    """

    manifest: AwsDynamodb
    warnings: tuple[Diagnostic, ...]
    region: str
    account_id: str | None = None
    credentials: Credentials | None = None
    max_retries: int | None = None


def load(get_config: GetConfig, environ: MappingType[str, str]) -> StackInput:
    """The stack input from the first source that is set; an empty one counts as not set.

    Raises:
        ManifestError: there is no source or no region, or the source is unreadable or invalid.
    """
    return read(find(get_config, environ), get_config, environ)


def find(get_config: GetConfig, environ: MappingType[str, str]) -> Source:
    """The input's text, with a name that the user knows.

    Raises:
        ManifestError: no source is set, or its file cannot be read.
    """
    if text := get_config(CONFIG_STACK_INPUT):
        return Source(f"config {CONFIG_STACK_INPUT}", text)
    if text := environ.get(ENV_TEXT):
        return Source(ENV_TEXT, text)
    if path := environ.get(ENV_FILE):
        return read_file(path, ENV_FILE)
    if value := get_config(CONFIG_MANIFEST):
        if "\n" in value:
            return Source(f"config {CONFIG_MANIFEST}", value)
        if value.lstrip().startswith("{"):
            # Structured config arrives as one line of JSON: its positions mean nothing to the user.
            return Source(f"config {CONFIG_MANIFEST}", value, positions=False)
        return read_file(value, f"config {CONFIG_MANIFEST}")
    raise _error(
        Source("stack input", ""),
        "no-input",
        "no manifest is set",
        "set it in one of these ways (the first that is set is used):\n"
        f'    pulumi config set {CONFIG_STACK_INPUT} "$(cat manifest.yaml)"\n'
        f'    export {ENV_TEXT}="$(cat manifest.yaml)"\n'
        f"    export {ENV_FILE}=manifest.yaml\n"
        f"    pulumi config set {CONFIG_MANIFEST} manifest.yaml",
    )


MAX_PATH = 300
STDIN = "-"
"""The path that means standard input."""
_CHUNK = 1 << 14


def read_file(path: str, named_by: str = "") -> Source:
    """A file's text; `named_by` is the setting with its path.

    Raises:
        ManifestError: it is missing, unreadable, a folder, too large or not UTF-8.
    """
    return read_bytes(read_data(path, named_by), path)


def read_data(path: str, named_by: str = "") -> bytes:
    """A file's bytes, at most one more than a manifest may have.

    Raises:
        ManifestError: it is missing, unreadable or a folder.
    """
    try:
        with open(path, "rb", buffering=0) as file:
            # Read in chunks: a single read would allocate the maximum for each small file.
            data = b""
            while len(data) <= MAX_BYTES and (more := file.read(_CHUNK)):
                data += more
            return data[: MAX_BYTES + 1]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        if len(path) > MAX_PATH or any(sign in path for sign in ("\n", "{", ": ")):
            # A text instead of a path: it may contain secrets, so it is not shown.
            message = "expected the path of a file, got text"
            help = f"set the path, or pass the text in {ENV_TEXT} or on standard input"
            raise _error(Source(named_by or "PATH", ""), "unreadable", message, help) from None
        message = f"the file cannot be read: {reason}"
        if named_by:
            message = f"{named_by} names a file that cannot be read: {reason}"
        help = "relative paths start at the working directory"
        raise _error(Source(path, ""), "unreadable", message, help) from None


def read_named(path: str, stdin: bytes) -> Source:
    """The file at the path, or standard input, whose bytes are `stdin`.

    Raises:
        ManifestError: it cannot be read as text.
    """
    return read_bytes(stdin, "<stdin>") if path == STDIN else read_file(path)


def read_bytes(data: bytes, name: str) -> Source:
    """The text of a file's bytes.

    Raises:
        ManifestError: there are too many bytes, or they are not UTF-8.
    """
    text, found = decode(data, name)
    if found:
        raise ManifestError(found)
    return Source(name, text)


def read(source: Source, get_config: GetConfig, environ: MappingType[str, str]) -> StackInput:
    """The typed stack input of a text.

    Raises:
        ManifestError: with every error and warning, if there is any error.
    """
    region = get_config(CONFIG_REGION) or next(
        (environ[name] for name in ENV_REGIONS if environ.get(name)), None
    )
    manifest, found, provider = examine_source(source, region)
    refuse_request(manifest, source)
    region = manifest.region if manifest else None
    if manifest and not region:
        found.append(
            Diagnostic(
                code="no-region",
                message="no region is set",
                source=source,
                help="set spec.region in the manifest, region in provider_config, the config "
                f"{CONFIG_REGION}, or {ENV_REGIONS[0]} in the environment",
            )
        )
    if manifest is None or region is None:
        raise ManifestError(found)
    return StackInput(
        manifest,
        tuple(found),
        region,
        account_id=provider.get("accountId"),
        credentials=_credentials(provider),
        max_retries=int(provider[MAX_RETRIES]) if MAX_RETRIES in provider else None,
    )


def refuse_request(manifest: AwsDynamodb | None, source: Source) -> None:
    """Refuses requests, for commands that accept only manifests: a request's deletionPolicy would
    be lost.

    Raises:
        ManifestError: it is a request to a Kratix platform.
    """
    if manifest is not None and manifest.contract is Contract.REQUEST:
        message = f"kind must be {quote(KIND)} here, got {quote(manifest.kind)}"
        help = "send the request to a Kratix platform, or use planton kratix render"
        raise ManifestError(
            [Diagnostic(code="kind", message=message, source=source, path="kind", help=help)]
        )


def examine_source(
    source: Source, region: str | None = None
) -> tuple[AwsDynamodb | None, list[Diagnostic], dict[str, str]]:
    """The manifest of a text, or None if there are errors; all diagnostics; the provider block.

    `region` is used if the text names none.
    """
    roots, source, found = parse_guarded(source)
    provider: dict[str, str] = {}
    if roots:
        target = unwrap(roots[0], source, found, provider)
        if target is None:
            return None, found, provider
        roots[0] = target
    manifest, found = examine(roots, found, source, place_of(provider, region))
    return manifest, found, provider


def parse_guarded(source: Source) -> tuple[list[Node], Source, list[Diagnostic]]:
    """The documents of a text that may contain secrets, the source with the secret lines hidden,
    and the parser's diagnostics."""
    # Until the text is parsed, any of its lines may contain a secret.
    guarded = source.without_excerpts() if _may_hold_secrets(source.text) else source
    roots, found = parse(guarded)
    if guarded is source:
        return roots, source, found
    if not all(isinstance(root, Mapping) and _is_understood(root) for root in roots):
        return roots, guarded, found
    return roots, replace(source, hidden=frozenset(_secret_lines(roots))), found


_TARGET = "target"
_OF_CREDENTIALS = ("providerconfig", "credential", "accesskey", "secret", "sessiontoken")
"""Words that appear near a secret, even if a colon is misplaced."""
_SECRET = (*_OF_CREDENTIALS, "token", "password", "passwd", "apikey", "privatekey")
"""Words in the key of a secret."""
_KEY_OF_SECRET = re.compile(rf"(?:(?:{'|'.join(_SECRET)})[a-z0-9]*|\b{_TARGET})[\"']?\s*:(?:\s|$)")
_BLOCKS = ("providerConfig", "awsCredential")


def _error(source: Source, code: str, message: str, help: str) -> ManifestError:
    return ManifestError([Diagnostic(code=code, message=message, source=source, help=help)])


def _plain(text: str) -> str:
    return text.lower().replace("_", "").replace("-", "")


def _may_hold_secrets(text: str) -> bool:
    """Whether the text names credentials, or has a key that sounds like one or is that of a stack
    input."""
    plain = _plain(text)
    if any(word in plain for word in _OF_CREDENTIALS):
        return True
    # Most texts contain none of the words, and the pattern alone takes as long as the parsing.
    words = (*_SECRET, _TARGET)
    return any(word in plain for word in words) and bool(_KEY_OF_SECRET.search(plain))


def _sounds_secret(key: str) -> bool:
    """Whether the key contains the name of a secret, in any spelling."""
    plain = _plain(key)
    return any(word in plain for word in _SECRET)


def _secret_lines(nodes: Iterable[Node]) -> Iterator[int]:
    """The lines of the values of keys that sound like a secret, and of everything beside the
    manifest in a stack input, where a key may be a misplaced secret."""
    for node in nodes:
        match node:
            case Mapping():
                around = node.get(_TARGET) is not None
                for key, value in node.entries:
                    if _sounds_secret(key.text) or (around and key.text != _TARGET):
                        yield key.start.line + 1
                        yield from _lines(value)
                    else:
                        yield from _secret_lines([value])
            case Sequence():
                yield from _secret_lines(node.items)
            case Scalar() if _sounds_secret(node.text):
                yield from _secret_lines_of_text(node)
            case Scalar():
                pass


def _secret_lines_of_text(scalar: Scalar) -> Iterator[int]:
    """A string may be YAML itself: the lines of a block that name a secret, or the whole value."""
    if scalar.style != "|":
        if scalar.start.line != scalar.end.line or ":" in scalar.text:
            yield from _lines(scalar)
        return
    for number, line in enumerate(scalar.text.split("\n"), start=scalar.start.line + 2):
        if _sounds_secret(line):
            yield number


def _lines(node: Node) -> Iterator[int]:
    """The lines of a node and of everything in it, including the values of aliases."""
    for part in _nodes(node):
        yield from range(part.start.line + 1, part.end.line + 2)


def _nodes(node: Node | None) -> Iterator[Node]:
    """A node and all values in it."""
    if node is None:
        return
    yield node
    match node:
        case Mapping():
            for _, value in node.entries:
                yield from _nodes(value)
        case Sequence():
            for item in node.items:
                yield from _nodes(item)
        case Scalar():
            pass


def _is_understood(root: Mapping) -> bool:
    return _is_manifest(root) or root.get(_TARGET) is not None


def _is_manifest(root: Mapping) -> bool:
    """Whether the document is a manifest, not a stack input."""
    keys = {camel(key.text) for key, _ in root.entries}
    return _TARGET not in keys and bool(keys & {"apiVersion", "kind", "spec", "metadata"})


def unwrap(
    root: Node, source: Source, found: list[Diagnostic], provider: dict[str, str]
) -> Node | None:
    """The manifest in a document: the document itself, or `target` in a stack input.

    The values of a provider block are added to `provider`, and errors beside the manifest to
    `found`. None if there is no manifest.
    """
    if not isinstance(root, Mapping) or _is_manifest(root):
        return root

    def report(code: str, message: str, node: Node, help: str = "") -> None:
        found.append(
            Diagnostic(code=code, message=message, source=source, span=span(node), help=help)
        )

    top = respell(root, source, found, deep=False)
    assert isinstance(top, Mapping)
    known = (_TARGET, *_BLOCKS)
    seen: str | None = None
    for key, value in root.entries:
        name = camel(key.text)
        if name in known and top.get(name) is not value:
            continue  # spelled twice, which respell reports
        if name in _BLOCKS:
            if seen:
                report("provider", f"{seen} and {key.text} cannot both be set", key, "keep one")
            seen = key.text
            found += read_provider(name, value, source, provider)
        elif name != _TARGET:
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
    secret = {id(node.start) for block in _BLOCKS for node in _nodes(top.get(block))}
    if not secret.isdisjoint(id(node.start) for node in _nodes(top.get(_TARGET))):
        report("alias", "the manifest and the provider block share a value through an alias", top)
        return None
    target = top.get(_TARGET)
    if target is None or (isinstance(target, Scalar) and resolve(target) is None):
        report(
            "no-target",
            "expected a manifest (apiVersion, kind, metadata, spec), or a stack input with one "
            "under 'target'",
            top,
            "put the manifest under target, or remove everything around it",
        )
        return None
    return target


def provider_block(root: Node) -> Scalar | None:
    """The key of the provider block of a stack input."""
    if not isinstance(root, Mapping) or _is_manifest(root):
        return None
    return next((key for key, _ in root.entries if camel(key.text) in _BLOCKS), None)


def _credentials(provider: MappingType[str, str]) -> Credentials | None:
    if "accessKeyId" not in provider:
        return None
    return Credentials(
        provider["accessKeyId"], provider["secretAccessKey"], provider.get("sessionToken")
    )
