#include "provider/programs.hpp"

#include "base/fs.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "provider/provider.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <sys/stat.h>
#include <unistd.h>

namespace provider {
namespace {

// Lengths go before texts: no two lists are written alike.
void add(std::string& out, std::string_view text) {
    out += std::to_string(text.size());
    out += ':';
    out += text;
}

bool is_interpreter(std::string_view word) {
    constexpr std::array<std::string_view, 18> kNames{
        "sh",   "bash", "dash", "zsh", "ksh", "fish", "env",    "python", "perl",
        "ruby", "node", "deno", "php", "lua", "awk",  "source", ".",      "exec"};
    std::string_view name = base::file_name(word);
    // python3, python3.12, perl5.36
    while (!name.empty() && (name.back() == '.' || (name.back() >= '0' && name.back() <= '9')) &&
           name != ".") {
        name.remove_suffix(1);
    }
    return std::ranges::find(kNames, name) != kNames.end();
}

// A word of a shell's text, or the end of a simple command.
std::vector<std::string> words_of(std::string_view text) {
    constexpr std::string_view kBetween = " \t\n\r\"'`$(){}<>=";
    constexpr std::string_view kEnds = ";|&\n";
    std::vector<std::string> out;
    std::string word;
    const auto end_word = [&] {
        if (!word.empty()) out.push_back(std::exchange(word, {}));
    };
    for (const char c : text) {
        const bool ends = kEnds.find(c) != std::string_view::npos;
        if (ends || kBetween.find(c) != std::string_view::npos) {
            end_word();
            if (ends) out.emplace_back();
        } else {
            word += c;
        }
    }
    end_word();
    return out;
}

// The regular file that a word names, if it lies in the workspace.
std::optional<std::string> inside(const std::string& word, const std::string& directory,
                                  const std::string& workspace_dir) {
    if (word.empty() || word.size() > 4096) return std::nullopt;
    auto real = base::real_path(base::join_path(directory, word));
    auto root = base::real_path(workspace_dir);
    if (!real.ok() || !root.ok() || !real->starts_with(*root + "/")) return std::nullopt;
    struct stat info{};
    if (::stat(real->c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
    return std::move(real).value();
}

void add_content(std::string& out, const std::string& file) {
    // One that cannot be read cannot be run either, or not as a script.
    const auto content = base::read_file(file);
    add(out, file);
    add(out, content.ok() ? base::sha256_hex(*content) : "unreadable");
}

// What of the words is run: what can be executed, and the first file that an interpreter is given.
// Other files are data, which may well change from run to run.
void add_scripts(std::string& out, const std::vector<std::string>& words,
                 const std::string& directory, const std::string& workspace_dir) {
    bool awaits_script = false;
    for (const std::string& word : words) {
        if (word.empty()) {
            awaits_script = false;
            continue;
        }
        if (const auto file = inside(word, directory, workspace_dir)) {
            if (awaits_script || ::access(file->c_str(), X_OK) == 0) add_content(out, *file);
            awaits_script = false;
        } else if (is_interpreter(word)) {
            awaits_script = true;
        }
    }
}

}

std::string identity_of(const ProgramStart& start, const std::string& workspace_dir) {
    std::string out;
    add(out, start.kind);
    add(out, start.file);
    add(out, start.directory);
    add(out, std::to_string(start.arguments.size()));
    for (const std::string& argument : start.arguments) add(out, argument);
    for (const auto& [name, text] : start.environment) {
        add(out, name);
        add(out, text);
    }
    add(out, std::to_string(start.passed.size()));
    for (const std::string& name : start.passed) add(out, name);
    if (const auto file = inside(start.file, start.directory, workspace_dir)) {
        add_content(out, *file);
    }
    add_scripts(out, start.arguments, start.directory, workspace_dir);
    // A text for a shell has commands in it.
    for (std::size_t i = 1; i + 1 < start.arguments.size(); ++i) {
        if (start.arguments[i] == "-c") {
            add_scripts(out, words_of(start.arguments[i + 1]), start.directory, workspace_dir);
        }
    }
    return out;
}

base::Result<void> may_start(const Host& host, const Program& program) {
    return host.programs != nullptr ? host.programs->may_start(program) : base::Result<void>();
}

base::Result<void> require(const Host& host, std::span<const Program> programs) {
    return host.programs != nullptr ? host.programs->require(programs) : base::Result<void>();
}

static void add_names(const std::vector<value::SecretPart>& parts, std::set<std::string>& names) {
    for (const value::SecretPart& part : parts) {
        if (part.kind == value::SecretPart::Kind::Reference) names.insert(part.text);
        add_names(part.of, names);
    }
}

static void add_names(const value::Value& value, std::set<std::string>& names) {
    if (!value.has_secret()) return;
    if (const value::SecretTemplate* text = value.as_secret_template()) {
        add_names(text->parts(), names);
    } else if (value.is_secret()) {
        names.insert("a value that is secret");   // an output, for instance
    } else if (const value::Value::Array* items = value.as_array()) {
        for (const value::Value& item : *items) add_names(item, names);
    } else if (const value::Value::Record* members = value.as_record()) {
        for (const auto& member : *members) add_names(member.second, names);
    }
}

std::vector<Program> secrets_for(std::string_view who, std::string_view role,
                                 const value::Value& value) {
    std::set<std::string> names;
    if (!who.empty()) add_names(value, names);
    std::vector<Program> out;
    for (const std::string& name : names) {
        Program one{.role = std::string(role),
                    .origin = {},
                    .command = {name, std::string(who)},
                    .passed = {},
                    .identity = {},
                    .kind = Program::Kind::Secret};
        add(one.identity, "secret");
        add(one.identity, name);
        add(one.identity, who);
        out.push_back(std::move(one));
    }
    return out;
}

std::string shown(const Program& program) {
    if (program.kind == Program::Kind::Start) return shown_command(program.command);
    return base::escape_controls(base::join(program.command, " to "));
}

std::string shown_command(const std::vector<std::string>& command) {
    std::string out;
    for (const std::string& word : command) {
        out += (out.empty() ? "" : " ") + base::quote_shell(word);
    }
    return base::escape_controls(out);
}

}
