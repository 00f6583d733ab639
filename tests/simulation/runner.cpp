// Lives through the days of simulated worlds (see README.md). Usage: simulation FOLDER
// [--seeds N] [--seed S] [--workload W] [--trace] [--shrink] [--twice] [--until-failure].
// N seeds are shared by the workloads: the first of each, the second of each, and so on.
#include "episode.hpp"
#include "shrink.hpp"
#include "support/suite.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "simulation/system.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>

#include <malloc.h>
#include <sched.h>
#include <unistd.h>

namespace {

using simulated::Episode;
using simulated::Outcome;
using simulated::Workload;
using suite::must;

struct Arguments {
    std::string folder;
    std::uint64_t seeds = 0;   // 0: those of a test run
    std::uint64_t first = 1;
    std::string workload;
    bool shows_trace = false;
    bool shrinks = false;
    bool is_one = false;   // seed of each workload
    bool twice = false;    // each, and compares
    bool until_failure = false;
};

std::uint64_t number_in(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
        suite::give_up(fmt::format("`{}` is no number", text));
    }
    return number;
}

Arguments parse(int count, char** words) {
    Arguments out;
    for (int i = 1; i < count; ++i) {
        const std::string_view word = words[i];
        const auto next = [&]() -> std::string_view {
            if (i + 1 >= count) suite::give_up(fmt::format("{} needs a value", word));
            return words[++i];
        };
        if (word == "--seeds") {
            out.seeds = number_in(next());
        } else if (word == "--seed") {
            out.first = number_in(next());
            out.is_one = true;
        } else if (word == "--workload") {
            out.workload = next();
        } else if (word == "--trace") {
            out.shows_trace = true;
        } else if (word == "--shrink") {
            out.shrinks = true;
        } else if (word == "--until-failure") {
            out.until_failure = true;
        } else if (word == "--twice") {
            out.twice = true;
        } else {
            out.folder = word;
        }
    }
    return out;
}

std::vector<Workload> load(const Arguments& arguments, const suite::Suite& suite) {
    std::vector<Workload> out;
    for (const std::string& path : suite.files_in(arguments.folder, ".toml")) {
        std::string name(base::file_name(path));
        name.resize(name.size() - std::string_view(".toml").size());
        if (!arguments.workload.empty() && name != arguments.workload) continue;
        out.push_back(must(Workload::from_text(name, must(base::read_file(path)))));
    }
    return out;
}

// Lives through seeds, and tells what came of them.
class Runner {
public:
    explicit Runner(const Arguments& arguments, suite::Suite& suite)
        : arguments_(arguments), suite_(suite), began_(std::chrono::steady_clock::now()) {}

    void live(const Workload& workload, std::uint64_t seed) {
        const Episode episode = simulated::plan_episode(workload, seed);
        const Outcome outcome = simulated::run(episode, arguments_.shows_trace);
        ++episodes_;
        seconds_ += outcome.seconds;
        commands_ += outcome.commands;
        deaths_ += outcome.deaths;
        for (const std::string& line : outcome.trace) fmt::print("{}\n", line);
        std::string wrong = outcome.broken;
        if (wrong.empty() && arguments_.twice) wrong = differs(episode, outcome);
        most_requests_ = std::max(most_requests_, outcome.most_requests);
        if (wrong.empty()) wrong = has_grown();
        suite_.judge(fmt::format("{} seed {}", workload.name, seed), wrong);
        if (!outcome.broken.empty() && arguments_.shrinks) shrink(episode);
        tell_progress();
    }

