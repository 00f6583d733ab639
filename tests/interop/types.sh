#!/usr/bin/env bash
# Holds the static types that ours finds to those that the official Nickel binary finds: by verdict
# and kind of error. The programs are those of tests/lang/types, whose verdicts are held to both, and
# generated ones.
#
#   tests/interop/types.sh [--generated N] [--seed S]
#
#   NICKEL  the official binary (default: nickel on the PATH)
#   OURS    our command line (default: build/release/provisioning nickel)
#
# One line per difference, then a summary; exit code 1 on any difference that KNOWN does not list.
# Programs on which the official binary crashes (types that hold themselves) are counted apart.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
export NICKEL=${NICKEL:-nickel} OURS=${OURS-build/release/provisioning nickel} LC_ALL=C.UTF-8
# shellcheck source=known.bash
source "$here/known.bash"

fail() { echo "types.sh: $*" >&2; exit 2; }

official() {
  local file=$1 err
  shift
  err=$(timeout 30 "$NICKEL" typecheck "$@" "$file" 2>&1 >/dev/null) && { echo ok; return; }
  awk -v source="" -f "$here/nickel-kind-of.awk" <<<"$err" | sed 's/^TypecheckError:://'
}

ours() {
  local file=$1 err code
  shift
  # shellcheck disable=SC2086  # OURS is a command line
  err=$(timeout 30 $OURS typecheck --error-format json "$@" "$file" 2>&1 >/dev/null)
  code=$?
  ((code == 0)) && { echo ok; return; }
  local kind
  kind=$(tail -n 1 <<<"$err" | sed -n 's/.*"code": *{ *"error": *"\([^"]*\)".*/\1/p')
  echo "${kind:-none (exit code $code)}" | sed 's/^TypecheckError:://'
}

# One line: agree, crash, known or differ.
compare() {
  local file=$1 wanted='' mode=() name=${1##*/} theirs mine
  [[ $name == strict* ]] && mode=(--strict-typechecking)
  [[ -f $file.wanted ]] && wanted=$(<"$file.wanted")
  theirs=$(official "$file" "${mode[@]}")
  [[ $theirs == crash ]] && { echo "crash $name"; return; }
  mine=$(ours "$file" "${mode[@]}")
  if [[ $mine == "$theirs" && (-z $wanted || $wanted == "$theirs") ]]; then
    echo "agree $name"
  elif is_known types "$name"; then
    echo "known $name"
  else
    echo "differ $name: official: $theirs | ours: $mine | written: ${wanted:--}: $(tr '\n' ' ' <"$file" | cut -c1-160)"
  fi
}

if [[ ${1-} == --compare ]]; then
  shift
  for file; do compare "$file"; done
  exit 0
fi

generated=0 seed=1
while (($#)); do
  case $1 in
    --generated) generated=${2:?}; shift 2 ;;
    --seed) seed=${2:?}; shift 2 ;;
    *) fail "unknown argument $1 (see the head of this file)" ;;
  esac
done
command -v "$NICKEL" >/dev/null || { echo "types.sh: no official binary: set NICKEL" >&2; exit 99; }
cd "$root" || exit 2
command -v "${OURS%% *}" >/dev/null || fail "our binary '${OURS%% *}' is missing: set OURS"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A table is cut into its programs.
for table in tests/lang/types/*.types; do
  awk -v base="$work/$(basename "$table" .types)" '
    /^#/ { next }
    /^    => / { file = base "-" ++count ".ncl"; printf "%s", text >file; close(file)
                 print $2 >(file ".wanted"); close(file ".wanted"); text = ""; next }
    { text = text $0 "\n" }' "$table"
done
if ((generated > 0)); then
  compiler=${CXX:-$(command -v clang++-19 || command -v g++ || command -v clang++)} ||
    fail "a C++ compiler is needed for --generated"
  "$compiler" -std=c++20 -O1 -o "$work/generate" "$here/generate_types.cpp" || fail "generator not built"
  for ((i = seed; i < seed + generated; i++)); do "$work/generate" "$i" >"$work/generated-$i.ncl"; done
fi
find "$work" -name '*.ncl' | sort >"$work/list"
xargs -r -d '\n' -P 2 -n 32 "$here/types.sh" --compare <"$work/list" >"$work/lines"
grep '^differ ' "$work/lines" | sort
count() { grep -c "^$1 " "$work/lines"; }
echo "$(count agree) agree, $(count differ) differ, $(count known) known, $(count crash) crash the official binary"
(($(count differ) == 0 && $(wc -l <"$work/lines") == $(wc -l <"$work/list")))
