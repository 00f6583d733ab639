#pragma once

#include "base/result.hpp"
#include "cli/packages/git.hpp"
#include "cli/packages/versions.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli::packages {

// "github:OWNER/REPOSITORY[/PATH]"
struct PackageId {
    std::string owner;
    std::string name;
    std::string path;

    static std::optional<PackageId> parse(std::string_view text);
};

// One version of a package in the index: which commit of which repository it is.
struct IndexEntry {
    Version version;
    std::string url;
    std::string commit;
    std::string path;
};

// An index is a git repository: the file `github/OWNER/REPOSITORY`, with `%@PATH` behind it for a
// package that is not at the root of its repository, has a line of JSON for each version. It is
// fetched once for a command, when it is first asked.
class PackageIndex {
public:
    PackageIndex(Git& git, std::string url) : git_(git), url_(std::move(url)) {}

    // The highest version that the requirement takes.
    base::Result<IndexEntry> find(std::string_view package, std::string_view requirement);

    // Where repositories of `github:` are, for tests a folder.
    std::string github = "https://github.com/";

private:
    base::Result<std::vector<IndexEntry>> versions_of(const PackageId& id);

    Git& git_;
    std::string url_;
    std::string folder_;   // empty: not fetched yet
};

}
