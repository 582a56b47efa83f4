"""`planton adopt`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase

from planton.account.client import AwsClient
from planton.account.requests import AccountError, RequestError, Send
from planton.account.scaling import ScalingOfAllTables, ScalingOfOneTable
from planton.account.tables import TableReader, table_names
from planton.adopt.aws_values import UnreadableTable
from planton.cli.adopted import (
    NotWritten,
    Output,
    deliver,
    is_table_name,
    next_steps,
    remarks,
    tell,
)
from planton.cli.progress import Progress
from planton.diagnostics.diagnostic import printable, quote
from planton.diagnostics.exit_status import INTERRUPTED, OK, PROBLEMS, USAGE
from planton.manifest.types import REGION_PATTERN
from planton.reading.sources import ENV_REGIONS

_THREADS = 8
_FEW = 5
"""With fewer than one in so many tables of a region, asking for the autoscaling of each takes fewer
requests than asking once for that of all."""


@dataclass(frozen=True)
class Account:
    """How to reach the account."""

    region: str | None
    profile: str | None
    endpoint_url: str | None


def adopt_table(table: str, account: Account, output: Output) -> int:
    """Writes the manifest of one table, and says on standard error what was left out."""
    if not is_table_name(table):
        return _refuse(f"{quote(table)} is not the name of a table", USAGE)

    def adopt(send: Send, region: str) -> int:
        file = output.file(table)
        output.require_free(file)
        found = TableReader(send, ScalingOfOneTable(send)).read(table, region)
        written = deliver(found, output, file)
        tell(remarks(found, written))
        tell([next_steps(file or f"{table}.yaml", imports=output.imports)])
        return OK if written.is_valid else PROBLEMS

    try:
        return _with_account(account, adopt)
    except (UnreadableTable, RequestError, NotWritten) as error:
        return _refuse(f"{table}: {printable(str(error))}", PROBLEMS)


def adopt_all(match: str, account: Account, output: Output) -> int:
    """Writes a manifest for each table of a region whose name matches, and says what failed."""

    def adopt(send: Send, region: str) -> int:
        every = sorted(table_names(send, region))
        names = [name for name in every if fnmatchcase(name, match)]
        if not names:
            what = f"no table matches {quote(match)}" if every else "there are no tables"
            return _refuse(f"{what} in {region}", USAGE)
        scaling = ScalingOfOneTable if len(names) * _FEW < len(every) else ScalingOfAllTables
        return _adopt_each(names, region, TableReader(send, scaling(send)), output)

    try:
        return _with_account(account, adopt)
    except RequestError as error:
        return _refuse(printable(str(error)), PROBLEMS)


@dataclass(frozen=True)
class _Outcome:
    """What came of one table: lines about it, and why it failed."""

    lines: tuple[str, ...] = ()
    failure: str = ""
    is_valid: bool = True


def _adopt_each(names: list[str], region: str, reader: TableReader, output: Output) -> int:
    def adopt(name: str) -> _Outcome:
        if not is_table_name(name):  # which only something else than AWS would list
            return _Outcome(failure="this is not the name of a table")
        file = output.file(name, is_one_of_many=True)
        try:
            output.require_free(file)
            found = reader.read(name, region)
            written = deliver(found, output, file)
        except (UnreadableTable, RequestError, NotWritten) as error:
            return _Outcome(failure=printable(str(error)))
        return _Outcome(tuple(remarks(found, written)), is_valid=written.is_valid)

    progress = Progress(sys.stderr, len(names), "tables")
    failures: list[str] = []
    all_valid = True
    executor = ThreadPoolExecutor(_THREADS)
    try:
        for done, (name, outcome) in enumerate(zip(names, executor.map(adopt, names), strict=True)):
            if outcome.lines:
                progress.clear()
                tell(outcome.lines)
            if outcome.failure:
                failures.append(f"{printable(name)}: {outcome.failure}")
            all_valid = all_valid and outcome.is_valid
            progress.show(done + 1)
    finally:
        progress.clear()
        executor.shutdown(cancel_futures=True)
    assert output.path is not None  # the parser requires it
    written = len(names) - len(failures)
    plural = "" if written == 1 else "s"
    tell([f"{written:,} manifest{plural} written to {printable(output.path)}"])
    if failures:
        tell([f"{len(failures):,} failed:", *(f"  {failure}" for failure in failures)])
    if written:
        tell([next_steps(os.path.join(output.path, "NAME.yaml"), imports=output.imports)])
    return PROBLEMS if failures or not all_valid else OK


def _with_account(account: Account, adopt: Callable[[Send, str], int]) -> int:
    try:
        client = AwsClient(
            profile=account.profile, endpoint_url=account.endpoint_url, threads=_THREADS
        )
        region = account.region or _region(os.environ) or client.region
        if region is None:
            return _refuse("no region is set: pass --region, or set AWS_REGION", USAGE)
        if not re.fullmatch(REGION_PATTERN, region):
            name = f"{quote(region)} is not the name of an AWS region"
            return _refuse(f"{name} such as 'eu-central-1'", USAGE)
        return adopt(client, region)
    except AccountError as error:
        return _refuse(printable(str(error)), PROBLEMS)
    except KeyboardInterrupt:
        return _refuse("interrupted; the manifests that are written are complete", INTERRUPTED)


def _region(environ: Mapping[str, str]) -> str | None:
    return next((environ[name] for name in ENV_REGIONS if environ.get(name)), None)


def _refuse(message: str, status: int) -> int:
    tell([f"planton: {message}"])
    return status
