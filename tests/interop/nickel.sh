#!/usr/bin/env bash
# Runs the language programs of tests/lang, and generated ones, under the official Nickel binary and
# under ours, and compares the JSON value or the kind of error.
#
#   tests/interop/nickel.sh [--generated N] [--seed S] [--only TEXT] [--all]
#
#   NICKEL  the official binary (default: nickel on the PATH)
#   OURS    our command line (default: build/release/provisioning nickel); empty: only hold the
#           headers of the programs against the official binary
#
# One line per difference, then a summary; exit code 1 on any difference that neither KNOWN nor
# tests/lang/KNOWN lists, and on one listed that is none any more. --all prints the agreeing ones too.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
export NICKEL=${NICKEL:-nickel} OURS=${OURS-build/release/provisioning nickel} LC_ALL=C.UTF-8
limit=(timeout 30)
# shellcheck source=known.bash
source "$here/known.bash"

fail() { echo "nickel.sh: $*" >&2; exit 2; }

# Prints `value JSON` or `kind KIND` for a program under the official binary.
official() {
  local file=$1 out err
  err=$(mktemp)
  if out=$("${limit[@]}" "$NICKEL" export --format json "$file" 2>"$err"); then
    printf 'value %s\n' "$(awk -f "$here/compact.awk" <<<"$out")"
  else
    printf 'kind %s\n' "$(awk -v source="$(<"$file")" -f "$here/nickel-kind-of.awk" "$err")"
  fi
  rm -f "$err"
}

# The same under ours, which states the kind on the last line of its standard error.
ours() {
  local file=$1 out err code
  err=$(mktemp)
  # shellcheck disable=SC2086  # OURS is a command line
  out=$("${limit[@]}" $OURS export --format json --error-format json "$file" 2>"$err")
  code=$?
  if ((code == 0)); then
    printf 'value %s\n' "$(awk -f "$here/compact.awk" <<<"$out")"
  else
    local kind
    kind=$(tail -n 1 "$err" | sed -n 's/.*"code": *{ *"error": *"\([^"]*\)".*/\1/p')
    printf 'kind %s\n' "${kind:-none (exit code $code): $(tail -n 1 "$err" | cut -c1-120)}"
  fi
  rm -f "$err"
}

# What the header of a program promises, in the same form; nothing for a program without header.
promised() {
  sed -n -e '1s/^# expect: error /kind /p' -e '2s/^# value: /value /p' "$1"
}

# Listed as a difference of this suite, or of the runner of tests/lang.
is_listed() {
  is_known nickel "$1" || grep -q "^${1#tests/lang/}: " "$root/tests/lang/KNOWN"
}

# Prints one line for a program: agree, crash, known or differ, and what differs.
compare() {
  local file=$1 reference header mine name=${1#"$root"/}
  reference=$(official "$file")
  [[ $reference == 'kind crash' ]] && { echo "crash $name"; return; }
  if [[ $reference == 'kind unknown'* ]]; then
    echo "differ $name: no kind for: ${reference#kind }"
    return
  fi
  header=$(promised "$file")
  if [[ -n $header && $header != "$reference" ]]; then
    echo "differ $name: header: ${header:0:200} | official: ${reference:0:200}"
    return
  fi
  [[ -z $OURS ]] && { echo "agree $name"; return; }
  mine=$(ours "$file")
  if [[ $mine == "$reference" ]]; then
    if is_listed "$name"; then echo "differ $name: is listed as known, but agrees"; else echo "agree $name"; fi
  elif is_listed "$name"; then
    echo "known $name: official: ${reference:0:200} | ours: ${mine:0:200}"
  else
    echo "differ $name: official: ${reference:0:200} | ours: ${mine:0:200}"
  fi
}

if [[ ${1-} == --compare ]]; then
  shift
  for file; do compare "$file"; done
  exit 0
fi

generated=0 seed=1 only='' all=0
while (($#)); do
  case $1 in
    --generated) generated=${2:?}; shift 2 ;;
    --seed) seed=${2:?}; shift 2 ;;
    --only) only=${2:?}; shift 2 ;;
    --all) all=1; shift ;;
    *) fail "unknown argument $1 (see the head of this file)" ;;
  esac
done
command -v "$NICKEL" >/dev/null || {
  echo "nickel.sh: no official binary: set NICKEL (looked for '$NICKEL')" >&2
  exit 99
}
cd "$root" || exit 2
if [[ -n $OURS ]]; then
  command -v "${OURS%% *}" >/dev/null || fail "our binary '${OURS%% *}' is missing: set OURS"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Programs that crash or swallow the official binary carry a mark; ours runs them in ./dev test.
grep -rlE '^# expect: ' --include='*.ncl' tests/lang | sort >"$work/all"
grep -LE '^# official: ' $(<"$work/all") | { grep -F -- "$only" || true; } >"$work/list"
if ((generated > 0)); then
  compiler=${CXX:-$(command -v clang++-19 || command -v g++ || command -v clang++)} ||
    fail "a C++ compiler is needed for --generated"
  "$compiler" -std=c++20 -O1 -o "$work/generate" "$here/generate.cpp" || fail "generator not built"
  mkdir "$work/generated"
  for ((i = seed; i < seed + generated; i++)); do
    "$work/generate" "$i" >"$work/generated/$i.ncl" || fail "generator failed on seed $i"
    echo "$work/generated/$i.ncl"
  done >>"$work/list"
fi

xargs -r -d '\n' -P 2 -n 16 "$here/nickel.sh" --compare <"$work/list" >"$work/lines"
((all)) && grep -E '^(agree|known) ' "$work/lines" | sort
grep -E '^(differ|crash) ' "$work/lines" | sort
count() { grep -c "^$1 " "$work/lines"; }
differ=$(count differ) crash=$(count crash)
((differ > 0)) && ((generated > 0)) && grep -q '^differ .*/generated/' "$work/lines" &&
  echo "a generated program is printed by: $here/generate.cpp compiled, with its number"
echo "$(count agree) agree, $differ differ, $(count known) known$(
  ((crash)) && echo ", $crash crash the official binary")"
((differ == 0 && $(wc -l <"$work/lines") == $(wc -l <"$work/list")))
