#include "cli/environment.hpp"

#include "base/fs.hpp"

#include <algorithm>
#include <cstdlib>

#include <unistd.h>

namespace cli {

std::optional<std::string> environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());   // NOLINT: nothing sets variables later
    if (value == nullptr) return std::nullopt;
    return value;
}

std::vector<std::string> environment_names(std::string_view prefix) {
    std::vector<std::string> names;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        if (text.starts_with(prefix)) names.emplace_back(text.substr(0, text.find('=')));
    }
    std::sort(names.begin(), names.end());
    return names;
}

static std::string user_folder(const char* variable, const char* below_home) {
    const std::string given = environment(variable).value_or("");
    // The specification: a relative path is to be ignored.
    if (given.starts_with('/')) return base::join_path(given, "provisioning");
    const std::string home = environment("HOME").value_or("/");
    return base::join_path(base::join_path(home, below_home), "provisioning");
}

std::string user_config_folder() { return user_folder("XDG_CONFIG_HOME", ".config"); }
std::string user_data_folder() { return user_folder("XDG_DATA_HOME", ".local/share"); }

}
