#include "cli/completion.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/command_line.hpp"
#include "embedded/cli.hpp"

#include <fmt/core.h>

namespace cli {

// As with commands: sources register themselves, and the head is there first.
static constinit const CandidateSource* source_head = nullptr;

CandidateSource::CandidateSource(Completes kind, List list)
    : kind_(kind), list_(list), next_(source_head) {
    source_head = this;
}

std::vector<Candidate> CandidateSource::candidates(Completes kind, Context& context) {
    std::vector<Candidate> all;
    for (const CandidateSource* source = source_head; source != nullptr; source = source->next_) {
        if (source->kind_ != kind) continue;
        for (Candidate& candidate : source->list_(context)) all.push_back(std::move(candidate));
    }
    return all;
}

namespace {

// Nobody types the quote of a quoted address first.
bool begins_with(std::string_view candidate, std::string_view prefix) {
    if (candidate.starts_with(prefix)) return true;
    return candidate.starts_with('"') && candidate.substr(1).starts_with(prefix);
}

void keep_matching(Completions& found, std::string_view prefix) {
    std::erase_if(found.candidates,
                  [&](const Candidate& candidate) { return !begins_with(candidate.text, prefix); });
}

// Beside a word stands what it does, or of a noun what can be done with it.
void add_words(Completions& found, std::string_view noun) {
    for (const std::string_view word : words_after(noun)) {
        const std::string path =
            noun.empty() ? std::string(word) : fmt::format("{} {}", noun, word);
        const Registration* command = find_command(path);
        found.candidates.push_back({std::string(word), command != nullptr
                                                           ? std::string(command->spec().summary)
                                                           : base::join(words_after(path), ", ")});
    }
}

void add_values(Completions& found, const Argument& argument, Context& context) {
    for (const std::string_view value : argument.allowed) {
        found.candidates.push_back({std::string(value), ""});
    }
    switch (argument.completion) {
        case Completes::Nothing: break;
        case Completes::File:
        // The shell knows paths better: their quoting, `~`, what was begun.
        case Completes::Directory: found.paths = argument.completion; break;
        case Completes::Command: add_words(found, ""); break;
        case Completes::Address:
        case Completes::Workspace:
        case Completes::Environment:
            for (Candidate& candidate : CandidateSource::candidates(argument.completion, context)) {
                found.candidates.push_back(std::move(candidate));
            }
            break;
    }
}

// The option whose value the last word is, if the word before it asks for one.
// The value may also begin with a dash.
const Argument* option_waiting(Args& args, const std::vector<std::string>& words) {
    if (words.size() < 2) return nullptr;
    const std::string& before = words[words.size() - 2];
    const Argument* option = nullptr;
    if (before.starts_with("--")) {
        option = args.find_option(std::string_view(before).substr(2));
    } else if (before.size() == 2 && before[0] == '-') {
        option = args.find_letter(before[1]);
    }
    return option != nullptr && !option->is_flag() ? option : nullptr;
}

// The positional argument that the last word would be.
const Argument* positional_at(const Args& args, const std::vector<std::string>& tokens) {
    std::size_t at = 0;
    for (const std::string& token : tokens) at += token.starts_with('-') ? 0 : 1;
    for (const Argument& argument : args.positionals()) {
        if (at == 0 || argument.is_repeatable()) return &argument;
        --at;
    }
    return nullptr;
}

}

Completions complete(Context& context, const std::vector<std::string>& words) {
    Completions found;
    if (words.empty()) return found;
    const std::string& last = words.back();
    // Without the word that is being typed.
    const CommandLine line = read_command_line({words.begin(), words.end() - 1});
    // Behind a word that is wrong there is nothing to offer.
    if (!line.unknown.empty()) return found;
    GlobalOptions ignored;
    Args args;
    const Registration* registration = find_command(line.path);
    const auto command = registration != nullptr ? registration->create() : nullptr;
    if (command) command->declare(args);
    declare_global_options(args, ignored);

    if (const Argument* waiting = option_waiting(args, words)) {
        add_values(found, *waiting, context);
    } else if (last.starts_with('-')) {
        for (const Argument& option : args.options()) {
            if (option.is_hidden) continue;
            found.candidates.push_back(
                {fmt::format("--{}", option.name), std::string(option.help)});
        }
    } else if (line.path == "help") {
        const CommandLine asked = read_command_line(line.tokens);
        add_words(found, asked.path);
    } else if (registration == nullptr) {
        add_words(found, line.path);
    } else if (const Argument* argument = positional_at(args, line.tokens)) {
        add_values(found, *argument, context);
    }
    // Here and not in the scripts: each shell compares in another way.
    keep_matching(found, last);
    return found;
}

std::string_view completion_script(std::string_view shell) {
    if (shell == "bash") return embedded::provisioning_bash;
    if (shell == "zsh") return embedded::provisioning_zsh;
    if (shell == "elvish") return embedded::provisioning_elv;
    if (shell == "powershell") return embedded::provisioning_ps1;
    return embedded::provisioning_fish;
}

}
