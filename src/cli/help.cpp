#include "cli/help.hpp"

#include "base/text.hpp"
#include "cli/command_line.hpp"
#include "cli/markdown.hpp"
#include "cli/version.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace cli {

namespace {

// What is typed every day comes first, in the order of a day's work.
constexpr std::array<std::string_view, 8> kDaily{"check", "plan",   "apply",  "destroy",
                                                 "show",  "output", "import", "graph"};

struct Line {
    std::string left;
    std::string right;
};

std::string two_columns(const std::vector<Line>& lines, const Terminal& terminal) {
    // A long left column would leave no room for the right one; a longer entry gets a line of its
    // own.
    constexpr std::size_t kMaxLeft = 30;
    std::size_t left = 0;
    for (const Line& line : lines) {
        const std::size_t width = base::display_width(line.left);
        if (width <= kMaxLeft) left = std::max(left, width);
    }
    // Lines of more than 100 columns are hard to read, however wide the window.
    const std::size_t width = std::clamp<std::size_t>(terminal.width, 40, 100);
    std::string out;
    for (const Line& line : lines) {
        out += "  " + base::pad_to_width(terminal.paint(Color::Cyan, line.left), left);
        const std::string indent = "\n" + std::string(left + 4, ' ');
        if (base::display_width(line.left) > left) out += indent.substr(0, indent.size() - 2);
        out += "  " + base::join(base::wrap(line.right, width - left - 4), indent) + "\n";
    }
    return out;
}

std::string section(std::string_view title, const std::vector<Line>& lines,
                    const Terminal& terminal) {
    if (lines.empty()) return {};
    return fmt::format("\n{}\n{}", terminal.paint(Color::Bold, title),
                       two_columns(lines, terminal));
}

// By the whole path: `state show` is not the daily `show`.
bool is_daily(std::string_view path) {
    return std::find(kDaily.begin(), kDaily.end(), path) != kDaily.end();
}

Line line_of(const Registration& command) {
    return {std::string(command.spec().path), std::string(command.spec().summary)};
}

std::string described(const Argument& argument) {
    std::string out(argument.help);
    if (!argument.allowed.empty()) out += fmt::format(" ({})", base::join(argument.allowed, ", "));
    if (argument.is_repeatable()) out += "; may be repeated";
    return out;
}

struct Described {
    std::string synopsis;
    std::string other_synopsis;   // by the alias; empty without one
    std::vector<Line> arguments;
    std::vector<Line> options;
    std::vector<Line> globals;
};

// Help, manuals, man pages and completions all read the declarations that parse: they cannot
// differ from what is accepted.
Described describe(const Registration& registration) {
    // A command is made only to be asked: it is cheap, and nothing of it runs.
    const auto command = registration.create();
    GlobalOptions ignored;
    Args args;
    command->declare(args);
    declare_global_options(args, ignored);
    Described out;
    out.synopsis = fmt::format("provisioning {} {}", registration.spec().path, args.synopsis());
    if (const std::string_view alias = registration.spec().alias; !alias.empty()) {
        out.other_synopsis = fmt::format("provisioning {} {}", alias, args.synopsis());
    }
    for (const Argument& argument : args.positionals()) {
        out.arguments.push_back({std::string(argument.name), described(argument)});
    }
    if (const auto& rest = args.rest_argument()) {
        out.arguments.push_back({fmt::format("-- {}…", rest->name), std::string(rest->help)});
    }
    for (const Argument& option : args.options()) {
        // Old spellings that still work, and need no teaching.
        if (option.is_hidden) continue;
        (option.is_global ? out.globals : out.options)
            .push_back({option.spelling(), described(option)});
    }
    return out;
}

std::string roff_section(std::string_view title, const std::vector<Line>& lines) {
    if (lines.empty()) return {};
    std::string out = fmt::format(".SH {}\n", title);
    for (const Line& line : lines) {
        out +=
            fmt::format(".TP\n\\fB{}\\fR\n{}\n", escape_roff(line.left), escape_roff(line.right));
    }
    return out;
}

}

