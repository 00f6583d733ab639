#include "cli/workspace_search.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/environment.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include <unistd.h>

namespace cli {

using base::Belongs;
using base::Result;

SearchOptions search_options(std::string_view trusted_folders) {
    SearchOptions out;
    out.person.user = ::geteuid();
    // Only for root: for anybody else the variable would be a way to name other people's folders.
    if (out.person.user == 0) {
        const std::string text = environment("SUDO_UID").value_or("");
        uid_t user = 0;
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), user);
        if (!text.empty() && failure == std::errc{} && end == text.data() + text.size()) {
            out.person.before_sudo = user;
        }
    }
    for (const std::string_view folder : base::split(trusted_folders, ':')) {
        if (!folder.empty()) out.trusted_folders.emplace_back(folder);
    }
    return out;
}

bool is_trusted_folder(const std::string& folder, const SearchOptions& options) {
    return std::ranges::any_of(options.trusted_folders, [&](const std::string& trusted) {
        if (trusted == "*") return true;
        auto real = base::real_path(trusted);
        if (!real.ok()) return false;
        std::string root = std::move(real).value();
        if (root == folder) return true;
        if (!root.ends_with('/')) root += '/';
        return folder.starts_with(root);
    });
}

namespace {

std::string why_not(const std::string& folder, const base::FolderOwner& owner) {
    if (owner.belongs == Belongs::ToEverybody) return folder + " can be written by everybody";
    return fmt::format("{} belongs to {}", folder, base::name_of_user(owner.user));
}

base::Error not_here(const std::string& start, const std::string& reason) {
    return base::not_found(fmt::format("no main.ncl in {} or a folder above it{}{}", start,
                                       reason.empty() ? "" : "; the search ended, as ", reason))
        .with_help("change to a workspace, name one with -C DIR, or make one with "
                   "`provisioning workspace init`");
}

}

Result<void> check_owner(const std::string& folder, const SearchOptions& options) {
    const base::FolderOwner owner = TRY(base::owner_of(folder, options.person));
    if (owner.belongs == Belongs::ToPerson || is_trusted_folder(folder, options)) return {};
    const std::string help =
        fmt::format("{}; to use it all the same: {}={}",
                    owner.belongs == Belongs::ToEverybody
                        ? fmt::format("`chmod o-w {}` ends that", base::quote_shell(folder))
                        : std::string("copy it, so that it is yours"),
                    "PROVISIONING_WORKSPACE_TRUSTED_FOLDERS", base::quote_shell(folder));
    return base::Error(base::Code::PermissionDenied,
                       fmt::format("the workspace in {} is not used: {}", folder,
                                   owner.belongs == Belongs::ToEverybody
                                       ? "everybody can write to that folder"
                                       : "the folder belongs to " + base::name_of_user(owner.user)))
        .with_help(help);
}

Result<std::string> search_workspace(const std::string& start, const SearchOptions& options) {
    const base::FolderOwner first = TRY(base::owner_of(start, options.person));
    // Upwards, so that commands work in any folder of a workspace.
    for (std::string folder = start;; folder = base::parent_path(folder)) {
        const base::FolderOwner owner = TRY(base::owner_of(folder, options.person));
        if (owner.file_system != first.file_system) {
            return not_here(start, folder + " is on another file system");
        }
        if (base::file_exists(base::join_path(folder, "main.ncl"))) {
            TRY(check_owner(folder, options));
            return folder;
        }
        if (folder == "/") return not_here(start, "");
        if (is_trusted_folder(folder, options)) continue;
        switch (owner.belongs) {
            case Belongs::ToPerson: continue;
            // /home and /tmp are where everybody's own begins: nobody expects more above them.
            case Belongs::ToSystem: return not_here(start, "");
            case Belongs::ToEverybody:
                return not_here(start,
                                owner.is_sticky && owner.user == 0 ? "" : why_not(folder, owner));
            case Belongs::ToSomebody: return not_here(start, why_not(folder, owner));
        }
    }
}

}
