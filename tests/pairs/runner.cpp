// Walks from program to program (see README.md). Usage: pairs_goldens FOLDER. The variables
// PROVISIONING_BINARY, PROVISIONING_TEST_FILTER, PROVISIONING_TEST_SEED and PROVISIONING_PAIRS are
// read.
#include "announced.hpp"
#include "support/cloud.hpp"
#include "support/command.hpp"
#include "support/edits.hpp"
#include "support/program.hpp"
#include "support/suite.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include <sys/wait.h>

namespace {

using programs::Author;
using programs::Program;
using suite::Cloud;
using suite::must;
using suite::variable;

// What it leads to is compared, with all that servers have.
class Workspace {
public:
    explicit Workspace(const Cloud& cloud) : cloud_(cloud) {
        root_ = must(base::make_temporary_directory("pairs"));
        must(base::make_directories(root_ + "/home"));
        must(base::make_directories(root_ + "/workspace"));
        cloud_.reset();
    }
    ~Workspace() { (void)base::remove_tree(root_).ok(); }
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    // What is wrong; empty if nothing.
    std::string run(command::Words words, int wanted = 0) const {
        command::Command command;
        command.words = {variable("PROVISIONING_BINARY"), "-C", root_ + "/workspace"};
        command.words.insert(command.words.end(), words.begin(), words.end());
        command.home = root_ + "/home";
        command.output = root_ + "/output";
        command.variables = {{"HCLOUD_TOKEN", cloud_.token()},
                             {"HCLOUD_ENDPOINT", cloud_.endpoint()}};
        const int status = command::run(command).status;
        if (WIFEXITED(status) && WEXITSTATUS(status) == wanted) return {};
        return fmt::format("`{}` ended with {}\n{}", words.front(),
                           WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                           must(base::read_file(root_ + "/output")));
    }
    std::string apply(const Program& program, int spelling) const {
        must(base::write_file_atomic(root_ + "/workspace/main.ncl",
                                     programs::text_of(program, spelling)));
        if (std::string wrong = run({"plan", "--json"}); !wrong.empty()) return wrong;
        const pairs::Announced announced(must(base::read_file(root_ + "/output")));
        const std::int64_t before = cloud_.requests();
        if (std::string wrong = run({"apply", "--yes"}); !wrong.empty()) return wrong;
        const std::string told = must(base::read_file(root_ + "/output"));
        const std::int64_t made = cloud_.requests() - before;
        std::string wrong = announced.unlike(cloud_.last_requests(made));
        if (!wrong.empty()) return wrong + told;
        return run({"plan", "--detailed-exitcode"});
    }
    // Things in the cloud, and files beside the program with what is in them.
    std::string world() const {
        std::string out = cloud_.world(true);
        add_files(root_ + "/workspace", "", out);
        return out;
    }

private:
    static void add_files(const std::string& folder, const std::string& under, std::string& out) {
        std::vector<std::string> names = must(base::list_directory(folder));
        std::ranges::sort(names);
        for (const std::string& name : names) {
            if (name.starts_with(".") || name == "main.ncl") continue;
            const std::string path = base::join_path(folder, name);
            if (base::is_directory(path)) {
                out += fmt::format("directory {}{}\n", under, name);
                add_files(path, under + name + "/", out);
            } else {
                // Ids differ from run to run: only what the program says itself.
                const std::string content = must(base::read_file(path));
                out += fmt::format(
                    "file {}{} {}", under, name,
                    content.substr(content.find('v') == std::string::npos ? 0 : content.find('v')));
            }
        }
    }

    const Cloud& cloud_;
    std::string root_;
};

std::string differences(const std::string& got, const std::string& wanted) {
    const auto mine = base::split_lines(got);
    const auto theirs = base::split_lines(wanted);
    std::string out;
    for (std::string_view line : mine) {
        if (std::ranges::find(theirs, line) == theirs.end())
            out += fmt::format("  too much: {}\n", line);
    }
    for (std::string_view line : theirs) {
        if (std::ranges::find(mine, line) == mine.end())
            out += fmt::format("  missing:  {}\n", line);
    }
    return out;
}

struct Step {
    Program program;
    int spelling = 0;
};

// What is wrong with going from one program to the next; empty if nothing.
class Pairs {
public:
    Pairs(const Cloud& walked, const Cloud& fresh, suite::Suite& suite)
        : walked_(walked), fresh_(fresh), suite_(suite) {}

