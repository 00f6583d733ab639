#pragma once

#include <string>

namespace providers::local {

// The whole life of a supervisor, for a process that was started with nothing but three standard
// descriptors: detaches itself, takes the lock of the folder, tells "ready" or "error: …" on
// standard output and closes it, runs what the file `spec` there says until it is over.
// Returns the exit code.
int supervise(const std::string& folder);

}
