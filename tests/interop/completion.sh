#!/usr/bin/env bash
# The completion scripts in the shells that they are for: zsh at a terminal of its own, and fish. A
# shell that is missing is named and not counted; without both, the exit code is 99.
#
#   PROVISIONING  our program (default: build/release/provisioning)
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PROVISIONING=$(realpath "${PROVISIONING:-$here/../../build/release/provisioning}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ran=0 failed=0

mkdir "$folder/bin" "$folder/home" "$folder/shell"
ln -s "$PROVISIONING" "$folder/bin/provisioning"
export PATH=$folder/bin:$PATH HOME=$folder/home TERM=dumb
"$PROVISIONING" completion zsh >"$folder/shell/_provisioning"
"$PROVISIONING" completion fish >"$folder/shell/provisioning.fish"
touch "$folder/shell/notes.txt"

# shows SHELL TEXT WORD...: after TEXT and a tab, SHELL shows each of the words.
shows() {
  local shell=$1 text=$2 shown word
  shift 2
  shown=$("ask_$shell" "$text" | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' | tr -d '\a\b\r')
  ran=$((ran + 1))
  for word in "$@"; do
    grep -qF -- "$word" <<<"$shown" && continue
    failed=$((failed + 1))
    printf 'completion: %s shows no "%s" after "%s", but:\n%s\n' "$shell" "$word" "$text" "$shown"
    return
  done
}

ask_zsh() { timeout 30 zsh -f "$here/completion/ask.zsh" "$folder/shell" "$1"; }
ask_fish() {
  (cd "$folder/shell" && timeout 30 fish --no-config -c 'source provisioning.fish; complete -C $argv[1]' "$1")
}

for shell in zsh fish; do
  if ! command -v "$shell" >/dev/null; then
    echo "completion: not run: $shell"
    continue
  fi
  shows "$shell" "provisioning pl" "plan"
  shows "$shell" "provisioning completion " bash zsh fish
  shows "$shell" "provisioning state " adopt "list the recorded resources" resolve
  shows "$shell" "provisioning settings --log-level d" debug
  shows "$shell" "provisioning apply no" notes.txt
done

((ran)) || exit 99
echo "completion: $((ran - failed)) of $ran as expected"
((failed == 0))
