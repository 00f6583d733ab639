#!/usr/bin/env bash
# Holds tests/lang/parse against the official Nickel binary, and against ours: the programs of ok/
# must be understood, those of fail/ refused for their syntax.
#
#   tests/interop/syntax.sh [FILE]...     (default: all of tests/lang/parse)
#
#   NICKEL  the official binary (default: nickel on the PATH)
#   OURS    our command line (default: build/release/provisioning nickel); empty: the official one only
#
# One line per difference, then a summary; exit code 1 on any difference that KNOWN does not list,
# and on one listed there that is none any more.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
NICKEL=${NICKEL:-nickel} OURS=${OURS-build/release/provisioning nickel}
export LC_ALL=C.UTF-8
limit=(timeout 30)
# shellcheck source=known.bash
source "$root/tests/interop/known.bash"
cd "$root" || exit 2
command -v "$NICKEL" >/dev/null || { echo "syntax.sh: no official binary: set NICKEL (looked for '$NICKEL')" >&2; exit 99; }

# Differing variables in an or-pattern are found by the typechecker there, by the parser here.
official() {
  local text
  "${limit[@]}" "$NICKEL" pprint-ast "$1" >/dev/null 2>&1 || { echo fail; return; }
  text=$("${limit[@]}" "$NICKEL" typecheck "$1" 2>&1)
  [[ $text == *"or-pattern variable mismatch"* ]] && echo fail || echo ok
}

# Whatever happens behind the parser is of no interest.
ours() {
  local kind
  # shellcheck disable=SC2086  # OURS is a command line
  kind=$("${limit[@]}" $OURS export --error-format json "$1" 2>&1 >/dev/null | tail -n 1)
  [[ $kind == '{"code":{"error":"ParseError::'* ]] && echo fail || echo ok
}

(($#)) || set -- tests/lang/parse/{ok,fail}/*.ncl
differences=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '%s\n' "$@" >"$work/ran"
touch "$work/known"
for file; do
  wanted=$(basename "$(dirname "$file")")
  for side in official ${OURS:+ours}; do
    found=$("$side" "$file")
    [[ $found == "$wanted" ]] && continue
    if is_known syntax "$file"; then
      echo "$file" >>"$work/known"
      continue
    fi
    echo "$file: wanted $wanted, $side says $found"
    differences=$((differences + 1))
  done
done
stale=0
stale syntax "$work/ran" "$work/known" || stale=1
echo "syntax: $# programs, $differences differences, $(wc -l <"$work/known") known"
((differences == 0 && stale == 0))
