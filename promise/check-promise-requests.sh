#!/usr/bin/env bash
# The requests in a cluster: their status, the state of their tables, and what their workflow said.
#
#     promise/check-promise-requests.sh [NAMESPACE]
#
# Exit status: 0 all are reconciled, 1 some are not, 2 there is no cluster, or no Promise in it.
set -euo pipefail

requests=dynamodbrequests.dynamodb.kratix.io
promise=aws-dynamodb-kratix
timeout=--request-timeout=10s

say() { printf '%s\n' "$*" >&2; }

if [[ "${1:-}" == -h || "${1:-}" == --help ]]; then
    sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
fi
if ! command -v kubectl > /dev/null; then
    say "check-promise-requests: kubectl is not on the PATH"
    exit 2
fi
if ! answer=$(kubectl version "$timeout" 2>&1); then
    say "check-promise-requests: no cluster answers: ${answer##*$'\n'}"
    say "    kubectl config current-context shows which one is asked"
    exit 2
fi
if ! kubectl get crd "$requests" "$timeout" > /dev/null 2>&1; then
    say "check-promise-requests: this cluster knows no $requests"
    say "    kubectl apply -f promise/promise.yaml; kubectl get promise $promise"
    exit 2
fi

scope=(--all-namespaces)
if [[ $# -gt 0 ]]; then scope=(--namespace "$1"); fi

reconciled='{.status.conditions[?(@.type=="Reconciled")].status}'
records=.status.healthStatus.healthRecords[*].details
state="{.status.healthStatus.state}{\"\\t\"}{$records.tableStatus}{\"\\t\"}{$records.asOf}"
line="{.metadata.namespace}{\"\\t\"}{.metadata.name}{\"\\t\"}{.spec.name}{\"\\t\"}{.spec.region}{\"\\t\"}$reconciled{\"\\t\"}$state{\"\\t\"}{.status.message}{\"\\n\"}"
found=$(kubectl get "$requests" "${scope[@]}" "$timeout" -o "jsonpath={range .items[*]}$line{end}")
if [[ -z "$found" ]]; then
    echo "no requests"
    exit 0
fi

status=0
while IFS= read -r request; do
    # A tab is white space: without this the shell would skip what is empty.
    IFS=$'\x1f' read -r namespace name table region done state status_of as_of message \
        <<< "${request//$'\t'/$'\x1f'}"
    printf '%s/%s: table %s in %s\n' "$namespace" "$name" "$table" "$region"
    printf '    reconciled  %s\n' "${done:-not yet}"
    printf '    state       %s%s%s\n' "${state:-not observed}" "${status_of:+, $status_of}" \
        "${as_of:+ as of $as_of}"
    printf '    status      %s\n' "${message:-none}"
    if [[ "$done" == True ]]; then continue; fi
    status=1
    # Of a pipeline that fails Kratix writes no status: what it found stands in its log.
    labels="kratix.io/promise-name=$promise,kratix.io/resource-name=$name"
    pod=$(kubectl get pods --namespace "$namespace" --selector "$labels" "$timeout" \
        --sort-by=.metadata.creationTimestamp -o name 2> /dev/null < /dev/null | tail -n 1) || pod=
    if [[ -z "$pod" ]]; then
        printf '    workflow    no pod: kubectl describe %s --namespace %s %s\n' \
            "$requests" "$namespace" "$name"
        continue
    fi
    printf '    workflow    %s in %s said:\n' "$pod" "$namespace"
    for container in render observe guard; do
        kubectl logs --namespace "$namespace" "$pod" --container "$container" --tail=40 \
            "$timeout" 2> /dev/null < /dev/null | sed 's/^/        /' || true
    done
done <<< "$(tr -d '\r' <<< "$found")"
exit "$status"
