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

# Sources as clang-format has them, which depends on how long a name is.
format() {
  local tool
  for tool in clang-format-19 clang-format; do
    command -v $tool >/dev/null || continue
    $tool -i --style=file "$@"
    return
  done
}

# A command about an environment of a workspace, as most are.
command_in_workspace() {
  cat <<END
#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/views/json.hpp"
#include "embedded/cli.hpp"

namespace cli::$2 {

class $3 final : public DeploymentCommand {
public:
    void declare(Args& args) override { args.flag("all,a", all_, "say what each of them is"); }

protected:
    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        auto* state = TRY(deployment.state(state::OpenMode::Read));
        const state::Snapshot snapshot = TRY(state->read());
        if (context.json()) {
            const auto address_of = [](const state::Row& row) { return row.address; };
            print_json(context, json::Object{{"format", 1}, {"resources", json_list(snapshot.rows, address_of)}});
            return 0;
        }
        context.out().line("{}", base::count_of(snapshot.rows.size(), "resource"));
        if (!all_) return 0;
        for (const state::Row& row : snapshot.rows) context.out().line("{} {}", row.address, row.type);
        return 0;
    }

private:
    bool all_ = false;
};

const Register<$3> registration{{
    .path = "$1",
    .summary = "say in one line what it does",
    .manual = embedded::$2_md,
}};

}
END
}

# A command that needs no workspace.
command_alone() {
  cat <<END
#include "cli/args.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/views/json.hpp"
#include "embedded/cli.hpp"

namespace cli::$2 {

class $3 final : public Command {
public:
    void declare(Args& args) override { args.flag("all,a", all_, "say everything"); }

    base::Result<int> run(Context& context) override {
        const char* said = all_ ? "everything" : "something";
        if (context.json()) {
            print_json(context, json::Object{{"format", 1}, {"said", said}});
            return 0;
        }
        context.out().line("{}", said);
        return 0;
    }

private:
    bool all_ = false;
};

const Register<$3> registration{{
    .path = "$1",
    .summary = "say in one line what it does",
    .manual = embedded::$2_md,
}};

}
END
}

new_command() {
  local path=$1 kind=${2:-} name space class
  [[ $path =~ ^[a-z][a-z-]*( [a-z][a-z-]*)*$ ]] || die "a command is named \"noun verb\", in small letters"
  name=${path//[ ]/_}
  space=${name//-/_}
  class=$(camel_case "$name")
  case $kind in
    "") command_in_workspace "$path" "$space" "$class" | write "src/cli/commands/$name.cpp" ;;
    --alone) command_alone "$path" "$space" "$class" | write "src/cli/commands/$name.cpp" ;;
    *) die "a command is written with nothing more, or with --alone if it needs no workspace" ;;
  esac
  format "src/cli/commands/$name.cpp"
  write "src/cli/commands/$name.md" <<END
Says what the command does, and when one wants it.

## Examples

