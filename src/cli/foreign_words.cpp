#include "cli/foreign_words.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace cli {

namespace {

struct ForeignWord {
    std::string_view word;
    std::string_view answer;
};

constexpr std::array kCommands{
    ForeignWord{"init", "nothing has to be installed here; `workspace init` makes a workspace"},
    ForeignWord{"taint", "nothing is marked here: `destroy --only ADDRESS`, then `apply`, makes "
                         "a thing anew"},
    ForeignWord{"untaint", "nothing is marked here: `plan` shows what would be replaced, and why"},
    ForeignWord{"refresh", "`refresh` is a part of `plan` and `apply` here; `plan` shows what has "
                           "drifted"},
    ForeignWord{"force-unlock", "nothing is locked by hand here: what a run holds ends with it"},
    ForeignWord{"providers", "`providers` is `schema` here, and `extension list`"},
    ForeignWord{"env",
                "environments are chosen with `--env NAME` here; `settings` shows the settings"},
    ForeignWord{"up", "`up` is `apply` here"},
    ForeignWord{"preview", "`preview` is `plan` here"},
    ForeignWord{"workspace new", "`workspace new NAME` is a file `environments/NAME.ncl` here, "
                                 "chosen with `--env NAME`"},
    ForeignWord{"workspace select", "`workspace select NAME` is `--env NAME` here, with each "
                                    "command"},
    ForeignWord{"workspace delete", "`workspace delete NAME` is `destroy --env NAME` here"},
    ForeignWord{"state pull", "`state pull` is `state list --json` here"},
    ForeignWord{"state push", "`state push` is `state restore` here, from a backup of ours"},
};

// Without the dashes.
constexpr std::array kOptions{
    ForeignWord{"target", "`-target` is `--only ADDRESS` here"},
    ForeignWord{"exclude", "`-exclude` is `--except ADDRESS` here"},
    ForeignWord{"auto-approve", "`-auto-approve` is `--yes` here"},
    ForeignWord{"var", "`-var` is `--set NAME=EXPR` here"},
    ForeignWord{"var-file", "`-var-file` is `--var-file FILE` here; what an environment always "
                            "has is in environments/NAME.ncl"},
    ForeignWord{"out", "`-out` is `--out FILE` here"},
    ForeignWord{"destroy", "`-destroy` is `plan --destroy` or the command `destroy` here"},
    ForeignWord{"refresh", "`-refresh=false` is `--no-refresh` here"},
    ForeignWord{"refresh-only", "`-refresh-only` is `plan` here: it shows drift by itself"},
    ForeignWord{"replace", "`-replace` is `destroy --only ADDRESS`, then `apply`, here"},
    ForeignWord{"lock", "`-lock` is not needed here: a run locks the addresses it writes, alone"},
    ForeignWord{"lock-timeout", "`-lock-timeout` is not needed here: who comes second is told so, "
                                "with exit code 75"},
    ForeignWord{"parallelism", "`-parallelism` is the setting `apply.parallelism` here"},
    ForeignWord{"chdir", "`-chdir` is `-C DIR` here"},
};

template <std::size_t Size>
std::string_view answer_in(const std::array<ForeignWord, Size>& table, std::string_view word) {
    const auto found = std::find_if(table.begin(), table.end(),
                                    [&](const ForeignWord& entry) { return entry.word == word; });
    return found == table.end() ? std::string_view() : found->answer;
}

}

std::string answer_foreign_command(std::string_view path) {
    return std::string(answer_in(kCommands, path));
}

// All options are looked at before any is used: an option of another tool may otherwise be taken
// for letters of ours.
base::Result<void> refuse_foreign_options(const std::vector<std::string>& tokens, Args& args) {
    for (const std::string& token : tokens) {
        if (token == "--") break;
        if (!token.starts_with('-')) continue;
        const bool is_long = token.starts_with("--");
        const std::string_view name =
            std::string_view(token).substr(is_long ? 2 : 1, token.find('=') - (is_long ? 2 : 1));
        // One that exists here means what it means here.
        if (is_long && args.find_option(name) != nullptr) continue;
        const std::string_view answer = answer_in(kOptions, name);
        if (answer.empty()) continue;
        return usage_error(fmt::format("unknown option `{}{}`", is_long ? "--" : "-", name),
                           std::string(answer));
    }
    return {};
}

}
