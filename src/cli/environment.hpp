#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The only place where variables of the process's environment mean something.
namespace cli {

std::optional<std::string> environment(const std::string& name);
// Names that begin with the prefix, sorted.
std::vector<std::string> environment_names(std::string_view prefix);

// The user's folders, after the XDG base directory specification: .../provisioning.
std::string user_config_folder();
std::string user_data_folder();
std::string user_state_folder();
std::string user_cache_folder();

}
