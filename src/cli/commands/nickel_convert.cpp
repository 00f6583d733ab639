#include "base/fs.hpp"
#include "cli/command.hpp"
#include "cli/context.hpp"
#include "cli/nickel/data_source.hpp"
#include "cli/nickel/formatting.hpp"
#include "cli/nickel/inputs.hpp"
#include "embedded/cli.hpp"
#include "lang/data.hpp"
#include "lang/syntax/parser.hpp"
#include "lang/syntax/quoting.hpp"

#include <unistd.h>

namespace cli::nickel_convert {

// A pipe may have no end, and a file may be anything.
constexpr std::size_t kMaxBytes = std::size_t{256} << 20U;

class NickelConvert final : public Command {
public:
    void declare(Args& args) override {
        args.positional("FILE", &file_, "its ending tells what it is; none: standard input")
            .completes(Completes::File);
        args.option("stdin-format", &stdin_format_, "what standard input is")
            .value_name("FORMAT")
            .values({"nickel", "json", "yaml", "toml", "text"});
        args.option("output,o", &output_, "write there, not to standard output")
            .value_name("FILE")
            .completes(Completes::File);
        args.flag("no-formatting", unformatted_, "leave the text as it is printed");
        args.option("error-format", &error_format_, "how errors are told")
            .value_name("FORMAT")
            .values({"text", "json", "yaml", "toml"});
    }

    base::Result<int> run(Context& context) override {
        // The ending of a file tells its format; of a stream nothing does, and to guess by the
        // content would be wrong on the day it matters.
        if (file_.has_value() == stdin_format_.has_value()) {
            return usage_error("one of FILE and --stdin-format is needed");
        }
        lang::SourceMap sources;
        std::vector<value::Diagnostic> findings;
        const auto text = convert(sources, findings);
        // Told as `nickel` commands tell theirs, with the place in the source.
        if (!findings.empty()) {
            return nickel::report_findings(context, error_format_, findings, sources);
        }
        TRY(nickel::write_output(context, output_, *text));
        return 0;
    }

private:
    static void fail(std::vector<value::Diagnostic>& findings, std::string kind,
                     std::string message) {
        value::Diagnostic& found = findings.emplace_back();
        found.kind = std::move(kind);
        found.message = std::move(message);
    }

    std::optional<std::string> format_name() const {
        if (stdin_format_) return stdin_format_;
        const std::string& path = *file_;
        const std::string end = path.substr(std::min(path.rfind('.'), path.size()));
        if (end == ".ncl") return "nickel";
        if (end == ".json") return "json";
        if (end == ".yaml" || end == ".yml") return "yaml";
        if (end == ".toml") return "toml";
        if (end == ".txt") return "text";
        return std::nullopt;
    }

    static base::Result<std::string> source_of(const std::string& format, const std::string& text) {
        // A text of any content becomes one string: the only format that cannot be wrong.
        if (format == "text") return lang::quote_string(text) + "\n";
        if (format == "nickel") return nickel::source_of_program(text);
        return nickel::source_of_data(*json::format_from_name(format), text);
    }

    std::optional<std::string> convert(lang::SourceMap& sources,
                                       std::vector<value::Diagnostic>& findings) const {
        const auto format = format_name();
        if (!format) {
            fail(findings, "ImportError::IoError",
                 "what `" + *file_ +
                     "` is cannot be told by its ending: it should be .json, .yaml, "
                     ".yml, .toml, .txt or .ncl");
            return std::nullopt;
        }
        auto text = file_ ? base::read_file(*file_, kMaxBytes)
                          : base::read_all(STDIN_FILENO, "standard input", kMaxBytes);
        if (!text) {
            fail(findings, "ImportError::IoError", text.error().text());
            return std::nullopt;
        }
        const lang::Source* source = sources.add(file_.value_or("<stdin>"), *text);
        // Parsed first: what does not parse would come out as whatever the printer makes of it.
        if (*format == "nickel") {
            lang::Arena arena;
            findings = lang::parse(*source, arena).diagnostics;
            if (!findings.empty()) return std::nullopt;
        }
        auto converted = source_of(*format, *text);
        if (!converted) {
            findings.push_back(lang::data_diagnostic(converted.error(), *source));
            return std::nullopt;
        }
        // As it is printed, for whoever compares with the official output byte by byte.
        if (unformatted_) return std::move(*converted);
        return nickel::format_text("<converted>", std::move(*converted), sources, findings);
    }

    std::optional<std::string> file_;
    std::optional<std::string> stdin_format_;
    std::optional<std::string> output_;
    std::optional<std::string> error_format_;
    bool unformatted_ = false;
};

const Register<NickelConvert> registration{{
    .path = "nickel convert",
    .summary = "turn JSON, YAML, TOML or text into Nickel",
    .manual = embedded::nickel_convert_md,
    .nickel_dialect = true,
}};

}
