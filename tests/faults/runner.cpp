// Disturbs apply at each request that it makes (see README.md). Usage: faults_goldens FOLDER. The
// variables PROVISIONING_BINARY, PROVISIONING_TEST_FILTER, PROVISIONING_TEST_SEED are read, and
// PROVISIONING_FAULTS_ALL, with which no case is left out.
#include "support/cloud.hpp"
#include "support/command.hpp"
#include "support/suite.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>

#include <sys/wait.h>

namespace {

using command::Words;
using suite::Cloud;
using suite::must;
using suite::variable;

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

    // What is wrong after one more apply, which nothing disturbs; empty if nothing. It waits itself
    // for what may still act.
    std::string apply_undisturbed(const std::string& wanted) const {
        const Ended end = run({"apply", "--yes"});
        if (end.status != 0)
            return fmt::format("the next apply ended with {}\n{}", end.status, end.text);
        const Ended plan = run({"plan", "--detailed-exitcode"});
        if (plan.status != 0) return "something is left to do:\n" + plan.text;
        const std::string world = cloud_.world();
        if (world != wanted)
            return "the world is not as without faults:\n" + differences(world, wanted);
        return {};
    }

    // What is wrong after the run that was killed has been taken up again; empty if nothing. What
    // it had done, also of a change in several calls, is what was approved. A kill while planning
    // leaves no run.
    std::string resume(const std::string& wanted) const {
        const Ended end = run({"run", "resume"});
        const bool had_begun = end.text.find("did all that it was to do") == std::string::npos;
        if (had_begun && end.status != 0)
            return fmt::format("run resume ended with {}\n{}", end.status, end.text);
        return apply_undisturbed(wanted);
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
    Matrix(const Cloud& cloud, std::string programs, suite::Suite& suite)
        : cloud_(cloud), programs_(std::move(programs)), suite_(suite) {
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

    enum class Then : std::uint8_t { Applies, Resumes };
    void kill_at(std::int64_t request, const std::string& when, Then then) {
        const auto once = [&](std::int64_t at) {
            const Workspace workspace(cloud_, programs_);
            const Workspace::Ended end = workspace.run({"apply", "--yes"}, [&](pid_t pid) {
                cloud_.add_fault({"signal", "--pid", std::to_string(pid), "--nth",
                                  std::to_string(at), "--when", when});
            });
            const Cloud::Fired fired = cloud_.end_faults().at(0);
            if (fired.times == 0) return fired.requests;
            const bool killed = WIFSIGNALED(end.status) && WTERMSIG(end.status) == SIGKILL;
            if (killed) ++killed_;
            std::string wrong =
                killed ? "" : fmt::format("it was not killed: status {}", end.status);
            if (wrong.empty() && then == Then::Resumes) wrong = workspace.resume(wanted_);
            judge(fmt::format("killed {} request {}{}", when, at,
                              then == Then::Resumes ? ", resumed" : ""),
                  workspace, wrong);
            return kDone;
        };
        reach(fmt::format("a kill {} request {}", when, request), request, once);
    }

    // False when the command makes fewer durable steps; then all of them were made.
    bool kill_at_step(int step) {
        const Workspace workspace(cloud_, programs_);
        const Workspace::Ended end = workspace.run_until({"apply", "--yes"}, step);
        const bool killed = WIFSIGNALED(end.status) && WTERMSIG(end.status) == SIGKILL;
        std::string wrong;
        if (end.killed && !killed) wrong = fmt::format("it was not killed: status {}", end.status);
        if (!end.killed && end.status != 0) {
            wrong = fmt::format("status {} under the tracer (may this process trace others?)",
                                end.status);
        }
        if (killed) ++killed_;
        cloud_.end_faults();
        judge(fmt::format("killed at durable step {}", step), workspace, wrong);
        return end.killed;
    }

    void disturb(const Fault& fault, std::int64_t request) {
        const auto once = [&](std::int64_t at) {
            const Workspace workspace(cloud_, programs_);
            add(fault, at);
            workspace.run({"apply", "--yes"});
            const Cloud::Fired fired = cloud_.end_faults().at(0);
            if (fired.times == 0) return fired.requests;
            ++fired_;
            judge(named(fault, at), workspace);
            return kDone;
        };
        reach(named(fault, request), request, once);
    }

    // The first may end the command before the second is due, so that one of them has to be at
    // work.
    void disturb_twice(const Fault& one, std::int64_t first, const Fault& other,
                       std::int64_t second) {
        const auto once = [&](std::int64_t at) {
            const Workspace workspace(cloud_, programs_);
            add(one, at);
            add(other, second);
            workspace.run({"apply", "--yes"});
            const auto fired = cloud_.end_faults();
            if (fired.at(0).times + fired.at(1).times == 0) return fired.at(0).requests;
            fired_ += (fired.at(0).times > 0 ? 1 : 0) + (fired.at(1).times > 0 ? 1 : 0);
            judge(named(one, at) + ", " + named(other, second), workspace);
            return kDone;
        };
        reach(named(one, first) + ", " + named(other, second), first, once);
    }

    int fired() const { return fired_; }
    int killed() const { return killed_; }

private:
    static constexpr std::int64_t kDone = -1;

    // How often an apply asks after what is not ready differs from run to run, so that a request
    // near the end may not come. `once` gives kDone, or how many came; then the last of those is
    // taken. A case that never is at work has failed.
    void reach(const std::string& what, std::int64_t request,
               const std::function<std::int64_t(std::int64_t)>& once) {
        constexpr int kTries = 5;
        std::int64_t came = 0;
        for (int i = 0; i < kTries && request > 0; ++i) {
            came = once(request);
            if (came == kDone) return;
            request = std::min(request - 1, came);
        }
        suite_.judge(what, fmt::format("it was never at work; the last try saw {} of {} requests",
                                       came, requests_));
    }

    void add(const Fault& fault, std::int64_t request) {
        Words words = fault.words;
        words.insert(words.end(), {"--nth", std::to_string(request)});
        cloud_.add_fault(words);
    }
    static std::string named(const Fault& fault, std::int64_t request) {
        return fmt::format("{} at request {}", fault.name, request);
    }

    // With what is already known to be wrong, if anything.
    void judge(const std::string& what, const Workspace& workspace, std::string wrong = {}) {
        if (wrong.empty()) wrong = workspace.apply_undisturbed(wanted_);
        suite_.judge(what, wrong);
    }

    const Cloud& cloud_;
    std::string programs_;
    suite::Suite& suite_;
    std::int64_t requests_ = 0;
    std::string wanted_;
    int fired_ = 0;
    int killed_ = 0;
};

// Where a run is disturbed: everywhere, or at places that each seed chooses anew.
class Places {
public:
    explicit Places(unsigned seed) : random_(seed) {}

    bool all() const { return all_; }
    std::int64_t from_one_to(std::int64_t most) {
        return 1 + static_cast<std::int64_t>(random_() % static_cast<unsigned long>(most));
    }
    // From 1 to `last`, so far apart unless all are wanted.
    std::vector<std::int64_t> of(std::int64_t last, std::int64_t apart) {
        if (all_) apart = 1;
        std::vector<std::int64_t> out;
        for (std::int64_t at = from_one_to(apart); at <= last; at += apart) out.push_back(at);
        return out;
    }
    const Fault& fault() { return kFaults[random_() % std::size(kFaults)]; }

private:
    bool all_ = !variable("PROVISIONING_FAULTS_ALL").empty();
    std::mt19937 random_;
};

void run_matrix(const Cloud& cloud, const std::string& folder, suite::Suite& suite) {
    Matrix matrix(cloud, folder, suite);
    Places places(suite.seed());
    const std::int64_t last = matrix.requests();
    if (suite.wants("kill")) {
        const std::int64_t apart = std::max<std::int64_t>(1, last / 4);
        for (const char* when : {"before", "after"}) {
            for (const std::int64_t at : places.of(last, apart))
                matrix.kill_at(at, when, Matrix::Then::Applies);
        }
    }
    if (suite.wants("resume")) {
        const std::int64_t apart = std::max<std::int64_t>(1, last / 3);
        for (const char* when : {"before", "after"}) {
            for (const std::int64_t at : places.of(last, apart))
                matrix.kill_at(at, when, Matrix::Then::Resumes);
        }
    }
    if (suite.wants("step")) {
        constexpr int kFewest = 24;   // of some 50, and more than the first can be
        constexpr int kApart = 12;
        const int apart = places.all() ? 1 : kApart;
        int step = static_cast<int>(places.from_one_to(apart));
        while (matrix.kill_at_step(step)) step += apart;
        suite.judge("durable steps",
                    step > kFewest ? "" : fmt::format("there are fewer than {}", step));
        fmt::print("durable steps: fewer than {}\n", step);
    }
    if (suite.wants("fault")) {
        for (const Fault& fault : kFaults) {
            for (const std::int64_t at : places.of(last, last)) matrix.disturb(fault, at);
        }
    }
    if (suite.wants("pair")) {
        const int pairs = places.all() ? 200 : 4;
        for (int i = 0; i < pairs; ++i) {
            const Fault& one = places.fault();
            const Fault& other = places.fault();
            const std::int64_t at = places.from_one_to(last), then = places.from_one_to(last);
            matrix.disturb_twice(one, at, other, then);
        }
    }
    fmt::print("seed {}: {} killed, {} faults at work\n", suite.seed(), matrix.killed(),
               matrix.fired());
}

}

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : "tests/faults";
    suite::Suite suite;
    const std::string place = must(base::make_temporary_directory("faults-cloud"));
    {
        const Cloud cloud(place);
        run_matrix(cloud, folder, suite);
    }
    must(base::remove_tree(place));
    return suite.finish();
}
