#include "base/fs.hpp"
#include "cli/args.hpp"
#include "cli/deployment.hpp"
#include "cli/exit_code.hpp"
#include "cli/nickel/inputs.hpp"
#include "cli/nickel/workspace_options.hpp"
#include "cli/views/json.hpp"
#include "embedded/cli.hpp"
#include "lang/tools/documentation.hpp"

namespace cli::doc {

// What a resource has is told by its schema, once for all of its type: here stands that it is
// there.
static void leave_out_inputs(std::vector<lang::tools::DocField>& tree) {
    for (lang::tools::DocField& field : tree) {
        if (!field.fields) continue;
        if (field.contracts.empty()) {
            leave_out_inputs(*field.fields);
        } else {
            field.fields.reset();
        }
    }
}

class Doc final : public DeploymentCommand {
public:
    void declare(Args& args) override {
        args.option("output,o", &output_, "write there, not to standard output")
            .value_name("FILE")
            .completes(Completes::File);
        args.option("format,f", &format_, "of what is written (markdown)")
            .value_name("FORMAT")
            .values({"markdown", "json"});
        args.flag("all", all_, "fields without documentation, too");
    }

protected:
    base::Result<int> work(Context& context, engine::Deployment& deployment) override {
        lang::Evaluation evaluation(TRY(nickel::workspace_options(deployment)));
        std::vector<value::Diagnostic> findings;
        const auto program =
            evaluation.load_file(TRY(deployment.workspace().main_path(deployment.environment())),
                                 lang::ast::ImportFormat::Nickel, findings);
        if (!findings.empty()) {
            nickel::report_findings(context, {}, findings, evaluation.sources);
            return kExitBadConfiguration;
        }
        // What resources give is not known, so that not all can be evaluated.
        auto fields = lang::tools::collect_what_is_known(evaluation, program);
        for (lang::tools::DocField& field : fields) {
            const bool is_tree = field.name == "resources" || field.name == "connections";
            if (is_tree && field.fields) leave_out_inputs(*field.fields);
        }
        if (!all_) fields = lang::tools::told_only(std::move(fields));
        const bool is_json = context.json() || format_.value_or("markdown") == "json";
        TRY(nickel::write_output(context, output_,
                                 is_json ? json_line(lang::tools::documentation_json(fields)) + "\n"
                                         : lang::tools::documentation_markdown(fields)));
        return 0;
    }

private:
    std::optional<std::string> output_;
    std::optional<std::string> format_;
    bool all_ = false;
};

const Register<Doc> registration{{
    .path = "doc",
    .summary = "write the documentation of the workspace's program",
    .manual = embedded::doc_md,
}};

}
