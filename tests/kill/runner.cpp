// Ends apply and destroy with SIGKILL (see README.md). Usage: kill_goldens FOLDER. The variables
// PROVISIONING_BINARY, PROVISIONING_TEST_FILTER and PROVISIONING_TEST_SEED are read.
#include "command/command.hpp"

#include "base/fs.hpp"

#include <fmt/core.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;
using command::must;
using command::variable;
using command::Words;

const Words kPlan{"plan"};
const Words kApply{"apply", "--yes"};
const Words kDestroy{"destroy", "--yes"};

// A workspace of many files, each with a content of its own.
struct Workspace {
    std::string root;
    std::string folder;
    int files;

    explicit Workspace(int count) : files(count) {
        root = must(base::make_temporary_directory("kill-test"));
        folder = root + "/work";
        must(base::make_directories(folder));
        must(base::make_directories(root + "/home"));
        std::string text = "let local = import \"provisioning/local.ncl\" in\n{ resources = {\n";
        for (int i = 0; i < files; ++i) {
            text += fmt::format("  f{} | local.File = {{ path = \"out/{}\", content = \"{}\" }},\n",
                                i, i, content(i));
        }
        must(base::write_file_atomic(folder + "/main.ncl", text + "} }\n"));
    }
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;
    ~Workspace() { static_cast<void>(base::remove_tree(root).ok()); }

    static std::string content(int i) { return fmt::format("content of {}", i); }

    command::Command calling(const Words& words) const {
        command::Command out;
        out.words = {variable("PROVISIONING_BINARY"), "-C", folder};
        out.words.insert(out.words.end(), words.begin(), words.end());
        out.home = root + "/home";
        out.output = root + "/output";
        return out;
    }

    // What is wrong; empty if nothing.
    std::string expect(const Words& words, std::string_view printed) const {
        const int status = command::run(calling(words)).status;
        const std::string text = must(base::read_file(root + "/output"));
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
            text.find(printed) != std::string::npos) {
            return {};
        }
        return fmt::format("`{}` ended with status {} and printed\n{}", words.front(), status,
                           text.substr(0, 2000));
    }

    Words listing() const {
        const std::string out = folder + "/out";
        return base::is_directory(out) ? must(base::list_directory(out)) : Words{};
    }

    std::string check_files() const {
        const Words names = listing();
        if (names.size() != static_cast<std::size_t>(files)) {
            return fmt::format("{} entries in out/, {} are wanted; the first is {}", names.size(),
                               files, names.empty() ? "none" : names.front());
        }
        for (int i = 0; i < files; ++i) {
            const auto text = base::read_file(fmt::format("{}/out/{}", folder, i));
            if (!text.ok()) return text.error().text();
            if (*text != content(i)) return fmt::format("out/{} holds {}", i, *text);
        }
        return {};
    }

    // After any end: an apply finishes what was begun, a plan is empty, all is there.
    std::string recover() const {
        std::string wrong = expect(kApply, "");
        if (wrong.empty()) wrong = expect(kPlan, "nothing to change");
        return wrong.empty() ? check_files() : wrong;
    }

    std::string destroy() const {
        std::string wrong = expect(kDestroy, "");
        const Words names = listing();
        if (wrong.empty() && !names.empty()) wrong = "destroy left out/" + names.front();
        return wrong;
    }
};

int passed = 0;
int failed = 0;

void report(const std::string& what, const std::string& wrong) {
    if (wrong.empty()) {
        ++passed;
        return;
    }
    ++failed;
    fmt::print("FAILED {}: {}\n", what, wrong);
    std::fflush(stdout);
}

// Ends a command before each call that makes something durable or changes a name in a folder.
void at_every_step(const Words& words) {
    const bool destroys = words == kDestroy;
    int step = 1;
    for (bool killed = true; killed; ++step) {
        const Workspace workspace(5);
        std::string wrong = destroys ? workspace.recover() : "";
        const command::Ended outcome = command::run_until(workspace.calling(words), step);
        killed = outcome.killed;
        if (!killed && outcome.status != 0) {
            wrong = fmt::format("status {} under the tracer (may this process trace others?)",
                                outcome.status);
        }
        if (wrong.empty()) wrong = workspace.recover();
        if (wrong.empty()) wrong = workspace.destroy();
        report(fmt::format("{} killed at step {}", words.front(), step), wrong);
        if (failed > 5) return;
    }
    // Each file alone needs more than one.
    report("steps of " + words.front(), step > 10 ? "" : fmt::format("only {} steps", step));
    fmt::print("{}: {} steps\n", words.front(), step - 1);
}

double seconds(const Clock::time_point& since) {
    return std::chrono::duration<double>(Clock::now() - since).count();
}

// Ends the command at a moment of its own time; true if it was still running.
bool kill_after(const command::Command& called, double delay) {
    const pid_t child = command::start(called);
    std::this_thread::sleep_for(std::chrono::duration<double>(delay));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status);
}

constexpr int kMany = 1000;   // files

void at_random_moments(unsigned seed, double limit) {
    std::mt19937 random(seed);
    const Clock::time_point begin = Clock::now();
    const Workspace workspace(kMany);
    Clock::time_point start = begin;
    report("first apply", workspace.recover());
    const double whole = seconds(start) / 2;
    int killed = 0;
    int rounds = 0;
    double slowest = 0;
    for (; rounds < 4 || (rounds < 100 && seconds(begin) < limit); ++rounds) {
        const bool destroys = rounds % 2 == 0;
        const double delay = std::uniform_real_distribution<double>(0, whole)(random);
        killed += kill_after(workspace.calling(destroys ? kDestroy : kApply), delay) ? 1 : 0;
        const std::string what = fmt::format("{} of {} killed after {:.3f} s (seed {})",
                                             destroys ? "destroy" : "apply", kMany, delay, seed);
        start = Clock::now();
        std::string wrong = workspace.recover();
        slowest = std::max(slowest, seconds(start));
        if (wrong.empty() && destroys) wrong = workspace.destroy();
        report(what, wrong);
    }
    report("rounds", killed > 1 ? "" : "no command was still running when it was killed");
    report("last destroy", workspace.destroy());
    fmt::print("{} of {} rounds were interrupted; slowest apply, plan and look after: {:.2f} s\n",
               killed, rounds, slowest);
}

}

int main() {
    if (variable("PROVISIONING_BINARY").empty()) {
        std::fputs("kill: PROVISIONING_BINARY names the program under test\n", stderr);
        return 64;
    }
    const std::string filter = variable("PROVISIONING_TEST_FILTER");
    const std::string seed = variable("PROVISIONING_TEST_SEED");
    const auto wanted = [&](std::string_view name) {
        return name.find(filter) != std::string_view::npos;
    };
    if (wanted("kill apply")) at_every_step(kApply);
    if (wanted("kill destroy")) at_every_step(kDestroy);
    if (wanted("kill random")) {
        at_random_moments(seed.empty() ? 20'261 : static_cast<unsigned>(std::stoul(seed)), 6);
    }
    fmt::print("{} passed, {} failed\n", passed, failed);
    return failed > 0 ? 1 : 0;
}
