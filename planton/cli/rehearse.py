"""The command `planton rehearse`."""

from __future__ import annotations

import json
import sys
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from planton.cli.input import governance, refuse, show_warnings
from planton.diagnostics.diagnostic import Diagnostic, printable
from planton.diagnostics.exit_status import OK, PROBLEMS
from planton.document.nodes import plain
from planton.document.writer import dump
from planton.manifest.principals import parse_principal
from planton.plan.data import to_data
from planton.plan.outputs import IAM_POLICY_DOCUMENTS
from planton.plan.planner import make_plan
from planton.plan.text import describe
from planton.reading.at_time import at_time
from planton.reading.read import FindRules, Reading, no_rules, read_path
from planton.reading.region_choice import fitting_region
from planton.reading.sources import CONFIG_ACCOUNTS, CONFIG_RULES, ENV_FILE, ENV_TEXT, STDIN
from planton.reading.unresolved import resolved
from planton.rehearsal.aws.emulated_aws import EmulatedAws
from planton.rehearsal.aws.emulator import DEFAULT_ACCOUNT_ID
from planton.rehearsal.program.records import Rehearsal
from planton.rehearsal.program.runner import PROJECT, rehearse


def rehearse_command(
    path: str,
    stdin: bytes,
    format: str,
    *,
    now: datetime,
    find_rules: FindRules = no_rules,
    config: str | None = None,
) -> int:
    """Runs the program against the emulated AWS and prints the result. `config` is a file with
    rules, which the program gets by Pulumi's config."""
    loaded = loaded_for_rehearsal(path, stdin, now=now, find_rules=find_rules)
    if loaded.manifest is None:
        return refuse([loaded], format)
    if format != "json":  # the JSON contains them
        show_warnings([loaded])
    if format == "text":
        print_plan(loaded)
        print("deploying into the emulated AWS …", file=sys.stderr, flush=True)
    result = rehearsed(loaded, path, stdin, config)
    match format:
        case "text":
            print_result(result, loaded, path)
        case "json":
            print(json.dumps(_data(result), indent=2))
        case _:  # yaml
            print(_manifest_with_outputs(loaded, result), end="")
    if result.error:
        print(f"\n{result.error}", file=sys.stderr)
    return PROBLEMS if result.error else OK


def loaded_for_rehearsal(
    path: str, stdin: bytes, *, now: datetime, find_rules: FindRules
) -> Reading:
    """What is read of an input, with all that a deployment would refuse."""
    return resolved(at_time(read_path(path, stdin, find_rules=find_rules), now))


def print_plan(loaded: Reading) -> None:
    """Prints what is to be created, in the manifest's terms."""
    assert loaded.manifest is not None
    account = loaded.provider.account_id or _assumed_account(loaded)
    print(describe(make_plan(loaded.manifest), loaded.region, account), end="")
    print(governance(loaded))
    sys.stdout.flush()


def rehearsed(
    loaded: Reading, path: str, stdin: bytes, config: str | None, *, aws: EmulatedAws | None = None
) -> Rehearsal:
    """Runs the program with a valid input, in an AWS that lasts if there is one."""
    assert loaded.manifest is not None
    assumed = _assumed_account(loaded)
    settings = {CONFIG_ACCOUNTS: json.dumps([assumed])} if assumed else {}
    if config:
        settings[f"{PROJECT}:{CONFIG_RULES}"] = config
    environment = {ENV_TEXT: stdin.decode("utf-8-sig")} if path == STDIN else {ENV_FILE: path}
    region = fitting_region(loaded.manifest)
    return rehearse(environment, region=region, config=settings, aws=aws)


def print_result(result: Rehearsal, loaded: Reading, path: str) -> None:
    """Prints the resources, the requests, the messages and the outputs."""
    if assumed := _assumed_account(loaded):
        print(f"grants need the table's account, and none is set: using {assumed}\n")
    print("\n".join(_lines(result, _texts(loaded.diagnostics, path))))


def _assumed_account(loaded: Reading) -> str | None:
    """The account of a manifest with grants that names none: that of the first role among them,
    because most roles are in the table's account, unless a user or a whole account is of it, which
    only another account's may be."""
    assert loaded.manifest is not None
    grants = loaded.manifest.spec.grants
    if not grants or loaded.provider.account_id:
        return None
    principals = [parse_principal(grant.principal) for grant in grants]
    others = {one.account for one in principals if one.kind != "role"}
    accounts = [one.account for one in principals if one.kind == "role"]
    accounts += [DEFAULT_ACCOUNT_ID, *(f"{digit * 12}" for digit in "0123456789")]
    return next((one for one in accounts if one not in others), DEFAULT_ACCOUNT_ID)


def _lines(result: Rehearsal, shown: Container[str]) -> Iterator[str]:
    """`shown` are messages that have been printed before."""
    if result.assumed_region:
        yield f"no region is set: using {result.region}"
        yield ""
    yield f"resources in account {result.account_id}, {result.region}"
    for resource in result.resources:
        yield f"  {resource.state:<11} {resource.type}  {resource.name}"
    refused = [call for call in result.calls if call.outcome == "refused"]
    yield ""
    yield f"requests: {len(result.calls)}, refused: {len(refused) or 'none'}"
    for call in refused:
        said = printable(f"{call.code}: {call.message}")
        yield f"  refused      {call.service} {call.operation}: {said}"
    for call in result.calls:
        if call.outcome == "not emulated":
            yield f"  not emulated {call.service} {call.operation} (its parameters are valid)"
    for message in result.messages:
        if message.text not in shown:
            yield f"{message.severity}: {message.text}"
    yield ""
    yield "outputs"
    for name, value in result.outputs.items():
        if name == IAM_POLICY_DOCUMENTS and isinstance(value, dict):
            yield f"  {name}: JSON of {', '.join(value)} (--format json prints it)"
        elif isinstance(value, dict):
            yield f"  {name}"
            yield from (f"    {key}: {_shown(part)}" for key, part in value.items())
        else:
            yield f"  {name}: {_shown(value)}"


def _texts(diagnostics: Iterable[Diagnostic], path: str) -> set[str]:
    """The texts as the program logs them: it gets standard input through the environment."""
    name = ENV_TEXT if path == STDIN else path
    renamed = (replace(found, source=replace(found.source, name=name)) for found in diagnostics)
    return {found.text() for found in renamed}


def _shown(value: Any) -> str:
    return printable(str(value)) or "(empty)"


def _data(result: Rehearsal) -> dict[str, Any]:
    return {"valid": result.error is None, **to_data(result)}


def _manifest_with_outputs(loaded: Reading, result: Rehearsal) -> str:
    """The manifest as the platform stores it, with the outputs under `status.stackOutputs`."""
    assert loaded.root is not None  # there is a manifest
    manifest = plain(loaded.root)
    status = manifest.get("status")
    manifest["status"] = {
        **(status if isinstance(status, dict) else {}),
        "stackOutputs": result.outputs,
    }
    return dump(manifest)
