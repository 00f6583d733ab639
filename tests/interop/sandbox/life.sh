#!/usr/bin/env bash
# A life of each type in a sandbox, with the vendor's command line of 2022 (HCLOUD_ENDPOINT, HCLOUD_TOKEN).
set -euo pipefail
passed=0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# run ARGUMENTS...: must succeed.
run() {
  hcloud "$@" >"$folder/out" 2>&1 || { echo "hcloud $*: $(<"$folder/out")"; exit 1; }
  passed=$((passed + 1))
}
# shows TEXT ARGUMENTS...: what is printed has this text.
shows() {
  local text=$1
  shift
  run "$@"
  grep -qF -- "$text" "$folder/out" || { echo "hcloud $*: no '$text' in: $(<"$folder/out")"; exit 1; }
}
# soon ARGUMENTS...: must succeed after a while: this version does not wait until a server is gone.
soon() {
  local i
  for ((i = 0; i < 100; i++)); do
    hcloud "$@" >"$folder/out" 2>&1 && { passed=$((passed + 1)); return; }
    sleep 0.05
  done
  run "$@"
}
# refused TEXT ARGUMENTS...
refused() {
  local text=$1
  shift
  if hcloud "$@" >"$folder/out" 2>&1; then echo "hcloud $*: was not refused"; exit 1; fi
  grep -qF -- "$text" "$folder/out" || { echo "hcloud $*: no '$text' in: $(<"$folder/out")"; exit 1; }
  passed=$((passed + 1))
}

shows fsn1 location list
shows cx23 server-type list
shows debian-12 image list
shows eu-central location describe fsn1
shows CX23 server-type describe cx23
ssh-keygen -q -t ed25519 -N '' -f "$folder/key"
run ssh-key create --name key --public-key-from-file "$folder/key.pub" --label a=b
refused 'not unique' ssh-key create --name key2 --public-key-from-file "$folder/key.pub"
shows "$(ssh-keygen -l -E md5 -f "$folder/key.pub" | sed 's/.*MD5:\([0-9a-f:]*\).*/\1/')" ssh-key describe key
run ssh-key update key --name renamed
run ssh-key add-label renamed c=d

run network create --name net --ip-range 10.0.0.0/16
run network add-subnet net --type server --network-zone eu-central --ip-range 10.0.1.0/24
run network add-route net --destination 192.168.1.0/24 --gateway 10.0.1.9
shows 10.0.1.0/24 network describe net
run network remove-route net --destination 192.168.1.0/24 --gateway 10.0.1.9
run network change-ip-range net --ip-range 10.0.0.0/12
run network enable-protection net delete
refused protected network delete net
run network disable-protection net delete

run placement-group create --name spread --type spread
run firewall create --name wall
run firewall add-rule wall --direction in --protocol tcp --port 22 --source-ips 0.0.0.0/0
shows tcp firewall describe wall
run volume create --name data --size 10 --location fsn1 --format ext4

run server create --name web --type cx23 --image debian-12 --location fsn1 --ssh-key renamed \
  --network net --volume data --firewall wall --placement-group spread --label role=web
shows running server list
shows 198.18. server describe web
shows web server list --selector role=web
refused 'already used' server create --name web --type cx23 --image debian-12
run server poweroff web
run server change-type web cx33 --keep-disk
run server poweroff web
run server remove-from-placement-group web
run server add-to-placement-group --placement-group spread web
run server poweron web
run server reboot web
run server reset web
run server detach-from-network web --network net
run server attach-to-network web --network net --ip 10.0.1.50
run server change-alias-ips web --network net --alias-ips 10.0.1.51
shows 10.0.1.51 server describe web
run server enable-backup web
run server disable-backup web
run server enable-protection web delete rebuild
refused protected server delete web
run server disable-protection web delete rebuild
run server rebuild web --image ubuntu-24.04
run server set-rdns web --hostname web.example.org
shows web.example.org server describe web
run server update web --name web2
run server add-label web2 x=y
run server create-image web2 --type snapshot --description snap
run server enable-rescue web2
run server disable-rescue web2

run volume resize data --size 20
run volume detach data
run volume attach data --server web2 --automount=false
refused 'still attached' volume delete data
run volume detach data
run firewall remove-from-resource wall --type server --server web2
run firewall delete wall

run floating-ip create --type ipv4 --home-location nbg1 --name float
run floating-ip assign float web2
refused 'unassigned' floating-ip delete float
run floating-ip unassign float
run floating-ip set-rdns float --hostname f.example.org
run floating-ip delete float

shows primary_ip- primary-ip list
# This version knows no other place for an address than a data center, which the API no longer has.
refused datacenter primary-ip create --type ipv4 --name fixed --datacenter fsn1-dc14

run server shutdown web2
run server delete web2
refused 'not found' server describe web2
soon volume delete data
run network delete net
soon placement-group delete spread
run ssh-key delete renamed
run context list
echo "hcloud: $passed checks passed"
