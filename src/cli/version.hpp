#pragma once

#include <string_view>

namespace cli {

// Of this program: "0.1.0".
std::string_view version_text();

}
