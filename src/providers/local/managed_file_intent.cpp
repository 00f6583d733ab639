#include "providers/local/describe.hpp"
#include "providers/local/fields.hpp"
#include "providers/local/managed_file.hpp"

// What local.File and local.Template have in common as resource types.
namespace providers::local {

WantedFile wanted_file(const provider::Intent& intent, std::string content) {
    WantedFile out;
    const bool is_delete = intent.action == provider::Action::Delete;
    out.path = is_delete && !intent.key.empty() ? intent.key : text_of(intent.inputs, "path");
    out.content = std::move(content);
    out.mode = parse_mode(text_of(intent.inputs, "mode")).value_or(0644);
    out.overwrite = flag_of(intent.inputs, "overwrite");
    out.token = intent.token;
    return out;
}

// What is recorded as written counts too: with a secret that has changed since, the recorded inputs
// make another content now than they did then.
static std::vector<std::string> with_recorded(std::vector<std::string> expected,
                                              const provider::Intent& intent) {
    const std::string& written = text_of(intent.prior_outputs, "sha256");
    if (!expected.empty() && !written.empty()) expected.push_back(written);
    return expected;
}

base::Result<FileState> write_wanted_file(const Workspace& workspace,
                                          const provider::Intent& intent, const WantedFile& wanted,
                                          const std::vector<std::string>& expected) {
    if (intent.action == provider::Action::Create) {
        TRY(create_file(workspace, wanted));
    } else {
        TRY(update_file(workspace, wanted, with_recorded(expected, intent)));
    }
    std::optional<FileState> state = TRY(look_at_file(workspace, wanted.path));
    if (state) return std::move(*state);
    return base::Error(base::Code::Conflict,
                       "\"" + wanted.path + "\" was deleted while it was being made");
}

base::Result<provider::OperationResult>
delete_wanted_file(const Workspace& workspace, const provider::Intent& intent,
                   const std::vector<std::string>& expected) {
    const WantedFile file = wanted_file(intent, "");
    TRY(remove_file(workspace, file.path, file.overwrite, with_recorded(expected, intent)));
    return done();
}

provider::InputField path_input(std::string doc) {
    return Input("path", a_path(), std::move(doc)).required().replaces().a_place();
}

provider::InputField mode_input() {
    return Input("mode", a_string("prelude.Mode"),
                 "Permissions in octal; the umask is not applied. Without it a file with a secret "
                 "in it is only for its owner: 0600.")
        .by_default("\"0644\"")
        .by_default_beside_secret("0600");
}

provider::InputField overwrite_input() {
    return Input("overwrite", a_bool(),
                 "Replace or delete the file even if it was not made by this resource, or has been "
                 "changed since.")
        .by_default("false")
        .write_only();
}

provider::OutputField location_output() {
    return Output("location", value::ValueType::String,
                  "The path. What refers to it is made after the file and deleted before it.")
        .changes_with({"path"})
        .computed_in_plan();
}

}
