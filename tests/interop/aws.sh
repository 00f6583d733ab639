#!/usr/bin/env bash
# Our provider of AWS against moto, an emulator of AWS that we did not write. Between the two stands
# aws/checker.py, which holds each request that we send to botocore: its parameters, its form, its
# signature. boto3 is the witness: it reads what we made, and changes it behind our back.
#
#   PROVISIONING  our program (default: build/release/provisioning)
#   AWS_PYTHON    a Python with botocore, boto3 and moto[server] (default: python3)
#
# Exit code 99 if those are missing: pip install boto3 'moto[server]'.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PROVISIONING=$(realpath "${PROVISIONING:-$here/../../build/release/provisioning}")
python=${AWS_PYTHON:-python3}
"$python" -c 'import boto3, botocore, moto.server' 2>/dev/null || {
  echo "aws: not run: $python has no boto3 and moto[server]; set AWS_PYTHON" >&2
  exit 99
}
folder=$(mktemp -d)
ran=0 failed=0 pids=()
trap 'kill "${pids[@]}" 2>/dev/null; rm -rf "$folder"' EXIT

free_port() { "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
answers() {
  local _
  for _ in {1..150}; do
    "$python" -c "import socket; socket.create_connection(('127.0.0.1', $1), 1)" 2>/dev/null && return
    sleep 0.1
  done
  echo "aws: nothing listens at $1" >&2
  exit 1
}
moto=$(free_port) checker=$(free_port)
"$python" -c 'from moto.server import main; main()' -H 127.0.0.1 -p "$moto" >"$folder/moto.log" 2>&1 </dev/null &
pids+=($!)
"$python" "$here/aws/checker.py" "$checker" "$moto" "$folder/wrong" >"$folder/checker.log" 2>&1 </dev/null &
pids+=($!)
answers "$moto"
answers "$checker"

mkdir "$folder/home" "$folder/work"
cp "$here/aws/main.ncl" "$folder/work/"
cd "$folder/work" || exit 1
# Nothing of whoever runs this is to be found by the program.
ours() {
  env -i PATH="$PATH" HOME="$folder/home" AWS_ACCESS_KEY_ID=AKIAOURS AWS_SECRET_ACCESS_KEY=our+secret/key \
    AWS_ENDPOINT_URL="http://127.0.0.1:$checker" "$PROVISIONING" "$@" </dev/null
}
witness() { "$python" "$here/aws/witness.py" "http://127.0.0.1:$moto" "$@"; }

# expect NAME CODE COMMAND...: it ends so.
expect() {
  local name=$1 code=$2 status=0
  shift 2
  "$@" >"$folder/out" 2>&1 || status=$?
  ran=$((ran + 1))
  ((status == code)) && return
  failed=$((failed + 1))
  printf 'aws: %s ended with %s instead of %s:\n%s\n' "$name" "$status" "$code" "$(cat "$folder/out")"
}
# shows NAME WANTED: what boto3 sees.
shows() {
  local name=$1 seen
  seen=$(witness seen 2>&1)
  ran=$((ran + 1))
  [[ $seen == "$2" ]] && return
  failed=$((failed + 1))
  printf 'aws: %s: boto3 sees\n%s\ninstead of\n%s\n' "$name" "$seen" "$2"
}
# says TEXT...: the last output has each.
says() {
  local text
  for text in "$@"; do
    ran=$((ran + 1))
    grep -qF -- "$text" "$folder/out" && continue
    failed=$((failed + 1))
    printf 'aws: nothing says "%s" in:\n%s\n' "$text" "$(cat "$folder/out")"
  done
}

made="vpc 10.0.0.0/16 True backend
subnet 10.0.1.0/24 eu-central-1a True
subnet 10.0.9.0/24 eu-central-1b False
gateway ['available']
table ['0.0.0.0/0'] 1
group web icmp -1 ['10.0.0.0/8']
group web tcp 443 ['0.0.0.0/0', '::/0']
key anna ed25519
address vpc False
address vpc True
nat available public
volume 20 gp3 ['/dev/sdf']
instance t3.micro running web
queue dead.fifo 30 false True
queue orders.fifo 60 true True"

expect "provider check" 0 ours provider check
says 123456789012 "ec2:CreateInternetGateway: granted"
expect "apply" 0 ours apply --yes
shows "what is made" "$made"
expect "a second plan" 0 ours plan --detailed-exitcode
witness change >"$folder/change.log" 2>&1 || cat "$folder/change.log"
expect "a plan after a change by others" 2 ours plan --detailed-exitcode
says net firewall public server dead
expect "an apply that repairs" 0 ours apply --yes
shows "what is repaired" "$made"
expect "a plan after the repair" 0 ours plan --detailed-exitcode
expect "a change in place" 0 ours apply --yes --set inputs.wide=true
shows "what is changed" "$(sed 's/volume 20/volume 30/; s/t3.micro/t3.large/; s/orders.fifo 60/orders.fifo 90/' <<<"$made")"
expect "a plan after the change" 0 ours plan --detailed-exitcode --set inputs.wide=true
sed -i 's|10.0.1.0/24|10.0.2.0/24|' main.ncl
expect "a replacement" 0 ours apply --yes --set inputs.wide=true
shows "what is replaced" "$(sed 's/volume 20/volume 30/; s/t3.micro/t3.large/; s/orders.fifo 60/orders.fifo 90/; s|10.0.1.0|10.0.2.0|' <<<"$made")"
expect "destroy" 0 ours destroy --yes
# moto lets no key pair be deleted by its id, and answers as if it had.
shows "what is left" "key anna ed25519"

# What somebody else has made is taken over, and then ours.
vpc=$(witness make)
cat >main.ncl <<'END'
let aws = import "provisioning/aws.ncl" in
{
  connections.aws | aws.Connection = { region = "eu-central-1", poll_interval = 0.1 },
  resources.net | aws.Vpc = { cidr_block = "10.9.0.0/16", tags.Name = "taken" },
}
END
expect "import" 0 ours import net "$vpc"
expect "an apply after import" 0 ours apply --yes
shows "what is taken over" "vpc 10.9.0.0/16 False taken
key anna ed25519"
expect "destroy of it" 0 ours destroy --yes
shows "what is left of it" "key anna ed25519"

# Keys that were found go nowhere but where they belong.
sed -i 's|region =|endpoint = "http://127.0.0.1:1", region =|' main.ncl
expect "an endpoint that the program names" 65 ours plan
says "no token is sent to"

if [[ -s $folder/wrong ]]; then
  failed=$((failed + 1))
  echo "aws: requests that botocore would not send:"
  sort "$folder/wrong" | uniq -c
fi
echo "aws: $("$python" -c "
import json, urllib.request
seen = json.load(urllib.request.urlopen('http://127.0.0.1:$checker/checker'))
print(sum(seen.values()), 'requests of', len(seen), 'operations held to botocore')")"
echo "aws: $((ran - failed)) of $ran as expected"
((failed == 0))
