"""The sources of the input, the stack input around the manifest, and that secrets stay hidden."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from planton.diagnostics.diagnostic import ManifestError, Source
from planton.document.reader import MAX_BYTES
from planton.reading.read import read
from planton.reading.sources import (
    CONFIG_ACCOUNTS,
    CONFIG_MANIFEST,
    CONFIG_REGION,
    CONFIG_STACK_INPUT,
    ENV_FILE,
    ENV_REGIONS,
    ENV_TEXT,
    find,
    read_bytes,
    read_file,
)
from planton.reading.stack_input import Credentials, StackInput, load, read_stack_input
from tests.conftest import ROOT
from tests.loading import NOW

NAMED = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {name: %s}
spec:
  region: eu-central-1
  billingMode: PAY_PER_REQUEST
  attributeDefinitions: [{name: pk, type: S}]
  keySchema: [{attributeName: pk, keyType: HASH}]
"""
MANIFEST = NAMED % "orders"
NO_REGION = MANIFEST.replace("  region: eu-central-1\n", "")
ONE_LINE = (
    '{"apiVersion": "aws.project-planton.org/v1", "kind": "AwsDynamodb", '
    '"metadata": {"name": "orders"}, "spec": {"region": "eu-central-1", "billingMode": '
    '"PAY_PER_REQUEST", "attributeDefinitions": [{"name": "pk", "type": "S"}], '
    '"keySchema": [{"attributeName": "pk", "keyType": "HASH"}]}}'
)
SECRET = "wJalrXUtnFEMIK7MDENG"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
BLOCK = f"""\
  account_id: "111122223333"
  access_key_id: {KEY_ID}
  secret_access_key: {SECRET}
  session_token: token-{SECRET}
  region: us-west-2
"""


def nothing(_: str) -> None:
    """Config in which nothing is set."""


def wrapped(block: str, target: str = MANIFEST, *, name: str = "provider_config") -> str:
    indented = "".join(f"  {line}\n" for line in target.splitlines())
    return f"{name}:\n{block}target:\n{indented}"


def read_input(
    text: str, config: Mapping[str, str] = {}, environ: Mapping[str, str] = {}
) -> StackInput:
    return read_stack_input(Source("x.yaml", text), config.get, environ, now=NOW)


def refusal(config: Mapping[str, str], environ: Mapping[str, str]) -> str:
    with pytest.raises(ManifestError) as raised:
        load(config.get, environ, now=NOW)
    return str(raised.value)


# Where the text comes from


def test_the_names_of_the_sources_are_a_contract() -> None:
    assert (CONFIG_STACK_INPUT, ENV_TEXT, ENV_FILE, CONFIG_MANIFEST) == (
        "planton-cloud:stack-input",
        "STACK_INPUT_YAML",
        "STACK_INPUT_YAML_FILE",
        "manifest",
    )
    assert (CONFIG_REGION, ENV_REGIONS) == ("aws:region", ("AWS_REGION", "AWS_DEFAULT_REGION"))


@pytest.mark.parametrize("empty", [None, ""])
@pytest.mark.parametrize("first", range(4))
def test_the_first_source_that_is_set_wins_and_an_empty_one_is_unset(
    first: int, empty: str | None, tmp_path: Path
) -> None:
    files = [tmp_path / f"{name}.yaml" for name in ("env", "config")]
    for file in files:
        file.write_text(NAMED % file.stem)
    texts = [NAMED % "stack-input", NAMED % "text", str(files[0]), str(files[1])]
    names = ["config planton-cloud:stack-input", "STACK_INPUT_YAML", str(files[0]), str(files[1])]
    values = [empty] * first + texts[first:]

    source = find(
        {CONFIG_STACK_INPUT: values[0], CONFIG_MANIFEST: values[3]}.get,
        {k: v for k, v in {ENV_TEXT: values[1], ENV_FILE: values[2]}.items() if v is not None},
    )

    named = ["stack-input", "text", "env", "config"][first]
    assert source == Source(names[first], NAMED % named)


