#include "cli/args.hpp"

#include "base/text.hpp"
#include "value/address.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace cli {

using base::Result;

// These return the argument, so that declarations read as one sentence.
Argument& Argument::values(std::vector<std::string_view> list) {
    allowed = std::move(list);
    return *this;
}
Argument& Argument::value_name(std::string_view word) {
    value_word = word;
    return *this;
}
Argument& Argument::completes(Completes what) {
    completion = what;
    return *this;
}
Argument& Argument::hidden() {
    is_hidden = true;
    return *this;
}

std::string Argument::spelling() const {
    std::string out =
        // As help and man pages show it.
        letter != '\0' ? fmt::format("-{}, --{}", letter, name) : fmt::format("--{}", name);
    if (!is_flag()) out += fmt::format(" {}", value_word);
    return out;
}

base::Error usage_error(std::string message, std::string help) {
    return base::Error(base::Code::Usage, std::move(message)).with_help(std::move(help));
}

static Argument make_argument(std::string_view name, Argument::Target target,
                              std::string_view help) {
    Argument argument;
    const std::size_t comma = name.find(',');
    argument.name = name.substr(0, comma);
    // "yes,y": the name, then the letter.
    if (comma != std::string_view::npos && comma + 1 < name.size())
        argument.letter = name[comma + 1];
    argument.target = target;
    argument.help = help;
    return argument;
}

Argument& Args::flag(std::string_view name, bool& target, std::string_view help) {
    return options_.emplace_back(make_argument(name, &target, help));
}
Argument& Args::option(std::string_view name, Argument::Target target, std::string_view help) {
    return options_.emplace_back(make_argument(name, target, help));
}
Argument& Args::positional(std::string_view name, Argument::Target target, std::string_view help) {
    return positionals_.emplace_back(make_argument(name, target, help));
}
Argument& Args::rest(std::string_view name, std::vector<std::string>& target,
                     std::string_view help) {
    return rest_.emplace(make_argument(name, &target, help));
}

Argument* Args::find_option(std::string_view name) {
    const auto found = std::find_if(options_.begin(), options_.end(),
                                    [&](const Argument& option) { return option.name == name; });
    return found == options_.end() ? nullptr : &*found;
}

Argument* Args::find_letter(char letter) {
    const auto found = std::find_if(options_.begin(), options_.end(), [&](const Argument& option) {
        return option.letter == letter;
    });
    return found == options_.end() ? nullptr : &*found;
}

static Result<void> store_number(const Argument& argument, std::uint64_t& target,
                                 std::string_view value) {
    const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), target);
    // To its end: "10s" is no number, and taking the 10 would be a guess.
    if (failure != std::errc{} || end != value.data() + value.size()) {
        return usage_error(
            fmt::format("`--{}` takes a whole number, not `{}`", argument.name, value));
    }
    return {};
}

static Result<void> store(Argument& argument, std::string_view value) {
    const auto& allowed = argument.allowed;
    if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
        std::string help = base::did_you_mean(value, allowed);
        if (help.empty()) help = "possible values: " + base::join(allowed, ", ");
        return usage_error(fmt::format("`{}` is no value of `{}`", value, argument.name),
                           std::move(help));
    }
    // A second value would silently win or lose; the user meant one of them.
    if (argument.given && !argument.is_repeatable()) {
        return usage_error(fmt::format("`--{}` is given twice", argument.name));
    }
    argument.given = true;
    // Written in one way from here on, so that it can be compared.
    std::string address;
    if (argument.completion == Completes::Address) {
        auto normal = value::normal_address(value);
        if (!normal.ok()) {
            return usage_error(std::string(normal.error().message()),
                               std::string(normal.error().help()));
        }
        value = address = std::move(*normal);
    }
    // What kind of target was declared is the kind of value that it takes.
    if (auto* text = std::get_if<std::string*>(&argument.target)) **text = value;
    if (auto* text = std::get_if<std::optional<std::string>*>(&argument.target)) **text = value;
    if (auto* list = std::get_if<std::vector<std::string>*>(&argument.target)) {
        (*list)->emplace_back(value);
    }
    if (auto* number = std::get_if<std::uint64_t*>(&argument.target)) {
        return store_number(argument, **number, value);
    }
    return {};
}

// Twice is as good as once: `-y -y` comes from aliases.
static Result<void> set_flag(Argument& argument) {
    argument.given = true;
    *std::get<bool*>(argument.target) = true;
    return {};
}

