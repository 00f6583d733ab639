#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cli {

// What a value names, for the completion of the shell.
enum class Completes : unsigned char {
    Nothing,
    File,
    Directory,
    Address,
    Workspace,
    Environment,
    Command,
};

enum class Arity : unsigned char { One, Optional, Many };

// One declared option, flag or positional argument. The setters return the argument itself, so that
// they can follow the declaration: args.option("format,f", format_, "…").values({"json", "yaml"}).
class Argument {
public:
    using Target = std::variant<bool*, std::string*, std::optional<std::string>*,
                                std::vector<std::string>*, std::uint64_t*>;

    Argument& values(std::vector<std::string_view> allowed);
    Argument& value_name(std::string_view name);
    Argument& completes(Completes what);
    // Accepted, but left out of help.
    Argument& hidden();

    std::string_view name;   // without dashes
    char letter = '\0';
    std::string_view help;
    std::string_view value_word = "VALUE";
    std::vector<std::string_view> allowed;
    Completes completion = Completes::Nothing;
    bool is_hidden = false;
    bool is_global = false;   // of every command
    bool given = false;
    Target target;

    bool is_flag() const { return std::holds_alternative<bool*>(target); }
    bool is_repeatable() const { return std::holds_alternative<std::vector<std::string>*>(target); }
    bool is_required() const { return std::holds_alternative<std::string*>(target); }
    // "-f, --format FORMAT"
    std::string spelling() const;
};

// The arguments of a command: declared once, then parsed, shown in help and offered in completion.
// Names are "long" or "long,l"; targets and texts must outlive the Args.
class Args {
public:
    Argument& flag(std::string_view name, bool& target, std::string_view help);
    Argument& option(std::string_view name, Argument::Target target, std::string_view help);
    // A text is required, an optional one is not, a list takes all that is left.
    Argument& positional(std::string_view name, Argument::Target target, std::string_view help);
    // Everything after `--`, untouched.
    Argument& rest(std::string_view name, std::vector<std::string>& target, std::string_view help);

    // Usage errors name the argument and suggest what may have been meant.
    base::Result<void> parse(const std::vector<std::string>& tokens);

    Argument* find_option(std::string_view name);   // by long name
    Argument* find_letter(char letter);
    std::deque<Argument>& options() { return options_; }
    const std::deque<Argument>& options() const { return options_; }
    const std::deque<Argument>& positionals() const { return positionals_; }
    const std::optional<Argument>& rest_argument() const { return rest_; }
    // "[OPTIONS] NAME [FILE]… [-- EXPR…]"
    std::string synopsis() const;

private:
    base::Result<void> parse_long(const std::vector<std::string>& tokens, std::size_t& at);
    base::Result<void> parse_letters(const std::vector<std::string>& tokens, std::size_t& at);
    base::Result<void> place(std::string_view value);
    base::Result<void> check_required() const;

    std::deque<Argument> options_;
    std::deque<Argument> positionals_;
    std::optional<Argument> rest_;
};

// The failure of a wrong call: exit code 64.
base::Error usage_error(std::string message, std::string help = {});

}
