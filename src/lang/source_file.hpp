#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <stop_token>
#include <string>

namespace lang {

// The whole of a file that a program names. Not only regular files: `import "/dev/stdin"` and what
// a shell makes of `<(command)` are pipes, and the official implementation reads them too. So
// nothing here waits without an eye on the stop token: Cancelled soon after it is asked to stop,
// also for a pipe that nobody writes to. Exhausted for more than `max_bytes`, as of /dev/zero.
base::Result<std::string> read_source_file(const std::string& path, std::size_t max_bytes,
                                           const std::stop_token& stop);

}
