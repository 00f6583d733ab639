#!/usr/bin/env bash
# Writes the skeleton of what is added often; called as ./dev new KIND NAME.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

die() { echo "new: $*" >&2; exit 64; }

# write FILE: standard input into a file that must not exist.
write() {
  [[ ! -e $1 ]] || die "$1 exists"
  mkdir -p "$(dirname "$1")"
  cat >"$1"
  echo "wrote $1"
}

camel_case() { sed -E 's/(^|[_ -])([a-z])/\U\2/g' <<<"$1"; }

new_command() {
  local path=$1 name
  [[ $path =~ ^[a-z][a-z-]*( [a-z][a-z-]*)*$ ]] || die "a command is named \"noun verb\", in small letters"
  name=${path//[ ]/_}
  write "src/cli/commands/$name.cpp" <<END
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "embedded/cli.hpp"

namespace cli::${name//-/_} {

class $(camel_case "$name") final : public Command {
public:
    void declare(Args& args) override { args.flag("all,a", all_, "say everything"); }

    base::Result<int> run(Context& context) override {
        context.out().line("{}", all_ ? "everything" : "something");
        return 0;
    }

private:
    bool all_ = false;
};

const Register<$(camel_case "$name")> registration{{
    .path = "$path",
    .summary = "say in one line what it does",
    .manual = embedded::${name//-/_}_md,
}};

}
END
  write "src/cli/commands/$name.md" <<END
Says what the command does, and when one wants it.

## Examples

\`\`\`
\$ provisioning $path
\`\`\`
END
  write "tests/cli/$name.txt" <<END
$ provisioning $path
something
END
  echo "next: ./dev test cli"
}

case ${1:-} in
  command) new_command "${2:?new command \"NOUN VERB\"}" ;;
  *) die "can write: command \"NOUN VERB\"" ;;
esac
