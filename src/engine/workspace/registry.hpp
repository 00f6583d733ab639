#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

// The user's list of workspaces, and the one in use: `workspaces.json` in the user's data folder.
// A list of names; what the workspaces hold is theirs alone.
class Registry {
public:
    struct Entry {
        std::string name;
        std::string folder;   // absolute
    };

    // A missing file is an empty list; a damaged one an error that names it.
    static base::Result<Registry> load(const std::string& data_folder);

    const std::vector<Entry>& entries() const { return entries_; }
    const Entry* current() const;
    const Entry* find(std::string_view name_or_folder) const;
    // NotFound with a suggestion.
    base::Result<Entry> require(std::string_view name_or_folder) const;

    // Each writes the file before it returns.
    base::Result<Entry> add(const std::string& folder, std::string name = {});
    base::Result<void> use(std::string_view name);
    base::Result<void> use_none();
    base::Result<void> remove(std::string_view name);

private:
    base::Result<void> save() const;
    std::string free_name(std::string wanted) const;

    std::string path_;
    std::vector<Entry> entries_;   // by name
    std::string current_;
};

}
