"""`planton adopt --from`."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping

from planton.adopt.found import FoundTable
from planton.adopt.sources import MAX_BYTES, read_source
from planton.cli.adopted import (
    NotWritten,
    Output,
    deliver,
    is_table_name,
    next_steps,
    remarks,
    tell,
    text_of,
)
from planton.cli.input import rendered
from planton.diagnostics.diagnostic import ManifestError, printable, quote
from planton.diagnostics.exit_status import OK, PROBLEMS, USAGE
from planton.reading.sources import STDIN, read_data


def adopt_from(
    path: str, stdin: bytes, parameters: Mapping[str, str], only: str | None, output: Output
) -> int:
    """Writes a manifest for each table of a template or state, or for the table `only`, and says on
    standard error what was left out. `stdin` are the bytes of standard input."""
    try:
        data = stdin if path == STDIN else read_data(path, max_bytes=MAX_BYTES)
        name = "<stdin>" if path == STDIN else path
        found = read_source(name, data, parameters)
    except ManifestError as error:
        tell([rendered(error.diagnostics)])
        return PROBLEMS
    tables = [table for table in found.tables if only in (None, table.name)]
    if only is not None and not tables:
        names = ", ".join(sorted(quote(table.name) for table in found.tables))
        what = f"no table {quote(only)} in {printable(name)}"
        return _refuse(f"{what}: its tables are {names}" if names else what)
    if len(tables) > 1 and not output.is_folder:
        what = f"{printable(name)} has {len(tables):,} tables"
        return _refuse(f"{what}: pass --output with a folder, or name one of them")
    failures = _write_all(tables, output)
    if only is None:
        tell(f"{printable(name)}: left out: {text_of(one)}" for one in found.left_out)
        if found.diagnostics:
            tell([rendered(found.diagnostics)])
            failures = True
    return PROBLEMS if failures else OK


def _write_all(tables: list[FoundTable], output: Output) -> bool:
    """Whether a table could not be written, or is not valid."""
    failed, written_to = False, None
    names = Counter(table.name for table in tables)
    for table in tables:
        is_alone = names[table.name] == 1
        file_name = table.name if is_alone else f"{table.name}.{table.region}"
        file = output.file(file_name, is_one_of_many=len(tables) > 1)
        try:
            if not is_table_name(table.name):
                raise NotWritten("this is not the name of a table")
            written = deliver(table, output, file)
        except NotWritten as error:
            tell([f"planton: {printable(table.name)}: {printable(str(error))}"])
            failed = True
            continue
        tell(remarks(table, written))
        failed = failed or not written.is_valid
        written_to = file or f"{table.name}.yaml"
    if written_to:
        folder = os.path.join(os.path.dirname(written_to), "NAME.yaml")
        tell([next_steps(folder if len(tables) > 1 else written_to, imports=output.imports)])
    return failed


def _refuse(message: str) -> int:
    tell([f"planton: {message}"])
    return USAGE
