"""The helper scripts: what they show, and their errors."""

from __future__ import annotations

import base64
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]  # has no types
import pytest
import yaml
from botocore.exceptions import EndpointConnectionError  # type: ignore[import-untyped]  # same

from planton.cli.kratix_options import OBSERVERS
from planton.cluster.api import HEALTH_RECORDS
from planton.cluster.connection import connect
from planton.kratix.crd import crd
from planton.kratix.names import OBSERVE, PIPELINES, PLURAL, PROMISE
from planton.kratix.observe import DEGRADED, READY, UNHEALTHY, UNKNOWN
from planton.kratix.observer_objects import NAMESPACE, SECRET, record_rights
from tests.api_server import TOKEN, api_server
from tests.conftest import ROOT
from tests.judge import judge
from tests.kratix_cases import expected_files
from tests.same_table import _table as requests_of

REQUESTS = ROOT / "promise" / "check-promise-requests.sh"
KUBECONFIG = ROOT / "promise" / "observer" / "kubeconfig.sh"
PLATFORM = ROOT / "promise" / "observer" / "platform.yaml"
TABLES = ROOT / "promise" / "check-dynamodb-tables.sh"


def run(script: Path, *arguments: str, **environ: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [str(script), *arguments],
        env={"PATH": os.defpath, "HOME": "/nonexistent", **environ},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


# Tables


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A moto server with the table of one request, of one manifest, and of a stranger."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        url = f"http://127.0.0.1:{port}"
        try:
            fill(url)
            yield url
        finally:
            server.terminate()


def fill(url: str) -> None:
    client: Any = boto3.client(
        "dynamodb",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    for _ in range(240):
        try:
            client.list_tables()
            break
        except EndpointConnectionError:
            time.sleep(0.25)
    spec = yaml.safe_load(expected_files("every-feature")["output/table.yaml"])["spec"]
    (_, _, parameters), *_ = requests_of(spec)
    client.create_table(**parameters)
    plain = {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "N"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    ours = [{"Key": "planton.ai/resource-kind", "Value": "AwsDynamodb"}]
    known = [*ours, {"Key": "planton.ai/resource-id", "Value": "ddb-4711"}]
    client.create_table(TableName="of-a-manifest", Tags=known, **plain)
    client.create_table(TableName="of-another-manifest", Tags=ours, **plain)
    client.create_table(TableName="of-a-stranger", **plain)


def test_each_table_is_shown_with_its_owner(endpoint: str) -> None:
    status, out, err = run(TABLES, "--endpoint", endpoint, PYTHON=sys.executable)

    assert (status, err) == (0, "")
    assert out == (
        f"{endpoint}: 4 tables\n"
        "every-feature: ACTIVE\n"
        "    key         pk (S) HASH, sk (S) RANGE\n"
        "    mode        PROVISIONED, 20 read, 10 write\n"
        "    global      by-owner: owner (S) HASH, amount (N) RANGE\n"
        "    global      by-digest: digest (B) HASH\n"
        "    local       by-amount: pk (S) HASH, amount (N) RANGE\n"
        "    belongs to  request default/every-feature\n"
        "of-a-manifest: ACTIVE\n"
        "    key         id (N) HASH\n"
        "    mode        PAY_PER_REQUEST\n"
        "    belongs to  manifest ddb-4711 (AwsDynamodb)\n"
        "of-a-stranger: ACTIVE\n"
        "    key         id (N) HASH\n"
        "    mode        PAY_PER_REQUEST\n"
        "    belongs to  no manifest or request: it has no planton.ai tags\n"
        "of-another-manifest: ACTIVE\n"
        "    key         id (N) HASH\n"
        "    mode        PAY_PER_REQUEST\n"
        "    belongs to  manifest without an id (AwsDynamodb)\n"
    )


def test_each_region_has_its_own_tables(endpoint: str) -> None:
    status, out, _ = run(
        TABLES, "--endpoint", endpoint, "--region", "eu-west-1", PYTHON=sys.executable
    )

    assert (status, out) == (0, f"{endpoint}: 0 tables\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--endpoint", "http://127.0.0.1:9"), "nothing answers at http://127.0.0.1:9\n"),
        (("--endpoint", "nonsense"), "nonsense: Invalid endpoint: nonsense\n"),
        ((), "no AWS credentials in the environment: set them, or pass --endpoint\n"),
    ],
)
def test_an_unreachable_endpoint_is_reported(arguments: tuple[str, ...], message: str) -> None:
    nowhere = {"AWS_EC2_METADATA_DISABLED": "true", "PYTHON": sys.executable}

    assert run(TABLES, *arguments, **nowhere) == (2, "", f"check-dynamodb-tables: {message}")


