"""The command `planton rehearse --serve`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from planton.cli.input import refuse, show_warnings
from planton.cli.rehearse import loaded_for_rehearsal, print_plan, print_result, rehearsed
from planton.diagnostics.diagnostic import Diagnostic, Source, printable
from planton.diagnostics.exit_status import OK, PROBLEMS, USAGE
from planton.plan.planner import make_plan
from planton.reading.folders import examine
from planton.reading.read import FindRules, Reading, no_rules
from planton.reading.stack_input import DUMMY_CREDENTIALS
from planton.rehearsal.program.runner import lasting_aws
from planton.rehearsal.server.answers import Answers
from planton.rehearsal.server.endpoint import Endpoint

READY = "ready"
"""The line after which requests are answered."""


def serve_command(
    paths: Sequence[str],
    stdin: bytes,
    *,
    port: int,
    now: datetime,
    find_rules: FindRules = no_rules,
    config: str | None = None,
) -> int:
    """Runs the program for each manifest, in one emulated AWS, and serves that on this machine
    until Ctrl-C or SIGTERM. Nothing is served if a manifest is refused or fails."""
    files = list(_files(paths, stdin))
    loaded = [loaded_for_rehearsal(f, stdin, now=now, find_rules=find_rules) for f in files]
    refused = [one for one in loaded if one.manifest is None] or _without_manifest(paths, files)
    if refused:
        return refuse(refused, "text")
    show_warnings(loaded)
    try:
        endpoint = Endpoint(port)
    except OSError as error:
        return _unusable(port, error)
    with endpoint:
        return _served(endpoint, list(zip(files, loaded, strict=True)), stdin, config)


def _unusable(port: int, error: OSError) -> int:
    print(
        f"planton: port {port} cannot be used: {error.strerror}; choose another with --port, "
        "or --port 0 for one that is free",
        file=sys.stderr,
    )
    return USAGE


def _served(
    endpoint: Endpoint, inputs: list[tuple[str, Reading]], stdin: bytes, config: str | None
) -> int:
    with lasting_aws() as aws:
        accounts: set[str] = set()
        tables: dict[tuple[str, str], str] = {}
        for path, loaded in inputs:
            print_plan(loaded)
            result = rehearsed(loaded, path, stdin, config, aws=aws)
            assert loaded.manifest is not None
            table = (make_plan(loaded.manifest).table_name, result.region)
            print_result(result, loaded, path)
            print()
            if result.error:
                print(f"{printable(path)}: nothing is served: {result.error}", file=sys.stderr)
                if table in tables:
                    other = f"{printable(tables[table])} describes this table, too"
                    print(f"  help: {other}: name only one of the two files", file=sys.stderr)
                return PROBLEMS
            accounts.add(result.account_id)
            tables[table] = path
        if len(accounts) > 1:
            named = " and ".join(sorted(accounts))
            print(f"nothing is served: the tables are in the accounts {named}", file=sys.stderr)
            return PROBLEMS
        try:
            endpoint.listen(Answers(aws, *accounts).answer)
        except OSError as error:  # of two servers that started at once, this is the second
            return _unusable(endpoint.server_port, error)
        with _signals_that_call(endpoint.stop):
            print("\n".join(_introduction(endpoint.url, [*tables])), flush=True)
            endpoint.serve()
    return OK


def _files(paths: Sequence[str], stdin: bytes) -> Iterator[str]:
    """The named files, and those of the named folders that have a manifest or should have one."""
    for path in dict.fromkeys(paths):
        if os.path.isdir(path):
            yield from (one.report.file for one in examine([path], stdin) if one.report.counts)
        else:
            yield path


def _without_manifest(paths: Sequence[str], files: Sequence[str]) -> list[Reading]:
    if files:
        return []
    source = Source(paths[0], "")
    empty = Diagnostic(code="empty", message="no manifest found", source=source)
    return [Reading(source, diagnostics=(empty,))]


def _introduction(url: str, tables: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield f"serving on {url} until Ctrl-C, for this machine alone"
    yield from (f"  table {name} in {region}" for name, region in tables)
    yield ""
    for name, value in {
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": tables[0][1],
        "AWS_DEFAULT_REGION": tables[0][1],
        "AWS_ACCESS_KEY_ID": DUMMY_CREDENTIALS.access_key_id,
        "AWS_SECRET_ACCESS_KEY": DUMMY_CREDENTIALS.secret_access_key,
    }.items():
        yield f"export {name}={value}"
    yield READY


@contextmanager
def _signals_that_call(stop: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C and SIGTERM do nothing but call the function: neither is an error, because the server
    has no other end, and an exception could hit it while it hands a connection to a thread.

    A shell starts background jobs of a script with Ctrl-C ignored, which then stays so.
    """
    numbers = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        numbers.remove(signal.SIGINT)
    before = {number: signal.signal(number, lambda *_: stop()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
