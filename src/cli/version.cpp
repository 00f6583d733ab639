#include "cli/version.hpp"

namespace cli {

std::string_view version_text() { return PROVISIONING_VERSION; }

}
