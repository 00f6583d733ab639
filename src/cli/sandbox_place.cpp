#include "cli/sandbox_place.hpp"

#include "base/fs.hpp"
#include "cli/args.hpp"
#include "cli/context.hpp"
#include "engine/workspace/workspace.hpp"
#include "sandbox/cloud.hpp"

#include <fmt/core.h>

#include <charconv>

namespace cli {

void SandboxChoice::declare(Args& args) {
    args.option("dir", &folder,
                "the sandbox's folder; otherwise .provisioning/sandbox/CLOUD of the workspace")
        .value_name("DIR")
        .completes(Completes::Directory);
    std::vector<std::string_view> names;
    for (const sandbox::CloudType& type : sandbox::all_clouds()) names.push_back(type.name);
    args.option("cloud", &cloud, "which cloud it imitates").values(std::move(names));
}

std::string SandboxChoice::cloud_name() const {
    return cloud.value_or(std::string(sandbox::all_clouds().front().name));
}

base::Result<sandbox::SandboxFolder> SandboxChoice::sandbox_folder(Context& context) const {
    const std::string here = TRY(base::current_directory());
    // As an absolute path: the process is started in another folder.
    if (folder) return sandbox::SandboxFolder(base::join_path(here, *folder));
    const engine::Workspace workspace(TRY(context.workspace_folder()));
    return sandbox::SandboxFolder(base::join_path(base::join_path(here, workspace.state_folder()),
                                                  "sandbox/" + cloud_name()));
}

base::Result<std::int64_t> whole_number(std::string_view option, std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || number < 0) {
        return usage_error(fmt::format("--{} takes a whole number, not `{}`", option, text));
    }
    return number;
}

}