std::string root_help(const Terminal& terminal) {
    std::string out = "Describes infrastructure in Nickel, plans its changes and applies them.\n\n"
                      "Usage: provisioning [OPTIONS] COMMAND …\n";
    std::vector<Line> daily;
    for (const std::string_view path : kDaily) {
        // A build may leave commands out.
        if (const Registration* command = find_command(path)) daily.push_back(line_of(*command));
    }
    std::vector<Line> nouns;
    std::vector<Line> others;
    // First words that are no commands of their own are nouns, shown by their verbs.
    for (const std::string_view word : words_after("")) {
        if (is_daily(word)) continue;
        if (const Registration* command = find_command(word)) {
            others.push_back(line_of(*command));
        } else {
            nouns.push_back({std::string(word), base::join(words_after(word), ", ")});
        }
    }
    out += section("Every day", daily, terminal);
    out += section("By noun", nouns, terminal);
    out += section("Further", others, terminal);
    GlobalOptions ignored;
    Args globals;
    declare_global_options(globals, ignored);
    std::vector<Line> options;
    for (const Argument& option : globals.options()) {
        options.push_back({option.spelling(), described(option)});
    }
    out += section("Options of every command", options, terminal);
    return out + "\n`provisioning help COMMAND` shows a command's manual.\n";
}

std::string noun_help(std::string_view noun, const Terminal& terminal) {
    std::vector<Line> lines;
    for (const Registration* command : all_commands()) {
        const std::string_view path = command->spec().path;
        if (!command->spec().hidden && path.starts_with(fmt::format("{} ", noun))) {
            lines.push_back(line_of(*command));
        }
    }
    return fmt::format("Usage: provisioning {} VERB …\n", noun) +
           section("Verbs", lines, terminal) +
           fmt::format("\n`provisioning help {} VERB` shows a verb's manual.\n", noun);
}

static std::string usage_part(const Registration& registration, const Terminal& terminal) {
    const Described what = describe(registration);
    std::string usage = fmt::format("Usage: {}\n", what.synopsis);
    if (!what.other_synopsis.empty()) usage += fmt::format("   or: {}\n", what.other_synopsis);
    return usage + section("Arguments", what.arguments, terminal) +
           section("Options", what.options, terminal);
}

// Summaries are written to follow a name and a dash; here one begins a sentence.
static std::string capitalised(std::string_view text) {
    std::string out(text);
    if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 32);
    return out;
}

std::string command_help(const Registration& command, const Terminal& terminal) {
    return capitalised(command.spec().summary) + ".\n\n" + usage_part(command, terminal) +
           fmt::format(
               "\n`provisioning help {}` shows the manual, `provisioning help` the options of "
               "every command.\n",
               command.spec().path);
}

std::string command_manual(const Registration& command, const Terminal& terminal) {
    return fmt::format(
               "{} - {}\n\n",
               terminal.paint(Color::Bold, fmt::format("provisioning {}", command.spec().path)),
               command.spec().summary) +
           usage_part(command, terminal) + "\n" + render_markdown(command.spec().manual, terminal);
}

json::Value help_record(std::string_view path) {
    const Registration* command = find_command(path);
    // A noun, or nothing at all: a list of what begins with it.
    if (command == nullptr) {
        json::Array commands;
        for (const Registration* one : all_commands()) {
            const CommandSpec& spec = one->spec();
            if (spec.hidden || !(path.empty() || spec.path.starts_with(std::string(path) + " ")))
                continue;
            commands.emplace_back(json::Object{{"path", spec.path}, {"summary", spec.summary}});
        }
        return json::Object{{"format", 1}, {"commands", std::move(commands)}};
    }
    const Described what = describe(*command);
    const auto lines = [](const std::vector<Line>& of) {
        json::Array out;
        for (const Line& line : of)
            out.emplace_back(json::Object{{"name", line.left}, {"text", line.right}});
        return out;
    };
    return json::Object{{"format", 1},
                        {"path", command->spec().path},
                        {"summary", command->spec().summary},
                        {"usage", what.synopsis},
                        {"arguments", lines(what.arguments)},
                        {"options", lines(what.options)},
                        {"manual", command->spec().manual}};
}

std::string man_page_name(std::string_view path) {
    return "provisioning-" + base::replace_all(path, " ", "-");
}

std::string command_man_page(const Registration& command) {
    const Described what = describe(command);
    const std::string name = man_page_name(command.spec().path);
    std::string out =
        // Without a date, so that pages built twice are the same.
        fmt::format(".TH \"{}\" 1 \"\" \"provisioning {}\"\n", escape_roff(name), version_text());
    out += fmt::format(".SH NAME\n{} \\- {}\n", escape_roff(name),
                       escape_roff(command.spec().summary));
    out += fmt::format(".SH SYNOPSIS\n.B {}\n", escape_roff(what.synopsis));
    if (!what.other_synopsis.empty()) {
        out += fmt::format(".br\n.B {}\n", escape_roff(what.other_synopsis));
    }
    out += ".SH DESCRIPTION\n";
    out += render_roff(command.spec().manual);
    return out + roff_section("ARGUMENTS", what.arguments) + roff_section("OPTIONS", what.options) +
           roff_section("OPTIONS OF EVERY COMMAND", what.globals);
}

}
