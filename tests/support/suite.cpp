#include "support/suite.hpp"

#include "base/fs.hpp"

#include <cstdio>
#include <cstdlib>
#include <fmt/core.h>

namespace suite {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

void give_up(std::string_view why) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(why.size()), why.data());
    std::exit(2);
}

Suite::Suite()
    : filter_(variable("PROVISIONING_TEST_FILTER")),
      accepts_(!variable("PROVISIONING_TEST_ACCEPT").empty()) {}

unsigned Suite::seed() const {
    const std::string text = variable("PROVISIONING_TEST_SEED");
    return text.empty() ? 20'261 : static_cast<unsigned>(std::stoul(text));
}

std::vector<std::string> Suite::files_in(const std::string& folder,
                                         std::string_view extension) const {
    std::vector<std::string> out;
    for (const std::string& name : must(base::list_directory(folder))) {
        if (name.ends_with(extension) && wants(name)) out.push_back(base::join_path(folder, name));
    }
    return out;
}

void Suite::judge(std::string_view name, std::string_view wrong) {
    if (wrong.empty()) {
        ++passed_;
        return;
    }
    ++failed_;
    fmt::print("FAILED {}: {}\n", name, wrong);
    std::fflush(stdout);
}

int Suite::finish() const {
    fmt::print("{} passed, {} failed\n", passed_, failed_);
    return failed_ == 0 && (passed_ > 0 || is_filtered()) ? 0 : 1;
}

}
