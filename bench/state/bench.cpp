#include "base/fs.hpp"
#include "state/state.hpp"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

// The state on its own: an apply of N small resources from empty in batches of a hundred, a
// snapshot, a second apply that changes all, and an apply that removes all; seconds, and bytes on
// disk.
namespace {

using namespace state;
using Seconds = std::chrono::duration<double>;

template <typename T>
T must(base::Result<T> result) {
    if (result.ok()) return std::move(result).value();
    std::fprintf(stderr, "state_bench: %s\n", result.error().text().c_str());
    std::exit(1);
}
void must(base::Result<void> result) {
    if (result.ok()) return;
    std::fprintf(stderr, "state_bench: %s\n", result.error().text().c_str());
    std::exit(1);
}

std::uint64_t size_of(const std::string& path) {
    struct stat info;
    if (::lstat(path.c_str(), &info) != 0) return 0;
    if (!S_ISDIR(info.st_mode)) return static_cast<std::uint64_t>(info.st_size);
    std::uint64_t sum = 0;
    for (const auto& name : must(base::list_directory(path))) {
        sum += size_of(base::join_path(path, name));
    }
    return sum;
}

Row row(const provider::ConnectionRef& connection, std::size_t i, std::size_t round) {
    Row row;
    row.address = fmt::format("group{}.item{}", i / 100, i);
    row.type = "local.Data";
    row.connection = connection;
    row.key = fmt::format("data-{:016x}", i * 0x9e3779b97f4a7c15);
    row.inputs.set("value", fmt::format("value {} of round {}", i, round));
    row.outputs.set("result", *row.inputs.find("value"));
    row.outputs.set("id", row.key);
    if (i > 0) row.dependencies = {fmt::format("group{}.item{}", (i - 1) / 100, i - 1)};
    return row;
}

double apply(State& state, std::size_t count, StepResult::Kind kind, std::size_t round) {
    const auto connection = std::make_shared<provider::ConnectionRecord>(
        provider::ConnectionRecord{"default", "local", "this machine", value::Value()});
    std::vector<Row> rows;
    for (std::size_t i = 0; i < count; ++i) rows.push_back(row(connection, i, round));
    const auto start = std::chrono::steady_clock::now();
    RunRequest request;
    request.command = "apply";
    for (const Row& each : rows) {
        request.addresses.push_back(each.address);
        if (round == 0) request.expected.push_back({each.address, 0, std::nullopt});
    }
    auto run = must(state.begin_run(request));
    Batch batch;
    for (const Row& each : rows) {
        StepResult result;
        result.kind = kind;
        result.row = each;
        batch.results.push_back(std::move(result));
        if (batch.results.size() < 100) continue;
        must(run->commit(batch));
        batch.results.clear();
    }
    must(run->commit(batch));
    const auto report = must(run->finish(RunStatus::Done, "{}"));
    if (!report.warning.empty()) std::fprintf(stderr, "%s\n", report.warning.c_str());
    return Seconds(std::chrono::steady_clock::now() - start).count();
}

OpenOptions options(const std::string& directory, OpenMode mode) {
    OpenOptions options;
    options.directory = directory;
    options.mode = mode;
    return options;
}

double read(const std::string& directory, std::size_t expected) {
    double best = 1e9;
    for (int i = 0; i < 7; ++i) {
        const auto start = std::chrono::steady_clock::now();
        auto state = must(State::open(options(directory, OpenMode::Read)));
        const auto snapshot = must(state->read());
        best = std::min(best, Seconds(std::chrono::steady_clock::now() - start).count());
        if (snapshot.rows.size() != expected) std::exit(1);
    }
    return best;
}

}

int main(int argc, char** argv) {
    const std::size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 10'000;
    const std::string workspace = must(base::make_temporary_directory("state-bench"));
    const std::string directory = base::join_path(workspace, ".provisioning");
    auto state = must(State::open(options(directory, OpenMode::Write)));
    const double created = apply(*state, count, StepResult::Kind::Write, 0);
    const std::uint64_t database = size_of(base::join_path(directory, "state.db"));
    const std::uint64_t all = size_of(directory);
    const double snapshot = read(directory, count);
    const double updated = apply(*state, count, StepResult::Kind::Write, 1);
    const double removed = apply(*state, count, StepResult::Kind::Remove, 2);
    state.reset();
    must(base::remove_tree(workspace));
    fmt::print("{{\"resources\": {}, \"create_s\": {:.3f}, \"open_and_read_s\": {:.4f}, "
               "\"update_s\": {:.3f}, \"remove_s\": {:.3f}, \"database_bytes\": {}, "
               "\"all_bytes\": {}}}\n",
               count, created, snapshot, updated, removed, database, all);
    return 0;
}
