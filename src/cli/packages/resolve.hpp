#pragma once

#include "base/result.hpp"
#include "cli/packages/git.hpp"
#include "cli/packages/package_index.hpp"
#include "lang/loader.hpp"
#include "lang/packages.hpp"

#include <string>

namespace cli::packages {

// All that a manifest names and what those name, each pinned to a commit; their files are in the
// cache afterwards.
base::Result<lang::Lock> resolve(const std::string& manifest, Git& git, PackageIndex& index,
                                 const lang::EvaluationOptions& options);

// Gets what the lock names and the cache lacks; files that are not as the lock says are an error.
// How many packages were fetched.
base::Result<std::size_t> download(const lang::Lock& lock, Git& git);

std::string print_lock(const lang::Lock& lock);

}
