#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace engine {

// A folder with a main.ncl. All that is not the user's own lies in `.provisioning` beneath it.
class Workspace {
public:
    explicit Workspace(std::string folder) : folder_(std::move(folder)) {}

    // Writes what a new workspace needs: main.ncl and .gitignore. AlreadyExists when there is a
    // main.ncl.
    static base::Result<Workspace> create(const std::string& folder);

    const std::string& folder() const { return folder_; }
    std::string state_folder() const;
    std::string schemas_folder() const;
    std::string extensions_folder() const;
    // `default` (main.ncl) and each environments/NAME.ncl, sorted.
    base::Result<std::vector<std::string>> environments() const;
    // The file that is evaluated for an environment. NotFound suggests a name.
    base::Result<std::string> main_path(std::string_view environment) const;
    // Before the first state: keeps `.provisioning` out of git.
    base::Result<void> keep_out_of_git() const;

private:
    std::string folder_;
};

}