    void tell_end() const {
        const double took = elapsed();
        fmt::print("{} episodes with {} commands and {} deaths in {:.1f} s: {:.0f} a minute, "
                   "{:.0f} simulated hours in one; at most {} requests in a command; {} failed; "
                   "{} MB\n",
                   episodes_, commands_, deaths_, took,
                   60.0 * static_cast<double>(episodes_) / took, seconds_ / took, most_requests_,
                   suite_.failed(), resident() >> 20);
    }

private:
    double elapsed() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    }

    // Bytes of memory that the process has.
    static std::size_t resident() {
        const std::string pages = must(base::read_file("/proc/self/statm"));
        const auto words = base::split(pages, ' ');
        return number_in(words.at(1)) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    }

    // What is there when an episode is over does not grow with their number.
    std::string has_grown() {
        constexpr std::size_t kWarm = 200;   // by then, all that is kept once is there
        constexpr std::size_t kMost = std::size_t{64} << 20;
        const std::size_t now = resident();
        if (episodes_ <= kWarm) allocated_ = std::max(allocated_, now);
        if (now <= allocated_ + kMost) return {};
        return fmt::format("it takes {} MB by then, and took {} after the first ones", now >> 20,
                           allocated_ >> 20);
    }

    static std::string differs(const Episode& episode, const Outcome& first) {
        const Outcome second = simulated::run(episode, false);
        if (second.digest == first.digest) return {};
        const Outcome a = simulated::run(episode, true);
        const Outcome b = simulated::run(episode, true);
        std::size_t line = 0;
        while (line < a.trace.size() && line < b.trace.size() && a.trace[line] == b.trace[line]) {
            ++line;
        }
        return fmt::format("the same seed is not the same run, from line {} on:\n  {}\n  {}", line,
                           line < a.trace.size() ? a.trace[line] : "",
                           line < b.trace.size() ? b.trace[line] : "");
    }

    static void shrink(const Episode& episode) {
        constexpr int kMostRuns = 300;
        const Episode least = simulated::shrunk(episode, kMostRuns);
        const Outcome outcome = simulated::run(least, true);
        for (const std::string& line : outcome.trace) fmt::print("{}\n", line);
        fmt::print("{}\n{}\n", simulated::described(least), outcome.broken);
    }

    void tell_progress() {
        constexpr std::size_t kEvery = 1000;
        if (episodes_ % kEvery != 0) return;
        tell_end();
        std::fflush(stdout);
    }

    const Arguments& arguments_;
    suite::Suite& suite_;
    const std::chrono::steady_clock::time_point began_;
    std::size_t episodes_ = 0;
    std::size_t commands_ = 0;
    std::size_t deaths_ = 0;
    std::uint64_t most_requests_ = 0;
    std::size_t allocated_ = 0;
    double seconds_ = 0;   // simulated
};

// Of all threads one runs at a time: they need no more than one processor, and hand on to each
// other faster there. Memory that was freed is soon used again.
void use_one_processor() {
    ::mallopt(M_ARENA_MAX, 1);
    ::mallopt(M_TRIM_THRESHOLD, 256 << 20);
    ::mallopt(M_MMAP_THRESHOLD, 64 << 20);
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &here);
    ::sched_setaffinity(0, sizeof here, &here);
}

// "storm 17" a line: what once failed.
void live_kept(Runner& runner, const std::vector<Workload>& workloads, const std::string& text) {
    for (const std::string_view line : base::split_lines(text)) {
        const std::size_t space = line.find(' ');
        if (line.empty() || line.starts_with('#') || space == std::string_view::npos) continue;
        const std::string_view rest = line.substr(space + 1);
        const std::uint64_t seed = number_in(rest.substr(0, rest.find(' ')));
        for (const Workload& workload : workloads) {
            if (workload.name == line.substr(0, space)) runner.live(workload, seed);
        }
    }
}

// How often each rare branch was reached. A long run has to reach them all.
void tell_probes(const std::string& all, bool is_long, suite::Suite& suite) {
    const auto& reached = simulation::reached_probes();
    for (const std::string_view name : base::split_lines(all)) {
        const auto found = reached.find(std::string(name));
        fmt::print("{:9} {}\n", found == reached.end() ? 0 : found->second, name);
        if (found == reached.end() && is_long) suite.judge(name, "no workload reaches it");
    }
    for (const auto& [name, times] : reached) {
        if (all.find(name + "\n") == std::string::npos) suite.judge(name, "not in probes.txt");
    }
}

}

int main(int count, char** words) {
    suite::Suite suite;
    Arguments arguments = parse(count, words);
    const std::vector<Workload> workloads = load(arguments, suite);
    if (workloads.empty()) suite::give_up("there is no such workload");
    const bool is_test = arguments.seeds == 0 && !arguments.is_one;
    if (arguments.seeds == 0 && arguments.is_one) arguments.seeds = workloads.size();
    const std::string kept = must(base::read_file(arguments.folder + "/kept.txt"));
    const std::string probes = must(base::read_file(arguments.folder + "/probes.txt"));
    use_one_processor();
    simulation::use_simulated_system();
    Runner runner(arguments, suite);
    if (is_test) {
        live_kept(runner, workloads, kept);
        // What each test run lives through; the first of them twice.
        constexpr std::uint64_t kTwice = 2;
        constexpr std::uint64_t kFresh = 20;
        for (std::uint64_t seed = 1; seed <= kFresh; ++seed) {
            arguments.twice = seed <= kTwice;
            for (const Workload& workload : workloads) runner.live(workload, seed);
        }
    } else {
        for (std::uint64_t i = 0; i < arguments.seeds; ++i) {
            runner.live(workloads[i % workloads.size()], arguments.first + i / workloads.size());
            if (arguments.until_failure && suite.failed() > 0) break;
        }
    }
    runner.tell_end();
    constexpr std::uint64_t kLong = 10'000;
    tell_probes(probes, arguments.seeds >= kLong, suite);
    return suite.finish();
}
