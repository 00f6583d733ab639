#!/usr/bin/env bash
# ./dev new writes what it says, in a copy of what it touches; it is refused where something is; and what
# it wrote compiles.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cd "$copy"
mkdir -p tools src/providers src/lang
cp "$root/tools/new.sh" tools/
cp "$root/.clang-format" .
cp -r "$root/src/providers/local" src/providers/
cp -r "$root/src/lang/builtins" "$root/src/lang/stdlib" src/lang/
passed=0
failed=0

# expect WHAT COMMAND...: the command succeeds.
expect() {
  local what=$1
  shift
  if "$@" >"$copy/log" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: $what"
    cat "$copy/log"
  fi
}
no_line_over_100() { ! grep -nE '^.{101}' "$1"; }
refuses() { ! bash tools/new.sh "$@"; }
# Once, and only once.
has() { [[ $(grep -cF -- "$2" "$1") == 1 ]]; }

expect 'a command' bash tools/new.sh command 'state count'
expect 'its source' has src/cli/commands/state_count.cpp '.path = "state count",'
expect 'it is about a workspace' has src/cli/commands/state_count.cpp 'final : public DeploymentCommand {'
expect 'its manual' test -s src/cli/commands/state_count.md
expect 'its transcript' has tests/cli/state_count.txt '$ provisioning state count --json'
expect 'no second one' refuses command 'state count'
expect 'a command that needs no workspace' bash tools/new.sh command 'a-long-noun long-verb' --alone
expect 'its source' has src/cli/commands/a-long-noun_long-verb.cpp 'final : public Command {'
expect 'its transcript' has tests/cli/a-long-noun_long-verb.txt '{"format":1,"said":"something"}'
expect 'no other kind' refuses command 'state sum' --else

expect 'a resource type' bash tools/new.sh resource SymLink
expect 'its source' has src/providers/local/sym_link.cpp 'type.name = "local.SymLink";'
expect 'its example' has src/providers/local/local_sym_link.ncl 'one | local.SymLink'
expect 'its test' has src/providers/local/sym_link_test.cpp 'TEST_F(SymLinkTest, LivesAndDies)'
expect 'its description is declared' has src/providers/local/resource_handler.hpp \
  'const provider::ResourceType& sym_link_type();'
expect 'its maker is declared' has src/providers/local/resource_handler.hpp \
  'std::unique_ptr<ResourceHandler> make_sym_link(const Workspace& workspace);'
expect 'it is in the table' has src/providers/local/resource_handlers.cpp '{sym_link_type, make_sym_link},'
expect 'no second one' refuses resource SymLink
expect 'no other spelling' refuses resource sym_link

for module in array contract enum number record string; do
  expect "a native of $module" bash tools/new.sh native "$module" twice
  expect 'its function' has "src/lang/builtins/${module}s.cpp" \
    'static Next native_twice(Machine& m, const Word* arguments) {'
  expect 'its line in the table' has "src/lang/builtins/${module}s.cpp" "{.name = \"native/$module/twice\""
  expect 'its function in the library' has "src/lang/stdlib/$module.ncl" "native.$module.twice value,"
  expect 'a program that passes' has "tests/lang/stdlib_$module/twice.ncl" '# expect: pass'
  expect 'a program that fails' has "tests/lang/stdlib_$module/twice_refuses.ncl" '# expect: error'
  expect 'no second one' refuses native "$module" twice
done
expect 'no unknown family' refuses native people twice
expect 'no unknown kind' refuses service nothing

# The texts that a build embeds.
mkdir embedded
echo '#include <string_view>
namespace embedded { inline constexpr std::string_view state_count_md = "", a_long_noun_long_verb_md = ""; }' >embedded/cli.hpp
echo '#include <string_view>
namespace embedded { inline constexpr std::string_view local_sym_link_ncl = ""; }' >embedded/providers.hpp
compiles() { "${CXX:-clang++-19}" -std=c++23 -fsyntax-only -Wall -Wextra -I "$copy" -I "$copy/src" -I "$root/src" -I "$root/tests" "$1"; }
for file in src/cli/commands/state_count.cpp src/cli/commands/a-long-noun_long-verb.cpp src/providers/local/sym_link.cpp \
  src/providers/local/sym_link_test.cpp src/providers/local/resource_handlers.cpp src/lang/builtins/arrays.cpp; do
  expect "$file compiles" compiles "$file"
  expect "$file is no wider than a line may be" no_line_over_100 "$file"
done

echo "$passed passed, $failed failed"
((failed == 0))
