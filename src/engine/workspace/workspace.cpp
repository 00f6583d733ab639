#include "engine/workspace/workspace.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {
namespace {

constexpr std::string_view kMain =
    R"(# The resources of this workspace: a plan shows what applying them would change.
let local = import "provisioning/local.ncl" in
{
  resources = {
    hello | local.File = {
      path = "hello.txt",
      content = "Hello from provisioning.\n",
    },
  },

  outputs.sha256 = resources.hello.sha256,
}
)";
constexpr std::string_view kIgnored = ".provisioning/";

// Only what stays inside `environments/`: names come from the command line, and `../x` would
// evaluate a file from elsewhere.
bool is_name(std::string_view name) {
    return !name.empty() && name.find('/') == std::string_view::npos && name != "." && name != "..";
}

}

base::Result<Workspace> Workspace::create(const std::string& folder) {
    TRY(base::make_directories(folder));
    Workspace workspace(TRY(base::real_path(folder)));
    const std::string main = base::join_path(workspace.folder_, "main.ncl");
    // With `replace` off the check and the writing are one step: of two that make a workspace at
    // once, one is told AlreadyExists.
    auto written = base::write_file_atomic(main, kMain, {.replace = false});
    if (!written.ok()) return std::move(written).error().with_context("making a workspace");
    TRY(workspace.keep_out_of_git());
    return workspace;
}

std::string Workspace::state_folder() const { return base::join_path(folder_, ".provisioning"); }

std::string Workspace::schemas_folder() const { return base::join_path(folder_, "schemas"); }

std::string Workspace::extensions_folder() const { return base::join_path(folder_, "extensions"); }

base::Result<std::vector<std::string>> Workspace::environments() const {
    std::vector<std::string> names{"default"};
    const std::string folder = base::join_path(folder_, "environments");
    if (!base::is_directory(folder)) return names;
    for (const std::string& file : TRY(base::list_directory(folder))) {
        // A file named `.ncl` alone has no name to call it by.
        // `default` is main.ncl, whatever lies here.
        if (file.size() > 4 && file.ends_with(".ncl") && file != "default.ncl")
            names.push_back(file.substr(0, file.size() - 4));
    }
    // `default` stays first: it is what is meant when none is named.
    std::sort(names.begin() + 1, names.end());
    return names;
}

base::Result<std::string> Workspace::main_path(std::string_view environment) const {
    if (environment == "default") return base::join_path(folder_, "main.ncl");
    if (is_name(environment)) {
        std::string path =
            base::join_path(folder_, fmt::format("environments/{}.ncl", environment));
        if (base::file_exists(path)) return path;
    }
    std::vector<std::string> names = TRY(environments());
    std::string help = base::did_you_mean(environment, names);
    if (help.empty()) help = fmt::format("the environments are: {}", base::join(names, ", "));
    return base::not_found(fmt::format("no environment `{}` in {}", environment, folder_))
        .with_help(std::move(help));
}

base::Result<void> Workspace::keep_out_of_git() const {
    const std::string path = base::join_path(folder_, ".gitignore");
    std::string text;
    if (base::file_exists(path)) text = TRY(base::read_file(path));
    for (std::string_view line : base::split_lines(text)) {
        // Both ways in which users write it; a pattern that covers it otherwise costs one line too
        // many.
        if (line == kIgnored || line == ".provisioning") return {};
    }
    if (!text.empty() && text.back() != '\n') text += '\n';
    return base::write_file_atomic(path, text + std::string(kIgnored) + "\n");
}

}
