#pragma once

#include "base/ownership.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cli {

// Who runs the program, and where others' workspaces may be used.
struct SearchOptions {
    base::Person person;
    std::vector<std::string> trusted_folders;   // "*": all
};
// From the setting `workspace.trusted_folders`, and SUDO_UID where that counts.
SearchOptions search_options(std::string_view trusted_folders);

// The folder of the nearest main.ncl, from `start` upward. A program may start others, so it is
// only taken from a folder that nobody but the person decides about, as git's `safe.directory` has
// it; and what lies on another file system, or above a folder of somebody else, was not put there
// for this folder. NotFound says where the search ended and why; PermissionDenied (77) that there
// is one which is not taken.
base::Result<std::string> search_workspace(const std::string& start, const SearchOptions& options);

// Whether the folder lies in one of those.
bool is_trusted_folder(const std::string& folder, const SearchOptions& options);

// Whether the workspace in this folder may be used.
base::Result<void> check_owner(const std::string& folder, const SearchOptions& options);

}
