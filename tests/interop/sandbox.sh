#!/usr/bin/env bash
# The vendor's own clients through a life of each type in the sandbox: its Python SDK, its CLI and its
# Go SDK. One that cannot be had here is named and not counted; without any, the exit code is 99.
#
#   PROVISIONING  our program (default: build/release/provisioning)
#   PEERS         where the clients are kept (default: ~/.cache/provisioning/peers)
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PROVISIONING=${PROVISIONING:-$here/../../build/release/provisioning}
peers=${PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/provisioning/peers}
python_sdk=hcloud==2.27.0
go_sdk=github.com/hetznercloud/hcloud-go/v2@v2.52.0
folder=$(mktemp -d)
ran=0 failed=0

cleanup() {
  "$PROVISIONING" sandbox stop --dir "$folder/cloud" >/dev/null 2>&1
  rm -rf "$folder"
}
trap cleanup EXIT

not_run() { echo "sandbox: not run: $1"; }

"$PROVISIONING" sandbox start --dir "$folder/cloud" --speed 50 --rate-limit 0 >"$folder/started" || {
  cat "$folder/started"
  exit 1
}
field() { sed -n "s/^ *\"$1\": \"\(.*\)\",*$/\1/p" "$folder/cloud/sandbox.json"; }
endpoint=$(field endpoint) token=$(field token) reader=$(field read_only_token)

# life NAME COMMAND...: one client through its life, in an empty world.
life() {
  local name=$1
  shift
  ran=$((ran + 1))
  if ! "$@" >"$folder/$name.out" 2>&1; then
    failed=$((failed + 1))
    echo "sandbox: $name failed:"
    tail -n 20 "$folder/$name.out"
    "$PROVISIONING" sandbox status --dir "$folder/cloud" --requests --last 5
  else
    tail -n 1 "$folder/$name.out"
  fi
  "$PROVISIONING" sandbox reset --dir "$folder/cloud" >/dev/null
}

if [[ ! -x $peers/hcloud-python/bin/python ]] && command -v python3 >/dev/null; then
  mkdir -p "$peers"
  { python3 -m venv "$peers/hcloud-python" &&
    "$peers/hcloud-python/bin/pip" -q install "$python_sdk"; } >"$folder/pip" 2>&1 ||
    rm -rf "$peers/hcloud-python"
fi
if [[ -x $peers/hcloud-python/bin/python ]]; then
  life python "$peers/hcloud-python/bin/python" "$here/sandbox/life.py" "$endpoint" "$token" "$reader"
else
  not_run "the Python SDK ($python_sdk)"
fi

if command -v hcloud >/dev/null; then
  life hcloud env HCLOUD_ENDPOINT="$endpoint" HCLOUD_TOKEN="$token" HCLOUD_CONFIG=/dev/null \
    bash "$here/sandbox/life.sh"
else
  not_run 'the CLI hcloud (Debian: hcloud-cli)'
fi

if [[ ! -x $peers/hcloud-go-life ]] && command -v go >/dev/null; then
  mkdir -p "$peers" "$folder/go"
  cp "$here/sandbox/life.go" "$folder/go/main.go"
  (cd "$folder/go" && go mod init life && go get "$go_sdk" && go mod tidy &&
    go build -o "$peers/hcloud-go-life" .) >"$folder/go.log" 2>&1 || tail -n 5 "$folder/go.log"
fi
if [[ -x $peers/hcloud-go-life ]]; then
  life go "$peers/hcloud-go-life" "$endpoint" "$token"
else
  not_run "the Go SDK ($go_sdk)"
fi

((ran > 0)) || exit 99
((failed == 0))
