# Sourced by the suites: differences that KNOWN lists, by lines `SUITE NAME: REASON`. A listed one does
# not fail the suite while it differs; one that does not differ any more does.
known_file=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/KNOWN

# known_names SUITE: the names that are listed for it.
known_names() {
  awk -v suite="$1 " 'index($0, suite) == 1 && (end = index($0, ": ")) {
    print substr($0, length(suite) + 1, end - length(suite) - 1)
  }' "$known_file"
}

# is_known SUITE NAME
is_known() { known_names "$1" | grep -Fxq -- "$2"; }

# stale SUITE RAN DIFFERED: the listed names that ran and did not differ; both are files, one name a
# line. Fails if there are any.
stale() {
  local name found=0
  while read -r name; do
    grep -Fxq -- "$name" "$2" || continue
    grep -Fxq -- "$name" "$3" && continue
    echo "agrees $name: take it off tests/interop/KNOWN"
    found=1
  done < <(known_names "$1")
  return "$found"
}
