"""What is written and printed about existing tables, wherever they are read from."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from planton.adopt.found import FoundTable, LeftOut
from planton.adopt.manifest import WrittenManifest, write_manifest
from planton.cli.input import rendered
from planton.diagnostics.diagnostic import printable
from planton.dialects.annotations import IMPORT
from planton.dialects.contract import Contract
from planton.manifest.types import DYNAMODB_NAME


class NotWritten(Exception):
    """A manifest cannot be written to its file."""


@dataclass(frozen=True)
class Output:
    """Where manifests go, and in which form. `path` is a file or a folder; None is standard
    output."""

    path: str | None
    to: Contract | None
    imports: bool
    force: bool

    @property
    def is_folder(self) -> bool:
        """Whether the path is, or becomes, a folder."""
        return self.path is not None and not os.path.isfile(self.path)

    def file(self, table: str, *, is_one_of_many: bool = False) -> str | None:
        """The file of a table's manifest; None is standard output."""
        if self.path is None:
            return None
        if is_one_of_many or self.path.endswith(os.sep) or os.path.isdir(self.path):
            return os.path.join(self.path, f"{table}.yaml")
        return self.path

    def require_free(self, file: str | None) -> None:
        """Raises NotWritten if the file exists and may not be overwritten. Asked before the table
        is read, which takes requests."""
        if file and not self.force and os.path.lexists(file):
            raise NotWritten(f"{file} exists: pass --force to overwrite it")


def is_table_name(name: str) -> bool:
    """Whether AWS could have a table of this name: nothing else becomes the name of a file."""
    return 3 <= len(name) <= 255 and bool(re.fullmatch(DYNAMODB_NAME, name))


def deliver(found: FoundTable, output: Output, file: str | None) -> WrittenManifest:
    """Writes the manifest of a table. Raises NotWritten if the file exists or cannot be written."""
    name = file or f"{found.name}.yaml"
    written = write_manifest(found, source_name=name, imports=output.imports, to=output.to)
    if file is None:
        print(written.text, end="")
        sys.stdout.flush()
        return written
    output.require_free(file)
    try:
        os.makedirs(os.path.dirname(file) or ".", exist_ok=True)
        with open(file, "w" if output.force else "x", encoding="utf-8", newline="\n") as stream:
            stream.write(written.text)
    except OSError as error:
        raise NotWritten(f"{file} cannot be written: {error.strerror}") from None
    return written


def remarks(found: FoundTable, written: WrittenManifest) -> Iterator[str]:
    """Lines about one table: what was left out, and what the manifest's errors are."""
    name = printable(found.name)
    for left_out in written.left_out:
        yield f"{name}: left out: {text_of(left_out)}"
    for note in written.notes:
        yield f"{name}: {note}"
    if found.replicas:
        regions = ", ".join(replica.region for replica in found.replicas)
        yield (
            f"{name}: a global table with replicas in {regions}: adopt it in one region only, its "
            "manifest covers all of them"
        )
    if not written.is_valid:
        yield f"{name}: the manifest is written, but not valid:"
        yield rendered(written.diagnostics)


def text_of(left_out: LeftOut) -> str:
    """What was left out, where, and why, as one line."""
    line = f" (line {left_out.line})" if left_out.line else ""
    return printable(f"{left_out.place}{line}: {left_out.reason}")


def next_steps(file: str, *, imports: bool) -> str:
    """What to do with a manifest that was written."""
    path = shlex.quote(file)
    lines = [
        "next:",
        f"  planton validate {path}",
        f"  pulumi config set manifest {path}",
        "  pulumi preview",
        "  pulumi up",
    ]
    if imports:
        lines += [
            f"The annotation {IMPORT} makes `pulumi up` import the table instead of creating one. "
            "Remove it after the first update."
        ]
    return "\n".join(lines)


def tell(lines: Iterable[str]) -> None:
    """Prints lines to standard error, because they are not part of the output."""
    for line in lines:
        print(line, file=sys.stderr)
