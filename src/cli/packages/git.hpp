#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cli::packages {

// Who names an address: a package of this machine, or one that was fetched, which is a stranger's.
enum class Trust : unsigned char { Local, Fetched };

// What of a repository is wanted.
struct Wanted {
    std::string url;
    std::string ref_kind = "Head";   // "Head", "Branch", "Tag", "Commit"
    std::string ref = {};
};

// An address that the `git` program cannot take for anything else: https, ssh, `user@host:path`;
// and, where it comes from this machine, folders and file addresses. InvalidArgument says why not.
base::Result<void> check_address(std::string_view url, Trust trust);

// The `git` program, with our demands: no shell, no prompts, no hooks, no filters, only those
// protocols, so much time and so many bytes. What it fetches lies in a cache of ours.
class Git {
public:
    explicit Git(std::string cache) : cache_(std::move(cache)) {}

    // The commit that is wanted, with its files under trees/COMMIT of the cache. Where they lie
    // already and the commit is known beforehand, nobody is asked.
    base::Result<std::string> fetch(const Wanted& wanted, Trust trust);
    std::string folder(const std::string& commit) const;

private:
    base::Result<std::string> run(std::vector<std::string> arguments, Trust trust,
                                  const std::string& watched) const;
    base::Result<void> download(const std::string& repository, const Wanted& wanted,
                                Trust trust) const;
    base::Result<void> unpack(const std::string& repository, const std::string& commit) const;

    std::string cache_;
};

// SHA-256 over names and contents of all files below, in the order of their names. Links and
// whatever else is no file or folder are an error, as are more files than a package may have.
base::Result<std::string> hash_files(const std::string& folder);

}
