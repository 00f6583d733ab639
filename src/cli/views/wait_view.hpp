#pragma once

#include "base/patience.hpp"

#include <string>

namespace cli {

// "connections.hz (hetzner) at 127.0.0.1:9: no connection: Connection refused; next try in 3 s,
// giving up in 18 s"
std::string wait_text(const base::Patience::Wait& wait);

}
