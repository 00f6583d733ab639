#include "cli/settings.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/environment.hpp"
#include "json/error.hpp"
#include "json/toml/reader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace cli {

using base::Result;

// A settings file of a megabyte is not one.
static constexpr std::size_t kMaxFile = std::size_t{1} << 20U;

Settings::Settings() {
    for (const SettingSpec& spec : setting_specs()) {
        settings_.push_back({&spec, std::string(spec.fallback), "default"});
    }
}

// limits.memory: PROVISIONING_LIMITS_MEMORY.
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
        // "99999999999999999999" is a whole number, and to say that it is none would be puzzling.
        if (text.find_first_not_of("0123456789") == std::string_view::npos && !text.empty())
            return base::invalid_argument(fmt::format("{} does not fit in 64 bits", text));
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

// The first wrong value ends it, with its place: a typing mistake in `limits` should not quietly
// mean the default.
Result<Setting*> Settings::checked(std::string_view name, std::string_view value,
                                   const std::string& origin) {
    Setting* setting = lookup(name);
    if (setting == nullptr) {
        std::vector<std::string_view> names;
        for (const Setting& known : settings_) names.push_back(known.spec->name);
        return base::invalid_argument(fmt::format("unknown setting `{}`", name))
            .with_help(base::did_you_mean(name, names))
            .with_context(origin);
    }
    TRY(check_value(*setting->spec, value)
            .context(fmt::format("setting `{}`", name))
            .context(origin));
    return setting;
}

Result<void> Settings::set(std::string_view name, std::string_view value, std::string origin) {
    Setting* setting = TRY(checked(name, value, origin));
    setting->value = value;
    setting->origin = std::move(origin);
    return {};
}

static bool is_lower(const Setting& now, std::string_view value, bool zero_is_none) {
    const std::uint64_t wanted = parse_number(value).value();
    const std::uint64_t limit = parse_number(now.value).value();
    // Where 0 means "no limit" it is the highest of all.
    if (!zero_is_none) return wanted < limit;
    return wanted != 0 && (limit == 0 || wanted < limit);
}

// With all links followed, where there is something; two ways to write a folder are one folder.
static std::string real_folder(std::string_view folder) {
    auto real = base::real_path(std::string(folder));
    return real.ok() ? std::move(real).value() : base::normal_path(folder);
}

// The folders of a workspace that lie in those of the person, or in the workspace itself if the
// person named none: that is what is read then. Relative ones mean the workspace.
static std::vector<std::string> narrowed(std::string_view persons, std::string_view wanted,
                                         const std::string& folder) {
    if (persons.empty()) persons = folder;
    std::vector<std::string> out;
    for (const std::string_view each : base::split(wanted, ':')) {
        if (each.empty()) continue;
        std::string inner = real_folder(base::join_path(folder, each));
        bool is_inside = false;
        for (const std::string_view outer : base::split(persons, ':')) {
            if (outer.empty()) continue;
            std::string root = real_folder(outer);
            if (root == inner) is_inside = true;
            if (!root.ends_with('/')) root += '/';
            if (inner.starts_with(root)) is_inside = true;
        }
        if (is_inside) out.push_back(std::move(inner));
    }
    return out;
}

Result<void> Settings::set_by_workspace(std::string_view name, std::string_view value,
                                        std::string origin, const std::string& folder) {
    Setting* setting = TRY(checked(name, value, origin));
    const auto takes = [&](std::string_view text) {
        setting->value = text;
        setting->origin = origin;
    };
    bool has_effect = true;
    switch (setting->spec->workspace) {
        case WorkspaceMay::SetNothing:
            return base::invalid_argument(fmt::format("a workspace may not set `{}`", name))
                .with_help(fmt::format("remove the line; who uses the workspace may set it, in {} "
                                       "or with {}",
                                       "~/.config/provisioning/settings.toml", variable_of(name)))
                .with_context(std::move(origin));
        case WorkspaceMay::Set: takes(value); break;
        case WorkspaceMay::Lower:
        case WorkspaceMay::LowerAboveZero:
            has_effect =
                is_lower(*setting, value, setting->spec->workspace == WorkspaceMay::LowerAboveZero);
            if (has_effect) takes(value);
            break;
        // To what the person has, never instead of it.
        case WorkspaceMay::Add:
            takes(setting->value.empty() ? std::string(value)
                                         : setting->value + "," + std::string(value));
            break;
        case WorkspaceMay::Narrow: {
            const std::vector<std::string> folders = narrowed(setting->value, value, folder);
            has_effect = !folders.empty();
            // Nothing left would mean no limit at all.
            if (has_effect) takes(base::join(folders, ":"));
            break;
        }
    }
    if (!has_effect) {
        without_effect_.push_back(fmt::format(
            "{}: `{}` has no effect: a workspace may only be stricter than {} ({})", origin, name,
            setting->value.empty() ? "nothing" : setting->value, setting->origin));
    }
    return {};
}