def test_a_missing_boto3_is_reported(tmp_path: Path) -> None:
    for name in ("bash", "dirname", "env"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")

    status, _, err = run(TABLES, PATH=str(tmp_path))

    assert status == 2
    assert err.startswith("check-dynamodb-tables: needs a Python with boto3: pip install boto3")


# Requests


@pytest.fixture
def cluster(tmp_path: Path) -> Path:
    """A folder whose `kubectl` answers what files beside it say."""
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(
        "#!/usr/bin/env bash\n"
        f'printf "%s\\n" "$*" >> {tmp_path}/asked\n'
        'case "$1 $2" in\n'
        "    version*) exit 0 ;;\n"
        f'    "get crd") [[ "$3" == {PLURAL}.dynamodb.kratix.io && ! -e {tmp_path}/empty ]] ;;\n'
        f'    "get pods") [[ "$*" == *name=bad* ]] && echo pod/old && echo pod/new ;;\n'
        f"    get*) cat {tmp_path}/requests ;;\n"
        '    logs*) [[ "$*" == *--container\\ render* ]] && printf "refused: x\\nexit\\n" ;;\n'
        "esac\n"
    )
    kubectl.chmod(0o755)
    (tmp_path / "requests").write_text("")
    return tmp_path


def ask(cluster: Path, *arguments: str) -> tuple[int, str, str]:
    return run(REQUESTS, *arguments, PATH=f"{cluster}:{os.environ['PATH']}")


def test_requests_are_shown_with_their_status_and_message(cluster: Path) -> None:
    (cluster / "requests").write_text(
        "shop\tgood\torders\teu-west-1\tTrue\tready\tACTIVE\t2026-12-01T12:00:00Z\trendered\n"
        "shop\tbad\tusers\teu-west-1\tFalse\tunknown\t\t2026-12-01T12:00:00Z\tPending\n"
        "test\tnew\tthings\tus-east-1\t\t\t\t\t\n"
    )

    assert ask(cluster) == (
        1,
        "shop/good: table orders in eu-west-1\n"
        "    reconciled  True\n"
        "    state       ready, ACTIVE as of 2026-12-01T12:00:00Z\n"
        "    status      rendered\n"
        "shop/bad: table users in eu-west-1\n"
        "    reconciled  False\n"
        "    state       unknown as of 2026-12-01T12:00:00Z\n"
        "    status      Pending\n"
        "    workflow    pod/new in shop said:\n"
        "        refused: x\n"
        "        exit\n"
        "test/new: table things in us-east-1\n"
        "    reconciled  not yet\n"
        "    state       not observed\n"
        "    status      none\n"
        "    workflow    no pod: kubectl describe dynamodbrequests.dynamodb.kratix.io --namespace "
        "test new\n",
        "",
    )


def test_a_cluster_of_reconciled_requests_is_healthy(cluster: Path) -> None:
    (cluster / "requests").write_text("shop\tgood\torders\teu-west-1\tTrue\t\t\t\tdone\n")

    assert ask(cluster, "shop")[0] == 0
    assert "--namespace shop" in (cluster / "asked").read_text()


def test_a_cluster_without_requests_is_reported(cluster: Path) -> None:
    assert ask(cluster) == (0, "no requests\n", "")


def test_a_cluster_without_the_promise_is_reported(cluster: Path) -> None:
    (cluster / "empty").touch()

    status, out, err = ask(cluster)

    assert (status, out) == (2, "")
    assert err.startswith(
        "check-promise-requests: this cluster knows no dynamodbrequests.dynamodb.kratix.io\n"
    )


def test_a_cluster_that_does_not_respond_is_reported(cluster: Path) -> None:
    kubectl = cluster / "kubectl"
    kubectl.write_text("#!/usr/bin/env bash\necho connection refused >&2\nexit 1\n")

    status, out, err = ask(cluster)

    assert (status, out) == (2, "")
    assert err.startswith("check-promise-requests: no cluster answers: connection refused\n")


def test_a_missing_kubectl_is_reported(tmp_path: Path) -> None:
    (tmp_path / "bash").symlink_to("/usr/bin/bash")
    (tmp_path / "env").symlink_to("/usr/bin/env")

    assert run(REQUESTS, PATH=str(tmp_path)) == (
        2,
        "",
        "check-promise-requests: kubectl is not on the PATH\n",
    )


def test_the_help_is_the_header_of_the_script() -> None:
    status, out, _ = run(REQUESTS, "--help")

    assert status == 0
    assert out.startswith("The requests in a cluster: their status")
    assert "Exit status:" in out


def test_the_scripts_query_what_the_promise_creates() -> None:
    text = REQUESTS.read_text(encoding="utf-8")

    assert re.findall(r"^(?:requests|promise)=(.*)$", text, re.M) == [
        f"{PLURAL}.dynamodb.kratix.io",
        PROMISE,
    ]
    render, guard = PIPELINES.values()
    assert f"for container in {render} {OBSERVE} {guard}; do" in text


# The way back from another cluster


def kubectl_that_knows(folder: Path, server: str, token: str) -> None:
    """A `kubectl` that shows the server's address, and the Secret of platform.yaml."""
    encoded = base64.b64encode(token.encode()).decode()
    (folder / "kubectl").write_text(
        "#!/usr/bin/env bash\n"
        '[[ "$*" == "--context platform --request-timeout=10s "* ]] || exit 1\n'
        'case "$3 $*" in\n'
        f'    *"config view"*) printf %s "{server}" ;;\n'
        f'    *data.token*) printf %s "{encoded}" ;;\n'
        '    *"secret --namespace dynamodb-observer table-observer"*) printf Y2E= ;;\n'
        "esac\n"
    )
    (folder / "kubectl").chmod(0o755)


def test_the_kubeconfig_reaches_the_platform_and_nothing_else(tmp_path: Path) -> None:
    with api_server() as server:
        kubectl_that_knows(tmp_path, server.url, TOKEN)
        status, out, err = run(KUBECONFIG, "platform", PATH=f"{tmp_path}:{os.environ['PATH']}")
        (tmp_path / "config").write_text(out)
        cluster = connect(str(tmp_path / "config"))

        assert (status, err) == (0, "")
        assert cluster.get(HEALTH_RECORDS, "default", "x") is None
    data = yaml.safe_load(out)
    assert data["clusters"][0]["cluster"]["certificate-authority-data"] == "Y2E="
    assert len(data["contexts"]) == len(data["users"]) == 1

    _, out, _ = run(
        KUBECONFIG, "platform", "https://p:6443", PATH=f"{tmp_path}:{os.environ['PATH']}"
    )
    assert yaml.safe_load(out)["clusters"][0]["cluster"]["server"] == "https://p:6443"


def test_a_missing_token_is_reported(tmp_path: Path) -> None:
    kubectl_that_knows(tmp_path, "https://p", "")

    assert run(KUBECONFIG, "platform", PATH=f"{tmp_path}:{os.environ['PATH']}") == (
        1,
        "",
        "kubeconfig: the Secret table-observer has no token yet: apply platform.yaml\n",
    )


def test_the_page_names_what_the_observer_reads() -> None:
    page = (ROOT / "promise" / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^kubectl --context .*?(?<!\\)$", page, re.M | re.S)
    secret = (
        f"create secret generic {SECRET} \\\n    --namespace {NAMESPACE} --from-file=kubeconfig"
    )

    assert [command.split(" ", 3)[3] for command in commands] == [
        "apply -f promise/observer/platform.yaml",
        secret,
    ]
    for choice in OBSERVERS:
        assert re.search(rf"^\| `{choice}`.* \| .* \| .* \|$", page, re.M)
    for state in (READY, DEGRADED, UNHEALTHY, UNKNOWN):
        assert re.search(rf"^\| `{state}` \| ", page, re.M)
    shown = [line.split() for line in page.splitlines() if line.startswith("NAME  ")]
    (version,) = crd()["spec"]["versions"]
    narrow = [c["name"] for c in version["additionalPrinterColumns"] if not c.get("priority")]
    assert shown == [["NAME", *map(str.upper, narrow)]]


def test_a_kubeconfig_of_no_platform_is_not_guessed() -> None:
    assert run(KUBECONFIG)[0] == 2
    status, out, _ = run(KUBECONFIG, "--help")
    assert (status, out.splitlines()[0][:7]) == (0, "Prints ")


def test_the_platform_allows_what_the_observer_does_there(tmp_path: Path) -> None:
    objects = list(yaml.safe_load_all(PLATFORM.read_text(encoding="utf-8")))
    texts = {f"{one['kind']}": yaml.safe_dump(one) for one in objects}
    (role,) = [one for one in objects if one["kind"] == "Role"]

    assert role["rules"] == record_rights()
    assert {one["metadata"].get("name") for one in objects} == {NAMESPACE, "table-observer"}
    assert {name: found for name, found in judge(texts, tmp_path).items() if found} == {}
