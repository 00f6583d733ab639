#include "base/check.hpp"
#include "sandbox/store/store.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace {

// A folder that goes with the process.
struct Folder {
    std::string path = base::make_temporary_directory("store-fuzz").value();
    ~Folder() { (void)base::remove_tree(path).ok(); }
};

std::string shown(const sandbox::Store& store) {
    std::string out;
    for (const std::string& project : store.projects()) {
        for (const auto& [id, record] : store.table(project, "server")) {
            CHECK(sandbox::id_of(record) == id);
            out += fmt::format("{} {} {}\n", project, id, json::to_text(record));
        }
    }
    return out;
}

}

// The first line is a snapshot, the rest its journal: they are refused, or make a store that goes
// on, and that is the same when it is opened again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Folder folder;
    if (size > 16'384) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(text.find('\n'), text.size());
    const auto snapshot = json::parse(text.substr(0, end));
    const std::int64_t generation = snapshot.ok() ? snapshot->int64_or("generation", 0) : 0;
    const std::string snapshot_file = folder.path + "/world.json";
    const std::string journal = fmt::format("{}/journal-{}", folder.path, generation);
    CHECK(base::write_file_atomic(snapshot_file, text.substr(0, end)).ok());
    CHECK(base::write_file_atomic(journal, text.substr(std::min(end + 1, text.size()))).ok());
    auto opened = sandbox::Store::open(folder.path, 1);
    if (opened.ok()) {
        (void)(*opened)->count("ids");
        (void)(*opened)->draw();
        CHECK((*opened)->commit().ok());
        const std::string before = shown(**opened);
        auto again = sandbox::Store::open(folder.path, 1);
        CHECK(again.ok());
        CHECK(shown(**again) == before);
    } else {
        CHECK(opened.error().code() == base::Code::DataLoss);
    }
    CHECK(base::remove_file(journal).ok());
    return 0;
}
