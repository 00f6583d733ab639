#!/usr/bin/env bash
# Runs the programs of tests/interop/stdlib under the official binary with its own standard library,
# under the official binary with ours (over the reference of its native operations), and under our
# binary, and compares the value, or the kind of the error and whose fault it is.
#
#   tests/interop/stdlib.sh [--only TEXT] [--all]
#
#   NICKEL  the official binary (default: nickel on the PATH)
#   OURS    our command line, such as "build/release/provisioning nickel"; empty: without our binary.
#           Default: $PROVISIONING nickel, if that is set
#
# Each field of a file is a program. One line per difference, then a summary; exit code 1 on any
# difference that KNOWN does not list, and on one listed there that is none any more. --all prints the agreeing ones too.
# First of all the types and contracts of all entries are compared, and the examples in our
# documentation run, with the official binary's `doc` and `test`.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
export NICKEL=${NICKEL:-nickel} OURS=${OURS-${PROVISIONING:+$PROVISIONING nickel}} LC_ALL=C.UTF-8 STDLIB_WORK=${STDLIB_WORK-}
limit=(timeout 30)
# shellcheck source=known.bash
source "$here/known.bash"

fail() { echo "stdlib.sh: $*" >&2; exit 2; }

# The library as one importable std.ncl: each module's first line, `fun native std =>`, becomes the
# reference of the native operations (typed, so that the module typechecks) and an import of the whole.
assemble() {
  local to=$1 module modules=(array string number record contract enum function package test)
  for module in root "${modules[@]}"; do
    [[ $(head -n 1 "$root/src/lang/stdlib/$module.ncl") == 'fun native std =>' ]] ||
      fail "src/lang/stdlib/$module.ncl does not start with: fun native std =>"
    {
      head -n -1 "$root/tests/lang/stdlib_reference/files/native.ncl"
      echo 'in let std = import "std.ncl" in'
      tail -n +2 "$root/src/lang/stdlib/$module.ncl"
    } >"$to/$module.ncl"
  done
  {
    echo '(import "root.ncl") & {'
    for module in "${modules[@]}"; do echo "$module = import \"$module.ncl\","; done
    echo '}'
  } >"$to/std.ncl"
}

# A printed value on one line, without the documentation that contracts leave on fields.
plain_value() {
  tr -s '\n\t ' ' ' | sed -E 's/ \| doc ("([^"\\]|\\.)*"|m%"[^%]*"%)//g; s/ $//'
}

# Whose fault a blame is, from the first line of a report.
fault() {
  sed -n -E 's/^error: contract broken by (the caller|the value|a value|the function|a function).*/\1/p' "$1" |
    head -n 1 | sed -E 's/^(the|a) //'
}

# Prints `value TEXT` or `kind KIND FAULT` for one field of a program under the official binary.
official() {
  local file=$1 name=$2 out err
  err=$(mktemp -p "$STDLIB_WORK")
  if out=$("${limit[@]}" "$NICKEL" eval --field "\"$name\"" "$file" 2>"$err"); then
    printf 'value %s\n' "$(plain_value <<<"$out")"
  else
    printf 'kind %s %s\n' "$(awk -v source="$name" -f "$here/nickel-kind-of.awk" "$err")" "$(fault "$err")"
  fi
  rm -f "$err"
}

# The same under our binary; its JSON report states the kind.
ours() {
  local file=$1 name=$2 out err code kind
  err=$(mktemp -p "$STDLIB_WORK")
  # shellcheck disable=SC2086  # OURS is a command line
  out=$("${limit[@]}" $OURS eval --error-format json --field "\"$name\"" "$file" 2>"$err")
  code=$?
  if ((code == 0)); then
    printf 'value %s\n' "$(plain_value <<<"$out")"
  else
    kind=$(tail -n 1 "$err" | sed -n 's/.*"code": *{ *"error": *"\([^"]*\)".*/\1/p')
    printf 'kind %s %s\n' "${kind:-none (exit code $code): $(tail -n 1 "$err" | cut -c1-120)}" \
      "$(grep -o -m 1 -E 'broken by (the caller|the value|a value|the function|a function)' "$err" |
        head -n 1 | sed -E 's/^broken by (the|a) //')"
  fi
  rm -f "$err"
}

