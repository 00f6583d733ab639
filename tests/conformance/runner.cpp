#include "suite.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

// Demands that share a reason in one line.
void print_exemptions(const std::vector<conformance::Exemption>& exemptions) {
    for (std::size_t i = 0; i < exemptions.size();) {
        std::string demands = exemptions[i].demand;
        std::size_t end = i + 1;
        for (; end < exemptions.size() && exemptions[end].reason == exemptions[i].reason; ++end) {
            demands += ", " + exemptions[end].demand;
        }
        fmt::print("    does not apply: {} ({})\n", demands, exemptions[i].reason);
        i = end;
    }
}

}

// Runs the suite over the subjects of every provider (see README.md). PROVISIONING_TEST_FILTER
// chooses those whose name contains it.
int main() {
    const char* filter = std::getenv("PROVISIONING_TEST_FILTER");
    int failed = 0;
    int subjects_run = 0;
    for (const auto& subjects : {conformance::fake_subjects(), conformance::local_subjects(),
                                 conformance::extension_subjects(), conformance::acme_subjects(),
                                 conformance::hetzner_subjects(), conformance::upcloud_subjects(),
                                 conformance::aws_subjects()}) {
        for (const conformance::MakeSubject& make : subjects) {
            if (filter != nullptr && make().name.find(filter) == std::string::npos) continue;
            const conformance::Result result = conformance::run(make);
            fmt::print("{}: {} passed, {} failed\n", result.name, result.passed,
                       result.failures.size());
            for (const std::string& failure : result.failures) fmt::print("    {}\n", failure);
            print_exemptions(result.not_applicable);
            failed += static_cast<int>(result.failures.size());
            ++subjects_run;
            std::fflush(stdout);
        }
    }
    if (subjects_run == 0) std::fputs("no subject has such a name\n", stderr);
    return failed == 0 && subjects_run > 0 ? 0 : 1;
}
