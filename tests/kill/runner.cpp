// Ends apply and destroy with SIGKILL (see README.md). Usage: kill_goldens FOLDER. The variables
// PROVISIONING_BINARY, PROVISIONING_TEST_FILTER and PROVISIONING_TEST_SEED are read.
#include "support/command.hpp"
#include "support/suite.hpp"

#include "base/fs.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <random>

#include <sys/wait.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;
using command::Words;
using suite::must;
using suite::variable;

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

// Ends a command before each call that makes something durable or changes a name in a folder.
void at_every_step(const Words& words, suite::Suite& suite) {
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
        suite.judge(fmt::format("{} killed at step {}", words.front(), step), wrong);
        if (suite.failed() > 5) return;
    }
    // Each file alone needs more than one.
    suite.judge("steps of " + words.front(), step > 10 ? "" : fmt::format("only {} steps", step));
    fmt::print("{}: {} steps\n", words.front(), step - 1);
}

// A key that is given to another checkout: cut short anywhere, it can be given again.
void at_every_step_of_key_import(suite::Suite& suite) {
    const Workspace owner(1);
    const std::string key = owner.root + "/team.key";
    std::string wrong = owner.recover();
    if (wrong.empty())
        wrong = owner.expect({"workspace", "key", "export", "--out", key, "--yes"}, "");
    suite.judge("key export", wrong);
    const Words import{"workspace", "key", "import", key};
    int step = 1;
    for (bool killed = true; killed; ++step) {
        const Workspace workspace(2);
        killed = command::run_until(workspace.calling(import), step).killed;
        wrong = workspace.expect(import, "");
        if (wrong.empty()) wrong = workspace.recover();
        suite.judge(fmt::format("key import killed at step {}", step), wrong);
        if (suite.failed() > 5) return;
    }
    fmt::print("key import: {} steps\n", step - 1);
}

double seconds(const Clock::time_point& since) {
    return std::chrono::duration<double>(Clock::now() - since).count();
}

constexpr int kMany = 1000;   // files

// How many durable steps a command makes that nobody ends.
int steps_of(const command::Command& called) {
    const command::Ended ended = command::run_until(called, std::numeric_limits<int>::max());
    if (ended.status != 0) suite::give_up(fmt::format("status {} under the tracer", ended.status));
    return ended.steps;
}

// Ends a large run anywhere: some calls of any kind after a durable step. Each file alone needs a
// step, so that one of the first `kMany` is always reached.
void at_random_moments(suite::Suite& suite, double limit) {
    std::mt19937 random(suite.seed());
    const auto any = [&](int from, int to) {
        return std::uniform_int_distribution<int>(from, to)(random);
    };
    const Clock::time_point begin = Clock::now();
    const Workspace workspace(kMany);
    const int steps_of_apply = steps_of(workspace.calling(kApply));
    suite.judge("first apply", workspace.recover());
    int rounds = 0;
    double slowest = 0;
    for (; rounds < 4 || (rounds < 100 && seconds(begin) < limit); ++rounds) {
        const bool destroys = rounds % 2 == 0;
        const int step = any(1, destroys ? kMany : steps_of_apply * 9 / 10);
        const int further = any(0, 40);
        const command::Ended ended =
            command::run_until(workspace.calling(destroys ? kDestroy : kApply), step, further);
        std::string wrong;
        if (!ended.killed || !WIFSIGNALED(ended.status))
            wrong = fmt::format("it was not killed: status {}", ended.status);
        const Clock::time_point start = Clock::now();
        if (wrong.empty()) wrong = workspace.recover();
        slowest = std::max(slowest, seconds(start));
        if (wrong.empty() && destroys) wrong = workspace.destroy();
        suite.judge(fmt::format("{} of {} killed {} calls after step {} (seed {})",
                                destroys ? "destroy" : "apply", kMany, further, step, suite.seed()),
                    wrong);
    }
    suite.judge("last destroy", workspace.destroy());
    fmt::print("{} rounds; an apply has {} steps; slowest apply, plan and look after: {:.2f} s\n",
               rounds, steps_of_apply, slowest);
}

}

int main() {
    if (variable("PROVISIONING_BINARY").empty()) {
        std::fputs("kill: PROVISIONING_BINARY names the program under test\n", stderr);
        return 64;
    }
    suite::Suite suite;
    if (suite.wants("kill apply")) at_every_step(kApply, suite);
    if (suite.wants("kill destroy")) at_every_step(kDestroy, suite);
    if (suite.wants("kill key import")) at_every_step_of_key_import(suite);
    if (suite.wants("kill random")) at_random_moments(suite, 6);
    return suite.finish();
}
