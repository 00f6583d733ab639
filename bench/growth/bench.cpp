#include "base/fs.hpp"
#include "state/state.hpp"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>

// The state through many runs: N resources are made by one run, then each of R runs changes a few
// hundred of them and fails at one. What a plan reads, a run, and the file, at the first and at the
// last of them. A run is a day, so that age counts.
namespace {

using namespace state;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t kChanged = 300;
constexpr std::size_t kMeasured = 10;

template <typename T>
T must(base::Result<T> result) {
    if (result.ok()) return std::move(result).value();
    std::fprintf(stderr, "growth_bench: %s\n", result.error().text().c_str());
    std::exit(1);
}
void must(base::Result<void> result) {
    if (result.ok()) return;
    std::fprintf(stderr, "growth_bench: %s\n", result.error().text().c_str());
    std::exit(1);
}

std::uint64_t size_of(const std::string& path) {
    struct stat info;
    return ::lstat(path.c_str(), &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

// Medians of ten runs, and the longest of them.
struct Figures {
    double plan_s = 0;
    double run_s = 0;
    double longest_run_s = 0;
    std::uint64_t bytes = 0;
};

class Growth {
public:
    Growth(std::string directory, std::size_t count, HistoryPolicy policy)
        : directory_(std::move(directory)), count_(count), policy_(policy),
          connection_(std::make_shared<provider::ConnectionRecord>(
              provider::ConnectionRecord{"default", "local", "this machine", value::Value()})) {}

    double run(std::size_t from, std::size_t changed);
    double plan();
    Figures measure();
    std::uint64_t bytes() const { return size_of(base::join_path(directory_, "state.db")); }

private:
    OpenOptions options(OpenMode mode) {
        OpenOptions options;
        options.directory = directory_;
        options.mode = mode;
        options.clock = &clock_;
        options.history = policy_;
        return options;
    }
    Row row(std::size_t i) const;

    std::string directory_;
    std::size_t count_;
    HistoryPolicy policy_;
    provider::ConnectionRef connection_;
    base::FakeClock clock_;
    std::size_t round_ = 0;
};

Row Growth::row(std::size_t i) const {
    Row row;
    row.address = fmt::format("group{}.item{}", i / 100, i);
    row.type = "local.Data";
    row.connection = connection_;
    row.key = fmt::format("data-{:016x}", i * 0x9e3779b97f4a7c15);
    row.inputs.set("value", fmt::format("value {} of round {}", i, round_));
    row.outputs.set("result", *row.inputs.find("value"));
    row.outputs.set("id", row.key);
    if (i > 0) row.dependencies = {fmt::format("group{}.item{}", (i - 1) / 100, i - 1)};
    return row;
}

// Opened anew for each, as a command does.
double Growth::run(std::size_t from, std::size_t changed) {
    ++round_;
    clock_.advance(std::chrono::days{1});
    std::vector<Row> rows;
    for (std::size_t i = 0; i < changed; ++i) rows.push_back(row((from + i) % count_));
    const auto start = std::chrono::steady_clock::now();
    auto state = must(State::open(options(OpenMode::Write)));
    RunRequest request;
    request.command = "apply";
    for (const Row& each : rows) request.addresses.push_back(each.address);
    auto run = must(state->begin_run(request));
    Batch batch;
    for (const Row& each : rows) {
        StepResult result;
        result.kind = StepResult::Kind::Write;
        result.row = each;
        batch.results.push_back(std::move(result));
        if (batch.results.size() < 100) continue;
        must(run->commit(batch));
        batch = {};
    }
    StepRecord failed;
    failed.address = rows.front().address;
    failed.message = "the platform did not want it";
    batch.steps.push_back(failed);
    must(run->commit(batch));
    const auto report = must(run->finish(RunStatus::Failed, R"({"updated":300,"failed":1})"));
    if (!report.warning.empty()) std::fprintf(stderr, "%s\n", report.warning.c_str());
    return Seconds(std::chrono::steady_clock::now() - start).count();
}

double Growth::plan() {
    const auto start = std::chrono::steady_clock::now();
    auto state = must(State::open(options(OpenMode::Read)));
    const auto snapshot = must(state->read());
    if (snapshot.rows.size() != count_) std::exit(1);
    return Seconds(std::chrono::steady_clock::now() - start).count();
}

Figures Growth::measure() {
    Figures figures;
    std::vector<double> plans, runs;
    for (std::size_t i = 0; i < kMeasured; ++i) {
        runs.push_back(run(round_ * 7 * kChanged, kChanged));
        plans.push_back(plan());
    }
    figures.plan_s = median(plans);
    figures.run_s = median(runs);
    figures.longest_run_s = *std::ranges::max_element(runs);
    figures.bytes = bytes();
    return figures;
}

std::string json(const Figures& figures) {
    return fmt::format("{{\"plan_s\": {:.4f}, \"run_s\": {:.4f}, \"longest_run_s\": {:.4f}, "
                       "\"database_bytes\": {}}}",
                       figures.plan_s, figures.run_s, figures.longest_run_s, figures.bytes);
}

std::string ratios(const Figures& first, const Figures& last) {
    return fmt::format("{{\"plan\": {:.2f}, \"run\": {:.2f}, \"database\": {:.2f}}}",
                       last.plan_s / first.plan_s, last.run_s / first.run_s,
                       static_cast<double>(last.bytes) / static_cast<double>(first.bytes));
}

std::string measure(const std::string& directory, std::size_t count, std::size_t runs,
                    HistoryPolicy policy) {
    Growth growth(directory, count, policy);
    const double made = growth.run(0, count);
    const std::uint64_t fresh = growth.bytes();
    Figures first = growth.measure();
    first.bytes = fresh;
    for (std::size_t i = 2 * kMeasured; i < runs; ++i) growth.run(i * 7 * kChanged, kChanged);
    const Figures last = growth.measure();
    return fmt::format("{{\"create_s\": {:.3f}, \"first\": {}, \"last\": {}, \"ratio\": {}}}", made,
                       json(first), json(last), ratios(first, last));
}

}

int main(int argc, char** argv) {
    const std::size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100'000;
    const std::size_t runs = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 200;
    const std::string workspace = must(base::make_temporary_directory("growth-bench"));
    const std::string pruned =
        measure(base::join_path(workspace, "pruned"), count, runs, HistoryPolicy());
    HistoryPolicy all;
    all.all = true;
    const std::string kept = measure(base::join_path(workspace, "kept"), count, runs, all);
    must(base::remove_tree(workspace));
    fmt::print("{{\"resources\": {}, \"runs\": {}, \"default\": {}, \"all\": {}}}\n", count, runs,
               pruned, kept);
    return 0;
}
