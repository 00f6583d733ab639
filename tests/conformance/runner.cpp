#include "suite.hpp"

#include "base/text.hpp"

#include <fmt/core.h>

#include <cstdio>

// Runs the suite over the subjects of every provider (see README.md).
int main() {
    int failed = 0;
    for (const auto& subjects : {conformance::fake_subjects(), conformance::local_subjects()}) {
        for (const conformance::MakeSubject& make : subjects) {
            conformance::Result result = conformance::run(make);
            failed += result.failed;
            std::string skipped = base::join(result.not_applicable, ", ");
            std::puts(fmt::format("{}: {} passed, {} failed{}", make().name, result.passed, result.failed,
                                  skipped.empty() ? "" : "; does not apply: " + skipped)
                          .c_str());
        }
    }
    return failed == 0 ? 0 : 1;
}
