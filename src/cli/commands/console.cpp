#include "base/fs.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/environment.hpp"
#include "cli/nickel/session_loop.hpp"
#include "cli/nickel/workspace_options.hpp"
#include "cli/views/json.hpp"
#include "embedded/cli.hpp"
#include "lang/syntax/parser.hpp"

namespace cli::console {

// The object at the end of a path, made where it is missing; null where something else is.
static json::Object* object_at(json::Object& root, const std::vector<lang::Symbol>& path) {
    json::Object* at = &root;
    for (const lang::Symbol name : path) {
        json::Value* next = at->find(name.text());
        if (next == nullptr) next = &at->set(std::string(name.text()), json::Object());
        at = next->as_object();
        if (at == nullptr) return nullptr;
    }
    return at;
}

class Console final : public DeploymentCommand {
protected:
    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        lang::EvaluationOptions options = TRY(nickel::workspace_options(deployment));
        std::vector<std::string> modules;
        for (const lang::BuiltinModule& module : options.modules) modules.push_back(module.name);
        lang::tools::Session session(std::move(options));
        for (const std::string& name : modules) {
            lang::tools::Reply reply;
            const auto word = session.evaluation.load_text(
                "<console>", "import \"provisioning/" + name + ".ncl\"",
                lang::ast::ImportFormat::Nickel, reply.findings);
            if (reply.findings.empty()) session.define(name, word);
        }
        lang::tools::Reply reply;
        const std::string main = TRY(deployment.workspace().main_path(deployment.environment()));
        auto program =
            session.evaluation.load_file(main, lang::ast::ImportFormat::Nickel, reply.findings);
        if (reply.findings.empty()) {
            const auto recorded =
                session.evaluation.load_text("<recorded>", TRY(recorded_outputs(deployment)),
                                             lang::ast::ImportFormat::Json, reply.findings);
            program = session.evaluation.machine.delay_merge(program, recorded);
            session.define_fields(program, main, reply);
        }
        // With a program that is wrong there is all else, to find out why.
        nickel::show_reply(context, session, reply);
        return nickel::run_session(context, session,
                                   base::join_path(user_data_folder(), "console_history"));
    }

private:
    // What is recorded of each resource, where it stands in the program. No secrets: they would be
    // shown like anything else.
    static base::Result<std::string> recorded_outputs(engine::Deployment& deployment) {
        json::Object root;
        auto* state = TRY(deployment.state(state::OpenMode::Read));
        const state::Snapshot snapshot = TRY(state->read());
        for (const state::Row& row : snapshot.rows) {
            std::vector<value::Diagnostic> findings;
            const bool in_resources = !row.address.starts_with("connections.");
            const auto path =
                lang::parse_field_path((in_resources ? "resources." : "") + row.address, findings);
            json::Object* fields = findings.empty() ? object_at(root, path) : nullptr;
            if (fields == nullptr || row.outputs.as_record() == nullptr) continue;
            for (const auto& [name, value] : *row.outputs.as_record()) {
                if (value.has_secret() || value.has_unknown()) continue;
                fields->set(name, json_parsed(to_json(value, deployment.fingerprint())));
            }
        }
        return json_line(root);
    }
};

const Register<Console> registration{{
    .path = "console",
    .summary = "evaluate expressions in the workspace",
    .manual = embedded::console_md,
}};

}