Result<void> Args::parse_long(const std::vector<std::string>& tokens, std::size_t& at) {
    const std::string_view token = std::string_view(tokens[at]).substr(2);
    const std::size_t equals = token.find('=');
    const std::string_view name = token.substr(0, equals);
    Argument* option = find_option(name);
    if (option == nullptr) {
        // Hidden options are not offered, though they work.
        std::vector<std::string> names;
        for (const Argument& known : options_) {
            if (!known.is_hidden) names.push_back(fmt::format("--{}", known.name));
        }
        const std::string spelled = fmt::format("--{}", name);
        return usage_error(fmt::format("unknown option `{}`", spelled),
                           base::did_you_mean(spelled, names));
    }
    if (option->is_flag()) {
        // "--yes=no" would read as the opposite of what it did.
        if (equals == std::string_view::npos) return set_flag(*option);
        return usage_error(fmt::format("`--{}` takes no value", name));
    }
    if (equals != std::string_view::npos) return store(*option, token.substr(equals + 1));
    if (at + 1 >= tokens.size()) {
        return usage_error(fmt::format("`--{}` needs a value", name),
                           fmt::format("write `--{} {}`", name, option->value_word));
    }
    // Also when it begins with a dash: `--set a=-1`, and `--set -1` as a value of its own.
    return store(*option, tokens[++at]);
}

Result<void> Args::parse_letters(const std::vector<std::string>& tokens, std::size_t& at) {
    const std::string_view letters = std::string_view(tokens[at]).substr(1);
    for (std::size_t i = 0; i < letters.size(); ++i) {
        Argument* option = find_letter(letters[i]);
        if (option == nullptr) {
            // "-target": written as other tools have it, with one dash.
            const bool is_word = find_option(letters.substr(0, letters.find('='))) != nullptr;
            return usage_error(fmt::format("unknown option `-{}`", letters[i]),
                               is_word ? fmt::format("did you mean `--{}`?", letters) : "");
        }
        if (option->is_flag()) {
            TRY(set_flag(*option));
            continue;
        }
        // "-fjson", "-f=json" and "-f json" are the same.
        std::string_view value = letters.substr(i + 1);
        if (value.starts_with('=')) value.remove_prefix(1);
        if (!value.empty()) return store(*option, value);
        if (at + 1 >= tokens.size()) {
            return usage_error(fmt::format("`-{}` needs a value", letters[i]),
                               fmt::format("write `-{} {}`", letters[i], option->value_word));
        }
        return store(*option, tokens[++at]);
    }
    return {};
}

Result<void> Args::place(std::string_view value) {
    // In the order of their declaration; the last may take many.
    for (Argument& positional : positionals_) {
        if (!positional.given || positional.is_repeatable()) return store(positional, value);
    }
    return usage_error(fmt::format("unexpected argument `{}`", value));
}

Result<void> Args::check_required() const {
    for (const Argument& positional : positionals_) {
        if (positional.is_required() && !positional.given) {
            return usage_error(fmt::format("{} is missing", positional.name),
                               std::string(positional.help));
        }
    }
    return {};
}

Result<void> Args::parse(const std::vector<std::string>& tokens) {
    for (std::size_t at = 0; at < tokens.size(); ++at) {
        const std::string& token = tokens[at];
        // What follows "--" is never an option, so any file and address can be named.
        if (token == "--") {
            if (!rest_) {
                while (++at < tokens.size()) TRY(place(tokens[at]));
                break;
            }
            rest_->given = true;
            auto& target = *std::get<std::vector<std::string>*>(rest_->target);
            target.assign(tokens.begin() + static_cast<std::ptrdiff_t>(at) + 1, tokens.end());
            break;
        }
        if (token.starts_with("--")) {
            TRY(parse_long(tokens, at));
        } else if (token.size() > 1 && token[0] == '-') {
            TRY(parse_letters(tokens, at));
        } else {
            // A dash alone too: standard input, for those that take it.
            TRY(place(token));
        }
    }
    return check_required();
}

std::string Args::synopsis() const {
    std::string out = "[OPTIONS]";
    for (const Argument& positional : positionals_) {
        const char* form = positional.is_required()     ? " {}"
                           : positional.is_repeatable() ? " [{}]…"
                                                        : " [{}]";
        out += fmt::format(fmt::runtime(form), positional.name);
    }
    if (rest_) out += fmt::format(" [-- {}…]", rest_->name);
    return out;
}

}
