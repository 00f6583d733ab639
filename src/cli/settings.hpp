#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

enum class SettingType : unsigned char { Text, Number, Switch, Choice };

// A setting that exists. `name` is "section.key".
struct SettingSpec {
    std::string_view name;
    SettingType type;
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

    // Later calls win over earlier ones.
    base::Result<void> read_file(const std::string& path);   // a missing file is fine
    base::Result<void> read_text(std::string_view text, const std::string& path);
    base::Result<void> read_environment();
    base::Result<void> set(std::string_view name, std::string_view value, std::string origin);

    const std::string& text(std::string_view name) const;
    std::uint64_t number(std::string_view name) const;
    const Setting& find(std::string_view name) const;   // the name must exist
    const std::vector<Setting>& all() const { return settings_; }

private:
    Setting* lookup(std::string_view name);

    std::vector<Setting> settings_;
};

// "log.level" is PROVISIONING_LOG_LEVEL.
std::string variable_of(std::string_view name);

}