namespace {

// Takes settings.toml apart: tables are sections, what is in them are settings.
// Straight from the reader's events: values are texts until their type is checked, and each one's
// place is at hand.
class SettingsFile final : public json::Events {
public:
    SettingsFile(Settings& settings, std::string_view text, const std::string& path,
                 Settings::Author author)
        : settings_(settings), text_(text), path_(path), author_(author) {}

    Result<void> null(json::Span span) override { return no_value(span); }
    Result<void> boolean(bool value, json::Span span) override {
        return set(value ? "true" : "false", span);
    }
    Result<void> number(std::string_view text, json::Span span) override { return set(text, span); }
    Result<void> string(std::string_view value, json::Span span) override {
        return set(value, span);
    }
    Result<void> begin_array(json::Span span) override { return no_value(span); }
    Result<void> end_array(json::Span) override { return {}; }
    // The file is the first object, a section the second.
    Result<void> begin_object(json::Span span) override {
        // A table within a section has no setting that it could stand for.
        if (depth_ == 2) return no_value(span);
        if (++depth_ == 2) section_ = key_;
        return {};
    }
    Result<void> key(std::string_view name, json::Span span) override {
        key_ = name;
        key_span_ = span;
        return {};
    }
    Result<void> end_object(json::Span) override {
        --depth_;
        return {};
    }

    std::string place_of_key() const { return place(key_span_); }

private:
    std::string place(json::Span span) const {
        return fmt::format("{}:{}", path_, json::position_of(text_, span.begin).line);
    }
    Result<void> set(std::string_view value, json::Span) {
        if (depth_ == 2) {
            const std::string name = section_ + "." + key_;
            if (author_ == Settings::Author::Person) {
                return settings_.set(name, value, place(key_span_));
            }
            return settings_.set_by_workspace(name, value, place(key_span_),
                                              std::string(base::parent_path(path_)));
        }
        return base::invalid_argument("a setting is written as key = value, below a [section]")
            .with_context(place(key_span_));
    }
    Result<void> no_value(json::Span span) const {
        return base::invalid_argument(
                   "a value is a text in double quotes, a whole number, true or false")
            .with_context(place(span));
    }

    Settings& settings_;
    std::string_view text_;
    const std::string& path_;
    Settings::Author author_;
    int depth_ = 0;
    std::string section_;
    std::string key_;
    json::Span key_span_;
};

}

Result<void> Settings::read_file(const std::string& path, Author author) {
    // Nobody has to have one. What is there and cannot be read is told.
    if (!base::file_exists(path)) return {};
    TRY(base::expect_file(path).context("reading settings"));
    return read_text(TRY(base::read_file(path, kMaxFile).context("reading settings")), path,
                     author);
}

Result<void> Settings::read_text(std::string_view text, const std::string& path, Author author) {
    SettingsFile file(*this, text, path, author);
    Result<void> read = json::toml::read(text, file, {.max_bytes = kMaxFile, .max_depth = 8});
    if (read) return {};
    const auto* syntax = dynamic_cast<const json::SyntaxError*>(read.error().detail());
    if (syntax == nullptr) {
        // A number that fits nowhere is found without a place, while its value is handed over.
        return read.error().contexts().empty() ? std::move(read).context(file.place_of_key())
                                               : std::move(read);
    }
    return base::invalid_argument(syntax->message)
        .with_help("settings are TOML: a [section], then key = value with a text in double quotes, "
                   "a whole number, true or false")
        .with_context(fmt::format("{}:{}", path, syntax->position.line));
}

Result<void> Settings::read_environment() {
    // By the known names; the others are told by `settings`.
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

}
