#!/usr/bin/env bash
# The tables at an endpoint: keys, billing mode, status, and which request or manifest each belongs
# to by its tags.
#
#     promise/check-dynamodb-tables.sh [--endpoint URL] [--region REGION]
#
# Without an endpoint: AWS, with the credentials of the environment. A LocalStack, a moto server or a
# DynamoDB Local takes any.
# Exit status: 0 they are listed, 1 the endpoint refuses to, 2 it is not there, or wrong use.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
for python in ${PYTHON:-} python3 python; do
    if "$python" -c 'import boto3' 2> /dev/null; then
        exec "$python" "$here/check_dynamodb_tables.py" "$@"
    fi
done
printf '%s\n' "check-dynamodb-tables: needs a Python with boto3: pip install boto3," \
    "    and PYTHON=/path/to/python where it is not the one on the PATH" >&2
exit 2
