#!/usr/bin/env bash
# Prints the kubeconfig with which an observer on a Destination writes HealthRecords: the platform's
# address, its certificate, and the token of the service account of platform.yaml.
#
#     promise/observer/kubeconfig.sh CONTEXT [SERVER]
#
# CONTEXT is the platform's context of kubectl, SERVER its address as seen from the Destination, by
# default the one that kubectl uses. The output is a credential.
set -euo pipefail

if [[ $# -lt 1 || "$1" == -h || "$1" == --help ]]; then
    sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    [[ $# -ge 1 ]] && exit 0 || exit 2
fi

platform=(kubectl --context "$1" --request-timeout=10s)
server=${2:-$("${platform[@]}" config view --minify --output 'jsonpath={.clusters[0].cluster.server}')}
secret() {
    "${platform[@]}" get secret --namespace dynamodb-observer table-observer \
        --output "jsonpath={.data.$1}"
}
certificate=$(secret 'ca\.crt')
token=$(secret token | base64 --decode)
if [[ -z "$server" || -z "$certificate" || -z "$token" ]]; then
    echo "kubeconfig: the Secret table-observer has no token yet: apply platform.yaml" >&2
    exit 1
fi

cat << END
apiVersion: v1
kind: Config
current-context: platform
clusters: [{name: platform, cluster: {server: "$server", certificate-authority-data: "$certificate"}}]
users: [{name: table-observer, user: {token: "$token"}}]
contexts: [{name: platform, context: {cluster: platform, user: table-observer}}]
END
