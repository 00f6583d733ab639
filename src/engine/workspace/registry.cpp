#include "engine/workspace/registry.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "json/value.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace engine {

base::Result<Registry> Registry::load(const std::string& data_folder) {
    Registry registry;
    registry.path_ = base::join_path(data_folder, "workspaces.json");
    // No workspace was ever added: that is no mistake, and the file is only written with the
    // first.
    if (!base::file_exists(registry.path_)) return registry;
    auto parsed = json::parse(TRY(base::read_file(registry.path_)));
    const json::Value* entries = parsed.ok() ? parsed->find("workspaces") : nullptr;
    // A damaged list is not begun anew: the next `add` would write it, and the names of all others
    // would be lost.
    if (entries == nullptr || !entries->is_array()) {
        return base::Error(base::Code::DataLoss,
                           fmt::format("{} is not a list of workspaces", registry.path_))
            .with_help("move it away")
            .with_advice({.next = base::Next::AddWorkspace});
    }
    for (const json::Value& entry : *entries->as_array()) {
        registry.entries_.push_back({.name = std::string(entry.string_or("name", "")),
                                     .folder = std::string(entry.string_or("folder", ""))});
    }
    registry.current_ = parsed->string_or("current", "");
    return registry;
}

const Registry::Entry* Registry::current() const {
    for (const Entry& entry : entries_) {
        if (entry.name == current_) return &entry;
    }
    return nullptr;
}

const Registry::Entry* Registry::find(std::string_view name_or_folder) const {
    for (const Entry& entry : entries_) {
        if (entry.name == name_or_folder || entry.folder == name_or_folder) return &entry;
    }
    return nullptr;
}

base::Result<Registry::Entry> Registry::require(std::string_view name_or_folder) const {
    if (const Entry* entry = find(name_or_folder)) return *entry;
    // Last, as links are followed here: what was written as `.` or through a link is in the list
    // under its real path.
    auto folder = base::real_path(std::string(name_or_folder));
    if (folder.ok()) {
        if (const Entry* entry = find(*folder)) return *entry;
    }
    std::vector<std::string> names;
    for (const Entry& entry : entries_) names.push_back(entry.name);
    base::Error error =
        base::not_found(fmt::format("no workspace `{}` in the list", name_or_folder));
    std::string help = base::did_you_mean(name_or_folder, names);
    if (!help.empty()) return std::move(error).with_help(std::move(help));
    return std::move(error).with_advice({.next = base::Next::ListWorkspaces});
}

std::string Registry::free_name(std::string wanted) const {
    auto taken = [&](const std::string& name) {
        return std::any_of(entries_.begin(), entries_.end(),
                           [&](const Entry& e) { return e.name == name; });
    };
    if (!taken(wanted)) return wanted;
    for (int i = 2;; ++i) {
        std::string name = fmt::format("{}-{}", wanted, i);
        if (!taken(name)) return name;
    }
}

base::Result<Registry::Entry> Registry::add(const std::string& folder, std::string name) {
    // Adding it again is no error, so that a script may. With another name it is a wish to rename
    // it.
    if (const Entry* known = find(folder);
        known != nullptr && (name.empty() || known->name == name)) {
        return *known;
    }
    if (!name.empty() && find(name) != nullptr) {
        return base::Error(base::Code::AlreadyExists,
                           fmt::format("the name `{}` is taken by {}", name, find(name)->folder));
    }
    // A folder stands in the list once: it is renamed rather than listed twice.
    std::erase_if(entries_, [&](const Entry& entry) { return entry.folder == folder; });
    if (name.empty()) name = free_name(std::string(base::file_name(folder)));
    Entry entry{.name = std::move(name), .folder = folder};
    entries_.push_back(entry);
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.name < b.name; });
    TRY(save());
    return entry;
}

base::Result<void> Registry::use(std::string_view name) {
    current_ = TRY(require(name)).name;
    return save();
}

base::Result<void> Registry::use_none() {
    current_.clear();
    return save();
}

base::Result<void> Registry::remove(std::string_view name) {
    const std::string wanted = TRY(require(name)).name;
    std::erase_if(entries_, [&](const Entry& entry) { return entry.name == wanted; });
    // Another would be a guess, and the next `apply` would go to a workspace nobody chose.
    if (current_ == wanted) current_.clear();
    return save();
}

base::Result<void> Registry::save() const {
    json::Array workspaces;
    for (const Entry& entry : entries_) {
        workspaces.push_back(json::Object{{"name", entry.name}, {"folder", entry.folder}});
    }
    const json::Object document{
        {"format", 1}, {"current", current_}, {"workspaces", std::move(workspaces)}};
    // A folder's name may be no UTF-8.
    const std::string text = base::mend_utf8(json::to_pretty_text(document)) + "\n";
    TRY(base::make_directories(std::string(base::parent_path(path_))));
    return base::write_file_atomic(path_, text);
}

}
