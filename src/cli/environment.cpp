#include "cli/environment.hpp"

#include "base/fs.hpp"
#include "base/process/environment.hpp"

namespace cli {

std::optional<std::string> environment(const std::string& name) {
    return base::environment_variable(name);
}

std::vector<std::string> environment_names(std::string_view prefix) {
    std::vector<std::string> names;
    for (const auto& [name, text] : base::environment_variables()) {
        if (name.starts_with(prefix)) names.push_back(name);
    }
    return names;
}

static std::string user_folder(const char* variable, const char* below_home) {
    const std::string given = environment(variable).value_or("");
    // The specification: a relative path is to be ignored.
    // XDG base directory specification.
    if (given.starts_with('/')) return base::join_path(given, "provisioning");
    const std::string home = environment("HOME").value_or("/");
    return base::join_path(base::join_path(home, below_home), "provisioning");
}

std::string user_config_folder() { return user_folder("XDG_CONFIG_HOME", ".config"); }
std::string user_data_folder() { return user_folder("XDG_DATA_HOME", ".local/share"); }
std::string user_cache_folder() { return user_folder("XDG_CACHE_HOME", ".cache"); }
std::string user_state_folder() { return user_folder("XDG_STATE_HOME", ".local/state"); }

}