def test_the_four_sources_are_shown_if_none_is_set() -> None:
    assert refusal({}, {}) == (
        "stack input: error[no-input]: no manifest is set\n"
        "  help: set it in one of these ways (the first that is set is used):\n"
        '    pulumi config set planton-cloud:stack-input "$(cat manifest.yaml)"\n'
        '    export STACK_INPUT_YAML="$(cat manifest.yaml)"\n'
        "    export STACK_INPUT_YAML_FILE=manifest.yaml\n"
        "    pulumi config set manifest manifest.yaml\n"
        "or, for the tables of a folder: pulumi config set manifests tables"
    )


@pytest.mark.parametrize("source", ["environment", "config"])
def test_a_relative_path_is_relative_to_the_working_directory(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a folder").mkdir()
    (tmp_path / "a folder" / "orders.yaml").write_text(MANIFEST)
    monkeypatch.chdir(tmp_path)
    path = "a folder/orders.yaml"

    config = {CONFIG_MANIFEST: path} if source == "config" else {}
    found = load(config.get, {} if config else {ENV_FILE: path}, now=NOW)

    assert found.manifest.metadata.name == "orders"


def test_structured_config_shows_neither_line_nor_caret() -> None:
    text = ONE_LINE.replace('"PAY_PER_REQUEST"', '"PAY"')

    assert load({CONFIG_MANIFEST: ONE_LINE}.get, {}, now=NOW).manifest.metadata.name == "orders"
    assert refusal({CONFIG_MANIFEST: f" {text}"}, {}) == (
        "config manifest: error[enum]: 'PAY' is not one of 'PROVISIONED' or 'PAY_PER_REQUEST'\n"
        "  spec.billingMode"
    )


def test_config_of_several_lines_is_the_manifest_and_has_lines() -> None:
    text = MANIFEST.replace("PAY_PER_REQUEST", "PAY")

    assert "config manifest:6:16: error[enum]" in refusal({CONFIG_MANIFEST: text}, {})


# Files that cannot be read


def _missing(folder: Path) -> Path:
    return folder / "missing.yaml"


def _folder(folder: Path) -> Path:
    return folder


def _empty(folder: Path) -> Path:
    return _written(folder, b"")


def _latin_1(folder: Path) -> Path:
    return _written(folder, b"# f\xfcr\n")


def _too_large(folder: Path) -> Path:
    return _written(folder, b"#" * (MAX_BYTES + 1))


def _below_a_file(folder: Path) -> Path:
    return _empty(folder) / "x.yaml"


def _written(folder: Path, data: bytes) -> Path:
    path = folder / "x.yaml"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (_missing, "names a file that cannot be read: No such file or directory"),
        (_folder, "names a file that cannot be read: Is a directory"),
        (_below_a_file, "names a file that cannot be read: Not a directory"),
        (_empty, "error[empty]: no manifest found"),
        (_latin_1, "error[not-utf-8]: the file is not UTF-8: line 1 contains the byte 0xfc"),
        (_too_large, "error[too-large]: the file must have at most"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
@pytest.mark.parametrize("setting", [ENV_FILE, "config manifest"])
def test_an_unusable_file_is_named_with_the_reason(
    make: object, expected: str, setting: str, tmp_path: Path
) -> None:
    assert callable(make)
    path = str(make(tmp_path))
    error = refusal(
        {CONFIG_MANIFEST: path} if setting == "config manifest" else {},
        {ENV_FILE: path} if setting == ENV_FILE else {},
    )

    assert error.startswith(f"{path}: error[")
    assert expected in error
    assert setting in error or "cannot be read" not in expected


def test_a_file_without_read_permission_is_named(tmp_path: Path) -> None:
    path, reason = _written(tmp_path, b""), "Permission denied"
    path.chmod(0)
    if os.geteuid() == 0:
        # Root can read every file, except the first byte of a process's memory.
        path, reason = Path("/proc/self/mem"), "Input/output error"

    assert f"cannot be read: {reason}" in refusal({}, {ENV_FILE: str(path)})


@pytest.mark.parametrize(
    "text", [wrapped(BLOCK), '{"provider_config": {"secret_access_key": "x"}}', "x" * 400]
)
def test_text_in_place_of_a_path_is_not_shown(text: str) -> None:
    error = refusal({}, {ENV_FILE: text})

    assert error.startswith(f"{ENV_FILE}: error[unreadable]: expected the path of a file, got text")
    assert text not in error


def test_a_manifest_shares_no_value_with_the_credentials() -> None:
    text = wrapped(BLOCK.replace("region: ", "region: &r ", 1)).replace("PAY_PER_REQUEST", "*r", 1)
    assert "*r" in text

    reading = read(Source("x.yaml", text))
    manifest, found = reading.manifest, reading.diagnostics

    assert manifest is None
    assert [problem.code for problem in found] == ["alias"]


def test_credentials_beside_their_block_are_an_error() -> None:
    text = wrapped("account_id: '111122223333'\n")

    reading = read(Source("x.yaml", text))
    manifest, found = reading.manifest, reading.diagnostics

    assert manifest is None
    assert [problem.message for problem in found] == ["'account_id' is outside of provider_config"]


def test_an_invalid_path_is_refused() -> None:
    with pytest.raises(ManifestError, match="the file cannot be read: not a path"):
        read_file("a\0b")


def test_at_most_a_mebibyte_of_a_file_is_read() -> None:
    """An endless one has an end for us."""
    with pytest.raises(ManifestError, match="at most 1,048,576"):
        read_file("/dev/zero")


def test_bytes_are_read_as_utf_8() -> None:
    assert read_bytes("für".encode(), "x.yaml") == Source("x.yaml", "für")


# The stack input around the manifest


def test_a_bare_manifest_has_neither_account_nor_credentials() -> None:
    found = read_input(MANIFEST)

    assert (found.region, found.account_id, found.credentials) == ("eu-central-1", None, None)


@pytest.mark.parametrize(
    "name", ["provider_config", "providerConfig", "aws_credential", "awsCredential"]
)
@pytest.mark.parametrize("camel", [False, True])
def test_a_provider_block_sets_credentials_and_account(name: str, camel: bool) -> None:
    block = BLOCK
    if camel:
        for key, other in [
            ("account_id", "accountId"),
            ("access_key_id", "accessKeyId"),
            ("secret_access_key", "secretAccessKey"),
            ("session_token", "sessionToken"),
        ]:
            block = block.replace(f"  {key}:", f"  {other}:")
    found = read_input(wrapped(block, name=name))

    assert found.credentials == Credentials(KEY_ID, SECRET, f"token-{SECRET}")
    assert found.account_id == "111122223333"


@pytest.mark.parametrize("value", ["7", '"7"', "007"])
@pytest.mark.parametrize("key", ["max_retries", "maxRetries"])
def test_a_provider_block_sets_the_number_of_retries(key: str, value: str) -> None:
    assert read_input(wrapped(f"  {key}: {value}\n")).max_retries == 7


@pytest.mark.parametrize("value", ["''", "null", ""])
def test_an_empty_number_of_retries_is_absent(value: str) -> None:
    assert read_input(wrapped(f"  max_retries: {value}\n")).max_retries is None


def test_the_wrappers_file_is_read_as_the_wrapper_writes_it() -> None:
    """Keys in camelCase, integers as strings, enums by name, zeros left out."""
    target = """\
apiVersion: aws.project-planton.org/v1
kind: AwsDynamodb
metadata: {name: orders, org: acme, env: dev, id: x-1, labels: {a: b}, annotations: {c: d}}
spec:
  billingMode: PROVISIONED
  provisionedThroughput: {readCapacityUnits: "5", writeCapacityUnits: "5"}
  attributeDefinitions: [{name: pk, type: S}, {name: sk, type: "N"}]
  keySchema: [{attributeName: pk, keyType: HASH}, {attributeName: sk, keyType: RANGE}]
  autoscaling: {read: {maxCapacity: "50"}}
"""
    found = read_input(wrapped(BLOCK, target))

    assert found.region == "us-west-2"
    assert found.manifest.spec.provisioned_throughput is not None
    assert found.manifest.spec.provisioned_throughput.read_capacity_units == 5
    assert found.warnings == ()


@pytest.mark.parametrize("block", ["", "  access_key_id: ''\n  secret_access_key: ''\n", "  {}\n"])
def test_an_empty_provider_block_leaves_credentials_to_the_environment(block: str) -> None:
    assert read_input(wrapped(block)).credentials is None


@pytest.mark.parametrize("nothing_at_all", ["null", "~", ""])
def test_a_null_counts_as_absent(nothing_at_all: str) -> None:
    text = f"provider_config: {nothing_at_all}\n" + wrapped("  {}\n").partition("\n")[2]

    assert read_input(text.replace("  {}\n", "", 1)).credentials is None


def test_the_account_is_checked_without_credentials_too() -> None:
    found = read_input(wrapped("  account_id: 111122223333\n"))

    assert (found.account_id, found.credentials) == ("111122223333", None)


@pytest.mark.parametrize(
    ("spec", "provider", "config", "environ", "region"),
    [
        (True, True, True, True, "eu-central-1"),
        (False, True, True, True, "us-west-2"),
        (False, False, True, True, "eu-north-1"),
        (False, False, False, True, "sa-east-1"),
    ],
)
def test_the_region_is_that_of_manifest_provider_config_or_environment(
    spec: bool, provider: bool, config: bool, environ: bool, region: str
) -> None:
    target = MANIFEST if spec else NO_REGION
    found = read_input(
        wrapped("  region: us-west-2\n", target) if provider else target,
        {CONFIG_REGION: "eu-north-1"} if config else {},
        {"AWS_REGION": "sa-east-1", "AWS_DEFAULT_REGION": "ca-west-1"} if environ else {},
    )

    assert found.region == region


@pytest.mark.parametrize("environ", [{}, {"AWS_REGION": ""}])
def test_the_default_region_is_used_if_there_is_no_other(environ: dict[str, str]) -> None:
    environ["AWS_DEFAULT_REGION"] = "ca-west-1"

    assert read_input(NO_REGION, environ=environ).region == "ca-west-1"


@pytest.mark.parametrize(
    ("account", "codes"), [("111122223333", ["restore-source"]), ("444455556666", [])]
)
def test_a_table_of_another_account_can_have_the_same_name(account: str, codes: list[str]) -> None:
    arn = "arn:aws:dynamodb:eu-central-1:111122223333:table/orders"
    target = f"{MANIFEST}  restoreSourceTableArn: {arn}\n  restoreToLatestTime: true\n"
    found = read(Source("x.yaml", wrapped(f"  account_id: '{account}'\n", target))).diagnostics

    assert [d.code for d in found if d.severity == "error"] == codes


REPLICA = f"""{NO_REGION}\
  streamEnabled: true
  streamViewType: NEW_AND_OLD_IMAGES
  replicas: [{{regionName: eu-north-1}}]
"""


@pytest.mark.parametrize(
    ("config", "environ"),
    [
        ({CONFIG_REGION: "eu-north-1"}, {"AWS_REGION": "sa-east-1"}),
        ({}, {"AWS_REGION": "eu-north-1"}),
    ],
)
def test_the_region_of_config_or_environment_is_checked_against_the_manifest(
    config: dict[str, str], environ: dict[str, str]
) -> None:
    with pytest.raises(ManifestError) as raised:
        read_input(REPLICA, config, environ)

    assert [problem.message for problem in raised.value.diagnostics] == [
        "a replica is in 'eu-north-1', and so is the table (its region is set outside the manifest)"
    ]


def test_the_region_of_config_is_ignored_if_another_wins() -> None:
    assert read_input(wrapped(BLOCK, REPLICA), {CONFIG_REGION: "eu-north-1"}).region == "us-west-2"


def test_a_missing_region_is_an_error_with_every_way_to_set_one() -> None:
    with pytest.raises(ManifestError) as raised:
        read_input(NO_REGION, {CONFIG_REGION: ""}, {"AWS_REGION": ""})

    assert str(raised.value) == (
        "x.yaml: error[no-region]: no region is set\n"
        "  help: set spec.region in the manifest, region in provider_config, the config "
        "aws:region, or AWS_REGION in the environment"
    )


def test_a_missing_region_of_an_invalid_manifest_is_not_reported() -> None:
    with pytest.raises(ManifestError) as raised:
        read_input(NO_REGION.replace("PAY_PER_REQUEST", "PAY"))

    assert [problem.code for problem in raised.value.diagnostics] == ["enum"]


def test_warnings_are_returned_with_the_input() -> None:
    found = read_input("docker_registry: {}\n" + wrapped(BLOCK))

    assert [warning.message for warning in found.warnings] == [
        "a key is not part of a stack input and is ignored"
    ]


def test_the_path_of_a_finding_begins_in_the_target() -> None:
    text = wrapped(BLOCK, MANIFEST.replace("PAY_PER_REQUEST", "PAY"))
    (problem,) = read(Source("x.yaml", text)).diagnostics

    assert (problem.path, problem.span and problem.span.line) == ("spec.billingMode", 13)


def test_a_kratix_request_is_not_deployed() -> None:
    """What it says of its deletion would be lost."""
    text = (ROOT / "promise" / "requests" / "simple-users-table.yaml").read_text(encoding="utf-8")

    with pytest.raises(ManifestError) as caught:
        read_stack_input(Source("request.yaml", text), lambda _: None, {}, now=NOW)

    assert str(caught.value) == (
        "request.yaml: error[kind]: kind must be 'AwsDynamodb' here, got 'DynamoDBRequest'\n"
        "  kind\n"
        "  help: send the request to a Kratix platform, or use planton kratix render"
    )


GRANTED = f"{MANIFEST}  grants: [{{role: reader, principal: 'arn:aws:iam::111122223333:role/a'}}]\n"


def allowing(accounts: str) -> Mapping[str, str]:
    return {CONFIG_ACCOUNTS: accounts}


@pytest.mark.parametrize(
    ("text", "accounts"),
    [
        (wrapped('  account_id: "111122223333"\n', GRANTED), ""),
        (wrapped('  account_id: "111122223333"\n', GRANTED), '["444455556666"]'),
        (GRANTED, '["111122223333"]'),
        (GRANTED, "[111122223333]"),
    ],
)
def test_the_account_of_grants_is_the_blocks_or_the_configs(text: str, accounts: str) -> None:
    found = read_input(text, allowing(accounts))
    assert found.account_id == found.manifest.place.account_id == "111122223333"


@pytest.mark.parametrize(
    "accounts",
    ["", "[]", '["111122223333", "444455556666"]', '["1"]', "111122223333", "{}", "[", '[["1"]]'],
)
def test_grants_without_one_account_are_refused_with_both_ways(accounts: str) -> None:
    assert refusal(allowing(accounts), {ENV_TEXT: GRANTED}) == (
        "STACK_INPUT_YAML:9:3: error[grants-need-account]: the table's account must be known to "
        "tell its own principals from those of other accounts\n"
        "    9 |   grants: [{role: reader, principal: 'arn:aws:iam::111122223333:role/a'}]\n"
        "      |   ^^^^^^\n"
        "  spec.grants\n"
        "  help: set account_id in provider_config, or exactly one account in the config "
        "aws:allowedAccountIds: pulumi config set --path 'aws:allowedAccountIds[0]' 111122223333"
    )


def test_without_grants_the_configs_account_stays_in_the_config() -> None:
    """The provider gets it from there, as before, and the guard's record does not change."""
    assert read_input(MANIFEST, allowing('["111122223333"]')).account_id is None


def test_grants_without_account_and_region_are_two_errors() -> None:
    text = GRANTED.replace("  region: eu-central-1\n", "")
    found = refusal({}, {ENV_TEXT: text})
    assert ("error[no-region]" in found, "error[grants-need-account]" in found) == (True, True)


def test_a_reference_and_grants_without_account_are_two_errors() -> None:
    key = "  serverSideEncryption: {enabled: true, kmsKeyArn: {valueFrom: {name: orders}}}\n"
    found = refusal({}, {ENV_TEXT: GRANTED + key})
    assert "error[unresolved-reference]" in found
    assert "error[grants-need-account]" in found
