"""Finds the text of a manifest: in the environment, Pulumi's config, a file or standard input.

The environment and Pulumi's config are parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingType
from dataclasses import replace

from planton.diagnostics.diagnostic import Diagnostic, ManifestError, Source
from planton.document.reader import MAX_BYTES, decode

CONFIG_STACK_INPUT = "planton-cloud:stack-input"
ENV_TEXT = "STACK_INPUT_YAML"
ENV_FILE = "STACK_INPUT_YAML_FILE"
CONFIG_MANIFEST = "manifest"
CONFIG_MANIFESTS = "manifests"
CONFIG_PROVIDERS = "providers"
CONFIG_REMOVAL = "allowRemoval"
"""Names the tables without a manifest that the next update may delete."""
CONFIG_GUARDED = "guardedTable"
"""Names the table that has the guard of the time when it was the stack's only one, where the state
does not show which that is."""
CONFIG_RULES = "rules"
CONFIG_REGION = "aws:region"
CONFIG_ACCOUNTS = "aws:allowedAccountIds"
ENV_RULES = "PLANTON_CONFIG"
ENV_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")

RULES_FILE = "planton.yaml"
"""The name of an organization's rules in the folder of a manifest, or in those around it."""

GetConfig = Callable[[str], "str | None"]
"""Reads Pulumi's config: the value of a key, which has a namespace unless it is the project's."""


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
        f"    pulumi config set {CONFIG_MANIFEST} manifest.yaml\n"
        f"or, for the tables of a folder: pulumi config set {CONFIG_MANIFESTS} tables",
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
    return replace(read_bytes(read_data(path, named_by), path), path=path)


def read_data(path: str, named_by: str = "", max_bytes: int = MAX_BYTES) -> bytes:
    """A file's bytes, at most one more than `max_bytes`.

    Raises:
        ManifestError: it is missing, unreadable or a folder.
    """
    try:
        with open(path, "rb", buffering=0) as file:
            # Read in chunks: a single read would allocate the maximum for each small file.
            chunks, left = [], max_bytes + 1
            while left > 0 and (chunk := file.read(min(_CHUNK, left))):
                chunks.append(chunk)
                left -= len(chunk)
            return b"".join(chunks)
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


def _error(source: Source, code: str, message: str, help: str) -> ManifestError:
    return ManifestError([Diagnostic(code=code, message=message, source=source, help=help)])
