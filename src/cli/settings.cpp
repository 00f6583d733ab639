#include "cli/settings.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/environment.hpp"
#include "cli/exit_code.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace cli {

using base::Result;

static constexpr std::size_t kMaxFile = std::size_t{1} << 20U;

Settings::Settings() {
    for (const SettingSpec& spec : setting_specs()) {
        settings_.push_back({&spec, std::string(spec.fallback), "default"});
    }
}

std::string variable_of(std::string_view name) {
    std::string out = "PROVISIONING_";
    for (const char c : name) {
        out += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return out;
}

Setting* Settings::lookup(std::string_view name) {
    const auto found =
        std::find_if(settings_.begin(), settings_.end(),
                     [&](const Setting& setting) { return setting.spec->name == name; });
    return found == settings_.end() ? nullptr : &*found;
}

const Setting& Settings::find(std::string_view name) const {
    const Setting* setting = const_cast<Settings*>(this)->lookup(name);
    CHECK(setting != nullptr);
    return *setting;
}

static Result<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || end != text.data() + text.size()) {
        return base::invalid_argument(fmt::format("`{}` is not a whole number", text));
    }
    return number;
}

static Result<void> check_value(const SettingSpec& spec, std::string_view value) {
    switch (spec.type) {
        case SettingType::Text: return {};
        case SettingType::Number: TRY(parse_number(value)); return {};
        case SettingType::Switch:
            if (value == "true" || value == "false") return {};
            return base::invalid_argument(fmt::format("`{}` is neither true nor false", value));
        case SettingType::Choice:
            if (std::find(spec.choices.begin(), spec.choices.end(), value) != spec.choices.end()) {
                return {};
            }
            return base::invalid_argument(
                fmt::format("`{}` is not one of {}", value, base::join(spec.choices, ", ")));
    }
    UNREACHABLE();
}

Result<void> Settings::set(std::string_view name, std::string_view value, std::string origin) {
    Setting* setting = lookup(name);
    if (setting == nullptr) {
        std::vector<std::string_view> names;
        for (const Setting& known : settings_) names.push_back(known.spec->name);
        return base::invalid_argument(fmt::format("unknown setting `{}`", name))
            .with_exit_code(kExitBadConfiguration)
            .with_help(base::did_you_mean(name, names))
            .with_context(std::move(origin));
    }
    TRY(check_value(*setting->spec, value)
            .context(fmt::format("setting `{}`", name))
            .context(origin));
    setting->value = value;
    setting->origin = std::move(origin);
    return {};
}

static bool is_key(std::string_view text) {
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789_";
    return !text.empty() && text.find_first_not_of(kLetters) == std::string_view::npos;
}

// A text in double quotes, with the escapes \" and \\ and \n; anything else up to a comment.
static Result<std::string> parse_value(std::string_view text) {
    if (!text.starts_with('"')) {
        const std::string_view value = base::trim(text.substr(0, text.find('#')));
        if (value == "true" || value == "false" || parse_number(value)) return std::string(value);
        return base::invalid_argument(
            "a value is a text in double quotes, a whole number, true or false");
    }
    std::string value;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') {
            const std::string_view after = base::trim(text.substr(i + 1));
            if (!after.empty() && !after.starts_with('#')) {
                return base::invalid_argument("there is something after the text");
            }
            return value;
        }
        if (text[i] != '\\') {
            value += text[i];
            continue;
        }
        const char escaped = i + 1 < text.size() ? text[++i] : '\0';
        if (escaped != '"' && escaped != '\\' && escaped != 'n') {
            return base::invalid_argument("a text may have the escapes \\\" \\\\ \\n");
        }
        value += escaped == 'n' ? '\n' : escaped;
    }
    return base::invalid_argument("the text is not closed");
}

Result<void> Settings::read_line(std::string_view line, std::string& section,
                                 const std::string& place) {
    line = base::trim(line);
    if (line.empty() || line.starts_with('#')) return {};
    if (line.starts_with('[')) {
        const std::size_t end = line.find(']');
        const std::string_view name = base::trim(line.substr(1, end == line.npos ? 0 : end - 1));
        if (!is_key(name)) return base::invalid_argument("a section is written as [name]");
        section = name;
        return {};
    }
    const std::size_t equals = line.find('=');
    const std::string_view key = base::trim(line.substr(0, equals));
    if (equals == line.npos || !is_key(key) || section.empty()) {
        return base::invalid_argument("a setting is written as key = value, below a [section]");
    }
    const std::string value = TRY(parse_value(base::trim(line.substr(equals + 1))));
    return set(section + "." + std::string(key), value, place);
}

Result<void> Settings::read_file(const std::string& path) {
    if (!base::file_exists(path)) return {};
    return read_text(TRY(base::read_file(path, kMaxFile).context("reading settings")), path);
}

Result<void> Settings::read_text(std::string_view text, const std::string& path) {
    std::string section;
    std::size_t number = 0;
    for (const std::string_view line : base::split_lines(text)) {
        const std::string place = fmt::format("{}:{}", path, ++number);
        Result<void> read = read_line(line, section, place);
        if (read) continue;
        const auto& contexts = read.error().contexts();
        if (std::find(contexts.begin(), contexts.end(), place) != contexts.end()) return read;
        return std::move(read).context(place);
    }
    return {};
}

Result<void> Settings::read_environment() {
    for (const SettingSpec& spec : setting_specs()) {
        const std::string variable = variable_of(spec.name);
        if (const auto value = environment(variable)) TRY(set(spec.name, *value, variable));
    }
    return {};
}

const std::string& Settings::text(std::string_view name) const { return find(name).value; }

std::uint64_t Settings::number(std::string_view name) const {
    // Values were checked when they were set.
    return parse_number(find(name).value).value();
}

bool Settings::is_on(std::string_view name) const { return find(name).value == "true"; }

}