\`\`\`
\$ provisioning $path
\`\`\`
END
  if [[ $kind == --alone ]]; then
    write "tests/cli/$name.txt" <<END
$ provisioning $path
something

$ provisioning $path --json
{"format":1,"said":"something"}
END
  else
    write "tests/cli/$name.txt" <<END
\$ cat > main.ncl <<'EOF'
let local = import "provisioning/local.ncl" in
{ resources = { one | local.Data = { value = 1 } } }
EOF

$ provisioning apply --yes > applied 2>&1

$ provisioning $path --all
1 resource
one local.Data

$ provisioning $path --json
{"format":1,"resources":["one"]}

# Outside a workspace there is nothing to be asked about.
$ rm main.ncl; provisioning $path
error: no main.ncl in [DIR] or a folder above it
 help: [..]
? 66
END
  fi
  echo "next: ./dev test cli"
}

# after FILE PATTERN LINE: a line behind the first that matches, which there must be.
after() {
  grep -qE -- "$2" "$1" || die "$1 has no line like \"$2\" any more"
  awk -v pattern="$2" -v line="$3" '{ print } !done && $0 ~ pattern { print line; done = 1 }' "$1" >"$1.new"
  mv "$1.new" "$1"
  echo "changed $1"
}

new_resource() {
  local name=$1 snake
  [[ $name =~ ^[A-Z][A-Za-z0-9]*$ ]] || die "a resource type is named in CamelCase, without its provider"
  snake=$(sed -E 's/([a-z0-9])([A-Z])/\1_\2/g' <<<"$name" | tr '[:upper:]' '[:lower:]')
  write "src/providers/local/$snake.cpp" <<END
#include "base/fs.hpp"
#include "embedded/providers.hpp"
#include "providers/local/describe.hpp"
#include "providers/local/fields.hpp"
#include "providers/local/resource_handler.hpp"
#include "providers/local/workspace.hpp"

// local.$name: what it is, in a line.
namespace providers::local {
namespace {

provider::ResourceType describe() {
    provider::ResourceType type;
    type.name = "local.$name";
    type.doc = "What it is, and what happens to it in the end.";
    type.inputs = {
        Input("path", a_path(), "Where, absolute or relative to the workspace.").required().replaces(),
    };
    type.outputs = {
        Output("location", value::ValueType::String, "The path.").changes_with({"path"}).computed_in_plan(),
    };
    type.key = "path";
    type.example = embedded::local_${snake}_ncl;
    return type;
}

class $name final : public ResourceHandler {
public:
    using ResourceHandler::ResourceHandler;
    const provider::ResourceType& type() const override { return ${snake}_type(); }

    base::Result<void> refine(const provider::Change& change,
                              provider::PlannedChange& planned) const override {
        planned.outputs.set("location", value::Value(text_of(change.inputs, "path")));
        return {};
    }

    base::Result<std::optional<provider::ObservedResource>> read(const std::string& key,
                                                  const value::Value& recorded_inputs,
                                                  const provider::CallContext&) const override {
        if (!base::file_exists(workspace_.absolute(key))) return std::optional<provider::ObservedResource>();
        return std::optional(seen(key, recorded_inputs));
    }

    // Make it, change it or remove it; mark what is made with intent.token.
    base::Result<provider::OperationResult> start(const provider::Intent& intent,
                                       const provider::CallContext&) const override {
        return base::Error(base::Code::Unimplemented, "local.$name cannot do anything yet: " + intent.address);
    }

    // After a crash: what became of the intent. Only its token proves that a thing is ours.
    base::Result<provider::LookupResult> find(const provider::Intent&, const provider::CallContext&) const override {
        return found(provider::LookupResult::Kind::Unsure, "local.$name does not look yet");
    }

private:
    static provider::ObservedResource seen(const std::string& key, const value::Value& inputs) {
        provider::ObservedResource out;
        out.key = key;
        out.inputs.set("path", value::Value(text_of(inputs, "path")));
        out.outputs.set("location", value::Value(key));
        return out;
    }
};

}

const provider::ResourceType& ${snake}_type() {
    static const provider::ResourceType kType = describe();
    return kType;
}

std::unique_ptr<ResourceHandler> make_$snake(const Workspace& workspace) {
    return std::make_unique<$name>(workspace);
}

}
END
  write "src/providers/local/local_$snake.ncl" <<END
{
  resources = {
    one | local.$name = { path = "one" },
  },
}
END
  write "src/providers/local/${snake}_test.cpp" <<END
#include "providers/local/testing.hpp"

namespace providers::local::testing {

class ${name}Test : public LocalTest {};

TEST_F(${name}Test, LivesAndDies) {
    const auto create = intent("local.$name", Action::Create, Value::Record{{"path", "a"}});
    EXPECT_EQ(find(create).kind, provider::LookupResult::Kind::Absent);
    must(create);
    EXPECT_EQ(find(create).kind, provider::LookupResult::Kind::Done);
}

}
END
  format "src/providers/local/$snake.cpp" "src/providers/local/${snake}_test.cpp"
  after src/providers/local/resource_handler.hpp 'process_type\(\);' "const provider::ResourceType& ${snake}_type();"
  after src/providers/local/resource_handler.hpp 'make_process\(' "std::unique_ptr<ResourceHandler> make_$snake(const Workspace& workspace);"
  after src/providers/local/resource_handlers.cpp 'make_process}' "        {${snake}_type, make_$snake},"
  echo "next: its test fails until start and find do something: ./dev test providers;"
  echo "      then a subject in tests/conformance/local.cpp"
}

new_native() {
  local module=$1 name=$2 file
  [[ $name =~ ^[a-z][a-z0-9_]*$ ]] || die "a native is named in snake_case"
  file=src/lang/builtins/${module}s.cpp
  [[ -e $file && -e src/lang/stdlib/$module.ncl ]] ||
    die "no family is called \"$module\"; there are: array contract enum number record string"
  ! grep -q "\"native/$module/$name\"" "$file" || die "$module has a native $name"
  awk -v module="$module" -v name="$name" '
    $0 ~ "^std::span<const Native> " module "_natives" {
      print "// What it does, and what it refuses."
      print "static Next native_" name "(Machine& m, const Word* arguments) {"
      print "    return m.give(arguments[0]);"
      print "}"
      print ""
      inside = 1
    }
    { print }
    inside && /static (constexpr |const )?Native [a-z]+\[\] = \{/ {
      print "        {.name = \"native/" module "/" name "\", .arity = 1, .strict = 1, .run = native_" name "},"
      inside = 0
    }' "$file" >"$file.new"
  mv "$file.new" "$file"
  echo "changed $file"
  # The last brace of the file closes the record.
  awk -v module="$module" -v name="$name" '
    { lines[NR] = $0; if ($0 == "}") last = NR }
    END {
      for (i = 1; i <= NR; i++) {
        if (i == last) {
          print ""
          print "  " name
          print "    | Dyn -> Dyn"
          print "    | doc \"What it does.\""
          print "    = fun value => native." module "." name " value,"
        }
        print lines[i]
      }
    }' "src/lang/stdlib/$module.ncl" >"src/lang/stdlib/$module.ncl.new"
  mv "src/lang/stdlib/$module.ncl.new" "src/lang/stdlib/$module.ncl"
  echo "changed src/lang/stdlib/$module.ncl"
  write "tests/lang/stdlib_$module/$name.ncl" <<END
# expect: pass
# value: 1
std.$module.$name 1
END
  write "tests/lang/stdlib_$module/${name}_refuses.ncl" <<END
# expect: error EvalError::BlameError
std.$module.$name 1
END
  echo "next: say what it does in src/lang/stdlib/NATIVES.md; ./dev test lang"
}

case ${1:-} in
  command) new_command "${2:?new command \"NOUN VERB\"}" "${3:-}" ;;
  resource) new_resource "${2:?new resource NAME}" ;;
  native) new_native "${2:?new native MODULE NAME}" "${3:?new native MODULE NAME}" ;;
  *) die 'can write: command "NOUN VERB" [--alone], resource NAME, native MODULE NAME' ;;
esac
