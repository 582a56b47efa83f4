#!/usr/bin/env bash
# Runs a command, and the program that it starts waits for a debugger.
#
# Neither Pulumi.yaml nor the project-planton wrapper can pass a debugger's flag to a Python
# program, but both hand their environment on: the port travels in a variable, and
# planton/resources/debugger.py listens on it.
set -euo pipefail

readonly default_port=5678

usage() {
  cat <<EOF
usage: ./debug.sh COMMAND [ARGUMENT...]

Runs COMMAND with the program waiting for a debugger, for example:
  ./debug.sh pulumi preview --stack dev
  ./debug.sh project-planton plan -f hack/manifest.yaml --module-dir . --stack acme/orders/dev

The port is that of PLANTON_DEBUG_PORT, by default $default_port; if it is taken, the next free one.
EOF
}

say() {
  printf 'debug.sh: %s\n' "$1" >&2
}

# The first free one of a hundred ports. It binds instead of connecting: a connection would take
# the debugger's place in another program that waits there. Without Python the port is not
# checked; the program itself then says if it is taken.
free_port() {
  if ! type -P python3 >/dev/null; then
    printf '%s\n' "$1"
    return
  fi
  python3 -IS - "$1" <<'EOF'
import socket
import sys

first = int(sys.argv[1])
for port in range(first, min(first + 100, 65536)):
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen()
        except OSError:
            continue
    print(port)
    sys.exit(0)
sys.exit(1)
EOF
}

case "${1-}" in
  "")
    usage >&2
    exit 2
    ;;
  -h | --help)
    usage
    exit 0
    ;;
esac

if ! type -P -- "$1" >/dev/null; then
  say "$1: command not found; is it installed and on the PATH?"
  exit 127
fi

wanted=${PLANTON_DEBUG_PORT:-$default_port}
if ! [[ $wanted =~ ^[1-9][0-9]{0,4}$ ]] || ((wanted > 65535)); then
  say "PLANTON_DEBUG_PORT must be a port number from 1 to 65535, not '$wanted'"
  exit 2
fi
if ! port=$(free_port "$wanted"); then
  say "no free port from $wanted on; set PLANTON_DEBUG_PORT to another one"
  exit 1
fi
if [[ $port != "$wanted" ]]; then
  say "port $wanted is taken, so it is $port"
fi

say "the program will wait for a debugger on 127.0.0.1:$port"
say "attach with .vscode/launch.json (port $default_port there), or any client of debugpy"
say "'up' and 'update' run the program twice, for preview and update: attach each time"

export PLANTON_DEBUG_PORT=$port
export PYDEVD_DISABLE_FILE_VALIDATION=1 # a warning about frozen standard modules, no concern here
exec "$@"
