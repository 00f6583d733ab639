// Runs the conversations of a folder (see README.md). Usage: sandbox_goldens FOLDER. The variables
// PROVISIONING_TEST_FILTER and PROVISIONING_TEST_ACCEPT come from ./dev test.
#include "script.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "sandbox/hetzner/hetzner.hpp"
#include "sandbox/kit/api.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>

namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

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
    const std::string filter = variable("PROVISIONING_TEST_FILTER");
    const bool accepts = !variable("PROVISIONING_TEST_ACCEPT").empty();
    std::set<std::string> answered;
    int passed = 0;
    int failed = 0;
    for (const std::string& name : base::list_directory(folder).value()) {
        if (!name.ends_with(".talk") || name.find(filter) == std::string::npos) continue;
        const std::string path = base::join_path(folder, name);
        const std::string text = base::read_file(path).value();
        const script::Outcome outcome = script::run(text, shapes);
        answered.insert(outcome.answered.begin(), outcome.answered.end());
        bool ok = outcome.problems.empty();
        for (const std::string& problem : outcome.problems) {
            fmt::print("{}: {}\n", name, problem);
        }
        if (outcome.text != text && accepts) {
            (void)base::write_file_atomic(path, outcome.text);
        } else if (outcome.text != text) {
            fmt::print("{}: {}\n", name, difference(text, outcome.text));
            ok = false;
        }
        (ok ? passed : failed) += 1;
    }
    // Every route has answered at least once, or a client may be the first to see what it says.
    const net::RouteTable table = sandbox::table_of(*sandbox::hetzner::make_api());
    for (const net::RouteInfo& route : table.routes()) {
        const std::string what = fmt::format("{} {}", route.method, route.path);
        const bool is_gone = route.path.starts_with("/datacenters");
        if (!filter.empty() || is_gone || answered.contains(what)) continue;
        fmt::print("no conversation has had a success from {}\n", what);
        ++failed;
    }
    fmt::print("{} passed, {} failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
