// Disturbs apply at each request that it makes (see README.md). Usage: faults_goldens FOLDER. The
// variables PROVISIONING_BINARY, PROVISIONING_TEST_FILTER, PROVISIONING_TEST_SEED are read, and
// PROVISIONING_FAULTS_ALL, with which no case is left out.
#include "cloud.hpp"
#include "command/command.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <thread>

#include <sys/wait.h>

namespace {

using command::must;
using command::variable;
using command::Words;
using faults::Cloud;
using Clock = std::chrono::steady_clock;

// Lines that only one of them has.
std::string differences(const std::string& got, const std::string& wanted) {
    const auto mine = base::split_lines(got);
    const auto theirs = base::split_lines(wanted);
    std::string out;
    for (std::string_view line : mine) {
        if (std::count(mine.begin(), mine.end(), line) >
            std::count(theirs.begin(), theirs.end(), line)) {
            out += fmt::format("  too much: {}\n", line);
        }
    }
    for (std::string_view line : theirs) {
        if (std::count(theirs.begin(), theirs.end(), line) >
            std::count(mine.begin(), mine.end(), line)) {
            out += fmt::format("  missing:  {}\n", line);
        }
    }
    return out;
}

// A workspace in the state `before`, whose program has become `after`.
class Workspace {
public:
    Workspace(const Cloud& cloud, const std::string& programs) : cloud_(cloud) {
        root_ = must(base::make_temporary_directory("faults"));
        must(base::make_directories(root_ + "/home"));
        must(base::make_directories(root_ + "/workspace"));
        cloud_.reset();
        use(programs + "/before.ncl");
        if (const Ended end = run({"apply", "--yes"}); end.status != 0) {
            fmt::print(stderr, "faults: the first apply ended with status {}\n{}", end.status,
                       end.text);
            std::exit(2);
        }
        use(programs + "/after.ncl");
    }
    ~Workspace() { (void)base::remove_tree(root_).ok(); }
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    struct Ended {
        int status = 0;   // as waitpid gives it
        bool killed = false;
        std::string text;
    };
    // `prepare` is given the process id before the program begins.
    Ended run(const Words& words, const std::function<void(pid_t)>& prepare = {}) const {
        return looked_at(command::run(calling(words), prepare));
    }
    // Ends it as its durable step of this number begins.
    Ended run_until(const Words& words, int step) const {
        return looked_at(command::run_until(calling(words), step));
    }

    // What is wrong after one more apply, which nothing disturbs; empty if nothing.
    std::string settle(const std::string& wanted, int& applies) const {
        Ended end;
        // What may still act is waited for.
        const auto deadline = Clock::now() + std::chrono::seconds(30);
        for (applies = 1; applies < 50; ++applies) {
            end = run({"apply", "--yes"});
            if (end.status == 0 || Clock::now() > deadline) break;
            if (end.text.find("may still happen") == std::string::npos &&
                end.text.find("is not known") == std::string::npos &&
                end.text.find("still at it") == std::string::npos) {
                break;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
        }
        if (end.status != 0)
            return fmt::format("the next apply ended with {}\n{}", end.status, end.text);
        const Ended plan = run({"plan", "--detailed-exitcode"});
        if (plan.status != 0) return "something is left to do:\n" + plan.text;
        const std::string world = cloud_.world();
        if (world != wanted)
            return "the world is not as without faults:\n" + differences(world, wanted);
        return {};
    }

private:
    command::Command calling(const Words& words) const {
        command::Command out;
        out.words = {variable("PROVISIONING_BINARY"), "-C", root_ + "/workspace"};
        out.words.insert(out.words.end(), words.begin(), words.end());
        out.home = root_ + "/home";
        out.output = root_ + "/output";
        out.variables = {{"HCLOUD_TOKEN", cloud_.token()}, {"HCLOUD_ENDPOINT", cloud_.endpoint()}};
        return out;
    }
    Ended looked_at(const command::Ended& ended) const {
        return {.status = ended.status,
                .killed = ended.killed,
                .text = must(base::read_file(root_ + "/output"))};
    }
    void use(const std::string& program) const {
        must(
            base::write_file_atomic(root_ + "/workspace/main.ncl", must(base::read_file(program))));
    }

    const Cloud& cloud_;
    std::string root_;
};

struct Fault {
    std::string name;
    Words words;
};
const Fault kFaults[] = {
    {"429", {"status", "--status", "429"}},
    {"500 before", {"status", "--status", "500"}},
    {"502 after, no JSON",
     {"status", "--status", "502", "--body", "<html>bad</html>", "--when", "after"}},
    {"504 after", {"status", "--status", "504", "--when", "after"}},
    {"dropped before", {"drop", "--when", "before"}},
    {"dropped after", {"drop", "--when", "after"}},
    {"slow", {"slow", "--delay", "200"}},
    {"malformed", {"malformed"}},
    {"action fails", {"action", "--code", "action_failed"}},
    {"action fails, but happens", {"action", "--code", "action_failed", "--happens"}},
};

class Matrix {
public:
    Matrix(const Cloud& cloud, std::string programs)
        : cloud_(cloud), programs_(std::move(programs)) {
        const Workspace workspace(cloud_, programs_);
        const std::int64_t before = cloud_.requests();
        const Workspace::Ended end = workspace.run({"apply", "--yes"});
        if (end.status != 0) {
            fmt::print(stderr, "faults: undisturbed, apply ended with {}\n{}", end.status,
                       end.text);
            std::exit(2);
        }
        requests_ = cloud_.requests() - before;
        wanted_ = cloud_.world();
        fmt::print("undisturbed: {} requests, {} things\n", requests_,
                   base::split_lines(wanted_).size());
    }

