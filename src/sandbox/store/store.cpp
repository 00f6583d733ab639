#include "sandbox/store/store.hpp"

#include "base/random.hpp"
#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace sandbox {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 30;
constexpr std::size_t kLeastJournal = std::size_t{4} << 20;   // before a new snapshot is worth it
constexpr json::Limits kLimits{.max_bytes = kMaxBytes};

// 2^53: sums with it stay far from the end of an int64, and other programs read it exactly.
constexpr std::int64_t kMostCounted = std::int64_t{1} << 53;   // of any number that is counted up

// A thing with the id that it is kept by.
bool is_record(const json::Value& value, std::int64_t id) {
    const json::Value* own = value.is_object() ? value.find("id") : nullptr;
    return own != nullptr && own->as_int64() != nullptr && *own->as_int64() == id;
}

base::Error corrupt(std::string_view path, std::string_view what) {
    return base::Error(base::Code::DataLoss,
                       fmt::format("the sandbox's file {}: {}", base::quote_json(path), what))
        .with_advice({.next = base::Next::ResetSandbox});
}

}

std::int64_t id_of(const Record& record) { return record.int64_or("id", 0); }

void put(Record& record, std::string_view key, json::Value value) {
    record.as_object()->set(std::string(key), std::move(value));
}

json::Array& list_in(Record& record, std::string_view key) {
    json::Value* list = record.as_object()->find(key);
    if (list == nullptr || list->as_array() == nullptr) {
        list = &record.as_object()->set(std::string(key), json::Array{});
    }
    return *list->as_array();
}

bool has_id(const Record& record, std::string_view key, std::int64_t id) {
    const json::Value* list = record.find(key);
    if (list == nullptr || list->as_array() == nullptr) return false;
    const json::Array& ids = *list->as_array();
    return std::find(ids.begin(), ids.end(), json::Value(id)) != ids.end();
}

void add_id(Record& record, std::string_view key, std::int64_t id) {
    if (!has_id(record, key, id)) list_in(record, key).emplace_back(id);
}

void remove_id(Record& record, std::string_view key, std::int64_t id) {
    std::erase(list_in(record, key), json::Value(id));
}

base::Result<std::unique_ptr<Store>> Store::open(std::string folder, std::uint64_t seed) {
    std::unique_ptr<Store> store(new Store(std::move(folder), seed));
    if (!store->folder_.empty()) TRY(store->load().context("loading the sandbox's world"));
    return store;
}

std::string Store::journal_path(std::int64_t generation) const {
    return base::join_path(folder_, fmt::format("journal-{}", generation));
}

