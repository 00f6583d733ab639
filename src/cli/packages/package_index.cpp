#include "cli/packages/package_index.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "json/value.hpp"

#include <algorithm>

namespace cli::packages {

using base::Code;
using base::Error;
using base::Result;

static bool is_name(std::string_view text) {
    return !text.empty() && !text.starts_with('.') && !text.starts_with('-') &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '.' || c == '-';
           });
}

std::optional<PackageId> PackageId::parse(std::string_view text) {
    constexpr std::string_view kKind = "github:";
    if (!text.starts_with(kKind)) return {};
    text.remove_prefix(kKind.size());
    PackageId id;
    std::size_t count = 0;
    for (const std::string_view part : base::split(text, '/')) {
        if (!is_name(part)) return {};
        if (count == 0) id.owner = part;
        if (count == 1) id.name = part;
        if (count >= 2) id.path += (count == 2 ? "" : "/") + std::string(part);
        ++count;
    }
    if (count < 2) return {};
    return id;
}

Result<std::vector<IndexEntry>> PackageIndex::versions_of(const PackageId& id) {
    const std::string folder = base::join_path(folder_, "github/" + id.owner);
    std::vector<IndexEntry> entries;
    if (!base::is_directory(folder)) return entries;
    for (const std::string& file : TRY(base::list_directory(folder))) {
        if (file != id.name && !file.starts_with(id.name + "%")) continue;
        const std::string text = TRY(base::read_file(base::join_path(folder, file)));
        for (const std::string_view line : base::split(text, '\n')) {
            if (base::trim(line).empty()) continue;
            const json::Value entry = TRY(json::parse(line).context("reading the index"));
            const json::Value* about = entry.find("id", "github");
            const json::Value* version = entry.find("version");
            if (about == nullptr || version == nullptr) continue;
            if (about->string_or("org", "") != id.owner ||
                about->string_or("name", "") != id.name || about->string_or("path", "") != id.path)
                continue;
            const auto number = [&](std::string_view name) {
                return static_cast<std::uint64_t>(
                    std::max<std::int64_t>(0, version->int64_or(name, 0)));
            };
            entries.push_back({.version = {number("major"), number("minor"), number("patch"),
                                           std::string(version->string_or("pre", ""))},
                               .url = github + id.owner + "/" + id.name,
                               .commit = std::string(about->string_or("commit", "")),
                               .path = id.path});
        }
    }
    return entries;
}

Result<IndexEntry> PackageIndex::find(std::string_view package, std::string_view requirement) {
    const auto id = PackageId::parse(package);
    if (!id)
        return Error(Code::InvalidArgument,
                     "`" + std::string(package) + "` is not of the form github:OWNER/REPOSITORY");
    const auto wanted = Requirement::parse(requirement);
    if (!wanted)
        return Error(Code::InvalidArgument,
                     "`" + std::string(requirement) + "` is not a version such as 1.2 or =1.2.3");
    if (folder_.empty()) {
        const std::string commit = TRY(
            git_.fetch({.url = url_}, Trust::Local).context("looking at the index of packages"));
        folder_ = git_.folder(commit);
    }
    const std::vector<IndexEntry> entries = TRY(versions_of(*id));
    const IndexEntry* best = nullptr;
    std::vector<std::string> known;
    for (const IndexEntry& entry : entries) {
        known.push_back(entry.version.text());
        if (wanted->takes(entry.version) && (best == nullptr || best->version < entry.version))
            best = &entry;
    }
    if (best != nullptr) return *best;
    const std::string what = "the index has no `" + std::string(package) + "`";
    if (known.empty()) return Error(Code::NotFound, what);
    return Error(Code::NotFound, what + " of version " + std::string(requirement) + "; it has " +
                                     base::join(known, ", "));
}

}
