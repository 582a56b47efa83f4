"""What `planton adopt --all` costs against a moto server: `./dev bench adopt`.

A third of the tables each is plain, has an index, and scales. moto answers one request after the
other, in its own process: most of the seconds are moto's.
"""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.adopt.endpoint import client, moto_server
from tools.bench_run import PLANTON, run

TABLES = 1_000
REGION = "eu-west-1"
_UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}


def main() -> None:
    """Prints the figures for a tenth of the tables, and for all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "requests"
        with moto_server(log) as url:
            _fill(url)
            for match in ("*7", "*"):
                _measure(url, log, match, folder / match.replace("*", "all"))


def _measure(url: str, log: Path, match: str, output: Path) -> None:
    before = _requests(log)
    command = (*PLANTON, "adopt", "--all", "--match", match, "--region", REGION)
    place = ("--endpoint-url", url, "--output", str(output))
    cost = run((*command, *place), _ENVIRONMENT)
    tables = len(list(output.iterdir()))
    requests = _requests(log) - before
    print(
        f"  {tables:5,} tables: {requests:6,} requests, {requests / tables:.2f} a table; "
        f"{cost.seconds:6.1f} s, {tables / cost.seconds:.0f} tables a second; "
        f"{cost.memory:.0f} MiB",
        flush=True,
    )


def _requests(log: Path) -> int:
    with log.open(encoding="utf-8", errors="replace") as lines:
        return sum("POST /" in line for line in lines)


def _fill(url: str) -> None:
    dynamodb = client("dynamodb", url, REGION)
    scaling = client("application-autoscaling", url, REGION)
    with ThreadPoolExecutor(2) as executor:
        for done in executor.map(lambda i: _create(dynamodb, scaling, i), range(TABLES)):
            assert done is None
    print(f"  {TABLES:,} tables in moto", file=sys.stderr)


def _create(dynamodb: Any, scaling: Any, number: int) -> None:
    name = f"table-{number:05}"
    parameters: dict[str, Any] = {
        "TableName": name,
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "Tags": [{"Key": "team", "Value": "shop"}],
    }
    if number % 3 == 1:
        index = {"IndexName": "by-pk", "Projection": {"ProjectionType": "ALL"}}
        index["KeySchema"] = parameters["KeySchema"]
        parameters["GlobalSecondaryIndexes"] = [index]
    if number % 3 == 2:
        parameters |= {"BillingMode": "PROVISIONED", "ProvisionedThroughput": _UNITS}
    dynamodb.create_table(**parameters)
    if number % 3 == 2:
        _scale(scaling, name)


def _scale(scaling: Any, name: str) -> None:
    for dimension in ("Read", "Write"):
        scaled = {
            "ServiceNamespace": "dynamodb",
            "ResourceId": f"table/{name}",
            "ScalableDimension": f"dynamodb:table:{dimension}CapacityUnits",
        }
        scaling.register_scalable_target(**scaled, MinCapacity=5, MaxCapacity=50)
        metric = {"PredefinedMetricType": f"DynamoDB{dimension}CapacityUtilization"}
        tracking = {"TargetValue": 70, "PredefinedMetricSpecification": metric}
        scaling.put_scaling_policy(
            **scaled,
            PolicyName=f"{name}-{dimension}",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=tracking,
        )


if __name__ == "__main__":
    main()
