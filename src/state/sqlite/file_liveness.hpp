#pragma once

#include "state/liveness.hpp"

#include <memory>
#include <string>

namespace state::sqlite {

// A claim is a lock of the operating system on a file of its own, `.provisioning/runs/ID.lock`.
std::unique_ptr<Liveness> file_liveness(std::string directory);

}