    std::int64_t requests() const { return requests_; }

    void kill_at(std::int64_t request, const std::string& when) {
        const Workspace workspace(cloud_, programs_);
        const Workspace::Ended end = workspace.run({"apply", "--yes"}, [&](pid_t pid) {
            cloud_.add_fault({"signal", "--pid", std::to_string(pid), "--nth",
                              std::to_string(request), "--when", when});
        });
        killed_ += WIFSIGNALED(end.status) ? 1 : 0;
        judge(fmt::format("killed {} request {}", when, request), workspace);
    }

    // False when the command makes fewer durable steps.
    bool kill_at_step(int step) {
        const Workspace workspace(cloud_, programs_);
        const Workspace::Ended end = workspace.run_until({"apply", "--yes"}, step);
        if (end.killed) ++killed_;
        judge(fmt::format("killed at durable step {}", step), workspace);
        return end.killed;
    }

    void disturb(const std::vector<std::pair<const Fault*, std::int64_t>>& faults) {
        const Workspace workspace(cloud_, programs_);
        std::string what;
        for (const auto& [fault, request] : faults) {
            Words words = fault->words;
            words.insert(words.end(), {"--nth", std::to_string(request)});
            cloud_.add_fault(words);
            what +=
                fmt::format("{}{} at request {}", what.empty() ? "" : ", ", fault->name, request);
        }
        workspace.run({"apply", "--yes"});
        judge(what, workspace);
    }

    int passed() const { return passed_; }
    int failed() const { return failed_; }
    int killed() const { return killed_; }
    int most_applies() const { return most_applies_; }

private:
    void judge(const std::string& what, const Workspace& workspace) {
        cloud_.end_faults();
        int applies = 0;
        const std::string wrong = workspace.settle(wanted_, applies);
        most_applies_ = std::max(most_applies_, applies);
        if (wrong.empty()) {
            ++passed_;
            return;
        }
        ++failed_;
        fmt::print("FAILED {}: {}\n", what, wrong);
        std::fflush(stdout);
    }

    const Cloud& cloud_;
    std::string programs_;
    std::int64_t requests_ = 0;
    std::string wanted_;
    int passed_ = 0;
    int failed_ = 0;
    int killed_ = 0;
    int most_applies_ = 0;
};

}

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : "tests/faults";
    const bool all = !variable("PROVISIONING_FAULTS_ALL").empty();
    const std::string filter = variable("PROVISIONING_TEST_FILTER");
    const std::string seed_text = variable("PROVISIONING_TEST_SEED");
    const unsigned seed = seed_text.empty() ? 20'261 : static_cast<unsigned>(std::stoul(seed_text));
    std::mt19937 random(seed);
    const auto wanted = [&](std::string_view name) {
        return name.find(filter) != std::string_view::npos;
    };

    const std::string place = must(base::make_temporary_directory("faults-cloud"));
    int failed = 0, passed = 0;
    {
        const Cloud cloud(place);
        Matrix matrix(cloud, folder);
        // Everywhere, or at a few places chosen anew by each seed.
        const std::int64_t stride = all ? 1 : std::max<std::int64_t>(1, matrix.requests() / 4);
        const auto first = [&] {
            return 1 + static_cast<std::int64_t>(random() % static_cast<unsigned>(stride));
        };
        if (wanted("kill")) {
            for (const char* when : {"before", "after"}) {
                for (std::int64_t at = first(); at <= matrix.requests(); at += stride)
                    matrix.kill_at(at, when);
            }
        }
        if (wanted("step")) {
            constexpr int kApart = 12;   // of some 50
            const int apart = all ? 1 : kApart;
            int step = 1 + static_cast<int>(random() % static_cast<unsigned>(apart));
            while (matrix.kill_at_step(step)) step += apart;
            fmt::print("durable steps: fewer than {}\n", step);
        }
        if (wanted("fault")) {
            const std::int64_t wide = all ? 1 : matrix.requests();
            for (const Fault& fault : kFaults) {
                for (std::int64_t at =
                         1 + static_cast<std::int64_t>(random() % static_cast<unsigned>(wide));
                     at <= matrix.requests(); at += wide) {
                    matrix.disturb({{&fault, at}});
                }
            }
        }
        if (wanted("pair")) {
            const int pairs = all ? 200 : 4;
            const auto any_request = [&] {
                return 1 + static_cast<std::int64_t>(random() %
                                                     static_cast<unsigned>(matrix.requests()));
            };
            for (int i = 0; i < pairs; ++i) {
                const Fault& one = kFaults[random() % std::size(kFaults)];
                const Fault& other = kFaults[random() % std::size(kFaults)];
                const std::int64_t at = any_request(), then = any_request();
                matrix.disturb({{&one, at}, {&other, then}});
            }
        }
        passed = matrix.passed();
        failed = matrix.failed();
        fmt::print("seed {}: {} killed, at most {} applies until all was well\n", seed,
                   matrix.killed(), matrix.most_applies());
    }
    must(base::remove_tree(place));
    fmt::print("{} passed, {} failed\n", passed, failed);
    return failed > 0 || passed == 0 ? 1 : 0;
}
