#include "cli/given.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/args.hpp"
#include "cli/environment.hpp"
#include "engine/plan/problems.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace cli {

namespace {

base::Error not_an_assignment(std::string_view option, const std::string& setting) {
    const std::string path = setting.empty() ? "a.b" : setting;
    return usage_error(
        fmt::format("`{}` wants PATH=EXPR, but got `{}`", option, setting),
        fmt::format("for instance `{0} {1}=1`; a text has quotes of its own: `{0} {2}`", option,
                    path, base::quote_shell(path + "=\"text\"")));
}

base::Result<void> add_settings(std::vector<lang::Given>& given, lang::Given::From from,
                                std::string_view option, const std::vector<std::string>& settings) {
    for (const std::string& setting : settings) {
        if (setting.find('=') == std::string::npos || setting.starts_with('='))
            return not_an_assignment(option, setting);
        given.push_back({.from = from, .name = std::string(option), .text = setting});
    }
    return {};
}

}

void declare_given_options(Args& args, GivenOptions& options) {
    args.option("set", &options.settings, "give a value to an input of the program: a.b=EXPR")
        .value_name("PATH=EXPR");
    args.option("define", &options.definitions,
                "the same for a field that the program does not declare: a.b=EXPR")
        .value_name("PATH=EXPR");
    args.option("var-file", &options.files,
                "values for inputs of the program: Nickel, JSON, YAML or TOML")
        .value_name("FILE")
        .completes(Completes::File);
}

base::Result<std::vector<lang::Given>> read_given(const GivenOptions& options) {
    using From = lang::Given::From;
    // Far more than anybody writes; each is kept in saved plans.
    constexpr std::size_t kMaxFile = std::size_t{16} << 20U;
    std::vector<lang::Given> given;
    for (const std::string& name : environment_names(kGivenVariable)) {
        // A name of a variable can have no dot.
        const std::string path = base::replace_all(name.substr(kGivenVariable.size()), "__", ".");
        if (path.empty()) continue;
        given.push_back({.from = From::Variable,
                         .name = name,
                         .text = path + "=" + environment(name).value_or("")});
    }
    for (const std::string& file : options.files) {
        std::string text = TRY(base::read_file(file, kMaxFile).context("--var-file"));
        given.push_back({.from = From::File, .name = file, .text = std::move(text)});
    }
    TRY(add_settings(given, From::Option, "--set", options.settings));
    TRY(add_settings(given, From::Definition, "--define", options.definitions));
    return given;
}

bool lacks_inputs(const base::Error& error) {
    const auto* problems = dynamic_cast<const engine::Problems*>(error.detail());
    return problems != nullptr && std::ranges::any_of(problems->found(), [](const auto& problem) {
               return problem.diagnostic &&
                      std::ranges::any_of(problem.diagnostic->expectation,
                                          [](const auto& pair) { return pair.first == "input"; });
           });
}

}
