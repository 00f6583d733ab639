#!/usr/bin/env bash
# Holds docs/diagnostics.md to both binaries: common mistakes, what ours says of each, and beside it
# the official Nickel binary. The mistakes are tests/interop/mistakes/*.ncl: the first comment is the
# title, the second the paragraph, `## run: OPTIONS` what `export` is given too.
#
#   tests/interop/diagnostics.sh [--write]
#
#   NICKEL  the official binary (default: nickel on the PATH)
#   OURS    our command line (default: build/release/provisioning nickel)
#
# Exit code 1, and the difference, if the document is not as they say; --write makes it so. What ours
# says is held to by the tests as well (docs_goldens).
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
NICKEL=${NICKEL:-nickel} OURS=${OURS-$root/build/release/provisioning nickel}
command -v "$NICKEL" >/dev/null || { echo "diagnostics.sh: no official binary: set NICKEL" >&2; exit 99; }
[[ $OURS == /* ]] || OURS=$PWD/$OURS
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2

document() {
cat <<'END'
# Mistakes, and what is said about them

Common mistakes in a configuration, with what `provisioning nickel` says and, below it, what the official Nickel
1.18 binary says. The first is run by the tests; made by `tests/interop/diagnostics.sh`.

END
for file in "$here"/mistakes/*.ncl; do
  title=$(sed -n '1s/^# //p' "$file")
  echo "## $title"
  echo
  sed -n '2,${/^# /!q;s/^# //p}' "$file"
  echo
  echo '```nickel main.ncl'
  sed "/^##* /d" "$file" | tee main.ncl
  echo '```'
  options=$(sed -n 's/^## run: //p' "$file")
  echo
  echo '```console'
  echo "$ provisioning nickel export $options main.ncl" | tr -s ' '
  # shellcheck disable=SC2086  # OURS is a command line, and so are the options
  $OURS export $options main.ncl 2>&1
  echo "? $?"
  echo '```'
  echo
  echo 'Officially:'
  echo
  echo '```text'
  "$NICKEL" export main.ncl 2>&1 | sed "s|$work/||g; s|$work|.|g; s/ *\$//" | cat -s
  echo '```'
  echo
done | cat -s
}

document >"$work/diagnostics.md"
if [[ ${1-} == --write ]]; then
  cp "$work/diagnostics.md" "$root/docs/diagnostics.md"
else
  diff "$root/docs/diagnostics.md" "$work/diagnostics.md"
fi
