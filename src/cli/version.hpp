#pragma once

#include <string_view>

namespace cli {

inline constexpr std::string_view kVersion = PROVISIONING_VERSION;

}
