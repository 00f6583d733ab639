#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

enum class SettingType : unsigned char { Text, Number, Switch, Choice };

// What the settings.toml of a workspace may do to a setting. It comes with the repository, from
// whoever wrote that: it may be stricter than the person who uses it, and never laxer; it names no
// file that is written and starts nothing.
enum class WorkspaceMay : unsigned char {
    SetNothing,       // the person's alone
    Lower,            // a number: takes effect where it is smaller
    LowerAboveZero,   // the same, where 0 means that there is no limit
    Add,              // a list, by commas: takes effect beside the person's
    Narrow,           // a list of folders: takes effect as far as it lies in the person's
    Set,              // nothing is lost or gained by it
};

// A setting that exists. `name` is "section.key".
struct SettingSpec {
    std::string_view name;
    SettingType type;
    WorkspaceMay workspace;
    std::string_view fallback;
    std::string_view help;
    std::vector<std::string_view> choices;
};

// All of them: the one table to add to.
const std::vector<SettingSpec>& setting_specs();

struct Setting {
    const SettingSpec* spec;
    std::string value;
    std::string origin;   // "default", "FILE:3", "PROVISIONING_LOG_LEVEL", "--log-level"
};

// Settings with their origin: flag > environment > workspace file > user file > default. Files are
// TOML: sections, and in them texts, whole numbers, true and false.
class Settings {
public:
    Settings();

    // Who wrote a file of settings.
    enum class Author : unsigned char { Person, Workspace };

    // Later calls win over earlier ones; those of a workspace only as far as WorkspaceMay says.
    // A missing file is fine.
    base::Result<void> read_file(const std::string& path, Author author = Author::Person);
    base::Result<void> read_text(std::string_view text, const std::string& path,
                                 Author author = Author::Person);
    base::Result<void> read_environment();
    base::Result<void> set(std::string_view name, std::string_view value, std::string origin);
    base::Result<void> set_by_workspace(std::string_view name, std::string_view value,
                                        std::string origin, const std::string& folder);

    const std::string& text(std::string_view name) const;
    std::uint64_t number(std::string_view name) const;
    const Setting& find(std::string_view name) const;   // the name must exist
    const std::vector<Setting>& all() const { return settings_; }
    // What a workspace asked for and did not get, for people.
    const std::vector<std::string>& without_effect() const { return without_effect_; }

private:
    Setting* lookup(std::string_view name);
    base::Result<Setting*> checked(std::string_view name, std::string_view value,
                                   const std::string& origin);

    std::vector<Setting> settings_;
    std::vector<std::string> without_effect_;
};

// "log.level" is PROVISIONING_LOG_LEVEL.
std::string variable_of(std::string_view name);

}
