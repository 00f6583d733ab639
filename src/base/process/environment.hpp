#pragma once

#include <map>
#include <optional>
#include <string>

// The variables of this process. For `cli`, which decides what they mean, and for what children
// inherit: nothing else depends on them. They are not changed after the start.
namespace base {

std::optional<std::string> environment_variable(const std::string& name);
std::map<std::string, std::string, std::less<>> environment_variables();

}
