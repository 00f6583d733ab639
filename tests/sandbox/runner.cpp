// Runs the conversations of a folder (see README.md). Usage: sandbox_goldens FOLDER. The variables
// PROVISIONING_TEST_FILTER and PROVISIONING_TEST_ACCEPT come from ./dev test.
#include "script.hpp"
#include "support/suite.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "sandbox/hetzner/hetzner.hpp"
#include "sandbox/kit/api.hpp"

#include <fmt/core.h>

#include <set>

namespace {

// The first line in which they differ.
std::string difference(const std::string& wanted, const std::string& got) {
    const auto a = base::split_lines(wanted);
    const auto b = base::split_lines(got);
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
        const std::string_view x = i < a.size() ? a[i] : "(end)";
        const std::string_view y = i < b.size() ? b[i] : "(end)";
        if (x != y) return fmt::format("line {}\n    wanted {}\n    got    {}", i + 1, x, y);
    }
    return "nothing";
}

}

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : "tests/sandbox";
    const shapes::Shapes shapes(base::read_file(folder + "/shapes.txt").value());
    suite::Suite suite;
    std::set<std::string> answered;
    for (const std::string& path : suite.files_in(folder, ".talk")) {
        const std::string text = base::read_file(path).value();
        const script::Outcome outcome = script::run(text, shapes);
        answered.insert(outcome.answered.begin(), outcome.answered.end());
        std::string wrong = base::join(outcome.problems, "\n");
        if (outcome.text != text && suite.accepts()) {
            suite::must(base::write_file_atomic(path, outcome.text));
        } else if (outcome.text != text) {
            wrong += (wrong.empty() ? "" : "\n") + difference(text, outcome.text);
        }
        suite.judge(path, wrong);
    }
    // Every route has answered at least once, or a client may be the first to see what it says.
    const net::RouteTable table = sandbox::table_of(*sandbox::hetzner::make_api());
    for (const net::RouteInfo& route : table.routes()) {
        const std::string what = fmt::format("{} {}", route.method, route.path);
        const bool is_gone = route.path.starts_with("/datacenters");
        if (suite.is_filtered() || is_gone || answered.contains(what)) continue;
        suite.judge(what, "no conversation has had a success from it");
    }
    return suite.finish();
}
