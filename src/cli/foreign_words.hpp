#pragma once

#include "base/result.hpp"
#include "cli/args.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cli {

// What somebody who comes from Terraform or Pulumi types first, answered with our word for it.

// Our word for a command ("init", "workspace new"), or an empty text.
std::string answer_foreign_command(std::string_view path);

// A usage error for the first option that is written as elsewhere: `-target=web`. It looks before
// the arguments are parsed, as `-out=FILE` would be understood: as `-o ut=FILE`.
base::Result<void> refuse_foreign_options(const std::vector<std::string>& tokens, Args& args);

}