# Types, contracts and presence of documentation of every entry: a line per difference.
compare_signatures() {
  local library=$1
  echo std >"$STDLIB_WORK/official.ncl"
  "$NICKEL" doc --stdout --format json "$STDLIB_WORK/official.ncl" >"$STDLIB_WORK/official.json" &&
    "$NICKEL" doc --stdout --format json "$library/std.ncl" >"$STDLIB_WORK/ours.json" &&
    "$NICKEL" export --format text >"$STDLIB_WORK/signatures" <<<"
      (import \"$here/stdlib/signatures.nickel\" as 'Nickel)
        (import \"$STDLIB_WORK/official.json\")
        (import \"$STDLIB_WORK/ours.json\")"
}

# The examples in our documentation, run in the scope of our library.
run_examples() {
  "$NICKEL" test "$1/std.ncl" >"$STDLIB_WORK/examples" 2>"$STDLIB_WORK/failures" && return
  grep FAILED "$STDLIB_WORK/examples"
  return 1
}

judge() {
  local name=$1 how=$2 reference=$3 mine=$4
  # A report of ours that says nothing about the fault is held to the kind alone.
  [[ $how == binary && $mine == 'kind '*' ' && $reference == "$mine"* ]] && mine=$reference
  if [[ $mine == "$reference" ]]; then
    echo "agree $name ($how)"
  elif is_known stdlib "$name"; then
    echo "known $name ($how)"
  else
    echo "differ $name ($how): official: ${reference:0:200} | ours: ${mine:0:200}"
  fi
}

compare() {
  local file=$1 name=$2 reference
  reference=$(official "$root/tests/interop/stdlib/$file" "$name")
  [[ $reference == 'kind crash'* ]] && { echo "crash $name"; return; }
  [[ $reference == 'kind unknown'* ]] && { echo "differ $name: no kind for: ${reference#kind }"; return; }
  judge "$name" library "$reference" "$(official "$STDLIB_WORK/library/program_$file" "$name")"
  [[ -z $OURS ]] ||
    judge "$name" binary "$reference" "$(ours "$root/tests/interop/stdlib/$file" "$name")"
}

if [[ ${1-} == --compare ]]; then
  shift
  while (($#)); do compare "$1" "$2"; shift 2; done
  exit 0
fi

only='' all=0
while (($#)); do
  case $1 in
    --only) only=${2:?}; shift 2 ;;
    --all) all=1; shift ;;
    *) fail "unknown argument $1 (see the head of this file)" ;;
  esac
done
command -v "$NICKEL" >/dev/null || {
  echo "stdlib.sh: no official binary: set NICKEL (looked for '$NICKEL')" >&2
  exit 99
}
cd "$root" || exit 2
[[ -z $OURS ]] || command -v "${OURS%% *}" >/dev/null || fail "our binary '${OURS%% *}' is missing"

STDLIB_WORK=$(mktemp -d)
export STDLIB_WORK
trap 'rm -rf "$STDLIB_WORK"' EXIT
mkdir "$STDLIB_WORK/library"
assemble "$STDLIB_WORK/library"
compare_signatures "$STDLIB_WORK/library" || fail "no signatures"
if [[ -s $STDLIB_WORK/signatures ]]; then
  sed 's/^/differ /' "$STDLIB_WORK/signatures"
  exit 1
fi
run_examples "$STDLIB_WORK/library" || exit 1
echo "$(grep -c '^ok$\|\.\.\.ok$' "$STDLIB_WORK/examples") examples hold; signatures agree"
for path in tests/interop/stdlib/*.ncl; do
  file=${path##*/}
  { echo 'let std = import "std.ncl" in'; cat "$path"; } >"$STDLIB_WORK/library/program_$file"
  sed -n 's/^  "\([^"]*\)" = .*/\1/p' "$path" | { grep -F -- "$only" || true; } |
    while read -r name; do printf '%s\n%s\n' "$file" "$name"; done
done >"$STDLIB_WORK/list"
[[ -s $STDLIB_WORK/list ]] || fail "no program matches '$only'"

xargs -d '\n' -P 2 -n 32 "$here/stdlib.sh" --compare <"$STDLIB_WORK/list" >"$STDLIB_WORK/lines"
((all)) && grep -E '^(agree|known) ' "$STDLIB_WORK/lines" | sort
grep -E '^(differ|crash) ' "$STDLIB_WORK/lines" | sort
sed -n 's/^[a-z]* \([^ ]*\) (.*/\1/p' "$STDLIB_WORK/lines" >"$STDLIB_WORK/ran"
sed -n 's/^known \([^ ]*\) (.*/\1/p' "$STDLIB_WORK/lines" >"$STDLIB_WORK/known"
stale=0
stale stdlib "$STDLIB_WORK/ran" "$STDLIB_WORK/known" || stale=1
count() { grep -c "^$1 " "$STDLIB_WORK/lines"; }
echo "$(count agree) agree, $(count differ) differ, $(count known) known differences$(
  (($(count crash))) && echo ", $(count crash) crash the official binary")"
# Every program has its line: one that got lost is a failure too.
((ways = ${#OURS} ? 2 : 1))
((stale == 0 && $(count differ) == 0 &&
  2 * $(wc -l <"$STDLIB_WORK/lines") == ways * $(wc -l <"$STDLIB_WORK/list")))
