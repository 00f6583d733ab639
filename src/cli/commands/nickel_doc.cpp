#include "base/fs.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/environment.hpp"
#include "cli/nickel/inputs.hpp"
#include "cli/views/json.hpp"
#include "embedded/cli.hpp"

namespace cli::nickel_doc {

class NickelDoc final : public Command {
public:
    void declare(Args& args) override {
        inputs_.declare(args);
        args.option("output,o", &output_, "write there")
            .value_name("FILE")
            .completes(Completes::File);
        args.flag("stdout", stdout_, "write to standard output, whatever --output says");
        args.option("format", &format_, "of what is written (markdown)")
            .value_name("FORMAT")
            .values({"markdown", "json"});
    }

    base::Result<int> run(Context& context) override {
        nickel::FileEvaluation files(context, inputs_);
        const auto fields = files.documentation();
        if (files.failed()) return files.report();
        const bool is_json = format_.value_or("markdown") == "json";
        const std::string text = is_json ? json_line(lang::tools::documentation_json(*fields))
                                         : lang::tools::documentation_markdown(*fields);
        if (stdout_) {
            nickel::print_document(context, text);
            return 0;
        }
        const std::string path = output_ ? *output_ : TRY(default_path(is_json));
        TRY(base::write_file_atomic(path, text, {.sync = false}));
        context.err().line("Documentation written to {}", path);
        return 0;
    }

private:
    // ~/.nickel/doc/NAME.md, as the official command has it.
    base::Result<std::string> default_path(bool is_json) const {
        const auto home = environment("HOME");
        if (!home) return usage_error("there is no HOME to write to", "--stdout or --output FILE");
        std::string name =
            inputs_.files.empty() ? "out" : std::string(base::file_name(inputs_.files[0]));
        name = name.substr(0, name.rfind('.'));
        const std::string folder = base::join_path(*home, ".nickel/doc");
        TRY(base::make_directories(folder));
        return base::join_path(folder, name + (is_json ? ".json" : ".md"));
    }

    nickel::Inputs inputs_;
    std::optional<std::string> output_;
    std::optional<std::string> format_;
    bool stdout_ = false;
};

const Register<NickelDoc> registration{{
    .path = "nickel doc",
    .summary = "write the documentation of a program's fields",
    .manual = embedded::nickel_doc_md,
    .nickel_dialect = true,
}};

}
