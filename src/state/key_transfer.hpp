#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"

#include <string>
#include <string_view>

namespace state {

struct OpenOptions;

// A workspace's key as a text that another checkout of the workspace can be given: with the id of
// the workspace, as plans and tags name it. NotFound when there is no state.
base::Result<base::SecretText> export_key(const OpenOptions& options);

// Gives a workspace without a state the key, and an empty state of the same workspace. True: it was
// there already. FailedPrecondition when there is a state, or a key, that is another one;
// InvalidArgument for what is no exported key.
base::Result<bool> import_key(const OpenOptions& options, std::string_view text);

}