    // As many pairs as `length`, each from where the last has led.
    void walk(unsigned seed, int length) {
        Author author(seed);
        std::optional<Workspace> workspace(walked_);
        Step from{.program = author.program(6 + author.below(8)), .spelling = 0};
        if (std::string wrong = workspace->apply(from.program, 0); !wrong.empty()) {
            return fail(fmt::format("seed {}: from nothing", seed), wrong, {}, from);
        }
        for (int i = 0; i < length; ++i) {
            std::string edits;
            Step to{.program = author.edited(from.program, edits), .spelling = author.below(6)};
            const std::string name = fmt::format("seed {} pair {}: {}", seed, i, edits);
            std::string wrong = workspace->apply(to.program, to.spelling);
            if (wrong.empty()) wrong = compare(*workspace, to);
            if (!wrong.empty()) return fail(name, wrong, from, to);
            suite_.judge(name, "");
            from = std::move(to);
        }
        std::string wrong = workspace->run({"destroy", "--yes"});
        if (wrong.empty() && !workspace->world().empty())
            wrong = "`destroy` left behind:\n" + workspace->world();
        if (!wrong.empty()) return fail(fmt::format("seed {}: destroy", seed), wrong, {}, from);
        suite_.judge("destroy", "");
    }

private:
    std::string compare(const Workspace& workspace, const Step& to) const {
        const Workspace other(fresh_);
        if (std::string wrong = other.apply(to.program, to.spelling); !wrong.empty())
            return "from nothing: " + wrong;
        const std::string got = workspace.world(), wanted = other.world();
        return got == wanted ? ""
                             : "the world is not as from nothing:\n" + differences(got, wanted);
    }

    std::string try_pair(const Step& from, const Step& to) const {
        const Workspace workspace(walked_);
        if (!workspace.apply(from.program, from.spelling).empty()) return {};
        std::string wrong = workspace.apply(to.program, to.spelling);
        if (wrong.empty()) wrong = compare(workspace, to);
        if (wrong.empty()) wrong = workspace.run({"destroy", "--yes"});
        return wrong;
    }

    // Leaves out of both programs whatever is not needed for it to fail.
    void shrink(Step& from, Step& to, std::string& wrong) const {
        constexpr int kTries = 40;
        int tries = 0;
        for (bool is_smaller = true; is_smaller && tries < kTries;) {
            is_smaller = false;
            Program all = from.program;
            all.insert(to.program.begin(), to.program.end());
            for (const auto& [key, thing] : all) {
                Step less = from, then = to;
                less.program.erase(key);
                then.program.erase(key);
                programs::repair(less.program);
                programs::repair(then.program);
                if (less.program == then.program || ++tries > kTries) continue;
                std::string still = try_pair(less, then);
                if (still.empty()) continue;
                from = std::move(less);
                to = std::move(then);
                wrong = std::move(still);
                is_smaller = true;
                break;
            }
        }
    }

    void fail(const std::string& name, std::string wrong, Step from, Step to) {
        if (std::string still = try_pair(from, to); !still.empty()) {
            wrong = std::move(still);
            shrink(from, to, wrong);
        } else {
            wrong += "(only after the steps before it)\n";
        }
        suite_.judge(name, fmt::format("{}\n--- from\n{}--- to\n{}", wrong,
                                       programs::text_of(from.program, from.spelling),
                                       programs::text_of(to.program, to.spelling)));
    }

    const Cloud& walked_;
    const Cloud& fresh_;
    suite::Suite& suite_;
};

}

int main() {
    suite::Suite suite;
    const std::string wanted = variable("PROVISIONING_PAIRS");
    const int pairs = wanted.empty() ? 200 : std::stoi(wanted);
    constexpr int kLength = 10;
    const std::string place = must(base::make_temporary_directory("pairs-cloud"));
    {
        const Cloud walked(place + "/walked"), fresh(place + "/fresh");
        Pairs all(walked, fresh, suite);
        for (int walk = 0; walk * kLength < pairs; ++walk) {
            all.walk(suite.seed() * 1000 + static_cast<unsigned>(walk), kLength);
        }
    }
    must(base::remove_tree(place));
    return suite.finish();
}
