#!/usr/bin/env bash
# What we make in UpCloud's sandbox, as the vendor's own Python SDK sees it; what it changes, as drift
# that we see; and nothing left for it when we have destroyed all. Without the SDK the exit code is 99.
#
#   PROVISIONING  our program (default: build/release/provisioning)
#   PEERS         where the SDK is kept (default: ~/.cache/provisioning/peers)
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PROVISIONING=$(realpath "${PROVISIONING:-$here/../../build/release/provisioning}")
peers=${PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/provisioning/peers}
sdk=upcloud-api==2.9.0
folder=$(mktemp -d)
export HOME=$folder/home
mkdir -p "$HOME"

cleanup() {
  "$PROVISIONING" sandbox stop --dir "$folder/.provisioning/sandbox/upcloud" >/dev/null 2>&1
  rm -rf "$folder"
}
trap cleanup EXIT

if [[ ! -x $peers/upcloud-python/bin/python ]] && command -v python3 >/dev/null; then
  mkdir -p "$peers"
  { python3 -m venv "$peers/upcloud-python" &&
    "$peers/upcloud-python/bin/pip" -q install "$sdk"; } >"$folder/pip" 2>&1 ||
    rm -rf "$peers/upcloud-python"
fi
python=$peers/upcloud-python/bin/python
if [[ ! -x $python ]]; then
  echo "upcloud: not run: the Python SDK ($sdk)"
  exit 99
fi

cd "$folder" || exit 1
fail() {
  echo "upcloud: $1"
  shift
  printf '%s\n' "$@"
  exit 1
}
cp "$here/upcloud/main.ncl" main.ncl
"$PROVISIONING" sandbox start --cloud upcloud --speed 100 --rate-limit 0 >started || fail "no sandbox" "$(cat started)"
field() { sed -n "s/^ *\"$1\": \"\(.*\)\",*$/\1/p" .provisioning/sandbox/upcloud/sandbox.json; }
endpoint=$(field endpoint) token=$(field token)
peer() { "$python" "$here/upcloud/peer.py" "$endpoint" "$token" "$1" >peer.out 2>&1 || fail "the SDK, $1:" "$(tail -n 20 peer.out)"; }

"$PROVISIONING" apply --yes >out 2>&1 || fail "apply failed" "$(cat out)"
peer reads
"$PROVISIONING" plan --detailed-exitcode >out 2>&1 || fail "the second plan is not empty" "$(cat out)"
peer changes
"$PROVISIONING" plan --json >out 2>&1
for address in web backend data; do
  "$PROVISIONING" plan 2>&1 | grep -q "~ $address .*changed outside" ||
    fail "the change of $address is not seen" "$("$PROVISIONING" plan 2>&1)"
done
"$PROVISIONING" apply --yes >out 2>&1 || fail "setting right failed" "$(cat out)"
peer reads
"$PROVISIONING" destroy --yes >out 2>&1 || fail "destroy failed" "$(cat out)"
peer nothing
tail -n 1 peer.out
