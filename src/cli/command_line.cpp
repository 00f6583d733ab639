#include "cli/command_line.hpp"

#include "base/text.hpp"
#include "cli/foreign_words.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace cli {

static bool is_below(std::string_view path, std::string_view noun) {
    return noun.empty() ||
           (path.size() > noun.size() && path.starts_with(noun) && path[noun.size()] == ' ');
}

// A noun is not registered: it exists as long as a command has it as its first words.
bool is_noun(std::string_view path) {
    for (const Registration* command : all_commands()) {
        if (is_below(command->spec().path, path)) return true;   // hidden ones too
    }
    return false;
}

std::vector<std::string_view> words_after(std::string_view noun) {
    std::vector<std::string_view> words;
    for (const Registration* command : all_commands()) {
        const std::string_view path = command->spec().path;
        if (command->spec().hidden || !is_below(path, noun)) continue;
        const std::string_view rest = noun.empty() ? path : path.substr(noun.size() + 1);
        const std::string_view word = rest.substr(0, rest.find(' '));
        if (words.empty() || words.back() != word) words.push_back(word);
    }
    return words;
}

void declare_global_options(Args& args, GlobalOptions& options) {
    // Declared aside first, so that a command's own option goes before a global one of the same
    // name or letter.
    Args globals;
    globals.option("directory,C", &options.folder, "run as if started in DIR")
        .value_name("DIR")
        .completes(Completes::Directory);
    globals.option("env", &options.environment, "the environment: environments/NAME.ncl")
        .value_name("NAME")
        .completes(Completes::Environment);
    globals.flag("json", options.json, "print JSON");
    globals.option("color", &options.color, "colours in what is printed")
        .value_name("WHEN")
        .values({"auto", "always", "never"});
    globals.flag("no-color", options.color_never, "print without colours");
    globals.flag("no-progress", options.progress_never, "print plain lines, no live progress");
    globals.flag("trust", options.trust,
                 "agree to the programs of the workspace that this starts, and to its state");
    globals.option("log-level", &options.log_level, "log to standard error")
        .value_name("LEVEL")
        .values({"off", "error", "warn", "info", "debug"});
    globals.option("trace", &options.trace, "note each HTTP request in FILE; - is standard error")
        .value_name("FILE")
        .completes(Completes::File);
    globals.flag("help,h", options.help, "print how the command is called");
    for (Argument& option : globals.options()) {
        if (args.find_option(option.name) != nullptr) continue;
        if (args.find_letter(option.letter) != nullptr) option.letter = '\0';
        option.is_global = true;
        args.options().push_back(option);
    }
}

// Options of the nickel group that may stand before its command and take a value.
static constexpr std::array<std::string_view, 1> kNickelValueOptions{"--error-format"};

// Options may stand before the command: `provisioning -C dir plan`. Whether the word behind an
// option is its value, must be known before the command is, so only global options and these few
// count.
static bool takes_next_word(Args& globals, const std::string& token) {
    if (token.starts_with("--")) {
        if (token.find('=') != std::string::npos) return false;
        if (std::find(kNickelValueOptions.begin(), kNickelValueOptions.end(), token) !=
            kNickelValueOptions.end()) {
            return true;
        }
        const Argument* option = globals.find_option(std::string_view(token).substr(2));
        return option != nullptr && !option->is_flag();
    }
    const Argument* option = globals.find_letter(token.back());
    return token.size() == 2 && option != nullptr && !option->is_flag();
}

CommandLine read_command_line(const std::vector<std::string>& words) {
    GlobalOptions ignored;
    Args globals;
    declare_global_options(globals, ignored);
    CommandLine line;
    std::size_t at = 0;
    // The longest path that is a command or a noun; what follows belongs to the command.
    for (; at < words.size() && words[at] != "--"; ++at) {
        const std::string& word = words[at];
        if (word.size() > 1 && word[0] == '-') {
            line.tokens.push_back(word);
            if (takes_next_word(globals, word) && at + 1 < words.size()) {
                line.tokens.push_back(words[++at]);
            }
            continue;
        }
        const std::string longer = line.path.empty() ? word : line.path + " " + word;
        if (find_command(longer) == nullptr && !is_noun(longer)) {
            // `provisioning nickel foo`: foo is unknown to the noun. Behind a command it is an
            // argument.
            if (find_command(line.path) == nullptr) line.unknown = word;
            break;
        }
        line.path = longer;
        if (!is_noun(longer)) {
            ++at;
            break;
        }
    }
    line.tokens.insert(line.tokens.end(), words.begin() + static_cast<std::ptrdiff_t>(at),
                       words.end());
    return line;
}

base::Error explain_unknown(const CommandLine& line) {
    const std::vector<std::string_view> known = words_after(line.path);
    if (line.path.empty()) {
        // What users of other tools type gets the word for it here, before a guess by spelling.
        std::string help = answer_foreign_command(line.unknown);
        if (help.empty()) help = base::did_you_mean(line.unknown, known);
        if (help.empty()) help = "`provisioning help` lists the commands";
        return usage_error(fmt::format("unknown command `{}`", line.unknown), std::move(help));
    }
    const std::string verbs = fmt::format("`{}` has: {}", line.path, base::join(known, ", "));
    if (line.unknown.empty()) {
        return usage_error(fmt::format("`{}` needs to be told what to do", line.path), verbs);
    }
    std::string help = answer_foreign_command(line.path + " " + line.unknown);
    if (help.empty()) help = base::did_you_mean(line.unknown, known);
    help = help.empty() ? verbs : help + "\n" + verbs;
    return usage_error(fmt::format("`{}` does not know `{}`", line.path, line.unknown),
                       std::move(help));
}

}
