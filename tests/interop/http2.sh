#!/usr/bin/env bash
# HTTP/2 servers of others between the program and its sandbox: a life of a workspace over TLS through
# nginx, which ends a connection after some requests (GOAWAY), and through nghttpx, which lets few be
# under way at once. One that is not installed is named and not counted; without any, the exit code
# is 99 (Debian and Ubuntu: nginx-light, nghttp2-proxy, openssl).
#
#   PROVISIONING  our program (default: build/release/provisioning)
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PROVISIONING=${PROVISIONING:-$here/../../build/release/provisioning}
PATH=$PATH:/usr/sbin
folder=$(mktemp -d)
ran=0 failed=0 server=''

cleanup() {
  [[ -z $server ]] || kill "$server" 2>/dev/null
  "$PROVISIONING" sandbox stop --dir "$folder/cloud" >/dev/null 2>&1
  rm -rf "$folder"
}
trap cleanup EXIT

missing() { echo "http2: not run: $1 is not installed"; }

command -v openssl >/dev/null || { missing openssl; exit 99; }
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
"$PROVISIONING" sandbox start --dir "$folder/cloud" --speed 50 --rate-limit 0 >"$folder/started" || {
  cat "$folder/started"
  exit 1
}
field() { sed -n "s/^ *\"$1\": \"*\([^\",]*\)\"*,*$/\1/p" "$folder/cloud/sandbox.json"; }
backend=127.0.0.1:$(field port)
export HCLOUD_TOKEN=$(field token) SSL_CERT_FILE=$folder/cert.pem HOME=$folder

mkdir "$folder/shop"
cat >"$folder/shop/main.ncl" <<'END'
let hetzner = import "provisioning/hetzner.ncl" in
{
  connections.cloud | hetzner.Connection = {},
  resources = {
    nets =
      std.array.range 0 40
      |> std.array.map (fun i => {
        field = "net%{std.to_string i}",
        value | hetzner.Network = { name = "net-%{std.to_string i}", ip_range = "10.0.0.0/16" },
      })
      |> std.record.from_array,
    web = std.array.range 0 10
      |> std.array.map (fun i => {
        field = "web%{std.to_string i}",
        value | hetzner.Server = {
          name = "web-%{std.to_string i}",
          server_type = "cx23",
          image = "debian-12",
          location = "fsn1",
        },
      })
      |> std.record.from_array,
  },
}
END

nginx_server() {
  cat >"$folder/nginx.conf" <<END
pid $folder/nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
  client_body_temp_path $folder/body;
  proxy_temp_path $folder/proxy;
  fastcgi_temp_path $folder/fastcgi;
  uwsgi_temp_path $folder/uwsgi;
  scgi_temp_path $folder/scgi;
  server {
    listen 127.0.0.1:$1 ssl http2;
    ssl_certificate $folder/cert.pem;
    ssl_certificate_key $folder/key.pem;
    keepalive_requests 15;
    location / { proxy_pass http://$backend; }
  }
}
END
  exec nginx -p "$folder" -c "$folder/nginx.conf" -g 'daemon off;'
}

nghttpx_server() {
  exec nghttpx --workers=1 -f "127.0.0.1,$1" -b "${backend/:/,}" \
    --frontend-http2-max-concurrent-streams=4 --errorlog-file="$folder/nghttpx.log" \
    "$folder/key.pem" "$folder/cert.pem"
}

# start NAME: on a port that nobody has; true when it answers.
start() {
  local attempt step port
  for attempt in 1 2 3; do
    port=$((20000 + RANDOM % 12000))
    "$1"_server "$port" >"$folder/$1.out" 2>&1 &
    server=$!
    for step in {1..50}; do
      kill -0 "$server" 2>/dev/null || break
      if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
        export HCLOUD_ENDPOINT=https://localhost:$port/v1
        return 0
      fi
      sleep 0.1
    done
    kill "$server" 2>/dev/null
  done
  return 1
}

expect() {
  [[ $2 == "$3" ]] && return
  echo "$1 is \`$2\`, not \`$3\`"
  return 1
}

run() { "$PROVISIONING" -C "$folder/shop" --trace "$folder/$1.jsonl" "$@"; }

# life: create, nothing to do, destroy. Creates go by HTTP/1.1, so that none is refused unseen. What else
# is refused is asked again; a plan, which only reads, goes by HTTP/2 alone.
life() {
  rm -rf "$folder/shop/.provisioning" "$folder"/*.jsonl
  "$PROVISIONING" sandbox reset --dir "$folder/cloud" >/dev/null
  run apply --yes || return 1
  expect 'the second plan' "$(run plan | tail -n 1 | sed 's/ for [^:]*//')" 'Plan: nothing to change (50 unchanged)' || return 1
  run destroy --yes || return 1
  expect 'what is left' "$("$PROVISIONING" sandbox status --dir "$folder/cloud" --json |
    grep -c '"server":\|"network":')" 0 || return 1
  expect 'reads by another protocol' "$(grep -v '"status":null' "$folder/plan.jsonl" |
    grep -c -v '"protocol":"HTTP/2"')" 0 || return 1
  cat "$folder"/{apply,plan,destroy}.jsonl >"$folder/calls.jsonl"
  expect 'creates that failed' "$(grep '"method":"POST"' "$folder/calls.jsonl" |
    grep -c -v '"status":201')" 0 || return 1
  local calls connections
  calls=$(wc -l <"$folder/calls.jsonl") connections=$(grep -c '"reused":false' "$folder/calls.jsonl")
  echo "$calls calls over $connections connections, $(grep -c '"status":null' "$folder/calls.jsonl") refused"
}

for name in nginx nghttpx; do
  command -v "$name" >/dev/null || { missing "$name"; continue; }
  ran=$((ran + 1))
  if start "$name" && life >"$folder/$name.life" 2>&1; then
    echo "http2: $name: $(tail -n 1 "$folder/$name.life")"
  else
    failed=$((failed + 1))
    echo "http2: $name failed:"
    grep -h -E '^(✗|\?|error)| is .*, not ' "$folder/$name.life" | head -n 5
    tail -n 5 "$folder/$name.out"
    cat "$folder"/*.jsonl | grep '"status":null' | head -n 5
  fi
  kill "$server" 2>/dev/null
  wait "$server" 2>/dev/null
  server=''
done
((ran)) || exit 99
exit $((failed > 0))
