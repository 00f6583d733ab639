#!/usr/bin/env bash
# Reads the seeds of the data readers' fuzz targets with our binary and the official one and compares
# what both export as JSON, YAML and TOML. Files that both refuse count as equal.
#
#   NICKEL  the official binary (default: nickel on the PATH)
#   OURS    our command line (default: build/release/provisioning nickel)
#
# The differences, then a summary; exit code 1 on any difference that KNOWN does not list (`SEED as
# FORMAT`), and on one listed there that is none any more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
NICKEL=${NICKEL:-nickel}
read -ra ours <<<"${OURS:-build/release/provisioning nickel}"
command -v "$NICKEL" >/dev/null || { echo "formats.sh: no official binary: set NICKEL (looked for '$NICKEL')" >&2; exit 99; }

# shellcheck source=known.bash
source tests/interop/known.bash
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
compared=0 different=0
touch "$work/ran" "$work/known"

# export_with OUT FORMAT FILE COMMAND...: what the command exports, or "refused"
export_with() {
    local out=$1 format=$2 file=$3
    shift 3
    timeout 10 "$@" export -f "$format" "$file" >"$out" 2>/dev/null || echo refused >"$out"
}

for input in json yaml toml; do
    for seed in tests/fuzz/${input}_fuzz/*; do
        # The official binary takes forever on an alias within its own anchor.
        grep -q '&x \[\*x' "$seed" && continue
        cp "$seed" "$work/data.$input"
        for output in json yaml toml; do
            export_with "$work/theirs" $output "$work/data.$input" "$NICKEL"
            export_with "$work/ours" $output "$work/data.$input" "${ours[@]}"
            compared=$((compared + 1))
            echo "$seed as $output" >>"$work/ran"
            cmp -s "$work/theirs" "$work/ours" && continue
            if is_known formats "$seed as $output"; then
                echo "$seed as $output" >>"$work/known"
                continue
            fi
            different=$((different + 1))
            echo "$seed as $output:"
            diff "$work/theirs" "$work/ours" | head -10 || true
        done
    done
done
stale=0
stale formats "$work/ran" "$work/known" || stale=1
echo "$compared exports compared, $different different, $(wc -l <"$work/known") known"
[ "$different" -eq 0 ] && [ "$stale" -eq 0 ]
