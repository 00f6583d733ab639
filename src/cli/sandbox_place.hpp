#pragma once

#include "base/result.hpp"
#include "sandbox/control/sandbox_folder.hpp"

#include <optional>
#include <string>

namespace cli {

class Args;
class Context;

// What every `sandbox` command takes to know which one is meant.
struct SandboxChoice {
    std::optional<std::string> folder;
    std::optional<std::string> cloud;

    void declare(Args& args);
    std::string cloud_name() const;   // the first of those that there are, if none was named
    // The folder that was named, or that of the cloud in the workspace.
    base::Result<sandbox::SandboxFolder> sandbox_folder(Context& context) const;
};

// A whole number of an option; the error names the option.
base::Result<std::int64_t> whole_number(std::string_view option, std::string_view text);

}