base::Result<void> Store::load() {
    TRY(base::make_directories(folder_, 0700));
    const std::string path = base::join_path(folder_, "world.json");
    if (base::file_exists(path)) {
        const std::string text = TRY(base::read_file(path, kMaxBytes));
        auto snapshot = json::parse(text, kLimits);
        if (!snapshot.ok()) return corrupt(path, snapshot.error().message());
        TRY(load_snapshot(*snapshot));
        snapshot_bytes_ = text.size();
    } else {
        TRY(write_snapshot());
    }
    const std::string journal = journal_path(generation_);
    journal_ = base::FileDescriptor(::open(journal.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!journal_) return base::system_error("opening \"" + journal + "\"", errno);
    const std::string text = TRY(base::read_file(journal, kMaxBytes));
    // Each line is a change as a whole. The last one without its end was never answered for:
    // commit() did not return.
    std::size_t at = 0;
    for (std::size_t end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
        auto change = json::parse(std::string_view(text).substr(at, end - at), kLimits);
        if (!change.ok()) return corrupt(journal, change.error().message());
        TRY(replay(*change));
    }
    // A line without its end was cut off while it was written.
    if (::ftruncate(journal_.get(), static_cast<off_t>(at)) != 0 ||
        ::lseek(journal_.get(), 0, SEEK_END) < 0) {
        return base::system_error("cutting \"" + journal + "\"", errno);
    }
    journal_bytes_ = at;
    return {};
}

base::Result<void> Store::load_snapshot(const json::Value& snapshot) {
    const std::string path = base::join_path(folder_, "world.json");
    if (snapshot.int64_or("format", 0) != 1) return corrupt(path, "its format is not known here");
    generation_ = snapshot.int64_or("generation", 0);
    if (generation_ < 0 || generation_ > kMostCounted) {
        return corrupt(path, "its generation is out of range");
    }
    seed_ = static_cast<std::uint64_t>(snapshot.int64_or("seed", 0));
    take_counters(snapshot);
    const json::Value* projects = snapshot.find("projects");
    if (projects == nullptr || !projects->is_object()) return corrupt(path, "it has no projects");
    for (const auto& [project, tables] : *projects->as_object()) {
        if (!tables.is_object()) return corrupt(path, "a project is no object");
        for (const auto& [type, records] : *tables.as_object()) {
            if (!records.is_array()) return corrupt(path, "a table is no array");
            for (const Record& record : *records.as_array()) {
                // What the files say is checked as if a stranger had written it: an id that is
                // missing would be 0 and overwrite another.
                if (!is_record(record, id_of(record))) {
                    return corrupt(path, "a thing in it has no id");
                }
                projects_[project][type][id_of(record)] = record;
            }
        }
    }
    return {};
}

// [project, type, id, record or null] each.
base::Result<void> Store::replay(const json::Value& change) {
    take_counters(change);
    const json::Value* changes = change.find("changes");
    if (changes == nullptr || !changes->is_array()) {
        return corrupt(journal_path(generation_), "a line has no changes");
    }
    for (const json::Value& entry : *changes->as_array()) {
        const json::Array* parts = entry.as_array();
        if (parts == nullptr || parts->size() != 4 || !(*parts)[0].is_string() ||
            !(*parts)[1].is_string() || (*parts)[2].as_int64() == nullptr) {
            return corrupt(journal_path(generation_), "a change is not understood");
        }
        Table& table = projects_[*(*parts)[0].as_string()][*(*parts)[1].as_string()];
        const std::int64_t id = *(*parts)[2].as_int64();
        if ((*parts)[3].is_null()) {
            table.erase(id);
        } else if (!is_record((*parts)[3], id)) {
            return corrupt(journal_path(generation_), "a thing in it has no id, or another one");
        } else {
            table[id] = (*parts)[3];
        }
    }
    return {};
}

json::Value Store::counters() const {
    json::Object counts;
    for (const auto& [name, count] : counters_) counts.set(name, count);
    return counts;
}

void Store::take_counters(const json::Value& from) {
    // Clamped: a counter that is wrong must not make ids run over.
    drawn_ = std::clamp<std::int64_t>(from.int64_or("drawn", drawn_), 0, kMostCounted);
    const json::Value* counts = from.find("counters");
    if (counts == nullptr || !counts->is_object()) return;
    for (const auto& [name, count] : *counts->as_object()) {
        if (count.as_int64() == nullptr) continue;
        counters_[name] = std::clamp<std::int64_t>(*count.as_int64(), 0, kMostCounted);
    }
}

const Table& Store::table(std::string_view project, std::string_view type) const {
    static const Table kEmpty;
    const auto tables = projects_.find(project);
    if (tables == projects_.end()) return kEmpty;
    const auto table = tables->second.find(type);
    return table == tables->second.end() ? kEmpty : table->second;
}

const Record* Store::find(std::string_view project, std::string_view type, std::int64_t id) const {
    const Table& records = table(project, type);
    const auto record = records.find(id);
    return record == records.end() ? nullptr : &record->second;
}

const Record* Store::find_by(std::string_view project, std::string_view type,
                             std::string_view member, std::string_view text) const {
    const Table& records = table(project, type);
    // What lacks the member is as good as empty, and stands in no index.
    if (text.empty()) {
        for (const auto& [id, record] : records) {
            if (record.string_or(member, "").empty()) return &record;
        }
        return nullptr;
    }
    const auto [index, is_new] = indexes_.try_emplace(
        {std::string(project), std::string(type), std::string(member)}, std::string(member));
    if (is_new) {
        for (const auto& [id, record] : records) index->second.take(id, &record);
    }
    settle_indexes();
    const auto id = index->second.find(text);
    return id ? find(project, type, *id) : nullptr;
}

void Store::settle_indexes() const {
    if (indexes_.empty()) return;
    for (const auto& [project, type, id] : changed_) {
        for (auto at = indexes_.lower_bound({project, type, ""});
             at != indexes_.end() && std::get<0>(at->first) == project &&
             std::get<1>(at->first) == type;
             ++at) {
            at->second.take(id, find(project, type, id));
        }
    }
}

Record& Store::edit(std::string_view project, std::string_view type, std::int64_t id) {
    CHECK(find(project, type, id) != nullptr);
    // Marked when it is handed out; whether the caller really changes it does not matter.
    changed_.emplace(project, type, id);
    return projects_.find(project)->second.find(type)->second.find(id)->second;
}

Record& Store::add(std::string_view project, std::string_view type, Record record) {
    const std::int64_t id = id_of(record);
    CHECK(find(project, type, id) == nullptr);
    changed_.emplace(project, type, id);
    return projects_[std::string(project)][std::string(type)][id] = std::move(record);
}

void Store::remove(std::string_view project, std::string_view type, std::int64_t id) {
    CHECK(find(project, type, id) != nullptr);
    changed_.emplace(project, type, id);
    projects_.find(project)->second.find(type)->second.erase(id);
}

std::vector<std::string> Store::projects() const {
    std::vector<std::string> names;
    for (const auto& [name, tables] : projects_) names.push_back(name);
    return names;
}

std::int64_t Store::count(std::string_view counter) {
    counted_ = true;
    return ++counters_[std::string(counter)];
}

std::uint64_t Store::draw() {
    counted_ = true;
    ++drawn_;
    // From the seed and a count, and not from a state that is handed on: the count is in the
    // journal, so a sequence goes on after a crash where it was answered for.
    return base::Random(seed_ + 0x9e3779b97f4a7c15U * static_cast<std::uint64_t>(drawn_)).next();
}

base::Result<void> Store::commit() {
    if (changed_.empty() && !counted_) return {};
    settle_indexes();
    // In memory there is nothing to write.
    if (folder_.empty()) {
        changed_.clear();
        counted_ = false;
        return {};
    }
    json::Array changes;
    for (const auto& [project, type, id] : changed_) {
        const Record* record = find(project, type, id);
        changes.push_back(json::Array{project, type, id, record == nullptr ? Record() : *record});
    }
    // Counters go along in the same line: ids that were given are never given again, even if the
    // record went away at once.
    const json::Value line =
        json::Object{{"drawn", drawn_}, {"counters", counters()}, {"changes", std::move(changes)}};
    const std::string text = json::to_text(line) + "\n";
    // Cut back to the last whole line, else the next one would be glued to half of this. What was
    // changed stays marked, and goes with the next commit.
    if (auto written = base::write_all(journal_.get(), text); !written.ok()) {
        (void)::ftruncate(journal_.get(), static_cast<off_t>(journal_bytes_));
        (void)::lseek(journal_.get(), 0, SEEK_END);
        return std::move(written).context("writing the sandbox's journal");
    }
    journal_bytes_ += text.size();
    changed_.clear();
    counted_ = false;
    // A new snapshot is worth it when the journal is twice as large: then writing it costs no more
    // than was written since.
    if (journal_bytes_ < std::max(kLeastJournal, 2 * snapshot_bytes_)) return {};
    return write_snapshot();
}

// The journal of the next generation begins empty; which one counts is in the snapshot.
base::Result<void> Store::write_snapshot() {
    json::Object projects;
    for (const auto& [project, tables] : projects_) {
        json::Object out;
        for (const auto& [type, table] : tables) {
            json::Array records;
            records.reserve(table.size());
            for (const auto& [id, record] : table) records.push_back(record);
            out.set(type, std::move(records));
        }
        projects.set(project, std::move(out));
    }
    // Each snapshot names its journal, which is a file of its own. Killed between the two, the old
    // snapshot and the old journal still belong together.
    const std::int64_t next = generation_ + 1;
    const json::Value snapshot = json::Object{
        {"format", 1},     {"generation", next},     {"seed", static_cast<std::int64_t>(seed_)},
        {"drawn", drawn_}, {"counters", counters()}, {"projects", std::move(projects)}};
    const std::string journal = journal_path(next);
    base::FileDescriptor fresh(
        ::open(journal.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!fresh) return base::system_error("making \"" + journal + "\"", errno);
    const std::string text = json::to_text(snapshot);
    // The moment in which the new generation counts.
    TRY(base::write_file_atomic(base::join_path(folder_, "world.json"), text, {.mode = 0600}));
    // Of no use any more; if it is left over, nobody reads it.
    (void)base::remove_file(journal_path(generation_));
    generation_ = next;
    journal_ = std::move(fresh);
    journal_bytes_ = 0;
    snapshot_bytes_ = text.size();
    return {};
}

base::Result<void> Store::clear() {
    projects_.clear();
    changed_.clear();
    indexes_.clear();
    counters_.clear();
    drawn_ = 0;
    counted_ = false;
    if (folder_.empty()) return {};
    return write_snapshot();
}

}
